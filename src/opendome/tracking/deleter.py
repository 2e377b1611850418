"""Ends tracks: false starts, objects that came down, objects lost, and duplicates."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from opendome.physics.jit import kernel
from opendome.tables.codes import BALLISTIC_PHASE, BOOST_PHASE, FIRM, FREE, TENTATIVE
from opendome.tables.truth import Floats, Integers
from opendome.tracking.fuser import fuse_tracks
from opendome.tracking.picture import (
    ABSENCE,
    BANK,
    FIRM_SINCE,
    FIRST,
    LAST,
    LAST_PLUME,
    LAST_SENSOR,
    LAUNCH,
    MISSES,
    NUMBER,
    PHASE,
    PLUME_INTERVAL,
    SENSORS,
    STATUS,
    TIME,
    Slots,
)
from opendome.tracking.predictor import height_above_ellipsoid
from opendome.tracking.settings import Life
from opendome.tracking.updater import count_states

# Only tracks this near each other are compared [m]: gates on well-known tracks are far smaller.
_NEIGHBOUR_M: Final = 30_000.0


@kernel
def free_slot(slots: Slots, i: int) -> None:
    """Empty a slot; its number is not used again."""
    slots.whole[STATUS, i] = FREE
    slots.whole[NUMBER, i] = -1
    slots.whole[BANK, i] = 0
    for k in range(9):
        slots.state[i, k] = 0.0
        for m in range(9):
            slots.covariance[i, k, m] = 0.0


@kernel
def should_end(slots: Slots, i: int, t: float, life: Life) -> bool:
    """Whether a track has no longer a reason to be.

    Tentative: not looked at again for too long, or not firm after as many looks as were due.
    Any: sensors looked where it must be and would have seen it (`absence`), or none for long.
    Ballistic: on the ground, or its position too uncertain to act upon or to find again.
    """
    tentative = slots.whole[STATUS, i] == TENTATIVE
    if tentative and (
        t - slots.real[LAST, i] > life.tentative_coast_s + life.lateness_s
        or t - slots.real[FIRST, i] > life.window_looks * life.expected_revisit_s + life.lateness_s
    ):
        return True
    if (
        slots.real[ABSENCE, i] < math.log(life.least_presence)
        or t - slots.real[LAST, i] > life.firm_coast_s
    ):
        return True
    if slots.whole[PHASE, i] == BOOST_PHASE:
        return False
    x = slots.state[i, 0]
    y = slots.state[i, 1]
    z = slots.state[i, 2]
    c = slots.covariance
    largest = max(c[i, 0, 0], c[i, 1, 1], c[i, 2, 2])
    climb = x * slots.state[i, 3] + y * slots.state[i, 4] + z * slots.state[i, 5]
    # What falls has come down where it meets the ground; what flies low, where it surely has.
    depth = 0.0
    if slots.whole[PHASE, i] != BALLISTIC_PHASE:
        depth = 3.0 * math.sqrt(largest)
    if climb < 0.0 and height_above_ellipsoid(x, y, z) < -depth:
        return True
    # A fresh track may be wide while its velocity is unknown; a firm one may not.
    lost = largest > life.largest_sigma_m**2
    return lost and not tentative


@kernel
def compare_states(
    state_a: Floats, covariance_a: Floats, state_b: Floats, covariance_b: Floats
) -> float:
    """Squared Mahalanobis distance of two tracks over position and velocity.

    The tracks' errors are taken as independent.
    """
    lower = np.empty((6, 6))
    whitened = np.empty(6)
    distance = 0.0
    for k in range(6):
        residual = state_a[k] - state_b[k]
        for m in range(k + 1):
            total = covariance_a[k, m] + covariance_b[k, m]
            for i in range(m):
                total -= lower[k, i] * lower[m, i]
            if m < k:
                lower[k, m] = total / lower[m, m]
                residual -= lower[k, m] * whitened[m]
            else:
                lower[k, k] = math.sqrt(max(total, 1e-12))
        whitened[k] = residual / lower[k, k]
        distance += whitened[k] * whitened[k]
    return distance


@kernel
def are_duplicates(slots: Slots, a: int, b: int, life: Life) -> bool:
    """Whether two live tracks of equal phase and time are of one object, as far as can be told.

    Two that one sensor has just told apart are not; nor can tracks of unknown velocity be judged.
    """
    if (
        slots.whole[LAST_SENSOR, a] == slots.whole[LAST_SENSOR, b]
        and slots.real[LAST, a] == slots.real[LAST, b]
    ):
        return False
    p = slots.covariance[a]
    q = slots.covariance[b]
    limit = 3.0 * life.merge_sigma_m_s**2
    if p[3, 3] + p[4, 4] + p[5, 5] > limit or q[3, 3] + q[4, 4] + q[5, 5] > limit:
        return False
    return compare_states(slots.state[a], p, slots.state[b], q) < life.merge_gate


@kernel
def merge_pair(slots: Slots, a: int, b: int) -> None:
    """Keep the firm one of two tracks, or the one that knows its position better; end the other.

    The survivor takes over the earlier history and the later looks, and is fused with the other's
    state. Of two firm ones the number that came first stays: shots on their way know their target
    by it.
    """
    p = slots.covariance[a]
    q = slots.covariance[b]
    kept = b
    ended = a
    status_a = slots.whole[STATUS, a]
    status_b = slots.whole[STATUS, b]
    better = p[0, 0] + p[1, 1] + p[2, 2] < q[0, 0] + q[1, 1] + q[2, 2]
    if status_a > status_b or (status_a == status_b and better):
        kept = a
        ended = b
    if slots.whole[BANK, kept] == 0:  # a bank has more states than one
        fuse_tracks(
            slots.state[kept], slots.covariance[kept], slots.state[ended], slots.covariance[ended],
            count_states(slots.whole[PHASE, kept]),
        )  # fmt: skip
    slots.real[FIRST, kept] = min(slots.real[FIRST, kept], slots.real[FIRST, ended])
    if slots.real[LAST, ended] > slots.real[LAST, kept]:
        slots.real[LAST, kept] = slots.real[LAST, ended]
        slots.real[ABSENCE, kept] = slots.real[ABSENCE, ended]
        slots.whole[LAST_SENSOR, kept] = slots.whole[LAST_SENSOR, ended]
    last_plume_s = slots.real[LAST_PLUME, kept]  # NaN: never
    if math.isnan(last_plume_s) or slots.real[LAST_PLUME, ended] > last_plume_s:
        slots.real[LAST_PLUME, kept] = slots.real[LAST_PLUME, ended]
        slots.real[PLUME_INTERVAL, kept] = slots.real[PLUME_INTERVAL, ended]
    slots.whole[SENSORS, kept] |= slots.whole[SENSORS, ended]
    if math.isnan(slots.real[LAUNCH, kept]):
        slots.real[LAUNCH, kept] = slots.real[LAUNCH, ended]
    if slots.whole[STATUS, ended] == FIRM:
        slots.whole[NUMBER, kept] = min(slots.whole[NUMBER, kept], slots.whole[NUMBER, ended])
        slots.real[FIRM_SINCE, kept] = min(
            slots.real[FIRM_SINCE, kept], slots.real[FIRM_SINCE, ended]
        )
    free_slot(slots, ended)


@kernel
def note_entry(slots: Slots, i: int, entry: Floats) -> None:
    """Fill what the search for duplicates asks of a track, (12,): states and their variances."""
    for k in range(6):
        entry[k] = slots.state[i, k]
        entry[6 + k] = slots.covariance[i, k, k]


@kernel
def are_apart(a: Floats, b: Floats, gate: float) -> bool:
    """Whether some one difference of two entries alone is past a gate: a cheap first test."""
    for k in range(6):
        difference = a[k] - b[k]
        if difference * difference > gate * (a[6 + k] + b[6 + k]):
            return True
    return False


@kernel
def merge_duplicates(slots: Slots, live: Integers, life: Life) -> None:
    """Merge live tracks that are of one object.

    Tracks that one sensor has just told apart are no duplicates, and most were last seen in one
    scan. The others are sorted into cells along x; every track looks for them there, in entries
    that stand side by side.
    """
    whole = slots.whole
    real = slots.real
    n = live.shape[0]
    if n < 2:
        return
    newest = live[0]
    for i in live:
        if real[LAST, i] > real[LAST, newest]:
            newest = i
    other = np.empty(n, np.int64)
    n_other = 0
    widest = 0.0
    least = np.inf
    most = -np.inf
    for i in live:
        if (
            real[LAST, i] != real[LAST, newest]
            or whole[LAST_SENSOR, i] != whole[LAST_SENSOR, newest]
        ):
            other[n_other] = i
            n_other += 1
            widest = max(widest, slots.covariance[i, 0, 0])
            least = min(least, slots.state[i, 0])
            most = max(most, slots.state[i, 0])
    if n_other == 0:
        return
    # Twice as many cells as tracks; `first` are their bounds, as in `scan_index`.
    n_cells = 2 * n_other
    per_m = n_cells / (1.001 * (most - least) + 1.0)
    first = np.zeros(n_cells + 2, np.int64)
    inside = np.empty(n_other, np.int64)
    for m in range(n_other):
        first[int((slots.state[other[m], 0] - least) * per_m) + 2] += 1
    for cell in range(n_cells):
        first[cell + 2] += first[cell + 1]
    for m in range(n_other):
        cell = int((slots.state[other[m], 0] - least) * per_m)
        inside[first[cell + 1]] = other[m]
        first[cell + 1] += 1
    entries = np.empty((n_other, 12))
    for m in range(n_other):
        note_entry(slots, inside[m], entries[m])
    own = np.empty(12)
    for a in live:
        note_entry(slots, a, own)
        x = own[0]
        variance = own[6] + widest
        reach = min(math.sqrt(life.merge_gate * variance), _NEIGHBOUR_M)
        low = int(min(max((x - reach - least) * per_m, 0.0), n_cells))
        high = int(min(max((x + reach - least) * per_m + 1.0, 0.0), n_cells))
        for m in range(first[low], first[max(high, low)]):
            # The cheap tests stand first, as this loop sees every pair of neighbours.
            if abs(entries[m, 0] - x) > reach or are_apart(own, entries[m], life.merge_gate):
                continue
            b = inside[m]
            if (
                a != b
                and whole[STATUS, a] != FREE
                and whole[STATUS, b] != FREE
                and whole[PHASE, a] == whole[PHASE, b]
                and real[TIME, a] == real[TIME, b]
                and are_duplicates(slots, a, b, life)
            ):
                merge_pair(slots, min(a, b), max(a, b))
                note_entry(slots, a, own)
                for k in range(n_other):
                    if inside[k] == a or inside[k] == b:
                        note_entry(slots, inside[k], entries[k])


@kernel
def delete_tracks(slots: Slots, t: float, life: Life) -> None:
    """Count expected looks that did not come, end what should end, and merge duplicates."""
    live = np.empty(slots.state.shape[0], np.int64)
    n_live = 0
    for i in range(slots.state.shape[0]):
        if slots.whole[STATUS, i] == FREE:
            continue
        missed = max(t - slots.real[LAST, i], 0.0) / life.expected_revisit_s
        slots.whole[MISSES, i] = int(missed)
        if should_end(slots, i, t, life):
            free_slot(slots, i)
        else:
            live[n_live] = i
            n_live += 1
    merge_duplicates(slots, live[:n_live], life)
