"""Where satellites fly."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from opendome.scenario.base import Model
from opendome.scenario.units import Angle, HalfAngle, Longitude, PositiveLength


class Walker(Model):
    """Circular orbits of one altitude and inclination in evenly spread planes.

    Source: Walker (1984), Satellite constellations, J. British Interplanetary Society 37.
    """

    type: Literal["walker"] = "walker"
    altitude: PositiveLength
    """Above the WGS-84 equatorial radius; must be positive."""
    inclination: HalfAngle
    planes: int = Field(ge=1)
    per_plane: int = Field(ge=0)
    """Satellites in each plane; 0 makes an empty constellation."""
    phasing: int = Field(default=1, ge=0)
    """Walker's F: a satellite leads its neighbour in the next plane by F/total of a turn."""
    node_span: Angle = 2.0 * math.pi
    """Angle over which the nodes spread: 360 deg (delta) or 180 deg (star)."""

    @property
    def count(self) -> int:
        """Satellites in all."""
        return self.planes * self.per_plane


class Geostationary(Model):
    """Satellites over fixed longitudes of the equator."""

    type: Literal["geostationary"]
    longitudes: tuple[Longitude, ...] = Field(min_length=1)

    @property
    def count(self) -> int:
        """Satellites in all."""
        return len(self.longitudes)


class HighlyElliptical(Model):
    """Satellites in elongated orbits, evenly spread in node, with one ground track."""

    type: Literal["highly-elliptical"]
    perigee_altitude: PositiveLength
    apogee_altitude: PositiveLength
    inclination: HalfAngle
    argument_of_perigee: Angle
    count: int = Field(ge=0)

    @model_validator(mode="after")
    def _apogee_above_perigee(self) -> HighlyElliptical:
        if self.apogee_altitude < self.perigee_altitude:
            raise ValueError("allowed: an apogee at or above the perigee")
        return self


Orbit = Annotated[Walker | Geostationary | HighlyElliptical, Field(discriminator="type")]
