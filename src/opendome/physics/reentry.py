"""Drag of a body that meets the air, which turns with the Earth."""

from __future__ import annotations

import math
from typing import Final

from opendome.physics.atmosphere import density
from opendome.physics.constants import (
    EARTH_ECCENTRICITY_SQUARED,
    EARTH_FLATTENING,
    EARTH_RADIUS_M,
    EARTH_ROTATION_RAD_S,
)
from opendome.physics.jit import vector_kernel

_SECOND_ECCENTRICITY_SQUARED: Final = EARTH_ECCENTRICITY_SQUARED / (
    1.0 - EARTH_ECCENTRICITY_SQUARED
)
# The normal leans from the radius by flattening * sin(2 latitude).
_NORMAL_TERM: Final = 2.0 * EARTH_FLATTENING**2


@vector_kernel
def altitude(x: float, y: float, z: float) -> float:
    """Height [m] above the ellipsoid, eci or ecef, without the iteration of `geodesy`.

    Within 5 mm of geodetic altitude up to 100 km, within 1 m up to 1,000 km, 10 m up to 4,000 km.
    Height along the radius, times the cosine of its angle to the ellipsoid's normal.
    """
    r2 = x * x + y * y + z * z
    sine2 = z * z / r2
    w = _SECOND_ECCENTRICITY_SQUARED * sine2
    # 1 / sqrt(1 + w) in series; w < 0.0068.
    surface = EARTH_RADIUS_M * (1.0 - w * (0.5 - w * (0.375 - w * 0.3125)))
    return (math.sqrt(r2) - surface) * (1.0 - _NORMAL_TERM * sine2 * (1.0 - sine2))


@vector_kernel
def relative_wind(
    x: float, y: float, z: float, vx: float, vy: float, vz: float
) -> tuple[float, float, float, float]:
    """Velocity relative to the air (x, y, z) and its size [m/s].

    Position [m] and velocity [m/s] in eci; the air turns with the Earth.
    """
    wx = vx + EARTH_ROTATION_RAD_S * y
    wy = vy - EARTH_ROTATION_RAD_S * x
    wind = math.sqrt(wx * wx + wy * wy + vz * vz)
    return wx, wy, vz, wind


@vector_kernel
def drag_acceleration(
    x: float, y: float, z: float, vx: float, vy: float, vz: float, area_per_mass_m2_kg: float
) -> tuple[float, float, float]:
    """Drag [m/s2] on a body at an eci position [m] and velocity [m/s].

    `area_per_mass_m2_kg` is drag coefficient times area over mass: 1 / ballistic coefficient. The
    coefficient does not change with speed, as usual for slender bodies far above sound speed.
    Source: Vallado (2013), equation 8-28; US Standard Atmosphere 1976.
    """
    wx, wy, wz, wind = relative_wind(x, y, z, vx, vy, vz)
    drag = -0.5 * density(altitude(x, y, z)) * wind * area_per_mass_m2_kg
    return drag * wx, drag * wy, drag * wz
