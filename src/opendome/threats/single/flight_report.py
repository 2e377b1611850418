"""What one flight comes to in numbers, whatever kind of missile flew it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np

from opendome.errors import BadInput
from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.physics.flight import Nodes
from opendome.physics.geodesy import geodetic_from_ecef, geodetic_from_eci_batch, solve_inverse
from opendome.physics.standard_atmosphere import Floats
from opendome.physics.trajectory import sample
from opendome.threats.dynamic_pressure import (
    ASCENT,
    OTHER_ASCENTS,
    explain_pressure,
    find_peak_pressure,
)
from opendome.threats.impulsive import Sphere

# What is reported is flown again, ten times tighter than the aim was found with.
CHECK_TOLERANCE: Final = 1e-10
NEAREST_M: Final = 100e3
FARTHEST_M: Final = 19_500e3
_PHASE_SETTLED_S: Final = 1e-3
# Least spacing of the times that show a flight.
_APART_S: Final = 0.01


class Place(NamedTuple):
    """A named point on the ellipsoid."""

    name: str
    latitude_rad: float
    longitude_rad: float


class Phase(NamedTuple):
    """A part of a flight."""

    name: str
    start_s: float
    end_s: float
    altitude_m: float  # at its start


class Burnout(NamedTuple):
    """The end of thrust."""

    time_s: float
    state: Floats  # (6,) eci
    altitude_m: float


class Detail(NamedTuple):
    """A number that only some kinds of missile have."""

    key: str  # in the JSON answer; ends in the unit
    label: str
    value: float
    unit: str


class FlightReport(NamedTuple):
    """Numbers of one trajectory. Times since launch; eci axes are those of ecef at launch."""

    range_m: float  # geodesic from launch to target
    azimuth_rad: float  # of the geodesic, at launch
    plane_azimuth_rad: float  # of the launch plane; NaN where there is none
    burnout: Burnout | None  # none for what cruises
    apogee_m: float
    apogee_s: float
    flight_time_s: float
    impact_latitude_rad: float
    impact_longitude_rad: float
    impact_speed_m_s: float  # relative to the Earth
    miss_m: float
    launch_speed_m_s: float  # relative to the Earth; NaN where it is the class's own affair
    peak_pressure_pa: float  # of the boost; NaN where there is none
    peak_pressure_s: float
    sphere: Sphere | None  # the same range over a sphere at rest, for ballistic flights
    phases: tuple[Phase, ...]
    details: tuple[Detail, ...]
    waypoints: tuple[Place, ...]
    path: Nodes


class GroundPath(NamedTuple):
    """A flight as seen from the turning Earth, at some times."""

    time_s: Floats  # (n,)
    latitude_rad: Floats
    longitude_rad: Floats
    altitude_m: Floats
    speed_m_s: Floats  # relative to the Earth


def check_distance(launch: Place, target: Place) -> tuple[float, float]:
    """Length [m] and azimuth [rad] of the geodesic; refuses what is too near or too far."""
    distance, azimuth, _ = solve_inverse(
        launch.latitude_rad, launch.longitude_rad, target.latitude_rad, target.longitude_rad
    )
    if not NEAREST_M <= distance <= FARTHEST_M:
        raise BadInput(
            f"launch {launch.name} and target {target.name} are {distance / 1e3:,.0f} km apart; "
            f"allowed: {NEAREST_M / 1e3:,.0f} to {FARTHEST_M / 1e3:,.0f} km"
        )
    return distance, azimuth


def list_phases(path: Nodes, starts: Sequence[tuple[str, float]]) -> tuple[Phase, ...]:
    """Phases from their names and starts in the order of time; each ends where the next begins."""
    begin_s, end_s = float(path.time_s[0]), float(path.time_s[-1])
    times = [min(max(start_s, begin_s), end_s) for _, start_s in starts] + [end_s]
    altitude = follow(path, np.array(times)).altitude_m
    return tuple(
        Phase(name, times[i], times[i + 1], float(altitude[i]))
        for i, (name, _) in enumerate(starts)
        if times[i + 1] - times[i] > _PHASE_SETTLED_S
    )


def follow(path: Nodes, time_s: Floats) -> GroundPath:
    """Place, altitude and speed over the turning Earth at times (n,) on a path."""
    first = np.array([0, path.time_s.shape[0]])
    states = np.array([sample(first, *path, 0, float(t)) for t in time_s])
    x, y, _, vx, vy, vz = states.T
    speed = np.sqrt(
        (vx + EARTH_ROTATION_RAD_S * y) ** 2 + (vy - EARTH_ROTATION_RAD_S * x) ** 2 + vz**2
    )
    ground = geodetic_from_eci_batch(states[:, :3], EARTH_ROTATION_RAD_S * time_s)
    return GroundPath(time_s, *ground, speed)


def pick_times(report: FlightReport, most_s: float = math.inf) -> Floats:
    """Times that show a whole flight, the starts and ends of its phases and its apogee among them.

    A second apart in boost and dive; elsewhere a thousandth of the flight, `most_s` at the most.
    """
    end_s = report.flight_time_s
    step = min(max(end_s / 1000.0, 1.0), most_s)
    pieces = [np.arange(0.0, end_s, step), np.arange(max(end_s - 60.0, 0.0), end_s, min(step, 1.0))]
    if report.burnout is not None:
        pieces.append(np.arange(0.0, report.burnout.time_s, min(step, 1.0)))
    marks = np.unique([0.0, report.apogee_s, end_s, *(p.start_s for p in report.phases)])
    between = np.unique(np.concatenate(pieces))
    between = between[np.concatenate(([True], np.diff(between) > _APART_S))]
    alone = np.abs(between[:, None] - marks).min(axis=1) > _APART_S
    return np.unique(np.concatenate((marks, between[alone])))


def note_burnout(time_s: float, state: Floats) -> Burnout:
    """The end of thrust with its altitude, which does not depend on the Earth's angle."""
    _, _, altitude = geodetic_from_ecef(*state[:3])
    return Burnout(time_s, state, altitude)


def compose_report(
    launch: Place,
    target: Place,
    path: Nodes,
    impact: tuple[float, float, float],
    starts: Sequence[tuple[str, float]],
    *,
    burnout: Burnout | None = None,
    plane_azimuth_rad: float = math.nan,
    apogee: tuple[float, float] | None = None,
    launch_speed_m_s: float = math.nan,
    sphere: Sphere | None = None,
    details: tuple[Detail, ...] = (),
    waypoints: tuple[Place, ...] = (),
) -> FlightReport:
    """The report of a flight from what its kind knows of it.

    Parameters
    ----------
    launch, target : Place
        As asked for.
    path : Nodes
        From launch to impact; times since launch, eci as it coincides with ecef then.
    impact : (latitude_rad, longitude_rad, speed_m_s)
        Speed relative to the Earth.
    starts : sequence of (name, start_s)
        Phases.
    apogee : (altitude_m, time_s), optional
        Sought on the path where it is not given.
    burnout, plane_azimuth_rad, launch_speed_m_s, sphere, details, waypoints
        As in `FlightReport`.
    """
    places = (launch.latitude_rad, launch.longitude_rad, target.latitude_rad, target.longitude_rad)
    distance, azimuth, _ = solve_inverse(*places)
    miss, _, _ = solve_inverse(*impact[:2], *places[2:])
    if apogee is None:
        flown = follow(path, np.linspace(path.time_s[0], path.time_s[-1], 3000))
        top = int(np.argmax(flown.altitude_m))
        apogee = float(flown.altitude_m[top]), float(flown.time_s[top])
    peak_pa, peak_s = math.nan, math.nan
    if burnout is not None and burnout.time_s > 0.0:
        peak_pa, peak_s = find_peak_pressure(path, burnout.time_s)
    return FlightReport(
        range_m=distance,
        azimuth_rad=azimuth,
        plane_azimuth_rad=plane_azimuth_rad,
        burnout=burnout,
        apogee_m=apogee[0],
        apogee_s=apogee[1],
        flight_time_s=float(path.time_s[-1]),
        impact_latitude_rad=impact[0],
        impact_longitude_rad=impact[1],
        impact_speed_m_s=impact[2],
        miss_m=miss,
        launch_speed_m_s=launch_speed_m_s,
        peak_pressure_pa=peak_pa,
        peak_pressure_s=peak_s,
        sphere=sphere,
        phases=list_phases(path, starts),
        details=details,
        waypoints=waypoints,
        path=path,
    )


def refuse_overload(
    report: FlightReport, target: Place, limit_pa: float, flight: str = ASCENT,
    works: Iterable[str] = OTHER_ASCENTS,
) -> FlightReport:  # fmt: skip
    """The report of a flight that keeps to its class's dynamic pressure; `BadInput` for others.

    `flight` and `works` as in `explain_pressure`.
    """
    reason = explain_pressure(
        report.peak_pressure_pa, report.peak_pressure_s, limit_pa, flight, works
    )
    if reason:
        raise BadInput(f"{target.name}: {reason}")
    return report
