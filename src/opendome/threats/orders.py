"""What a scenario asks of each missile: where from, where to, with what aboard."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from opendome.physics.jit import kernel
from opendome.physics.random import mix

_WRECK = np.uint64(1)
_REMAINS = np.uint64(2)


Point = tuple[float, float]  # geodetic latitude and longitude [rad]


class AimPoint(NamedTuple):
    """A place on the ground that a warhead is meant for."""

    latitude_rad: float
    longitude_rad: float
    area: int  # row of the defended areas, -1: none


class PartOrder(NamedTuple):
    """Something that the missile carries and lets go."""

    identity: np.uint64
    part: int  # row of `parts.PARTS`
    release: int  # with which warhead it is released, counted from 0


class MissileOrder(NamedTuple):
    """One missile of a raid as the scenario orders it."""

    identity: np.uint64  # of the missile's name: also the booster's
    missile_class: int  # row of the raid's classes
    launch_s: float  # nominal
    launch_jitter_s: float  # one sigma
    launch_latitude_rad: float
    launch_longitude_rad: float
    aims: tuple[AimPoint, ...]  # one for each warhead, the first one is the missile's own
    trajectory: int  # aiming.MINIMUM_ENERGY, LOFTED or DEPRESSED; read by ballistic classes
    route: tuple[Point, ...]  # waypoints [rad], read by what can turn
    parts: tuple[PartOrder, ...]  # booster left out

    @property
    def launch_rad(self) -> Point:
        """Geodetic latitude and longitude of the launch."""
        return self.launch_latitude_rad, self.launch_longitude_rad

    @property
    def aim_rad(self) -> Point:
        """Geodetic latitude and longitude of the missile's own aim point."""
        return self.aims[0].latitude_rad, self.aims[0].longitude_rad

    @property
    def way_rad(self) -> tuple[Point, ...]:
        """Waypoints, and then that aim point."""
        return (*self.route, self.aim_rad)


@kernel
def wreck_identity(missile_identity: np.uint64) -> np.uint64:
    """Identity of what is left of a missile that failed in flight."""
    return mix(missile_identity, _WRECK)


@kernel
def remains_identity(missile_identity: np.uint64) -> np.uint64:
    """Identity of what flies on of a missile that was hit under power."""
    return mix(missile_identity, _REMAINS)
