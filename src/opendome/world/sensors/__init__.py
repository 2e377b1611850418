"""Compilers of sensors: one module per kind, found by itself.

A module here declares `MODEL`, the scenario model it compiles, and
`compile_group(elements, assumptions, first_sensor) -> (SensorGroup, names)`. Adding a kind of
sensor adds a module and edits none.
"""

from __future__ import annotations

import math
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import numpy as np

from opendome.scenario.scenario import Scenario
from opendome.tables.truth import Floats
from opendome.world.assumptions import Assumptions
from opendome.world.coalition import find_nodes
from opendome.world.model import SensorGroup


def compile_sensors(
    scenario: Scenario, assumptions: Assumptions
) -> tuple[tuple[SensorGroup, ...], tuple[str, ...], tuple[str, ...], Floats, Floats]:
    """Sensors of the architecture as blocks; by sensor index, names, platforms and times [s].

    These are the delays of reports, and the intervals between them for sensors that report tracks;
    NaN for those that report measurements.
    """
    groups: list[SensorGroup] = []
    names: list[str] = []
    platforms: list[str] = []
    delays_s: list[float] = []
    intervals_s: list[float] = []
    nodes = find_nodes(scenario)
    for module in sorted(info.name for info in iter_modules(__path__)):
        compiler = import_module(f"{__name__}.{module}")
        elements = scenario.elements_of(compiler.MODEL)
        if not elements:
            continue
        for together in _split(elements, nodes):
            group, own_names = compiler.compile_group(together, assumptions, len(names))
            if not own_names:
                continue
            groups.append(group)
            names += own_names
            platforms += group.platforms or own_names
            delay_s = {
                name: assumptions.value(f"{name}/reporting-delay", element.reporting_delay)
                for name, element in together.items()
            }
            interval_s = {
                name: assumptions.value(f"{name}/report-interval", element.report_interval)
                if element.reports == "tracks"
                else math.nan
                for name, element in together.items()
            }
            delays_s += [delay_s[name.split("/")[0]] for name in own_names]
            intervals_s += [interval_s[name.split("/")[0]] for name in own_names]
    times_s = np.array(delays_s), np.array(intervals_s)
    return tuple(groups), tuple(names), tuple(platforms), *times_s


def _split(elements: dict[str, Any], nodes: dict[str, str]) -> list[dict[str, Any]]:
    """Elements that share a group: under one node, as they are cued together.

    Those that keep a picture of their own have a group each.
    """
    shared: dict[str, dict[str, Any]] = {}
    alone = []
    for name, element in elements.items():
        if element.reports == "tracks":
            alone.append({name: element})
        else:
            shared.setdefault(nodes[name], {})[name] = element
    return [*shared.values(), *alone]
