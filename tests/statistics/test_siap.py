"""SIAP attributes: perfect for a perfect picture, and each answers to its own fault alone."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pytest

from opendome.statistics import Associations, score_siap, score_siap_over_time
from opendome.statistics.siap import _list_segments

TIMES = np.arange(6) * 10.0


def associate(rows: list[tuple[int, int, int]], error: float = 0.0) -> Associations:
    """Rows of time, object and track number, with one error of position and twice it in speed."""
    step, column, track = np.array(rows, np.int64).reshape(-1, 3).T
    return Associations(
        step, column, track, np.full(step.size, error), np.full(step.size, 2.0 * error)
    )


def hold(n_objects: int, n_times: int = TIMES.size) -> list[tuple[int, int, int]]:
    """Each object held by the track of its own number all the time."""
    return [(k, j, 100 + j) for k in range(n_times) for j in range(n_objects)]


def test_a_perfect_tracker_has_perfect_scores() -> None:
    """Every object on one track of its own from its first to its last sample."""
    present = np.ones((6, 3), bool)
    found = score_siap(TIMES, present, np.full(6, 3), associate(hold(3)))
    assert found == (1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0)
    series = score_siap_over_time(TIMES, present, np.full(6, 3), associate(hold(3)))
    assert (series.completeness == 1.0).all()
    assert (series.ambiguity == 1.0).all()
    assert (series.spuriousness == 0.0).all()


def test_a_missed_object_lowers_completeness_alone() -> None:
    """Two of three objects held: completeness 2/3, longest segment 2/3, all else perfect."""
    found = score_siap(TIMES, np.ones((6, 3), bool), np.full(6, 2), associate(hold(2)))
    assert found.completeness == pytest.approx(2 / 3)
    assert found.longest_segment == pytest.approx(2 / 3)
    assert (found.ambiguity, found.spuriousness, found.number_change_rate) == (1.0, 0.0, 0.0)


def test_two_tracks_on_one_object_are_ambiguous() -> None:
    """A second track on one of two objects: three tracks on two objects, none spurious."""
    rows = hold(2) + [(k, 0, 200) for k in range(6)]
    found = score_siap(TIMES, np.ones((6, 2), bool), np.full(6, 3), associate(rows))
    assert found.ambiguity == pytest.approx(1.5)
    assert (found.completeness, found.spuriousness) == (1.0, 0.0)
    assert found.number_change_rate == 0.0


def test_tracks_of_nothing_are_spurious() -> None:
    """One track in four is of nothing."""
    found = score_siap(TIMES, np.ones((6, 3), bool), np.full(6, 4), associate(hold(3)))
    assert found.spuriousness == pytest.approx(0.25)
    assert (found.completeness, found.ambiguity) == (1.0, 1.0)


def test_swapped_numbers_change_the_rate_and_the_segments() -> None:
    """Two tracks that swap objects half way: a change on each of two objects, held for 40 s each.

    Between the third and the fourth sample neither number holds its object throughout.
    """
    rows = [(k, j, (j if k < 3 else 1 - j)) for k in range(6) for j in range(2)]
    found = score_siap(TIMES, np.ones((6, 2), bool), np.full(6, 2), associate(rows))
    assert found.number_change_rate == pytest.approx(2 / 80.0)
    assert found.longest_segment == pytest.approx(20.0 / 50.0)
    assert (found.completeness, found.ambiguity, found.spuriousness) == (1.0, 1.0, 0.0)


def test_errors_are_averaged_over_tracks_on_objects() -> None:
    """Mean distance, and mean speed difference, over associations."""
    found = score_siap(TIMES, np.ones((6, 3), bool), np.full(6, 9), associate(hold(3), 7.0))
    assert found.position_accuracy == pytest.approx(7.0)
    assert found.velocity_accuracy == pytest.approx(14.0)


def test_nothing_to_score_is_not_a_number() -> None:
    """No object, no track: no statement."""
    found = score_siap(TIMES, np.zeros((6, 2), bool), np.zeros(6), associate([]))
    assert np.isnan(found).all()
    series = score_siap_over_time(TIMES, np.zeros((6, 2), bool), np.zeros(6), associate([]))
    assert np.isnan(series.completeness).all()


@pytest.mark.parametrize(
    ("rows", "n_tracks", "message"),
    [([(0, 1, 0)], 1, "there"), ([(0, 0, 0), (0, 0, 1)], 1, "more tracks")],
)
def test_what_cannot_be_is_refused(
    rows: list[tuple[int, int, int]], n_tracks: int, message: str
) -> None:
    """A track on an object that is not there; more tracks on objects than there are tracks."""
    present = np.array([[True, False]] * 6)
    with pytest.raises(ValueError, match=message):
        score_siap(TIMES, present, np.full(6, n_tracks), associate(rows))
    with pytest.raises(ValueError, match="rise"):
        score_siap(TIMES[::-1], present, np.full(6, 9), associate([]))


@pytest.mark.parametrize("key", range(10))
def test_stone_soup_finds_the_same(key: int) -> None:
    """Random scenes with gaps, swaps, double and spurious tracks: all attributes to 1e-9.

    No track comes back to an object that it has left: Stone Soup adds both spells up to one.
    """
    metrics = pytest.importorskip("stonesoup.metricgenerator.tracktotruthmetrics")
    from stonesoup.measures import Euclidean
    from stonesoup.metricgenerator.manager import MultiManager
    from stonesoup.types.association import AssociationSet, TimeRangeAssociation
    from stonesoup.types.groundtruth import GroundTruthPath, GroundTruthState
    from stonesoup.types.state import State
    from stonesoup.types.time import TimeRange
    from stonesoup.types.track import Track

    generator = np.random.Generator(np.random.Philox(key=key))
    n_times, n_objects, n_tracks = 12, 5, 8
    times = np.cumsum(generator.integers(1, 9, n_times)).astype(float)
    present = np.zeros((n_times, n_objects), bool)
    for j in range(n_objects):
        first = generator.integers(0, 4)
        present[first : generator.integers(8, n_times) + 1, j] = True
    truth = generator.normal(0.0, 100.0, (n_times, n_objects, 6))
    picture = generator.normal(0.0, 100.0, (n_times, n_tracks, 6))
    alive = generator.random((n_times, n_tracks)) < 0.8
    # Each track goes with one object for some samples, then with another or none.
    spells = generator.permuted(np.tile(np.arange(-1, n_objects), (n_tracks, 1)), axis=1)
    goes_with = np.repeat(spells[:, : n_times // 3].T, 3, axis=0)
    # A track that is alive is so for a whole spell.
    alive = np.repeat(alive[::3], 3, axis=0)
    on = (goes_with >= 0) & alive & np.take_along_axis(present, np.maximum(goes_with, 0), axis=1)
    # Stone Soup knows no association at a single sample.
    steady = on[1:] & on[:-1] & (goes_with[1:] == goes_with[:-1])
    on[1:-1] &= steady[1:] | steady[:-1]
    on[0] &= steady[0]
    on[-1] &= steady[-1]
    step, track = np.nonzero(on)
    column = goes_with[step, track]
    difference = picture[step, track] - truth[step, column]
    held = Associations(
        step, column, track,
        np.linalg.norm(difference[:, :3], axis=1), np.linalg.norm(difference[:, 3:], axis=1),
    )  # fmt: skip
    ours = score_siap(times, present, alive.sum(axis=1), held)

    zero = datetime.datetime(2030, 1, 1)
    clock = [zero + datetime.timedelta(seconds=t) for t in times]
    paths = [
        GroundTruthPath([
            GroundTruthState(truth[k, j][:, None], timestamp=clock[k])
            for k in np.flatnonzero(present[:, j])
        ])
        for j in range(n_objects)
    ]  # fmt: skip
    tracks: list[Any] = [
        Track([
            State(picture[k, i][:, None], timestamp=clock[k]) for k in np.flatnonzero(alive[:, i])
        ])
        for i in range(n_tracks)
    ]  # fmt: skip
    ranges = set()
    for i in range(n_tracks):
        mine = track == i
        own = _list_segments(Associations._make(values[mine] for values in held))
        for j, segments in own.items():
            for first, last in segments:
                span = TimeRange(clock[first], clock[last])
                ranges.add(TimeRangeAssociation({paths[j], tracks[i]}, time_range=span))
    generator_of = metrics.SIAPMetrics(
        position_measure=Euclidean((0, 1, 2)), velocity_measure=Euclidean((3, 4, 5))
    )
    manager = MultiManager([generator_of])
    manager.add_data({"tracks": tracks, "groundtruth_paths": paths})
    manager.association_set = AssociationSet(ranges)
    theirs = {metric.title: metric.value for metric in generator_of.compute_metric(manager)}
    for name, title in (
        ("completeness", "SIAP Completeness"),
        ("ambiguity", "SIAP Ambiguity"),
        ("spuriousness", "SIAP Spuriousness"),
        ("position_accuracy", "SIAP Position Accuracy"),
        ("velocity_accuracy", "SIAP Velocity Accuracy"),
        ("number_change_rate", "SIAP Rate of Track Number Change"),
        ("longest_segment", "SIAP Longest Track Segment"),
    ):
        assert getattr(ours, name) == pytest.approx(theirs[title], rel=1e-9), name
    series = score_siap_over_time(times, present, alive.sum(axis=1), held)
    for name in ("completeness", "ambiguity", "spuriousness"):
        values = [metric.value for metric in theirs[f"SIAP {name.capitalize()} at times"]]
        mine = getattr(series, name)
        defined = np.isfinite(mine)
        assert mine[defined] == pytest.approx(np.array(values)[defined], rel=1e-9)
