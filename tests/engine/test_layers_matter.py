"""What is left out does not shoot, and leaving it out never helps in the paired mean."""

from __future__ import annotations

import numpy as np
import pytest

from opendome.engine import run_replication
from opendome.scenario.loader import load_scenario
from opendome.tables.record import Record
from opendome.world import World, compile_world

SEED = 7
RUNS = range(8)


def run(*without: str) -> list[Record]:
    scenario = load_scenario(
        "golden-dome-2029-announced", raid="nk-10-debris", sets=["raid.salvos.0.count=3"],
        without=without,
    )  # fmt: skip
    world = compile_world(scenario, seed=SEED)
    return [run_replication(world, SEED, i) for i in RUNS]


@pytest.fixture(scope="module")
def whole(small_world: World) -> list[Record]:
    return [run_replication(small_world, SEED, i) for i in RUNS]


def count(records: list[Record], column: str) -> np.ndarray:
    return np.array([int(record["replications"][column][0]) for record in records])


def layers_of(records: list[Record]) -> set[str]:
    return {str(layer) for record in records for layer in record["engagements"]["layer"]}


@pytest.mark.parametrize(
    ("without", "gone"),
    [
        ("space-based-interceptors", {"boost", "post-boost"}),
        ("ground-based-interceptors", {"midcourse"}),
    ],
)
def test_left_out_layers_do_not_shoot(whole: list[Record], without: str, gone: set[str]) -> None:
    """The group's layers are empty, the raid is the same, and no fewer warheads leak on average."""
    fewer = run(without)
    assert layers_of(whole) & gone
    if without == "space-based-interceptors":
        assert not layers_of(fewer) & gone
    else:  # ships shoot in midcourse too
        used = {str(name) for record in fewer for name in record["engagements"]["interceptor"]}
        assert not used & {"gbi", "ngi"}
    assert (count(fewer, "lethal") == count(whole, "lethal")).all()
    assert count(fewer, "leaked").mean() >= count(whole, "leaked").mean()


def test_nothing_at_all_stops_nothing(whole: list[Record]) -> None:
    """Without any interceptor every lethal warhead of the same raid leaks."""
    scenario = load_scenario(
        "golden-dome-2029-announced", raid="nk-10-debris", sets=["raid.salvos.0.count=3"]
    )
    groups = {
        element.group_name
        for element in scenario.architecture.elements.values()
        if "interceptor" in type(element).model_fields
    }
    bare = run(*sorted(groups))
    assert (count(bare, "shots") == 0).all()
    assert (count(bare, "leaked") == count(bare, "lethal")).all()
    assert (count(bare, "lethal") == count(whole, "lethal")).all()
