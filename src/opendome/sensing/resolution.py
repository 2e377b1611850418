"""Resolution cells: what a sensor cannot tell apart comes back as one."""

from __future__ import annotations

from typing import Final

from opendome.physics.jit import kernel
from opendome.tables.truth import Floats, Integers

_FREE: Final = -2
MERGED: Final = -1  # it has gone into another object's cell


@kernel
def merge_cells(
    order: Integers,
    n: int,
    key: Floats,
    key_width: float,
    direction: Floats,
    cos_cell: float,
    strength: Floats,
    columns: Floats,
    strongest: Integers,
) -> None:
    """Merge objects of one look that share the sensor's resolution cell, in place.

    Going up the sorted key, the first object that is in no cell yet opens one; those within
    `key_width` of its key and within the angle of its direction fall into it. Their strengths add
    up, and what is measured is the mean weighted by strength.

    Parameters
    ----------
    order : (n or more,) int64
        Rows of the objects, sorted by `key[row, 0]`.
    n : int
        How many of them count.
    key : (rows, any) float64
        First column: the coordinate along which neighbours are found. Range [m] for a sensor that
        measures it; else a component of the direction.
    key_width : float
        Objects this far apart in the key, or further, are told apart; 0: all are.
    direction : (rows, 3) float64
        Unit vectors from the sensor.
    cos_cell : float
        Cosine of the angle beyond which objects are told apart.
    strength : (rows,) float64
        Signal of each object; afterwards that of the cell, in the row that opened it.
    columns : (rows, n_columns) float64
        What is measured; afterwards its mean over the cell, in the row that opened it.
    strongest : (rows,) int64
        Filled: row of the strongest object of the cell, in the row that opened it; MERGED in the
        rows of all others.
    """
    for m in range(n):
        strongest[order[m]] = _FREE
    for m in range(n):
        a = order[m]
        if strongest[a] != _FREE:
            continue
        strongest[a] = a
        most, total = strength[a], strength[a]
        if key_width > 0.0:
            for p in range(m + 1, n):
                b = order[p]
                if key[b, 0] - key[a, 0] >= key_width:
                    break
                cosine = (
                    direction[a, 0] * direction[b, 0]
                    + direction[a, 1] * direction[b, 1]
                    + direction[a, 2] * direction[b, 2]
                )
                if strongest[b] != _FREE or cosine <= cos_cell:
                    continue
                strongest[b] = MERGED
                share = strength[b] / (total + strength[b])
                total += strength[b]
                for c in range(columns.shape[1]):
                    columns[a, c] += share * (columns[b, c] - columns[a, c])
                if strength[b] > most:
                    most = strength[b]
                    strongest[a] = b
        strength[a] = total
