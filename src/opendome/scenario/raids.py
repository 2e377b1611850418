"""Resolving a raid: a library name, or a block that may build on one."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from opendome.errors import BadInput
from opendome.scenario import library
from opendome.scenario.merging import Ledger, merge

_HOME = ("raid",)


def resolve_raid(
    given: Any, file: Path, keys: tuple[str, ...], ledger: Ledger, by_user: bool = True
) -> dict[str, Any]:
    """A raid's tree from a library name or a block.

    A block may name a `base`; its own keys are laid over it, and `countermeasures` at its top
    over those of every salvo.
    """
    if isinstance(given, str):
        try:
            item = library.load(given, ("raid",))
        except BadInput as error:
            raise BadInput(f"{ledger.where(keys)}: raid: {error}") from None
        return {
            **resolve_raid(item.tree, item.path, (), ledger, by_user=False),
            "name": item.name,
        }
    if not isinstance(given, Mapping):
        raise BadInput(f"{ledger.where(keys)}: raid: allowed: a library name or a block")
    own = deepcopy(dict(given))
    base = own.pop("base", None)
    countermeasures = own.pop("countermeasures", None)
    tree: dict[str, Any] = {"name": "own"}
    if base is not None:
        tree = resolve_raid(base, file, (*keys, "base"), ledger, by_user)
        tree["name"] += "-changed"
    changes = ledger.changes if by_user and base is not None else None
    ledger.record(_HOME, file, keys)
    tree = merge(tree, own, _HOME, changes)
    if countermeasures is not None:
        for number, salvo in enumerate(tree.get("salvos") or ()):
            place = (*_HOME, "salvos", str(number), "countermeasures")
            held = salvo.get("countermeasures", {})
            salvo["countermeasures"] = merge(held, countermeasures, place, changes)
            ledger.record(place, file, (*keys, "countermeasures"))
    return tree
