"""Interceptors that go straight at one mean speed: missiles of short reach, guns, aircraft.

What matters of them is how far they come and how fast, not how their motors burn. An aircraft
flies to where its missile's range begins, and the missile flies the rest: both on the straight
line over the ground from where the shooter stands, so that flight time is a function of distance
alone and reach is known in closed form. Distances are straight: over 1,000 km that is 0.1 % short
of the great circle. The Earth's turning is inside, as all places are fixed to the Earth.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from opendome.interceptors.target_path import CLOSING_SHARE, TargetPath, place_at
from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.physics.frames import (
    earth_angle,
    ecef_from_eci,
    ecef_state_from_eci,
    eci_from_ecef,
    eci_state_from_ecef,
)
from opendome.physics.jit import kernel
from opendome.physics.radar import horizon_range_m
from opendome.physics.visibility import surface_height_m
from opendome.tables.truth import Floats

# Intercepts are found to this; windows shorter than the step may be overlooked. A target at
# 3 km/s is inside the smallest reach of the library, 2 km, for over a second.
_TOLERANCE_S: Final = 0.01
_SHORTEST_STEP_S: Final = 0.5
# Over which the target's speed is found from its places.
_MOMENT_S: Final = 0.1

Place = tuple[float, float, float]


class DirectReach(NamedTuple):
    """What decides the reach of one type that goes straight."""

    speed_m_s: float  # mean over the flight of the missile or the shell
    min_range_m: float  # from the shooter; not of an aircraft, which chooses where it fires
    max_range_m: float  # of the missile's own flight
    aircraft_speed_m_s: float  # of what carries it to where it is fired; NaN: nothing does
    radius_m: float  # that an aircraft carries it at most
    max_flight_s: float  # from departure to intercept
    min_altitude_m: float  # of intercept; minus infinity: down to the ground
    max_altitude_m: float
    sight_height_m: float  # of the antenna that must see the target at intercept; NaN: none
    max_closing_speed_m_s: float


class Onward(NamedTuple):
    """Where a path ends, earth-fixed, from where it is continued along its great circle."""

    time_s: float
    radius_m: float
    rate_rad_s: float
    up: Place  # unit vectors
    ahead: Place


@kernel
def direct_flight_s(reach: DirectReach, distance_m: float) -> float:
    """Time to a point at a distance; beyond reach it goes on growing at the slowest speed."""
    flown_m = min(distance_m, reach.max_range_m)
    rest_m = distance_m - flown_m
    speed = reach.speed_m_s
    if not math.isnan(reach.aircraft_speed_m_s):
        speed = reach.aircraft_speed_m_s
    return flown_m / reach.speed_m_s + rest_m / speed


@kernel
def _end_of(path: TargetPath, gmst0_rad: float) -> Onward:
    j = path.n_points - 1
    time_s = path.start_s + j * path.step_s
    p, v = path.position_eci_m[j], path.velocity_eci_m_s[j]
    x, y, z, vx, vy, vz = ecef_state_from_eci(
        p[0], p[1], p[2], v[0], v[1], v[2], earth_angle(gmst0_rad, time_s)
    )
    r = math.sqrt(x * x + y * y + z * z)
    up = (x / r, y / r, z / r)
    climb = vx * up[0] + vy * up[1] + vz * up[2]
    ax, ay, az = vx - climb * up[0], vy - climb * up[1], vz - climb * up[2]
    level = math.sqrt(ax * ax + ay * ay + az * az)
    if level <= 0.0:
        return Onward(time_s, r, 0.0, up, up)
    return Onward(time_s, r, level / r, up, (ax / level, ay / level, az / level))


@kernel
def _place(path: TargetPath, onward: Onward, gmst0_rad: float, t: float) -> Place:
    """Target's place at a time, earth-fixed: on the path, or beyond its end at its last height."""
    if t <= onward.time_s:
        x, y, z = place_at(path, t)
        return ecef_from_eci(x, y, z, earth_angle(gmst0_rad, t))
    angle = onward.rate_rad_s * (t - onward.time_s)
    c, s = onward.radius_m * math.cos(angle), onward.radius_m * math.sin(angle)
    u, a = onward.up, onward.ahead
    return c * u[0] + s * a[0], c * u[1] + s * a[1], c * u[2] + s * a[2]


@kernel
def _wait_for(
    reach: DirectReach, site: Place, place: Place, t: float, earliest_s: float, closing_m_s: float
) -> float:
    """Time before which nothing can become feasible [s]; zero or less: it is feasible at `t`.

    `closing_m_s` bounds the speed of the target over the ground, so that neither distance nor time
    in hand can change faster.
    """
    dx, dy, dz = place[0] - site[0], place[1] - site[1], place[2] - site[2]
    distance = math.sqrt(dx * dx + dy * dy + dz * dz)
    flight = direct_flight_s(reach, distance)
    most = reach.max_range_m
    slowest = reach.speed_m_s
    if not math.isnan(reach.aircraft_speed_m_s):
        slowest = min(slowest, reach.aircraft_speed_m_s)
        most += reach.radius_m
    elif distance < reach.min_range_m:
        return _SHORTEST_STEP_S
    wait = (distance - most) / closing_m_s
    wait = max(wait, (earliest_s + flight - t) / (1.0 + closing_m_s / slowest))
    if wait > 0.0:
        return wait
    height = surface_height_m(place[0], place[1], place[2])
    if flight > reach.max_flight_s:
        return _SHORTEST_STEP_S
    if not reach.min_altitude_m <= height <= reach.max_altitude_m:
        return _SHORTEST_STEP_S
    if not math.isnan(reach.sight_height_m):
        hidden = distance - horizon_range_m(reach.sight_height_m, max(height, 0.0))
        if hidden > 0.0:
            return max(hidden / closing_m_s, _SHORTEST_STEP_S) if height < 1e3 else _SHORTEST_STEP_S
    return 0.0


@kernel
def _is_too_fast(reach: DirectReach, site: Place, place: Place, soon: Place) -> bool:
    """Whether the missile closes too fast on what is at a place, and at another soon after."""
    wx, wy, wz = place[0] - site[0], place[1] - site[1], place[2] - site[2]
    distance = math.sqrt(wx * wx + wy * wy + wz * wz)
    part = reach.speed_m_s / max(distance, 1e-9)
    vx = part * wx - (soon[0] - place[0]) / _MOMENT_S
    vy = part * wy - (soon[1] - place[1]) / _MOMENT_S
    vz = part * wz - (soon[2] - place[2]) / _MOMENT_S
    most = CLOSING_SHARE * reach.max_closing_speed_m_s
    return bool(vx * vx + vy * vy + vz * vz > most * most)


@kernel
def _wait_at(
    reach: DirectReach, site: Place, path: TargetPath, onward: Onward, gmst0_rad: float, t: float,
    earliest_s: float, closing_m_s: float,
) -> float:  # fmt: skip
    """As `_wait_for`, of the target at a time, and of how fast the missile closes."""
    place = _place(path, onward, gmst0_rad, t)
    wait = _wait_for(reach, site, place, t, earliest_s, closing_m_s)
    if wait <= 0.0 and reach.max_closing_speed_m_s < math.inf:
        soon = _place(path, onward, gmst0_rad, t + _MOMENT_S)
        if _is_too_fast(reach, site, place, soon):
            return _SHORTEST_STEP_S
    return wait


@kernel
def earliest_direct(
    reach: DirectReach,
    site_x_m: float,
    site_y_m: float,
    site_z_m: float,
    path: TargetPath,
    gmst0_rad: float,
    earliest_s: float,
) -> tuple[float, float, float, float, float]:
    """Earliest point of a predicted path that a shooter which goes straight can reach.

    Parameters
    ----------
    reach : DirectReach
    site_x_m, site_y_m, site_z_m : float
        Where the shooter is, ecef.
    path : TargetPath
        Predicted target. For an aircraft it is continued beyond its end along its great circle.
    gmst0_rad : float
        Earth's angle at time zero.
    earliest_s : float
        No departure before this.

    Returns
    -------
    intercept_s, departure_s, x, y, z : float
        Times, and the point of intercept [m, eci]; NaN where there is none. The departure is the
        earliest where that is what binds, later where reach, height or sight does.

    Notes
    -----
    The path is walked by steps that the target cannot outrun; the first feasible instant is then
    found by bisection to 0.01 s.
    """
    nan = math.nan
    if path.n_points < 2:
        return nan, nan, nan, nan, nan
    site = (site_x_m, site_y_m, site_z_m)
    onward = _end_of(path, gmst0_rad)
    last_s = onward.time_s
    if not math.isnan(reach.aircraft_speed_m_s):
        last_s = max(last_s, earliest_s + reach.max_flight_s)
    closing = 1.0
    for j in range(path.n_points):
        v, p = path.velocity_eci_m_s[j], path.position_eci_m[j]
        closing = max(closing, math.sqrt(
            (v[0] + EARTH_ROTATION_RAD_S * p[1]) ** 2 + (v[1] - EARTH_ROTATION_RAD_S * p[0]) ** 2
            + v[2] ** 2
        ))  # fmt: skip
    closing *= 1.05  # between the points
    before = t = max(path.start_s, earliest_s)
    while t <= last_s:
        wait = _wait_at(reach, site, path, onward, gmst0_rad, t, earliest_s, closing)
        if wait <= 0.0:
            while t - before > _TOLERANCE_S:
                middle = 0.5 * (before + t)
                if (
                    _wait_at(reach, site, path, onward, gmst0_rad, middle, earliest_s, closing)
                    > 0.0
                ):
                    before = middle
                else:
                    t = middle
            place = _place(path, onward, gmst0_rad, t)
            distance = math.sqrt(
                (place[0] - site[0]) ** 2 + (place[1] - site[1]) ** 2 + (place[2] - site[2]) ** 2
            )
            x, y, z = eci_from_ecef(place[0], place[1], place[2], earth_angle(gmst0_rad, t))
            return t, t - direct_flight_s(reach, distance), x, y, z
        before = t
        t += max(wait, _SHORTEST_STEP_S)
    return nan, nan, nan, nan, nan


def direct_arrival(
    speed_m_s: float, site_ecef_m: Floats, gmst0_rad: float, intercept_s: float, aim_eci_m: Place
) -> Place:
    """Velocity of arrival [m/s, eci]: the missile's speed along the line from its shooter."""
    angle = earth_angle(gmst0_rad, intercept_s)
    x, y, z = ecef_from_eci(aim_eci_m[0], aim_eci_m[1], aim_eci_m[2], angle)
    way = np.array((x, y, z)) - site_ecef_m
    vx, vy, vz = speed_m_s / max(float(np.linalg.norm(way)), 1e-9) * way
    arrival = eci_state_from_ecef(x, y, z, float(vx), float(vy), float(vz), angle)[3:]
    return float(arrival[0]), float(arrival[1]), float(arrival[2])
