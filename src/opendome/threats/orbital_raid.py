"""Fractional orbits in a raid: planned once, aimed anew with each missile's own errors."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from opendome.physics.flight import Nodes
from opendome.tables import codes
from opendome.threats.courses import (
    Conduct,
    Leg,
    Scatter,
    compile_courses,
    fly_course,
    plan_course,
)
from opendome.threats.dispatch import compile_block
from opendome.threats.fractional_orbit import (
    OrbitAim,
    explain_orbit_failure,
    improve_orbit_aim,
    solve_orbit_aim,
)
from opendome.threats.orbit_descent import descend
from opendome.threats.orbit_insertion import AIMED, TOLERANCE, OrbitalMissile, OrbitTask
from opendome.threats.orders import MissileOrder
from opendome.threats.parts import BOOSTER, WARHEAD


class OrbitalClass(NamedTuple):
    """A class of orbital missiles as raids have it."""

    missile: OrbitalMissile
    long_way: bool  # away from the target and round the Earth
    conduct: Conduct


compile_block.register(OrbitalClass, compile_courses)


def _task(one: OrbitalClass, order: MissileOrder, missile: OrbitalMissile) -> OrbitTask:
    return OrbitTask(
        missile,
        order.launch_latitude_rad,
        order.launch_longitude_rad,
        order.aims[0].latitude_rad,
        order.aims[0].longitude_rad,
        one.long_way,
    )


@plan_course.register
def plan_orbit(one: OrbitalClass, order: MissileOrder) -> tuple[OrbitAim, str]:
    """See `courses.plan_course`."""
    task = _task(one, order, one.missile)
    aim = solve_orbit_aim(task)
    return aim, "" if aim.code == AIMED else explain_orbit_failure(task, aim)


@fly_course.register
def fly_orbit_course(
    one: OrbitalClass, order: MissileOrder, answer: OrbitAim, scatter: Scatter
) -> tuple[Leg, ...]:
    """See `courses.fly_course`. A missile too weak for its orbit flies its class's own ascent."""
    vehicle = one.missile.vehicle
    built = one.missile._replace(
        vehicle=vehicle._replace(
            stage_burn_s=vehicle.stage_burn_s * scatter.burn_factor,
            stage_specific_impulse_s=vehicle.stage_specific_impulse_s * scatter.impulse_factor,
        ),
        warhead_ballistic_coefficient_kg_m2=one.missile.warhead_ballistic_coefficient_kg_m2
        * scatter.drag_factor,
    )
    task = _task(one, order, built)
    aim = improve_orbit_aim(task, answer)
    if aim.code != AIMED:
        task, aim = _task(one, order, one.missile), answer
    _, nodes, _, _ = descend(task, aim.insertion, aim.retro_s, TOLERANCE)
    parted = int(np.searchsorted(nodes.time_s, aim.insertion.time_s, side="right"))
    return (
        Leg(BOOSTER, codes.BOOSTER, Nodes(*(c[:parted] for c in nodes)), aim.insertion.time_s),
        Leg(
            WARHEAD, codes.WARHEAD, Nodes(*(c[parted - 1 :] for c in nodes)),
            float(nodes.time_s[parted - 1]),
        ),
    )  # fmt: skip
