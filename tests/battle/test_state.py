"""Battle management remembers engagements by track number, and rounds and channels by shooter."""

from __future__ import annotations

import numpy as np
import pytest

from opendome.battle import BattleState, OwnSatellites, plan
from opendome.battle import state as chain
from opendome.scenario.loader import load_scenario
from opendome.tables.codes import BALLISTIC_PHASE, BOOST_PHASE, FIRM
from opendome.tables.forces import Doctrine
from opendome.tables.shots import NOT_LAUNCHED, Assessments
from opendome.tables.tracks import Tracks
from opendome.world import World, compile_world
from opendome.world.forces import compile_doctrine

SEED = 7
CAPACITY = 4
NOW_S = 60.0


@pytest.fixture(scope="module")
def world() -> World:
    scenario = load_scenario(
        "perfect-defence", sets=["raid.salvos.0.count=1", "unlimited-battery.channels=3",
                                 "doctrine.salvo.perfect=[2, 3.5]"]
    )  # fmt: skip
    return compile_world(scenario, seed=SEED)


@pytest.fixture
def state(world: World) -> BattleState:
    forces = world.forces
    return BattleState.start(forces.types, forces.shooters, np.array([5]), [], CAPACITY)


def report(track: int, killed: int) -> Assessments:
    return Assessments.empty(1)._replace(track=np.array([track]), killed=np.array([killed]))


def test_a_battery_has_its_channels_and_no_more(state: BattleState) -> None:
    """Three channels are free at once; rounds are those that are available."""
    assert (state.channel_free_s[0] <= 0.0).sum() == 3
    assert state.inventory.tolist() == [5]


def test_salvos_by_look_make_a_column_each(world: World) -> None:
    """A list of salvo sizes reaches battle management look by look."""
    assert world.forces.types.salvo.tolist() == [[2.0, 3.5]]


@pytest.mark.parametrize(("killed", "dead"), [(1, True), (0, False), (-1, False)])
def test_only_a_reported_kill_ends_an_engagement(
    world: World, state: BattleState, killed: int, dead: bool
) -> None:
    """After a miss, or no report, the track may be engaged again at once."""
    state.meet_tracks(np.array([10, 11, -1, -1]))
    state.outstanding[1] = 1
    state.next_plan_s[1] = 50.0
    state.take_in(report(11, killed), world.forces.shooters, NOW_S)
    assert state.outstanding.tolist() == [0, 0, 0, 0]
    assert bool(state.believed_dead[1]) is dead
    assert state.next_plan_s[1] == -np.inf
    assert not state.believed_dead[0]


@pytest.mark.parametrize(
    ("under_power", "seen_s", "alive"),
    [(True, NOW_S - 1.0, False), (True, NOW_S + 1.0, True), (False, NOW_S + 1.0, False)],
)
def test_what_survives_a_hit_under_power_is_engaged_again(
    world: World, state: BattleState, under_power: bool, seen_s: float, alive: bool
) -> None:
    """It flies on where it is measured later; what was killed in free flight stays dead."""
    tracks = Tracks.empty(CAPACITY)
    tracks.status[0], tracks.phase[0], tracks.number[0] = FIRM, BALLISTIC_PHASE, 10
    state.meet_tracks(tracks.number)
    state.under_power[0], state.outstanding[0] = under_power, 1
    state.take_in(report(10, 1), world.forces.shooters, NOW_S)
    tracks.last_s[0] = seen_s
    slots, _ = state.find_due(tracks, NOW_S + 2.0, load_doctrine())
    assert slots.tolist() == ([0] if alive else [])
    assert bool(state.believed_dead[0]) is not alive


def test_reports_on_tracks_that_are_gone_change_nothing(world: World, state: BattleState) -> None:
    """A report on a number that no slot holds is taken in without effect."""
    state.meet_tracks(np.array([10, 11, -1, -1]))
    state.outstanding[:2] = 1
    state.take_in(report(99, 1), world.forces.shooters, NOW_S)
    assert state.outstanding.tolist() == [1, 1, 0, 0]
    assert not state.believed_dead.any()


@pytest.mark.parametrize("unspent", [0, -1])
def test_what_was_not_launched_is_not_spent(world: World, state: BattleState, unspent: int) -> None:
    """Its round and its channel come back, and the look if none of the salvo was launched."""
    state.meet_tracks(np.array([10, 11, -1, -1]))
    state.outstanding[1], state.salvos[1] = 2, 1
    state.inventory[0] -= 2
    state.channel_free_s[0, :2] = 900.0
    lost = report(11, NOT_LAUNCHED)._replace(
        unit=np.array([-1]), channel=np.array([1]), unspent=np.array([unspent])
    )
    state.take_in(lost, world.forces.shooters, NOW_S)
    assert state.inventory.tolist() == [4]
    assert (state.channel_free_s[0] <= 0.0).tolist() == [False, True, True]
    assert state.outstanding[1] == 1
    assert state.salvos[1, 0] == (0 if unspent == 0 else 1)
    assert not state.believed_dead.any()


def test_an_engagement_follows_a_track_that_moves(state: BattleState) -> None:
    """Two tracks become one under the number that came first, in the other's slot."""
    state.meet_tracks(np.array([10, 11, -1, -1]))
    state.salvos[0], state.outstanding[0], state.value[0] = 2, 3, 0.7
    state.meet_tracks(np.array([-1, 10, 12, -1]))
    assert state.salvos[:, 0].tolist() == [0, 2, 0, 0]
    assert state.outstanding.tolist() == [0, 3, 0, 0]
    assert state.value.tolist() == [0.0, 0.7, 0.0, 0.0]


def test_a_kill_by_another_ends_no_shot_of_ones_own(world: World, state: BattleState) -> None:
    """What another node had fired at the same track is no shot that is awaited here."""
    state.meet_tracks(np.array([10, 11, -1, -1]))
    state.outstanding[1], state.salvos[1] = 2, 1
    told = report(11, 0)._replace(awaited=np.array([False]))
    state.take_in(told, world.forces.shooters, NOW_S)
    assert state.outstanding.tolist() == [0, 2, 0, 0]
    state.take_in(report(11, 0), world.forces.shooters, NOW_S)
    assert state.outstanding.tolist() == [0, 1, 0, 0]


def test_what_another_has_is_not_taken_back_twice(world: World, state: BattleState) -> None:
    """A report that names no shooter reopens the engagement and leaves rounds as they are."""
    state.meet_tracks(np.array([10, 11, -1, -1]))
    state.outstanding[1], state.salvos[1] = 1, 1
    state.inventory[0] -= 1
    lost = report(11, NOT_LAUNCHED)._replace(shooter=np.array([-1]), unspent=np.array([0]))
    state.take_in(lost, world.forces.shooters, NOW_S)
    assert state.inventory.tolist() == [4]
    assert state.outstanding[1] == 0
    assert state.salvos[1, 0] == 0


def test_a_slot_that_holds_another_track_is_forgotten(state: BattleState) -> None:
    """Engagements belong to the track number, not to the slot."""
    state.meet_tracks(np.array([10, 11, -1, -1]))
    state.salvos[:2] = 1
    state.outstanding[:2] = 2
    state.believed_dead[:2] = True
    state.meet_tracks(np.array([10, 12, -1, -1]))
    assert state.salvos[:, 0].tolist() == [1, 0, 0, 0]
    assert state.outstanding.tolist() == [2, 0, 0, 0]
    assert state.believed_dead.tolist() == [True, False, False, False]


def test_what_threatens_nothing_is_judged_again_on_the_same_beat(
    state: BattleState, world: World
) -> None:
    """A minute after the beat before: three beats later, wherever in the beat it was judged."""
    state.leave_alone(np.array([0, 2]), 27.0, world.forces.doctrine)
    assert state.next_plan_s.tolist() == [80.0, -np.inf, 80.0, -np.inf]


@pytest.mark.parametrize(("phase", "due_s"), [(BOOST_PHASE, 27.0), (BALLISTIC_PHASE, 80.0)])
def test_only_what_flies_freely_is_left_alone(
    state: BattleState, world: World, phase: int, due_s: float
) -> None:
    """A missile that still burns may yet turn to a defended area: it stays due at each decision."""
    state.meet_tracks(np.array([10, -1, -1, -1]))
    tracks = Tracks.empty(CAPACITY)
    tracks.status[0], tracks.phase[0], tracks.number[0] = FIRM, phase, 10
    # Over the south Pacific, going south: no area of the scenario lies ahead.
    tracks.state[0, :6] = -5.5e6, -1.0e6, -3.6e6, 1.5e3, 0.0, -4.0e3
    tracks.covariance[0] = 100.0 * np.eye(9)
    tracks.log_odds[0] = 3.0
    for column in (tracks.time_s, tracks.first_s, tracks.firm_s, tracks.last_plume_s):
        column[0] = 20.0
    satellites = OwnSatellites(())
    made = plan(state, world.forces, tracks, 27.0, 0.0, satellites, world.tracker)
    assert made.level.tolist() == [chain.TRACKED]
    assert state.next_plan_s[0] == due_s


@pytest.mark.parametrize(
    ("lethality", "time_s", "judged"),
    [
        (0.75, 0.0, True),
        (0.65, 99.0, False),  # a look between two salvos is left until 100 s
        (0.65, 100.0, True),
        (0.55, 100.0, False),  # a shot is left until 200 s
        (0.40, 200.0, True),
        (0.05, 200.0, False),
    ],
)
def test_doubtful_tracks_wait_as_long_as_a_better_look_may_come(
    state: BattleState, lethality: float, time_s: float, judged: bool
) -> None:
    """Sure ones are judged at once, likely ones from the last look on, others at the last shot."""
    doctrine = load_doctrine(lethality_threshold=0.1)
    state.meet_tracks(np.array([10, -1, -1, -1]))
    state.look_s[0], state.wait_s[0] = 100.0, 200.0
    tracks = Tracks.empty(CAPACITY)
    tracks.status[0], tracks.phase[0], tracks.number[0] = FIRM, BALLISTIC_PHASE, 10
    tracks.log_odds[0] = np.log(lethality / (1.0 - lethality))
    slots, due = state.find_due(tracks, time_s, doctrine)
    assert slots.tolist() == [0]
    assert due.tolist() == [judged]


def test_no_threshold_of_waiting_lies_below_that_of_engaging() -> None:
    """What is not lethal enough to be engaged at all is not engaged for having waited."""
    doctrine = load_doctrine(lethality_threshold=0.9)
    assert doctrine.confident_lethality == doctrine.sure_lethality == 0.9


def load_doctrine(**changes: float) -> Doctrine:
    sets = [f"doctrine.{name.replace('_', '-')}={value}" for name, value in changes.items()]
    return compile_doctrine(load_scenario("perfect-defence", sets=sets))
