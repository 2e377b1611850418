"""Everything that a missile reaches from a place: range by bearing on the turning Earth."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np

from opendome.physics.constants import EARTH_MEAN_RADIUS_M
from opendome.physics.standard_atmosphere import Floats
from opendome.threats.single.flight_report import NEAREST_M, Place
from opendome.threats.single.kinds import Progress, reach_toward

BEARING_STEP_DEG: Final = 5.0
HALF_WAY_ROUND_M: Final = math.pi * EARTH_MEAN_RADIUS_M


class Footprint(NamedTuple):
    """Ranges by bearing; NaN where nothing is reached."""

    launch: Place
    bearing_rad: Floats  # (n,) of the geodesics at launch, evenly round
    nearest_m: Floats
    farthest_m: Floats


def find_footprint(
    one: Any, launch: Place, trajectory: int, progress: Progress | None = None
) -> Footprint:
    """Least and greatest range of a missile class toward every fifth degree of bearing.

    Nothing nearer than 100 km is counted as reached: `fly` takes no such target.
    """
    bearing = np.radians(np.arange(0.0, 360.0, BEARING_STEP_DEG))
    ranges = []
    for i, angle in enumerate(bearing):
        nearest, farthest = reach_toward(one, launch, float(angle), trajectory)
        ranges.append((max(nearest, NEAREST_M), min(farthest, HALF_WAY_ROUND_M)))
        if progress is not None:
            progress(i + 1, bearing.size)
    nearest_m, farthest_m = np.array(ranges).T
    return Footprint(launch, bearing, nearest_m, farthest_m)
