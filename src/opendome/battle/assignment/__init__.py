"""Weapons to targets: fast for the loop, proven for checking."""

from opendome.battle.assignment.columns import PROOF, prove_assignment, solve_fast
from opendome.battle.assignment.greedy import find_assignment
from opendome.battle.assignment.prices import find_prices
from opendome.battle.assignment.problem import Answer, Problem

__all__ = [
    "PROOF",
    "Answer",
    "Problem",
    "find_assignment",
    "find_prices",
    "prove_assignment",
    "solve_fast",
]
