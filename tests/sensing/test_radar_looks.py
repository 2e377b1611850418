"""Radar blocks: what is seen, how often, and how well."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from opendome.physics import radar as radar_physics
from opendome.physics.constants import (
    EARTH_MEAN_RADIUS_M,
    EARTH_RADIUS_M,
    EARTH_ROTATION_RAD_S,
)
from opendome.physics.geodesy import ecef_from_geodetic, enu_axes
from opendome.sensing import derive_keys, man_station, observe
from opendome.tables import codes

pytestmark = pytest.mark.kernels
KEYS = derive_keys(1)
REST = np.zeros((1, 3))
SPIN = np.array([0.0, 0.0, EARTH_ROTATION_RAD_S])
N_MANY = 400


def on_boresight(range_m: float, off_rad: float = 0.0) -> np.ndarray:
    """Place at `range_m` east of the site, `off_rad` above the face's tilt of 0.3."""
    up, east = math.sin(0.3 + off_rad), math.cos(0.3 + off_rad)
    return np.array([EARTH_MEAN_RADIUS_M + range_m * up, range_m * east, 0.0])


@pytest.mark.parametrize("range_m", [0.9e6, 1.1e6, 1.4e6])
@pytest.mark.parametrize("off_rad", [0.0, 0.7])
def test_detections_follow_swerling_1(
    make_snapshot: Callable, make_radars: Callable, site_m: np.ndarray, range_m: float,
    off_rad: float,
) -> None:  # fmt: skip
    """The share detected is the closed form with scan loss, within four binomial sigmas."""
    snapshot = make_snapshot(np.tile(on_boresight(range_m, off_rad), (N_MANY, 1)))
    snr = 20.0 * (1e6 / range_m) ** 4 * math.cos(off_rad) ** radar_physics.SCAN_LOSS_EXPONENT
    expected = radar_physics.detection_probability(snr, 1e-6)
    table, _ = observe([man_station(make_radars(), site_m, REST)], snapshot, 5.0, 0.0, KEYS, 0)
    spread = 4.0 * math.sqrt(expected * (1.0 - expected) / N_MANY)
    assert table.n_rows / N_MANY == pytest.approx(expected, abs=spread)


def test_errors_are_as_large_as_reported(
    make_snapshot: Callable, make_radars: Callable, site_m: np.ndarray
) -> None:
    """Residuals over reported sigmas are standard normal: mean and square within four sigmas."""
    place = on_boresight(6e5, 0.5)
    snapshot = make_snapshot(np.tile(place, (N_MANY, 1)))
    table, link = observe([man_station(make_radars(), site_m, REST)], snapshot, 5.0, 0.0, KEYS, 3)
    line = place - site_m[0]
    range_m = np.linalg.norm(line)
    unit = line / range_m
    across = np.cross(unit, [0.0, 0.0, 1.0])
    rate_m_s = float(unit @ snapshot.velocity_eci_m_s[0])
    residuals = {
        "range": (table.range_m - range_m) / table.sigma_range_m,
        "rate": (table.range_rate_m_s - rate_m_s) / table.sigma_range_rate_m_s,
        "across": table.direction_eci @ across / table.sigma_angle_rad,
        "north": table.direction_eci[:, 2] / table.sigma_angle_rad,
        "feature": (table.feature - snapshot.feature[link]) / table.sigma_feature,
    }
    for name, residual in residuals.items():
        n = residual.size
        assert n > 300
        assert abs(residual.mean()) < 4.0 / math.sqrt(n), name
        assert abs((residual**2).mean() - 1.0) < 4.0 * math.sqrt(2.0 / n), name
    # The weakest echo that passes has the threshold's ratio less one; broadened by the scan.
    weakest = -math.log(1e-6) - 1.0
    worst = math.hypot(1e-3 / math.cos(0.5) * math.sqrt(20.0 / weakest), 1e-4)
    assert 1e-4 < table.sigma_angle_rad.min() < table.sigma_angle_rad.max() <= worst * (1 + 1e-9)


def test_rows_carry_the_sensors_own_facts(
    make_snapshot: Callable, make_radars: Callable, site_m: np.ndarray
) -> None:
    """Index, kind, place and time; the range rate is relative to the sensor's own motion."""
    snapshot = make_snapshot(on_boresight(2e5)[None])
    still, _ = observe([man_station(make_radars(), site_m, REST)], snapshot, 5.0, 0.0, KEYS, 0)
    moving, _ = observe(
        [man_station(make_radars(), site_m, np.array([[0.0, 460.0, 0.0]]))],
        snapshot,
        5.0,
        0.0,
        KEYS,
        0,
    )
    assert (still.sensor[0], still.kind[0], still.time_s[0]) == (7, codes.RADAR, 100.0)
    assert np.array_equal(still.sensor_position_eci_m, site_m)
    difference = still.range_rate_m_s[0] - moving.range_rate_m_s[0]
    assert difference == pytest.approx(460.0 * math.cos(0.3), rel=1e-9)


def test_geometry_limits(
    make_snapshot: Callable, make_radars: Callable, over_site: Callable, site_m: np.ndarray
) -> None:
    """Face, elevation band, range cap and horizon each keep a bright target out."""
    places = {
        "seen": over_site(5e5, 0.0, 2e5),
        "behind": over_site(-5e5, 0.0, 2e5),
        "outside the azimuth": over_site(2e5, 4e5, 2e5),
        "too low": over_site(5e5, 0.0, 1e4),
        "too high": over_site(1e3, 0.0, 5e5),
        "too far": over_site(4.1e6, 0.0, 2e6),
        "antipode": over_site(0.0, 0.0, -1.4e7),
    }
    snapshot = make_snapshot(
        np.array(list(places.values())), cross_section_m2=np.full((len(places), 3, 6), 1e6)
    )
    _, link = observe([man_station(make_radars(), site_m, REST)], snapshot, 5.0, 0.0, KEYS, 0)
    assert [list(places)[row] for row in link] == ["seen"]
    turning = make_radars(face_azimuth_rad=np.full((1, 2), math.nan))
    _, link = observe([man_station(turning, site_m, REST)], snapshot, 5.0, 0.0, KEYS, 0)
    assert {list(places)[row] for row in link} == {"seen", "behind", "outside the azimuth"}


def test_refraction_lifts_targets_over_the_limit(
    make_snapshot: Callable, make_radars: Callable, over_site: Callable, site_m: np.ndarray
) -> None:
    """At 1,000 km and 3 degrees the air lifts by 0.27 degrees: seen at 2.8, not at 2.6."""
    elevation = np.radians([2.6, 2.8])
    places = np.array([over_site(1e6 * math.cos(e), 0.0, 1e6 * math.sin(e)) for e in elevation])
    snapshot = make_snapshot(places, cross_section_m2=np.full((2, 3, 6), 1e6))
    _, link = observe([man_station(make_radars(), site_m, REST)], snapshot, 5.0, 0.0, KEYS, 0)
    assert link.tolist() == [1]


def test_faces_turn_with_the_earth(
    make_snapshot: Callable, make_radars: Callable, site_m: np.ndarray
) -> None:
    """Site and target turned together about the axis give the same measurements."""
    angle = 1.234
    turn = np.array(
        [
            [math.cos(angle), -math.sin(angle), 0.0],
            [math.sin(angle), math.cos(angle), 0.0],
            [0.0, 0.0, 1.0],
        ]
    )
    snapshot = make_snapshot(on_boresight(5e5, 0.2)[None])
    turned = snapshot._replace(
        position_eci_m=snapshot.position_eci_m @ turn.T,
        velocity_eci_m_s=snapshot.velocity_eci_m_s @ turn.T,
    )
    here, _ = observe([man_station(make_radars(), site_m, REST)], snapshot, 5.0, 0.0, KEYS, 0)
    there, _ = observe(
        [man_station(make_radars(), site_m @ turn.T, REST)], turned, 5.0, angle, KEYS, 0
    )
    assert there.range_m == pytest.approx(here.range_m, abs=1e-6)
    assert there.range_rate_m_s == pytest.approx(here.range_rate_m_s, abs=1e-6)
    assert there.sigma_angle_rad == pytest.approx(here.sigma_angle_rad, rel=1e-9)


@pytest.mark.parametrize("speed_m_s", [200.0, 3000.0])
def test_the_cross_section_of_the_aspect_counts(
    make_snapshot: Callable, make_radars: Callable, site_m: np.ndarray, speed_m_s: float
) -> None:
    """What is invisible from the front and from behind is seen when it flies across the Earth."""
    place = on_boresight(5e5)
    ahead = (place - site_m.ravel()) / np.linalg.norm(place - site_m)
    motions = np.array([-ahead, np.array([0.0, 0.0, 1.0]), ahead]) * speed_m_s
    motions += np.cross(SPIN, place)
    for aspect in range(3):
        section = np.zeros((3, 3, 6))
        section[:, aspect] = 1e6
        snapshot = make_snapshot(
            np.tile(place, (3, 1)), velocity_eci_m_s=motions, cross_section_m2=section
        )
        _, link = observe([man_station(make_radars(), site_m, REST)], snapshot, 10.0, 0.0, KEYS, 0)
        assert link.tolist() == [aspect]


def test_radar_without_discrimination_or_doppler(
    make_snapshot: Callable, make_radars: Callable, site_m: np.ndarray
) -> None:
    """NaN columns where the radar does not measure the quantity; the rest is unchanged."""
    snapshot = make_snapshot(on_boresight(2e5)[None])
    full, _ = observe([man_station(make_radars(), site_m, REST)], snapshot, 5.0, 0.0, KEYS, 0)
    nan = np.array([math.nan])
    coarse = make_radars(sigma_feature=nan, sigma_range_rate_m_s=nan)
    plain, _ = observe([man_station(coarse, site_m, REST)], snapshot, 5.0, 0.0, KEYS, 0)
    assert math.isnan(plain.feature[0]) and math.isnan(plain.sigma_feature[0])
    assert math.isnan(plain.range_rate_m_s[0]) and plain.sigma_range_rate_m_s[0] == math.inf
    assert plain.range_m[0] == full.range_m[0]


@pytest.mark.parametrize("latitude", [-1.2, 0.4, 1.0])
def test_axes_follow_the_radars_own_place(
    make_snapshot: Callable, make_radars: Callable, latitude: float
) -> None:
    """Wherever a radar has moved to, its horizon is the ellipsoid's and its face looks east."""
    longitude, height = 2.0, 9e3
    east, north, up = np.reshape(enu_axes(latitude, longitude), (3, 3))
    place = np.array(ecef_from_geodetic(latitude, longitude, height))
    low, high = np.radians([2.6, 2.8])  # the limit is 3 degrees, the air lifts by 0.27
    lines = [
        math.cos(low) * east + math.sin(low) * up,
        math.cos(high) * east + math.sin(high) * up,
        math.cos(0.9) * east + math.sin(0.9) * up,
        -math.cos(0.9) * east + math.sin(0.9) * up,
        0.2 * east + math.cos(0.9) * north + math.sin(0.9) * up,
    ]
    snapshot = make_snapshot(
        place + 1e6 * np.array(lines), cross_section_m2=np.full((5, 3, 6), 1e6)
    )
    _, link = observe([man_station(make_radars(), place[None], REST)], snapshot, 5.0, 0.3, KEYS, 0)
    assert sorted(link) == [1, 2]


def test_the_echo_measures_the_cross_section_of_the_band(
    make_snapshot: Callable, make_radars: Callable, site_m: np.ndarray
) -> None:
    """What passes the threshold exceeds it by an exponential of mean section plus noise.

    Swerling 1 has no memory, so this holds at any range and scan; the mean of n looks has a
    relative sigma of 1 / sqrt(n), and the bound is four.
    """
    section = np.zeros((N_MANY, 3, 6))
    section[:, :, codes.BANDS.index("L")] = 0.3
    block = make_radars(band=np.array([codes.BANDS.index("L")]))
    for range_m, off_rad in ((3e5, 0.0), (1.3e6, 0.0), (1.2e6, 0.5)):
        snapshot = make_snapshot(
            np.tile(on_boresight(range_m, off_rad), (N_MANY, 1)), cross_section_m2=section
        )
        table, _ = observe([man_station(block, site_m, REST)], snapshot, 5.0, 0.0, KEYS, 0)
        assert table.n_rows > 100
        assert (table.band == codes.BANDS.index("L")).all()
        assert np.isnan(table.irradiance_w_m2).all() and np.isnan(table.sigma_irradiance_w_m2).all()
        snr = 60.0 * (1e6 / range_m) ** 4 * math.cos(off_rad) ** radar_physics.SCAN_LOSS_EXPONENT
        excess = table.cross_section_m2 - table.least_cross_section_m2
        assert excess.min() >= 0.0
        assert excess.mean() == pytest.approx(
            0.3 * (1.0 + 1.0 / snr), rel=4.0 / math.sqrt(table.n_rows)
        )


def low_target(range_m: float, height_m: float) -> np.ndarray:
    """Place over the equator at a range over the ground from the site."""
    angle = range_m / EARTH_RADIUS_M
    return (EARTH_RADIUS_M + height_m) * np.array([math.cos(angle), math.sin(angle), 0.0])


@pytest.mark.parametrize(
    ("antenna_m", "target_m"), [(30.0, 60.0), (30.0, 1000.0), (9e3, 60.0), (9e3, 9e3), (9e3, 2e5)]
)
def test_targets_rise_over_the_horizon_of_a_smooth_earth(
    make_snapshot: Callable, make_radars: Callable, antenna_m: float, target_m: float
) -> None:
    """A mast and an aircraft: low targets are seen to the 4/3-Earth horizon within 1 %. High ones
    rise between the straight-line horizon and that of the 4/3 Earth, which bends their rays where
    there is no air left."""
    site = np.array([[EARTH_RADIUS_M + antenna_m, 0.0, 0.0]])
    radars = make_radars(
        reference_range_m=np.full(1, 1e8), instrumented_range_m=np.full(1, 1e8),
        face_azimuth_rad=np.full((1, 2), math.nan), minimum_elevation_rad=np.full(1, -1.5),
        maximum_elevation_rad=np.full(1, 1.6),
    )  # fmt: skip
    ranges = np.linspace(1e4, 3e6, 6000)
    snapshot = make_snapshot(np.array([low_target(r, target_m) for r in ranges]))
    _, link = observe([man_station(radars, site, REST)], snapshot, 5.0, 0.0, KEYS, 0)
    farthest = ranges[link].max()
    bent = radar_physics.horizon_range_m(antenna_m, target_m)
    straight = EARTH_RADIUS_M * (
        math.acos(EARTH_RADIUS_M / (EARTH_RADIUS_M + antenna_m))
        + math.acos(EARTH_RADIUS_M / (EARTH_RADIUS_M + target_m))
    )
    if target_m < 10e3:
        assert farthest == pytest.approx(bent, rel=0.01, abs=600.0)
    else:
        assert straight < farthest < bent
    assert link.size == (ranges <= farthest).sum()


@pytest.mark.parametrize("moving_m_s", [0.0, 250.0])
def test_slow_targets_are_lost_in_clutter(
    make_snapshot: Callable, make_radars: Callable, moving_m_s: float
) -> None:
    """A Doppler filter passes what comes or goes at its least speed, and nothing slower."""
    radars = make_radars(minimum_speed_m_s=np.full(1, 50.0))
    place = on_boresight(2e5)
    line = place - np.array([EARTH_MEAN_RADIUS_M, 0.0, 0.0])
    unit = line / np.linalg.norm(line)
    site = np.array([[EARTH_MEAN_RADIUS_M, 0.0, 0.0]])
    # An aircraft's clutter comes back at its own speed, and what it closes on is not faster for it.
    own_m_s = np.cross(SPIN, site) + moving_m_s * unit
    seen = []
    for speed_m_s in (-60.0, -40.0, 0.0, 40.0, 60.0):
        velocity = speed_m_s * unit + np.cross(SPIN, place)
        snapshot = make_snapshot(place[None], velocity_eci_m_s=velocity[None])
        table, _ = observe([man_station(radars, site, own_m_s)], snapshot, 5.0, 0.0, KEYS, 0)
        seen.append(table.n_rows)
    assert seen == [1, 0, 0, 0, 1]


def test_each_face_covers_its_own_azimuths(
    make_snapshot: Callable, make_radars: Callable, over_site: Callable, site_m: np.ndarray
) -> None:
    """A narrow face to the north beside a wide one to the east."""
    azimuths = np.radians([90.0, 35.0, 25.0, 8.0, 0.0, -8.0, -12.0])
    places = [over_site(5e5 * math.sin(a), 5e5 * math.cos(a), 2e5) for a in azimuths]
    snapshot = make_snapshot(np.array(places), cross_section_m2=np.full((len(places), 3, 6), 1e6))
    radar = make_radars(
        face_azimuth_rad=np.array([[math.pi / 2.0, 0.0]]),
        face_elevation_rad=np.array([[0.3, 0.3]]),
        face_half_width_rad=np.radians([[60.0, 10.0]]),
    )
    _, link = observe([man_station(radar, site_m, REST)], snapshot, 5.0, 0.0, KEYS, 0)
    assert sorted(link.tolist()) == [0, 1, 3, 4, 5]
