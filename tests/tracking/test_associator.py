"""The assignment of measurements to tracks is the cheapest there is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from opendome.tracking.associator import assign_sparse, solve_assignment

pytestmark = pytest.mark.kernels
SMALL = settings(max_examples=30, deadline=None)
MISS = 10.0


def total_cost(first, column, cost, chosen):
    """Cost of an assignment over sparse pairs; raises where it uses a pair that is not allowed."""
    total = 0.0
    for i, j in enumerate(chosen):
        if j < 0:
            total += MISS
        else:
            pairs = slice(first[i], first[i + 1])
            total += cost[pairs][list(column[pairs]).index(j)]
    return total


@SMALL
@given(st.integers(1, 7), st.integers(0, 4), st.integers(0, 2**32 - 1))
def test_dense_assignment_costs_what_scipy_finds(n, more, seed):
    """Equal cost to an independent solver, each column used once."""
    cost = np.random.default_rng(seed).uniform(-5.0, 20.0, (n, n + more))
    column = solve_assignment(cost)
    rows, best = linear_sum_assignment(cost)
    assert len(set(column)) == n
    # Sums of a dozen numbers below 20 in another order.
    assert cost[np.arange(n), column].sum() == pytest.approx(cost[rows, best].sum(), abs=1e-10)


@SMALL
@given(st.integers(0, 8), st.integers(0, 8), st.floats(0.0, 1.0), st.integers(0, 2**32 - 1))
def test_sparse_assignment_is_the_cheapest_with_misses_allowed(n, m, share, seed):
    """Splitting into components and paying for misses loses nothing against one dense problem."""
    generator = np.random.default_rng(seed)
    allowed = generator.uniform(size=(n, m)) < share
    dense = generator.uniform(0.0, 0.99 * MISS, (n, m))
    first = np.concatenate([[0], np.cumsum(allowed.sum(axis=1))]).astype(np.int64)
    row, column = np.nonzero(allowed)
    cost = dense[row, column]
    chosen = assign_sparse(first, column, cost, m, MISS)
    used = chosen[chosen >= 0]
    assert len(set(used)) == len(used)
    reference = np.full((n, m + n), 1e6)
    reference[:, :m][allowed] = cost
    reference[np.arange(n), m + np.arange(n)] = MISS
    rows, best = linear_sum_assignment(reference)
    assert total_cost(first, column, cost, chosen) == pytest.approx(
        reference[rows, best].sum(), abs=1e-9
    )
