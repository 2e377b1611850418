"""Halving every step changes leakage by less than its paired interval.

The decision step, and with it the time at which anything is seen, ordered and reported, is halved
on the same raids with the same luck (modelling rule 3).
"""

from __future__ import annotations

import numpy as np
import pytest
from agreement import CLOSED_FORM, Page
from limit_cases import NORMAL_99, run_records, summarise

PAGE = "steps.md"
INTRODUCTION = """
The announced architecture against three missiles with debris, with the usual decision steps (1 s
while anything burns, else 5 s) and with half of them, on the same raids. With steps that are short
enough nothing changes but by chance: theirs is zero; the tolerance is the half width of the 99 %
interval of the paired difference. Test: `tests/validation/test_steps.py`.
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
    assert page.add(
        "half the steps",
        "change in leakers per raid",
        0.0,
        float(change.mean()),
        "",
        kind=CLOSED_FORM,
        tolerance=error,
        digits=".3f",
        cause=f"looks and decisions fall on other times; {usual.leaked.mean():.3f} leakers per "
        "raid at the usual steps",
    )
