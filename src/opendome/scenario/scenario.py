"""A scenario with every name resolved: all that a campaign needs, and nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeVar

from pydantic import AwareDatetime, Field, PrivateAttr, field_validator, model_validator

from opendome.geography import load_outlines
from opendome.scenario.base import ASSUMPTION, USER, Model, Sourced, suggest
from opendome.scenario.kinds import any_kind_of
from opendome.scenario.models.beliefs import Beliefs
from opendome.scenario.models.coalition import CommandNetwork, Nation, NationCode, ScriptedEvent
from opendome.scenario.models.doctrine import Doctrine
from opendome.scenario.models.element import Element, InterceptorType, LibraryItem, ThreatType
from opendome.scenario.models.places import AreaWeights, City, DefendedSite, LaunchArea
from opendome.scenario.models.raid import Raid
from opendome.scenario.models.simulation import Simulation
from opendome.scenario.provenance import sources as shipped_sources
from opendome.scenario.uncertain import Uncertain

if TYPE_CHECKING:
    AnyElement = Element
    AnyInterceptor = InterceptorType
    AnyThreat = ThreatType
else:
    AnyElement = any_kind_of(Element)
    AnyInterceptor = any_kind_of(InterceptorType)
    AnyThreat = any_kind_of(ThreatType)


Kind = TypeVar("Kind", bound=Element)
_IN_FULL: Final = Nation.model_validate({})


class Change(NamedTuple):
    """A value that is not the library's."""

    path: str
    library: str
    new: str


class Architecture(LibraryItem):
    """A defence: elements by name."""

    kind: Literal["architecture"] = "architecture"
    name: str
    default_raid: str = ""
    """Raid that stands where a scenario names none."""
    nations: dict[NationCode, Nation] = Field(default_factory=dict)
    """Part of each nation where a scenario says nothing else."""
    elements: dict[str, AnyElement] = Field(default_factory=dict)


class Scenario(Model):
    """A validated scenario; every name in it is resolved within it."""

    format: Literal[1]
    name: str
    title: str = ""
    epoch: Literal["random"] | AwareDatetime = "random"
    """UTC of the scenario's zero, or drawn in each replication."""
    nations: dict[NationCode, Nation] = Field(min_length=1)
    """Part of each nation in the defence, first the one that leads; one that is not named takes
    part in full."""
    architecture: Architecture
    interceptors: dict[str, AnyInterceptor] = Field(default_factory=dict)
    """Interceptor types that batteries and constellations name."""
    raid: Raid
    missiles: dict[str, AnyThreat]
    """Missile classes that salvos name."""
    launch_areas: dict[str, LaunchArea]
    cities: dict[str, City]
    """Cities that are aimed at or defended."""
    sites: dict[str, DefendedSite] = Field(default_factory=dict)
    """Bases, seats of government and plants that are aimed at or defended."""
    defended: dict[str, tuple[str, ...]]
    """Names of the defended cities and sites, by nation."""
    areas: AreaWeights = Field(default_factory=AreaWeights)
    """What each sort of defended area is worth: by default people alone."""
    beliefs: Beliefs
    doctrine: Doctrine
    simulation: Simulation
    command: CommandNetwork = Field(default_factory=CommandNetwork)
    """Headquarters and links; all that takes part is under one where none is named."""
    events: tuple[ScriptedEvent, ...] = ()
    """What happens to the defence at given times."""

    _changed: tuple[Change, ...] = PrivateAttr(default=())

    @field_validator("epoch", mode="before")
    @classmethod
    def _read_epoch(cls, given: object) -> object:
        epoch = given
        if isinstance(given, str) and given != "random":
            try:
                epoch = datetime.fromisoformat(given)
            except ValueError:
                epoch = None
        if epoch == "random" or (isinstance(epoch, datetime) and epoch.tzinfo is not None):
            return epoch
        raise ValueError("allowed: random, or a time with its zone such as 2029-01-20T12:00:00Z")

    @model_validator(mode="after")
    def _names_are_resolved(self) -> Scenario:
        for name, element in self.architecture.elements.items():
            interceptor = getattr(element, "interceptor", None)
            if interceptor is not None and interceptor not in self.interceptors:
                raise ValueError(f"element {name} names the unknown interceptor {interceptor}")
        for salvo in self.raid.salvos:
            if salvo.missile not in self.missiles:
                raise ValueError(f"a salvo names the unknown missile {salvo.missile}")
            if salvo.launch.area not in self.launch_areas:
                raise ValueError(f"a salvo names the unknown launch area {salvo.launch.area}")
            for city in salvo.aim.cities:
                if city not in self.places:
                    raise ValueError(f"a salvo is aimed at the unknown city {city}")
        for nation, names in self.defended.items():
            for city in names:
                if city not in self.places:
                    raise ValueError(f"{nation} defends the unknown city {city}")
        return self

    @model_validator(mode="after")
    def _sites_are_worth_something(self) -> Scenario:
        for nation, names in self.defended.items():
            for name in names:
                site = self.sites.get(name)
                if site is not None and getattr(self.areas, site.sort).best <= 0.0:
                    raise ValueError(
                        f"defended.{nation}: {name} is a {site.sort} site, and areas.{site.sort} "
                        "is 0; allowed: a weight above zero there"
                    )
        sorts = {
            self.sites[name].sort if name in self.sites else "cities"
            for names in self.defended.values()
            for name in names
        }
        if sorts and all(getattr(self.areas, sort).best <= 0.0 for sort in sorts):
            raise ValueError("areas.cities: nothing that is defended is worth anything; "
                             "allowed: a weight above zero")  # fmt: skip
        for number, salvo in enumerate(self.raid.salvos):
            for name in salvo.aim.cities:
                if name in self.sites and salvo.aim.weights == "population":
                    raise ValueError(
                        f"raid.salvos.{number}.aim: {name} is a site without population; "
                        "allowed: weights equal, or a number for each"
                    )
        return self

    @model_validator(mode="after")
    def _asked_nations_are_on_the_map(self) -> Scenario:
        for nation, part in self.nations.items():
            if part.consent.airspace != "none" and nation not in load_outlines().codes:
                raise ValueError(f"nations.{nation}.consent.airspace: the map has no territory of "
                                 "that code; allowed: none, or a code of ISO 3166")  # fmt: skip
        return self

    @model_validator(mode="after")
    def _command_is_over_what_is_there(self) -> Scenario:
        elements = self.architecture.elements
        known = {*elements, *(element.group_name for element in elements.values())} - {""}
        command = self.command
        named = [
            (f"command.nodes.{node}.elements", name)
            for node, block in command.nodes.items()
            for name in block.elements
        ]
        named += [("command.links", name) for name in command.links]
        for number, event in enumerate(self.events):
            if event.lose or event.target not in command.nodes:
                named.append((f"events.{number}", event.target))
        for where, name in named:
            if name not in known:
                raise ValueError(f"{where}: no element or group {name}; "
                                 f"{suggest(name, [*known, *command.nodes])}")  # fmt: skip
        return self

    @model_validator(mode="after")
    def _nodes_are_of_nations_there(self) -> Scenario:
        there = {*self.nations, *self.defended}
        for element in self.architecture.elements.values():
            there |= {element.nation, element.host or element.nation}
        for name, node in self.command.nodes.items():
            if node.nation not in there:
                raise ValueError(f"command.nodes.{name}.nation: nothing is of {node.nation}; "
                                 f"{suggest(node.nation, sorted(there))}")  # fmt: skip
        return self

    @property
    def leader(self) -> str:
        """The nation whose command plans for all that take part."""
        return next(iter(self.nations))

    def part_of(self, nation: str) -> Nation:
        """What a nation takes part in: all, where the scenario does not name it."""
        return self.nations.get(nation, _IN_FULL)

    @property
    def places(self) -> dict[str, City | DefendedSite]:
        """Cities and sites by name."""
        return {**self.cities, **self.sites}

    @property
    def standing(self) -> dict[str, AnyElement]:
        """Elements that stand, as far as their nations and hosts take part, by name.

        What a nation has for warning today it has for itself where it takes no part.
        """
        return {
            name: element
            for name, element in self.architecture.elements.items()
            if self._stands(element)
        }

    def _stands(self, element: Element) -> bool:
        level, leader = element.asks_for, self.leader
        own, host = element.nation, element.host or element.nation
        owner_joins = own == leader or level == "warning" or self.part_of(own).reaches(level)
        return owner_joins and (host in (leader, own) or self.part_of(host).reaches(level))

    @property
    def changed(self) -> list[Change]:
        """Every value that differs from the library's, in the order of the files."""
        return list(self._changed)

    @property
    def epoch_utc(self) -> datetime | None:
        """The fixed epoch, or None where it is random."""
        return None if self.epoch == "random" else self.epoch

    def elements_of(self, model: type[Kind]) -> dict[str, Kind]:
        """Elements of one kind that stand, by name, in the order of the file."""
        found = self.standing.items()
        return {name: element for name, element in found if isinstance(element, model)}

    def uncertain_values(self) -> Iterator[tuple[str, Uncertain[Any]]]:
        """Every value with a range, with its path: what outer draws vary."""
        for path, item in _walk(self, ""):
            if isinstance(item, Uncertain) and not item.is_exact:
                yield path, item

    def sources(self) -> dict[str, dict[str, Any]]:
        """The documents whose values the scenario uses, by id, in alphabetical order."""
        used = {item.source for _, item in _walk(self, "") if isinstance(item, Sourced)}
        known = shipped_sources()
        return {source: known[source] for source in sorted(used - {ASSUMPTION, USER})}

    def hash(self) -> str:
        """Hash of the whole content: equal for equal scenarios, on any machine."""
        text = json.dumps(self.dump(), sort_keys=True, separators=(",", ":"))
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _walk(item: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every model below `item`, with the path that files and `--set` give it."""
    if isinstance(item, Model):
        yield path, item
        fields = type(item).model_fields.items()
        children = [(field.alias or name, getattr(item, name)) for name, field in fields]
    elif isinstance(item, Mapping):
        children = list(item.items())
    elif isinstance(item, tuple):
        children = [(str(number), child) for number, child in enumerate(item)]
    else:
        return
    for name, child in children:
        yield from _walk(child, f"{path}.{name}" if path else name)
