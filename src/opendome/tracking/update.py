"""One decision time of the tracker: all measurements that arrived go into the tracks."""

from __future__ import annotations

import numpy as np

from opendome.physics.jit import kernel
from opendome.tables.codes import BALLISTIC_PHASE, BOOST_PHASE, FIRM, FREE, TENTATIVE
from opendome.tables.cued_looks import CuedLooks
from opendome.tables.measurements import Measurements
from opendome.tables.tracks import find_slots
from opendome.tables.truth import Floats, Integers
from opendome.tracking.absence import NO_CUED, note_absences, sort_cued
from opendome.tracking.associator import assign_sparse
from opendome.tracking.bank import (
    AHEAD_OF_IT,
    KEPT,
    copy_bank,
)
from opendome.tracking.cluster_scan import take_scan_in_clusters
from opendome.tracking.deleter import delete_tracks
from opendome.tracking.deployment import unsettle_tracks
from opendome.tracking.gater import (
    Pairs,
    brief_tracks,
)
from opendome.tracking.initiator import copy_state
from opendome.tracking.joint_scan import Mixture, make_mixture, take_scan_jointly
from opendome.tracking.lanes import (
    LANES,
    is_plain,
)
from opendome.tracking.model_set import review_bank
from opendome.tracking.phases import end_boosts, estimate_launch
from opendome.tracking.picture import (
    AHEAD,
    BANK,
    FIRM_SINCE,
    LAUNCH,
    LOOK_TIME,
    LOOKS,
    NEXT_NUMBER,
    NUMBER,
    PHASE,
    STATUS,
    TIME,
    Slots,
    Tracker,
    find_scans,
    sort_looks,
)  # fmt: skip
from opendome.tracking.registration import (
    correct_looks,
    learn_biases,
    remember_tracks,
    shift_tracks,
)
from opendome.tracking.scan import (
    Rooms,
    gate_scan,
    list_waiting,
    make_rooms,
    move_lanes,
    move_track,
    start_tracks,
)
from opendome.tracking.scan_index import (
    index_scan,
    make_index,
)
from opendome.tracking.settings import Settings, SettingsTable
from opendome.tracking.triangulator import expire_pending


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
def settle_tracks(
    slots: Slots, live: Integers, t: float, latest_s: float, settings: Settings, rooms: Rooms
) -> None:
    """After the last scan: end boosts, bring all others up to `latest_s`, review models, confirm.

    Boost tracks stay at their last measurement, so that burnout can be put behind it.
    """
    whole = slots.whole
    real = slots.real
    end_boosts(slots, t, settings)
    plain = rooms.chosen
    n_plain = 0
    for m in range(live.shape[0]):
        i = live[m]
        if whole[PHASE, i] != BOOST_PHASE and real[AHEAD, i] < latest_s:
            if is_plain(slots, i, latest_s):
                plain[n_plain] = i
                n_plain += 1
            else:
                move_track(slots, i, latest_s, settings)
        if n_plain == LANES or (n_plain > 0 and m == live.shape[0] - 1):
            move_lanes(slots, plain[:n_plain], latest_s, settings, rooms.lanes)
            n_plain = 0
    for i in live:
        if whole[PHASE, i] != BOOST_PHASE:
            # In free fall the rest of both is zero.
            for k in range(6):
                slots.state[i, k] = slots.ahead_state[i, k]
                for m in range(6):
                    slots.covariance[i, k, m] = slots.ahead_covariance[i, k, m]
            real[TIME, i] = real[AHEAD, i]
        if whole[PHASE, i] != BALLISTIC_PHASE or whole[BANK, i] != 0:
            if whole[PHASE, i] != BOOST_PHASE:
                copy_state(
                    slots.ahead_state[i], slots.ahead_covariance[i], slots.state[i],
                    slots.covariance[i],
                )  # fmt: skip
                copy_bank(slots, i, AHEAD_OF_IT, KEPT)
            if settings.models.interacting > 0.0:
                review_bank(slots, i, t, settings)
        if whole[STATUS, i] == TENTATIVE and whole[LOOKS, i] >= settings.life.firm_looks:
            whole[STATUS, i] = FIRM
            real[FIRM_SINCE, i] = t
            if whole[PHASE, i] == BOOST_PHASE:
                real[LAUNCH, i] = estimate_launch(slots.state[i], real[TIME, i], settings.beliefs)


@kernel
def _gather_ballistic(slots: Slots, live: Integers, t: float, settings: Settings) -> float:
    """Time at which ballistic tracks stay together: that of the newest scan, or behind the clock.

    All others begin from their state.
    """
    latest_s = t - settings.life.lag_s
    for i in live:
        # They are where the last call has left them, unless they were fused with another.
        if (
            slots.whole[PHASE, i] == BALLISTIC_PHASE
            and slots.whole[BANK, i] == 0
            and slots.real[AHEAD, i] == slots.real[TIME, i]
            and slots.ahead_state[i, 0] == slots.state[i, 0]
            and slots.ahead_state[i, 3] == slots.state[i, 3]
        ):
            latest_s = max(latest_s, slots.real[AHEAD, i])
            continue
        slots.real[AHEAD, i] = slots.real[TIME, i]
        copy_state(
            slots.state[i], slots.covariance[i], slots.ahead_state[i], slots.ahead_covariance[i]
        )
        copy_bank(slots, i, KEPT, AHEAD_OF_IT)
    return latest_s


@kernel
def _update_slots(
    slots: Slots,
    pending: Floats,
    counters: Integers,
    looks: Floats,
    scans: Integers,
    t: float,
    taken: Integers,
    cued: Floats,
    mix: Mixture | None,
    settings_table: SettingsTable,
) -> None:
    """Take sorted looks into the tracks, scan by scan.

    Scan k is the looks `scans[k]` to `scans[k + 1]`: one sensor, one time. `cued` are looks at
    cues, as `absence.note_absences` takes them. `mix` is room for joint association, None: nearest
    neighbours. The compiler leaves out the branch that the type of `mix` rules out.
    """
    settings = settings_table[0]
    expire_pending(pending, counters, t, settings)
    live = np.empty(slots.state.shape[0], np.int64)
    near = np.empty(live.shape[0], np.int64)
    waiting = np.empty(live.shape[0], np.int64)
    n_live = list_live(slots, live)
    latest_s = _gather_ballistic(slots, live[:n_live], t, settings)
    unsettle_tracks(slots, live[:n_live], t, settings.initiation)
    brief_tracks(slots, live[:n_live])
    rooms = make_rooms(live.shape[0])
    index = make_index(looks.shape[0])
    room = max(2 * looks.shape[0], 64)
    pairs = Pairs(np.empty(live.shape[0] + 1, np.int64), np.empty(room, np.int64), np.empty(room))
    for k in range(scans.shape[0] - 1):
        low = scans[k]
        high = scans[k + 1]
        n_started = counters[NEXT_NUMBER]
        index_scan(index, looks, low, high)
        n_near, pairs = gate_scan(
            slots, live[:n_live], looks, low, index, settings, rooms, near, pairs
        )
        if mix is None:
            chosen = assign_sparse(
                pairs.first[: n_near + 1], pairs.column, pairs.cost, high - low,
                settings.association.miss_cost,
            )  # fmt: skip
            take_scan_in_clusters(
                slots, near[:n_near], pairs, chosen, looks, low, high, index, settings, rooms, taken
            )
        else:
            chosen = take_scan_jointly(
                slots, near[:n_near], pairs, looks, low, high, index, settings, rooms, mix, taken
            )
        n_taken = 0
        for m in range(n_near):
            if chosen[m] >= 0:
                n_taken += 1
        if n_taken < high - low:
            n_waiting = list_waiting(slots, near[:n_near], chosen, looks, index, settings, waiting)
            start_tracks(
                slots, pending, counters, looks, low, high, waiting[:n_waiting], taken, settings,
                rooms.distance,
            )  # fmt: skip
        brief_tracks(slots, near[:n_near])
        if counters[NEXT_NUMBER] > n_started:
            n_live = list_live(slots, live)
            for m in range(n_live):
                if slots.whole[NUMBER, live[m]] >= n_started:
                    brief_tracks(slots, live[m : m + 1])
        latest_s = max(latest_s, looks[low, LOOK_TIME])
    settle_tracks(slots, live[:n_live], t, latest_s, settings, rooms)
    note_absences(slots, cued, settings)
    delete_tracks(slots, t, settings.life)


def update(
    tracker: Tracker,
    measurements: Measurements,
    t: float,
    settings: SettingsTable,
    cued_looks: CuedLooks | None = None,
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
    cued_looks : CuedLooks, optional
        Looks at cues that were reported by now, found or not, in any order.

    Returns
    -------
    taken : (n,) int64
        Number of the track that took each measurement or that it started; -1 where none. Under
        joint association that of the likeliest event.

    Raises
    ------
    BadInput
        A measurement has no finite time, direction, sensor position, or no error above zero.
    """
    looks, order = sort_looks(measurements)
    taken = np.full(measurements.n_rows, -1, np.int64)
    scans = find_scans(looks)
    cued = NO_CUED if cued_looks is None else sort_cued(tracker.tracks, cued_looks)
    registration = tracker.registration
    if registration is not None:
        used = registration.estimate.copy()
        inflation = np.diag(registration.covariance).copy()
        before = remember_tracks(tracker.slots)
        correct_looks(registration, looks)
    mix = make_mixture() if settings["association"]["joint"][0] > 0.0 else None
    _update_slots(
        tracker.slots, tracker.pending, tracker.counters, looks, scans, float(t), taken, cued, mix,
        settings,
    )  # fmt: skip
    if registration is not None:
        slot = find_slots(tracker.tracks, taken)
        learn_biases(registration, used, inflation, tracker.slots, before, looks, slot)
        shift_tracks(registration, used, tracker.slots)
    result = np.empty_like(taken)
    result[order] = taken
    return result
