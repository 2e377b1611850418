"""Measurements on their way from the sensors to the command side."""

from __future__ import annotations

import numpy as np

from opendome.tables.measurements import Measurements, concatenate, select
from opendome.tables.truth import Floats, Integers


class Relay:
    """Holds each measurement back for as long as its sensor takes to report it.

    What comes late keeps the time at which it was measured; the tracker takes it at that time.
    """

    def __init__(self, delay_s: Floats) -> None:
        """`delay_s` (n_sensors,): from a measurement to its arrival, by sensor index."""
        self._delay_s = delay_s
        self._held = Measurements.empty()
        self._held_rows = np.zeros(0, np.int64)
        self._arrival_s = np.zeros(0)

    def pass_on(
        self, measurements: Measurements, rows: Integers, time_s: float
    ) -> tuple[Measurements, Integers]:
        """Take in what was measured now; what arrives by now, with its true rows.

        Parameters
        ----------
        measurements : Measurements
            Of one instant.
        rows : (n,) int64
            The true object of each: rides along for scoring only.
        time_s : float
            Now.
        """
        arrival_s = measurements.time_s + self._delay_s[measurements.sensor]
        if not self._arrival_s.size and (arrival_s <= time_s).all():
            return measurements, rows
        every = concatenate([self._held, measurements])
        every_rows = np.concatenate([self._held_rows, rows])
        arrival_s = np.concatenate([self._arrival_s, arrival_s])
        here = arrival_s <= time_s
        late = np.flatnonzero(~here)
        self._held, self._held_rows = select(every, late), every_rows[late]
        self._arrival_s = arrival_s[late]
        now = np.flatnonzero(here)
        return select(every, now), every_rows[now]
