"""The library: one YAML file per item, known by its file name, parsed when it is named."""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from opendome.errors import BadInput
from opendome.scenario.base import suggest
from opendome.scenario.yaml_files import read_yaml

ROOT = Path(str(files("opendome.scenario"))) / "library"
# Lists of places by nation, one file each; their entries have names of their own.
_LISTS = ("cities", "sites")
# Kinds whose `base` is laid under with care for single values, when a scenario is resolved.
_RESOLVED_LATER = ("architecture", "raid")


class Item(NamedTuple):
    """A library file as read."""

    name: str
    path: Path
    tree: dict[str, Any]


@lru_cache(maxsize=1)
def index() -> dict[str, Path]:
    """Path of every item by its name; lists of cities and sites are apart."""
    paths = sorted(ROOT.rglob("*.yaml"))
    return {path.stem: path for path in paths if path.parent.name not in _LISTS}


@lru_cache(maxsize=256)
def _read(path: Path) -> dict[str, Any]:
    return read_yaml(path)


def is_known(name: str) -> bool:
    """Whether the library holds an item of this name."""
    return name in index()


def proper_name(name: str) -> str:
    """The name that an alias stands for; any other name as it is."""
    return load(name).name if is_known(name) else name


def load(name: str, kinds: tuple[str, ...] = ()) -> Item:
    """A library item by its name or alias, as a fresh tree.

    Raises `BadInput` for an unknown name, or an item of none of the `kinds` where those are given.
    """
    path = index().get(name)
    if path is None:
        raise BadInput(f"{name!r} is not in the library; {suggest(name, names(kinds))}")
    tree = _read(path)
    if "alias" in tree:
        return load(str(tree["alias"]), kinds)
    if kinds and tree.get("kind") not in kinds:
        raise BadInput(
            f"{name!r} is of kind {tree.get('kind')}; allowed: {', '.join(kinds)}; "
            f"{suggest(name, names(kinds))}"
        )
    if "base" in tree and tree.get("kind") not in _RESOLVED_LATER:
        # A library item takes whole top-level blocks from another; nothing is merged below them.
        base = load(str(tree["base"]), (str(tree["kind"]),)).tree
        own = {key: value for key, value in tree.items() if key != "base"}
        tree = {**base, **own}
    return Item(path.stem, path, deepcopy(tree))


def names(kinds: tuple[str, ...] = ()) -> list[str]:
    """Names of all items, aliases apart, or of those of some kinds, in alphabetical order."""
    if not kinds:
        return sorted(index())
    return sorted(name for name, path in index().items() if _kind(path) in kinds)


def _kind(path: Path) -> str:
    """The kind of a file from its first lines, without parsing it."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.startswith("kind:"):
                return line.removeprefix("kind:").strip()
    return "alias"


def kind_of(name: str) -> str:
    """Kind of an item, `alias` for another name of an item."""
    return _kind(index()[name])


def city_files() -> dict[str, Path]:
    """Path of the city list of each nation (ISO 3166 alpha-3)."""
    return _list_files("cities")


def site_files() -> dict[str, Path]:
    """Path of the list of sites of each nation (ISO 3166 alpha-3)."""
    return _list_files("sites")


def _list_files(folder: str) -> dict[str, Path]:
    return {path.stem.upper(): path for path in sorted((ROOT / folder).glob("*.yaml"))}


@lru_cache(maxsize=16)
def cities(nation: str) -> dict[str, dict[str, Any]]:
    """Cities of a nation by name, largest first, each with the source of its list."""
    path = city_files().get(nation)
    if path is None:
        raise BadInput(f"no cities of {nation!r}; {suggest(nation, list(city_files()))}")
    found = _read_list(path, "cities")
    return dict(sorted(found.items(), key=lambda item: -int(item[1]["population"])))


@lru_cache(maxsize=16)
def sites(nation: str) -> dict[str, dict[str, Any]]:
    """Bases, seats of government and plants of a nation by name, each with its source."""
    path = site_files().get(nation)
    if path is None:
        raise BadInput(f"no sites of {nation!r}; {suggest(nation, list(site_files()))}")
    return _read_list(path, "sites")


def _read_list(path: Path, key: str) -> dict[str, dict[str, Any]]:
    tree = _read(path)
    shared = {name: tree[name] for name in tree if name not in (key, "kind")}
    return {name: {**shared, **place} for name, place in tree[key].items()}
