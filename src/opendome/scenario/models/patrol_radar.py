"""Radars on aircraft and ships that move along a patrol."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from opendome.scenario.base import Model, Sourced
from opendome.scenario.models.radar import RadarSet
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import (
    Fraction,
    Latitude,
    Length,
    Longitude,
    PositiveSpeed,
)

# Waypoints nearer to each other than this (rad, 60 m) are one.
_SAME_RAD = 1e-5


class Waypoint(Model):
    """A corner of the track."""

    latitude: Latitude
    longitude: Longitude


class Patrol(Sourced):
    """A closed track at one height and speed.

    It leads from waypoint to waypoint by the shortest way and back to the first; two waypoints make
    a line there and back. Where on it the platform is at the start is drawn in each replication.
    """

    waypoints: tuple[Waypoint, ...] = Field(min_length=2)
    altitude: Length
    """Of the antenna above the ellipsoid."""
    speed: PositiveSpeed
    """Over the ground."""
    on_station: Uncertain[Fraction]
    """Probability that somebody is there when the raid comes."""

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Patrol:
        first = self.waypoints[0]
        if all(_apart(first, other) < _SAME_RAD for other in self.waypoints[1:]):
            raise ValueError("allowed: two waypoints or more that are apart")
        return self


class PatrolRadar(RadarSet):
    """A radar on an aircraft or a ship. Its faces keep their azimuths as the platform turns."""

    default_group: ClassVar[str] = "airborne-radars"
    misplaced: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("latitude", "longitude", "orbit"), "a radar that moves has no place; allowed: patrol"
    )

    kind: Literal["patrol-radar"]
    patrol: Patrol


def _apart(a: Waypoint, b: Waypoint) -> float:
    """Rough angle between two waypoints [rad]."""
    return math.hypot(a.latitude - b.latitude, (a.longitude - b.longitude) * math.cos(a.latitude))
