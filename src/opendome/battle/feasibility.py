"""Feasibility: for every threatening track and shooter, the earliest intercept in reach."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from opendome.battle.target_classes import believed_class
from opendome.interceptors.direct import DirectReach, earliest_direct
from opendome.interceptors.ground import FlyoutTables, Limits, earliest_intercept
from opendome.interceptors.target_path import TargetPath, place_at
from opendome.physics.constants import EARTH_MEAN_RADIUS_M
from opendome.physics.frames import earth_angle, ecef_from_eci
from opendome.physics.jit import kernel
from opendome.tables.codes import (
    BALLISTIC_PHASE,
    BOOST_PHASE,
    CRUISE_PHASE,
    GLIDE_PHASE,
    TARGET_CLASSES,
)
from opendome.tables.forces import DIRECT, GROUND, IDEAL, InterceptorTypes, Shooters
from opendome.tables.tracks import Predictions
from opendome.tables.truth import Flags, Floats, Integers

_GLIDE: Final = TARGET_CLASSES.index("glide")
_CRUISE: Final = TARGET_CLASSES.index("cruise")
# Margins of the cheap test: path curvature, the Earth's flattening, speed gained in the fall.
_STRIDE_MARGIN: Final = 1.1
_HEIGHT_MARGIN_M: Final = 30e3
_FASTEST_FALL_M_S: Final = 8e3


class Windows(NamedTuple):
    """Earliest intercept of each wanted track by each shooter; NaN where none is in reach."""

    launch_s: Floats  # (n_tracks, n_shooters)
    intercept_s: Floats  # (n_tracks, n_shooters)
    sigma_m: Floats  # (n_tracks, n_shooters) predicted position error there


@kernel
def may_kill(chances: Floats, phase: int) -> bool:
    """Whether a type with these kill probabilities by class ever kills what flies in a phase."""
    if phase == GLIDE_PHASE:
        return bool(chances[_GLIDE] > 0.0)
    if phase == CRUISE_PHASE:
        return bool(chances[_CRUISE] > 0.0)
    first, end = (0, 1) if phase == BOOST_PHASE else (1, _GLIDE)
    return bool(chances[first:end].any())


@kernel
def _path_from(predictions: Predictions, i: int, first: int, end: int) -> TargetPath:
    """Points from `first` to before `end` of the path of predicted track `i`."""
    return TargetPath(
        predictions.start_s[i] + first * predictions.step_s[i],
        predictions.step_s[i],
        end - first,
        predictions.position_eci_m[i, first:],
        predictions.velocity_eci_m_s[i, first:],
    )


@kernel
def predicted_place(
    predictions: Predictions, i: int, time_s: float
) -> tuple[float, float, float, float]:
    """Predicted x, y, z and one-sigma [m, eci] of row `i`; NaN off the path."""
    step_s, n_points = predictions.step_s[i], predictions.n_points[i]
    offset = (time_s - predictions.start_s[i]) / step_s
    if n_points < 2 or offset < -1e-9 or offset > n_points - 1 + 1e-9:
        return math.nan, math.nan, math.nan, math.nan
    x, y, z = place_at(_path_from(predictions, i, 0, n_points), time_s)
    j = min(max(int(offset), 0), n_points - 2)
    f = min(max(offset - j, 0.0), 1.0)
    return x, y, z, predictions.sigma_m[i, j] * (1.0 - f) + predictions.sigma_m[i, j + 1] * f


@kernel
def find_limits(predictions: Predictions, i: int, types: InterceptorTypes, k: int) -> Limits:
    """Limits of intercepts of predicted track `i` by type `k`, by what it is taken for."""
    target = believed_class(
        predictions.phase[i], predictions.position_eci_m[i, 0], predictions.velocity_eci_m_s[i, 0]
    )
    return Limits(
        types.min_altitude_m[k],
        types.max_altitude_m[k],
        types.max_closing_speed_m_s[k, target],
        types.min_range_m[k],
    )


@kernel
def find_window(
    predictions: Predictions,
    i: int,
    shooters: Shooters,
    s: int,
    types: InterceptorTypes,
    flyouts: FlyoutTables,
    gmst0_rad: float,
    earliest_launch_s: float,
    first: int,
    end: int,
) -> tuple[float, float, float, float, float, float]:
    """Earliest intercept of predicted track `i` by ground or ideal shooter `s`.

    Batteries look at path points from `first` to before `end`. Returns (launch [s], intercept [s],
    x, y, z [m, eci], sigma [m]); NaN where none is in reach.
    """
    k = shooters.interceptor[s]
    nan = math.nan
    if not may_kill(types.kill_probability[k], predictions.phase[i]):
        return nan, nan, nan, nan, nan, nan
    if types.launch_kind[k] == IDEAL:
        intercept = earliest_launch_s + types.flight_s[k]
        x, y, z, sigma = predicted_place(predictions, i, intercept)
        if math.isnan(x):
            return nan, nan, nan, nan, nan, nan
        return earliest_launch_s, intercept, x, y, z, sigma
    if types.launch_kind[k] != GROUND or predictions.phase[i] == BOOST_PHASE:
        return nan, nan, nan, nan, nan, nan
    intercept, launch, x, y, z = earliest_intercept(
        flyouts,
        shooters.flyout_table[s],
        shooters.latitude_rad[s],
        shooters.longitude_rad[s],
        _path_from(predictions, i, first, end),
        predictions.sigma_m[i, first:],
        gmst0_rad,
        earliest_launch_s,
        find_limits(predictions, i, types, k),
    )
    if math.isnan(intercept):
        return nan, nan, nan, nan, nan, nan
    _, _, _, sigma = predicted_place(predictions, i, intercept)
    return launch, intercept, x, y, z, sigma


@kernel
def _fix_path(predictions: Predictions, i: int, gmst0_rad: float, ground: Floats) -> None:
    """Earth-fixed directions and heights of a path's points into `ground` (m, 4)."""
    for j in range(predictions.n_points[i]):
        p = predictions.position_eci_m[i, j]
        time_s = predictions.start_s[i] + j * predictions.step_s[i]
        x, y, z = ecef_from_eci(p[0], p[1], p[2], earth_angle(gmst0_rad, time_s))
        r = math.sqrt(x * x + y * y + z * z)
        ground[j, 0] = x / r
        ground[j, 1] = y / r
        ground[j, 2] = z / r
        ground[j, 3] = r - EARTH_MEAN_RADIUS_M


@kernel
def _find_stride(predictions: Predictions, i: int) -> float:
    """What an object goes between two points of its path, at most [m]."""
    v = predictions.velocity_eci_m_s[i, 0]
    speed_m_s = math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2])
    return float(_STRIDE_MARGIN * predictions.step_s[i] * max(speed_m_s, _FASTEST_FALL_M_S))


@kernel
def _find_low_parts(
    ground: Floats, n_points: int, types: InterceptorTypes, stride_m: float, low: Integers
) -> None:
    """Fill the first point of a path that each type may reach by height, and the end of them."""
    for k in range(low.shape[0]):
        highest_m = types.max_altitude_m[k] + stride_m + _HEIGHT_MARGIN_M
        first, end = 0, n_points
        while first < end and not ground[first, 3] <= highest_m:
            first += 1
        while first < end and not ground[end - 1, 3] <= highest_m:
            end -= 1
        low[k, 0] = first
        low[k, 1] = end


@kernel
def _find_near_part(
    n_points: int,
    ground: Floats,
    shooters: Shooters,
    s: int,
    types: InterceptorTypes,
    flyouts: FlyoutTables,
    stride_m: float,
    low: Integers,
) -> tuple[int, int]:
    """First point of a path and end of points in reach of a battery: cheap, and never too few.

    None are in reach where both are equal. The angle to the site is compared with the largest range
    of its table, widened by what the object may go between two points; heights likewise.
    """
    k = shooters.interceptor[s]
    table = shooters.flyout_table[s]
    if table < 0:
        return 0, n_points
    reach_m = (flyouts.n_ranges[table] - 1) * flyouts.range_step_m[table] + stride_m
    least_cosine = math.cos(min(reach_m / EARTH_MEAN_RADIUS_M + 0.01, math.pi))
    highest_m = types.max_altitude_m[k] + stride_m + _HEIGHT_MARGIN_M
    site = shooters.position_ecef_m[s]
    r = math.sqrt(site[0] ** 2 + site[1] ** 2 + site[2] ** 2)
    first = end = 0
    for j in range(low[k, 0], low[k, 1]):
        if ground[j, 3] <= highest_m:
            cosine = (ground[j, 0] * site[0] + ground[j, 1] * site[1] + ground[j, 2] * site[2]) / r
            if cosine >= least_cosine:
                first = j if end == 0 else first
                end = j + 1
    return first, end


@kernel
def _find_windows(
    predictions: Predictions,
    wanted: Flags,
    firm_s: Floats,
    time_s: float,
    shooters: Shooters,
    types: InterceptorTypes,
    flyouts: FlyoutTables,
    gmst0_rad: float,
    windows: Windows,
) -> None:
    ground = np.empty((predictions.position_eci_m.shape[1], 4))
    low = np.empty((types.max_altitude_m.shape[0], 2), np.int64)
    for i in range(predictions.slot.shape[0]):
        if not wanted[i]:
            continue
        _fix_path(predictions, i, gmst0_rad, ground)
        n_points = predictions.n_points[i]
        stride_m = _find_stride(predictions, i)
        _find_low_parts(ground, n_points, types, stride_m, low)
        for s in range(shooters.interceptor.shape[0]):
            launch = intercept = sigma = math.nan
            first = end = 0
            k = shooters.interceptor[s]
            if may_kill(types.kill_probability[k], predictions.phase[i]):
                first, end = _find_near_part(
                    n_points, ground, shooters, s, types, flyouts, stride_m, low
                )
            if first < end:
                earliest = max(time_s, firm_s[i] + types.decision_s[k])
                earliest += shooters.order_s[s] + types.reaction_s[k]
                launch, intercept, _, _, _, sigma = find_window(
                    predictions, i, shooters, s, types, flyouts, gmst0_rad, earliest, first, end
                )
            windows.launch_s[i, s] = launch
            windows.intercept_s[i, s] = intercept
            windows.sigma_m[i, s] = sigma


@kernel
def find_direct_window(
    predictions: Predictions,
    i: int,
    shooters: Shooters,
    s: int,
    types: InterceptorTypes,
    gmst0_rad: float,
    earliest_launch_s: float,
) -> tuple[float, float, float, float, float, float]:
    """As `find_window`, of a shooter whose interceptors go straight."""
    k = shooters.interceptor[s]
    limits = find_limits(predictions, i, types, k)
    reach = DirectReach(
        types.speed_m_s[k], types.min_range_m[k], types.max_range_m[k],
        types.aircraft_speed_m_s[k], types.radius_m[k], types.max_flight_s[k],
        types.min_altitude_m[k], types.max_altitude_m[k], types.sight_height_m[k],
        limits.max_closing_speed_m_s,
    )  # fmt: skip
    path = _path_from(predictions, i, 0, predictions.n_points[i])
    site = shooters.position_ecef_m[s]
    intercept, launch, x, y, z = earliest_direct(
        reach, site[0], site[1], site[2], path, gmst0_rad, earliest_launch_s
    )
    if math.isnan(intercept):
        return math.nan, math.nan, math.nan, math.nan, math.nan, math.nan
    # Beyond the path's end the error goes on growing as over its last step.
    offset = (intercept - path.start_s) / path.step_s
    j = min(max(int(offset), 0), path.n_points - 2)
    f = max(offset - j, 0.0)
    sigma = predictions.sigma_m[i, j] * (1.0 - f) + predictions.sigma_m[i, j + 1] * f
    return launch, intercept, x, y, z, sigma


@kernel
def _find_direct_windows(
    predictions: Predictions,
    wanted: Flags,
    firm_s: Floats,
    time_s: float,
    shooters: Shooters,
    types: InterceptorTypes,
    gmst0_rad: float,
    windows: Windows,
) -> None:
    for i in range(predictions.slot.shape[0]):
        phase = predictions.phase[i]
        if not wanted[i] or phase == BOOST_PHASE:
            continue
        for s in range(shooters.interceptor.shape[0]):
            k = shooters.interceptor[s]
            # A patrol that nobody flies has no place.
            if types.launch_kind[k] != DIRECT or math.isnan(shooters.position_ecef_m[s, 0]):
                continue
            if not may_kill(types.kill_probability[k], phase):
                continue
            lead_s = shooters.order_s[s] + types.reaction_s[k]
            earliest = max(time_s, firm_s[i] + types.decision_s[k]) + lead_s
            launch, intercept, _, _, _, sigma = find_direct_window(
                predictions, i, shooters, s, types, gmst0_rad, earliest
            )
            windows.launch_s[i, s] = launch
            windows.intercept_s[i, s] = intercept
            windows.sigma_m[i, s] = sigma


def find_shot(
    predictions: Predictions,
    i: int,
    shooters: Shooters,
    s: int,
    types: InterceptorTypes,
    flyouts: FlyoutTables,
    gmst0_rad: float,
    earliest_launch_s: float,
) -> tuple[float, float, float, float, float, float]:
    """Earliest intercept of predicted track `i` by a shooter that is not in orbit.

    Returns as `find_window`. Kernels of launch kinds that a defence has not are not compiled.
    """
    if types.launch_kind[shooters.interceptor[s]] == DIRECT:
        return find_direct_window(predictions, i, shooters, s, types, gmst0_rad, earliest_launch_s)
    return find_window(
        predictions, i, shooters, s, types, flyouts, gmst0_rad, earliest_launch_s, 0,
        int(predictions.n_points[i]),
    )  # fmt: skip


def _may_go_straight(predictions: Predictions, wanted: Flags, types: InterceptorTypes) -> bool:
    """Whether some type that goes straight is any use now: if not, its kernel is not needed."""
    direct = types.kill_probability[types.launch_kind == DIRECT]
    if not direct.size:
        return False
    useful = direct.any(axis=0)
    phase = predictions.phase[wanted]
    return bool(
        (useful[_GLIDE] and (phase == GLIDE_PHASE).any())
        or (useful[_CRUISE] and (phase == CRUISE_PHASE).any())
        or (useful[1:_GLIDE].any() and (phase == BALLISTIC_PHASE).any())
    )


def find_windows(
    predictions: Predictions,
    wanted: Flags,
    firm_s: Floats,
    time_s: float,
    shooters: Shooters,
    types: InterceptorTypes,
    flyouts: FlyoutTables,
    gmst0_rad: float,
) -> Windows:
    """Earliest intercept of each wanted track by each shooter that is not in orbit.

    Parameters
    ----------
    predictions : Predictions with n rows
    wanted : (n,) bool
    firm_s : (n,) float64
        When each track became firm: `decision_s` later it may be shot at.
    time_s : float
        No order before this.
    shooters, types, flyouts : the defender's forces
    gmst0_rad : float
        Earth angle at time zero.

    Returns
    -------
    windows : Windows
        Constellations are NaN: reach from orbit is `interceptors.orbital`. Rows that are not
        wanted hold anything.
    """
    shape = (predictions.slot.shape[0], shooters.interceptor.shape[0])
    windows = Windows(np.empty(shape), np.empty(shape), np.empty(shape))
    _find_windows(predictions, wanted, firm_s, time_s, shooters, types, flyouts, gmst0_rad, windows)
    if _may_go_straight(predictions, wanted, types):
        _find_direct_windows(
            predictions, wanted, firm_s, time_s, shooters, types, gmst0_rad, windows
        )
    return windows
