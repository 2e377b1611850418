"""Authority and links: nobody fires without leave, and what is cut goes on alone or holds."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opendome.engine import Replication, run_replication
from opendome.engine.kills import KillDraws
from opendome.engine.network import Consents, Network
from opendome.engine.script import Script
from opendome.geography import countries_at
from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.physics.geodesy import geodetic_from_eci_batch
from opendome.physics.random import entity_id
from opendome.scenario.loader import load_scenario
from opendome.tables.coalition import (
    ASKED,
    CUT,
    LOST,
    NOBODY,
    NOT_ASKED,
    NOTIFIED,
    RESTORED,
    Coalition,
    Happening,
    Nodes,
)
from opendome.tables.record import Record
from opendome.tables.shots import Assessments, Orders
from opendome.tracking.picture import NEXT_NUMBER
from opendome.world import World, compile_world

SEED = 7
FOREIGN = "CAN"
N_NODES = 4
TIMES = (-60.0, 100.0, 300.0, 600.0, 1200.0)
HIGHER_THAN_ALL_M = 1e7


def with_nodes(world: World, draw: Any) -> World:
    """A world with a drawn tree of headquarters, hosts, consent and cuts."""
    old = world.coalition
    n_sensors, n_shooters = old.node_of_sensor.size, old.node_of_shooter.size
    superior = [NOBODY, *(draw(st.integers(0, node - 1)) for node in range(1, N_NODES))]
    nobody = [np.zeros(n, np.bool_) for n in (N_NODES, n_sensors, n_shooters)]
    foreign = world.nations.index(FOREIGN)

    def draw_event() -> Happening:
        nodes, sensors, shooters = (mask.copy() for mask in nobody)
        if draw(st.booleans()):
            nodes[draw(st.integers(0, N_NODES - 1))] = True
        else:
            shooters[draw(st.integers(0, n_shooters - 1))] = True
        kind = draw(st.sampled_from((CUT, CUT, RESTORED, LOST)))
        if kind == LOST:
            nodes[:] = False
        return Happening(draw(st.sampled_from(TIMES)), kind, "x", nodes, sensors, shooters, 1.0)

    events = sorted((draw_event() for _ in range(draw(st.integers(0, 4)))), key=lambda e: e.time_s)
    asked = np.full(len(world.nations), NOT_ASKED)
    asked[foreign] = draw(st.sampled_from((NOT_ASKED, ASKED)))
    asked_over = np.full(len(world.nations), NOT_ASKED)
    asked_over[foreign] = draw(st.sampled_from((NOT_ASKED, ASKED)))
    nations = old.nations._replace(
        asked=asked,
        asked_over=asked_over,
        refusal=np.full(asked.size, draw(st.sampled_from((0.0, 0.5, 1.0)))),
        ceiling_m=np.full(asked.size, draw(st.sampled_from((100e3, HIGHER_THAN_ALL_M)))),
    )
    host = np.where(
        [draw(st.booleans()) for _ in range(n_shooters)], foreign, old.host_of_shooter
    ).astype(np.int64)
    coalition = old._replace(
        nations=nations,
        node_names=tuple("abcd"),
        nodes=Nodes(
            superior=np.array(superior),
            nation=np.full(N_NODES, old.nodes.nation[0]),
            fights_alone=np.array([draw(st.booleans()) for _ in range(N_NODES)]),
            latency_s=np.zeros(N_NODES),
            loss=np.zeros(N_NODES),
        ),
        highest=0,
        node_of_sensor=np.arange(n_sensors) % N_NODES,
        node_of_shooter=np.array([draw(st.integers(0, N_NODES - 1)) for _ in range(n_shooters)]),
        host_of_shooter=host,
        shooter_loss=np.full(n_shooters, draw(st.sampled_from((0.0, 0.3, 1.0)))),
        events=tuple(events),
    )
    return replace(world, coalition=coalition)


def run_watched(world: World, number: int) -> tuple[Replication, list[Orders]]:
    """A replication run to its end, and what was ordered in it, by whatever node."""
    run = Replication(world, SEED, number)
    ordered: list[Orders] = []
    fire = run.fires.fire

    def note(orders: Orders, time_s: float, node: int) -> None:
        ordered.append(orders)
        fire(orders, time_s, node)

    run.fires.fire = note  # type: ignore[method-assign]
    run.run()
    return run, ordered


def find_ground(run: Replication, orders: Orders) -> tuple[list[str], np.ndarray]:
    """Country below each planned intercept, and its height [m]."""
    angle = run.environment.gmst0_rad + EARTH_ROTATION_RAD_S * orders.intercept_s
    latitude, longitude, height_m = geodetic_from_eci_batch(orders.intercept_eci_m, angle)
    return countries_at(latitude, longitude).tolist(), height_m


@pytest.fixture(scope="module")
def over_canada(small_world: World) -> int:
    """The first replication with intercepts over Canada, far above the air."""
    for number in range(30):
        run, ordered = run_watched(small_world, number)
        if any(FOREIGN in find_ground(run, orders)[0] for orders in ordered):
            return number
    raise AssertionError("no replication has intercepts over Canada")


def may_fire(coalition: Coalition, s: int, time_s: float) -> bool:
    """Whether a shooter's chain of command stands at a time, told from the events alone."""
    cut: dict[tuple[str, int], bool] = {}
    for event in coalition.events:
        if event.time_s <= time_s and event.kind != LOST:
            for kind, mask in (("node", event.nodes), ("shooter", event.shooters)):
                for i in np.flatnonzero(mask):
                    cut[kind, int(i)] = event.kind == CUT
    node = int(coalition.node_of_shooter[s])
    if cut.get(("shooter", s)) or cut.get(("node", node)):
        return False
    while coalition.nodes.superior[node] != NOBODY:
        above = int(coalition.nodes.superior[node])
        if cut.get(("node", above)):
            return bool(coalition.nodes.fights_alone[node])
        node = above
    return True


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_nobody_fires_without_authority(
    small_world: World, over_canada: int, data: st.DataObject
) -> None:
    """Random trees, hosts, refusals, ceilings and cuts: each shot had its orders and consents."""
    world = with_nodes(small_world, data.draw)
    coalition = world.coalition
    run, ordered = run_watched(world, data.draw(st.sampled_from((0, over_canada))))
    shots = run.record(whole=False)["engagements"]
    assert not shots["shot"].size or not (coalition.shooter_loss == 1.0).all()
    foreign = world.nations.index(FOREIGN)
    nations = coalition.nations
    if nations.asked_over[foreign] == ASKED and nations.refusal[foreign] == 1.0:
        for orders in ordered:
            own = world.forces.shooters.nation[orders.shooter] == foreign
            for country, height_m, free in zip(*find_ground(run, orders), own, strict=True):
                assert country != FOREIGN or height_m >= nations.ceiling_m[foreign] or free
    lost = {
        int(s): event.time_s
        for event in reversed(coalition.events)
        if event.kind == LOST
        for s in np.flatnonzero(event.shooters)
    }
    for name, decision_s in zip(shots["shooter"], shots["decision_s"], strict=True):
        s = world.shooter_names.index(str(name))
        assert may_fire(coalition, s, float(decision_s))
        assert float(decision_s) < lost.get(s, np.inf)
        if coalition.host_of_shooter[s] == foreign:
            refused = coalition.nations.asked[foreign] == ASKED and (
                coalition.nations.refusal[foreign] == 1.0
            )
            assert not refused
    for s, rounds in enumerate(world.forces.shooters.inventory.tolist()):
        assert (shots["shooter"] == world.shooter_names[s]).sum() <= rounds


def test_shots_over_a_nation_wait_for_its_consent(small_world: World, over_canada: int) -> None:
    """Over Canada none after a no, the same as ever after a yes at once, and the answer is told."""
    nations = small_world.coalition.nations
    foreign = small_world.nations.index(FOREIGN)
    n = nations.refusal.size
    over, events = {}, {}
    for refusal in (0.0, 1.0):
        asked = nations._replace(
            asked_over=np.where(np.arange(n) == foreign, ASKED, NOT_ASKED),
            refusal=np.full(n, refusal), answer_s=np.full(n, 1.0),
            ceiling_m=np.full(n, HIGHER_THAN_ALL_M),
        )  # fmt: skip
        world = replace(small_world, coalition=small_world.coalition._replace(nations=asked))
        run, ordered = run_watched(world, over_canada)
        over[refusal] = sum(find_ground(run, orders)[0].count(FOREIGN) for orders in ordered)
        events[refusal] = run.record(whole=False)["events"]
    assert over[0.0] > 0
    assert over[1.0] == 0
    for refusal, word in ((0.0, "consents"), (1.0, "refuses")):
        told = events[refusal]["detail"][events[refusal]["kind"] == word]
        assert told.tolist() == ["to shots over its territory"]


def lose_orders(world: World, loss: float) -> Replication:
    """A replication in which links lose orders on their way to the shooters."""
    n = world.coalition.shooter_loss.size
    lossy = world.coalition._replace(shooter_loss=np.full(n, loss))
    run = Replication(replace(world, coalition=lossy), SEED, 0)
    run.run()
    return run


def test_a_lost_order_costs_no_round_and_is_given_again(perfect_world: World) -> None:
    """Rounds left are those not fired; with half the orders lost no more leak."""
    whole, half, none = (lose_orders(perfect_world, loss) for loss in (0.0, 0.5, 1.0))
    start = int(perfect_world.forces.shooters.inventory.sum())
    for run in (whole, half, none):
        assert int(run.command.state.inventory.sum()) == start - len(run.fires.shots)
    lost = [event for event in half.events if event[1] == "order-lost"]
    assert lost
    record = half.record(whole=False)
    assert record["replications"]["leaked"][0] == whole.record(False)["replications"]["leaked"][0]
    ordered = {shot.decision_s for shot in half.fires.shots}
    assert max(ordered) > min(event[0] for event in lost)  # planned again after the loss
    assert not none.fires.shots
    assert set(none.record(False)["threats"]["first_reason"]) == {"", "order-lost"}


def test_orders_are_lost_by_name(small_world: World) -> None:
    """As often as stated, whatever the rows of shooter and object; each order on its own."""
    draws = KillDraws(small_world.forces.types, SEED, 0)
    names = [entity_id(f"object/{n}") for n in range(300)]
    battery = entity_id("shooter/a")
    lost = np.array([[draws.loses_order(battery, one, k, 0.3) for k in range(8)] for one in names])
    assert lost.mean() == pytest.approx(0.3, abs=4.0 * np.sqrt(0.21 / lost.size))
    assert abs(np.corrcoef(lost[:, 0], lost[:, 1])[0, 1]) < 0.25
    more = np.array([[draws.loses_order(battery, one, k, 0.6) for k in range(8)] for one in names])
    assert (more >= lost).all()


def test_a_partial_loss_takes_sensors_by_name(small_world: World) -> None:
    """Another sensor before them in the list leaves the fate of all others as it was."""
    names = list(small_world.sensor_names)
    n = len(names)
    nobody = np.zeros(len(small_world.coalition.node_names), np.bool_)
    shooters = np.zeros(small_world.coalition.node_of_shooter.size, np.bool_)

    def draw_gone(listed: list[str]) -> dict[str, bool]:
        event = Happening(
            60.0, LOST, "radars", nobody, np.ones(len(listed), np.bool_), shooters, 0.5
        )
        gone = Script((event,), listed, SEED, 0).draw_sensors(event)
        return dict(zip(listed, gone.tolist(), strict=True))

    before, after = draw_gone(names), draw_gone(["idle", *names[::-1]])
    assert {name: after[name] for name in names} == before
    assert 0.2 * n < sum(before.values()) < 0.8 * n


NORTHERN = ("fort-greely", "fort-greely-ngi", "lrdr", "clear-uewr", "cobra-dane", "tracking-layer")


@lru_cache(maxsize=8)
def run_cut(alone: str, *events: str) -> tuple[World, Record]:
    """Three missiles against all layers under a national node and one in Alaska."""
    scenario = load_scenario(
        "golden-dome-2029-announced", raid="nk-10-debris",
        sets=[
            "raid.salvos.0.count=3",
            "command={nodes: {national: {nation: USA}, alaska: {nation: USA, superior: national, "
            f"alone: {alone}, elements: [{', '.join(NORTHERN)}]}}}}}}",
            f"events=[{', '.join(events)}]",
        ],
        without=["space-based-interceptors"],
    )  # fmt: skip
    world = compile_world(scenario, seed=SEED)
    return world, run_replication(world, SEED, 0)


def shots_after(record: Record, time_s: float) -> set[str]:
    shots = record["engagements"]
    return {str(name) for name in shots["shooter"][shots["decision_s"] > time_s]}


CUT_EARLY = "{time: 60 s, cut: national}"


def test_reports_reach_who_ordered_the_shot_or_took_its_picture_over() -> None:
    """After a cut the northern node awaits what was ordered before it, and its own; no other's."""
    world, _ = run_cut("fight", CUT_EARLY)
    run = Replication(world, SEED, 0)
    headquarters, names = run.headquarters, world.coalition.node_names
    north, national = names.index("alaska"), names.index("national")
    (event,) = world.coalition.events
    headquarters.main.tracker.counters[NEXT_NUMBER] = 20
    headquarters.take(event)
    # Ordered by the nation before and after the cut, by the north after it; all from one site.
    site = world.shooter_names.index("fort-greely")
    reports = Assessments.empty(3)._replace(
        shot=np.arange(3), by=np.array([national, national, north]),
        shooter=np.full(3, site), ordered_ms=np.array([50_000, 70_000, 70_000]),
    )  # fmt: skip
    told = headquarters.address(north, reports)
    assert told.shot.tolist() == [0, 1, 2]  # its own site
    assert told.awaited.tolist() == [True, False, True]
    assert (told.shooter == site).all()
    told = headquarters.address(national, reports)
    assert told.shot.tolist() == [0, 1]
    assert told.awaited.all()
    assert (told.shooter == -1).all()
    # Numbers that the north gave are not given again once it plans no more.
    headquarters.commands[north].tracker.counters[NEXT_NUMBER] = 25
    headquarters.take(event._replace(kind=RESTORED, time_s=90.0))
    assert list(headquarters.commands) == [national]
    assert headquarters.main.tracker.counters[NEXT_NUMBER] == 25


def test_a_node_joined_again_goes_on_with_what_was_shared_with_it() -> None:
    """Cut from all before its superior was, it knows nothing of what that one saw meanwhile."""
    cuts = (CUT_EARLY.replace("national", "alaska"), "{time: 80 s, cut: national}",
            "{time: 90 s, restore: alaska}")  # fmt: skip
    world, _ = run_cut("fight", *cuts)
    headquarters = Replication(world, SEED, 0).headquarters
    names = world.coalition.node_names
    north, main = names.index("alaska"), headquarters.main
    first, second, third = world.coalition.events
    main.tracker.tracks.number[:2] = (3, -1)
    headquarters.take(first)
    assert north not in headquarters.commands
    main.tracker.tracks.number[:2] = (3, 4)
    headquarters.take(second)
    headquarters.take(third)
    command = headquarters.commands[north]
    assert command.tracker.tracks.number[:2].tolist() == [3, -1]
    assert command.state.inventory is main.state.inventory
    # It hears of shots that were ordered while it shared the picture, and of no later ones.
    reports = Assessments.empty(2)._replace(
        by=np.full(2, names.index("national")), ordered_ms=np.array([50_000, 70_000]),
        shooter=np.full(2, world.shooter_names.index("fort-greely")),
    )  # fmt: skip
    assert headquarters.address(north, reports).awaited.tolist() == [True, False]


def test_half_a_battery_loses_rounds_on_orders_that_never_arrived() -> None:
    """Rounds that command believes on their way are taken like those in stock: about half."""
    world = compile_world(
        load_scenario(
            "perfect-defence",
            sets=[
                "raid.salvos.0.count=1", "doctrine.salvo.perfect=12",
                "unlimited-battery.inventory=16",
                "command={links: {unlimited-battery: {latency: 30 s, loss: 1.0}}}",
            ],
        ),
        seed=SEED,
    )  # fmt: skip
    left = []
    for number in range(4):
        run = Replication(world, SEED, number)
        run.run()
        assert run.command.state.inventory.sum() == 16
        ordered_s = [event[0] for event in run.events if event[1] == "order-lost"]
        out = ordered_s.count(ordered_s[0])
        assert out == 12
        loss = Happening(
            ordered_s[0] + 12.0, LOST, "unlimited-battery", np.zeros(1, np.bool_),
            np.zeros(len(world.sensor_names), np.bool_), np.ones(1, np.bool_), 0.5,
        )  # fmt: skip
        run = Replication(
            replace(world, coalition=world.coalition._replace(events=(loss,))), SEED, number
        )
        run.run()
        left.append(int(run.command.state.inventory.sum()))
    assert 0.3 < np.mean(left) / 16 < 0.7


def test_a_node_that_may_fights_on_alone() -> None:
    """The nation cut off, the northern node alone shoots, by what its own sensors see."""
    _, record = run_cut("fight", CUT_EARLY)
    assert shots_after(record, 60.0) <= {"fort-greely", "fort-greely-ngi"}
    assert shots_after(record, 60.0)


def test_a_node_that_must_hold_holds() -> None:
    """The same without leave to fight alone: no shot, and most leak for want of authority."""
    _, record = run_cut("hold", CUT_EARLY)
    assert not shots_after(record, 60.0)
    lethal = record["threats"]["lethal"]
    reasons = record["threats"]["first_reason"][lethal].tolist()
    assert reasons.count("not-authorised") > 0.5 * len(reasons)


def test_a_sensor_that_nobody_hears_has_seen_nothing() -> None:
    """The one sensor cut off from the start: no detection, and that is the first reason."""
    scenario = load_scenario(
        "perfect-defence",
        sets=["raid.salvos.0.count=2", "events=[{time: 0 s, cut: perfect-sensor}]"],
    )
    record = run_replication(compile_world(scenario, seed=SEED), SEED, 0)
    threats = record["threats"]
    assert np.isnan(threats["first_detection_s"]).all()
    assert set(threats["first_reason"][threats["lethal"]]) == {"not-detected"}
    assert "detected" not in record["events"]["kind"]


def test_a_link_restored_is_a_link_again() -> None:
    """Cut and restored before anything is in reach: a node that had to hold fires again."""
    _, mended = run_cut("hold", CUT_EARLY, "{time: 120 s, restore: national}")
    assert not shots_after(mended, 60.0) - shots_after(mended, 120.0)
    assert shots_after(mended, 120.0)


def test_what_is_lost_is_gone() -> None:
    """A field that is destroyed fires nothing more; half a field about half its rounds."""
    world, record = run_cut("fight", "{time: 60 s, lose: fort-greely}")
    assert "fort-greely" not in shots_after(record, 60.0)
    assert run_cut("fight", "{time: 60 s, lose: lrdr}")[1]["engagements"]["shot"].size
    assert "fort-greely" in world.shooter_names


def test_a_site_that_is_lost_launches_nothing_more() -> None:
    """A shot that was ordered from it and waits for its launch is gone with it, and is told of."""
    _, record = run_cut("fight")
    shots = record["engagements"]
    waits = shots["launch_s"] - shots["decision_s"]
    j = int(np.argmax(waits))
    assert waits[j] > 2.0
    site, between_s = str(shots["shooter"][j]), float(shots["launch_s"][j]) - 1.0
    _, lost = run_cut("fight", f"{{time: {between_s} s, lose: {site}}}")
    after = lost["engagements"]
    of_site = after["shooter"] == site
    before = shots["launch_s"] < between_s
    assert of_site.sum() == (before & (shots["shooter"] == site)).sum()
    assert (after["launch_s"][of_site] < between_s).all()
    told = lost["events"]["kind"] == "order-lost"
    assert set(lost["events"]["subject"][told]) == {site}
    launches = lost["events"]["kind"] == "interceptor-launch"
    assert launches.sum() == after["shot"].size


def test_a_nation_hears_of_what_its_own_node_is_told(small_world: World) -> None:
    """Joined, both nations hear of the highest node's tracks; cut apart, each of its own."""
    coalition = small_world.coalition
    home, foreign = (small_world.nations.index(name) for name in ("USA", FOREIGN))
    nodes = Nodes(
        np.array([NOBODY, 0]), np.array([home, foreign]), np.ones(2, np.bool_),
        np.array([0.0, 5.0]), np.zeros(2),
    )  # fmt: skip
    network = Network(coalition._replace(nodes=nodes, node_names=("here", "there"), highest=0))
    assert network.told_by(0)[[home, foreign]].all()
    assert not network.told_by(1).any()
    none = np.zeros(coalition.node_of_sensor.size, np.bool_)
    over = np.zeros(coalition.node_of_shooter.size, np.bool_)
    network.take(Happening(0.0, CUT, "here", np.array([True, False]), none, over, 1.0))
    assert network.told_by(1).tolist() == [n == foreign for n in range(len(small_world.nations))]
    assert not network.told_by(0)[foreign]


def test_a_refusal_names_only_what_was_asked(small_world: World) -> None:
    """Soil told, airspace asked and refused: the refusal is of the airspace."""
    nations = small_world.coalition.nations
    n = nations.refusal.size
    foreign = np.arange(n) == small_world.nations.index(FOREIGN)
    asked = nations._replace(
        asked=np.where(foreign, NOTIFIED, NOT_ASKED),
        asked_over=np.where(foreign, ASKED, NOT_ASKED), refusal=np.ones(n),
    )  # fmt: skip
    consents = Consents(small_world.coalition._replace(nations=asked), SEED, 0)
    consents.ask(60.0)
    assert [to for _, _, to in consents.list_answers()] == ["to shots over its territory"]


def test_restoring_comes_back_to_the_first_network(small_world: World) -> None:
    """Cutting and joining a node leaves who plans for whom as it was."""
    network = Network(small_world.coalition)
    before = network.node_of_sensor.copy(), network.node_of_shooter.copy()
    nodes = np.ones(1, np.bool_)
    masks = np.zeros(before[0].size, np.bool_), np.zeros(before[1].size, np.bool_)
    network.take(Happening(0.0, CUT, "x", nodes, *masks, 1.0))
    assert (network.node_of_sensor == NOBODY).all()
    network.take(Happening(1.0, RESTORED, "x", nodes, *masks, 1.0))
    assert (network.node_of_sensor == before[0]).all()
    assert (network.node_of_shooter == before[1]).all()


def test_answers_have_the_stated_distribution(small_world: World) -> None:
    """Refusals as often as stated, and the median time to a yes as stated, over replications."""
    nations = small_world.coalition.nations
    asked = nations._replace(
        asked=np.full(nations.asked.size, ASKED), refusal=np.full(nations.asked.size, 0.2),
        answer_s=np.full(nations.asked.size, 120.0),
        answer_spread=np.full(nations.asked.size, 0.5),
    )  # fmt: skip
    coalition = small_world.coalition._replace(nations=asked)
    answers = []
    for replication in range(2000):
        consents = Consents(coalition, SEED, replication)
        consents.ask(0.0)
        answers.append(consents.list_answers()[0][1])
    given_s = np.array(answers)[np.isfinite(answers)]
    assert 1.0 - given_s.size / 2000 == pytest.approx(0.2, abs=0.03)
    assert float(np.median(given_s)) == pytest.approx(120.0, rel=0.06)
    assert float(np.std(np.log(given_s))) == pytest.approx(0.5, rel=0.06)
