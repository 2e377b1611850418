"""Conservation: what the record of any replication must satisfy."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from opendome.engine import Decision, Replication, run_replication
from opendome.scenario.loader import load_scenario
from opendome.tables.codes import FATES, LAYERS, REASONS, SHOT_RESULTS
from opendome.tables.record import Record
from opendome.world import World, compile_world

SEED = 7
REPLICATIONS = range(4)


@pytest.fixture(scope="module")
def records(small_world: World) -> list[Record]:
    return [run_replication(small_world, SEED, i) for i in REPLICATIONS]


def test_every_lethal_warhead_has_one_fate(records: list[Record]) -> None:
    """Lethal warheads leaked, were stopped or fell short, and the replication counts them so."""
    for record in records:
        threats, summary = record["threats"], record["replications"]
        lethal = threats["lethal"]
        fates = Counter(threats["fate"][lethal])
        assert set(fates) <= {"leaked", "stopped", "fell-short"}
        assert sum(fates.values()) == summary["lethal"][0]
        for name, column in (("leaked", "leaked"), ("stopped", "stopped"),
                             ("fell-short", "fell_short")):  # fmt: skip
            assert fates[name] == summary[column][0]
        assert set(threats["fate"]) <= set(FATES)
        assert not (threats["fate"][~lethal] == "leaked").any()


def test_leakers_have_one_reason_and_nothing_else_has(records: list[Record]) -> None:
    """A first reason for each leaker, from the list, so that shares sum to one."""
    for record in records:
        threats = record["threats"]
        leaked = threats["fate"] == "leaked"
        assert set(threats["first_reason"][leaked]) <= set(REASONS)
        assert set(threats["first_reason"][~leaked]) <= {""}


def test_shots_come_in_order_of_time(records: list[Record]) -> None:
    """Decision, launch, intercept, report; layers and results are words of the record."""
    n_shots = 0
    for record in records:
        shots = record["engagements"]
        n_shots += len(shots["shot"])
        assert (shots["launch_s"] >= shots["decision_s"]).all()
        assert (shots["intercept_s"] > shots["launch_s"]).all()
        assert (shots["assessed_s"] >= shots["intercept_s"]).all()
        assert set(shots["layer"]) <= set(LAYERS)
        assert set(shots["result"]) <= set(SHOT_RESULTS) - {"in-flight"}
        assert (np.sort(shots["shot"]) == np.arange(len(shots["shot"]))).all()
    assert n_shots > 20


def test_nothing_is_killed_twice(records: list[Record]) -> None:
    """Each object is killed by one shot at most, and those killed are stopped or cut short."""
    for record in records:
        threats, shots = record["threats"], record["engagements"]
        killed = list(shots["object"][shots["result"] == "killed"])
        assert len(killed) == len(set(killed))
        fate = dict(zip(threats["object"], threats["fate"], strict=True))
        assert all(fate[name] == "stopped" for name in killed)


def test_no_shot_meets_what_is_gone(records: list[Record]) -> None:
    """Shots at an object after its kill are target-gone."""
    for record in records:
        shots = record["engagements"]
        killed = shots["result"] == "killed"
        dead_s = dict(zip(shots["object"][killed], shots["intercept_s"][killed], strict=True))
        for name, when, result in zip(
            shots["object"], shots["intercept_s"], shots["result"], strict=True
        ):
            if when > dead_s.get(name, np.inf):
                assert result in ("target-gone", "missed")


def test_no_more_shots_than_rounds(small_world: World, records: list[Record]) -> None:
    """No battery fires more than it has, no satellite more than once."""
    held = dict(zip(small_world.shooter_names, small_world.forces.shooters.inventory, strict=True))
    for record in records:
        shots = record["engagements"]
        for name, n in Counter(shots["shooter"]).items():
            assert n <= held[name]
        units = [
            (shooter, unit)
            for shooter, unit in zip(shots["shooter"], shots["unit"], strict=True)
            if unit >= 0
        ]
        assert len(units) == len(set(units))


def test_inventory_never_goes_below_zero() -> None:
    """A battery of three rounds against three missiles fires three; the state stays at zero."""
    scenario = load_scenario(
        "perfect-defence",
        sets=["raid.salvos.0.count=3", "unlimited-battery.inventory=3", "doctrine.salvo.perfect=2",
              "doctrine.lethality-threshold=0"],
    )  # fmt: skip
    replication = Replication(compile_world(scenario, seed=SEED), SEED, 0)
    decisions: list[Decision] = []
    replication.run(keep=decisions)
    assert sum(d.orders.n_rows for d in decisions) == 3
    assert (replication.command.state.inventory == 0).all()


def test_orders_are_recorded_when_given(small_world: World) -> None:
    """Every shot of the record was ordered at its decision time, and every order was fired."""
    replication = Replication(small_world, SEED, 0)
    decisions: list[Decision] = []
    replication.run(keep=decisions)
    ordered = [(d.time_s, t) for d in decisions for t in d.orders.launch_s]
    shots = replication.record(whole=False)["engagements"]
    assert ordered == list(zip(shots["decision_s"], shots["launch_s"], strict=True))


def test_batteries_are_ordered_when_a_launch_is_due(
    small_world: World, records: list[Record]
) -> None:
    """No order runs more than two plans ahead of its launch, plus what the launcher has to do."""
    forces = small_world.forces
    row = {name: s for s, name in enumerate(small_world.shooter_names)}
    for record in records:
        shots = record["engagements"]
        s = np.array([row[str(name)] for name in shots["shooter"]], np.int64)
        lead_s = (
            forces.shooters.order_s[s] + forces.types.reaction_s[forces.shooters.interceptor[s]]
        )
        ahead_s = shots["launch_s"] - shots["decision_s"] - lead_s
        queue_s = forces.shooters.launch_interval_s[s] * np.array(
            [
                (shots["decision_s"][s == k] <= t).sum()
                for k, t in zip(s, shots["decision_s"], strict=True)
            ]
        )
        assert s.size
        assert (ahead_s <= 2.0 * forces.doctrine.replan_s + queue_s + 1e-6).all()


def test_kept_replications_have_ephemerides(small_world: World) -> None:
    """A replication kept whole adds positions of every object that flew."""
    replication = Replication(small_world, SEED, 0)
    replication.run()
    record = replication.record(whole=True)
    flown = set(record["ephemerides"]["object"])
    warheads = record["threats"]["object"][record["threats"]["kind"] == "warhead"]
    assert {str(name).replace("warhead", "booster") for name in warheads} <= flown
    assert np.isfinite(record["ephemerides"]["altitude_km"]).all()


def test_what_threatens_nothing_is_left_alone() -> None:
    """Aimed at a city that is not defended, a warhead is tracked, left alone and recorded so."""
    scenario = load_scenario(
        "perfect-defence", sets=["raid.salvos.0.count=2", "raid.salvos.0.aim.cities=Washington",
                                 "defended={USA: Seattle}"],
    )  # fmt: skip
    record = run_replication(compile_world(scenario, seed=SEED), SEED, 0)
    threats = record["threats"]
    warheads = threats["kind"] == "warhead"
    assert record["engagements"]["shot"].size == 0
    assert warheads.sum() == 2
    assert threats["left_alone"][warheads].all()
    assert not threats["in_area"].any()


def test_tracks_that_find_no_room_are_told_of(
    perfect_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tracker that is full is no sensor that does not see."""
    monkeypatch.setattr(Replication, "_track_capacity", lambda _: 1)
    events = run_replication(perfect_world, SEED, 0)["events"]
    told = [row for row in zip(events["kind"], events["detail"], strict=True)
            if row[0] == "tracks-refused"]  # fmt: skip
    assert len(told) == 1 and int(told[0][1]) > 0
