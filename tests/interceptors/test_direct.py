"""Interceptors that go straight at one speed: reach and earliest intercept in closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from known_interceptors import GREELY, point_at

from opendome.interceptors.direct import (
    DirectReach,
    direct_arrival,
    direct_flight_s,
    earliest_direct,
)
from opendome.interceptors.target_path import TargetPath, place_at
from opendome.physics.constants import EARTH_MEAN_RADIUS_M, EARTH_ROTATION_RAD_S
from opendome.physics.frames import earth_angle, eci_from_ecef, eci_state_from_ecef
from opendome.physics.visibility import surface_height_m

pytestmark = pytest.mark.kernels

GMST0_RAD = 1.1
START_S, STEP_S = 100.0, 10.0
NAN = math.nan


def reach(**changes: float) -> DirectReach:
    """A missile of 600 m/s and 40 km that needs no sight and no aircraft."""
    usual = DirectReach(600.0, 0.0, 40e3, NAN, NAN, math.inf, -math.inf, 20e3, NAN, math.inf)
    return usual._replace(**changes)


AIRCRAFT = {"aircraft_speed_m_s": 250.0, "radius_m": 400e3, "max_flight_s": 1800.0}


def low_path(
    start_m: float, speed_m_s: float, across_m: float = 0.0, height_m: float = 60.0, n: int = 61
) -> TargetPath:
    """Level flight past a site from the north, over the turning Earth.

    It starts `start_m` north of the site and passes it `across_m` to the east.
    """
    position, velocity = [], []
    begin = point_at(GREELY, 0.0, max(start_m, 1.0), height_m)
    end = point_at(GREELY, math.pi, 50e3, height_m)
    east = np.cross([0.0, 0.0, 1.0], begin)
    shift = across_m * east / np.linalg.norm(east)
    up = begin / np.linalg.norm(begin)
    ahead = end - begin
    ahead -= up * (ahead @ up)
    ahead /= np.linalg.norm(ahead)
    r = float(np.linalg.norm(begin))
    for j in range(n):
        t = START_S + j * STEP_S
        angle = speed_m_s * j * STEP_S / r
        place = r * (math.cos(angle) * up + math.sin(angle) * ahead) + shift
        # The ellipsoid falls 200 m under a sphere on the way.
        place *= 1.0 + (height_m - surface_height_m(*place)) / r
        speed = speed_m_s * (math.cos(angle) * ahead - math.sin(angle) * up)
        state = eci_state_from_ecef(*place, *speed, earth_angle(GMST0_RAD, t))
        position.append(state[:3])
        velocity.append(state[3:])
    return TargetPath(START_S, STEP_S, n, np.array(position), np.array(velocity))


SITE = point_at(GREELY, 0.0, 0.0, 0.0)


def distance_at(path: TargetPath, time_s: float, place_eci: np.ndarray) -> float:
    site = np.array(eci_from_ecef(*SITE, earth_angle(GMST0_RAD, time_s)))
    return float(np.linalg.norm(place_eci - site))


@settings(max_examples=20, deadline=None)
@given(st.floats(50e3, 110e3), st.floats(150.0, 300.0), st.floats(0.0, 60.0))
def test_head_on_it_meets_where_both_ways_add_up(
    start_m: float, speed_m_s: float, delay_s: float
) -> None:
    """In time and in reach, t = (D + v delay) / (v + w) or the time when the range is entered."""
    path = low_path(start_m, speed_m_s)
    found, departure, x, y, z = earliest_direct(reach(), *SITE, path, GMST0_RAD, START_S + delay_s)
    meeting = (start_m + 600.0 * delay_s) / (600.0 + speed_m_s)
    entering = (start_m - 40e3) / speed_m_s
    # The way over the curved ground is straight but for 20 m in 100 km; sites' coordinates
    # are 0.3 % off geodesics.
    expected = START_S + max(meeting, entering)
    assert found == pytest.approx(expected, abs=0.005 * start_m / speed_m_s + 0.5)
    away = distance_at(path, found, np.array([x, y, z]))
    assert away <= 40e3 + 1.0
    assert departure >= START_S + delay_s - 0.02
    assert departure + away / 600.0 == pytest.approx(found, abs=0.02)


def test_nothing_is_met_out_of_range_band_or_sight() -> None:
    """Passing too far abeam, above the band, or below the horizon until too late."""
    near = low_path(80e3, 250.0)
    assert math.isnan(earliest_direct(reach(), *SITE, low_path(80e3, 250.0, 60e3), GMST0_RAD,
                                      START_S)[0])  # fmt: skip
    high = reach(min_altitude_m=5e3)
    assert math.isnan(earliest_direct(high, *SITE, near, GMST0_RAD, START_S)[0])
    blind = reach(sight_height_m=0.0)
    free = earliest_direct(reach(), *SITE, near, GMST0_RAD, START_S)[0]
    seen = earliest_direct(blind, *SITE, near, GMST0_RAD, START_S)[0]
    # 4/3 Earth: 60 m are seen from the ground at sqrt(2 k R h) = 31.9 km.
    horizon_m = math.sqrt(2.0 * 4.0 / 3.0 * EARTH_MEAN_RADIUS_M * 60.0)
    assert seen == pytest.approx(START_S + (80e3 - horizon_m) / 250.0, abs=2.0)
    assert free < seen


def test_no_shot_closes_faster_than_its_limit() -> None:
    """Head on 600 and 250 m/s are too many for 800 m/s; when it has passed, they are not."""
    path = low_path(80e3, 250.0, 5e3)
    bound = reach(max_closing_speed_m_s=800.0)
    free = earliest_direct(reach(), *SITE, path, GMST0_RAD, START_S)[0]
    later = earliest_direct(bound, *SITE, path, GMST0_RAD, START_S)[0]
    assert earliest_direct(bound._replace(max_closing_speed_m_s=870.0), *SITE, path, GMST0_RAD,
                           START_S)[0] == free  # fmt: skip
    # |w - v|^2 = w^2 + v^2 + 2 w v cos = (0.99 of 800)^2 at the angle off its course.
    cosine = (792.0**2 - 600.0**2 - 250.0**2) / (2.0 * 600.0 * 250.0)
    ahead_m = 5e3 * cosine / math.sqrt(1.0 - cosine**2)
    assert later == pytest.approx(START_S + (80e3 - ahead_m) / 250.0, abs=2.0)
    assert later > free + 100.0


def test_an_aircraft_flies_to_where_its_missile_reaches() -> None:
    """Its way is that of aircraft and missile one after the other, within radius and time."""
    craft = reach(max_range_m=50e3, **AIRCRAFT)
    assert direct_flight_s(craft, 30e3) == pytest.approx(50.0)
    assert direct_flight_s(craft, 300e3) == pytest.approx(250e3 / 250.0 + 50e3 / 600.0)
    path = low_path(500e3, 210.0)
    found, departure, x, y, z = earliest_direct(craft, *SITE, path, GMST0_RAD, START_S + 30.0)
    away = distance_at(path, found, np.array([x, y, z]))
    assert departure == pytest.approx(START_S + 30.0, abs=0.02)
    # Beyond the last point the path goes on: they meet after 600 s and more.
    assert found > START_S + 600.0
    met = 500e3 - 210.0 * (found - START_S)
    assert away == pytest.approx(met, rel=0.004)
    hasty = craft._replace(max_flight_s=found - START_S - 60.0)
    assert math.isnan(earliest_direct(hasty, *SITE, path, GMST0_RAD, START_S + 30.0)[0])
    near = craft._replace(radius_m=away - 60e3)
    later = earliest_direct(near, *SITE, path, GMST0_RAD, START_S + 30.0)
    assert later[0] > found
    assert later[1] > departure + 1.0


@settings(max_examples=10, deadline=None)
@given(st.floats(30e3, 120e3), st.floats(200.0, 3000.0), st.floats(0.0, 35e3), st.floats(0.0, 40.0))
def test_it_is_the_first_of_all_instants(
    start_m: float, speed_m_s: float, across_m: float, delay_s: float
) -> None:
    """A scan of every tenth of a second finds the same instant, whatever the speed."""
    path = low_path(start_m, speed_m_s, across_m, n=25)
    earliest_s = START_S + delay_s
    found = earliest_direct(reach(), *SITE, path, GMST0_RAD, earliest_s)[0]
    scanned = NAN
    for t in np.arange(earliest_s, START_S + 240.0, 0.1):
        away = distance_at(path, t, np.array(place_at(path, t)))
        if away <= 40e3 and earliest_s + away / 600.0 <= t:
            scanned = t
            break
    if math.isnan(scanned):
        assert math.isnan(found) or found > START_S + 239.0
    else:
        # Windows shorter than the search's step of half a second may be overlooked.
        assert found == pytest.approx(scanned, abs=0.7) or math.isnan(found)


def test_it_arrives_with_its_speed_over_the_turning_ground() -> None:
    """Seen from the Earth it comes along the line of sight; in eci the ground's speed is added."""
    aim = point_at(GREELY, 1.0, 30e3, 5e3)
    t = 700.0
    angle = earth_angle(GMST0_RAD, t)
    arrival = np.array(direct_arrival(600.0, SITE, GMST0_RAD, t, eci_from_ecef(*aim, angle)))
    way = np.array(eci_from_ecef(*(aim - SITE), angle))
    spin = np.cross([0.0, 0.0, EARTH_ROTATION_RAD_S], eci_from_ecef(*aim, angle))
    assert np.allclose(arrival - spin, 600.0 * way / np.linalg.norm(way), atol=1e-6)
