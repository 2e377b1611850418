"""All sensors of the world, looking at one snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby, pairwise, starmap
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from opendome.engine.carriers import Carrier, build_carrier
from opendome.engine.radar_use import RadarUse
from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.sensing import (
    UNKNOWN_SKY,
    SensingKeys,
    Sightings,
    Sky,
    Station,
    derive_keys,
    find_all,
    join_blocks,
    man_station,
)
from opendome.sensing.rows import OBJECT
from opendome.space import Constellation
from opendome.tables.cued_looks import CuedLooks, join_looks
from opendome.tables.cues import Cues
from opendome.tables.truth import Flags, Floats, Integers, Snapshot

if TYPE_CHECKING:
    from opendome.world.model import SensorGroup


_NONE: Mapping[int, Cues] = MappingProxyType({})


class Observation(NamedTuple):
    """What all sensors found at one time, and which cues they looked at."""

    rows: Sightings  # OBJECT is the true object, for scoring only
    looks: CuedLooks
    starved: Integers  # true objects that a radar had no time for, for scoring only


class SensorField:
    """The sensors of one replication, with what is available of them."""

    def __init__(
        self,
        stations: list[Station],
        carriers: list[tuple[Carrier, Floats, Floats]],
        gmst0_rad: float,
        keys: SensingKeys,
        replication: int,
    ) -> None:
        """Stations of what is available; carriers, each with the rows of states that it fills."""
        self._stations = stations
        self._carriers = carriers
        self._gmst0_rad = gmst0_rad
        self._keys = keys
        self._replication = replication
        ends = np.cumsum([0, *(s.block.sensor.shape[0] for s in stations)])
        self._rows = [slice(a, b) for a, b in pairwise(ends)]
        self.use = RadarUse(int(ends[-1]))

    @classmethod
    def of(
        cls,
        groups: tuple[SensorGroup, ...],
        up: tuple[Flags, ...],
        constellations: tuple[tuple[Constellation, ...], ...],
        gmst0_rad: float,
        sky: Sky = UNKNOWN_SKY,
        cued_by: Integers | None = None,
        *,
        seed: int,
        replication: int,
    ) -> SensorField:
        """The sensors of these groups, with what works of each and where their satellites fly.

        `sky` says where Sun and Moon stand for all of the replication. Sensors of one number in
        `cued_by`, by sensor index, have the same cues for all of it: groups of these that follow
        each other with one kind of block share a station, as every station costs a call. None:
        each group may be cued apart.
        """

        def share(i: int) -> tuple[type, int]:
            by = i if cued_by is None else int(cued_by[groups[i].block.sensor[0]])
            return type(groups[i].block), by

        stations, carriers = [], []
        for _, together in groupby(range(len(groups)), share):
            members = list(together)
            block = join_blocks([groups[i].block._replace(up=up[i]) for i in members])
            shape = (block.sensor.shape[0], 3)
            station = man_station(block, np.empty(shape), np.empty(shape), sky=sky)
            stations.append(station)
            ends = np.cumsum([0, *(up[i].shape[0] for i in members)])
            for i, rows in zip(members, starmap(slice, pairwise(ends)), strict=True):
                carrier = build_carrier(groups[i].mount(constellations[i]), seed, replication)
                carriers.append(
                    (carrier, station.position_eci_m[rows], station.velocity_eci_m_s[rows])
                )
        return cls(stations, carriers, gmst0_rad, derive_keys(seed), replication)

    @property
    def leading(self) -> list[int]:
        """First sensors of those that are cued together."""
        return [int(station.block.sensor[0]) for station in self._stations]

    def lose(self, gone: Flags) -> None:
        """Take sensors out for good, by sensor index."""
        for station in self._stations:
            station.records["up"][gone[station.block.sensor]] = False

    def observe(
        self,
        snapshot: Snapshot,
        cues: Cues,
        time_s: float,
        step_s: float,
        own_cues: Mapping[int, Cues] = _NONE,
    ) -> Observation:
        """What all sensors find.

        `cues` are the defence's own tracks, predicted to `time_s`; stations whose first sensor
        stands in `own_cues` have those in their place.
        """
        if snapshot.row.size == 0:
            return Observation(Sightings.empty(), CuedLooks.empty(), np.zeros(0, np.int64))
        angle = self._gmst0_rad + EARTH_ROTATION_RAD_S * time_s
        for carrier, position_eci_m, velocity_eci_m_s in self._carriers:
            carrier.place(time_s, angle, position_eci_m, velocity_eci_m_s)
        cued = [
            station._replace(cues=own_cues.get(int(station.block.sensor[0]), cues))
            for station in self._stations
        ]
        found = find_all(cued, snapshot, step_s, angle, self._keys, self._replication)
        found.found[:, OBJECT] = snapshot.row[found.found[:, OBJECT]]
        looks, starved = [], np.zeros(snapshot.row.size, np.bool_)
        for rows, station in zip(self._rows, cued, strict=True):
            book = station.logbook
            if not book.spent_s.any():
                continue
            self.use.note(rows, time_s, book)
            starved |= book.starved
            block = station.block
            looks.append(book.list_looks(block.sensor, block.band, station.cues.number, time_s))
        return Observation(found, join_looks(looks), snapshot.row[starved])
