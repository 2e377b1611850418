"""In which layer a type in orbit would engage a track, and who fires at which of many."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from opendome.battle import BattleState, Forces, OwnSatellites, constellations
from opendome.battle import state as chain
from opendome.battle.constellations import believed_layer, order_from_orbit
from opendome.battle.orders import Sheet, Situation, return_salvo, round_salvo
from opendome.physics.constants import EARTH_MU_M3_S2, EARTH_RADIUS_M
from opendome.scenario.loader import load_scenario
from opendome.tables.codes import (
    BALLISTIC_PHASE,
    BOOST_PHASE,
    CRUISE_PHASE,
    GLIDE_PHASE,
    LAYERS,
)
from opendome.tables.shots import Orders
from opendome.tables.tracks import Predictions
from opendome.world import compile_world

HEIGHT_M = 200e3  # of the missiles' paths
BURNOUT_S = 80.0


def situation(phase: int, dark_s: float, engages: tuple[str, ...]) -> Any:
    """What the choice of a layer looks at: one track, one type."""
    types = SimpleNamespace(
        engages=np.array([[layer in engages for layer in LAYERS]]), post_boost_s=np.array([300.0])
    )
    return cast(
        Any,
        SimpleNamespace(
            forces=SimpleNamespace(types=types),
            predictions=SimpleNamespace(phase=np.array([phase])),
            dark_s=np.array([dark_s]),
        ),
    )


ALL = ("boost", "post-boost", "midcourse", "glide")


@pytest.mark.parametrize(
    ("phase", "dark_s", "engages", "layer"),
    [
        (BOOST_PHASE, 2.0, ALL, "boost"),
        (BOOST_PHASE, 2.0, ("midcourse",), None),
        (BALLISTIC_PHASE, 100.0, ALL, "post-boost"),
        (BALLISTIC_PHASE, 301.0, ALL, "midcourse"),
        # Never seen burning: a decoy or a warhead that radars found in free flight.
        (BALLISTIC_PHASE, np.nan, ALL, "midcourse"),
        (BALLISTIC_PHASE, 100.0, ("boost",), None),
        (BALLISTIC_PHASE, 100.0, ("boost", "midcourse"), "midcourse"),
        (GLIDE_PHASE, np.nan, ALL, "glide"),
        (GLIDE_PHASE, np.nan, ("boost",), None),
        (CRUISE_PHASE, np.nan, ALL, None),
    ],
)
def test_the_layer_follows_phase_and_time_since_burnout(
    phase: int, dark_s: float, engages: tuple[str, ...], layer: str | None
) -> None:
    """A type engages in the layers that it lists, and in no other."""
    found = believed_layer(situation(phase, dark_s, engages), 0, 0)
    assert found == (LAYERS.index(layer) if layer else -1)


def compile_orbit(place: Path, salvo: float, looks: int) -> Forces:
    """A constellation as announced with a doctrine; its satellites come from tests."""
    path = place / "orbit.yaml"
    path.write_text(f"""
format: 1
name: orbit
architecture:
  base: perfect-defence
  elements: {{constellation: {{of: sbi-announced}}}}
doctrine: {{salvo: {{sbi: {salvo}}}, looks: {{sbi: {looks}}}}}
""")
    return compile_world(load_scenario(path), seed=1).forces


@pytest.fixture(scope="module")
def forces(tmp_path_factory: pytest.TempPathFactory) -> Forces:
    """Salvos of two, and two of them."""
    return compile_orbit(tmp_path_factory.mktemp("orbit"), salvo=2, looks=2)


class Sky:
    """Missiles that burn over the equator, and satellites beside them at time zero [m, m/s]."""

    def __init__(self, east_m: np.ndarray, satellites: np.ndarray, velocity: np.ndarray) -> None:
        """Missiles at `east_m` (n,) fly east; satellites' places (m, 3) are up, east and north."""
        n = east_m.size
        top = EARTH_RADIUS_M + HEIGHT_M
        self.predictions = Predictions.unfilled(np.arange(n), 21)
        time_s = 5.0 * np.arange(21)
        p = self.predictions
        p.number[:], p.phase[:], p.n_points[:] = np.arange(n), BOOST_PHASE, 21
        p.lethality[:], p.start_s[:], p.step_s[:] = 1.0, 0.0, 5.0
        p.burnout_s[:], p.burnout_sigma_s[:] = BURNOUT_S + 5.0, 5.0
        p.velocity_eci_m_s[:] = (0.0, 3000.0, 0.0)
        p.position_eci_m[:] = p.velocity_eci_m_s * time_s[:, None]
        p.position_eci_m[:, :, 0] += top
        p.position_eci_m[:, :, 1] += east_m[:, None]
        p.sigma_m[:] = 100.0
        self.place = np.ascontiguousarray(satellites + np.array([top, 0.0, 0.0]))
        self.velocity = np.ascontiguousarray(velocity)

    def order(
        self,
        forces: Forces,
        value: np.ndarray,
        rows: list[int],
        carry: np.ndarray | None = None,
    ) -> tuple[Orders, BattleState, np.ndarray, list[int]]:
        """Orders from orbit at some missiles, what is left, chain levels and who was outbid.

        `carry` is what earlier decisions left of rounds.
        """
        n, m = value.size, len(self.place)
        c = int(forces.shooters.constellation.max())
        ready = [np.ones(m, np.bool_) for _ in range(c + 1)]
        stock = np.full(forces.shooters.interceptor.size, m)
        state = BattleState.start(forces.types, forces.shooters, stock, ready, n)
        if carry is not None:
            state.carry[:] = carry
        sheet, level = Sheet(), np.zeros(n, np.int64)
        now = Situation(
            0.0, 0.0, forces, state, self.predictions, np.full(n, -100.0), np.zeros(n), sheet,
            value, np.full(n, -1), np.zeros(n),
        )  # fmt: skip
        satellites = OwnSatellites((), {c: (0.0, self.place, self.velocity)})
        outbid = order_from_orbit(now, satellites, rows, level, np.zeros(n, np.int64))
        return sheet.orders(), state, level, outbid


def scatter(rng: np.random.Generator, n_missiles: int, n_satellites: int, wide_m: float) -> Sky:
    """A sky at random, satellites in circular orbits some 200 km above the missiles."""
    place = rng.uniform(-1.0, 1.0, (n_satellites, 3)) * (30e3, wide_m, 600e3) + (200e3, 0.0, 0.0)
    course = rng.uniform(-0.5, 0.5, n_satellites) * np.pi
    speed = np.sqrt(EARTH_MU_M3_S2 / (EARTH_RADIUS_M + HEIGHT_M + 200e3))
    velocity = speed * np.stack((0.0 * course, np.cos(course), np.sin(course)), axis=1)
    return Sky(rng.uniform(-wide_m, wide_m, n_missiles), place, velocity)


def list_shots(orders: Orders) -> list[tuple[Any, ...]]:
    """Who fires at what, when, where and on which channel, by track and intercept."""
    rows = zip(
        orders.track.tolist(), orders.intercept_s.tolist(), orders.unit.tolist(),
        orders.launch_s.tolist(), orders.shooter.tolist(), orders.layer.tolist(),
        map(tuple, orders.intercept_eci_m.tolist()), orders.kill_probability.tolist(), strict=True,
    )  # fmt: skip
    return sorted(rows)


@pytest.mark.parametrize("seed", range(6))
def test_no_satellite_fires_twice(forces: Forces, seed: int) -> None:
    """Twelve missiles close together: rounds are spent once, and no salvo is above doctrine's."""
    sky = scatter(np.random.default_rng(seed), 12, 15, 300e3)
    value = np.random.default_rng(seed).uniform(0.1, 1.0, 12)
    orders, state, level, outbid = sky.order(forces, value, list(range(12)))
    s = int(orders.shooter[0])
    units = orders.unit.tolist()
    assert len(set(units)) == len(units) > 0
    assert state.inventory[s] == 15 - len(units)
    assert (~state.satellite_ready[int(forces.shooters.constellation[s])]).nonzero()[0].tolist() \
        == sorted(units)  # fmt: skip
    assert np.bincount(orders.track).max() <= 2
    fired = set(orders.track.tolist())
    assert {i for i in range(12) if level[i] == chain.FIRED} == fired
    assert outbid and all(level[i] == chain.AUTHORISED for i in outbid)
    assert fired.isdisjoint(outbid)


@pytest.mark.parametrize("seed", range(6))
def test_the_value_saved_is_at_least_that_of_one_by_one(forces: Forces, seed: int) -> None:
    """Missiles served in turn, each from the satellites that are left, save no more."""
    rng = np.random.default_rng(100 + seed)
    sky = scatter(rng, 10, 25, 400e3)
    value = rng.uniform(0.1, 1.0, 10)
    orders, _, _, _ = sky.order(forces, value, list(range(10)))
    place, velocity, turn = sky.place, sky.velocity, 0.0
    for i in range(10):
        alone, _, _, _ = sky.order(forces, value, [i])
        turn += float(alone.gain[:1].sum())
        sky.place = np.ascontiguousarray(np.delete(sky.place, alone.unit, axis=0))
        sky.velocity = np.ascontiguousarray(np.delete(sky.velocity, alone.unit, axis=0))
    sky.place, sky.velocity = place, velocity
    _, first = np.unique(orders.track, return_index=True)
    assert float(orders.gain[first].sum()) >= turn - 1e-9


def test_without_contention_each_is_served_as_if_alone(forces: Forces) -> None:
    """Where no satellite is wanted by two, the shots are those at each missile by itself."""
    n_alike = 0
    for seed in range(30):
        sky = scatter(np.random.default_rng(seed), 4, 60, 2500e3)
        alone = [sky.order(forces, np.ones(4), [i])[0] for i in range(4)]
        shots = [shot for orders in alone for shot in list_shots(orders)]
        if len({shot[2] for shot in shots}) == len(shots) and sum(o.n_rows > 0 for o in alone) > 1:
            orders, _, _, outbid = sky.order(forces, np.ones(4), list(range(4)))
            assert list_shots(orders) == sorted(shots)
            assert not outbid
            n_alike += 1
    assert n_alike >= 5


def test_the_only_satellite_of_one_is_left_to_it(forces: Forces) -> None:
    """Two satellites: the first missile has both in reach, the second one alone, and both are hit.

    The first would like the two of them, and the earlier is the one that the second needs.
    """
    place = np.array([[200e3, -280e3, 0.0], [200e3, -380e3, 0.0]])
    velocity = np.array([[0.0, 7670.0, 0.0], [0.0, 7670.0, 0.0]])
    sky = Sky(np.array([0.0, 280e3]), place, velocity)
    alone, _, _, _ = sky.order(forces, np.ones(2), [0])
    assert alone.unit.tolist() == [0, 1]
    assert sky.order(forces, np.ones(2), [1])[0].unit.tolist() == [0]
    orders, _, level, outbid = sky.order(forces, np.ones(2), [0, 1])
    assert dict(zip(orders.track.tolist(), orders.unit.tolist(), strict=True)) == {0: 1, 1: 0}
    assert (level == chain.FIRED).all()
    assert not outbid


def test_the_best_other_salvo_is_noted(forces: Forces) -> None:
    """What is left beside a salvo of two: nothing, or one satellite that would save less."""
    place = np.array([[200e3, -280e3, 0.0], [200e3, -330e3, 0.0], [200e3, -380e3, 0.0]])
    velocity = np.array([[0.0, 7670.0, 0.0]] * 3)
    orders, _, _, _ = Sky(np.zeros(1), place[:2], velocity[:2]).order(forces, np.ones(1), [0])
    assert orders.alternative.tolist() == [-1, -1]
    assert orders.alternative_gain.tolist() == [0.0, 0.0]
    orders, _, _, _ = Sky(np.zeros(1), place, velocity).order(forces, np.full(1, 0.5), [0])
    assert orders.unit.tolist() == [0, 1]
    assert orders.alternative.tolist() == orders.shooter.tolist()
    assert orders.alternative_gain.tolist() == (0.5 * orders.kill_probability).tolist()


def test_an_order_takes_its_way(forces: Forces) -> None:
    """Ten seconds on the link: ignition ten seconds later, and the meeting later too."""
    place = np.array([[200e3, -280e3, 0.0], [200e3, -330e3, 0.0]])
    velocity = np.array([[0.0, 7670.0, 0.0]] * 2)
    sky = Sky(np.zeros(1), place, velocity)
    far = forces.shooters._replace(order_s=forces.shooters.order_s + 10.0)
    near, late = (
        sky.order(one, np.ones(1), [0])[0] for one in (forces, replace(forces, shooters=far))
    )
    assert late.n_rows == near.n_rows == 2
    assert (late.launch_s - near.launch_s).tolist() == [10.0, 10.0]
    assert late.intercept_s.min() > near.intercept_s.min()


def test_a_fraction_is_owed_to_another_target(tmp_path: Path) -> None:
    """Half a round each: of four missiles two are fired at, and the others are not asked again."""
    forces = compile_orbit(tmp_path, salvo=0.5, looks=1)
    place = np.array([[200e3, -280e3 - 10e3 * k, 0.0] for k in range(8)])
    velocity = np.array([[0.0, 7670.0, 0.0]] * 8)
    sky = Sky(np.zeros(4), place, velocity)
    orders, state, _, _ = sky.order(forces, np.ones(4), [0, 1, 2, 3])
    assert sorted(orders.track.tolist()) == [1, 3]
    kind = int(forces.shooters.interceptor[orders.shooter[0]])
    assert state.salvos[:, kind].tolist() == [1, 1, 1, 1]


def test_contested_fractions_are_rounded_for_those_served(tmp_path: Path) -> None:
    """Of twenty missiles a few get two or three rounds each, in every decision; none is owed more.

    What is outbid has taken no rounds, and leaves none to be fired at others.
    """
    forces = compile_orbit(tmp_path, salvo=2.5, looks=2)
    sky = scatter(np.random.default_rng(0), 20, 15, 300e3)
    value = np.where(np.arange(20) % 2 == 0, 0.01, 1.0)
    carry = None
    n_fired = n_served = 0
    for _ in range(8):
        orders, state, _, outbid = sky.order(forces, value, list(range(20)), carry)
        carry = state.carry
        assert ((carry > -1e-6) & (carry < 1.0)).all()
        shots = np.bincount(orders.track, minlength=20)
        assert set(shots[shots > 0]) <= {1, 2, 3}
        assert len(outbid) == 20 - np.count_nonzero(shots)
        n_fired, n_served = n_fired + shots.sum(), n_served + np.count_nonzero(shots)
    assert n_fired <= 2.5 * n_served + 1.0


def test_closed_skies_do_not_hide_satellites_that_meet_later(
    forces: Forces, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the satellites that come first would meet it over closed land, the others are asked."""
    sky = scatter(np.random.default_rng(3), 1, 400, 300e3)
    meet_s: list[float] = []

    def leaves_at(edge_s: float) -> Any:
        def may_meet_at(now: Any, s: int, time_s: np.ndarray, places: np.ndarray) -> np.ndarray:
            meet_s.extend(time_s.tolist())
            return np.asarray(time_s > edge_s)

        return may_meet_at

    monkeypatch.setattr(constellations, "may_meet_at", leaves_at(0.0))
    orders, _, _, _ = sky.order(forces, np.ones(1), [0])
    assert orders.n_rows == 2
    edge_s = max(meet_s)  # of the few that are listed at first
    monkeypatch.setattr(constellations, "may_meet_at", leaves_at(edge_s))
    orders, _, _, _ = sky.order(forces, np.ones(1), [0])
    assert orders.n_rows == 2
    assert (orders.intercept_s > edge_s).all()


def test_satellites_that_close_too_fast_do_not_hide_others(forces: Forces) -> None:
    """Twenty that come head on and would be first leave the shot to one that may fire."""
    place = np.array([[200e3, 550e3, 2e3 * j] for j in range(20)] + [[200e3, -150e3, 0.0]])
    velocity = np.array([[0.0, -7670.0, 0.0]] * 20 + [[0.0, 7670.0, 0.0]])
    orders, _, _, _ = Sky(np.zeros(1), place, velocity).order(forces, np.ones(1), [0])
    assert orders.unit.tolist() == [20]


def test_what_is_not_fired_is_not_owed() -> None:
    """A fraction of a round is owed only after salvos that were fired: the mean holds."""
    types = cast(Any, SimpleNamespace(salvo=np.array([[1.5]])))
    state = cast(Any, SimpleNamespace(salvos=np.zeros((1, 1), int), carry=np.zeros((1, 1))))
    fired = []
    for n in range(40):
        rounds = round_salvo(state, types, 0, 0)
        if n % 3:
            fired.append(rounds)
        else:
            return_salvo(state, types, 0, 0, rounds)
    assert abs(sum(fired) - 1.5 * len(fired)) < 1.0
