from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendome.statistics import (
    bootstrap_ratio,
    find_ratio_error,
    find_ratio_interval,
    find_wilson_interval,
)

raids = st.lists(
    st.integers(0, 12).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=2,
    max_size=30,
).filter(lambda rows: any(lethal for _, lethal in rows))


def draw_raids(
    seed: int, n_campaigns: int, n_replications: int, share: float, correlation: float
) -> tuple[np.ndarray, np.ndarray]:
    """Leaked and lethal warheads of campaigns whose raids share failures (beta-binomial)."""
    generator = np.random.Generator(np.random.Philox(key=seed))
    size = (n_campaigns, n_replications)
    strength = 1.0 / correlation - 1.0
    chance = generator.beta(share * strength, (1.0 - share) * strength, size)
    lethal = generator.binomial(10, 0.9, size)
    return generator.binomial(lethal, chance), lethal


@pytest.mark.parametrize(("share", "n_replications"), [(0.05, 200), (0.3, 100), (0.7, 50)])
def test_ratio_interval_covers_with_shared_failures(share: float, n_replications: int) -> None:
    """95 % intervals hold the true leakage in 93 to 97 % of campaigns when raids share failures.

    With 1,500 campaigns the share that covers has a standard error of 0.6 %, so that 93 and 97 %
    are more than three of them off 95 %.
    """
    leaked, lethal = draw_raids(11, 1500, n_replications, share, correlation=0.1)
    found = [find_ratio_interval(a, b) for a, b in zip(leaked, lethal, strict=True)]
    covered = np.mean([estimate.low <= share <= estimate.high for estimate in found])
    assert 0.93 <= covered <= 0.97


def test_warheads_as_trials_would_cover_too_little() -> None:
    """The same campaigns with each warhead as a trial of its own cover too little."""
    leaked, lethal = draw_raids(11, 600, 100, 0.3, correlation=0.1)
    naive = [find_wilson_interval(a.sum(), b.sum()) for a, b in zip(leaked, lethal, strict=True)]
    covered = np.mean([estimate.low <= 0.3 <= estimate.high for estimate in naive])
    assert covered < 0.90


def test_bootstrap_over_outer_draws_covers() -> None:
    """Percentile intervals over 40 outer draws cover the mean in 90 to 97 % of campaigns.

    Percentile intervals of 40 skewed cluster means are known to be a little narrow (Davison and
    Hinkley 1997, section 5.3), hence 90 and not 93.
    """
    generator = np.random.Generator(np.random.Philox(key=5))
    n_campaigns, n_draws, n_each = 400, 40, 5
    chance = generator.beta(3.0, 7.0, (n_campaigns, n_draws, 1))
    lethal = np.full((n_campaigns, n_draws, n_each), 10)
    leaked = generator.binomial(lethal, chance)
    cluster = np.repeat(np.arange(n_draws), n_each)
    covered = 0
    for a, b in zip(leaked, lethal, strict=True):
        found = bootstrap_ratio(a.ravel(), b.ravel(), cluster, n_resamples=500)
        covered += found.low <= 0.3 <= found.high
    assert 0.90 <= covered / n_campaigns <= 0.97


@given(raids, st.randoms(use_true_random=False))
def test_order_of_replications_does_not_matter(rows: list[tuple[int, int]], random: object) -> None:
    """Mean and interval are the same for any order of the replications, to rounding."""
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    plain = find_ratio_interval(*np.array(rows, float).T)
    other = find_ratio_interval(*np.array(shuffled, float).T)
    assert other == pytest.approx(plain, rel=1e-9, abs=1e-12)


@given(raids)
def test_interval_holds_the_ratio_of_sums(rows: list[tuple[int, int]]) -> None:
    """The mean is the ratio of sums; the interval holds it and lies within 0 and 1."""
    leaked, lethal = np.array(rows, float).T
    found = find_ratio_interval(leaked, lethal)
    assert found.mean == pytest.approx(leaked.sum() / lethal.sum())
    assert 0.0 <= found.low <= found.mean <= found.high <= 1.0


@given(raids)
def test_raids_without_lethal_warheads_say_nothing(rows: list[tuple[int, int]]) -> None:
    """Replications in which no warhead would have arrived change neither mean nor interval."""
    leaked, lethal = np.array(rows, float).T
    padded = find_ratio_interval(np.append(leaked, [0, 0]), np.append(lethal, [0, 0]))
    assert padded == pytest.approx(find_ratio_interval(leaked, lethal), rel=1e-9, abs=1e-12)


def test_no_leaker_in_any_raid_is_not_certainty() -> None:
    """100 raids without a leaker: the upper end is Wilson's for 100 trials, not for 1,000 or 0."""
    found = find_ratio_interval(np.zeros(100), np.full(100, 10.0))
    assert found.low == 0.0
    assert found.high == pytest.approx(find_wilson_interval(0, 100).high)


def test_independent_warheads_give_back_wilson() -> None:
    """One warhead a raid: a plain yes-or-no sample, up to the correction for degrees of freedom."""
    leaked = np.repeat([1.0, 0.0], [120, 280])
    found = find_ratio_interval(leaked, np.ones(400))
    plain = find_wilson_interval(120, 400)
    # Student's quantile at 399 degrees is 0.3 % above the normal one.
    assert found.low == pytest.approx(plain.low, abs=0.001)
    assert found.high == pytest.approx(plain.high, abs=0.001)


def test_standard_error_by_hand() -> None:
    """Two raids of ten with 2 and 4 leaked: standard error 0.1, computed by hand."""
    assert find_ratio_error([2, 4], [10, 10]) == pytest.approx(0.1)
    assert math.isnan(find_ratio_error([2], [10]))


def test_bootstrap_is_repeatable_and_leaves_the_global_generator_alone() -> None:
    """Equal input, equal bits; NumPy's global generator is neither read nor moved."""
    leaked, lethal = draw_raids(3, 1, 60, 0.3, 0.1)
    cluster = np.repeat(np.arange(20), 3)
    before = np.random.get_state()[1].tolist()  # noqa: NPY002 - that it stays is the claim
    one = bootstrap_ratio(leaked[0], lethal[0], cluster)
    two = bootstrap_ratio(leaked[0], lethal[0], cluster)
    assert one == two
    assert one.low < one.mean < one.high
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


def test_nothing_to_divide_by_is_nan() -> None:
    """No lethal warhead at all: no leakage, said as NaN."""
    assert math.isnan(find_ratio_interval([0, 0], [0, 0]).mean)
    assert math.isnan(bootstrap_ratio([0, 0], [0, 0], [1, 2]).mean)
    assert math.isnan(bootstrap_ratio([1, 0], [1, 1], [1, 1]).low)


def test_impossible_counts_are_refused() -> None:
    """More leaked than lethal, negative counts, NaN and unequal lengths are errors."""
    for leaked, lethal in (([2], [1]), ([-1], [1]), ([math.nan], [1])):
        with pytest.raises(ValueError, match="numerator"):
            find_ratio_interval(leaked, lethal)
    with pytest.raises(ValueError, match="as many"):
        find_ratio_interval([1, 2], [3])
