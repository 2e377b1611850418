"""All sensors of the world, looking at one snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from opendome.engine.environment import Environment
from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.physics.frames import eci_from_ecef_batch
from opendome.sensing import derive_keys, observe
from opendome.space import satellite_states
from opendome.tables.measurements import Measurements, concatenate
from opendome.tables.truth import Floats, Integers, Snapshot

if TYPE_CHECKING:
    from opendome.world import World
    from opendome.world.model import SensorGroup


class SensorField:
    """The sensors of one replication, with what is available of them."""

    def __init__(self, world: World, environment: Environment, seed: int, replication: int) -> None:
        self._groups = [
            (group, group.block._replace(up=up), constellations)
            for group, up, constellations in zip(
                world.sensors, environment.sensor_up, environment.sensor_constellations, strict=True
            )
        ]
        self._gmst0_rad = environment.gmst0_rad
        self._keys = derive_keys(seed)
        self._replication = replication

    def observe(
        self, snapshot: Snapshot, time_s: float, step_s: float
    ) -> tuple[Measurements, Integers]:
        """Measurements of all sensors, and the snapshot row of each (for scoring only)."""
        if snapshot.row.size == 0:
            return Measurements.empty(), np.zeros(0, np.int64)
        angle = self._gmst0_rad + EARTH_ROTATION_RAD_S * time_s
        tables, links = [], []
        for group, block, constellations in self._groups:
            position, velocity = self._platforms(group, constellations, time_s, angle)
            table, link = observe(
                block, position, velocity, snapshot, step_s, angle, self._keys, self._replication
            )
            tables.append(table)
            links.append(link)
        return concatenate(tables), np.concatenate(links) if links else np.zeros(0, np.int64)

    @staticmethod
    def _platforms(
        group: SensorGroup, constellations: tuple, time_s: float, angle: float
    ) -> tuple[Floats, Floats]:
        if group.position_ecef_m is not None:
            position = eci_from_ecef_batch(group.position_ecef_m, angle)
            velocity = np.zeros_like(position)
            velocity[:, 0] = -EARTH_ROTATION_RAD_S * position[:, 1]
            velocity[:, 1] = EARTH_ROTATION_RAD_S * position[:, 0]
            return position, velocity
        states = [satellite_states(c, time_s) for c in constellations]
        return np.concatenate([p for p, _ in states]), np.concatenate([v for _, v in states])
