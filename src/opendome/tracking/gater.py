"""Which measurements of a scan could belong to which track."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from opendome.physics.jit import kernel
from opendome.tables.codes import BALLISTIC_PHASE, FIRM, PLUME
from opendome.tables.truth import Floats, Integers
from opendome.tracking.measurement_model import predict_measurement
from opendome.tracking.picture import (
    HALF_ANGLE,
    LAST_PLUME,
    LOOK_KIND,
    LOOK_LINE,
    LOOK_PLACE,
    LOOK_RANGE,
    LOOK_RANGE_SIGMA,
    LOOK_SIGMA,
    LOOK_TIME,
    PHASE,
    STATUS,
    Slots,
)
from opendome.tracking.settings import Association

# On the bound that decides, cheaply, that a track is far from all looks of a scan.
_NEAR_MARGIN: Final = 1.5
# Above this many looks in a scan, those near a track are found by bisection.
_FEW_LOOKS: Final = 16


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
def find_first(looks: Floats, low: int, high: int, x: float) -> int:
    """First of the looks `low` to `high`, sorted by x of the line of sight, not below `x`."""
    while low < high:
        middle = (low + high) // 2
        if looks[middle, LOOK_LINE] < x:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def _is_near(
    state: Floats, covariance: Floats, looks: Floats, low: int, high: int, gate: float,
    largest: float,
) -> bool:  # fmt: skip
    """Whether any of the looks can lie in a gate of the track.

    The trace of the position's covariance over the squared range bounds the variance of both
    angles; the margin takes up what is of second order. Angles are compared by their sines, in
    squares times the squared range: every track meets every scan here. Where a look has a range,
    that is compared as well.
    """
    dx = state[0] - looks[low, LOOK_PLACE]
    dy = state[1] - looks[low, LOOK_PLACE + 1]
    dz = state[2] - looks[low, LOOK_PLACE + 2]
    range2 = dx * dx + dy * dy + dz * dz
    trace = covariance[0, 0] + covariance[1, 1] + covariance[2, 2]
    bound = _NEAR_MARGIN * gate * (trace + largest * largest * range2)
    if bound >= range2:
        return True
    distance = math.sqrt(range2)
    # The range's own bend by errors across, twice over.
    slack = math.sqrt(_NEAR_MARGIN * gate * trace) + trace / distance
    first = low
    highest_x = np.inf
    if high - low > _FEW_LOOKS:
        # A chord is longer than the sine of its angle: up to twice at the right angle.
        half = 2.0 * math.sqrt(bound) / distance
        first = find_first(looks, low, high, dx / distance - half)
        highest_x = dx / distance + half
    for row in range(first, high):
        if looks[row, LOOK_LINE] > highest_x:
            break
        along = (
            dx * looks[row, LOOK_LINE] + dy * looks[row, LOOK_LINE + 1]
            + dz * looks[row, LOOK_LINE + 2]
        )  # fmt: skip
        if along > 0.0 and range2 - along * along <= bound:
            sigma = looks[row, LOOK_RANGE_SIGMA]
            reach = slack + math.sqrt(_NEAR_MARGIN * gate) * sigma
            if sigma == np.inf or abs(looks[row, LOOK_RANGE] - distance) <= reach:
                return True
    return False


@kernel
def expect_scan(
    slots: Slots, live: Integers, looks: Floats, low: int, high: int, association: Association,
    near: Integers,
) -> int:  # fmt: skip
    """Fill what the sensor of the looks `low` to `high` should see of the tracks near any of them.

    Parameters
    ----------
    slots : Slots
        `ahead_state` at the time of the looks.
    live : (n_live,) int64
        Slots of the live tracks.
    looks : (n, N_LOOK) float64
        Rows `low` to `high` are one scan, sorted by x of the line of sight.
    association : Association
    near : (n_live or more,) int64
        Filled: slots of the tracks that one of the looks may belong to.

    Returns
    -------
    n_near : int
    """
    gate = association.gate_4
    widest = gate * max(association.outlier_factor, 1.0)
    largest = 0.0
    chosen = low
    for row in range(low, high):
        largest = max(largest, looks[row, LOOK_SIGMA])
        if looks[row, LOOK_RANGE_SIGMA] < np.inf:
            chosen = row
    look = looks[chosen]
    n_near = 0
    for i in live:
        if _is_near(
            slots.ahead_state[i], slots.ahead_covariance[i], looks, low, high, widest, largest
        ):
            spread = slots.spread[i]
            expected = slots.expected[i]
            predict_measurement(
                slots.ahead_state[i], slots.ahead_covariance[i], look, slots.jacobian[i], spread,
                expected,
            )  # fmt: skip
            # The trace bounds the largest axis of the two angles.
            expected[HALF_ANGLE] = math.sqrt(gate * (spread[0, 0] + spread[1, 1] + largest**2))
            near[n_near] = i
            n_near += 1
    return n_near


@kernel
def gate_scan(
    slots: Slots, near: Integers, looks: Floats, low: int, high: int, association: Association
) -> tuple[Integers, Integers, Floats]:
    """Pairs of tracks and measurements inside the gate, with their costs.

    Parameters
    ----------
    slots : Slots
        As `expect_scan` left it.
    near : (n_near,) int64
        Slots that it found.
    looks : (n, N_LOOK) float64
        Rows `low` to `high` are one scan, sorted by x of the line of sight.
    low, high : int
    association : Association

    Returns
    -------
    first : (n_near + 1,) int64
        Pairs of the track in slot `near[k]` are `first[k]` to `first[k + 1]`.
    column : (n_pairs or more,) int64
        Measurement, counted from `low`.
    cost : (n_pairs or more,) float64
        Squared distance plus log determinant ratio (twice the negative log likelihood but for a
        constant), so that a track that knows little does not take what a good one expects.

    Notes
    -----
    A plume can only be of something that burns: a track in boost, or one that has just left it.
    """
    first = np.empty(near.shape[0] + 1, np.int64)
    column = np.empty(4 * (high - low) + 16, np.int64)
    cost = np.empty(column.shape[0])
    room = np.empty((6, 5))
    innovation = room[4]
    variance = room[5]
    n_pairs = 0
    for k in range(near.shape[0]):
        first[k] = n_pairs
        i = near[k]
        jacobian = slots.jacobian[i]
        half = slots.expected[i, HALF_ANGLE]
        for row in range(find_first(looks, low, high, jacobian[2, 0] - half), high):
            dx = looks[row, LOOK_LINE] - jacobian[2, 0]
            if dx > half:
                break
            dy = looks[row, LOOK_LINE + 1] - jacobian[2, 1]
            dz = looks[row, LOOK_LINE + 2] - jacobian[2, 2]
            if dx * dx + dy * dy + dz * dz > half * half:
                continue
            # NaN, no plume ever seen, is not below the limit.
            if (
                looks[row, LOOK_KIND] == PLUME
                and slots.whole[PHASE, i] == BALLISTIC_PHASE
                and not looks[row, LOOK_TIME] - slots.real[LAST_PLUME, i] < association.relight_s
            ):
                continue
            n = compare_look(looks[row], jacobian, slots.expected[i], innovation, variance)
            # No component alone is farther than all together; range tells most apart.
            spread = slots.spread[i]
            if innovation[2] * innovation[2] > association.gate_4 * (spread[2, 2] + variance[2]):
                continue
            distance, log_ratio = measure_distance(spread, innovation, variance, room)
            gate = association.gate_4
            if n == 2:
                gate = association.gate_2
            elif n == 3:
                gate = association.gate_3
            if distance < gate:
                if n_pairs == column.shape[0]:
                    column, cost = _widen(column, cost)
                column[n_pairs] = row - low
                cost[n_pairs] = min(distance + log_ratio, 0.99 * association.miss_cost)
                n_pairs += 1
    first[near.shape[0]] = n_pairs
    return first, column, cost


@kernel
def is_outlier(
    slots: Slots, near: Integers, chosen: Integers, look: Floats, room: Floats,
    association: Association,
) -> bool:  # fmt: skip
    """Whether a look that no track took has just missed the gate of a track that took nothing.

    It is then a rare error of that track's measurement and no new object.

    Parameters
    ----------
    slots : Slots
        As `expect_scan` left it.
    near : (n_near,) int64
        Slots that it found.
    chosen : (n_near,) int64
        Measurement of each of them, -1 where none.
    look : (N_LOOK,) float64
    room : (6, 5) float64
        Working room.
    association : Association
    """
    for k in range(near.shape[0]):
        i = near[k]
        if (
            chosen[k] >= 0
            or slots.whole[STATUS, i] != FIRM
            or (look[LOOK_KIND] == PLUME and slots.whole[PHASE, i] == BALLISTIC_PHASE)
        ):
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


@kernel
def _widen(column: Integers, cost: Floats) -> tuple[Integers, Floats]:
    """Both arrays at twice their length."""
    n = column.shape[0]
    wide_column = np.empty(2 * n, np.int64)
    wide_cost = np.empty(2 * n)
    for k in range(n):
        wide_column[k] = column[k]
        wide_cost[k] = cost[k]
    return wide_column, wide_cost
