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
from opendome.tracking.picture import (
    LOOK_PLACE,
    LOOK_RANGE_SIGMA,
    LOOK_RATE_SIGMA,
    RANGE,
    RANGE_VARIANCE,
    RATE,
    RATE_VARIANCE,
)


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
        Filled: covariance of the four components from the track's errors, first order; only that
        of the angles where the look has neither range nor range rate.
    expected : (5,) float64
        The first four are filled, but for such a look: range [m] and range rate [m/s] with
        second-order bias, then the second-order additions to their variances.
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
    # Position, mixed and velocity blocks of the covariance along the axes (e1, e2, u).
    p11, p12, p13, _, p22, p23, _, _, p33 = _turn_block(
        covariance, 0, 0, e1x, e1y, e1z, e2x, e2y, e2z, ux, uy, uz
    )
    spread[0, 0] = p11 * ir * ir
    spread[0, 1] = spread[1, 0] = p12 * ir * ir
    spread[1, 1] = p22 * ir * ir
    if look[LOOK_RANGE_SIGMA] == math.inf and look[LOOK_RATE_SIGMA] == math.inf:
        return
    c11, c12, c13, c21, c22, c23, _, _, c33 = _turn_block(
        covariance, 0, 3, e1x, e1y, e1z, e2x, e2y, e2z, ux, uy, uz
    )
    v11, v12, _, _, v22, _, _, _, v33 = _turn_block(
        covariance, 3, 3, e1x, e1y, e1z, e2x, e2y, e2z, ux, uy, uz
    )
    # Range rate changes with position by the velocity across, over range: (a1, a2).
    a1 = (wx * e1x + wy * e1y + wz * e1z) * ir
    a2 = (wx * e2x + wy * e2y + wz * e2z) * ir
    spread[0, 2] = spread[2, 0] = p13 * ir
    spread[1, 2] = spread[2, 1] = p23 * ir
    spread[2, 2] = p33
    spread[0, 3] = spread[3, 0] = (a1 * p11 + a2 * p12 + c13) * ir
    spread[1, 3] = spread[3, 1] = (a1 * p12 + a2 * p22 + c23) * ir
    spread[2, 3] = spread[3, 2] = a1 * p13 + a2 * p23 + c33
    spread[3, 3] = (
        a1 * a1 * p11 + 2.0 * a1 * a2 * p12 + a2 * a2 * p22 + 2.0 * (a1 * c13 + a2 * c23) + v33
    )
    # Second order: range bends by |across|2 / 2r, range rate by (across . cross-velocity) / r.
    expected[RANGE] = r + 0.5 * (p11 + p22) * ir
    expected[RATE] = rate + (c11 + c22) * ir
    expected[RANGE_VARIANCE] = 0.5 * (p11 * p11 + 2.0 * p12 * p12 + p22 * p22) * ir * ir
    bent = p11 * v11 + 2.0 * p12 * v12 + p22 * v22 + c11 * c11 + 2.0 * c12 * c21 + c22 * c22
    expected[RATE_VARIANCE] = max(bent, 0.0) * ir * ir


@kernel
def _turn_block(
    covariance: Floats, row: int, column: int,
    e1x: float, e1y: float, e1z: float, e2x: float, e2y: float, e2z: float,
    ux: float, uy: float, uz: float,
) -> tuple[float, float, float, float, float, float, float, float, float]:  # fmt: skip
    """A 3 x 3 block of a covariance, from (row, column) on, along the axes (e1, e2, u)."""
    x0, y0, z0 = covariance[row, column], covariance[row, column + 1], covariance[row, column + 2]
    x1 = covariance[row + 1, column]
    y1 = covariance[row + 1, column + 1]
    z1 = covariance[row + 1, column + 2]
    x2 = covariance[row + 2, column]
    y2 = covariance[row + 2, column + 1]
    z2 = covariance[row + 2, column + 2]
    a0, a1, a2 = (
        x0 * e1x + y0 * e1y + z0 * e1z,
        x1 * e1x + y1 * e1y + z1 * e1z,
        x2 * e1x + y2 * e1y + z2 * e1z,
    )
    b0, b1, b2 = (
        x0 * e2x + y0 * e2y + z0 * e2z,
        x1 * e2x + y1 * e2y + z1 * e2z,
        x2 * e2x + y2 * e2y + z2 * e2z,
    )
    c0, c1, c2 = (
        x0 * ux + y0 * uy + z0 * uz,
        x1 * ux + y1 * uy + z1 * uz,
        x2 * ux + y2 * uy + z2 * uz,
    )
    return (
        e1x * a0 + e1y * a1 + e1z * a2,
        e1x * b0 + e1y * b1 + e1z * b2,
        e1x * c0 + e1y * c1 + e1z * c2,
        e2x * a0 + e2y * a1 + e2z * a2,
        e2x * b0 + e2y * b1 + e2z * b2,
        e2x * c0 + e2y * c1 + e2z * c2,
        ux * a0 + uy * a1 + uz * a2,
        ux * b0 + uy * b1 + uz * b2,
        ux * c0 + uy * c1 + uz * c2,
    )
