"""Takes a measurement into a track's state: extended Kalman filter, one component at a time.

The components' errors are independent, so each is a scalar update; no matrix is inverted. The
covariance follows Joseph's form, evaluated as two rank-one steps.

Source: Bierman (1977), "Factorization methods for discrete sequential estimation", section II.7
(stabilised Kalman algorithm).
"""

from __future__ import annotations

import numpy as np

from opendome.physics.jit import kernel
from opendome.tables.codes import BOOST_PHASE
from opendome.tables.truth import Floats
from opendome.tracking.predictor import symmetrise


@kernel
def count_states(phase: int) -> int:
    """Number of states in use: nine in boost, six in ballistic flight."""
    return 9 if phase == BOOST_PHASE else 6


@kernel
def update_scalar(
    state: Floats,
    covariance: Floats,
    n: int,
    row: Floats,
    innovation: float,
    variance: float,
    work: Floats,
) -> None:
    """Take one scalar measurement into the first `n` states, in place.

    Parameters
    ----------
    state : (9,) float64
    covariance : (9, 9) float64
    n : int
        States in use.
    row : (6,) float64
        Derivative of the measured value by position and velocity.
    innovation : float
        Measured less expected value.
    variance : float
        Of the measurement's error, above zero.
    work : (2 or more, 9) float64
        Working room.
    """
    forward = work[0]
    gain = work[1]
    # Only range rate depends on the velocity.
    m = 6 if row[3] != 0.0 or row[4] != 0.0 or row[5] != 0.0 else 3
    total = variance
    for i in range(n):
        value = 0.0
        for j in range(m):
            value += covariance[i, j] * row[j]
        forward[i] = value
    for i in range(m):
        total += row[i] * forward[i]
    scale = 1.0 / total
    for i in range(n):
        gain[i] = forward[i] * scale
        state[i] += gain[i] * innovation
        for j in range(n):
            covariance[i, j] -= gain[i] * forward[j]
    for i in range(n):
        left = 0.0
        for j in range(m):
            left += covariance[i, j] * row[j]
        left = variance * gain[i] - left
        for j in range(n):
            covariance[i, j] += left * gain[j]


@kernel
def update_state(
    state: Floats,
    covariance: Floats,
    phase: int,
    jacobian: Floats,
    innovation: Floats,
    variance: Floats,
    work: Floats,
) -> None:
    """Take one measurement into a track's state, in place.

    Parameters
    ----------
    state : (9,) float64
    covariance : (9, 9) float64
    phase : int
    jacobian : (4, 6) float64
        From `predict_measurement` at this state.
    innovation : (4,) float64
        Measured less expected: angles [rad], range [m], range rate [m/s].
    variance : (4,) float64
        Of the measurement's errors; infinite where it has no such component.
    work : (3, 9) float64
        Working room.
    """
    n = count_states(phase)
    start = work[2]
    for j in range(6):
        start[j] = state[j]
    for k in range(4):
        if variance[k] < np.inf:
            # Later components are compared with the state that the earlier ones have moved.
            left = innovation[k]
            for j in range(6):
                left -= jacobian[k, j] * (state[j] - start[j])
            update_scalar(state, covariance, n, jacobian[k], left, variance[k], work)
    symmetrise(covariance)
