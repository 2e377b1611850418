"""The entry of the stage: `observe` finds the kind of each block of sensors by its type."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from typing import Any

import numpy as np

from opendome.sensing.keys import SensingKeys
from opendome.sensing.rows import N_FOUND, N_VALUES, Sightings, build_table, sort_rows
from opendome.sensing.station import Station
from opendome.tables.measurements import Measurements
from opendome.tables.truth import Floats, Integers, Snapshot

# Rows made ready per object before it is known how many are found: few objects are in view of more
# sensors at one instant. Where it is not enough the kernels run again with room for all. What is
# not written to costs nothing.
_ROWS_PER_OBJECT = 16
_ROWS_AT_LEAST = 64


def observe(
    stations: Sequence[Station],
    snapshot: Snapshot,
    step_s: float,
    earth_angle_rad: float,
    keys: SensingKeys,
    replication: int,
) -> tuple[Measurements, Integers]:
    """What all sensors measure at the instant of `snapshot`.

    Parameters
    ----------
    stations : sequence of Station
        All sensors of one kind each, and where they are now; from `man_station`.
    snapshot : Snapshot
        The true objects at this instant.
    step_s : float
        Time since the last call. A sensor looks when one of its look times falls within it; of
        several, the latest counts. The measurement carries the time of the snapshot.
    earth_angle_rad : float
        Angle from the eci to the ecef x axis at this instant.
    keys : SensingKeys
        Random streams, from `derive_keys`.
    replication : int
        Number of the replication.

    Returns
    -------
    measurements : Measurements
        Rows in the order of the sensors and, for one sensor, of the x component of the measured
        direction: the order tells nothing that the columns do not.
    link : (n,) int64
        Row of the measured object in `snapshot`, for scoring only.

    Raises
    ------
    TypeError
        Where no module has registered the type of a block.
    """
    return build_table(find_all(stations, snapshot, step_s, earth_angle_rad, keys, replication))


def find_all(
    stations: Sequence[Station],
    snapshot: Snapshot,
    step_s: float,
    earth_angle_rad: float,
    keys: SensingKeys,
    replication: int,
) -> Sightings:
    """As `observe`, as rows that are no table yet."""
    capacity = _ROWS_PER_OBJECT * snapshot.identity.shape[0] + _ROWS_AT_LEAST
    while True:
        found = np.empty((capacity, N_FOUND), np.int64)
        values = np.empty((capacity, N_VALUES))
        n_found = 0
        for station in stations:
            n_found = find_detections(
                station.block, station, snapshot, step_s, earth_angle_rad, keys, replication,
                found, values, n_found,
            )  # fmt: skip
        if n_found <= capacity:
            return sort_rows(found, values, n_found, snapshot.time_s)
        capacity = n_found


@singledispatch
def find_detections(
    block: Any,
    station: Station,
    snapshot: Snapshot,
    step_s: float,
    earth_angle_rad: float,
    keys: SensingKeys,
    replication: int,
    found: Integers,
    values: Floats,
    n_found: int,
) -> int:
    """Add what all sensors of one station measure, one by one; arguments as of `observe`.

    Rows go into `found` and `values` (columns in `rows`) from row `n_found` on. Where they are full
    the counting goes on. Returns the new count.
    """
    raise TypeError(f"no sensor module observes with a {type(block).__name__}")
