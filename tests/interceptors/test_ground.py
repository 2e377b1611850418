"""Shots at predicted paths: the earliest in time and in reach, the latest, and the aimed flight.

The tables here are of an ideal interceptor that goes straight at a constant speed, so that every
answer is known in closed form.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from known_interceptors import GREELY, LOWER_TIER, VANDENBERG, point_at

from opendome.interceptors.flyout import aim_shot, first_intercept_s, trace_shot
from opendome.interceptors.flyout_tables import (
    FlyoutGrid,
    FlyoutTables,
    build_flyout_table,
    look_up,
    look_up_flight,
)
from opendome.interceptors.ground import (
    Limits,
    earliest_intercept,
    fly_interceptor,
    latest_launch,
    tabulated_shot,
)
from opendome.interceptors.sites import locate, path_axes, site_axes, straight_line
from opendome.interceptors.target_path import TargetPath
from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.physics.frames import earth_angle, ecef_from_eci, eci_from_ecef
from opendome.physics.reentry import altitude

pytestmark = pytest.mark.kernels

SPEED_M_S = 3000.0
REACH_M = 400e3
CEILING_M = 300e3
GMST0_RAD = 1.1


def ideal_tables(reach_m: float = REACH_M, ceiling_m: float = CEILING_M) -> FlyoutTables:
    """Two tables: the ideal interceptor, and one that reaches nothing."""
    n_bearings, n_ranges, n_altitudes = 4, 41, 31
    n = n_bearings * n_ranges * n_altitudes
    speed = np.full(2 * n, SPEED_M_S, np.float32)
    speed[n:] = np.nan
    twice = np.ones(2, np.int64)
    return FlyoutTables(
        np.array([0, n, 2 * n]),
        n_bearings * twice,
        n_ranges * twice,
        n_altitudes * twice,
        np.full(2, reach_m / (n_ranges - 1)),
        np.zeros(2),
        np.full(2, ceiling_m / (n_altitudes - 1)),
        np.array([SPEED_M_S, 0.0]),
        speed,
        np.zeros((2 * n, 5), np.float32),
    )


TABLES = ideal_tables()


def straight_path(start, velocity, n_points: int = 61, step_s: float = 5.0, start_s: float = 100.0):
    """A path that moves evenly along a line in eci."""
    time = step_s * np.arange(n_points)
    position = np.array(start) + time[:, None] * np.array(velocity)
    velocities = np.tile(np.array(velocity, float), (n_points, 1))
    return TargetPath(start_s, step_s, n_points, position, velocities)


def falling_path(site, ahead_m: float, speed_m_s: float, steepness_rad: float):
    """A path that comes down to the ground `ahead_m` north of a site, from far outside reach."""
    ax, ay, az, _, _, _, ux, uy, uz = path_axes(site_axes(*site), 0.0, ahead_m)
    foot = point_at(site, 0.0, ahead_m, 0.0)
    away = math.cos(steepness_rad) * np.array([ax, ay, az])
    away += math.sin(steepness_rad) * np.array([ux, uy, uz])
    span_s = 300.0
    foot_eci = np.array(eci_from_ecef(*foot, earth_angle(GMST0_RAD, 100.0 + span_s)))
    away_eci = np.array(eci_from_ecef(*away, earth_angle(GMST0_RAD, 100.0 + span_s)))
    start = foot_eci + away_eci * speed_m_s * span_s
    return straight_path(start, -away_eci * speed_m_s)


def shoot(
    path: TargetPath, earliest_launch_s: float, low_m: float = 0.0, high_m: float = CEILING_M,
    k: int = 0, sigma_m: float = 0.0, closing_m_s: float = math.inf, near_m: float = 0.0,
):  # fmt: skip
    """`earliest_intercept` of the ideal interceptor from Greely."""
    sigma = np.full(path.position_eci_m.shape[0], sigma_m)
    limits = Limits(low_m, high_m, closing_m_s, near_m)
    return earliest_intercept(TABLES, k, *GREELY, path, sigma, GMST0_RAD, earliest_launch_s, limits)


def shoot_last(path: TargetPath, low_m: float, k: int = 0):
    """`latest_launch` of the same."""
    sigma = np.zeros(path.position_eci_m.shape[0])
    limits = Limits(low_m, CEILING_M, math.inf, 0.0)
    return latest_launch(TABLES, k, *GREELY, path, sigma, GMST0_RAD, limits)


def straight_line_to(place, t: float) -> tuple[float, float, float]:
    """Ground range, altitude and straight distance from Greely of an eci place at a time."""
    fixed = ecef_from_eci(*place, earth_angle(GMST0_RAD, t))
    _, range_m, altitude_m = locate(site_axes(*GREELY), *fixed)
    return range_m, altitude_m, straight_line(range_m, altitude_m)[0]


@given(
    ahead_m=st.floats(-150e3, 150e3),
    speed_m_s=st.floats(1500.0, 7000.0),
    steepness_rad=st.floats(0.4, 1.3),
    wait_s=st.floats(0.0, 250.0),
)
@settings(max_examples=25)
def test_earliest_intercept_is_on_the_path_in_time_and_in_reach(
    ahead_m: float, speed_m_s: float, steepness_rad: float, wait_s: float
) -> None:
    """The intercept lies on the path, flight time fits the distance, and nothing earlier fits."""
    path = falling_path(GREELY, abs(ahead_m), speed_m_s, steepness_rad)
    earliest_s = 100.0 + wait_s
    intercept_s, launch_s, *place = shoot(path, earliest_s)
    assume(math.isfinite(intercept_s))
    start_s, _, _, position, velocity = path
    np.testing.assert_allclose(
        place, position[0] + (intercept_s - start_s) * velocity[0], atol=1e-3
    )
    range_m, altitude_m, length_m = straight_line_to(place, intercept_s)
    assert intercept_s - launch_s == pytest.approx(length_m / SPEED_M_S, rel=1e-6)
    assert launch_s >= earliest_s
    inside = range_m < REACH_M - 1e3 and altitude_m < CEILING_M - 1e3
    if inside and intercept_s > start_s:
        # Time binds: the launch is the earliest one, to a tenth of a second.
        assert launch_s == pytest.approx(earliest_s, abs=0.1)
    for t in np.linspace(start_s, intercept_s - 0.01, 40):
        range_m, altitude_m, length_m = straight_line_to(
            position[0] + (t - start_s) * velocity[0], t
        )
        reached = range_m <= REACH_M and 0.0 <= altitude_m <= CEILING_M
        assert intercept_s == start_s or not (reached and t - length_m / SPEED_M_S >= earliest_s)


@given(wait_s=st.floats(0.0, 100.0), more_s=st.floats(0.0, 100.0))
@settings(max_examples=20)
def test_waiting_never_helps(wait_s: float, more_s: float) -> None:
    """A later earliest launch gives a later intercept, or none."""
    path = falling_path(GREELY, 50e3, 3000.0, 0.8)
    first_s = shoot(path, 100.0 + wait_s)[0]
    second_s = shoot(path, 100.0 + wait_s + more_s)[0]
    assert math.isfinite(first_s)
    assert math.isnan(second_s) or second_s >= first_s - 1e-4


def test_shots_keep_off_the_edges_of_their_band() -> None:
    """One sigma of the predicted place inside the band, a quarter of it where that is less."""
    path = falling_path(GREELY, 50e3, 3000.0, 0.8)
    for sigma_m, edge_m in ((0.0, 0.0), (4e3, 4e3), (50e3, 0.25 * 60e3)):
        _, _, *place = shoot(path, 100.0, low_m=40e3, high_m=100e3, sigma_m=sigma_m)
        assert altitude(*place) == pytest.approx(100e3 - edge_m, abs=20.0)


def test_no_shot_closes_faster_than_its_limit() -> None:
    """Head-on at 9 km/s in the whole: none below that limit, the same shot above it."""
    path = falling_path(GREELY, 50e3, 6000.0, 0.8)
    free = shoot(path, 100.0)
    assert shoot(path, 100.0, closing_m_s=10e3) == free
    slow = shoot(path, 100.0, closing_m_s=6e3)
    assert math.isnan(slow[0])


def test_no_shot_meets_nearer_than_its_least_range() -> None:
    """What comes nearer all the time is met where it would be, or nowhere."""
    path = falling_path(GREELY, 50e3, 3000.0, 0.8)
    free = shoot(path, 100.0)
    range_m = straight_line_to(free[2:], free[0])[0]
    assert shoot(path, 100.0, near_m=0.5 * range_m) == free
    assert math.isnan(shoot(path, 100.0, near_m=1.1 * range_m)[0])


def test_a_narrow_band_is_not_stepped_over() -> None:
    """A fast target crosses a band of 5 km in one step of the path, and is met inside it."""
    path = falling_path(GREELY, 20e3, 7000.0, 1.2)
    intercept_s, _, *place = shoot(path, 100.0, low_m=30e3, high_m=35e3)
    assert math.isfinite(intercept_s)
    assert 30e3 - 1.0 <= altitude(*place) <= 35e3 + 1.0


@pytest.mark.parametrize("case", ["far", "too late", "no band", "no table", "nothing", "one point"])
def test_what_cannot_be_met_is_not(case: str) -> None:
    """Out of reach, out of time, out of the band, without a table: NaN in every field."""
    path = falling_path(GREELY, 5.0e6 if case == "far" else 50e3, 3000.0, 0.8)
    if case == "one point":
        path = path._replace(n_points=1)
    answer = shoot(
        path,
        1.0e4 if case == "too late" else 100.0,
        low_m=CEILING_M if case == "no band" else 0.0,
        k=-1 if case == "no table" else int(case == "nothing"),
    )
    assert all(math.isnan(value) for value in answer)
    if case not in ("too late",):
        low_m = CEILING_M if case == "no band" else 0.0
        k = -1 if case == "no table" else int(case == "nothing")
        last = shoot_last(path, low_m, k)
        assert all(math.isnan(value) for value in last)


def test_the_latest_launch_closes_the_window() -> None:
    """A launch at the window's end still meets the path; two seconds later none does."""
    path = falling_path(GREELY, 50e3, 3000.0, 0.8)
    launch_s, intercept_s = shoot_last(path, 20e3)
    assert launch_s < intercept_s
    assert shoot(path, launch_s - 1e-6, low_m=20e3)[0] == pytest.approx(intercept_s, abs=2.5)
    assert math.isnan(shoot(path, launch_s + 5.0, low_m=20e3)[0])


def test_the_site_turns_with_the_earth() -> None:
    """A target at rest in eci over the site is met early, and out of reach an hour later."""
    overhead = point_at(GREELY, 0.0, 0.0, 140e3)
    place = eci_from_ecef(*overhead, earth_angle(GMST0_RAD, 100.0))
    path = straight_path(place, (0.0, 0.0, 0.0), n_points=800)
    assert math.isfinite(shoot(path, 100.0)[0])
    gone_s = 100.0 + REACH_M / (6.37e6 * math.cos(GREELY[0]) * EARTH_ROTATION_RAD_S)
    assert math.isnan(shoot(path, gone_s + 60.0)[0])


def test_an_aimed_flight_passes_the_point_at_the_instant() -> None:
    """From a guess degrees and seconds off, the flight is brought within 10 m; its path says so."""
    latitude, longitude = VANDENBERG
    intercept_s = 500.0
    target = eci_from_ecef(
        *point_at(VANDENBERG, 0.7, 12e3, 15e3), earth_angle(GMST0_RAD, intercept_s)
    )
    shot = aim_shot(
        LOWER_TIER, latitude, longitude, GMST0_RAD, intercept_s, *target, 482.0, 0.6, 0.7
    )
    assert shot.miss_m < 10.0
    assert shot.azimuth_rad == pytest.approx(0.7, abs=0.02)
    path = trace_shot(LOWER_TIER, shot, latitude, longitude, GMST0_RAD, intercept_s)
    assert path.time_s[0] == shot.launch_s
    assert path.time_s[-1] == pytest.approx(intercept_s)
    assert (np.diff(path.time_s) >= 0.0).all()
    np.testing.assert_allclose(path.position_eci_m[-1], target, atol=10.0)
    arrival = (shot.arrival_vx_m_s, shot.arrival_vy_m_s, shot.arrival_vz_m_s)
    np.testing.assert_allclose(path.velocity_eci_m_s[-1], arrival, atol=0.1)
    launch = ecef_from_eci(*path.position_eci_m[0], earth_angle(GMST0_RAD, shot.launch_s))
    assert locate(site_axes(latitude, longitude), *launch)[1] == pytest.approx(0.0, abs=0.1)


def test_a_point_beyond_the_missile_gives_no_flight() -> None:
    """Where no flight can pass, the miss is not small, and there is nothing to trace."""
    target = eci_from_ecef(*point_at(VANDENBERG, 0.7, 100e3, 100e3), earth_angle(GMST0_RAD, 500.0))
    shot = aim_shot(LOWER_TIER, *VANDENBERG, GMST0_RAD, 500.0, *target, 470.0, 0.7, 0.8)
    assert not shot.miss_m < 10.0
    nothing = shot._replace(miss_m=math.nan)
    with pytest.raises(ValueError, match="no flight"):
        trace_shot(LOWER_TIER, nothing, *VANDENBERG, GMST0_RAD, 500.0)


def test_a_coarse_table_of_a_real_interceptor_starts_the_search() -> None:
    """Family, cuts, inversion, look-up and aiming together, on the smallest grid that works."""
    near = LOWER_TIER._replace(
        max_range_m=12e3, min_altitude_m=8e3, max_altitude_m=14e3, max_pitch_end_rad=1.0
    )
    tables = build_flyout_table(
        near,
        *VANDENBERG,
        FlyoutGrid(n_bearings=4, n_ranges=4, n_altitudes=3, n_azimuths=4, n_pitches=7),
    )
    assert math.isfinite(look_up_flight(tables, 0, 0.4, 9e3, 12e3))
    flight_s, azimuth, pitch_end, ahead, right, up = look_up(tables, 0, 0.4, 9e3, 12e3)
    assert flight_s > first_intercept_s(near)
    assert azimuth == pytest.approx(0.4, abs=0.02)
    assert 0.0 < pitch_end < 1.0
    assert ahead > 0.0 and up > 0.0 and abs(right) < 0.05 * ahead
    target = eci_from_ecef(*point_at(VANDENBERG, 0.4, 9e3, 12e3), earth_angle(GMST0_RAD, 300.0))
    args = (tables, 0, *VANDENBERG, GMST0_RAD, 300.0, *target)
    guess = tabulated_shot(*args)
    assert guess.launch_s == pytest.approx(300.0 - flight_s, abs=1e-3)
    shot = fly_interceptor(near, *args)
    assert shot.miss_m < 10.0
    assert shot.launch_s == pytest.approx(guess.launch_s, abs=1.0)
    arrival = np.array([shot.arrival_vx_m_s, shot.arrival_vy_m_s, shot.arrival_vz_m_s])
    guessed = np.array([guess.arrival_vx_m_s, guess.arrival_vy_m_s, guess.arrival_vz_m_s])
    assert np.linalg.norm(arrival - guessed) < 0.05 * np.linalg.norm(arrival)
    far = fly_interceptor(near, tables, 0, *VANDENBERG, GMST0_RAD, 300.0, 0.0, 0.0, 6.9e6)
    assert all(math.isnan(value) for value in far)
