"""How a boosted glider is sent to its target: launch azimuth, end pitch and energy of its boost.

Three unknowns and three conditions: the boost ends on a path with the apogee that the class has;
the glider meets the route without a heading error at the end of its pull-up; and it begins its dive
with the speed that the class arrives with, so that it takes the least energy that serves. Guidance
of the glide closes the rest: an aim need not be exact for the target to be hit.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from opendome.physics.boost import Flight, Vehicle, full_burn, record
from opendome.physics.constants import EARTH_MEAN_RADIUS_M, EARTH_MU_M3_S2
from opendome.physics.flight import REACHED_TIME, Nodes, no_nodes
from opendome.physics.geodesy import solve_direct, solve_inverse
from opendome.physics.glide import PASSED, Glide, Glider, record_glide
from opendome.physics.jit import kernel
from opendome.physics.reentry import altitude
from opendome.physics.standard_atmosphere import Floats
from opendome.threats.aiming import (
    AIMED,
    HORIZON_S,
    MINIMUM_ENERGY,
    NOT_FOUND,
    OUT_OF_REACH,
    RAID_TOLERANCE,
    TOO_NEAR,
    Task,
    steer,
)

# An aim counts where the glide ends this near to the stated arrival speed, as way flown: 30 km of
# way are some 60 m/s.
SPARE_ALLOWED_M: Final = 30e3
_SPARE_SOUGHT_M: Final = 3e3
_APOGEE_SOUGHT_M: Final = 300.0
_APOGEE_ALLOWED_M: Final = 3e3
_HEADING_SETTLED_RAD: Final = 2e-3
_LEAST_ENERGY: Final = 0.2
_MOST_FLIGHTS: Final = 24
# Of speed squared over the circular one's: faster boosts overfly every target.
_NEARLY_ORBITAL: Final = 0.85
_MOST_BOOSTS: Final = 14
_STEEPEST_RAD: Final = math.radians(1.0)
_FLATTEST_RAD: Final = math.radians(150.0)
_FIRST_PITCH_RAD: Final = math.radians(80.0)
_LONGEST_TURN_RAD: Final = 0.15
# Where a least range is looked for.
_NEAREST_TRIED_M: Final = 100e3
_FARTHEST_TRIED_M: Final = 1e7


class GlideTask(NamedTuple):
    """A boosted glider, where it starts and what it is sent at."""

    vehicle: Vehicle  # its payload is the glider
    glider: Glider
    energy_management: int  # aiming.CUT_OFF or MANOEUVRE
    insertion_apogee_m: float  # of the conic on which the boost ends
    arrival_speed_m_s: float  # at the start of the dive, relative to the Earth
    launch_latitude_rad: float
    launch_longitude_rad: float
    route_rad: Floats  # (n, 2) latitude and longitude of points to fly to, the last the target


class GlideAim(NamedTuple):
    """The answer to a task, and what a later correction starts from.

    `energy` as in `aiming.Aim`. `slope` is way to spare [m] by energy.
    """

    code: int
    azimuth_rad: float
    pitch_end_rad: float
    energy: float
    spare_m: float  # way left at the arrival speed; negative: by so much too short
    reach_m: float  # greatest length of route; NaN unless OUT_OF_REACH
    slope_m: float
    n_flights: int


class GlideFlight(NamedTuple):
    """A whole flight: boost to burnout, and the glide. Times since launch; eci is ecef then."""

    boost: Flight
    glide: Glide

    @property
    def code(self) -> int:
        """How it ended."""
        return self.glide.code

    @property
    def n_nodes(self) -> int:
        """Nodes of the whole path."""
        return self.glide.n_nodes


@kernel
def _boost(
    task: GlideTask, azimuth_rad: float, pitch_rad: float, energy: float, tolerance: float,
    nodes: Nodes,
) -> Flight:  # fmt: skip
    """Launch to the end of thrust."""
    stand_in = Task(
        task.vehicle, task.glider.ballistic_coefficient_kg_m2, task.energy_management,
        MINIMUM_ENERGY, task.launch_latitude_rad, task.launch_longitude_rad, 0.0, 0.0,
    )  # fmt: skip
    steering = steer(stand_in, azimuth_rad, pitch_rad, energy)
    return record(
        task.vehicle, steering, task.launch_latitude_rad, task.launch_longitude_rad, np.zeros(3),
        task.glider.ballistic_coefficient_kg_m2,
        min(steering.cutoff_s, full_burn(task.vehicle)), tolerance, nodes,
    )  # fmt: skip


@kernel
def _apogee_of(boost: Flight) -> float:
    """Apogee [m] of the conic at burnout; mirrored below the burnout where the path descends.

    So it falls all the way as the end pitch flattens. -1e6 where the boost met the ground.
    """
    if boost.code != REACHED_TIME:
        return -1e6
    x, y, z = boost.burnout_x_m, boost.burnout_y_m, boost.burnout_z_m
    vx, vy, vz = boost.burnout_vx_m_s, boost.burnout_vy_m_s, boost.burnout_vz_m_s
    r = math.sqrt(x * x + y * y + z * z)
    climb = (x * vx + y * vy + z * vz) / r
    speed2 = vx * vx + vy * vy + vz * vz
    energy = 0.5 * speed2 - EARTH_MU_M3_S2 / r
    rise = 1e7
    if energy < 0.0:
        axis = -0.5 * EARTH_MU_M3_S2 / energy
        moment2 = r * r * (speed2 - climb * climb)
        eccentricity = math.sqrt(max(1.0 - moment2 / (EARTH_MU_M3_S2 * axis), 0.0))
        rise = min(axis * (1.0 + eccentricity) - r, 1e7)
    return altitude(x, y, z) + math.copysign(rise, climb)


@kernel
def _settle_pitch(
    task: GlideTask, azimuth_rad: float, pitch_rad: float, energy: float, tolerance: float
) -> tuple[float, float, float]:
    """End pitch that gives the boost the apogee of its class, and the apogee's error [m].

    Also the speed at burnout over the circular one there, squared. Secant steps within a bracket.
    """
    steep, flat = _STEEPEST_RAD, _FLATTEST_RAD
    pitch, before, error_before = pitch_rad, math.nan, math.nan
    best, best_error, fastness = pitch, math.inf, 0.0
    for _ in range(_MOST_BOOSTS):
        boost = _boost(task, azimuth_rad, pitch, energy, tolerance, no_nodes())
        error = _apogee_of(boost) - task.insertion_apogee_m
        if abs(error) < abs(best_error):
            best, best_error = pitch, error
            r = math.sqrt(boost.burnout_x_m**2 + boost.burnout_y_m**2 + boost.burnout_z_m**2)
            fastness = boost.burnout_vx_m_s**2 + boost.burnout_vy_m_s**2 + boost.burnout_vz_m_s**2
            fastness *= r / EARTH_MU_M3_S2
        if abs(error) < _APOGEE_SOUGHT_M:
            break
        if error > 0.0:
            steep = pitch
        else:
            flat = pitch
        turn = math.copysign(1e-2, error)
        if not math.isnan(before) and error != error_before:
            turn = -error * (pitch - before) / (error - error_before)
            if turn * error < 0.0:
                turn = math.copysign(_LONGEST_TURN_RAD, error)
        before, error_before = pitch, error
        pitch += min(max(turn, -_LONGEST_TURN_RAD), _LONGEST_TURN_RAD)
        if not steep < pitch < flat:
            pitch = 0.5 * (steep + flat)
    return best, best_error, fastness


@kernel
def record_glide_missile(
    task: GlideTask,
    azimuth_rad: float,
    pitch_end_rad: float,
    energy: float,
    least_speed_m_s: float,
    tolerance: float,
    nodes: Nodes,
) -> GlideFlight:
    """Fly boost and glide from launch to impact, and keep the nodes of the path.

    Parameters
    ----------
    task : GlideTask
        What flies, as it is built.
    azimuth_rad, pitch_end_rad, energy : float
        Of the launch plane, of the pitch programme, and share of what the booster has.
    least_speed_m_s : float
        Below it a glide ends; 0 for a flight to the ground.
    tolerance, nodes
        As in `boost.record`. About 600 nodes hold an intercontinental glide.
    """
    boost = _boost(task, azimuth_rad, pitch_end_rad, energy, tolerance, nodes)
    state = np.empty(6)
    state[0], state[1], state[2] = boost.burnout_x_m, boost.burnout_y_m, boost.burnout_z_m
    state[3], state[4] = boost.burnout_vx_m_s, boost.burnout_vy_m_s
    state[5] = boost.burnout_vz_m_s
    # A boost that met the ground is over at once: its stop time is its end.
    stop_s = HORIZON_S if boost.code == REACHED_TIME else boost.end_s
    glide = record_glide(
        state, boost.end_s, stop_s, 0.0, task.glider, task.route_rad, least_speed_m_s, tolerance,
        nodes, boost.n_nodes,
    )  # fmt: skip
    return GlideFlight(boost, glide)


@kernel
def first_guess(task: GlideTask) -> GlideAim:
    """Where a search for an aim starts from nothing: full energy, along the geodesic."""
    _, azimuth, _ = solve_inverse(
        task.launch_latitude_rad, task.launch_longitude_rad, task.route_rad[0, 0],
        task.route_rad[0, 1],
    )  # fmt: skip
    nan = math.nan
    return GlideAim(NOT_FOUND, azimuth, _FIRST_PITCH_RAD, 1.0, nan, nan, nan, 0)


@kernel
def _lever(whole_m: float, left_m: float) -> float:
    """Launch azimuth by heading error, where `left_m` of the way to a point are left.

    Turning the launch plane moves the body sideways and turns its heading; on a sphere the two
    together take out sin(whole) / sin(left) of heading error by radian.
    """
    whole = math.sin(whole_m / EARTH_MEAN_RADIUS_M)
    return min(max(math.sin(left_m / EARTH_MEAN_RADIUS_M) / max(whole, 0.05), 0.1), 1.2)


@kernel
def _route_length(task: GlideTask) -> float:
    total = 0.0
    latitude, longitude = task.launch_latitude_rad, task.launch_longitude_rad
    for i in range(task.route_rad.shape[0]):
        distance, _, _ = solve_inverse(
            latitude, longitude, task.route_rad[i, 0], task.route_rad[i, 1]
        )
        latitude, longitude = task.route_rad[i, 0], task.route_rad[i, 1]
        total += distance
    return total


@kernel
def correct_glide_aim(task: GlideTask, near: GlideAim, tolerance: float) -> GlideAim:
    """Aim of a boosted glider from `first_guess`, or from the aim of one built a little otherwise.

    Parameters
    ----------
    task : GlideTask
        The missile as it will fly.
    near : GlideAim
        Where to start.
    tolerance : float
        Of the flights, as in `flight.advance`.

    Returns
    -------
    GlideAim
        AIMED: the dive begins within 30 km of way of the arrival speed. OUT_OF_REACH: full energy
        falls short, `reach_m` is the greatest length of route in that direction; flown all the
        same, such an aim arrives slower or not at all. TOO_NEAR: what would arrive at the stated
        speed dives out of its pull-up or overflies, or the least energy that still gives the class
        its apogee arrives too fast. NOT_FOUND: the boost cannot reach its apogee at any energy.

    Notes
    -----
    Secant steps of the energy within a bracket; at each, the end pitch is settled for the apogee
    and the azimuth turned by what heading error is left after the pull-up.
    """
    azimuth, pitch, energy, slope = near.azimuth_rad, near.pitch_end_rad, near.energy, near.slope_m
    low, high = _LEAST_ENERGY, 1.0
    before, spare_before = math.nan, math.nan
    spare, heading_error = math.nan, math.nan
    best_azimuth, best_pitch, best_energy, best_spare = azimuth, pitch, energy, math.nan
    code = NOT_FOUND
    n_flights, widened = 0, False
    first_leg, _, _ = solve_inverse(
        task.launch_latitude_rad, task.launch_longitude_rad, task.route_rad[0, 0],
        task.route_rad[0, 1],
    )  # fmt: skip
    while n_flights < _MOST_FLIGHTS:
        n_flights += 1
        pitch, apogee_error, fastness = _settle_pitch(task, azimuth, pitch, energy, tolerance)
        if abs(apogee_error) > _APOGEE_ALLOWED_M:
            if fastness > _NEARLY_ORBITAL and energy > _LEAST_ENERGY:
                # Near circular speed no level path has so low an apogee: less energy.
                high = energy
                energy = max(0.5 * (low + high), energy - 0.05)
                pitch = near.pitch_end_rad
                continue
            # Too weak a boost: more energy, unless there is no more.
            if energy >= high:
                break
            low = energy
            if high - low < 1e-3:
                code = TOO_NEAR
                break
            energy = 0.5 * (low + high)
            pitch = best_pitch
            continue
        flight = record_glide_missile(
            task, azimuth, pitch, energy, task.arrival_speed_m_s, tolerance, no_nodes()
        )
        spare, heading_error = flight.glide.spare_m, flight.glide.heading_error_rad
        if math.isnan(spare):  # came down before it could glide
            spare = -1e7
        best_azimuth, best_pitch, best_energy, best_spare = azimuth, pitch, energy, spare
        glided = not math.isnan(heading_error) and flight.glide.code != PASSED
        turned = math.isnan(heading_error) or abs(heading_error) < _HEADING_SETTLED_RAD
        near_enough = _SPARE_SOUGHT_M if n_flights < _MOST_FLIGHTS else SPARE_ALLOWED_M
        if turned and abs(spare) < near_enough:
            # What dives out of its pull-up, or flies over the target, is no glide.
            code = AIMED if glided else TOO_NEAR
            break
        if not turned and n_flights < _MOST_FLIGHTS // 2:
            azimuth += heading_error * _lever(first_leg, flight.glide.glide_distance_m)
        if spare < 0.0:
            if energy >= 1.0 and turned:
                code = OUT_OF_REACH
                break
            low = min(energy, high)
        elif energy <= _LEAST_ENERGY:
            code = TOO_NEAR
            break
        else:
            high = energy
        if high - low < 1e-7 and turned:
            if widened or abs(spare) < SPARE_ALLOWED_M:
                code = AIMED if glided and abs(spare) < SPARE_ALLOWED_M else TOO_NEAR
                break
            # An end of the bracket came from a flight that was still turned away: once more.
            widened = True
            low = energy if spare < 0.0 else _LEAST_ENERGY
            high = energy if spare > 0.0 else 1.0
        if not math.isnan(before) and abs(energy - before) > 1e-9 and spare > -1e7:
            trial = (spare - spare_before) / (energy - before)
            if trial > 0.0:
                slope = trial
        before, spare_before = energy, spare
        if math.isnan(slope):
            energy = max(energy - 0.05, _LEAST_ENERGY) if spare > 0.0 else 1.0
        else:
            energy -= min(max(spare / slope, -0.1), 0.1)
            if not low < energy < high:
                energy = 1.0 if high == 1.0 and energy >= 1.0 else 0.5 * (low + high)
    if code == NOT_FOUND and not math.isnan(best_spare):
        code = TOO_NEAR  # no energy arrives at the stated speed
    reach = max(_route_length(task) + best_spare, 0.0) if code == OUT_OF_REACH else math.nan
    return GlideAim(
        code, best_azimuth, best_pitch, best_energy, best_spare, reach, slope, n_flights
    )


def solve_glide_aim(task: GlideTask, tolerance: float) -> GlideAim:
    """Aim of a boosted glider from nothing but its task; see `correct_glide_aim`."""
    return correct_glide_aim(task, first_guess(task), tolerance)


def find_least_range(task: GlideTask) -> float:
    """A distance [m] towards the first point of the route at which a target can be aimed at.

    Above the least one by a tenth at most; NaN where there is none up to a quarter of the Earth.
    """
    start = task.launch_latitude_rad, task.launch_longitude_rad
    distance, azimuth, _ = solve_inverse(*start, task.route_rad[0, 0], task.route_rad[0, 1])
    while distance < _FARTHEST_TRIED_M:
        distance = max(1.1 * distance, _NEAREST_TRIED_M)
        target = solve_direct(*start, azimuth, distance)[:2]
        trial = task._replace(route_rad=np.array([target]))
        if solve_glide_aim(trial, RAID_TOLERANCE).code == AIMED:
            return float(distance)
    return math.nan


def explain_glide_failure(task: GlideTask, aim: GlideAim) -> str:
    """One sentence on why there is no aim: by how many km, and which route would work."""
    length = _route_length(task) / 1e3
    if aim.code == OUT_OF_REACH:
        reach = aim.reach_m / 1e3
        return (
            f"the route is {length:,.0f} km long and the glide in that direction falls "
            f"{length - reach:,.0f} km short of its arrival speed of "
            f"{task.arrival_speed_m_s / 1e3:.1f} km/s; allowed: up to {reach:,.0f} km"
        )
    if aim.code == TOO_NEAR:
        least = find_least_range(task) / 1e3
        advice = "a lower arrival speed" if math.isnan(least) else f"{least:,.0f} km or more"
        return (
            f"the route of {length:,.0f} km is too short for boost, pull-up and a glide that "
            f"arrives at {task.arrival_speed_m_s / 1e3:.1f} km/s; allowed: {advice}"
        )
    if aim.code == NOT_FOUND:
        return (
            f"no boost ends on a path with an apogee of {task.insertion_apogee_m / 1e3:,.0f} km; "
            "allowed: another insertion apogee"
        )
    return f"the target at the end of {length:,.0f} km is reached"
