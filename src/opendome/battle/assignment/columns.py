"""Proven assignment: columns of shots at one target, priced exactly, and branching where needed.

Each column is a set of shots at one target; the linear programme over all columns is solved by
generating those that pay, with prices kept near the best ones so far. Its bound is Lagrangian and
holds at any prices. Whole numbers come from a mixed-integer programme over the columns; what gap is
left is closed by branching on the shots of one weapon at one target.

Sources: Barnhart, Johnson, Nemhauser, Savelsbergh and Vance (1998), "Branch-and-price", Operations
Research 46(3); Pessoa, Sadykov, Uchoa and Vanderbeck (2018), "Automation and combination of
linear-programming based stabilization techniques", INFORMS J. Computing 30(2). Solver: HiGHS
(Huangfu and Hall 2018, "Parallelizing the dual revised simplex method").
"""

from __future__ import annotations

import heapq
import time
from itertools import count
from typing import Any, Final, NamedTuple

import highspy
import numpy as np

from opendome.battle.assignment.greedy import find_assignment
from opendome.battle.assignment.prices import Part, describe_whole, find_prices, price_part
from opendome.battle.assignment.problem import Answer, Problem
from opendome.tables.truth import Floats, Integers

PROOF: Final = 1e-6  # a gap below this is a proof
_SCALE: Final = 1000.0
_SMOOTHING: Final = (0.7, 0.35, 0.0)  # shares of the best prices so far, tried in turn
_PAYS: Final = 1e-9  # share of all value by which a column must pay, over all targets
_WHOLE: Final = 1e-6  # a use this near a whole number is one
_SINGLES: Final = 5  # first columns of each target: so many best single shots
_MIP_S: Final = 20.0  # for whole columns after the root ...
_BRANCH_MIP_S: Final = 2.0  # ... and between branches
_BRANCHES: Final = 8  # between two of these


class Node(NamedTuple):
    """A branch whose linear programme has been solved; the least bound is taken next."""

    bound: float
    number: int
    part: Part
    use: Floats | None  # of the columns; None where the branch holds nothing better
    prices: Floats


def prove_assignment(problem: Problem, limit_s: float = np.inf) -> Answer:
    """The best assignment with its proof, or the best found in a time with a bound.

    Parameters
    ----------
    problem : Problem
    limit_s : float
        Time after which the search stops where it stands.

    Returns
    -------
    Answer
        `proven` where the gap is at most `PROOF`.
    """
    started = time.perf_counter()
    shots = find_assignment(problem)
    left = float(problem.find_left(shots).sum())
    # Solvers have absolute tolerances: what is left is brought to a thousand.
    scale = _SCALE / left if left > 0.0 else 1.0
    search = _Search(problem._replace(values=problem.values * scale), shots, started + limit_s)
    bound = search.run()
    return Answer(
        shots=search.shots,
        left=search.left / scale,
        bound=bound / scale,
        proven=search.left - bound <= PROOF * search.left,
        time_s=time.perf_counter() - started,
    )


def solve_fast(problem: Problem) -> Answer:
    """A near-optimal assignment without a search for proof, with the bound of the best prices."""
    started = time.perf_counter()
    shots = find_assignment(problem)
    left = float(problem.find_left(shots).sum())
    bound, _ = find_prices(problem, left)
    return Answer(shots, left, bound, left - bound <= PROOF * left, time.perf_counter() - started)


class _Search:
    """Branch and price, with the best assignment so far."""

    def __init__(self, problem: Problem, shots: Integers, stop: float) -> None:
        self.problem = problem
        self.stop = stop
        self.shots = shots
        self.left = float(problem.find_left(self.shots).sum())
        self.master = _Master(problem)
        self._numbers = count()

    def run(self) -> float:
        """Search until proven or out of time; returns the bound."""
        bound, prices = find_prices(self.problem, self.left, self.stop)
        if self.left - bound <= PROOF * self.left:
            return bound
        self.master.start(self.shots)
        root = describe_whole(self.problem)
        nodes = [self._solve(root, prices, bound)]
        if self._is_open(nodes[0]):
            self._try_whole(_MIP_S)
        while nodes and self._is_open(nodes[0]) and time.perf_counter() < self.stop:
            node = heapq.heappop(nodes)
            for child in self._split(node):
                heapq.heappush(nodes, child)
            if len(nodes) % _BRANCHES == 0:
                self.master.restrict(root)
                self._try_whole(_BRANCH_MIP_S)
        return min([self.left, *(node.bound for node in nodes)])

    def _is_open(self, node: Node) -> bool:
        return self.left - node.bound > PROOF * self.left

    def _split(self, node: Node) -> list[Node]:
        """Both branches of a node on its most fractional number of shots; none where it is whole.

        What a target is left with is convex in the shots: a mean of sets that is whole is as good
        as what it is the mean of.
        """
        if node.use is None:
            return []
        used = self.master.find_shots(node.use)
        off = np.abs(used - np.rint(used))
        if off.max() < _WHOLE:
            self._take(np.rint(used).astype(np.int64))
            return []
        weapon, target = np.unravel_index(np.argmax(off), off.shape)
        at = int(np.floor(used[weapon, target]))
        fewer, more = node.part.most.copy(), node.part.least.copy()
        fewer[target, weapon] = at
        more[target, weapon] = at + 1
        parts = (node.part._replace(most=fewer), node.part._replace(least=more))
        return [self._solve(part, node.prices, node.bound) for part in parts]

    def _solve(self, part: Part, centre: Floats, known: float) -> Node:
        """Generate columns within a part until none pays.

        `centre` are prices to start near, `known` a bound that holds.
        """
        problem, master = self.problem, self.master
        nothing = Node(np.inf, next(self._numbers), part, None, centre)
        if not master.restrict(part):
            return nothing
        m = problem.values.shape[0]
        pays = _PAYS * float(problem.values.sum()) / m
        best = known
        while True:
            solved = master.solve()
            if solved is None:
                return nothing
            added = 0
            for share in _SMOOTHING:
                tried = share * centre + (1.0 - share) * solved.prices
                # What a target is worth is known only at the programme's own prices.
                limits = None if share > 0.0 else solved.worth + pays
                priced = price_part(problem, part, tried, limits)
                if priced.bound > best:
                    best, centre = priced.bound, tried
                for j in range(m):
                    if limits is not None and priced.costs[j] >= limits[j]:
                        continue
                    shots = priced.shots[j]
                    cost = problem.values[j] * np.exp(-(part.log_miss[j] @ shots))
                    if cost + solved.prices @ shots < solved.worth[j] - pays:
                        added += master.add(j, shots)
                if added:
                    break
            if (
                not added
                or best >= self.left * (1.0 - 0.5 * PROOF)
                or solved.value - best < 0.1 * PROOF * self.left
                or time.perf_counter() > self.stop
            ):
                return Node(best, next(self._numbers), part, solved.use, centre)

    def _try_whole(self, time_s: float) -> None:
        found = self.master.solve_whole(min(time_s, max(self.stop - time.perf_counter(), 0.1)))
        if found is not None:
            self._take(found)

    def _take(self, shots: Integers) -> None:
        """Keep an assignment if it is better and fits."""
        left = float(self.problem.find_left(shots).sum())
        fits = (shots.sum(axis=1) <= self.problem.inventory).all()
        if left < self.left and fits and (shots.sum(axis=0) <= self.problem.most_shots).all():
            self.shots, self.left = shots, left


class _Solved(NamedTuple):
    value: float
    use: Floats  # of each column
    prices: Floats  # of a shot of each weapon
    worth: Floats  # of each target: dual of its one set


class _Master:
    """The restricted master programme: columns so far, and HiGHS."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._seen: set[tuple[int, bytes]] = set()
        self._target: list[int] = []
        self._shots: list[Integers] = []  # (2, k): weapons, and how many of each
        self._solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        self._solver.setOptionValue("output_flag", False)
        self._solver.setOptionValue("threads", 1)
        nothing, none = np.array([], np.int32), np.array([])
        for rounds in problem.inventory.tolist():
            self._solver.addRow(-highspy.kHighsInf, float(rounds), 0, nothing, none)
        for _ in problem.values:
            self._solver.addRow(1.0, 1.0, 0, nothing, none)

    def start(self, shots: Integers) -> None:
        """First columns: those of an assignment, no shots, and the best single shots."""
        problem = self.problem
        n, m = problem.kill_probability.shape
        for j in range(m):
            self.add(j, shots[:, j])
            self.add(j, np.zeros(n, np.int64))
            if problem.most_shots[j] > 0:
                for i in np.argsort(-problem.kill_probability[:, j])[:_SINGLES]:
                    if problem.inventory[i] > 0:
                        self.add(j, np.bincount([i], minlength=n))

    def add(self, target: int, shots: Integers) -> bool:
        """Add a column of shots (n_weapons,); False where it is there."""
        weapons = np.flatnonzero(shots)
        counts = shots[weapons]
        key = (target, np.append(weapons, counts).tobytes())
        if key in self._seen:
            return False
        self._seen.add(key)
        self._target.append(target)
        self._shots.append(np.stack([weapons, counts]))
        miss = 1.0 - self.problem.kill_probability[weapons, target]
        cost = float(self.problem.values[target] * np.prod(miss**counts))
        rows = np.append(weapons, self.problem.inventory.shape[0] + target).astype(np.int32)
        entries = np.append(counts, 1).astype(np.float64)
        self._solver.addCol(cost, 0.0, highspy.kHighsInf, rows.size, rows, entries)
        return True

    def restrict(self, part: Part) -> bool:
        """Open the columns within a part, shut all others; False where nothing fits the part."""
        problem = self.problem
        if (part.least.sum(axis=0) > problem.inventory).any():
            return False
        if (part.least.sum(axis=1) > problem.most_shots).any() or (part.least > part.most).any():
            return False
        for target in np.flatnonzero(part.least.any(axis=1)).tolist():
            self.add(target, part.least[target])
        row = np.zeros(problem.inventory.shape[0], np.int64)
        for c, (j, shots) in enumerate(zip(self._target, self._shots, strict=True)):
            row[shots[0]] = shots[1]
            fits = bool(((row >= part.least[j]) & (row <= part.most[j])).all())
            row[shots[0]] = 0
            self._solver.changeColBounds(c, 0.0, highspy.kHighsInf if fits else 0.0)
        return True

    def solve(self) -> _Solved | None:
        """Solve the linear programme; None where it has no solution."""
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        found = self._solver.getSolution()
        duals = np.array(found.row_dual)
        n = self.problem.inventory.shape[0]
        value = float(self._solver.getInfo().objective_function_value)
        return _Solved(value, np.array(found.col_value), np.maximum(-duals[:n], 0.0), duals[n:])

    def find_shots(self, use: Floats) -> Floats:
        """Shots (n_weapons, n_targets) of a use of the columns."""
        shots = np.zeros(self.problem.kill_probability.shape)
        for c in np.flatnonzero(use > 0.0):
            weapons, counts = self._shots[c]
            shots[weapons, self._target[c]] += use[c] * counts
        return shots

    def solve_whole(self, time_s: float) -> Integers | None:
        """Best assignment of whole columns that is found in a time; None where none is."""
        solver = self._solver
        n = len(self._target)
        every = np.arange(n, dtype=np.int32)
        solver.changeColsIntegrality(n, every, np.full(n, highspy.HighsVarType.kInteger))
        solver.setOptionValue("time_limit", solver.getRunTime() + time_s)
        solver.setOptionValue("mip_rel_gap", 0.1 * PROOF)
        solver.run()
        feasible = solver.getInfo().primal_solution_status == highspy.kSolutionStatusFeasible
        use = np.rint(np.array(solver.getSolution().col_value)) if feasible else None
        solver.changeColsIntegrality(n, every, np.full(n, highspy.HighsVarType.kContinuous))
        solver.setOptionValue("time_limit", highspy.kHighsInf)
        return None if use is None else self.find_shots(use).astype(np.int64)
