from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from opendome.statistics import (
    find_clopper_pearson_interval,
    find_mean_interval,
    find_quantiles,
    find_wilson_interval,
)

counts = st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
levels = st.sampled_from([0.8, 0.9, 0.95, 0.99])


@given(counts, levels)
def test_share_intervals_hold_the_share_and_stay_within_0_and_1(
    count: tuple[int, int], level: float
) -> None:
    """Wilson and Clopper-Pearson intervals hold the share seen and lie in [0, 1]."""
    for find in (find_wilson_interval, find_clopper_pearson_interval):
        found = find(*count, level)
        assert 0.0 <= found.low <= found.mean <= found.high <= 1.0
        assert found.high > found.low


@given(counts, levels)
def test_share_intervals_mirror(count: tuple[int, int], level: float) -> None:
    """Counting no instead of yes mirrors the interval about one half."""
    k, n = count
    for find in (find_wilson_interval, find_clopper_pearson_interval):
        yes, no = find(k, n, level), find(n - k, n, level)
        # 1e-9: the inverse of the incomplete beta function is accurate to about that.
        assert yes.low == pytest.approx(1.0 - no.high, abs=1e-9)
        assert yes.high == pytest.approx(1.0 - no.low, abs=1e-9)


@given(counts)
def test_share_intervals_agree_with_scipy(count: tuple[int, int]) -> None:
    """SciPy's own Wilson and exact intervals come out, to rounding and root finding (1e-8)."""
    k, n = count
    reference = stats.binomtest(k, n)
    for method, find in (
        ("wilson", find_wilson_interval),
        ("exact", find_clopper_pearson_interval),
    ):
        expected = reference.proportion_ci(0.95, method=method)
        found = find(k, n, 0.95)
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-8)


def test_wilson_interval_of_the_literature() -> None:
    """Newcombe (1998), Stat. Med. 17, 857, table I: 81 of 263 gives 0.2553 to 0.3662 (4 digits)."""
    found = find_wilson_interval(81, 263)
    assert found.low == pytest.approx(0.2553, abs=5e-5)
    assert found.high == pytest.approx(0.3662, abs=5e-5)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40), st.floats(-1e3, 1e3))
def test_mean_interval_moves_with_the_values(values: list[float], shift: float) -> None:
    """Adding a constant to every value shifts mean and interval by it."""
    plain = find_mean_interval(values)
    moved = find_mean_interval(np.array(values) + shift)
    assert plain.low <= plain.mean <= plain.high
    for a, b in zip(plain[:3], moved[:3], strict=True):
        # Values of 1e6 carry an error of about 1e-10 each, times a Student quantile of up to 12.7.
        assert b == pytest.approx(a + shift, abs=1e-6)


def test_mean_interval_agrees_with_scipy() -> None:
    """Student's interval as SciPy computes it."""
    values = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0]
    low, high = stats.t.interval(0.9, 7, np.mean(values), stats.sem(values))
    found = find_mean_interval(values, 0.9)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-12)


def test_samples_too_small_for_a_statement_say_nan() -> None:
    """No replication: no mean. One: a mean and no interval. None is zero or an exception."""
    assert all(math.isnan(value) for value in find_mean_interval([])[:3])
    one = find_mean_interval([2.0])
    assert one.mean == 2.0
    assert math.isnan(one.low)
    assert math.isnan(one.high)
    assert math.isnan(find_wilson_interval(0, 0).mean)
    assert math.isnan(find_clopper_pearson_interval(0, 0).high)
    assert all(math.isnan(value) for value in find_quantiles([], [0.1, 0.9]))


def test_quantiles_are_linear_between_values() -> None:
    """Quantiles of 0 to 100 are the per cent."""
    assert find_quantiles(np.arange(101.0), [0.05, 0.5, 0.955]) == pytest.approx((5.0, 50.0, 95.5))


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, -0.5, math.nan])
def test_levels_outside_0_and_1_are_refused(level: float) -> None:
    """A level in per cent or outside the open interval is an error, not a wrong width."""
    for call in (
        lambda: find_mean_interval([1.0, 2.0], level),
        lambda: find_wilson_interval(1, 2, level),
        lambda: find_clopper_pearson_interval(1, 2, level),
    ):
        with pytest.raises(ValueError, match="level"):
            call()


def test_impossible_counts_are_refused() -> None:
    """More successes than trials, negative counts and tables of samples are errors."""
    with pytest.raises(ValueError, match="successes"):
        find_wilson_interval(3, 2)
    with pytest.raises(ValueError, match="successes"):
        find_clopper_pearson_interval(-1, 2)
    with pytest.raises(ValueError, match="one dimension"):
        find_mean_interval(np.zeros((2, 2)))
