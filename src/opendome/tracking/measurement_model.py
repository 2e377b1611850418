"""What a sensor is expected to report of a track: one model for radar and infrared alike.

Four components: two angles in the plane tangent to the predicted line of sight, range, range
rate. A passive sensor reports the first two only. The curvature of range and range rate matters
while a track knows little across the line of sight, and enters as a second-order correction.

Source: Bar-Shalom, Li and Kirubarajan (2001), "Estimation with applications to tracking and
navigation", section 10.3.2 (second-order extended Kalman filter).
"""

from __future__ import annotations

import math

from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.physics.jit import kernel
from opendome.tables.truth import Floats
from opendome.tracking.picture import LOOK_PLACE, RANGE, RANGE_VARIANCE, RATE, RATE_VARIANCE


@kernel
def tangent_axes(x: float, y: float, z: float) -> tuple[float, float, float, float, float, float]:
    """Two unit vectors that complete the unit vector (x, y, z) to a right-handed triad.

    Source: Duff et al. (2017), "Building an orthonormal basis, revisited", JCGT 6(1).
    """
    sign = math.copysign(1.0, z)
    a = -1.0 / (sign + z)
    b = x * y * a
    return 1.0 + sign * x * x * a, sign * b, -sign * x, b, sign + y * y * a, -y


@kernel
def predict_measurement(
    state: Floats,
    covariance: Floats,
    look: Floats,
    jacobian: Floats,
    spread: Floats,
    expected: Floats,
) -> None:
    """Expected measurement of one track by a sensor, its Jacobian and covariance without noise.

    Parameters
    ----------
    state : (9,) float64
        ECI position [m], velocity [m/s], thrust acceleration [m/s2] at the time of the look.
    covariance : (9, 9) float64
    look : (N_LOOK,) float64
        Any look of the sensor: its position is taken from it. Range rate is relative to a sensor
        that turns with the Earth.
    jacobian : (4, 6) float64
        Filled: angle 1, angle 2, range, range rate by position and velocity. The position part of
        row 2 is the expected line of sight.
    spread : (4, 4) float64
        Filled: covariance of the four components from the track's errors, first order.

    expected : (5,) float64
        The first four are filled: range [m] and range rate [m/s] with second-order bias, then the
        second-order additions to their variances.
    """
    sensor_x = look[LOOK_PLACE]
    sensor_y = look[LOOK_PLACE + 1]
    dx = state[0] - sensor_x
    dy = state[1] - sensor_y
    dz = state[2] - look[LOOK_PLACE + 2]
    r = math.sqrt(dx * dx + dy * dy + dz * dz)
    ir = 1.0 / r
    ux = dx * ir
    uy = dy * ir
    uz = dz * ir
    wx = state[3] + EARTH_ROTATION_RAD_S * sensor_y
    wy = state[4] - EARTH_ROTATION_RAD_S * sensor_x
    wz = state[5]
    rate = ux * wx + uy * wy + uz * wz
    e1x, e1y, e1z, e2x, e2y, e2z = tangent_axes(ux, uy, uz)
    for k in range(4):
        for i in range(6):
            jacobian[k, i] = 0.0
    jacobian[0, 0] = e1x * ir
    jacobian[0, 1] = e1y * ir
    jacobian[0, 2] = e1z * ir
    jacobian[1, 0] = e2x * ir
    jacobian[1, 1] = e2y * ir
    jacobian[1, 2] = e2z * ir
    jacobian[2, 0] = ux
    jacobian[2, 1] = uy
    jacobian[2, 2] = uz
    jacobian[3, 0] = (wx - rate * ux) * ir
    jacobian[3, 1] = (wy - rate * uy) * ir
    jacobian[3, 2] = (wz - rate * uz) * ir
    jacobian[3, 3] = ux
    jacobian[3, 4] = uy
    jacobian[3, 5] = uz
    for k in range(4):
        for m in range(k + 1):
            total = 0.0
            for i in range(6):
                inner = 0.0
                for j in range(6):
                    inner += covariance[i, j] * jacobian[m, j]
                total += jacobian[k, i] * inner
            spread[k, m] = total
            spread[m, k] = total
    # Second order: range bends by |across|2 / 2r, range rate by (across . cross-velocity) / r.
    # The angle rows times r are the tangent axes; p, c, v: position, mixed and velocity blocks of
    # the covariance along them.
    p11 = spread[0, 0] * r * r
    p12 = spread[0, 1] * r * r
    p22 = spread[1, 1] * r * r
    c11 = 0.0
    c12 = 0.0
    c21 = 0.0
    c22 = 0.0
    v11 = 0.0
    v12 = 0.0
    v22 = 0.0
    for i in range(3):
        e1i = jacobian[0, i] * r
        e2i = jacobian[1, i] * r
        for j in range(3):
            e1j = jacobian[0, j] * r
            e2j = jacobian[1, j] * r
            c = covariance[i, j + 3]
            v = covariance[i + 3, j + 3]
            c11 += e1i * c * e1j
            c12 += e1i * c * e2j
            c21 += e2i * c * e1j
            c22 += e2i * c * e2j
            v11 += e1i * v * e1j
            v12 += e1i * v * e2j
            v22 += e2i * v * e2j
    expected[RANGE] = r + 0.5 * (p11 + p22) * ir
    expected[RATE] = rate + (c11 + c22) * ir
    expected[RANGE_VARIANCE] = 0.5 * (p11 * p11 + 2.0 * p12 * p12 + p22 * p22) * ir * ir
    bent = p11 * v11 + 2.0 * p12 * v12 + p22 * v22 + c11 * c11 + 2.0 * c12 * c21 + c22 * c22
    expected[RATE_VARIANCE] = max(bent, 0.0) * ir * ir
