"""Compilers of sensors: one module per kind, found by itself.

A module here declares `MODEL`, the scenario model it compiles, and
`compile_group(elements, assumptions, first_sensor) -> (SensorGroup, names)`. Adding a kind of
sensor adds a module and edits none.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from opendome.scenario.scenario import Scenario
from opendome.world.assumptions import Assumptions
from opendome.world.model import SensorGroup


def compile_sensors(
    scenario: Scenario, assumptions: Assumptions
) -> tuple[tuple[SensorGroup, ...], tuple[str, ...]]:
    """All sensors of the architecture as blocks, and the name of each sensor by its index."""
    groups: list[SensorGroup] = []
    names: list[str] = []
    for module in sorted(info.name for info in iter_modules(__path__)):
        compiler = import_module(f"{__name__}.{module}")
        elements = scenario.elements_of(compiler.MODEL)
        if not elements:
            continue
        group, own_names = compiler.compile_group(elements, assumptions, len(names))
        if own_names:
            groups.append(group)
            names += own_names
    return tuple(groups), tuple(names)
