"""Compilers of sensors: one module per kind, found by itself.

A module here declares `MODEL`, the scenario model it compiles, and
`compile_group(elements, assumptions, first_sensor) -> (SensorGroup, names)`. Adding a kind of
sensor adds a module and edits none.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import numpy as np

from opendome.scenario.scenario import Scenario
from opendome.tables.truth import Floats
from opendome.world.assumptions import Assumptions
from opendome.world.model import SensorGroup


def compile_sensors(
    scenario: Scenario, assumptions: Assumptions
) -> tuple[tuple[SensorGroup, ...], tuple[str, ...], Floats]:
    """Sensors of the architecture as blocks; by sensor index, names and reporting delays [s]."""
    groups: list[SensorGroup] = []
    names: list[str] = []
    delays_s: list[float] = []
    for module in sorted(info.name for info in iter_modules(__path__)):
        compiler = import_module(f"{__name__}.{module}")
        elements = scenario.elements_of(compiler.MODEL)
        if not elements:
            continue
        group, own_names = compiler.compile_group(elements, assumptions, len(names))
        if own_names:
            groups.append(group)
            names += own_names
            delay_s = {
                name: assumptions.value(f"{name}/reporting-delay", element.reporting_delay)
                for name, element in elements.items()
            }
            delays_s += [delay_s[name.split("/")[0]] for name in own_names]
    return tuple(groups), tuple(names), np.array(delays_s, np.float64)
