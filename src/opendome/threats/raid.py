"""What a raid is, as arrays: missile classes, missiles with their aims, objects they carry.

`world` fills it: one `MissileClass` per class, one `MissileOrder` per missile, and `compile_raid`,
which solves the aims. A replication (`threats.fly_raid`) only reads it.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from opendome.physics.boost import Vehicle
from opendome.physics.jit import kernel
from opendome.physics.random import mix, stream_key, uniform
from opendome.tables import codes
from opendome.tables.truth import Floats, Identities, Integers
from opendome.threats.aim_search import SETTLING, solve_aim
from opendome.threats.aiming import AIMED, Aim, Task, correct_aim

# Kinds of object that a missile becomes: columns of the `part_...` properties of a class.
BOOSTER: Final = 0
WARHEAD: Final = 1
SPENT_STAGE: Final = 2
DECOY: Final = 3
FRAGMENT: Final = 4
PARTS: Final = ("booster", "warhead", "spent-stage", "decoy", "fragment")
# The same in `tables.codes`.
PART_KINDS: Final = np.array(
    [codes.BOOSTER, codes.WARHEAD, codes.DEBRIS, codes.DECOY, codes.DEBRIS], np.int64
)

_WRECK: Final = np.uint64(1)
_REMAINS: Final = np.uint64(2)
# Tolerance of a raid's flights: impacts within some metres, far below any guidance error.
RAID_TOLERANCE: Final = 1e-7
# Launch and target places in one cell of this width (60 km) share the start of their search: the
# best pitch of a minimum-energy flight, settled to 0.02 rad, moves by less across it.
_CELL_RAD: Final = 0.01


class MissileClass(NamedTuple):
    """One class of ballistic missile. `part_...` arrays have a row per kind in `PARTS`.

    The booster's ballistic coefficient is that of a whole missile whose thrust ended too early.
    """

    vehicle: Vehicle
    energy_management: int  # aiming.CUT_OFF (also thrust termination) or aiming.MANOEUVRE
    release_delay_s: float  # from burnout to release of warhead and companions
    burn_time_sigma: float  # fraction, one sigma, one draw for all stages
    specific_impulse_sigma: float  # fraction, one sigma
    guidance_sigma_m_s: float  # velocity error at burnout, one sigma per axis
    launch_reliability: float
    flight_reliability: float
    warhead_reliability: float
    plume_w_sr: float
    part_mass_kg: Floats  # (5,)
    part_ballistic_coefficient_kg_m2: Floats  # (5,)
    part_cross_section_m2: Floats  # (5, n_bands)
    part_body_w_sr: Floats  # (5,)
    part_feature_mean: Floats  # (5,)
    part_feature_sigma: Floats  # (5,)
    part_release_speed_m_s: Floats  # (5,) separation speed, one sigma per axis


class MissileClasses(NamedTuple):
    """Several classes: the columns of `MissileClass` and of `Vehicle`, one row per class."""

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
    release_delay_s: Floats
    burn_time_sigma: Floats
    specific_impulse_sigma: Floats
    guidance_sigma_m_s: Floats
    launch_reliability: Floats
    flight_reliability: Floats
    warhead_reliability: Floats
    plume_w_sr: Floats
    part_mass_kg: Floats  # (n, 5)
    part_ballistic_coefficient_kg_m2: Floats
    part_cross_section_m2: Floats  # (n, 5, n_bands)
    part_body_w_sr: Floats
    part_feature_mean: Floats
    part_feature_sigma: Floats
    part_release_speed_m_s: Floats


class MissileOrder(NamedTuple):
    """One missile of a raid as the scenario orders it."""

    identity: np.uint64  # of the missile's name: also the booster's
    missile_class: int  # row of the classes
    launch_s: float  # nominal
    launch_jitter_s: float  # one sigma
    launch_latitude_rad: float
    launch_longitude_rad: float
    aim_latitude_rad: float
    aim_longitude_rad: float
    aim_area: int  # row of the defended areas, -1: none
    trajectory: int  # aiming.MINIMUM_ENERGY, LOFTED or DEPRESSED
    parts: tuple[tuple[np.uint64, int], ...]  # identity and kind (row of PARTS), booster left out


class Raid(NamedTuple):
    """A whole raid; rows of the missile columns as ordered."""

    classes: MissileClasses
    missile_identity: Identities  # (n,)
    missile_class: Integers
    launch_s: Floats
    launch_jitter_s: Floats
    launch_latitude_rad: Floats
    launch_longitude_rad: Floats
    aim_latitude_rad: Floats
    aim_longitude_rad: Floats
    aim_area: Integers
    trajectory: Integers
    aim_code: Integers  # aiming.AIMED, or why there is no aim
    aim_azimuth_rad: Floats
    aim_pitch_end_rad: Floats
    aim_energy: Floats
    aim_miss_m: Floats
    aim_reach_m: Floats
    aim_slopes: Floats  # (n, 4), as in `aiming.Aim`
    first_part: Integers  # (n + 1,) parts of missile i: rows first_part[i] to first_part[i + 1]
    part_identity: Identities  # (n_parts,)
    part_type: Integers  # (n_parts,) row of PARTS


@kernel
def wreck_identity(missile_identity: np.uint64) -> np.uint64:
    """Identity of what is left of a missile that failed in flight."""
    return mix(missile_identity, _WRECK)


@kernel
def remains_identity(missile_identity: np.uint64) -> np.uint64:
    """Identity of what flies on of a missile that was hit under power."""
    return mix(missile_identity, _REMAINS)


def pick_draws(draws: tuple[Raid, ...], seed: int, replication: int) -> Raid:
    """The raid of one replication: for each missile, one of several draws of its launch and aim.

    Picked by missile name, so that the missiles of a raid vary independently of each other.
    """
    first = draws[0]
    if len(draws) == 1:
        return first
    key = stream_key(seed, "raid-draw")
    rows = np.arange(first.missile_identity.shape[0])
    chosen = np.array(
        [
            int(uniform(key, replication, identity, 0) * len(draws))
            for identity in first.missile_identity
        ],
        np.int64,
    )
    drawn: dict[str, Any] = {
        name: np.stack([getattr(raid, name) for raid in draws])[chosen, rows]
        for name in Raid._fields
        if name not in ("classes", "first_part", "part_identity", "part_type")
    }
    return first._replace(**drawn)


def stack_classes(classes: list[MissileClass]) -> MissileClasses:
    """The columns of several classes."""
    columns: dict[str, list[Any]] = {name: [] for name in MissileClasses._fields}
    for one in classes:
        values = {**one.vehicle._asdict(), **one._asdict()}
        for name, column in columns.items():
            column.append(values[name])
    whole = ("n_stages", "energy_management")
    arrays: dict[str, Any] = {
        name: np.array(column, np.int64 if name in whole else np.float64)
        for name, column in columns.items()
    }
    return MissileClasses(**arrays)


def make_task(one: MissileClass, order: MissileOrder) -> Task:
    """What has to be aimed for one missile, at the class's nominal values."""
    return Task(
        one.vehicle,
        float(one.part_ballistic_coefficient_kg_m2[WARHEAD]),
        one.energy_management,
        order.trajectory,
        order.launch_latitude_rad,
        order.launch_longitude_rad,
        order.aim_latitude_rad,
        order.aim_longitude_rad,
    )


def _solve_near(task: Task, known: dict[tuple[float, ...], Aim], missile_class: int) -> Aim:
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


def compile_raid(
    classes: list[MissileClass],
    orders: list[MissileOrder],
    known: dict[tuple[float, ...], Aim] | None = None,
) -> Raid:
    """The arrays of a raid, each missile with its nominal aim.

    `known` holds aims that were found before with the same classes, and takes up new ones.
    Equal launches at equal targets are solved once. A missile without an aim keeps the code and
    the reach of the search in `aim_code` and `aim_reach_m`; it is for the caller to refuse it
    (`aiming.explain_failure` says why in words); flown, it comes down where it can.
    """
    known = {} if known is None else known
    solved: dict[tuple[float | int, ...], Aim] = {}
    aims = []
    for order in orders:
        key = (order.missile_class, *order[4:8], order.trajectory)
        if key not in solved:
            task = make_task(classes[order.missile_class], order)
            solved[key] = _solve_near(task, known, order.missile_class)
        aims.append(solved[key])
    counts = [len(order.parts) for order in orders]
    parts = [part for order in orders for part in order.parts]
    slopes = np.array([aim[6:10] for aim in aims], np.float64).reshape(-1, 4)

    def floats(values: list[float]) -> Floats:
        return np.array(values, np.float64)

    def integers(values: list[int]) -> Integers:
        return np.array(values, np.int64)

    return Raid(
        classes=stack_classes(classes),
        missile_identity=np.array([o.identity for o in orders], np.uint64),
        missile_class=integers([o.missile_class for o in orders]),
        launch_s=floats([o.launch_s for o in orders]),
        launch_jitter_s=floats([o.launch_jitter_s for o in orders]),
        launch_latitude_rad=floats([o.launch_latitude_rad for o in orders]),
        launch_longitude_rad=floats([o.launch_longitude_rad for o in orders]),
        aim_latitude_rad=floats([o.aim_latitude_rad for o in orders]),
        aim_longitude_rad=floats([o.aim_longitude_rad for o in orders]),
        aim_area=integers([o.aim_area for o in orders]),
        trajectory=integers([o.trajectory for o in orders]),
        aim_code=integers([a.code for a in aims]),
        aim_azimuth_rad=floats([a.azimuth_rad for a in aims]),
        aim_pitch_end_rad=floats([a.pitch_end_rad for a in aims]),
        aim_energy=floats([a.energy for a in aims]),
        aim_miss_m=floats([a.miss_m for a in aims]),
        aim_reach_m=floats([a.reach_m for a in aims]),
        aim_slopes=slopes,
        first_part=np.concatenate(([0], np.cumsum(counts, dtype=np.int64))),
        part_identity=np.array([part[0] for part in parts], np.uint64),
        part_type=integers([part[1] for part in parts]),
    )
