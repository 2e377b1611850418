"""Sensors of one kind as the kernels read them, and where they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from opendome.sensing.logbook import Logbook
from opendome.tables.cues import Cues
from opendome.tables.truth import Floats

Records = NDArray[Any]  # structured: one record per sensor, its fields the columns of a block


class Sky(NamedTuple):
    """Where Sun and Moon stand for the length of a raid; NaN: not known, and nothing is lit.

    In an hour the Sun moves by 0.04 degrees and the Moon by 0.5.
    """

    sun_eci: Floats  # (3,) unit vector
    moon_eci_m: Floats  # (3,) a place: seen from a high orbit it is up to 6 degrees aside


UNKNOWN_SKY = Sky(np.full(3, np.nan), np.full(3, np.nan))


class Station(NamedTuple):
    """All sensors of one kind at one time."""

    block: Any  # RadarBlock, InfraredBlock, IdealBlock or another registered block
    records: Records  # (n_sensors,)
    position_eci_m: Floats  # (n_sensors, 3)
    velocity_eci_m_s: Floats  # (n_sensors, 3)
    cues: Cues  # of the tracks of the defence, for this time
    sky: Sky
    logbook: Logbook  # what those that share out their time did with it


def man_station(
    block: Any,
    position_eci_m: Floats,
    velocity_eci_m_s: Floats,
    cues: Cues | None = None,
    sky: Sky = UNKNOWN_SKY,
) -> Station:
    """A block with its sensors' states, in the order of the block; None: no cues.

    The records hold the block's columns as they are now. A kernel's call costs by the number of
    its arrays: one array of records is as cheap as one column. Columns of shape (n, k) stay out:
    their width is not the same in every world, and kernels would be compiled anew for each.

    Raises `ValueError` where the states do not match the block; kernels do not check bounds.
    """
    n = block.identity.shape[0]
    for name, states in (("position", position_eci_m), ("velocity", velocity_eci_m_s)):
        if states.shape != (n, 3):
            raise ValueError(f"{name} of {n} sensors must have shape ({n}, 3), not {states.shape}")
    columns = {name: column for name, column in block._asdict().items() if column.ndim != 2}
    fields = [(name, column.dtype, column.shape[1:]) for name, column in columns.items()]
    records = np.empty(n, np.dtype((np.record, np.dtype(fields, align=True))))
    for name, column in columns.items():
        records[name] = column
    cues = Cues.unfilled(0) if cues is None else cues
    return Station(block, records, position_eci_m, velocity_eci_m_s, cues, sky, Logbook(n))


def join_blocks(blocks: Sequence[Any]) -> Any:
    """Blocks of one type as one, in order; what is told of fewer faces than others is NaN."""
    if len(blocks) == 1:
        return blocks[0]
    return type(blocks[0])._make(map(_join_columns, zip(*blocks, strict=True)))


def _join_columns(columns: tuple[NDArray[Any], ...]) -> NDArray[Any]:
    if columns[0].ndim < 2:
        return np.concatenate(columns)
    most = max(column.shape[1] for column in columns)
    return np.concatenate([
        np.pad(column, ((0, 0), (0, most - column.shape[1])), constant_values=np.nan)
        for column in columns
    ])  # fmt: skip
