"""Places on the ground: where missiles start and what is defended."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from opendome.scenario.base import Model
from opendome.scenario.models.element import LibraryItem, SourcedItem
from opendome.scenario.units import Latitude, Length, Longitude, PositiveLength, PositiveNumber


class LaunchPlace(Model):
    """A district that missiles start from."""

    name: str
    latitude: Latitude
    longitude: Longitude
    radius: Length
    """Launch points are spread evenly over this circle."""
    weight: PositiveNumber = 1.0
    """Share of launches, relative to the other places of the area."""


class LaunchArea(LibraryItem):
    """Where a nation's missiles start."""

    kind: Literal["launch-area"]
    country: str
    """ISO 3166 alpha-3."""
    places: tuple[LaunchPlace, ...] = Field(min_length=1)


class City(SourcedItem):
    """A defended area: a city and the circle around it that counts as reached."""

    nation: str
    latitude: Latitude
    longitude: Longitude
    population: int = Field(ge=0)
    """Of the municipality, by the census named as source."""
    radius: PositiveLength = 30e3
    """A warhead that comes down within it has reached the city."""
