"""Ballistic missiles as they fly in one replication: dispersions, failures, releases, falls."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from opendome.physics.ballistic import record_fall
from opendome.physics.boost import Steering, Vehicle, full_burn, record
from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.physics.flight import NODES_FULL, REACHED_GROUND, Nodes, empty_nodes, no_nodes
from opendome.physics.jit import kernel
from opendome.physics.random import normal4, stream_key, uniform, uniform4
from opendome.tables import codes
from opendome.tables.truth import (
    Flags,
    Floats,
    Identities,
    Integers,
    Missiles,
    Trajectories,
    Truth,
)
from opendome.threats.aiming import (
    AIMED,
    HORIZON_S,
    RAID_TOLERANCE,
    Aim,
    Task,
    correct_aim,
    steer,
)
from opendome.threats.ballistic_block import (
    BallisticBlock,
    BallisticMissiles,
    Classes,
    Parts,
)
from opendome.threats.dispatch import fly_block
from opendome.threats.draws import (
    DRAW_BOOSTER,
    DRAW_DISPERSION,
    DRAW_DRAG,
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
from opendome.threats.orders import wreck_identity
from opendome.threats.parts import (
    BOOSTER,
    CHAFF,
    DECOY,
    FRAGMENT,
    PART_KINDS,
    WARHEAD,
    Flown,
    describe_objects,
)
from opendome.threats.post_boost import aim_release, release_time

# Nothing is released before the last stage has parted from what it carries. Assumption.
_SEPARATION_S: Final = 1.0
_NODES_PER_PATH: Final = 160


class _Paths(NamedTuple):
    """Columns under construction, one row per path."""

    identity: Identities
    missile: Integers
    part: Integers
    kind: Integers
    start_s: Floats
    end_s: Floats
    burnout_s: Floats
    feature_draw: Floats
    works: Flags
    aim_area: Integers
    first: Integers


class _Fates(NamedTuple):
    """Columns of `tables.truth.Missiles` under construction."""

    launch_s: Floats
    burnout_s: Floats
    release_s: Floats
    reason: Integers


@kernel
def disperse(classes: Classes, row: int, burn_factor: float, impulse_factor: float) -> Vehicle:
    """The vehicle of one class with its burn times and specific impulses scaled.

    Total propellant stays, so a longer burn has less thrust. The pitch programme keeps its clock.
    """
    return Vehicle(
        classes.stage_propellant_kg[row],
        classes.stage_inert_kg[row],
        classes.stage_burn_s[row] * burn_factor,
        classes.stage_specific_impulse_s[row] * impulse_factor,
        classes.stage_coast_s[row],
        classes.n_stages[row],
        classes.payload_kg[row],
        classes.drag_area_m2[row],
        classes.vertical_rise_s[row],
        classes.pitch_end_s[row],
        classes.pitch_start_rad[row],
        classes.turn_limit_rad_s[row],
        classes.load_limit_pa[row],
        classes.weave_rad[row],
        classes.weave_rate_rad_s[row],
        classes.launch_altitude_m[row],
        classes.launch_speed_m_s[row],
    )


@kernel
def _room(nodes: Nodes, n_nodes: int) -> Nodes:
    """What is left of the node columns after `n_nodes`."""
    return Nodes(
        nodes.time_s[n_nodes:],
        nodes.position_eci_m[n_nodes:],
        nodes.velocity_eci_m_s[n_nodes:],
        nodes.acceleration_eci_m_s2[n_nodes:],
    )


@kernel
def _turn_nodes(nodes: Nodes, begin: int, end: int, angle: float, delay_s: float) -> None:
    """Turn nodes from the axes of ecef at launch to eci, and count their time from zero."""
    c, s = math.cos(angle), math.sin(angle)
    for i in range(begin, end):
        nodes.time_s[i] += delay_s
        x, y = nodes.position_eci_m[i, 0], nodes.position_eci_m[i, 1]
        nodes.position_eci_m[i, 0], nodes.position_eci_m[i, 1] = c * x - s * y, s * x + c * y
        x, y = nodes.velocity_eci_m_s[i, 0], nodes.velocity_eci_m_s[i, 1]
        nodes.velocity_eci_m_s[i, 0], nodes.velocity_eci_m_s[i, 1] = c * x - s * y, s * x + c * y
        x, y = nodes.acceleration_eci_m_s2[i, 0], nodes.acceleration_eci_m_s2[i, 1]
        nodes.acceleration_eci_m_s2[i, 0] = c * x - s * y
        nodes.acceleration_eci_m_s2[i, 1] = s * x + c * y


@kernel
def _note_path(
    paths: _Paths,
    row: int,
    identity: np.uint64,
    missile: int,
    part: int,
    kind: int,
    start_s: float,
    end_s: float,
    burnout_s: float,
    works: bool,
    aim_area: int,
    n_nodes: int,
) -> None:
    paths.identity[row] = identity
    paths.missile[row] = missile
    paths.part[row] = part
    paths.kind[row] = kind
    paths.start_s[row] = start_s
    paths.end_s[row] = end_s
    paths.burnout_s[row] = burnout_s
    paths.works[row] = works
    paths.aim_area[row] = aim_area
    paths.first[row + 1] = n_nodes


@kernel
def _aim_as_built(
    missiles: BallisticMissiles, classes: Classes, m: int, c: int, vehicle: Vehicle
) -> Steering:
    """Steering of one missile with the vehicle that it really is: guidance closes the loop."""
    task = Task(
        vehicle,
        classes.ballistic_coefficient_kg_m2[c, WARHEAD],
        classes.energy_management[c],
        missiles.trajectory[m],
        missiles.launch_latitude_rad[m],
        missiles.launch_longitude_rad[m],
        missiles.aim_latitude_rad[m, 0],
        missiles.aim_longitude_rad[m, 0],
    )
    slopes = missiles.aim_slopes[m]
    aim = Aim(
        missiles.aim_code[m],
        missiles.aim_azimuth_rad[m],
        missiles.aim_pitch_end_rad[m],
        missiles.aim_energy[m],
        missiles.aim_miss_m[m],
        missiles.aim_reach_m[m],
        slopes[0],
        slopes[1],
        slopes[2],
        slopes[3],
    )
    if aim.code == AIMED:
        aim = correct_aim(task, aim, RAID_TOLERANCE)
    return steer(task, aim.azimuth_rad, aim.pitch_end_rad, aim.energy)


@kernel
def _fly_missiles(
    missiles: BallisticMissiles,
    classes: Classes,
    parts: Parts,
    missile_class: Integers,
    n_releases: Integers,
    part_kinds: Integers,
    gmst0_rad: float,
    key: np.uint64,
    replication: int,
    paths: _Paths,
    nodes: Nodes,
    fates: _Fates,
) -> tuple[int, int]:
    """Fly every missile and all that it releases; returns (paths, nodes), or -1 without room."""
    n_paths, n_nodes = 0, 0
    state, believed = np.empty(6), np.empty(6)
    error, change = np.zeros(3), np.zeros(3)
    # Where each release happens: time, then state.
    releases = np.empty((missiles.aim_area.shape[1], 7))
    for m in range(missiles.identity.shape[0]):
        identity = missiles.identity[m]
        c = missile_class[m]
        u_launch, u_flight, u_moment, _ = uniform4(key, replication, identity, DRAW_FATE)
        d_burn, d_impulse, d_time, d_pitch = normal4(key, replication, identity, DRAW_DISPERSION)
        late = min(max(d_time, -MOST_JITTER), MOST_JITTER) * missiles.launch_jitter_s[m]
        launch_s = missiles.launch_s[m] + late
        fates.launch_s[m], fates.burnout_s[m], fates.release_s[m] = launch_s, launch_s, math.nan
        if u_launch > classes.launch_reliability[c]:
            fates.reason[m] = FAILED_AT_LAUNCH
            continue
        vehicle = disperse(
            classes,
            c,
            1.0 + classes.burn_time_sigma[c] * d_burn,
            1.0 + classes.specific_impulse_sigma[c] * d_impulse,
        )
        e_x, e_y, e_z, d_azimuth = normal4(key, replication, identity, DRAW_GUIDANCE)
        aimed = _aim_as_built(missiles, classes, m, c, vehicle)
        steering = Steering(
            aimed.azimuth_rad + classes.pointing_sigma_rad[c] * d_azimuth,
            aimed.pitch_end_rad + classes.pointing_sigma_rad[c] * d_pitch,
            aimed.cutoff_s,
            aimed.effort,
        )
        thrust_end_s = min(steering.cutoff_s, full_burn(vehicle))
        fails = u_flight > classes.flight_reliability[c]
        fates.reason[m] = FAILED_IN_BOOST if fails else FULL_FLIGHT
        n = n_releases[m]
        first_s = max(
            release_time(classes.release_first_s[c], classes.release_last_s[c], n, 0),
            _SEPARATION_S,
        )
        last_s = max(classes.release_last_s[c], first_s)
        stop_s = u_moment * thrust_end_s if fails else thrust_end_s + first_s
        sigma = classes.guidance_sigma_m_s[c]
        error[0], error[1], error[2] = sigma * e_x, sigma * e_y, sigma * e_z
        beta = classes.ballistic_coefficient_kg_m2[c, WARHEAD]
        begin = n_nodes
        boost = record(
            vehicle,
            steering,
            missiles.launch_latitude_rad[m],
            missiles.launch_longitude_rad[m],
            error,
            beta,
            stop_s,
            RAID_TOLERANCE,
            _room(nodes, n_nodes),
        )
        if boost.code == NODES_FULL:
            return -1, -1
        n_nodes += boost.n_nodes
        fates.burnout_s[m] = launch_s + boost.burnout_s
        end_s = boost.end_s
        for axis in range(3):
            state[axis] = nodes.position_eci_m[n_nodes - 1, axis]
            state[axis + 3] = nodes.velocity_eci_m_s[n_nodes - 1, axis]
        releases[0, 0] = end_s
        for i in range(6):
            releases[0, i + 1] = state[i]
        if not fails and boost.code != REACHED_GROUND and n > 1:
            # The vehicle steers by the state that it believes: its own without the error.
            believed[0], believed[1], believed[2] = (
                boost.burnout_x_m, boost.burnout_y_m, boost.burnout_z_m,
            )  # fmt: skip
            believed[3], believed[4], believed[5] = (
                boost.burnout_vx_m_s, boost.burnout_vy_m_s, boost.burnout_vz_m_s,
            )  # fmt: skip
            known_s = boost.burnout_s
            for k in range(1, n):
                due_s = boost.burnout_s + release_time(first_s, last_s, n, k)
                leg = record_fall(
                    state, end_s, due_s, 0.0, beta, 0.0, RAID_TOLERANCE, _room(nodes, n_nodes)
                )
                if leg.code == NODES_FULL:
                    return -1, -1
                n_nodes += leg.n_nodes
                record_fall(believed, known_s, due_s, 0.0, beta, 0.0, RAID_TOLERANCE, no_nodes())
                end_s, known_s = leg.time_s, due_s
                if leg.code == REACHED_GROUND:
                    break
                if (
                    missiles.aim_latitude_rad[m, k] != missiles.aim_latitude_rad[m, k - 1]
                    or missiles.aim_longitude_rad[m, k] != missiles.aim_longitude_rad[m, k - 1]
                ):
                    miss = aim_release(
                        believed, due_s, beta, missiles.aim_latitude_rad[m, k],
                        missiles.aim_longitude_rad[m, k], RAID_TOLERANCE, change,
                    )  # fmt: skip
                    if not math.isnan(miss):
                        for axis in range(3):
                            believed[axis + 3] += change[axis]
                            state[axis + 3] += change[axis]
                releases[k, 0] = end_s
                for i in range(6):
                    releases[k, i + 1] = state[i]
        works = not fails
        _note_path(
            paths, n_paths, identity, m, BOOSTER, codes.BOOSTER, launch_s, launch_s + end_s,
            fates.burnout_s[m], works, missiles.aim_area[m, 0], n_nodes,
        )  # fmt: skip
        _, _, _, paths.feature_draw[n_paths] = normal4(key, replication, identity, DRAW_BOOSTER)
        n_paths += 1
        first_part, end_part = parts.first[m], parts.first[m + 1]
        if boost.code == REACHED_GROUND:
            first_part = end_part
        elif fails:
            first_part = end_part - 1  # one path: the wreck
        else:
            fates.release_s[m] = launch_s + end_s
        for i in range(first_part, end_part):
            part, part_identity, kind = BOOSTER, wreck_identity(identity), codes.DEBRIS
            k = 0
            if not fails:
                part, part_identity = parts.part[i], parts.identity[i]
                kind, k = part_kinds[part], parts.release[i]
            if releases[k, 0] > end_s:
                continue
            d_x, d_y, d_z, d_feature = normal4(key, replication, part_identity, DRAW_PART)
            speed = 0.0 if fails else classes.release_speed_m_s[c, part]
            start_s = releases[k, 0]
            for axis in range(6):
                state[axis] = releases[k, axis + 1]
            state[3] += speed * d_x
            state[4] += speed * d_y
            state[5] += speed * d_z
            d_drag, _, _, _ = normal4(key, replication, part_identity, DRAW_DRAG)
            thickness = max(1.0 + classes.drag_sigma[c] * d_drag, 0.5)
            light = part in (DECOY, FRAGMENT, CHAFF)
            fall = record_fall(
                state,
                start_s,
                HORIZON_S,
                0.0,
                thickness * classes.ballistic_coefficient_kg_m2[c, part],
                LIGHT_FLOOR_M if light else 0.0,
                RAID_TOLERANCE,
                _room(nodes, n_nodes),
            )
            if fall.code == NODES_FULL:
                return -1, -1
            n_nodes += fall.n_nodes
            working = works
            if part == WARHEAD:
                draw = uniform(key, replication, part_identity, DRAW_PART_FATE)
                working = works and draw <= classes.warhead_reliability[c]
            _note_path(
                paths, n_paths, part_identity, m, part, kind, launch_s + start_s,
                launch_s + fall.time_s, launch_s + start_s, working, missiles.aim_area[m, k],
                n_nodes,
            )  # fmt: skip
            paths.feature_draw[n_paths] = d_feature
            n_paths += 1
        angle = gmst0_rad + EARTH_ROTATION_RAD_S * launch_s
        _turn_nodes(nodes, begin, n_nodes, angle, launch_s)
    return n_paths, n_nodes


def _make_room(n_paths: int) -> _Paths:
    return _Paths(
        identity=np.zeros(n_paths, np.uint64),
        missile=np.zeros(n_paths, np.int64),
        part=np.zeros(n_paths, np.int64),
        kind=np.zeros(n_paths, np.int64),
        start_s=np.zeros(n_paths),
        end_s=np.zeros(n_paths),
        burnout_s=np.zeros(n_paths),
        feature_draw=np.zeros(n_paths),
        works=np.zeros(n_paths, np.bool_),
        aim_area=np.zeros(n_paths, np.int64),
        first=np.zeros(n_paths + 1, np.int64),
    )


@fly_block.register
def fly_ballistic(block: BallisticBlock, gmst0_rad: float, seed: int, replication: int) -> Truth:
    """See `dispatch.fly_block`.

    Objects come missile by missile: the booster first (launch to the last release, or to the
    failure), then what it released. A missile that fails at launch has no objects; one that fails
    in boost leaves debris (`wreck_identity`) that falls short.

    Notes
    -----
    Each missile has its own burn times and specific impulses (one normal draw each), is aimed
    anew with them, since guidance closes the loop, and gets errors of attitude, and of velocity at
    burnout. What a post-boost vehicle releases shares its errors.
    """
    missiles = block.missiles
    n = missiles.identity.shape[0]
    fates = _Fates(np.zeros(n), np.zeros(n), np.full(n, np.nan), np.zeros(n, np.int64))
    most_paths = 2 * n + block.parts.identity.shape[0]
    room = _NODES_PER_PATH * (most_paths + 4)
    while True:
        paths, nodes = _make_room(most_paths), empty_nodes(room)
        n_paths, n_nodes = _fly_missiles(
            missiles, block.classes, block.parts, block.missile_class, block.n_releases,
            PART_KINDS, gmst0_rad, stream_key(seed, "threats"), replication, paths, nodes, fates,
        )  # fmt: skip
        if n_paths >= 0:
            break
        room *= 2
    c = block.missile_class
    flown = Flown(*(getattr(paths, name)[:n_paths].copy() for name in Flown._fields))
    return Truth(
        Missiles(
            identity=missiles.identity,
            missile_class=block.class_row[c],
            launch_s=fates.launch_s,
            burnout_s=fates.burnout_s,
            release_s=fates.release_s,
            aim_area=missiles.aim_area[:, 0],
            launch_latitude_rad=missiles.launch_latitude_rad,
            launch_longitude_rad=missiles.launch_longitude_rad,
            aim_latitude_rad=missiles.aim_latitude_rad[:, 0],
            aim_longitude_rad=missiles.aim_longitude_rad[:, 0],
            remains_ballistic_coefficient_kg_m2=block.classes.ballistic_coefficient_kg_m2[
                c, WARHEAD
            ],
            cutoff_reason=fates.reason,
        ),
        describe_objects(block.looks, c, flown),
        Trajectories(
            paths.first[: n_paths + 1].copy(),
            nodes.time_s[:n_nodes].copy(),
            nodes.position_eci_m[:n_nodes].copy(),
            nodes.velocity_eci_m_s[:n_nodes].copy(),
            nodes.acceleration_eci_m_s2[:n_nodes].copy(),
        ),
    )
