"""Operating curves: how well a score tells two kinds apart."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from opendome.statistics import find_area_interval, find_operating_area, find_operating_curve

SCORES = st.lists(st.integers(0, 9), min_size=1, max_size=30)


@settings(max_examples=50, deadline=None)
@given(SCORES, SCORES)
def test_the_area_is_that_under_the_curve_and_the_share_of_pairs(sought, other):
    """Trapezoids under the curve, pairs in order with ties as halves, and ranks agree."""
    false_alarm, detection = find_operating_curve(sought, other)
    assert (false_alarm[0], detection[0]) == (0.0, 0.0)
    assert (false_alarm[-1], detection[-1]) == (1.0, 1.0)
    assert (np.diff(false_alarm) >= 0.0).all() and (np.diff(detection) >= 0.0).all()
    pairs = np.subtract.outer(np.array(sought), np.array(other))
    share = (pairs > 0).mean() + 0.5 * (pairs == 0).mean()
    assert find_operating_area(sought, other) == pytest.approx(share)
    assert np.trapezoid(detection, false_alarm) == pytest.approx(share)


def test_two_unit_normals_have_the_closed_form():
    """k apart: detection is Phi(Phi^-1(false alarm) + k), area Phi(k / sqrt 2); four sigmas."""
    generator = np.random.default_rng(1)
    n, k = 4000, 1.8
    sought, other = generator.normal(k, 1.0, n), generator.normal(0.0, 1.0, n)
    area = norm.cdf(k / math.sqrt(2.0))
    # Hanley and McNeil (1982), equation 1, bounded by area (1 - area) / n for each kind.
    spread = math.sqrt(2.0 * area * (1.0 - area) / n)
    assert find_operating_area(sought, other) == pytest.approx(area, abs=4.0 * spread)
    false_alarm, detection = find_operating_curve(sought, other)
    for share in (0.01, 0.1, 0.5):
        expected = norm.cdf(norm.ppf(share) + k)
        slope = norm.pdf(norm.ppf(expected)) / norm.pdf(norm.ppf(share))
        spread = math.sqrt((expected * (1 - expected) + slope**2 * share * (1 - share)) / n)
        found = np.interp(share, false_alarm, detection)
        assert found == pytest.approx(expected, abs=4.0 * spread)


def test_the_replication_is_the_unit_of_the_interval():
    """Equal areas leave no width, one replication no interval, and lone kinds are left out."""
    equal = find_area_interval([1, 2, 1, 2], [0, 1.5, 0, 1.5], [0, 0, 1, 1], [0, 0, 1, 1])
    assert (equal.mean, equal.low, equal.high) == (0.75, 0.75, 0.75)
    alone = find_area_interval([1, 2, 9], [0, 1.5], [0, 0, 7], [0, 0])
    assert alone.mean == 0.75 and math.isnan(alone.low)
    assert math.isnan(find_operating_area([], [1.0]))
