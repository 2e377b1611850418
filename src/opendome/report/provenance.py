"""Where a campaign's values come from, gathered for reading: by element, and by document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

ASSUMPTION: Final = "assumption"

# Parts of a scenario whose second name, not the first, is the element that people speak of.
_NAMED_BELOW: Final = ("interceptors", "missiles", "launch-areas")


class SourcedValue(NamedTuple):
    """One value, or several blocks without a value of their own that share a source."""

    fields: tuple[str, ...]
    value: Any
    low: Any
    high: Any
    source: str
    title: str
    year: int | None
    url: str
    confidence: str


class SourcedElement(NamedTuple):
    """An element of the scenario with its sourced values, in the order of the scenario."""

    name: str
    values: list[SourcedValue]


class Document(NamedTuple):
    """A source with the number of values and blocks that rest on it."""

    source: str
    title: str
    year: int | None
    url: str
    n_uses: int


def group_sources(sources: Sequence[Mapping[str, Any]]) -> list[SourcedElement]:
    """The manifest's sources by element; blocks without a value are joined where sources agree."""
    groups: dict[str, list[SourcedValue]] = {}
    for row in sources:
        element, rest = _split(str(row["element"]))
        field = ".".join(part for part in (rest, str(row["field"] or "")) if part)
        new = SourcedValue(
            (field,) if field else (),
            row["value"],
            row["low"],
            row["high"],
            row["source"],
            row["title"] or "",
            row["year"],
            row["url"] or "",
            row["confidence"] or "",
        )
        values = groups.setdefault(element, [])
        joined = _find_like(values, new)
        if joined is None:
            values.append(new)
        else:
            values[joined] = values[joined]._replace(fields=values[joined].fields + new.fields)
    return [SourcedElement(name, values) for name, values in groups.items()]


def list_documents(sources: Sequence[Mapping[str, Any]]) -> list[Document]:
    """Every source once, the most used first."""
    found: dict[str, Document] = {}
    for row in sources:
        name = str(row["source"])
        known = found.get(
            name, Document(name, row["title"] or "", row["year"], row["url"] or "", 0)
        )
        found[name] = known._replace(n_uses=known.n_uses + 1)
    if ASSUMPTION in found:  # no document, so neither a title nor a year of its own
        found[ASSUMPTION] = found[ASSUMPTION]._replace(title="", year=None, url="")
    return sorted(found.values(), key=lambda document: -document.n_uses)


def _split(path: str) -> tuple[str, str]:
    """The element's name, and the rest of the path below it."""
    parts = path.removeprefix("architecture.elements.").split(".")
    if parts[0] in _NAMED_BELOW and len(parts) > 1:
        parts = parts[1:]
    return parts[0], ".".join(parts[1:])


def _find_like(values: Sequence[SourcedValue], new: SourcedValue) -> int | None:
    if new.value is not None:
        return None
    for i, old in enumerate(values):
        if old[1:] == new[1:]:
            return i
    return None
