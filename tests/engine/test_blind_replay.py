"""The command side knows only what it measured: recorded inputs alone give the same orders."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
import pytest

from opendome.engine import Decision, Replication
from opendome.tables.cued_looks import CuedLooks
from opendome.tables.measurements import Measurements, select
from opendome.tables.shots import Assessments, Orders
from opendome.world import World

SEED = 7
Relabelling = dict[int, int]


@pytest.fixture(scope="module")
def recorded(small_world: World) -> tuple[Replication, list[Decision]]:
    """The first replication with shots from orbit and from the ground, and all its decisions."""
    for number in range(20):
        replication = Replication(deepcopy(small_world), SEED, number)
        decisions: list[Decision] = []
        replication.run(keep=decisions)
        units = np.concatenate([d.orders.unit for d in decisions])
        if (units >= 0).any() and (units < 0).sum() > 5:
            return replication, decisions
    raise AssertionError("no replication has shots of both kinds")


def blind(replication: Replication, rng: np.random.Generator) -> None:
    """Take all truth out of a replication, and permute the identities of its objects."""
    true = replication.true
    for table in (true.objects, true.trajectories, true.missiles):
        for column in table:
            if column.dtype.kind == "f":
                column[...] = np.nan
    true.objects.identity[...] = rng.permutation(true.objects.identity)
    true.missiles.identity[...] = rng.permutation(true.missiles.identity)
    true.end_s[...] = np.nan


def shuffle_looks(looks: CuedLooks, rng: np.random.Generator) -> CuedLooks:
    """The same looks at cues in another order. They name tracks by the numbers of the record,
    which the replay gives again as long as it has the same tracks."""
    order = rng.permutation(looks.time_s.shape[0])
    return CuedLooks._make(column[order] for column in looks)


def replay(
    replication: Replication, decisions: list[Decision], rng: np.random.Generator
) -> list[tuple[Orders, Orders, Relabelling]]:
    """Orders as recorded and as given again, with track numbers of the record by those of now.

    The rows of every table of measurements and assessments are shuffled.
    """
    command = replication.new_command()
    recorded_number: Relabelling = {}
    own_number: Relabelling = {}
    pairs = []
    for decision in decisions:
        order = rng.permutation(decision.measurements.n_rows)
        shuffled = select(decision.measurements, order)
        reports = decision.assessments
        mixed = rng.permutation(reports.track.shape[0])
        reports = Assessments._make(column[mixed] for column in reports)._replace(
            track=np.array([own_number.get(int(t), -1) for t in reports.track[mixed]], np.int64)
        )
        plan, _ = command.step(
            decision.time_s, shuffled, shuffle_looks(decision.looks, rng), reports
        )
        for old, new in zip(decision.orders.track, plan.orders.track, strict=True):
            recorded_number[int(new)] = int(old)
            own_number[int(old)] = int(new)
        pairs.append((decision.orders, plan.orders, dict(recorded_number)))
    return pairs


def test_orders_follow_from_measurements_alone(
    recorded: tuple[Replication, list[Decision]],
) -> None:
    """With truth gone, identities permuted and rows shuffled, every order comes out bit for bit."""
    replication, decisions = recorded
    assert sum(d.orders.n_rows for d in decisions) > 5
    assert sum(d.assessments.track.size for d in decisions) > 2
    rng = np.random.default_rng(1)
    blind(replication, rng)
    for old, new, renumbered in replay(replication, decisions, rng):
        for name in Orders._fields:
            if name != "track":
                assert np.array_equal(getattr(old, name), getattr(new, name)), name
        assert [renumbered[int(t)] for t in new.track] == old.track.tolist()


def test_track_numbers_are_a_relabelling(recorded: tuple[Replication, list[Decision]]) -> None:
    """Each recorded track corresponds to one track of the replay, and no two share one."""
    replication, decisions = recorded
    pairs = replay(replication, decisions, np.random.default_rng(2))
    final = pairs[-1][2]
    assert final
    assert len(set(final.values())) == len(final)


def test_measurements_name_no_object(recorded: tuple[Replication, list[Decision]]) -> None:
    """No column of a measurement holds an identity, a row or a class of a true object."""
    replication, decisions = recorded
    allowed: set[str] = set(Measurements._fields)
    assert allowed.isdisjoint({"object", "identity", "row", "truth", "target", "object_class"})
    sensors = np.concatenate([d.measurements.sensor for d in decisions])
    assert sensors.max() < len(replication.world.sensor_names)


def test_orders_change_when_measurements_do(recorded: tuple[Replication, list[Decision]]) -> None:
    """The replay can fail: without the measurements of one sensor kind the orders differ."""
    replication, decisions = recorded
    deaf = [
        d._replace(measurements=select(d.measurements, np.flatnonzero(d.measurements.kind != 0)))
        for d in decisions
    ]
    command: Any = replication.new_command()
    given = [command.step(d.time_s, d.measurements, d.looks, d.assessments)[0].orders for d in deaf]
    heard = np.concatenate([d.orders.intercept_s for d in decisions])
    assert not np.array_equal(np.concatenate([o.intercept_s for o in given]), heard)
