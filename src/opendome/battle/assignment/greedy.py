"""Fast assignment: greatest marginal return, then moves, exchanges and cycles that improve it.

Sources: denBroeder, Ellison and Emerling (1959), "On optimum target assignments", Operations
Research 7(3): the greedy rule; Ahuja, Kumar, Jha and Orlin (2007), "Exact and heuristic algorithms
for the weapon-target assignment problem", Operations Research 55(6): exchanges along cycles.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from scipy.optimize import linear_sum_assignment

from opendome.battle.assignment.problem import Problem
from opendome.physics.jit import kernel
from opendome.tables.truth import Floats, Integers

# An exchange must save this share of all value: differences below are rounding.
_LEAST_GAIN: Final = 1e-12
_ROUNDS: Final = 12  # of cycles and exchanges, each round as long as it gains


def find_assignment(problem: Problem) -> Integers:
    """A good assignment fast: near-optimal, without a proof.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    shots : (n_weapons, n_targets) int64
        Shots of each kind of weapon at each target, within inventory and limits.
    """
    weapon = np.repeat(np.arange(problem.inventory.shape[0]), problem.useful_inventory)
    target = _choose_greedily(problem.values, problem.kill_probability, weapon, problem.most_shots)
    miss = _miss_probability(problem)
    left = _improve(problem.values, miss, weapon, target, problem.most_shots)
    for _ in range(_ROUNDS):
        before = left
        column = linear_sum_assignment(_price_swaps(problem.values, miss, weapon, target))[1]
        _take_cycles(problem.values, miss, weapon, target, column)
        left = _improve(problem.values, miss, weapon, target, problem.most_shots)
        if left > before - 1e-6 * before:
            break
    shots = np.zeros(problem.kill_probability.shape, np.int64)
    used = target < problem.values.shape[0]
    np.add.at(shots, (weapon[used], target[used]), 1)
    return shots


def _miss_probability(problem: Problem) -> Floats:
    """Probability that a shot fails, with a last column for shots that are not fired."""
    n, m = problem.kill_probability.shape
    miss = np.ones((n, m + 1))
    # A certain kill would leave nothing to divide by; nothing is that certain.
    miss[:, :m] = np.maximum(1.0 - problem.kill_probability, 1e-12)
    return miss


@kernel
def _choose_greedily(
    values: Floats, kill: Floats, weapon: Integers, most_shots: Integers
) -> Integers:
    """Target of each weapon by greatest marginal return; one past the last where it adds nothing.

    Each weapon remembers its best target, and looks again when that has been taken.
    """
    n, m = weapon.shape[0], values.shape[0]
    left = values.copy()
    room = most_shots.copy()
    target = np.full(n, m)
    best = np.full(n, -1)
    gain = np.zeros(n)
    free = np.ones(n, np.bool_)
    stale = np.ones(n, np.bool_)
    for _ in range(n):
        chosen = -1
        for i in range(n):
            if not free[i]:
                continue
            if stale[i]:
                best[i] = -1
                gain[i] = 0.0
                for j in range(m):
                    if room[j] > 0 and left[j] * kill[weapon[i], j] > gain[i]:
                        gain[i] = left[j] * kill[weapon[i], j]
                        best[i] = j
                stale[i] = False
            if best[i] >= 0 and (chosen < 0 or gain[i] > gain[chosen]):
                chosen = i
        if chosen < 0:
            break
        j = best[chosen]
        target[chosen] = j
        free[chosen] = False
        left[j] *= 1.0 - kill[weapon[chosen], j]
        room[j] -= 1
        for i in range(n):
            if best[i] == j:
                stale[i] = True
    return target


@kernel
def _find_left(
    values: Floats, miss: Floats, weapon: Integers, target: Integers, left: Floats
) -> None:
    """Fill the value that each target keeps; that of no target, the last, is zero."""
    m = values.shape[0]
    for j in range(m):
        left[j] = values[j]
    left[m] = 0.0
    for i in range(weapon.shape[0]):
        left[target[i]] *= miss[weapon[i], target[i]]


@kernel
def _improve(
    values: Floats, miss: Floats, weapon: Integers, target: Integers, most_shots: Integers
) -> float:
    """Move one weapon or exchange two until nothing improves; returns the value left in all."""
    n, m = weapon.shape[0], values.shape[0]
    left = np.empty(m + 1)
    room = np.empty(m + 1, np.int64)
    room[m] = n
    _find_left(values, miss, weapon, target, left)
    least = _LEAST_GAIN * values.sum()
    for j in range(m):
        room[j] = most_shots[j]
    for i in range(n):
        room[target[i]] -= 1
    improved = True
    while improved:
        improved = False
        for i in range(n):
            j = target[i]
            own = miss[weapon[i]]
            without = left[j] / own[j]
            loss = without - left[j]
            most = least
            goal = -1
            for t in range(m + 1):
                gain = left[t] * (1.0 - own[t]) - loss
                if gain > most and t != j and room[t] > 0:
                    most = gain
                    goal = t
            other = -1
            for k in range(n):
                t = target[k]
                if t == j:
                    continue
                theirs = miss[weapon[k]]
                gain = left[j] + left[t] - without * theirs[j] - left[t] / theirs[t] * own[t]
                if gain > most:
                    most = gain
                    other = k
            if other >= 0:
                t = target[other]
                theirs = miss[weapon[other]]
                left[j] = without * theirs[j]
                left[t] = left[t] / theirs[t] * own[t]
                target[i] = t
                target[other] = j
                improved = True
            elif goal >= 0:
                left[j] = without
                left[goal] *= own[goal]
                room[j] += 1
                room[goal] -= 1
                target[i] = goal
                improved = True
        _find_left(values, miss, weapon, target, left)  # rounding does not add up
    total = 0.0
    for j in range(m):
        total += left[j]
    return total


@kernel
def _price_swaps(values: Floats, miss: Floats, weapon: Integers, target: Integers) -> Floats:
    """Change of value (n, n) where weapon i takes the place of weapon k alone."""
    n, m = weapon.shape[0], values.shape[0]
    left = np.empty(m + 1)
    _find_left(values, miss, weapon, target, left)
    price = np.empty((n, n))
    for k in range(n):
        t = target[k]
        without = left[t] / miss[weapon[k], t]
        for i in range(n):
            price[i, k] = without * miss[weapon[i], t] - left[t]
        price[k, k] = 0.0
    return price


@kernel
def _take_cycles(
    values: Floats, miss: Floats, weapon: Integers, target: Integers, place: Integers
) -> None:
    """Apply each cycle of the permutation `place` of weapons that really improves, in place.

    Prices stand for one change at a target; a cycle that passes a target twice may be worth less.
    """
    n, m = weapon.shape[0], values.shape[0]
    left = np.empty(m + 1)
    _find_left(values, miss, weapon, target, left)
    least = _LEAST_GAIN * values.sum()
    done = np.zeros(n, np.bool_)
    cycle = np.empty(n, np.int64)
    goal = np.empty(n, np.int64)
    for start in range(n):
        length = 0
        i = start
        while not done[i]:
            done[i] = True
            cycle[length] = i
            goal[length] = target[place[i]]
            length += 1
            i = place[i]
        if length < 2:
            continue
        change = _turn(left, miss, weapon, target, cycle[:length], goal[:length])
        if change > -least:
            for c in range(length):
                goal[c], target[cycle[c]] = target[cycle[c]], goal[c]
            _find_left(values, miss, weapon, target, left)


@kernel
def _turn(
    left: Floats, miss: Floats, weapon: Integers, target: Integers, cycle: Integers, goal: Integers
) -> float:
    """Give each weapon of a cycle its goal; returns by how much the value left has changed.

    `goal` holds the old targets afterwards.
    """
    change = 0.0
    for c in range(cycle.shape[0]):
        i = cycle[c]
        old = left[target[i]]
        left[target[i]] = old / miss[weapon[i], target[i]]
        change += left[target[i]] - old
    for c in range(cycle.shape[0]):
        i = cycle[c]
        t = goal[c]
        change += left[t] * (miss[weapon[i], t] - 1.0)
        left[t] *= miss[weapon[i], t]
        goal[c] = target[i]
        target[i] = t
    return change if math.isfinite(change) else 0.0
