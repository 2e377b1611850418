"""The raid as it really flies in one replication: dispersions, failures, release, falls."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from opendome.physics.ballistic import record_fall
from opendome.physics.boost import Steering, Vehicle, full_burn, record
from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.physics.flight import NODES_FULL, REACHED_GROUND, Nodes
from opendome.physics.jit import kernel
from opendome.physics.random import normal4, stream_key, uniform4
from opendome.tables import codes
from opendome.tables.truth import (
    Flags,
    Floats,
    Identities,
    Integers,
    Missiles,
    Objects,
    Trajectories,
    Truth,
)
from opendome.threats.aiming import AIMED, HORIZON_S, Aim, Task, correct_aim, steer
from opendome.threats.raid import (
    BOOSTER,
    DECOY,
    FRAGMENT,
    PART_KINDS,
    RAID_TOLERANCE,
    WARHEAD,
    MissileClasses,
    Raid,
    wreck_identity,
)

# How a missile's boost ended: `tables.truth.Missiles.cutoff_reason`.
FULL_FLIGHT: Final = 0
FAILED_AT_LAUNCH: Final = 1
FAILED_IN_BOOST: Final = 2

# Ordinals of the draws of one missile, and of one part (index of the stream "threats").
_DRAW_FATE: Final = 0
_DRAW_DISPERSION: Final = 1
_DRAW_GUIDANCE: Final = 2
_DRAW_BOOSTER: Final = 3
_DRAW_PART: Final = 0
# A launch crew is never later or earlier than this many sigmas.
_MOST_JITTER: Final = 3.0
# Nothing is released before the last stage has parted from what it carries. Assumption.
_SEPARATION_S: Final = 1.0
# Light decoys and fragments are followed down to here: the air has cut their speed to a third of a
# warhead's or less, so that nothing below could take them for one.
_LIGHT_FLOOR_M: Final = 40e3
_NODES_PER_PATH: Final = 160


class _Flown(NamedTuple):
    """Columns under construction, one row per path; nodes of all paths in a row."""

    identity: Identities
    missile: Integers
    part: Integers
    kind: Integers
    start_s: Floats
    end_s: Floats
    burnout_s: Floats
    feature_draw: Floats
    first: Integers
    time_s: Floats
    position_eci_m: Floats
    velocity_eci_m_s: Floats
    acceleration_eci_m_s2: Floats


@kernel
def disperse(
    classes: MissileClasses, row: int, burn_factor: float, impulse_factor: float
) -> Vehicle:
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
def _room(flown: _Flown, n_nodes: int) -> Nodes:
    """What is left of the node columns after `n_nodes`."""
    return Nodes(
        flown.time_s[n_nodes:],
        flown.position_eci_m[n_nodes:],
        flown.velocity_eci_m_s[n_nodes:],
        flown.acceleration_eci_m_s2[n_nodes:],
    )


@kernel
def _turn_nodes(flown: _Flown, begin: int, end: int, angle: float, delay_s: float) -> None:
    """Turn nodes from the axes of ecef at launch to eci, and count their time from zero."""
    c, s = math.cos(angle), math.sin(angle)
    for i in range(begin, end):
        flown.time_s[i] += delay_s
        x, y = flown.position_eci_m[i, 0], flown.position_eci_m[i, 1]
        flown.position_eci_m[i, 0], flown.position_eci_m[i, 1] = c * x - s * y, s * x + c * y
        x, y = flown.velocity_eci_m_s[i, 0], flown.velocity_eci_m_s[i, 1]
        flown.velocity_eci_m_s[i, 0], flown.velocity_eci_m_s[i, 1] = c * x - s * y, s * x + c * y
        x, y = flown.acceleration_eci_m_s2[i, 0], flown.acceleration_eci_m_s2[i, 1]
        flown.acceleration_eci_m_s2[i, 0] = c * x - s * y
        flown.acceleration_eci_m_s2[i, 1] = s * x + c * y


@kernel
def _note_path(
    flown: _Flown,
    row: int,
    identity: np.uint64,
    missile: int,
    part: int,
    kind: int,
    start_s: float,
    end_s: float,
    burnout_s: float,
    n_nodes: int,
) -> None:
    flown.identity[row] = identity
    flown.missile[row] = missile
    flown.part[row] = part
    flown.kind[row] = kind
    flown.start_s[row] = start_s
    flown.end_s[row] = end_s
    flown.burnout_s[row] = burnout_s
    flown.first[row + 1] = n_nodes


@kernel
def _aim_as_built(raid: Raid, m: int, vehicle: Vehicle) -> Steering:
    """Steering of one missile with the vehicle that it really is: guidance closes the loop."""
    c = raid.missile_class[m]
    task = Task(
        vehicle,
        raid.classes.part_ballistic_coefficient_kg_m2[c, WARHEAD],
        raid.classes.energy_management[c],
        raid.trajectory[m],
        raid.launch_latitude_rad[m],
        raid.launch_longitude_rad[m],
        raid.aim_latitude_rad[m],
        raid.aim_longitude_rad[m],
    )
    slopes = raid.aim_slopes[m]
    aim = Aim(
        raid.aim_code[m],
        raid.aim_azimuth_rad[m],
        raid.aim_pitch_end_rad[m],
        raid.aim_energy[m],
        raid.aim_miss_m[m],
        raid.aim_reach_m[m],
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
    raid: Raid,
    gmst0_rad: float,
    key: np.uint64,
    replication: int,
    flown: _Flown,
    launch_s: Floats,
    burnout_s: Floats,
    release_s: Floats,
    works: Flags,
    reason: Integers,
) -> tuple[int, int]:
    """Fly every missile and all that it releases; returns (paths, nodes), or -1 without room."""
    classes = raid.classes
    n_paths, n_nodes = 0, 0
    state = np.empty(6)
    error = np.zeros(3)
    for m in range(raid.missile_identity.shape[0]):
        identity = raid.missile_identity[m]
        c = raid.missile_class[m]
        u_launch, u_flight, u_moment, u_warhead = uniform4(key, replication, identity, _DRAW_FATE)
        d_burn, d_impulse, d_time, _ = normal4(key, replication, identity, _DRAW_DISPERSION)
        late = min(max(d_time, -_MOST_JITTER), _MOST_JITTER) * raid.launch_jitter_s[m]
        launch_s[m] = raid.launch_s[m] + late
        burnout_s[m], release_s[m], works[m] = launch_s[m], math.nan, False
        if u_launch > classes.launch_reliability[c]:
            reason[m] = FAILED_AT_LAUNCH
            continue
        vehicle = disperse(
            classes,
            c,
            1.0 + classes.burn_time_sigma[c] * d_burn,
            1.0 + classes.specific_impulse_sigma[c] * d_impulse,
        )
        steering = _aim_as_built(raid, m, vehicle)
        thrust_end_s = min(steering.cutoff_s, full_burn(vehicle))
        fails = u_flight > classes.flight_reliability[c]
        reason[m] = FULL_FLIGHT
        stop_s = thrust_end_s + max(classes.release_delay_s[c], _SEPARATION_S)
        if fails:
            reason[m] = FAILED_IN_BOOST
            stop_s = u_moment * thrust_end_s
        e_x, e_y, e_z, _ = normal4(key, replication, identity, _DRAW_GUIDANCE)
        sigma = classes.guidance_sigma_m_s[c]
        error[0], error[1], error[2] = sigma * e_x, sigma * e_y, sigma * e_z
        begin = n_nodes
        boost = record(
            vehicle,
            steering,
            raid.launch_latitude_rad[m],
            raid.launch_longitude_rad[m],
            error,
            classes.part_ballistic_coefficient_kg_m2[c, WARHEAD],
            stop_s,
            RAID_TOLERANCE,
            _room(flown, n_nodes),
        )
        if boost.code == NODES_FULL:
            return -1, -1
        n_nodes += boost.n_nodes
        burnout_s[m] = launch_s[m] + boost.burnout_s
        _note_path(
            flown, n_paths, identity, m, BOOSTER, codes.BOOSTER,
            launch_s[m], launch_s[m] + boost.end_s, burnout_s[m], n_nodes,
        )  # fmt: skip
        _, _, _, flown.feature_draw[n_paths] = normal4(key, replication, identity, _DRAW_BOOSTER)
        n_paths += 1
        parting = n_nodes - 1
        first_part, end_part = raid.first_part[m], raid.first_part[m + 1]
        if boost.code == REACHED_GROUND:
            first_part = end_part
        elif fails:
            first_part = end_part - 1  # one path: the wreck
        else:
            release_s[m] = launch_s[m] + boost.end_s
            works[m] = u_warhead <= classes.warhead_reliability[c]
        for i in range(first_part, end_part):
            part, part_identity, kind = BOOSTER, wreck_identity(identity), codes.DEBRIS
            if not fails:
                part, part_identity = raid.part_type[i], raid.part_identity[i]
                kind = PART_KINDS[part]
            d_x, d_y, d_z, d_feature = normal4(key, replication, part_identity, _DRAW_PART)
            speed = 0.0 if fails else classes.part_release_speed_m_s[c, part]
            for axis in range(3):
                state[axis] = flown.position_eci_m[parting, axis]
                state[axis + 3] = flown.velocity_eci_m_s[parting, axis]
            state[3] += speed * d_x
            state[4] += speed * d_y
            state[5] += speed * d_z
            fall = record_fall(
                state,
                boost.end_s,
                HORIZON_S,
                0.0,
                classes.part_ballistic_coefficient_kg_m2[c, part],
                _LIGHT_FLOOR_M if part in (DECOY, FRAGMENT) else 0.0,
                RAID_TOLERANCE,
                _room(flown, n_nodes),
            )
            if fall.code == NODES_FULL:
                return -1, -1
            n_nodes += fall.n_nodes
            start = launch_s[m] + boost.end_s
            _note_path(
                flown, n_paths, part_identity, m, part, kind,
                start, launch_s[m] + fall.time_s, start, n_nodes,
            )  # fmt: skip
            flown.feature_draw[n_paths] = d_feature
            n_paths += 1
        angle = gmst0_rad + EARTH_ROTATION_RAD_S * launch_s[m]
        _turn_nodes(flown, begin, n_nodes, angle, launch_s[m])
    return n_paths, n_nodes


def _make_room(n_paths: int, n_nodes: int) -> _Flown:
    return _Flown(
        identity=np.zeros(n_paths, np.uint64),
        missile=np.zeros(n_paths, np.int64),
        part=np.zeros(n_paths, np.int64),
        kind=np.zeros(n_paths, np.int64),
        start_s=np.zeros(n_paths),
        end_s=np.zeros(n_paths),
        burnout_s=np.zeros(n_paths),
        feature_draw=np.zeros(n_paths),
        first=np.zeros(n_paths + 1, np.int64),
        time_s=np.empty(n_nodes),
        position_eci_m=np.empty((n_nodes, 3)),
        velocity_eci_m_s=np.empty((n_nodes, 3)),
        acceleration_eci_m_s2=np.empty((n_nodes, 3)),
    )


def fly_raid(raid: Raid, gmst0_rad: float, seed: int, replication: int) -> Truth:
    """The whole raid as it would fly in one replication if nothing were fired at it.

    Parameters
    ----------
    raid : Raid
        From `compile_raid`.
    gmst0_rad : float
        Earth's angle at the scenario's zero. Only the directions of the paths in eci depend on it.
    seed, replication : int
        Of the draws. Every draw is keyed by the identity of the missile or of the part.

    Returns
    -------
    Truth
        Missiles in the raid's order; objects missile by missile: the booster first (launch to
        release, or to the failure), then what it released. A missile that fails at launch has no
        objects; one that fails in boost leaves debris (`wreck_identity`) that falls short.

    Notes
    -----
    Each missile has its own burn times and specific impulses (one normal draw each), is aimed
    anew with them, since guidance closes the loop, and gets a velocity error at burnout.
    """
    n = raid.missile_identity.shape[0]
    launch_s, burnout_s, release_s = np.zeros(n), np.zeros(n), np.full(n, np.nan)
    works, reason = np.zeros(n, np.bool_), np.zeros(n, np.int64)
    most_paths = 2 * n + raid.part_identity.shape[0]
    room = _NODES_PER_PATH * (most_paths + 4)
    while True:
        flown = _make_room(most_paths, room)
        n_paths, n_nodes = _fly_missiles(
            raid, gmst0_rad, stream_key(seed, "threats"), replication, flown,
            launch_s, burnout_s, release_s, works, reason,
        )  # fmt: skip
        if n_paths >= 0:
            break
        room *= 2
    missiles = Missiles(
        identity=raid.missile_identity,
        missile_class=raid.missile_class,
        launch_s=launch_s,
        burnout_s=burnout_s,
        release_s=release_s,
        aim_area=raid.aim_area,
        launch_latitude_rad=raid.launch_latitude_rad,
        launch_longitude_rad=raid.launch_longitude_rad,
        aim_latitude_rad=raid.aim_latitude_rad,
        aim_longitude_rad=raid.aim_longitude_rad,
        works=works,
        cutoff_reason=reason,
    )
    return Truth(
        missiles,
        _describe_objects(raid, flown, n_paths),
        Trajectories(
            flown.first[: n_paths + 1].copy(),
            flown.time_s[:n_nodes].copy(),
            flown.position_eci_m[:n_nodes].copy(),
            flown.velocity_eci_m_s[:n_nodes].copy(),
            flown.acceleration_eci_m_s2[:n_nodes].copy(),
        ),
    )


def _describe_objects(raid: Raid, flown: _Flown, n_paths: int) -> Objects:
    """What the objects look like, from their classes."""
    classes = raid.classes
    missile = flown.missile[:n_paths].copy()
    at = (raid.missile_class[missile], flown.part[:n_paths])
    burns = flown.kind[:n_paths] == codes.BOOSTER
    return Objects(
        identity=flown.identity[:n_paths].copy(),
        missile=missile,
        kind=flown.kind[:n_paths].copy(),
        start_s=flown.start_s[:n_paths].copy(),
        end_s=flown.end_s[:n_paths].copy(),
        burnout_s=flown.burnout_s[:n_paths].copy(),
        cross_section_m2=classes.part_cross_section_m2[at],
        plume_w_sr=np.where(burns, classes.plume_w_sr[at[0]], 0.0),
        body_w_sr=classes.part_body_w_sr[at],
        feature=classes.part_feature_mean[at]
        + classes.part_feature_sigma[at] * flown.feature_draw[:n_paths],
        mass_kg=classes.part_mass_kg[at],
        ballistic_coefficient_kg_m2=classes.part_ballistic_coefficient_kg_m2[at],
    )
