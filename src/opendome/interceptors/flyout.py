"""One fly-out of a ground-launched interceptor, by the integrator that flies the missiles.

A fly-out is staged boost under a pitch programme, then coast with drag. `aim_shot` turns launch
direction and launch time until the flight passes a point at an instant.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from opendome.physics.boost import Steering, Vehicle, full_burn, record
from opendome.physics.flight import REACHED_TIME, Nodes, empty_nodes
from opendome.physics.frames import (
    earth_angle,
    ecef_from_eci,
    ecef_state_from_eci,
    eci_from_ecef_batch,
    eci_state_from_ecef,
)
from opendome.physics.jit import kernel
from opendome.tables.truth import Floats

# About 60 nodes hold a fly-out; a steep fall through the air adds as many.
MAX_NODES: Final = 400

# Local error per step: some metres at 6,000 km, far inside the 2 km that tables may be off.
TABLE_TOLERANCE: Final = 1e-7
_SHOT_TOLERANCE: Final = 1e-8

# Change of thrust tilt for the numerical Jacobian: moves the end of a long fly-out by about 1 km,
# a thousand times the noise of step control, and stays in the linear range.
_TILT_STEP_RAD: Final = 1e-4
# A kill vehicle diverts kilometres; ten metres end the search.
_CLOSE_ENOUGH_M: Final = 10.0
_MOST_CORRECTIONS: Final = 8
# One correction changes thrust tilt and flight time by at most this much.
_LARGEST_TURN_RAD: Final = 0.1
_LARGEST_SHIFT_S: Final = 30.0


class Interceptor(NamedTuple):
    """An interceptor type as it flies, and the limits of its use. Numbers are floats."""

    vehicle: Vehicle  # payload: the kill vehicle and all that coasts with it
    ballistic_coefficient_kg_m2: float  # of what coasts after burnout; infinite: no drag
    release_s: float  # from burnout until the kill vehicle is free and can home
    min_flight_s: float  # no intercept earlier than this after launch
    max_flight_s: float  # energy of the kill vehicle
    # Largest end angle of the thrust from the launch point's vertical. Thrust keeps its attitude in
    # inertial space, so low points far away need angles beyond 90 degrees: about 110 to 120 for a
    # long-range type whose pitch programme ends at 0.4 of the burn.
    max_pitch_end_rad: float
    max_range_m: float  # along the ground
    min_altitude_m: float
    max_altitude_m: float


class Shot(NamedTuple):
    """A fly-out aimed at a point and an instant."""

    launch_s: float
    azimuth_rad: float
    pitch_end_rad: float
    arrival_vx_m_s: float  # eci
    arrival_vy_m_s: float
    arrival_vz_m_s: float
    miss_m: float  # distance from the point at the instant; NaN: the search found no flight


@kernel
def first_intercept_s(interceptor: Interceptor) -> float:
    """Time [s] after launch from which the interceptor can hit anything."""
    ready = full_burn(interceptor.vehicle) + interceptor.release_s
    return float(max(ready, interceptor.min_flight_s))


@kernel
def fly_out(
    interceptor: Interceptor,
    azimuth_rad: float,
    pitch_end_rad: float,
    latitude_rad: float,
    longitude_rad: float,
    stop_s: float,
    tolerance: float,
    nodes: Nodes,
) -> tuple[int, int]:
    """Fly from launch to `stop_s` or to the ground; keeps nodes, the last one at the end.

    Parameters
    ----------
    azimuth_rad, pitch_end_rad : float
        Launch plane, clockwise from north; end angle of the thrust from the vertical.
    latitude_rad, longitude_rad : float
        Launch site, geodetic, on the ellipsoid.
    stop_s, tolerance, nodes
        As in `boost.record`: times from launch, axes those of ecef at launch, at rest.

    Returns
    -------
    code, n_nodes : int
        How the flight ended (`flight.REACHED_TIME`, ...); nodes kept.
    """
    vehicle = interceptor.vehicle
    steering = Steering(azimuth_rad, pitch_end_rad, math.inf, float(vehicle.n_stages))
    flight = record(
        vehicle, steering, latitude_rad, longitude_rad, np.zeros(3),
        interceptor.ballistic_coefficient_kg_m2, stop_s, tolerance, nodes,
    )  # fmt: skip
    return flight.code, flight.n_nodes


@kernel
def _fly_tilted(
    interceptor: Interceptor,
    east_rad: float,
    north_rad: float,
    latitude_rad: float,
    longitude_rad: float,
    flight_s: float,
    nodes: Nodes,
    state: Floats,
) -> bool:
    """Fly with a thrust tilt given by its components; earth-fixed end state (6,) into `state`.

    Components, unlike azimuth and angle, have no corner where the flight goes straight up.
    Returns whether the flight lasted `flight_s`.
    """
    code, n_nodes = fly_out(
        interceptor, math.atan2(east_rad, north_rad), math.hypot(east_rad, north_rad),
        latitude_rad, longitude_rad, flight_s, _SHOT_TOLERANCE, nodes,
    )  # fmt: skip
    p = nodes.position_eci_m[n_nodes - 1]
    v = nodes.velocity_eci_m_s[n_nodes - 1]
    state[0], state[1], state[2], state[3], state[4], state[5] = ecef_state_from_eci(
        p[0], p[1], p[2], v[0], v[1], v[2], earth_angle(0.0, flight_s)
    )
    return code == REACHED_TIME


@kernel
def aim_shot(
    interceptor: Interceptor,
    latitude_rad: float,
    longitude_rad: float,
    gmst0_rad: float,
    intercept_s: float,
    x_eci_m: float,
    y_eci_m: float,
    z_eci_m: float,
    launch_s: float,
    azimuth_rad: float,
    pitch_end_rad: float,
) -> Shot:
    """Turn launch direction and time until the flight passes a point at an instant.

    Parameters
    ----------
    interceptor, latitude_rad, longitude_rad
        What flies, and from where.
    gmst0_rad : float
        Earth's angle at time zero.
    intercept_s, x_eci_m, y_eci_m, z_eci_m : float
        The instant, and the point at that instant.
    launch_s, azimuth_rad, pitch_end_rad : float
        First guess, from the fly-out tables.

    Returns
    -------
    shot : Shot
        `launch_s` moves by what the tables are off, under a second. `miss_m` is NaN where no
        flight near the guess passes the point.

    Notes
    -----
    Newton's method in two components of thrust tilt and flight time, three flights a round; it
    ends within 10 m, usually after two rounds.
    """
    nodes = Nodes(
        np.empty(MAX_NODES),
        np.empty((MAX_NODES, 3)),
        np.empty((MAX_NODES, 3)),
        np.empty((MAX_NODES, 3)),
    )
    state, moved_east, moved_north = np.empty(6), np.empty(6), np.empty(6)
    px, py, pz = ecef_from_eci(x_eci_m, y_eci_m, z_eci_m, earth_angle(gmst0_rad, intercept_s))
    east = pitch_end_rad * math.sin(azimuth_rad)
    north = pitch_end_rad * math.cos(azimuth_rad)
    flight_s = intercept_s - launch_s
    miss_m = math.inf
    for _ in range(_MOST_CORRECTIONS):
        if not _fly_tilted(
            interceptor, east, north, latitude_rad, longitude_rad, flight_s, nodes, state
        ):
            miss_m = math.nan
            break
        dx, dy, dz = px - state[0], py - state[1], pz - state[2]
        miss_m = math.sqrt(dx * dx + dy * dy + dz * dz)
        if miss_m < _CLOSE_ENOUGH_M:
            break
        _fly_tilted(
            interceptor, east + _TILT_STEP_RAD, north, latitude_rad, longitude_rad, flight_s,
            nodes, moved_east,
        )  # fmt: skip
        _fly_tilted(
            interceptor, east, north + _TILT_STEP_RAD, latitude_rad, longitude_rad, flight_s,
            nodes, moved_north,
        )  # fmt: skip
        ax, ay, az = _slope(moved_east, state)
        bx, by, bz = _slope(moved_north, state)
        # Cramer's rule for the three unknowns; the third column is the velocity.
        vx, vy, vz = state[3], state[4], state[5]
        determinant = _triple(ax, ay, az, bx, by, bz, vx, vy, vz)
        turn_east = _triple(dx, dy, dz, bx, by, bz, vx, vy, vz) / determinant
        turn_north = _triple(ax, ay, az, dx, dy, dz, vx, vy, vz) / determinant
        shift_s = _triple(ax, ay, az, bx, by, bz, dx, dy, dz) / determinant
        share = min(
            1.0,
            _LARGEST_TURN_RAD / (math.hypot(turn_east, turn_north) + 1e-12),
            _LARGEST_SHIFT_S / (abs(shift_s) + 1e-12),
        )
        east += share * turn_east
        north += share * turn_north
        flight_s += share * shift_s
    launch = intercept_s - flight_s
    _, _, _, vx, vy, vz = eci_state_from_ecef(
        state[0], state[1], state[2], state[3], state[4], state[5],
        earth_angle(gmst0_rad, intercept_s),
    )  # fmt: skip
    return Shot(launch, math.atan2(east, north), math.hypot(east, north), vx, vy, vz, miss_m)


@kernel
def _slope(moved: Floats, state: Floats) -> tuple[float, float, float]:
    """Change of the end position per radian of tilt."""
    return (
        (moved[0] - state[0]) / _TILT_STEP_RAD,
        (moved[1] - state[1]) / _TILT_STEP_RAD,
        (moved[2] - state[2]) / _TILT_STEP_RAD,
    )


@kernel
def _triple(
    ax: float, ay: float, az: float, bx: float, by: float, bz: float,
    cx: float, cy: float, cz: float,
) -> float:  # fmt: skip
    """Triple product a . (b x c)."""
    return ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx)


def trace_shot(
    interceptor: Interceptor,
    shot: Shot,
    latitude_rad: float,
    longitude_rad: float,
    gmst0_rad: float,
    intercept_s: float,
) -> Nodes:
    """Nodes of an aimed shot from launch to intercept, in eci, times since the scenario's zero.

    Raises `ValueError` for a shot that found no flight.
    """
    if not math.isfinite(shot.miss_m):
        raise ValueError("the shot has no flight to trace")
    nodes = empty_nodes(MAX_NODES)
    _, n = fly_out(
        interceptor, shot.azimuth_rad, shot.pitch_end_rad, latitude_rad, longitude_rad,
        intercept_s - shot.launch_s, _SHOT_TOLERANCE, nodes,
    )  # fmt: skip
    angle = earth_angle(gmst0_rad, shot.launch_s)
    return Nodes(
        nodes.time_s[:n] + shot.launch_s,
        eci_from_ecef_batch(np.ascontiguousarray(nodes.position_eci_m[:n]), angle),
        eci_from_ecef_batch(np.ascontiguousarray(nodes.velocity_eci_m_s[:n]), angle),
        eci_from_ecef_batch(np.ascontiguousarray(nodes.acceleration_eci_m_s2[:n]), angle),
    )
