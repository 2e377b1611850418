"""Does the Earth stand between two points, and how near does a line of sight pass to it.

Positions are eci or ecef: any axes whose z is the Earth's axis. Stretching z by 1 / (1 - f) turns
the WGS-84 ellipsoid into a sphere of the equatorial radius and keeps straight lines straight, so
that the surface itself is exact. Heights come out within 0.4 % (the flattening) for points up to a
few hundred kilometres up.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from opendome.physics.constants import EARTH_FLATTENING, EARTH_RADIUS_M
from opendome.physics.jit import kernel

_STRETCH: Final = 1.0 / (1.0 - EARTH_FLATTENING)


@kernel
def surface_height_m(x: float, y: float, z: float) -> float:
    """Height of a point above the WGS-84 ellipsoid, within 0.4 % of the height (low if any)."""
    zs = z * _STRETCH
    return math.sqrt(x * x + y * y + zs * zs) - EARTH_RADIUS_M


@kernel
def segment_height_m(ax: float, ay: float, az: float, bx: float, by: float, bz: float) -> float:
    """Least height above the ellipsoid along the straight segment from a to b; negative inside."""
    return _line_height_m(ax, ay, az, bx - ax, by - ay, bz - az, 1.0)


@kernel
def ray_height_m(ax: float, ay: float, az: float, dx: float, dy: float, dz: float) -> float:
    """Least height above the ellipsoid along the ray from a in direction d, without end.

    Towards the limb this is the tangent height; away from the Earth it is the height of a.
    """
    return _line_height_m(ax, ay, az, dx, dy, dz, math.inf)


@kernel
def _line_height_m(
    ax: float, ay: float, az: float, dx: float, dy: float, dz: float, end: float
) -> float:
    zs = az * _STRETCH
    dzs = dz * _STRETCH
    length2 = dx * dx + dy * dy + dzs * dzs
    fraction = 0.0
    if length2 > 0.0:
        fraction = min(max(-(ax * dx + ay * dy + zs * dzs) / length2, 0.0), end)
    px = ax + fraction * dx
    py = ay + fraction * dy
    pz = zs + fraction * dzs
    return math.sqrt(px * px + py * py + pz * pz) - EARTH_RADIUS_M


@kernel
def find_visible_pairs(
    observer_m: NDArray[np.float64],
    target_m: NDArray[np.float64],
    clearance_m: float,
    visible: NDArray[np.bool_],
) -> None:
    """Mark every pair whose straight line stays `clearance_m` above the ellipsoid.

    Parameters
    ----------
    observer_m, target_m : (n, 3), (m, 3) float64
        Same frame, eci or ecef.
    clearance_m : float
        Least height of the line: 0 for the bare surface, the cloud break for infrared.
    visible : (n, m) bool
        Filled.

    Notes
    -----
    About 5 ns a pair: squares are compared, and roots are taken nowhere.
    """
    radius_m = EARTH_RADIUS_M + clearance_m
    radius2 = radius_m * radius_m
    for i in range(observer_m.shape[0]):
        ax = observer_m[i, 0]
        ay = observer_m[i, 1]
        az = observer_m[i, 2] * _STRETCH
        a2 = ax * ax + ay * ay + az * az
        for j in range(target_m.shape[0]):
            dx = target_m[j, 0] - ax
            dy = target_m[j, 1] - ay
            dz = target_m[j, 2] * _STRETCH - az
            length2 = dx * dx + dy * dy + dz * dz
            along = ax * dx + ay * dy + az * dz
            if along >= 0.0:
                clear = a2 >= radius2
            elif -along >= length2:
                clear = a2 + 2.0 * along + length2 >= radius2
            else:
                clear = a2 * length2 - along * along >= radius2 * length2
            visible[i, j] = clear
