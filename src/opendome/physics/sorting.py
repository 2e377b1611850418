"""Order of rows, for kernels."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from opendome.physics.jit import kernel

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_SHORT: Final = 16  # rows that insertion sorts as fast as merging


@kernel
def sort_run(values: Floats, order: Integers, scratch: Integers, first: int, last: int) -> None:
    """Sort `order[first:last]`, rows of `values`, by their first column, in place; equals stay.

    Sorts short pieces by insertion, then merges ever longer ones; what is in order already costs
    one look. `scratch` is working room as long as `order`. NumPy's sort takes seconds to compile in
    each kernel that calls it.
    """
    for k in range(first, last):
        row = order[k]
        value = values[row, 0]
        place = k
        start = first + (k - first) // _SHORT * _SHORT
        while place > start and values[order[place - 1], 0] > value:
            order[place] = order[place - 1]
            place -= 1
        order[place] = row
    width = _SHORT
    while width < last - first:
        for low in range(first, last - width, 2 * width):
            middle, high = low + width, min(low + 2 * width, last)
            if values[order[middle - 1], 0] <= values[order[middle], 0]:
                continue
            a, b = low, middle
            for k in range(low, high):
                if b == high or (a < middle and values[order[a], 0] <= values[order[b], 0]):
                    scratch[k] = order[a]
                    a += 1
                else:
                    scratch[k] = order[b]
                    b += 1
            for k in range(low, high):
                order[k] = scratch[k]
        width *= 2
