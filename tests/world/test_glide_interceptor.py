"""The glide-phase rocket of the library: its tables are flights, and its band is glide's."""

from __future__ import annotations

import math

import pytest
from numpy.testing import assert_allclose

from opendome.interceptors.ground import build_flyout_table, fly_interceptor, tabulated_shot
from opendome.interceptors.sites import locate, path_axes, site_axes
from opendome.physics.constants import EARTH_MEAN_RADIUS_M
from opendome.physics.frames import earth_angle, eci_from_ecef
from opendome.scenario import library
from opendome.scenario.loader import load_scenario
from opendome.world.assumptions import Assumptions
from opendome.world.interceptors import compile_type

pytestmark = pytest.mark.kernels

SITE = (math.radians(44.0), math.radians(-75.8))
GMST0_RAD = 0.7
INTERCEPT_S = 900.0


def test_the_library_reaches_the_heights_of_glide_by_flights_that_exist() -> None:
    """Points at 30 to 60 km, near and far: integrated flights leave within a second of the table.

    The Earth turns under both. A point that the table holds is hit within the ten metres of the
    shooting method; 800 km are reached in under 400 s.
    """
    scenario = load_scenario("north-2035")
    row = compile_type("gpi", scenario.interceptors["gpi"], scenario.doctrine, Assumptions(0, 1))
    assert row.flyout is not None
    tables = build_flyout_table(row.flyout, *SITE)
    axes = site_axes(*SITE)
    angle = earth_angle(GMST0_RAD, INTERCEPT_S)
    flights = []
    for range_m, altitude_m in [(100e3, 30e3), (150e3, 50e3), (300e3, 40e3), (450e3, 60e3)]:
        up = path_axes(axes, 0.3, range_m)[6:]
        place = [u * (EARTH_MEAN_RADIUS_M - 2.5e3 + altitude_m) for u in up]
        assert locate(axes, *place)[2] == pytest.approx(altitude_m, abs=5e3)
        aim = eci_from_ecef(*place, angle)
        told = tabulated_shot(tables, 0, *SITE, GMST0_RAD, INTERCEPT_S, *aim)
        if math.isnan(told.launch_s):
            continue
        flown = fly_interceptor(row.flyout, tables, 0, *SITE, GMST0_RAD, INTERCEPT_S, *aim)
        assert flown.miss_m < 10.0
        assert flown.launch_s == pytest.approx(told.launch_s, abs=1.0)
        flights.append((range_m, INTERCEPT_S - flown.launch_s))
    # Most of the band is in reach, at mean speeds of a rocket of this size.
    assert len(flights) >= 3
    speeds = [range_m / flight_s for range_m, flight_s in flights]
    assert_allclose(speeds, 2.3e3, rtol=0.6)


def test_its_band_lies_within_the_published_heights_of_glide() -> None:
    """30 to 80 km are recalled (threat.hgv.glide_altitude); below lies the end of the flight."""
    tree = library.load("gpi").tree
    assert tree["altitude"] == {"min": "25 km", "max": "70 km"}
    assert tree["layer"] == "glide"
