"""Gravity of the oblate Earth: the central term and the zonal harmonics J2 to J4."""

from __future__ import annotations

import math
from typing import Final

from opendome.physics.constants import (
    EARTH_J2,
    EARTH_J3,
    EARTH_J4,
    EARTH_MU_M3_S2,
    EARTH_RADIUS_M,
)
from opendome.physics.jit import lane_kernel, vector_kernel

_J2_TERM: Final = 1.5 * EARTH_J2 * EARTH_RADIUS_M**2
_J3_TERM: Final = 2.5 * EARTH_J3 * EARTH_RADIUS_M**3
_J4_TERM: Final = 0.625 * EARTH_J4 * EARTH_RADIUS_M**4


@vector_kernel
def zonal_acceleration(x: float, y: float, z: float) -> tuple[float, float, float]:
    """Gravitational acceleration with J2, J3 and J4, any frame whose z axis is the Earth's axis.

    Parameters
    ----------
    x, y, z : float
        Position [m], eci or ecef; not the Earth's centre.

    Returns
    -------
    ax, ay, az : float
        Acceleration [m/s2], same axes. The centrifugal term is not in it.

    Notes
    -----
    Terms left out (tesseral harmonics, Moon, Sun) are below 1e-4 m/s2 near the Earth: under 100 m
    over a half-hour flight.
    Source: Vallado (2013), section 8.7.1, gradient of equation 8-25 with m = 0.
    """
    inverse_r2 = 1.0 / (x * x + y * y + z * z)
    inverse_r = math.sqrt(inverse_r2)
    s = z * inverse_r
    s2 = s * s
    central = -EARTH_MU_M3_S2 * inverse_r2 * inverse_r
    j2 = _J2_TERM * inverse_r2
    j3 = _J3_TERM * inverse_r2 * inverse_r
    j4 = _J4_TERM * inverse_r2 * inverse_r2
    # The gradient of P_n(s) / r^(n + 1) has a radial part, which all axes share, and a part along
    # z; kept apart so that nothing is divided by z.
    radial = central * (
        1.0
        + j2 * (1.0 - 5.0 * s2)
        + j3 * s * (3.0 - 7.0 * s2)
        - j4 * (3.0 - 42.0 * s2 + 63.0 * s2 * s2)
    )
    along_z = (
        -EARTH_MU_M3_S2
        * inverse_r2
        * (2.0 * j2 * s + j3 * (3.0 * s2 - 0.6) - j4 * s * (12.0 - 28.0 * s2))
    )
    return radial * x, radial * y, radial * z + along_z


@lane_kernel
def j2_acceleration(x: float, y: float, z: float) -> tuple[float, float, float]:
    """Gravitational acceleration with J2 alone: for predictions whose own errors are larger.

    Arguments and returns as `zonal_acceleration`. Source: Vallado (2013), equation 8-30.
    """
    inverse_r2 = 1.0 / (x * x + y * y + z * z)
    inverse_r = math.sqrt(inverse_r2)
    s2 = z * z * inverse_r2
    central = -EARTH_MU_M3_S2 * inverse_r2 * inverse_r
    j2 = _J2_TERM * inverse_r2
    radial = central * (1.0 + j2 * (1.0 - 5.0 * s2))
    return radial * x, radial * y, central * z * (1.0 + j2 * (3.0 - 5.0 * s2))
