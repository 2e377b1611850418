"""The US Standard Atmosphere 1976 up to 1,000 km, fast enough for the inside of an integrator."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from opendome.physics.jit import vector_kernel
from opendome.physics.standard_atmosphere import (
    GEOPOTENTIAL_RADIUS_M,
    LAYER_BASE_M,
    Floats,
    lower_atmosphere,
    upper_atmosphere,
)

ATMOSPHERE_TOP_M: Final = 1.0e6

# Cells are equally wide in geopotential altitude, in which the layers begin at multiples of the
# width: inside a cell everything is smooth. Two widths: fine below, coarse above.
_FINE_STEP_M: Final = 500.0
_FINE_TOP_M: Final = 120e3
_COARSE_STEP_M: Final = 2e3
_SOURCE_STEP_M: Final = 100.0
_DIFFUSIVE_BASE_M: Final = 86e3
# A step that ends below the ground is tried before it is refused; the air stays as it is here.
_BOTTOM_M: Final = -5e3

# Geometric altitudes at which the temperature gradient jumps, and with it the slope of density.
BENDS_M: Final = (
    GEOPOTENTIAL_RADIUS_M * LAYER_BASE_M[1:] / (GEOPOTENTIAL_RADIUS_M - LAYER_BASE_M[1:])
)


def _tabulate(altitude_m: Floats) -> tuple[Floats, Floats, Floats]:
    """Temperature, log pressure and log density at geometric altitudes."""
    low = lower_atmosphere(np.minimum(altitude_m, _DIFFUSIVE_BASE_M))
    high = upper_atmosphere(_SOURCE_STEP_M)
    columns = []
    for column, (below, above) in enumerate(zip(low[1:], high[1:], strict=True)):
        if column > 0:
            below, above = np.log(below), np.log(above)
        diffusive = np.interp(altitude_m, high.altitude_m, above)
        columns.append(np.where(altitude_m < _DIFFUSIVE_BASE_M, below, diffusive))
    return columns[0], columns[1], columns[2]


def _interpolation_cells() -> tuple[Floats, Floats, Floats]:
    """Cells of temperature, log pressure and density: 4 coefficients of a cubic polynomial each.

    The cubic meets the column at both ends of its cell and at two places between them, in Newton's
    form of forward differences.
    """
    top = GEOPOTENTIAL_RADIUS_M * ATMOSPHERE_TOP_M / (GEOPOTENTIAL_RADIUS_M + ATMOSPHERE_TOP_M)
    edges = np.concatenate(
        (np.arange(0.0, _FINE_TOP_M, _FINE_STEP_M), np.arange(_FINE_TOP_M, top, _COARSE_STEP_M))
    )
    widths = np.where(edges < _FINE_TOP_M, _FINE_STEP_M, _COARSE_STEP_M)
    height = edges[:, None] + widths[:, None] * np.arange(4) / 3.0
    temperature, pressure, density = _tabulate(
        (GEOPOTENTIAL_RADIUS_M * height / (GEOPOTENTIAL_RADIUS_M - height)).ravel()
    )
    cells = []
    for column in (temperature, pressure, np.exp(density)):
        values = column.reshape(height.shape)
        first, second, third = (np.diff(values, n)[:, 0] for n in (1, 2, 3))
        cells.append(
            np.stack(
                (
                    values[:, 0],
                    3.0 * first - 1.5 * second + third,
                    4.5 * (second - third),
                    4.5 * third,
                ),
                axis=1,
            )
        )
    return cells[0], cells[1], cells[2]


_TEMPERATURE_CELLS, _LOG_PRESSURE_CELLS, _DENSITY_CELLS = _interpolation_cells()
_N_FINE: Final = int(_FINE_TOP_M / _FINE_STEP_M)


@vector_kernel
def _locate(altitude_m: float) -> tuple[int, float]:
    """Cell that holds an altitude, and the place in it from 0 to 1 (below 0 under sea level)."""
    height = altitude_m * (GEOPOTENTIAL_RADIUS_M / (GEOPOTENTIAL_RADIUS_M + altitude_m))
    if height < _FINE_TOP_M:
        place = max(height, _BOTTOM_M) * (1.0 / _FINE_STEP_M)
        cell = max(int(place), 0)
        return cell, place - cell
    place = (height - _FINE_TOP_M) * (1.0 / _COARSE_STEP_M)
    cell = int(place)
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
    c = _DENSITY_CELLS
    return float(c[cell, 0] + u * (c[cell, 1] + u * (c[cell, 2] + u * c[cell, 3])))


@vector_kernel
def find_thinner_air(density_kg_m3: float) -> float:
    """Altitude [m] above which the air is thinner: up to 2 km too high, and 1,000 km at most."""
    low, high = -1, _DENSITY_CELLS.shape[0]
    while high - low > 1:
        middle = (low + high) // 2
        if _DENSITY_CELLS[middle, 0] > density_kg_m3:
            low = middle
        else:
            high = middle
    if high == _DENSITY_CELLS.shape[0]:
        return ATMOSPHERE_TOP_M
    height = high * _FINE_STEP_M
    if high > _N_FINE:
        height = _FINE_TOP_M + (high - _N_FINE) * _COARSE_STEP_M
    return float(GEOPOTENTIAL_RADIUS_M * height / (GEOPOTENTIAL_RADIUS_M - height))


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
