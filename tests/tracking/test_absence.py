"""Looks that found nothing where a track must be end it, as surely as they would have seen it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tracking_scenes import RADAR_PLACE, fly, measure

from opendome.tables.codes import BANDS, FIRM
from opendome.tables.cued_looks import CuedLooks
from opendome.tables.measurements import Measurements
from opendome.tracking import build_settings, start_tracker, update
from opendome.tracking.absence import believe_cross_section
from opendome.tracking.evidence import ECHO_LOG, ECHO_NOISE, ECHO_WEIGHT
from opendome.tracking.picture import ABSENCE, N_ECHO, N_EVIDENCE
from opendome.tracking.settings import N_BELIEVED

pytestmark = pytest.mark.kernels

UHF, X = BANDS.index("UHF"), BANDS.index("X")
SECTION_M2, LEAST_M2 = 10.0, 0.1
SETTINGS = build_settings(physical=1.0, classes=np.zeros((1, N_BELIEVED)))
LIFE = SETTINGS[0].life
NOTHING = Measurements.empty()
TIMES = np.arange(0.0, 45.0, 5.0)
PATH = fly([7.4e6, -4e5, 3e5], [500.0, 5e3, 4e3], np.arange(0.0, 400.0, 5.0))


def seen_track(n_looks: int = 8):
    """A tracker with one firm track of a bright object, after looks at UHF every five seconds."""
    generator = np.random.default_rng(1)
    tracker = start_tracker(4)
    for k, t in enumerate(TIMES[:n_looks]):
        table = measure(generator, t, 0, RADAR_PLACE, PATH[k : k + 1])
        table.band[:] = UHF
        table.cross_section_m2[:] = SECTION_M2
        table.least_cross_section_m2[:] = LEAST_M2
        update(tracker, table, t, SETTINGS)
    assert tracker.tracks.status[0] == FIRM
    return tracker


def look_at(
    time_s: float, *, least_m2: float = LEAST_M2, track: int = 0, band: int = UHF, n: int = 1
):
    """`n` looks of one sensor at one track."""
    return CuedLooks(
        np.full(n, time_s), np.zeros(n, np.int64), np.full(n, track), np.full(n, band),
        np.full(n, least_m2),
    )  # fmt: skip


def count_misses(tracker, most: int, **look) -> int:
    """Looks in a row that find nothing until the track has ended; `most` where it has not."""
    start_s = tracker.tracks.last_s[0]
    for k in range(1, most):
        t = start_s + 5.0 * k
        update(tracker, NOTHING, t, SETTINGS, look_at(t, **look))
        if not tracker.tracks.status[0]:
            return k
    return most


def test_sure_looks_end_a_track_by_its_score() -> None:
    """A bright object is missed with one minus the surest detection at each look, no less."""
    needed = math.ceil(math.log(LIFE.least_presence) / math.log(1.0 - LIFE.surest_detection))
    assert count_misses(seen_track(), 100) == needed


def test_faint_looks_say_little() -> None:
    """Looks that would seldom show the object end its track late, hopeless ones not at all."""
    sure = count_misses(seen_track(), 100)
    # At a threshold twice the object's echo a look shows it one time in five.
    assert sure < count_misses(seen_track(), 100, least_m2=2.0 * SECTION_M2) < 100
    assert count_misses(seen_track(), 100, least_m2=1e4) == 100


def test_a_look_at_another_band_asks_for_less() -> None:
    """What was seen at long waves alone may be faint at short ones; the other way it is not."""
    least_m2 = 20.0
    long = count_misses(seen_track(), 100, least_m2=least_m2)
    assert long < count_misses(seen_track(), 100, least_m2=least_m2, band=X)
    evidence = np.zeros(N_EVIDENCE)
    evidence[2 * N_ECHO + ECHO_WEIGHT], evidence[2 * N_ECHO + ECHO_NOISE] = 1e9, 1e-9
    evidence[2 * N_ECHO + ECHO_LOG] = math.log(3.0) - 0.5772156649
    assert believe_cross_section(evidence, 2, 0.1) == pytest.approx(3.0, rel=1e-3)
    assert believe_cross_section(evidence, 0, 0.1) == pytest.approx(3.0, rel=1e-3)
    moved = np.roll(evidence, -2 * N_ECHO)
    assert believe_cross_section(moved, 2, 0.1) == pytest.approx(0.3, rel=1e-3)
    assert believe_cross_section(np.zeros(N_EVIDENCE), 1, 0.1) == 0.0


def test_a_measurement_sets_the_score_back() -> None:
    """Misses count from the last measurement on; those reported with it or before it do not."""
    tracker = seen_track()
    generator = np.random.default_rng(2)
    for k in range(8, 60):
        t = 5.0 * k
        table = NOTHING
        if k % 4 == 0:
            table = measure(generator, t, 0, RADAR_PLACE, PATH[k : k + 1])
        update(tracker, table, t, SETTINGS, look_at(t, n=2))
        assert tracker.tracks.status[0] == FIRM


def test_late_reports_of_misses_before_a_measurement_say_nothing() -> None:
    """However many looks of earlier times are reported now, the track was seen since."""
    tracker = seen_track()
    last_s = tracker.tracks.last_s[0]
    update(tracker, NOTHING, last_s + 5.0, SETTINGS, look_at(last_s, n=99))
    assert tracker.tracks.status[0] == FIRM


def test_looks_elsewhere_or_at_ended_tracks_change_nothing() -> None:
    """A number that no live track has is passed over."""
    tracker = seen_track()
    assert count_misses(tracker, 100, track=7) == 100


def test_the_order_of_reports_does_not_matter() -> None:
    """Shuffled rows of unequal looks leave the same score to the bit."""
    rng = np.random.default_rng(3)
    n = 50
    t = 5.0 * 8
    looks = look_at(t, n=n)._replace(
        least_cross_section_m2=rng.uniform(50.0, 200.0, n), time_s=rng.uniform(t - 4.0, t, n)
    )
    scores = []
    for _ in range(4):
        tracker = seen_track()
        update(tracker, NOTHING, t, SETTINGS, looks)
        scores.append(tracker.slots.real[ABSENCE, 0])
        order = rng.permutation(n)
        looks = CuedLooks._make(column[order] for column in looks)
    assert scores[0] < 0.0 and len(set(scores)) == 1


def test_a_track_that_nobody_looks_at_ends_in_the_end() -> None:
    """It coasts for its time and no longer."""
    tracker = seen_track()
    last_s = tracker.tracks.last_s[0]
    update(tracker, NOTHING, last_s + LIFE.firm_coast_s, SETTINGS)
    assert tracker.tracks.status[0] == FIRM
    update(tracker, NOTHING, last_s + LIFE.firm_coast_s + 1.0, SETTINGS)
    assert not tracker.tracks.status[0]
