"""Where the Sun stands, and whether a body is in the Earth's shadow."""

from __future__ import annotations

import math

from opendome.physics.constants import EARTH_RADIUS_M
from opendome.physics.jit import kernel

# Astronomical Almanac (2016), page C5, low-precision formulae: 0.01 degrees from 1950 to 2050.
_J2000_DAYS = 2451545.0
_DEGREE = math.pi / 180.0


@kernel
def sun_direction(julian_date_days: float) -> tuple[float, float, float]:
    """Unit vector to the Sun, mean equator and equinox of date (within 0.01 degrees)."""
    n = julian_date_days - _J2000_DAYS
    mean_longitude = 280.460 + 0.9856474 * n
    anomaly = (357.528 + 0.9856003 * n) * _DEGREE
    longitude = (
        mean_longitude + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2.0 * anomaly)
    ) * _DEGREE
    obliquity = (23.439 - 0.0000004 * n) * _DEGREE
    return (
        math.cos(longitude),
        math.cos(obliquity) * math.sin(longitude),
        math.sin(obliquity) * math.sin(longitude),
    )


@kernel
def is_sunlit(x: float, y: float, z: float, sun_x: float, sun_y: float, sun_z: float) -> bool:
    """False inside a cylinder of the Earth's radius behind the Earth.

    The cylinder leaves out penumbra and flattening: at most 10 s of error at orbital speed below
    2,000 km. Source: Vallado (2013), section 5.3.2.
    """
    along = x * sun_x + y * sun_y + z * sun_z
    if along >= 0.0:
        return True
    return x * x + y * y + z * z - along * along > EARTH_RADIUS_M * EARTH_RADIUS_M
