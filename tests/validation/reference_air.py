"""US Standard Atmosphere 1976 a second time: printed base values below 86 km, printed table above.

Independent of `opendome.physics`: below 86 km the closed forms of each layer start from the base
pressures that the standard prints; above, a cubic spline runs through the logarithm of the printed
densities, where ours integrates the diffusion equations.

Source: U.S. Standard Atmosphere, 1976 (NOAA-S/T 76-1562, NASA-TM-X-74335): table 4 and equations
18, 23, 33 and 42 (layers), table I (geometric altitude). Digits of the tables checked against
public transcriptions of it.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from scipy.interpolate import CubicSpline

RADIUS_M = 6356766.0
TOP_M = 1e6
# g0 M0 / R*: 9.80665 x 28.9644 / 8314.32.
GMR_K_M = 0.0341631947
GAS_J_KG_K = 287.05287

# Geopotential base [m], temperature [K], gradient [K/m], pressure [Pa].
LAYERS = [
    (0.0, 288.15, -6.5e-3, 101325.0),
    (11e3, 216.65, 0.0, 22632.06),
    (20e3, 216.65, 1e-3, 5474.889),
    (32e3, 228.65, 2.8e-3, 868.0187),
    (47e3, 270.65, 0.0, 110.9063),
    (51e3, 270.65, -2.8e-3, 66.93887),
    (71e3, 214.65, -2e-3, 3.956420),
]
# Geometric altitude [km], kinetic temperature [K], pressure [Pa], density [kg/m3].
TABLE_ABOVE_86_KM = [
    (86, 186.87, 3.7338e-1, 6.958e-6),
    (90, 186.87, 1.8359e-1, 3.416e-6),
    (95, 188.42, 7.5966e-2, 1.393e-6),
    (100, 195.08, 3.2011e-2, 5.604e-7),
    (105, 208.84, 1.4477e-2, 2.325e-7),
    (110, 240.00, 7.1042e-3, 9.708e-8),
    (115, 300.00, 4.0096e-3, 4.289e-8),
    (120, 360.00, 2.5382e-3, 2.222e-8),
    (130, 469.27, 1.2505e-3, 8.152e-9),
    (140, 559.63, 7.2028e-4, 3.831e-9),
    (150, 634.39, 4.5422e-4, 2.076e-9),
    (160, 696.29, 3.0395e-4, 1.233e-9),
    (180, 790.07, 1.5271e-4, 5.194e-10),
    (200, 854.56, 8.4736e-5, 2.541e-10),
    (250, 941.33, 2.4767e-5, 6.073e-11),
    (300, 976.01, 8.7704e-6, 1.916e-11),
    (400, 995.83, 1.4518e-6, 2.803e-12),
    (500, 999.24, 3.0236e-7, 5.215e-13),
    (600, 999.85, 8.2130e-8, 1.137e-13),
    (700, 999.97, 3.1908e-8, 3.070e-14),
    (800, 999.99, 1.7036e-8, 1.136e-14),
    (900, 1000.0, 1.0873e-8, 5.759e-15),
    (1000, 1000.0, 7.5138e-9, 3.561e-15),
]

_NODES = [1e3 * row[0] for row in TABLE_ABOVE_86_KM]
_SPLINE = CubicSpline(_NODES, np.log([row[3] for row in TABLE_ABOVE_86_KM]))
_PIECES = [tuple(map(float, c)) for c in _SPLINE.c.T]


def density(altitude_m: float) -> float:
    """Air density [kg/m3] at a geometric altitude [m]; goes on below the sea, none at 1,000 km."""
    if altitude_m >= TOP_M:
        return 0.0
    if altitude_m >= _NODES[0]:
        i = min(bisect_right(_NODES, altitude_m) - 1, len(_PIECES) - 1)
        a, b, c, d = _PIECES[i]
        u = altitude_m - _NODES[i]
        return math.exp(((a * u + b) * u + c) * u + d)
    height = RADIUS_M * altitude_m / (RADIUS_M + altitude_m)
    row = LAYERS[0]
    for layer in LAYERS:
        if height >= layer[0]:
            row = layer
    base, warmth, gradient, pressure = row
    local = warmth + gradient * (height - base)
    if gradient == 0.0:
        pressure *= math.exp(-GMR_K_M * (height - base) / warmth)
    else:
        pressure *= (warmth / local) ** (GMR_K_M / gradient)
    return pressure / (GAS_J_KG_K * local)


def borders_m() -> list[float]:
    """Altitudes [m] between which log density is smooth: layers, then nodes of the spline."""
    return [*(RADIUS_M * base / (RADIUS_M - base) for base, _, _, _ in LAYERS), *_NODES]


def fit_bands(
    air: Callable[[float], float], borders: list[float], degree: int
) -> list[list[float]]:
    """Polynomials of log density between borders [m], and none above the last of them.

    Coefficients are by rising power of the place in the band, from -1 at its bottom to 1 at its
    top. With degree 14 they follow this module's air to 3e-7.
    """
    places = np.cos(np.pi * (np.arange(2 * degree) + 0.5) / (2 * degree))
    rows = []
    for low, high in pairwise(borders):
        heights = 0.5 * (low + high) + 0.5 * (high - low) * places
        logs = [math.log(air(h)) for h in heights]
        fit = np.polynomial.Chebyshev.fit(places, logs, degree, domain=[-1.0, 1.0])
        # Highest coefficients that came out as zero are left away by the conversion.
        found = [float(c) for c in fit.convert(kind=np.polynomial.Polynomial).coef]
        rows.append(found + [0.0] * (degree + 1 - len(found)))
    rows.append([-1e4] + [0.0] * degree)
    return rows
