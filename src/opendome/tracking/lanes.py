"""The filter for ballistic tracks above the air, thirty-two side by side.

Nearly all tracks of a raid are in free fall, and for them prediction, expected measurement and
update are straight lines of arithmetic without a branch. Each value of a track is a row of one flat
room, and each track a lane of it: with constant distances between rows the compiler makes vector
instructions of every loop. Results do not depend on the lane, nor on what is in the others.

The equations are those of `predictor`, `measurement_model` and `updater`, which serve all other
tracks.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from opendome.physics.constants import EARTH_MU_M3_S2, EARTH_RADIUS_M, EARTH_ROTATION_RAD_S
from opendome.physics.gravity import j2_acceleration
from opendome.physics.jit import kernel, vector_kernel
from opendome.tables.codes import BALLISTIC_PHASE
from opendome.tables.truth import Floats, Integers
from opendome.tracking.evidence import AIR_CEILING_M
from opendome.tracking.picture import (
    AHEAD,
    BANK,
    LOOK_LINE,
    LOOK_RANGE,
    LOOK_RANGE_SIGMA,
    LOOK_RATE,
    LOOK_RATE_SIGMA,
    LOOK_SIGMA,
    PHASE,
    RANGE,
    RANGE_VARIANCE,
    RATE,
    RATE_VARIANCE,
    Slots,
)
from opendome.tracking.predictor import VACUUM_STEP_S

LANES: Final = 32

# Rows of the room.
_STATE: Final = 0  # six
_COVARIANCE: Final = 6  # 6 x 6, row by row
_STEP: Final = 42  # seconds to go
_GRADIENT: Final = 43  # upper triangle of the gravity gradient
_CARRIED: Final = 49  # 6 x 6: transition matrix times covariance
JACOBIAN: Final = 85  # 4 x 6: angles, range, range rate by position and velocity
DISTANCE: Final = 109
EXPECTED: Final = 110  # four: range, range rate, second-order additions to their variances
SPREAD: Final = 114  # ten: lower triangle
_SEEN: Final = 124  # line of sight, range, range rate of the look to be taken
_NOISE: Final = 129  # four: variances of its components
_USED: Final = 133  # four: one where the look has the component, else zero
_MISSED: Final = 137  # four: measured less expected
_START: Final = 141  # six: the state before the look
_FORWARD: Final = 147  # six: covariance times Jacobian
_SCALE: Final = 153
_N_ROWS: Final = 154
ROOM: Final = _N_ROWS * LANES

# No object outruns this [m/s], so that none comes from above the lowest height to the air in time.
_FASTEST_M_S: Final = 12_000.0


@kernel
def is_plain(slots: Slots, i: int, time_s: float) -> bool:
    """Whether a track is in free fall and nothing else, all the way to a time one step away.

    That is higher than drag moves it, and than drag is looked for.
    """
    return is_plain_for(slots, i, abs(time_s - slots.real[AHEAD, i]))


@kernel
def is_plain_for(slots: Slots, i: int, step: float) -> bool:
    """The same for so long a step [s], forward or back."""
    if slots.whole[PHASE, i] != BALLISTIC_PHASE or slots.whole[BANK, i] != 0:
        return False
    x = slots.ahead_state[i, 0]
    y = slots.ahead_state[i, 1]
    z = slots.ahead_state[i, 2]
    lowest = EARTH_RADIUS_M + AIR_CEILING_M + _FASTEST_M_S * step
    return bool(step <= VACUUM_STEP_S and x * x + y * y + z * z > lowest * lowest)


@kernel
def load_lanes(slots: Slots, chosen: Integers, time_s: float, room: Floats) -> None:
    """Put the working copies of up to thirty-two tracks side by side; the first fills what is left.

    Parameters
    ----------
    slots : Slots
    chosen : (n,) int64
        Slots; 1 <= n <= LANES.
    time_s : float
        To which the tracks shall be moved.
    room : (ROOM,) float64
        Zero where nothing has been written.
    """
    state = slots.ahead_state
    covariance = slots.ahead_covariance
    real = slots.real
    n = chosen.shape[0]
    for lane in range(LANES):
        i = chosen[lane] if lane < n else chosen[0]
        for k in range(6):
            room[(_STATE + k) * LANES + lane] = state[i, k]
            for m in range(6):
                room[(_COVARIANCE + 6 * k + m) * LANES + lane] = covariance[i, k, m]
        room[_STEP * LANES + lane] = time_s - real[AHEAD, i]


@kernel
def store_lanes(slots: Slots, chosen: Integers, time_s: float, room: Floats) -> None:
    """Put the tracks back into their working copies, which then stand at `time_s`.

    A track that stood there before, plain or not, is left as it was, bit by bit.
    """
    state = slots.ahead_state
    covariance = slots.ahead_covariance
    real = slots.real
    for lane in range(chosen.shape[0]):
        i = chosen[lane]
        for k in range(6):
            state[i, k] = room[(_STATE + k) * LANES + lane]
            covariance[i, k, k] = room[(_COVARIANCE + 7 * k) * LANES + lane]
            for m in range(k):
                # Rounding has made both halves differ.
                below = room[(_COVARIANCE + 6 * k + m) * LANES + lane]
                mean = 0.5 * (below + room[(_COVARIANCE + 6 * m + k) * LANES + lane])
                covariance[i, k, m] = mean
                covariance[i, m, k] = mean
        real[AHEAD, i] = time_s


@vector_kernel
def predict_lanes(room: Floats, q: float) -> None:
    """One Runge-Kutta step of each lane; white acceleration noise of density `q` [m2/s3] forwards.

    As `predictor.step_ballistic`.
    """
    for n in range(LANES):
        x, y, z = room[n], room[LANES + n], room[2 * LANES + n]
        vx, vy, vz = room[3 * LANES + n], room[4 * LANES + n], room[5 * LANES + n]
        h = room[_STEP * LANES + n]
        half = 0.5 * h
        ax1, ay1, az1 = j2_acceleration(x, y, z)
        ux, uy, uz = vx + half * ax1, vy + half * ay1, vz + half * az1
        ax2, ay2, az2 = j2_acceleration(x + half * vx, y + half * vy, z + half * vz)
        wx, wy, wz = vx + half * ax2, vy + half * ay2, vz + half * az2
        mx, my, mz = x + half * ux, y + half * uy, z + half * uz
        ax3, ay3, az3 = j2_acceleration(mx, my, mz)
        sx, sy, sz = vx + h * ax3, vy + h * ay3, vz + h * az3
        ax4, ay4, az4 = j2_acceleration(x + h * wx, y + h * wy, z + h * wz)
        sixth = h / 6.0
        room[n] = x + sixth * (vx + 2.0 * (ux + wx) + sx)
        room[LANES + n] = y + sixth * (vy + 2.0 * (uy + wy) + sy)
        room[2 * LANES + n] = z + sixth * (vz + 2.0 * (uz + wz) + sz)
        room[3 * LANES + n] = vx + sixth * (ax1 + 2.0 * (ax2 + ax3) + ax4)
        room[4 * LANES + n] = vy + sixth * (ay1 + 2.0 * (ay2 + ay3) + ay4)
        room[5 * LANES + n] = vz + sixth * (az1 + 2.0 * (az2 + az3) + az4)
        i2 = 1.0 / (mx * mx + my * my + mz * mz)
        k = -EARTH_MU_M3_S2 * i2 * math.sqrt(i2)
        c = -3.0 * k * i2
        room[_GRADIENT * LANES + n] = k + c * mx * mx
        room[(_GRADIENT + 1) * LANES + n] = c * mx * my
        room[(_GRADIENT + 2) * LANES + n] = c * mx * mz
        room[(_GRADIENT + 3) * LANES + n] = k + c * my * my
        room[(_GRADIENT + 4) * LANES + n] = c * my * mz
        room[(_GRADIENT + 5) * LANES + n] = k + c * mz * mz
    # F P by columns, then (F P) F' by rows. Both turns are written as one loop over the six.
    for turn in range(2):
        source = _COVARIANCE if turn == 0 else _CARRIED
        target = _CARRIED if turn == 0 else _COVARIANCE
        across = 6 if turn == 0 else 1
        along = 1 if turn == 0 else 6
        for j in range(6):
            a = source + j * along
            b = target + j * along
            for n in range(LANES):
                p0 = room[a * LANES + n]
                p1 = room[(a + across) * LANES + n]
                p2 = room[(a + 2 * across) * LANES + n]
                v0 = room[(a + 3 * across) * LANES + n]
                v1 = room[(a + 4 * across) * LANES + n]
                v2 = room[(a + 5 * across) * LANES + n]
                h = room[_STEP * LANES + n]
                g00 = room[_GRADIENT * LANES + n]
                g01 = room[(_GRADIENT + 1) * LANES + n]
                g02 = room[(_GRADIENT + 2) * LANES + n]
                g11 = room[(_GRADIENT + 3) * LANES + n]
                g12 = room[(_GRADIENT + 4) * LANES + n]
                g22 = room[(_GRADIENT + 5) * LANES + n]
                c = 0.5 * h * h
                gp0 = g00 * p0 + g01 * p1 + g02 * p2
                gp1 = g01 * p0 + g11 * p1 + g12 * p2
                gp2 = g02 * p0 + g12 * p1 + g22 * p2
                gv0 = g00 * v0 + g01 * v1 + g02 * v2
                gv1 = g01 * v0 + g11 * v1 + g12 * v2
                gv2 = g02 * v0 + g12 * v1 + g22 * v2
                room[b * LANES + n] = p0 + c * gp0 + h * v0
                room[(b + across) * LANES + n] = p1 + c * gp1 + h * v1
                room[(b + 2 * across) * LANES + n] = p2 + c * gp2 + h * v2
                room[(b + 3 * across) * LANES + n] = v0 + c * gv0 + h * gp0
                room[(b + 4 * across) * LANES + n] = v1 + c * gv1 + h * gp1
                room[(b + 5 * across) * LANES + n] = v2 + c * gv2 + h * gp2
    for i in range(3):
        a = _COVARIANCE + 7 * i
        for n in range(LANES):
            h = max(room[_STEP * LANES + n], 0.0)
            mixed = 0.5 * q * h * h
            room[a * LANES + n] += q * h * h * h / 3.0
            room[(a + 3) * LANES + n] += mixed
            room[(a + 18) * LANES + n] += mixed
            room[(a + 21) * LANES + n] += q * h


@vector_kernel
def expect_lanes(room: Floats, place_x: float, place_y: float, place_z: float) -> None:
    """What a sensor at a place should see of each lane; as `predict_measurement`."""
    for n in range(LANES):
        dx = room[n] - place_x
        dy = room[LANES + n] - place_y
        dz = room[2 * LANES + n] - place_z
        wx = room[3 * LANES + n] + EARTH_ROTATION_RAD_S * place_y
        wy = room[4 * LANES + n] - EARTH_ROTATION_RAD_S * place_x
        wz = room[5 * LANES + n]
        r = math.sqrt(dx * dx + dy * dy + dz * dz)
        ir = 1.0 / r
        ux, uy, uz = dx * ir, dy * ir, dz * ir
        rate = ux * wx + uy * wy + uz * wz
        # As `measurement_model.tangent_axes`.
        sign = math.copysign(1.0, uz)
        a = -1.0 / (sign + uz)
        b = ux * uy * a
        room[DISTANCE * LANES + n] = r
        room[JACOBIAN * LANES + n] = (1.0 + sign * ux * ux * a) * ir
        room[(JACOBIAN + 1) * LANES + n] = sign * b * ir
        room[(JACOBIAN + 2) * LANES + n] = -sign * ux * ir
        room[(JACOBIAN + 6) * LANES + n] = b * ir
        room[(JACOBIAN + 7) * LANES + n] = (sign + uy * uy * a) * ir
        room[(JACOBIAN + 8) * LANES + n] = -uy * ir
        room[(JACOBIAN + 12) * LANES + n] = ux
        room[(JACOBIAN + 13) * LANES + n] = uy
        room[(JACOBIAN + 14) * LANES + n] = uz
        room[(JACOBIAN + 18) * LANES + n] = (wx - rate * ux) * ir
        room[(JACOBIAN + 19) * LANES + n] = (wy - rate * uy) * ir
        room[(JACOBIAN + 20) * LANES + n] = (wz - rate * uz) * ir
        room[(JACOBIAN + 21) * LANES + n] = ux
        room[(JACOBIAN + 22) * LANES + n] = uy
        room[(JACOBIAN + 23) * LANES + n] = uz
        room[(EXPECTED + RATE) * LANES + n] = rate
    for n in range(LANES):
        # Axes over range: blocks of the covariance along (e1 / r, e2 / r, u).
        ax = room[JACOBIAN * LANES + n]
        ay = room[(JACOBIAN + 1) * LANES + n]
        az = room[(JACOBIAN + 2) * LANES + n]
        bx = room[(JACOBIAN + 6) * LANES + n]
        by = room[(JACOBIAN + 7) * LANES + n]
        bz = room[(JACOBIAN + 8) * LANES + n]
        ux = room[(JACOBIAN + 12) * LANES + n]
        uy = room[(JACOBIAN + 13) * LANES + n]
        uz = room[(JACOBIAN + 14) * LANES + n]
        p00 = room[_COVARIANCE * LANES + n]
        p01 = room[(_COVARIANCE + 1) * LANES + n]
        p02 = room[(_COVARIANCE + 2) * LANES + n]
        p11 = room[(_COVARIANCE + 7) * LANES + n]
        p12 = room[(_COVARIANCE + 8) * LANES + n]
        p22 = room[(_COVARIANCE + 14) * LANES + n]
        tx = p00 * ax + p01 * ay + p02 * az
        ty = p01 * ax + p11 * ay + p12 * az
        tz = p02 * ax + p12 * ay + p22 * az
        s11 = ax * tx + ay * ty + az * tz
        s12 = bx * tx + by * ty + bz * tz
        s13 = ux * tx + uy * ty + uz * tz
        tx = p00 * bx + p01 * by + p02 * bz
        ty = p01 * bx + p11 * by + p12 * bz
        tz = p02 * bx + p12 * by + p22 * bz
        s22 = bx * tx + by * ty + bz * tz
        s23 = ux * tx + uy * ty + uz * tz
        tx = p00 * ux + p01 * uy + p02 * uz
        ty = p01 * ux + p11 * uy + p12 * uz
        tz = p02 * ux + p12 * uy + p22 * uz
        r = room[DISTANCE * LANES + n]
        room[SPREAD * LANES + n] = s11
        room[(SPREAD + 1) * LANES + n] = s12
        room[(SPREAD + 2) * LANES + n] = s22
        room[(SPREAD + 3) * LANES + n] = s13
        room[(SPREAD + 4) * LANES + n] = s23
        room[(SPREAD + 5) * LANES + n] = ux * tx + uy * ty + uz * tz
        room[(EXPECTED + RANGE) * LANES + n] = r + 0.5 * (s11 + s22) * r
        room[(EXPECTED + RANGE_VARIANCE) * LANES + n] = (
            0.5 * (s11 * s11 + 2.0 * s12 * s12 + s22 * s22) * r * r
        )


@vector_kernel
def expect_rates(room: Floats) -> None:
    """The part of the range rate, after `expect_lanes`."""
    for n in range(LANES):
        r = room[DISTANCE * LANES + n]
        e1x = room[JACOBIAN * LANES + n] * r
        e1y = room[(JACOBIAN + 1) * LANES + n] * r
        e1z = room[(JACOBIAN + 2) * LANES + n] * r
        e2x = room[(JACOBIAN + 6) * LANES + n] * r
        e2y = room[(JACOBIAN + 7) * LANES + n] * r
        e2z = room[(JACOBIAN + 8) * LANES + n] * r
        ux = room[(JACOBIAN + 12) * LANES + n]
        uy = room[(JACOBIAN + 13) * LANES + n]
        uz = room[(JACOBIAN + 14) * LANES + n]
        # Mixed block: rows of position, columns of velocity; along each velocity axis.
        q00 = room[(_COVARIANCE + 3) * LANES + n]
        q01 = room[(_COVARIANCE + 4) * LANES + n]
        q02 = room[(_COVARIANCE + 5) * LANES + n]
        q10 = room[(_COVARIANCE + 9) * LANES + n]
        q11 = room[(_COVARIANCE + 10) * LANES + n]
        q12 = room[(_COVARIANCE + 11) * LANES + n]
        q20 = room[(_COVARIANCE + 15) * LANES + n]
        q21 = room[(_COVARIANCE + 16) * LANES + n]
        q22 = room[(_COVARIANCE + 17) * LANES + n]
        tx = q00 * e1x + q01 * e1y + q02 * e1z
        ty = q10 * e1x + q11 * e1y + q12 * e1z
        tz = q20 * e1x + q21 * e1y + q22 * e1z
        c11 = e1x * tx + e1y * ty + e1z * tz
        c21 = e2x * tx + e2y * ty + e2z * tz
        tx = q00 * e2x + q01 * e2y + q02 * e2z
        ty = q10 * e2x + q11 * e2y + q12 * e2z
        tz = q20 * e2x + q21 * e2y + q22 * e2z
        c12 = e1x * tx + e1y * ty + e1z * tz
        c22 = e2x * tx + e2y * ty + e2z * tz
        tx = q00 * ux + q01 * uy + q02 * uz
        ty = q10 * ux + q11 * uy + q12 * uz
        tz = q20 * ux + q21 * uy + q22 * uz
        c13 = e1x * tx + e1y * ty + e1z * tz
        c23 = e2x * tx + e2y * ty + e2z * tz
        c33 = ux * tx + uy * ty + uz * tz
        q00 = room[(_COVARIANCE + 21) * LANES + n]
        q01 = room[(_COVARIANCE + 22) * LANES + n]
        q02 = room[(_COVARIANCE + 23) * LANES + n]
        q11 = room[(_COVARIANCE + 28) * LANES + n]
        q12 = room[(_COVARIANCE + 29) * LANES + n]
        q22 = room[(_COVARIANCE + 35) * LANES + n]
        tx = q00 * e1x + q01 * e1y + q02 * e1z
        ty = q01 * e1x + q11 * e1y + q12 * e1z
        tz = q02 * e1x + q12 * e1y + q22 * e1z
        v11 = e1x * tx + e1y * ty + e1z * tz
        v12 = e2x * tx + e2y * ty + e2z * tz
        tx = q00 * e2x + q01 * e2y + q02 * e2z
        ty = q01 * e2x + q11 * e2y + q12 * e2z
        tz = q02 * e2x + q12 * e2y + q22 * e2z
        v22 = e2x * tx + e2y * ty + e2z * tz
        tx = q00 * ux + q01 * uy + q02 * uz
        ty = q01 * ux + q11 * uy + q12 * uz
        tz = q02 * ux + q12 * uy + q22 * uz
        v33 = ux * tx + uy * ty + uz * tz
        p11 = room[SPREAD * LANES + n] * r * r
        p12 = room[(SPREAD + 1) * LANES + n] * r * r
        p22 = room[(SPREAD + 2) * LANES + n] * r * r
        p13 = room[(SPREAD + 3) * LANES + n] * r
        p23 = room[(SPREAD + 4) * LANES + n] * r
        jx = room[(JACOBIAN + 18) * LANES + n]
        jy = room[(JACOBIAN + 19) * LANES + n]
        jz = room[(JACOBIAN + 20) * LANES + n]
        # Range rate changes with position by the velocity across, over range: (a1, a2).
        a1 = jx * e1x + jy * e1y + jz * e1z
        a2 = jx * e2x + jy * e2y + jz * e2z
        ir = 1.0 / r
        room[(SPREAD + 6) * LANES + n] = (a1 * p11 + a2 * p12 + c13) * ir
        room[(SPREAD + 7) * LANES + n] = (a1 * p12 + a2 * p22 + c23) * ir
        room[(SPREAD + 8) * LANES + n] = a1 * p13 + a2 * p23 + c33
        room[(SPREAD + 9) * LANES + n] = (
            a1 * a1 * p11 + 2.0 * a1 * a2 * p12 + a2 * a2 * p22 + 2.0 * (a1 * c13 + a2 * c23) + v33
        )
        room[(EXPECTED + RATE) * LANES + n] += (c11 + c22) * ir
        bent = p11 * v11 + 2.0 * p12 * v12 + p22 * v22 + c11 * c11 + 2.0 * c12 * c21 + c22 * c22
        room[(EXPECTED + RATE_VARIANCE) * LANES + n] = max(bent, 0.0) * ir * ir


@kernel
def load_looks(looks: Floats, rows: Integers, room: Floats) -> None:
    """Put looks beside the lanes that take them; the first fills what is left."""
    n = rows.shape[0]
    for lane in range(LANES):
        row = rows[lane] if lane < n else rows[0]
        for k in range(3):
            room[(_SEEN + k) * LANES + lane] = looks[row, LOOK_LINE + k]
        room[(_SEEN + 3) * LANES + lane] = looks[row, LOOK_RANGE]
        room[(_SEEN + 4) * LANES + lane] = looks[row, LOOK_RATE]
        for k in range(4):
            sigma = looks[row, LOOK_SIGMA]
            if k == 2:
                sigma = looks[row, LOOK_RANGE_SIGMA]
            elif k == 3:
                sigma = looks[row, LOOK_RATE_SIGMA]
            has = sigma < np.inf
            room[(_NOISE + k) * LANES + lane] = sigma * sigma if has else 1.0
            room[(_USED + k) * LANES + lane] = 1.0 if has else 0.0


@vector_kernel
def update_lanes(room: Floats, n_components: int) -> None:
    """Take each lane's look into it by its first two to four components; as `update_state`.

    After `expect_lanes` and `load_looks`.
    """
    for n in range(LANES):
        x, y, z = (
            room[_SEEN * LANES + n],
            room[(_SEEN + 1) * LANES + n],
            room[(_SEEN + 2) * LANES + n],
        )
        r = room[DISTANCE * LANES + n]
        room[_MISSED * LANES + n] = r * (
            x * room[JACOBIAN * LANES + n]
            + y * room[(JACOBIAN + 1) * LANES + n]
            + z * room[(JACOBIAN + 2) * LANES + n]
        )
        room[(_MISSED + 1) * LANES + n] = r * (
            x * room[(JACOBIAN + 6) * LANES + n]
            + y * room[(JACOBIAN + 7) * LANES + n]
            + z * room[(JACOBIAN + 8) * LANES + n]
        )
        for k in range(2):
            room[(_MISSED + 2 + k) * LANES + n] = (
                room[(_SEEN + 3 + k) * LANES + n] - room[(EXPECTED + k) * LANES + n]
            )
            room[(_NOISE + 2 + k) * LANES + n] += room[(EXPECTED + 2 + k) * LANES + n]
        for k in range(6):
            room[(_START + k) * LANES + n] = room[(_STATE + k) * LANES + n]
    # Constant bounds tell the compiler that rows of one kind are not those of another.
    for k in range(4):
        if k >= n_components:
            break
        c = JACOBIAN + 6 * k
        for i in range(6):
            a = _COVARIANCE + 6 * i
            for n in range(LANES):
                room[(_FORWARD + i) * LANES + n] = (
                    room[a * LANES + n] * room[c * LANES + n]
                    + room[(a + 1) * LANES + n] * room[(c + 1) * LANES + n]
                    + room[(a + 2) * LANES + n] * room[(c + 2) * LANES + n]
                    + room[(a + 3) * LANES + n] * room[(c + 3) * LANES + n]
                    + room[(a + 4) * LANES + n] * room[(c + 4) * LANES + n]
                    + room[(a + 5) * LANES + n] * room[(c + 5) * LANES + n]
                )
        for n in range(LANES):
            total = room[(_NOISE + k) * LANES + n]
            # Later components are compared with the state that the earlier ones have moved.
            left = room[(_MISSED + k) * LANES + n]
            for i in range(6):
                total += room[(c + i) * LANES + n] * room[(_FORWARD + i) * LANES + n]
                left -= room[(c + i) * LANES + n] * (
                    room[(_STATE + i) * LANES + n] - room[(_START + i) * LANES + n]
                )
            scale = room[(_USED + k) * LANES + n] / total
            room[_SCALE * LANES + n] = scale
            for i in range(6):
                room[(_STATE + i) * LANES + n] += scale * left * room[(_FORWARD + i) * LANES + n]
        # Two rank-one steps of Joseph's form, row by row.
        for i in range(6):
            a = _COVARIANCE + 6 * i
            for n in range(LANES):
                scale = room[_SCALE * LANES + n]
                f0 = room[_FORWARD * LANES + n]
                f1 = room[(_FORWARD + 1) * LANES + n]
                f2 = room[(_FORWARD + 2) * LANES + n]
                f3 = room[(_FORWARD + 3) * LANES + n]
                f4 = room[(_FORWARD + 4) * LANES + n]
                f5 = room[(_FORWARD + 5) * LANES + n]
                gain = room[(_FORWARD + i) * LANES + n] * scale
                p0 = room[a * LANES + n] - gain * f0
                p1 = room[(a + 1) * LANES + n] - gain * f1
                p2 = room[(a + 2) * LANES + n] - gain * f2
                p3 = room[(a + 3) * LANES + n] - gain * f3
                p4 = room[(a + 4) * LANES + n] - gain * f4
                p5 = room[(a + 5) * LANES + n] - gain * f5
                left = room[(_NOISE + k) * LANES + n] * gain - (
                    p0 * room[c * LANES + n]
                    + p1 * room[(c + 1) * LANES + n]
                    + p2 * room[(c + 2) * LANES + n]
                    + p3 * room[(c + 3) * LANES + n]
                    + p4 * room[(c + 4) * LANES + n]
                    + p5 * room[(c + 5) * LANES + n]
                )
                left *= scale
                room[a * LANES + n] = p0 + left * f0
                room[(a + 1) * LANES + n] = p1 + left * f1
                room[(a + 2) * LANES + n] = p2 + left * f2
                room[(a + 3) * LANES + n] = p3 + left * f3
                room[(a + 4) * LANES + n] = p4 + left * f4
                room[(a + 5) * LANES + n] = p5 + left * f5
