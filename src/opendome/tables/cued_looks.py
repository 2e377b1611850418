"""Which cues sensors have looked at, whatever they saw there."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from opendome.tables.truth import Flags, Floats, Integers


class CuedLooks(NamedTuple):
    """One row per look of one sensor at one cue.

    A sensor knows where it has sent its beam and how weak an echo it would have reported from
    there. Whether anything was found stands in `Measurements`: a look without one is a look at
    nothing, or at something that did not show.
    """

    time_s: Floats  # (n,)
    sensor: Integers  # (n,) index among all sensors of the world
    track: Integers  # (n,) number of the cue
    band: Integers  # (n,) row of codes.BANDS
    least_cross_section_m2: Floats  # (n,) at the detection threshold, as in Measurements

    @staticmethod
    def empty() -> CuedLooks:
        """A table without rows."""
        whole, real = np.zeros(0, np.int64), np.zeros(0)
        return CuedLooks(real, whole, whole, whole, real)


def select_looks(table: CuedLooks, rows: Integers | Flags) -> CuedLooks:
    """The given rows of a table."""
    return CuedLooks._make(column[rows] for column in table)


def join_looks(tables: list[CuedLooks]) -> CuedLooks:
    """The rows of several tables in one, in order."""
    if not tables:
        return CuedLooks.empty()
    if len(tables) == 1:
        return tables[0]
    return CuedLooks._make(np.concatenate(columns) for columns in zip(*tables, strict=True))
