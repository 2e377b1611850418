"""The looks of one scan, sorted into cells by direction, so that a track finds those near it.

A scan may hold thousands of looks and meets thousands of tracks. The lines of sight are unit
vectors; of their three coordinates the two that differ most span a grid with about one look in each
cell. Two directions differ in each coordinate by no more than the chord between them.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from opendome.physics.jit import kernel
from opendome.tables.truth import Floats, Integers
from opendome.tracking.picture import (
    LOOK_LINE,
    LOOK_PLACE,
    LOOK_RANGE,
    LOOK_RANGE_SIGMA,
    LOOK_RATE_SIGMA,
    LOOK_SIGMA,
)

# Columns of an entry: one look as the search needs it.
ENTRY_LINE: Final = 0  # three columns
ENTRY_RANGE: Final = 3
ENTRY_RANGE_SIGMA: Final = 4
ENTRY_ROW: Final = 5
_N_ENTRY: Final = 6

# Of `frame`: sensor's place, largest angular error, whether any look has range and range rate.
PLACE: Final = 0  # three
WIDEST: Final = 3
RANGED: Final = 4
RATED: Final = 5
MODEL: Final = 6  # row of a look with range, where there is one
LEAST: Final = 7  # three: where the looks begin along each coordinate
MOST: Final = 10  # three: where they end
_PER: Final = 13  # three: cells for each unit of a coordinate
_AXIS: Final = 16  # two: the coordinates that span the grid
_CELLS: Final = 18  # along each side
_N_FRAME: Final = 19


class ScanIndex(NamedTuple):
    """Room for the index of one scan after another."""

    frame: Floats  # (_N_FRAME,)
    first: Integers  # (n_looks + 2,) entries of cell c are first[c] to first[c + 1]
    entry: Floats  # (n_looks, _N_ENTRY)


@kernel
def make_index(n_looks: int) -> ScanIndex:
    """Room for scans of up to `n_looks` looks."""
    return ScanIndex(
        np.zeros(_N_FRAME), np.zeros(n_looks + 2, np.int64), np.zeros((n_looks, _N_ENTRY))
    )


@kernel
def _cell_of(look: Floats, frame: Floats) -> int:
    cell = 0
    for k in range(2):
        axis = int(frame[_AXIS + k])
        place = int((look[LOOK_LINE + axis] - frame[LEAST + axis]) * frame[_PER + axis])
        cell = cell * int(frame[_CELLS]) + place
    return cell


@kernel
def index_scan(index: ScanIndex, looks: Floats, low: int, high: int) -> None:
    """Sort the looks `low` to `high`, one scan, into cells; looks of one cell keep their order."""
    frame = index.frame
    first = index.first
    n = max(int(math.sqrt(high - low)), 1)
    frame[_CELLS] = n
    narrowest = 0
    for axis in range(3):
        frame[PLACE + axis] = looks[low, LOOK_PLACE + axis]
        least = looks[low, LOOK_LINE + axis]
        most = least
        for row in range(low, high):
            least = min(least, looks[row, LOOK_LINE + axis])
            most = max(most, looks[row, LOOK_LINE + axis])
        frame[LEAST + axis] = least
        frame[MOST + axis] = most
        # A hair wider, so that the last look lies inside the last cell.
        frame[_PER + axis] = n / ((most - least) * (1.0 + 1e-9) + 1e-12)
        if frame[_PER + axis] > frame[_PER + narrowest]:
            narrowest = axis
    frame[_AXIS] = 1.0 if narrowest == 0 else 0.0
    frame[_AXIS + 1] = 1.0 if narrowest == 2 else 2.0
    frame[WIDEST] = 0.0
    frame[RANGED] = 0.0
    frame[RATED] = 0.0
    frame[MODEL] = low
    for cell in range(n * n + 1):
        first[cell] = 0
    for row in range(low, high):
        frame[WIDEST] = max(frame[WIDEST], looks[row, LOOK_SIGMA])
        if looks[row, LOOK_RANGE_SIGMA] < np.inf:
            frame[RANGED] = 1.0
            frame[MODEL] = row
        if looks[row, LOOK_RATE_SIGMA] < np.inf:
            frame[RATED] = 1.0
        first[_cell_of(looks[row], frame) + 1] += 1
    for cell in range(n * n):
        first[cell + 1] += first[cell]
    # Filling moves the bound of each cell to its end; one place back, these are the bounds again.
    for row in range(low, high):
        cell = _cell_of(looks[row], frame)
        entry = index.entry[first[cell]]
        first[cell] += 1
        for k in range(3):
            entry[ENTRY_LINE + k] = looks[row, LOOK_LINE + k]
        entry[ENTRY_RANGE] = looks[row, LOOK_RANGE]
        entry[ENTRY_RANGE_SIGMA] = looks[row, LOOK_RANGE_SIGMA]
        entry[ENTRY_ROW] = row
    for cell in range(n * n, 0, -1):
        first[cell] = first[cell - 1]
    first[0] = 0


@kernel
def find_cells(
    frame: Floats, x: float, y: float, z: float, chord: float
) -> tuple[int, int, int, int, int]:
    """Cells that hold all looks within a chord of a direction, as bounds along both sides.

    Returns
    -------
    n : int
        Cells along one side.
    low_0, high_0, low_1, high_1 : int
        Cells c0 * n + c1 with low_0 <= c0 < high_0 and low_1 <= c1 < high_1 come into question;
        none where a bound is not above the other.
    """
    n = frame[_CELLS]
    axis = int(frame[_AXIS])
    place = ((x if axis == 0 else y) - frame[LEAST + axis]) * frame[_PER + axis]
    reach = chord * frame[_PER + axis]
    # Clipped before they are made whole: far off the grid they may be large.
    low_0 = int(min(max(place - reach, 0.0), n))
    high_0 = int(min(max(place + reach + 1.0, 0.0), n))
    axis = int(frame[_AXIS + 1])
    place = ((y if axis == 1 else z) - frame[LEAST + axis]) * frame[_PER + axis]
    reach = chord * frame[_PER + axis]
    low_1 = int(min(max(place - reach, 0.0), n))
    high_1 = int(min(max(place + reach + 1.0, 0.0), n))
    return int(n), low_0, high_0, low_1, high_1
