"""Fuses two tracks of one object whose errors may share causes.

Two tracks of one object share process noise and, where both used one sensor, its errors: to fuse
them as independent would count the same evidence twice. Covariance intersection needs no knowledge
of the correlation and is never surer than the truth allows.

Sources: Julier and Uhlmann (1997), "A non-divergent estimation algorithm in the presence of unknown
correlations", Proc. American Control Conference; weight by Niehsen (2002), "Information fusion
based on fast covariance intersection filtering", Proc. FUSION.
"""

from __future__ import annotations

import math

import numpy as np

from opendome.physics.jit import kernel
from opendome.tables.truth import Floats


@kernel
def weigh_tracks(covariance: Floats, other_covariance: Floats) -> float:
    """Weight of the first of two covariances, by the trace of their position errors."""
    own = 0.0
    other = 0.0
    for i in range(3):
        own += covariance[i, i]
        other += other_covariance[i, i]
    return other / (own + other)


@kernel
def fuse_tracks(
    state: Floats, covariance: Floats, other: Floats, other_covariance: Floats, n: int
) -> None:
    """Fuse a track of the same object at the same time into a track, in place.

    Parameters
    ----------
    state, covariance : (9,), (9, 9) float64
        Of the track that stays; its first `n` states are changed.
    other, other_covariance : (9,), (9, 9) float64
        Of the track that is taken in.
    n : int
        States in use, equal in both.

    Notes
    -----
    With weight w the result is inv(w inv(A) + (1 - w) inv(B)), computed as a Kalman update of A / w
    by a measurement of all states with the covariance B / (1 - w), by the Cholesky factor of their
    sum.
    """
    weight = min(max(weigh_tracks(covariance, other_covariance), 1e-6), 1.0 - 1e-6)
    lower = np.empty((n, n))
    whitened = np.empty((n, n + 1))  # columns of A / w, then the difference of the states
    for k in range(n):
        for m in range(k + 1):
            total = covariance[k, m] / weight + other_covariance[k, m] / (1.0 - weight)
            for i in range(m):
                total -= lower[k, i] * lower[m, i]
            lower[k, m] = math.sqrt(max(total, 1e-12)) if m == k else total / lower[m, m]
        for j in range(n + 1):
            value = other[k] - state[k] if j == n else covariance[k, j] / weight
            for i in range(k):
                value -= lower[k, i] * whitened[i, j]
            whitened[k, j] = value / lower[k, k]
    for i in range(n):
        for k in range(n):
            state[i] += whitened[k, i] * whitened[k, n]
        for j in range(i + 1):
            value = covariance[i, j] / weight
            for k in range(n):
                value -= whitened[k, i] * whitened[k, j]
            covariance[i, j] = value
            covariance[j, i] = value
