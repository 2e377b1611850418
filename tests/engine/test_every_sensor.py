"""Sensors of every kind in one replication: all report, and the command side sees only reports."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest

from opendome.engine import Decision, Replication
from opendome.scenario.loader import load_scenario
from opendome.tables.cued_looks import CuedLooks
from opendome.tables.measurements import select
from opendome.world import World, compile_world

SEED = 7
COUNTS = [f"raid.salvos.{k}.count={n}" for k, n in enumerate((1, 1, 1, 6, 2))]


@pytest.fixture(scope="module")
def world() -> World:
    """A few missiles of every kind for an hour, all sensors in service, in a summer night."""
    scenario = load_scenario(
        "north-2035",
        raid="mixed-50",
        sets=[*COUNTS, "simulation.horizon=4000 s", "epoch=2030-06-21T08:00:00Z"],
    )
    return compile_world(scenario, seed=SEED)


@pytest.fixture(scope="module")
def recorded(world: World) -> tuple[Replication, list[Decision]]:
    replication = Replication(deepcopy(world), SEED, 0)
    decisions: list[Decision] = []
    replication.run(keep=decisions)
    return replication, decisions


def test_new_kinds_report(recorded: tuple[Replication, list[Decision]]) -> None:
    """Skywave radars, aircraft or ships, and the chains of the North all measure something."""
    replication, decisions = recorded
    sensors = np.unique(np.concatenate([d.measurements.sensor for d in decisions]))
    world = replication.world
    seen = {world.sensor_elements[world.element_of_sensor[k]] for k in sensors}
    assert seen & {"arctic-othr", "polar-othr"}
    assert any(name.startswith(("aew-", "fighters-", "aegis-")) for name in seen)
    assert any(name.startswith(("north-warning-", "alaska-")) for name in seen)


def test_the_picture_follows_from_measurements_alone(
    recorded: tuple[Replication, list[Decision]],
) -> None:
    """A fresh command side that is given the recorded rows, shuffled, has the same tracks to the
    bit: nothing but measurements goes in."""
    replication, decisions = recorded
    replication.true.objects.identity[...] = 0
    replication.true.trajectories.position_eci_m[...] = np.nan
    rng = np.random.default_rng(3)
    command = replication.new_command()
    for decision in decisions:
        order = rng.permutation(decision.measurements.n_rows)
        mixed = rng.permutation(decision.looks.time_s.shape[0])
        looks = CuedLooks._make(column[mixed] for column in decision.looks)
        command.step(
            decision.time_s, select(decision.measurements, order), looks, decision.assessments
        )
    old, new = replication.command.tracker.tracks, command.tracker.tracks
    for name in ("status", "time_s", "state", "covariance"):
        assert np.array_equal(getattr(old, name), getattr(new, name), equal_nan=True), name
