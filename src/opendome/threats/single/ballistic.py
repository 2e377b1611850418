"""One ballistic missile: its flight, its sweep over the angle at burnout, its reach."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from opendome.errors import BadInput
from opendome.physics.boost import Flight, full_burn, record
from opendome.physics.constants import EARTH_MEAN_RADIUS_M
from opendome.physics.flight import REACHED_GROUND, Nodes
from opendome.physics.geodesy import solve_direct, solve_inverse
from opendome.threats.aim_search import FLATTEST_RAD, STEEPEST_RAD, find_reach, solve_aim
from opendome.threats.aiming import (
    AIMED,
    DIGS_IN,
    HORIZON_S,
    MINIMUM_ENERGY,
    RAID_TOLERANCE,
    TRAJECTORIES,
    Aim,
    Task,
    explain_failure,
    steer,
)
from opendome.threats.ballistic_block import BallisticClass, make_task
from opendome.threats.dynamic_pressure import find_peak_pressure
from opendome.threats.fractional_orbit import ENTRY_ALTITUDE_M, find_entry
from opendome.threats.impulsive import throw_over_sphere
from opendome.threats.post_boost import release_time
from opendome.threats.single.flight_report import (
    CHECK_TOLERANCE,
    Detail,
    FlightReport,
    Place,
    check_distance,
    compose_report,
    note_burnout,
    refuse_overload,
)
from opendome.threats.single.kinds import (
    BurnoutPoint,
    Progress,
    fly_one,
    list_releases,
    reach_toward,
    refuse_route,
    sweep_burnout,
)
from opendome.threats.whole_paths import fly_whole

AIM_TOLERANCE: Final = 1e-8
_N_SWEEP: Final = 63
# Nodes that hold most flights at the tightest tolerance.
_ROOM: Final = 1000
# Where a reach is sought toward: a quarter of the Earth away, from where misses are well measured.
_FAR_M: Final = 0.5 * math.pi * EARTH_MEAN_RADIUS_M


def _fly_whole(
    task: Task, azimuth_rad: float, pitch_end_rad: float, energy: float, tolerance: float
) -> tuple[Flight, Nodes]:
    """The flight of an aim, with all nodes of its path."""
    steering = steer(task, azimuth_rad, pitch_end_rad, energy)
    return fly_whole(
        lambda nodes: record(
            task.vehicle, steering, task.launch_latitude_rad, task.launch_longitude_rad,
            np.zeros(3), task.ballistic_coefficient_kg_m2, HORIZON_S, tolerance, nodes,
        ),
        _ROOM,
    )  # fmt: skip


def _fly_aim(task: Task, aim: Aim) -> tuple[Flight, Nodes]:
    return _fly_whole(task, aim.azimuth_rad, aim.pitch_end_rad, aim.energy, CHECK_TOLERANCE)


def _measure_arc(path: Nodes) -> float:
    """Angle [rad] about the Earth's centre along a path, in inertial space."""
    unit = path.position_eci_m / np.linalg.norm(path.position_eci_m, axis=1)[:, None]
    chords = np.linalg.norm(np.diff(unit, axis=0), axis=1)
    return float(np.sum(2.0 * np.arcsin(0.5 * chords)))


@fly_one.register
def fly_ballistic(
    one: BallisticClass, launch: Place, target: Place, trajectory: int, route: tuple[Place, ...]
) -> FlightReport:
    """See `kinds.fly_one`."""
    refuse_route(route, "a ballistic missile")
    distance, _ = check_distance(launch, target)
    task = make_task(one, launch[1:], target[1:], trajectory)
    aim = solve_aim(task, AIM_TOLERANCE)
    if aim.code != AIMED:
        where = ""
        if aim.code == DIGS_IN:
            digs, _ = _fly_aim(task, aim)
            left = float(full_burn(one.vehicle)) - digs.end_s
            where = (
                f" {digs.end_s:.1f} s after launch, {left:.1f} s before burnout, having climbed to "
                f"{digs.apogee_m / 1e3:.0f} km"
            )
        reason = explain_failure(aim, trajectory, launch[1:], target[1:], where)
        raise BadInput(f"{target.name}: {reason}")
    flight, path = _fly_aim(task, aim)
    starts = [("boost", 0.0), ("post-boost", flight.burnout_s)]
    starts.append(("coast", flight.burnout_s + one.release_last_s))
    details: tuple[Detail, ...] = ()
    if flight.apogee_m > ENTRY_ALTITUDE_M:
        entry_s, speed, angle = find_entry(path, flight.apogee_s)
        starts = [(name, min(start_s, entry_s)) for name, start_s in starts]
        starts.append(("re-entry", entry_s))
        details = (
            Detail("entry_speed_km_s", "speed down through 100 km", speed / 1e3, "km/s"),
            Detail("entry_angle_deg", "  angle below the horizon", math.degrees(angle), "deg"),
        )
    report = compose_report(
        launch, target, path,
        (flight.end_latitude_rad, flight.end_longitude_rad, flight.end_speed_m_s), starts,
        burnout=note_burnout(flight.burnout_s, np.array(flight[2:8])),
        plane_azimuth_rad=aim.azimuth_rad,
        apogee=(flight.apogee_m, flight.apogee_s),
        sphere=throw_over_sphere(distance),
        details=details,
    )  # fmt: skip
    return refuse_overload(
        report, target, one.dynamic_pressure_limit_pa,
        f"a {TRAJECTORIES[trajectory]} trajectory", _find_gentler(one, task),
    )  # fmt: skip


def _find_gentler(one: BallisticClass, task: Task) -> Iterator[str]:
    """Other trajectories to the same target that keep to the class's dynamic pressure."""
    for other, name in enumerate(TRAJECTORIES):
        if other == task.trajectory:
            continue
        tried = task._replace(trajectory=other)
        aim = solve_aim(tried, AIM_TOLERANCE)
        if aim.code != AIMED:
            continue
        flight, path = _fly_aim(tried, aim)
        lower, _ = find_peak_pressure(path, flight.burnout_s)
        if lower <= one.dynamic_pressure_limit_pa:
            yield f"a {name} trajectory ({lower / 1e3:,.1f} kPa)"


@list_releases.register
def list_ballistic_releases(
    one: BallisticClass, burnout_s: float, n_warheads: int
) -> tuple[float, ...]:
    """See `kinds.list_releases`."""
    return tuple(
        burnout_s + float(release_time(one.release_first_s, one.release_last_s, n_warheads, k))
        for k in range(n_warheads)
    )


@reach_toward.register
def reach_ballistic(
    one: BallisticClass, launch: Place, bearing_rad: float, trajectory: int
) -> tuple[float, float]:
    """See `kinds.reach_toward`."""
    latitude, longitude, _ = solve_direct(*launch[1:], bearing_rad, _FAR_M)
    task = make_task(one, launch[1:], (latitude, longitude), trajectory)
    return find_reach(task)


@sweep_burnout.register
def sweep_ballistic(
    one: BallisticClass, launch: Place, target: Place, progress: Progress | None = None
) -> list[BurnoutPoint]:
    """See `kinds.sweep_burnout`; the launch plane holds the azimuth of the target."""
    _, azimuth = check_distance(launch, target)
    task = make_task(one, launch[1:], target[1:], MINIMUM_ENERGY)
    points = []
    for i, pitch in enumerate(np.linspace(STEEPEST_RAD, FLATTEST_RAD, _N_SWEEP)):
        flight, path = _fly_whole(task, azimuth, float(pitch), 1.0, RAID_TOLERANCE)
        if progress is not None:
            progress(i + 1, _N_SWEEP)
        if flight.code != REACHED_GROUND or flight.burnout_s >= flight.end_s:
            continue
        if _measure_arc(path) > math.pi:
            continue
        state = np.array(flight[2:8])
        speed = float(np.linalg.norm(state[3:]))
        sine = float(state[:3] @ state[3:]) / (float(np.linalg.norm(state[:3])) * speed)
        reached, _, _ = solve_inverse(
            *launch[1:], flight.end_latitude_rad, flight.end_longitude_rad
        )
        burnout = note_burnout(flight.burnout_s, state)
        points.append(
            BurnoutPoint(
                math.asin(sine), speed, burnout.altitude_m, reached, flight.apogee_m, flight.end_s
            )
        )
    return points
