"""Tracks into cues: where sensors should look next, and what is most urgent."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from opendome.physics.constants import EARTH_MU_M3_S2
from opendome.physics.jit import kernel
from opendome.tables.codes import BALLISTIC_PHASE, BOOST_PHASE, FIRM, FREE
from opendome.tables.cues import Cues
from opendome.tables.tracks import Tracks
from opendome.tables.truth import Floats, Integers
from opendome.tracking.predictor import carry_ballistic, carry_boost, height_above_ellipsoid
from opendome.tracking.settings import Motion, SettingsTable

# Urgency halves for what comes down in ten minutes: about what a shot from the ground takes, from
# decision to intercept (assumption).
_URGENT_S: Final = 600.0
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
    tracks: Tracks, slots: Integers, time_s: float, settings: SettingsTable, cues: Cues
) -> None:
    motion = settings[0].motion
    state = np.empty(9)
    for row in range(slots.shape[0]):
        i = slots[row]
        for k in range(9):
            state[k] = tracks.state[i, k]
        ahead_s = time_s - tracks.time_s[i]
        in_boost = tracks.phase[i] == BOOST_PHASE
        firm = tracks.status[i] == FIRM
        if tracks.phase[i] != BALLISTIC_PHASE:
            carry_boost(state, ahead_s, motion)  # lift and drag last as thrust does
        else:
            carry_ballistic(state, ahead_s, motion)
        for k in range(3):
            cues.position_eci_m[row, k] = state[k]
            cues.velocity_eci_m_s[row, k] = state[k + 3]
        cues.sigma_m[row] = _predict_sigma_m(
            tracks.covariance[i], max(ahead_s, 0.0), in_boost, motion
        )
        lethality = 1.0 / (1.0 + math.exp(-tracks.log_odds[i]))
        urgency = lethality * _URGENT_S / (_URGENT_S + estimate_fall_s(state))
        cues.number[row] = tracks.number[i]
        cues.priority[row] = urgency if firm and not in_boost else 1.0 + urgency
        cues.phase[row] = tracks.phase[i]
        cues.firm[row] = firm


def make_cues(tracks: Tracks, time_s: float, settings: SettingsTable) -> Cues:
    """All live tracks as cues for looks at a time.

    Parameters
    ----------
    tracks : Tracks
    time_s : float
        When the sensors look; not before the last update of the tracks.
    settings : SettingsTable
        From `build_settings`.

    Returns
    -------
    Cues
        Tentative and boosting tracks first, since a look decides whether there is a track at all or
        ends with the boost; then by the probability of being lethal, more for what comes down
        soon. Equal ones by track number.
    """
    slots = np.flatnonzero(tracks.status != FREE)
    cues = Cues.unfilled(slots.shape[0])
    _fill_cues(tracks, slots, float(time_s), settings, cues)
    order = np.lexsort((cues.number, -cues.priority))
    return Cues._make(column[order] for column in cues)
