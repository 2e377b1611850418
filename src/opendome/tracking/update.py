"""One decision time of the tracker: all measurements that arrived go into the tracks."""

from __future__ import annotations

from typing import Final

import numpy as np

from opendome.physics.jit import kernel
from opendome.tables.codes import BALLISTIC_PHASE, BOOST_PHASE, FIRM, FREE, PLUME, RADAR, TENTATIVE
from opendome.tables.measurements import Measurements
from opendome.tables.truth import Floats, Integers
from opendome.tracking.associator import assign_sparse
from opendome.tracking.bank import (
    AHEAD_OF_IT,
    KEPT,
    copy_bank,
    predict_bank,
    review_bank,
    start_bank,
    update_bank,
    watch_track,
)
from opendome.tracking.deleter import delete_tracks
from opendome.tracking.discrimination import discriminate
from opendome.tracking.evidence import forget_motion, take_drag
from opendome.tracking.gater import compare_look, expect_scan, gate_scan, is_outlier
from opendome.tracking.initiator import copy_state, start_from_radar
from opendome.tracking.phases import begin_thrust, end_boosts, estimate_launch
from opendome.tracking.picture import (
    AHEAD,
    BANK,
    FIRM_SINCE,
    HITS,
    LAST,
    LAST_PLUME,
    LAST_SENSOR,
    LAUNCH,
    LOOK_KIND,
    LOOK_SENSOR,
    LOOK_TIME,
    LOOKS,
    NEXT_NUMBER,
    NUMBER,
    PHASE,
    PLUME_INTERVAL,
    SENSORS,
    STATUS,
    TIME,
    Slots,
    Tracker,
    find_scans,
    sort_looks,
)  # fmt: skip
from opendome.tracking.predictor import predict_state
from opendome.tracking.settings import Settings, SettingsTable
from opendome.tracking.triangulator import expire_pending, start_from_directions
from opendome.tracking.updater import update_state

_SAME_LOOK_S: Final = 1e-3  # looks closer in time than this are one


@kernel
def list_live(slots: Slots, live: Integers) -> int:
    """Fill the slots of all live tracks; returns how many."""
    n_live = 0
    for i in range(slots.state.shape[0]):
        if slots.whole[STATUS, i] != FREE:
            live[n_live] = i
            n_live += 1
    return n_live


@kernel
def move_track(slots: Slots, i: int, time_s: float, settings: Settings) -> None:
    """Bring the working copy of a live track to a time."""
    elapsed_s = time_s - slots.real[AHEAD, i]
    if slots.whole[BANK, i] != 0:
        predict_bank(slots, i, elapsed_s, settings)
    else:
        predict_state(
            slots.ahead_state[i], slots.ahead_covariance[i], slots.whole[PHASE, i], elapsed_s,
            settings.motion,
        )  # fmt: skip
    slots.real[AHEAD, i] = time_s


@kernel
def move_ahead(slots: Slots, live: Integers, time_s: float, settings: Settings) -> None:
    """Bring the working copies of all live tracks to a time."""
    for i in live:
        if slots.real[AHEAD, i] != time_s:
            move_track(slots, i, time_s, settings)


@kernel
def take_look(slots: Slots, slot: int, look: Floats, room: Floats, settings: Settings) -> None:
    """Take one assigned look into its track, and write down what it tells; `room` is (5, 9)."""
    whole = slots.whole
    real = slots.real
    state = slots.ahead_state[slot]
    covariance = slots.ahead_covariance[slot]
    time_s = look[LOOK_TIME]
    burning = look[LOOK_KIND] == PLUME
    if burning and whole[PHASE, slot] != BOOST_PHASE:
        begin_thrust(state, covariance, settings.initiation)
        whole[PHASE, slot] = BOOST_PHASE
        whole[BANK, slot] = 0
    jacobian = slots.jacobian[slot]
    drag = False
    if whole[BANK, slot] == 0:
        compare_look(look, jacobian, slots.expected[slot], room[0], room[1])
        if settings.models.interacting > 0.0 and whole[PHASE, slot] == BALLISTIC_PHASE:
            watch_track(slots, slot, room, settings)
    if whole[BANK, slot] == 0:
        if settings.discrimination.physical > 0.0 and whole[PHASE, slot] == BALLISTIC_PHASE:
            drag = take_drag(
                slots.evidence[slot], state, covariance, look, jacobian, room[0], room[1]
            )
        update_state(state, covariance, whole[PHASE, slot], jacobian, room[0], room[1], room[2:])
    else:
        update_bank(slots, slot, look, room, settings)
        forget_motion(slots.evidence[slot])
        copy_bank(slots, slot, AHEAD_OF_IT, KEPT)
    copy_state(state, covariance, slots.state[slot], slots.covariance[slot])
    real[TIME, slot] = time_s
    if time_s > real[LAST, slot] + _SAME_LOOK_S:
        whole[LOOKS, slot] += 1
    real[LAST, slot] = max(time_s, real[LAST, slot])
    sensor = int(look[LOOK_SENSOR])
    whole[HITS, slot] += 1
    whole[SENSORS, slot] |= 1 << (sensor % 62)
    whole[LAST_SENSOR, slot] = sensor
    if burning:
        interval = time_s - real[LAST_PLUME, slot]
        if interval > _SAME_LOOK_S:
            real[PLUME_INTERVAL, slot] = interval
        if not interval <= 0.0:  # NaN before the first
            real[LAST_PLUME, slot] = time_s
    discriminate(slots, slot, look, drag, settings)


@kernel
def settle_tracks(slots: Slots, t: float, settings: Settings) -> None:
    """After the last scan: end boosts, bring all others up to date, review models, confirm.

    Boost tracks stay at their last measurement, so that burnout can be put behind it.
    """
    whole = slots.whole
    real = slots.real
    end_boosts(slots, t, settings.life)
    latest = t - settings.life.lag_s
    for i in range(slots.state.shape[0]):
        if whole[STATUS, i] == FREE:
            continue
        state = slots.ahead_state[i]
        covariance = slots.ahead_covariance[i]
        if whole[PHASE, i] != BOOST_PHASE:
            if real[AHEAD, i] < latest:
                move_track(slots, i, latest, settings)
            copy_state(state, covariance, slots.state[i], slots.covariance[i])
            copy_bank(slots, i, AHEAD_OF_IT, KEPT)
            real[TIME, i] = real[AHEAD, i]
        if settings.models.interacting > 0.0:
            review_bank(slots, i, t, settings)
        if whole[STATUS, i] == TENTATIVE and whole[LOOKS, i] >= settings.life.firm_looks:
            whole[STATUS, i] = FIRM
            real[FIRM_SINCE, i] = t
            if whole[PHASE, i] == BOOST_PHASE:
                real[LAUNCH, i] = estimate_launch(slots.state[i], real[TIME, i], settings.beliefs)


@kernel
def _update_slots(
    slots: Slots,
    pending: Floats,
    counters: Integers,
    looks: Floats,
    scans: Integers,
    t: float,
    taken: Integers,
    settings_table: SettingsTable,
) -> None:
    """Take sorted looks into the tracks, scan by scan.

    Scan k is the looks `scans[k]` to `scans[k + 1]`: one sensor, one time.
    """
    settings = settings_table[0]
    association = settings.association
    expire_pending(pending, counters, t, settings)
    live = np.empty(slots.state.shape[0], np.int64)
    near = np.empty(live.shape[0], np.int64)
    n_live = list_live(slots, live)
    for i in live[:n_live]:
        slots.real[AHEAD, i] = slots.real[TIME, i]
        copy_state(
            slots.state[i], slots.covariance[i], slots.ahead_state[i], slots.ahead_covariance[i]
        )
        copy_bank(slots, i, KEPT, AHEAD_OF_IT)
    rows = np.empty(looks.shape[0], np.int64)
    room = np.empty((5, 9))
    outlier = np.empty((6, 5))
    for k in range(scans.shape[0] - 1):
        low = scans[k]
        high = scans[k + 1]
        n_started = counters[NEXT_NUMBER]
        move_ahead(slots, live[:n_live], looks[low, LOOK_TIME], settings)
        n_near = expect_scan(slots, live[:n_live], looks, low, high, association, near)
        first, column, cost = gate_scan(slots, near[:n_near], looks, low, high, association)
        chosen = assign_sparse(first, column, cost, high - low, association.miss_cost)
        for m in range(n_near):
            if chosen[m] >= 0:
                row = low + chosen[m]
                taken[row] = slots.whole[NUMBER, near[m]]
                take_look(slots, near[m], looks[row], room, settings)
        n_rows = 0
        for row in range(low, high):
            if taken[row] < 0 and not is_outlier(
                slots, near[:n_near], chosen, looks[row], outlier, association
            ):
                if looks[row, LOOK_KIND] == RADAR:
                    slot = start_from_radar(slots, counters, looks[row], settings)
                    if slot >= 0:
                        taken[row] = slots.whole[NUMBER, slot]
                        if settings.models.interacting > 0.0:
                            start_bank(slots, slot, looks[row], settings)
                        discriminate(slots, slot, looks[row], False, settings)
                else:
                    rows[n_rows] = row
                    n_rows += 1
        if n_rows > 0:
            start_from_directions(slots, pending, counters, looks, rows[:n_rows], taken, settings)
        if counters[NEXT_NUMBER] > n_started:
            n_live = list_live(slots, live)
    settle_tracks(slots, t, settings)
    delete_tracks(slots, t, settings.life)


def update(
    tracker: Tracker, measurements: Measurements, t: float, settings: SettingsTable
) -> Integers:
    """Take the measurements of one decision time into the tracks, in place.

    Parameters
    ----------
    tracker : Tracker
        From `start_tracker`; what others read is `tracker.tracks`.
    measurements : Measurements
        Rows in any order; the result does not depend on it. Times up to `t`; a row older than
        its track is taken at its own time, without the process noise between.
    t : float
        Decision time [s], not before that of the last call.
    settings : SettingsTable
        From `build_settings`.

    Returns
    -------
    taken : (n,) int64
        Number of the track that took each measurement or that it started; -1 where none.

    Raises
    ------
    BadInput
        A measurement has no finite time, direction, sensor position, or no error above zero.
    """
    looks, order = sort_looks(measurements)
    taken = np.full(measurements.n_rows, -1, np.int64)
    scans = find_scans(looks)
    _update_slots(
        tracker.slots, tracker.pending, tracker.counters, looks, scans, float(t), taken, settings
    )
    if order is None:
        return taken
    result = np.empty_like(taken)
    result[order] = taken
    return result
