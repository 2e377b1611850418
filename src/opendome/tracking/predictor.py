"""Moves a track's state and covariance through time, in boost and in ballistic flight.

Equations: Li and Jilkov (2010), "Survey of maneuvering target tracking, part II: ballistic
motion models", IEEE T-AES 46(1), sections III and IV.
"""

from __future__ import annotations

import math
from typing import Final

from opendome.physics.atmosphere import density
from opendome.physics.constants import (
    EARTH_FLATTENING,
    EARTH_MU_M3_S2,
    EARTH_RADIUS_M,
    EARTH_ROTATION_RAD_S,
)
from opendome.physics.gravity import j2_acceleration
from opendome.physics.jit import kernel
from opendome.tables.codes import BOOST_PHASE
from opendome.tables.truth import Floats
from opendome.tracking.settings import Motion

DRAG_CEILING_M: Final = 120_000.0  # drag on a warhead is under 1e-4 m/s2 there, for seconds
VACUUM_STEP_S: Final = 20.0  # s; fourth-order error is under 1 mm a step above the air
# Above this, drag on what is slender is under 1 m/s2 and hardly changes in five seconds.
_THIN_AIR_M: Final = 60_000.0
_THIN_AIR_STEP_S: Final = 5.0
_AIR_STEP_S: Final = 1.0
_BOOST_STEP_S: Final = 2.0
_FALLEN_M: Final = -1_000.0
_SHORTEST_S: Final = 1e-9  # differences of times are rounded


@kernel
def height_above_ellipsoid(x: float, y: float, z: float) -> float:
    """Height [m] along the radius: within 30 m of the geodetic height below 100 km."""
    r = math.sqrt(x * x + y * y + z * z)
    s = z / r
    return r - EARTH_RADIUS_M * (1.0 - EARTH_FLATTENING * s * s)


@kernel
def _drag(
    x: float, y: float, z: float, vx: float, vy: float, vz: float, beta: float
) -> tuple[float, float, float]:
    """Drag acceleration [m/s2] in air that turns with the Earth."""
    ux = vx + EARTH_ROTATION_RAD_S * y
    uy = vy - EARTH_ROTATION_RAD_S * x
    air_speed = math.sqrt(ux * ux + uy * uy + vz * vz)
    # Under the ground the air stays as at sea level, so that a state that overshoots stays finite.
    air = density(max(height_above_ellipsoid(x, y, z), 0.0))
    k = -0.5 * air * air_speed / beta
    return k * ux, k * uy, k * vz


@kernel
def ballistic_acceleration(
    x: float, y: float, z: float, vx: float, vy: float, vz: float, beta: float, in_air: bool
) -> tuple[float, float, float]:
    """J2 gravity and, where asked, drag with the ballistic coefficient `beta` [kg/m2]; eci."""
    ax, ay, az = j2_acceleration(x, y, z)
    if in_air:
        dx, dy, dz = _drag(x, y, z, vx, vy, vz, beta)
        ax += dx
        ay += dy
        az += dz
    return ax, ay, az


@kernel
def _carry_error(
    error: tuple[float, float, float, float, float, float],
    gradient: tuple[float, float, float, float, float, float],
    h: float,
) -> tuple[float, float, float, float, float, float]:
    """F times an error of position and velocity, `gradient` being the upper triangle of G."""
    p0, p1, p2, v0, v1, v2 = error
    g00, g01, g02, g11, g12, g22 = gradient
    a = 0.5 * h * h
    gp0 = g00 * p0 + g01 * p1 + g02 * p2
    gp1 = g01 * p0 + g11 * p1 + g12 * p2
    gp2 = g02 * p0 + g12 * p1 + g22 * p2
    gv0 = g00 * v0 + g01 * v1 + g02 * v2
    gv1 = g01 * v0 + g11 * v1 + g12 * v2
    gv2 = g02 * v0 + g12 * v1 + g22 * v2
    return (
        p0 + a * gp0 + h * v0,
        p1 + a * gp1 + h * v1,
        p2 + a * gp2 + h * v2,
        v0 + a * gv0 + h * gp0,
        v1 + a * gv1 + h * gp1,
        v2 + a * gv2 + h * gp2,
    )


@kernel
def _spread_ballistic(covariance: Floats, x: float, y: float, z: float, h: float, q: float) -> None:
    """P <- F P F' + Q over a step `h`, with the gravity gradient at the point (x, y, z).

    F = [[I + h2/2 G, h I], [h G, I + h2/2 G]]: second order in h. Q is white acceleration noise of
    density `q` [m2/s3].
    """
    i2 = 1.0 / (x * x + y * y + z * z)
    k = -EARTH_MU_M3_S2 * i2 * math.sqrt(i2)
    c = -3.0 * k * i2
    gradient = (k + c * x * x, c * x * y, c * x * z, k + c * y * y, c * y * z, k + c * z * z)
    # First F P, column by column; then (F P) F', row by row: each needs only its own six values,
    # so both work in place.
    for j in range(6):
        n = _carry_error(
            (covariance[0, j], covariance[1, j], covariance[2, j], covariance[3, j],
             covariance[4, j], covariance[5, j]), gradient, h,
        )  # fmt: skip
        for i in range(6):
            covariance[i, j] = n[i]
    for j in range(6):
        n = _carry_error(
            (covariance[j, 0], covariance[j, 1], covariance[j, 2], covariance[j, 3],
             covariance[j, 4], covariance[j, 5]), gradient, h,
        )  # fmt: skip
        for i in range(6):
            covariance[j, i] = n[i]
    if h > 0.0:
        for i in range(3):
            covariance[i, i] += q * h * h * h / 3.0
            covariance[i, i + 3] += 0.5 * q * h * h
            covariance[i + 3, i] += 0.5 * q * h * h
            covariance[i + 3, i + 3] += q * h


@kernel
def _move_ballistic(state: Floats, h: float, motion: Motion) -> tuple[float, float, float, float]:
    """Move a state alone, as `step_ballistic`; drag squared at its start, and the point midway."""
    x = state[0]
    y = state[1]
    z = state[2]
    vx = state[3]
    vy = state[4]
    vz = state[5]
    beta = motion.ballistic_coefficient_kg_m2
    in_air = height_above_ellipsoid(x, y, z) < DRAG_CEILING_M
    half = 0.5 * h
    ax1, ay1, az1 = j2_acceleration(x, y, z)
    drag2 = 0.0
    if in_air:
        dx, dy, dz = _drag(x, y, z, vx, vy, vz, beta)
        drag2 = dx * dx + dy * dy + dz * dz
        ax1 += dx
        ay1 += dy
        az1 += dz
    ux = vx + half * ax1
    uy = vy + half * ay1
    uz = vz + half * az1
    ax2, ay2, az2 = ballistic_acceleration(
        x + half * vx, y + half * vy, z + half * vz, ux, uy, uz, beta, in_air
    )
    wx = vx + half * ax2
    wy = vy + half * ay2
    wz = vz + half * az2
    mx = x + half * ux
    my = y + half * uy
    mz = z + half * uz
    ax3, ay3, az3 = ballistic_acceleration(mx, my, mz, wx, wy, wz, beta, in_air)
    sx = vx + h * ax3
    sy = vy + h * ay3
    sz = vz + h * az3
    ax4, ay4, az4 = ballistic_acceleration(
        x + h * wx, y + h * wy, z + h * wz, sx, sy, sz, beta, in_air
    )
    sixth = h / 6.0
    state[0] = x + sixth * (vx + 2.0 * (ux + wx) + sx)
    state[1] = y + sixth * (vy + 2.0 * (uy + wy) + sy)
    state[2] = z + sixth * (vz + 2.0 * (uz + wz) + sz)
    state[3] = vx + sixth * (ax1 + 2.0 * (ax2 + ax3) + ax4)
    state[4] = vy + sixth * (ay1 + 2.0 * (ay2 + ay3) + ay4)
    state[5] = vz + sixth * (az1 + 2.0 * (az2 + az3) + az4)
    return drag2, mx, my, mz


@kernel
def step_ballistic(state: Floats, covariance: Floats, h: float, motion: Motion) -> None:
    """One Runge-Kutta step of `h` seconds, in place, in ballistic flight.

    Parameters
    ----------
    state : (9,) float64
        ECI position [m] and velocity [m/s]; the rest is not touched.
    covariance : (9, 9) float64
    h : float
        Step [s]; negative goes back, without process noise.
    motion : Motion
    """
    speed2 = state[3] * state[3] + state[4] * state[4] + state[5] * state[5]
    drag2, mx, my, mz = _move_ballistic(state, h, motion)
    q = motion.gravity_noise_m2_s3
    if drag2 > 0.0:
        q += 2.0 * motion.drag_error_time_s * motion.drag_error**2 * drag2
        # Drag damps velocity errors as it damps velocity: at least by drag over speed.
        rate = math.sqrt(drag2 / max(speed2, 1.0))
        damp = math.exp(-rate * h) if h > 0.0 else 1.0
        for i in range(3, 6):
            for j in range(6):
                covariance[i, j] *= damp
        for i in range(3, 6):
            for j in range(6):
                covariance[j, i] *= damp
    _spread_ballistic(covariance, mx, my, mz, h, q)


@kernel
def choose_ballistic_step(state: Floats, left_s: float) -> float:
    """Length [s] of the next step towards `left_s` (of its sign): the shorter, the denser the air.

    A descending object is brought to the top of denser air by a step that ends there.
    """
    sign = 1.0 if left_s > 0.0 else -1.0
    x = state[0]
    y = state[1]
    z = state[2]
    height = height_above_ellipsoid(x, y, z)
    limit = _AIR_STEP_S
    if height > _THIN_AIR_M:
        limit = _THIN_AIR_STEP_S
        above = height - _THIN_AIR_M
        if height > DRAG_CEILING_M:
            limit = VACUUM_STEP_S
            above = height - DRAG_CEILING_M
        r = math.sqrt(x * x + y * y + z * z)
        descent = -sign * (x * state[3] + y * state[4] + z * state[5]) / r
        # Gravity steepens the descent by at most 10 m/s2 over the step.
        fall = descent + 5.0 * limit
        if fall > 0.0 and above < fall * limit:
            limit = max(above / fall, _AIR_STEP_S)
    return sign * min(limit, abs(left_s))


@kernel
def _move_boost(state: Floats, h: float, motion: Motion) -> tuple[float, float, float]:
    """Move a state alone, as `step_boost`; what thrust now adds to position, velocity, thrust."""
    x = state[0]
    y = state[1]
    z = state[2]
    half = 0.5 * h
    gx, gy, gz = j2_acceleration(x + half * state[3], y + half * state[4], z + half * state[5])
    a2 = state[6] * state[6] + state[7] * state[7] + state[8] * state[8]
    thrust = math.sqrt(a2)
    growth = 1.0
    if thrust < motion.acceleration_limit_m_s2:
        growth = 1.0 / (1.0 - min(thrust * h / motion.exhaust_speed_m_s, 0.5))
        growth = min(growth, motion.acceleration_limit_m_s2 / max(thrust, 1e-9))
    to_position = h * h * (2.0 + growth) / 6.0
    to_velocity = half * (1.0 + growth)
    for i in range(3):
        g = gx if i == 0 else (gy if i == 1 else gz)
        state[i] += h * state[i + 3] + half * h * g + to_position * state[i + 6]
        state[i + 3] += h * g + to_velocity * state[i + 6]
        state[i + 6] *= growth
    return to_position, to_velocity, growth


@kernel
def carry_driven_errors(
    covariance: Floats, h: float, to_position: float, to_velocity: float, growth: float
) -> None:
    """P <- F P F' over a step `h` under a non-gravitational acceleration that grows by `growth`.

    What a unit of it now adds to position and velocity is `to_position` and `to_velocity`. The
    gravity gradient (1e-6 1/s2) is left out: the noise of that acceleration hides it.
    """
    for j in range(9):
        for i in range(3):
            covariance[i, j] += h * covariance[i + 3, j] + to_position * covariance[i + 6, j]
            covariance[i + 3, j] += to_velocity * covariance[i + 6, j]
            covariance[i + 6, j] *= growth
    for j in range(9):
        for i in range(3):
            covariance[j, i] += h * covariance[j, i + 3] + to_position * covariance[j, i + 6]
            covariance[j, i + 3] += to_velocity * covariance[j, i + 6]
            covariance[j, i + 6] *= growth


@kernel
def add_jerk_noise(covariance: Floats, i: int, j: int, h: float, q: float) -> None:
    """Add white jerk noise of density `q` [m2/s5] between axes `i` and `j` over a step `h`."""
    h2 = h * h
    covariance[i, j] += q * h2 * h2 * h / 20.0
    covariance[i, j + 3] += q * h2 * h2 / 8.0
    covariance[i + 3, j] += q * h2 * h2 / 8.0
    covariance[i, j + 6] += q * h2 * h / 6.0
    covariance[i + 6, j] += q * h2 * h / 6.0
    covariance[i + 3, j + 3] += q * h2 * h / 3.0
    covariance[i + 3, j + 6] += 0.5 * q * h2
    covariance[i + 6, j + 3] += 0.5 * q * h2
    covariance[i + 6, j + 6] += q * h


@kernel
def step_boost(
    state: Floats, covariance: Floats, h: float, motion: Motion, jerk_noise_m2_s5: float
) -> None:
    """One step of `h` seconds, in place, under thrust. Arguments as `step_ballistic`.

    The thrust acceleration keeps its direction and grows as a2 / c, which constant mass flow at
    exhaust speed c means, up to a limit; white jerk noise of the given density is added to it.
    """
    to_position, to_velocity, growth = _move_boost(state, h, motion)
    carry_driven_errors(covariance, h, to_position, to_velocity, growth)
    if h > 0.0:
        for i in range(3):
            add_jerk_noise(covariance, i, i, h, jerk_noise_m2_s5)


@kernel
def symmetrise(covariance: Floats) -> None:
    """Replace a covariance by the mean of itself and its transpose, in place."""
    n = covariance.shape[0]
    for i in range(n):
        for j in range(i):
            mean = 0.5 * (covariance[i, j] + covariance[j, i])
            covariance[i, j] = mean
            covariance[j, i] = mean


@kernel
def predict_ballistic(state: Floats, covariance: Floats, elapsed_s: float, motion: Motion) -> None:
    """Move a ballistic state by `elapsed_s` (either sign), in place. As `predict_state`."""
    left = elapsed_s
    while abs(left) > _SHORTEST_S:
        # What has fallen stays where it fell: no state grows without bound.
        if height_above_ellipsoid(state[0], state[1], state[2]) < _FALLEN_M:
            break
        h = choose_ballistic_step(state, left)
        step_ballistic(state, covariance, h, motion)
        left -= h
    symmetrise(covariance)


@kernel
def predict_boost(
    state: Floats, covariance: Floats, elapsed_s: float, motion: Motion, jerk_noise_m2_s5: float
) -> None:
    """Move a boost state by `elapsed_s` (either sign), in place. As `predict_state`."""
    left = elapsed_s
    while abs(left) > _SHORTEST_S:
        h = max(-_BOOST_STEP_S, min(_BOOST_STEP_S, left))
        step_boost(state, covariance, h, motion, jerk_noise_m2_s5)
        left -= h
    symmetrise(covariance)


@kernel
def carry_ballistic(state: Floats, elapsed_s: float, motion: Motion) -> None:
    """Move a ballistic state by `elapsed_s` as `predict_ballistic` does, without its errors."""
    left = elapsed_s
    while abs(left) > _SHORTEST_S:
        if height_above_ellipsoid(state[0], state[1], state[2]) < _FALLEN_M:
            break
        h = choose_ballistic_step(state, left)
        _move_ballistic(state, h, motion)
        left -= h


@kernel
def carry_boost(state: Floats, elapsed_s: float, motion: Motion) -> None:
    """Move a boost state by `elapsed_s` as `predict_boost` does, without its errors."""
    left = elapsed_s
    while abs(left) > _SHORTEST_S:
        h = max(-_BOOST_STEP_S, min(_BOOST_STEP_S, left))
        _move_boost(state, h, motion)
        left -= h


@kernel
def predict_state(
    state: Floats, covariance: Floats, phase: int, elapsed_s: float, motion: Motion
) -> None:
    """Move one track by `elapsed_s` (either sign), in place.

    Parameters
    ----------
    state : (9,) float64
        ECI position [m], velocity [m/s], thrust acceleration [m/s2].
    covariance : (9, 9) float64
    phase : int
        codes.BOOST_PHASE or BALLISTIC_PHASE.
    elapsed_s : float
        Backwards, no process noise is added: good for the few seconds by which a link delays.
    motion : Motion
    """
    if phase == BOOST_PHASE:
        predict_boost(state, covariance, elapsed_s, motion, motion.jerk_noise_m2_s5)
    else:
        predict_ballistic(state, covariance, elapsed_s, motion)
