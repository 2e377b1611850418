"""What the kernels find: room for it, its columns, and the table that is made of it."""

from __future__ import annotations

from typing import Final, NamedTuple

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
TIME_S: Final = 17
N_VALUES: Final = 18


class Sightings(NamedTuple):
    """What sensors found, a row each: two arrays to hold and to join, in the place of seventeen."""

    found: Integers  # (n, N_FOUND)
    values: Floats  # (n, N_VALUES)

    @staticmethod
    def empty() -> Sightings:
        """No rows."""
        return Sightings(np.empty((0, N_FOUND), np.int64), np.empty((0, N_VALUES)))


def sort_rows(found: Integers, values: Floats, n_found: int, time_s: float) -> Sightings:
    """The first `n_found` rows, made at one time.

    Rows of one sensor stand together; they are ordered by measured direction, since the order of
    the true objects is the same at every look and must not survive.
    """
    rows = Sightings(np.empty((n_found, N_FOUND), np.int64), np.empty((n_found, N_VALUES)))
    _sort_rows(found, values, time_s, rows)
    return rows


@kernel
def _sort_rows(found: Integers, values: Floats, time_s: float, rows: Sightings) -> None:
    n_found = rows.found.shape[0]
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
            rows.found[k, column] = found[row, column]
        for column in range(N_VALUES):
            rows.values[k, column] = values[row, column]
        rows.values[k, TIME_S] = time_s


def build_table(rows: Sightings) -> tuple[Measurements, Integers]:
    """What was found as a table, and the link of its rows to truth."""
    n = rows.found.shape[0]
    whole = np.empty((N_FOUND, n), np.int64)
    direction, place = np.empty((n, 3)), np.empty((n, 3))
    real = np.empty((N_VALUES - RANGE_M, n))
    _write_columns(rows, whole, direction, place, real)
    sensor, link, kind, band = whole
    *rest, time = real
    columns = (time, sensor, kind, place, direction, *rest, band)
    return Measurements._make(columns), link


@kernel
def _write_columns(
    rows: Sightings, whole: Integers, direction: Floats, place: Floats, real: Floats
) -> None:
    for k in range(whole.shape[1]):
        for column in range(N_FOUND):
            whole[column, k] = rows.found[k, column]
        for axis in range(3):
            direction[k, axis] = rows.values[k, axis]
            place[k, axis] = rows.values[k, PLACE + axis]
        for column in range(RANGE_M, N_VALUES):
            real[column - RANGE_M, k] = rows.values[k, column]
