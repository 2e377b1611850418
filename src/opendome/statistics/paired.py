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
from opendome.statistics.ratio import linearise_ratio

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
    *,
    are_counts: bool = True,
) -> PairedDifference:
    """Ratio of sums of b minus that of a (such as leakage), by linearisation of both.

    Parameters
    ----------
    numerator_a, denominator_a, numerator_b, denominator_b : (n,) float64
        Counts per replication, 0 <= numerator <= denominator; row i of all four is the same
        replication number.
    level : float
        Confidence level.
    are_counts : bool
        Whether numerators count what did or did not happen; sums of shares, such as those of a
        flight, do not, and vary too much for a difference to stay unseen.

    Notes
    -----
    Replications count in which either denominator is above zero. Where few of them differ, the
    variance of their differences is itself hardly known: Student's interval has the degrees of
    freedom at which the variance of a normal sample would be known as well, by the fourth moment.
    Of counts it is never narrower than what not one more difference in all that was seen leaves
    open (rule of three): of one count, or of a whole replication where each side lets everything or
    nothing through. So it has a width where no pair differs.
    Source: Cochran (1977), Sampling Techniques, section 6.9 (two ratios); Satterthwaite (1946),
    Biometrics Bull. 2, 110 (degrees of freedom); Hanley and Lippman-Hand (1983), J. Am. Med.
    Assoc. 249, 1743 (rule of three).
    """
    top_a, bottom_a = _as_pair(numerator_a, denominator_a)
    top_b, bottom_b = _as_pair(numerator_b, denominator_b)
    _as_pair(top_a, top_b)
    if not (bottom_a.sum() > 0.0 and bottom_b.sum() > 0.0):
        check_level(level)
        return PairedDifference(math.nan, math.nan, math.nan, level, math.nan)
    ratio_a, ratio_b = top_a.sum() / bottom_a.sum(), top_b.sum() / bottom_b.sum()
    in_use = (bottom_a > 0.0) | (bottom_b > 0.0)
    n = int(np.count_nonzero(in_use))
    a = linearise_ratio(top_a[in_use], bottom_a[in_use])
    b = linearise_ratio(top_b[in_use], bottom_b[in_use])
    found = _compare(float(ratio_b - ratio_a), a, b, level)
    if n < 2:
        return found
    off = (b - a) - (b - a).mean()
    variance = float(np.sum(off**2)) / (n - 1)
    half = 0.0
    if variance > 0.0:
        kurtosis = float(np.mean(off**4) / np.mean(off**2) ** 2)
        freedom = min(n - 1.0, 2.0 * n / max(kurtosis - 1.0, 1e-9))
        half = student_quantile(level, max(freedom, 1.0)) * math.sqrt(variance / n)
    if are_counts:
        at_ends = {ratio_a, ratio_b} <= {0.0, 1.0}
        trials = n if at_ends else min(bottom_a.sum(), bottom_b.sum())
        half = max(half, -math.log(0.5 * (1.0 - level)) / float(trials))
    low, high = found.difference - half, found.difference + half
    return found._replace(low=max(low, -1.0), high=min(high, 1.0))


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
