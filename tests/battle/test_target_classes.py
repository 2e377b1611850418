"""What a track is taken for does not depend on when it is looked at."""

from __future__ import annotations

import math

import numpy as np
import pytest

from opendome.battle.target_classes import believed_class
from opendome.physics.constants import EARTH_MEAN_RADIUS_M, EARTH_MU_M3_S2
from opendome.tables.codes import (
    BALLISTIC_PHASE,
    BOOST_PHASE,
    CRUISE_PHASE,
    GLIDE_PHASE,
    TARGET_CLASSES,
)

pytestmark = pytest.mark.kernels


def minimum_energy_speed(range_m: float) -> float:
    """Speed at the ground of the minimum-energy flight over a range (Kepler, spherical Earth)."""
    sine = math.sin(0.5 * range_m / EARTH_MEAN_RADIUS_M)
    return math.sqrt(2.0 * EARTH_MU_M3_S2 / EARTH_MEAN_RADIUS_M * sine / (1.0 + sine))


@pytest.mark.parametrize(
    ("range_km", "taken_for"),
    [(500, "short-range"), (2000, "intermediate-range"), (4000, "intermediate-range"),
     (5500, "icbm-warhead"), (10000, "icbm-warhead")],
)  # fmt: skip
@pytest.mark.parametrize("height_km", [0.0, 100.0, 400.0, 1200.0])
def test_height_does_not_change_the_class(
    range_km: float, taken_for: str, height_km: float
) -> None:
    """The same energy gives the same class at the ground and near the top of the path."""
    speed_m_s = minimum_energy_speed(range_km * 1e3)
    r = EARTH_MEAN_RADIUS_M + height_km * 1e3
    speed2 = speed_m_s**2 - 2.0 * EARTH_MU_M3_S2 * (1.0 / EARTH_MEAN_RADIUS_M - 1.0 / r)
    if speed2 < 0.0:
        pytest.skip("it does not come so high")
    velocity = np.array([0.0, math.sqrt(speed2), 0.0])
    found = believed_class(BALLISTIC_PHASE, np.array([r, 0.0, 0.0]), velocity)
    assert TARGET_CLASSES[found] == taken_for


@pytest.mark.parametrize(
    ("phase", "taken_for"),
    [(BOOST_PHASE, "boosting"), (GLIDE_PHASE, "glide"), (CRUISE_PHASE, "cruise")],
)
def test_phases_that_are_classes_of_their_own(phase: int, taken_for: str) -> None:
    """What burns, glides or cruises is taken for that, however fast it is."""
    place = np.array([EARTH_MEAN_RADIUS_M + 30e3, 0.0, 0.0])
    for speed_m_s in (300.0, 7000.0):
        found = believed_class(phase, place, np.array([0.0, speed_m_s, 0.0]))
        assert TARGET_CLASSES[found] == taken_for
