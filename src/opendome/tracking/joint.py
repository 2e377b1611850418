"""Joint probabilistic data association: how probable it is that each look is of each track.

An event gives each track one look of the scan or none, and no look to two tracks. Its probability
is proportional to the product of its pairs' weights, one for a track without look, and a pair's
share is the sum over all events that hold it. Components of the gate graph are independent. One
with few tracks or few looks is summed exactly; in larger ones belief propagation finds what is out
of question, and what then is still large keeps the shares that it gives.

Sources: Fortmann, Bar-Shalom and Scheffe (1983), "Sonar tracking of multiple targets using joint
probabilistic data association", IEEE JOE 8(3); Bar-Shalom, Daum and Huang (2009), "The
probabilistic data association filter", IEEE CSM 29(6); Williams and Lau (2014), "Approximate
evaluation of marginal association probabilities with belief propagation", IEEE T-AES 50(4).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from opendome.physics.jit import kernel
from opendome.tables.truth import Floats, Integers
from opendome.tracking.associator import chain_components, list_component, number_columns
from opendome.tracking.settings import Association

# Events are summed over all subsets of the smaller side of a component: 4,096 of them at most.
EXACT: Final = 12
# A share of belief propagation below this takes its pair out of a component that is too large.
_OUT_OF_QUESTION: Final = 1e-3
# Belief propagation ends when no message changes by more than this, or after so many rounds.
_SETTLED: Final = 1e-6
_MOST_ROUNDS: Final = 500


@kernel
def weigh_pairs(cost: Floats, association: Association, strangers: float) -> Floats:
    """Weight of each pair of a gate graph: against the track without a look, the look a stranger's.

    Parameters
    ----------
    cost : (n_pairs,) float64
        Squared distance plus log of the determinant ratio, as in `gater.Pairs`.
    association : Association
    strangers : float
        Looks of nothing tracked in a volume of one look's error.

    Returns
    -------
    weight : (n_pairs,) float64

    Notes
    -----
    P_D N(innovation; 0, S) over density of strangers times (1 - P_D P_G), both densities for the
    volume sqrt(det 2 pi R) of the look's own error. Source: Bar-Shalom, Daum and Huang (2009),
    parametric form.
    """
    found = association.detection_probability
    missed = 1.0 - found * association.gate_probability
    scale = found / (strangers * missed)
    weight = np.empty(cost.shape[0])
    for k in range(cost.shape[0]):
        weight[k] = scale * math.exp(-0.5 * cost[k])
    return weight


@kernel
def sum_events(weight: Floats, share: Floats) -> None:
    """Share of each pair over all events of a small problem.

    Parameters
    ----------
    weight : (n, m) float64
        Zero where a pair is not allowed; 2^m numbers are kept for each of the n.
    share : (n, m) float64
        Filled.

    Notes
    -----
    `before[i, s]` sums all ways in which the rows before i take the subset s of columns; `after`
    all ways for row i and later where s is gone already.
    """
    n, m = weight.shape
    n_sets = 1 << m
    before = np.zeros((n, n_sets))
    after = np.ones(n_sets)
    row = np.empty(n_sets)
    before[0, 0] = 1.0
    for i in range(n - 1):
        for s in range(n_sets):
            ways = before[i, s]
            if ways > 0.0:
                before[i + 1, s] += ways
                for j in range(m):
                    if weight[i, j] > 0.0 and (s >> j) & 1 == 0:
                        before[i + 1, s | (1 << j)] += ways * weight[i, j]
    for i in range(n - 1, -1, -1):
        for j in range(m):
            share[i, j] = 0.0
        total = 0.0
        for s in range(n_sets):
            row[s] = after[s]
            for j in range(m):
                if weight[i, j] > 0.0 and (s >> j) & 1 == 0:
                    ways = weight[i, j] * after[s | (1 << j)]
                    row[s] += ways
                    share[i, j] += before[i, s] * ways
            total += before[i, s] * row[s]
        for j in range(m):
            share[i, j] /= total
        for s in range(n_sets):
            after[s] = row[s]


@kernel
def propagate_beliefs(
    rows: Integers, first: Integers, column: Integers, weight: Floats, n_columns: int, share: Floats
) -> None:
    """Approximate share of each pair of some rows, which share no column with others.

    Parameters
    ----------
    rows : (k,) int64
    first, column, weight, n_columns
        The whole gate graph, as in `share_looks`.
    share : (n_pairs,) float64
        Filled at the pairs of these rows.

    Notes
    -----
    Messages between rows and columns, which always converge; exact where the graph is a tree.
    Source: Williams and Lau (2014), figure 2.
    """
    back = np.ones(weight.shape[0])
    forth = np.zeros(weight.shape[0])
    for _ in range(_MOST_ROUNDS):
        total = np.ones(n_columns)
        for i in rows:
            sum_i = 1.0
            for e in range(first[i], first[i + 1]):
                sum_i += weight[e] * back[e]
            for e in range(first[i], first[i + 1]):
                forth[e] = weight[e] / (sum_i - weight[e] * back[e])
                total[column[e]] += forth[e]
        change = 0.0
        for i in rows:
            for e in range(first[i], first[i + 1]):
                value = 1.0 / (total[column[e]] - forth[e])
                change = max(change, abs(value - back[e]))
                back[e] = value
        if change < _SETTLED:
            break
    for i in rows:
        sum_i = 1.0
        for e in range(first[i], first[i + 1]):
            sum_i += weight[e] * back[e]
        for e in range(first[i], first[i + 1]):
            share[e] = weight[e] * back[e] / sum_i


@kernel
def _share_component(
    rows: Integers, first: Integers, column: Integers, weight: Floats, place: Integers,
    share: Floats,
) -> bool:  # fmt: skip
    """Exact shares of one component; false, and nothing done, where both sides are too large.

    `place` is -1 everywhere, before and after.
    """
    n = rows.shape[0]
    columns = number_columns(rows, first, column, place)
    m: int = columns.shape[0]
    fits = n <= EXACT or m <= EXACT
    if fits:
        # Subsets are those of the smaller side.
        turned = m > n
        dense = np.zeros((m, n) if turned else (n, m))
        exact = np.empty(dense.shape)
        for k in range(n):
            for e in range(first[rows[k]], first[rows[k] + 1]):
                j = place[column[e]]
                if turned:
                    dense[j, k] = weight[e]
                else:
                    dense[k, j] = weight[e]
        sum_events(dense, exact)
        for k in range(n):
            for e in range(first[rows[k]], first[rows[k] + 1]):
                j = place[column[e]]
                share[e] = exact[j, k] if turned else exact[k, j]
    for j in range(m):
        place[columns[j]] = -1
    return fits


@kernel
def share_looks(first: Integers, column: Integers, weight: Floats, n_columns: int) -> Floats:
    """Probability of each pair of a gate graph, over all joint events.

    Parameters
    ----------
    first : (n + 1,) int64
        Pairs of row i are `first[i]` to `first[i + 1]`.
    column : (n_pairs,) int64
    weight : (n_pairs,) float64
        From `weigh_pairs`.
    n_columns : int

    Returns
    -------
    share : (n_pairs,) float64
        What is left to one in a row is the probability that the track took nothing, in a column
        that the look is of nothing tracked.
    """
    n = first.shape[0] - 1
    share = np.zeros(column.shape[0])
    place = np.empty(n_columns, np.int64)
    for j in range(n_columns):
        place[j] = -1
    # What is left of the graph, and where its pairs stand in the whole.
    own_first = first.copy()
    own_column = column.copy()
    own_weight = weight.copy()
    own_share = np.zeros(column.shape[0])
    origin = np.arange(column.shape[0])
    for attempt in range(2):
        n_large = 0
        size, following = chain_components(own_first, own_column, n_columns)
        for i in range(n):
            if size[i] > 0 and own_first[i + 1] > own_first[i]:
                rows = list_component(i, size, following)
                if not _share_component(rows, own_first, own_column, own_weight, place, own_share):
                    n_large += 1
                    propagate_beliefs(rows, own_first, own_column, own_weight, n_columns, own_share)
        for e in range(own_first[n]):
            share[origin[e]] = own_share[e]
        if n_large == 0 or attempt == 1:
            break
        n_kept = 0
        begin = 0
        for i in range(n):
            end = own_first[i + 1]
            for e in range(begin, end):
                if own_share[e] < _OUT_OF_QUESTION:
                    share[e] = 0.0
                    continue
                own_column[n_kept] = column[e]
                own_weight[n_kept] = weight[e]
                origin[n_kept] = e
                n_kept += 1
            begin = end
            own_first[i + 1] = n_kept
    return share
