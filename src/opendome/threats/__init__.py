"""Threats: ballistic missiles from their class and aim to the true flights of a replication."""

from opendome.threats.aim_search import solve_aim
from opendome.threats.aiming import Aim, Task, explain_failure
from opendome.threats.boost_kill import cut_off
from opendome.threats.raid import (
    PARTS,
    MissileClass,
    MissileClasses,
    MissileOrder,
    Raid,
    compile_raid,
    pick_draws,
    remains_identity,
    stack_classes,
    wreck_identity,
)
from opendome.threats.replication import fly_raid

__all__ = [
    "PARTS",
    "Aim",
    "MissileClass",
    "MissileClasses",
    "MissileOrder",
    "Raid",
    "Task",
    "compile_raid",
    "cut_off",
    "explain_failure",
    "fly_raid",
    "pick_draws",
    "remains_identity",
    "solve_aim",
    "stack_classes",
    "wreck_identity",
]
