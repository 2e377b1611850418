"""What carries sensors: the ground, satellites, aircraft and ships. Each can place its sensors."""

from __future__ import annotations

import math
from functools import singledispatch
from typing import Any, Protocol

import numpy as np

from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.physics.jit import kernel
from opendome.sensing.patrols import Patrols, draw_phases, place_patrols
from opendome.space import build_fleet, place_fleet
from opendome.tables.truth import Floats


class Carrier(Protocol):
    """Something that has sensors on it."""

    def place(
        self, time_s: float, earth_angle_rad: float, position_eci_m: Floats,
        velocity_eci_m_s: Floats,
    ) -> None:  # fmt: skip
        """Fill the sensors' positions and velocities (n, 3), in the order of their block.

        The velocity is the one that range rates are told relative to.
        """


@singledispatch
def build_carrier(mount: Any, seed: int, replication: int) -> Carrier:
    """The carrier of a group of sensors in one replication, by the type of what they are on."""
    raise TypeError(f"nothing carries sensors on a {type(mount).__name__}")


@build_carrier.register(np.ndarray)
class Ground:
    """Sensors that stand on the ground, at places (n, 3) in ecef."""

    def __init__(self, places_ecef_m: Floats, seed: int, replication: int) -> None:
        self._places_ecef_m = places_ecef_m

    def place(
        self, time_s: float, earth_angle_rad: float, position_eci_m: Floats,
        velocity_eci_m_s: Floats,
    ) -> None:  # fmt: skip
        """They turn with the Earth."""
        turn_with_earth(self._places_ecef_m, earth_angle_rad, position_eci_m, velocity_eci_m_s)


@build_carrier.register(tuple)
class Satellites:
    """Sensors on constellations, whose phases have been drawn."""

    def __init__(self, constellations: Any, seed: int, replication: int) -> None:
        self._fleet = build_fleet(constellations)

    def place(
        self, time_s: float, earth_angle_rad: float, position_eci_m: Floats,
        velocity_eci_m_s: Floats,
    ) -> None:  # fmt: skip
        """They fly along their orbits."""
        place_fleet(self._fleet, time_s, position_eci_m, velocity_eci_m_s)


@build_carrier.register(Patrols)
class Patrolling:
    """Sensors on aircraft and ships, each somewhere on its track at the start."""

    def __init__(self, patrols: Patrols, seed: int, replication: int) -> None:
        self._patrols = patrols
        self._phase = draw_phases(patrols, seed, replication)

    def place(
        self, time_s: float, earth_angle_rad: float, position_eci_m: Floats,
        velocity_eci_m_s: Floats,
    ) -> None:  # fmt: skip
        """They move over the Earth; their own motion is known and taken out of range rates."""
        places_ecef_m = place_patrols(self._patrols, self._phase, time_s)
        turn_with_earth(places_ecef_m, earth_angle_rad, position_eci_m, velocity_eci_m_s)


@kernel
def turn_with_earth(
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
