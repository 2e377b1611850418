"""Aircraft that carry interceptors along a patrol."""

from __future__ import annotations

from typing import ClassVar, Literal

from opendome.scenario.models.ground_interceptor import Launcher
from opendome.scenario.models.patrol_radar import Patrol


class PatrolBattery(Launcher):
    """Interceptors of one type on aircraft or ships that move along a patrol.

    All of them are at one place of the track, which is drawn in each replication. Where radar and
    interceptors are on the same aircraft, they are two elements with places and presence drawn
    apart. Rockets, which have fly-out tables, are fired from the first corner of the track.
    """

    default_group: ClassVar[str] = "airborne-interceptors"

    kind: Literal["patrol-battery"]
    patrol: Patrol

    @property
    def place(self) -> tuple[float, float, float]:
        """Latitude and longitude [rad] of the track's first corner, and its altitude [m]."""
        first = self.patrol.waypoints[0]
        return first.latitude, first.longitude, self.patrol.altitude
