"""Beliefs stand apart from the raid: wrong ones cost the defence what it could have known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from opendome.engine import run_replication
from opendome.scenario.loader import load_scenario
from opendome.statistics import find_operating_area
from opendome.world import World, compile_world

SEED = 7
REPLICATIONS = 2


def believe(believed: str) -> World:
    """Three missiles with debris; `believed`: right, or warheads for debris and debris for them."""
    scenario = load_scenario(
        "golden-dome-2029-expected", raid="nk-10-debris", sets=["raid.salvos.0.count=3"]
    )
    world = compile_world(scenario, seed=SEED)
    if believed == "right":
        return world
    names = list(scenario.beliefs.classes)
    one, other = names.index("warhead"), names.index("debris")
    tracker = world.tracker.copy()
    classes = tracker["discrimination"]["classes"][0]
    classes[[one, other], 2:] = classes[[other, one], 2:]
    return replace(world, tracker=tracker)


def judge(world: World) -> tuple[float, float]:
    """Area under the operating curve, and the mean belief in warheads, over all replications."""
    scores: dict[str, list[float]] = {"warhead": [], "debris": []}
    for replication in range(REPLICATIONS):
        record = run_replication(world, SEED, replication)
        kinds = dict(zip(record["threats"]["object"], record["threats"]["kind"], strict=True))
        tracks = record["tracks"]
        for name, firm_s, lethality in zip(
            tracks["object"], tracks["firm_s"], tracks["lethality"], strict=True
        ):
            if np.isfinite(firm_s) and kinds.get(name) in scores:
                scores[kinds[name]].append(lethality)
    return find_operating_area(scores["warhead"], scores["debris"]), float(
        np.mean(scores["warhead"])
    )


def test_wrong_beliefs_lower_the_operating_curve_of_a_raid():
    """Who takes warheads for debris believes less in warheads and tells them apart worse."""
    right, belief = judge(believe("right"))
    wrong, misbelief = judge(believe("wrong"))
    assert right > 0.6
    assert wrong < right - 0.15
    assert misbelief < belief
