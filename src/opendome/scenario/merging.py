"""Laying changes over a tree of plain mappings, and remembering where every part came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

from opendome.errors import BadInput
from opendome.scenario.base import USER
from opendome.scenario.scenario import Change
from opendome.scenario.yaml_files import find_line

# A change that names another of these is another thing, not the same thing with other values.
_IDENTITY = ("kind", "type")


class Origin(NamedTuple):
    """Part of the scenario's tree and the part of a file, or of the command line, it is from."""

    place: tuple[str, ...]
    file: Path | None
    keys: tuple[str, ...] = ()
    label: str = ""


class Ledger:
    """Where every part of a tree came from, and which library values were changed."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self.origins: list[Origin] = []
        self.changes: list[Change] = []

    def record(
        self, place: tuple[str, ...], file: Path | None, keys: tuple[str, ...] = (), label: str = ""
    ) -> None:
        """Note that the part at `place` was laid down from there, over whatever was known."""
        self.origins.append(Origin(place, file, keys, label))

    @staticmethod
    def at(file: Path, keys: Sequence[str]) -> str:
        """`file:line` of a value that has not been laid down anywhere yet."""
        return f"{file}:{find_line(file, keys)[0]}"

    def where(self, place: Sequence[str]) -> str:
        """`file:line` of a value, or the option that gave it: the last of the best matches."""
        best, depth = "", -1
        for origin in reversed(self.origins):
            n_shared = len(origin.place)
            if origin.file is None:
                # An option is also to blame for what its value breaks around it.
                n_shared = min(n_shared, len(place))
                if n_shared > depth and tuple(place[:n_shared]) == origin.place[:n_shared]:
                    best, depth = origin.label, n_shared
                continue
            if tuple(place[:n_shared]) != origin.place:
                continue
            keys = (*origin.keys, *place[n_shared:])
            line, n_found = find_line(origin.file, keys)
            if n_found - len(origin.keys) + n_shared > depth:
                best = f"{origin.file}:{line}"
                depth = n_found - len(origin.keys) + n_shared
        return best or "scenario"


def merge(base: Any, change: Any, place: tuple[str, ...], changes: list[Change] | None) -> Any:
    """`base` with `change` laid over it: mappings are joined, all else is replaced.

    A bare value laid over a sourced value (a mapping with `best`) replaces it whole; a mapping
    laid over one keeps what it does not name, but not its source. With `changes` given, every
    value that differs is noted there.
    """
    if isinstance(base, Mapping) and isinstance(change, Mapping) and _same_thing(base, change):
        joined = dict(base)
        if "best" in base:
            for key in ("source", "figure", "year", "confidence", "basis", "note"):
                joined.pop(key, None)
            joined["source"] = USER
        for key, value in change.items():
            joined[key] = merge(base.get(key), value, (*place, str(key)), changes)
        return joined
    if isinstance(base, Mapping) and "best" in base and not isinstance(change, Mapping):
        note_change(base, change, place, changes)
        return {"best": change, "source": USER}
    note_change(base, change, place, changes)
    return deepcopy(change)


def _same_thing(base: Mapping[str, Any], change: Mapping[str, Any]) -> bool:
    return all(key not in change or base.get(key) == change[key] for key in _IDENTITY)


def note_change(
    base: Any, change: Any, place: tuple[str, ...], changes: list[Change] | None
) -> None:
    """Note a value that is not the library's."""
    if changes is not None and base != change:
        old = "(none stated)" if base is None else describe(base)
        changes.append(Change(".".join(place), old, describe(change)))


def describe(value: Any) -> str:
    """A value of a tree on one line."""
    if isinstance(value, Mapping):
        if "best" in value:
            low, high = value.get("low", value["best"]), value.get("high", value["best"])
            spread = f" ({low} to {high})" if low != high else ""
            return f"{value['best']}{spread}"
        return "{" + ", ".join(f"{key}: {describe(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(describe(item) for item in value) + "]"
    return str(value)


def set_value(
    tree: dict[str, Any], place: tuple[str, ...], value: Any, changes: list[Change]
) -> None:
    """Set one value deep in a tree, in place, as `--set` does; mappings on the way are made."""
    node: Any = tree
    for number, key in enumerate(place[:-1]):
        if isinstance(node, list):
            node = node[_row(node, key, place[: number + 1])]
        else:
            if not isinstance(node.get(key), (Mapping, list)):
                # A bare value with a range set on it becomes a mapping around it.
                node[key] = {} if node.get(key) is None else {"best": node[key]}
            node = node[key]
    last = place[-1]
    if isinstance(node, list):
        row = _row(node, last, place)
        node[row] = merge(node[row], value, place, changes)
    else:
        node[last] = merge(node.get(last), value, place, changes)
        if "best" in node and last in ("low", "best", "high"):
            node["source"] = USER
            for key in ("figure", "confidence", "basis", "note"):
                node.pop(key, None)


def mark_as_changed(tree: dict[str, Any], keys: Sequence[str]) -> None:
    """Give the user as source of a plain value that no longer is its source's, in place."""
    node: Any = tree
    item, inner = None, 0
    for number, key in enumerate(keys):
        if isinstance(node, list):
            node = node[int(key)] if key.isdecimal() and int(key) < len(node) else None
        else:
            node = node.get(key) if isinstance(node, Mapping) else None
        if isinstance(node, dict) and "best" in node:
            return
        if isinstance(node, dict) and "kind" in node:
            item, inner = node, number + 1
    if item is not None and node is not None and keys[inner:]:
        changed = {".".join(keys[inner:]): {"source": USER}}
        item["sources"] = {**(item.get("sources") or {}), **changed}


def _row(node: list[Any], key: str, place: tuple[str, ...]) -> int:
    if not key.isdecimal() or int(key) >= len(node):
        raise BadInput(
            f"{'.'.join(place)}: allowed: a row from 0 to {len(node) - 1}; given {key!r}"
        )
    return int(key)
