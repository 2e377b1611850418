"""A cruise missile from its class: whole paths, and what is refused."""

from __future__ import annotations

import math

import pytest

from opendome.errors import BadInput
from opendome.physics.cruise import Profile
from opendome.threats.cruise import CruiseClass, fly_cruise, measure_route

RAD = math.radians
MISSILE = CruiseClass(
    Profile(240.0, 240.0, 0.0, 9000.0, 60.0, RAD(15.0), RAD(30.0), 0.0, RAD(60.0)), 3000e3
)


def _place(latitude_deg, longitude_deg):
    return RAD(latitude_deg), RAD(longitude_deg)


def test_path_takes_the_route_s_length_over_the_speed():
    """To 1 %: height adds path, corners that are cut take some away."""
    places = [_place(70.0, -140.0), _place(65.0, -130.0), _place(55.0, -120.0)]
    path = fly_cruise(MISSILE, places[0], places[1:-1], places[-1])
    assert path.end_s == pytest.approx(measure_route(places) / 240.0, rel=0.01)
    assert path.ground_length_m < measure_route(places)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (_place(30.0, -120.0), r"is 4,624 km long, 1,624\.1 km beyond the range"),
        (_place(95.0, 0.0), "no place on the globe has latitude 95 deg"),
        (_place(85.0, 40.0), r"leg 1 of 1 passes the north pole at 0\.0 km"),
        (_place(70.0, -140.0), "no length"),
    ],
)
def test_flight_that_cannot_be_flown_says_why(target, message):
    with pytest.raises(BadInput, match=message):
        fly_cruise(MISSILE, _place(70.0, -140.0), [], target)
