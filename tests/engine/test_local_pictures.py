"""Radars whose links carry tracks: the command side sees their reports and nothing else."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest

from opendome.engine import Decision, Replication
from opendome.scenario.loader import load_scenario
from opendome.tables.measurements import select
from opendome.world import World, compile_world

SEED = 7


def compile_with(*sets: str) -> World:
    scenario = load_scenario(
        "golden-dome-2029-announced", raid="nk-10-debris",
        sets=["raid.salvos.0.count=2", *sets], without=["infrared-satellites"],
    )  # fmt: skip
    return compile_world(scenario, seed=SEED)


def run(world: World) -> tuple[Replication, list[Decision]]:
    replication = Replication(deepcopy(world), SEED, 0)
    decisions: list[Decision] = []
    replication.run(keep=decisions)
    return replication, decisions


@pytest.fixture(scope="module")
def names() -> list[str]:
    return list(compile_with().sensor_elements)


@pytest.fixture(scope="module")
def reported(names: list[str]) -> tuple[Replication, list[Decision]]:
    return run(compile_with(*(f"{name}.reports=tracks" for name in names)))


def test_reports_come_later_than_measurements(
    names: list[str], reported: tuple[Replication, list[Decision]]
) -> None:
    """The same radars that send tracks give a picture too, and on the whole a later one."""
    direct, _ = run(compile_with())
    late_s = find_firm_s(reported[0]) - find_firm_s(direct)
    assert np.isfinite(late_s).mean() > 0.9
    assert 0.0 <= np.nanmedian(late_s) < 60.0
    assert np.nanmax(late_s) > 0.0
    assert reported[0].command.tracker.n_refused == 0


def find_firm_s(replication: Replication) -> np.ndarray:
    """When each lethal object and booster was firmly tracked."""
    threats = replication.record(whole=False)["threats"]
    return threats["own_firm_s"][np.isin(threats["kind"], ("booster", "warhead"))]


def test_the_picture_follows_from_measurements_alone(
    reported: tuple[Replication, list[Decision]],
) -> None:
    """A fresh command side with the recorded rows, shuffled, has the same tracks to the bit."""
    replication, decisions = reported
    replication.true.objects.identity[...] = 0
    replication.true.trajectories.position_eci_m[...] = np.nan
    rng = np.random.default_rng(3)
    command = replication.new_command()
    for decision in decisions:
        order = rng.permutation(decision.measurements.n_rows)
        command.step(
            decision.time_s, select(decision.measurements, order), decision.looks,
            decision.assessments,
        )  # fmt: skip
    old, new = replication.command.tracker.tracks, command.tracker.tracks
    for name in ("status", "time_s", "state", "covariance"):
        assert np.array_equal(getattr(old, name), getattr(new, name), equal_nan=True), name
