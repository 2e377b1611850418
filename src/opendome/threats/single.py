"""One trajectory in full: what `opendome fly` reports."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from opendome.errors import BadInput
from opendome.physics.ballistic import record_fall
from opendome.physics.boost import record
from opendome.physics.flight import NODES_FULL, empty_nodes
from opendome.physics.geodesy import geodetic_from_ecef, solve_inverse
from opendome.physics.standard_atmosphere import Floats
from opendome.threats.aim_search import solve_aim
from opendome.threats.aiming import AIMED, HORIZON_S, Task, explain_failure, steer
from opendome.threats.ballistic_block import BallisticClass
from opendome.threats.impulsive import Sphere, least_speed_throw, throw_over_sphere
from opendome.threats.parts import WARHEAD

_AIM_TOLERANCE: Final = 1e-8
# What is reported is flown again, ten times tighter than the aim was found with.
_CHECK_TOLERANCE: Final = 1e-10
_NEAREST_M: Final = 100e3
_FARTHEST_M: Final = 19_500e3


class Place(NamedTuple):
    """A named point on the ellipsoid."""

    name: str
    latitude_rad: float
    longitude_rad: float


class FlightReport(NamedTuple):
    """Numbers of one trajectory. Times since launch; eci axes are those of ecef at launch."""

    range_m: float
    azimuth_rad: float  # of the geodesic, at launch
    plane_azimuth_rad: float  # of the launch plane
    burnout_s: float
    burnout_state: Floats  # (6,) eci
    burnout_altitude_m: float
    apogee_m: float
    flight_time_s: float
    impact_latitude_rad: float
    impact_longitude_rad: float
    impact_speed_m_s: float
    miss_m: float
    launch_speed_m_s: float  # relative to the Earth; NaN for what starts from rest
    sphere: Sphere  # the same range over a sphere at rest
    time_s: Floats  # (n,) nodes of the path
    position_eci_m: Floats  # (n, 3)


def _check_distance(launch: Place, target: Place) -> tuple[float, float]:
    distance, azimuth, _ = solve_inverse(
        launch.latitude_rad, launch.longitude_rad, target.latitude_rad, target.longitude_rad
    )
    if not _NEAREST_M <= distance <= _FARTHEST_M:
        raise BadInput(
            f"launch {launch.name} and target {target.name} are {distance / 1e3:,.0f} km apart; "
            f"allowed: {_NEAREST_M / 1e3:,.0f} to {_FARTHEST_M / 1e3:,.0f} km"
        )
    return distance, azimuth


def fly_missile(
    missile: BallisticClass, launch: Place, target: Place, trajectory: int
) -> FlightReport:
    """Aim a missile class at nominal values and fly it.

    Raises `BadInput` where the target is out of range, with the range that would work.
    """
    distance, azimuth = _check_distance(launch, target)
    task = Task(
        missile.vehicle,
        float(missile.looks.ballistic_coefficient_kg_m2[WARHEAD]),
        missile.energy_management,
        trajectory,
        launch.latitude_rad,
        launch.longitude_rad,
        target.latitude_rad,
        target.longitude_rad,
    )
    aim = solve_aim(task, _AIM_TOLERANCE)
    if aim.code != AIMED:
        raise BadInput(f"{target.name}: {explain_failure(aim, trajectory, launch[1:], target[1:])}")
    steering = steer(task, aim.azimuth_rad, aim.pitch_end_rad, aim.energy)
    room = 1000
    while True:
        nodes = empty_nodes(room)
        flight = record(
            missile.vehicle, steering, launch.latitude_rad, launch.longitude_rad, np.zeros(3),
            task.ballistic_coefficient_kg_m2, HORIZON_S, _CHECK_TOLERANCE, nodes,
        )  # fmt: skip
        if flight.code != NODES_FULL:
            break
        room *= 2
    return _report(
        launch, target, distance, azimuth,
        plane_azimuth=aim.azimuth_rad,
        burnout_s=flight.burnout_s,
        burnout_state=np.array(flight[2:8]),
        apogee_m=flight.apogee_m,
        flight_time_s=flight.end_s,
        impact=(flight.end_latitude_rad, flight.end_longitude_rad, flight.end_speed_m_s),
        launch_speed=math.nan,
        path=(nodes.time_s[: flight.n_nodes], nodes.position_eci_m[: flight.n_nodes]),
    )  # fmt: skip


def fly_impulsive(launch: Place, target: Place) -> FlightReport:
    """The ideal point mass from the ground at the least speed relative to the Earth, no air."""
    distance, azimuth = _check_distance(launch, target)
    best = least_speed_throw(*launch[1:], *target[1:])
    nodes = empty_nodes(4000)
    fall = record_fall(
        best.state.copy(), 0.0, HORIZON_S, 0.0, math.inf, 0.0, _CHECK_TOLERANCE, nodes
    )
    return _report(
        launch, target, distance, azimuth,
        plane_azimuth=best.azimuth_rad,
        burnout_s=0.0,
        burnout_state=best.state,
        apogee_m=fall.apogee_m,
        flight_time_s=fall.time_s,
        impact=(fall.latitude_rad, fall.longitude_rad, fall.speed_m_s),
        launch_speed=best.speed_m_s,
        path=(nodes.time_s[: fall.n_nodes], nodes.position_eci_m[: fall.n_nodes]),
    )  # fmt: skip


def _report(
    launch: Place,
    target: Place,
    distance: float,
    azimuth: float,
    *,
    plane_azimuth: float,
    burnout_s: float,
    burnout_state: Floats,
    apogee_m: float,
    flight_time_s: float,
    impact: tuple[float, float, float],
    launch_speed: float,
    path: tuple[Floats, Floats],
) -> FlightReport:
    latitude, longitude, speed = impact
    miss, _, _ = solve_inverse(latitude, longitude, target.latitude_rad, target.longitude_rad)
    # Altitude does not depend on the Earth's angle.
    _, _, burnout_altitude = geodetic_from_ecef(*burnout_state[:3])
    return FlightReport(
        distance, azimuth, plane_azimuth, burnout_s, burnout_state, burnout_altitude, apogee_m,
        flight_time_s, latitude, longitude, speed, miss, launch_speed,
        throw_over_sphere(distance), path[0], path[1],
    )  # fmt: skip
