"""One cruise missile: from its class, launch, waypoints and target to its whole path."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from opendome.errors import BadInput
from opendome.physics.cruise import CruisePath, Profile, fly_route
from opendome.physics.cruise_track import name_place
from opendome.physics.flight import Nodes
from opendome.physics.geodesy import solve_inverse
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
from opendome.threats.orders import MissileOrder
from opendome.threats.parts import WARHEAD


class CruiseClass(NamedTuple):
    """A class of cruise missiles: how it flies, and how far."""

    profile: Profile
    range_m: float  # over the ground, along the route


def measure_route(places: list[tuple[float, float]]) -> float:
    """Length [m] of a route along its legs; turns shorten it by little."""
    return float(sum(solve_inverse(*a, *b)[0] for a, b in pairwise(places)))


def fly_cruise(
    missile: CruiseClass,
    launch: tuple[float, float],
    waypoints: list[tuple[float, float]],
    target: tuple[float, float],
) -> CruisePath:
    """Fly a cruise missile along its waypoints to its target.

    Parameters
    ----------
    missile : CruiseClass
        The class.
    launch, target : (latitude_rad, longitude_rad)
        Geodetic, on the ellipsoid.
    waypoints : list of (latitude_rad, longitude_rad)
        Passed on the inside of the turn; may be empty.

    Returns
    -------
    CruisePath
        Times since launch; eci as it coincides with ecef at launch.

    Raises
    ------
    BadInput
        One sentence: a place off the globe, the route beyond the range and by how much, a leg over
        a pole, legs too short for their turns.
    """
    places = [launch, *waypoints, target]
    for latitude, longitude in places:
        if not (abs(latitude) <= 0.5 * math.pi and math.isfinite(longitude)):
            raise BadInput(
                f"no place on the globe has latitude {math.degrees(latitude):g} deg and longitude "
                f"{math.degrees(longitude):g} deg; allowed: latitude from -90 to 90 deg"
            )
    length = measure_route(places)
    if length > missile.range_m:
        raise BadInput(
            f"the route from {name_place(*launch)} to {name_place(*target)} is "
            f"{length / 1e3:,.0f} km long, {(length - missile.range_m) / 1e3:,.1f} km beyond the "
            f"range; allowed: up to {missile.range_m / 1e3:,.0f} km"
        )
    route = np.array(places, np.float64)
    try:
        return fly_route(route[:, 0].copy(), route[:, 1].copy(), missile.profile)
    except ValueError as failure:
        raise BadInput(
            f"route from {name_place(*launch)} to {name_place(*target)}: {failure}"
        ) from failure


class CruiseMissileClass(NamedTuple):
    """A class of cruise missiles as raids have it."""

    cruise: CruiseClass
    conduct: Conduct


compile_block.register(CruiseMissileClass, compile_courses)


@plan_course.register
def plan_cruise(one: CruiseMissileClass, order: MissileOrder) -> tuple[Nodes | None, str]:
    """See `courses.plan_course`; the path is laid once."""
    try:
        path = fly_cruise(one.cruise, order.launch_rad, list(order.route), order.aim_rad)
    except BadInput as failure:
        return None, str(failure)
    return path.nodes, ""


@fly_course.register
def fly_cruise_course(
    one: CruiseMissileClass, order: MissileOrder, answer: Nodes, scatter: Scatter
) -> tuple[Leg, ...]:
    """See `courses.fly_course`; autopilots hold speed and height, so nothing scatters but errors
    of guidance."""
    return (Leg(WARHEAD, codes.CRUISE, answer, float(answer.time_s[0])),)
