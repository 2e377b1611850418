"""Global nearest neighbour: the cheapest exact assignment of the measurements of one scan.

The gate graph falls apart into small connected components; each is solved exactly by shortest
augmenting paths. Sources: Blackman and Popoli (1999), "Design and analysis of modern tracking
systems", section 6.4; Jonker and Volgenant (1987), Computing 38, 325-340.
"""

from __future__ import annotations

import numpy as np

from opendome.physics.jit import kernel
from opendome.tables.truth import Floats, Integers


@kernel
def solve_assignment(cost: Floats) -> Integers:
    """Column of each row in the cheapest full assignment of rows to columns.

    Parameters
    ----------
    cost : (n, m) float64
        Finite, n <= m.

    Returns
    -------
    column : (n,) int64
    """
    n, m = cost.shape
    row_price = np.zeros(n + 1)
    column_price = np.zeros(m + 1)
    row_of = np.zeros(m + 1, np.int64)  # rows and columns count from 1; 0 is the free root
    previous = np.zeros(m + 1, np.int64)
    shortest = np.empty(m + 1)
    settled = np.empty(m + 1, np.bool_)
    result = np.empty(n, np.int64)
    for i in range(1, n + 1):
        row_of[0] = i
        column = 0
        for j in range(m + 1):
            shortest[j] = np.inf
            settled[j] = False
        while True:
            settled[column] = True
            row = row_of[column]
            delta = np.inf
            nearest = 0
            for j in range(1, m + 1):
                if not settled[j]:
                    reduced = cost[row - 1, j - 1] - row_price[row] - column_price[j]
                    if reduced < shortest[j]:
                        shortest[j] = reduced
                        previous[j] = column
                    if shortest[j] < delta:
                        delta = shortest[j]
                        nearest = j
            for j in range(m + 1):
                if settled[j]:
                    row_price[row_of[j]] += delta
                    column_price[j] -= delta
                else:
                    shortest[j] -= delta
            column = nearest
            if row_of[column] == 0:
                break
        while column != 0:
            row_of[column] = row_of[previous[column]]
            column = previous[column]
    for j in range(1, m + 1):
        if row_of[j] > 0:
            result[row_of[j] - 1] = j - 1
    return result


@kernel
def widen_pairs(column: Integers, cost: Floats) -> tuple[Integers, Floats]:
    """Both arrays of the pairs that `assign_sparse` takes, at twice their length."""
    n = column.shape[0]
    wide_column = np.empty(2 * n, np.int64)
    wide_cost = np.empty(2 * n)
    for k in range(n):
        wide_column[k] = column[k]
        wide_cost[k] = cost[k]
    return wide_column, wide_cost


@kernel
def _find_root(parent: Integers, node: int) -> int:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


@kernel
def number_columns(rows: Integers, first: Integers, column: Integers, place: Integers) -> Integers:
    """Columns of the pairs of some rows, each once; fills `place`, -1 before, by column."""
    n_edges = 0
    for row in rows:
        n_edges += first[row + 1] - first[row]
    columns = np.empty(n_edges, np.int64)
    n_columns = 0
    for row in rows:
        for edge in range(first[row], first[row + 1]):
            if place[column[edge]] < 0:
                place[column[edge]] = n_columns
                columns[n_columns] = column[edge]
                n_columns += 1
    return columns[:n_columns]


@kernel
def _solve_component(
    rows: Integers, first: Integers, column: Integers, cost: Floats, miss: float, place: Integers,
    chosen: Integers,
) -> None:  # fmt: skip
    """Exact assignment of the rows of one component; `place` is -1 everywhere, before and after."""
    n = rows.shape[0]
    columns = number_columns(rows, first, column, place)
    n_columns = columns.shape[0]
    # Each row has a column of its own for "no measurement"; pairs outside the gate cost more than
    # leaving both ends free.
    dense = np.empty((n, n_columns + n))
    for i in range(n):
        row = rows[i]
        for j in range(n_columns + n):
            dense[i, j] = 4.0 * miss
        dense[i, n_columns + i] = miss
        for edge in range(first[row], first[row + 1]):
            dense[i, place[column[edge]]] = cost[edge]
    solution = solve_assignment(dense)
    for i in range(n):
        if solution[i] < n_columns:
            chosen[rows[i]] = columns[solution[i]]
    for j in range(n_columns):
        place[columns[j]] = -1


@kernel
def chain_components(
    first: Integers, column: Integers, n_columns: int
) -> tuple[Integers, Integers]:
    """Connected components of rows and columns over a sparse list of pairs.

    Parameters
    ----------
    first : (n + 1,) int64
        Pairs of row i are `first[i]` to `first[i + 1]`.
    column : (n_pairs,) int64
    n_columns : int

    Returns
    -------
    size : (n,) int64
        Rows of the component at its lowest row, 0 at all others.
    following : (n,) int64
        The next row of the same component, in rising order; undefined at its last row.
    """
    n = first.shape[0] - 1
    parent = np.empty(n + n_columns, np.int64)
    # The root of a component is its lowest row; `following` chains its rows in rising order.
    following = np.empty(n, np.int64)
    last = np.empty(n, np.int64)
    size = np.zeros(n, np.int64)
    for node in range(n + n_columns):
        parent[node] = node
    for i in range(n):
        last[i] = i
    for i in range(n):
        for edge in range(first[i], first[i + 1]):
            a = _find_root(parent, i)
            b = _find_root(parent, n + column[edge])
            if a != b:
                parent[max(a, b)] = min(a, b)
    for i in range(n):
        root = _find_root(parent, i)
        size[root] += 1
        if root != i:
            following[last[root]] = i
            last[root] = i
    return size, following


@kernel
def list_component(root: int, size: Integers, following: Integers) -> Integers:
    """Rows of a component in rising order, from its lowest one."""
    rows = np.empty(size[root], np.int64)
    row = root
    for k in range(size[root]):
        rows[k] = row
        row = following[row]
    return rows


@kernel
def assign_sparse(
    first: Integers, column: Integers, cost: Floats, n_columns: int, miss: float
) -> Integers:
    """Cheapest assignment of rows to columns over a sparse list of allowed pairs.

    Parameters
    ----------
    first : (n + 1,) int64
        Pairs of row i are `first[i]` to `first[i + 1]`.
    column : (n_pairs,) int64
    cost : (n_pairs,) float64
        Below `miss`.
    n_columns : int
    miss : float
        Cost of leaving a row without a column.

    Returns
    -------
    chosen : (n,) int64
        Column of each row, -1 where none.
    """
    n = first.shape[0] - 1
    size, following = chain_components(first, column, n_columns)
    chosen = np.empty(n, np.int64)
    place = np.empty(n_columns, np.int64)
    for j in range(n_columns):
        place[j] = -1
    for i in range(n):
        chosen[i] = -1
    for i in range(n):
        if size[i] == 1:
            best = miss
            for edge in range(first[i], first[i + 1]):
                if cost[edge] < best:
                    best = cost[edge]
                    chosen[i] = column[edge]
        elif size[i] > 1:
            rows = list_component(i, size, following)
            _solve_component(rows, first, column, cost, miss, place, chosen)
    return chosen
