"""The one integrator of powered, ballistic and re-entry flight: Dormand-Prince 5(4).

One trajectory at a time, each with its own step. A flight is a sequence of spans over which thrust,
mass flow and pitch rate are constant or linear; `advance` flies one span, ends exactly on its last
instant, and finds apogee and the ground by root finding.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from opendome.physics.atmosphere import BENDS_M
from opendome.physics.constants import EARTH_RADIUS_M
from opendome.physics.forces import Control, accelerate, accelerate_below, find_air_top
from opendome.physics.jit import kernel, lane_kernel, vector_kernel
from opendome.physics.quintic import quintic_position, quintic_velocity
from opendome.physics.reentry import altitude
from opendome.physics.standard_atmosphere import Floats

Integers = NDArray[np.int64]

# How a span ended.
REACHED_TIME: Final = 0
REACHED_GROUND: Final = 1
NODES_FULL: Final = 2
STALLED: Final = 3

# Error scales of the step control: an error of `tolerance` is this share of the Earth's radius and
# of circular speed at the ground. The two go together where an error of speed has their ratio, 807
# seconds, to act. What falls freely has the time to the ground: more speed may be wrong there, up
# to what that time is held at below.
_SPEED_SCALE_M_S: Final = 7905.0
_SCALES_MEET_S: Final = EARTH_RADIUS_M / _SPEED_SCALE_M_S
_SHORTEST_FALL_S: Final = 10.0
# Longest step: keeps quintic interpolation between nodes under a metre high above the Earth.
_LONGEST_STEP_S: Final = 150.0
_FIRST_STEP_S: Final = 5.0
# In a glide: what the tolerance of raids takes without a refusal (tried out).
_FIRST_GLIDE_STEP_S: Final = 10.0
_SHORTEST_STEP_S: Final = 1e-7
_MOST_STEPS: Final = 100_000
_SAFETY: Final = 0.85

# Where steps end on purpose: on the bends of the density's slope, which the method would otherwise
# feel for with refused steps, and where air begins to be felt by what comes in from space.
_FELT_AIR_M: Final = 100e3
_LANDINGS_M: Final = np.append(BENDS_M, _FELT_AIR_M)
# Nearer than this, a landing has been met. What comes down is faster and slows down strongly, so
# that its landings are less exact; it has little time left for an error to grow.
_NEAR_CLIMBING_M: Final = 3.0
_NEAR_FALLING_M: Final = 100.0

# Dormand and Prince (1980), J. Comput. Appl. Math. 6, table 2: where a stage lies in the step; its
# weights of the slopes so far (those of the last are the solution's); weights of the error.
_PLACE: Final = np.array([0.0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0])
_WEIGHTS: Final = np.array(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [1 / 5, 0.0, 0.0, 0.0, 0.0, 0.0],
        [3 / 40, 9 / 40, 0.0, 0.0, 0.0, 0.0],
        [44 / 45, -56 / 15, 32 / 9, 0.0, 0.0, 0.0],
        [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729, 0.0, 0.0],
        [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656, 0.0],
        [35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
    ]
)
_ERROR_WEIGHTS: Final = np.array(
    [71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40]
)


class Nodes(NamedTuple):
    """Preallocated room for the nodes of one path; zero rows: nothing is kept."""

    time_s: Floats  # (capacity,)
    position_eci_m: Floats  # (capacity, 3)
    velocity_eci_m_s: Floats  # (capacity, 3)
    acceleration_eci_m_s2: Floats  # (capacity, 3)


def empty_nodes(capacity: int) -> Nodes:
    """Room for `capacity` nodes; about 150 hold an intercontinental flight."""
    return Nodes(
        np.empty(capacity),
        np.empty((capacity, 3)),
        np.empty((capacity, 3)),
        np.empty((capacity, 3)),
    )


@kernel
def no_nodes() -> Nodes:
    """Room for no node: a flight of which only the end is wanted."""
    return Nodes(np.empty(0), np.empty((0, 3)), np.empty((0, 3)), np.empty((0, 3)))


@vector_kernel
def _differentiate(t: float, state: Floats, control: Control, slope: Floats, row: int) -> None:
    ax, ay, az = accelerate(t, state[0], state[1], state[2], state[3], state[4], state[5], control)
    slope[row, 0] = state[3]
    slope[row, 1] = state[4]
    slope[row, 2] = state[5]
    slope[row, 3] = ax
    slope[row, 4] = ay
    slope[row, 5] = az


@vector_kernel
def _attempt_step(
    t: float, dt: float, state: Floats, end: Floats, k: Floats, control: Control,
    air_top_m: float, speed_scale_m_s: float,
) -> float:  # fmt: skip
    """One step of Dormand-Prince 5(4); fills `end` and `k[1:]`, returns the scaled error, squared.

    Stages in a loop, so that the acceleration is compiled into one place.
    """
    for stage in range(1, 7):
        x, y, z, vx, vy, vz = _weigh(k, _WEIGHTS[stage], stage)
        x, y, z = state[0] + dt * x, state[1] + dt * y, state[2] + dt * z
        vx, vy, vz = state[3] + dt * vx, state[4] + dt * vy, state[5] + dt * vz
        ax, ay, az = accelerate_below(
            t + _PLACE[stage] * dt, x, y, z, vx, vy, vz, control, air_top_m
        )
        k[stage, 0], k[stage, 1], k[stage, 2] = vx, vy, vz
        k[stage, 3], k[stage, 4], k[stage, 5] = ax, ay, az
        end[0], end[1], end[2] = x, y, z
        end[3], end[4], end[5] = vx, vy, vz
    x, y, z, vx, vy, vz = _weigh(k, _ERROR_WEIGHTS, 7)
    place_share, speed_share = dt / EARTH_RADIUS_M, dt / speed_scale_m_s
    return float(
        place_share * place_share * (x * x + y * y + z * z)
        + speed_share * speed_share * (vx * vx + vy * vy + vz * vz)
    )


@lane_kernel
def _weigh(k: Floats, weight: Floats, n: int) -> tuple[float, float, float, float, float, float]:
    """Weighted sum of the first `n` slopes."""
    x, y, z, vx, vy, vz = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for j in range(n):
        w = weight[j]
        x += w * k[j, 0]
        y += w * k[j, 1]
        z += w * k[j, 2]
        vx += w * k[j, 3]
        vy += w * k[j, 4]
        vz += w * k[j, 5]
    return x, y, z, vx, vy, vz


@vector_kernel
def _find_landing(dt: float, h: float, climb: float, bend: float, jerk: float) -> float:
    """Seconds to the next altitude that a step should end on; `dt` where that is later or never.

    From height and its first three derivatives by time.
    """
    past = h + (_NEAR_CLIMBING_M if climb > 0.0 else -_NEAR_FALLING_M)
    i = 0
    while i < _LANDINGS_M.shape[0] and _LANDINGS_M[i] <= past:
        i += 1
    if climb <= 0.0:
        i -= 1
    if i < 0 or i == _LANDINGS_M.shape[0]:
        return dt
    gap = _LANDINGS_M[i] - h
    square = climb * climb + 2.0 * bend * gap
    if square <= 0.0:
        return dt
    tau = 2.0 * gap / (climb + math.copysign(math.sqrt(square), climb))
    if tau < 2.0 * dt:
        for _ in range(2):
            slope = climb + tau * (bend + tau * 0.5 * jerk)
            rise = tau * (climb + tau * (0.5 * bend + tau * (1.0 / 6.0) * jerk))
            if slope * climb > 0.0:
                tau += (gap - rise) / slope
    return tau if 0.0 < tau < dt else dt


@kernel
def _place_in_step(
    state: Floats, end: Floats, k: Floats, dt: float, u: float
) -> tuple[float, float, float]:
    """Position at fraction `u` of the step just taken."""
    return (
        quintic_position(state[0], state[3], k[0, 3], end[0], end[3], k[6, 3], dt, u),
        quintic_position(state[1], state[4], k[0, 4], end[1], end[4], k[6, 4], dt, u),
        quintic_position(state[2], state[5], k[0, 5], end[2], end[5], k[6, 5], dt, u),
    )


@kernel
def _find_floor(state: Floats, end: Floats, k: Floats, dt: float, floor_m: float) -> float:
    """Fraction of the step at which the body comes down to `floor_m`, by false position (Illinois).

    The start of the step is above it or at it.
    """
    low, high = 0.0, 1.0
    h_low = altitude(state[0], state[1], state[2]) - floor_m
    h_high = altitude(end[0], end[1], end[2]) - floor_m
    if h_low <= 0.0:
        return 0.0
    u = 1.0
    for _ in range(60):
        u = low + (high - low) * h_low / (h_low - h_high)
        x, y, z = _place_in_step(state, end, k, dt, u)
        h = altitude(x, y, z) - floor_m
        if abs(h) < 1e-4:
            break
        if h > 0.0:
            low, h_low = u, h
            h_high *= 0.5
        else:
            high, h_high = u, h
            h_low *= 0.5
    return u


@kernel
def _find_apogee(state: Floats, end: Floats, k: Floats, dt: float) -> tuple[float, float]:
    """Fraction of the step with the greatest altitude, and that altitude (golden section)."""
    low, high = 0.0, 1.0
    best = 0.0
    for _ in range(40):
        a = high - 0.6180339887498949 * (high - low)
        b = low + 0.6180339887498949 * (high - low)
        x, y, z = _place_in_step(state, end, k, dt, a)
        h_a = altitude(x, y, z)
        x, y, z = _place_in_step(state, end, k, dt, b)
        h_b = altitude(x, y, z)
        if h_a > h_b:
            high, best = b, h_a
        else:
            low, best = a, h_b
    return 0.5 * (low + high), best


@kernel
def _vertical_motion(state: Floats, k: Floats, row: int) -> tuple[float, float]:
    """Speed [m/s] away from the Earth's centre, and its derivative by time [m/s2]."""
    x, y, z, vx, vy, vz = state[0], state[1], state[2], state[3], state[4], state[5]
    inverse_r = 1.0 / math.sqrt(x * x + y * y + z * z)
    climb = (x * vx + y * vy + z * vz) * inverse_r
    pull = x * k[row, 3] + y * k[row, 4] + z * k[row, 5]
    return climb, (pull + vx * vx + vy * vy + vz * vz - climb * climb) * inverse_r


@kernel
def _keep_node(nodes: Nodes, tally: Integers, t: float, state: Floats, k: Floats) -> bool:
    """Store a node; False where nodes are kept and there is no room."""
    n = tally[0]
    if n == nodes.time_s.shape[0]:
        return bool(n == 0)
    nodes.time_s[n] = t
    for i in range(3):
        nodes.position_eci_m[n, i] = state[i]
        nodes.velocity_eci_m_s[n, i] = state[i + 3]
        nodes.acceleration_eci_m_s2[n, i] = k[0, i + 3]
    tally[0] = n + 1
    return True


@kernel
def advance(
    state: Floats,
    t: float,
    stop_s: float,
    control: Control,
    tolerance: float,
    work: Floats,
    apogee: Floats,
    nodes: Nodes,
    tally: Integers,
) -> tuple[float, int]:
    """Fly one span, to `stop_s` or to the ground (or what floor `control` sets).

    Steps also end on the bends of the air's density, whatever the tolerance.

    Parameters
    ----------
    state : (6,) float64
        Position [m] and velocity [m/s], inertial; moved in place.
    t, stop_s : float
        Start and end of the span [s].
    control : Control
        What acts over the span.
    tolerance : float
        Local error per step, relative to Earth radius and circular speed; 1e-7 (a twentieth of it
        under thrust) gives impact within about a metre.
    work : (8, 6) float64
        Scratch.
    apogee : (2,) float64
        Greatest altitude [m] so far and its time [s]; updated.
    nodes : Nodes
        Where nodes go: the first of the span, then the end of every step.
    tally : (2,) int64
        Nodes kept and steps tried so far; updated.

    Returns
    -------
    time_s, code
        Where the span ended, and how (REACHED_TIME, ...).
    """
    end = work[7]
    k = work[:7]
    air_top_m = find_air_top(control)
    falls_freely = control.thrust_n == 0.0 and control.lift_up == 0.0 == control.lift_right
    _differentiate(t, state, control, k, 0)
    _keep_node(nodes, tally, t, state, k)
    planned = _FIRST_GLIDE_STEP_S if control.sink_m2_s2 > 0.0 else _FIRST_STEP_S
    h = altitude(state[0], state[1], state[2])
    climb, bend = _vertical_motion(state, k, 0)
    jerk = 0.0
    while t < stop_s:
        dt = _find_landing(planned, h, climb, bend, jerk)
        last = t + dt * 1.001 >= stop_s
        if last:
            dt = stop_s - t
        fall_s = _SCALES_MEET_S
        if falls_freely and climb < 0.0:
            fall_s = min(max(-h / climb, _SHORTEST_FALL_S), _SCALES_MEET_S)
        speed_scale_m_s = EARTH_RADIUS_M / fall_s
        error2 = _attempt_step(t, dt, state, end, k, control, air_top_m, speed_scale_m_s)
        error2 /= tolerance * tolerance
        tally[1] += 1
        if not error2 <= 1.0:  # also where the error is NaN
            planned = dt * max(0.2, _SAFETY * error2**-0.1) if error2 < 1e60 else 0.1 * dt
            if planned < _SHORTEST_STEP_S or tally[1] > _MOST_STEPS:
                return t, STALLED
            continue
        h = altitude(end[0], end[1], end[2])
        if h < control.floor_m:
            u = _find_floor(state, end, k, dt, control.floor_m)
            t += u * dt
            _settle(t, u, dt, state, end, k, control)
            if not _keep_node(nodes, tally, t, state, k):
                return t, NODES_FULL
            return t, REACHED_GROUND
        climbed, bent = climb, bend
        climb, bend = _vertical_motion(end, k, 6)
        jerk = (bend - bent) / dt
        if climbed > 0.0 >= climb:
            u, height = _find_apogee(state, end, k, dt)
            if height > apogee[0]:
                apogee[0] = height
                apogee[1] = t + u * dt
        t = stop_s if last else t + dt
        for i in range(6):
            state[i] = end[i]
            k[0, i] = k[6, i]
        if not _keep_node(nodes, tally, t, state, k):
            return t, NODES_FULL
        longer = dt * min(5.0, _SAFETY * (error2 + 1e-20) ** -0.1)
        planned = min(max(longer, planned) if dt < planned else longer, _LONGEST_STEP_S)
    return t, REACHED_TIME


@kernel
def _settle(
    t: float, u: float, dt: float, state: Floats, end: Floats, k: Floats, control: Control
) -> None:
    """Move `state` to fraction `u` of the step just taken, with its derivative in `k[0]`."""
    for i in range(3):
        x0, v0, a0 = state[i], state[i + 3], k[0, i + 3]
        x1, v1, a1 = end[i], end[i + 3], k[6, i + 3]
        state[i] = quintic_position(x0, v0, a0, x1, v1, a1, dt, u)
        state[i + 3] = quintic_velocity(x0, v0, a0, x1, v1, a1, dt, u)
    _differentiate(t, state, control, k, 0)
