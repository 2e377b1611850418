"""Tracks into cues: where sensors should look next, and what is most urgent."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from opendome.physics.constants import EARTH_MEAN_RADIUS_M, EARTH_MU_M3_S2
from opendome.physics.jit import kernel
from opendome.tables.codes import BALLISTIC_PHASE, BOOST_PHASE, FIRM, FREE
from opendome.tables.cues import Cues
from opendome.tables.tracks import Tracks
from opendome.tables.truth import Floats, Integers
from opendome.tracking.absence import believe_cross_section
from opendome.tracking.evidence import N_GROUPS
from opendome.tracking.picture import N_EVIDENCE
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
    """Acceleration [m/s2] without thrust, good for the seconds to the next look.

    Round Earth; drag in air of one scale height. What the air carries keeps speed and height.
    """
    r2 = x[0] * x[0] + x[1] * x[1] + x[2] * x[2]
    r = math.sqrt(r2)
    speed2 = v[0] * v[0] + v[1] * v[1] + v[2] * v[2]
    climb = (x[0] * v[0] + x[1] * v[1] + x[2] * v[2]) / r
    down, slow = EARTH_MU_M3_S2 / r2, 0.0
    if phase > BALLISTIC_PHASE:
        down = (speed2 - climb * climb) / r
    elif phase == BALLISTIC_PHASE:
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
    state: Floats,
    covariance: Floats,
    phase: Integers,
    ahead_s: Floats,
    settings: SettingsTable,
    evidence: Floats,
    position: Floats,
    velocity: Floats,
    real: Floats,
    section: Floats,
) -> None:
    """Fill place, velocity, in the rows of `real` sigma and time to fall, and cross-sections."""
    motion = settings[0].motion
    share = settings[0].life.shorter_wave_share
    ahead = np.empty(6)
    for i in range(state.shape[0]):
        t = ahead_s[i]
        for k in range(3):
            ahead[k] = state[i, k] + 0.5 * t * state[i, k + 3]
        a = _accelerate(ahead[:3], state[i, 3:6], phase[i], motion.ballistic_coefficient_kg_m2)
        for k in range(3):
            total = a[k] + state[i, k + 6]  # thrust is zero where none is believed in
            position[i, k] = state[i, k] + t * (state[i, k + 3] + 0.5 * t * total)
            velocity[i, k] = state[i, k + 3] + t * total
            ahead[k] = position[i, k]
            ahead[k + 3] = velocity[i, k]
        real[0, i] = _predict_sigma_m(covariance[i], max(t, 0.0), phase[i] == BOOST_PHASE, motion)
        real[1, i] = estimate_fall_s(ahead)
        for g in range(N_GROUPS):
            section[i, g] = believe_cross_section(evidence[i], g, share)


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
    slots = np.flatnonzero(tracks.status != FREE)
    n = slots.shape[0]
    phase, firm = tracks.phase[slots], tracks.status[slots] == FIRM
    position, velocity, real = np.empty((n, 3)), np.empty((n, 3)), np.empty((2, n))
    known = np.zeros((n, N_EVIDENCE)) if evidence is None else evidence[slots]
    section = np.empty((n, N_GROUPS))
    _fill_cues(
        tracks.state[slots], tracks.covariance[slots], phase, time_s - tracks.time_s[slots],
        settings, known, position, velocity, real, section,
    )  # fmt: skip
    sigma, fall_s = real
    lethality = 1.0 / (1.0 + np.exp(-tracks.log_odds[slots]))
    priority = lethality * _URGENT_S / (_URGENT_S + fall_s)
    priority[(phase == BOOST_PHASE) | ~firm] += 1.0
    cues = Cues(tracks.number[slots], position, velocity, sigma, priority, phase, firm, section)
    order = np.lexsort((cues.number, -priority))
    return Cues._make(column[order] for column in cues)
