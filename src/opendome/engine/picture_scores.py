"""How good the picture is, at a fixed rhythm: which firm track holds which true object, how well.

Only the engine looks here; nothing of it flows back to tracking or battle management.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from opendome.physics.constants import EARTH_MU_M3_S2
from opendome.physics.jit import kernel
from opendome.physics.sorting import sort_run
from opendome.physics.trajectory import sample
from opendome.physics.visibility import surface_height_m
from opendome.tables.codes import (
    BALLISTIC_PHASE,
    BOOST_PHASE,
    CRUISE,
    CRUISE_PHASE,
    FIRM,
    GLIDE_PHASE,
    GLIDER,
    OBJECT_KINDS,
    PHASES,
)
from opendome.tables.picture import NEES_BAND
from opendome.tables.truth import Flags, Floats, Integers, Trajectories
from opendome.tracking.associator import assign_sparse, widen_pairs
from opendome.tracking.deleter import compare_states

# Columns of the sums of one look, by kind and phase of the object.
OBJECTS: Final = 0
HELD: Final = 1  # objects with a track
TRACKS: Final = 2  # tracks on objects, second ones included
MEASURED: Final = 3  # objects whose measurements feed a track near them
POSITION: Final = 4  # sum of squared errors
VELOCITY: Final = 5
NEES: Final = 6
INSIDE: Final = 7  # of those measured, with NEES in its band
LOCALISATION: Final = 8  # sum of squared distances, each up to the cut-off
N_SUMS: Final = 9

# Columns of what is kept of each object.
FLOWN: Final = 0  # looks while it flew
LOOKS_HELD: Final = 1  # of those, with a track on it
LAST_LOOK: Final = 2  # number of the last look at which it was held
NUMBER: Final = 3  # the track that held it then
RUN: Final = 4  # looks in a row for which that track has held it
LONGEST: Final = 5  # longest such run
SEGMENTS: Final = 6  # such runs
FIRST_LOOK: Final = 7  # number of the first look at which it was held
N_KEPT: Final = 8

_N_PHASES: Final = len(PHASES)
N_CELLS: Final = len(OBJECT_KINDS) * _N_PHASES + 1
NO_OBJECT: Final = N_CELLS - 1  # the cell of tracks that are on no object

# Air carries a glider, and marks the end of free flight, below the Karman line.
_AIR_M: Final = 100e3


@kernel
def find_flight_phase(kind: int, burning: bool, position: Floats) -> int:
    """Code of the phase that a true object is in; what never burns, glides or cruises falls."""
    if burning:
        return BOOST_PHASE
    if kind == CRUISE:
        return CRUISE_PHASE
    if kind == GLIDER and surface_height_m(position[0], position[1], position[2]) < _AIR_M:
        return GLIDE_PHASE
    return BALLISTIC_PHASE


@kernel
def _move_to(state: Floats, ahead_s: float, place: Floats) -> None:
    """Position of a track a few seconds on: constant thrust and gravity."""
    r2 = state[0] ** 2 + state[1] ** 2 + state[2] ** 2
    pull = EARTH_MU_M3_S2 / (r2 * math.sqrt(r2))
    for k in range(3):
        place[k] = state[k] + ahead_s * (
            state[k + 3] + 0.5 * ahead_s * (state[k + 6] - pull * state[k])
        )


@kernel
def _list_near(
    track: Floats,
    track_order: Integers,
    truth: Floats,
    truth_order: Integers,
    cutoff_m: float,
    first: Integers,
    nearest: Integers,
) -> tuple[Integers, Floats]:
    """Pairs closer than the cut-off, tracks and objects both in order of x.

    Fills `first`, the pairs of each track, and `nearest`, its nearest object or -1; returns object
    and squared distance of each pair.
    """
    column = np.empty(4 * track_order.shape[0] + 16, np.int64)
    cost = np.empty(column.shape[0])
    n_pairs = 0
    low = 0
    for i in range(track_order.shape[0]):
        first[i] = n_pairs
        nearest[i] = -1
        own = track[track_order[i]]
        least = cutoff_m * cutoff_m
        while low < truth_order.shape[0] and truth[truth_order[low], 0] <= own[0] - cutoff_m:
            low += 1
        for j in range(low, truth_order.shape[0]):
            other = truth[truth_order[j]]
            dx = other[0] - own[0]
            if dx >= cutoff_m:
                break
            squared = dx * dx + (other[1] - own[1]) ** 2 + (other[2] - own[2]) ** 2
            if squared >= cutoff_m * cutoff_m:
                continue
            if n_pairs == column.shape[0]:
                column, cost = widen_pairs(column, cost)
            column[n_pairs] = j
            cost[n_pairs] = squared
            n_pairs += 1
            if squared < least:
                least = squared
                nearest[i] = j
    first[track_order.shape[0]] = n_pairs
    return column[:n_pairs], cost[:n_pairs]


@kernel
def _note_held(kept: Integers, number: int, look: int) -> None:
    """Write down that a track holds an object at this look."""
    if kept[LOOKS_HELD] == 0:
        kept[FIRST_LOOK] = look
    kept[LOOKS_HELD] += 1
    if kept[LAST_LOOK] == look - 1 and kept[NUMBER] == number:
        kept[RUN] += 1
    else:
        kept[RUN] = 1
        kept[SEGMENTS] += 1
    kept[LONGEST] = max(kept[LONGEST], kept[RUN])
    kept[LAST_LOOK] = look
    kept[NUMBER] = number


@kernel
def _measure(
    state: Floats,
    covariance: Floats,
    time_s: float,
    row: int,
    paths: Trajectories,
    cutoff_m: float,
    room: Floats,
    sums: Floats,
) -> bool:
    """Add a track's errors at the time that it stands for; False where it is not near the object.

    Nor is it where the object flew not yet.
    """
    truth = room[0]
    truth[0], truth[1], truth[2], truth[3], truth[4], truth[5] = sample(
        paths.first, paths.time_s, paths.position_eci_m, paths.velocity_eci_m_s,
        paths.acceleration_eci_m_s2, row, time_s,
    )  # fmt: skip
    position2 = 0.0
    velocity2 = 0.0
    for k in range(3):
        position2 += (state[k] - truth[k]) ** 2
        velocity2 += (state[k + 3] - truth[k + 3]) ** 2
    # NaN, no object yet, is not below the cut-off.
    if not position2 < cutoff_m * cutoff_m:
        return False
    nees = compare_states(state, covariance, truth, room[1:])
    sums[MEASURED] += 1.0
    sums[POSITION] += position2
    sums[VELOCITY] += velocity2
    sums[NEES] += nees
    if NEES_BAND[0] <= nees <= NEES_BAND[1]:
        sums[INSIDE] += 1.0
    return True


@kernel
def score_look(
    time_s: float,
    look: int,
    cutoff_m: float,
    status: Integers,
    number: Integers,
    track_time_s: Floats,
    state: Floats,
    covariance: Floats,
    row: Integers,
    truth: Floats,
    burning: Flags,
    kind: Integers,
    paths: Trajectories,
    last_object: Integers,
    last_track: Integers,
    kept: Integers,
    sums: Floats,
    of: Integers,
) -> None:
    """Score all firm tracks against all objects in flight at one time.

    Parameters
    ----------
    time_s : float
    look : int
        Number of this look.
    cutoff_m : float
        Tracks and objects further apart do not belong together.
    status, number, track_time_s, state, covariance
        Columns of `tables.tracks.Tracks`.
    row, truth, burning : (n,) int64, (n, 3) float64, (n,) bool
        Objects in flight: row among all, position [m, eci], and whether they burn.
    kind : (n_objects,) int64
    paths : Trajectories
    last_object : (n_numbers,) int64
        Object of each track's last measurement, by track number; -1 where none.
    last_track : (n_objects,) int64
        Number of the track that took each object's last measurement; -1 where none did.
    kept : (n_objects, N_KEPT) int64
        What is kept of each object; added to.
    sums : (N_CELLS, N_SUMS) float64
        Filled, from zeros.
    of : (capacity,) int64
        Filled: the object in flight that feeds each slot's track, -1 where none.

    Notes
    -----
    Tracks are matched with objects one to one, so that the sum of squared distances, with
    `cutoff_m`^2 for a track left alone, is least (the assignment of GOSPA); a track left over that
    is near some object is a second one on it. Errors have another base, as in a cluster a match by
    distance would flatter tracks that have gone over to a neighbour: an object is compared with the
    track that its measurements feed, which took its last one and has taken nobody else's since, at
    the time that the track's state stands for, unless the two are past the cut-off.
    """
    n_slots = status.shape[0]
    place = np.empty((n_slots, 3))
    slots = np.empty(n_slots, np.int64)
    n = 0
    for i in range(n_slots):
        of[i] = -1
        if status[i] == FIRM:
            _move_to(state[i], time_s - track_time_s[i], place[i])
            slots[n] = i
            n += 1
    slots = slots[:n]
    scratch = np.empty(max(n, row.shape[0]), np.int64)
    order = np.empty(row.shape[0], np.int64)
    for j in range(order.shape[0]):
        order[j] = j
    sort_run(place, slots, scratch, 0, n)
    sort_run(truth, order, scratch, 0, order.shape[0])
    first = np.empty(n + 1, np.int64)
    nearest = np.empty(n, np.int64)
    column, cost = _list_near(place, slots, truth, order, cutoff_m, first, nearest)
    chosen = assign_sparse(first, column, cost, order.shape[0], cutoff_m * cutoff_m)
    cell = np.empty(order.shape[0], np.int64)
    cell_of = np.full(kind.shape[0], -1)
    for j in range(order.shape[0]):
        m = order[j]
        phase = find_flight_phase(kind[row[m]], burning[m], truth[m])
        cell[j] = kind[row[m]] * _N_PHASES + phase
        sums[cell[j], OBJECTS] += 1.0
        kept[row[m], FLOWN] += 1
        cell_of[row[m]] = cell[j]
    room = np.zeros((7, 6))
    for i in range(n):
        slot = slots[i]
        j = chosen[i]
        if j >= 0:
            sums[cell[j], HELD] += 1.0
            sums[cell[j], TRACKS] += 1.0
            for k in range(3):
                sums[cell[j], LOCALISATION] += (place[slot, k] - truth[order[j], k]) ** 2
            _note_held(kept[row[order[j]]], number[slot], look)
        elif nearest[i] >= 0:
            sums[cell[nearest[i]], TRACKS] += 1.0
        else:
            sums[NO_OBJECT, TRACKS] += 1.0
        if number[slot] >= last_object.shape[0]:
            continue
        own = last_object[number[slot]]
        if own < 0 or cell_of[own] < 0 or last_track[own] != number[slot]:
            continue
        if _measure(
            state[slot], covariance[slot], track_time_s[slot], own, paths, cutoff_m, room,
            sums[cell_of[own]],
        ):  # fmt: skip
            of[slot] = own
