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

from opendome.physics.constants import EARTH_RADIUS_M
from opendome.physics.forces import Control, accelerate
from opendome.physics.jit import kernel, vector_kernel
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
# of circular speed at the ground.
_SPEED_SCALE_M_S: Final = 7905.0
# Longest step: keeps quintic interpolation between nodes under a metre high above the Earth.
_LONGEST_STEP_S: Final = 150.0
_FIRST_STEP_S: Final = 0.5
_SHORTEST_STEP_S: Final = 1e-7
_MOST_STEPS: Final = 100_000


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
    t: float, dt: float, state: Floats, end: Floats, k: Floats, control: Control
) -> float:
    """One step of Dormand-Prince 5(4); fills `end` and `k[1:]`, returns the scaled error.

    Source: Dormand and Prince (1980), J. Comput. Appl. Math. 6, table 2.
    """
    for i in range(6):
        end[i] = state[i] + dt * (0.2 * k[0, i])
    _differentiate(t + 0.2 * dt, end, control, k, 1)
    for i in range(6):
        end[i] = state[i] + dt * (3.0 / 40.0 * k[0, i] + 9.0 / 40.0 * k[1, i])
    _differentiate(t + 0.3 * dt, end, control, k, 2)
    for i in range(6):
        end[i] = state[i] + dt * (
            44.0 / 45.0 * k[0, i] - 56.0 / 15.0 * k[1, i] + 32.0 / 9.0 * k[2, i]
        )
    _differentiate(t + 0.8 * dt, end, control, k, 3)
    for i in range(6):
        end[i] = state[i] + dt * (
            19372.0 / 6561.0 * k[0, i]
            - 25360.0 / 2187.0 * k[1, i]
            + 64448.0 / 6561.0 * k[2, i]
            - 212.0 / 729.0 * k[3, i]
        )
    _differentiate(t + 8.0 / 9.0 * dt, end, control, k, 4)
    for i in range(6):
        end[i] = state[i] + dt * (
            9017.0 / 3168.0 * k[0, i]
            - 355.0 / 33.0 * k[1, i]
            + 46732.0 / 5247.0 * k[2, i]
            + 49.0 / 176.0 * k[3, i]
            - 5103.0 / 18656.0 * k[4, i]
        )
    _differentiate(t + dt, end, control, k, 5)
    for i in range(6):
        end[i] = state[i] + dt * (
            35.0 / 384.0 * k[0, i]
            + 500.0 / 1113.0 * k[2, i]
            + 125.0 / 192.0 * k[3, i]
            - 2187.0 / 6784.0 * k[4, i]
            + 11.0 / 84.0 * k[5, i]
        )
    _differentiate(t + dt, end, control, k, 6)
    total = 0.0
    for i in range(6):
        error = dt * (
            71.0 / 57600.0 * k[0, i]
            - 71.0 / 16695.0 * k[2, i]
            + 71.0 / 1920.0 * k[3, i]
            - 17253.0 / 339200.0 * k[4, i]
            + 22.0 / 525.0 * k[5, i]
            - 1.0 / 40.0 * k[6, i]
        )
        scale = EARTH_RADIUS_M if i < 3 else _SPEED_SCALE_M_S
        total += (error / scale) ** 2
    return math.sqrt(total)


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
def _climb_rate(state: Floats) -> float:
    return float(state[0] * state[3] + state[1] * state[4] + state[2] * state[5])


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

    Parameters
    ----------
    state : (6,) float64
        Position [m] and velocity [m/s], inertial; moved in place.
    t, stop_s : float
        Start and end of the span [s].
    control : Control
        What acts over the span.
    tolerance : float
        Local error per step, relative to Earth radius and circular speed; 1e-7 gives impact within
        some metres.
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
    _differentiate(t, state, control, k, 0)
    _keep_node(nodes, tally, t, state, k)
    dt = _FIRST_STEP_S
    climbing = _climb_rate(state) > 0.0
    while t < stop_s:
        last = t + dt * 1.001 >= stop_s
        tried = stop_s - t if last else dt
        error = _attempt_step(t, tried, state, end, k, control) / tolerance
        tally[1] += 1
        if not error <= 1.0:  # also where the error is NaN
            dt = tried * max(0.2, 0.9 * error**-0.2) if error < 1e30 else 0.1 * tried
            if dt < _SHORTEST_STEP_S or tally[1] > _MOST_STEPS:
                return t, STALLED
            continue
        if altitude(end[0], end[1], end[2]) < control.floor_m:
            u = _find_floor(state, end, k, tried, control.floor_m)
            t += u * tried
            _settle(t, u, tried, state, end, k, control)
            if not _keep_node(nodes, tally, t, state, k):
                return t, NODES_FULL
            return t, REACHED_GROUND
        was_climbing = climbing
        climbing = _climb_rate(end) > 0.0
        if was_climbing and not climbing:
            u, height = _find_apogee(state, end, k, tried)
            if height > apogee[0]:
                apogee[0] = height
                apogee[1] = t + u * tried
        t = stop_s if last else t + tried
        for i in range(6):
            state[i] = end[i]
            k[0, i] = k[6, i]
        if not _keep_node(nodes, tally, t, state, k):
            return t, NODES_FULL
        dt = min(tried * min(5.0, 0.9 * (error + 1e-10) ** -0.2), _LONGEST_STEP_S)
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
