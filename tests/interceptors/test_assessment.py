"""Kill assessment: both errors at their rates, and silence without a sensor."""

from __future__ import annotations

import math

import pytest

from opendome.interceptors.assessment import (
    NO_REPORT,
    REPORTED_KILL,
    REPORTED_MISS,
    assess_kill,
)
from opendome.physics.random import entity_id, stream_key

pytestmark = pytest.mark.kernels
KEY = stream_key(1, "kill-assessment")


def reports(killed: bool, in_view: bool = True, n: int = 1000) -> list[int]:
    return [
        assess_kill(KEY, 0, entity_id(f"shot {i}"), 0, killed, in_view, 0.2, 0.1) for i in range(n)
    ]


def test_codes_are_those_of_the_table() -> None:
    """As `tables.shots.Assessments` declares them."""
    assert (REPORTED_KILL, REPORTED_MISS, NO_REPORT) == (1, 0, -1)


def test_no_report_without_a_sensor() -> None:
    assert set(reports(True, in_view=False, n=20)) == {NO_REPORT}


@pytest.mark.parametrize(("killed", "share_of_kills"), [(True, 0.8), (False, 0.1)])
def test_error_rates(killed: bool, share_of_kills: float) -> None:
    """A kill is missed in 20 %, a miss taken for a kill in 10 %; within four binomial sigmas."""
    found = reports(killed)
    spread = 4.0 * math.sqrt(share_of_kills * (1.0 - share_of_kills) / len(found))
    assert found.count(REPORTED_KILL) / len(found) == pytest.approx(share_of_kills, abs=spread)
    assert found.count(REPORTED_KILL) + found.count(REPORTED_MISS) == len(found)


@pytest.mark.parametrize("killed", [True, False])
def test_perfect_assessment_tells_the_truth(killed: bool) -> None:
    for i in range(20):
        assert assess_kill(KEY, 0, entity_id(f"shot {i}"), 0, killed, True, 0.0, 0.0) == killed
