"""The same command gives the same answer, whatever computes it."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest
from program import opendome

from opendome.campaign import Campaign

TABLES = ("replications", "threats", "engagements", "tracks", "events")
ARGUMENTS = (
    "run", "perfect-defence", "--raid", "nk-10-debris", "--set", "raid.salvos.0.count=2",
    "--runs", "24", "--seed", "3", "--no-report", "--json",
)  # fmt: skip


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Campaign, dict[str, Any]]]:
    """Campaign and JSON answer of one command, run serially twice and over two processes."""
    folder = tmp_path_factory.mktemp("runs")
    found = {}
    for name, jobs in (("first", "1"), ("again", "1"), ("processes", "2")):
        ended = opendome(*ARGUMENTS, "--jobs", jobs, "--out", name, folder=folder)
        assert ended.returncode == 0, ended.stderr
        found[name] = (Campaign(folder / name), json.loads(ended.stdout))
    return found


@pytest.mark.parametrize("other", ["again", "processes"])
def test_answers_are_equal(answers: dict[str, tuple[Campaign, dict[str, Any]]], other: str) -> None:
    """The JSON answers differ in `out` alone."""
    first, second = answers["first"][1], answers[other][1]
    assert first["out"] != second["out"]
    assert {**first, "out": ""} == {**second, "out": ""}
    assert first["failed"] == 0


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("other", ["again", "processes"])
def test_tables_are_equal(
    answers: dict[str, tuple[Campaign, dict[str, Any]]], other: str, table: str
) -> None:
    """Every table is equal row for row, in the same order, the drawn assumptions included."""
    first, second = (getattr(answers[name][0], table)(outer=None) for name in ("first", other))
    assert len(first) > 0
    pd.testing.assert_frame_equal(first, second, check_exact=True)


def test_shares_of_first_reasons_sum_to_one(
    answers: dict[str, tuple[Campaign, dict[str, Any]]],
) -> None:
    """The loss budget accounts for every leaker."""
    answer = answers["first"][1]
    assert answer["leakage"]["mean"] > 0.0
    assert sum(row["share"] for row in answer["first_reason"]) == pytest.approx(1.0)
