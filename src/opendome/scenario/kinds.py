"""Kinds of library items, found by looking through `opendome.scenario.models`.

A new kind is a new module there with a class whose `kind` is a literal; nothing here changes.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache, reduce
from operator import or_
from types import MappingProxyType
from typing import Annotated, Any, get_args

from pydantic import Field

from opendome.scenario import models
from opendome.scenario.models.element import LibraryItem


@lru_cache(maxsize=1)
def all_kinds() -> MappingProxyType[str, type[LibraryItem]]:
    """Model class of every kind, by the name that files give it."""
    for module in pkgutil.iter_modules(models.__path__):
        importlib.import_module(f"{models.__name__}.{module.name}")
    found: dict[str, type[LibraryItem]] = {}
    waiting = [LibraryItem]
    while waiting:
        for model in waiting.pop().__subclasses__():
            waiting.append(model)
            field = model.model_fields.get("kind")
            if field is not None:
                found[get_args(field.annotation)[0]] = model
    return MappingProxyType(dict(sorted(found.items())))


def kinds_of(base: type[LibraryItem]) -> tuple[str, ...]:
    """Names of the kinds that are `base` or derive from it."""
    return tuple(kind for kind, model in all_kinds().items() if issubclass(model, base))


def any_kind_of(base: type[LibraryItem]) -> Any:
    """The pydantic type that accepts every kind that derives from `base`, told apart by `kind`."""
    members = [model for model in all_kinds().values() if issubclass(model, base)]
    if len(members) == 1:
        return members[0]
    return Annotated[reduce(or_, members), Field(discriminator="kind")]
