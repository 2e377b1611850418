"""One cruise missile: its route, and how far it goes."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from opendome.errors import BadInput
from opendome.physics.cruise import Profile, fly_route
from opendome.physics.geodesy import solve_direct
from opendome.threats.cruise import CruiseMissileClass, fly_cruise
from opendome.threats.single.flight_report import (
    Detail,
    FlightReport,
    Place,
    compose_report,
    follow,
)
from opendome.threats.single.kinds import fly_one, reach_toward, refuse_trajectory


@fly_one.register
def fly_cruise_missile(
    one: CruiseMissileClass, launch: Place, target: Place, trajectory: int, route: tuple[Place, ...]
) -> FlightReport:
    """See `kinds.fly_one`; the path is laid, not integrated."""
    refuse_trajectory(trajectory, "a cruise missile")
    try:
        path = fly_cruise(one.cruise, launch[1:], [place[1:] for place in route], target[1:])
    except BadInput as error:
        raise BadInput(f"{target.name}: {error}") from None
    profile = one.cruise.profile
    starts = []
    if profile.boost_s > 0.0:
        starts.append(("boost", 0.0))
    climbs = profile.launch_altitude_m < profile.cruise_altitude_m
    starts.append(("climb" if climbs else "descent", min(profile.boost_s, path.cruise_start_s)))
    starts.append(("cruise", path.cruise_start_s))
    starts.append(
        ("pop-up and dive" if profile.popup_altitude_m else "dive", path.terminal_start_s)
    )
    end = follow(path.nodes, np.array([path.end_s]))
    return compose_report(
        launch, target, path.nodes,
        (float(end.latitude_rad[0]), float(end.longitude_rad[0]), float(end.speed_m_s[0])), starts,
        details=(
            Detail("route_km", "route over the ground", path.ground_length_m / 1e3, "km"),
            Detail("range_limit_km", "  of a range of", one.cruise.range_m / 1e3, "km"),
            Detail("cruise_altitude_m", "cruise altitude", profile.cruise_altitude_m, "m"),
            Detail("cruise_speed_m_s", "cruise speed", profile.speed_m_s, "m/s"),
            Detail("dive_angle_deg", "angle of the dive", math.degrees(path.dive_angle_rad), "deg"),
        ),
        waypoints=route,
    )  # fmt: skip


@reach_toward.register
def reach_cruise(
    one: CruiseMissileClass, launch: Place, bearing_rad: float, trajectory: int
) -> tuple[float, float]:
    """See `kinds.reach_toward`: a disc, since its range is that of its fuel over the ground.

    A straight leg must keep off the poles; a route with waypoints goes round them.
    """
    refuse_trajectory(trajectory, "a cruise missile")
    return _shortest_route(one.cruise.profile), one.cruise.range_m


@lru_cache(maxsize=16)
def _shortest_route(profile: Profile) -> float:
    """Least length [m] of a straight route that holds climb and dive, to 100 m."""
    low, high = 0.0, 1000e3
    while high - low > 100.0:
        middle = 0.5 * (low + high)
        latitude, longitude, _ = solve_direct(0.0, 0.0, 0.5 * math.pi, middle)
        try:
            fly_route(np.array([0.0, latitude]), np.array([0.0, longitude]), profile)
            high = middle
        except ValueError:
            low = middle
    return high
