"""Compilers of threats: one module per kind of missile, found by itself.

A module here declares `MODEL` and `compile_class(name, model, assumptions) -> MissileClass`.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from opendome.threats import MissileClass
from opendome.world.assumptions import Assumptions


def compile_missile(
    model: Any, name: str = "missile", assumptions: Assumptions | None = None
) -> MissileClass:
    """One missile class as arrays, at best values where no assumptions are given."""
    given = assumptions or Assumptions(outer=0, seed=0)
    for info in iter_modules(__path__):
        compiler = import_module(f"{__name__}.{info.name}")
        if isinstance(model, compiler.MODEL):
            one: MissileClass = compiler.compile_class(name, model, given)
            return one
    raise TypeError(f"no compiler for missiles of type {type(model).__name__}")
