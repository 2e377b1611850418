"""Weapon-target assignment: near-optimal fast, proven in seconds, beside a general solver.

Instances are those of the literature: kill probabilities uniform from 0.6 to 0.9, values from 25 to
100, one round of each weapon. The peer is HiGHS on the mixed-integer programme with tangents to the
exponential of the log miss (Ahuja et al. 2007), refined until its gap is 1e-6 or time is up.
"""

from __future__ import annotations

import time
from typing import Any

import highspy
import numpy as np

from opendome.battle.assignment import Problem, find_assignment, prove_assignment

SEEDS = (0, 1, 2)
FAST_GAP = 0.005
FAST_S = {200: 0.1, 1000: 1.0}
PROOF_S = {200: 1.0, 1000: 15.0}
PEER_SIZE = 30
PEER_FLOOR = 10.0
PEER_LIMIT_S = 60.0


def build(n: int, seed: int) -> Problem:
    """A random instance of n weapons and n targets."""
    generator = np.random.default_rng(seed)
    return Problem(
        generator.uniform(25.0, 100.0, n), generator.uniform(0.6, 0.9, (n, n)),
        np.ones(n, np.int64), np.full(n, n),
    )  # fmt: skip


def measure() -> list[dict[str, Any]]:
    """Worst of three instances for gaps and times; both solvers on one instance for the peer."""
    prove_assignment(build(20, 9))
    cases: list[dict[str, Any]] = []
    for n in (200, 1000):
        gaps, fast_s, proof_s = [], [], []
        for seed in SEEDS if n < 1000 else SEEDS[:1]:
            problem = build(n, seed)
            started = time.perf_counter()
            shots = find_assignment(problem)
            fast_s.append(time.perf_counter() - started)
            answer = prove_assignment(problem)
            assert answer.proven
            proof_s.append(answer.time_s)
            gaps.append(float(problem.find_left(shots).sum()) / answer.bound - 1.0)
        for name, ours, floor, unit in (
            ("fast, gap to bound", 100.0 * max(gaps), 100.0 * FAST_GAP, "%"),
            ("fast", max(fast_s), FAST_S[n], "s"),
            ("proven", max(proof_s), PROOF_S[n], "s"),
        ):
            cases.append(
                {
                    "case": f"assign {n}x{n}, {name}",
                    "ours": ours,
                    "peer": None,
                    "peer_name": None,
                    "floor": floor,
                    "unit": unit,
                    "higher_is_better": False,
                }
            )
    problem = build(PEER_SIZE, 0)
    ours = prove_assignment(problem)
    left, peer_s = solve_with_tangents(problem)
    assert left >= ours.bound * (1.0 - 1e-9)
    cases.append(
        {
            "case": f"assign {PEER_SIZE}x{PEER_SIZE}, proven",
            "ours": ours.time_s,
            "peer": peer_s,
            "peer_name": "HiGHS MIP",
            "floor": PEER_FLOOR,
            "unit": "s",
            "higher_is_better": False,
        }
    )
    return cases


def solve_with_tangents(problem: Problem) -> tuple[float, float]:
    """Value left and seconds of the peer: x whole, z_j above tangents of values exp(-y)."""
    n, m = problem.kill_probability.shape
    log_miss = np.log(1.0 - problem.kill_probability)
    solver: Any = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("mip_rel_gap", 1e-6)
    started = time.perf_counter()
    nothing, none = np.array([], np.int32), np.array([])
    for _ in range(m):
        solver.addCol(1.0, 0.0, highspy.kHighsInf, 0, nothing, none)
    for _ in range(n * m):
        solver.addCol(0.0, 0.0, 1.0, 0, nothing, none)
    whole = np.arange(m, m + n * m, dtype=np.int32)
    solver.changeColsIntegrality(whole.size, whole, np.full(n * m, highspy.HighsVarType.kInteger))
    for i in range(n):
        columns = np.arange(m + i * m, m + (i + 1) * m, dtype=np.int32)
        solver.addRow(-highspy.kHighsInf, 1.0, m, columns, np.ones(m))

    def add_tangent(j: int, y: float) -> None:
        height = problem.values[j] * np.exp(y)
        columns = np.concatenate([[j], m + np.arange(n) * m + j]).astype(np.int32)
        entries = np.concatenate([[1.0], -height * log_miss[:, j]])
        solver.addRow(height * (1.0 - y), highspy.kHighsInf, n + 1, columns, entries)

    for j in range(m):
        for y in np.linspace(-5.0, 0.0, 11):
            add_tangent(j, float(y))
    best = np.inf
    while time.perf_counter() - started < PEER_LIMIT_S:
        left_s = PEER_LIMIT_S - (time.perf_counter() - started)
        solver.setOptionValue("time_limit", solver.getRunTime() + left_s)
        solver.run()
        values = np.array(solver.getSolution().col_value)
        if values.size == 0:
            break
        shots = np.rint(values[m:].reshape(n, m)).astype(np.int64)
        y = (shots * log_miss).sum(axis=0)
        best = min(best, float(problem.find_left(shots).sum()))
        if best - solver.getInfo().mip_dual_bound < 1e-6 * best:
            break
        for j in range(m):
            add_tangent(j, float(y[j]))
    return best, time.perf_counter() - started
