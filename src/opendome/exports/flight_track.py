"""A flight as the writers of this package take it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Mark(NamedTuple):
    """An instant of the flight that is pinned to the map."""

    name: str
    time_s: float


class FlightTrack(NamedTuple):
    """One flight over the turning Earth; altitude above the WGS-84 ellipsoid."""

    name: str
    description: str
    time_s: Floats  # (n,) since launch, increasing
    latitude_deg: Floats
    longitude_deg: Floats
    altitude_m: Floats
    marks: tuple[Mark, ...]

    def locate(self, mark: Mark) -> tuple[float, float, float]:
        """Longitude [deg], latitude [deg] and altitude [m] of a mark: those of the nearest time."""
        row = int(np.argmin(np.abs(self.time_s - mark.time_s)))
        return (
            float(self.longitude_deg[row]),
            float(self.latitude_deg[row]),
            float(self.altitude_m[row]),
        )
