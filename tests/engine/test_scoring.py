"""Scoring: tracks follow objects by majority, and the first broken link is the reason."""

from __future__ import annotations

import numpy as np
import pytest

from opendome.battle import state as chain
from opendome.engine.scoring import Scoring
from opendome.tables.codes import REASONS


def test_majority_decides_whom_a_track_follows() -> None:
    """A track follows the object of most of its measurements; unknown tracks follow nobody."""
    scoring = Scoring(3)
    scoring.note_measurements(1.0, np.array([2, 2, 0]), np.array([0, 1, 0]), np.array([7, 7, 7]))
    assert scoring.object_of(7) == 2
    assert scoring.object_of(8) == -1
    assert scoring.object_of(100_000) == -1
    scoring.note_measurements(2.0, np.array([0]), np.array([0]), np.array([9_999]))
    assert scoring.object_of(9_999) == 0


def test_a_spent_booster_is_followed_by_nobody() -> None:
    """A track that came over from it follows what it measures now; the record keeps the most."""
    scoring = Scoring(3)
    scoring.note_measurements(
        1.0, np.array([0, 0, 0, 1, 1, 2]), np.zeros(6, int), np.array([5, 5, 5, 5, 5, 5])
    )
    assert scoring.object_of(5) == 0
    scoring.gone[0] = True
    assert scoring.object_of(5) == 1
    assert scoring.measured_most(5) == 0
    scoring.gone[:] = True
    assert scoring.object_of(5) == 0
    assert scoring.measured_most(4_000) == -1


def test_first_detection_is_kept_with_its_sensor() -> None:
    """The first measurement of an object is remembered, later ones change nothing."""
    scoring = Scoring(2)
    fresh = scoring.note_measurements(5.0, np.array([1, 1]), np.array([4, 6]), np.array([-1, -1]))
    assert fresh.tolist() == [1]
    scoring.note_measurements(6.0, np.array([1]), np.array([9]), np.array([-1]))
    assert scoring.first_detection_s[1] == 5.0
    assert scoring.first_detection_by[1] == 4
    assert np.isnan(scoring.first_detection_s[0])


@pytest.mark.parametrize(
    ("level", "reason"),
    [
        (0, "not-detected"),
        (1, "not-tracked"),
        (chain.TRACKED, "not-discriminated"),
        (chain.JUDGED, "no-feasible-shot"),
        (chain.FEASIBLE, "not-authorised"),
        (chain.AUTHORISED, "no-inventory"),
        (chain.IN_STOCK, "no-channel"),
        (chain.ON_CHANNEL, "held"),
    ],
)
def test_first_broken_link_is_the_reason(level: int, reason: str) -> None:
    """The link after the last that held is named, over all objects that carried the warhead."""
    scoring = Scoring(2)
    scoring.level[:] = [0, level]
    assert scoring.first_reason([0, 1], any_met=False) == reason
    assert reason in REASONS


def test_what_threatens_nothing_at_last_is_spared() -> None:
    """The last judgement of an object's track counts; what was not judged changes nothing."""
    scoring = Scoring(3)
    scoring.note_measurements(1.0, np.array([0, 1, 2]), np.zeros(3, int), np.array([5, 6, 7]))
    judged = np.array([5, 6])
    scoring.note_judged(judged, np.array([chain.TRACKED, chain.JUDGED]))
    assert scoring.spared.tolist() == [True, False, False]
    scoring.note_judged(judged, np.array([chain.FIRED, chain.TRACKED]))
    assert scoring.spared.tolist() == [False, True, False]


def test_a_lost_order_is_a_reason_where_nothing_was_launched() -> None:
    """With a shot that was launched, it is the shot that missed."""
    scoring = Scoring(2)
    scoring.level[1] = chain.FIRED
    scoring.lost_orders[1] = 2
    assert scoring.first_reason([0, 1], any_met=False) == "order-lost" in REASONS
    scoring.shots[0] = 1
    assert scoring.first_reason([0, 1], any_met=False) == "missed"


@pytest.mark.parametrize("level", [0, 1])
def test_want_of_radar_time_is_a_reason_of_its_own(level: int) -> None:
    """It explains what was never firmly tracked; what was, is explained by what came after."""
    scoring = Scoring(2)
    scoring.level[1] = level
    scoring.note_starved(np.array([0]))
    assert scoring.first_reason([0, 1], any_met=False) == "no-radar-time" in REASONS
    scoring.level[1] = chain.TRACKED
    assert scoring.first_reason([0, 1], any_met=False) == "not-discriminated"


def test_fired_shots_failed_or_missed() -> None:
    """Where shots were fired, it matters whether any of them met its target."""
    scoring = Scoring(1)
    scoring.level[0] = chain.FIRED
    assert scoring.first_reason([0], any_met=True) == "failed"
    assert scoring.first_reason([0], any_met=False) == "missed"
    assert scoring.first_reason([0], any_met=False, all_late=True) == "no-feasible-shot"


def test_late_objects_get_room() -> None:
    """What comes into being during a replication is scored like the rest."""
    scoring = Scoring(1)
    scoring.add_objects(1)
    scoring.note_measurements(3.0, np.array([1]), np.array([0]), np.array([0]))
    assert scoring.object_of(0) == 1
    assert scoring.last_seen_s[1] == 3.0


def test_a_firm_track_waits_for_its_first_counted_look() -> None:
    """What an element reports before any of its looks is counted is firm since it was reported."""
    scoring = Scoring(2)
    assert scoring.note_firm(np.array([4]), np.array([10.0])) == []
    scoring.note_measurements(15.0, np.array([1]), np.array([0]), np.array([4]))
    assert scoring.note_firm(np.array([], np.int64), np.array([])) == [1]
    assert scoring.first_firm_s[1] == 10.0
    assert scoring.level[1] == chain.TRACKED
    assert scoring.note_firm(np.array([], np.int64), np.array([])) == []
