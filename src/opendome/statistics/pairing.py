"""The best one-to-one pairing of two sets of points within a cut-off distance."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from opendome.statistics.intervals import Floats

Integers = NDArray[np.int64]

# Up to so many pairs a full table of distances is the fastest way; beyond, only near pairs are
# listed.
_MOST_IN_TABLE: Final = 1_000_000


class Pairing(NamedTuple):
    """Pairs of rows of two sets of points, each row in one pair at most."""

    first: Integers  # (k,) rows of the first set, rising
    second: Integers  # (k,) rows of the second set
    distance: Floats  # (k,) below the cut-off


def pair_points(first: ArrayLike, second: ArrayLike, cutoff: float, order: float = 2.0) -> Pairing:
    """Pairs that make the sum of `cutoff**order - distance**order` over them greatest.

    That is the assignment inside both the OSPA and the GOSPA distance with alpha = 2: a point
    without a partner costs what two partners at the cut-off would.

    Parameters
    ----------
    first, second : (n, d), (m, d) float64
        Points, in one unit; finite.
    cutoff : float
        Points this far apart or further are never paired.
    order : float
        Exponent p of the distance, 1 or above.

    Returns
    -------
    Pairing

    Notes
    -----
    Exact. Large sets are searched with a k-d tree and solved over the near pairs alone, so that
    memory follows the number of near pairs.
    Source: Crouse (2016), "On implementing 2D rectangular assignment algorithms", IEEE Trans.
    Aerosp. Electron. Syst. 52(4); Jonker and Volgenant (1987), Computing 38, 325.
    """
    one, other = _as_points(first), _as_points(second)
    if not cutoff > 0.0 or not np.isfinite(cutoff):
        raise ValueError(f"cut-off {cutoff}: must be finite and above zero")
    if not order >= 1.0 or not np.isfinite(order):
        raise ValueError(f"order {order}: must be finite and at least 1")
    if not one.shape[0] or not other.shape[0]:
        none = np.zeros(0, np.int64)
        return Pairing(none, none.copy(), np.zeros(0))
    if one.shape[1] != other.shape[1]:
        raise ValueError(f"points of {one.shape[1]} and {other.shape[1]} dimensions")
    if one.shape[0] * other.shape[0] <= _MOST_IN_TABLE:
        return _pair_from_table(one, other, cutoff, order)
    return _pair_from_list(one, other, cutoff, order)


def _pair_from_table(first: Floats, second: Floats, cutoff: float, order: float) -> Pairing:
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial.distance import cdist

    distance = cdist(first, second)
    rows, columns = linear_sum_assignment(np.minimum(distance / cutoff, 1.0) ** order)
    near = distance[rows, columns] < cutoff
    rows, columns = rows[near], columns[near]
    return Pairing(rows.astype(np.int64), columns.astype(np.int64), distance[rows, columns])


def _pair_from_list(first: Floats, second: Floats, cutoff: float, order: float) -> Pairing:
    """The same over near pairs: each row of the first set has a column of its own for "nobody"."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching
    from scipy.spatial import cKDTree

    n, m = first.shape[0], second.shape[0]
    near = cKDTree(first).sparse_distance_matrix(cKDTree(second), cutoff, output_type="coo_matrix")
    kept = near.data < cutoff
    rows, columns, distance = near.row[kept], near.col[kept], near.data[kept]
    own = np.arange(n)
    # One is added to every cost, since an entry of zero would count as no pair at all.
    cost = coo_array(
        (
            np.concatenate([1.0 + (distance / cutoff) ** order, np.full(n, 2.0)]),
            (np.concatenate([rows, own]), np.concatenate([columns, m + own])),
        ),
        shape=(n, m + n),
    ).tocsr()
    chosen_rows, chosen = min_weight_full_bipartite_matching(cost)
    paired = chosen < m
    rows, columns = chosen_rows[paired].astype(np.int64), chosen[paired].astype(np.int64)
    return Pairing(rows, columns, np.linalg.norm(first[rows] - second[columns], axis=1))


def _as_points(values: ArrayLike) -> Floats:
    points = np.asarray(values, np.float64)
    if points.shape == (0,):
        return points.reshape(0, 0)
    if points.ndim != 2:
        raise ValueError(f"points have two dimensions, one row each; got {points.ndim}")
    if not np.isfinite(points).all():
        raise ValueError("points must be finite")
    return points
