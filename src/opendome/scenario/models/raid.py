"""What is launched, from where, at what, with what beside the warheads."""

from __future__ import annotations

import math
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from opendome.scenario.base import Model
from opendome.scenario.models.element import LibraryItem
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import (
    Count,
    Fraction,
    Latitude,
    Longitude,
    PositiveNumber,
    Time,
)


class Launch(Model):
    """Where and when the missiles of a salvo start."""

    area: str
    """Name of a launch area."""
    start: Time = 0.0
    """Nominal launch of the first missile, after the scenario's zero."""
    spacing: Time = 0.0
    """Between nominal launches."""
    jitter: Time = 0.0
    """Error of each launch time, one sigma."""


class Aim(Model):
    """Which cities the missiles of a salvo are aimed at."""

    cities: tuple[str, ...] = Field(min_length=1)
    """Names of cities, or `all`, or `cities-100k` (or another number) for the large ones."""
    weights: Literal["population", "equal"] | tuple[PositiveNumber, ...] = "population"
    """How the aim of each warhead is drawn among the cities: by population, evenly, or by a number
    for each city."""

    @field_validator("cities", mode="before")
    @classmethod
    def _keep_selection(cls, given: Any) -> Any:
        """A selection by size stands for its cities, which a scenario puts in its place."""
        return (given,) if isinstance(given, str) else given

    @model_validator(mode="after")
    def _weights_match(self) -> Aim:
        if isinstance(self.weights, tuple) and len(self.weights) != len(self.cities):
            raise ValueError(
                f"weights: {len(self.weights)} numbers for {len(self.cities)} cities; "
                "allowed: one for each"
            )
        return self


class Countermeasures(Model):
    """What flies beside the warheads of each missile."""

    debris: bool = True
    """Whether the spent last stage and fragments of its separation fly along."""
    fragments: Uncertain[Count] = Uncertain[Count](low=2.0, best=5.0, high=10.0)
    """Fragments per missile that sensors can see, where there is debris."""
    light_decoys: Uncertain[Count] = Uncertain[Count](low=0.0, best=0.0, high=0.0)
    """Light decoys (balloons) per missile."""
    replica_decoys: Uncertain[Count] = Uncertain[Count](low=0.0, best=0.0, high=0.0)
    """Decoys with a warhead's shape and mass-to-drag, per missile."""
    chaff_clouds: Uncertain[Count] = Uncertain[Count](low=0.0, best=0.0, high=0.0)
    """Clouds of chaff per missile."""


class Force(Model):
    """How many missiles a nation has and what share of them it can send at one time."""

    inventory: Uncertain[Count]
    """Missiles, or launchers, of the class, or of the nation where `share` says how it is split."""
    share: Uncertain[Fraction] = Uncertain[Fraction](low=1.0, best=1.0, high=1.0)
    """Share of the inventory that is of this class and starts from this area."""
    in_reach: Uncertain[Fraction] = Uncertain[Fraction](low=1.0, best=1.0, high=1.0)
    """Share that can reach North America: by range, or by carriers that can bring them near."""
    on_alert: Uncertain[Fraction] = Uncertain[Fraction](low=1.0, best=1.0, high=1.0)
    """Share of those that is ready when the raid starts."""

    @property
    def n_missiles(self) -> int:
        """Missiles that a raid has of it, at best values."""
        shares = (self.share, self.in_reach, self.on_alert)
        return round(math.prod(share.best for share in shares) * self.inventory.best)


class Waypoint(Model):
    """A place that missiles pass over."""

    latitude: Latitude
    longitude: Longitude


class Salvo(Model):
    """Missiles of one class from one launch area."""

    missile: str
    """Name of a missile class."""
    count: int | None = Field(default=None, ge=0)
    """Missiles; left out where `force` says how many there are."""
    force: Force | None = None
    launch: Launch
    aim: Aim
    trajectory: Literal["minimum-energy", "lofted", "depressed"] = "minimum-energy"
    """Of ballistic missiles; others have one way to fly."""
    route: tuple[Waypoint, ...] = ()
    """Places that a cruise missile or a glide vehicle passes on its way."""
    countermeasures: Countermeasures = Countermeasures()

    @model_validator(mode="after")
    def _is_counted(self) -> Salvo:
        if self.count is None and self.force is None:
            raise ValueError("count: missing; allowed: a count, or a force with its inventory")
        return self

    @property
    def n_missiles(self) -> int:
        """Missiles of the salvo."""
        if self.count is not None:
            return self.count
        return self.force.n_missiles if self.force else 0


_MOST_MISSILES = 100_000  # many times all there are; more would take hours to read


class Raid(LibraryItem):
    """An attack: salvos in the order of their launch."""

    kind: Literal["raid"] = "raid"
    name: str = ""
    salvos: tuple[Salvo, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_of_this_world(self) -> Raid:
        if self.n_missiles > _MOST_MISSILES:
            raise ValueError(
                f"salvos: {self.n_missiles} missiles in all given; allowed: up to {_MOST_MISSILES}"
            )
        return self

    @property
    def n_missiles(self) -> int:
        """Missiles in all."""
        return sum(salvo.n_missiles for salvo in self.salvos)
