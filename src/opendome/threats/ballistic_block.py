"""Ballistic missiles of a raid as arrays, with their aims and what they release."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np

from opendome.physics.boost import Vehicle, full_burn, record
from opendome.physics.geodesy import solve_inverse
from opendome.tables.truth import Floats, Identities, Integers
from opendome.threats.aim_search import SETTLING, solve_aim
from opendome.threats.aiming import (
    AIMED,
    RAID_TOLERANCE,
    TRAJECTORIES,
    Aim,
    Task,
    correct_aim,
    explain_failure,
    steer,
)
from opendome.threats.dispatch import compile_block, explain_block
from opendome.threats.dynamic_pressure import explain_pressure, find_peak_pressure
from opendome.threats.orders import AimPoint, MissileOrder, Point
from opendome.threats.parts import WARHEAD, Looks, stack_looks
from opendome.threats.post_boost import plan_releases
from opendome.threats.whole_paths import fly_whole

# Launch and target places in one cell of this width (60 km) share the start of their search: the
# best pitch of a minimum-energy flight, settled to 0.02 rad, moves by less across it.
_CELL_RAD: Final = 0.01
# Nodes that hold most boosts.
_BOOST_ROOM: Final = 200


class BallisticClass(NamedTuple):
    """One class of ballistic missile, at the values of one outer draw."""

    vehicle: Vehicle
    energy_management: int  # aiming.CUT_OFF (also thrust termination) or aiming.MANOEUVRE
    release_first_s: float  # from burnout to the first release
    release_last_s: float  # from burnout to the last one
    post_boost_m_s: float  # change of velocity that the post-boost vehicle has for its releases
    burn_time_sigma: float  # fraction, one sigma, one draw for all stages
    specific_impulse_sigma: float  # fraction, one sigma
    drag_sigma: float  # fraction of a warhead's ballistic coefficient, one sigma
    pointing_sigma_rad: float  # error of the thrust's attitude, one sigma each of pitch and azimuth
    guidance_sigma_m_s: float  # velocity error at burnout, one sigma per axis
    launch_reliability: float
    flight_reliability: float
    warhead_reliability: float
    release_speed_m_s: Floats  # (n_parts,) separation speed, one sigma per axis
    looks: Looks
    dynamic_pressure_limit_pa: float = (
        math.inf
    )  # greatest of the boost; one that passes it is refused


class Classes(NamedTuple):
    """Several classes: columns of `Vehicle` and of `BallisticClass`, one row per class."""

    stage_propellant_kg: Floats  # (n, 4)
    stage_inert_kg: Floats
    stage_burn_s: Floats
    stage_specific_impulse_s: Floats
    stage_coast_s: Floats
    n_stages: Integers  # (n,)
    payload_kg: Floats
    drag_area_m2: Floats
    vertical_rise_s: Floats
    pitch_end_s: Floats
    pitch_start_rad: Floats
    turn_limit_rad_s: Floats
    load_limit_pa: Floats
    weave_rad: Floats
    weave_rate_rad_s: Floats
    launch_altitude_m: Floats
    launch_speed_m_s: Floats
    energy_management: Integers
    release_first_s: Floats
    release_last_s: Floats
    burn_time_sigma: Floats
    specific_impulse_sigma: Floats
    drag_sigma: Floats
    pointing_sigma_rad: Floats
    guidance_sigma_m_s: Floats
    launch_reliability: Floats
    flight_reliability: Floats
    warhead_reliability: Floats
    release_speed_m_s: Floats  # (n, n_parts)
    ballistic_coefficient_kg_m2: Floats  # (n, n_parts)


class BallisticMissiles(NamedTuple):
    """One row per missile; differs between draws of launch and aim."""

    identity: Identities  # (n,)
    launch_s: Floats
    launch_jitter_s: Floats
    launch_latitude_rad: Floats
    launch_longitude_rad: Floats
    aim_latitude_rad: Floats  # (n, most) by release; NaN past the last
    aim_longitude_rad: Floats  # (n, most)
    aim_area: Integers  # (n, most)
    trajectory: Integers  # (n,)
    aim_code: Integers  # aiming.AIMED, or why there is no aim
    aim_azimuth_rad: Floats
    aim_pitch_end_rad: Floats
    aim_energy: Floats
    aim_miss_m: Floats
    aim_reach_m: Floats
    aim_slopes: Floats  # (n, 4), as in `aiming.Aim`


class Parts(NamedTuple):
    """What the missiles release, missile by missile; the same in all draws."""

    first: Integers  # (n + 1,) parts of missile i: rows first[i] to first[i + 1]
    identity: Identities  # (n_parts,)
    part: Integers  # (n_parts,) row of `parts.PARTS`
    release: Integers  # (n_parts,) with which warhead


class BallisticBlock(NamedTuple):
    """All ballistic missiles of a raid."""

    missiles: BallisticMissiles
    missile_class: Integers  # (n,) row of `classes`
    n_releases: Integers  # (n,)
    parts: Parts
    classes: Classes
    looks: Looks  # stacked
    class_row: Integers  # (n_classes,) row in the raid
    limited: dict[int, BallisticClass]  # by row of `classes`: those with a limit to keep


def stack_classes(classes: list[BallisticClass]) -> Classes:
    """The columns of several classes."""
    columns: dict[str, list[Any]] = {name: [] for name in Classes._fields}
    for one in classes:
        values = {**one.vehicle._asdict(), **one._asdict(), **one.looks._asdict()}
        for name, column in columns.items():
            column.append(values[name])
    whole = ("n_stages", "energy_management")
    arrays: dict[str, Any] = {
        name: np.array(column, np.int64 if name in whole else np.float64)
        for name, column in columns.items()
    }
    return Classes(**arrays)


def make_task(one: BallisticClass, launch_rad: Point, target_rad: Point, trajectory: int) -> Task:
    """What has to be aimed for one missile, at the class's nominal values.

    Points are geodetic latitude and longitude, `trajectory` is a row of `aiming.TRAJECTORIES`.
    """
    beta = float(one.looks.ballistic_coefficient_kg_m2[WARHEAD])
    return Task(one.vehicle, beta, one.energy_management, trajectory, *launch_rad, *target_rad)


def _task_of(one: BallisticClass, order: MissileOrder) -> Task:
    return make_task(one, order.launch_rad, order.aim_rad, order.trajectory)


def _solve_near(task: Task, known: dict[tuple[Any, ...], Any], missile_class: int) -> Aim:
    """The aim of a task, corrected from that of a task near by, which `known` keeps.

    Near by is the middle of a cell of launch and target places: so the answer does not depend on
    what else is in the raid. Where that does not lead to an aim, the search starts from nothing.
    """
    cell = tuple(round(angle / _CELL_RAD) for angle in task[4:8])
    if cell[:2] != cell[2:]:
        key = (missile_class, task.trajectory, *cell)
        if key not in known:
            middle = [number * _CELL_RAD for number in cell]
            known[key] = solve_aim(Task(*task[:4], *middle), RAID_TOLERANCE)
        if known[key].code == AIMED:
            aim = correct_aim(task, known[key], SETTLING * RAID_TOLERANCE)
            if aim.code == AIMED:
                return aim
    return solve_aim(task, RAID_TOLERANCE)


@compile_block.register
def compile_ballistic(
    example: BallisticClass,
    classes: dict[int, BallisticClass],
    orders: list[MissileOrder],
    known: dict[tuple[Any, ...], Any],
) -> BallisticBlock:
    """See `dispatch.compile_block`. Equal launches at equal targets are solved once.

    A warhead that the post-boost vehicle cannot send to its own aim point goes to that of the one
    before it.
    """
    solved: dict[tuple[Any, ...], Aim] = {}
    aims: list[Aim] = []
    points: list[tuple[AimPoint, ...]] = []
    for order in orders:
        one = classes[order.missile_class]
        key = (order.missile_class, order.launch_rad, order.aim_rad, order.trajectory)
        if key not in solved:
            solved[key] = _solve_near(_task_of(one, order), known, order.missile_class)
        aims.append(solved[key])
        points.append(_settle_points(one, order, solved[key]))
    most = max((len(own) for own in points), default=1)
    padding = AimPoint(math.nan, math.nan, -1)
    padded = [own + (padding,) * (most - len(own)) for own in points]
    rows = list(classes)
    counts = [len(order.parts) for order in orders]
    parts = [part for order in orders for part in order.parts]

    def floats(values: list[Any], *shape: int) -> Floats:
        return np.array(values, np.float64).reshape(len(values), *shape)

    def integers(values: list[Any], *shape: int) -> Integers:
        return np.array(values, np.int64).reshape(len(values), *shape)

    return BallisticBlock(
        missiles=BallisticMissiles(
            identity=np.array([o.identity for o in orders], np.uint64),
            launch_s=floats([o.launch_s for o in orders]),
            launch_jitter_s=floats([o.launch_jitter_s for o in orders]),
            launch_latitude_rad=floats([o.launch_latitude_rad for o in orders]),
            launch_longitude_rad=floats([o.launch_longitude_rad for o in orders]),
            aim_latitude_rad=floats([[p.latitude_rad for p in own] for own in padded], most),
            aim_longitude_rad=floats([[p.longitude_rad for p in own] for own in padded], most),
            aim_area=integers([[p.area for p in own] for own in padded], most),
            trajectory=integers([o.trajectory for o in orders]),
            aim_code=integers([a.code for a in aims]),
            aim_azimuth_rad=floats([a.azimuth_rad for a in aims]),
            aim_pitch_end_rad=floats([a.pitch_end_rad for a in aims]),
            aim_energy=floats([a.energy for a in aims]),
            aim_miss_m=floats([a.miss_m for a in aims]),
            aim_reach_m=floats([a.reach_m for a in aims]),
            aim_slopes=floats([a[6:10] for a in aims], 4),
        ),
        missile_class=integers([rows.index(o.missile_class) for o in orders]),
        n_releases=integers([len(own) for own in points]),
        parts=Parts(
            np.concatenate(([0], np.cumsum(counts, dtype=np.int64))),
            np.array([part.identity for part in parts], np.uint64),
            integers([part.part for part in parts]),
            integers([part.release for part in parts]),
        ),
        classes=stack_classes(list(classes.values())),
        looks=stack_looks([one.looks for one in classes.values()]),
        class_row=integers(rows),
        limited={
            i: one
            for i, one in enumerate(classes.values())
            if math.isfinite(one.dynamic_pressure_limit_pa)
        },
    )


def _settle_points(one: BallisticClass, order: MissileOrder, aim: Aim) -> tuple[AimPoint, ...]:
    """Aim points of the warheads in the order of their releases, as far as they can be served.

    What cannot be served is let go where the vehicle flies to anyway.
    """
    if len(order.aims) == 1 or aim.code != AIMED:
        return order.aims
    points = _line_up(order.aims)
    served = plan_releases(
        _task_of(one, order), aim, one.release_first_s, one.release_last_s, one.post_boost_m_s,
        points, RAID_TOLERANCE,
    )  # fmt: skip
    settled = [points[0]]
    for point, reached in zip(points[1:], served[1:], strict=True):
        settled.append(point if reached else settled[-1])
    return tuple(settled)


def _line_up(points: tuple[AimPoint, ...]) -> tuple[AimPoint, ...]:
    """The points from the first one on, always the nearest next: short ways cost little."""
    line, left = [points[0]], list(points[1:])
    while left:
        here = line[-1]
        left.sort(key=lambda p: solve_inverse(*here[:2], *p[:2])[0])
        line.append(left.pop(0))
    return tuple(line)


@explain_block.register
def explain_ballistic(block: BallisticBlock, row: int) -> str:
    """See `dispatch.explain_block`."""
    missiles = block.missiles
    if missiles.aim_code[row] == AIMED:
        return _explain_pressure(block, row)
    nan = math.nan
    aim = Aim(
        int(missiles.aim_code[row]), nan, nan, nan, float(missiles.aim_miss_m[row]),
        float(missiles.aim_reach_m[row]), *map(float, missiles.aim_slopes[row]),
    )  # fmt: skip
    return explain_failure(aim, int(missiles.trajectory[row]), *_places_of(missiles, row))


def _places_of(missiles: BallisticMissiles, row: int) -> tuple[Point, Point]:
    """Where a missile starts, and what it is aimed at."""
    return (
        (float(missiles.launch_latitude_rad[row]), float(missiles.launch_longitude_rad[row])),
        (float(missiles.aim_latitude_rad[row, 0]), float(missiles.aim_longitude_rad[row, 0])),
    )


def _explain_pressure(block: BallisticBlock, row: int) -> str:
    """Why a missile's boost, flown at its nominal aim, is too much for its class; else nothing."""
    one = block.limited.get(int(block.missile_class[row]))
    if one is None:
        return ""
    missiles = block.missiles
    trajectory = int(missiles.trajectory[row])
    launch, target = _places_of(missiles, row)
    task = make_task(one, launch, target, trajectory)
    steering = steer(
        task, float(missiles.aim_azimuth_rad[row]), float(missiles.aim_pitch_end_rad[row]),
        float(missiles.aim_energy[row]),
    )  # fmt: skip
    stop_s = min(float(steering.cutoff_s), float(full_burn(one.vehicle)))
    flight, path = fly_whole(
        lambda nodes: record(
            one.vehicle, steering, *launch, np.zeros(3), task.ballistic_coefficient_kg_m2, stop_s,
            RAID_TOLERANCE, nodes,
        ),
        _BOOST_ROOM,
    )  # fmt: skip
    peak, peak_s = find_peak_pressure(path, flight.burnout_s)
    return explain_pressure(
        peak, peak_s, one.dynamic_pressure_limit_pa, f"a {TRAJECTORIES[trajectory]} trajectory"
    )
