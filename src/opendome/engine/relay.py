"""Measurements on their way from the sensors to the command side."""

from __future__ import annotations

import numpy as np

from opendome.tables.cued_looks import CuedLooks, join_looks, select_looks
from opendome.tables.measurements import Measurements, concatenate, select
from opendome.tables.truth import Floats, Integers


class Relay:
    """Holds each report back for as long as its sensor takes to make it.

    Reports are measurements, and looks at cues whether they found anything or not: both of one
    look arrive together. What comes late keeps the time at which it was measured; the tracker takes
    it at that time.
    """

    def __init__(self, delay_s: Floats) -> None:
        """`delay_s` (n_sensors,): from a measurement to its arrival, by sensor index."""
        self._delay_s = delay_s
        self._delays_s = np.unique(delay_s)
        self._held: list[tuple[float, Measurements, Integers]] = []  # arrival, rows of one time
        self._held_looks: list[tuple[float, CuedLooks]] = []

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
        delay_s = self._delay_s[measurements.sensor]
        for wait_s in self._delays_s:
            own = np.flatnonzero(delay_s == wait_s)
            if own.size:
                batch = measurements if own.size == rows.size else select(measurements, own)
                self._held.append((time_s + wait_s, batch, rows[own]))
        here = [batch for batch in self._held if batch[0] <= time_s]
        self._held = [batch for batch in self._held if batch[0] > time_s]
        if not here:
            return Measurements.empty(), np.zeros(0, np.int64)
        return concatenate([table for _, table, _ in here]), np.concatenate(
            [those for _, _, those in here]
        )

    def pass_on_looks(self, looks: CuedLooks, time_s: float) -> CuedLooks:
        """The same for the looks at cues made now."""
        delay_s = self._delay_s[looks.sensor]
        for wait_s in self._delays_s:
            own = np.flatnonzero(delay_s == wait_s)
            if own.size:
                self._held_looks.append((time_s + wait_s, select_looks(looks, own)))
        here = [batch for arrival_s, batch in self._held_looks if arrival_s <= time_s]
        self._held_looks = [batch for batch in self._held_looks if batch[0] > time_s]
        return join_looks(here)
