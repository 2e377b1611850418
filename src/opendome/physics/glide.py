"""Guided hypersonic glide: from the end of boost to the ground at a target.

A flight has four phases. It coasts without lift until it comes down through the entry altitude;
pulls up at full lift until its path is that of a steady glide; glides, turning by bank towards the
points of its route; and dives on the last of them by proportional navigation, as hard as its lift
and its structure allow. Guidance sees the true state and holds lift and bank from one update to the
next; each span between updates is one call of the integrator.

The closed forms that guidance steers by stand in `steady_glide`.

Sources: Vinh (1981), Optimal Trajectories in Atmospheric Flight (turning glide); Zarchan (2012),
Tactical and Strategic Missile Guidance, chapter 2 (proportional navigation).
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from opendome.physics.atmosphere import density
from opendome.physics.ballistic import ground_point, ground_speed
from opendome.physics.constants import (
    EARTH_ECCENTRICITY_SQUARED,
    EARTH_MEAN_RADIUS_M,
    EARTH_MU_M3_S2,
    EARTH_RADIUS_M,
    EARTH_ROTATION_RAD_S,
    STANDARD_GRAVITY_M_S2,
)
from opendome.physics.flight import REACHED_GROUND, REACHED_TIME, Nodes, advance
from opendome.physics.forces import glide_control
from opendome.physics.geodesy import ecef_from_geodetic
from opendome.physics.jit import kernel
from opendome.physics.reentry import altitude, relative_wind
from opendome.physics.standard_atmosphere import Floats
from opendome.physics.steady_glide import (
    glide_range,
    lift_to_drag_at,
    phugoid_rate,
    scale_height,
    steady_sink,
)

# How a glide ended, besides the codes of `flight`.
TOO_SLOW: Final = 4  # below the least speed before the dive could begin
PASSED: Final = 5  # the last point of the route fell behind before the dive could begin

# Phases.
_COAST: Final = 0
_PULL_UP: Final = 1
_GLIDE: Final = 2
_DIVE: Final = 3

_COAST_STEP_S: Final = 5.0
_PULL_UP_STEP_S: Final = 2.0
# Full lift below this share of net weight turns little: updates come as in the coast.
_WEAK_LIFT: Final = 0.3
_SHORTEST_DIVE_STEP_S: Final = 0.1
# The dive's updates come at least this often in the time that is left.
_DIVE_UPDATES: Final = 8.0
# Weight less centrifugal force never counts as less than this: near orbital speed it vanishes.
_LEAST_NET_M_S2: Final = 0.3
# Share of the nearly level distance that the dive takes: 2 falls all the way at the start's pull,
# 1.25 leaves on trust that lift grows with density on the way down (assumption, tried out).
_DIVE_FALL: Final = 1.25
# Of the ellipsoid's radius, a / sqrt(1 + bulge sin^2): geocentric latitude.
_BULGE: Final = EARTH_ECCENTRICITY_SQUARED / (1.0 - EARTH_ECCENTRICITY_SQUARED)
# Root finding leaves a body at the entry altitude to a fraction of this.
_ENTRY_SLACK_M: Final = 1.0


class Glider(NamedTuple):
    """A body that glides, and how it is guided."""

    ballistic_coefficient_kg_m2: float  # mass over drag coefficient and area, at the best lift
    lift_to_drag: float  # the greatest
    full_lift: float  # greatest lift over that of the greatest lift-to-drag ratio
    load_limit: float  # greatest lift over mass, in standard gravities
    damping: float  # of the phugoid, as a share of critical; 0: skips on undamped
    bank_limit_rad: float
    bank_gain: float  # bank per heading error
    entry_altitude_m: float  # above it lift does not matter and is left out
    interval_s: float  # between updates of guidance in the glide
    capture_m: float  # a point of the route counts as passed when it is this near
    dive_angle_rad: float  # depression of the target at which the dive begins at the latest
    dive_gain: float  # navigation ratio
    dive_interval_s: float  # longest time between updates in the dive


class Glide(NamedTuple):
    """A glide in numbers. NaN for what was not reached."""

    code: int  # flight.REACHED_GROUND, ..., TOO_SLOW or PASSED
    pull_up_s: float  # entry: the start of the pull-up
    entry_speed_m_s: float  # relative to the Earth, as all speeds here
    entry_angle_rad: float  # path angle, negative downward
    glide_s: float  # the end of the pull-up
    heading_error_rad: float  # then, towards the next point of the route; to the right: positive
    glide_distance_m: float  # then, over ground to that point
    dive_s: float
    dive_altitude_m: float
    dive_speed_m_s: float
    spare_m: float  # glide left at the dive before the least speed; negative: by so much too short
    peak_pressure_pa: float  # dynamic, at the updates of guidance
    peak_load: float  # lift over mass, in standard gravities, at the updates of guidance
    end_s: float
    end_latitude_rad: float
    end_longitude_rad: float
    end_speed_m_s: float
    end_angle_rad: float
    miss_m: float  # straight line from the impact to the target
    n_nodes: int
    n_steps: int


class _View(NamedTuple):
    """What guidance sees of a state."""

    altitude_m: float
    speed_m_s: float  # relative to the air
    sine: float  # of the path angle: climb above the ellipsoid over speed
    slope: float  # the ellipsoid's share of that, positive where its radius grows along the way
    pressure_pa: float
    lift_m_s2: float  # at the best lift
    gravity_m_s2: float
    net_m_s2: float  # gravity less centrifugal acceleration of the inertial level speed
    radius_m: float


@kernel
def _look(state: Floats, glider: Glider) -> _View:
    x, y, z = state[0], state[1], state[2]
    vx, vy, vz = state[3], state[4], state[5]
    _, _, _, wind = relative_wind(x, y, z, vx, vy, vz)
    h = altitude(x, y, z)
    air = density(h)
    r2 = x * x + y * y + z * z
    r = math.sqrt(r2)
    pressure = 0.5 * air * wind * wind
    climb = (x * vx + y * vy + z * vz) / r
    s = z / r
    growth = -EARTH_RADIUS_M * _BULGE * s * (vz - s * climb) / r  # of the ellipsoid's radius, m/s
    level2 = vx * vx + vy * vy + vz * vz - climb * climb
    gravity = EARTH_MU_M3_S2 / r2
    return _View(
        h,
        wind,
        (climb - growth) / wind,
        growth / wind,
        pressure,
        pressure * glider.lift_to_drag / glider.ballistic_coefficient_kg_m2,
        gravity,
        max(gravity - level2 / r, _LEAST_NET_M_S2),
        r,
    )


@kernel
def _bear(
    state: Floats, px: float, py: float, pz: float, earth_angle_rad: float
) -> tuple[float, float]:
    """Distance [m] over ground to an Earth-fixed point, and heading error towards it [rad]."""
    c, s = math.cos(earth_angle_rad), math.sin(earth_angle_rad)
    tx, ty, tz = c * px - s * py, s * px + c * py, pz
    x, y, z = state[0], state[1], state[2]
    wx = state[3] + EARTH_ROTATION_RAD_S * y
    wy = state[4] - EARTH_ROTATION_RAD_S * x
    wz = state[5]
    nx, ny, nz = y * tz - z * ty, z * tx - x * tz, x * ty - y * tx
    cross = math.sqrt(nx * nx + ny * ny + nz * nz)
    distance = EARTH_MEAN_RADIUS_M * math.atan2(cross, x * tx + y * ty + z * tz)
    r = math.sqrt(x * x + y * y + z * z)
    # The normal of the great circle to the point, against the one of the motion.
    mx, my, mz = y * wz - z * wy, z * wx - x * wz, x * wy - y * wx
    along = mx * nx + my * ny + mz * nz
    kx, ky, kz = my * nz - mz * ny, mz * nx - mx * nz, mx * ny - my * nx
    return distance, -math.atan2((kx * x + ky * y + kz * z) / r, along)


@kernel
def _limit_lift(lift: float, glider: Glider, lift_m_s2: float) -> float:
    """Lift, over the best, that structure allows."""
    return min(lift, glider.load_limit * STANDARD_GRAVITY_M_S2 / max(lift_m_s2, 1e-9))


@kernel
def _home(
    state: Floats, px: float, py: float, pz: float, earth_angle_rad: float, gain: float
) -> tuple[float, float, float]:
    """Lift wanted upward and to the right [m/s2], and time to go [s], on an Earth-fixed point.

    True proportional navigation on the inertial rate of the line of sight, and gravity's part
    across the motion taken out.
    """
    c, s = math.cos(earth_angle_rad), math.sin(earth_angle_rad)
    tx, ty, tz = c * px - s * py, s * px + c * py, pz
    x, y, z = state[0], state[1], state[2]
    dx, dy, dz = tx - x, ty - y, tz - z
    ux = state[3] + EARTH_ROTATION_RAD_S * ty  # velocity towards the target's
    uy = state[4] - EARTH_ROTATION_RAD_S * tx
    uz = state[5]
    d2 = dx * dx + dy * dy + dz * dz
    ox = -(dy * uz - dz * uy) / d2
    oy = -(dz * ux - dx * uz) / d2
    oz = -(dx * uy - dy * ux) / d2
    r = math.sqrt(x * x + y * y + z * z)
    gravity = EARTH_MU_M3_S2 / (r * r)
    ax = gain * (oy * uz - oz * uy) + gravity * x / r
    ay = gain * (oz * ux - ox * uz) + gravity * y / r
    az = gain * (ox * uy - oy * ux) + gravity * z / r
    wx = state[3] + EARTH_ROTATION_RAD_S * y
    wy = state[4] - EARTH_ROTATION_RAD_S * x
    wz = state[5]
    wind = math.sqrt(wx * wx + wy * wy + wz * wz)
    wx, wy, wz = wx / wind, wy / wind, wz / wind
    sine = (x * wx + y * wy + z * wz) / r
    level = math.sqrt(max(1.0 - sine * sine, 1e-12))
    nx = (x / r - sine * wx) / level
    ny = (y / r - sine * wy) / level
    nz = (z / r - sine * wz) / level
    upward = ax * nx + ay * ny + az * nz
    rightward = ax * (wy * nz - wz * ny) + ay * (wz * nx - wx * nz) + az * (wx * ny - wy * nx)
    speed = math.sqrt(ux * ux + uy * uy + uz * uz)
    return upward, rightward, math.sqrt(d2) / speed


@kernel
def _dive_distance(view: _View, glider: Glider) -> float:
    """Distance [m] over ground at which the dive has to begin.

    The steepest start that the class has, or the way in which full lift and net weight together
    bring a level flight down: v sqrt(2 h / a) were they to stay as they are at its start, less
    since lift grows on the way.
    """
    down = _limit_lift(glider.full_lift, glider, view.lift_m_s2) * view.lift_m_s2 + view.net_m_s2
    turning = view.speed_m_s * math.sqrt(_DIVE_FALL * max(view.altitude_m, 0.0) / down)
    return max(view.altitude_m / math.tan(glider.dive_angle_rad), turning)


@kernel
def record_glide(
    state: Floats,
    start_s: float,
    stop_s: float,
    earth_angle0_rad: float,
    glider: Glider,
    route_rad: Floats,
    least_speed_m_s: float,
    tolerance: float,
    nodes: Nodes,
    first_node: int,
) -> Glide:
    """Fly a guided glide from any state after boost to the last point of its route.

    Parameters
    ----------
    state : (6,) float64
        Position [m] and velocity [m/s], eci, at `start_s`; holds the end state afterwards.
    start_s, stop_s : float
        Start, and end of patience [s].
    earth_angle0_rad : float
        Earth's angle at time zero: 0 where eci is ecef at launch.
    glider : Glider
        What flies.
    route_rad : (n, 2) float64
        Geodetic latitude and longitude of points to turn towards one after the other; the last one
        is the target, on the ellipsoid.
    least_speed_m_s : float
        A glide that falls below it before the dive ends there (TOO_SLOW); 0: it flies on.
    tolerance : float
        As in `flight.advance`.
    nodes, first_node
        Room for the path, and how many nodes it holds already (those of the boost).

    Notes
    -----
    Miss under 100 m where the dive begins between one and four kilometres a second and the turn
    to the target is over by then. Guidance has no errors of its own and no lag. The turn radius,
    v^2 / (net weight tan(bank)), is thousands of kilometres at first: a point that falls behind
    counts as passed, however far it was missed.
    """
    work = np.empty((8, 6))
    apogee = np.zeros(2)
    tally = np.zeros(2, np.int64)
    tally[0] = first_node
    n_points = route_rad.shape[0]
    points = np.empty((n_points, 3))
    for i in range(n_points):
        px, py, pz = ecef_from_geodetic(route_rad[i, 0], route_rad[i, 1], 0.0)
        points[i, 0], points[i, 1], points[i, 2] = px, py, pz
    after = np.zeros(n_points)  # length of the route from each point on
    for i in range(n_points - 2, -1, -1):
        cosine = (
            points[i, 0] * points[i + 1, 0]
            + points[i, 1] * points[i + 1, 1]
            + points[i, 2] * points[i + 1, 2]
        ) / math.sqrt(
            (points[i, 0] ** 2 + points[i, 1] ** 2 + points[i, 2] ** 2)
            * (points[i + 1, 0] ** 2 + points[i + 1, 1] ** 2 + points[i + 1, 2] ** 2)
        )
        leg = EARTH_MEAN_RADIUS_M * math.acos(min(max(cosine, -1.0), 1.0))
        after[i] = after[i + 1] + leg

    t, code = start_s, REACHED_TIME
    phase, point, target = _COAST, 0, n_points - 1
    pull_up_s, entry_speed, entry_angle = math.nan, math.nan, math.nan
    glide_s, heading_error, glide_distance = math.nan, math.nan, math.nan
    dive_s, dive_altitude, dive_speed = math.nan, math.nan, math.nan
    spare = math.nan
    peak_pressure, peak_load, load = 0.0, 0.0, 0.0
    speed_before, short_before = math.inf, 0.0
    beta = glider.ballistic_coefficient_kg_m2
    entry_m = glider.entry_altitude_m
    while True:
        view = _look(state, glider)
        peak_pressure = max(peak_pressure, view.pressure_pa)
        steepness = view.sine
        drag, ratio, bank, damping, sink, floor = 0.5, 0.0, 0.0, 0.0, 0.0, 0.0
        lift = 0.0
        if phase == _COAST and view.altitude_m <= entry_m + _ENTRY_SLACK_M and steepness < 0.0:
            phase = _PULL_UP
            pull_up_s, entry_speed = t, view.speed_m_s
            entry_angle = math.asin(steepness)
        angle = earth_angle0_rad + EARTH_ROTATION_RAD_S * t
        step = _COAST_STEP_S
        if phase == _COAST:
            if view.altitude_m > entry_m + _ENTRY_SLACK_M:
                step = stop_s - t
                floor = entry_m
        elif phase != _DIVE:
            distance, error = _bear(
                state, points[point, 0], points[point, 1], points[point, 2], angle
            )
            while point < target and (distance < glider.capture_m or abs(error) > 0.5 * math.pi):
                point += 1
                distance, error = _bear(
                    state, points[point, 0], points[point, 1], points[point, 2], angle
                )
            dive_distance = _dive_distance(view, glider)
            short = distance + after[point] - dive_distance
            reach = glide_range(glider.lift_to_drag, view.speed_m_s, least_speed_m_s, view.radius_m)
            if abs(error) > 0.5 * math.pi:
                spare = reach + distance
                code = PASSED
                break
            if view.speed_m_s < least_speed_m_s:
                # Back to where the glide crossed the least speed, between two updates.
                share = (least_speed_m_s - view.speed_m_s) / (speed_before - view.speed_m_s)
                spare = -max(short + share * (short_before - short), 1.0)
                code = TOO_SLOW
                break
            speed_before, short_before = view.speed_m_s, short
            if point == target and short <= 0.0:
                phase = _DIVE
                dive_s, dive_altitude, dive_speed = t, view.altitude_m, view.speed_m_s
                spare = reach - short
            else:
                height = scale_height(view.altitude_m)
                ratio = glider.lift_to_drag
                sink = steady_sink(height, view.gravity_m_s2, view.net_m_s2, view.speed_m_s, ratio)
                # A shallow path in air too thin to carry steepens yet: that is no glide.
                carried = glider.full_lift * view.lift_m_s2 > view.net_m_s2
                if phase == _PULL_UP and carried and steepness * view.speed_m_s**2 >= -sink:
                    phase = _GLIDE
                    glide_s, heading_error, glide_distance = t, error, distance
                if phase == _PULL_UP:
                    if glider.full_lift * view.lift_m_s2 > _WEAK_LIFT * view.net_m_s2:
                        step = _PULL_UP_STEP_S
                    thicker = math.exp(-steepness * view.speed_m_s * step / height)
                    lift = _limit_lift(glider.full_lift, glider, view.lift_m_s2 * thicker)
                    drag, share = lift_to_drag_at(lift)
                    ratio *= share
                    sink = 0.0
                else:
                    bank = min(
                        max(glider.bank_gain * error, -glider.bank_limit_rad),
                        glider.bank_limit_rad,
                    )
                    lift = _limit_lift(1.0, glider, view.lift_m_s2)
                    drag = 1.0
                    ratio *= lift
                    sink = steady_sink(
                        height, view.gravity_m_s2, view.net_m_s2, view.speed_m_s,
                        ratio * math.cos(bank),
                    )  # fmt: skip
                    rate = phugoid_rate(
                        height, view.gravity_m_s2, view.net_m_s2, view.speed_m_s, view.radius_m
                    )
                    damping = 2.0 * glider.damping * rate * view.speed_m_s / view.net_m_s2
                    step = glider.interval_s
                    if point == target:
                        step = min(step, max(short / view.speed_m_s, 0.5))
                    if glider.damping > 0.0:
                        steady = -sink / view.speed_m_s**2
                        lift *= min(max(1.0 - damping * (steepness - steady), 0.0), 1.5)
                    # The forces know the path angle to the radius; a glide follows the ellipsoid.
                    sink -= view.slope * view.speed_m_s**2
        if phase == _DIVE:
            upward, rightward, to_go_s = _home(
                state, points[target, 0], points[target, 1], points[target, 2], angle,
                glider.dive_gain,
            )  # fmt: skip
            step = min(max(to_go_s / _DIVE_UPDATES, _SHORTEST_DIVE_STEP_S), glider.dive_interval_s)
            fall_m = -0.5 * steepness * view.speed_m_s * step
            thicker = density(view.altitude_m - fall_m) / density(view.altitude_m)
            middle = view.lift_m_s2 * thicker
            most = _limit_lift(glider.full_lift, glider, middle * thicker)
            lift = min(math.hypot(upward, rightward) / middle, most)
            drag, share = lift_to_drag_at(lift)
            ratio = glider.lift_to_drag * share
            bank = math.atan2(rightward, upward)
            damping, sink = 0.0, 0.0
        load = lift * view.lift_m_s2 / STANDARD_GRAVITY_M_S2
        peak_load = max(peak_load, load)
        control = glide_control(drag / beta, ratio, bank, damping, sink, floor)
        t, code = advance(
            state, t, min(t + step, stop_s), control, tolerance,
            work, apogee, nodes, tally,
        )  # fmt: skip
        if code == REACHED_GROUND and floor > 0.0:
            code = REACHED_TIME
        if code != REACHED_TIME or t >= stop_s:
            break

    latitude, longitude, speed, miss = math.nan, math.nan, math.nan, math.nan
    end_angle = math.nan
    if code == REACHED_GROUND:
        angle = earth_angle0_rad + EARTH_ROTATION_RAD_S * t
        latitude, longitude = ground_point(state[0], state[1], state[2], angle)
        speed = ground_speed(state)
        end_angle = math.asin(_look(state, glider).sine)
        px, py, pz = ecef_from_geodetic(latitude, longitude, 0.0)
        miss = math.sqrt(
            (px - points[target, 0]) ** 2
            + (py - points[target, 1]) ** 2
            + (pz - points[target, 2]) ** 2
        )
    return Glide(
        code, pull_up_s, entry_speed, entry_angle, glide_s, heading_error, glide_distance, dive_s,
        dive_altitude, dive_speed, spare, peak_pressure, peak_load, t, latitude, longitude, speed,
        end_angle, miss, tally[0], tally[1],
    )  # fmt: skip
