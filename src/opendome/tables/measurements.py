"""What sensors report. No column holds a true identity, class or state."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from opendome.tables.codes import NO_BAND
from opendome.tables.truth import Floats, Integers


class Measurements(NamedTuple):
    """One row per detection; all rows of one table share nothing but the decision time.

    A passive detection has no range: `range_m` and `range_rate_m_s` are NaN and their sigmas are
    infinite. The sensor's own place is known to the defence and travels with the measurement.

    What a look tells of the object itself is the strength of its echo or of its radiation, NaN
    where not measured. A radar's cross-section is that of one look: it fluctuates. Looks weaker
    than `least_cross_section_m2`, which the radar knows, would not have been reported.
    """

    time_s: Floats  # (n,)
    sensor: Integers  # (n,) index among all sensors of the world
    kind: Integers  # (n,) codes.RADAR, PLUME or COLD
    sensor_position_eci_m: Floats  # (n, 3)
    direction_eci: Floats  # (n, 3) unit vector
    range_m: Floats  # (n,)
    range_rate_m_s: Floats  # (n,) relative to the sensor's own motion
    sigma_angle_rad: Floats  # (n,) one axis
    sigma_range_m: Floats  # (n,)
    sigma_range_rate_m_s: Floats  # (n,)
    feature: Floats  # (n,) NaN where the sensor does not discriminate
    sigma_feature: Floats  # (n,)
    cross_section_m2: Floats  # (n,) in `band`, from the echo's strength at the known range
    least_cross_section_m2: Floats  # (n,) at the detection threshold of this look
    irradiance_w_m2: Floats  # (n,) in `band`
    sigma_irradiance_w_m2: Floats  # (n,)
    band: Integers  # (n,) row of codes.BANDS, PLUME_BAND, LONG_WAVE_BAND or NO_BAND

    @staticmethod
    def empty(n: int = 0) -> Measurements:
        """A table of `n` rows filled with NaN, of no band."""
        nan = np.full(n, np.nan)
        zero = np.zeros(n, np.int64)
        wide = np.full((n, 3), np.nan)
        return Measurements(
            nan.copy(), zero.copy(), zero.copy(), wide.copy(), wide.copy(), nan.copy(), nan.copy(),
            nan.copy(), nan.copy(), nan.copy(), nan.copy(), nan.copy(), nan.copy(), nan.copy(),
            nan.copy(), nan.copy(), np.full(n, NO_BAND, np.int64),
        )  # fmt: skip

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.time_s.shape[0])


def concatenate(tables: list[Measurements]) -> Measurements:
    """The rows of several tables in one, in order."""
    if len(tables) == 1:
        return tables[0]
    if not tables:
        return Measurements.empty()
    return Measurements._make(np.concatenate(columns) for columns in zip(*tables, strict=True))


def select(table: Measurements, rows: Integers) -> Measurements:
    """The given rows of a table."""
    return Measurements._make(column[rows] for column in table)
