"""Library items as rows of values with their sources, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, get_args

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from opendome.errors import BadInput
from opendome.scenario import library
from opendome.scenario.architectures import resolve_architecture
from opendome.scenario.base import ASSUMPTION, Model, Sourced, suggest
from opendome.scenario.kinds import all_kinds
from opendome.scenario.merging import Ledger, describe
from opendome.scenario.models.element import LibraryItem, SourcedItem
from opendome.scenario.models.places import City, DefendedSite
from opendome.scenario.raids import resolve_raid
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import Quantity, format_quantity

CITY = "city"
SITE = "site"
ARCHITECTURE = "architecture"
# What every block carries; it is shown beside the values, not among them.
_PROVENANCE = frozenset(LibraryItem.model_fields) | {"kind"}


_MODEL_DEFAULT = Sourced(note="default of the model")


class Row(NamedTuple):
    """One value of an item, SI where it is a number."""

    path: str
    best: Any
    low: Any
    high: Any
    unit: str
    shown: str
    """The best value as people read it."""
    shown_range: str
    """Low and high as people read them, or nothing where the value is exact."""
    source: str
    confidence: str
    note: str


class Listing(NamedTuple):
    """A library item and all its values."""

    name: str
    kind: str
    title: str
    source: str
    confidence: str
    note: str
    rows: list[Row]


def list_library(kind: str | None = None) -> list[tuple[str, str, str]]:
    """Name, kind and title of every item, aliases included, or of those of one kind.

    Raises `BadInput` for an unknown kind.
    """
    # Architectures are declared beside the scenario, which is what first knows all element kinds.
    kinds = [*all_kinds(), ARCHITECTURE, "alias", CITY, SITE]
    if kind is not None and kind not in kinds:
        raise BadInput(f"no kind {kind!r}; {suggest(kind, kinds)}")
    found = []
    for name in library.names():
        if kind in (None, library.kind_of(name)):
            item = library.load(name)
            title = str(item.tree.get("title", ""))
            alias = library.kind_of(name) == "alias"
            found.append((name, library.kind_of(name), f"= {item.name}" if alias else title))
    if kind == CITY:
        for nation in library.city_files():
            found += [(name, CITY, nation) for name in library.cities(nation)]
    if kind == SITE:
        for nation in library.site_files():
            found += [(name, SITE, nation) for name in library.sites(nation)]
    return found


def list_values(name: str) -> Listing:
    """Every value of a library item with its source.

    Raises `BadInput` for a name that the library does not hold.
    """
    for nation in library.city_files():
        if name in library.cities(nation):
            return _listing(name, CITY, City.model_validate(library.cities(nation)[name]))
    for nation in library.site_files():
        if name in library.sites(nation):
            return _listing(name, SITE, DefendedSite.model_validate(library.sites(nation)[name]))
    item = library.load(name)
    kind = str(item.tree["kind"])
    if kind == "architecture":
        return _list_architecture(item)
    tree: Mapping[str, Any] = item.tree
    if kind == "raid":
        tree = resolve_raid(item.name, item.path, (), Ledger())
    try:
        model = all_kinds()[kind].model_validate(tree)
    except ValidationError as error:
        raise BadInput(f"{item.path}: {error.errors()[0]['msg']}") from None
    return _listing(item.name, kind, model)


def _listing(name: str, kind: str, model: Sourced) -> Listing:
    title = model.title if isinstance(model, LibraryItem) else name
    rows = list(_walk(model, "", "", model))
    return Listing(name, kind, title, model.source, model.confidence, model.note, rows)


def _list_architecture(item: library.Item) -> Listing:
    tree = resolve_architecture(item.name, item.path, (), Ledger()).tree
    rows = []
    for name, element in tree["elements"].items():
        model = all_kinds()[element["kind"]].model_validate(element)
        rows.append(
            Row(f"elements.{name}", model.title, None, None, "", model.title, "",
                model.source, model.confidence, model.note)
        )  # fmt: skip
    source, confidence = tree.get("source", ASSUMPTION), tree.get("confidence", "low")
    title, note = str(tree.get("title", "")), str(tree.get("note", ""))
    return Listing(item.name, "architecture", title, str(source), str(confidence), note, rows)


def _walk(
    node: Any, path: str, inner: str, owner: Sourced, mark: Quantity | None = None
) -> Iterator[Row]:
    """Rows of all values below a node; `inner` is its path within the block that is its source."""
    if isinstance(node, Uncertain):
        yield _uncertain_row(node, path)
    elif isinstance(node, Model):
        if isinstance(node, Sourced):
            owner, inner = node, ""
        for name, field in type(node).model_fields.items():
            value = getattr(node, name)
            if name in _PROVENANCE or value in (None, ""):
                continue
            key = field.alias or name
            stated = owner if name in node.model_fields_set else _MODEL_DEFAULT
            yield from _walk(value, _join(path, key), _join(inner, key), stated, _mark(field))
    elif isinstance(node, Mapping):
        for key, value in node.items():
            yield from _walk(value, _join(path, key), _join(inner, key), owner)
    elif isinstance(node, tuple) and any(isinstance(child, Model) for child in node):
        for number, value in enumerate(node):
            yield from _walk(value, _join(path, str(number)), _join(inner, str(number)), owner)
    else:
        yield _plain_row(node, path, inner, owner, mark)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _plain_row(node: Any, path: str, inner: str, owner: Sourced, mark: Quantity | None) -> Row:
    found = owner.provenance(inner) if isinstance(owner, SourcedItem) else owner
    value = list(node) if isinstance(node, tuple) else node
    numbers = value if isinstance(value, list) else [value]
    if mark is not None and all(isinstance(number, float) for number in numbers):
        shown = ", ".join(format_quantity(number, mark.dimension) for number in numbers)
    else:
        shown, mark = describe(value), None
    unit = mark.dimension.si_unit if mark else ""
    # The note of the whole item is shown once, above its values.
    note = "" if found is owner else found.note
    return Row(path, value, value, value, unit, shown, "", found.source, found.confidence, note)


def _uncertain_row(value: Uncertain[Any], path: str) -> Row:
    mark = _mark(type(value).model_fields["best"])
    unit = mark.dimension.si_unit if mark else ""

    def shown(number: float) -> str:
        return format_quantity(number, mark.dimension) if mark else f"{number:g}"

    spread = "" if value.is_exact else f"{shown(value.low)} to {shown(value.high)}"
    return Row(path, value.best, value.low, value.high, unit, shown(value.best), spread,
               value.source, value.confidence, value.note)  # fmt: skip


def _mark(field: FieldInfo) -> Quantity | None:
    """What a field is measured in, looking into tuples."""
    inner = [mark for kind in get_args(field.annotation) for mark in get_args(kind)[1:]]
    marks = (mark for mark in (*field.metadata, *inner) if isinstance(mark, Quantity))
    return next(marks, None)
