"""What the names in a scenario stand for: interceptors, missiles, launch areas, places."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from opendome.errors import BadInput
from opendome.scenario import library
from opendome.scenario.architectures import TypeChange
from opendome.scenario.base import suggest
from opendome.scenario.kinds import kinds_of
from opendome.scenario.merging import Ledger, merge
from opendome.scenario.models.element import InterceptorType, ThreatType
from opendome.scenario.models.places import SITE_SORTS

_SELECTION = re.compile(r"cities-(\d+)k$")


def gather_references(
    tree: dict[str, Any],
    top: Mapping[str, Any],
    file: Path,
    type_changes: Sequence[TypeChange],
    ledger: Ledger,
) -> None:
    """Bring in, in place, every interceptor, missile, launch area and place that is named."""
    elements = tree["architecture"]["elements"]
    wanted: dict[str, tuple[tuple[str, ...], dict[str, tuple[str, ...]]]] = {
        "interceptors": (
            kinds_of(InterceptorType),
            {
                str(element["interceptor"]): ("architecture", "elements", name, "interceptor")
                for name, element in elements.items()
                if isinstance(element, Mapping) and "interceptor" in element
            },
        ),
        "missiles": (kinds_of(ThreatType), _named_by_salvos(tree, ("missile",))),
        "launch-areas": (("launch-area",), _named_by_salvos(tree, ("launch", "area"))),
    }
    for table, (kinds, names) in wanted.items():
        own = top.get(table) or {}
        tree[table] = {
            name: _table_item(table, name, own.get(name), kinds, place, file, ledger)
            for name, place in names.items()
        }
        unused = [name for name in own if name not in names]
        if unused:
            raise BadInput(f"{ledger.where((table, unused[0]))}: {table}.{unused[0]}: nothing in "
                           f"the scenario names it; {suggest(unused[0], list(names))}")  # fmt: skip
    for change in type_changes:
        place = ("interceptors", change.name)
        if change.name in tree["interceptors"]:
            changes = ledger.changes if change.by_user else None
            held = tree["interceptors"][change.name]
            tree["interceptors"][change.name] = merge(held, change.change, place, changes)
            ledger.record(place, change.file, change.keys)
    _check_names(tree, "salvo", ledger)
    _check_names(tree, "looks", ledger)
    _gather_places(tree, top, file, ledger)


def _named_by_salvos(tree: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Names that the salvos hold under `keys`, each with its place."""
    found: dict[str, tuple[str, ...]] = {}
    for number, salvo in enumerate(tree["raid"].get("salvos") or ()):
        node: Any = salvo
        for key in keys:
            node = node.get(key) if isinstance(node, Mapping) else None
        if isinstance(node, str):
            found.setdefault(node, ("raid", "salvos", str(number), *keys))
    return found


def _table_item(
    table: str,
    name: str,
    own: Any,
    kinds: tuple[str, ...],
    named_at: tuple[str, ...],
    file: Path,
    ledger: Ledger,
) -> Any:
    """A type from the library with the scenario's changes, or the scenario's own."""
    place = (table, name)
    block = dict(own or {})
    if "kind" in block:
        ledger.record(place, file, place)
        return block
    try:
        item = library.load(str(block.pop("base", name)), kinds)
    except BadInput as error:
        raise BadInput(f"{ledger.where(named_at)}: {'.'.join(named_at)}: {error}") from None
    ledger.record(place, item.path)
    if block:
        ledger.record(place, file, place)
    return merge(item.tree, block, place, ledger.changes)


def _check_names(tree: Mapping[str, Any], key: str, ledger: Ledger) -> None:
    """Refuse a doctrine for an interceptor type that neither library nor scenario knows."""
    named = tree["doctrine"].get(key)
    known = [*library.names(kinds_of(InterceptorType)), *tree["interceptors"]]
    for name in named if isinstance(named, Mapping) else ():
        if name not in known:
            where = ledger.where(("doctrine", key, str(name)))
            raise BadInput(f"{where}: doctrine.{key}.{name}: no such interceptor type; "
                           f"{suggest(str(name), known)}")  # fmt: skip


def _gather_places(
    tree: dict[str, Any], top: Mapping[str, Any], file: Path, ledger: Ledger
) -> None:
    """Bring in the cities and sites that are defended or aimed at."""
    tables: dict[str, dict[str, dict[str, Any]]] = {"cities": {}, "sites": {}}
    for nation in library.city_files():
        tables["cities"].update(library.cities(nation))
    for nation in library.site_files():
        tables["sites"].update(library.sites(nation))
    for table, known in tables.items():
        ledger.record((table,), file, (table,))
        for name, block in dict(top.get(table) or {}).items():
            known[name] = merge(known.get(name, {}), block, (table, name), ledger.changes)
    for name in tables["cities"]:
        if name in tables["sites"]:
            where = ledger.where(("sites", name))
            raise BadInput(f"{where}: sites.{name}: a city has this name; allowed: another")
    every = {**tables["cities"], **tables["sites"]}
    used: dict[str, None] = {}

    def choose(given: Any, place: tuple[str, ...], nation: str | None) -> list[str]:
        names = _select_places(given, every, nation)
        unknown = [name for name in names if name not in every]
        if unknown:
            raise BadInput(f"{ledger.where(place)}: {'.'.join(place)}: no city {unknown[0]!r}; "
                           f"{suggest(unknown[0], list(every))}")  # fmt: skip
        used.update(dict.fromkeys(names))
        return names

    defended = tree["defended"]
    if not isinstance(defended, Mapping):
        raise BadInput(f"{ledger.where(('defended',))}: defended: allowed: nations with cities")
    tree["defended"] = {
        nation: choose(given, ("defended", str(nation)), str(nation))
        for nation, given in defended.items()
    }
    for number, salvo in enumerate(tree["raid"].get("salvos") or ()):
        aim = salvo.get("aim") if isinstance(salvo, Mapping) else None
        if isinstance(aim, Mapping) and "cities" in aim:
            place = ("raid", "salvos", str(number), "aim", "cities")
            salvo["aim"] = {**aim, "cities": choose(aim["cities"], place, None)}
    for table, known in tables.items():
        tree[table] = {name: known[name] for name in used if name in known}


def _select_places(
    given: Any, known: Mapping[str, Mapping[str, Any]], nation: str | None
) -> list[str]:
    """Names from a word or a list of names and words.

    The words are `all`, `none`, `cities-100k` (100,000 people or more), `sites`, or one sort of
    them.
    """
    if isinstance(given, list):
        return [name for each in given for name in _select_places(str(each), known, nation)]
    if given == "none":
        return []
    own = {name: place for name, place in known.items() if nation in (None, place.get("nation"))}
    if given == "sites" or given in SITE_SORTS:
        wanted = SITE_SORTS if given == "sites" else (given,)
        return [name for name, place in own.items() if place.get("sort") in wanted]
    match = _SELECTION.match(str(given))
    if given != "all" and match is None:
        return [str(given)]
    least = int(match[1]) * 1000 if match else 0
    return [
        name
        for name, place in own.items()
        if "sort" not in place and int(place.get("population", 0)) >= least
    ]
