"""What a campaign repeats: a scenario, compiled once for each draw of its assumptions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from opendome.physics.earth_orientation import ut1_minus_utc_s
from opendome.tables.record import Record

if TYPE_CHECKING:
    from opendome.scenario.scenario import Scenario
    from opendome.stage_clock import StageClock
    from opendome.world import World

_ELEMENTS: Final = ("architecture", "elements")  # left out of an element's path
_UNIX_EPOCH_JD: Final = 2440587.5

Replicate = Callable[[int], Record]


class Source(Protocol):
    """Something with replications. Must be picklable: workers get a copy of it."""

    @property
    def name(self) -> str:
        """Name of the scenario."""

    @property
    def fingerprint(self) -> str:
        """Hash of all that decides the results, besides seed and version of the program."""

    def prepare(self, outer: int, clock: StageClock) -> Replicate:
        """Make ready for one draw of the assumptions; returns replication number -> record.

        The clock is told how long the stages of each replication take.
        """

    def describe(self) -> dict[str, Any]:
        """Entries for the manifest: at least `scenario`, `changed`, `sources`."""


class ScenarioSource(NamedTuple):
    """A scenario with its world at best values, which workers get ready made."""

    scenario: Scenario
    world: World
    seed: int

    @staticmethod
    def compile(scenario: Scenario, seed: int) -> ScenarioSource:
        """Compile the world at best values. Raises `BadInput` where the scenario cannot be."""
        from opendome.world import compile_world

        return ScenarioSource(scenario, compile_world(scenario, outer=0, seed=seed), seed)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled with the scenario as a file would write it: pydantic's generics do not pickle."""
        return _rebuild_source, (self.scenario.dump(), self.world, self.seed)

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return self.scenario.name

    @property
    def fingerprint(self) -> str:
        """The scenario's hash."""
        return self.scenario.hash()

    def prepare(self, outer: int, clock: StageClock) -> Replicate:
        """The engine on the world of draw `outer`."""
        from opendome.engine import run_replication
        from opendome.world import compile_world

        if outer == 0:
            world = self.world
        else:
            world = compile_world(self.scenario, outer=outer, seed=self.seed)
        return partial(run_replication, world, self.seed, outer=outer, clock=clock)

    def describe(self) -> dict[str, Any]:
        """Scenario as compiled, what was changed in it, its sources, boost budget, Earth's turn."""
        content = self.scenario.dump()
        return {
            "scenario": content,
            "changed": [
                {"path": change.path, "library": change.library, "value": change.new}
                for change in self.scenario.changed
            ],
            "sources": list_sources(content, self.scenario.sources()),
            "boost_budget": self.world.boost_budget,
            "ut1": describe_earth_turn(self.scenario.epoch_utc),
        }


def _rebuild_source(content: dict[str, Any], world: World, seed: int) -> ScenarioSource:
    from opendome.scenario.scenario import Scenario

    return ScenarioSource(Scenario.model_validate(content), world, seed)


def describe_earth_turn(epoch_utc: datetime | None) -> str:
    """In words, the UT1-UTC that turns the Earth: of a fixed epoch, or of epochs drawn (None)."""
    if epoch_utc is None:
        return "UT1-UTC from the shipped table at the drawn epoch, 0 where the table ends"
    day = _UNIX_EPOCH_JD + epoch_utc.timestamp() / 86400.0
    offset_s = ut1_minus_utc_s(day)
    if offset_s == 0.0:
        return "UT1-UTC taken as 0: the epoch is outside the shipped table"
    return f"UT1-UTC {offset_s:+.4f} s from the shipped table"


def list_sources(content: Any, documents: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Every value of a dumped scenario that states where it comes from, with that document.

    Parameters
    ----------
    content : mapping
        The scenario as a file would write it.
    documents : mapping
        Title, year and address by id of the source.

    Returns
    -------
    list of dict
        `element`, `field`, `value`, `low`, `high`, `source`, `title`, `year`, `confidence`, `url`,
        in the order of the scenario. A block that names a source for all its values has `value`
        None.
    """
    rows: list[dict[str, Any]] = []
    _collect_sources(content, (), documents, rows)
    return rows


def _collect_sources(
    item: Any,
    path: tuple[str, ...],
    documents: dict[str, dict[str, Any]],
    rows: list[dict[str, Any]],
) -> None:
    if isinstance(item, dict):
        if isinstance(item.get("source"), str):
            document = documents.get(item["source"], {})
            place = path[len(_ELEMENTS) :] if path[: len(_ELEMENTS)] == _ELEMENTS else path
            rows.append(
                {
                    "element": ".".join(place[:-1] if "best" in item else place),
                    "field": place[-1] if place and "best" in item else "",
                    "value": item.get("best"),
                    "low": item.get("low"),
                    "high": item.get("high"),
                    "source": item["source"],
                    "title": document.get("title", ""),
                    "year": item.get("year") or document.get("year"),
                    "confidence": item.get("confidence", ""),
                    "url": document.get("url", ""),
                }
            )
        for name, child in item.items():
            _collect_sources(child, (*path, str(name)), documents, rows)
    elif isinstance(item, list):
        for i_child, child in enumerate(item):
            _collect_sources(child, (*path, str(i_child)), documents, rows)
