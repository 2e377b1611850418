"""Kernels called once, so that they are compiled: a raid flown, a made-up object seen and tracked.

A replication would compile them too, but only after the raid has been flown; here nothing waits
for the integrator, so that two processes can compile at the same time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from opendome.engine.sensors import SensorField
from opendome.space import draw_phases
from opendome.tables.codes import BANDS
from opendome.tables.truth import Snapshot
from opendome.threats import fly_raid
from opendome.tracking import build_settings, predict, start_tracker, update

if TYPE_CHECKING:
    from opendome.world import World
    from opendome.world.model import SensorGroup

_STEP_S = 5.0
_N_LOOKS = 8


def rehearse_flight(world: World) -> None:
    """Fly the raid of a world once."""
    fly_raid(world.raid_of(1, 0), 0.0, 1, 0)


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
        snapshot = _object_at(time_s, burning=k < _N_LOOKS // 2)
        measurements, _ = sensors.observe(snapshot, time_s, _STEP_S)
        update(tracker, measurements, time_s, settings)
    predict(tracker.tracks, np.zeros(0, np.int64), time_s, settings)


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
        cross_section_m2=np.full((1, len(BANDS)), 5.0),
        plume_w_sr=np.array([5e5]),
        body_w_sr=np.array([300.0]),
        feature=np.array([0.0]),
    )
