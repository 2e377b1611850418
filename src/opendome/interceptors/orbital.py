"""Which satellites of a constellation of interceptors can meet a predicted target, and when."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from opendome.interceptors.orbital_flight import State, coast, needed_displacement, solve_burn
from opendome.interceptors.reach import reach_m
from opendome.interceptors.target_path import (
    TargetPath,
    bound_path,
    find_high_part,
    place_at,
    velocity_at,
)
from opendome.physics.constants import EARTH_MU_M3_S2
from opendome.physics.jit import kernel
from opendome.tables.truth import Flags, Floats, Integers

__all__ = [
    "OrbitalInterceptor", "OrbitalShots", "TargetPath", "find_orbital_shots", "is_any_near",
]  # fmt: skip

# Earliest intercepts are found to this, and windows shorter than the step may be overlooked.
_TIME_TOLERANCE_S: Final = 0.02
_SHORTEST_STEP_S: Final = 2.0
# Bounds of the prefilter, which only cost time where they are generous: speed gained by falling,
# gravity gradient over the longest flights, and the prefilter's circular orbits (7 km off after
# ten minutes at an eccentricity of 0.01).
_SPEED_MARGIN: Final = 1.05
_REACH_MARGIN: Final = 1.1
_SEGMENT_MARGIN_M: Final = 2.0e4
_HIGHEST_GRAVITY_M_S2: Final = 9.9


class OrbitalInterceptor(NamedTuple):
    """What decides the reach of one type of space-based interceptor."""

    acceleration_m_s2: float  # mean over the burn
    delta_v_m_s: float  # of the fly-out burn
    minimum_altitude_m: float  # of intercept
    maximum_flight_s: float  # from ignition to intercept; the method is good to 300 s


class OrbitalShots(NamedTuple):
    """The best satellites for a target: earliest intercept first, then largest margin."""

    n_in_reach: int  # satellites that could meet the target at all
    satellite: Integers  # (n,) row of the satellite
    intercept_s: Floats  # (n,)
    margin_m: Floats  # (n,) reach left over at intercept
    intercept_eci_m: Floats  # (n, 3)
    arrival_velocity_eci_m_s: Floats  # (n, 3)
    closing_speed_m_s: Floats  # (n,)


def find_orbital_shots(
    interceptor: OrbitalInterceptor,
    position_eci_m: Floats,
    velocity_eci_m_s: Floats,
    ready: Flags,
    states_s: float,
    path: TargetPath,
    ignition_s: float,
    latest_s: float,
    reserve_m: float = 0.0,
    n_best: int = 8,
) -> OrbitalShots:
    """Satellites that can meet a predicted target between ignition and the latest useful time.

    Parameters
    ----------
    interceptor : OrbitalInterceptor
    position_eci_m, velocity_eci_m_s : (n_satellites, 3) float64, contiguous
        States of all satellites at `states_s`.
    ready : (n_satellites,) bool
        Satellites that still hold an interceptor.
    states_s : float
        Time of the states, at most a few minutes before ignition.
    path : TargetPath
        Predicted target; it is not met outside its span.
    ignition_s : float
        Earliest ignition, not before `states_s`.
    latest_s : float
        Latest useful intercept, such as the estimated burnout.
    reserve_m : float
        Reach held back at every intercept, for the error of the prediction.
    n_best : int
        Satellites wanted at most.

    Returns
    -------
    shots : OrbitalShots

    Raises
    ------
    ValueError
        Where the shapes do not match or ignition comes before the states.

    Notes
    -----
    A satellite can meet the target at time T where the displacement it needs from its coasting
    orbit is at most a t1^2 / 2 + v (T - t1). The earliest such T is found by steps that the
    closing speed cannot outrun, then bisection to 0.02 s; windows shorter than 2 s may be missed.
    """
    if position_eci_m.shape != velocity_eci_m_s.shape or position_eci_m.shape[1:] != (3,):
        raise ValueError("satellite positions and velocities must both have shape (n, 3)")
    if ready.shape != position_eci_m.shape[:1]:
        raise ValueError(f"{ready.size} ready flags for {position_eci_m.shape[0]} satellites")
    if ignition_s < states_s:
        raise ValueError("ignition must not come before the time of the satellites' states")
    satellite = np.empty(n_best, np.int64)
    found = np.empty((n_best, 9))
    n_in_reach = _find_shots(
        interceptor, position_eci_m, velocity_eci_m_s, ready, states_s, path, ignition_s, latest_s,
        reserve_m, satellite, found,
    )  # fmt: skip
    found = found[:n_in_reach]
    return OrbitalShots(
        n_in_reach, satellite[:n_in_reach], found[:, 0], found[:, 1], found[:, 2:5], found[:, 5:8],
        found[:, 8],
    )  # fmt: skip


@kernel
def is_any_near(
    interceptor: OrbitalInterceptor,
    position_eci_m: Floats,
    velocity_eci_m_s: Floats,
    ready: Flags,
    states_s: float,
    path: TargetPath,
    ignition_s: float,
    latest_s: float,
    reserve_m: float,
) -> bool:
    """Whether `find_orbital_shots` with states of any time near `states_s` may find something.

    Arguments as there. Cheap, and never wrongly no.
    """
    near = np.empty(position_eci_m.shape[0], np.int64)
    n_near, _, _, _ = _find_candidates(
        interceptor, position_eci_m, velocity_eci_m_s, ready, states_s, path, ignition_s, latest_s,
        reserve_m, near,
    )  # fmt: skip
    return bool(n_near > 0)


@kernel
def _find_candidates(
    interceptor: OrbitalInterceptor,
    position_eci_m: Floats,
    velocity_eci_m_s: Floats,
    ready: Flags,
    states_s: float,
    path: TargetPath,
    ignition_s: float,
    latest_s: float,
    reserve_m: float,
    near: Integers,
) -> tuple[int, float, float, float]:
    """Fill rows of satellites that may come within reach; their number, and what bounds the search.

    Bounds: first and last time of intercept [s], and a closing speed that none surpasses [m/s].
    """
    first, last = find_high_part(
        path, interceptor.minimum_altitude_m, ignition_s,
        min(latest_s, ignition_s + interceptor.maximum_flight_s),
    )  # fmt: skip
    if not first < last:
        return 0, first, last, 0.0
    fastest = 0.0
    for i in range(position_eci_m.shape[0]):
        v = velocity_eci_m_s[i]
        fastest = max(fastest, v[0] * v[0] + v[1] * v[1] + v[2] * v[2])
    fastest = _SPEED_MARGIN * math.sqrt(fastest)
    target_speed, bow = bound_path(path, first, last)
    farthest = reach_m(interceptor.acceleration_m_s2, interceptor.delta_v_m_s, last - ignition_s)
    n_near = _find_near(
        position_eci_m, velocity_eci_m_s, ready, first - states_s, last - first,
        place_at(path, first), place_at(path, last), farthest - reserve_m, fastest, target_speed,
        bow, near,
    )  # fmt: skip
    return n_near, first, last, fastest + target_speed + interceptor.delta_v_m_s


@kernel
def _find_shots(
    interceptor: OrbitalInterceptor,
    position_eci_m: Floats,
    velocity_eci_m_s: Floats,
    ready: Flags,
    states_s: float,
    path: TargetPath,
    ignition_s: float,
    latest_s: float,
    reserve_m: float,
    satellite: Integers,
    found: Floats,
) -> int:
    """Fill the best satellites, and for each the columns of `OrbitalShots`; number in reach."""
    satellite[:] = -1
    near = np.empty(position_eci_m.shape[0], np.int64)
    n_near, first, last, closing = _find_candidates(
        interceptor, position_eci_m, velocity_eci_m_s, ready, states_s, path, ignition_s, latest_s,
        reserve_m, near,
    )  # fmt: skip
    n_in_reach = 0
    for m in range(n_near):
        i = near[m]
        state = coast(_state_of(position_eci_m, velocity_eci_m_s, i), ignition_s - states_s)
        time, margin = _find_intercept(
            interceptor, state, ignition_s, path, first, last, closing, reserve_m
        )
        if not math.isnan(time):
            n_in_reach += 1
            _keep_best(satellite, found[:, 0], found[:, 1], i, time, margin)
    for m in range(min(n_in_reach, satellite.shape[0])):
        i, time = satellite[m], found[m, 0]
        state = coast(_state_of(position_eci_m, velocity_eci_m_s, i), ignition_s - states_s)
        x, y, z = place_at(path, time)
        _, _, _, _, vx, vy, vz = solve_burn(
            state, time - ignition_s, x, y, z, interceptor.acceleration_m_s2,
            interceptor.delta_v_m_s,
        )  # fmt: skip
        wx, wy, wz = velocity_at(path, time)
        closing_m_s = math.sqrt((vx - wx) ** 2 + (vy - wy) ** 2 + (vz - wz) ** 2)
        column = 2
        for value in (x, y, z, vx, vy, vz, closing_m_s):
            found[m, column] = value
            column += 1
    return n_in_reach


@kernel
def _find_intercept(
    interceptor: OrbitalInterceptor,
    state: State,
    ignition_s: float,
    path: TargetPath,
    first_s: float,
    last_s: float,
    closing_m_s: float,
    reserve_m: float,
) -> tuple[float, float]:
    """Earliest time in [first, last] at which the target is in reach, and the margin; NaN: never.

    `closing_m_s` bounds the speed at which the shortfall can shrink: steps of shortfall over it
    never pass over a crossing.
    """
    lower = time = first_s
    short = _shortfall(interceptor, state, ignition_s, path, time, reserve_m)
    while short > 0.0 and time < last_s:
        lower = time
        time = min(time + max(short / closing_m_s, _SHORTEST_STEP_S), last_s)
        short = _shortfall(interceptor, state, ignition_s, path, time, reserve_m)
    if short > 0.0:
        return math.nan, math.nan
    while time - lower > _TIME_TOLERANCE_S:
        middle = 0.5 * (lower + time)
        trial = _shortfall(interceptor, state, ignition_s, path, middle, reserve_m)
        if trial > 0.0:
            lower = middle
        else:
            time = middle
            short = trial
    return time, -short


@kernel
def _state_of(position_eci_m: Floats, velocity_eci_m_s: Floats, i: int) -> State:
    p = position_eci_m[i]
    v = velocity_eci_m_s[i]
    return p[0], p[1], p[2], v[0], v[1], v[2]


@kernel
def _find_near(
    position_eci_m: Floats,
    velocity_eci_m_s: Floats,
    ready: Flags,
    delay_s: float,
    span_s: float,
    a: tuple[float, float, float],
    b: tuple[float, float, float],
    reach_m: float,
    satellite_speed_m_s: float,
    target_speed_m_s: float,
    bow_m: float,
    near: Integers,
) -> int:
    """Rows of satellites that may come within reach of a target that goes from a to b.

    First a ball that no satellite outside can leave in time; then the segment between the relative
    places at both ends of the window, widened by all that bends it.
    """
    if reach_m <= 0.0:
        return 0
    total = delay_s + span_s
    # Reach and way to fly shrink towards earlier times, but the target may be nearer then: the ball
    # about its last place is widened by its own way.
    ball = reach_m + satellite_speed_m_s * total + target_speed_m_s * span_s
    bend = 0.125 * _HIGHEST_GRAVITY_M_S2 * span_s * span_s + bow_m + _SEGMENT_MARGIN_M
    n_near = 0
    for i in range(position_eci_m.shape[0]):
        x = position_eci_m[i, 0]
        y = position_eci_m[i, 1]
        z = position_eci_m[i, 2]
        dx, dy, dz = b[0] - x, b[1] - y, b[2] - z
        if dx * dx + dy * dy + dz * dz > ball * ball or not ready[i]:
            continue
        vx = velocity_eci_m_s[i, 0]
        vy = velocity_eci_m_s[i, 1]
        vz = velocity_eci_m_s[i, 2]
        rate2 = EARTH_MU_M3_S2 / (x * x + y * y + z * z) ** 1.5
        f, g = _drift(rate2, delay_s)
        px, py, pz = a[0] - f * x - g * vx, a[1] - f * y - g * vy, a[2] - f * z - g * vz
        f, g = _drift(rate2, total)
        qx, qy, qz = b[0] - f * x - g * vx, b[1] - f * y - g * vy, b[2] - f * z - g * vz
        wx, wy, wz = qx - px, qy - py, qz - pz
        length2 = wx * wx + wy * wy + wz * wz
        part = 0.0
        if length2 > 0.0:
            part = min(max(-(px * wx + py * wy + pz * wz) / length2, 0.0), 1.0)
        mx, my, mz = px + part * wx, py + part * wy, pz + part * wz
        allowed = _REACH_MARGIN * reach_m + bend
        if mx * mx + my * my + mz * mz <= allowed * allowed:
            near[n_near] = i
            n_near += 1
    return n_near


@kernel
def _drift(rate2: float, time_s: float) -> tuple[float, float]:
    """Lagrange's f and g of a circular orbit of squared angular rate `rate2` [1/s2], to t^7."""
    q = rate2 * time_s * time_s
    f = 1.0 - q / 2.0 * (1.0 - q / 12.0 * (1.0 - q / 30.0))
    g = time_s * (1.0 - q / 6.0 * (1.0 - q / 20.0 * (1.0 - q / 42.0)))
    return f, g


@kernel
def _shortfall(
    interceptor: OrbitalInterceptor,
    ignition_state: State,
    ignition_s: float,
    path: TargetPath,
    time_s: float,
    reserve_m: float,
) -> float:
    """Needed displacement, with the reserve, beyond the reach at a time [m]; negative: in reach."""
    flight = time_s - ignition_s
    x, y, z = place_at(path, time_s)
    dx, dy, dz, _, _, _ = needed_displacement(
        ignition_state, flight, x, y, z, interceptor.acceleration_m_s2, interceptor.delta_v_m_s
    )
    reach = reach_m(interceptor.acceleration_m_s2, interceptor.delta_v_m_s, flight)
    return math.sqrt(dx * dx + dy * dy + dz * dz) + reserve_m - reach


@kernel
def _keep_best(
    satellite: Integers, intercept_s: Floats, margin_m: Floats, i: int, time_s: float, margin: float
) -> None:
    """Insert a satellite into its rank; the last falls out where the list is full."""
    n_best = satellite.shape[0]
    rank = n_best
    while rank > 0 and (
        satellite[rank - 1] < 0
        or time_s < intercept_s[rank - 1]
        or (time_s == intercept_s[rank - 1] and margin > margin_m[rank - 1])
    ):
        rank -= 1
    for m in range(n_best - 1, rank, -1):
        satellite[m] = satellite[m - 1]
        intercept_s[m] = intercept_s[m - 1]
        margin_m[m] = margin_m[m - 1]
    if rank < n_best:
        satellite[rank] = i
        intercept_s[rank] = time_s
        margin_m[rank] = margin
