"""Differences of two campaigns that used common random numbers, replication by replication."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize

from opendome.statistics.intervals import (
    LEVEL,
    Floats,
    as_sample,
    check_level,
    normal_quantile,
    student_quantile,
)
from opendome.statistics.ratio import find_ratio_interval, linearise_ratio

NO_DIFFERENCE = "no difference found"


class PairedDifference(NamedTuple):
    """b minus a, with its interval; NaN where the sample allows no statement.

    `variance_reduction` is the variance that independent campaigns would have had, divided by the
    variance with pairing: 1 is no gain, 4 is worth four times the replications, infinite is a
    difference that is equal in every replication.
    """

    difference: float
    low: float
    high: float
    level: float
    variance_reduction: float


def compare_paired_means(a: ArrayLike, b: ArrayLike, level: float = LEVEL) -> PairedDifference:
    """Mean of b minus mean of a with Student's interval, row i of both being one replication.

    Parameters
    ----------
    a, b : (n,) float64
        One value per replication, in the same unit.
    level : float
        Confidence level.

    Notes
    -----
    Where every pair differs by the same amount the interval has no width, however few they are:
    two replications that both gain one shot are told as a gain of one shot. Yes or no, where that
    happens often, has `compare_paired_shares`.
    """
    first, second = _as_pair(a, b)
    difference = float(second.mean() - first.mean()) if first.size else math.nan
    return _compare(difference, first, second, level)


def compare_paired_shares(a: ArrayLike, b: ArrayLike, level: float = LEVEL) -> PairedDifference:
    """Share of yes in b minus that in a with Tango's score interval.

    Parameters
    ----------
    a, b : (n,) float64
        0 or 1 per replication; row i of both is the same replication number.
    level : float
        Confidence level.

    Raises
    ------
    ValueError
        Where a value is neither 0 nor 1.

    Notes
    -----
    The interval lies within -1 and 1 and keeps its width where all pairs agree or all differ the
    same way; it holds zero where McNemar's test finds no difference. It is asymptotic: all of four
    pairs that rise are told as higher, to which the exact test gives a chance of one in eight.
    Source: Tango (1998), Stat. Med. 17, 891; recommended by Fagerland, Lydersen and Laake (2014),
    Stat. Med. 33, 2850.
    """
    first, second = _as_pair(a, b)
    if not np.isin([first, second], (0.0, 1.0)).all():
        raise ValueError("values of yes or no: must be 0 or 1")
    n = first.size
    if n == 0:
        return compare_paired_means(first, second, level)
    rises, falls = int((second > first).sum()), int((second < first).sum())
    difference = (rises - falls) / n
    z = normal_quantile(level)
    low, high = -1.0, 1.0
    if falls < n:
        low = optimize.bisect(lambda d: _tango_score(d, rises, falls, n) - z, -1.0, difference)
    if rises < n:
        high = optimize.bisect(lambda d: _tango_score(d, rises, falls, n) + z, difference, 1.0)
    return _compare(difference, first, second, level)._replace(low=low, high=high)


def _tango_score(difference: float, rises: int, falls: int, n: int) -> float:
    """How far what was found is above a true difference, in standard errors under that."""
    # Likeliest chance of a fall under the difference: the greater root of a x^2 + b x + c.
    a = 2.0 * n
    b = (2 * n - rises + falls) * difference - rises - falls
    c = -falls * difference * (1.0 - difference)
    fall = (math.sqrt(max(b * b - 4.0 * a * c, 0.0)) - b) / (2.0 * a)
    excess = rises - falls - n * difference
    variance = n * (2.0 * fall + difference * (1.0 - difference))
    if variance <= 0.0:
        return math.copysign(math.inf, excess) if excess else 0.0
    return excess / math.sqrt(variance)


def compare_paired_ratios(
    numerator_a: ArrayLike,
    denominator_a: ArrayLike,
    numerator_b: ArrayLike,
    denominator_b: ArrayLike,
    level: float = LEVEL,
) -> PairedDifference:
    """Ratio of sums of b minus that of a (such as leakage), from the intervals of both.

    Parameters
    ----------
    numerator_a, denominator_a, numerator_b, denominator_b : (n,) float64
        Counts per replication, 0 <= numerator <= denominator; row i of all four is the same
        replication number.
    level : float
        Confidence level.

    Notes
    -----
    The distances of each ratio to the ends of its own interval (`find_ratio_interval`) are added as
    errors that correlate as the linearised ratios do, so that the interval keeps a width where few
    replications leak or few have anything that could. Where every warhead of one side leaked or
    none did, nothing is known of how replications differ, and its distances are stretched by
    Student's factor: two raids of which one side stops all and the other none tell of no
    difference yet.
    Source: Zou and Donner (2008), Stat. Med. 27, 1693, and Newcombe (1998), Stat. Med. 17, 2635
    (method of variance estimates recovery); Cochran (1977), Sampling Techniques, section 6.9.
    """
    top_a, bottom_a = _as_pair(numerator_a, denominator_a)
    top_b, bottom_b = _as_pair(numerator_b, denominator_b)
    _as_pair(top_a, top_b)
    if not (bottom_a.sum() > 0.0 and bottom_b.sum() > 0.0):
        check_level(level)
        return PairedDifference(math.nan, math.nan, math.nan, level, math.nan)
    difference = float(top_b.sum() / bottom_b.sum() - top_a.sum() / bottom_a.sum())
    a, b = linearise_ratio(top_a, bottom_a), linearise_ratio(top_b, bottom_b)
    found = _compare(difference, a, b, level)
    if math.isnan(found.low):
        return found
    correlation = float(np.corrcoef(a, b)[0, 1]) if a.any() and b.any() else 0.0
    below_a, above_a = _find_distances(top_a, bottom_a, level)
    below_b, above_b = _find_distances(top_b, bottom_b, level)
    low = difference - _add_errors(below_b, above_a, correlation)
    high = difference + _add_errors(above_b, below_a, correlation)
    return found._replace(low=max(low, -1.0), high=min(high, 1.0))


def _find_distances(top: Floats, bottom: Floats, level: float) -> tuple[float, float]:
    """From a ratio down and up to the ends of its interval."""
    found = find_ratio_interval(top, bottom, level)
    n = int(np.count_nonzero(bottom))
    stretch = 1.0
    if found.mean in (0.0, 1.0):
        stretch = student_quantile(level, n - 1) / normal_quantile(level) if n > 1 else math.inf
    below, above = found.mean - found.low, found.high - found.mean
    return below * stretch if below else 0.0, above * stretch if above else 0.0


def _add_errors(own: float, other: float, correlation: float) -> float:
    """Error of a difference of two values whose errors correlate."""
    if math.isinf(own + other):
        return math.inf
    squared = own**2 + other**2 - 2.0 * correlation * own * other
    return math.sqrt(max(squared, 0.0))


def describe_difference(found: PairedDifference) -> str:
    """The verdict in words: `higher`, `lower`, or that no difference was found.

    An interval that holds zero, or none at all, is no difference found.
    """
    if found.low > 0.0:
        return "higher"
    if found.high < 0.0:
        return "lower"
    return NO_DIFFERENCE


def _compare(difference: float, a: Floats, b: Floats, level: float) -> PairedDifference:
    check_level(level)
    n = a.size
    if n < 2:
        return PairedDifference(difference, math.nan, math.nan, level, math.nan)
    paired = float(np.var(b - a, ddof=1))
    unpaired = float(np.var(a, ddof=1) + np.var(b, ddof=1))
    half = student_quantile(level, n - 1) * math.sqrt(paired / n)
    if paired > 0.0:
        reduction = unpaired / paired
    else:
        reduction = math.inf if unpaired > 0.0 else math.nan
    return PairedDifference(difference, difference - half, difference + half, level, reduction)


def _as_pair(a: ArrayLike, b: ArrayLike) -> tuple[Floats, Floats]:
    first, second = as_sample(a), as_sample(b)
    if first.shape != second.shape:
        raise ValueError(f"{first.size} and {second.size} replications: pairs must be as many")
    return first, second
