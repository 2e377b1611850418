"""The ideal point mass against closed forms and the public anchor table."""

from __future__ import annotations

import math

import pytest

from opendome.physics.constants import EARTH_MEAN_RADIUS_M
from opendome.physics.geodesy import solve_inverse
from opendome.threats.impulsive import least_speed_throw, throw, throw_over_sphere

# Public figures, section 9.3: km, km/s, deg, km, min.
ANCHORS = [(8000.0, 6.805, 27.0, 1264.0, 28.0), (10000.0, 7.198, 22.5, 1319.0, 32.2)]


@pytest.mark.parametrize(("range_km", "speed", "elevation", "apogee", "minutes"), ANCHORS)
def test_sphere_at_rest_gives_the_published_anchors(range_km, speed, elevation, apogee, minutes):
    """To the digits printed."""
    ideal = throw_over_sphere(range_km * 1e3)
    assert ideal.speed_m_s / 1e3 == pytest.approx(speed, abs=6e-4)
    assert math.degrees(ideal.elevation_rad) == pytest.approx(elevation, abs=0.06)
    assert ideal.apogee_m / 1e3 == pytest.approx(apogee, abs=1.0)
    assert ideal.time_s / 60.0 == pytest.approx(minutes, abs=0.06)


@pytest.mark.parametrize(("range_km", "speed", "elevation", "apogee", "minutes"), ANCHORS)
@pytest.mark.parametrize("from_equator", [True, False])
def test_throws_along_a_meridian_meet_the_anchors(
    range_km, speed, elevation, apogee, minutes, from_equator
):
    """Within 1 %: along a meridian rotation and flattening cost under half a percent."""
    angle = range_km * 1e3 / EARTH_MEAN_RADIUS_M
    start = 0.0 if from_equator else -0.5 * angle
    best = least_speed_throw(start, 0.5, start + angle, 0.5)
    assert best.speed_m_s / 1e3 == pytest.approx(speed, rel=0.01)
    assert best.impact.apogee_m / 1e3 == pytest.approx(apogee, rel=0.01)
    assert best.impact.time_s / 60.0 == pytest.approx(minutes, rel=0.01)
    miss, _, _ = solve_inverse(*best.impact[2:4], start + angle, 0.5)
    assert miss < 10.0


def test_on_the_equator_east_profits_and_west_pays():
    """The ground's 465 m/s enters with opposite signs: their mean meets the anchor within 1 %."""
    angle = 8e6 / EARTH_MEAN_RADIUS_M
    east = least_speed_throw(0.0, 0.0, 0.0, angle)
    west = least_speed_throw(0.0, 0.0, 0.0, -angle)
    assert east.speed_m_s < 6805.0 < west.speed_m_s
    assert 0.5 * (east.speed_m_s + west.speed_m_s) == pytest.approx(6805.0, rel=0.01)


def test_the_speed_is_the_least():
    """Throws at other elevations with that speed fall short of the target."""
    best = least_speed_throw(0.7, 2.0, 0.8, -1.5)
    distance, _, _ = solve_inverse(0.7, 2.0, 0.8, -1.5)
    for change in (-0.02, 0.02):
        other = throw(0.7, 2.0, best.azimuth_rad, best.elevation_rad + change, best.speed_m_s, 1e-9)
        reached, _, _ = solve_inverse(0.7, 2.0, *other.impact[2:4])
        assert reached < distance - 100.0
