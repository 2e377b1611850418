"""A plume's track lives on as that of a cold body, where satellites are sent to look at it."""

from __future__ import annotations

import pytest

from opendome.engine.replication import Decision, Replication
from opendome.scenario.loader import load_scenario
from opendome.tables.codes import BOOSTER, COLD, PLUME
from opendome.world import compile_world

pytestmark = pytest.mark.kernels
GAP_S = 120.0


def test_a_plume_track_becomes_a_cold_body_track() -> None:
    """One missile, satellites alone, no shots: minutes after burnout a track that began on the
    plume is still fed, by cold looks that the cues of the defence's own tracks have asked for.
    """
    scenario = load_scenario(
        "golden-dome-2029-announced",
        raid="nk-1",
        without=("radars", "ground-based-interceptors", "space-interceptors"),
    )
    run = Replication(compile_world(scenario, seed=3), 3, 0)  # a missile that works
    seen: list[Decision] = []
    run.run(keep=seen)
    objects = run.true.objects
    burnout_s = float(objects.burnout_s[objects.kind == BOOSTER].max())
    command = run.new_command()
    hot: set[int] = set()
    cold: set[int] = set()
    for one in seen:
        _, assigned = command.step(one.time_s, one.measurements, one.looks, one.assessments)
        kind = one.measurements.kind
        hot |= set(assigned[kind == PLUME].tolist()) - {-1}
        if one.time_s > burnout_s + GAP_S:
            cold |= set(assigned[kind == COLD].tolist()) - {-1}
    assert hot
    assert hot & cold
