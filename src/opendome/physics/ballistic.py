"""Flight without thrust: warheads, decoys, debris, cut-off bodies, predictions of trackers."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from opendome.physics.constants import EARTH_ECCENTRICITY_SQUARED, EARTH_ROTATION_RAD_S
from opendome.physics.flight import (
    REACHED_GROUND,
    Nodes,
    advance,
    no_nodes,
)
from opendome.physics.forces import ballistic_control
from opendome.physics.geodesy import wrap_angle
from opendome.physics.gravity import j2_acceleration
from opendome.physics.jit import kernel
from opendome.physics.reentry import altitude, drag_acceleration
from opendome.physics.standard_atmosphere import Floats


class Impact(NamedTuple):
    """Where and when a fall ends. NaN for place and speed where the ground was not reached."""

    code: int  # flight.REACHED_GROUND, REACHED_TIME, NODES_FULL or STALLED
    time_s: float
    latitude_rad: float
    longitude_rad: float
    speed_m_s: float  # relative to the Earth
    apogee_m: float  # greatest altitude of the fall, start included
    apogee_s: float
    n_nodes: int
    n_steps: int


@kernel
def ground_point(x: float, y: float, z: float, earth_angle_rad: float) -> tuple[float, float]:
    """Geodetic latitude and longitude [rad] of an eci position [m] on the ellipsoid itself."""
    latitude = math.atan2(z, (1.0 - EARTH_ECCENTRICITY_SQUARED) * math.hypot(x, y))
    return latitude, wrap_angle(math.atan2(y, x) - earth_angle_rad)


@kernel
def ground_speed(state: Floats) -> float:
    """Speed [m/s] relative to the turning Earth of an eci state (6,)."""
    vx = state[3] + EARTH_ROTATION_RAD_S * state[1]
    vy = state[4] - EARTH_ROTATION_RAD_S * state[0]
    return math.sqrt(vx * vx + vy * vy + state[5] * state[5])


@kernel
def record_fall(
    state: Floats,
    start_s: float,
    stop_s: float,
    earth_angle0_rad: float,
    ballistic_coefficient_kg_m2: float,
    floor_m: float,
    tolerance: float,
    nodes: Nodes,
) -> Impact:
    """Fly a body to the ground, or to `stop_s`, and keep the nodes of its path.

    Parameters
    ----------
    state : (6,) float64
        Position [m] and velocity [m/s], eci, at `start_s`; holds the end state afterwards.
    start_s, stop_s : float
        Start, and end of patience [s].
    earth_angle0_rad : float
        Earth's angle at time zero (the world's gmst0).
    ballistic_coefficient_kg_m2 : float
        Mass / (drag coefficient x area); infinite for no drag.
    floor_m : float
        Altitude at which the flight ends: 0 at the ground; above it for bodies that no longer
        matter lower down (the place of `Impact` is then good to 200 m).
    tolerance : float
        As in `flight.advance`.
    nodes : Nodes
        Room for the path; with zero rows nothing is kept.
    """
    work = np.empty((8, 6))
    apogee = np.empty(2)
    apogee[0] = altitude(state[0], state[1], state[2])
    apogee[1] = start_s
    control = ballistic_control(1.0 / ballistic_coefficient_kg_m2, floor_m)
    tally = np.zeros(2, np.int64)
    t, code = advance(state, start_s, stop_s, control, tolerance, work, apogee, nodes, tally)
    latitude, longitude, speed = math.nan, math.nan, math.nan
    if code == REACHED_GROUND:
        angle = earth_angle0_rad + EARTH_ROTATION_RAD_S * t
        latitude, longitude = ground_point(state[0], state[1], state[2], angle)
        speed = ground_speed(state)
    return Impact(code, t, latitude, longitude, speed, apogee[0], apogee[1], tally[0], tally[1])


@kernel
def fly_to_ground(
    state: Floats,
    start_s: float,
    stop_s: float,
    earth_angle0_rad: float,
    ballistic_coefficient_kg_m2: float,
    tolerance: float,
) -> Impact:
    """`record_fall` of a copy of `state`, without keeping its path: impact prediction."""
    return record_fall(
        state.copy(),
        start_s,
        stop_s,
        earth_angle0_rad,
        ballistic_coefficient_kg_m2,
        0.0,
        tolerance,
        no_nodes(),
    )


@kernel
def _fall_acceleration(
    x: float, y: float, z: float, vx: float, vy: float, vz: float, inverse_beta_m2_kg: float
) -> tuple[float, float, float]:
    ax, ay, az = j2_acceleration(x, y, z)
    if inverse_beta_m2_kg > 0.0:
        dx, dy, dz = drag_acceleration(x, y, z, vx, vy, vz, inverse_beta_m2_kg)
        return ax + dx, ay + dy, az + dz
    return ax, ay, az


@kernel
def step_rk4(
    x: float,
    y: float,
    z: float,
    vx: float,
    vy: float,
    vz: float,
    dt: float,
    inverse_beta_m2_kg: float,
) -> tuple[float, float, float, float, float, float]:
    """One classical Runge-Kutta step of a falling body, eci: the tracker's prediction.

    Gravity with J2, and drag where `inverse_beta_m2_kg` (1 / ballistic coefficient) is positive.
    Fifth-order local error: under 0.1 m in vacuum for steps up to 20 s. In dense air keep `dt`
    near 1 s.
    """
    h = 0.5 * dt
    b = inverse_beta_m2_kg
    ax1, ay1, az1 = _fall_acceleration(x, y, z, vx, vy, vz, b)
    vx2, vy2, vz2 = vx + h * ax1, vy + h * ay1, vz + h * az1
    ax2, ay2, az2 = _fall_acceleration(x + h * vx, y + h * vy, z + h * vz, vx2, vy2, vz2, b)
    vx3, vy3, vz3 = vx + h * ax2, vy + h * ay2, vz + h * az2
    ax3, ay3, az3 = _fall_acceleration(x + h * vx2, y + h * vy2, z + h * vz2, vx3, vy3, vz3, b)
    vx4, vy4, vz4 = vx + dt * ax3, vy + dt * ay3, vz + dt * az3
    ax4, ay4, az4 = _fall_acceleration(x + dt * vx3, y + dt * vy3, z + dt * vz3, vx4, vy4, vz4, b)
    w = dt / 6.0
    return (
        x + w * (vx + 2.0 * (vx2 + vx3) + vx4),
        y + w * (vy + 2.0 * (vy2 + vy3) + vy4),
        z + w * (vz + 2.0 * (vz2 + vz3) + vz4),
        vx + w * (ax1 + 2.0 * (ax2 + ax3) + ax4),
        vy + w * (ay1 + 2.0 * (ay2 + ay3) + ay4),
        vz + w * (az1 + 2.0 * (az2 + az3) + az4),
    )
