"""Compilers of interceptor types: one module per kind, found by itself.

A module here declares `MODEL` and `compile_type(name, model, doctrine, assumptions) -> TypeRow`.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from opendome.scenario.models.doctrine import Doctrine
from opendome.world.assumptions import Assumptions
from opendome.world.interceptors.row import TypeRow


def compile_type(name: str, model: Any, doctrine: Doctrine, assumptions: Assumptions) -> TypeRow:
    """The row of one interceptor type, by the compiler of its kind."""
    for info in iter_modules(__path__):
        compiler = import_module(f"{__name__}.{info.name}")
        if isinstance(model, getattr(compiler, "MODEL", ())):
            row: TypeRow = compiler.compile_type(name, model, doctrine, assumptions)
            return row
    raise TypeError(f"no compiler for interceptors of type {type(model).__name__}")
