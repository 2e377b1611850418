"""Missiles that are flown one at a time: each replication lays their courses anew.

A kind of missile whose flight is not one compiled loop over all missiles (cruise, glide, orbit)
says here how to plan a course, once, and how to fly it with a replication's own errors. What is
common to them all is done here: reliability, jitter, guidance error, what is dropped on the way.
"""

from __future__ import annotations

import math
from functools import singledispatch
from typing import Any, Final, NamedTuple

import numpy as np

from opendome.physics.boost import Vehicle
from opendome.physics.constants import EARTH_MEAN_RADIUS_M, EARTH_ROTATION_RAD_S
from opendome.physics.flight import Nodes
from opendome.physics.random import normal4, stream_key, uniform, uniform4
from opendome.physics.trajectory import sample
from opendome.tables import codes
from opendome.tables.truth import Floats, Identities, Integers, Missiles, Trajectories, Truth
from opendome.threats.aiming import HORIZON_S, RAID_TOLERANCE
from opendome.threats.dispatch import explain_block, fly_block
from opendome.threats.draws import (
    DRAW_BOOSTER,
    DRAW_DISPERSION,
    DRAW_FATE,
    DRAW_GUIDANCE,
    DRAW_PART,
    DRAW_PART_FATE,
    FAILED_AT_LAUNCH,
    FAILED_IN_BOOST,
    FULL_FLIGHT,
    LIGHT_FLOOR_M,
    MOST_JITTER,
)
from opendome.threats.dynamic_pressure import (
    ASCENT,
    OTHER_ASCENTS,
    explain_pressure,
    find_peak_pressure,
)
from opendome.threats.orders import MissileOrder, wreck_identity
from opendome.threats.parts import (
    BOOSTER,
    FRAGMENT,
    PART_KINDS,
    WARHEAD,
    Flown,
    Looks,
    describe_objects,
    stack_looks,
)
from opendome.threats.whole_paths import fall_whole


class Conduct(NamedTuple):
    """What all classes that fly courses have, at the values of one outer draw."""

    burn_time_sigma: float  # fraction, one sigma
    specific_impulse_sigma: float  # fraction, one sigma
    drag_sigma: float  # fraction of the ballistic coefficient, one sigma
    guidance_sigma_m: float  # on the ground, one sigma per axis
    launch_reliability: float
    flight_reliability: float
    warhead_reliability: float
    release_speed_m_s: Floats  # (n_parts,) separation speed, one sigma per axis
    looks: Looks
    dynamic_pressure_limit_pa: float = math.inf  # greatest of the boost; what passes it is refused


class Scatter(NamedTuple):
    """How one missile differs from its class."""

    burn_factor: float
    impulse_factor: float
    drag_factor: float


NOMINAL: Final = Scatter(1.0, 1.0, 1.0)


def scale_vehicle(vehicle: Vehicle, scatter: Scatter) -> Vehicle:
    """The vehicle of one missile: as `ballistic_flight.disperse`, total propellant stays."""
    return vehicle._replace(
        stage_burn_s=vehicle.stage_burn_s * scatter.burn_factor,
        stage_specific_impulse_s=vehicle.stage_specific_impulse_s * scatter.impulse_factor,
    )


class Leg(NamedTuple):
    """One object's part of a course. Times since launch; eci as it is ecef at launch."""

    part: int  # row of `parts.PARTS`: its looks
    kind: int  # of `tables.codes`
    nodes: Nodes
    burnout_s: float  # end of thrust; the leg's start where nothing burns


class Plan(NamedTuple):
    """What one missile is going to do: `answer` is the kind's own; a reason says why it cannot."""

    order: MissileOrder
    answer: Any
    reason: str


@singledispatch
def plan_course(one: Any, order: MissileOrder) -> tuple[Any, str]:
    """The kind's own plan for one missile, and why it cannot be flown (empty where it can)."""
    raise TypeError(f"no threat module plans a course for a {type(one).__name__}")


@singledispatch
def fly_course(one: Any, order: MissileOrder, answer: Any, scatter: Scatter) -> tuple[Leg, ...]:
    """One flight of a plan: what carries, if anything does, then what does harm, to the ground.

    `answer` is what `plan_course` gave, without a reason.
    """
    raise TypeError(f"no threat module flies a course for a {type(one).__name__}")


class CourseMissiles(NamedTuple):
    """One row per missile; differs between draws of launch and aim."""

    identity: Identities  # (n,)
    launch_s: Floats
    launch_jitter_s: Floats
    plan: np.ndarray[Any, np.dtype[np.object_]]  # (n,) of Plan


class CourseBlock(NamedTuple):
    """All missiles of one kind that flies courses."""

    missiles: CourseMissiles
    missile_class: Integers  # (n,) row of `classes`
    classes: tuple[Any, ...]  # records of the kind, with a `conduct`
    looks: Looks  # stacked
    class_row: Integers  # (n_classes,) row in the raid


def compile_courses(
    example: Any, classes: dict[int, Any], orders: list[MissileOrder], known: dict[Any, Any]
) -> CourseBlock:
    """See `dispatch.compile_block`; a kind registers this under the type of its class."""
    rows = list(classes)
    plans = np.empty(len(orders), np.object_)
    for i, order in enumerate(orders):
        key = (order.missile_class, order.launch_rad, order.aims, order.trajectory, order.route)
        if key not in known:
            known[key] = _plan_within_limits(classes[order.missile_class], order)
        plans[i] = Plan(order, *known[key])
    return CourseBlock(
        missiles=CourseMissiles(
            identity=np.array([o.identity for o in orders], np.uint64),
            launch_s=np.array([o.launch_s for o in orders], np.float64),
            launch_jitter_s=np.array([o.launch_jitter_s for o in orders], np.float64),
            plan=plans,
        ),
        missile_class=np.array([rows.index(o.missile_class) for o in orders], np.int64),
        classes=tuple(classes.values()),
        looks=stack_looks([one.conduct.looks for one in classes.values()]),
        class_row=np.array(rows, np.int64),
    )


def _plan_within_limits(one: Any, order: MissileOrder) -> tuple[Any, str]:
    """The plan of a missile, refused too where its booster would be loaded beyond its limit."""
    answer, reason = plan_course(one, order)
    limit = one.conduct.dynamic_pressure_limit_pa
    if reason or math.isinf(limit):
        return answer, reason
    leg = fly_course(one, order, answer, NOMINAL)[0]
    peak, peak_s = find_peak_pressure(leg.nodes, leg.burnout_s)
    return answer, explain_pressure(peak, peak_s, limit, ASCENT, OTHER_ASCENTS)


@explain_block.register
def explain_courses(block: CourseBlock, row: int) -> str:
    """See `dispatch.explain_block`."""
    return str(block.missiles.plan[row].reason)


class _Log:
    """Objects and nodes as they come."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Any]] = {name: [] for name in Flown._fields}
        self.paths: list[Nodes] = []

    def add(self, nodes: Nodes, **row: Any) -> None:
        """Note one object; its times come from its nodes unless given."""
        row.setdefault("start_s", nodes.time_s[0])
        row.setdefault("end_s", nodes.time_s[-1])
        row.setdefault("burnout_s", nodes.time_s[0])
        for name, column in self.rows.items():
            column.append(row[name])
        self.paths.append(nodes)


@fly_block.register
def fly_courses(block: CourseBlock, gmst0_rad: float, seed: int, replication: int) -> Truth:
    """See `dispatch.fly_block`.

    Objects come missile by missile: the booster if there is one, what it carries, what it drops. A
    missile that fails in flight leaves debris (`wreck_identity`). A guidance error turns a whole
    course about the Earth's centre by what moves its end on the ground.
    """
    missiles = block.missiles
    n = missiles.identity.shape[0]
    launch_s, burnout_s, release_s = np.zeros(n), np.zeros(n), np.full(n, np.nan)
    reason = np.zeros(n, np.int64)
    log = _Log()
    key = stream_key(seed, "threats")
    for m in range(n):
        identity, plan = missiles.identity[m], missiles.plan[m]
        one = block.classes[block.missile_class[m]]
        conduct: Conduct = one.conduct
        u_launch, u_flight, u_moment, _ = uniform4(key, replication, identity, DRAW_FATE)
        d_burn, d_impulse, d_time, d_drag = normal4(key, replication, identity, DRAW_DISPERSION)
        late = min(max(d_time, -MOST_JITTER), MOST_JITTER) * missiles.launch_jitter_s[m]
        launch_s[m] = burnout_s[m] = missiles.launch_s[m] + late
        if u_launch > conduct.launch_reliability:
            reason[m] = FAILED_AT_LAUNCH
            continue
        scatter = Scatter(
            1.0 + conduct.burn_time_sigma * d_burn,
            1.0 + conduct.specific_impulse_sigma * d_impulse,
            max(1.0 + conduct.drag_sigma * d_drag, 0.5),
        )
        legs = fly_course(one, plan.order, plan.answer, scatter)
        errors = normal4(key, replication, identity, DRAW_GUIDANCE)
        legs = _displace(legs, conduct.guidance_sigma_m * np.array(errors[:2]))
        fails = u_flight > conduct.flight_reliability
        reason[m] = FAILED_IN_BOOST if fails else FULL_FLIGHT
        turn = gmst0_rad + EARTH_ROTATION_RAD_S * launch_s[m]
        burnout_s[m] = launch_s[m] + max(leg.burnout_s for leg in legs)
        if not fails:
            release_s[m] = launch_s[m] + legs[-1].nodes.time_s[0]
        _, _, _, d_feature = normal4(key, replication, identity, DRAW_BOOSTER)
        common = {"missile": m, "aim_area": plan.order.aims[0].area}
        if fails:
            _log_failure(
                log, legs, conduct, u_moment, identity, d_feature, launch_s[m], turn, common
            )
            continue
        parts = {part.part: part for part in reversed(plan.order.parts)}
        for leg in legs:
            own = identity if leg.part == BOOSTER else parts[WARHEAD].identity
            works = True
            if leg.part == WARHEAD:
                draw = uniform(key, replication, own, DRAW_PART_FATE)
                works = bool(draw <= conduct.warhead_reliability)
                _, _, _, d_feature = normal4(key, replication, own, DRAW_PART)
            log.add(
                _turn(leg.nodes, turn, launch_s[m]), identity=own, part=leg.part, kind=leg.kind,
                burnout_s=launch_s[m] + leg.burnout_s, feature_draw=d_feature, works=works,
                **common,
            )  # fmt: skip
        if legs[0].part == BOOSTER:
            _log_dropped(log, legs[0], plan, conduct, key, replication, launch_s[m], turn, common)
    return _assemble(block, log, launch_s, burnout_s, release_s, reason)


def _log_failure(
    log: _Log, legs: tuple[Leg, ...], conduct: Conduct, u_moment: float, identity: np.uint64,
    d_feature: float, launch_s: float, turn: float, common: dict[str, Any],
) -> None:  # fmt: skip
    """The first leg up to where it fails (under power where anything burns), and the wreck."""
    leg = legs[0]
    burns = leg.burnout_s > leg.nodes.time_s[0]
    moment_s = u_moment * (leg.burnout_s if burns else float(leg.nodes.time_s[-1]))
    kept = _cut(leg.nodes, moment_s)
    log.add(
        _turn(kept, turn, launch_s), identity=identity, part=leg.part, kind=leg.kind,
        burnout_s=launch_s + (moment_s if burns else 0.0), feature_draw=d_feature, works=False,
        **common,
    )  # fmt: skip
    beta = float(conduct.looks.ballistic_coefficient_kg_m2[BOOSTER])
    state = np.concatenate([kept.position_eci_m[-1], kept.velocity_eci_m_s[-1]])
    _, wreck = fall_whole(state, moment_s, HORIZON_S, beta, 0.0, RAID_TOLERANCE)
    log.add(
        _turn(wreck, turn, launch_s), identity=wreck_identity(identity), part=BOOSTER,
        kind=codes.DEBRIS, feature_draw=d_feature, works=False, **common,
    )  # fmt: skip


def _log_dropped(
    log: _Log, booster: Leg, plan: Plan, conduct: Conduct, key: np.uint64, replication: int,
    launch_s: float, turn: float, common: dict[str, Any],
) -> None:  # fmt: skip
    """What falls from the end of the booster's leg: its last stage, fragments."""
    nodes = booster.nodes
    for part in plan.order.parts:
        if part.part == WARHEAD:
            continue
        d_x, d_y, d_z, d_feature = normal4(key, replication, part.identity, DRAW_PART)
        speed = conduct.release_speed_m_s[part.part]
        state = np.concatenate([
            nodes.position_eci_m[-1], nodes.velocity_eci_m_s[-1] + speed * np.array([d_x, d_y, d_z])
        ])  # fmt: skip
        _, fall = fall_whole(
            state, float(nodes.time_s[-1]), HORIZON_S,
            float(conduct.looks.ballistic_coefficient_kg_m2[part.part]),
            LIGHT_FLOOR_M if part.part == FRAGMENT else 0.0, RAID_TOLERANCE,
        )  # fmt: skip
        log.add(
            _turn(fall, turn, launch_s), identity=part.identity, part=part.part,
            kind=PART_KINDS[part.part], feature_draw=d_feature, works=True, **common,
        )  # fmt: skip


def _cut(nodes: Nodes, end_s: float) -> Nodes:
    """A path up to a time within it."""
    n = int(np.searchsorted(nodes.time_s, end_s, side="left"))
    first = np.array([0, nodes.time_s.shape[0]])
    state = np.array(sample(first, *nodes, 0, end_s))
    ends = (np.array([end_s]), state[None, :3], state[None, 3:])
    time_s, position, velocity = (
        np.concatenate([column[:n], end]) for column, end in zip(nodes[:3], ends, strict=True)
    )
    return Nodes(time_s, position, velocity, nodes.acceleration_eci_m_s2[: n + 1])


def _displace(legs: tuple[Leg, ...], offset_m: Floats) -> tuple[Leg, ...]:
    """Legs turned about the Earth's centre so that their end moves by an offset, north and east."""
    if not offset_m.any():
        return legs
    end = legs[-1].nodes.position_eci_m[-1]
    up = end / np.linalg.norm(end)
    east = np.cross([0.0, 0.0, 1.0], up)
    east /= np.linalg.norm(east)
    axis = (offset_m[1] * np.cross(up, east) - offset_m[0] * east) / EARTH_MEAN_RADIUS_M
    angle = float(np.linalg.norm(axis))
    matrix = _rotation(axis / angle, angle)
    return tuple(
        leg._replace(nodes=Nodes(leg.nodes.time_s, *(c @ matrix.T for c in leg.nodes[1:])))
        for leg in legs
    )


def _rotation(axis: Floats, angle_rad: float) -> Floats:
    """The matrix that turns vectors about a unit axis (Rodrigues' formula)."""
    x, y, z = axis
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    squared: Floats = cross @ cross
    return np.eye(3) + math.sin(angle_rad) * cross + (1.0 - math.cos(angle_rad)) * squared


def _turn(nodes: Nodes, angle_rad: float, delay_s: float) -> Nodes:
    """Nodes turned from ecef at launch to eci, their time counted from the scenario's zero."""
    matrix = _rotation(np.array([0.0, 0.0, 1.0]), angle_rad)
    return Nodes(nodes.time_s + delay_s, *(column @ matrix.T for column in nodes[1:]))


def _assemble(
    block: CourseBlock, log: _Log, launch_s: Floats, burnout_s: Floats, release_s: Floats,
    reason: Integers,
) -> Truth:  # fmt: skip
    kinds = {"identity": np.uint64, "works": np.bool_}
    whole = ("missile", "part", "kind", "aim_area")
    flown = Flown(**{
        name: np.array(column, np.int64 if name in whole else kinds.get(name, np.float64))
        for name, column in log.rows.items()
    })  # fmt: skip
    orders = [plan.order for plan in block.missiles.plan]
    c = block.missile_class

    def floats(values: list[float]) -> Floats:
        return np.array(values, np.float64)

    counts = [path.time_s.shape[0] for path in log.paths]
    nodes = [
        np.concatenate([path[i] for path in log.paths]) if log.paths else np.zeros((0, 3)[: i + 1])
        for i in range(4)
    ]
    return Truth(
        Missiles(
            identity=block.missiles.identity,
            missile_class=block.class_row[c],
            launch_s=launch_s,
            burnout_s=burnout_s,
            release_s=release_s,
            aim_area=np.array([o.aims[0].area for o in orders], np.int64),
            launch_latitude_rad=floats([o.launch_latitude_rad for o in orders]),
            launch_longitude_rad=floats([o.launch_longitude_rad for o in orders]),
            aim_latitude_rad=floats([o.aims[0].latitude_rad for o in orders]),
            aim_longitude_rad=floats([o.aims[0].longitude_rad for o in orders]),
            remains_ballistic_coefficient_kg_m2=block.looks.ballistic_coefficient_kg_m2[c, WARHEAD],
            cutoff_reason=reason,
        ),
        describe_objects(block.looks, c, flown),
        Trajectories(np.concatenate(([0], np.cumsum(counts, dtype=np.int64))), *nodes),
    )
