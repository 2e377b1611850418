"""What the kernels find: room for it, its columns, and the table that is made of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from opendome.tables.measurements import Measurements
from opendome.tables.truth import Floats, Integers, Snapshot

# Columns of `found`, whole numbers: row of the sensor in its block, row of the object in the
# snapshot, kind of measurement.
SENSOR: Final = 0
OBJECT: Final = 1
KIND: Final = 2
# Columns of `values`; the measured direction fills the first three.
RANGE_M: Final = 3
RANGE_RATE_M_S: Final = 4
SIGMA_ANGLE_RAD: Final = 5
SIGMA_RANGE_M: Final = 6
SIGMA_RANGE_RATE_M_S: Final = 7
FEATURE: Final = 8
SIGMA_FEATURE: Final = 9
_N_VALUES: Final = 10

# Rows made ready per object before it is known how many are found: few objects are in view of more
# sensors at one instant. Where it is not enough the kernel runs again with room for all. What is
# not written to costs nothing.
_ROWS_PER_OBJECT: Final = 16
_ROWS_AT_LEAST: Final = 64


def check_states(n_sensors: int, position_eci_m: Floats, velocity_eci_m_s: Floats) -> None:
    """Refuse sensor states that do not match the block; kernels do not check bounds."""
    for name, states in (("position", position_eci_m), ("velocity", velocity_eci_m_s)):
        if states.shape != (n_sensors, 3):
            raise ValueError(
                f"{name} of {n_sensors} sensors must have shape ({n_sensors}, 3), "
                f"not {states.shape}"
            )


def gather_measurements(
    fill: Callable[[Integers, Floats], int],
    sensor: Integers,
    position_eci_m: Floats,
    snapshot: Snapshot,
) -> tuple[Measurements, Integers]:
    """Run a kernel until its rows fit, and make the table and the link to truth of them.

    `fill(found, values)` writes rows from the first on, goes on counting where they are full, and
    returns the count. `sensor` and `position_eci_m` are the block's sensor indices and their
    places. Rows are ordered by sensor and measured direction: the order of the true objects must
    not survive, since it is the same at every look.
    """
    capacity = _ROWS_PER_OBJECT * snapshot.identity.shape[0] + _ROWS_AT_LEAST
    while True:
        found = np.empty((capacity, 3), np.int64)
        values = np.empty((capacity, _N_VALUES))
        n_found = fill(found, values)
        if n_found <= capacity:
            break
        capacity = n_found
    order = np.lexsort((values[:n_found, 0], found[:n_found, SENSOR]))
    found = found[order]
    values = values[order]
    columns = values.T.copy()
    measurements = Measurements(
        time_s=np.full(n_found, snapshot.time_s),
        sensor=sensor[found[:, SENSOR]],
        kind=found[:, KIND].copy(),
        sensor_position_eci_m=position_eci_m[found[:, SENSOR]],
        direction_eci=values[:, :3].copy(),
        range_m=columns[RANGE_M],
        range_rate_m_s=columns[RANGE_RATE_M_S],
        sigma_angle_rad=columns[SIGMA_ANGLE_RAD],
        sigma_range_m=columns[SIGMA_RANGE_M],
        sigma_range_rate_m_s=columns[SIGMA_RANGE_RATE_M_S],
        feature=columns[FEATURE],
        sigma_feature=columns[SIGMA_FEATURE],
    )
    return measurements, found[:, OBJECT].copy()
