"""Tracks that a sensor's own tracker reports, taken into the picture of the command side.

A link that carries tracks carries no measurements: what it reports shares its errors with what it
reported before, and with tracks that other reports have fed. Matching is global nearest neighbour
over position and velocity; fusion is by covariance intersection, which such errors do not deceive.

Source: Chong, Mori, Barker and Chang (2000), "Architectures and algorithms for track association
and fusion", IEEE AES Systems Magazine 15(1).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from opendome.physics.jit import kernel
from opendome.tables.codes import BALLISTIC_PHASE, BOOST_PHASE, FIRM, FREE, PLUME, RADAR
from opendome.tables.tracks import Tracks
from opendome.tables.truth import Floats, Integers
from opendome.tracking.associator import assign_sparse, widen_pairs
from opendome.tracking.deleter import compare_states, free_slot
from opendome.tracking.fuser import fuse_tracks
from opendome.tracking.initiator import copy_state, open_slot
from opendome.tracking.model_set import change_models, close_bank
from opendome.tracking.models import FREE_FALL, find_possible
from opendome.tracking.picture import (
    ABSENCE,
    AHEAD,
    BANK,
    FIRM_SINCE,
    FIRST,
    HITS,
    LAST,
    LAST_PLUME,
    LAST_SENSOR,
    LAUNCH,
    LOG_ODDS,
    LOOK_KIND,
    LOOK_SENSOR,
    LOOK_TIME,
    LOOKS,
    N_LOOK,
    NUMBER,
    PHASE,
    SENSORS,
    STATUS,
    TIME,
    Slots,
    Tracker,
)
from opendome.tracking.predictor import predict_state
from opendome.tracking.settings import Settings, SettingsTable
from opendome.tracking.update import list_live

# A report and a track of one object differ by less in 99.9 of 100 cases: the chi-square quantile
# of six degrees of freedom. Errors that both share make it rarer still.
_GATE: Final = 22.46
# The track that took the last report may be so many times as far (squared): both may be of one
# object and surer than they should be (assumption).
_LOYALTY: Final = 9.0
# Faster than anything flies [m/s]: bounds how far a report can be from where it was.
_FASTEST_M_S: Final = 12_000.0


def take_reports(
    tracker: Tracker,
    reports: Tracks,
    known: Integers,
    sensor: int,
    t: float,
    settings: SettingsTable,
) -> Integers:
    """Take the tracks that one sensor reports into the picture, in place.

    A report that matches a track in free fall is fused with it; in powered or winged flight, where
    both have models of their own, the surer of the two goes on. What matches nothing is new.

    Parameters
    ----------
    tracker : Tracker
        Up to date at `t`, by `update`.
    reports : Tracks
        Rows of the sender's own picture, none of them free. They may be older than `t`.
    known : (n,) int64
        Number of the track that took the last report of the same track; -1 where there was none. It
        is left only for good reason.
    sensor : int
        Index of the sender among all sensors of the world.
    t : float
        Decision time [s].
    settings : SettingsTable

    Returns
    -------
    taken : (n,) int64
        Number of the track that took each report or that it started; -1 where there was no room.
    """
    taken = np.full(reports.status.shape[0], -1, np.int64)
    if taken.size:
        _take_reports(
            tracker.slots, tracker.counters, reports, known, sensor, float(t), taken, settings
        )
    return taken


@kernel
def drop_tracks(slots: Slots, dropped: Integers, reported_s: float) -> None:
    """End tracks that their reporter has ended and that nobody else has seen since.

    Parameters
    ----------
    slots : Slots
    dropped : (n,) int64
        Numbers of the tracks that took the reports.
    reported_s : float
        Time of the last report of the same sender.
    """
    for i in range(slots.state.shape[0]):
        if slots.whole[STATUS, i] != FREE and slots.real[LAST, i] <= reported_s:
            for number in dropped:
                if slots.whole[NUMBER, i] == number:
                    free_slot(slots, i)
                    break


@kernel
def _take_reports(
    slots: Slots, counters: Integers, reports: Tracks, known: Integers, sensor: int, t: float,
    taken: Integers, settings_table: SettingsTable,
) -> None:  # fmt: skip
    settings = settings_table[0]
    live = np.empty(slots.state.shape[0], np.int64)
    n_live = list_live(slots, live)
    chosen = _match(slots, live[:n_live], reports, known, settings)
    state = np.empty(9)
    covariance = np.empty((9, 9))
    look = np.zeros(N_LOOK)
    for r in range(taken.shape[0]):
        copy_state(reports.state[r], reports.covariance[r], state, covariance)
        if chosen[r] >= 0:
            i = live[chosen[r]]
            _fuse(slots, i, reports, r, state, covariance, settings)
            slots.whole[HITS, i] += 1
            slots.whole[LOOKS, i] += 1
        else:
            look[LOOK_TIME] = reports.time_s[r]
            look[LOOK_SENSOR] = sensor
            look[LOOK_KIND] = PLUME if reports.phase[r] == BOOST_PHASE else RADAR
            i = open_slot(slots, counters, look, settings)
            if i < 0:
                continue
            _replace(slots, i, reports.phase[r], reports.time_s[r], state, covariance, settings)
            slots.real[FIRST, i] = reports.first_s[r]
            slots.real[LAUNCH, i] = reports.launch_s[r]
            slots.real[LOG_ODDS, i] = reports.log_odds[r]
            slots.whole[LOOKS, i] = int(settings.life.firm_looks)
        if slots.whole[STATUS, i] != FIRM:
            slots.whole[STATUS, i] = FIRM
            slots.real[FIRM_SINCE, i] = t
        prior = settings.beliefs.prior_log_odds
        if abs(reports.log_odds[r] - prior) > abs(slots.real[LOG_ODDS, i] - prior):
            slots.real[LOG_ODDS, i] = reports.log_odds[r]
        slots.real[ABSENCE, i] = 0.0
        slots.real[LAST, i] = max(slots.real[LAST, i], reports.last_s[r])
        if not reports.last_plume_s[r] <= slots.real[LAST_PLUME, i]:  # NaN: nothing seen burning
            slots.real[LAST_PLUME, i] = reports.last_plume_s[r]
        slots.whole[SENSORS, i] |= 1 << (sensor % 62)
        slots.whole[LAST_SENSOR, i] = sensor
        taken[r] = slots.whole[NUMBER, i]


@kernel
def _match(
    slots: Slots, live: Integers, reports: Tracks, known: Integers, settings: Settings
) -> Integers:
    """Place in `live` of the track that each report is of; -1 where of none.

    Each report is moved to the time of the track that it is compared with.
    """
    n = reports.status.shape[0]
    first = np.zeros(n + 1, np.int64)
    column = np.empty(4 * n + 16, np.int64)
    cost = np.empty(column.shape[0])
    state = np.empty(9)
    covariance = np.empty((9, 9))
    n_pairs = 0
    for r in range(n):
        time_s = math.nan  # of the report as moved: of no track yet
        for m in range(live.shape[0]):
            i = live[m]
            elapsed_s = slots.real[TIME, i] - reports.time_s[r]
            variance = 0.0
            distance2 = 0.0
            for k in range(3):
                distance2 += (slots.state[i, k] - reports.state[r, k]) ** 2
                variance += slots.covariance[i, k, k] + reports.covariance[r, k, k]
            if math.sqrt(distance2) > (
                _FASTEST_M_S * abs(elapsed_s) + math.sqrt(2.0 * _LOYALTY * _GATE * variance)
            ):
                continue
            if slots.real[TIME, i] != time_s:
                time_s = slots.real[TIME, i]
                copy_state(reports.state[r], reports.covariance[r], state, covariance)
                predict_state(state, covariance, reports.phase[r], elapsed_s, settings.motion)
            distance = compare_states(slots.state[i], slots.covariance[i], state, covariance)
            if slots.whole[NUMBER, i] == known[r]:
                distance /= _LOYALTY
            if distance < _GATE:
                if n_pairs == column.shape[0]:
                    column, cost = widen_pairs(column, cost)
                column[n_pairs] = m
                cost[n_pairs] = distance
                n_pairs += 1
        first[r + 1] = n_pairs
    return assign_sparse(first, column, cost, live.shape[0], _GATE)


@kernel
def _fuse(
    slots: Slots, i: int, reports: Tracks, r: int, state: Floats, covariance: Floats,
    settings: Settings,
) -> None:  # fmt: skip
    """Fuse a report with the track in slot `i`; `state` and `covariance` are its own, moved."""
    falls = slots.whole[PHASE, i] == BALLISTIC_PHASE and slots.whole[BANK, i] == 0
    own = slots.covariance[i]
    time_s = slots.real[TIME, i]
    if falls and reports.phase[r] == BALLISTIC_PHASE:
        elapsed_s = time_s - reports.time_s[r]
        predict_state(state, covariance, BALLISTIC_PHASE, elapsed_s, settings.motion)
        fuse_tracks(slots.state[i], own, state, covariance, 6)
        return
    reported = covariance[0, 0] + covariance[1, 1] + covariance[2, 2]
    if reported < own[0, 0] + own[1, 1] + own[2, 2]:
        _replace(slots, i, reports.phase[r], reports.time_s[r], state, covariance, settings)


@kernel
def _replace(
    slots: Slots, i: int, phase: int, time_s: float, state: Floats, covariance: Floats,
    settings: Settings,
) -> None:  # fmt: skip
    """Let a track go on from a reported state, with models of motion for its phase."""
    close_bank(slots, i)
    copy_state(state, covariance, slots.state[i], slots.covariance[i])
    slots.whole[PHASE, i] = phase
    slots.real[TIME, i] = time_s
    slots.real[AHEAD, i] = time_s
    copy_state(state, covariance, slots.ahead_state[i], slots.ahead_covariance[i])
    if phase not in (BALLISTIC_PHASE, BOOST_PHASE) and settings.models.interacting > 0.0:
        possible = find_possible(state, covariance, settings.models)
        if possible == 1 << FREE_FALL:
            slots.whole[PHASE, i] = BALLISTIC_PHASE
        else:
            change_models(slots, i, possible, 1.0, settings)
