"""Where tracks are going: paths with their errors, predicted impact points, expected burnout."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from opendome.errors import BadInput
from opendome.physics.constants import (
    EARTH_FLATTENING,
    EARTH_ROTATION_RAD_S,
)
from opendome.physics.jit import kernel
from opendome.tables.codes import BOOST_PHASE, FREE
from opendome.tables.tracks import Predictions, Tracks
from opendome.tables.truth import Floats, Integers
from opendome.tracking.initiator import copy_state
from opendome.tracking.measurement_model import tangent_axes
from opendome.tracking.phases import end_thrust, estimate_burnout
from opendome.tracking.predictor import (
    choose_ballistic_step,
    height_above_ellipsoid,
    predict_ballistic,
    predict_boost,
    step_ballistic,
)
from opendome.tracking.settings import Settings

_FULL_TURN: Final = 2.0 * math.pi
_MOST_DOUBLINGS: Final = 2  # a path that does not fit is tried again with wider spacing


@kernel
def largest_axis(c: Floats) -> float:
    """Root of the largest eigenvalue of the upper left 3 x 3 block of a covariance.

    Source: Smith (1961), "Eigenvalues of a symmetric 3 x 3 matrix", CACM 4(4).
    """
    mean = (c[0, 0] + c[1, 1] + c[2, 2]) / 3.0
    a = c[0, 0] - mean
    b = c[1, 1] - mean
    d = c[2, 2] - mean
    off = c[0, 1] * c[0, 1] + c[0, 2] * c[0, 2] + c[1, 2] * c[1, 2]
    p = math.sqrt(max((a * a + b * b + d * d + 2.0 * off) / 6.0, 0.0))
    if p <= 1e-12 * mean:
        return math.sqrt(max(mean, 0.0))
    determinant = (
        a * (b * d - c[1, 2] * c[1, 2])
        - c[0, 1] * (c[0, 1] * d - c[1, 2] * c[0, 2])
        + c[0, 2] * (c[0, 1] * c[1, 2] - b * c[0, 2])
    )
    cosine = min(max(0.5 * determinant / (p * p * p), -1.0), 1.0)
    return math.sqrt(max(mean + 2.0 * p * math.cos(math.acos(cosine) / 3.0), 0.0))


@kernel
def _write_point(
    state: Floats, covariance: Floats, position: Floats, velocity: Floats, sigma: Floats, k: int
) -> None:
    for i in range(3):
        position[k, i] = state[i]
        velocity[k, i] = state[i + 3]
    sigma[k] = largest_axis(covariance)


@kernel
def _ground_sigma(state: Floats, covariance: Floats) -> float:
    """Largest one-sigma axis [m] of where a falling object meets the ground.

    Position errors are carried along the velocity over the turning ground on to the horizontal.
    """
    r = math.sqrt(state[0] ** 2 + state[1] ** 2 + state[2] ** 2)
    n = (state[0] / r, state[1] / r, state[2] / r)
    w = (
        state[3] + EARTH_ROTATION_RAD_S * state[1],
        state[4] - EARTH_ROTATION_RAD_S * state[0],
        state[5],
    )
    fall = w[0] * n[0] + w[1] * n[1] + w[2] * n[2]
    e1x, e1y, e1z, e2x, e2y, e2z = tangent_axes(n[0], n[1], n[2])
    along1 = (w[0] * e1x + w[1] * e1y + w[2] * e1z) / fall
    along2 = (w[0] * e2x + w[1] * e2y + w[2] * e2z) / fall
    row1 = (e1x - along1 * n[0], e1y - along1 * n[1], e1z - along1 * n[2])
    row2 = (e2x - along2 * n[0], e2y - along2 * n[1], e2z - along2 * n[2])
    s11 = 0.0
    s12 = 0.0
    s22 = 0.0
    for i in range(3):
        for j in range(3):
            s11 += row1[i] * covariance[i, j] * row1[j]
            s12 += row1[i] * covariance[i, j] * row2[j]
            s22 += row2[i] * covariance[i, j] * row2[j]
    half = 0.5 * (s11 + s22)
    return math.sqrt(max(half + math.sqrt((0.5 * (s11 - s22)) ** 2 + s12 * s12), 0.0))


@kernel
def _write_impact(
    state: Floats, covariance: Floats, time_s: float, gmst0_rad: float, impact: Floats
) -> None:
    """Fill time, geodetic latitude, longitude [rad] and sigma [m] of an impact at a state.

    The state is within one step of the ground; the last metres are straight.
    """
    x = state[0]
    y = state[1]
    z = state[2]
    r = math.sqrt(x * x + y * y + z * z)
    climb = (x * state[3] + y * state[4] + z * state[5]) / r
    left = -height_above_ellipsoid(x, y, z) / climb
    x += left * state[3]
    y += left * state[4]
    z += left * state[5]
    longitude = math.atan2(y, x) - gmst0_rad - EARTH_ROTATION_RAD_S * (time_s + left)
    impact[0] = time_s + left
    # On the ellipsoid tan(geodetic) = tan(geocentric) / (1 - f)^2 (Vallado 2013, equation 3-11).
    impact[1] = math.atan2(z / (1.0 - EARTH_FLATTENING) ** 2, math.sqrt(x * x + y * y))
    impact[2] = longitude - _FULL_TURN * math.floor(longitude / _FULL_TURN + 0.5)
    impact[3] = _ground_sigma(state, covariance)


@kernel
def fly_ballistic(
    state: Floats,
    covariance: Floats,
    start_s: float,
    step_s: float,
    settings: Settings,
    position: Floats,
    velocity: Floats,
    sigma: Floats,
    impact: Floats,
) -> int:
    """Path of a ballistic track to the ground or to the end of the arrays.

    Parameters
    ----------
    state, covariance : (9,), (9, 9) float64
        At `start_s`, ECI; moved along the path in place.
    start_s, step_s : float
        Time of the first point and spacing [s].
    settings : Settings
    position, velocity : (max_points, 3) float64
        Filled, ECI.
    sigma : (max_points,) float64
        Filled: largest one-sigma axis of position.
    impact : (4,) float64
        Filled: time [s], latitude, longitude [rad], sigma [m]; NaN where it has not come down.

    Returns
    -------
    n_points : int
        Points filled; the last is before impact.
    """
    for i in range(4):
        impact[i] = np.nan
    for k in range(position.shape[0]):
        _write_point(state, covariance, position, velocity, sigma, k)
        left = step_s
        now = start_s + k * step_s
        while left > 1e-9:
            height = height_above_ellipsoid(state[0], state[1], state[2])
            climb = state[0] * state[3] + state[1] * state[4] + state[2] * state[5]
            if height < 0.0 and climb < 0.0:
                _write_impact(state, covariance, now, settings.prediction.gmst0_rad, impact)
                return k + 1
            h = choose_ballistic_step(state, left)
            step_ballistic(state, covariance, h, settings.motion)
            left -= h
            now += h
    return int(position.shape[0])


@kernel
def fly_boost(
    state: Floats,
    covariance: Floats,
    start_s: float,
    burnout_s: float,
    burnout_sigma_s: float,
    settings: Settings,
    position: Floats,
    velocity: Floats,
    sigma: Floats,
) -> int:
    """Path of a boost track through its believed burnout and a while after.

    Arguments as `fly_ballistic`; returns the number of points. Behind burnout the error of its
    time is in the covariance.
    """
    step_s = settings.prediction.boost_step_s
    motion = settings.motion
    last = burnout_s + settings.prediction.after_burnout_s
    burning = True
    for k in range(position.shape[0]):
        _write_point(state, covariance, position, velocity, sigma, k)
        now = start_s + k * step_s
        if now > last:
            return k + 1
        left = step_s
        if burning:
            thrusting = min(max(burnout_s - now, 0.0), step_s)
            predict_boost(state, covariance, thrusting, motion)
            left -= thrusting
            if left > 0.0:
                end_thrust(
                    state, covariance, 0.0, burnout_sigma_s,
                    settings.life.burnout_speed_sigma_m_s,
                )  # fmt: skip
                burning = False
        predict_ballistic(state, covariance, left, motion)
    return int(position.shape[0])


@kernel
def _predict_tracks(
    given: Floats, state: Floats, covariance: Floats, t: float, settings: Settings,
    position: Floats, velocity: Floats, sigma: Floats, answer: Floats,
) -> None:  # fmt: skip
    """Predict tracks given as rows of phase, state time, launch, first look, last plume [s].

    `state` and `covariance` are copies and are moved. Fills the path arrays and, in `answer`: step,
    number of points, impact time, latitude, longitude and sigma, burnout time and sigma.
    """
    prediction = settings.prediction
    start = np.empty(9)
    start_covariance = np.empty((9, 9))
    for row in range(given.shape[0]):
        x = state[row]
        c = covariance[row]
        out = answer[row]
        if given[row, 0] == BOOST_PHASE:
            predict_boost(x, c, t - given[row, 1], settings.motion)
            launch_s = given[row, 3] if math.isnan(given[row, 2]) else given[row, 2]
            out[0] = prediction.boost_step_s
            out[6], out[7] = estimate_burnout(launch_s, given[row, 4], settings.beliefs)
            out[1] = fly_boost(
                x, c, t, out[6], out[7], settings, position[row], velocity[row], sigma[row]
            )
            continue
        predict_ballistic(x, c, t - given[row, 1], settings.motion)
        copy_state(x, c, start, start_covariance)
        out[0] = prediction.ballistic_step_s
        for attempt in range(_MOST_DOUBLINGS + 1):
            if attempt > 0:
                out[0] *= 2.0
                copy_state(start, start_covariance, x, c)
            out[1] = fly_ballistic(
                x, c, t, out[0], settings, position[row], velocity[row], sigma[row], out[2:6]
            )
            if not math.isnan(out[2]):
                break


def predict(tracks: Tracks, slots: Integers, t: float, settings: Settings) -> Predictions:
    """Where tracks are going from time `t` on.

    Parameters
    ----------
    tracks : Tracks
    slots : (n,) int64
        Rows of live tracks.
    t : float
        Time [s] of the first path point.
    settings : Settings
        `prediction.gmst0_rad` ties the impact points to the ground.

    Returns
    -------
    Predictions
        One row per slot, in their order. Points beyond `n_points` hold NaN. Ballistic tracks have
        a path to impact; boost tracks have one to a while after the believed burnout, and no
        impact point, since what is still to come decides it.

    Raises
    ------
    BadInput
        A slot is out of range or free.
    """
    slots = np.ascontiguousarray(slots, dtype=np.int64)
    n = slots.shape[0]
    if n and (
        slots.min() < 0 or slots.max() >= tracks.status.shape[0]
        or (tracks.status[slots] == FREE).any()
    ):  # fmt: skip
        raise BadInput("tracking.predict: every slot must hold a live track")
    m = int(settings.prediction.max_points)
    position = np.full((n, m, 3), np.nan)
    velocity = np.full((n, m, 3), np.nan)
    sigma = np.full((n, m), np.nan)
    answer = np.full((n, 8), np.nan)
    given = np.empty((n, 5))
    given[:, 0] = tracks.phase[slots]
    given[:, 1] = tracks.time_s[slots]
    given[:, 2] = tracks.launch_s[slots]
    given[:, 3] = tracks.first_s[slots]
    given[:, 4] = tracks.last_plume_s[slots]
    _predict_tracks(
        given, tracks.state[slots], tracks.covariance[slots], float(t), settings,
        position, velocity, sigma, answer,
    )  # fmt: skip
    columns = np.ascontiguousarray(answer.T)
    return Predictions(
        slot=slots,
        number=tracks.number[slots],
        phase=tracks.phase[slots],
        lethality=1.0 / (1.0 + np.exp(-tracks.log_odds[slots])),
        start_s=np.full(n, float(t)),
        step_s=columns[0],
        n_points=columns[1].astype(np.int64),
        position_eci_m=position,
        velocity_eci_m_s=velocity,
        sigma_m=sigma,
        impact_s=columns[2],
        impact_latitude_rad=columns[3],
        impact_longitude_rad=columns[4],
        impact_sigma_m=columns[5],
        burnout_s=columns[6],
        burnout_sigma_s=columns[7],
    )
