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
from opendome.tables.codes import BALLISTIC_PHASE, BOOST_PHASE, CRUISE_PHASE, FREE
from opendome.tables.tracks import Predictions, Tracks
from opendome.tables.truth import Floats, Integers
from opendome.tracking.initiator import copy_state
from opendome.tracking.measurement_model import tangent_axes
from opendome.tracking.models import (
    CRUISING,
    GLIDING,
    carry_model,
    carry_thrust,
    predict_model,
)
from opendome.tracking.phases import estimate_burnout
from opendome.tracking.predictor import (
    carry_ballistic,
    choose_ballistic_step,
    height_above_ellipsoid,
    predict_ballistic,
    step_ballistic,
)
from opendome.tracking.settings import (
    Beliefs,
    Models,
    Motion,
    Prediction,
    Settings,
    SettingsTable,
)

_FULL_TURN: Final = 2.0 * math.pi
_FLIES_LOG_ODDS: Final = 4.0  # that what glides or cruises is lethal (assumption)
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
def _write_point(state: Floats, position: Floats, velocity: Floats, k: int) -> None:
    for i in range(3):
        position[k, i] = state[i]
        velocity[k, i] = state[i + 3]


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
    gmst0_rad: float,
    motion: Motion,
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
    gmst0_rad : float
        Earth angle at time zero.
    motion : Motion
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
        _write_point(state, position, velocity, k)
        sigma[k] = largest_axis(covariance)
        left = step_s
        now = start_s + k * step_s
        while left > 1e-9:
            height = height_above_ellipsoid(state[0], state[1], state[2])
            climb = state[0] * state[3] + state[1] * state[4] + state[2] * state[5]
            if height < 0.0 and climb < 0.0:
                _write_impact(state, covariance, now, gmst0_rad, impact)
                return k + 1
            h = choose_ballistic_step(state, left)
            step_ballistic(state, covariance, h, motion)
            left -= h
            now += h
    return int(position.shape[0])


@kernel
def fly_boost(
    state: Floats,
    start_s: float,
    burnout_s: float,
    motion: Motion,
    models: Models,
    prediction: Prediction,
    position: Floats,
    velocity: Floats,
) -> int:
    """Path of a boost track through its believed burnout and a while after.

    Arguments as `fly_ballistic`; returns the number of points. Its error is not carried along:
    shots at what still burns hold back a fixed reserve (`Doctrine.orbital_reserve_m`), and their
    own burn follows what is learnt.
    """
    step_s = prediction.boost_step_s
    for k in range(position.shape[0]):
        _write_point(state, position, velocity, k)
        now = start_s + k * step_s
        if now > burnout_s + prediction.after_burnout_s:
            return k + 1
        burning_s = min(max(burnout_s - now, 0.0), step_s)
        carry_thrust(state, burning_s, motion, models)
        if burning_s < step_s:
            state[6:] = 0.0
            carry_ballistic(state, step_s - burning_s, motion)
    return int(position.shape[0])


@kernel
def carrying_model(phase: int) -> int:
    """Model by which a path in the air is continued."""
    return CRUISING if phase == CRUISE_PHASE else GLIDING


@kernel
def fly_in_air(
    state: Floats, covariance: Floats, phase: int, settings: Settings, position: Floats,
    velocity: Floats, sigma: Floats,
) -> int:  # fmt: skip
    """Path of a glide or cruise track along its course, for as long as its turns leave it useful.

    Arguments as `fly_ballistic`; returns the number of points. It ends above the ground.
    """
    prediction = settings.prediction
    for k in range(position.shape[0]):
        _write_point(state, position, velocity, k)
        sigma[k] = largest_axis(covariance)
        if (k + 1) * prediction.air_step_s > prediction.air_horizon_s:
            return k + 1
        predict_model(
            state, covariance, carrying_model(phase), prediction.air_step_s, settings.motion,
            settings.models,
        )  # fmt: skip
        if phase != CRUISE_PHASE and height_above_ellipsoid(state[0], state[1], state[2]) < 0.0:
            return k + 1
    return int(position.shape[0])


@kernel
def expect_burnout(tracks: Tracks, i: int, beliefs: Beliefs) -> tuple[float, float]:
    """Believed end of thrust of the boost track in slot `i`, and its sigma [s]."""
    launch_s = tracks.first_s[i] if math.isnan(tracks.launch_s[i]) else tracks.launch_s[i]
    # What is seen to be under thrust by its motion alone has shown no plume.
    burning_s = tracks.last_s[i] if math.isnan(tracks.last_plume_s[i]) else tracks.last_plume_s[i]
    return estimate_burnout(launch_s, burning_s, beliefs)


@kernel
def _predict_tracks(tracks: Tracks, t: float, settings: SettingsTable, out: Predictions) -> bool:
    """Fill predictions of the tracks in `out.slot`; False where one of them is not alive."""
    motion = settings[0].motion
    models = settings[0].models
    beliefs = settings[0].beliefs
    prediction = settings[0].prediction
    state = np.empty(9)
    covariance = np.empty((9, 9))
    impact = np.empty(4)
    for row in range(out.slot.shape[0]):
        i = out.slot[row]
        if i < 0 or i >= tracks.status.shape[0] or tracks.status[i] == FREE:
            return False
        age_s = t - tracks.time_s[i]
        out.number[row] = tracks.number[i]
        out.phase[row] = tracks.phase[i]
        out.lethality[row] = 1.0 / (1.0 + math.exp(-tracks.log_odds[i]))
        out.start_s[row] = t
        out.burnout_s[row] = out.burnout_sigma_s[row] = math.nan
        impact[:] = math.nan
        if tracks.phase[i] == BOOST_PHASE:
            for k in range(9):
                state[k] = tracks.state[i, k]
            carry_thrust(state, age_s, motion, models)
            out.step_s[row] = prediction.boost_step_s
            out.burnout_s[row], out.burnout_sigma_s[row] = expect_burnout(tracks, i, beliefs)
            out.n_points[row] = fly_boost(
                state, t, out.burnout_s[row], motion, models, prediction, out.position_eci_m[row],
                out.velocity_eci_m_s[row],
            )  # fmt: skip
        elif tracks.phase[i] != BALLISTIC_PHASE:
            # Debris and decoys neither glide nor cruise.
            out.lethality[row] = 1.0 / (1.0 + math.exp(-max(tracks.log_odds[i], _FLIES_LOG_ODDS)))
            copy_state(tracks.state[i], tracks.covariance[i], state, covariance)
            predict_model(state, covariance, carrying_model(tracks.phase[i]), age_s, motion, models)
            out.step_s[row] = prediction.air_step_s
            out.n_points[row] = fly_in_air(
                state, covariance, tracks.phase[i], settings[0], out.position_eci_m[row],
                out.velocity_eci_m_s[row], out.sigma_m[row],
            )  # fmt: skip
        else:
            step_s = prediction.ballistic_step_s
            for _ in range(_MOST_DOUBLINGS + 1):
                copy_state(tracks.state[i], tracks.covariance[i], state, covariance)
                predict_ballistic(state, covariance, age_s, motion)
                out.step_s[row] = step_s
                out.n_points[row] = fly_ballistic(
                    state, covariance, t, step_s, prediction.gmst0_rad, motion,
                    out.position_eci_m[row], out.velocity_eci_m_s[row], out.sigma_m[row], impact,
                )  # fmt: skip
                if not math.isnan(impact[0]):
                    break
                step_s *= 2.0
        out.impact_s[row] = impact[0]
        out.impact_latitude_rad[row] = impact[1]
        out.impact_longitude_rad[row] = impact[2]
        out.impact_sigma_m[row] = impact[3]
    return True


def predict(tracks: Tracks, slots: Integers, t: float, settings: SettingsTable) -> Predictions:
    """Where tracks are going from time `t` on.

    Parameters
    ----------
    tracks : Tracks
    slots : (n,) int64
        Rows of live tracks.
    t : float
        Time [s] of the first path point.
    settings : SettingsTable
        From `build_settings`; `prediction.gmst0_rad` ties the impact points to the ground.

    Returns
    -------
    Predictions
        One row per slot, in their order. Points beyond `n_points` hold anything. Ballistic tracks
        have a path to impact; boost tracks have one to a while after the believed burnout, without
        its error, and no impact point, since what is still to come decides it. Glide and cruise
        tracks have a path along their course with the error that their turns make, and no impact
        point either.

    Raises
    ------
    BadInput
        A slot is out of range or free.
    """
    slots = np.ascontiguousarray(slots, dtype=np.int64)
    predictions = Predictions.unfilled(slots, int(settings["prediction"]["max_points"][0]))
    if not _predict_tracks(tracks, float(t), settings, predictions):
        raise BadInput("tracking.predict: every slot must hold a live track")
    return predictions


def predict_place(
    tracks: Tracks, slot: int, now_s: float, t: float, settings: SettingsTable
) -> tuple[Floats, Floats] | None:
    """Where one track is expected at time `t`, and its velocity [m, m/s, eci].

    The same flight as `predict` from `now_s` on: what still boosts does so until the believed
    burnout, or until `now_s` where that is later; what glides or cruises keeps its course. None if
    it comes down before `t`, or if a boost
    path does not go so far.
    """
    state = tracks.state[slot].copy()
    if not _carry_to(tracks, slot, state, now_s, t, settings):
        return None
    return state[:3], state[3:6]


@kernel
def _carry_to(
    tracks: Tracks, slot: int, state: Floats, now_s: float, t: float, settings: SettingsTable
) -> bool:
    """Move a track's `state` to `t`, in place; False where `predict_place` gives None."""
    prediction = settings[0].prediction
    time_s = tracks.time_s[slot]
    phase = tracks.phase[slot]
    if phase not in (BOOST_PHASE, BALLISTIC_PHASE):
        carry_model(state, carrying_model(phase), t - time_s, settings[0].models, np.zeros((9, 9)))
        # The height of what flies low is known less well than it is high.
        return phase == CRUISE_PHASE or height_above_ellipsoid(state[0], state[1], state[2]) >= 0.0
    coasting_s = t - time_s
    if phase == BOOST_PHASE:
        burnout_s, _ = expect_burnout(tracks, slot, settings[0].beliefs)
        if t > burnout_s + prediction.after_burnout_s:
            return False
        burning_s = min(t, max(burnout_s, now_s)) - time_s
        coasting_s -= burning_s
        carry_thrust(state, burning_s, settings[0].motion, settings[0].models)
    if phase == BALLISTIC_PHASE or coasting_s > 0.0:
        state[6:] = 0.0
        carry_ballistic(state, coasting_s, settings[0].motion)
    return height_above_ellipsoid(state[0], state[1], state[2]) >= 0.0
