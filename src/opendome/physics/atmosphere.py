"""The US Standard Atmosphere 1976 up to 1,000 km, fast enough for the inside of an integrator."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from opendome.physics.jit import vector_kernel
from opendome.physics.standard_atmosphere import Floats, lower_atmosphere, upper_atmosphere

ATMOSPHERE_TOP_M: Final = 1.0e6

# Two grids: fine where layers change, coarse where everything is smooth.
_FINE_STEP_M: Final = 500.0
_FINE_TOP_M: Final = 120e3
_COARSE_STEP_M: Final = 5e3
_SOURCE_STEP_M: Final = 100.0
_DIFFUSIVE_BASE_M: Final = 86e3
# A step that ends below the ground is tried before it is refused; the air stays as it is here.
_BOTTOM_M: Final = -5e3


def _interpolation_cells() -> tuple[Floats, Floats, Floats]:
    """Cubic Hermite cells of temperature, log pressure and log density, 4 coefficients each."""
    low = lower_atmosphere(np.arange(0.0, _DIFFUSIVE_BASE_M, _SOURCE_STEP_M))
    high = upper_atmosphere(_SOURCE_STEP_M)
    altitude = np.concatenate((low.altitude_m, high.altitude_m))
    columns = (
        np.concatenate((low.temperature_k, high.temperature_k)),
        np.log(np.concatenate((low.pressure_pa, high.pressure_pa))),
        np.log(np.concatenate((low.density_kg_m3, high.density_kg_m3))),
    )
    fine = np.arange(0.0, _FINE_TOP_M, _FINE_STEP_M)
    coarse = np.arange(_FINE_TOP_M, ATMOSPHERE_TOP_M + 1.0, _COARSE_STEP_M)
    nodes = np.round(np.concatenate((fine, coarse)) / _SOURCE_STEP_M).astype(np.int64)
    widths = np.diff(altitude[nodes])
    cells = []
    for column in columns:
        slope = np.gradient(column, altitude)[nodes]
        value, left, right = column[nodes], slope[:-1] * widths, slope[1:] * widths
        rise = np.diff(value)
        cells.append(
            np.ascontiguousarray(
                np.stack(
                    (value[:-1], left, 3.0 * rise - 2.0 * left - right, left + right - 2.0 * rise),
                    axis=1,
                )
            )
        )
    return cells[0], cells[1], cells[2]


_TEMPERATURE_CELLS, _LOG_PRESSURE_CELLS, _LOG_DENSITY_CELLS = _interpolation_cells()
_N_FINE: Final = int(_FINE_TOP_M / _FINE_STEP_M)


@vector_kernel
def _locate(altitude_m: float) -> tuple[int, float]:
    """Cell that holds an altitude, and the place in it from 0 to 1 (below 0 under sea level)."""
    if altitude_m < _FINE_TOP_M:
        place = max(altitude_m, _BOTTOM_M) * (1.0 / _FINE_STEP_M)
        cell = max(int(place), 0)
        return cell, place - cell
    place = (altitude_m - _FINE_TOP_M) * (1.0 / _COARSE_STEP_M)
    cell = min(int(place), _LOG_DENSITY_CELLS.shape[0] - _N_FINE - 1)
    return cell + _N_FINE, place - cell


@vector_kernel
def density(altitude_m: float) -> float:
    """Air density [kg/m3] at a geometric altitude [m] above the ellipsoid.

    Zero above 1,000 km; continued below sea level, as root finding for impact needs.

    Notes
    -----
    Within 0.1 % of the layer equations below 86 km and of the diffusion equations above. Those
    differ from the printed tables by 0.1 % up to 450 km and 1.6 % up to 1,000 km.
    Source: U.S. Standard Atmosphere, 1976; see `opendome.physics.standard_atmosphere`.
    """
    if altitude_m >= ATMOSPHERE_TOP_M:
        return 0.0
    cell, u = _locate(altitude_m)
    c = _LOG_DENSITY_CELLS
    return math.exp(c[cell, 0] + u * (c[cell, 1] + u * (c[cell, 2] + u * c[cell, 3])))


@vector_kernel
def standard_atmosphere(altitude_m: float) -> tuple[float, float, float]:
    """Kinetic temperature [K], pressure [Pa] and density [kg/m3] at a geometric altitude [m].

    Above 1,000 km the temperature stays and pressure and density are zero. Accuracy and source as
    `density`.
    """
    cell, u = _locate(min(altitude_m, ATMOSPHERE_TOP_M))
    c = _TEMPERATURE_CELLS
    temperature = c[cell, 0] + u * (c[cell, 1] + u * (c[cell, 2] + u * c[cell, 3]))
    if altitude_m >= ATMOSPHERE_TOP_M:
        return temperature, 0.0, 0.0
    c = _LOG_PRESSURE_CELLS
    pressure = math.exp(c[cell, 0] + u * (c[cell, 1] + u * (c[cell, 2] + u * c[cell, 3])))
    return temperature, pressure, density(altitude_m)
