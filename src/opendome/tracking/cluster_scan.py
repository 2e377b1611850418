"""A scan in which tracks that may each have taken another's look do not pretend to know.

Looks are given out as to nearest neighbours, and where one is all but certain its track takes it
whole. A track in free fall with more looks in its gate, or a look in more gates than its own, goes
on with the mixture of all updates that it may have had, matched in its moments: doubt about the
pairs becomes covariance. Probabilities of pairs are those of belief propagation over the gate graph
(`joint.propagate_beliefs`), exact where it has no loops. Banks of models take the nearest look, and
so does a track that has been seen once and whose velocity is not its own (`shares_error`).

Source: Bar-Shalom, Daum and Huang (2009), as in `joint`.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from opendome.physics.jit import kernel
from opendome.tables.codes import BALLISTIC_PHASE, NO_BAND, PLUME
from opendome.tables.truth import Floats, Integers
from opendome.tracking.evidence import forget_motion
from opendome.tracking.gater import Pairs, compare_look
from opendome.tracking.initiator import copy_state
from opendome.tracking.joint import propagate_beliefs, weigh_pairs
from opendome.tracking.picture import (
    BANK,
    LOOK_BAND,
    LOOK_FEATURE,
    LOOK_KIND,
    LOOK_TIME,
    LOOKS,
    NUMBER,
    PHASE,
    TIME,
    Slots,
)
from opendome.tracking.scan import Rooms, expect_track, note_looks, take_scan
from opendome.tracking.scan_index import ScanIndex
from opendome.tracking.settings import Association, Initiation, Settings
from opendome.tracking.updater import update_state

# A look more probable than this is taken whole: the mixture would differ by a hundredth of an
# innovation.
_CERTAIN: Final = 0.99
# Looks less probable than this add nothing.
_NOTHING: Final = 1e-4
# What a look tells of its object counts for the track that it is of more probably than not.
_LIKELY: Final = 0.5


@kernel
def share_cluster_looks(
    first: Integers, column: Integers, cost: Floats, n_columns: int, association: Association
) -> Floats:
    """Probability of each pair of a gate graph; a pair alone in its row and column has one.

    Parameters
    ----------
    first : (n + 1,) int64
        Pairs of row i are `first[i]` to `first[i + 1]`.
    column, cost : (n_pairs,)
        As in `gater.Pairs`.
    n_columns : int
    association : Association

    Returns
    -------
    share : (n_pairs,) float64
    """
    n = first.shape[0] - 1
    share = np.ones(column.shape[0])
    degree = np.zeros(n_columns, np.int64)
    for e in range(first[n]):
        degree[column[e]] += 1
    rows = np.empty(n, np.int64)
    n_rows = 0
    for i in range(n):
        size = first[i + 1] - first[i]
        if size > 1 or (size == 1 and degree[column[first[i]]] > 1):
            rows[n_rows] = i
            n_rows += 1
    if n_rows > 0:
        weight = weigh_pairs(cost, association, association.cluster_strangers)
        propagate_beliefs(rows[:n_rows], first, column, weight, n_columns, share)
    return share


@kernel
def shares_error(slots: Slots, i: int, initiation: Initiation) -> bool:
    """Whether a track seen once errs in velocity, for the most part, as those begun beside it do.

    Its velocity is its parent's, or nobody's. Where that is known worse than the speed at which
    objects part, all that began with it miss their next looks by one and the same shift, and the
    looks keep their order, as the cheapest assignment does. Errors taken as independent would call
    all orders, or looks of strangers, as probable.
    """
    if slots.whole[LOOKS, i] > 1:
        return False
    c = slots.ahead_covariance[i]
    own = 3.0 * initiation.spawn_sigma_m_s**2
    return bool(c[3, 3] + c[4, 4] + c[5, 5] > 2.0 * own)


@kernel
def mix_looks(
    slots: Slots, i: int, looks: Floats, rows: Integers, share: Floats, room: Floats,
    old: Floats, mean: Floats, square: Floats,
) -> None:  # fmt: skip
    """Take several looks of one scan into the state of a track in free fall, by their probability.

    Parameters
    ----------
    slots : Slots
        What is expected of the track is filled.
    i : int
        Slot.
    looks : (n, N_LOOK) float64
    rows : (k,) int64
        The looks that may be of the track.
    share : (k,) float64
        Probability of each; what is left to one is that of none.
    room : (5, 9) float64
    old : (10, 9) float64
    mean : (9,) float64
    square : (9, 9) float64
        Working room.
    """
    state = slots.ahead_state[i]
    covariance = slots.ahead_covariance[i]
    copy_state(state, covariance, old[9], old)
    none = 1.0
    for k in range(rows.shape[0]):
        none -= share[k]
    none = max(none, 0.0)
    total = none
    for j in range(6):
        mean[j] = 0.0
        for m in range(6):
            square[j, m] = none * covariance[j, m]
    for k in range(rows.shape[0]):
        copy_state(old[9], old, state, covariance)
        compare_look(looks[rows[k]], slots.jacobian[i], slots.expected[i], room[0], room[1])
        update_state(
            state, covariance, BALLISTIC_PHASE, slots.jacobian[i], room[0], room[1], room[2:]
        )
        total += share[k]
        for j in range(6):
            apart = state[j] - old[9, j]
            mean[j] += share[k] * apart
            for m in range(6):
                square[j, m] += share[k] * (covariance[j, m] + apart * (state[m] - old[9, m]))
    for j in range(6):
        state[j] = old[9, j] + mean[j] / total
        for m in range(6):
            covariance[j, m] = (square[j, m] - mean[j] * mean[m] / total) / total
    copy_state(state, covariance, slots.state[i], slots.covariance[i])
    # The dependence of the state on its drag is not carried through a mixture.
    forget_motion(slots.evidence[i])


@kernel
def take_scan_in_clusters(
    slots: Slots, near: Integers, pairs: Pairs, chosen: Integers, looks: Floats, low: int,
    high: int, index: ScanIndex, settings: Settings, rooms: Rooms, taken: Integers,
) -> None:  # fmt: skip
    """Take the looks of a scan into their tracks, by their probabilities where there is a choice.

    Parameters
    ----------
    slots : Slots
    near : (n_near,) int64
        Slots of the tracks, one for each row of the pairs.
    pairs : Pairs
    chosen : (n_near,) int64
        Look of each track among nearest neighbours, -1 where none. What is not averaged goes by
        it: which looks start new tracks, and what looks tell of the object. A track counts as
        seen where it has a look there, or has probably been seen.
    looks : (n, N_LOOK) float64
    low, high : int
        The scan.
    index : ScanIndex
    settings : Settings
    rooms : Rooms
    taken : (n,) int64
        Filled for the looks of `chosen`.
    """
    n_near = near.shape[0]
    first = pairs.first[: n_near + 1]
    certain = chosen.copy()
    trust = np.ones(n_near)
    doubtful = np.zeros(n_near, np.bool_)
    share = np.ones(first[n_near])
    n_doubtful = 0
    if settings.association.clusters > 0.0:
        share = share_cluster_looks(
            first, pairs.column[: first[n_near]], pairs.cost[: first[n_near]], high - low,
            settings.association,
        )  # fmt: skip
        for m in range(n_near):
            i = near[m]
            if slots.whole[PHASE, i] != BALLISTIC_PHASE or slots.whole[BANK, i] != 0:
                continue
            own = 0.0
            plume = False
            for e in range(first[m], first[m + 1]):
                plume |= looks[low + pairs.column[e], LOOK_KIND] == PLUME
                if pairs.column[e] == chosen[m]:
                    own = share[e]
            if (
                own <= _CERTAIN and first[m + 1] > first[m] and not plume
                and not shares_error(slots, i, settings.initiation)
            ):  # fmt: skip
                trust[m] = own
                certain[m] = -1
                doubtful[m] = True
                n_doubtful += 1
    take_scan(slots, near, certain, looks, low, index, settings, rooms, taken)
    if n_doubtful == 0:
        return
    rows = np.empty(high - low, np.int64)
    chance = np.empty(high - low)
    one = np.zeros(1, np.int64)
    bare = np.empty((1, looks.shape[1]))
    old = np.zeros((10, 9))
    mean = np.zeros(9)
    square = np.zeros((9, 9))
    for m in range(n_near):
        if not doubtful[m]:
            continue
        i = near[m]
        n = 0
        best = 0
        seen = 0.0
        for e in range(first[m], first[m + 1]):
            if share[e] > _NOTHING:
                rows[n] = low + pairs.column[e]
                chance[n] = share[e]
                seen += share[e]
                if chance[n] > chance[best]:
                    best = n
                n += 1
        if n == 0:
            continue
        expect_track(slots, i, looks, index, settings)
        mix_looks(slots, i, looks, rows[:n], chance[:n], rooms.update, old, mean, square)
        slots.real[TIME, i] = looks[low, LOOK_TIME]
        if chosen[m] < 0 and seen < _LIKELY:
            continue
        row = rows[best]
        if chosen[m] >= 0:
            row = low + chosen[m]
            taken[row] = slots.whole[NUMBER, i]
        for k in range(bare.shape[1]):
            bare[0, k] = looks[row, k]
        if trust[m] < _LIKELY:
            bare[0, LOOK_BAND] = NO_BAND
            bare[0, LOOK_FEATURE] = np.nan
        note_looks(slots, near[m : m + 1], bare, one, False, settings)
