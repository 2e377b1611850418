"""OSPA and GOSPA are the distances that their authors define."""

from __future__ import annotations

import datetime
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from opendome.statistics import find_gospa, find_ospa

points = hnp.arrays(
    np.float64, st.tuples(st.integers(0, 5), st.just(2)), elements=st.floats(-10.0, 10.0)
)
CUTOFF = 3.0


@given(points)
def test_a_perfect_picture_is_at_distance_zero(objects: np.ndarray) -> None:
    """The same points in another order."""
    tracks = objects[::-1]
    assert find_ospa(objects, tracks, CUTOFF) == 0.0
    found = find_gospa(objects, tracks, CUTOFF)
    assert found.distance == found.localisation == found.missed == found.false == 0.0


@given(points, points, points, st.sampled_from([1.0, 2.0]))
def test_they_are_metrics(a: np.ndarray, b: np.ndarray, c: np.ndarray, order: float) -> None:
    """Symmetric, and the way over a third set is no shorter."""
    for measure in (find_ospa, lambda x, y, *rest: find_gospa(x, y, *rest).distance):
        assert measure(a, b, CUTOFF, order) == pytest.approx(measure(b, a, CUTOFF, order))
        way = measure(a, c, CUTOFF, order) + measure(c, b, CUTOFF, order)
        assert measure(a, b, CUTOFF, order) <= way + 1e-9


def test_ospa_of_a_closed_case() -> None:
    """One object missed by 1, one not tracked: root of (1 + 9) / 2 at a cut-off of 3."""
    objects, tracks = [[0.0, 0.0], [50.0, 0.0]], [[0.0, 1.0]]
    assert find_ospa(objects, tracks, 3.0, 2.0) == pytest.approx(math.sqrt(5.0))
    assert find_ospa(objects, tracks, 3.0, 1.0) == pytest.approx(2.0)
    assert find_ospa(objects, [], 3.0) == pytest.approx(3.0)


def test_gospa_of_a_closed_case() -> None:
    """One pair at 1, two objects missed, one false track, at a cut-off of 4: 1 + 16 + 8."""
    objects = [[0.0, 0.0], [50.0, 0.0], [90.0, 0.0]]
    found = find_gospa(objects, [[0.0, 1.0], [70.0, 0.0]], 4.0)
    assert (found.localisation, found.missed, found.false) == pytest.approx((1.0, 16.0, 8.0))
    assert (found.n_missed, found.n_false) == (2, 1)
    assert found.distance == pytest.approx(5.0)
    assert (found.pairs.first.tolist(), found.pairs.second.tolist()) == ([0], [0])


def test_a_pair_past_the_cut_off_is_a_miss_and_a_false_track() -> None:
    """At the cut-off and beyond, the track does not count as being of the object."""
    for away in (4.0, 40.0):
        found = find_gospa([[0.0]], [[away]], 4.0)
        assert (found.n_missed, found.n_false, found.localisation) == (1, 1, 0.0)
        assert found.distance == pytest.approx(4.0)


def test_gospa_grows_with_false_tracks_where_ospa_does_not() -> None:
    """Each false track adds its price: what OSPA's average hides."""
    objects = [[0.0]]
    far = [[100.0 * k] for k in range(1, 4)]
    gospa = [find_gospa(objects, [[0.0], *far[:k]], 2.0).distance for k in range(4)]
    assert gospa == pytest.approx([math.sqrt(2.0 * k) for k in range(4)])
    assert find_ospa(objects, [[0.0], *far], 2.0) < 2.0


@pytest.fixture(scope="module")
def stone_soup() -> Any:
    """Stone Soup's two metrics."""
    return pytest.importorskip("stonesoup.metricgenerator.ospametric")


@pytest.mark.parametrize("key", range(20))
def test_stone_soup_finds_the_same(stone_soup: Any, key: int) -> None:
    """Random scenes: GOSPA with its parts, and OSPA of order 1, to 1e-9.

    For OSPA of higher order Stone Soup picks the assignment by plain distances, not by their
    powers as the definition asks: its value is never below ours.
    """
    from stonesoup.types.state import State

    generator = np.random.Generator(np.random.Philox(key=key))
    n, m = generator.integers(1, 12, 2)
    objects = generator.uniform(0.0, 20.0, (n, 3))
    tracks = np.vstack([objects[: m // 2], generator.uniform(0.0, 20.0, (m, 3))])
    tracks += generator.normal(0.0, 1.0, tracks.shape)
    now = datetime.datetime(2030, 1, 1)

    def as_states(rows: np.ndarray) -> list[Any]:
        return [State(row[:, None], timestamp=now) for row in rows]

    for order in (1, 2):
        theirs, _ = stone_soup.GOSPAMetric(p=order, c=8.0).compute_gospa_metric(
            as_states(tracks), as_states(objects)
        )
        ours = find_gospa(objects, tracks, 8.0, order)
        for part in ("distance", "localisation", "missed", "false"):
            assert getattr(ours, part) == pytest.approx(theirs.value[part], rel=1e-9, abs=1e-9)
        ospa = stone_soup.OSPAMetric(p=order, c=8.0).compute_OSPA_distance(
            as_states(tracks), as_states(objects)
        )
        mine = find_ospa(objects, tracks, 8.0, order)
        assert mine <= ospa.value + 1e-9
        if order == 1:
            assert mine == pytest.approx(ospa.value, rel=1e-9)
