"""Search for the aim of a ballistic missile, from nothing but the two places.

Plain Python around compiled flights: it runs once per missile of a scenario, and the flights, not
the search, take the time. What runs in every replication is `aiming.correct_aim`.
"""

from __future__ import annotations

import math
from typing import Final

from opendome.physics.boost import Flight
from opendome.physics.constants import EARTH_MEAN_RADIUS_M
from opendome.physics.flight import REACHED_GROUND
from opendome.physics.geodesy import solve_inverse
from opendome.threats.aiming import (
    AIMED,
    DEPRESSED,
    DIGS_IN,
    LOFTED,
    MINIMUM_ENERGY,
    NOT_FOUND,
    OUT_OF_REACH,
    RAID_TOLERANCE,
    TOO_NEAR,
    Aim,
    Task,
    correct_aim,
    fly_aimed,
    fly_miss,
)

# Tolerance of the flights that only feel their way, and share of the given one for the last.
_COARSE: Final = 1e-5
SETTLING: Final = 0.1
# Ends of the search: steepest and flattest end pitch, least energy (share of full).
STEEPEST_RAD: Final = math.radians(1.0)
FLATTEST_RAD: Final = math.radians(125.0)  # the vertical at burnout has turned by some 10 degrees
_LEAST_ENERGY: Final = 0.25
_GOLDEN: Final = 0.6180339887498949
_MOST_ROUNDS: Final = 12
_PITCH_SETTLED_RAD: Final = 0.02
_NEAR_ENOUGH_M: Final = 20e3


def _best_pitch(
    task: Task, azimuth: float, energy: float, low: float, high: float
) -> tuple[float, float]:
    """End pitch of greatest range between two, and the down-range miss there (golden section)."""
    a = high - _GOLDEN * (high - low)
    b = low + _GOLDEN * (high - low)
    miss_a, _ = fly_miss(task, azimuth, a, energy, _COARSE)
    miss_b, _ = fly_miss(task, azimuth, b, energy, _COARSE)
    # Down to 0.2 degrees: range is flat around its maximum.
    while high - low > 0.004:
        if miss_a > miss_b:
            high, b, miss_b = b, a, miss_a
            a = high - _GOLDEN * (high - low)
            miss_a, _ = fly_miss(task, azimuth, a, energy, _COARSE)
        else:
            low, a, miss_a = a, b, miss_b
            b = low + _GOLDEN * (high - low)
            miss_b, _ = fly_miss(task, azimuth, b, energy, _COARSE)
    if miss_a > miss_b:
        return a, miss_a
    return b, miss_b


def _scan_pitch(task: Task, azimuth: float, energy: float) -> tuple[float, float]:
    """End pitch of greatest range at one azimuth and energy, and the down-range miss there."""
    n_scan = 10
    step = (FLATTEST_RAD - STEEPEST_RAD) / n_scan
    best, best_miss = STEEPEST_RAD + step, -math.inf
    for i in range(1, n_scan):
        pitch = STEEPEST_RAD + i * step
        miss, _ = fly_miss(task, azimuth, pitch, energy, _COARSE)
        if miss > best_miss:
            best, best_miss = pitch, miss
    return _best_pitch(task, azimuth, energy, best - step, best + step)


def _fly_free(task: Task, azimuth: float, pitch: float, free: float) -> float:
    """Down-range miss as a function of the free unknown: energy, or pitch at full energy."""
    if task.trajectory == MINIMUM_ENERGY:
        down, _ = fly_miss(task, azimuth, pitch, free, _COARSE)
    else:
        down, _ = fly_miss(task, azimuth, free, 1.0, _COARSE)
    return down


def _settle_range(
    task: Task, azimuth: float, pitch: float, low: float, high: float
) -> tuple[float, float]:
    """Free unknown between `low` (falls short) and `high` (too far) that gets the range right.

    False position (Illinois). Returns the unknown and the miss left: at an end of the interval
    where both ends miss to the same side, at a jump of the range where there is one.
    """
    far = _fly_free(task, azimuth, pitch, high)
    if far <= 0.0:
        return high, far
    short = _fly_free(task, azimuth, pitch, low)
    if short >= 0.0:
        return low, short
    free, miss = high, far
    for i in range(60):
        if i < 20:
            free = low + (high - low) * short / (short - far)
        else:
            free = 0.5 * (low + high)
        miss = _fly_free(task, azimuth, pitch, free)
        if abs(miss) < 0.1 * _NEAR_ENOUGH_M or abs(high - low) < 1e-8:
            break
        if miss < 0.0:
            low, short = free, miss
            far *= 0.5
        else:
            high, far = free, miss
            short *= 0.5
    return free, miss


def _turn_azimuth(azimuth: float, distance: float, cross: float) -> float:
    """Azimuth that would take out a cross-range miss if the flight turned as a whole."""
    lever = EARTH_MEAN_RADIUS_M * max(abs(math.sin(distance / EARTH_MEAN_RADIUS_M)), 0.1)
    return azimuth + min(max(cross / lever, -0.5), 0.5)


def solve_aim(task: Task, tolerance: float) -> Aim:
    """Aim of a ballistic missile, for any two places from 1,500 to 13,000 km apart and beyond.

    Parameters
    ----------
    task : Task
        Missile, launch, target, kind of trajectory.
    tolerance : float
        Of the flights that the aim is for, as in `flight.advance`; 1e-7 suits raids. The aim is
        settled ten times tighter: the impact of a flat flight hangs on it by 100 m.

    Returns
    -------
    Aim
        AIMED: the impact misses by less than 50 m. OUT_OF_REACH, TOO_NEAR: `reach_m` is the
        greatest or least range from this launch point towards this target; the aim is the one
        that comes nearest. DIGS_IN: a depressed flight that meets the ground under thrust;
        `reach_m` is the least range of one that does not. NOT_FOUND: no aim closes, as between the
        ranges on both sides of a depressed flight that just clears the ground, or under a very
        steep one whose impact the turning Earth carries away.

    Notes
    -----
    Alternates between the range at a fixed azimuth and the azimuth at a fixed range, with coarse
    flights, then corrects both at once (`correct_aim`). About 60 to 100 flights.
    """
    distance, azimuth, _ = solve_inverse(
        task.launch_latitude_rad,
        task.launch_longitude_rad,
        task.aim_latitude_rad,
        task.aim_longitude_rad,
    )
    best, _ = _scan_pitch(task, azimuth, 1.0)
    if task.trajectory == MINIMUM_ENERGY:
        code, azimuth, pitch, energy = _search_least_energy(task, azimuth, best, distance)
    else:
        code, azimuth, pitch = _search_full_energy(task, azimuth, best, distance)
        energy = 1.0
    nan = math.nan
    near = Aim(code, azimuth, pitch, energy, nan, nan, nan, nan, nan, nan)
    if code == AIMED:
        near = correct_aim(task, near, SETTLING * tolerance)
    if task.trajectory == DEPRESSED:
        flight = fly_aimed(task, near.azimuth_rad, near.pitch_end_rad, near.energy, tolerance)
        if _digs_in(flight):
            least = _find_least_clear(task, near.azimuth_rad, best, near.pitch_end_rad)
            return near._replace(code=DIGS_IN, reach_m=least)
    if near.code == AIMED:
        return near
    down, cross = fly_miss(task, *near[1:4], tolerance)
    return near._replace(miss_m=math.hypot(down, cross), reach_m=distance + down)


def _digs_in(flight: Flight) -> bool:
    """Whether a flight meets the ground under thrust."""
    return flight.code == REACHED_GROUND and flight.burnout_s >= flight.end_s


def _find_least_clear(task: Task, azimuth: float, clear: float, flat: float) -> float:
    """Range [m] of the flattest full burn that ends above the ground.

    Between an end pitch that clears it and one that may not (bisection). The last answer clears it.
    """
    flight = fly_aimed(task, azimuth, flat, 1.0, RAID_TOLERANCE)
    if not _digs_in(flight):
        return _measure_range(task, flight)
    flight = fly_aimed(task, azimuth, clear, 1.0, RAID_TOLERANCE)
    while flat - clear > 1e-4:
        middle = 0.5 * (clear + flat)
        tried = fly_aimed(task, azimuth, middle, 1.0, RAID_TOLERANCE)
        if _digs_in(tried):
            flat = middle
        else:
            clear, flight = middle, tried
    return _measure_range(task, flight)


def _measure_range(task: Task, flight: Flight) -> float:
    """Geodesic [m] from launch to impact; NaN for what does not come down."""
    return float(
        solve_inverse(
            task.launch_latitude_rad, task.launch_longitude_rad, flight.end_latitude_rad,
            flight.end_longitude_rad,
        )[0]
    )  # fmt: skip


def find_reach(task: Task) -> tuple[float, float]:
    """Least and greatest range [m] of a kind of trajectory toward the target's azimuth.

    The target should lie about a quarter of the Earth away. Least: at the least energy that aims
    use; of a lofted flight, the steepest; of a depressed one, the flattest that ends its burn above
    the ground. Greatest: full energy, infinite where that does not come down in four hours or comes
    down beyond the antipode. The azimuth is turned until the longest flight comes down in line with
    the target.
    """
    distance, azimuth, _ = solve_inverse(*task[4:8])
    pitch, down = _scan_pitch(task, azimuth, 1.0)
    for _ in range(_MOST_ROUNDS):
        _, cross = fly_miss(task, azimuth, pitch, 1.0, _COARSE)
        if abs(cross) < _NEAR_ENOUGH_M:
            break
        azimuth = _turn_azimuth(azimuth, distance + down, cross)
        pitch, down = _best_pitch(task, azimuth, 1.0, pitch - 0.12, pitch + 0.12)
    longest = fly_aimed(task, azimuth, pitch, 1.0, RAID_TOLERANCE)
    farthest = _measure_range(task, longest)
    if longest.code != REACHED_GROUND or distance + down > math.pi * EARTH_MEAN_RADIUS_M:
        farthest = math.inf
    if task.trajectory == DEPRESSED:
        return _find_least_clear(task, azimuth, pitch, FLATTEST_RAD), farthest
    if task.trajectory == LOFTED:
        shortest = fly_aimed(task, azimuth, STEEPEST_RAD, 1.0, RAID_TOLERANCE)
    else:
        pitch, _ = _scan_pitch(task, azimuth, _LEAST_ENERGY)
        shortest = fly_aimed(task, azimuth, pitch, _LEAST_ENERGY, RAID_TOLERANCE)
    return _measure_range(task, shortest), farthest


def _judge(down: float) -> int:
    """Code of a range that could not be brought closer."""
    if down < -_NEAR_ENOUGH_M:
        return OUT_OF_REACH
    return TOO_NEAR if down > _NEAR_ENOUGH_M else AIMED


def _search_least_energy(
    task: Task, azimuth: float, pitch: float, distance: float
) -> tuple[int, float, float, float]:
    """Code, azimuth, end pitch and energy of the minimum-energy trajectory, nearly right."""
    code, energy = NOT_FOUND, 1.0
    for _ in range(_MOST_ROUNDS):
        energy, down = _settle_range(task, azimuth, pitch, _LEAST_ENERGY, 1.0)
        code = _judge(down)
        better, _ = _best_pitch(task, azimuth, energy, pitch - 0.12, pitch + 0.12)
        _, cross = fly_miss(task, azimuth, pitch, energy, _COARSE)
        if abs(better - pitch) < _PITCH_SETTLED_RAD and abs(cross) < _NEAR_ENOUGH_M:
            break
        pitch = better
        azimuth = _turn_azimuth(azimuth, distance, cross)
    return code, azimuth, pitch, energy


def _search_full_energy(
    task: Task, azimuth: float, best: float, distance: float
) -> tuple[int, float, float]:
    """Code, azimuth and end pitch of the lofted or depressed trajectory, nearly right."""
    end = STEEPEST_RAD if task.trajectory == LOFTED else FLATTEST_RAD
    code, pitch = NOT_FOUND, best
    for _ in range(_MOST_ROUNDS):
        pitch, down = _settle_range(task, azimuth, best, end, best)
        code = _judge(down)
        _, cross = fly_miss(task, azimuth, pitch, 1.0, _COARSE)
        if abs(cross) < _NEAR_ENOUGH_M:
            break
        azimuth = _turn_azimuth(azimuth, distance, cross)
        best, _ = _best_pitch(task, azimuth, 1.0, best - 0.12, best + 0.12)
    return code, azimuth, pitch
