"""Nations of the defence: what each takes part in, who asks whom, who commands what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import Field, StringConstraints, model_validator

from opendome.scenario.base import Model
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import Fraction, PositiveLength, PositiveNumber, Time

Participation = Literal["none", "warning", "sensors", "hosting", "full"]
LEVELS: Final[tuple[Participation, ...]] = get_args(Participation)
# ISO 3166 alpha-3.
NationCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]

_MODEST_WEIGHT: Final = {
    "low": 0.0,
    "best": 0.5,
    "high": 1.0,
    "basis": "recalled",
    "note": (
        "commanders said in 2017 that policy was not to defend Canada, the President "
        "in 2026 that the dome defends it by its nature"
    ),
}
# What follows from the word alone, where a scenario says nothing else.
_WEIGHTS: Final[Mapping[str, Any]] = {
    "none": 0.0,
    "warning": _MODEST_WEIGHT,
    "sensors": _MODEST_WEIGHT,
    "hosting": _MODEST_WEIGHT,
    "full": 1.0,
}
_ASKED: Final = {"none": "none", "warning": "none", "sensors": "notify", "hosting": "required",
                 "full": "none"}  # fmt: skip


class Consent(Model):
    """Whether others ask a nation before they fire from its soil or into its air, and its answer.

    One answer to both is given for the raid: `delay` after the first threat to anybody is judged.
    """

    asked: Literal["none", "notify", "required"] = "none"
    delay: Uncertain[Time] = Uncertain[Time].model_validate(
        {"low": "30 s", "best": "120 s", "high": "600 s"}
    )
    """Median of the time to the answer; assumption."""
    spread: PositiveNumber = 0.5
    """Standard deviation of the logarithm of that time; assumption."""
    refusal: Uncertain[Fraction] = Uncertain[Fraction].model_validate(
        {"low": 0.0, "best": 0.05, "high": 0.25}
    )
    """Probability that the answer is no; assumption."""
    airspace: Literal["none", "notify", "required"] = "none"
    """Whether others ask before they meet threats over its territory, below `ceiling`; `asked` is
    for shots from its soil."""
    ceiling: Uncertain[PositiveLength] = Uncertain[PositiveLength].model_validate(
        {"low": "80 km", "best": "100 km", "high": "110 km"}
    )
    """Height from which on nobody is asked, as space is no one's; assumption (Karman line)."""


class Nation(Model):
    """A nation's part in the defence.

    The first nation of a scenario leads: its command plans for all that take part.
    """

    participation: Participation = "full"
    """Whose elements serve: none, warning only, sensors, hosted interceptors, joint authority."""
    weight: Uncertain[Fraction]
    """Worth of its people to the common defence, against those of the nation that leads."""
    consent: Consent = Field(default_factory=Consent)
    """Answer to those who fire from its soil, or meet threats over its territory."""

    @model_validator(mode="before")
    @classmethod
    def _follow_the_word(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        filled = dict(given)
        level = str(filled.get("participation", "full"))
        filled.setdefault("weight", _WEIGHTS.get(level, 1.0))
        consent = filled.get("consent", {})
        if isinstance(consent, Mapping):
            filled["consent"] = {"asked": _ASKED.get(level, "none"), **consent}
        return filled

    def reaches(self, level: Participation) -> bool:
        """Whether it takes part at least so far."""
        return LEVELS.index(self.participation) >= LEVELS.index(level)


class Link(Model):
    """What reports and orders pass on their way."""

    latency: Uncertain[Time] = Uncertain[Time].model_validate({"best": "0 s"})
    loss: Uncertain[Fraction] = Uncertain[Fraction].model_validate({"best": 0.0})
    """Probability that a report, or the order of one shot, is lost."""


class CommandNode(Model):
    """A headquarters: the elements that report to it and that it commands."""

    nation: NationCode
    superior: str | None = None
    """The node that plans for it while the link between them stands; none: it is the highest."""
    elements: tuple[str, ...] = ()
    """Names or groups of elements."""
    alone: Literal["fight", "hold"] = "hold"
    """Whether its interceptors may be fired when no superior can be reached."""
    link: Link = Field(default_factory=Link)
    """Its link to its superior, both ways."""


class CommandNetwork(Model):
    """Who commands what.

    Elements that no node names belong to the highest node of the nation that leads, or of their own
    nation where that takes no part.
    """

    nodes: dict[str, CommandNode] = Field(default_factory=dict)
    links: dict[str, Link] = Field(default_factory=dict)
    """Links of elements or groups to their nodes, by name, where they are not perfect."""

    @model_validator(mode="after")
    def _is_a_tree(self) -> CommandNetwork:
        for name, node in self.nodes.items():
            seen = [name]
            superior = node.superior
            while superior is not None:
                if superior not in self.nodes:
                    known = ", ".join(self.nodes)
                    raise ValueError(f"nodes.{seen[-1]}.superior: no node {superior}; "
                                     f"allowed: {known}")  # fmt: skip
                if superior in seen:
                    loop = " under ".join([*seen, superior])
                    raise ValueError(f"nodes.{name}.superior: authority in a loop: {loop}; "
                                     "allowed: a tree")  # fmt: skip
                seen.append(superior)
                superior = self.nodes[superior].superior
        owners: dict[str, str] = {}
        for name, node in self.nodes.items():
            for element in node.elements:
                if owners.setdefault(element, name) != name:
                    raise ValueError(
                        f"nodes.{name}.elements: {element} belongs to {owners[element]} already; "
                        "allowed: one node each"
                    )
        return self


class ScriptedEvent(Model):
    """Something that happens to the defence at a time, whatever the raid does."""

    time: Time
    """After the scenario's zero, which is the first nominal launch."""
    cut: str = ""
    """Node that nobody reaches from now on, or element or group whose link is cut."""
    restore: str = ""
    """The same, joined again."""
    lose: str = ""
    """Element or group that is destroyed."""
    share: Fraction = 1.0
    """Part of it that is lost, drawn one by one: rounds, satellites, radars."""

    @model_validator(mode="after")
    def _one_thing(self) -> ScriptedEvent:
        given = [name for name in ("cut", "restore", "lose") if getattr(self, name)]
        if len(given) != 1:
            raise ValueError(
                f"given {' and '.join(given) or 'none'}; allowed: one of cut, restore, lose"
            )
        if self.share < 1.0 and not self.lose:
            raise ValueError("share: allowed with lose alone")
        return self

    @property
    def target(self) -> str:
        """What it happens to."""
        return self.cut or self.restore or self.lose
