"""Weapons to targets: against every assignment of small cases, and bounds that hold."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opendome.battle.assignment import (
    PROOF,
    Problem,
    find_assignment,
    find_prices,
    prove_assignment,
    solve_fast,
)
from opendome.battle.assignment.files import build_problem, describe_answer, read_problem
from opendome.errors import BadInput

pytestmark = pytest.mark.kernels
EXAMPLES = Path(__file__).parents[2] / "examples" / "assignment"


def random_problem(
    seed: int, n: int, m: int, low: float = 0.0, high: float = 1.0, rounds: int = 1, most: int = 99
) -> Problem:
    generator = np.random.default_rng(seed)
    inventory = generator.integers(0, rounds + 1, n) if rounds > 1 else np.ones(n, np.int64)
    return Problem(
        generator.uniform(0.0, 100.0, m),
        generator.uniform(low, high, (n, m)),
        inventory,
        np.full(m, min(most, int(inventory.sum()))),
    )


def try_all(problem: Problem) -> float:
    """Least value left over every assignment."""
    n, m = problem.kill_probability.shape
    choices = []
    for rounds in problem.inventory:
        rows = [row for row in product(range(rounds + 1), repeat=m) if sum(row) <= rounds]
        choices.append(rows)
    best = np.inf
    for rows in product(*choices):
        shots = np.array(rows).reshape(n, m)
        if (shots.sum(axis=0) <= problem.most_shots).all():
            best = min(best, float(problem.find_left(shots).sum()))
    return best


def is_within_limits(problem: Problem, shots: np.ndarray) -> bool:
    return bool(
        (shots >= 0).all()
        and (shots.sum(axis=1) <= problem.inventory).all()
        and (shots.sum(axis=0) <= problem.most_shots).all()
    )


@settings(max_examples=60)
@given(
    seed=st.integers(0, 10**6),
    n=st.integers(1, 4),
    m=st.integers(1, 3),
    rounds=st.integers(1, 3),
    most=st.integers(0, 4),
)
def test_proven_is_the_best_of_all(seed: int, n: int, m: int, rounds: int, most: int) -> None:
    """Every assignment of a small case tried: none leaves less, and the bound says so."""
    problem = random_problem(seed, n, m, rounds=rounds, most=most)
    answer = prove_assignment(problem)
    best = try_all(problem)
    assert is_within_limits(problem, answer.shots)
    assert answer.left == pytest.approx(problem.find_left(answer.shots).sum())
    assert answer.left == pytest.approx(best, rel=2.0 * PROOF, abs=1e-9)
    assert answer.bound <= best * (1.0 + 1e-9) + 1e-9
    assert answer.proven


@given(seed=st.integers(0, 10**6), n=st.integers(1, 12), m=st.integers(1, 12))
def test_fast_keeps_to_limits_and_bounds(seed: int, n: int, m: int) -> None:
    """Inventory and limits are kept, and the bound of the prices is below what any leaves."""
    problem = random_problem(seed, n, m, rounds=4, most=3)
    answer = solve_fast(problem)
    assert is_within_limits(problem, answer.shots)
    assert 0.0 <= answer.bound <= answer.left
    assert answer.left >= prove_assignment(problem).bound * (1.0 - 1e-9)


@given(seed=st.integers(0, 10**6))
def test_any_prices_bound_every_assignment(seed: int) -> None:
    """The Lagrangian at the prices found is below a brute-force optimum."""
    problem = random_problem(seed, 4, 3)
    best = try_all(problem)
    bound, prices = find_prices(problem, best)
    assert bound <= best + 1e-9
    assert (prices >= 0.0).all()


def test_one_weapon_for_each_target_is_linear_assignment() -> None:
    """With one shot at a target at most, the answer is that of scipy's assignment solver."""
    from scipy.optimize import linear_sum_assignment

    problem = random_problem(3, 30, 30, most=1)
    saved = problem.values * problem.kill_probability
    rows, columns = linear_sum_assignment(saved, maximize=True)
    expected = problem.values.sum() - saved[rows, columns].sum()
    assert prove_assignment(problem).left == pytest.approx(expected, rel=1e-9)


def test_equal_shots_at_equal_targets_are_shared_out() -> None:
    """Twelve rounds of 0.5 at four targets worth 8: three each, and 8 / 2^3 left of each."""
    problem = Problem(np.full(4, 8.0), np.full((1, 4), 0.5), np.array([12]), np.full(4, 12))
    answer = prove_assignment(problem)
    assert (answer.shots == 3).all()
    assert answer.left == pytest.approx(4.0)


def test_near_the_bound_at_two_hundred() -> None:
    """Within 0.5 % of what is proven on a random instance of 200 by 200."""
    problem = random_problem(0, 200, 200, 0.6, 0.9)
    found = problem.find_left(find_assignment(problem)).sum()
    proven = prove_assignment(problem)
    assert proven.proven
    assert found <= 1.005 * proven.bound


def test_more_rounds_never_leave_more() -> None:
    """Proven answers: one round more of any weapon leaves less, strictly where it can hit."""
    problem = random_problem(5, 6, 5, 0.2, 0.8, rounds=3)
    before = prove_assignment(problem).left
    for i in range(6):
        more = problem.inventory.copy()
        more[i] += 1
        case = problem._replace(inventory=more, most_shots=problem.most_shots + 1)
        assert prove_assignment(case).left < before


def test_branching_closes_what_columns_leave_open() -> None:
    """Two rounds of each weapon at more targets than rounds: the root leaves a gap here."""
    problem = random_problem(1, 20, 40, 0.3, 0.5, most=5)
    problem = problem._replace(inventory=np.full(20, 2), most_shots=np.full(40, 5))
    answer = prove_assignment(problem)
    assert answer.proven
    assert answer.left < problem.find_left(find_assignment(problem)).sum()


def test_out_of_time_says_how_far() -> None:
    """A search that is stopped gives its best assignment, and a bound that holds."""
    problem = random_problem(2, 40, 60, 0.2, 0.95, rounds=5)
    answer = prove_assignment(problem, limit_s=0.05)
    assert is_within_limits(problem, answer.shots)
    assert answer.bound <= answer.left


def test_nothing_to_fire_leaves_all() -> None:
    """No rounds: no shots, and every target keeps its value."""
    problem = Problem(np.array([3.0, 4.0]), np.ones((1, 2)), np.array([0]), np.zeros(2, np.int64))
    for answer in (prove_assignment(problem), solve_fast(problem)):
        assert answer.shots.sum() == 0
        assert answer.left == 7.0


def test_a_certain_kill_leaves_nothing() -> None:
    """Kill probabilities of one have no log, and are no trouble."""
    problem = Problem(np.array([3.0, 4.0]), np.ones((2, 2)), np.array([1, 1]), np.full(2, 2))
    assert prove_assignment(problem).left == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_examples_read_and_answer(path: Path) -> None:
    """What is shipped can be read; the answer's shots are within the file's inventory."""
    problem = read_problem(path)
    told = describe_answer(solve_fast(problem))
    assert json.loads(json.dumps(told)) == told
    fired = np.zeros(problem.inventory.shape[0], np.int64)
    for weapon, _, shots in told["assignment"]:
        fired[weapon] += shots
    assert (fired <= problem.inventory).all()


FINE = {"values": [1, 2], "kill_probability": [[0.5, 0.5]], "inventory": [3]}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"value": [1]}, ("value", "unknown key", "allowed: values")),
        ({"values": []}, ("values", "no target")),
        ({"values": [1, -2]}, ("values[1]", "-2", "from 0 to 1e+100")),
        ({"values": [1, "2"]}, ("values[1]", '"2"')),
        ({"kill_probability": [[0.5]]}, ("kill_probability[0]", "1 entries", "2")),
        ({"kill_probability": [[0.5, 1.5]]}, ("kill_probability[0][1]", "1.5", "0 to 1")),
        ({"kill_probability": [[0.5, float("nan")]]}, ("kill_probability[0][1]", "NaN")),
        ({"kill_probability": 0.5}, ("kill_probability", "a number")),
        ({"inventory": [1.5]}, ("inventory[0]", "1.5", "whole")),
        ({"inventory": [1, 1]}, ("inventory", "2 entries", "allowed: 1")),
        ({"max_shots_per_target": -1}, ("max_shots_per_target", "-1")),
        ({"max_shots_per_target": True}, ("max_shots_per_target", "true")),
    ],
)
def test_bad_problems_are_refused(change: dict, words: tuple[str, ...]) -> None:
    """One line: the place, what was given, what is allowed."""
    with pytest.raises(BadInput) as refused:
        build_problem(FINE | change)
    for word in words:
        assert word in str(refused.value)
    assert "\n" not in str(refused.value)
