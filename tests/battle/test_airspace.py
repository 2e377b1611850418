"""Consent is asked for what is met over a nation's land, and for nothing above its ceiling."""

from __future__ import annotations

import math

import numpy as np
import pytest

from opendome.battle.airspace import find_closed
from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.physics.geodesy import ecef_from_geodetic
from opendome.tables.coalition import NOBODY, Airspace

pytestmark = pytest.mark.kernels

CODES = ("USA", "CAN", "GBR")
GMST0_RAD = 1.1


def look_over(
    latitude_deg: float, longitude_deg: float, height_m: float, time_s: float, closed: list[bool]
) -> int:
    """Closed nation under a point, with ceilings of 100, 100 and 80 km."""
    x, y, z = ecef_from_geodetic(math.radians(latitude_deg), math.radians(longitude_deg), height_m)
    turn = GMST0_RAD + EARTH_ROTATION_RAD_S * time_s
    c, s = math.cos(turn), math.sin(turn)
    point = np.array([[c * x - s * y, s * x + c * y, z]])
    airspace = Airspace(CODES, np.array(closed), np.array([100e3, 100e3, 80e3]))
    return int(find_closed(airspace, point, np.array([time_s]), GMST0_RAD)[0])


@pytest.mark.parametrize("time_s", [0.0, 1800.0])
@pytest.mark.parametrize(
    ("place", "height_m", "nation"),
    [
        ((60.0, -110.0), 20e3, 1),
        ((60.0, -110.0), 99e3, 1),
        ((60.0, -110.0), 101e3, NOBODY),  # above the ceiling
        ((40.0, -100.0), 20e3, NOBODY),  # over a nation that lets all
        ((52.5, -1.5), 70e3, 2),
        ((52.5, -1.5), 90e3, NOBODY),  # above its own, lower ceiling
        ((45.0, -40.0), 20e3, NOBODY),  # the sea is no one's
        ((65.0, 100.0), 20e3, NOBODY),  # nor asks who is not in the scenario
    ],
)
def test_land_below_the_ceiling_is_asked_for(
    place: tuple[float, float], height_m: float, nation: int, time_s: float
) -> None:
    """By the ground beneath at the time of intercept, and by the height there."""
    assert look_over(*place, height_m, time_s, [False, True, True]) == nation


def test_what_is_open_is_asked_of_nobody() -> None:
    """Without a closed nation nothing is closed."""
    assert look_over(60.0, -110.0, 20e3, 0.0, [False, False, False]) == NOBODY
