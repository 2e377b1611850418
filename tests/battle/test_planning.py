"""One plan for all tracks: rounds are conserved, and value decides who is served."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from opendome.battle import BattleState, Forces, OwnSatellites, Plan, plan
from opendome.battle.allocation import choose_salvos, count_looks, lay_claims
from opendome.battle.batteries import order_from_ground
from opendome.battle.feasibility import find_windows
from opendome.battle.orders import Sheet, Situation
from opendome.battle.state import FIRED, JUDGED
from opendome.engine.replication import Replication
from opendome.scenario.loader import load_scenario
from opendome.tables.codes import BALLISTIC_PHASE, FIRM, WARHEAD
from opendome.tables.forces import (
    BARRAGE,
    IDEAL,
    OPTIMAL,
    SHOOT_LOOK_SHOOT,
    SHOOT_SHOOT_LOOK,
)
from opendome.tables.tracks import Tracks
from opendome.tracking import at_earth_angle, predict
from opendome.world import World, compile_world

SEED = 7
N = 4
SHARE = 0.5  # of the flight, when the tracks are met
RULES = (BARRAGE, SHOOT_LOOK_SHOOT, SHOOT_SHOOT_LOOK, OPTIMAL)


@pytest.fixture(scope="module")
def world() -> World:
    scenario = load_scenario(
        "perfect-defence",
        sets=[
            f"raid.salvos.0.count={N}", "raid.salvos.0.aim.cities=[Washington, Seattle]",
            "cities.Washington.radius=300 km", "cities.Seattle.radius=300 km",
            "doctrine.salvo.perfect=3", "doctrine.looks.perfect=2",
            "unlimited-battery.channels=50",
        ],
    )  # fmt: skip
    return compile_world(scenario, seed=SEED)


@pytest.fixture(scope="module")
def picture(world: World) -> tuple[Tracks, float]:
    """Good tracks of the warheads in mid flight, each surer to be lethal than the one before.

    Also the Earth's angle at time zero.
    """
    replication = Replication(world, SEED, 0)
    true = replication.true
    tracks = Tracks.empty(N)
    rows = np.flatnonzero(true.objects.kind == WARHEAD)[:N]
    time_s = max(
        float(true.objects.start_s[r] + SHARE * (true.objects.end_s[r] - true.objects.start_s[r]))
        for r in rows
    )
    for i, row in enumerate(rows):
        position, velocity = true.state_of(int(row), time_s)
        tracks.status[i], tracks.phase[i], tracks.number[i] = FIRM, BALLISTIC_PHASE, i
        tracks.state[i, :6] = *position, *velocity
        tracks.covariance[i, :6, :6] = np.diag([100.0] * 3 + [0.01] * 3)
        tracks.log_odds[i] = 0.5 * (i + 1)
    for column in (tracks.time_s, tracks.first_s, tracks.last_s):
        column[: rows.size] = time_s
    tracks.firm_s[: rows.size] = time_s - 600.0
    return tracks, replication.environment.gmst0_rad


def decide(
    world: World, picture: tuple[Tracks, float], rounds: int, **doctrine: object
) -> tuple[Plan, int]:
    """The plan with so many rounds, and how many are left."""
    forces: Forces = replace(
        world.forces,
        doctrine=world.forces.doctrine._replace(**doctrine),  # type: ignore[arg-type]
    )
    state = BattleState.start(forces.types, forces.shooters, np.array([rounds]), [], N)
    return plan_once(world, forces, state, picture), int(state.inventory[0])


def plan_once(
    world: World, forces: Forces, state: BattleState, picture: tuple[Tracks, float]
) -> Plan:
    """One decision by these forces."""
    tracks, gmst0_rad = picture
    return plan(
        state, forces, tracks, float(tracks.time_s[0]), gmst0_rad, OwnSatellites(()),
        at_earth_angle(world.tracker, gmst0_rad),
    )  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("rounds", [0, 1, 2, 5, 11, 40])
def test_inventory_is_conserved(
    world: World, picture: tuple[Tracks, float], rule: int, rounds: int
) -> None:
    """Rounds fired and rounds left are those that were there, under every doctrine."""
    made, left = decide(world, picture, rounds, rule=rule)
    assert made.orders.n_rows + left == rounds
    assert (made.orders.n_rows > 0) == (rounds > 0)
    assert (made.orders.gain <= made.orders.value + 1e-12).all()


def test_with_plenty_all_have_a_salvo(world: World, picture: tuple[Tracks, float]) -> None:
    """Three shots at each track, as doctrine has it."""
    made, _ = decide(world, picture, 40)
    assert np.bincount(made.orders.track).tolist() == [3] * N


def test_short_of_rounds_the_greatest_value_is_served(
    world: World, picture: tuple[Tracks, float]
) -> None:
    """One round goes to the track with most at risk, however urgent the others are."""
    full, _ = decide(world, picture, 40)
    value = {int(t): float(v) for t, v in zip(full.orders.track, full.orders.value, strict=True)}
    made, _ = decide(world, picture, 1)
    assert made.orders.track.tolist() == [max(value, key=value.__getitem__)]


def test_rounds_held_back_are_freed_in_time(world: World, picture: tuple[Tracks, float]) -> None:
    """The reserve is not touched before its time, and is fired after it."""
    kept = world.forces.shooters._replace(reserve=np.array([4]))
    held = replace(world, forces=replace(world.forces, shooters=kept))
    time_s = float(picture[0].time_s[0])
    assert decide(held, picture, 6)[1] == 4
    assert decide(held, picture, 6, reserve_until_s=time_s + 1.0)[1] == 4
    assert decide(held, picture, 6, reserve_until_s=time_s - 1.0)[1] == 0


def test_two_shots_before_a_look(world: World, picture: tuple[Tracks, float]) -> None:
    """Shoot-shoot-look fires two of three while a second look is left."""
    made, _ = decide(world, picture, 40, rule=SHOOT_SHOOT_LOOK)
    assert np.bincount(made.orders.track).tolist() == [2] * N


def test_a_second_look_saves_rounds(world: World, picture: tuple[Tracks, float]) -> None:
    """With few rounds and a look to come, the best doctrine keeps some of what a salvo spends."""
    assert decide(world, picture, 8, rule=OPTIMAL)[1] > decide(world, picture, 8)[1]


@pytest.mark.parametrize(
    ("opens_s", "look"),
    [(10.0, 0), (40.0, 0), (400.0, 1), (900.0, 2), (5000.0, 3)],
)
def test_a_window_between_two_looks_has_the_one_after_it_opens(opens_s: float, look: int) -> None:
    """A battery that can only meet the target late takes no shot of now, which would bar others.

    The other battery, that of now, meets the target after 490 s and is assessed 10 s later, so
    that looks are 500 s apart.
    """
    kinds = np.array([0, 1])
    now = SimpleNamespace(
        time_s=0.0,
        forces=SimpleNamespace(
            types=SimpleNamespace(
                reaction_s=np.zeros(2), assessment_s=np.full(2, 10.0), max_salvos=np.full(2, 9),
                launch_kind=np.array([IDEAL, IDEAL]), flight_s=np.array([490.0, 10.0]),
            ),
            shooters=SimpleNamespace(
                interceptor=kinds, flyout_table=np.full(2, -1), order_s=np.zeros(2)
            ),
            doctrine=SimpleNamespace(replan_s=20.0),
        ),
        state=SimpleNamespace(inventory=np.ones(2, int), salvos=np.zeros((1, 2), int)),
        # The path ends as soon as the late battery has met its target.
        predictions=SimpleNamespace(
            slot=np.array([0]), start_s=np.zeros(1), step_s=np.array([opens_s + 10.0]),
            n_points=np.array([2]),
        ),
    )  # fmt: skip
    windows = SimpleNamespace(
        intercept_s=np.array([[490.0, opens_s + 10.0]]), launch_s=np.array([[0.0, opens_s]])
    )
    choices = SimpleNamespace(
        rows=np.array([0]), usable=np.ones((1, 2), bool), allowed=np.ones((1, 2), bool),
        due_s=np.array([[-40.0, opens_s - 40.0]]),
    )  # fmt: skip
    ready = np.ones((1, 2), bool)
    may = count_looks(*cast(Any, (now, windows, choices, ready, np.array([0]))))
    assert np.flatnonzero(may[0, 1]).tolist() == [look]


def make_case(
    rounds: list[int], free: int, value: list[float], kill: list[float], due_s: list[list[float]],
    salvo: float,
) -> tuple[Any, Any, Any]:  # fmt: skip
    """Situation, windows and choices of batteries of a type each; one reserve round at the last."""
    n, kinds = len(value), np.arange(len(rounds))
    free_s = np.full((kinds.size, 9), np.inf)
    free_s[:, :free] = -np.inf
    state = SimpleNamespace(
        inventory=np.array(rounds), value=np.array([*value, 0.0]), channel_free_s=free_s,
        stake=np.array([*value, 1.0]),
        claims=np.zeros((n + 1, kinds.size)), later=np.zeros((n + 1, kinds.size), np.int64),
        cover=np.zeros(n + 1), salvos=np.zeros((n + 1, kinds.size), np.int64),
    )  # fmt: skip
    doctrine = SimpleNamespace(rule=SHOOT_LOOK_SHOOT, hold_for_better=False, reserve_until_s=np.inf)
    reserve = np.zeros(kinds.size, np.int64)
    reserve[-1] = 1
    now = SimpleNamespace(
        time_s=0.0, value=np.array(value), state=state,
        predictions=SimpleNamespace(slot=np.arange(n)),
        forces=SimpleNamespace(
            types=SimpleNamespace(salvo=np.full((kinds.size, 1), salvo)), doctrine=doctrine,
            shooters=SimpleNamespace(interceptor=kinds, reserve=reserve),
        ),
    )  # fmt: skip
    due = np.array(due_s)
    choices = SimpleNamespace(
        rows=np.arange(n),
        kill=np.tile(kill, (n, 1)),
        salvo=np.full(due.shape, salvo),
        usable=np.isfinite(due),
        allowed=np.isfinite(due),
        due_s=due,
    )
    windows = SimpleNamespace(intercept_s=np.full(due.shape, 100.0), launch_s=due)
    return now, windows, choices


def test_later_layers_cover_what_their_rounds_reach() -> None:
    """Three targets, a late battery of two rounds in reach of the first two: half a kill each."""
    now, _, choices = make_case(
        [9, 3], 9, [1.0] * 3, [0.5, 0.6], [[-40.0, 300.0], [-40.0, 300.0], [-40.0, np.inf]], 2.0
    )
    lay_claims(now, choices)
    np.testing.assert_allclose(now.state.cover, [0.5 * (1.0 - 0.4**2)] * 2 + [0.0, 0.0])
    np.testing.assert_array_equal(now.state.claims[:3] > 0.0, choices.usable)
    # Another that is not judged now, and may need it later, shares its rounds.
    now.state.value[3], now.state.later[3, 1] = 1.0, 4
    lay_claims(now, choices)
    np.testing.assert_allclose(now.state.cover[:2], 0.25 * (1.0 - 0.4**2))
    choices.due_s[:, 1] = -1.0  # due now: it is in the allocation itself
    lay_claims(now, choices)
    assert not now.state.cover[:3].any()


@pytest.mark.parametrize("rivals", [0, 4])
def test_what_is_fired_later_keeps_no_channel_from_what_is_due(rivals: int) -> None:
    """Rounds for all, two channels free: dearer tracks that are due in 500 s take neither."""
    now, windows, choices = make_case(
        [48], 2, [1.0] + [1.1] * rivals, [0.6], [[-1.0]] + [[500.0]] * rivals, 2.0
    )
    lay_claims(now, choices)
    salvos = choose_salvos(now, windows, choices, choices.due_s <= 0.0, np.array([0]))
    assert salvos.shots.tolist() == [[2]]


@pytest.mark.parametrize(("rival", "shots"), [(0.9, 1), (1.1, 0)])
def test_claims_count_less_where_later_layers_cover_them(rival: float, shots: int) -> None:
    """One round, covered alike beyond it: that of greater value has it, now or when it is due."""
    now, windows, choices = make_case(
        [1, 9], 9, [1.0, rival], [0.6, 0.5], [[-1.0, 300.0], [500.0, 800.0]], 1.0
    )
    lay_claims(now, choices)
    salvos = choose_salvos(now, windows, choices, choices.due_s <= 0.0, np.array([0]))
    assert salvos.shots.tolist() == [[shots, 0]]


@pytest.mark.parametrize(
    ("rounds", "sure", "doubtful"), [(1, 0, 1), (2, 1, 2), (3, 1, 2), (4, 2, 2)]
)
def test_a_claim_keeps_as_many_rounds_as_it_is_expected_to_take(
    rounds: int, sure: int, doubtful: int
) -> None:
    """Shots at a track beside a dearer one that will need its two for sure, or in a tenth of cases.

    For sure, each in turn has the round that saves more; else no round is kept.
    """
    for left, shots in ((2.0, sure), (0.2, doubtful)):
        now, windows, choices = make_case(
            [rounds, 9], 9, [1.0, 2.0], [0.6, 0.5], [[-1.0, np.inf], [500.0, np.inf]], 2.0
        )
        now.state.value[1] = left
        lay_claims(now, choices)
        salvos = choose_salvos(now, windows, choices, choices.due_s <= 0.0, np.array([0]))
        assert salvos.shots.tolist() == [[shots, 0]]


def test_of_two_alike_the_one_that_is_due_is_served() -> None:
    """Two rounds, three tracks that may be lethal alike, one of them due now: it has one."""
    now, windows, choices = make_case([2], 9, [0.8] * 3, [0.6], [[-1.0], [500.0], [500.0]], 1.0)
    lay_claims(now, choices)
    salvos = choose_salvos(now, windows, choices, choices.due_s <= 0.0, np.array([0]))
    assert salvos.shots.tolist() == [[1]]


def test_a_claim_is_on_the_battery_that_has_most_rounds() -> None:
    """A dearer track of two batteries alike leaves the two rounds of that which another needs."""
    now, windows, choices = make_case(
        [2, 9], 9, [0.4, 1.0], [0.6, 0.6], [[-1.0, np.inf], [500.0, 500.0]], 2.0
    )
    lay_claims(now, choices)
    salvos = choose_salvos(now, windows, choices, choices.due_s <= 0.0, np.array([0]))
    assert salvos.shots.tolist() == [[2, 0]]


@pytest.mark.parametrize(("first", "shots"), [(0, 0), (9, 2)])
def test_an_empty_battery_spares_the_next_layer_nothing(first: int, shots: int) -> None:
    """Two dearer tracks come to a layer of four rounds, past a sure battery with rounds or none."""
    now, windows, choices = make_case(
        [first, 5], 9, [0.4, 1.0, 1.0], [0.9, 0.5],
        [[np.inf, -1.0], [-1.0, 300.0], [-1.0, 300.0]], 2.0,
    )  # fmt: skip
    lay_claims(now, choices)
    salvos = choose_salvos(now, windows, choices, choices.due_s <= 0.0, np.array([0]))
    assert salvos.shots.tolist() == [[0, shots]]


def test_what_is_engaged_dilutes_no_cover() -> None:
    """Ten tracks that are killed already, nine times in ten, need one round of the later layer."""
    now, _, choices = make_case([9, 4], 9, [1.0] * 11, [0.5, 0.6], [[-40.0, 300.0]] * 11, 1.0)
    now.state.value[1:11] = 0.1
    now.state.later[1:11, 1] = 1
    lay_claims(now, choices)
    np.testing.assert_allclose(now.state.cover[0], 0.6)


@pytest.mark.parametrize(("value", "shots"), [(0.1, 2), (0.7, 1)])
def test_what_is_served_now_may_need_a_later_layer(value: float, shots: int) -> None:
    """A track that is due at the second layer has both rounds, or leaves one to a dearer track.

    That one's first layer is expected to miss in 0.4 of cases, in which it would have both.
    """
    now, windows, choices = make_case(
        [9, 3], 9, [value, 0.3], [0.6, 0.5], [[-1.0, 300.0], [np.inf, -1.0]], 2.0
    )
    choices.salvo[0] = now.forces.types.salvo[0] = 1.0
    lay_claims(now, choices)
    salvos = choose_salvos(now, windows, choices, choices.due_s <= 0.0, np.array([0, 1]))
    assert salvos.shots[0].tolist() == [1, 0]
    assert salvos.shots[1, 1] == shots


@pytest.fixture(scope="module")
def two_layers(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A second battery whose interceptors kill more surely and take longer."""
    path = tmp_path_factory.mktemp("layers") / "two.yaml"
    path.write_text("""
format: 1
name: two layers
architecture:
  base: perfect-defence
  elements:
    surer-battery: {of: unlimited-battery, interceptor: surer, channels: 5}
interceptors:
  surer:
    kind: ideal-interceptor
    flight-time: 90 s
    kill-probability: 0.9
    targets: [icbm-warhead]
""")
    sets = [f"raid.salvos.0.count={N}", "doctrine.salvo.surer=1", "doctrine.salvo.perfect=1"]
    return compile_world(load_scenario(path, sets=sets), seed=SEED)


@pytest.mark.parametrize(
    ("hold", "rule", "rounds", "busy", "fired_by"),
    [
        (False, SHOOT_LOOK_SHOOT, 9, False, {"surer-battery"}),
        (True, SHOOT_LOOK_SHOOT, 9, False, {"surer-battery"}),
        (False, SHOOT_LOOK_SHOOT, 9, True, {"unlimited-battery"}),
        (True, SHOOT_LOOK_SHOOT, 9, True, set()),
        (False, BARRAGE, 9, True, set()),  # there is no second salvo
        (True, SHOOT_LOOK_SHOOT, 0, False, {"unlimited-battery"}),
        (True, SHOOT_LOOK_SHOOT, 0, True, {"unlimited-battery"}),
    ],
)
def test_a_track_is_left_to_the_better_interceptor(
    two_layers: World, picture: tuple[Tracks, float], hold: bool, rule: int, rounds: int,
    busy: bool, fired_by: set[str],
) -> None:  # fmt: skip
    """Held for the better layer while that has rounds, even if its channels are taken now."""
    names = two_layers.shooter_names
    better = names.index("surer-battery")
    doctrine = two_layers.forces.doctrine._replace(hold_for_better=hold, rule=rule)
    forces = replace(two_layers.forces, doctrine=doctrine)
    stock = np.full(len(names), 9)
    stock[better] = rounds
    state = BattleState.start(forces.types, forces.shooters, stock, [], N)
    if busy:
        state.channel_free_s[better] = np.inf
    orders = plan_once(two_layers, forces, state, picture).orders
    assert {names[s] for s in orders.shooter.tolist()} == fired_by
    assert orders.n_rows == (N if fired_by else 0)


def test_what_is_held_is_fired_when_the_better_layer_is_free(
    two_layers: World, picture: tuple[Tracks, float]
) -> None:
    """Looked at again, the same tracks go to the better battery."""
    better = two_layers.shooter_names.index("surer-battery")
    forces = replace(
        two_layers.forces, doctrine=two_layers.forces.doctrine._replace(hold_for_better=True)
    )
    state = BattleState.start(forces.types, forces.shooters, np.array([9, 9]), [], N)
    free = state.channel_free_s[better].copy()
    state.channel_free_s[better] = np.inf
    assert plan_once(two_layers, forces, state, picture).orders.n_rows == 0
    state.channel_free_s[better] = free
    state.next_plan_s[:] = -np.inf
    assert set(plan_once(two_layers, forces, state, picture).orders.shooter) == {better}


def test_what_was_fired_at_from_orbit_lays_claim_only(
    world: World, picture: tuple[Tracks, float]
) -> None:
    """It may need a round if that misses: it is given none now, and one is not spent on others."""
    tracks, gmst0_rad = picture
    time_s = float(tracks.time_s[0])
    forces = world.forces
    state = BattleState.start(forces.types, forces.shooters, np.array([N]), [], N)
    state.meet_tracks(tracks.number)
    predictions = predict(tracks, np.arange(N), time_s, at_earth_angle(world.tracker, gmst0_rad))
    value = np.array([100.0, 1.0, 1.0, 1.0])
    state.value[:], state.stake[:] = 0.5 * value, value
    state.value[1:] = value[1:]
    now = Situation(
        time_s, gmst0_rad, forces, state, predictions, tracks.firm_s, np.full(N, np.nan), Sheet(),
        value, np.full(N, -1, np.int64), np.zeros(N),
    )  # fmt: skip
    windows = find_windows(
        predictions, np.ones(N, np.bool_), now.firm_s, time_s, forces.shooters, forces.types,
        forces.flyouts, gmst0_rad,
    )  # fmt: skip
    level = np.array([FIRED, JUDGED, JUDGED, JUDGED])
    order_from_ground(now, windows, np.arange(N), level, np.zeros(N, np.bool_))
    fired = now.sheet.orders().track.tolist()
    assert state.claims[0].any()
    assert fired
    assert tracks.number[0] not in fired
    assert state.inventory[0] >= 1
