"""The post-boost vehicle: small changes of velocity that send each warhead to its own aim point.

The first warhead goes where the boost has sent everything. Before each later release the vehicle
changes its velocity once, level and at once (its thrusters work for seconds between releases that
are tens of seconds apart), so that a body let go then comes down at the next aim point.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from opendome.physics.ballistic import fly_to_ground, ground_point, record_fall
from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.physics.flight import REACHED_GROUND, no_nodes
from opendome.physics.jit import kernel
from opendome.physics.standard_atmosphere import Floats
from opendome.threats.aiming import (
    HORIZON_S,
    Aim,
    Task,
    fly_aimed,
    measure_miss,
)
from opendome.threats.orders import AimPoint

_MISS_SOUGHT_M: Final = 20.0
_MISS_ALLOWED_M: Final = 100.0
_MOST_CORRECTIONS: Final = 6
# Changes that slopes are measured with, and the greatest single correction.
_TRIAL_M_S: Final = 1.0
_LARGEST_M_S: Final = 400.0


@kernel
def release_time(first_s: float, last_s: float, n_releases: int, k: int) -> float:
    """Time [s] after burnout of release `k` of several, evenly spaced; one alone is the last."""
    if n_releases == 1:
        return last_s
    return first_s + (last_s - first_s) * k / (n_releases - 1)


@kernel
def _miss_after(
    state: Floats,
    t: float,
    change: Floats,
    ballistic_coefficient_kg_m2: float,
    latitude_rad: float,
    longitude_rad: float,
    tolerance: float,
) -> tuple[float, float]:
    """Miss [m] along and across the flight of a body let go at `t` after a change of velocity."""
    start = state.copy()
    for i in range(3):
        start[i + 3] += change[i]
    fall = fly_to_ground(start, t, t + HORIZON_S, 0.0, ballistic_coefficient_kg_m2, tolerance)
    if fall.code != REACHED_GROUND:
        return math.nan, math.nan
    below = ground_point(state[0], state[1], state[2], EARTH_ROTATION_RAD_S * t)
    return measure_miss(
        below[0], below[1], latitude_rad, longitude_rad, fall.latitude_rad, fall.longitude_rad
    )


@kernel
def aim_release(
    state: Floats,
    t: float,
    ballistic_coefficient_kg_m2: float,
    latitude_rad: float,
    longitude_rad: float,
    tolerance: float,
    change: Floats,
) -> float:
    """Level change of velocity that sends a body to an aim point.

    Parameters
    ----------
    state : (6,) float64
        Position [m] and velocity [m/s] at the release, eci as it coincides with ecef at time zero.
    t : float
        Time of the release [s].
    ballistic_coefficient_kg_m2 : float
        Of the body.
    latitude_rad, longitude_rad : float
        Aim point.
    tolerance : float
        Of the flights, as in `flight.advance`.
    change : (3,) float64
        Filled with the change [m/s].

    Returns
    -------
    float
        Miss that is left [m]; NaN where the body no longer comes down.

    Notes
    -----
    Newton steps in the components along and across the flight, with Broyden's (1965) update of
    slopes that are measured once.
    """
    r = math.sqrt(state[0] ** 2 + state[1] ** 2 + state[2] ** 2)
    ux, uy, uz = state[0] / r, state[1] / r, state[2] / r
    climb = state[3] * ux + state[4] * uy + state[5] * uz
    ax, ay, az = state[3] - climb * ux, state[4] - climb * uy, state[5] - climb * uz
    level = math.sqrt(ax * ax + ay * ay + az * az)
    ax, ay, az = ax / level, ay / level, az / level
    cx, cy, cz = uy * az - uz * ay, uz * ax - ux * az, ux * ay - uy * ax
    along, across = 0.0, 0.0
    down_along, down_across, cross_along, cross_across = 0.0, 0.0, 0.0, 0.0
    down, cross, miss = 0.0, 0.0, math.inf
    step_along, step_across = 0.0, 0.0
    # Trial 0 is the start, trials 1 and 2 measure the slopes, the others correct.
    for trial in range(_MOST_CORRECTIONS + 3):
        if trial == 1 or trial == 2:
            step_along, step_across = _TRIAL_M_S * (trial == 1), _TRIAL_M_S * (trial == 2)
        elif trial > 2:
            determinant = down_along * cross_across - down_across * cross_along
            step_along = -(cross_across * down - down_across * cross) / determinant
            step_across = -(down_along * cross - cross_along * down) / determinant
            size = math.hypot(step_along, step_across)
            shrink = min(1.0, _LARGEST_M_S / (size + 1e-9))
            step_along, step_across = shrink * step_along, shrink * step_across
        next_along, next_across = along + step_along, across + step_across
        change[0] = next_along * ax + next_across * cx
        change[1] = next_along * ay + next_across * cy
        change[2] = next_along * az + next_across * cz
        next_down, next_cross = _miss_after(
            state, t, change, ballistic_coefficient_kg_m2, latitude_rad, longitude_rad, tolerance
        )
        if trial == 1:
            down_along, cross_along = next_down - down, next_cross - cross
            continue
        if trial == 2:
            down_across, cross_across = next_down - down, next_cross - cross
            continue
        if trial > 2:
            square = step_along * step_along + step_across * step_across
            off_down = next_down - down - down_along * step_along - down_across * step_across
            off_cross = next_cross - cross - cross_along * step_along - cross_across * step_across
            down_along += off_down * step_along / square
            down_across += off_down * step_across / square
            cross_along += off_cross * step_along / square
            cross_across += off_cross * step_across / square
        along, across, down, cross = next_along, next_across, next_down, next_cross
        miss = math.hypot(down, cross)
        if miss < _MISS_SOUGHT_M or math.isnan(miss):
            break
    return miss


def plan_releases(
    task: Task,
    aim: Aim,
    release_first_s: float,
    release_last_s: float,
    post_boost_m_s: float,
    points: tuple[AimPoint, ...],
    tolerance: float,
) -> list[bool]:
    """Which of its aim points a post-boost vehicle can serve, in the order of the releases.

    Parameters
    ----------
    task, aim : Task, Aim
        Of the missile and its first warhead.
    release_first_s, release_last_s : float
        After burnout.
    post_boost_m_s : float
        Change of velocity in store. What an aim point needs is spent; one that needs more than is
        left is passed over.
    points : tuple of AimPoint
        One for each warhead.
    tolerance : float
        Of the flights.
    """
    flight = fly_aimed(task, aim.azimuth_rad, aim.pitch_end_rad, aim.energy, tolerance)
    state, t = np.array(flight[2:8]), flight.burnout_s
    left, change = post_boost_m_s, np.zeros(3)
    served = [True]
    for k in range(1, len(points)):
        due_s = flight.burnout_s + release_time(release_first_s, release_last_s, len(points), k)
        record_fall(
            state, t, due_s, 0.0, task.ballistic_coefficient_kg_m2, 0.0, tolerance, no_nodes()
        )
        t = due_s
        miss = aim_release(
            state, t, task.ballistic_coefficient_kg_m2, points[k].latitude_rad,
            points[k].longitude_rad, tolerance, change,
        )  # fmt: skip
        needed = float(np.linalg.norm(change))
        fits = miss < _MISS_ALLOWED_M and needed <= left
        served.append(fits)
        if fits:
            left -= needed
            state[3:] += change
    return served
