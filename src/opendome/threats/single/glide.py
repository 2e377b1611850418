"""One boosted glider: boost, pull-up, glide along its route, dive."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from opendome.errors import BadInput
from opendome.physics.geodesy import solve_direct
from opendome.threats.aiming import AIMED, OUT_OF_REACH, RAID_TOLERANCE
from opendome.threats.glide import (
    GlideAim,
    explain_glide_failure,
    solve_glide_aim,
)
from opendome.threats.glide_raid import GlideClass, fly_glide_missile, make_glide_task
from opendome.threats.single.flight_report import (
    CHECK_TOLERANCE,
    NEAREST_M,
    Detail,
    FlightReport,
    Place,
    check_distance,
    compose_report,
    note_burnout,
    refuse_overload,
)
from opendome.threats.single.kinds import fly_one, reach_toward, refuse_trajectory

_AIM_TOLERANCE: Final = 1e-8
# Beyond any glide, and short of the antipode, where azimuths lose their meaning.
_FAR_M: Final = 18_000e3
# Steps in which the least range is sought, and how near it is settled.
_DOWNWARDS_M: Final = 250e3
_NEAREST_SETTLED_M: Final = 10e3


@fly_one.register
def fly_glide(
    one: GlideClass, launch: Place, target: Place, trajectory: int, route: tuple[Place, ...]
) -> FlightReport:
    """See `kinds.fly_one`."""
    refuse_trajectory(trajectory, "a boosted glider")
    check_distance(launch, target)
    task = make_glide_task(one, launch[1:], [place[1:] for place in (*route, target)])
    aim = solve_glide_aim(task, _AIM_TOLERANCE)
    if aim.code != AIMED:
        raise BadInput(f"{target.name}: {explain_glide_failure(task, aim)}")
    flight, path = fly_glide_missile(task, aim, CHECK_TOLERANCE)
    boost, glide = flight
    starts = [
        ("boost", 0.0), ("coast", boost.burnout_s), ("pull-up", glide.pull_up_s),
        ("glide", glide.glide_s), ("dive", glide.dive_s),
    ]  # fmt: skip
    report = compose_report(
        launch, target, path,
        (glide.end_latitude_rad, glide.end_longitude_rad, glide.end_speed_m_s),
        [(name, start_s) for name, start_s in starts if not math.isnan(start_s)],
        burnout=note_burnout(boost.burnout_s, np.array(boost[2:8])),
        plane_azimuth_rad=aim.azimuth_rad,
        details=(
            Detail("entry_speed_km_s", "speed at entry", glide.entry_speed_m_s / 1e3, "km/s"),
            Detail(
                "entry_angle_deg", "  angle below the horizon",
                -math.degrees(glide.entry_angle_rad), "deg",
            ),
            Detail("dive_speed_km_s", "speed at the dive", glide.dive_speed_m_s / 1e3, "km/s"),
            Detail(
                "glide_peak_dynamic_pressure_kpa", "greatest dynamic pressure after boost",
                glide.peak_pressure_pa / 1e3, "kPa",
            ),
            Detail("peak_load_g", "greatest load of the glide", glide.peak_load, "g"),
        ),
        waypoints=route,
    )  # fmt: skip
    return refuse_overload(report, target, one.conduct.dynamic_pressure_limit_pa)


@reach_toward.register
def reach_glide(
    one: GlideClass, launch: Place, bearing_rad: float, trajectory: int
) -> tuple[float, float]:
    """See `kinds.reach_toward`: without waypoints, at the arrival speed of the class."""
    refuse_trajectory(trajectory, "a boosted glider")
    far = _solve_toward(one, launch, bearing_rad, _FAR_M)
    if far.code not in (AIMED, OUT_OF_REACH):
        return math.nan, math.nan
    farthest = far.reach_m if far.code == OUT_OF_REACH else _FAR_M
    # Downwards from half of that, since far below its least range an aim may close by turning back.
    reached, missed = 0.5 * farthest, NEAREST_M
    while reached - missed > _NEAREST_SETTLED_M:
        tried = max(reached - _DOWNWARDS_M, 0.5 * (reached + missed))
        if _solve_toward(one, launch, bearing_rad, tried).code == AIMED:
            reached = tried
        else:
            missed = tried
    return reached, farthest


def _solve_toward(one: GlideClass, launch: Place, bearing_rad: float, range_m: float) -> GlideAim:
    latitude, longitude, _ = solve_direct(*launch[1:], bearing_rad, range_m)
    task = make_glide_task(one, launch[1:], [(latitude, longitude)])
    return solve_glide_aim(task, RAID_TOLERANCE)
