"""Fractional orbital bombardment: into a low orbit, along it, and out of it over the target.

Launch azimuth and time of retro-ignition take out the miss; ascent and descent are those of
`orbit_insertion` and `orbit_descent`. Plain Python around compiled flights: it runs once per
missile. The equations are those of `physics.flight`.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from opendome.errors import BadInput
from opendome.physics.ballistic import Impact
from opendome.physics.boost import launch_state
from opendome.physics.constants import (
    EARTH_MEAN_RADIUS_M,
    EARTH_MU_M3_S2,
    EARTH_RADIUS_M,
    EARTH_ROTATION_RAD_S,
)
from opendome.physics.flight import Nodes
from opendome.physics.geodesy import ecef_from_geodetic, enu_axes, solve_inverse
from opendome.physics.kepler import elements_from_state
from opendome.physics.reentry import altitude
from opendome.physics.standard_atmosphere import Floats
from opendome.physics.trajectory import sample
from opendome.threats.orbit_descent import descend
from opendome.threats.orbit_insertion import (
    AIMED,
    DECAYED,
    NO_ALTITUDE,
    NO_ORBIT,
    NOT_FOUND,
    STAYS_UP,
    TOO_NEAR,
    Insertion,
    OrbitTask,
    cross_zero,
    reach_orbit,
)

# Orbits that are entered: lower ones decay within a revolution, higher ones are no longer low.
# Public accounts have 150 to 200 km. Assumption.
LOWEST_ORBIT_M: Final = 120e3
HIGHEST_ORBIT_M: Final = 250e3
ENTRY_ALTITUDE_M: Final = 100e3
MISS_ALLOWED_M: Final = 100.0

_MISS_SOUGHT_M: Final = 1.0
# What is reported is flown again, ten times tighter than the aim was found with.
_CHECK_TOLERANCE: Final = 1e-10
_MOST_ROUNDS: Final = 25
# Where all planes meet, the azimuth that hits may be any: turned by these from the closed form's.
_OTHER_STARTS_DEG: Final = (20.0, -20.0, 45.0, -45.0, 90.0, -90.0, 135.0, -135.0)


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
    code, nodes, _, impact = descend(task, insertion, retro_s)
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


def improve_orbit_aim(task: OrbitTask, near: OrbitAim) -> OrbitAim:
    """The aim of a missile that differs a little from the one that `near` was solved for."""
    insertion = reach_orbit(task, near.azimuth_rad, near.insertion)
    if insertion.code != AIMED:
        return near._replace(code=insertion.code, insertion=insertion)
    return _close_on_target(task, insertion, near.azimuth_rad, near.retro_s)


def _close_on_target(task: OrbitTask, near: Insertion, azimuth: float, retro_s: float) -> OrbitAim:
    """Newton over azimuth and retro time, with halved steps where the miss does not shrink."""

    def fly_to(azimuth: float, retro_s: float, near: Insertion) -> tuple[int, Insertion, Floats]:
        insertion = reach_orbit(task, azimuth, near)
        if insertion.code != AIMED:
            return insertion.code, insertion, np.full(2, math.nan)
        if retro_s <= insertion.time_s:
            return TOO_NEAR, insertion, np.full(2, math.nan)
        code, _, _, impact = descend(task, insertion, retro_s)
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
    _, nodes, burnt_s, impact = descend(task, aim.insertion, aim.retro_s, _CHECK_TOLERANCE)
    assert impact is not None
    entry_s, entry_speed, entry_angle = find_entry(nodes, aim.retro_s)
    miss, _, _ = solve_inverse(
        impact.latitude_rad, impact.longitude_rad, task.aim_latitude_rad, task.aim_longitude_rad
    )
    return OrbitalFlight(
        nodes, aim, describe_orbit(aim.insertion.state), burnt_s, entry_s, entry_speed, entry_angle,
        impact, miss,
    )  # fmt: skip


def find_entry(nodes: Nodes, retro_s: float) -> tuple[float, float, float]:
    """Time, speed and angle below the horizontal, relative to the Earth, down through 100 km."""
    first = np.array([0, nodes.time_s.shape[0]])

    def sampled(t: float) -> Floats:
        return np.array(sample(first, *nodes, 0, t))

    low, high = retro_s, float(nodes.time_s[-1])
    t = cross_zero(lambda t: altitude(*sampled(t)[:3]) - ENTRY_ALTITUDE_M, low, high, 1e-6)
    state = sampled(t)
    position = state[:3]
    velocity = state[3:] - np.cross([0.0, 0.0, EARTH_ROTATION_RAD_S], position)
    speed = float(np.linalg.norm(velocity))
    sine = -float(position @ velocity) / (speed * float(np.linalg.norm(position)))
    return t, speed, math.asin(sine)
