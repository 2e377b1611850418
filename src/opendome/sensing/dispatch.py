"""The entry of the stage: `observe` finds the kind of sensor by the type of its block."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from opendome.sensing.keys import SensingKeys
from opendome.tables.measurements import Measurements
from opendome.tables.truth import Floats, Integers, Snapshot


@singledispatch
def observe(
    block: Any,
    position_eci_m: Floats,
    velocity_eci_m_s: Floats,
    snapshot: Snapshot,
    step_s: float,
    earth_angle_rad: float,
    keys: SensingKeys,
    replication: int,
) -> tuple[Measurements, Integers]:
    """What all sensors of one kind measure at the instant of `snapshot`.

    Parameters
    ----------
    block : RadarBlock, InfraredBlock, IdealBlock or another registered block
        All sensors of one kind.
    position_eci_m, velocity_eci_m_s : (n_sensors, 3) float64
        Where the sensors are now, in the order of the block.
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
        Where no module has registered the type of `block`.
    ValueError
        Where the sensors' states do not match the block.
    """
    raise TypeError(f"no sensor module observes with a {type(block).__name__}")
