"""The ideal sensor: sees all, or the same share of objects for good."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from opendome.sensing import derive_keys, man_station, observe
from opendome.tables import codes

pytestmark = pytest.mark.kernels
KEYS = derive_keys(1)
CENTRE = np.zeros((1, 3))


def test_sees_everything_within_metres(make_snapshot: Callable, make_ideal: Callable) -> None:
    """All objects, on both sides of the Earth; place errors of 10 m an axis, within 4 sigma."""
    rng = np.random.default_rng(1)
    places = rng.normal(size=(200, 3)) * 5e6
    snapshot = make_snapshot(places)
    table, link = observe([man_station(make_ideal(), CENTRE, CENTRE)], snapshot, 1.0, 0.0, KEYS, 0)
    assert sorted(link.tolist()) == list(range(200))
    errors = table.range_m[:, None] * table.direction_eci - places[link]
    squares = (errors**2).sum(axis=1) / 10.0**2
    assert squares.mean() == pytest.approx(3.0, abs=4.0 * math.sqrt(6.0 / 200))
    feature = (table.feature - snapshot.feature[link]) / table.sigma_feature
    assert (feature**2).mean() == pytest.approx(1.0, abs=4.0 * math.sqrt(2.0 / 200))
    along = (snapshot.velocity_eci_m_s[link] * places[link]).sum(axis=1) / np.linalg.norm(
        places[link], axis=1
    )
    assert np.abs(table.range_rate_m_s - along).max() < 6.0


def test_track_probability_is_drawn_once_for_an_object(
    make_snapshot: Callable, make_ideal: Callable
) -> None:
    """The same objects at every look, another set in another replication, 70 % of them."""
    n = 400
    rng = np.random.default_rng(1)
    snapshot = make_snapshot(rng.normal(size=(n, 3)) * 5e6)
    block = make_ideal(track_probability=np.array([0.7]))
    seen = []
    for time_s, replication in ((100.0, 0), (101.0, 0), (100.0, 1)):
        now = snapshot._replace(time_s=time_s)
        _, link = observe([man_station(block, CENTRE, CENTRE)], now, 1.0, 0.0, KEYS, replication)
        seen.append(set(link.tolist()))
    assert seen[0] == seen[1] != seen[2]
    assert len(seen[0]) / n == pytest.approx(0.7, abs=4.0 * math.sqrt(0.21 / n))


def test_extreme_probabilities(make_snapshot: Callable, make_ideal: Callable) -> None:
    snapshot = make_snapshot(np.random.default_rng(1).normal(size=(50, 3)) * 5e6)
    for probability, n_rows in ((0.0, 0), (1.0, 50)):
        block = make_ideal(track_probability=np.array([probability]))
        table, _ = observe([man_station(block, CENTRE, CENTRE)], snapshot, 1.0, 0.0, KEYS, 0)
        assert table.n_rows == n_rows


def test_it_has_a_feature_and_no_band(make_snapshot: Callable, make_ideal: Callable) -> None:
    """Its feature tells objects apart by definition; neither echo nor radiation is measured."""
    snapshot = make_snapshot(np.full((3, 3), 5e6))
    table, _ = observe([man_station(make_ideal(), CENTRE, CENTRE)], snapshot, 1.0, 0.0, KEYS, 0)
    assert (table.band == codes.NO_BAND).all()
    assert np.isnan(table.cross_section_m2).all() and np.isnan(table.irradiance_w_m2).all()
