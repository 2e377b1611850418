"""From a scenario file, or a library name, to a validated `Scenario`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from opendome.errors import BadInput
from opendome.scenario import library
from opendome.scenario.architectures import leave_out, resolve_architecture
from opendome.scenario.base import suggest
from opendome.scenario.merging import (
    Ledger,
    describe,
    mark_as_changed,
    merge,
    note_change,
    set_value,
)
from opendome.scenario.messages import explain
from opendome.scenario.raids import resolve_raid
from opendome.scenario.references import gather_references
from opendome.scenario.scenario import Scenario
from opendome.scenario.yaml_files import parse_value, read_yaml

FORMAT = 1
_TOP = ("format", "name", "title", "epoch", "nations", "architecture", "raid", "defended",
        "beliefs", "doctrine", "simulation", "interceptors", "missiles", "launch-areas",
        "cities", "sites", "areas", "command", "events")  # fmt: skip
_TABLES = ("interceptors", "missiles", "launch-areas", "cities", "sites")
_BLOCKS = (*_TABLES, "nations", "areas", "command")
_NATIONS = {"USA": {}, "CAN": {"participation": "warning"}}
_DEFENDED = {"USA": "cities-100k", "CAN": "cities-100k"}
_DEFAULTS = {"beliefs": "public-classes", "doctrine": "standard", "simulation": "usual"}


def load_scenario(
    path_or_name: str | Path,
    raid: str | None = None,
    sets: Sequence[str] = (),
    without: Sequence[str] = (),
) -> Scenario:
    """A scenario with every name resolved and every value checked.

    Parameters
    ----------
    path_or_name : str or Path
        A scenario file, or the library name of an architecture, which then gets its default raid.
    raid : str, optional
        Library name of a raid that replaces the scenario's.
    sets : sequence of str
        Changes `PATH=VALUE`: the path's keys joined by dots, from a top key, an element or a type.
    without : sequence of str
        Elements, groups of elements or layers to leave out.

    Returns
    -------
    Scenario
        Frozen; `changed` lists what differs from the library.

    Raises
    ------
    BadInput
        One line with file, line, field, what was given and what is allowed.
    """
    ledger = Ledger()
    top, file = _read_top(path_or_name)
    ledger.record((), file)
    _check_top(top, ledger)
    if raid is not None:
        ledger.record(("raid",), None, label="--raid")
        top["raid"] = raid
    options = [_split_option(option) for option in sets]
    for (*_, key), value, label in (option for option in options if len(option[0]) == 1):
        top[key] = value
        ledger.record((key,), None, label=label)
    _check_blocks(top, ledger)

    draft = resolve_architecture(top.get("architecture"), file, ("architecture",), ledger)
    tree: dict[str, Any] = {
        "format": FORMAT,
        "name": top.get("name", draft.tree["name"]),
        "title": top.get("title", ""),
        "epoch": top.get("epoch", "random"),
        "nations": _join_nations(draft.tree.get("nations", {}), top),
        "architecture": draft.tree,
        "raid": resolve_raid(
            top.get("raid", draft.tree.get("default-raid")), file, ("raid",), ledger
        ),
        "defended": deepcopy(top.get("defended", _DEFENDED)),
    }
    tree |= {key: deepcopy(top[key]) for key in ("areas", "command", "events") if key in top}
    _note_own_blocks(top, tree, draft.tree, ledger)
    for key, base in _DEFAULTS.items():
        tree[key] = _with_default(key, base, top.get(key), file, ledger)
    for name in without:
        try:
            leave_out(draft.tree, name, ledger.changes)
        except BadInput as error:
            raise BadInput(f"--{error}") from None
    later = [option for option in options if not _apply_set(tree, option, ledger)]
    gather_references(tree, top, file, draft.type_changes, ledger)
    for option in later:
        if not _apply_set(tree, option, ledger):
            path, _, label = option
            allowed = [*tree, *tree["architecture"]["elements"], *_type_names(tree)]
            raise BadInput(f"{label}: no such path; {suggest(path[0], allowed)}")
    return _validate(tree, ledger)


def _read_top(path_or_name: str | Path) -> tuple[dict[str, Any], Path]:
    """The top block of a scenario file, or one made for a library architecture, and its file."""
    path = Path(path_or_name)
    name = str(path_or_name)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        return read_yaml(path), path
    if not library.is_known(name):
        allowed = library.names(("architecture", "alias"))
        raise BadInput(f"{name!r} is neither a scenario file nor in the library; "
                       f"{suggest(name, allowed)}")  # fmt: skip
    item = library.load(name, ("architecture",))
    return {"format": FORMAT, "name": item.name, "architecture": item.name}, item.path


def _check_top(top: Mapping[str, Any], ledger: Ledger) -> None:
    for key in top:
        if key not in _TOP:
            raise BadInput(f"{ledger.where((str(key),))}: {key}: unknown field; "
                           f"{suggest(str(key), list(_TOP))}")  # fmt: skip
    if top.get("format") != FORMAT:
        raise BadInput(f"{ledger.where(('format',))}: format: given {top.get('format')!r}; "
                       f"allowed: {FORMAT}")  # fmt: skip
    if "architecture" not in top:
        raise BadInput(f"{ledger.where(())}: architecture is missing; allowed: a library name "
                       "or a block")  # fmt: skip


def _check_blocks(top: Mapping[str, Any], ledger: Ledger) -> None:
    """Refuse what is no block where only blocks are read, before anything is joined."""
    for key in top:
        if key not in (*_BLOCKS, *_DEFAULTS) or top[key] is None:
            continue
        block, named = top[key], "a block of keys and values"
        if isinstance(block, str) and key in _DEFAULTS:
            continue
        if not isinstance(block, Mapping):
            named = f"a library name or {named}" if key in _DEFAULTS else named
            raise BadInput(f"{ledger.where((key,))}: {key}: allowed: {named}; "
                           f"given {describe(block)!r}")  # fmt: skip
        for name, item in block.items() if key in _TABLES else ():
            if not isinstance(item, Mapping | None):
                raise BadInput(f"{ledger.where((key, str(name)))}: {key}.{name}: allowed: {named}; "
                               f"given {describe(item)!r}")  # fmt: skip


def _note_own_blocks(
    top: Mapping[str, Any], tree: Mapping[str, Any], of_architecture: Mapping[str, Any],
    ledger: Ledger,
) -> None:  # fmt: skip
    """Note what a scenario says of nations, command, areas and events beside its architecture."""
    if top.get("nations") is not None:
        before = {**_NATIONS, **of_architecture.get("nations", {})}
        merge(before, tree["nations"], ("nations",), ledger.changes)
    for key, usual in (("command", {}), ("areas", {}), ("defended", _DEFENDED)):
        if isinstance(top.get(key), Mapping):
            merge(usual, top[key], (key,), ledger.changes)
    if isinstance(top.get("events"), list):
        for number, event in enumerate(top["events"]):
            note_change(None, event, ("events", str(number)), ledger.changes)


def _join_nations(of_architecture: Mapping[str, Any], top: Mapping[str, Any]) -> dict[str, Any]:
    """The part of each nation: the scenario's word, else the architecture's, else the usual one."""
    given = top.get("nations")
    nations = {**_NATIONS, **deepcopy(dict(of_architecture))} if given is None else {}
    return nations | deepcopy(dict(given or {}))


_Option = tuple[tuple[str, ...], Any, str]


def _split_option(option: str) -> _Option:
    """`PATH=VALUE` as keys, value and the words that name it in messages."""
    path, equals, value = option.partition("=")
    keys = tuple(path.strip().split("."))
    if not equals or not all(keys):
        raise BadInput(f"--set {option}: allowed: PATH=VALUE")
    return keys, parse_value(value), f"--set {option}"


def _apply_set(tree: dict[str, Any], option: _Option, ledger: Ledger) -> bool:
    """Lay one `--set` on the tree; False where its root is not there (yet)."""
    path, value, label = option
    elements = tree["architecture"]["elements"]
    if len(path) == 1:
        return path[0] in _TOP
    if path[0] == "architecture" and path[1] in elements:
        path = ("architecture", "elements", *path[1:])
    elif path[0] in elements:
        path = ("architecture", "elements", *path)
    else:
        path = next(((table, *path) for table in _TABLES if path[0] in tree.get(table, {})), path)
    if path[0] not in tree:
        return False
    if path[0] in _TABLES and path[1] not in tree[path[0]]:
        raise BadInput(f"{label}: no such name; {suggest(path[1], list(tree[path[0]]))}")
    if path[:2] == ("architecture", "elements") and path[2:3] and path[2] not in elements:
        raise BadInput(f"{label}: no such element; {suggest(path[2], list(elements))}")
    try:
        set_value(tree, path, value, ledger.changes)
    except BadInput as error:
        raise BadInput(f"{label}: {error}") from None
    ledger.record(path, None, label=label)
    return True


def _type_names(tree: Mapping[str, Any]) -> list[str]:
    return [name for table in _TABLES[:3] for name in tree.get(table, {})]


def _with_default(key: str, base: str, given: Any, file: Path, ledger: Ledger) -> dict[str, Any]:
    """A block laid over the library's default, or over the item that it names as its base."""
    own: dict[str, Any] = {"base": given} if isinstance(given, str) else dict(given or {})
    name = str(own.pop("base", base))
    try:
        item = library.load(name, (key,))
    except BadInput as error:
        raise BadInput(f"{ledger.where((key,))}: {key}: {error}") from None
    ledger.record((key,), item.path)
    if own:
        ledger.record((key,), file, (key,))
    for field in ("salvo", "looks"):
        named = own.get(field)
        if isinstance(named, Mapping):
            own[field] = {library.proper_name(name): shots for name, shots in named.items()}
    merged: dict[str, Any] = merge(item.tree, own, (key,), ledger.changes)
    return merged


def _validate(tree: dict[str, Any], ledger: Ledger) -> Scenario:
    for change in ledger.changes:
        mark_as_changed(tree, change.path.split("."))
    try:
        scenario = Scenario.model_validate(tree)
    except ValidationError as error:
        raise BadInput(explain(error, tree, ledger)) from None
    scenario._changed = tuple(ledger.changes)
    return scenario
