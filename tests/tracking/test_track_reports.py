"""Links that carry tracks: reports are matched, fused without being surer than the truth allows."""

from __future__ import annotations

import numpy as np
import pytest
from tracking_scenes import RADAR_PLACE, fly, measure

from opendome.engine.local_pictures import LocalPictures
from opendome.engine.relay import Links
from opendome.tables.codes import BALLISTIC_PHASE, FIRM, FREE, GLIDE_PHASE
from opendome.tables.cued_looks import CuedLooks
from opendome.tables.measurements import concatenate
from opendome.tables.tracks import Tracks
from opendome.tracking import build_settings, drop_tracks, start_tracker, take_reports, update

pytestmark = pytest.mark.kernels
SETTINGS = build_settings()
UNKNOWN = np.full(8, -1)
TIMES = np.arange(0.0, 61.0, 5.0)
POSITION = np.array([6978e3, -900e3, 800e3])
VELOCITY = np.array([500.0, 3500.0, -4500.0])
PLACES = (RADAR_PLACE, RADAR_PLACE + np.array([-200e3, 900e3, -400e3]))


def fly_some(n: int, apart_m: float = 60e3) -> np.ndarray:
    """True states (n, n_times, 6) of objects side by side."""
    generator = np.random.default_rng(4)
    starts = POSITION + generator.normal(size=(n, 3)) * apart_m
    return np.array([fly(start, VELOCITY, TIMES) for start in starts])


def report_of(tracker) -> Tracks:
    """All firm tracks, as a link would carry them."""
    firm = np.flatnonzero(tracker.tracks.status == FIRM)
    return Tracks._make(column[firm] for column in tracker.tracks)


def links_of(n, latency_s=0.0, loss=0.0):
    """Links of `n` radars, all alike."""
    links = Links([f"radar {i}" for i in range(n)], seed=1, replication=0)
    links.latency_s, links.loss = np.full(n, latency_s), np.full(n, loss)
    return links


def follow(raid, reporting, seed, interval_s=10.0):
    """The picture of two radars after the last look; those in `reporting` send tracks."""
    generator = np.random.default_rng(seed)
    interval = np.array([interval_s if k in reporting else np.nan for k in range(2)])
    local = LocalPictures(interval, np.arange(2), SETTINGS, 32, links_of(2))
    tracker = start_tracker(32)
    for k, t in enumerate(TIMES):
        looks = [
            measure(generator, t, sensor, place, raid[:, k]) for sensor, place in enumerate(PLACES)
        ]
        direct = [table for sensor, table in enumerate(looks) if sensor not in reporting]
        own = [table for sensor, table in enumerate(looks) if sensor in reporting]
        update(tracker, concatenate(direct), t, SETTINGS)
        if own:
            local.take(concatenate(own), CuedLooks.empty(), t, tracker)
    return tracker


def errors_of(tracker, raid):
    """Normalised squared and position errors of each object's nearest track at its own time."""
    alive = np.flatnonzero(tracker.tracks.status == FIRM)
    (look,) = np.flatnonzero(np.unique(tracker.tracks.time_s[alive]) == TIMES)
    squared, distance = [], []
    for truth in raid[:, look]:
        off = tracker.tracks.state[alive, :6] - truth
        i = np.argmin(np.linalg.norm(off[:, :3], axis=1))
        covariance = tracker.tracks.covariance[alive[i], :6, :6]
        squared.append(off[i] @ np.linalg.solve(covariance, off[i]))
        distance.append(np.linalg.norm(off[i, :3]))
    return np.array(squared), np.array(distance)


def test_two_reporters_make_one_track_of_each_object():
    """Ten objects, two radars that send only tracks: ten tracks, all firm, fed by both."""
    tracker = follow(fly_some(10), {0, 1}, seed=1)
    alive = tracker.tracks.status != FREE
    assert alive.sum() == 10
    assert (tracker.tracks.status[alive] == FIRM).all()
    assert (tracker.tracks.sensors[alive] == 0b11).all()


def test_fused_reports_are_never_surer_than_their_errors():
    """Shared history is not counted twice: over 40 runs NEES stays under that of the measurements
    taken directly, and errors near theirs."""
    raid = fly_some(4)
    found = np.array([errors_of(follow(raid, {0, 1}, seed), raid) for seed in range(40)])
    whole = np.array([errors_of(follow(raid, set(), seed), raid) for seed in range(40)])
    assert found[:, 0].mean() < whole[:, 0].mean() < 6.5
    assert (found[:, 1] ** 2).mean() < 1.2 * (whole[:, 1] ** 2).mean()


def test_reports_tell_of_the_measurements_that_they_rest_on():
    """A measurement feeds no track of the command side before it has one, and then always that."""
    raid = fly_some(3)
    generator = np.random.default_rng(2)
    local = LocalPictures(np.array([12.0]), np.zeros(1, np.int64), SETTINGS, 16, links_of(1))
    tracker = start_tracker(16)
    fed = []
    for k, t in enumerate(TIMES):
        table = measure(generator, t, 0, PLACES[0], raid[:, k])
        fed.append(local.take(table, CuedLooks.empty(), t, tracker))
    assert (np.array(fed[:2]) == -1).all()  # firm at the third look
    assert len(np.unique(fed[2])) == 3
    assert (np.array(fed[2:]) == fed[2]).all()
    assert set(fed[-1]) == set(tracker.tracks.number[tracker.tracks.status == FIRM])


@pytest.mark.parametrize(("latency_s", "loss"), [(0.0, 0.0), (4.0, 0.0), (10.0, 0.0), (0.0, 0.6)])
def test_links_delay_and_lose_reports_not_looks(latency_s, loss):
    """The element's own tracks are the same whatever its link; the command side's come later."""
    raid = fly_some(3)
    generator = np.random.default_rng(2)
    local = LocalPictures(
        np.array([5.0]), np.zeros(1, np.int64), SETTINGS, 16, links_of(1, latency_s, loss)
    )
    tracker, own = start_tracker(16), start_tracker(16)
    behind, first_s = [], None
    for k, t in enumerate(TIMES):
        table = measure(generator, t, 0, PLACES[0], raid[:, k])
        update(own, table, t, SETTINGS)
        fed = local.take(table, CuedLooks.empty(), t, tracker)
        (picture,) = local.pictures.values()
        for column, same in zip(picture.tracker.tracks, own.tracks, strict=True):
            assert np.array_equal(column, same, equal_nan=True)
        if (fed >= 0).any():
            first_s = t if first_s is None else first_s
            behind.append(t - tracker.tracks.last_s[tracker.tracks.status == FIRM].max())
    assert (tracker.tracks.status == FIRM).sum() == 3
    if loss:
        # Reports come every 5 s: gaps are whole numbers of them, and the last one that got
        # through told of all before it.
        assert set(behind) <= {0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0} and 0.0 in behind
        assert max(behind) > 0.0
    else:
        late_s = 5.0 * np.ceil(latency_s / 5.0)
        assert first_s == TIMES[2] + late_s
        assert set(behind) == {late_s}


def test_an_end_is_told_after_the_tracks_before_it():
    """What has ended at the element ends here once the link has told it, and not before."""
    raid = fly_some(1)
    generator = np.random.default_rng(2)
    local = LocalPictures(
        np.array([5.0]), np.zeros(1, np.int64), SETTINGS, 16, links_of(1, latency_s=7.0)
    )
    tracker = start_tracker(16)
    for k, t in enumerate(TIMES[:6]):
        local.take(measure(generator, t, 0, PLACES[0], raid[:, k]), CuedLooks.empty(), t, tracker)
    (picture,) = local.pictures.values()
    nothing = measure(generator, 0.0, 0, PLACES[0], raid[:0, 0])
    drop_tracks(picture.tracker.slots, picture.tracker.tracks.number[:1], np.inf)
    there = []
    for t in (30.0, 35.0, 40.0):
        local.take(nothing, CuedLooks.empty(), t, tracker)
        there.append(bool((tracker.tracks.status != FREE).any()))
    assert there == [True, True, False]
    assert not picture.fed and not picture.told_s and not picture.sent


def test_a_report_without_a_track_starts_one_and_the_next_is_matched():
    """The same object reported again, 20 s later and moved on, does not start a second track."""
    raid = fly_some(1)
    generator = np.random.default_rng(3)
    own, tracker = start_tracker(8), start_tracker(8)
    taken = []
    for k, t in enumerate(TIMES):
        update(own, measure(generator, t, 0, PLACES[0], raid[:, k]), t, SETTINGS)
        if k in (4, 8, 12):
            taken.append(take_reports(tracker, report_of(own), UNKNOWN[:1], 0, t, SETTINGS))
    assert [len(numbers) for numbers in taken] == [1, 1, 1]
    assert len({int(numbers[0]) for numbers in taken}) == 1
    assert (tracker.tracks.status != FREE).sum() == 1


def test_a_report_stays_with_the_track_that_took_the_last():
    """What is too far for a new pair is not for an old one; without it a second track starts."""
    report = Tracks.empty(1)
    report.status[:], report.phase[:], report.number[:] = FIRM, BALLISTIC_PHASE, 5
    report.state[0, :3], report.state[0, 3:6] = POSITION, VELOCITY
    report.covariance[0, :6, :6] = np.diag([1e4] * 3 + [100.0] * 3)
    for column in (report.time_s, report.first_s, report.last_s):
        column[:] = 10.0
    for known, n_tracks in ((0, 1), (-1, 2)):
        tracker = start_tracker(4)
        take_reports(tracker, report, UNKNOWN[:1], 0, 10.0, SETTINGS)
        report.state[0, 0] += 1_000.0  # seven sigma of the difference
        (taken,) = take_reports(tracker, report, np.array([known]), 0, 10.0, SETTINGS)
        report.state[0, 0] -= 1_000.0
        assert (tracker.tracks.status != FREE).sum() == n_tracks
        assert (taken == 0) == (n_tracks == 1)


def test_what_its_reporter_has_ended_ends_unless_another_sees_it():
    """Only tracks without anything newer than the last report are dropped."""
    tracker = follow(fly_some(3), {0, 1}, seed=2)
    numbers = tracker.tracks.number[tracker.tracks.status == FIRM]
    last_s = float(tracker.tracks.last_s[tracker.tracks.status == FIRM].min())
    drop_tracks(tracker.slots, numbers[:2], last_s - 1.0)
    assert (tracker.tracks.status != FREE).sum() == 3
    drop_tracks(tracker.slots, numbers[:2], last_s + 60.0)
    assert list(tracker.tracks.number[tracker.tracks.status != FREE]) == [numbers[2]]


def test_a_full_picture_takes_no_more():
    """Without a free slot a report is refused and counted, and nothing else changes."""
    raid = fly_some(3)
    generator = np.random.default_rng(3)
    own, tracker = start_tracker(8), start_tracker(2)
    for k, t in enumerate(TIMES[:6]):
        update(own, measure(generator, t, 0, PLACES[0], raid[:, k]), t, SETTINGS)
    taken = take_reports(tracker, report_of(own), UNKNOWN[:3], 0, TIMES[5], SETTINGS)
    assert sorted(taken) == [-1, 0, 1]
    assert tracker.n_refused == 1


def test_a_reported_glider_is_followed_as_one():
    """A report in winged flight brings models for it, and a surer report replaces a poorer one."""
    settings = SETTINGS
    place = np.array([6378137.0 + 40e3, 0.0, 0.0])
    report = Tracks.empty(1)
    report.status[:], report.phase[:], report.number[:] = FIRM, GLIDE_PHASE, 5
    for column in (report.time_s, report.first_s, report.last_s):
        column[:] = 100.0
    report.state[0, :3], report.state[0, 3:6] = place, (0.0, 4000.0 + 465.0, 0.0)
    report.covariance[0] = np.diag([1e6] * 3 + [400.0] * 3 + [1.0] * 3)
    tracker = start_tracker(4)
    (number,) = take_reports(tracker, report, UNKNOWN[:1], 0, 100.0, settings)
    assert tracker.tracks.phase[0] == GLIDE_PHASE
    report.covariance[0, :3, :3] = np.diag([1e4] * 3)
    (again,) = take_reports(tracker, report, UNKNOWN[:1], 0, 100.0, settings)
    assert again == number
    assert tracker.tracks.covariance[0, 0, 0] == pytest.approx(1e4)
    report.covariance[0, :3, :3] = np.diag([4e4] * 3)
    take_reports(tracker, report, UNKNOWN[:1], 0, 100.0, settings)
    assert tracker.tracks.covariance[0, 0, 0] == pytest.approx(1e4)
    assert tracker.tracks.phase[0] != BALLISTIC_PHASE
