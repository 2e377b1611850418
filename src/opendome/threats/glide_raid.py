"""Boosted gliders in a raid: planned once, boosted anew with each missile's own errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from opendome.physics.boost import Vehicle
from opendome.physics.flight import Nodes
from opendome.physics.glide import Glider
from opendome.tables import codes
from opendome.threats.aiming import AIMED, RAID_TOLERANCE
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
from opendome.threats.glide import (
    GlideAim,
    GlideFlight,
    GlideTask,
    correct_glide_aim,
    explain_glide_failure,
    record_glide_missile,
    solve_glide_aim,
)
from opendome.threats.orders import MissileOrder, Point
from opendome.threats.parts import BOOSTER, WARHEAD
from opendome.threats.whole_paths import fly_whole, pick_nodes

_ROOM: Final = 1000


class GlideClass(NamedTuple):
    """A class of boost-glide missiles as raids have it."""

    vehicle: Vehicle
    glider: Glider
    energy_management: int  # aiming.CUT_OFF or MANOEUVRE
    insertion_apogee_m: float
    arrival_speed_m_s: float
    conduct: Conduct


compile_block.register(GlideClass, compile_courses)


def make_glide_task(one: GlideClass, launch_rad: Point, route_rad: Sequence[Point]) -> GlideTask:
    """What has to be aimed for one missile, at the class's nominal values.

    Points are geodetic latitude and longitude; the last one of the route is the target.
    """
    return GlideTask(
        one.vehicle,
        one.glider,
        one.energy_management,
        one.insertion_apogee_m,
        one.arrival_speed_m_s,
        *launch_rad,
        np.array(route_rad, np.float64),
    )


def fly_glide_missile(
    task: GlideTask, aim: GlideAim, tolerance: float
) -> tuple[GlideFlight, Nodes]:
    """One flight to the ground, with the nodes of its whole path."""
    return fly_whole(
        lambda nodes: record_glide_missile(
            task, aim.azimuth_rad, aim.pitch_end_rad, aim.energy, 0.0, tolerance, nodes
        ),
        _ROOM,
    )


@plan_course.register
def plan_glide(one: GlideClass, order: MissileOrder) -> tuple[GlideAim, str]:
    """See `courses.plan_course`."""
    task = make_glide_task(one, order.launch_rad, order.way_rad)
    aim = solve_glide_aim(task, RAID_TOLERANCE)
    return aim, "" if aim.code == AIMED else explain_glide_failure(task, aim)


@fly_course.register
def fly_glide_course(
    one: GlideClass, order: MissileOrder, answer: GlideAim, scatter: Scatter
) -> tuple[Leg, ...]:
    """See `courses.fly_course`. One too weak for its target comes down where its glide ends."""
    glider = one.glider
    built = one._replace(
        vehicle=scale_vehicle(one.vehicle, scatter),
        glider=glider._replace(
            ballistic_coefficient_kg_m2=glider.ballistic_coefficient_kg_m2 * scatter.drag_factor
        ),
    )
    task = make_glide_task(built, order.launch_rad, order.way_rad)
    aim = correct_glide_aim(task, answer, RAID_TOLERANCE)
    flight, nodes = fly_glide_missile(task, aim, RAID_TOLERANCE)
    parted = flight.boost.n_nodes
    burnout_s = flight.boost.burnout_s
    booster, glide = pick_nodes(nodes, slice(parted)), pick_nodes(nodes, slice(parted, None))
    return (
        Leg(BOOSTER, codes.BOOSTER, booster, burnout_s),
        Leg(WARHEAD, codes.GLIDER, glide, float(glide.time_s[0])),
    )
