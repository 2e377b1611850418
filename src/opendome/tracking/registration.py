"""Bias between sensors: what all looks of one sensor are off by, estimated on shared tracks.

One Kalman filter holds the biases of range and azimuth of all sensors that are believed to have
any. How far each track is off for a unit of each bias is carried beside the track, as `evidence`
carries the dependence on drag: what a look differs from what was expected then measures the biases,
and a sensor does not find its own on tracks that it has made itself. Later looks are corrected and
given the error that the correction leaves; tracks are shifted as if it had been known before.

Sources: Friedland (1969), "Treatment of bias in recursive filtering", IEEE T-AC 14(4); Lin,
Bar-Shalom and Kirubarajan (2004), "Exact multisensor dynamic bias estimation with local tracks",
IEEE T-AES 40(2).
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from opendome.physics.gravity import j2_acceleration
from opendome.physics.jit import kernel
from opendome.tables.codes import BALLISTIC_PHASE, FIRM, FREE
from opendome.tables.truth import Floats, Integers
from opendome.tracking.bank import KEPT, is_open
from opendome.tracking.gater import compare_look
from opendome.tracking.measurement_model import predict_measurement
from opendome.tracking.picture import (
    BANK,
    LOOK_LINE,
    LOOK_PLACE,
    LOOK_RANGE,
    LOOK_RANGE_SIGMA,
    LOOK_SENSOR,
    LOOK_SIGMA,
    LOOK_TIME,
    NUMBER,
    PHASE,
    STATUS,
    TIME,
    Slots,
)

RANGE_BIAS: Final = 0
AZIMUTH_BIAS: Final = 1
N_BIASES: Final = 2
# A look further off than this is of another object (0.999, one degree).
_GATE: Final = 10.828
# Tracks are carried to the time of a look by one step: no longer than this [s].
_LONGEST_S: Final = 10.0
# What a track in the air, or under thrust, may do that the step does not know [m/s2]: 3 g
# (assumption).
_UNKNOWN_M_S2: Final = 30.0


class Registration(NamedTuple):
    """What is believed of the biases of all sensors, range [m] and azimuth [rad].

    The biases of all sensors that may have one are one vector: that of sensor s begins at `row[s]`.
    """

    row: Integers  # (n_sensors,) -1: no bias
    prior: Floats  # (n,) variances before the first look; 0: no such bias
    # Share of the variance that the errors stated with the looks hold already, 0 or 1.
    stated: Floats  # (n,)
    estimate: Floats  # (n,)
    covariance: Floats  # (n, n)
    # What each track's position and velocity are off by for each unit of a bias, and when.
    sensitivity: Floats  # (capacity, n, 6)
    time_s: Floats  # (capacity,)


class Before(NamedTuple):
    """Tracks as they stood before the looks of a decision time, carried on from look to look."""

    state: Floats  # (capacity, 9)
    covariance: Floats  # (capacity, 9, 9)
    time_s: Floats  # (capacity,)
    number: Integers  # (capacity,)


def start_registration(sigma: Floats, stated: Floats, capacity: int) -> Registration:
    """What is believed before the first look.

    Parameters
    ----------
    sigma : (n_sensors, 2) float64
        Believed errors common to all looks of a sensor: range [m], azimuth [rad]; 0: none.
    stated : (n_sensors, 2) float64
        One where the errors stated with the looks include it, zero where it comes on top.
    capacity : int
        Of the tracker.
    """
    own = (sigma > 0.0).any(axis=1)
    prior = np.asarray(sigma, np.float64)[own].ravel() ** 2
    return Registration(
        row=np.where(own, N_BIASES * (np.cumsum(own) - 1), -1).astype(np.int64),
        prior=prior,
        stated=np.asarray(stated, np.float64)[own].ravel(),
        estimate=np.zeros(prior.size),
        covariance=np.diag(prior),
        sensitivity=np.zeros((capacity, prior.size, 6)),
        time_s=np.zeros(capacity),
    )


@kernel
def _turn_axis(look: Floats) -> tuple[float, float, float]:
    """How a line of sight moves for each radian of azimuth: line x up, clockwise from north."""
    x, y, z = look[LOOK_PLACE], look[LOOK_PLACE + 1], look[LOOK_PLACE + 2]
    inverse = 1.0 / math.sqrt(x * x + y * y + z * z)
    lx, ly, lz = look[LOOK_LINE], look[LOOK_LINE + 1], look[LOOK_LINE + 2]
    return (
        (ly * z - lz * y) * inverse,
        (lz * x - lx * z) * inverse,
        (lx * y - ly * x) * inverse,
    )


@kernel
def correct_looks(registration: Registration, looks: Floats) -> None:
    """Take the estimated biases off looks, and state the error that is left, in place."""
    prior, stated = registration.prior, registration.stated
    for n in range(looks.shape[0]):
        look = looks[n]
        sensor = int(look[LOOK_SENSOR])
        if sensor >= registration.row.shape[0] or registration.row[sensor] < 0:
            continue
        k = registration.row[sensor] + RANGE_BIAS
        if prior[k] > 0.0 and look[LOOK_RANGE_SIGMA] < np.inf:
            look[LOOK_RANGE] -= registration.estimate[k]
            change = registration.covariance[k, k] - stated[k] * prior[k]
            if change != 0.0:
                # Rounding apart, never below what the look has of its own.
                square = look[LOOK_RANGE_SIGMA] ** 2
                look[LOOK_RANGE_SIGMA] = math.sqrt(max(square + change, 1e-6 * square))
        k = registration.row[sensor] + AZIMUTH_BIAS
        if prior[k] > 0.0:
            ax, ay, az = _turn_axis(look)
            cosine2 = ax * ax + ay * ay + az * az
            change = (registration.covariance[k, k] - stated[k] * prior[k]) * cosine2
            square = look[LOOK_SIGMA] ** 2
            look[LOOK_SIGMA] = math.sqrt(max(square + change, 1e-6 * square))
            turn = registration.estimate[k]
            x = look[LOOK_LINE] - turn * ax
            y = look[LOOK_LINE + 1] - turn * ay
            z = look[LOOK_LINE + 2] - turn * az
            inverse = 1.0 / math.sqrt(x * x + y * y + z * z)
            look[LOOK_LINE] = x * inverse
            look[LOOK_LINE + 1] = y * inverse
            look[LOOK_LINE + 2] = z * inverse


@kernel
def _carry_track(before: Before, i: int, phase: int, time_s: float) -> None:
    """Bring a track as it stood to the time of a look."""
    step = time_s - before.time_s[i]
    before.time_s[i] = time_s
    if step == 0.0:
        return
    state = before.state[i]
    covariance = before.covariance[i]
    ax, ay, az = 0.0, 0.0, 0.0
    if phase == BALLISTIC_PHASE:
        ax, ay, az = j2_acceleration(state[0], state[1], state[2])
    for k, a in enumerate((ax, ay, az)):
        state[k] += step * (state[k + 3] + 0.5 * step * a)
        state[k + 3] += step * a
    for k in range(3):
        for m in range(6):
            covariance[k, m] += step * covariance[k + 3, m]
    for k in range(3):
        for m in range(6):
            covariance[m, k] += step * covariance[m, k + 3]
    if phase != BALLISTIC_PHASE:
        for k in range(3):
            covariance[k, k] += (0.5 * _UNKNOWN_M_S2 * step * step) ** 2
            covariance[k + 3, k + 3] += (_UNKNOWN_M_S2 * step) ** 2


@kernel
def _take_component(
    registration: Registration, used: Floats, i: int, before: Before, row: Floats,
    innovation: float, variance: float, inflation: float, slope: Floats, learns: bool,
) -> None:  # fmt: skip
    """Take one scalar of a look into the biases, and into a track as it stood.

    Parameters
    ----------
    registration : Registration
    used : (n,) float64
        The estimates that the look is corrected by.
    i : int
        Slot.
    before : Before
    row : (6,) float64
        Derivative by position and velocity.
    innovation : float
        Measured less expected.
    variance : float
        That the filter takes, of which `inflation` stands for the bias.
    slope : (n,) float64
        Biases that are in the scalar itself; becomes what it shows of each.
    learns : bool
        Whether the biases take it.
    """
    covariance = before.covariance[i]
    bias = registration.sensitivity[i]
    n = slope.shape[0]
    forward = np.zeros(6)
    spread = 0.0
    for k in range(6):
        for m in range(6):
            forward[k] += covariance[k, m] * row[m]
    surprise = innovation
    for k in range(6):
        spread += row[k] * forward[k]
    for b in range(n):
        for k in range(6):
            slope[b] -= row[k] * bias[b, k]
        surprise -= slope[b] * (registration.estimate[b] - used[b])
    carried = np.zeros(n)
    total = spread + variance - inflation
    for b in range(n):
        for c in range(n):
            carried[b] += registration.covariance[b, c] * slope[c]
        total += slope[b] * carried[b]
    if learns and surprise * surprise < _GATE * total:
        for b in range(n):
            registration.estimate[b] += carried[b] / total * surprise
            for c in range(n):
                registration.covariance[b, c] -= carried[b] * carried[c] / total
    total = spread + variance
    for k in range(6):
        before.state[i, k] += forward[k] / total * innovation
        for b in range(n):
            bias[b, k] += forward[k] / total * slope[b]
        for m in range(6):
            covariance[k, m] -= forward[k] * forward[m] / total


@kernel
def learn_biases(
    registration: Registration, used: Floats, inflation: Floats, slots: Slots, before: Before,
    looks: Floats, slot: Integers,
) -> None:  # fmt: skip
    """Sharpen all biases by the looks of one decision time.

    Parameters
    ----------
    registration : Registration
    used : (n,) float64
        The estimates that the looks are corrected by ...
    inflation : (n,) float64
        ... and what their variances hold for the error of that.
    slots : Slots
        After the looks.
    before : Before
        Before them.
    looks : (n_looks, N_LOOK) float64
        Corrected, in order.
    slot : (n_looks,) int64
        Of the track that took each look, -1: none.

    Notes
    -----
    Given the biases, a track's innovations are white and depend on them by its sensitivities: each
    scalar of each look is one linear measurement of all biases (Friedland 1969).
    """
    n = used.shape[0]
    slope = np.zeros(n)
    jacobian = np.zeros((4, 6))
    spread = np.zeros((4, 4))
    expected = np.zeros(5)
    innovation = np.zeros(4)
    variance = np.zeros(4)
    start = np.zeros(6)
    for number in range(looks.shape[0]):
        i = slot[number]
        if i < 0:
            continue
        look = looks[number]
        sensor = int(look[LOOK_SENSOR])
        own = registration.row[sensor] if sensor < registration.row.shape[0] else -1
        bias = registration.sensitivity[i]
        turned = _turn_axis(look)
        if before.number[i] != slots.whole[NUMBER, i]:
            # A new track is where its first look says.
            before.number[i] = slots.whole[NUMBER, i]
            before.time_s[i] = np.nan
            registration.time_s[i] = look[LOOK_TIME]
            for b in range(n):
                for k in range(6):
                    bias[b, k] = 0.0
            if own >= 0 and look[LOOK_RANGE_SIGMA] < np.inf:
                for k in range(3):
                    bias[own + RANGE_BIAS, k] = look[LOOK_LINE + k]
                    bias[own + AZIMUTH_BIAS, k] = look[LOOK_RANGE] * turned[k]
            continue
        # NaN, a track of this decision time, is not within the limit.
        if not abs(look[LOOK_TIME] - before.time_s[i]) <= _LONGEST_S:
            continue
        _carry_track(before, i, slots.whole[PHASE, i], look[LOOK_TIME])
        step = look[LOOK_TIME] - registration.time_s[i]
        registration.time_s[i] = look[LOOK_TIME]
        for b in range(n):
            for k in range(3):
                bias[b, k] += step * bias[b, k + 3]
        state = before.state[i]
        predict_measurement(state, before.covariance[i], look, jacobian, spread, expected)
        compare_look(look, jacobian, expected, innovation, variance)
        for k in range(6):
            start[k] = state[k]
        learns = slots.whole[STATUS, i] == FIRM
        for component in range(4):
            if variance[component] == np.inf:
                continue
            row = jacobian[component]
            left = innovation[component]
            for k in range(6):
                left -= row[k] * (state[k] - start[k])
            for b in range(n):
                slope[b] = 0.0
            extra = 0.0
            if own >= 0 and component < 2:
                length = math.sqrt(row[0] * row[0] + row[1] * row[1] + row[2] * row[2])
                along = 0.0
                for k in range(3):
                    along += row[k] / length * turned[k]
                slope[own + AZIMUTH_BIAS] = along
                cosine2 = turned[0] ** 2 + turned[1] ** 2 + turned[2] ** 2
                extra = inflation[own + AZIMUTH_BIAS] * cosine2
            elif own >= 0 and component == 2:
                slope[own + RANGE_BIAS] = 1.0
                extra = inflation[own + RANGE_BIAS]
            _take_component(
                registration,
                used,
                i,
                before,
                row,
                left,
                variance[component],
                extra,
                slope,
                learns,
            )


@kernel
def shift_tracks(registration: Registration, used: Floats, slots: Slots) -> None:
    """Take what the estimates have changed by out of all tracks, as if they had been known before.

    `used` as in `learn_biases`.
    """
    shift = np.zeros(6)
    for i in range(slots.state.shape[0]):
        if slots.whole[STATUS, i] == FREE:
            continue
        for k in range(6):
            shift[k] = 0.0
        step = slots.real[TIME, i] - registration.time_s[i]
        for b in range(used.shape[0]):
            change = registration.estimate[b] - used[b]
            bias = registration.sensitivity[i, b]
            for k in range(3):
                shift[k] += change * (bias[k] + step * bias[k + 3])
                shift[k + 3] += change * bias[k + 3]
        for k in range(6):
            slots.state[i, k] -= shift[k]
            slots.ahead_state[i, k] -= shift[k]
            for m in range(slots.bank_state.shape[2]):
                if is_open(slots.whole[BANK, i], m):
                    slots.bank_state[i, KEPT, m, k] -= shift[k]


def remember_tracks(slots: Slots) -> Before:
    """Copies of the tracks before the looks of a decision time."""
    return Before(
        slots.state.copy(), slots.covariance.copy(), slots.real[TIME].copy(),
        slots.whole[NUMBER].copy(),
    )  # fmt: skip
