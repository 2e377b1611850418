"""Prices of a shot of each weapon, and the bound on every assignment that they prove.

At any prices, the cheapest sets of shots target by target, less what the inventory is worth, are a
lower bound (Lagrangian relaxation); the best prices are looked for along subgradients.

Sources: Geoffrion (1974), "Lagrangean relaxation for integer programming"; Held, Wolfe and Crowder
(1974), "Validation of subgradient optimization", both Mathematical Programming.
"""

from __future__ import annotations

import time
from typing import Final, NamedTuple

import numpy as np

from opendome.battle.assignment.pricing import price_targets
from opendome.battle.assignment.problem import Problem
from opendome.tables.truth import Floats, Integers

_HALVINGS: Final = 10  # of the interval of one price for all weapons
_ROUNDS: Final = 30  # of subgradient steps
_PATIENCE: Final = 3  # steps without a gain, then half the length
_SURELY: Final = 1e-12  # least miss probability: a certain kill has no log


class Part(NamedTuple):
    """What may be shot at each target; whole, or within a branch."""

    log_miss: Floats  # (n_targets, n_weapons) -ln of the miss probability of a shot
    least: Integers  # (n_targets, n_weapons)
    most: Integers  # (n_targets, n_weapons)


class Priced(NamedTuple):
    """The cheapest sets of shots at some prices."""

    bound: float  # on the value left by every assignment
    costs: Floats  # (n_targets,) value left and prices, at most the limits
    shots: Integers  # (n_targets, n_weapons) meaningless where the limit is not undercut


def describe_whole(problem: Problem) -> Part:
    """All that inventory and limits allow."""
    miss = np.maximum(1.0 - problem.kill_probability, _SURELY)
    most = np.minimum(problem.inventory[:, None], problem.most_shots[None, :])
    return Part(
        np.ascontiguousarray(-np.log(miss).T), np.zeros(most.T.shape, np.int64),
        np.ascontiguousarray(most.T),
    )  # fmt: skip


def price_part(
    problem: Problem, part: Part, prices: Floats, limits: Floats | None = None
) -> Priced:
    """The cheapest sets of shots, target by target, where they cost less than the limits."""
    m = problem.values.shape[0]
    costs, bounds = np.empty((2, m))
    shots = np.zeros(part.most.shape, np.int64)
    if limits is None:
        limits = np.full(m, np.inf)
    price_targets(
        problem.values, part.log_miss, prices, part.least, part.most, problem.most_shots, limits,
        costs, bounds, shots,
    )  # fmt: skip
    return Priced(float(bounds.sum() - prices @ problem.inventory), costs, shots)


def find_prices(problem: Problem, left: float, stop: float = np.inf) -> tuple[float, Floats]:
    """A good bound and its prices, (n_weapons,).

    `left` is what some assignment leaves; `stop` is when to stop, by `time.perf_counter`.
    """
    part = describe_whole(problem)
    n = problem.inventory.shape[0]
    best, prices = 0.0, np.zeros(n)
    low, high = 0.0, float(problem.values.max(initial=0.0))
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        tried = np.full(n, middle)
        priced = price_part(problem, part, tried)
        if priced.bound > best:
            best, prices = priced.bound, tried
        if priced.shots.sum() > problem.inventory.sum():
            low = middle
        else:
            high = middle
    length, waited, tried = 1.0, 0, prices.copy()
    for _ in range(_ROUNDS):
        priced = price_part(problem, part, tried)
        if priced.bound > best:
            best, prices, waited = priced.bound, tried, 0
        else:
            waited += 1
            if waited == _PATIENCE:
                length, waited = 0.5 * length, 0
                priced = price_part(problem, part, prices)
                tried = prices
        over = (priced.shots.sum(axis=0) - problem.inventory).astype(np.float64)
        square = float(over @ over)
        if square == 0.0 or best >= left or time.perf_counter() > stop:
            break
        tried = np.maximum(tried + length * max(left - priced.bound, 0.0) / square * over, 0.0)
    return min(best, left), prices
