"""Differences of two campaigns that used common random numbers, replication by replication."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from opendome.statistics.intervals import LEVEL, Floats, as_sample, check_level, student_quantile
from opendome.statistics.ratio import linearise_ratio

NO_DIFFERENCE = "no difference found"


class PairedDifference(NamedTuple):
    """b minus a, with Student's interval; NaN where the sample allows no statement.

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
    """Mean of b minus mean of a, where row i of both is the same replication number.

    Parameters
    ----------
    a, b : (n,) float64
        One value per replication, in the same unit.
    level : float
        Confidence level.
    """
    first, second = _as_pair(a, b)
    difference = float(second.mean() - first.mean()) if first.size else math.nan
    return _compare(difference, first, second, level)


def compare_paired_ratios(
    numerator_a: ArrayLike,
    denominator_a: ArrayLike,
    numerator_b: ArrayLike,
    denominator_b: ArrayLike,
    level: float = LEVEL,
) -> PairedDifference:
    """Ratio of sums of b minus that of a (such as leakage), by linearisation of both.

    Parameters
    ----------
    numerator_a, denominator_a, numerator_b, denominator_b : (n,) float64
        Counts per replication; row i of all four is the same replication number.
    level : float
        Confidence level.

    Notes
    -----
    Source: Cochran (1977), Sampling Techniques, section 6.9, comparison of two ratios.
    """
    top_a, bottom_a = _as_pair(numerator_a, denominator_a)
    top_b, bottom_b = _as_pair(numerator_b, denominator_b)
    _as_pair(top_a, top_b)
    if not (bottom_a.sum() > 0.0 and bottom_b.sum() > 0.0):
        check_level(level)
        return PairedDifference(math.nan, math.nan, math.nan, level, math.nan)
    difference = float(top_b.sum() / bottom_b.sum() - top_a.sum() / bottom_a.sum())
    return _compare(
        difference, linearise_ratio(top_a, bottom_a), linearise_ratio(top_b, bottom_b), level
    )


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
