"""Models of motion that a track's bank runs side by side, and which of them are possible where.

Beside free flight and thrust (`predictor`) an object may be slowed by air of which it takes more or
less than believed, glide, cruise, or turn hard. All of these but free flight have nine states: the
last three are the acceleration that is not gravity's.

Sources: Li and Jilkov (2003), "Survey of maneuvering target tracking, part I: dynamic models",
IEEE T-AES 39(4), section IV (Singer's model, and with a mean that is not zero); the same (2010),
part II, section III (drag).
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
from opendome.tables.codes import BALLISTIC_PHASE, BOOST_PHASE, CRUISE_PHASE, GLIDE_PHASE
from opendome.tables.truth import Floats
from opendome.tracking.predictor import (
    DRAG_CEILING_M,
    add_jerk_noise,
    carry_boost,
    carry_driven_errors,
    height_above_ellipsoid,
    predict_ballistic,
    predict_boost,
    symmetrise,
)
from opendome.tracking.settings import Models, Motion

FREE_FALL: Final = 0  # ballistic, with the believed coefficient
SLOWED: Final = 1  # drag of unknown size against the motion, falling and rising with the density
GLIDING: Final = 2  # lift carries the weight, drag goes with it; Gauss-Markov about that
CRUISING: Final = 3  # level at constant speed; Gauss-Markov about that
TURNING: Final = 4  # as cruising, with the noise of a hard turn or pull-up
HOLDING: Final = 5  # under thrust that keeps its direction: `predictor.step_boost`
STEERING: Final = 6  # the same, but thrust turns with the velocity through the air
STAGING: Final = 7  # as steering, with a thrust that has just jumped: `restart_thrust`
N_MODELS: Final = 8

ALL_IN_FLIGHT: Final = (1 << FREE_FALL) | (1 << SLOWED) | (1 << GLIDING) | (1 << TURNING)
ALL_LOW: Final = (1 << FREE_FALL) | (1 << CRUISING) | (1 << TURNING)
UNDER_THRUST: Final = (1 << HOLDING) | (1 << STEERING) | (1 << STAGING)

_DRIVEN_STEP_S: Final = 2.0  # s; what drives a state changes over ten and more
_SLOWED_STEP_S: Final = 1.0
_SHORTEST_S: Final = 1e-9
_SLOWEST_TURN_M_S: Final = 200.0  # what is slower has just risen: its path says little
_LEAST_LEVEL_M_S2: Final = 2.0  # gravity across a path that is so steep says little of its plane
_ASTRAY: Final = 0.1  # lift aside then adds less to the drag than what is not known of that
_THINNING_M: Final = 7_000.0  # air thins by e over this height, between 10 and 60 km within 10 %


@kernel
def air_velocity(state: Floats) -> tuple[float, float, float, float]:
    """Velocity [m/s] through air that turns with the Earth, and the speed."""
    u = state[3] + EARTH_ROTATION_RAD_S * state[1]
    v = state[4] - EARTH_ROTATION_RAD_S * state[0]
    w = state[5]
    return u, v, w, math.sqrt(u * u + v * v + w * w)


@kernel
def level_acceleration(state: Floats, drag_to_lift: float) -> tuple[float, float, float]:
    """Non-gravitational acceleration [m/s2] that keeps path angle and course, drag included; eci.

    Upward it is the net weight g - v2 / r, aside what a course over the turning Earth takes: the
    Coriolis acceleration 2 w sin(latitude) of the level speed, and northward gravity's own part
    and the centrifugal w2 r sin cos, which together make the plumb line. An engine holds the
    speed; without one (drag over lift above zero) lift has no part along the motion (Eggers, Allen
    and Neice 1958, NACA TR 1382).
    """
    x, y, z = state[0], state[1], state[2]
    gx, gy, gz = j2_acceleration(x, y, z)
    r = math.sqrt(x * x + y * y + z * z)
    x, y, z = x / r, y / r, z / r
    u, v, w, speed = air_velocity(state)
    climb = x * state[3] + y * state[4] + z * state[5]
    level2 = state[3] * state[3] + state[4] * state[4] + state[5] * state[5] - climb * climb
    turning = 2.0 * EARTH_ROTATION_RAD_S * z
    outward = EARTH_ROTATION_RAD_S**2 * r * z
    inward = level2 / r + outward * z
    ax = turning * (y * w - z * v) - gx - inward * x
    ay = turning * (z * u - x * w) - gy - inward * y
    az = turning * (x * v - y * u) - gz - inward * z + outward
    if drag_to_lift > 0.0:
        net = x * ax + y * ay + z * az
        speed2 = max(speed, 1.0) ** 2
        along = (ax * u + ay * v + az * w) / speed2
        along += drag_to_lift * abs(net) / math.sqrt(speed2)
        ax -= along * u
        ay -= along * v
        az -= along * w
    return ax, ay, az


@kernel
def read_model(model: int, models: Models) -> tuple[float, float, float, float, float]:
    """Sigma along, across and upward [m/s2], memory [s], drag over lift of a model with lift."""
    if model == GLIDING:
        return (
            models.glide_drag_sigma_m_s2, models.glide_bank_sigma_m_s2,
            models.glide_lift_sigma_m_s2, models.glide_memory_s, 1.0 / models.lift_to_drag,
        )  # fmt: skip
    if model == CRUISING:
        sigma = models.cruise_sigma_m_s2
        return sigma, sigma, models.cruise_height_sigma_m_s2, models.cruise_memory_s, 0.0
    sigma = models.turn_sigma_m_s2
    return sigma, sigma, sigma, models.turn_memory_s, 0.0


@kernel
def expected_drive(state: Floats, model: int, models: Models) -> tuple[float, float, float]:
    """Acceleration that a model with lift expects of a state; zero under all other models."""
    if model in (GLIDING, CRUISING, TURNING):
        _, _, _, _, drag_to_lift = read_model(model, models)
        return level_acceleration(state, drag_to_lift)
    return 0.0, 0.0, 0.0


@kernel
def across_track(state: Floats) -> tuple[float, float, float]:
    """Unit vector across the vertical plane of the motion through the air."""
    u, v, w, _ = air_velocity(state)
    x = v * state[2] - w * state[1]
    y = w * state[0] - u * state[2]
    z = u * state[1] - v * state[0]
    size = max(math.sqrt(x * x + y * y + z * z), 1.0)
    return x / size, y / size, z / size


@kernel
def is_astray(state: Floats, covariance: Floats) -> bool:
    """Whether the course is not known yet: the velocity to no better than a tenth of the speed."""
    _, _, _, speed = air_velocity(state)
    most = max(covariance[3, 3], covariance[4, 4], covariance[5, 5])
    return bool(most > (_ASTRAY * speed) ** 2)


@kernel
def _step_lifted(state: Floats, covariance: Floats, model: int, h: float, models: Models) -> None:
    """One step of `h` seconds about the level acceleration, in place."""
    sigma, across_sigma, upward_sigma, memory, drag_to_lift = read_model(model, models)
    mean = level_acceleration(state, drag_to_lift)
    carry = math.exp(-h / memory)
    to_position = h * h * (2.0 + carry) / 6.0
    to_velocity = 0.5 * h * (1.0 + carry)
    half = 0.5 * h
    gravity = j2_acceleration(
        state[0] + half * state[3], state[1] + half * state[4], state[2] + half * state[5]
    )
    for i in range(3):
        steady = gravity[i] + mean[i]
        apart = state[i + 6] - mean[i]
        state[i] += h * state[i + 3] + half * h * steady + to_position * apart
        state[i + 3] += h * steady + to_velocity * apart
        state[i + 6] = carry * apart
    later = level_acceleration(state, drag_to_lift)
    for i in range(3):
        state[i + 6] += later[i]
    carry_driven_errors(covariance, h, to_position, to_velocity, carry)
    if h > 0.0:
        across = across_track(state)
        q = 2.0 * sigma * sigma / memory
        more = 2.0 * across_sigma * across_sigma / memory - q
        less = q - 2.0 * upward_sigma * upward_sigma / memory
        less /= state[0] * state[0] + state[1] * state[1] + state[2] * state[2]
        for i in range(3):
            for j in range(3):
                unit = q if i == j else 0.0
                value = unit + more * across[i] * across[j] - less * state[i] * state[j]
                add_jerk_noise(covariance, i, j, h, value)
        if model == CRUISING:
            _level_off(state, covariance, 1.0 - math.exp(-h / models.levelling_s))


@kernel
def _level_off(state: Floats, covariance: Floats, share: float) -> None:
    """Take a share of the climb rate, and of its error, away: v <- (I - share u u') v.

    Climb is that above the ellipsoid, whose radius a (1 - f s2) changes along the way. Which way is
    up is known no better than the place, and what the ellipsoid asks of the climb no better than
    the course: a kilometre is 0.1 m/s of climb, 100 m/s northward up to 0.3.
    """
    r = math.sqrt(state[0] * state[0] + state[1] * state[1] + state[2] * state[2])
    radial = (state[0] * state[3] + state[1] * state[4] + state[2] * state[5]) / r
    s = state[2] / r
    bulge = 2.0 * EARTH_RADIUS_M * EARTH_FLATTENING * s
    climb = radial + bulge * (state[5] - s * radial) / r
    for i in range(3):
        state[i + 3] -= share * climb * state[i] / r
    level = (
        (state[3] - radial * state[0] / r) / r,
        (state[4] - radial * state[1] / r) / r,
        (state[5] - radial * s) / r,
    )
    lean = bulge / r
    up = 1.0 - lean * s
    slope = (up * state[0] / r, up * state[1] / r, up * s + lean)
    for j in range(9):
        along = 0.0
        for i in range(3):
            along += slope[i] * covariance[i + 3, j] + level[i] * covariance[i, j]
        for i in range(3):
            covariance[i + 3, j] -= share * along * state[i] / r
    for j in range(9):
        along = 0.0
        for i in range(3):
            along += slope[i] * covariance[j, i + 3] + level[i] * covariance[j, i]
        for i in range(3):
            covariance[j, i + 3] -= share * along * state[i] / r


@kernel
def _step_slowed(state: Floats, covariance: Floats, h: float, models: Models) -> None:
    """One step of `h` seconds under drag that grows with density and speed squared, in place."""
    x, y, z = state[0], state[1], state[2]
    _, _, _, speed = air_velocity(state)
    slowing = math.sqrt(state[6] ** 2 + state[7] ** 2 + state[8] ** 2)
    half = 0.5 * h
    gravity = j2_acceleration(x + half * state[3], y + half * state[4], z + half * state[5])
    before = density(max(height_above_ellipsoid(x, y, z), 0.0))
    after = density(
        max(height_above_ellipsoid(x + h * state[3], y + h * state[4], z + h * state[5]), 0.0)
    )
    slower = max(1.0 - slowing * h / max(speed, 1.0), 0.3)
    growth = min(max(after / before * slower * slower, 0.2), 5.0)
    to_position = h * h * (2.0 + growth) / 6.0
    to_velocity = 0.5 * h * (1.0 + growth)
    for i in range(3):
        state[i] += h * state[i + 3] + half * h * gravity[i] + to_position * state[i + 6]
        state[i + 3] += h * gravity[i] + to_velocity * state[i + 6]
    u, v, w, speed = air_velocity(state)
    against = (-u / max(speed, 1.0), -v / max(speed, 1.0), -w / max(speed, 1.0))
    along = growth * (state[6] * against[0] + state[7] * against[1] + state[8] * against[2])
    for i in range(3):
        state[i + 6] = along * against[i]
    carry_driven_errors(covariance, h, to_position, to_velocity, growth)
    if h > 0.0:
        q = (models.slowing_error * along) ** 2 + models.slowing_floor_m_s2**2
        for i in range(3):
            for j in range(3):
                add_jerk_noise(covariance, i, j, h, q * against[i] * against[j])


@kernel
def _turn_thrust(state: Floats, elapsed_s: float, models: Models) -> None:
    """Turn the thrust as gravity and itself turn the velocity through the air, in place.

    A pitch programme leads the velocity downward, which follows it.
    """
    u, v, w, speed = air_velocity(state)
    speed = max(speed, _SLOWEST_TURN_M_S)
    u, v, w = u / speed, v / speed, w / speed
    gx, gy, gz = j2_acceleration(state[0], state[1], state[2])
    ax, ay, az = state[6], state[7], state[8]
    turn = elapsed_s / speed
    # Small angles: a + w x a, at its old size.
    wx = turn * (v * (gz + az) - w * (gy + ay))
    wy = turn * (w * (gx + ax) - u * (gz + az))
    wz = turn * (u * (gy + ay) - v * (gx + ax))
    px, py, pz = v * gz - w * gy, w * gx - u * gz, u * gy - v * gx
    size = math.sqrt(px * px + py * py + pz * pz)
    lead = models.steering_lead_rad_s * elapsed_s / max(size, _LEAST_LEVEL_M_S2)
    wx, wy, wz = wx + lead * px, wy + lead * py, wz + lead * pz
    state[6] += wy * az - wz * ay
    state[7] += wz * ax - wx * az
    state[8] += wx * ay - wy * ax
    size = math.sqrt(ax * ax + ay * ay + az * az)
    longer = math.sqrt(state[6] ** 2 + state[7] ** 2 + state[8] ** 2)
    for i in range(6, 9):
        state[i] *= size / max(longer, 1e-9)


@kernel
def _shed_drag(state: Floats, elapsed_s: float, models: Models) -> float:
    """Let what a rising missile takes of the air change with density and speed, in place.

    Drag counts as part of the thrust, and thins away with the air by exp(-height / H): it falls by
    climb / H a second less what it gains with the square of the speed. Returns that rate [m/s3].
    """
    height = height_above_ellipsoid(state[0], state[1], state[2])
    if height > DRAG_CEILING_M:
        return 0.0
    u, v, w, speed = air_velocity(state)
    speed = max(speed, _SLOWEST_TURN_M_S)
    x, y, z = state[0], state[1], state[2]
    r = math.sqrt(x * x + y * y + z * z)
    climb = (x * u + y * v + z * w) / r
    push = (u * state[6] + v * state[7] + w * state[8]) / speed
    push -= EARTH_MU_M3_S2 / (r * r) * climb / speed
    drag = 0.5 * density(max(height, 0.0)) * speed * speed / models.boost_drag_kg_m2
    # A gap may be longer than the air lasts: no more is shed than there is.
    longest = max(abs(elapsed_s), _SHORTEST_S)
    rate = drag * max(min(climb / _THINNING_M - 2.0 * push / speed, 1.0 / longest), -0.1)
    along = rate * elapsed_s / speed
    for i in range(3):
        air = u if i == 0 else (v if i == 1 else w)
        state[i] += along * air * elapsed_s * elapsed_s / 6.0
        state[i + 3] += 0.5 * along * air * elapsed_s
        state[i + 6] += along * air
    return float(rate)


@kernel
def _add_thrust_noise(
    state: Floats, covariance: Floats, h: float, turn_rad_s: float, shed_m_s3: float,
    motion: Motion, models: Models,
) -> None:  # fmt: skip
    """Add the jerk that is not known of a thrust: its growth along it, its turn across.

    A thrust turns by `turn_rad_s` more or less in the vertical plane of the motion, and aside as
    one that holds its direction does. `shed_m_s3` is believed of its drag (`_shed_drag`).
    """
    a2 = max(state[6] * state[6] + state[7] * state[7] + state[8] * state[8], 1e-6)
    growth = models.growth_error * a2 / motion.exhaust_speed_m_s
    memory = 2.0 * models.thrust_memory_s
    shed = models.boost_drag_error * shed_m_s3
    along = memory * (growth * growth + shed * shed + models.growth_floor_m_s3**2)
    pitch = memory * turn_rad_s * turn_rad_s * a2
    yaw = memory * models.holding_rad_s * models.holding_rad_s * a2
    # Aside is across the thrust as well; of a thrust that points aside itself all is pitch.
    x, y, z = across_track(state)
    skew = (x * state[6] + y * state[7] + z * state[8]) / a2
    aside = (x - skew * state[6], y - skew * state[7], z - skew * state[8])
    level2 = aside[0] * aside[0] + aside[1] * aside[1] + aside[2] * aside[2]
    less = (pitch - yaw) / level2 if level2 > 0.5 else 0.0
    for i in range(3):
        for j in range(3):
            q = pitch if i == j else 0.0
            q += (along - pitch) * state[i + 6] * state[j + 6] / a2
            q -= less * aside[i] * aside[j]
            add_jerk_noise(covariance, i, j, h, q)


@kernel
def restart_thrust(state: Floats, covariance: Floats, h: float, models: Models) -> None:
    """Let the thrust jump to that of a stage that has just lit, in place.

    The state is that at the start of a step of `h` seconds, and the jump falls anywhere in it. With
    D the jump, and t its time, the old thrust adds D t to the velocity and D (h t - t2 / 2) to the
    position at the step's end; the means and covariances of both are put on the start.
    """
    size = math.sqrt(state[6] * state[6] + state[7] * state[7] + state[8] * state[8])
    if size < 1.0:
        return
    x, y, z = state[6] / size, state[7] / size, state[8] / size
    d = (x, y, z)
    lower = size - models.ignition_m_s2
    scale = models.ignition_m_s2 / size
    variance = models.ignition_sigma_m_s2**2
    for j in range(9):
        along = x * covariance[6, j] + y * covariance[7, j] + z * covariance[8, j]
        for i in range(3):
            covariance[i + 6, j] = scale * (covariance[i + 6, j] - along * d[i])
    for j in range(9):
        along = x * covariance[j, 6] + y * covariance[j, 7] + z * covariance[j, 8]
        for i in range(3):
            covariance[j, i + 6] = scale * (covariance[j, i + 6] - along * d[i])
    jump2 = lower * lower + variance
    for i in range(3):
        for j in range(3):
            unit = d[i] * d[j]
            covariance[i, j] += unit * jump2 * h**4 / 45.0
            covariance[i, j + 3] -= unit * jump2 * h**3 / 24.0
            covariance[i + 3, j] -= unit * jump2 * h**3 / 24.0
            covariance[i + 3, j + 3] += unit * (jump2 / 12.0 + 0.25 * variance) * h * h
            covariance[i + 3, j + 6] -= unit * 0.5 * variance * h
            covariance[i + 6, j + 3] -= unit * 0.5 * variance * h
            covariance[i + 6, j + 6] += unit * variance
        state[i] -= lower * h * h / 6.0 * d[i]
        state[i + 3] += 0.5 * lower * h * d[i]
        state[i + 6] = models.ignition_m_s2 * d[i]


@kernel
def predict_model(
    state: Floats, covariance: Floats, model: int, elapsed_s: float, motion: Motion, models: Models
) -> None:
    """Move a state and its covariance by `elapsed_s` (either sign) under one model, in place."""
    if model == FREE_FALL:
        predict_ballistic(state, covariance, elapsed_s, motion)
    elif model >= HOLDING:
        turn_rad_s = models.holding_rad_s
        if model != HOLDING:
            turn_rad_s = models.steering_rad_s
            _turn_thrust(state, 0.5 * elapsed_s, models)
        predict_boost(state, covariance, elapsed_s, motion, 0.0)
        if model != HOLDING:
            _turn_thrust(state, 0.5 * elapsed_s, models)
        shed_m_s3 = _shed_drag(state, elapsed_s, models)
        if elapsed_s > 0.0:
            _add_thrust_noise(state, covariance, elapsed_s, turn_rad_s, shed_m_s3, motion, models)
    else:
        longest = _SLOWED_STEP_S if model == SLOWED else _DRIVEN_STEP_S
        left = elapsed_s
        while abs(left) > _SHORTEST_S:
            h = max(-longest, min(longest, left))
            if model == SLOWED:
                _step_slowed(state, covariance, h, models)
            else:
                _step_lifted(state, covariance, model, h, models)
            left -= h
        symmetrise(covariance)


@kernel
def carry_thrust(state: Floats, elapsed_s: float, motion: Motion, models: Models) -> None:
    """Move a boost state far ahead, in place, without its errors: thrust turns with the velocity.

    A stage that pushes as the last moments of one do is believed to give way to the next.
    """
    left = elapsed_s
    while left > _SHORTEST_S:
        h = min(_DRIVEN_STEP_S, left)
        _turn_thrust(state, 0.5 * h, models)
        carry_boost(state, h, motion)
        _turn_thrust(state, 0.5 * h, models)
        size = math.sqrt(state[6] * state[6] + state[7] * state[7] + state[8] * state[8])
        if size > models.burnout_m_s2:
            for i in range(6, 9):
                state[i] *= models.ignition_m_s2 / size
        left -= h


@kernel
def carry_model(state: Floats, model: int, elapsed_s: float, models: Models, room: Floats) -> None:
    """Move a state by `elapsed_s` under a model with lift, without its errors; `room` is (9, 9)."""
    left = elapsed_s
    while abs(left) > _SHORTEST_S:
        h = max(-_DRIVEN_STEP_S, min(_DRIVEN_STEP_S, left))
        _step_lifted(state, room, model, h, models)
        left -= h


@kernel
def find_possible(state: Floats, covariance: Floats, models: Models) -> int:
    """Bits of the models that are possible for what shows no plume, by its height and air speed.

    Two sigma of both are allowed for. A body that climbs through the air may be under a thrust that
    nothing has seen.
    """
    height = height_above_ellipsoid(state[0], state[1], state[2])
    if height > DRAG_CEILING_M:
        return 1 << FREE_FALL
    _, _, _, speed = air_velocity(state)
    margin = 2.0 * math.sqrt(max(covariance[3, 3], covariance[4, 4], covariance[5, 5]))
    slack = 2.0 * math.sqrt(max(covariance[0, 0], covariance[1, 1], covariance[2, 2]))
    possible = 1 << FREE_FALL
    if speed + margin > models.slowest_glide_m_s:
        possible |= ALL_IN_FLIGHT
        r = math.sqrt(state[0] ** 2 + state[1] ** 2 + state[2] ** 2)
        climb = (state[0] * state[3] + state[1] * state[4] + state[2] * state[5]) / r
        if climb - margin > models.least_climb_m_s:
            possible |= UNDER_THRUST
    if speed - margin < models.fastest_cruise_m_s and height - slack < models.highest_cruise_m:
        possible |= ALL_LOW
    return possible


@kernel
def forget_drive(state: Floats, covariance: Floats) -> None:
    """Set the non-gravitational acceleration and its covariance to zero, in place."""
    for i in range(6, 9):
        state[i] = 0.0
        for j in range(9):
            covariance[i, j] = 0.0
            covariance[j, i] = 0.0


@kernel
def start_driven(state: Floats, covariance: Floats, model: int, models: Models) -> None:
    """Give the last three states what a model expects before it has seen anything, in place."""
    forget_drive(state, covariance)
    if model == FREE_FALL:
        return
    if model == SLOWED:
        u, v, w, speed = air_velocity(state)
        against = (-u / max(speed, 1.0), -v / max(speed, 1.0), -w / max(speed, 1.0))
        for i in range(3):
            state[i + 6] = models.slowing_start_m_s2 * against[i]
            for j in range(3):
                covariance[i + 6, j + 6] = models.slowing_start_m_s2**2 * against[i] * against[j]
        return
    if model >= HOLDING:
        for i in range(6, 9):
            covariance[i, i] = models.unseen_thrust_m_s2**2
        return
    sigma, across_sigma, upward_sigma, _, drag_to_lift = read_model(model, models)
    mean = level_acceleration(state, drag_to_lift)
    across = across_track(state)
    more = across_sigma * across_sigma - sigma * sigma
    less = sigma * sigma - upward_sigma * upward_sigma
    # Where the course is not known yet, across it may be any level direction.
    astray = is_astray(state, covariance)
    r2 = state[0] * state[0] + state[1] * state[1] + state[2] * state[2]
    for i in range(3):
        state[i + 6] = mean[i]
        for j in range(3):
            unit = 1.0 if i == j else 0.0
            upward = state[i] * state[j] / r2
            level = unit - upward if astray else across[i] * across[j]
            covariance[i + 6, j + 6] = sigma * sigma * unit + more * level - less * upward


@kernel
def phase_of(model: int, state: Floats, models: Models) -> int:
    """Flight phase that a model stands for, as a code."""
    if model in (FREE_FALL, SLOWED):
        return BALLISTIC_PHASE
    if model >= HOLDING:
        return BOOST_PHASE
    if model == CRUISING:
        return CRUISE_PHASE
    if model == GLIDING:
        return GLIDE_PHASE
    _, _, _, speed = air_velocity(state)
    low = height_above_ellipsoid(state[0], state[1], state[2]) < models.highest_cruise_m
    return CRUISE_PHASE if low and speed < models.fastest_cruise_m_s else GLIDE_PHASE
