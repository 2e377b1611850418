"""The table of agreement itself: verdicts, spreads, width."""

from __future__ import annotations

import pytest
from agreement import (
    CLOSED_FORM,
    FAILS,
    HOLDS,
    NO_VERDICT,
    PUBLISHED,
    RECALLED,
    SHORT,
    WIDTH,
    compare,
    print_table,
)


def test_a_figure_holds_within_its_tolerance_and_fails_beyond():
    judged = {"kind": CLOSED_FORM, "tolerance": 0.5}
    assert compare("case", "figure", 10.0, 10.4, "m", **judged).verdict == HOLDS
    assert compare("case", "figure", 10.0, 10.6, "m", **judged).verdict == FAILS
    assert compare("case", "figure", 10.0, 10.6, "m", known_short=True, **judged).verdict == SHORT
    assert compare("case", "figure", 10.0, 10.4, "m", known_short=True, **judged).verdict == HOLDS
    assert compare("case", "figure", 10.0, float("nan"), "m", **judged).verdict == FAILS


def test_a_relative_tolerance_is_a_share_of_the_reference():
    row = compare("case", "figure", 200.0, 203.0, "s", kind=PUBLISHED, tolerance=0.02,
                  relative=True)  # fmt: skip
    assert (row.verdict, row.difference, row.tolerance) == (HOLDS, "+1.50 %", "2 %")


def test_what_is_recalled_is_never_judged():
    row = compare("case", "figure", 1.0, 99.0, "m", kind=RECALLED, tolerance=0.1)
    assert (row.verdict, row.tolerance) == (NO_VERDICT, "-")


def test_within_a_spread_the_difference_is_zero():
    spread = {"kind": PUBLISHED, "tolerance": 0.0}
    assert compare("case", "figure", (9.0, 11.0), 10.0, "m", **spread).verdict == HOLDS
    outside = compare("case", "figure", (9.0, 11.0), 12.0, "m", **spread)
    assert (outside.verdict, outside.difference) == (FAILS, "+1.00")


def test_a_case_that_must_not_fit_holds_where_it_differs():
    claim = {"kind": PUBLISHED, "tolerance": 0.02, "relative": True, "must_differ": True}
    assert compare("claim", "time", 100.0, 106.0, "s", **claim).verdict == HOLDS
    assert compare("claim", "time", 100.0, 101.0, "s", **claim).verdict == FAILS


def test_unknown_kinds_and_missing_tolerances_are_refused():
    with pytest.raises(ValueError, match="none of"):
        compare("case", "figure", 1.0, 1.0, "m", kind="guessed")
    with pytest.raises(ValueError, match="needs a tolerance"):
        compare("case", "figure", 1.0, 1.0, "m", kind=CLOSED_FORM)


def test_the_table_is_at_most_100_columns_wide_and_whole(capsys):
    row = compare("a case with a name that goes on and on", "greatest difference of anything",
                  -1.23456e-7, 7654321.25, "kg/m3", kind=CLOSED_FORM, tolerance=1e-9,
                  digits=".4e")  # fmt: skip
    print_table([row, row._replace(reference="12345 to 67890", kind="independent integrator")])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert lines[0].split()[-1] == "verdict"
    assert FAILS in lines[2]
