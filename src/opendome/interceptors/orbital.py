"""Which satellites of a constellation of interceptors can meet a predicted target, and when."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from opendome.interceptors.orbital_flight import State, coast, needed_displacement, solve_burn
from opendome.interceptors.reach import reach_m
from opendome.interceptors.target_path import TargetPaths, bound_path, find_high_part, target_at
from opendome.physics.constants import EARTH_MU_M3_S2
from opendome.physics.jit import kernel
from opendome.tables.truth import Flags, Floats, Integers

__all__ = ["OrbitalInterceptor", "OrbitalShots", "TargetPaths", "find_orbital_shots"]

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
    """The best satellites for each target: earliest intercept first, then largest margin."""

    n_in_reach: Integers  # (n,) satellites that could meet the target at all
    satellite: Integers  # (n, n_best) row of the satellite; -1: no further one
    intercept_s: Floats  # (n, n_best) NaN where there is none, as in all below
    intercept_eci_m: Floats  # (n, n_best, 3)
    margin_m: Floats  # (n, n_best) reach left over at intercept
    thrust_eci: Floats  # (n, n_best, 3) unit vector
    burn_s: Floats  # (n, n_best)
    arrival_velocity_eci_m_s: Floats  # (n, n_best, 3)


def find_orbital_shots(
    interceptor: OrbitalInterceptor,
    position_eci_m: Floats,
    velocity_eci_m_s: Floats,
    ready: Flags,
    states_s: float,
    paths: TargetPaths,
    ignition_s: Floats,
    latest_s: Floats,
    reserve_m: float = 0.0,
    n_best: int = 8,
) -> OrbitalShots:
    """Satellites that can meet each predicted target between ignition and the latest useful time.

    Parameters
    ----------
    interceptor : OrbitalInterceptor
    position_eci_m, velocity_eci_m_s : (n_satellites, 3) float64
        States of all satellites at `states_s`.
    ready : (n_satellites,) bool
        Satellites that still hold an interceptor.
    states_s : float
        Time of the states, at most a few minutes before ignition.
    paths : TargetPaths
        Predicted targets; nothing is met outside their span.
    ignition_s : (n_targets,) float64
        Earliest ignition for each target, not before `states_s`.
    latest_s : (n_targets,) float64
        Latest useful intercept, such as the estimated burnout.
    reserve_m : float
        Reach held back at every intercept, for the error of the prediction.
    n_best : int
        Satellites wanted per target.

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
    n_targets = paths.start_s.shape[0]
    if position_eci_m.shape != velocity_eci_m_s.shape or position_eci_m.shape[1:] != (3,):
        raise ValueError("satellite positions and velocities must both have shape (n, 3)")
    if ready.shape != position_eci_m.shape[:1]:
        raise ValueError(f"{ready.size} ready flags for {position_eci_m.shape[0]} satellites")
    if ignition_s.shape != (n_targets,) or latest_s.shape != (n_targets,):
        raise ValueError(f"ignition and latest time must have one value for each of {n_targets}")
    if np.any(ignition_s < states_s):
        raise ValueError("ignition must not come before the time of the satellites' states")
    shots = OrbitalShots(
        n_in_reach=np.zeros(n_targets, np.int64),
        satellite=np.full((n_targets, n_best), -1, np.int64),
        intercept_s=np.full((n_targets, n_best), np.nan),
        intercept_eci_m=np.full((n_targets, n_best, 3), np.nan),
        margin_m=np.full((n_targets, n_best), np.nan),
        thrust_eci=np.full((n_targets, n_best, 3), np.nan),
        burn_s=np.full((n_targets, n_best), np.nan),
        arrival_velocity_eci_m_s=np.full((n_targets, n_best, 3), np.nan),
    )
    _find_shots(
        interceptor, np.ascontiguousarray(position_eci_m), np.ascontiguousarray(velocity_eci_m_s),
        ready, states_s, paths, ignition_s, latest_s, float(reserve_m), shots,
    )  # fmt: skip
    return shots


@kernel
def _find_shots(
    interceptor: OrbitalInterceptor,
    position_eci_m: Floats,
    velocity_eci_m_s: Floats,
    ready: Flags,
    states_s: float,
    paths: TargetPaths,
    ignition_s: Floats,
    latest_s: Floats,
    reserve_m: float,
    shots: OrbitalShots,
) -> None:
    n_satellites = position_eci_m.shape[0]
    near = np.empty(n_satellites, np.int64)
    fastest = 0.0
    for i in range(n_satellites):
        v = velocity_eci_m_s[i]
        fastest = max(fastest, v[0] * v[0] + v[1] * v[1] + v[2] * v[2])
    fastest = _SPEED_MARGIN * math.sqrt(fastest)
    for k in range(ignition_s.shape[0]):
        ignition = ignition_s[k]
        first, last = find_high_part(
            paths, k, interceptor.minimum_altitude_m, ignition,
            min(latest_s[k], ignition + interceptor.maximum_flight_s),
        )  # fmt: skip
        if not first < last:
            continue
        target_speed, bow = bound_path(paths, k, first, last)
        farthest = reach_m(interceptor.acceleration_m_s2, interceptor.delta_v_m_s, last - ignition)
        n_near = _find_near(
            position_eci_m, velocity_eci_m_s, ready, first - states_s, last - first,
            target_at(paths, k, first), target_at(paths, k, last),
            farthest - reserve_m, fastest, target_speed, bow, near,
        )  # fmt: skip
        closing = fastest + target_speed + interceptor.delta_v_m_s
        for m in range(n_near):
            i = near[m]
            state = coast(_state_of(position_eci_m, velocity_eci_m_s, i), ignition - states_s)
            time, margin = _find_intercept(
                interceptor, state, ignition, paths, k, first, last, closing, reserve_m
            )
            if not math.isnan(time):
                shots.n_in_reach[k] += 1
                _keep_best(
                    shots.satellite[k], shots.intercept_s[k], shots.margin_m[k], i, time, margin
                )
        for m in range(shots.satellite.shape[1]):
            i = shots.satellite[k, m]
            if i < 0:
                break
            time = shots.intercept_s[k, m]
            state = coast(_state_of(position_eci_m, velocity_eci_m_s, i), ignition - states_s)
            x, y, z = target_at(paths, k, time)
            ux, uy, uz, burn, vx, vy, vz = solve_burn(
                state, time - ignition, x, y, z,
                interceptor.acceleration_m_s2, interceptor.delta_v_m_s,
            )  # fmt: skip
            _write(shots.intercept_eci_m[k, m], x, y, z)
            _write(shots.thrust_eci[k, m], ux, uy, uz)
            _write(shots.arrival_velocity_eci_m_s[k, m], vx, vy, vz)
            shots.burn_s[k, m] = burn


@kernel
def _find_intercept(
    interceptor: OrbitalInterceptor,
    state: State,
    ignition_s: float,
    paths: TargetPaths,
    k: int,
    first_s: float,
    last_s: float,
    closing_m_s: float,
    reserve_m: float,
) -> tuple[float, float]:
    """Earliest time in [first, last] at which target k is in reach, and the margin; NaN: never.

    `closing_m_s` bounds the speed at which the shortfall can shrink: steps of shortfall over it
    never pass over a crossing.
    """
    lower = time = first_s
    short = _shortfall(interceptor, state, ignition_s, paths, k, time, reserve_m)
    while short > 0.0 and time < last_s:
        lower = time
        time = min(time + max(short / closing_m_s, _SHORTEST_STEP_S), last_s)
        short = _shortfall(interceptor, state, ignition_s, paths, k, time, reserve_m)
    if short > 0.0:
        return math.nan, math.nan
    while time - lower > _TIME_TOLERANCE_S:
        middle = 0.5 * (lower + time)
        trial = _shortfall(interceptor, state, ignition_s, paths, k, middle, reserve_m)
        if trial > 0.0:
            lower = middle
        else:
            time = middle
            short = trial
    return time, -short


@kernel
def _write(row: Floats, x: float, y: float, z: float) -> None:
    row[0] = x
    row[1] = y
    row[2] = z


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
    paths: TargetPaths,
    k: int,
    time_s: float,
    reserve_m: float,
) -> float:
    """Needed displacement, with the reserve, beyond the reach at a time [m]; negative: in reach."""
    flight = time_s - ignition_s
    x, y, z = target_at(paths, k, time_s)
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
