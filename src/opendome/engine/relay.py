"""Measurements and reported tracks on their way from the sensors to the command side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opendome.engine.network import Network
from opendome.physics.random import entity_id, stream_key, uniform
from opendome.sensing.rows import SENSOR, Sightings, build_table
from opendome.tables.cued_looks import CuedLooks, select_looks
from opendome.tables.measurements import Measurements
from opendome.tables.truth import Flags, Floats, Integers

Columns = tuple[NDArray[Any], ...]


class Links:
    """What the links of the sensors lose and how long they take, as they stand now.

    Attributes
    ----------
    latency_s, loss : (n_sensors,) float64
        Written by `follow`; nothing is late or lost before.
    """

    def __init__(self, names: Sequence[str], seed: int, replication: int) -> None:
        """`names` of the sensors, by index."""
        self._names = names
        self._key, self._replication = stream_key(seed, "link"), replication
        self.latency_s = np.zeros(len(names))
        self.loss = np.zeros(len(names))

    def follow(self, network: Network) -> None:
        """Be from now on as these links stand."""
        self.latency_s, self.loss = network.sensor_latency_s, network.sensor_loss

    def passes(self, sensor: int, time_s: float) -> bool:
        """Whether what one sensor tells at one time arrives: all of it does, or nothing."""
        beat = round(1e3 * time_s)
        drawn = uniform(self._key, self._replication, entity_id(self._names[sensor]), beat)
        return bool(drawn >= self.loss[sensor])


class Relay:
    """Holds each report back for as long as its sensor takes to make it.

    Reports are measurements, and looks at cues whether they found anything or not: both of one
    look arrive together, or are lost together. What comes late keeps the time at which it was
    measured; the tracker takes it at that time. Where a sensor's element reports tracks, its looks
    go no further than to the element's own tracker, by no link that could be late or lose them.
    """

    def __init__(self, delay_s: Floats, links: Links, reports_tracks: Flags) -> None:
        """By sensor index: seconds from a measurement to its report; whose element has tracks."""
        self._own_delay_s = delay_s
        self._links = links
        self._far = ~reports_tracks
        self.relink()
        self._measurements = _Queue()
        self._looks = _Queue()

    def relink(self) -> None:
        """Pass reports over the links as they stand now."""
        self._delay_s = self._own_delay_s + np.where(self._far, self._links.latency_s, 0.0)
        self._lossy = np.flatnonzero(self._far & (self._links.loss > 0.0)).tolist()

    def _drop(self, sensor: Integers, time_s: float) -> Integers:
        """Rows that arrive."""
        arrives = np.ones(self._far.shape[0], np.bool_)
        for lossy in self._lossy:
            arrives[lossy] = self._links.passes(lossy, time_s)
        return np.flatnonzero(arrives[sensor])

    def pass_on(self, rows: Sightings, time_s: float) -> tuple[Measurements, Integers]:
        """Take in what was found now; what arrives by now, with its true objects.

        Parameters
        ----------
        rows : Sightings
            Of one instant. The objects ride along for scoring only.
        time_s : float
            Now.
        """
        sensor = rows.found[:, SENSOR]
        if self._lossy:
            arriving = self._drop(sensor, time_s)
            rows = Sightings(rows.found[arriving], rows.values[arriving])
            sensor = rows.found[:, SENSOR]
        arrived = self._measurements.pass_on(rows, self._delay_s[sensor], time_s)
        return build_table(Sightings(*arrived))

    def pass_on_looks(self, looks: CuedLooks, time_s: float) -> CuedLooks:
        """The same for the looks at cues made now."""
        if self._lossy:
            looks = select_looks(looks, self._drop(looks.sensor, time_s))
        return CuedLooks(*self._looks.pass_on(looks, self._delay_s[looks.sensor], time_s))


class _Queue:
    """Rows of one table on their way."""

    def __init__(self) -> None:
        self._held: list[tuple[float, Columns]] = []  # arrival, rows of one time

    def pass_on(self, columns: Columns, delay_s: Floats, time_s: float) -> Columns:
        """Take in rows of now and their delays; what arrives by now, the shorter delay first."""
        n = delay_s.shape[0]
        if n:
            # Rows come sensor by sensor, and sensors of one kind take as long: runs need no copy.
            ends = (delay_s[1:] != delay_s[:-1]).nonzero()[0] + 1
            if ends.size:
                runs = [slice(a, b) for a, b in pairwise((0, *ends.tolist(), n))]
                runs.sort(key=lambda run: float(delay_s[run.start]))
                self._held += [
                    (time_s + float(delay_s[run.start]), tuple(c[run] for c in columns))
                    for run in runs
                ]
            else:
                self._held.append((time_s + float(delay_s[0]), columns))
        here = [those for arrival_s, those in self._held if arrival_s <= time_s]
        if not here:
            return tuple(column[:0] for column in columns)
        self._held = [batch for batch in self._held if batch[0] > time_s]
        if len(here) == 1:
            return here[0]
        return tuple(np.concatenate(those) for those in zip(*here, strict=True))
