"""All sensors of the world, looking at one snapshot."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.physics.jit import kernel
from opendome.sensing import (
    UNKNOWN_SKY,
    SensingKeys,
    Sky,
    Station,
    derive_keys,
    man_station,
    observe,
)
from opendome.space import Constellation, Fleet, build_fleet, place_fleet
from opendome.tables.cues import Cues
from opendome.tables.measurements import Measurements
from opendome.tables.truth import Flags, Floats, Integers, Snapshot

if TYPE_CHECKING:
    from opendome.world.model import SensorGroup


class SensorField:
    """The sensors of one replication, with what is available of them."""

    def __init__(
        self,
        stations: list[Station],
        carriers: list[Fleet | Floats],
        gmst0_rad: float,
        keys: SensingKeys,
        replication: int,
    ) -> None:
        """Stations of what is available, and what carries each: a fleet, or its places in ecef."""
        self._stations = stations
        self._carriers = carriers
        self._gmst0_rad = gmst0_rad
        self._keys = keys
        self._replication = replication

    @classmethod
    def of(
        cls,
        groups: tuple[SensorGroup, ...],
        up: tuple[Flags, ...],
        constellations: tuple[tuple[Constellation, ...], ...],
        gmst0_rad: float,
        sky: Sky = UNKNOWN_SKY,
        *,
        seed: int,
        replication: int,
    ) -> SensorField:
        """The sensors of these groups, with what works of each and where their satellites fly.

        `sky` says where Sun and Moon stand for all of the replication.
        """
        stations, carriers = [], []
        for group, works, satellites in zip(groups, up, constellations, strict=True):
            shape = (works.shape[0], 3)
            block = group.block._replace(up=works)
            stations.append(man_station(block, np.empty(shape), np.empty(shape), sky=sky))
            ground = group.position_ecef_m
            carriers.append(build_fleet(satellites) if ground is None else ground)
        return cls(stations, carriers, gmst0_rad, derive_keys(seed), replication)

    def observe(
        self, snapshot: Snapshot, cues: Cues, time_s: float, step_s: float
    ) -> tuple[Measurements, Integers]:
        """Measurements of all sensors, and the snapshot row of each (for scoring only).

        `cues` are of the defence's own tracks, predicted to `time_s`.
        """
        if snapshot.row.size == 0:
            return Measurements.empty(), np.zeros(0, np.int64)
        angle = self._gmst0_rad + EARTH_ROTATION_RAD_S * time_s
        for station, carrier in zip(self._stations, self._carriers, strict=True):
            states = station.position_eci_m, station.velocity_eci_m_s
            if isinstance(carrier, Fleet):
                place_fleet(carrier, time_s, *states)
            else:
                _turn_with_earth(carrier, angle, *states)
        cued = [station._replace(cues=cues) for station in self._stations]
        return observe(cued, snapshot, step_s, angle, self._keys, self._replication)


@kernel
def _turn_with_earth(
    position_ecef_m: Floats, angle: float, position_eci_m: Floats, velocity_eci_m_s: Floats
) -> None:
    """Fill position and velocity in eci of what stands on the ground."""
    cosine, sine = math.cos(angle), math.sin(angle)
    for i in range(position_ecef_m.shape[0]):
        x = cosine * position_ecef_m[i, 0] - sine * position_ecef_m[i, 1]
        y = cosine * position_ecef_m[i, 1] + sine * position_ecef_m[i, 0]
        position_eci_m[i, 0], position_eci_m[i, 1], position_eci_m[i, 2] = (
            x,
            y,
            position_ecef_m[i, 2],
        )
        velocity_eci_m_s[i, 0] = -EARTH_ROTATION_RAD_S * y
        velocity_eci_m_s[i, 1] = EARTH_ROTATION_RAD_S * x
        velocity_eci_m_s[i, 2] = 0.0
