"""Kernels called once, so that they are compiled: a raid flown and fought, an object seen, tracked.

A replication would compile them too, but only after the raid has been flown; here nothing waits
for the integrator, so that two processes can compile at the same time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from opendome.battle import plan
from opendome.engine.replication import Replication
from opendome.engine.sensors import SensorField
from opendome.interceptors.orbital import OrbitalInterceptor, find_orbital_shots
from opendome.interceptors.target_path import TargetPath
from opendome.physics.boost import build_vehicle
from opendome.physics.glide import Glider
from opendome.sensing.rows import build_table
from opendome.space import draw_phases
from opendome.tables.codes import (
    BALLISTIC_PHASE,
    BANDS,
    BOOST_PHASE,
    BOOSTER,
    FIRM,
    WARHEAD,
)
from opendome.tables.truth import ASPECTS, Snapshot
from opendome.threats.aiming import CUT_OFF, RAID_TOLERANCE
from opendome.threats.glide import GlideTask, solve_glide_aim
from opendome.threats.glide_raid import fly_glide_missile
from opendome.tracking import build_settings, make_cues, predict, start_tracker, update

if TYPE_CHECKING:
    from opendome.world import World
    from opendome.world.model import SensorGroup

_STEP_S = 5.0
_N_LOOKS = 8


def rehearse_predictions() -> None:
    """Predict where no tracks at all will go."""
    predict(start_tracker(1).tracks, np.zeros(0, np.int64), 0.0, build_settings())


def rehearse_battle(world: World) -> None:
    """Fly the raid of a world, and plan and shoot at its first missile as if it were tracked."""
    run = Replication(world, 1, 0)
    true, command = run.true, run.command
    tracks = command.tracker.tracks
    for phase, kind, share in ((BOOST_PHASE, BOOSTER, 0.7), (BALLISTIC_PHASE, WARHEAD, 0.5)):
        row = int(np.flatnonzero(true.objects.kind == kind)[0])
        start_s, end_s = true.objects.start_s[row], true.objects.end_s[row]
        time_s = float(start_s + share * (end_s - start_s))
        snapshot = true.snapshot(time_s)
        position, velocity = true.state_of(row, time_s)
        tracks.status[0], tracks.phase[0], tracks.number[0] = FIRM, phase, kind
        tracks.state[0, :6] = *position, *velocity
        tracks.covariance[0] = 100.0 * np.eye(9)
        tracks.first_s[0] = tracks.firm_s[0] = start_s
        tracks.launch_s[0], tracks.log_odds[0] = start_s, 0.1 - share
        tracks.time_s[0] = tracks.last_s[0] = tracks.last_plume_s[0] = time_s
        numbers = tracks.number[:1]
        run.scoring.note_measurements(time_s, np.array([row]), np.zeros(1, np.int64), numbers)
        run.notes.look(tracks, numbers, time_s, run.scoring, true)
        made = plan(
            command.state, command.forces, tracks, time_s, command.gmst0_rad, command.satellites,
            command.settings,
        )  # fmt: skip
        run.picture.look(tracks, snapshot, made.predictions, time_s, true, run.scoring)
        run.scoring.note_plan(time_s, made.number, made.level, made.second_shot, made.in_reach)
        run.fires.fire(made.orders, time_s, run.world.coalition.highest)
        command.predict_point(int(numbers[0]), time_s, time_s + 1.0)
        true.burns_within(time_s, 1.0)
    true.matters_after(0.0)


def rehearse_orbit() -> None:
    """Look for satellites that reach something on a straight line."""
    position, velocity = np.array([[-3e6, 2e6, 5.6e6]]), np.array([[0.0, 6e3, 1e3]])
    points = position[0] + np.array([[0.0], [100.0]]) * velocity[0]
    path = TargetPath(0.0, 100.0, 2, points, np.repeat(velocity, 2, axis=0))
    satellites = (1.05 * position, np.ascontiguousarray(velocity[:, ::-1]))
    interceptor = OrbitalInterceptor(100.0, 6e3, 1e5, 300.0)
    find_orbital_shots(interceptor, *satellites, np.ones(1, np.bool_), 0.0, path, 0.0, 100.0)


def rehearse_picture(groups: tuple[SensorGroup, ...]) -> None:
    """Let all sensors look at one climbing object a few times, and track what they report."""
    phased = tuple(
        tuple(draw_phases(c, 1, 0, 0.0) for c in group.constellations) for group in groups
    )
    up = tuple(np.ones(len(group.availability), np.bool_) for group in groups)
    sensors = SensorField.of(groups, up, phased, 0.0, seed=1, replication=0)
    tracker = start_tracker(64)
    settings = build_settings()
    for k in range(_N_LOOKS):
        time_s = k * _STEP_S
        cues = make_cues(tracker.tracks, time_s, settings, tracker.slots.evidence)
        snapshot = _object_at(time_s, burning=k < _N_LOOKS // 2)
        seen = sensors.observe(snapshot, cues, time_s, _STEP_S)
        update(tracker, build_table(seen.rows)[0], time_s, settings, seen.looks)


def rehearse_glide() -> None:
    """Aim a small boosted glider and fly it."""
    vehicle = build_vehicle([(12e3, 1.4e3, 60.0, 262.0, 0.0)], 1e3, 0.6, 5.0, 45.0)
    glider = Glider(7e3, 2.6, 1.5, 20.0, 0.7, 1.0, 4.0, 80e3, 15.0, 30e3, 0.4, 3.5, 1.0)
    task = GlideTask(
        vehicle, glider, CUT_OFF, 70e3, 1.5e3, 0.6, 2.0, np.array([[0.7, 2.1], [0.72, 2.2]])
    )
    fly_glide_missile(task, solve_glide_aim(task, RAID_TOLERANCE), RAID_TOLERANCE)


def _object_at(time_s: float, *, burning: bool) -> Snapshot:
    """Something over the north Pacific, 400 km up, going east at 6 km/s."""
    position = np.array([[-3.0e6, 2.0e6 + 6e3 * time_s, 5.6e6]])
    return Snapshot(
        time_s=time_s,
        identity=np.array([1], np.uint64),
        row=np.zeros(1, np.int64),
        position_eci_m=position,
        velocity_eci_m_s=np.array([[0.0, 6e3, 1e3]]),
        burning=np.array([burning]),
        cross_section_m2=np.full((1, len(ASPECTS), len(BANDS)), 5.0),
        plume_w_sr=np.array([5e5]),
        body_w_sr=np.array([300.0]),
        temperature_k=np.array([300.0]),
        reflecting_m2=np.zeros(1),
        feature=np.array([0.0]),
        steady=np.zeros(1),
    )
