"""All sensors of the world, looking at one snapshot."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.physics.jit import kernel
from opendome.sensing import SensingKeys, derive_keys, observe
from opendome.space import Constellation, Fleet, build_fleet, place_fleet
from opendome.tables.measurements import Measurements
from opendome.tables.truth import Flags, Floats, Integers, Snapshot

if TYPE_CHECKING:
    from opendome.world.model import SensorGroup


class SensorField:
    """The sensors of one replication, with what is available of them."""

    def __init__(
        self,
        sensors: list[tuple[Any, Floats, Floats]],
        carriers: list[Fleet | Floats],
        gmst0_rad: float,
        keys: SensingKeys,
        replication: int,
    ) -> None:
        """Blocks as available, with room for their states; what carries each: a fleet or places."""
        self._sensors = sensors
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
        *,
        seed: int,
        replication: int,
    ) -> SensorField:
        """The sensors of these groups, with what works of each and where their satellites fly."""
        sensors, carriers = [], []
        for group, works, satellites in zip(groups, up, constellations, strict=True):
            shape = (works.shape[0], 3)
            sensors.append((group.block._replace(up=works), np.empty(shape), np.empty(shape)))
            ground = group.position_ecef_m
            carriers.append(build_fleet(satellites) if ground is None else ground)
        return cls(sensors, carriers, gmst0_rad, derive_keys(seed), replication)

    def observe(
        self, snapshot: Snapshot, time_s: float, step_s: float
    ) -> tuple[Measurements, Integers]:
        """Measurements of all sensors, and the snapshot row of each (for scoring only)."""
        if snapshot.row.size == 0:
            return Measurements.empty(), np.zeros(0, np.int64)
        angle = self._gmst0_rad + EARTH_ROTATION_RAD_S * time_s
        for (_, position, velocity), carrier in zip(self._sensors, self._carriers, strict=True):
            if isinstance(carrier, Fleet):
                place_fleet(carrier, time_s, position, velocity)
            else:
                _turn_with_earth(carrier, angle, position, velocity)
        return observe(self._sensors, snapshot, step_s, angle, self._keys, self._replication)


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
