"""Fractional orbital bombardment: into a low orbit, along it, and out of it by a retro-burn.

Guidance of the ascent chooses the end angle of the pitch programme, how long the turn takes and
when thrust ends, so that thrust ends at a given altitude, level and at circular speed. Launch
azimuth and the time of retro-ignition then take out the miss at the target. Plain Python around
compiled flights: it runs once per missile. The equations are those of `physics.flight`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from opendome.errors import BadInput
from opendome.physics.ballistic import Impact, record_fall
from opendome.physics.boost import Steering, Vehicle, fly, full_burn, launch_state, record
from opendome.physics.constants import (
    EARTH_MEAN_RADIUS_M,
    EARTH_MU_M3_S2,
    EARTH_RADIUS_M,
    EARTH_ROTATION_RAD_S,
    STANDARD_GRAVITY_M_S2,
)
from opendome.physics.flight import (
    NODES_FULL,
    REACHED_GROUND,
    REACHED_TIME,
    Nodes,
    advance,
    empty_nodes,
)
from opendome.physics.forces import ballistic_control
from opendome.physics.geodesy import ecef_from_geodetic, enu_axes, solve_inverse
from opendome.physics.kepler import elements_from_state
from opendome.physics.reentry import altitude
from opendome.physics.standard_atmosphere import Floats
from opendome.physics.trajectory import sample

# How the way to a target ended.
AIMED: Final = 0
NO_ORBIT: Final = 1  # circular speed is not reached
NO_ALTITUDE: Final = 2  # no turn ends level at the altitude wanted
TOO_NEAR: Final = 3  # the orbit is entered too late to leave it for the target
DECAYED: Final = 4  # down before retro-ignition
STAYS_UP: Final = 5  # the retro-burn does not bring it down
NOT_FOUND: Final = 6

# Orbits that are entered: lower ones decay within a revolution, higher ones are no longer low.
# Public accounts have 150 to 200 km. Assumption.
LOWEST_ORBIT_M: Final = 120e3
HIGHEST_ORBIT_M: Final = 250e3
ENTRY_ALTITUDE_M: Final = 100e3
MISS_ALLOWED_M: Final = 100.0

_MISS_SOUGHT_M: Final = 1.0
_TOLERANCE: Final = 1e-9
# What is reported is flown again, ten times tighter than the aim was found with.
_CHECK_TOLERANCE: Final = 1e-10
_FEELING: Final = 1e-6  # of ascents that only feel their way
_MOST_ROUNDS: Final = 25
# Where all planes meet, the azimuth that hits may be any: turned by these from the closed form's.
_OTHER_STARTS_DEG: Final = (20.0, -20.0, 45.0, -45.0, 90.0, -90.0, 135.0, -135.0)
_STEEPEST_RAD: Final = math.radians(45.0)
_FLATTEST_RAD: Final = math.radians(140.0)
_SHORTEST_TURN_S: Final = 10.0
_ANGLE_SETTLED_RAD: Final = 1e-7
_SPEED_SETTLED_M_S: Final = 1e-3
_ALTITUDE_SETTLED_M: Final = 1.0
# What is not down half a revolution after retro-ignition is said to stay up.
_DESCENT_S: Final = 2500.0
_ROOM: Final = 2000
_ORBIT_ROOM: Final = 500


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


class OrbitAim(NamedTuple):
    """The answer to a task."""

    code: int
    insertion: Insertion
    azimuth_rad: float
    retro_s: float  # ignition
    miss_m: float
    nearest_m: float  # least range that the orbit allows, along the way it goes; NaN where AIMED


class Orbit(NamedTuple):
    """Osculating elements in public terms; altitudes above the equatorial radius."""

    perigee_m: float
    apogee_m: float
    inclination_rad: float
    period_s: float


class OrbitalFlight(NamedTuple):
    """A whole flight. Times since launch; eci as it coincides with ecef at launch."""

    nodes: Nodes
    aim: OrbitAim
    orbit: Orbit
    retro_end_s: float
    entry_s: float  # down through 100 km
    entry_speed_m_s: float  # relative to the Earth, like the angle
    entry_angle_rad: float  # below the local horizontal
    impact: Impact
    miss_m: float


def describe_orbit(state: Floats) -> Orbit:
    """Perigee, apogee, inclination and period of an inertial state (6,)."""
    a, e, inclination, _, _, _ = elements_from_state(*state)
    return Orbit(
        a * (1.0 - e) - EARTH_RADIUS_M,
        a * (1.0 + e) - EARTH_RADIUS_M,
        inclination,
        2.0 * math.pi * math.sqrt(a**3 / EARTH_MU_M3_S2),
    )


# The ascent.


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


def _cross_zero(function: Callable[[float], float], low: float, high: float, width: float) -> float:
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
        pitch = _cross_zero(
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
    unknowns = level(_cross_zero(too_low, low, high, 0.5))
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
        error = _ascend(task, azimuth, unknowns, _TOLERANCE)[0] - wanted
        if np.all(np.abs(error) < settled):
            return AIMED, unknowns
        for i in range(3):
            beside = unknowns.copy()
            beside[i] += steps[i]
            slopes[:, i] = (_ascend(task, azimuth, beside, _TOLERANCE)[0] - wanted - error) / steps[
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
    reached, state = _ascend(task, azimuth_rad, unknowns, _TOLERANCE)
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


# Orbit and descent.


def record_orbit(
    task: OrbitTask, insertion: Insertion, stop_s: float, tolerance: float
) -> tuple[int, Nodes]:
    """Ascent and orbit without a retro-burn, to `stop_s` or to the ground.

    Returns how it ended (`flight.REACHED_TIME`, ...) and the nodes of the path; the last one is
    the end state.
    """
    room = _ORBIT_ROOM
    while True:
        nodes = empty_nodes(room)
        flight = record(
            task.missile.vehicle._replace(pitch_end_s=insertion.turn_end_s),
            insertion.steering,
            task.launch_latitude_rad,
            task.launch_longitude_rad,
            np.zeros(3),
            task.missile.orbit_ballistic_coefficient_kg_m2,
            stop_s,
            tolerance,
            nodes,
        )
        if flight.code != NODES_FULL:
            return int(flight.code), _keep(nodes, flight.n_nodes)
        room *= 2


def _keep(nodes: Nodes, n: int) -> Nodes:
    return Nodes(*(column[:n] for column in nodes))


def retro_burn_s(missile: OrbitalMissile) -> float:
    """Length [s] of the retro-burn, by the rocket equation."""
    exhaust = missile.retro_specific_impulse_s * STANDARD_GRAVITY_M_S2
    spent = -math.expm1(-missile.retro_delta_v_m_s / exhaust) * missile.vehicle.payload_kg
    return spent * exhaust / missile.retro_thrust_n


def _burn_back(
    missile: OrbitalMissile, state: Floats, start_s: float, tolerance: float
) -> tuple[float, Nodes]:
    """Fly the retro-burn: thrust against the velocity at ignition, held in inertial space.

    `state` is moved in place. Returns when it ends, and its nodes.
    """
    back = -state[3:] / np.linalg.norm(state[3:])
    exhaust = missile.retro_specific_impulse_s * STANDARD_GRAVITY_M_S2
    mass = float(missile.vehicle.payload_kg)
    control = ballistic_control(1.0, 0.0)._replace(
        start_s=start_s,
        thrust_n=missile.retro_thrust_n,
        mass_kg=mass,
        flow_kg_s=missile.retro_thrust_n / exhaust,
        drag_area_m2=mass / missile.orbit_ballistic_coefficient_kg_m2,
        inverse_beta_m2_kg=0.0,
        up_x=float(back[0]),
        up_y=float(back[1]),
        up_z=float(back[2]),
    )
    nodes = empty_nodes(_ROOM)
    tally = np.zeros(2, np.int64)
    end_s, _ = advance(
        state, start_s, start_s + retro_burn_s(missile), control, 0.1 * tolerance,
        np.empty((8, 6)), np.zeros(2), nodes, tally,
    )  # fmt: skip
    return end_s, _keep(nodes, int(tally[0]))


def _descend(
    task: OrbitTask, insertion: Insertion, retro_s: float, tolerance: float = _TOLERANCE
) -> tuple[int, Nodes, float, Impact | None]:
    """The whole flight with retro-ignition at `retro_s`: how it ends, nodes, burn's end, impact."""
    code, nodes = record_orbit(task, insertion, retro_s, tolerance)
    if code != REACHED_TIME:
        return DECAYED, nodes, math.nan, None
    state = np.concatenate((nodes.position_eci_m[-1], nodes.velocity_eci_m_s[-1]))
    parts = [nodes]
    burnt_s = retro_s
    if task.missile.retro_delta_v_m_s > 0.0:
        burnt_s, burn = _burn_back(task.missile, state, retro_s, tolerance)
        parts.append(burn)
    fall = empty_nodes(_ROOM)
    impact = record_fall(
        state, burnt_s, burnt_s + _DESCENT_S, 0.0,
        task.missile.warhead_ballistic_coefficient_kg_m2, 0.0, tolerance, fall,
    )  # fmt: skip
    parts.append(_keep(fall, impact.n_nodes))
    joined = Nodes(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    return (AIMED if impact.code == REACHED_GROUND else STAYS_UP), joined, burnt_s, impact


# Aiming.


def _unit_ecef(latitude: float, longitude: float) -> Floats:
    place = np.array(ecef_from_geodetic(latitude, longitude, 0.0))
    return place / float(np.linalg.norm(place))


def _turned(direction: Floats, angle: float) -> Floats:
    cosine, sine = math.cos(angle), math.sin(angle)
    x, y, z = direction
    return np.array([cosine * x - sine * y, sine * x + cosine * y, z])


class _Lengths(NamedTuple):
    """What the closed form needs of a missile: arcs about the Earth's centre, and times."""

    ascent_rad: float
    ascent_s: float
    rate_rad_s: float  # along the orbit
    descent_rad: float
    descent_s: float  # from retro-ignition to the ground


def _great_circle(task: OrbitTask, lengths: _Lengths) -> tuple[float, float, float]:
    """Launch azimuth, time of retro-ignition and arc of the flight, in closed form.

    The orbit's plane holds the launch point at launch and the target at impact, when the Earth has
    turned; a few passes settle the one time that hangs on itself. The azimuth is that of the
    velocity relative to the Earth that makes up for its rotation.
    Source: Bate, Mueller, White (1971), sections 6.3 (the turning Earth) and 3.1.
    """
    start = _unit_ecef(task.launch_latitude_rad, task.launch_longitude_rad)
    aim = _unit_ecef(task.aim_latitude_rad, task.aim_longitude_rad)
    retro_s, arc, ahead = 0.0, 0.0, start
    for _ in range(30):
        end = _turned(aim, EARTH_ROTATION_RAD_S * (retro_s + lengths.descent_s))
        across = end - float(end @ start) * start
        sine = float(np.linalg.norm(across))
        ahead, arc = across / sine, math.atan2(sine, float(end @ start))
        if task.long_way:
            ahead, arc = -ahead, 2.0 * math.pi - arc
        coast = arc - lengths.ascent_rad - lengths.descent_rad
        retro_s = lengths.ascent_s + coast / lengths.rate_rad_s
    state = np.empty(6)
    launch_state(task.launch_latitude_rad, task.launch_longitude_rad, 0.0, 0.0, 0.0, state)
    speed = lengths.rate_rad_s * float(np.linalg.norm(state[:3]))
    axes = np.array(enu_axes(task.launch_latitude_rad, task.launch_longitude_rad)).reshape(3, 3)
    east, north, _ = axes @ (speed * ahead - state[3:])
    return math.atan2(east, north), retro_s, arc


def _measure_lengths(task: OrbitTask, insertion: Insertion) -> tuple[int, _Lengths]:
    """Arcs and times of the ascent and of a descent that is tried ten minutes later."""
    start = _unit_ecef(task.launch_latitude_rad, task.launch_longitude_rad)
    retro_s = insertion.time_s + 600.0
    code, nodes, _, impact = _descend(task, insertion, retro_s)
    if impact is None or code != AIMED:
        return code, _Lengths(math.nan, math.nan, math.nan, math.nan, math.nan)
    left = nodes.position_eci_m[np.searchsorted(nodes.time_s, retro_s)]
    directions = [
        insertion.state[:3] / np.linalg.norm(insertion.state[:3]),
        left / np.linalg.norm(left),
        nodes.position_eci_m[-1] / np.linalg.norm(nodes.position_eci_m[-1]),
    ]
    ascent = math.acos(float(start @ directions[0]))
    coast = math.acos(float(directions[0] @ directions[1]))
    descent = math.acos(float(directions[1] @ directions[2]))
    return AIMED, _Lengths(
        ascent, insertion.time_s, coast / 600.0, descent, impact.time_s - retro_s
    )


def _measure_offset(task: OrbitTask, latitude: float, longitude: float) -> Floats:
    """Impact's offset [m] from the target, east and north: on the sphere, along the chord."""
    axes = np.array(enu_axes(task.aim_latitude_rad, task.aim_longitude_rad)).reshape(3, 3)
    chord = _unit_ecef(latitude, longitude) - _unit_ecef(
        task.aim_latitude_rad, task.aim_longitude_rad
    )
    return EARTH_MEAN_RADIUS_M * (axes[:2] @ chord)


def solve_orbit_aim(task: OrbitTask) -> OrbitAim:
    """Launch azimuth and time of retro-ignition that bring the warhead down on the target.

    Returns
    -------
    OrbitAim
        AIMED: the impact misses by less than 100 m (1 m is sought). Else why not; `nearest_m` is
        finite for TOO_NEAR.

    Notes
    -----
    Closed form of the great circle with the Earth's rotation, once with guessed and once with
    measured lengths of ascent and descent, then Newton with slopes measured on whole flights. At
    the launch point's antipode (and, the long way, at the launch point itself) all planes meet and
    the azimuth hardly moves the impact across the path: Newton then starts from other azimuths too.
    """
    # A first plane needs lengths of about the right size only.
    azimuth, retro_s, arc = _great_circle(task, _Lengths(0.2, 400.0, 1.18e-3, 0.4, 400.0))
    insertion = reach_orbit(task, azimuth)
    if insertion.code != AIMED:
        return OrbitAim(insertion.code, insertion, azimuth, math.nan, math.nan, math.nan)
    code, lengths = _measure_lengths(task, insertion)
    if code != AIMED:
        return OrbitAim(code, insertion, azimuth, math.nan, math.nan, math.nan)
    azimuth, retro_s, arc = _great_circle(task, lengths)
    nearest = (lengths.ascent_rad + lengths.descent_rad) * EARTH_MEAN_RADIUS_M
    if retro_s < insertion.time_s:
        miss = (lengths.ascent_rad + lengths.descent_rad - arc) * EARTH_MEAN_RADIUS_M
        return OrbitAim(TOO_NEAR, insertion, azimuth, retro_s, miss, nearest)
    aim = _close_on_target(task, insertion, azimuth, retro_s)
    for turn_deg in _OTHER_STARTS_DEG:
        if aim.code != NOT_FOUND or aim.insertion.code != AIMED:
            break
        other = _close_on_target(task, insertion, azimuth + math.radians(turn_deg), retro_s)
        if other.code == AIMED or other.miss_m < aim.miss_m:
            aim = other
    return aim


def _close_on_target(task: OrbitTask, near: Insertion, azimuth: float, retro_s: float) -> OrbitAim:
    """Newton over azimuth and retro time, with halved steps where the miss does not shrink."""

    def fly_to(azimuth: float, retro_s: float, near: Insertion) -> tuple[int, Insertion, Floats]:
        insertion = reach_orbit(task, azimuth, near)
        if insertion.code != AIMED:
            return insertion.code, insertion, np.full(2, math.nan)
        if retro_s <= insertion.time_s:
            return TOO_NEAR, insertion, np.full(2, math.nan)
        code, _, _, impact = _descend(task, insertion, retro_s)
        if impact is None or code != AIMED:
            return code, insertion, np.full(2, math.nan)
        offset = _measure_offset(task, impact.latitude_rad, impact.longitude_rad)
        return AIMED, insertion, offset

    code, insertion, offset = fly_to(azimuth, retro_s, near)
    turn, later = 1e-4, 0.1
    failed = code
    for _ in range(_MOST_ROUNDS):
        miss = float(np.linalg.norm(offset))
        if code != AIMED or miss < _MISS_SOUGHT_M:
            break
        _, _, turned = fly_to(azimuth + turn, retro_s, insertion)
        _, _, delayed = fly_to(azimuth, retro_s + later, insertion)
        slopes = np.column_stack(((turned - offset) / turn, (delayed - offset) / later))
        if not np.all(np.isfinite(slopes)):
            break
        step = np.linalg.lstsq(slopes, -offset, rcond=1e-6)[0]
        step *= min(1.0, 0.2 / (abs(step[0]) + 1e-12), 200.0 / (abs(step[1]) + 1e-12))
        for _ in range(8):
            tried, reached, moved = fly_to(azimuth + step[0], retro_s + step[1], insertion)
            if tried == AIMED and float(np.linalg.norm(moved)) < miss:
                break
            failed = tried
            step *= 0.5
        else:
            break
        azimuth, retro_s = azimuth + float(step[0]), retro_s + float(step[1])
        insertion, offset, failed = reached, moved, AIMED
    miss = float(np.linalg.norm(offset))
    if code == AIMED and not miss <= MISS_ALLOWED_M:
        code = failed if failed != AIMED else NOT_FOUND
    return OrbitAim(code, insertion, azimuth, retro_s, miss, math.nan)


def explain_orbit_failure(task: OrbitTask, aim: OrbitAim) -> str:
    """One sentence on why there is no aim: by how much, and what would work."""
    insertion, missile = aim.insertion, task.missile
    wanted = missile.orbit_altitude_m / 1e3
    if aim.code == NO_ORBIT:
        return (
            f"the full burn ends {-insertion.spare_m_s:,.0f} m/s below circular speed at "
            f"{wanted:,.0f} km; allowed: a lighter payload or a launch nearer to due east"
        )
    if aim.code == NO_ALTITUDE:
        return (
            f"no turn of the launcher ends level at {wanted:,.0f} km; nearest: "
            f"{insertion.altitude_m / 1e3:,.0f} km"
        )
    if aim.code == TOO_NEAR:
        far = "" if math.isnan(aim.nearest_m) else f" of {aim.nearest_m / 1e3:,.0f} km or more"
        by = "" if math.isnan(aim.miss_m) else f" by {aim.miss_m / 1e3:,.0f} km"
        return (
            f"the target is too near for an orbit{by}: ascent and descent alone go beyond it; "
            f"allowed: a range{far}, a stronger retro-burn, or the long way round"
        )
    if aim.code == DECAYED:
        return (
            f"an orbit at {wanted:,.0f} km decays before retro-ignition; allowed: a higher orbit "
            f"(up to {HIGHEST_ORBIT_M / 1e3:.0f} km) or the shorter way"
        )
    if aim.code == STAYS_UP:
        return (
            f"a retro-burn of {missile.retro_delta_v_m_s:,.0f} m/s does not bring the warhead down "
            f"from {wanted:,.0f} km; allowed: more"
        )
    if aim.code == NOT_FOUND:
        if insertion.code != AIMED:
            return (
                "no cut-off of the last stage ends level at circular speed; allowed: another "
                "payload, so that the last stage is needed in part"
            )
        return (
            f"no aim comes closer than {aim.miss_m / 1e3:,.1f} km, as near the launch point's "
            "antipode; allowed: another launch point"
        )
    return f"the target is reached to {aim.miss_m:.0f} m"


def fly_fractional_orbit(task: OrbitTask) -> OrbitalFlight:
    """Aim a missile at its target by way of an orbit, and fly it.

    Raises `BadInput`, one sentence, where that cannot be done (`explain_orbit_failure`), or where
    the altitude of the orbit lies outside 120 to 250 km.
    """
    missile = task.missile
    if not LOWEST_ORBIT_M <= missile.orbit_altitude_m <= HIGHEST_ORBIT_M:
        raise BadInput(
            f"orbit at {missile.orbit_altitude_m / 1e3:,.0f} km; allowed: "
            f"{LOWEST_ORBIT_M / 1e3:.0f} to {HIGHEST_ORBIT_M / 1e3:.0f} km"
        )
    aim = solve_orbit_aim(task)
    if aim.code != AIMED:
        raise BadInput(explain_orbit_failure(task, aim))
    _, nodes, burnt_s, impact = _descend(task, aim.insertion, aim.retro_s, _CHECK_TOLERANCE)
    assert impact is not None
    entry_s, entry_speed, entry_angle = _find_entry(nodes, aim.retro_s)
    miss, _, _ = solve_inverse(
        impact.latitude_rad, impact.longitude_rad, task.aim_latitude_rad, task.aim_longitude_rad
    )
    return OrbitalFlight(
        nodes, aim, describe_orbit(aim.insertion.state), burnt_s, entry_s, entry_speed, entry_angle,
        impact, miss,
    )  # fmt: skip


def _find_entry(nodes: Nodes, retro_s: float) -> tuple[float, float, float]:
    """Time, speed and angle below the horizontal, relative to the Earth, down through 100 km."""
    first = np.array([0, nodes.time_s.shape[0]])

    def sampled(t: float) -> Floats:
        return np.array(sample(first, *nodes, 0, t))

    low, high = retro_s, float(nodes.time_s[-1])
    t = _cross_zero(lambda t: altitude(*sampled(t)[:3]) - ENTRY_ALTITUDE_M, low, high, 1e-6)
    state = sampled(t)
    position = state[:3]
    velocity = state[3:] - np.cross([0.0, 0.0, EARTH_ROTATION_RAD_S], position)
    speed = float(np.linalg.norm(velocity))
    sine = -float(position @ velocity) / (speed * float(np.linalg.norm(position)))
    return t, speed, math.asin(sine)
