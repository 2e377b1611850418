"""All sensors of the world, looking at one snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.physics.frames import eci_from_ecef_batch
from opendome.physics.jit import kernel
from opendome.sensing import SensingKeys, derive_keys, observe
from opendome.sensing.looks import find_look
from opendome.space import Constellation, satellite_states
from opendome.tables.measurements import Measurements, concatenate
from opendome.tables.truth import Flags, Floats, Integers, Snapshot

if TYPE_CHECKING:
    from opendome.world.model import SensorGroup


class SensorField:
    """The sensors of one replication, with what is available of them."""

    def __init__(
        self,
        groups: list[tuple[SensorGroup, Any, tuple[Constellation, ...]]],
        gmst0_rad: float,
        keys: SensingKeys,
        replication: int,
    ) -> None:
        """Groups with their blocks as available and their constellations as drawn."""
        self._groups = groups
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
        *,
        seed: int,
        replication: int,
    ) -> SensorField:
        """The sensors of these groups, with what works of each and where their satellites fly."""
        rows = [
            (group, group.block._replace(up=works), carriers)
            for group, works, carriers in zip(groups, up, constellations, strict=True)
        ]
        return cls(rows, gmst0_rad, derive_keys(seed), replication)

    def observe(
        self, snapshot: Snapshot, time_s: float, step_s: float
    ) -> tuple[Measurements, Integers]:
        """Measurements of all sensors, and the snapshot row of each (for scoring only)."""
        if snapshot.row.size == 0:
            return Measurements.empty(), np.zeros(0, np.int64)
        angle = self._gmst0_rad + EARTH_ROTATION_RAD_S * time_s
        tables, links = [], []
        states: dict[np.uint64, tuple[Floats, Floats]] = {}
        for group, block, constellations in self._groups:
            if not is_any_due(block.revisit_s, block.offset_s, time_s, step_s):
                continue
            if group.position_ecef_m is not None:
                position, velocity = _turn_with_earth(group.position_ecef_m, angle)
            else:
                for constellation in constellations:
                    if constellation.identity not in states:
                        states[constellation.identity] = satellite_states(constellation, time_s)
                carried = [states[c.identity] for c in constellations]
                position = np.concatenate([p for p, _ in carried])
                velocity = np.concatenate([v for _, v in carried])
            table, link = observe(
                block, position, velocity, snapshot, step_s, angle, self._keys, self._replication
            )
            tables.append(table)
            links.append(link)
        return concatenate(tables), np.concatenate(links) if links else np.zeros(0, np.int64)


@kernel
def is_any_due(revisit_s: Floats, offset_s: Floats, time_s: float, step_s: float) -> bool:
    """Whether any sensor of a block looks within the last step."""
    for i in range(revisit_s.shape[0]):
        due, _ = find_look(time_s, step_s, revisit_s[i], offset_s[i])
        if due:
            return True
    return False


def _turn_with_earth(position_ecef_m: Floats, angle: float) -> tuple[Floats, Floats]:
    """Position and velocity in eci of what stands on the ground."""
    position = eci_from_ecef_batch(position_ecef_m, angle)
    velocity = np.zeros_like(position)
    velocity[:, 0] = -EARTH_ROTATION_RAD_S * position[:, 1]
    velocity[:, 1] = EARTH_ROTATION_RAD_S * position[:, 0]
    return position, velocity
