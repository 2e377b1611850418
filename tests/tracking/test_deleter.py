"""Merging: one track is left of two, known by the number that came first."""

from __future__ import annotations

import numpy as np
import pytest

from opendome.tables.codes import FIRM, FREE, TENTATIVE
from opendome.tracking import start_tracker
from opendome.tracking.deleter import merge_pair
from opendome.tracking.picture import (
    ABSENCE,
    FIRM_SINCE,
    LAST,
    LAST_PLUME,
    LAST_SENSOR,
    LAUNCH,
    NUMBER,
    PLUME_INTERVAL,
    STATUS,
    Tracker,
)


def two_tracks(older: int, newer: int) -> Tracker:
    """Number 3 known to a kilometre in slot 0, number 8 to 100 m in slot 1, both of one object."""
    tracker = start_tracker(4)
    slots = tracker.slots
    for i, (number, status, sigma_m) in enumerate(((3, older, 1000.0), (8, newer, 100.0))):
        slots.whole[NUMBER, i], slots.whole[STATUS, i] = number, status
        slots.real[FIRM_SINCE, i] = 60.0 + 100.0 * i if status == FIRM else np.nan
        slots.real[LAUNCH, i] = np.nan
        slots.state[i, :3] = (7e6, 0.0, 0.0)
        slots.covariance[i, :6, :6] = np.diag([sigma_m**2] * 3 + [100.0] * 3)
    return tracker


@pytest.mark.parametrize(
    ("older", "newer", "number", "firm_s"), [(FIRM, FIRM, 3, 60.0), (TENTATIVE, FIRM, 8, 160.0)]
)
def test_the_number_of_the_first_firm_track_stays(
    older: int, newer: int, number: int, firm_s: float
) -> None:
    """The better state survives; the older number with it where its track was firm."""
    tracker = two_tracks(older, newer)
    merge_pair(tracker.slots, 0, 1)
    assert tracker.tracks.status.tolist()[:2] == [FREE, FIRM]
    assert tracker.tracks.number.tolist()[:2] == [-1, number]
    assert tracker.tracks.firm_s[1] == firm_s
    assert tracker.tracks.covariance[1, 0, 0] == pytest.approx(100.0**2, rel=0.02)


@pytest.mark.parametrize("later", [0, 1])
def test_what_was_seen_last_stays(later: int) -> None:
    """When and by which sensor, with the looks that missed it since, whichever track survives."""
    tracker = two_tracks(FIRM, FIRM)
    slots = tracker.slots
    for i in range(2):
        seen_s = 600.0 if i == later else 10.0
        slots.real[LAST, i], slots.real[ABSENCE, i] = seen_s, -seen_s / 100.0
        slots.real[LAST_PLUME, i] = 300.0 if i == later else np.nan
        slots.real[PLUME_INTERVAL, i] = i
        slots.whole[LAST_SENSOR, i] = 10 + i
    merge_pair(slots, 0, 1)
    assert slots.real[[LAST, ABSENCE, LAST_PLUME, PLUME_INTERVAL], 1].tolist() == [
        600.0, -6.0, 300.0, later,
    ]  # fmt: skip
    assert slots.whole[LAST_SENSOR, 1] == 10 + later
