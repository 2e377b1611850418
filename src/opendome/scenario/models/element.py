"""What every element of an architecture or of a raid carries."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from opendome.scenario.base import Sourced
from opendome.scenario.models.coalition import NationCode, Participation
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import Fraction, PositiveTime, Time


class SourcedItem(Sourced):
    """Values of which some have a source of their own.

    The item's own `source` speaks for the values that neither name one nor stand in `sources`.
    """

    sources: dict[str, Sourced] = Field(default_factory=dict)
    """Sources of plain values, by their path within the item, such as `latitude`."""

    def provenance(self, path: str) -> Sourced:
        """Where a plain value comes from, by its path within the item."""
        keys = path.split(".")
        for n_keys in range(len(keys), 0, -1):
            found = self.sources.get(".".join(keys[:n_keys]))
            if found is not None:
                return found
        return self


class LibraryItem(SourcedItem):
    """Anything that the library holds under a name."""

    title: str = ""
    """What it is, in a few words."""


class InterceptorType(LibraryItem):
    """A type of interceptor that batteries or constellations hold."""


class ThreatType(LibraryItem):
    """A type of missile that raids are made of."""


class Element(LibraryItem):
    """Part of an architecture that can be left out, changed or unavailable."""

    default_group: ClassVar[str] = ""
    # Group that all elements of the kind are in besides their own.
    wider_group: ClassVar[str] = ""
    # Level of participation that the kind asks for where an element names none.
    default_level: ClassVar[Participation] = "warning"

    nation: NationCode = "USA"
    """Nation that owns and commands it (ISO 3166 alpha-3)."""
    host: NationCode | None = None
    """Nation on whose soil it stands, where that is another."""
    level: Participation | None = None
    """Least participation of its nation, and of its host, with which it stands: sensors that
    stand today `warning`, interceptors `hosting`, where none is named."""
    availability: Uncertain[Fraction] = Uncertain[Fraction](low=1.0, best=1.0, high=1.0)
    """Probability that it works (each interceptor or satellite, where it has many)."""
    group: str = ""
    """Group of elements it is left out with, such as `ground-based-interceptors`."""

    @property
    def asks_for(self) -> Participation:
        """Least participation of its nation and of its host with which it stands."""
        return self.level or self.default_level

    @property
    def group_name(self) -> str:
        """Its group, by default that of its kind."""
        return self.group or self.default_group


class Sensor(Element):
    """An element that measures."""

    releasable: tuple[NationCode, ...] | Literal["all"] = "all"
    """Nations that are told of tracks that it alone feeds, besides its own and the one that
    leads."""
    reporting_delay: Uncertain[Time] = Uncertain[Time].model_validate({"best": "0 s"})
    """From a measurement to the command side that uses it: processing and links."""
    reports: Literal["measurements", "tracks"] = "measurements"
    """What its link carries; with `tracks` it has a tracker of its own, and reports firm tracks."""
    report_interval: Uncertain[PositiveTime] = Uncertain[PositiveTime].model_validate(
        {"low": "4 s", "best": "12 s", "high": "12 s"}
    )
    """Between reports of tracks; the frame of the tactical data link Link 16 is 12 s (recalled)."""
