"""Staged flight under thrust, from a site on the turning Earth to burnout and on to the ground.

The pitch programme: vertical rise; then the thrust turns at a constant rate in the launch plane, to
an end angle; then it keeps that attitude in inertial space. Range is smooth and monotonic in the
cut-off and has one maximum in the end angle, which is what makes aiming well conditioned. Two
limits stand above the programme: a greatest turn rate, which stretches the turn, and a greatest
load (dynamic pressure times sine of angle of attack), which holds the thrust nearer to the wind.
A missile dropped by an aircraft starts with its height and speed, and with another attitude.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from opendome.physics.ballistic import ground_point, ground_speed
from opendome.physics.constants import EARTH_ROTATION_RAD_S, STANDARD_GRAVITY_M_S2
from opendome.physics.flight import (
    REACHED_GROUND,
    REACHED_TIME,
    Nodes,
    advance,
    no_nodes,
)
from opendome.physics.forces import NO_LIMIT_PA, Control, ballistic_control
from opendome.physics.geodesy import ecef_from_geodetic, enu_axes
from opendome.physics.jit import kernel
from opendome.physics.standard_atmosphere import Floats

MAX_STAGES: Final = 4

# An error made under thrust grows over the flight that follows, one made later hardly does.
_BOOST_TOLERANCE_SHARE: Final = 0.05


class Vehicle(NamedTuple):
    """A rocket of up to four stages; rows past the last stage are zero.

    Specific impulse is the effective value over the burn (no correction for back pressure). A
    stage's inert mass is dropped at its burnout; `stage_coast_s` then passes before the next stage
    ignites (unused after the last stage).
    """

    stage_propellant_kg: Floats  # (4,)
    stage_inert_kg: Floats  # (4,)
    stage_burn_s: Floats  # (4,)
    stage_specific_impulse_s: Floats  # (4,)
    stage_coast_s: Floats  # (4,)
    n_stages: int
    payload_kg: float  # all that is above the last stage
    drag_area_m2: float  # drag coefficient times reference area
    vertical_rise_s: float
    pitch_end_s: float  # when the pitch programme reaches its end angle, after launch
    pitch_start_rad: float  # attitude at launch, from the vertical
    turn_limit_rad_s: float  # greatest rate of the pitch programme
    load_limit_pa: float  # greatest dynamic pressure times sine of angle of attack
    weave_rad: float  # thrust swings out of the launch plane by up to this
    weave_rate_rad_s: float  # phase of the swing per second after launch
    launch_altitude_m: float  # of the carrier aircraft; 0 on the ground
    launch_speed_m_s: float  # of the carrier, level along the launch azimuth, relative to the Earth


class Steering(NamedTuple):
    """What guidance chooses for one flight."""

    azimuth_rad: float  # of the launch plane, from north through east
    pitch_end_rad: float  # end angle of the thrust from the launch point's vertical
    cutoff_s: float  # end of thrust, after launch; infinite: full burn
    effort: float  # stages' worth of thrust used: 2.4 is two full stages and 40 % of the third


class Flight(NamedTuple):
    """A flight in numbers. Times since launch; eci as it coincides with ecef at launch."""

    code: int  # flight.REACHED_GROUND, REACHED_TIME, NODES_FULL or STALLED
    burnout_s: float
    burnout_x_m: float
    burnout_y_m: float
    burnout_z_m: float
    burnout_vx_m_s: float
    burnout_vy_m_s: float
    burnout_vz_m_s: float
    apogee_m: float
    apogee_s: float
    end_s: float
    end_latitude_rad: float
    end_longitude_rad: float
    end_speed_m_s: float  # relative to the Earth
    n_nodes: int
    n_steps: int


def build_vehicle(
    stages: list[tuple[float, float, float, float, float]],
    payload_kg: float,
    drag_area_m2: float,
    vertical_rise_s: float,
    pitch_end_s: float,
    *,
    pitch_start_rad: float = 0.0,
    turn_limit_rad_s: float = math.inf,
    load_limit_pa: float = NO_LIMIT_PA,
    weave_rad: float = 0.0,
    weave_period_s: float = math.inf,
    launch_altitude_m: float = 0.0,
    launch_speed_m_s: float = 0.0,
) -> Vehicle:
    """A vehicle from its stages: (propellant, inert [kg], burn [s], impulse [s], coast [s]).

    Other arguments as the fields of `Vehicle`. Raises `ValueError` where there are no stages or
    more than four, or where the pitch programme ends before the vertical rise does.
    """
    if not 1 <= len(stages) <= MAX_STAGES:
        raise ValueError(f"a vehicle has 1 to {MAX_STAGES} stages, not {len(stages)}")
    if not 0.0 <= vertical_rise_s < pitch_end_s:
        raise ValueError("the pitch programme must end after the vertical rise")
    columns = np.zeros((5, MAX_STAGES))
    columns[:, : len(stages)] = np.array(stages, np.float64).T
    return Vehicle(
        columns[0].copy(), columns[1].copy(), columns[2].copy(), columns[3].copy(),
        columns[4].copy(), len(stages), float(payload_kg), float(drag_area_m2),
        float(vertical_rise_s), float(pitch_end_s), float(pitch_start_rad),
        float(turn_limit_rad_s), float(load_limit_pa), float(weave_rad),
        math.tau / weave_period_s, float(launch_altitude_m), float(launch_speed_m_s),
    )  # fmt: skip


@kernel
def full_burn(vehicle: Vehicle) -> float:
    """Time [s] from launch to the last stage's burnout, coasts between stages included."""
    total = 0.0
    for i in range(vehicle.n_stages):
        total += vehicle.stage_burn_s[i]
        if i < vehicle.n_stages - 1:
            total += vehicle.stage_coast_s[i]
    return total


@kernel
def launch_mass(vehicle: Vehicle) -> float:
    """Mass [kg] on the pad."""
    mass = vehicle.payload_kg
    for i in range(vehicle.n_stages):
        mass += vehicle.stage_propellant_kg[i] + vehicle.stage_inert_kg[i]
    return mass


@kernel
def launch_state(
    latitude_rad: float,
    longitude_rad: float,
    altitude_m: float,
    speed_m_s: float,
    azimuth_rad: float,
    state: Floats,
) -> None:
    """State at launch, eci as it coincides with ecef then: at rest, or level on a carrier."""
    x, y, z = ecef_from_geodetic(latitude_rad, longitude_rad, altitude_m)
    ex, ey, ez, nx, ny, nz, _, _, _ = enu_axes(latitude_rad, longitude_rad)
    north, east = speed_m_s * math.cos(azimuth_rad), speed_m_s * math.sin(azimuth_rad)
    state[0], state[1], state[2] = x, y, z
    state[3] = north * nx + east * ex - EARTH_ROTATION_RAD_S * y
    state[4] = north * ny + east * ey + EARTH_ROTATION_RAD_S * x
    state[5] = north * nz + east * ez


@kernel
def record(
    vehicle: Vehicle,
    steering: Steering,
    latitude_rad: float,
    longitude_rad: float,
    velocity_error_eci_m_s: Floats,
    ballistic_coefficient_kg_m2: float,
    stop_s: float,
    tolerance: float,
    nodes: Nodes,
) -> Flight:
    """Fly from launch to the ground, or to `stop_s`, and keep the nodes of the path.

    Parameters
    ----------
    vehicle, steering : Vehicle, Steering
        What flies, and how it is guided.
    latitude_rad, longitude_rad : float
        Launch point, geodetic, on the ellipsoid.
    velocity_error_eci_m_s : (3,) float64
        Added at the end of thrust (the burnout that is returned is without it); axes as the
        path's.
    ballistic_coefficient_kg_m2 : float
        Of what flies on after thrust ends.
    stop_s, tolerance, nodes
        As in `ballistic.record_fall`. Node times count from launch; axes are those of ecef at
        launch, at rest: turn by the Earth's angle at launch to have eci.

    Notes
    -----
    Every ignition, burnout and corner of the pitch programme ends a step. A flight that meets the
    ground under thrust (too little thrust, or pitched too far) ends there, with that as its
    burnout.
    """
    state = np.empty(6)
    launch_state(
        latitude_rad,
        longitude_rad,
        vehicle.launch_altitude_m,
        vehicle.launch_speed_m_s,
        steering.azimuth_rad,
        state,
    )
    work = np.empty((8, 6))
    apogee = np.zeros(2)
    ex, ey, ez, nx, ny, nz, ux, uy, uz = enu_axes(latitude_rad, longitude_rad)
    sin_a, cos_a = math.sin(steering.azimuth_rad), math.cos(steering.azimuth_rad)
    ahead_x = cos_a * nx + sin_a * ex
    ahead_y = cos_a * ny + sin_a * ey
    ahead_z = cos_a * nz + sin_a * ez
    rise_s, turned_s = vehicle.vertical_rise_s, vehicle.pitch_end_s
    turn_rad = steering.pitch_end_rad - vehicle.pitch_start_rad
    turned_s = max(turned_s, rise_s + abs(turn_rad) / vehicle.turn_limit_rad_s)
    turn_rate = turn_rad / (turned_s - rise_s)
    tight = _BOOST_TOLERANCE_SHARE * tolerance

    t, stage = 0.0, 0
    tally = np.zeros(2, np.int64)
    mass = launch_mass(vehicle)
    thrust_end_s = min(steering.cutoff_s, full_burn(vehicle))
    ignition_s, burnout_s = 0.0, vehicle.stage_burn_s[0]
    thrust_ended_s = 0.0
    x, y, z, vx, vy, vz = state[0], state[1], state[2], state[3], state[4], state[5]
    while True:
        powered = t < thrust_end_s
        if powered and t >= burnout_s and stage < vehicle.n_stages - 1:
            mass -= vehicle.stage_propellant_kg[stage] + vehicle.stage_inert_kg[stage]
            ignition_s = burnout_s + vehicle.stage_coast_s[stage]
            stage += 1
            burnout_s = ignition_s + vehicle.stage_burn_s[stage]
        if not powered:
            for i in range(3):
                state[i + 3] += velocity_error_eci_m_s[i]
            corner_s = stop_s
            allowed = tolerance
            control = ballistic_control(1.0 / ballistic_coefficient_kg_m2, 0.0)
        elif t < ignition_s:
            corner_s = min(ignition_s, thrust_end_s)
            allowed = tight
            control = ballistic_control(vehicle.drag_area_m2 / mass, 0.0)
        else:
            corner_s = min(burnout_s, thrust_end_s)
            allowed = tight
            turning = rise_s <= t < turned_s
            if turning:
                corner_s = min(corner_s, turned_s)
            elif t < rise_s:
                corner_s = min(corner_s, rise_s)
            flow = vehicle.stage_propellant_kg[stage] / vehicle.stage_burn_s[stage]
            share = min(max(steering.effort - stage, 0.0), 1.0)
            control = Control(
                t,
                share * flow * vehicle.stage_specific_impulse_s[stage] * STANDARD_GRAVITY_M_S2,
                mass - flow * (t - ignition_s),
                flow,
                vehicle.pitch_start_rad + turn_rate * (min(max(t, rise_s), turned_s) - rise_s),
                turn_rate if turning else 0.0,
                vehicle.drag_area_m2, 0.0, 0.0, ux, uy, uz, ahead_x, ahead_y, ahead_z,
                vehicle.weave_rad, vehicle.weave_rate_rad_s, vehicle.load_limit_pa,
                0.0, 0.0, 0.0, 0.0,
            )  # fmt: skip
        t, code = advance(
            state, t, min(corner_s, stop_s), control, allowed, work, apogee, nodes, tally
        )
        if powered:
            thrust_ended_s = t
            x, y, z = state[0], state[1], state[2]
            vx, vy, vz = state[3], state[4], state[5]
        if code != REACHED_TIME or not powered or t >= stop_s:
            break
    latitude, longitude, speed = math.nan, math.nan, math.nan
    if code == REACHED_GROUND:
        angle = EARTH_ROTATION_RAD_S * t
        latitude, longitude = ground_point(state[0], state[1], state[2], angle)
        speed = ground_speed(state)
    return Flight(
        code, thrust_ended_s, x, y, z, vx, vy, vz, apogee[0], apogee[1], t, latitude, longitude,
        speed, tally[0], tally[1],
    )  # fmt: skip


@kernel
def fly(
    vehicle: Vehicle,
    steering: Steering,
    latitude_rad: float,
    longitude_rad: float,
    velocity_error_eci_m_s: Floats,
    ballistic_coefficient_kg_m2: float,
    stop_s: float,
    tolerance: float,
) -> Flight:
    """`record` without keeping the path."""
    return record(
        vehicle, steering, latitude_rad, longitude_rad, velocity_error_eci_m_s,
        ballistic_coefficient_kg_m2, stop_s, tolerance, no_nodes(),
    )  # fmt: skip
