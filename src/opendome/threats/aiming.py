"""How a ballistic missile is steered to its target, and the correction of an aim that is near.

Three unknowns (azimuth, end pitch, energy) and two conditions (down-range and cross-range miss):
the third condition is the kind of trajectory. `MINIMUM_ENERGY` takes the end pitch of greatest
range and is corrected by the energy used; `LOFTED` and `DEPRESSED` use all energy and are corrected
by the end pitch. `opendome.threats.aim_search` finds an aim from nothing.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from opendome.physics.boost import Flight, Steering, Vehicle, fly, full_burn, record
from opendome.physics.constants import EARTH_MEAN_RADIUS_M
from opendome.physics.flight import REACHED_GROUND, no_nodes
from opendome.physics.geodesy import ecef_from_geodetic, solve_inverse
from opendome.physics.jit import kernel

# What guidance does with energy that the range does not need: end the thrust early (engine cut-off
# or thrust termination), or burn to the end and waste it in manoeuvres.
CUT_OFF: Final = 0
MANOEUVRE: Final = 1

MINIMUM_ENERGY: Final = 0
LOFTED: Final = 1
DEPRESSED: Final = 2
TRAJECTORIES: Final = ("minimum-energy", "lofted", "depressed")

# How a search for an aim ended.
AIMED: Final = 0
OUT_OF_REACH: Final = 1  # the target is farther than the missile flies
TOO_NEAR: Final = 2  # the nearest point that this kind of trajectory reaches is beyond the target
NOT_FOUND: Final = 3
DIGS_IN: Final = 4  # so flat that it meets the ground under thrust
UNSTEADY: Final = 5  # so flat that no guidance could hold its impact

# Tolerance of a raid's flights: impacts within some metres, far below any guidance error.
RAID_TOLERANCE: Final = 1e-7
MISS_ALLOWED_M: Final = 50.0
_MISS_SOUGHT_M: Final = 5.0
_MOST_CORRECTIONS: Final = 16
# A trial that moves the impact farther says little of the slope at the target.
_FAR_TRIAL_M: Final = 30e3
# Greatest change of range by attitude [m/rad] that counts as aimed: beyond it an error of 0.1 mrad
# moves the impact by 300 km and more. Flights that skim the air and leave it again are like that,
# and no integrator agrees with another on them; most depressed flights stay thirty times below.
_MOST_SENSITIVE: Final = 3e9
_ATTITUDE_ERROR_RAD: Final = 1e-4
# Patience of every flight: none that is aimed takes four hours.
HORIZON_S: Final = 14_400.0


class Task(NamedTuple):
    """A missile, where it starts and what it is aimed at."""

    vehicle: Vehicle
    ballistic_coefficient_kg_m2: float  # of the warhead
    energy_management: int  # CUT_OFF or MANOEUVRE
    trajectory: int  # MINIMUM_ENERGY, LOFTED or DEPRESSED
    launch_latitude_rad: float
    launch_longitude_rad: float
    aim_latitude_rad: float
    aim_longitude_rad: float


class Aim(NamedTuple):
    """The answer to a task, and what a later correction starts from.

    `energy` is the share of the full burn time (CUT_OFF) or of the thrust beyond the first stage
    (MANOEUVRE) that is used. `slope` is the derivative of the miss (down, cross) [m] by azimuth and
    by the free one of pitch and energy, row by row.
    """

    code: int
    azimuth_rad: float
    pitch_end_rad: float
    energy: float
    miss_m: float
    reach_m: float  # range that bounds the missile, geodesic; NaN where AIMED
    slope_down_azimuth: float
    slope_down_free: float
    slope_cross_azimuth: float
    slope_cross_free: float


@kernel
def steer(task: Task, azimuth_rad: float, pitch_end_rad: float, energy: float) -> Steering:
    """Steering that uses the share `energy` of what the missile has, in its class's manner."""
    n_stages = task.vehicle.n_stages
    if task.energy_management == MANOEUVRE:
        # A one-stage missile has only its first stage to waste.
        kept = min(n_stages - 1, 1)
        return Steering(azimuth_rad, pitch_end_rad, math.inf, kept + energy * (n_stages - kept))
    cutoff_s = energy * full_burn(task.vehicle) if energy < 1.0 else math.inf
    return Steering(azimuth_rad, pitch_end_rad, cutoff_s, float(n_stages))


def fly_aimed(
    task: Task, azimuth_rad: float, pitch_end_rad: float, energy: float, tolerance: float
) -> Flight:
    """The flight that such an aim gives, without guidance error."""
    return fly(
        task.vehicle,
        steer(task, azimuth_rad, pitch_end_rad, energy),
        task.launch_latitude_rad,
        task.launch_longitude_rad,
        np.zeros(3),
        task.ballistic_coefficient_kg_m2,
        HORIZON_S,
        tolerance,
    )


@kernel
def _unit(latitude: float, longitude: float) -> tuple[float, float, float]:
    x, y, z = ecef_from_geodetic(latitude, longitude, 0.0)
    r = math.sqrt(x * x + y * y + z * z)
    return x / r, y / r, z / r


@kernel
def measure_miss(
    launch_latitude_rad: float,
    launch_longitude_rad: float,
    aim_latitude_rad: float,
    aim_longitude_rad: float,
    latitude_rad: float,
    longitude_rad: float,
) -> tuple[float, float]:
    """Down-range and cross-range miss [m] of an impact, along and left of launch to target.

    Angles at the Earth's centre times the mean radius: zero at the target, smooth from a quarter
    of the Earth behind the launch point to three quarters ahead of it. Launch and target must
    neither coincide nor be antipodes.
    """
    ax, ay, az = _unit(launch_latitude_rad, launch_longitude_rad)
    bx, by, bz = _unit(aim_latitude_rad, aim_longitude_rad)
    cx, cy, cz = _unit(latitude_rad, longitude_rad)
    nx, ny, nz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
    sine = math.sqrt(nx * nx + ny * ny + nz * nz)
    nx, ny, nz = nx / sine, ny / sine, nz / sine
    fx, fy, fz = ny * az - nz * ay, nz * ax - nx * az, nx * ay - ny * ax
    wanted = math.atan2(sine, ax * bx + ay * by + az * bz)
    flown = math.atan2(cx * fx + cy * fy + cz * fz, cx * ax + cy * ay + cz * az)
    if flown < -0.5 * math.pi:
        flown += 2.0 * math.pi
    cross = math.asin(min(max(cx * nx + cy * ny + cz * nz, -1.0), 1.0))
    return (flown - wanted) * EARTH_MEAN_RADIUS_M, cross * EARTH_MEAN_RADIUS_M


@kernel
def fly_miss(
    task: Task, azimuth_rad: float, pitch_end_rad: float, energy: float, tolerance: float
) -> tuple[float, float]:
    """Miss [m] of one flight; what never comes down lies half the Earth too far."""
    flight = record(
        task.vehicle,
        steer(task, azimuth_rad, pitch_end_rad, energy),
        task.launch_latitude_rad,
        task.launch_longitude_rad,
        np.zeros(3),
        task.ballistic_coefficient_kg_m2,
        HORIZON_S,
        tolerance,
        no_nodes(),
    )
    if flight.code != REACHED_GROUND:
        return math.pi * EARTH_MEAN_RADIUS_M, 0.0
    return measure_miss(
        task.launch_latitude_rad,
        task.launch_longitude_rad,
        task.aim_latitude_rad,
        task.aim_longitude_rad,
        flight.end_latitude_rad,
        flight.end_longitude_rad,
    )


@kernel
def correct_aim(task: Task, near: Aim, tolerance: float) -> Aim:
    """Take out the miss of an aim that is nearly right.

    Parameters
    ----------
    task : Task
        The missile as it will fly.
    near : Aim
        Where to start. Its slopes are used where they are finite and measured where they are NaN.
    tolerance : float
        Of the flights.

    Returns
    -------
    Aim
        AIMED with a miss under 50 m (5 m are sought); UNSTEADY where a lofted or depressed flight
        has that, and loses it at the least error of attitude; OUT_OF_REACH where full energy falls
        short, with the best aim found; NOT_FOUND where the corrections do not close.

    Notes
    -----
    Newton steps with Broyden's (1965) update of the slopes, measured anew where they fail.
    """
    by_energy = task.trajectory == MINIMUM_ENERGY
    azimuth, pitch, energy = near.azimuth_rad, near.pitch_end_rad, near.energy
    da, df = near.slope_down_azimuth, near.slope_down_free
    ca, cf = near.slope_cross_azimuth, near.slope_cross_free
    down, cross = fly_miss(task, azimuth, pitch, energy, tolerance)
    miss = math.hypot(down, cross)
    stale = math.isnan(da + df + ca + cf)
    fresh = False
    for _ in range(_MOST_CORRECTIONS):
        if miss < _MISS_SOUGHT_M:
            break
        if stale:
            # About a kilometre on the ground each, less where the boost ends at many g: far above
            # the noise of the step control. Energy goes down, since there is none above full.
            turn, more, bend = 2e-4, -1e-4 * by_energy, 5e-4 * (1 - by_energy)
            next_down, next_cross = fly_miss(task, azimuth + turn, pitch, energy, tolerance)
            da, ca = (next_down - down) / turn, (next_cross - cross) / turn
            for _ in range(3):
                next_down, next_cross = fly_miss(
                    task, azimuth, pitch + bend, energy + more, tolerance
                )
                df, cf = (next_down - down) / (more + bend), (next_cross - cross) / (more + bend)
                if abs(next_down - down) < _FAR_TRIAL_M:
                    break
                more, bend = 0.1 * more, 0.1 * bend
            stale, fresh = False, True
        determinant = da * cf - df * ca
        turn = -(cf * down - df * cross) / determinant
        shift = -(da * cross - ca * down) / determinant
        # Steps beyond these leave the region where slopes mean anything.
        shrink = min(1.0, 0.3 / (abs(turn) + 1e-12), 0.1 / (abs(shift) + 1e-12))
        turn, shift = turn * shrink, shift * shrink
        next_pitch, next_energy = pitch, energy
        if by_energy:
            next_energy = min(max(energy + shift, 0.0), 1.0)
            shift = next_energy - energy
        else:
            next_pitch = pitch + shift
        next_down, next_cross = fly_miss(task, azimuth + turn, next_pitch, next_energy, tolerance)
        next_miss = math.hypot(next_down, next_cross)
        if next_miss > 0.5 * miss and not fresh:
            stale = True
            continue
        if next_miss >= miss:
            break
        square = turn * turn + shift * shift
        error_down = (next_down - down - da * turn - df * shift) / square
        error_cross = (next_cross - cross - ca * turn - cf * shift) / square
        da, df = da + error_down * turn, df + error_down * shift
        ca, cf = ca + error_cross * turn, cf + error_cross * shift
        azimuth, pitch, energy = azimuth + turn, next_pitch, next_energy
        down, cross, miss = next_down, next_cross, next_miss
        fresh = False
    if miss <= MISS_ALLOWED_M:
        code = AIMED if by_energy or abs(df) < _MOST_SENSITIVE else UNSTEADY
    elif energy >= 1.0 and down < 0.0:
        code = OUT_OF_REACH
    else:  # also where the miss is NaN
        code = NOT_FOUND
    return Aim(code, azimuth, pitch, energy, miss, math.nan, da, df, ca, cf)


def explain_failure(
    aim: Aim, trajectory: int, launch: tuple[float, float], target: tuple[float, float],
    where: str = "",
) -> str:  # fmt: skip
    """One sentence on why there is no aim: by how many km, and which range would work.

    `launch` and `target` are latitude and longitude [rad]; `where` tells when and where a flight
    that digs in meets the ground.
    """
    distance_m, _, _ = solve_inverse(*launch, *target)
    distance, reach = distance_m / 1e3, aim.reach_m / 1e3
    flight = f"a {TRAJECTORIES[trajectory]} trajectory"
    if aim.code == OUT_OF_REACH:
        return (
            f"the target is {distance:,.0f} km away and {flight} in that direction falls "
            f"{distance - reach:,.0f} km short; allowed: up to {reach:,.0f} km"
        )
    if aim.code == TOO_NEAR:
        return (
            f"the target is {distance:,.0f} km away and {flight} in that direction overshoots it "
            f"by {reach - distance:,.0f} km; allowed: {reach:,.0f} km or more"
        )
    if aim.code == DIGS_IN:
        return (
            f"the target is {distance:,.0f} km away and {flight} to it is so flat that it digs "
            f"into the ground under thrust{where}; the least range that clears it is "
            f"{reach - distance:,.0f} km longer; allowed: {math.ceil(reach):,d} km or more, or "
            "another trajectory"
        )
    if aim.code == UNSTEADY:
        moved = abs(aim.slope_down_free) * _ATTITUDE_ERROR_RAD / 1e3
        return (
            f"{flight} to the target {distance:,.0f} km away is so flat that an error of 0.1 mrad "
            f"in attitude moves its impact by {moved:,.0f} km; allowed: another trajectory, or a "
            "longer range"
        )
    if aim.code == NOT_FOUND:
        return (
            f"no aim for {flight} comes closer than {aim.miss_m / 1e3:,.1f} km to the target "
            f"{distance:,.0f} km away; allowed: another trajectory or range"
        )
    return f"the target {distance:,.0f} km away is reached to {aim.miss_m:.0f} m"
