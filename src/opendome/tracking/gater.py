"""Which measurements of a scan could belong to which track."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from opendome.physics.jit import kernel
from opendome.tables.codes import BALLISTIC_PHASE, FIRM, PLUME
from opendome.tables.truth import Flags, Floats, Integers
from opendome.tracking.associator import widen_pairs
from opendome.tracking.lanes import EXPECTED, JACOBIAN, LANES, SPREAD, is_plain, is_plain_for
from opendome.tracking.picture import (
    AHEAD,
    BRIEF_PLACE,
    BRIEF_SIGMA,
    BRIEF_SPEED_SIGMA,
    BRIEF_VELOCITY,
    HALF_ANGLE,
    LAST_PLUME,
    LOOK_KIND,
    LOOK_LINE,
    LOOK_RANGE,
    LOOK_RANGE_SIGMA,
    LOOK_RATE,
    LOOK_RATE_SIGMA,
    LOOK_SIGMA,
    LOOK_TIME,
    PHASE,
    RANGE_VARIANCE,
    RATE,
    RATE_VARIANCE,
    STATUS,
    Slots,
)
from opendome.tracking.predictor import VACUUM_STEP_S
from opendome.tracking.scan_index import (
    ENTRY_RANGE,
    ENTRY_RANGE_SIGMA,
    ENTRY_ROW,
    LEAST,
    MOST,
    PLACE,
    WIDEST,
    ScanIndex,
    find_cells,
)
from opendome.tracking.settings import Association

# On the bound that decides, cheaply, that a track is far from all looks of a scan.
_NEAR_MARGIN: Final = 1.5
# On the squares of bounds, so that rounding leaves out no track.
_ROUNDING: Final = 1.0 + 1e-9
# Half of the largest acceleration of free fall, with a margin.
_FREE_FALL_M_S2: Final = 6.0


class Pairs(NamedTuple):
    """Pairs of tracks and looks of one scan inside the gate, in rows of a track each."""

    first: Integers  # (n_rows + 1 or more,) pairs of row k are first[k] to first[k + 1]
    column: Integers  # (n_pairs or more,) look, counted from the first of the scan
    # Squared distance plus log determinant ratio (twice the negative log likelihood but for a
    # constant), so that a track that knows little does not take what a good one expects.
    cost: Floats  # (n_pairs or more,)


@kernel
def compare_look(
    look: Floats, jacobian: Floats, expected: Floats, innovation: Floats, variance: Floats
) -> int:
    """Measured less expected, and the error variances.

    Parameters
    ----------
    look : (N_LOOK,) float64
    jacobian : (4, 6) float64
    expected : (5,) float64
    innovation, variance : (4,) float64
        Filled: angles [rad], range [m], range rate [m/s]; zero and infinite where the look has no
        such component. Variances hold the second-order terms.

    Returns
    -------
    n : int
        Components that the look has.
    """
    r = 1.0 / math.sqrt(jacobian[0, 0] ** 2 + jacobian[0, 1] ** 2 + jacobian[0, 2] ** 2)
    for k in range(2):
        along = 0.0
        for i in range(3):
            along += look[LOOK_LINE + i] * jacobian[k, i]
        innovation[k] = along * r
        variance[k] = look[LOOK_SIGMA] * look[LOOK_SIGMA]
    n = 2
    for k in range(2, 4):
        sigma = look[LOOK_RANGE_SIGMA + k - 2]
        innovation[k] = 0.0
        variance[k] = np.inf
        if sigma < np.inf:
            innovation[k] = look[LOOK_RANGE + k - 2] - expected[k - 2]
            variance[k] = sigma * sigma + expected[k]
            n += 1
    return n


@kernel
def measure_distance(
    spread: Floats, innovation: Floats, variance: Floats, lower: Floats
) -> tuple[float, float]:
    """Squared Mahalanobis distance of an innovation, and log det of its covariance over the noise.

    By the Cholesky factor of S = spread + noise over the components that are there; `lower` (4, 5)
    is working room.
    """
    distance = 0.0
    ratio = 1.0
    for k in range(4):
        if variance[k] == np.inf:
            continue
        total = spread[k, k] + variance[k]
        residual = innovation[k]
        for m in range(k):
            if variance[m] < np.inf:
                value = spread[k, m]
                for i in range(m):
                    if variance[i] < np.inf:
                        value -= lower[k, i] * lower[m, i]
                value /= lower[m, m]
                lower[k, m] = value
                total -= value * value
                residual -= value * lower[m, 4]
        # Rounding must not take the pivot under the noise, its bound in exact arithmetic.
        total = max(total, variance[k])
        lower[k, k] = math.sqrt(total)
        lower[k, 4] = residual / lower[k, k]
        distance += lower[k, 4] * lower[k, 4]
        ratio *= total / variance[k]
    return distance, math.log(ratio)


@kernel
def brief_tracks(slots: Slots, chosen: Integers) -> None:
    """Note what `sift_tracks` asks of some tracks; after every change of theirs."""
    for i in chosen:
        state = slots.ahead_state[i]
        covariance = slots.ahead_covariance[i]
        slots.brief[0, i] = slots.real[AHEAD, i]
        for k in range(6):
            slots.brief[BRIEF_PLACE + k, i] = state[k]
        sigma = np.inf
        if is_plain_for(slots, i, VACUUM_STEP_S):
            sigma = math.sqrt(covariance[0, 0] + covariance[1, 1] + covariance[2, 2])
        slots.brief[BRIEF_SIGMA, i] = sigma
        slots.brief[BRIEF_SPEED_SIGMA, i] = math.sqrt(
            covariance[3, 3] + covariance[4, 4] + covariance[5, 5]
        )


@kernel
def sift_tracks(
    slots: Slots, live: Integers, time_s: float, index: ScanIndex, association: Association,
    keep: Flags, sifted: Integers,
) -> int:  # fmt: skip
    """Live tracks that come into question for a scan, by the box around all its lines of sight.

    The bounds are those of `find_near`, which none fails that is left out here. Every pair of scan
    and track comes by: all tracks are tested in one go, without branches.

    Parameters
    ----------
    slots : Slots
        With `brief` up to date.
    live : (n_live,) int64
        Slots of the live tracks, rising.
    time_s : float
        Of the scan.
    index : ScanIndex
        Filled for the scan.
    association : Association
    keep : (capacity,) bool
        Working room.
    sifted : (n_live or more,) int64
        Filled.

    Returns
    -------
    n_sifted : int
    """
    if live.shape[0] == 0:
        return 0
    brief = slots.brief
    frame = index.frame
    x, y, z = frame[PLACE], frame[PLACE + 1], frame[PLACE + 2]
    least_x, least_y, least_z = frame[LEAST], frame[LEAST + 1], frame[LEAST + 2]
    most_x, most_y, most_z = frame[MOST], frame[MOST + 1], frame[MOST + 2]
    wide = _NEAR_MARGIN * association.gate_4 * max(association.outlier_factor, 1.0) * _ROUNDING
    angle2 = frame[WIDEST] * frame[WIDEST]
    for i in range(live[-1] + 1):
        elapsed_s = abs(time_s - brief[0, i])
        step_s = time_s - brief[0, i]
        dx = brief[BRIEF_PLACE, i] + step_s * brief[BRIEF_VELOCITY, i] - x
        dy = brief[BRIEF_PLACE + 1, i] + step_s * brief[BRIEF_VELOCITY + 1, i] - y
        dz = brief[BRIEF_PLACE + 2, i] + step_s * brief[BRIEF_VELOCITY + 2, i] - z
        range2 = dx * dx + dy * dy + dz * dz
        fall = _FREE_FALL_M_S2 * step_s * step_s
        spread = brief[BRIEF_SIGMA, i] + brief[BRIEF_SPEED_SIGMA, i] * elapsed_s
        bound = wide * (spread * spread + fall * fall + angle2 * range2)
        distance = math.sqrt(range2)
        reach = 2.0 * math.sqrt(bound) + 1e-9 * distance
        keep[i] = (
            (dx >= least_x * distance - reach)
            & (dx <= most_x * distance + reach)
            & (dy >= least_y * distance - reach)
            & (dy <= most_y * distance + reach)
            & (dz >= least_z * distance - reach)
            & (dz <= most_z * distance + reach)
        ) | (elapsed_s > VACUUM_STEP_S)
    n_sifted = 0
    for i in live:
        sifted[n_sifted] = i
        n_sifted += keep[i]
    return n_sifted


@kernel
def find_near(
    slots: Slots, live: Integers, begin: int, time_s: float, index: ScanIndex,
    association: Association, found: Integers, n_found: int,
) -> tuple[int, int]:  # fmt: skip
    """Look for tracks that any look of a scan can lie in a gate of, or just outside it.

    Plain tracks are carried to the scan along a straight line: only such that it may see are worth
    being moved as they fly. The trace of the position's covariance over the squared range bounds
    the variance of both angles; the margin takes up what is of second order. Angles are compared by
    their sines, in squares times the squared range. Where a look has a range, that is compared as
    well.

    Parameters
    ----------
    slots : Slots
    live : (n_live,) int64
        Slots of the live tracks.
    begin : int
        First of them to look at.
    time_s : float
        Of the scan.
    index : ScanIndex
    association : Association
    found : (m,) int64
        Filled from `n_found` on.
    n_found : int

    Returns
    -------
    end : int
        First of the live tracks not looked at: `found` is full, or this track is not plain and
        does not stand at the time of the scan yet.
    n_found : int
    """
    frame = index.frame
    first = index.first
    entry = index.entry
    state = slots.ahead_state
    covariance = slots.ahead_covariance
    gate = _NEAR_MARGIN * association.gate_4
    wide = gate * max(association.outlier_factor, 1.0)
    for m in range(begin, live.shape[0]):
        i = live[m]
        elapsed_s = time_s - slots.real[AHEAD, i]
        if n_found == found.shape[0] or (elapsed_s != 0.0 and not is_plain(slots, i, time_s)):
            return m, n_found
        trace = covariance[i, 0, 0] + covariance[i, 1, 1] + covariance[i, 2, 2]
        if elapsed_s != 0.0:
            fall = _FREE_FALL_M_S2 * elapsed_s * elapsed_s
            speed2 = covariance[i, 3, 3] + covariance[i, 4, 4] + covariance[i, 5, 5]
            trace = (math.sqrt(trace) + math.sqrt(speed2) * abs(elapsed_s)) ** 2 + fall * fall
        dx = state[i, 0] + elapsed_s * state[i, 3] - frame[PLACE]
        dy = state[i, 1] + elapsed_s * state[i, 4] - frame[PLACE + 1]
        dz = state[i, 2] + elapsed_s * state[i, 5] - frame[PLACE + 2]
        range2 = dx * dx + dy * dy + dz * dz
        bound = wide * (trace + frame[WIDEST] * frame[WIDEST] * range2)
        near = bound >= range2
        if not near:
            inverse = 1.0 / math.sqrt(range2)
            distance = range2 * inverse
            # The range's own bend by errors across, twice over.
            slack = math.sqrt(wide * trace) + trace * inverse
            # A chord is longer than the sine of its angle: up to twice at the right angle.
            n, low_0, high_0, low_1, high_1 = find_cells(
                frame, dx * inverse, dy * inverse, dz * inverse, 2.0 * math.sqrt(bound) * inverse
            )
            for c0 in range(low_0, high_0):
                for k in range(first[c0 * n + low_1], first[c0 * n + max(high_1, low_1)]):
                    along = dx * entry[k, 0] + dy * entry[k, 1] + dz * entry[k, 2]
                    if along > 0.0 and range2 - along * along <= bound:
                        # An infinite sigma has any reach.
                        reach = slack + math.sqrt(wide) * entry[k, ENTRY_RANGE_SIGMA]
                        if abs(entry[k, ENTRY_RANGE] - distance) <= reach:
                            near = True
                            break
                if near:
                    break
        if near:
            found[n_found] = i
            n_found += 1
    return live.shape[0], n_found


@kernel
def gate_lanes(
    slots: Slots, chosen: Integers, room: Floats, looks: Floats, low: int, index: ScanIndex,
    association: Association, pairs: Pairs, n_rows: int,
) -> Pairs:  # fmt: skip
    """Add the looks of a scan inside the gates of up to thirty-two tracks to the pairs.

    Parameters
    ----------
    slots : Slots
    chosen : (n,) int64
        Slots of the tracks, which become the next rows of the pairs.
    room : (ROOM,) float64
        What is expected of each, in its lane.
    looks : (n, N_LOOK) float64
    low : int
        First look of the scan.
    index : ScanIndex
    association : Association
    pairs : Pairs
    n_rows : int
        Rows that the pairs have.

    Returns
    -------
    pairs : Pairs
        The same, or longer ones where there was no room.

    Notes
    -----
    Squared distances are sums over the Cholesky factor of the innovation's covariance, component by
    component; those that a look does not have are left out. A plume can only be of something that
    burns: a track in boost, one that has just left it, or one so new that it may be burning.
    """
    first, column, cost = pairs
    entry = index.entry
    bounds = index.first
    n_pairs = first[n_rows]
    for lane in range(chosen.shape[0]):
        i = chosen[lane]
        r = room[EXPECTED * LANES + lane]
        ax = room[JACOBIAN * LANES + lane]
        ay = room[(JACOBIAN + 1) * LANES + lane]
        az = room[(JACOBIAN + 2) * LANES + lane]
        bx = room[(JACOBIAN + 6) * LANES + lane]
        by = room[(JACOBIAN + 7) * LANES + lane]
        bz = room[(JACOBIAN + 8) * LANES + lane]
        ux = room[(JACOBIAN + 12) * LANES + lane]
        uy = room[(JACOBIAN + 13) * LANES + lane]
        uz = room[(JACOBIAN + 14) * LANES + lane]
        s11 = room[SPREAD * LANES + lane]
        s21 = room[(SPREAD + 1) * LANES + lane]
        s22 = room[(SPREAD + 2) * LANES + lane]
        s33 = room[(SPREAD + 5) * LANES + lane]
        # From the derivative of an angle to its axis.
        to_axis = 1.0 / math.sqrt(ax * ax + ay * ay + az * az)
        half = measure_half_angle(s11 + s22, index.frame[WIDEST], association)
        n, low_0, high_0, low_1, high_1 = find_cells(index.frame, ux, uy, uz, half)
        for c0 in range(low_0, high_0):
            for k in range(bounds[c0 * n + low_1], bounds[c0 * n + max(high_1, low_1)]):
                x = entry[k, 0]
                y = entry[k, 1]
                z = entry[k, 2]
                if (x - ux) ** 2 + (y - uy) ** 2 + (z - uz) ** 2 > half * half:
                    continue
                row = int(entry[k, ENTRY_ROW])
                # NaN, no plume ever seen, is not below the limit.
                if (
                    looks[row, LOOK_KIND] == PLUME
                    and slots.whole[PHASE, i] == BALLISTIC_PHASE
                    and slots.whole[STATUS, i] == FIRM
                    and not looks[row, LOOK_TIME] - slots.real[LAST_PLUME, i]
                    < association.relight_s
                ):
                    continue
                noise = looks[row, LOOK_SIGMA] ** 2
                t11 = s11 + noise
                miss1 = (x * ax + y * ay + z * az) * to_axis
                distance = miss1 * miss1 / t11
                l21 = s21 / t11
                # Rounding must not take a pivot under the noise, its bound in exact arithmetic.
                t22 = max(s22 + noise - l21 * s21, noise)
                miss2 = (x * bx + y * by + z * bz) * to_axis - l21 * miss1
                distance += miss2 * miss2 / t22
                ratio = t11 * t22 / (noise * noise)
                gate = association.gate_2
                ranged = looks[row, LOOK_RANGE_SIGMA] < np.inf
                c3 = 0.0
                miss3 = 0.0
                t33 = 1.0
                if ranged:
                    gate = association.gate_3
                    noise = (
                        looks[row, LOOK_RANGE_SIGMA] ** 2
                        + room[(EXPECTED + RANGE_VARIANCE) * LANES + lane]
                    )
                    off = looks[row, LOOK_RANGE] - r
                    # No component alone is farther than all together; range tells most apart.
                    if off * off > association.gate_4 * (s33 + noise):
                        continue
                    s31 = room[(SPREAD + 3) * LANES + lane]
                    c3 = room[(SPREAD + 4) * LANES + lane] - l21 * s31
                    t33 = max(s33 + noise - s31 * s31 / t11 - c3 * c3 / t22, noise)
                    miss3 = off - s31 / t11 * miss1 - c3 / t22 * miss2
                    distance += miss3 * miss3 / t33
                    ratio *= t33 / noise
                if looks[row, LOOK_RATE_SIGMA] < np.inf:
                    gate = association.gate_4 if ranged else association.gate_3
                    noise = (
                        looks[row, LOOK_RATE_SIGMA] ** 2
                        + room[(EXPECTED + RATE_VARIANCE) * LANES + lane]
                    )
                    s41 = room[(SPREAD + 6) * LANES + lane]
                    c4 = room[(SPREAD + 7) * LANES + lane] - l21 * s41
                    d4 = 0.0
                    if ranged:
                        s31 = room[(SPREAD + 3) * LANES + lane]
                        d4 = room[(SPREAD + 8) * LANES + lane] - s31 * s41 / t11 - c3 * c4 / t22
                    s44 = room[(SPREAD + 9) * LANES + lane]
                    t44 = max(s44 + noise - s41 * s41 / t11 - c4 * c4 / t22 - d4 * d4 / t33, noise)
                    miss4 = (
                        looks[row, LOOK_RATE] - room[(EXPECTED + RATE) * LANES + lane]
                        - s41 / t11 * miss1 - c4 / t22 * miss2 - d4 / t33 * miss3
                    )  # fmt: skip
                    distance += miss4 * miss4 / t44
                    ratio *= t44 / noise
                if distance < gate:
                    if n_pairs == column.shape[0]:
                        column, cost = widen_pairs(column, cost)
                    column[n_pairs] = row - low
                    cost[n_pairs] = min(distance + math.log(ratio), 0.99 * association.miss_cost)
                    n_pairs += 1
        first[n_rows + lane + 1] = n_pairs
    return Pairs(first, column, cost)


@kernel
def measure_half_angle(variances: float, widest: float, association: Association) -> float:
    """Angle past which no look is in the gate: the trace bounds the largest axis of both angles."""
    return math.sqrt(association.gate_4 * (variances + widest * widest))


@kernel
def is_outlier(
    slots: Slots, waiting: Integers, look: Floats, room: Floats, association: Association
) -> bool:
    """Whether a look that no track took has just missed the gate of a track that took nothing.

    It is then a rare error of that track's measurement and no new object.

    Parameters
    ----------
    slots : Slots
        What is expected of the tracks is filled.
    waiting : (n,) int64
        Slots of the firm tracks near the scan that took nothing.
    look : (N_LOOK,) float64
    room : (6, 5) float64
        Working room.
    association : Association
    """
    for i in waiting:
        if look[LOOK_KIND] == PLUME and slots.whole[PHASE, i] == BALLISTIC_PHASE:
            continue
        chord2 = 0.0
        for m in range(3):
            chord2 += (look[LOOK_LINE + m] - slots.jacobian[i, 2, m]) ** 2
        factor = association.outlier_factor
        if chord2 < factor * slots.expected[i, HALF_ANGLE] ** 2:
            compare_look(look, slots.jacobian[i], slots.expected[i], room[4], room[5])
            distance, _ = measure_distance(slots.spread[i], room[4], room[5], room)
            if distance < factor * association.gate_4:
                return True
    return False
