"""What is launched, from where, at what, with what beside the warheads."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from opendome.scenario.base import Model
from opendome.scenario.models.element import LibraryItem
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import Count, Time


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
    weights: Literal["population", "equal"] = "population"
    """How the aim of each missile is drawn among the cities."""


class Countermeasures(Model):
    """What flies beside the warheads of each missile."""

    debris: bool = True
    """Whether the spent last stage and fragments of its separation fly along."""
    fragments: Uncertain[Count] = Uncertain[Count](low=2.0, best=5.0, high=10.0)
    """Fragments per missile that sensors can see, where there is debris."""
    light_decoys: Uncertain[Count] = Uncertain[Count](low=0.0, best=0.0, high=0.0)
    """Light decoys per missile."""


class Salvo(Model):
    """Missiles of one class from one launch area."""

    missile: str
    """Name of a missile class."""
    count: int = Field(ge=0)
    launch: Launch
    aim: Aim
    trajectory: Literal["minimum-energy", "lofted", "depressed"] = "minimum-energy"
    countermeasures: Countermeasures = Countermeasures()


class Raid(LibraryItem):
    """An attack: salvos in the order of their launch."""

    kind: Literal["raid"] = "raid"
    name: str = ""
    salvos: tuple[Salvo, ...] = Field(min_length=1)

    @property
    def n_missiles(self) -> int:
        """Missiles in all."""
        return sum(salvo.count for salvo in self.salvos)
