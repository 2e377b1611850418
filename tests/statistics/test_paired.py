from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from opendome.statistics import (
    PairedDifference,
    compare_paired_means,
    compare_paired_ratios,
    compare_paired_shares,
    describe_difference,
)

pairs = st.lists(st.tuples(st.floats(-100, 100), st.floats(-100, 100)), min_size=2, max_size=30)


@given(pairs)
def test_swapping_the_two_negates_the_difference(rows: list[tuple[float, float]]) -> None:
    """b against a is a against b with the sign turned, the same gain from pairing."""
    a, b = np.array(rows).T
    forth, back = compare_paired_means(a, b), compare_paired_means(b, a)
    assert back.difference == pytest.approx(-forth.difference, abs=1e-9)
    assert back.low == pytest.approx(-forth.high, abs=1e-9)
    assert back.variance_reduction == pytest.approx(forth.variance_reduction, nan_ok=True)


@given(pairs)
def test_a_campaign_against_itself_shows_no_difference(rows: list[tuple[float, float]]) -> None:
    """The same values twice: difference zero, and said to be none."""
    a, _ = np.array(rows).T
    found = compare_paired_means(a, a)
    assert found.difference == found.low == found.high == 0.0
    assert describe_difference(found) == "no difference found"


def test_means_agree_with_the_paired_t_test() -> None:
    """SciPy's paired t test gives the same interval."""
    generator = np.random.Generator(np.random.Philox(key=2))
    a = generator.normal(size=50)
    b = 0.8 * a + generator.normal(0.2, 0.3, 50)
    expected = stats.ttest_rel(b, a).confidence_interval(0.95)
    found = compare_paired_means(a, b)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-10)


def pair_up(rises: int, falls: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Yes or no of n pairs, of which so many rise from no to yes and fall from yes to no."""
    a, b = np.zeros(n), np.zeros(n)
    b[:rises] = 1.0
    a[rises : rises + falls] = 1.0
    return a, b


@pytest.mark.parametrize(
    ("rises", "falls", "n", "low", "high"),
    [
        # Fagerland, Lydersen and Laake (2017), Statistical Analysis of Contingency Tables, chapter
        # 8: complete response before and after consolidation therapy (Cavo et al. 2012), to the
        # four decimals that their program prints.
        (6, 16, 161, -0.1240, -0.0054),
        # By hand, z = 1.96: no pair differs, +-z^2 / (n + z^2); all rise, (n - z^2) / (n + z^2).
        (0, 0, 50, -0.0713, 0.0713),
        (14, 0, 14, 0.5694, 1.0),
        (0, 2, 2, -1.0, 0.3152),
    ],
)
def test_shares_agree_with_published_intervals(
    rises: int, falls: int, n: int, low: float, high: float
) -> None:
    """Tango's interval, at 95 %."""
    found = compare_paired_shares(*pair_up(rises, falls, n))
    assert found.difference == pytest.approx((rises - falls) / n)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_shares_differ_where_mcnemar_finds_it(rises: int, falls: int, same: int) -> None:
    """A score interval holds zero where the score test, which is McNemar's, finds nothing."""
    n = rises + falls + same
    if n == 0:
        return
    a, b = pair_up(rises, falls, n)
    found = compare_paired_shares(a, b)
    assert -1.0 <= found.low <= found.difference <= found.high <= 1.0
    assert found.low < found.high
    chi_square = (rises - falls) ** 2 / max(rises + falls, 1)
    differs = chi_square > stats.chi2.ppf(0.95, 1)
    assert (describe_difference(found) != "no difference found") == differs
    back = compare_paired_shares(b, a)
    assert (-back.high, -back.low) == pytest.approx((found.low, found.high), abs=1e-9)


def test_shares_of_few_pairs_are_not_certain() -> None:
    """Two raids that both turn from no to yes: the interval has a width, and holds zero."""
    found = compare_paired_shares([0.0, 0.0], [1.0, 1.0])
    assert (found.difference, found.high) == (1.0, 1.0)
    assert found.low < 0.0
    assert describe_difference(found) == "no difference found"
    assert math.isnan(compare_paired_shares([], []).difference)
    with pytest.raises(ValueError, match="0 or 1"):
        compare_paired_shares([0.5], [1.0])


def test_difference_of_shares_covers() -> None:
    """95 % intervals of a paired difference of shares cover in 93 to 97 % of campaigns.

    3,000 campaigns of 40 raids, a share of 0.9 against one of 0.7 that has the same luck in seven
    raids of ten. Standard error 0.4 %.
    """
    first, own, shared = np.random.Generator(np.random.Philox(key=5)).random((3, 3000, 40))
    second = np.where(shared < 0.7, first, own)
    covered = 0
    for luck_a, luck_b in zip(first, second, strict=True):
        found = compare_paired_shares(luck_a < 0.7, luck_b < 0.9)
        covered += found.low <= 0.2 <= found.high
    assert 0.93 <= covered / 3000 <= 0.97


def test_variance_reduction_is_that_of_the_correlation() -> None:
    """Equal variances with correlation r: pairing divides the variance by 1 - r."""
    generator = np.random.Generator(np.random.Philox(key=3))
    a, b = generator.multivariate_normal([0, 0], [[1, 0.9], [0.9, 1]], 20_000).T
    # Standard error of a correlation of 0.9 from 20,000 pairs is 0.0013: 1.3 % of 1 - r.
    assert compare_paired_means(a, b).variance_reduction == pytest.approx(10.0, rel=0.05)


def test_equal_raids_make_the_ratio_a_mean() -> None:
    """With the same lethal warheads in every replication, ratios compare as means of fractions.

    To a few percent in the width, for which the fourth moment is asked as well.
    """
    generator = np.random.Generator(np.random.Philox(key=4))
    lethal = np.full(600, 10.0)
    a = generator.binomial(10, 0.4, 600)
    b = generator.binomial(a, 0.75)
    ratio = compare_paired_ratios(a, lethal, b, lethal)
    mean = compare_paired_means(a / 10.0, b / 10.0)
    assert ratio.difference == pytest.approx(mean.difference)
    assert ratio.variance_reduction == pytest.approx(mean.variance_reduction)
    assert (ratio.low, ratio.high) == pytest.approx((mean.low, mean.high), abs=0.05 * 0.1)
    assert ratio.high - ratio.low == pytest.approx(mean.high - mean.low, rel=0.05)


@pytest.mark.parametrize(
    ("n", "share", "warheads", "leakage"),
    [
        (100, 1.0, 10, (0.002, 0.001)),  # one leaker or two in all
        (200, 0.03, 1, (0.3, 0.6)),  # six raids with anything at stake
        (50, 0.1, 2, (0.3, 0.6)),
    ],
)
def test_rare_leakers_are_not_certain(
    n: int, share: float, warheads: int, leakage: tuple[float, float]
) -> None:
    """Where few raids tell anything, 95 % intervals still cover in as many campaigns.

    1,000 campaigns: standard error 0.7 %.
    """
    generator = np.random.Generator(np.random.Philox(key=6))
    covered = told = 0
    for _ in range(1000):
        lethal = np.where(generator.random(n) < share, warheads, 0)
        luck = np.where(np.arange(warheads) < lethal[:, None], generator.random((n, warheads)), 1.0)
        a, b = ((luck < p).sum(axis=1) for p in leakage)
        found = compare_paired_ratios(a, lethal, b, lethal)
        if not math.isnan(found.low):
            told += 1
            covered += found.low <= leakage[1] - leakage[0] <= found.high
    assert told > 900
    assert covered >= 0.94 * told


@pytest.mark.parametrize(
    ("n", "verdict"), [(2, "no difference found"), (3, "no difference found"), (4, "higher")]
)
def test_a_few_raids_that_all_turn(n: int, verdict: str) -> None:
    """Of 200 raids a few threaten a nation: stopped by one side, not by the other."""
    lethal = np.zeros(200)
    lethal[:n] = 1.0
    found = compare_paired_ratios(np.zeros(200), lethal, lethal, lethal)
    assert found.difference == found.high == 1.0
    assert describe_difference(found) == verdict


def test_no_difference_in_any_raid_is_not_certain() -> None:
    """What 24 raids of 20 warheads leave open is the rule of three: 3.7 of 480 warheads."""
    leaked, lethal = np.arange(24.0) % 7.0, np.full(24, 20.0)
    found = compare_paired_ratios(leaked, lethal, leaked, lethal)
    assert found.difference == 0.0
    assert found.high == -found.low == pytest.approx(-math.log(0.025) / 480.0)
    none = compare_paired_ratios(np.zeros(24), lethal, np.zeros(24), lethal)
    assert none.high == pytest.approx(-math.log(0.025) / 24.0)  # nothing is known of single ones


def test_sums_of_shares_need_no_room_for_the_unseen() -> None:
    """Shares of flights differ by a little in every one: the interval covers, and knows nothing of
    threes. 2,000 campaigns of 16 raids of 3 flights: standard error 0.5 %.
    """
    generator = np.random.Generator(np.random.Philox(key=8))
    objects = np.full(16, 3.0)
    covered, width = 0, 0.0
    for _ in range(2000):
        a = generator.beta(8.0, 2.0, (16, 3))
        b = np.clip(a - 0.02 + generator.normal(0.0, 0.01, (16, 3)), 0.0, 1.0)
        found = compare_paired_ratios(
            a.sum(axis=1), objects, b.sum(axis=1), objects, are_counts=False
        )
        covered += found.low <= -0.02 <= found.high
        width += (found.high - found.low) / 2000
    assert 0.93 <= covered / 2000 <= 0.98
    assert width < 0.02


def test_difference_of_ratios_covers() -> None:
    """95 % intervals of a paired difference of leakages cover in 93 to 97 % of campaigns.

    Both architectures meet the same raids: lethal number and shared failures are common. 3,000
    campaigns: standard error 0.4 %.
    """
    generator = np.random.Generator(np.random.Philox(key=1))
    size = (3000, 200)
    common = generator.beta(2.7, 6.3, size)  # mean 0.3, correlation 0.1
    lethal = generator.binomial(10, 0.9, size)
    a = generator.binomial(lethal, common)
    b = generator.binomial(a, 0.8)
    covered = 0
    for top_a, top_b, bottom in zip(a, b, lethal, strict=True):
        found = compare_paired_ratios(top_a, bottom, top_b, bottom)
        covered += found.low <= -0.06 <= found.high
    assert 0.93 <= covered / 3000 <= 0.97


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.1, 0.2, "higher"),
        (-0.2, -0.1, "lower"),
        (-0.1, 0.1, "no difference found"),
        (0.0, 0.1, "no difference found"),
        (math.nan, math.nan, "no difference found"),
    ],
)
def test_verdict_follows_the_interval(low: float, high: float, verdict: str) -> None:
    """An interval that holds zero, or is missing, is no difference found, whatever the mean."""
    assert describe_difference(PairedDifference(0.15, low, high, 0.95, 1.0)) == verdict


def test_too_few_replications_give_no_interval() -> None:
    """One pair: a difference without an interval. No lethal warheads: no leakage to compare."""
    one = compare_paired_means([1.0], [2.0])
    assert one.difference == 1.0
    assert math.isnan(one.low)
    assert math.isnan(compare_paired_means([], []).difference)
    assert math.isnan(compare_paired_ratios([0], [0], [0], [1]).difference)


def test_unequal_numbers_of_replications_are_refused() -> None:
    """Pairs need the same replications on both sides."""
    with pytest.raises(ValueError, match="pairs"):
        compare_paired_means([1.0, 2.0], [1.0])
