"""Halving every step changes leakage by less than its paired interval.

The decision step, and with it the time at which anything is seen, ordered and reported, is halved
on the same raids with the same luck (modelling rule 3).
"""

from __future__ import annotations

import numpy as np
import pytest
from limit_cases import NORMAL_99, run_records, summarise
from validation_page import Page

PAGE = "steps.md"
INTRODUCTION = """
The announced architecture against three missiles with debris, with the usual decision steps (1 s
while anything burns, else 5 s) and with half of them, on the same raids. Theirs: leakers per raid
at the usual steps; ours: at half. Test: `tests/validation/test_steps.py`.
"""
RUNS = 60
THREE = "raid.salvos.0.count=3"
HALF = ("simulation.step.boost=0.5 s", "simulation.step.otherwise=2.5 s")


@pytest.mark.validation
def test_half_the_steps(page: Page) -> None:
    """The paired difference in leakers is within its own 99 % interval of zero."""
    usual = summarise(run_records(RUNS, "golden-dome-2029-announced", THREE))
    half = summarise(run_records(RUNS, "golden-dome-2029-announced", THREE, *HALF))
    assert (usual.lethal == half.lethal).all()
    change = half.leaked - usual.leaked
    error = NORMAL_99 * float(change.std(ddof=1)) / np.sqrt(RUNS)
    page.add(
        "leakers per raid at half the steps",
        float(usual.leaked.mean()),
        float(half.leaked.mean()),
        error,
        "looks and decisions fall on other times",
    )
    assert abs(float(change.mean())) <= error
