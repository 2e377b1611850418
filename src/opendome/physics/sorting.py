"""Order of rows, for kernels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from opendome.physics.jit import kernel

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@kernel
def sort_run(values: Floats, order: Integers, scratch: Integers, first: int, last: int) -> None:
    """Sort `order[first:last]`, rows of `values`, by their first column, in place; equals stay.

    Merges ever longer pieces. `scratch` is working room as long as `order`. NumPy's sort takes
    seconds to compile in each kernel that calls it.
    """
    width = 1
    while width < last - first:
        for low in range(first, last, 2 * width):
            middle, high = min(low + width, last), min(low + 2 * width, last)
            a, b = low, middle
            for k in range(low, high):
                if b == high or (a < middle and values[order[a], 0] <= values[order[b], 0]):
                    scratch[k] = order[a]
                    a += 1
                else:
                    scratch[k] = order[b]
                    b += 1
        for k in range(first, last):
            order[k] = scratch[k]
        width *= 2
