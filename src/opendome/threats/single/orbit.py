"""One missile that goes by way of a low orbit."""

from __future__ import annotations

import math
from typing import Final

from opendome.errors import BadInput
from opendome.physics.geodesy import solve_direct
from opendome.threats.fractional_orbit import fly_fractional_orbit, solve_orbit_aim
from opendome.threats.orbit_insertion import AIMED, TOO_NEAR, OrbitTask
from opendome.threats.orbital_raid import OrbitalClass, make_orbit_task
from opendome.threats.single.flight_report import (
    NEAREST_M,
    Detail,
    FlightReport,
    Place,
    check_distance,
    compose_report,
    note_burnout,
    refuse_overload,
)
from opendome.threats.single.footprint import HALF_WAY_ROUND_M
from opendome.threats.single.kinds import fly_one, reach_toward, refuse_route, refuse_trajectory

# Where it is tried whether an orbit is reached toward a bearing at all.
_FAR_M: Final = 10_000e3


@fly_one.register
def fly_orbit(
    one: OrbitalClass, launch: Place, target: Place, trajectory: int, route: tuple[Place, ...]
) -> FlightReport:
    """See `kinds.fly_one`."""
    refuse_trajectory(trajectory, "an orbital missile")
    refuse_route(route, "an orbital missile")
    check_distance(launch, target)
    task = make_orbit_task(one, launch[1:], target[1:])
    try:
        flight = fly_fractional_orbit(task)
    except BadInput as error:
        raise BadInput(f"{target.name}: {error}") from None
    insertion, orbit, impact = flight.aim.insertion, flight.orbit, flight.impact
    report = compose_report(
        launch, target, flight.nodes,
        (impact.latitude_rad, impact.longitude_rad, impact.speed_m_s),
        [
            ("boost", 0.0), ("orbit", insertion.time_s), ("retro-burn", flight.aim.retro_s),
            ("descent", flight.retro_end_s), ("re-entry", flight.entry_s),
        ],
        burnout=note_burnout(insertion.time_s, insertion.state),
        plane_azimuth_rad=flight.aim.azimuth_rad,
        details=(
            Detail("orbit_perigee_km", "perigee of the orbit", orbit.perigee_m / 1e3, "km"),
            Detail("orbit_apogee_km", "apogee of the orbit", orbit.apogee_m / 1e3, "km"),
            Detail("inclination_deg", "inclination", math.degrees(orbit.inclination_rad), "deg"),
            Detail("orbit_period_min", "period", orbit.period_s / 60.0, "min"),
            Detail("retro_delta_v_m_s", "retro-burn", one.missile.retro_delta_v_m_s, "m/s"),
            Detail(
                "entry_speed_km_s", "speed down through 100 km", flight.entry_speed_m_s / 1e3,
                "km/s",
            ),
            Detail(
                "entry_angle_deg", "  angle below the horizon",
                math.degrees(flight.entry_angle_rad), "deg",
            ),
        ),
    )  # fmt: skip
    return refuse_overload(report, target, one.conduct.dynamic_pressure_limit_pa)


@reach_toward.register
def reach_orbital(
    one: OrbitalClass, launch: Place, bearing_rad: float, trajectory: int
) -> tuple[float, float]:
    """See `kinds.reach_toward`: the whole way round, where an orbit is reached that way."""
    refuse_trajectory(trajectory, "an orbital missile")
    far = solve_orbit_aim(_toward(one, launch, bearing_rad, _FAR_M))
    if far.code != AIMED:
        return math.nan, math.nan
    near = solve_orbit_aim(_toward(one, launch, bearing_rad, NEAREST_M))
    nearest = near.nearest_m if near.code == TOO_NEAR else NEAREST_M
    return nearest, HALF_WAY_ROUND_M


def _toward(one: OrbitalClass, launch: Place, bearing_rad: float, range_m: float) -> OrbitTask:
    latitude, longitude, _ = solve_direct(*launch[1:], bearing_rad, range_m)
    return make_orbit_task(one, launch[1:], (latitude, longitude))
