"""opendome: open simulator and analysis workbench for layered homeland missile defence.

>>> import opendome as od
>>> scenario = od.load("golden-dome-2029")
>>> campaign = od.run(scenario, runs=500, seed=1)
>>> campaign.leakage()
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from opendome.kernel_cache import configure as _configure

__version__ = "0.1.0"

_configure()

# Imported when first used: `opendome --help` must not wait for pandas. Their types stand in
# `__init__.pyi`, so that this module, which every other imports, leads to none of them.
_LAZY = {
    "Campaign": ("opendome.campaign", "Campaign"),
    "compare": ("opendome.campaign", "compare"),
    "load": ("opendome.scenario.loader", "load_scenario"),
    "resume": ("opendome.campaign", "resume"),
    "run": ("opendome.campaign", "run"),
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'opendome' has no attribute {name!r}")
    module, attribute = _LAZY[name]
    value = getattr(import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
