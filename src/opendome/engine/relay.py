"""Measurements on their way from the sensors to the command side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from opendome.engine.network import Network
from opendome.physics.random import entity_id, stream_key, uniform
from opendome.tables.cued_looks import CuedLooks, join_looks, select_looks
from opendome.tables.measurements import Measurements, concatenate, select
from opendome.tables.truth import Floats, Integers


class Relay:
    """Holds each report back for as long as its sensor takes to make it.

    Reports are measurements, and looks at cues whether they found anything or not: both of one
    look arrive together. What comes late keeps the time at which it was measured; the tracker takes
    it at that time.
    """

    def __init__(
        self, delay_s: Floats, names: Sequence[str] = (), seed: int = 0, replication: int = 0
    ) -> None:
        """By sensor index: seconds from a measurement to its report, and names, if links lose."""
        self._names = names
        self._own_delay_s = delay_s
        self._key, self._replication = stream_key(seed, "link"), replication
        self._delay_s = delay_s
        self._delays_s = np.unique(delay_s)
        self._loss = np.zeros(delay_s.shape[0])
        self._held: list[tuple[float, Measurements, Integers]] = []  # arrival, rows of one time
        self._held_looks: list[tuple[float, CuedLooks]] = []

    def link(self, network: Network) -> None:
        """Pass reports over these links, as they stand now."""
        self._delay_s = self._own_delay_s + network.sensor_latency_s
        self._delays_s = np.unique(self._delay_s)
        self._loss = network.sensor_loss

    def _drop(self, sensor: Integers, time_s: float) -> Integers:
        """Rows that arrive: all of what one sensor tells at one time, or nothing of it."""
        arrives = np.ones(self._loss.shape[0], np.bool_)
        beat = round(1e3 * time_s)
        for lossy in np.flatnonzero(self._loss > 0.0).tolist():
            drawn = uniform(self._key, self._replication, entity_id(self._names[lossy]), beat)
            arrives[lossy] = drawn >= self._loss[lossy]
        return np.flatnonzero(arrives[sensor])

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
        if self._loss.any():
            arriving = self._drop(measurements.sensor, time_s)
            measurements, rows = select(measurements, arriving), rows[arriving]
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
        if self._loss.any():
            looks = select_looks(looks, self._drop(looks.sensor, time_s))
        delay_s = self._delay_s[looks.sensor]
        for wait_s in self._delays_s:
            own = np.flatnonzero(delay_s == wait_s)
            if own.size:
                self._held_looks.append((time_s + wait_s, select_looks(looks, own)))
        here = [batch for arrival_s, batch in self._held_looks if arrival_s <= time_s]
        self._held_looks = [batch for batch in self._held_looks if batch[0] > time_s]
        return join_looks(here)
