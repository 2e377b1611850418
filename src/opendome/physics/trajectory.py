"""State on a stored flight path at any time, by quintic Hermite interpolation between its nodes."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from opendome.physics.jit import kernel
from opendome.physics.quintic import quintic_acceleration, quintic_position, quintic_velocity
from opendome.physics.reentry import altitude
from opendome.physics.standard_atmosphere import Floats

Integers = NDArray[np.int64]

# A time that misses the ends of a path by rounding still belongs to it.
_END_SLACK_S: Final = 1e-6


@kernel
def find_node(first: int, last: int, time_s: Floats, t: float) -> int:
    """The node in [first, last) with time <= t < the next node's; ends of the path included.

    Where two nodes share a time (thrust jumps there), the later one begins the span.
    """
    low, high = first, last
    while high - low > 1:
        middle = (low + high) // 2
        if time_s[middle] <= t:
            low = middle
        else:
            high = middle
    return low


@kernel
def sample(
    first: Integers,
    time_s: Floats,
    position: Floats,
    velocity: Floats,
    acceleration: Floats,
    path: int,
    t: float,
) -> tuple[float, float, float, float, float, float]:
    """Position [m] and velocity [m/s] on one path at one time, in the frame of the nodes.

    Parameters
    ----------
    first, time_s, position, velocity, acceleration
        Columns of `tables.truth.Trajectories`.
    path : int
        Row of `first`.
    t : float
        Time [s].

    Returns
    -------
    x, y, z, vx, vy, vz : float
        NaN before the path's first node and after its last.

    Notes
    -----
    Within 1 m and 0.5 m/s of the integrated path in boost, coast and re-entry, for paths flown with
    a tolerance of 1e-7.
    """
    begin, last = first[path], first[path + 1] - 1
    if last < begin or not time_s[begin] - _END_SLACK_S <= t <= time_s[last] + _END_SLACK_S:
        return math.nan, math.nan, math.nan, math.nan, math.nan, math.nan
    i = find_node(begin, last, time_s, t)
    j = min(i + 1, last)
    dt = time_s[j] - time_s[i]
    u = (t - time_s[i]) / dt if dt > 0.0 else 0.0
    p0, v0, a0 = position[i], velocity[i], acceleration[i]
    p1, v1, a1 = position[j], velocity[j], acceleration[j]
    return (
        quintic_position(p0[0], v0[0], a0[0], p1[0], v1[0], a1[0], dt, u),
        quintic_position(p0[1], v0[1], a0[1], p1[1], v1[1], a1[1], dt, u),
        quintic_position(p0[2], v0[2], a0[2], p1[2], v1[2], a1[2], dt, u),
        quintic_velocity(p0[0], v0[0], a0[0], p1[0], v1[0], a1[0], dt, u),
        quintic_velocity(p0[1], v0[1], a0[1], p1[1], v1[1], a1[1], dt, u),
        quintic_velocity(p0[2], v0[2], a0[2], p1[2], v1[2], a1[2], dt, u),
    )


@kernel
def sample_acceleration(
    first: Integers,
    time_s: Floats,
    position: Floats,
    velocity: Floats,
    acceleration: Floats,
    path: int,
    t: float,
) -> tuple[float, float, float]:
    """Acceleration [m/s2] on one path at one time; arguments and NaN as in `sample`."""
    begin, last = first[path], first[path + 1] - 1
    if last < begin or not time_s[begin] - _END_SLACK_S <= t <= time_s[last] + _END_SLACK_S:
        return math.nan, math.nan, math.nan
    i = find_node(begin, last, time_s, t)
    j = min(i + 1, last)
    dt = time_s[j] - time_s[i]
    u = (t - time_s[i]) / dt if dt > 0.0 else 0.0
    p0, v0, a0 = position[i], velocity[i], acceleration[i]
    p1, v1, a1 = position[j], velocity[j], acceleration[j]
    return (
        quintic_acceleration(p0[0], v0[0], a0[0], p1[0], v1[0], a1[0], dt, u),
        quintic_acceleration(p0[1], v0[1], a0[1], p1[1], v1[1], a1[1], dt, u),
        quintic_acceleration(p0[2], v0[2], a0[2], p1[2], v1[2], a1[2], dt, u),
    )


@kernel
def sample_paths(
    first: Integers,
    time_s: Floats,
    position: Floats,
    velocity: Floats,
    acceleration: Floats,
    paths: Integers,
    t: Floats,
    position_out: Floats,
    velocity_out: Floats,
) -> None:
    """`sample` of several paths, each at its own time.

    Parameters
    ----------
    paths : (n,) int64
        Rows of `first`.
    t : (n,) float64
        Times [s].
    position_out, velocity_out : (n, 3) float64
        Filled; NaN where a path does not hold `t`.
    """
    for row in range(paths.shape[0]):
        x, y, z, vx, vy, vz = sample(
            first, time_s, position, velocity, acceleration, paths[row], t[row]
        )
        position_out[row, 0], position_out[row, 1], position_out[row, 2] = x, y, z
        velocity_out[row, 0], velocity_out[row, 1], velocity_out[row, 2] = vx, vy, vz


@kernel
def find_apogee(
    first: Integers,
    time_s: Floats,
    position: Floats,
    velocity: Floats,
    acceleration: Floats,
    path: int,
) -> tuple[float, float]:
    """Greatest altitude [m] on a path and its time [s], to 1 m and 1 s."""
    begin, last = first[path], first[path + 1] - 1
    top = begin
    best = -math.inf
    for i in range(begin, last + 1):
        h = altitude(position[i, 0], position[i, 1], position[i, 2])
        if h > best:
            best, top = h, i
    low, high = time_s[max(top - 1, begin)], time_s[min(top + 1, last)]
    best_s = time_s[top]
    # Golden section: altitude has one maximum between the highest node's neighbours.
    for _ in range(40):
        a = high - 0.6180339887498949 * (high - low)
        b = low + 0.6180339887498949 * (high - low)
        x, y, z, _, _, _ = sample(first, time_s, position, velocity, acceleration, path, a)
        h_a = altitude(x, y, z)
        x, y, z, _, _, _ = sample(first, time_s, position, velocity, acceleration, path, b)
        h_b = altitude(x, y, z)
        if h_a > h_b:
            high = b
        else:
            low = a
        h, s = (h_a, a) if h_a > h_b else (h_b, b)
        if h > best:
            best, best_s = h, s
    return best, best_s
