"""A ratio of two sums over replications, such as leakage: leaked warheads to lethal warheads."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from opendome.statistics.intervals import (
    LEVEL,
    Estimate,
    Floats,
    as_sample,
    check_level,
    find_wilson_interval,
    normal_quantile,
    student_quantile,
)


def find_ratio_interval(
    numerator: ArrayLike, denominator: ArrayLike, level: float = LEVEL
) -> Estimate:
    """Ratio of sums with a score interval at the effective number of trials.

    The variance is that of the linearised ratio with the replication as sampling unit. It is turned
    into the number of independent warheads that would give the same variance, reduced for the
    degrees of freedom, and Wilson's interval is taken at that number: unlike the plain
    linearisation it stays within 0 and 1 and covers near the ends. The effective number never
    exceeds the number of warheads. Where every warhead or none leaked, nothing is known of how
    replications hang together inside, and each counts as a single trial.

    Parameters
    ----------
    numerator, denominator : (n,) float64
        Counts per replication, 0 <= numerator <= denominator.
    level : float
        Confidence level.

    Returns
    -------
    Estimate
        Dimensionless. NaN where the denominators sum to zero; with one replication the interval
        is that of a single trial.

    Notes
    -----
    Source: Korn and Graubard (1998), Survey Methodology 24, 193 (effective sample size with
    degrees of freedom); Franco, Little, Louis and Slud (2019), J. Surv. Stat. Methodol. 7, 334
    (Wilson's interval with it); Cochran (1977), Sampling Techniques, section 6.4 (linearisation).
    """
    check_level(level)
    top, bottom = _as_counts(numerator, denominator)
    total = float(bottom.sum())
    if total == 0.0:
        return Estimate(math.nan, math.nan, math.nan, level)
    n = int(np.count_nonzero(bottom))
    ratio = float(top.sum()) / total
    if n == 1 or ratio in (0.0, 1.0):
        effective = float(n)
    else:
        variance = find_ratio_error(top, bottom) ** 2
        most = total
        effective = min(most, ratio * (1.0 - ratio) / variance) if variance > 0.0 else most
        effective *= (normal_quantile(level) / student_quantile(level, n - 1)) ** 2
    found = find_wilson_interval(ratio * effective, effective, level)
    return found._replace(mean=ratio)


def find_ratio_error(numerator: ArrayLike, denominator: ArrayLike) -> float:
    """Standard error of the ratio of sums by linearisation; NaN below two replications.

    Source: Cochran (1977), Sampling Techniques, section 6.4.
    """
    top, bottom = _as_counts(numerator, denominator)
    in_use = bottom > 0.0
    n = int(np.count_nonzero(in_use))
    if n < 2:
        return math.nan
    residual = linearise_ratio(top[in_use], bottom[in_use])
    return float(residual.std(ddof=1)) / math.sqrt(n)


def linearise_ratio(numerator: Floats, denominator: Floats) -> Floats:
    """What each replication adds to the ratio's error: mean zero, n times the ratio's variance."""
    ratio = numerator.sum() / denominator.sum()
    residual: Floats = (numerator - ratio * denominator) / denominator.mean()
    return residual


def bootstrap_ratio(
    numerator: ArrayLike,
    denominator: ArrayLike,
    cluster: ArrayLike,
    level: float = LEVEL,
    n_resamples: int = 4000,
    seed: int = 0,
) -> Estimate:
    """Ratio of sums with a percentile interval by resampling whole clusters.

    For nested designs: `cluster` is the outer draw that a replication belongs to, and what varies
    between outer draws decides the width.

    Parameters
    ----------
    numerator, denominator : (n,) float64
        Counts per replication.
    cluster : (n,) int64
        Cluster of each replication.
    level : float
        Confidence level.
    n_resamples : int
        Resampled campaigns.
    seed : int
        Key of the generator (Philox), so that equal input gives equal output.

    Notes
    -----
    Valid from about 15 clusters on; below, percentile intervals are too narrow.
    Source: Davison and Hinkley (1997), Bootstrap Methods and their Application, section 3.8.
    """
    check_level(level)
    top, bottom = _as_counts(numerator, denominator)
    _, row = np.unique(np.asarray(cluster), return_inverse=True)
    sums_top = np.bincount(row, top)
    sums_bottom = np.bincount(row, bottom)
    if not sums_bottom.sum() > 0.0:
        return Estimate(math.nan, math.nan, math.nan, level)
    k = sums_top.size
    ratio = float(sums_top.sum() / sums_bottom.sum())
    if k < 2:
        return Estimate(ratio, math.nan, math.nan, level)
    generator = np.random.Generator(np.random.Philox(key=seed))
    weights = generator.multinomial(k, np.full(k, 1.0 / k), size=n_resamples)
    resampled_bottom = weights @ sums_bottom
    in_use = resampled_bottom > 0.0
    resampled = (weights @ sums_top)[in_use] / resampled_bottom[in_use]
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(resampled, [tail, 1.0 - tail])
    return Estimate(ratio, float(low), float(high), level)


def _as_counts(numerator: ArrayLike, denominator: ArrayLike) -> tuple[Floats, Floats]:
    top, bottom = as_sample(numerator), as_sample(denominator)
    if top.shape != bottom.shape:
        raise ValueError(f"{top.size} numerators and {bottom.size} denominators: must be as many")
    if not bool(np.all((top >= 0.0) & (top <= bottom))):
        raise ValueError("each numerator must be between 0 and its denominator")
    return top, bottom
