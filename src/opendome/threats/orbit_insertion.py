"""Ascent into a low orbit: thrust ends level, at circular speed, at a given altitude.

Guidance chooses the end angle of the pitch programme, how long the turn takes and when thrust ends.
Plain Python around compiled flights: it runs once per missile.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from opendome.physics.boost import Steering, Vehicle, fly, full_burn
from opendome.physics.constants import EARTH_MU_M3_S2, STANDARD_GRAVITY_M_S2
from opendome.physics.flight import REACHED_TIME
from opendome.physics.reentry import altitude
from opendome.physics.standard_atmosphere import Floats

# How the way into an orbit, and on to a target, ended.
AIMED: Final = 0
NO_ORBIT: Final = 1  # circular speed is not reached
NO_ALTITUDE: Final = 2  # no turn ends level at the altitude wanted
TOO_NEAR: Final = 3  # the orbit is entered too late to leave it for the target
DECAYED: Final = 4  # down before retro-ignition
STAYS_UP: Final = 5  # the retro-burn does not bring it down
NOT_FOUND: Final = 6  # no ascent or no aim closes

# Of the flights that settle an ascent or an aim, and of ascents that only feel their way.
TOLERANCE: Final = 1e-9
_FEELING: Final = 1e-6
_MOST_ROUNDS: Final = 25
_STEEPEST_RAD: Final = math.radians(45.0)
_FLATTEST_RAD: Final = math.radians(140.0)
_SHORTEST_TURN_S: Final = 10.0
_ANGLE_SETTLED_RAD: Final = 1e-7
_SPEED_SETTLED_M_S: Final = 1e-3
_ALTITUDE_SETTLED_M: Final = 1.0


class OrbitalMissile(NamedTuple):
    """A launcher with its orbital body: `vehicle.payload_kg` is warhead and retro-stage.

    The launcher's own `pitch_end_s` is not used: guidance chooses how long the turn takes.
    """

    vehicle: Vehicle
    orbit_altitude_m: float  # of the insertion, above the ellipsoid
    orbit_ballistic_coefficient_kg_m2: float  # of warhead and retro-stage
    warhead_ballistic_coefficient_kg_m2: float
    retro_delta_v_m_s: float
    retro_thrust_n: float
    retro_specific_impulse_s: float


class OrbitTask(NamedTuple):
    """A missile, where it starts, what it is aimed at, and which way it goes."""

    missile: OrbitalMissile
    launch_latitude_rad: float
    launch_longitude_rad: float
    aim_latitude_rad: float
    aim_longitude_rad: float
    long_way: bool  # away from the target and round the Earth


class Insertion(NamedTuple):
    """The ascent's end. Times since launch; eci as it coincides with ecef at launch."""

    code: int  # AIMED, NO_ORBIT, NO_ALTITUDE or NOT_FOUND
    steering: Steering
    turn_end_s: float  # in place of the launcher's `pitch_end_s`
    time_s: float
    state: Floats  # (6,)
    altitude_m: float
    path_angle_rad: float
    spare_m_s: float  # speed beyond circular that the full burn has, level at the altitude


def _ascend(
    task: OrbitTask, azimuth: float, unknowns: Floats, tolerance: float
) -> tuple[Floats, Floats]:
    """End of thrust for (end pitch [rad], cut-off [s], turn's end [s]).

    Returns (path angle [rad], speed beyond circular [m/s], altitude [m]) and the state (6,). What
    falls to the ground under thrust counts as steeply falling.
    """
    missile = task.missile
    pitch, cutoff_s, turn_end_s = (float(unknown) for unknown in unknowns)
    flight = fly(
        missile.vehicle._replace(pitch_end_s=turn_end_s),
        Steering(azimuth, pitch, cutoff_s, float(missile.vehicle.n_stages)),
        task.launch_latitude_rad,
        task.launch_longitude_rad,
        np.zeros(3),
        missile.orbit_ballistic_coefficient_kg_m2,
        min(cutoff_s, float(full_burn(missile.vehicle))),
        tolerance,
    )
    state = np.array(flight[2:8])
    position, velocity = state[:3], state[3:]
    distance, speed = float(np.linalg.norm(position)), float(np.linalg.norm(velocity))
    circular = math.sqrt(EARTH_MU_M3_S2 / distance)
    if flight.code != REACHED_TIME:
        return np.array([-0.5 * math.pi, speed - circular, 0.0]), state
    angle = math.asin(float(position @ velocity) / (distance * speed))
    return np.array([angle, speed - circular, altitude(*position)]), state


def cross_zero(function: Callable[[float], float], low: float, high: float, width: float) -> float:
    """Where a function that is above zero at `low` and below it at `high` changes sign."""
    while high - low > width:
        middle = 0.5 * (low + high)
        if function(middle) > 0.0:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def _start_ascent(task: OrbitTask, azimuth: float) -> tuple[int, Floats, Floats]:
    """Unknowns of the full burn that ends level at the altitude wanted, by nested bisection.

    A longer turn ends higher. Returns AIMED or NO_ALTITUDE, the unknowns, and what they reach.
    """
    vehicle = task.missile.vehicle
    burn_s = float(full_burn(vehicle))

    def level(turn_end_s: float) -> Floats:
        pitch = cross_zero(
            lambda pitch: float(
                _ascend(task, azimuth, np.array([pitch, burn_s, turn_end_s]), _FEELING)[0][0]
            ),
            _STEEPEST_RAD, _FLATTEST_RAD, 1e-3,
        )  # fmt: skip
        return np.array([pitch, burn_s, turn_end_s])

    def too_low(turn_end_s: float) -> float:
        reached, _ = _ascend(task, azimuth, level(turn_end_s), _FEELING)
        return task.missile.orbit_altitude_m - float(reached[2])

    low, high = vehicle.vertical_rise_s + _SHORTEST_TURN_S, burn_s
    code = AIMED
    if too_low(high) > 0.0:
        code, low = NO_ALTITUDE, high
    elif too_low(low) < 0.0:
        code, high = NO_ALTITUDE, low
    unknowns = level(cross_zero(too_low, low, high, 0.5))
    reached, _ = _ascend(task, azimuth, unknowns, _FEELING)
    return code, unknowns, reached


def _last_ignition(vehicle: Vehicle) -> float:
    last = vehicle.n_stages - 1
    return float(full_burn(vehicle) - vehicle.stage_burn_s[last])


def _settle_ascent(task: OrbitTask, azimuth: float, unknowns: Floats) -> tuple[int, Floats]:
    """Newton on end pitch, cut-off and turn's end: level, circular, at the altitude."""
    wanted = np.array([0.0, 0.0, task.missile.orbit_altitude_m])
    settled = np.array([_ANGLE_SETTLED_RAD, _SPEED_SETTLED_M_S, _ALTITUDE_SETTLED_M])
    steps = np.array([1e-4, -0.05, 0.05])
    longest = np.array([0.1, 40.0, 15.0])
    vehicle = task.missile.vehicle
    least = np.array(
        [_STEEPEST_RAD, _last_ignition(vehicle) + 1.0, vehicle.vertical_rise_s + _SHORTEST_TURN_S]
    )
    burn_s = float(full_burn(vehicle))
    most = np.array([_FLATTEST_RAD, burn_s, burn_s])
    slopes = np.empty((3, 3))
    for _ in range(_MOST_ROUNDS):
        error = _ascend(task, azimuth, unknowns, TOLERANCE)[0] - wanted
        if np.all(np.abs(error) < settled):
            return AIMED, unknowns
        for i in range(3):
            beside = unknowns.copy()
            beside[i] += steps[i]
            slopes[:, i] = (_ascend(task, azimuth, beside, TOLERANCE)[0] - wanted - error) / steps[
                i
            ]
        step = np.linalg.lstsq(slopes, -error, rcond=None)[0]
        step *= min(1.0, float(np.min(longest / (np.abs(step) + 1e-12))))
        unknowns = np.clip(unknowns + step, least, most)
    return NOT_FOUND, unknowns


def reach_orbit(task: OrbitTask, azimuth_rad: float, near: Insertion | None = None) -> Insertion:
    """Ascent that ends level, at circular speed and at the missile's altitude.

    Parameters
    ----------
    task : OrbitTask
        Missile and launch point; the aim does not matter here.
    azimuth_rad : float
        Of the launch plane.
    near : Insertion, optional
        An ascent at an azimuth near by, from which Newton starts; without it the start is sought
        at full burn.

    Returns
    -------
    Insertion
        AIMED: path angle under 1e-7 rad, speed within 1 mm/s, altitude within 1 m. NO_ORBIT: even
        the full burn is too slow, by `-spare_m_s`. NO_ALTITUDE: no turn ends at that altitude;
        `altitude_m` is the nearest. NOT_FOUND: no cut-off of the last stage fits, as where
        circular speed is passed before it ignites.
    """
    spare = math.nan
    code = AIMED
    if near is None:
        code, unknowns, reached = _start_ascent(task, azimuth_rad)
        spare = float(reached[1])
        if code == AIMED and spare < 0.0:
            code = NO_ORBIT
        vehicle = task.missile.vehicle
        last = vehicle.n_stages - 1
        flow = vehicle.stage_propellant_kg[last] / vehicle.stage_burn_s[last]
        dry = vehicle.payload_kg + vehicle.stage_inert_kg[last]
        push = flow * vehicle.stage_specific_impulse_s[last] * STANDARD_GRAVITY_M_S2 / dry
        # The rocket equation backwards over the spare speed.
        gained = math.expm1(max(spare, 0.0) * flow / (push * dry)) * dry / flow
        unknowns[1] = max(unknowns[1] - gained, _last_ignition(vehicle) + 1.0)
    else:
        unknowns = np.array([near.steering.pitch_end_rad, near.steering.cutoff_s, near.turn_end_s])
        spare = near.spare_m_s
    if code == AIMED:
        code, unknowns = _settle_ascent(task, azimuth_rad, unknowns)
    if code != AIMED and near is not None:
        return reach_orbit(task, azimuth_rad)
    reached, state = _ascend(task, azimuth_rad, unknowns, TOLERANCE)
    pitch, cutoff_s, turn_end_s = (float(unknown) for unknown in unknowns)
    return Insertion(
        code,
        Steering(azimuth_rad, pitch, cutoff_s, float(task.missile.vehicle.n_stages)),
        turn_end_s,
        cutoff_s,
        state,
        float(reached[2]),
        float(reached[0]),
        spare,
    )
