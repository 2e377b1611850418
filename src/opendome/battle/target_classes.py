"""What class of target a track is taken for, by phase and speed alone."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from opendome.physics.constants import EARTH_MEAN_RADIUS_M, EARTH_MU_M3_S2
from opendome.physics.jit import kernel
from opendome.tables.codes import BOOST_PHASE, CRUISE_PHASE, GLIDE_PHASE, TARGET_CLASSES
from opendome.tables.tracks import Predictions
from opendome.tables.truth import Floats, Integers

_BOOSTING: Final = TARGET_CLASSES.index("boosting")
_ICBM: Final = TARGET_CLASSES.index("icbm-warhead")
_INTERMEDIATE: Final = TARGET_CLASSES.index("intermediate-range")
_SHORT: Final = TARGET_CLASSES.index("short-range")
_GLIDE: Final = TARGET_CLASSES.index("glide")
_CRUISE: Final = TARGET_CLASSES.index("cruise")

# Speeds at the ground: on minimum-energy flights 3.0 km/s carries 1,000 km and 5.7 km/s 4,600 km
# (Kepler, spherical Earth): near the usual borders of the short-range and intermediate-range
# classes, 1,000 and 5,500 km.
_SHORT_RANGE_SPEED_M_S: Final = 3.0e3
_INTERMEDIATE_SPEED_M_S: Final = 5.7e3


@kernel
def believed_class(phase: int, position: Floats, velocity: Floats) -> int:
    """Target class of one object by phase, place and velocity [m, m/s, eci].

    A ballistic object's class goes by the speed that it has at the ground, as its energy has it:
    near the top of its path it is slow whatever it is.
    """
    if phase == BOOST_PHASE:
        return _BOOSTING
    if phase == GLIDE_PHASE:
        return _GLIDE
    if phase == CRUISE_PHASE:
        return _CRUISE
    r = math.sqrt(position[0] ** 2 + position[1] ** 2 + position[2] ** 2)
    speed2 = velocity[0] ** 2 + velocity[1] ** 2 + velocity[2] ** 2
    speed2 += 2.0 * EARTH_MU_M3_S2 * (1.0 / EARTH_MEAN_RADIUS_M - 1.0 / r)
    if speed2 < _SHORT_RANGE_SPEED_M_S**2:
        return _SHORT
    return _INTERMEDIATE if speed2 < _INTERMEDIATE_SPEED_M_S**2 else _ICBM


@kernel
def _fill_classes(predictions: Predictions, rows: Integers, classes: Integers) -> None:
    for j in range(rows.shape[0]):
        i = rows[j]
        classes[j] = believed_class(
            predictions.phase[i],
            predictions.position_eci_m[i, 0],
            predictions.velocity_eci_m_s[i, 0],
        )


def believed_classes(predictions: Predictions, rows: Integers) -> Integers:
    """Target class (n,) of each of some rows (n,) of predictions, at the start of their paths."""
    classes = np.empty(rows.shape[0], np.int64)
    _fill_classes(predictions, rows, classes)
    return classes
