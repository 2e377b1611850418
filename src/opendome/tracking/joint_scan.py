"""A scan under joint probabilistic association: a track takes every look that may be its own.

Where one look is all but certain the track takes it as a nearest neighbour would. Elsewhere each
look, and the absence of one, gives its own updated state, and the track goes on with their mixture
matched in its moments. For a bank of models this holds model by model.

Sources: Bar-Shalom, Daum and Huang (2009), as in `joint`; Bar-Shalom, Chang and Blom (1991),
"Automatic track formation in clutter with a recursive algorithm" (interacting models).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from opendome.physics.jit import kernel
from opendome.tables.codes import BOOST_PHASE, NO_BAND, PLUME
from opendome.tables.truth import Floats, Integers
from opendome.tracking.associator import assign_sparse
from opendome.tracking.bank import (
    AHEAD_OF_IT,
    KEPT,
    PROBABILITY,
    copy_bank,
    finish_bank,
    is_open,
    normalise_bank,
    update_bank,
)
from opendome.tracking.evidence import forget_motion
from opendome.tracking.gater import Pairs, compare_look
from opendome.tracking.initiator import copy_state
from opendome.tracking.joint import share_looks, weigh_pairs
from opendome.tracking.models import N_MODELS
from opendome.tracking.picture import (
    BANK,
    LOOK_BAND,
    LOOK_FEATURE,
    LOOK_KIND,
    LOOK_TIME,
    NUMBER,
    PHASE,
    TIME,
    Slots,
)
from opendome.tracking.scan import Rooms, expect_track, note_looks, take_scan
from opendome.tracking.scan_index import ScanIndex
from opendome.tracking.settings import Settings
from opendome.tracking.updater import update_state

# A look more probable than this is taken whole: the mixture would differ by a hundredth of an
# innovation.
_CERTAIN: Final = 0.99
# Looks less probable than this add nothing.
_NOTHING: Final = 1e-6
# What a look tells of its object counts for the track that it is of more probably than not.
_LIKELY: Final = 0.5


class Mixture(NamedTuple):
    """Working room: a track as predicted, and the sums over its looks, for each model or for one.

    The column after the state holds the probability.
    """

    old_state: Floats  # (N_MODELS, 10)
    old_covariance: Floats  # (N_MODELS, 9, 9)
    state: Floats  # (N_MODELS, 10)
    square: Floats  # (N_MODELS, 9, 9) second moments about the old state


@kernel
def make_mixture() -> Mixture:
    """Room as the kernels expect it."""
    return Mixture(
        np.zeros((N_MODELS, 10)), np.zeros((N_MODELS, 9, 9)),
        np.zeros((N_MODELS, 10)), np.zeros((N_MODELS, 9, 9)),
    )  # fmt: skip


@kernel
def add_to_mixture(mix: Mixture, m: int, share: float, state: Floats, covariance: Floats) -> None:
    """Add one updated state of a model with its probability to the sums."""
    old = mix.old_state[m]
    mix.state[m, PROBABILITY] += share
    for j in range(9):
        apart = state[j] - old[j]
        mix.state[m, j] += share * apart
        for k in range(9):
            mix.square[m, j, k] += share * (covariance[j, k] + apart * (state[k] - old[k]))


@kernel
def match_mixture(mix: Mixture, m: int, state: Floats, covariance: Floats) -> None:
    """Fill mean and covariance of a model's sums."""
    total = mix.state[m, PROBABILITY]
    for j in range(9):
        mean_j = mix.state[m, j] / total
        state[j] = mix.old_state[m, j] + mean_j
        for k in range(9):
            covariance[j, k] = (
                mix.square[m, j, k] - mean_j * mix.state[m, k]
            ) / total  # fmt: skip


@kernel
def take_looks(
    slots: Slots, i: int, looks: Floats, rows: Integers, share: Floats, index: ScanIndex,
    mix: Mixture, room: Floats, settings: Settings,
) -> None:  # fmt: skip
    """Take several looks of one scan into the state of a track, by their probabilities.

    Parameters
    ----------
    slots : Slots
        The working copy stands at the time of the scan.
    i : int
        Slot.
    looks : (n, N_LOOK) float64
    rows : (k,) int64
        The looks that may be of the track.
    share : (k,) float64
        Probability of each; what is left to one is that of none.
    index : ScanIndex
    mix : Mixture
    room : (5, 9) float64
        Working room.
    settings : Settings
    """
    mask = slots.whole[BANK, i]
    phase = slots.whole[PHASE, i]
    state = slots.ahead_state[i]
    covariance = slots.ahead_covariance[i]
    states = slots.bank_state[i, AHEAD_OF_IT]
    covariances = slots.bank_covariance[i, AHEAD_OF_IT]
    none = 1.0
    for k in range(rows.shape[0]):
        none -= share[k]
    for m in range(N_MODELS):
        for j in range(10):
            mix.state[m, j] = 0.0
        for j in range(9):
            for k in range(9):
                mix.square[m, j, k] = 0.0
        if is_open(mask, m):
            copy_state(states[m], covariances[m], mix.old_state[m], mix.old_covariance[m])
            chance = states[m, PROBABILITY]
            mix.old_state[m, PROBABILITY] = chance
            add_to_mixture(mix, m, max(none, 0.0) * chance, states[m], covariances[m])
    if mask == 0:
        copy_state(state, covariance, mix.old_state[0], mix.old_covariance[0])
        add_to_mixture(mix, 0, max(none, 0.0), state, covariance)
        expect_track(slots, i, looks, index, settings)
    for k in range(rows.shape[0]):
        look = looks[rows[k]]
        if mask == 0:
            copy_state(mix.old_state[0], mix.old_covariance[0], state, covariance)
            compare_look(look, slots.jacobian[i], slots.expected[i], room[0], room[1])
            update_state(state, covariance, phase, slots.jacobian[i], room[0], room[1], room[2:])
            add_to_mixture(mix, 0, share[k], state, covariance)
            continue
        for m in range(N_MODELS):
            if is_open(mask, m):
                copy_state(mix.old_state[m], mix.old_covariance[m], states[m], covariances[m])
                states[m, PROBABILITY] = mix.old_state[m, PROBABILITY]
        update_bank(slots, i, look, room, settings)
        for m in range(N_MODELS):
            if is_open(mask, m):
                add_to_mixture(mix, m, share[k] * states[m, PROBABILITY], states[m], covariances[m])
    if mask == 0:
        match_mixture(mix, 0, state, covariance)
    else:
        for m in range(N_MODELS):
            if is_open(mask, m):
                match_mixture(mix, m, states[m], covariances[m])
                states[m, PROBABILITY] = mix.state[m, PROBABILITY]
        normalise_bank(slots, i, AHEAD_OF_IT)
        finish_bank(slots, i, AHEAD_OF_IT, state, covariance, settings)
        copy_bank(slots, i, AHEAD_OF_IT, KEPT)
    copy_state(state, covariance, slots.state[i], slots.covariance[i])
    # The dependence of the state on its drag is not carried through a mixture.
    forget_motion(slots.evidence[i])


@kernel
def take_scan_jointly(
    slots: Slots, near: Integers, pairs: Pairs, looks: Floats, low: int, high: int,
    index: ScanIndex, settings: Settings, rooms: Rooms, mix: Mixture, taken: Integers,
) -> Integers:  # fmt: skip
    """Take the looks of a scan into their tracks by their probabilities.

    Parameters
    ----------
    slots : Slots
    near : (n_near,) int64
        Slots of the tracks, one for each row of the pairs.
    pairs : Pairs
    looks : (n, N_LOOK) float64
    low, high : int
        The scan.
    index : ScanIndex
    settings : Settings
    rooms : Rooms
    mix : Mixture
    taken : (n,) int64
        Filled for the looks of `chosen`.

    Returns
    -------
    chosen : (n_near,) int64
        Look of each track in the likeliest event, which is that of nearest neighbours, -1 where
        none. What is not averaged goes by it: which looks start new tracks, and what looks tell of
        the object. A track counts as seen where it has a look in it, or has probably been seen: in
        a cluster none can be told to be the one that was missed, and so a duplicate.
    """
    n_near = near.shape[0]
    first = pairs.first[: n_near + 1]
    association = settings.association
    chosen = assign_sparse(first, pairs.column, pairs.cost, high - low, association.miss_cost)
    weight = weigh_pairs(pairs.cost[: first[n_near]], association, association.strangers)
    share = share_looks(first, pairs.column[: first[n_near]], weight, high - low)
    certain = np.full(n_near, -1)
    trust = np.zeros(n_near)
    for m in range(n_near):
        if chosen[m] >= 0:
            for e in range(first[m], first[m + 1]):
                if pairs.column[e] == chosen[m]:
                    trust[m] = share[e]
            row = low + chosen[m]
            taken[row] = slots.whole[NUMBER, near[m]]
            # A plume sets a track that has stopped burning alight again, or it does not.
            if trust[m] > _CERTAIN or (
                looks[row, LOOK_KIND] == PLUME and slots.whole[PHASE, near[m]] != BOOST_PHASE
            ):
                certain[m] = chosen[m]
    take_scan(slots, near, certain, looks, low, index, settings, rooms, taken)
    rows = np.empty(high - low, np.int64)
    chance = np.empty(high - low)
    one = np.zeros(1, np.int64)
    bare = np.empty((1, looks.shape[1]))
    for m in range(n_near):
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
        if certain[m] >= 0 or n == 0:
            continue
        i = near[m]
        if looks[rows[0], LOOK_KIND] == PLUME and slots.whole[PHASE, i] != BOOST_PHASE:
            continue
        take_looks(slots, i, looks, rows[:n], chance[:n], index, mix, rooms.update, settings)
        slots.real[TIME, i] = looks[low, LOOK_TIME]
        if chosen[m] >= 0 or seen > _LIKELY:
            row = low + chosen[m] if chosen[m] >= 0 else rows[best]
            for k in range(bare.shape[1]):
                bare[0, k] = looks[row, k]
            if trust[m] < _LIKELY:
                bare[0, LOOK_BAND] = NO_BAND
                bare[0, LOOK_FEATURE] = np.nan
            note_looks(slots, near[m : m + 1], bare, one, False, settings)
    return chosen
