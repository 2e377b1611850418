"""When decisions are made."""

from __future__ import annotations

import numpy as np
import pytest

from opendome.engine import Decision, Replication
from opendome.scenario.loader import load_scenario
from opendome.world import compile_world

SEED = 7


@pytest.mark.parametrize("replication", range(3))
def test_no_missile_burns_for_more_than_a_second_without_a_decision(replication: int) -> None:
    """Nor those that are launched in the quiet between two waves."""
    scenario = load_scenario(
        "perfect-defence",
        sets=[
            "raid.salvos.0.count=3", "raid.salvos.0.launch.spacing=600 s",
            "raid.salvos.0.launch.jitter=30 s",
        ],
    )  # fmt: skip
    run = Replication(compile_world(scenario, seed=SEED), SEED, replication)
    decisions: list[Decision] = []
    run.run(decisions)
    times_s = np.array([decision.time_s for decision in decisions])
    assert np.diff(times_s).max() > 1.0  # there is quiet
    for launch_s in run.true.missiles.launch_s:
        after = times_s[times_s >= launch_s]
        assert after[0] - launch_s <= 1.0
