"""Fractional orbits in a raid: planned once, aimed anew with each missile's own errors."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from opendome.tables import codes
from opendome.threats.courses import (
    Conduct,
    Leg,
    Scatter,
    compile_courses,
    fly_course,
    plan_course,
    scale_vehicle,
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
from opendome.threats.orders import MissileOrder, Point
from opendome.threats.parts import BOOSTER, WARHEAD
from opendome.threats.whole_paths import pick_nodes


class OrbitalClass(NamedTuple):
    """A class of orbital missiles as raids have it."""

    missile: OrbitalMissile
    long_way: bool  # away from the target and round the Earth
    conduct: Conduct


compile_block.register(OrbitalClass, compile_courses)


def make_orbit_task(one: OrbitalClass, launch_rad: Point, target_rad: Point) -> OrbitTask:
    """What has to be aimed for one missile, at the class's nominal values.

    Points are geodetic latitude and longitude.
    """
    return OrbitTask(one.missile, *launch_rad, *target_rad, one.long_way)


@plan_course.register
def plan_orbit(one: OrbitalClass, order: MissileOrder) -> tuple[OrbitAim, str]:
    """See `courses.plan_course`."""
    task = make_orbit_task(one, order.launch_rad, order.aim_rad)
    aim = solve_orbit_aim(task)
    return aim, "" if aim.code == AIMED else explain_orbit_failure(task, aim)


@fly_course.register
def fly_orbit_course(
    one: OrbitalClass, order: MissileOrder, answer: OrbitAim, scatter: Scatter
) -> tuple[Leg, ...]:
    """See `courses.fly_course`. A missile too weak for its orbit flies its class's own ascent."""
    built = one.missile._replace(
        vehicle=scale_vehicle(one.missile.vehicle, scatter),
        warhead_ballistic_coefficient_kg_m2=one.missile.warhead_ballistic_coefficient_kg_m2
        * scatter.drag_factor,
    )
    nominal = make_orbit_task(one, order.launch_rad, order.aim_rad)
    task = nominal._replace(missile=built)
    aim = improve_orbit_aim(task, answer)
    if aim.code != AIMED:
        task, aim = nominal, answer
    _, nodes, _, _ = descend(task, aim.insertion, aim.retro_s, TOLERANCE)
    parted = int(np.searchsorted(nodes.time_s, aim.insertion.time_s, side="right"))
    return (
        Leg(BOOSTER, codes.BOOSTER, pick_nodes(nodes, slice(parted)), aim.insertion.time_s),
        Leg(
            WARHEAD,
            codes.WARHEAD,
            pick_nodes(nodes, slice(parted - 1, None)),
            float(nodes.time_s[parted - 1]),
        ),
    )
