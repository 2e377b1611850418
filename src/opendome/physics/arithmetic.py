"""Elementary functions without branches, so that LLVM can vectorise loops that call them.

`math.sin` is a call into the C library, one value at a time: a loop around it stays scalar.
"""

from __future__ import annotations

import numpy as np

from opendome.physics.jit import lane_kernel

_TWO_OVER_PI = 0.6366197723675814
# pi / 2 in three parts: products of the first two with small integers are exact.
_HALF_PI_1 = 1.5707963267341256
_HALF_PI_2 = 6.077100506303966e-11
_HALF_PI_3 = 2.0222662487959506e-21


@lane_kernel
def sincos(x: float) -> tuple[float, float]:
    """Sine and cosine of an angle [rad].

    Absolute error below 4e-16 for |x| < 1e5, below 1e-15 for |x| < 1e6; reduced modulo pi / 2
    after Cody and Waite (1980), polynomials on [-pi/4, pi/4] from fdlibm (Sun Microsystems, 1993,
    k_sin.c and k_cos.c).
    """
    quarters = np.rint(x * _TWO_OVER_PI)
    r = x - quarters * _HALF_PI_1
    r = r - quarters * _HALF_PI_2
    r = r - quarters * _HALF_PI_3
    z = r * r
    sine = r + r * z * (
        -1.66666666666666324348e-1
        + z
        * (
            8.33333333332248946124e-3
            + z
            * (
                -1.98412698298579493134e-4
                + z
                * (
                    2.75573137070700676789e-6
                    + z * (-2.50507602534068634195e-8 + z * 1.58969099521155010221e-10)
                )
            )
        )
    )
    cosine = (1.0 - 0.5 * z) + z * z * (
        4.16666666666666019037e-2
        + z
        * (
            -1.38888888888741095749e-3
            + z
            * (
                2.48015872894767294178e-5
                + z
                * (
                    -2.75573143513506633035e-7
                    + z * (2.08757232129817482790e-9 - z * 1.13596475577881948265e-11)
                )
            )
        )
    )
    quadrant = quarters - 4.0 * np.floor(quarters * 0.25)
    odd = (quadrant == 1.0) | (quadrant == 3.0)
    sin_x = cosine if odd else sine
    cos_x = sine if odd else cosine
    sin_x = -sin_x if quadrant >= 2.0 else sin_x
    cos_x = -cos_x if (quadrant == 1.0) | (quadrant == 2.0) else cos_x
    return sin_x, cos_x


@lane_kernel
def turn(sine: float, cosine: float, angle: float) -> tuple[float, float]:
    """Sine and cosine of the sum of an angle, given by its own, and a small one [rad].

    Taylor series to the tenth power: absolute error below 4e-16 for |angle| < 0.12. A third of
    the price of `sincos`, for it needs no reduction.
    """
    z = angle * angle
    small_sine = angle * (1.0 - z / 6.0 * (1.0 - z / 20.0 * (1.0 - z / 42.0 * (1.0 - z / 72.0))))
    # Without the one, which the sums below add last: it would cost the last digits.
    versine = z / 2.0 * (1.0 - z / 12.0 * (1.0 - z / 30.0 * (1.0 - z / 56.0 * (1.0 - z / 90.0))))
    return (
        sine + (small_sine * cosine - versine * sine),
        cosine - (small_sine * sine + versine * cosine),
    )
