"""Feasibility: for every threatening track and shooter, the earliest intercept in reach."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from opendome.interceptors.ground import FlyoutTables, earliest_intercept
from opendome.physics.hermite import interpolate, interpolate_slope
from opendome.physics.jit import kernel
from opendome.tables.codes import BOOST_PHASE
from opendome.tables.forces import GROUND, IDEAL, InterceptorTypes, Shooters
from opendome.tables.tracks import Predictions
from opendome.tables.truth import Floats


class Windows(NamedTuple):
    """Earliest intercept of each track by each shooter; NaN where none is in reach."""

    launch_s: Floats  # (n_tracks, n_shooters)
    intercept_s: Floats  # (n_tracks, n_shooters)
    intercept_eci_m: Floats  # (n_tracks, n_shooters, 3)
    sigma_m: Floats  # (n_tracks, n_shooters) predicted position error there


@kernel
def predicted_state(predictions, i, time_s):  # type: ignore[no-untyped-def]
    """Predicted x, y, z [m], vx, vy, vz [m/s] (eci) and one-sigma [m] of row `i`; NaN off the path."""
    nan = math.nan
    step = predictions.step_s[i]
    offset = (time_s - predictions.start_s[i]) / step
    last = predictions.n_points[i] - 1
    if last < 1 or offset < -1e-9 or offset > last + 1e-9:
        return nan, nan, nan, nan, nan, nan, nan
    j = min(max(int(offset), 0), last - 1)
    f = min(max(offset - j, 0.0), 1.0)
    p = predictions.position_eci_m[i]
    v = predictions.velocity_eci_m_s[i]
    sigma = predictions.sigma_m[i, j] * (1.0 - f) + predictions.sigma_m[i, j + 1] * f
    return (
        interpolate(p[j, 0], v[j, 0], p[j + 1, 0], v[j + 1, 0], step, f),
        interpolate(p[j, 1], v[j, 1], p[j + 1, 1], v[j + 1, 1], step, f),
        interpolate(p[j, 2], v[j, 2], p[j + 1, 2], v[j + 1, 2], step, f),
        interpolate_slope(p[j, 0], v[j, 0], p[j + 1, 0], v[j + 1, 0], step, f),
        interpolate_slope(p[j, 1], v[j, 1], p[j + 1, 1], v[j + 1, 1], step, f),
        interpolate_slope(p[j, 2], v[j, 2], p[j + 1, 2], v[j + 1, 2], step, f),
        sigma,
    )


@kernel
def find_window(predictions, i, shooters, s, types, flyouts, gmst0_rad, earliest_launch_s):  # type: ignore[no-untyped-def]
    """Earliest intercept of predicted track `i` by ground or ideal shooter `s`.

    Returns (launch [s], intercept [s], x, y, z [m, eci], sigma [m]); NaN where none is in reach.
    """
    k = shooters.interceptor[s]
    nan = math.nan
    if types.launch_kind[k] == IDEAL:
        intercept = earliest_launch_s + types.flight_s[k]
        x, y, z, _, _, _, sigma = predicted_state(predictions, i, intercept)
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
        predictions.start_s[i],
        predictions.step_s[i],
        predictions.n_points[i],
        predictions.position_eci_m[i],
        predictions.velocity_eci_m_s[i],
        gmst0_rad,
        earliest_launch_s,
        types.min_altitude_m[k],
        types.max_altitude_m[k],
    )
    if math.isnan(intercept):
        return nan, nan, nan, nan, nan, nan
    _, _, _, _, _, _, sigma = predicted_state(predictions, i, intercept)
    return launch, intercept, x, y, z, sigma


@kernel
def _find_windows(predictions, wanted, earliest, shooters, types, flyouts, gmst0_rad, windows):  # type: ignore[no-untyped-def]
    for i in range(predictions.slot.shape[0]):
        for s in range(shooters.interceptor.shape[0]):
            if not wanted[i]:
                continue
            launch, intercept, x, y, z, sigma = find_window(
                predictions, i, shooters, s, types, flyouts, gmst0_rad, earliest[i, s]
            )
            windows.launch_s[i, s] = launch
            windows.intercept_s[i, s] = intercept
            windows.intercept_eci_m[i, s, 0] = x
            windows.intercept_eci_m[i, s, 1] = y
            windows.intercept_eci_m[i, s, 2] = z
            windows.sigma_m[i, s] = sigma


def find_windows(
    predictions: Predictions,
    wanted: Floats,
    earliest_launch_s: Floats,
    shooters: Shooters,
    types: InterceptorTypes,
    flyouts: FlyoutTables,
    gmst0_rad: float,
) -> Windows:
    """Earliest intercept of each wanted track by each ground or ideal shooter.

    Parameters
    ----------
    predictions : Predictions with n rows
    wanted : (n,) bool
    earliest_launch_s : (n, n_shooters)
    shooters, types, flyouts : the defender's forces
    gmst0_rad : float
        Earth angle at time zero.

    Returns
    -------
    windows : Windows
        Rows of constellations are NaN: reach from orbit is `interceptors.orbital`.
    """
    shape = (predictions.slot.shape[0], shooters.interceptor.shape[0])
    windows = Windows(
        np.full(shape, np.nan),
        np.full(shape, np.nan),
        np.full((*shape, 3), np.nan),
        np.full(shape, np.nan),
    )
    _find_windows(
        predictions, wanted, earliest_launch_s, shooters, types, flyouts, gmst0_rad, windows
    )
    return windows
