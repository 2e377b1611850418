"""What the kernels find: room for it, its columns, and the table that is made of it."""

from __future__ import annotations

from typing import Final

import numpy as np

from opendome.physics.jit import kernel
from opendome.physics.sorting import sort_run
from opendome.tables.measurements import Measurements
from opendome.tables.truth import Floats, Integers

# Columns of `found`, whole numbers: index of the sensor among all of the world, row of the object
# in the snapshot, kind of measurement, band of radar or infrared channel.
SENSOR: Final = 0
OBJECT: Final = 1
KIND: Final = 2
BAND: Final = 3
N_FOUND: Final = 4
# Columns of `values`; the measured direction fills the first three, the sensor's place the next.
PLACE: Final = 3
RANGE_M: Final = 6
RANGE_RATE_M_S: Final = 7
SIGMA_ANGLE_RAD: Final = 8
SIGMA_RANGE_M: Final = 9
SIGMA_RANGE_RATE_M_S: Final = 10
FEATURE: Final = 11
SIGMA_FEATURE: Final = 12
CROSS_SECTION_M2: Final = 13
LEAST_CROSS_SECTION_M2: Final = 14
IRRADIANCE_W_M2: Final = 15
SIGMA_IRRADIANCE_W_M2: Final = 16
N_VALUES: Final = 17


def build_table(
    found: Integers, values: Floats, n_found: int, time_s: float
) -> tuple[Measurements, Integers]:
    """The table of the first `n_found` rows and their link to truth.

    Rows of one sensor stand together; they are ordered by measured direction, since the order of
    the true objects is the same at every look and must not survive.
    """
    whole = np.empty((N_FOUND, n_found), np.int64)
    direction, place = np.empty((n_found, 3)), np.empty((n_found, 3))
    real = np.empty((1 + N_VALUES - RANGE_M, n_found))
    _write_columns(found, values, time_s, whole, direction, place, real)
    sensor, link, kind, band = whole
    time, *rest = real
    columns = (time, sensor, kind, place, direction, *rest, band)
    return Measurements._make(columns), link


@kernel
def _write_columns(
    found: Integers,
    values: Floats,
    time_s: float,
    whole: Integers,
    direction: Floats,
    place: Floats,
    real: Floats,
) -> None:
    n_found = whole.shape[1]
    order = np.arange(n_found)
    scratch = np.empty(n_found, np.int64)
    first = 0
    for last in range(1, n_found + 1):
        if last == n_found or found[last, SENSOR] != found[first, SENSOR]:
            sort_run(values, order, scratch, first, last)
            first = last
    for k in range(n_found):
        row = order[k]
        for column in range(N_FOUND):
            whole[column, k] = found[row, column]
        for axis in range(3):
            direction[k, axis] = values[row, axis]
            place[k, axis] = values[row, PLACE + axis]
        real[0, k] = time_s
        for column in range(RANGE_M, N_VALUES):
            real[1 + column - RANGE_M, k] = values[row, column]
