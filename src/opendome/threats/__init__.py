"""Threats: missiles of every kind, from their class and aim to the true flights of a replication.

Each kind of missile is one module of this package, registered with the functions of `dispatch`. A
new module here is found without being listed.
"""

from __future__ import annotations

import importlib
import pkgutil

from opendome.threats.aim_search import solve_aim
from opendome.threats.aiming import Aim, Task, explain_failure
from opendome.threats.ballistic_block import BallisticClass
from opendome.threats.boost_kill import cut_off
from opendome.threats.orders import (
    AimPoint,
    MissileOrder,
    PartOrder,
    remains_identity,
    wreck_identity,
)
from opendome.threats.parts import PARTS, Looks
from opendome.threats.raid import Raid, compile_raid, explain_raid, fly_raid, pick_draws

__all__ = [
    "PARTS",
    "Aim",
    "AimPoint",
    "BallisticClass",
    "Looks",
    "MissileOrder",
    "PartOrder",
    "Raid",
    "Task",
    "compile_raid",
    "cut_off",
    "explain_failure",
    "explain_raid",
    "fly_raid",
    "pick_draws",
    "remains_identity",
    "solve_aim",
    "wreck_identity",
]

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
