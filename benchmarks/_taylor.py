"""Our gravity and air as expressions for heyoka's Taylor integrator.

Gravity to J4 as every flight has it; the air in a smooth fit, good to some per cent, which is
easier to integrate than the tabulated one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from opendome.physics.atmosphere import density
from opendome.physics.constants import (
    EARTH_ECCENTRICITY_SQUARED,
    EARTH_J2,
    EARTH_J3,
    EARTH_J4,
    EARTH_MU_M3_S2,
    EARTH_RADIUS_M,
)

FIT_SCALE_M = 50e3
FIT_DEGREE = 8


def express_gravity(x: Any, y: Any, z: Any) -> list[Any]:
    """Acceleration [m/s2] by gravity along the three axes."""
    r2 = x * x + y * y + z * z
    r = r2**0.5
    s, q = z / r, EARTH_RADIUS_M / r
    s2, g = s * s, -EARTH_MU_M3_S2 / r2
    radial = g * (
        1.0
        + 1.5 * EARTH_J2 * q**2 * (1.0 - 5.0 * s2)
        + 2.5 * EARTH_J3 * q**3 * s * (3.0 - 7.0 * s2)
        - 0.625 * EARTH_J4 * q**4 * (3.0 - 42.0 * s2 + 63.0 * s2 * s2)
    )
    polar = g * (
        3.0 * EARTH_J2 * q**2 * s
        + 2.5 * EARTH_J3 * q**3 * (3.0 * s2 - 0.6)
        - 0.625 * EARTH_J4 * q**4 * s * (12.0 - 28.0 * s2)
    )
    return [radial * x / r, radial * y / r, radial * z / r + polar]


def express_density(library: Any, x: Any, y: Any, z: Any) -> Any:
    """Density [kg/m3] of the fitted air."""
    u = 1.0 / (1.0 + express_height(x, y, z) / FIT_SCALE_M)
    fit = _fit_log_density()
    logarithm = library.expression(fit[-1])
    for coefficient in fit[-2::-1]:
        logarithm = coefficient + u * logarithm
    return library.exp(logarithm)


def express_height(x: Any, y: Any, z: Any) -> Any:
    """`reentry.altitude` without its series."""
    r2 = x * x + y * y + z * z
    bulge = EARTH_ECCENTRICITY_SQUARED / (1.0 - EARTH_ECCENTRICITY_SQUARED)
    return r2**0.5 - EARTH_RADIUS_M / (1.0 + bulge * z * z / r2) ** 0.5


def _fit_log_density() -> list[float]:
    """Coefficients of log density as a polynomial in 1 / (1 + altitude / FIT_SCALE_M)."""
    altitude_m = np.concatenate((np.arange(0.0, 150e3, 500.0), np.arange(150e3, 1e6, 20e3)))
    logarithm = np.log([density(h) for h in altitude_m])
    fit = np.polynomial.polynomial.polyfit(
        1.0 / (1.0 + altitude_m / FIT_SCALE_M), logarithm, FIT_DEGREE
    )
    return [float(c) for c in fit]
