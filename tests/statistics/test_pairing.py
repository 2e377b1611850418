"""Pairing is one to one, within the cut-off and best."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from opendome.statistics import pairing
from opendome.statistics.pairing import pair_points


def draw_scene(key: int, n: int, m: int, size: float = 10.0) -> tuple[np.ndarray, np.ndarray]:
    """Two sets of points in a cube."""
    generator = np.random.Generator(np.random.Philox(key=key))
    return generator.uniform(0.0, size, (n, 3)), generator.uniform(0.0, size, (m, 3))


def gain(distance: np.ndarray, cutoff: float, order: float) -> float:
    return float((cutoff**order - distance**order).sum())


@pytest.mark.parametrize("order", [1.0, 2.0, 3.5])
@pytest.mark.parametrize("key", range(8))
def test_no_other_pairing_is_better(key: int, order: float) -> None:
    """Every one-to-one assignment of four points to five, tried one by one, gains no more."""
    first, second = draw_scene(key, 4, 5)
    found = pair_points(first, second, 4.0, order)
    distance = np.linalg.norm(first[:, None] - second[None], axis=2)
    best = max(
        gain(np.minimum(distance[range(4), list(columns)], 4.0), 4.0, order)
        for columns in itertools.permutations(range(5), 4)
    )
    assert gain(found.distance, 4.0, order) == pytest.approx(best, rel=1e-12)


@pytest.mark.parametrize(("n", "m"), [(0, 3), (3, 0), (1, 1), (40, 60), (60, 40)])
def test_pairs_are_one_to_one_and_near(n: int, m: int) -> None:
    """No row twice, no pair at the cut-off or beyond, distances as they are."""
    first, second = draw_scene(1, n, m)
    found = pair_points(first, second, 2.0)
    assert len(set(found.first)) == len(set(found.second)) == found.distance.size
    assert (found.distance < 2.0).all()
    expected = np.linalg.norm(first[found.first] - second[found.second], axis=1)
    assert found.distance == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("order", [1.0, 2.0])
@pytest.mark.parametrize("key", range(6))
def test_the_list_of_near_pairs_gives_what_the_table_gives(
    monkeypatch: pytest.MonkeyPatch, key: int, order: float
) -> None:
    """Both ways of solving gain the same, coinciding points included."""
    first, second = draw_scene(key, 120, 100)
    second[:20] = first[:20]
    whole = pair_points(first, second, 3.0, order)
    monkeypatch.setattr(pairing, "_MOST_IN_TABLE", 0)
    near = pair_points(first, second, 3.0, order)
    assert gain(near.distance, 3.0, order) == pytest.approx(
        gain(whole.distance, 3.0, order), rel=1e-12
    )
    assert set(near.first) <= set(range(120))
    assert len(set(near.second)) == near.second.size


def test_many_points_need_no_table() -> None:
    """Twenty thousand points each, of which a table would hold 3.2 GB."""
    first, _ = draw_scene(3, 20_000, 0, size=1e6)
    generator = np.random.Generator(np.random.Philox(key=4))
    shuffled = generator.permutation(20_000)
    found = pair_points(first, first[shuffled] + generator.normal(0.0, 10.0, (20_000, 3)), 1e4)
    assert (shuffled[found.second] == found.first).mean() > 0.999


@pytest.mark.parametrize(
    ("first", "cutoff", "order"),
    [([[0.0]], 0.0, 2.0), ([[0.0]], np.inf, 2.0), ([[0.0]], 1.0, 0.5), ([[np.nan]], 1.0, 2.0),
     ([0.0], 1.0, 2.0), ([[0.0, 1.0]], 1.0, 2.0)],
)  # fmt: skip
def test_what_cannot_be_paired_is_refused(first: list[float], cutoff: float, order: float) -> None:
    """Cut-offs, orders and points that have no meaning."""
    with pytest.raises(ValueError, match=r"cut-off|order|points"):
        pair_points(first, [[0.0]], cutoff, order)
