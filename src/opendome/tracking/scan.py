"""One scan of one sensor: which tracks it may see, which of its looks they take, and the rest."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from opendome.physics.jit import kernel
from opendome.tables.codes import BALLISTIC_PHASE, BOOST_PHASE, FIRM, PLUME, RADAR
from opendome.tables.truth import Flags, Floats, Integers
from opendome.tracking.bank import (
    AHEAD_OF_IT,
    KEPT,
    copy_bank,
    predict_bank,
    update_bank,
)
from opendome.tracking.discrimination import discriminate
from opendome.tracking.evidence import forget_motion, take_drag
from opendome.tracking.gater import (
    Pairs,
    brief_tracks,
    compare_look,
    find_near,
    gate_lanes,
    is_outlier,
    measure_half_angle,
    sift_tracks,
)
from opendome.tracking.initiator import assume_climb, copy_state, start_from_radar
from opendome.tracking.lanes import (
    LANES,
    ROOM,
    expect_lanes,
    expect_rates,
    is_plain,
    load_lanes,
    load_looks,
    predict_lanes,
    store_lanes,
    update_lanes,
)
from opendome.tracking.measurement_model import predict_measurement
from opendome.tracking.model_set import start_bank, watch_track
from opendome.tracking.phases import begin_thrust
from opendome.tracking.picture import (
    ABSENCE,
    AHEAD,
    BANK,
    HALF_ANGLE,
    HITS,
    LAST,
    LAST_PLUME,
    LAST_SENSOR,
    LOG_ODDS,
    LOOK_BAND,
    LOOK_FEATURE,
    LOOK_KIND,
    LOOK_SENSOR,
    LOOK_TIME,
    LOOKS,
    NUMBER,
    PHASE,
    PLUME_INTERVAL,
    SENSORS,
    STATUS,
    TIME,
    Slots,
)  # fmt: skip
from opendome.tracking.predictor import predict_state
from opendome.tracking.scan_index import (
    MODEL,
    PLACE,
    RANGED,
    RATED,
    WIDEST,
    ScanIndex,
)
from opendome.tracking.settings import Settings
from opendome.tracking.triangulator import start_from_directions
from opendome.tracking.updater import update_state

_SAME_LOOK_S: Final = 1e-3  # looks closer in time than this are one


class Rooms(NamedTuple):
    """Working room of one decision time."""

    lanes: Floats  # (ROOM,)
    distance: Floats  # (6, 5)
    update: Floats  # (5, 9)
    chosen: Integers  # (LANES,) tracks in them
    rows: Integers  # (LANES,)
    keep: Flags  # (capacity,)
    sifted: Integers  # (capacity + 1,)


@kernel
def make_rooms(capacity: int) -> Rooms:
    """Room as the kernels expect it."""
    return Rooms(
        np.zeros(ROOM), np.zeros((6, 5)), np.zeros((5, 9)),
        np.zeros(LANES, np.int64), np.zeros(LANES, np.int64),
        np.empty(capacity, np.bool_), np.empty(capacity + 1, np.int64),
    )  # fmt: skip


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
def move_lanes(
    slots: Slots, plain: Integers, time_s: float, settings: Settings, room: Floats
) -> None:
    """As `move_track` for up to thirty-two tracks; leaves them in the lanes.

    All are plain, or stand at that time.
    """
    load_lanes(slots, plain, time_s, room)
    for i in plain:
        # Most scans of a decision are of one time: only the first finds tracks that must be moved.
        if slots.real[AHEAD, i] != time_s:
            predict_lanes(room, settings.motion.gravity_noise_m2_s3)
            break
    store_lanes(slots, plain, time_s, room)


@kernel
def expect_track(slots: Slots, i: int, looks: Floats, index: ScanIndex, settings: Settings) -> None:
    """Fill what the sensor of the scan in hand should see of one track."""
    predict_measurement(
        slots.ahead_state[i], slots.ahead_covariance[i], looks[int(index.frame[MODEL])],
        slots.jacobian[i], slots.spread[i], slots.expected[i],
    )  # fmt: skip
    slots.expected[i, HALF_ANGLE] = measure_half_angle(
        slots.spread[i, 0, 0] + slots.spread[i, 1, 1], index.frame[WIDEST], settings.association
    )


@kernel
def gate_scan(
    slots: Slots, live: Integers, looks: Floats, low: int, index: ScanIndex, settings: Settings,
    rooms: Rooms, near: Integers, pairs: Pairs,
) -> tuple[int, Pairs]:  # fmt: skip
    """Move all tracks that a scan may see to its time, and pair them with its looks.

    Parameters
    ----------
    slots : Slots
    live : (n_live,) int64
        Slots of the live tracks.
    looks : (n, N_LOOK) float64
    low : int
        First look of the scan.
    index : ScanIndex
        Filled for the scan.
    settings : Settings
    rooms : Rooms
    near : (n_live or more,) int64
        Filled: slots of the tracks that one of the looks may belong to.
    pairs : Pairs

    Returns
    -------
    n_near : int
    pairs : Pairs
        One row for each track in `near`.
    """
    association = settings.association
    frame = index.frame
    time_s = looks[low, LOOK_TIME]
    n_near = 0
    pairs.first[0] = 0
    chosen = rooms.chosen
    n_chosen = 0
    n_sifted = sift_tracks(slots, live, time_s, index, association, rooms.keep, rooms.sifted)
    sifted = rooms.sifted[:n_sifted]
    m = 0
    while m < n_sifted or n_chosen > 0:
        m, n_chosen = find_near(slots, sifted, m, time_s, index, association, chosen, n_chosen)
        if m < n_sifted and n_chosen < LANES:
            move_track(slots, sifted[m], time_s, settings)
            brief_tracks(slots, sifted[m : m + 1])
            continue
        if n_chosen == 0:
            break
        move_lanes(slots, chosen[:n_chosen], time_s, settings, rooms.lanes)
        expect_lanes(rooms.lanes, frame[PLACE], frame[PLACE + 1], frame[PLACE + 2])
        if frame[RATED] > 0.0:
            expect_rates(rooms.lanes)
        pairs = gate_lanes(
            slots, chosen[:n_chosen], rooms.lanes, looks, low, index, association, pairs, n_near
        )
        for k in range(n_chosen):
            near[n_near] = chosen[k]
            n_near += 1
        n_chosen = 0
    return n_near, pairs


@kernel
def take_look(slots: Slots, slot: int, look: Floats, room: Floats, settings: Settings) -> bool:
    """Take one assigned look into the state of its track; `room` is (5, 9).

    Returns whether the look has told something of the object's drag.
    """
    whole = slots.whole
    state = slots.ahead_state[slot]
    covariance = slots.ahead_covariance[slot]
    if look[LOOK_KIND] == PLUME and whole[PHASE, slot] != BOOST_PHASE:
        whole[PHASE, slot] = BOOST_PHASE
        whole[BANK, slot] = 0
        if whole[STATUS, slot] == FIRM:
            begin_thrust(state, covariance, settings.initiation)
        else:  # as if the plume had been its first look: what it was taken for is no guide
            assume_climb(state, covariance, settings.initiation)
            slots.real[LOG_ODDS, slot] = settings.beliefs.boost_log_odds
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
    return drag


@kernel
def note_looks(
    slots: Slots, chosen: Integers, looks: Floats, rows: Integers, drag: bool, settings: Settings
) -> None:
    """Write down what each of some looks tells of its track, apart from the state."""
    whole = slots.whole
    real = slots.real
    for k in range(rows.shape[0]):
        i = chosen[k]
        row = rows[k]
        time_s = looks[row, LOOK_TIME]
        real[TIME, i] = time_s
        if time_s > real[LAST, i] + _SAME_LOOK_S:
            whole[LOOKS, i] += 1
        real[LAST, i] = max(time_s, real[LAST, i])
        real[ABSENCE, i] = 0.0
        sensor = int(looks[row, LOOK_SENSOR])
        whole[HITS, i] += 1
        whole[SENSORS, i] |= 1 << (sensor % 62)
        whole[LAST_SENSOR, i] = sensor
        if looks[row, LOOK_KIND] == PLUME:
            interval = time_s - real[LAST_PLUME, i]
            if interval > _SAME_LOOK_S:
                real[PLUME_INTERVAL, i] = interval
            if not interval <= 0.0:  # NaN before the first
                real[LAST_PLUME, i] = time_s
        if drag or looks[row, LOOK_BAND] >= 0.0 or math.isfinite(looks[row, LOOK_FEATURE]):
            discriminate(slots, i, looks[row], drag, settings)


@kernel
def take_scan(
    slots: Slots, near: Integers, chosen: Integers, looks: Floats, low: int, index: ScanIndex,
    settings: Settings, rooms: Rooms, taken: Integers,
) -> None:  # fmt: skip
    """Take the chosen looks of a scan into their tracks."""
    frame = index.frame
    time_s = looks[low, LOOK_TIME]
    n_components = 2
    if frame[RANGED] > 0.0:
        n_components = 3
    if frame[RATED] > 0.0:
        n_components = 4
    plain = rooms.chosen
    rows = rooms.rows
    n_plain = 0
    for m in range(near.shape[0]):
        i = near[m]
        if chosen[m] >= 0:
            row = low + chosen[m]
            taken[row] = slots.whole[NUMBER, i]
            plain[n_plain] = i
            rows[n_plain] = row
            if looks[row, LOOK_KIND] != PLUME and is_plain(slots, i, time_s):
                n_plain += 1
            else:
                expect_track(slots, i, looks, index, settings)
                drag = take_look(slots, i, looks[row], rooms.update, settings)
                note_looks(
                    slots, plain[n_plain:], looks, rows[n_plain : n_plain + 1], drag, settings
                )
        if n_plain == LANES or (n_plain > 0 and m == near.shape[0] - 1):
            load_lanes(slots, plain[:n_plain], time_s, rooms.lanes)
            load_looks(looks, rows[:n_plain], rooms.lanes)
            expect_lanes(rooms.lanes, frame[PLACE], frame[PLACE + 1], frame[PLACE + 2])
            if n_components == 4:
                expect_rates(rooms.lanes)
            update_lanes(rooms.lanes, n_components)
            store_lanes(slots, plain[:n_plain], time_s, rooms.lanes)
            note_looks(slots, plain, looks, rows[:n_plain], False, settings)
            n_plain = 0


@kernel
def list_waiting(
    slots: Slots, near: Integers, chosen: Integers, looks: Floats, index: ScanIndex,
    settings: Settings, waiting: Integers,
) -> int:  # fmt: skip
    """Fill the firm tracks near a scan that took nothing, and what was expected of them."""
    n_waiting = 0
    for m in range(near.shape[0]):
        i = near[m]
        if chosen[m] < 0 and slots.whole[STATUS, i] == FIRM:
            expect_track(slots, i, looks, index, settings)
            waiting[n_waiting] = i
            n_waiting += 1
    return n_waiting


@kernel
def start_tracks(
    slots: Slots, pending: Floats, counters: Integers, looks: Floats, low: int, high: int,
    waiting: Integers, taken: Integers, settings: Settings, room: Floats,
) -> None:  # fmt: skip
    """Start tracks from the looks of a scan that no track took and that are no outliers.

    `waiting` are the firm tracks near the scan that took nothing; `room` is (6, 5).
    """
    rows = np.empty(high - low, np.int64)
    n_rows = 0
    for row in range(low, high):
        if taken[row] < 0 and not is_outlier(
            slots, waiting, looks[row], room, settings.association
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
