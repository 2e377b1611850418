"""Salvos for a whole raid: the best shooter where there is plenty, marginal return where not."""

from __future__ import annotations

import time

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opendome.battle.assignment import Problem, find_assignment
from opendome.battle.salvos import Wishes, allocate_salvos, choose_shooters

pytestmark = pytest.mark.kernels


def draw_wishes(rng: np.random.Generator, n: int, n_shooters: int) -> Wishes:
    shots = rng.integers(0, 5, (n, n_shooters))
    return Wishes(
        rng.uniform(0.01, 1.0, n), rng.uniform(0.1, 0.7, (n, n_shooters)), shots,
        rng.uniform(0.0, 900.0, (n, n_shooters)), np.ones(n),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_rounds_are_conserved(seed: int) -> None:
    """No shooter fires more than its stock, or where it must not; no track gets two salvos."""
    rng = np.random.default_rng(seed)
    wishes = draw_wishes(rng, int(rng.integers(0, 30)), int(rng.integers(0, 6)))
    stock = rng.integers(0, 12, wishes.shots.shape[1])
    salvos = allocate_salvos(wishes, stock)
    assert (salvos.shots >= 0).all()
    assert (salvos.shots.sum(axis=0) <= stock).all()
    assert (salvos.shots <= wishes.shots).all()
    parts = salvos.shots / np.maximum(wishes.shots, 1)
    assert (parts.sum(axis=1) <= 1.0 + 1e-6).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_with_plenty_each_track_has_its_best_shooter(seed: int) -> None:
    """Then values do not matter: the surest salvo, the earlier intercept where two are equal."""
    wishes = draw_wishes(np.random.default_rng(seed), 12, 4)
    salvos = allocate_salvos(wishes, np.full(4, 1000))
    best = choose_shooters(wishes)
    assert salvos.whole.all()
    for i in range(12):
        if best[i] < 0:
            assert not salvos.shots[i].any()
        else:
            assert salvos.shots[i, best[i]] == wishes.shots[i].max(initial=0, where=[
                s == best[i] for s in range(4)])  # fmt: skip
            assert salvos.shots[i].sum() == salvos.shots[i, best[i]]


def test_equal_salvos_meet_early() -> None:
    """Of two shooters alike the one that meets the track first."""
    wishes = Wishes(
        np.ones(1),
        np.full((1, 2), 0.4),
        np.full((1, 2), 2),
        np.array([[500.0, 400.0]]),
        np.ones(1),
    )
    assert choose_shooters(wishes).tolist() == [1]


def test_short_of_rounds_value_decides() -> None:
    """Four rounds, three targets, salvos of four: the dear one is served first, nobody by turn."""
    wishes = Wishes(
        np.array([0.1, 1.0, 0.2]),
        np.full((3, 1), 0.44),
        np.full((3, 1), 4),
        np.zeros((3, 1)),
        np.ones(3),
    )
    assert allocate_salvos(wishes, np.array([4])).shots[:, 0].tolist() == [0, 3, 1]
    alike = wishes._replace(value=np.ones(3))
    assert sorted(allocate_salvos(alike, np.array([4])).shots[:, 0].tolist()) == [1, 1, 2]


def test_what_is_displaced_contests_the_next_battery() -> None:
    """Two dear targets, one round at their best battery: a cheap one does not keep the other's."""
    wishes = Wishes(
        np.array([1.0, 0.9, 0.1]),
        np.array([[0.2, 0.5], [0.2, 0.5], [1.0, 0.5]]),
        np.array([[1, 2], [1, 2], [0, 2]]),
        np.zeros((3, 2)),
        np.ones(3),
    )
    assert allocate_salvos(wishes, np.array([1, 2])).shots.tolist() == [[1, 0], [0, 2], [0, 0]]
    plenty = allocate_salvos(wishes, np.array([1, 4]))
    assert plenty.shots.tolist() == [[1, 0], [0, 2], [0, 2]]
    assert allocate_salvos(wishes, np.array([2, 2])).whole.all()


def test_the_alternative_is_the_next_best_salvo() -> None:
    """What the second shooter would save stands beside the choice; none where it is alone."""
    wishes = Wishes(
        np.array([1.0, 1.0]), np.array([[0.2, 0.5], [0.2, 0.5]]), np.array([[1, 1], [1, 0]]),
        np.zeros((2, 2)), np.ones(2),
    )  # fmt: skip
    salvos = allocate_salvos(wishes, np.array([5, 5]))
    assert salvos.alternative.tolist() == [1, -1]
    assert salvos.alternative_gain.tolist() == [0.5, 0.0]


def test_marginal_return_is_near_the_best_assignment() -> None:
    """Where all rounds are contested it saves 97 % of what exchanges would, on average."""
    rng = np.random.default_rng(3)
    shares = []
    for _ in range(20):
        n, n_shooters = 8, 3
        stock = rng.integers(2, 6, n_shooters)
        miss = rng.uniform(0.2, 0.6, (n, n_shooters))
        value = rng.uniform(0.2, 1.0, n)
        many = int(stock.sum())
        wishes = Wishes(
            value, miss, np.full((n, n_shooters), many), np.zeros((n, n_shooters)), np.ones(n)
        )
        problem = Problem(
            value, np.ascontiguousarray((1.0 - miss).T), stock, np.full(n, many, np.int64)
        )
        saved = [
            (value - problem.find_left(shots)).sum()
            for shots in (allocate_salvos(wishes, stock).shots.T, find_assignment(problem))
        ]
        shares.append(saved[0] / saved[1])
    assert np.mean(shares) >= 0.97


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="times the compiled kernel")
@pytest.mark.parametrize("stock", [10_000, 20])
def test_cost_is_near_linear(stock: int) -> None:
    """A peer raid's decision, 3,000 tracks and 30 shooters, takes a tenth of a second at most."""
    wishes = draw_wishes(np.random.default_rng(0), 3000, 30)
    allocate_salvos(draw_wishes(np.random.default_rng(1), 3, 30), np.ones(30))  # compiled
    started = time.process_time()
    allocate_salvos(wishes, np.full(30, stock))
    assert time.process_time() - started < 0.5
