"""Errors of a measured direction."""

from __future__ import annotations

import math

from opendome.physics.jit import kernel


@kernel
def perturb_direction(
    x: float, y: float, z: float, first_rad: float, second_rad: float
) -> tuple[float, float, float]:
    """Unit vector tilted by two small angles along two perpendicular axes of its tangent plane.

    The axes are any that the vector alone fixes (Duff et al. 2017, "Building an orthonormal basis,
    revisited", JCGT 6-1): the errors are alike in all directions, so their turn does not matter.
    """
    sign = math.copysign(1.0, z)
    a = -1.0 / (sign + z)
    b = x * y * a
    px = x + first_rad * (1.0 + sign * x * x * a) + second_rad * b
    py = y + first_rad * sign * b + second_rad * (sign + y * y * a)
    pz = z - first_rad * sign * x - second_rad * y
    scale = 1.0 / math.sqrt(px * px + py * py + pz * pz)
    return px * scale, py * scale, pz * scale
