"""One trajectory in full, of any kind of missile: what `opendome fly` reports.

Each kind is one module of this package that registers its functions with those of `kinds` under
the type of its class record. A new module here is found without being listed.
"""

from __future__ import annotations

import importlib
import pkgutil

from opendome.threats.single.flight_report import Detail, FlightReport, Phase, Place
from opendome.threats.single.footprint import Footprint, find_footprint
from opendome.threats.single.impulsive import fly_impulsive
from opendome.threats.single.kinds import (
    BurnoutPoint,
    fly_one,
    list_releases,
    reach_toward,
    sweep_burnout,
)

__all__ = [
    "BurnoutPoint",
    "Detail",
    "FlightReport",
    "Footprint",
    "Phase",
    "Place",
    "find_footprint",
    "fly_impulsive",
    "fly_one",
    "list_releases",
    "reach_toward",
    "sweep_burnout",
]

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
