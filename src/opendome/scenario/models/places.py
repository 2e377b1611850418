"""Places on the ground: where missiles start, what is defended, and what that is worth."""

from __future__ import annotations

from typing import Final, Literal, get_args

from pydantic import Field

from opendome.scenario.base import Model
from opendome.scenario.models.element import LibraryItem, SourcedItem
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import (
    Fraction,
    Latitude,
    Length,
    Longitude,
    PositiveLength,
    PositiveNumber,
)

SiteSort = Literal["military", "government", "industry"]
SITE_SORTS: Final[tuple[SiteSort, ...]] = get_args(SiteSort)


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


class DefendedSite(SourcedItem):
    """A defended area that is no city: a base, a seat of government, a plant, and what is near."""

    nation: str
    sort: SiteSort
    latitude: Latitude
    longitude: Longitude
    radius: PositiveLength = 10e3
    """A warhead that comes down within it has reached the site (assumption)."""


class AreaWeights(Model):
    """What each sort of defended area is worth, all areas of the sort together.

    Cities share theirs by population, sites evenly. Only sorts of which something is defended
    count, as shares of their sum; the weight of an area's nation comes on top.
    """

    cities: Uncertain[Fraction] = Uncertain[Fraction].model_validate({"best": 1.0})
    military: Uncertain[Fraction] = Uncertain[Fraction].model_validate({"best": 0.0})
    government: Uncertain[Fraction] = Uncertain[Fraction].model_validate({"best": 0.0})
    industry: Uncertain[Fraction] = Uncertain[Fraction].model_validate({"best": 0.0})
