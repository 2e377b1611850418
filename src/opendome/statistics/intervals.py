"""Intervals of means and of yes-or-no shares, one value per replication.

The replication is the sampling unit everywhere: the warheads of one raid share sensors, weather of
failures and inventory, so they are never counted as independent trials.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]

LEVEL = 0.95


class Estimate(NamedTuple):
    """A mean or share with its interval; NaN where the sample allows no statement."""

    mean: float
    low: float
    high: float
    level: float


def check_level(level: float) -> None:
    """Raise `ValueError` unless `level` is a confidence level between 0 and 1."""
    if not 0.0 < level < 1.0:
        raise ValueError(f"confidence level {level}: must be between 0 and 1")


def normal_quantile(level: float) -> float:
    """Two-sided standard normal quantile: 1.96 for a level of 0.95."""
    check_level(level)
    return float(special.ndtri(0.5 + level / 2.0))


def student_quantile(level: float, degrees: float) -> float:
    """Two-sided Student quantile for the given degrees of freedom."""
    check_level(level)
    return float(special.stdtrit(degrees, 0.5 + level / 2.0))


def as_sample(values: ArrayLike) -> Floats:
    """`values` as one row of float64; `ValueError` where it has other dimensions."""
    sample = np.asarray(values, np.float64)
    if sample.ndim != 1:
        raise ValueError(
            f"a sample has one dimension, one value per replication; got {sample.ndim}"
        )
    return sample


def find_mean_interval(values: ArrayLike, level: float = LEVEL) -> Estimate:
    """Mean of one value per replication with Student's interval.

    Parameters
    ----------
    values : (n,) float64
        One value per replication, any unit.
    level : float
        Confidence level.

    Returns
    -------
    Estimate
        In the unit of `values`. With one value the interval is NaN; with none, the mean too.
    """
    check_level(level)
    sample = as_sample(values)
    n = sample.size
    if n == 0:
        return Estimate(math.nan, math.nan, math.nan, level)
    mean = float(sample.mean())
    if n == 1:
        return Estimate(mean, math.nan, math.nan, level)
    half = student_quantile(level, n - 1) * float(sample.std(ddof=1)) / math.sqrt(n)
    return Estimate(mean, mean - half, mean + half, level)


def find_size_interval(values: ArrayLike, level: float = LEVEL) -> Estimate:
    """As `find_mean_interval`, of what cannot be below zero, where Student's interval may go."""
    found = find_mean_interval(values, level)
    return found._replace(low=found.low if math.isnan(found.low) else max(0.0, found.low))


def find_wilson_interval(successes: float, trials: float, level: float = LEVEL) -> Estimate:
    """Share of yes among independent yes-or-no trials with Wilson's score interval.

    `trials` need not be whole: an effective number of trials is allowed. The interval always holds
    the share and lies within 0 and 1. No trials: NaN. Raises `ValueError` unless
    0 <= successes <= trials.

    Source: Wilson (1927), J. Am. Stat. Assoc. 22, 209; Brown, Cai and DasGupta (2001).
    """
    z = normal_quantile(level)
    _check_counts(successes, trials)
    if trials == 0:
        return Estimate(math.nan, math.nan, math.nan, level)
    share = successes / trials
    weight = z * z / trials
    centre = (share + weight / 2.0) / (1.0 + weight)
    half = z / (1.0 + weight) * math.sqrt(share * (1.0 - share) / trials + weight / (4.0 * trials))
    # Rounding may leave an end a hair inside the share at 0 and 1.
    return Estimate(share, max(0.0, min(share, centre - half)),
                    min(1.0, max(share, centre + half)), level)  # fmt: skip


def find_clopper_pearson_interval(successes: int, trials: int, level: float = LEVEL) -> Estimate:
    """Share of yes among independent trials with the exact interval, which never covers too little.

    Source: Clopper and Pearson (1934), Biometrika 26, 404, as quantiles of the beta distribution.
    """
    check_level(level)
    _check_counts(successes, trials)
    if trials == 0:
        return Estimate(math.nan, math.nan, math.nan, level)
    tail = (1.0 - level) / 2.0
    failures = trials - successes
    low = 0.0 if successes == 0 else float(special.betaincinv(successes, failures + 1, tail))
    high = 1.0 if failures == 0 else float(special.betaincinv(successes + 1, failures, 1.0 - tail))
    return Estimate(successes / trials, low, high, level)


def find_quantiles(values: ArrayLike, probabilities: Sequence[float]) -> tuple[float, ...]:
    """Quantiles of one value per replication (linear between order statistics); NaN if none."""
    sample = as_sample(values)
    if sample.size == 0:
        return tuple(math.nan for _ in probabilities)
    found: NDArray[Any] = np.quantile(sample, list(probabilities))
    return tuple(float(value) for value in found)


def _check_counts(successes: float, trials: float) -> None:
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes in {trials} trials: must be between 0 and trials")
