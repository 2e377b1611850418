"""Resolving an architecture: its base, its elements by name, its changes, what it leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from opendome.errors import BadInput
from opendome.scenario import library
from opendome.scenario.base import suggest
from opendome.scenario.kinds import all_kinds, kinds_of
from opendome.scenario.merging import Ledger, merge
from opendome.scenario.models.element import Element
from opendome.scenario.scenario import Change

_HOME = ("architecture",)
_FIELDS = ("kind", "base", "elements", "change", "without", "name", "default-raid",
           "nations", "title", "source", "figure", "year", "confidence", "basis",
           "note")  # fmt: skip
LAYERS = ("boost", "midcourse", "upper-tier", "lower-tier", "glide", "cruise")


class TypeChange(NamedTuple):
    """A change to an interceptor type, to be laid on when the types are gathered."""

    name: str
    change: Any
    file: Path
    keys: tuple[str, ...]
    by_user: bool


class Draft(NamedTuple):
    """An architecture as a plain tree, and the changes to types that it asked for."""

    tree: dict[str, Any]
    type_changes: list[TypeChange]


def resolve_architecture(
    given: Any, file: Path, keys: tuple[str, ...], ledger: Ledger, by_user: bool = True
) -> Draft:
    """An architecture from a library name or a block `{base, elements, change, without}`.

    Changes are noted in the ledger where the block is the user's own.
    """
    if isinstance(given, str):
        try:
            item = library.load(given, ("architecture",))
        except BadInput as error:
            raise BadInput(f"{ledger.where(keys)}: architecture: {error}") from None
        draft = resolve_architecture(item.tree, item.path, (), ledger, by_user=False)
        return Draft({**draft.tree, "name": item.name}, draft.type_changes)
    if not isinstance(given, Mapping):
        raise BadInput(f"{ledger.where(keys)}: architecture: allowed: a library name or a block")
    for key in given:
        if key not in _FIELDS:
            where = Ledger.at(file, (*keys, str(key)))
            raise BadInput(f"{where}: architecture.{key}: unknown; {suggest(key, list(_FIELDS))}")
    base = given.get("base")
    draft = (
        resolve_architecture(base, file, (*keys, "base"), ledger, by_user)
        if base is not None
        else Draft({"name": "own", "elements": {}}, [])
    )
    tree = {**draft.tree, "elements": dict(draft.tree["elements"])}
    ledger.record(_HOME, file, keys)
    for key in ("name", "title", "default-raid", "source", "note", "confidence", "basis"):
        if key in given:
            tree[key] = given[key]
    if base is not None and by_user and "name" not in given:
        tree["name"] = f"{draft.tree['name']}-changed"
    own_nations = _mapping(given, "nations", file, keys)
    if own_nations or "nations" in tree:
        tree["nations"] = {**tree.get("nations", {}), **own_nations}
    changes = ledger.changes if by_user else None
    for name, block in _mapping(given, "elements", file, keys).items():
        tree["elements"][name] = _element(
            str(name), block, file, (*keys, "elements", str(name)), ledger, changes
        )
    type_changes = list(draft.type_changes)
    for name, change in _mapping(given, "change", file, keys).items():
        place = (*keys, "change", str(name))
        if name in tree["elements"]:
            home = (*_HOME, "elements", str(name))
            tree["elements"][name] = merge(tree["elements"][name], change, home, changes)
            ledger.record(home, file, place)
        elif name in _interceptors_of(tree["elements"]):
            type_changes.append(TypeChange(str(name), change, file, place, by_user))
        else:
            allowed = [*tree["elements"], *_interceptors_of(tree["elements"])]
            raise BadInput(
                f"{Ledger.at(file, place)}: architecture.change.{name}: no such element; "
                f"{suggest(str(name), allowed)}"
            )
    for name in given.get("without") or ():
        try:
            leave_out(tree, str(name), changes)
        except BadInput as error:
            raise BadInput(f"{Ledger.at(file, (*keys, 'without'))}: {error}") from None
    return Draft(tree, type_changes)


def _mapping(given: Mapping[str, Any], key: str, file: Path, keys: tuple[str, ...]) -> Any:
    block = given.get(key) or {}
    if not isinstance(block, Mapping):
        where = Ledger.at(file, (*keys, key))
        raise BadInput(f"{where}: architecture.{key}: allowed: names with a block each")
    return block


def _element(
    name: str,
    block: Any,
    file: Path,
    keys: tuple[str, ...],
    ledger: Ledger,
    changes: list[Change] | None,
) -> dict[str, Any]:
    """One element: from the library by its own name or `of: NAME`, or whole with its `kind`."""
    home = (*_HOME, "elements", name)
    own = dict(block or {})
    if "kind" in own:
        ledger.record(home, file, keys)
        if changes is not None:
            changes.append(Change(".".join(home), "(not in the library)", "added"))
        return own
    source = str(own.pop("of", name))
    try:
        item = library.load(source, kinds_of(Element))
    except BadInput as error:
        raise BadInput(f"{Ledger.at(file, keys)}: {'.'.join(home)}: {error}") from None
    ledger.record(home, item.path)
    if own:
        ledger.record(home, file, keys)
    merged: dict[str, Any] = merge(item.tree, own, home, changes)
    return merged


def _interceptors_of(elements: Mapping[str, Any]) -> list[str]:
    named = (element.get("interceptor") for element in elements.values())
    return sorted({str(name) for name in named if name is not None})


def leave_out(tree: dict[str, Any], name: str, changes: list[Change] | None) -> None:
    """Take an element, a group of elements or a layer out of an architecture's tree, in place.

    A known group or layer of which nothing is there is no error, so that one option serves several
    architectures.
    """
    elements: dict[str, Any] = tree["elements"]
    gone = [key for key, element in elements.items() if name in (key, *_labels(element))]
    kinds = [model for model in all_kinds().values() if issubclass(model, Element)]
    groups = {group for model in kinds for group in (model.default_group, model.wider_group)} - {""}
    if not gone and name not in groups | set(LAYERS):
        labels = {label for element in elements.values() for label in _labels(element)} - {""}
        allowed = sorted({*elements, *labels, *groups})
        raise BadInput(f"without {name!r}: no such element or layer; {suggest(name, allowed)}")
    for key in gone:
        del elements[key]
        if changes is not None:
            changes.append(Change(f"architecture.elements.{key}", "present", "left out"))


def _labels(element: Mapping[str, Any]) -> tuple[str, ...]:
    """Groups and layer that an element can be left out by."""
    model = all_kinds().get(str(element.get("kind")))
    if model is None or not issubclass(model, Element):
        return ()
    labels = [str(element.get("group") or model.default_group), model.wider_group]
    interceptor = element.get("interceptor")
    if interceptor is not None and library.is_known(str(interceptor)):
        kind_tree = library.load(str(interceptor)).tree
        labels.append(str(kind_tree.get("layer", "boost")))
    return tuple(labels)
