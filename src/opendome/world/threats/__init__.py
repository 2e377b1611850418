"""Compilers of threats: one module per kind of missile, found by itself.

A module here declares `MODEL`, `compile_class(name, model, assumptions)`, which returns a class
record that `opendome.threats` knows, and `describe(name, model, assumptions) -> Description`.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from opendome.world.assumptions import Assumptions
from opendome.world.threats.description import Description


def compile_missile(
    model: Any, name: str = "missile", assumptions: Assumptions | None = None
) -> Any:
    """One missile class as arrays, at best values where no assumptions are given."""
    given = assumptions or Assumptions(outer=0, seed=0)
    return _compiler_of(model).compile_class(name, model, given)


def describe_missile(
    model: Any, name: str = "missile", assumptions: Assumptions | None = None
) -> Description:
    """What a raid must know of a missile class besides its flight."""
    given = assumptions or Assumptions(outer=0, seed=0)
    description: Description = _compiler_of(model).describe(name, model, given)
    return description


def _compiler_of(model: Any) -> ModuleType:
    for info in iter_modules(__path__):
        compiler = import_module(f"{__name__}.{info.name}")
        if isinstance(model, getattr(compiler, "MODEL", ())):
            return compiler
    raise TypeError(f"no compiler for missiles of type {type(model).__name__}")
