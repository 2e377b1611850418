"""Tracks into cues: where sensors should look next, and what is most urgent."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from opendome.physics.constants import EARTH_MEAN_RADIUS_M, EARTH_MU_M3_S2
from opendome.physics.jit import kernel
from opendome.physics.sorting import sort_run
from opendome.tables.codes import BALLISTIC_PHASE, BOOST_PHASE, FIRM, FREE
from opendome.tables.cues import Cues
from opendome.tables.tracks import Tracks
from opendome.tables.truth import Floats, Integers
from opendome.tracking.evidence import ECHO_WEIGHT, N_GROUPS, find_section
from opendome.tracking.picture import N_ECHO, N_EVIDENCE
from opendome.tracking.predictor import height_above_ellipsoid
from opendome.tracking.settings import Motion, SettingsTable

# Urgency halves for what comes down in ten minutes: about what a shot from the ground takes, from
# decision to intercept (assumption).
_URGENT_S: Final = 600.0
# Air for drag over a few seconds: sea level of the standard atmosphere, and a scale height that is
# within a fifth of it up to 60 km (assumption).
_SEA_LEVEL_KG_M3: Final = 1.225
_SCALE_HEIGHT_M: Final = 7_200.0
_MOST_SLOWING_1_S: Final = 0.05  # so that no step of 15 s turns the velocity round
_LEAST_FALL_M_S2: Final = 0.1  # near orbital speed nothing falls; the time stays finite


@kernel
def estimate_fall_s(state: Floats) -> float:
    """Time [s] until a state comes down, by gravity less centrifugal force as they are now.

    A scale for urgency: within a factor of two of the flight from apogee of missiles up to
    intercontinental range.
    """
    r2 = state[0] ** 2 + state[1] ** 2 + state[2] ** 2
    r = math.sqrt(r2)
    climb = (state[0] * state[3] + state[1] * state[4] + state[2] * state[5]) / r
    speed2 = state[3] ** 2 + state[4] ** 2 + state[5] ** 2
    fall = max(EARTH_MU_M3_S2 / r2 - (speed2 - climb * climb) / r, _LEAST_FALL_M_S2)
    height = max(height_above_ellipsoid(state[0], state[1], state[2]), 0.0)
    return float((climb + math.sqrt(climb * climb + 2.0 * fall * height)) / fall)


@kernel
def _accelerate(x: Floats, v: Floats, phase: int, beta: float) -> tuple[float, float, float]:
    """Acceleration [m/s2] without thrust or lift, good for the seconds to the next look.

    Round Earth; for free fall drag in air of one scale height.
    """
    r2 = x[0] * x[0] + x[1] * x[1] + x[2] * x[2]
    r = math.sqrt(r2)
    down, slow = EARTH_MU_M3_S2 / r2, 0.0
    if phase == BALLISTIC_PHASE:
        speed2 = v[0] * v[0] + v[1] * v[1] + v[2] * v[2]
        air = _SEA_LEVEL_KG_M3 * math.exp(-(r - EARTH_MEAN_RADIUS_M) / _SCALE_HEIGHT_M)
        slow = min(0.5 * air * math.sqrt(speed2) / beta, _MOST_SLOWING_1_S)
    return (
        -down * x[0] / r - slow * v[0],
        -down * x[1] / r - slow * v[1],
        -down * x[2] / r - slow * v[2],
    )


@kernel
def _predict_sigma_m(covariance: Floats, ahead_s: float, in_boost: bool, motion: Motion) -> float:
    """Root of the trace of the position covariance `ahead_s` later, along straight lines."""
    t = ahead_s
    total = 0.0
    for k in range(3):
        v, a = k + 3, k + 6
        total += covariance[k, k] + t * (2.0 * covariance[k, v] + t * covariance[v, v])
        if in_boost:
            total += t * t * (covariance[k, a] + t * covariance[v, a])
            total += 0.25 * t**4 * covariance[a, a] + motion.jerk_noise_m2_s5 * t**5 / 20.0
    return math.sqrt(max(total, 0.0))


@kernel
def _fill_cues(
    status: Integers,
    track_phase: Integers,
    track_number: Integers,
    track_time_s: Floats,
    states: Floats,
    covariances: Floats,
    evidence: Floats,
    log_odds: Floats,
    time_s: float,
    settings: SettingsTable,
    cues: Cues,
) -> int:
    """Fill the cues of all live tracks, the most urgent first; returns how many."""
    motion = settings[0].motion
    capacity = status.shape[0]
    live, scratch = np.empty(capacity, np.int64), np.empty(capacity, np.int64)
    key, own = np.empty((capacity, 1)), np.empty((capacity, 8))
    n = 0
    for i in range(capacity):
        if status[i] == FREE:
            continue
        t, state, phase = time_s - track_time_s[i], states[i], track_phase[i]
        ahead = own[i]
        for k in range(3):
            ahead[k] = state[k] + 0.5 * t * state[k + 3]
        a = _accelerate(ahead[:3], state[3:6], phase, motion.ballistic_coefficient_kg_m2)
        for k in range(3):
            total = a[k] + state[k + 6]  # thrust or lift is zero where none is believed in
            ahead[k] = state[k] + t * (state[k + 3] + 0.5 * t * total)
            ahead[k + 3] = state[k + 3] + t * total
        ahead[6] = _predict_sigma_m(covariances[i], max(t, 0.0), phase == BOOST_PHASE, motion)
        lethality = 1.0 / (1.0 + math.exp(-log_odds[i]))
        ahead[7] = lethality * _URGENT_S / (_URGENT_S + estimate_fall_s(ahead))
        if phase == BOOST_PHASE or status[i] != FIRM:
            ahead[7] += 1.0
        key[i, 0] = track_number[i]
        live[n] = i
        n += 1
    sort_run(key, live, scratch, 0, n)
    for i in live[:n]:
        key[i, 0] = -own[i, 7]
    sort_run(key, live, scratch, 0, n)
    for m in range(n):
        i = live[m]
        cues.number[m] = track_number[i]
        for k in range(3):
            cues.position_eci_m[m, k] = own[i, k]
            cues.velocity_eci_m_s[m, k] = own[i, k + 3]
        cues.sigma_m[m] = own[i, 6]
        cues.priority[m] = own[i, 7]
        cues.phase[m] = track_phase[i]
        cues.firm[m] = status[i] == FIRM
        for g in range(N_GROUPS):
            echoes = evidence[i, N_ECHO * g : N_ECHO * (g + 1)]
            seen = echoes[ECHO_WEIGHT] > 0.0
            cues.cross_section_m2[m, g] = find_section(echoes) if seen else 0.0
    return n


def make_cues(
    tracks: Tracks, time_s: float, settings: SettingsTable, evidence: Floats | None = None
) -> Cues:
    """All live tracks as cues for looks at a time.

    Parameters
    ----------
    tracks : Tracks
    time_s : float
        When the sensors look; not before the last update of the tracks.
    settings : SettingsTable
        From `build_settings`.
    evidence : (capacity, N_EVIDENCE) float64, optional
        What looks have told of each track's object, as in `picture.Slots`; None: nothing.

    Returns
    -------
    Cues
        Tentative and boosting tracks first, since a look decides whether there is a track at all or
        ends with the boost; then by the probability of being lethal, more for what comes down
        soon. Equal ones by track number.
    """
    capacity = tracks.status.shape[0]
    known = np.zeros((capacity, N_EVIDENCE)) if evidence is None else evidence
    cues = Cues.unfilled(capacity)
    n = _fill_cues(
        tracks.status, tracks.phase, tracks.number, tracks.time_s, tracks.state, tracks.covariance,
        known, tracks.log_odds, time_s, settings, cues,
    )  # fmt: skip
    return Cues._make(column[:n] for column in cues)
