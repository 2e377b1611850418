"""Ratios at several draws of the assumptions, made sharper by the replications at best values."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from opendome.statistics.intervals import Floats


class DrawnRatios(NamedTuple):
    """A ratio for each draw, and what chance is left in it."""

    ratio: Floats  # (n_draws,) NaN where a draw has no denominator
    coefficient: float  # 0: the base told nothing; 1: luck is wholly common
    sampling_error: float  # typical standard error of one ratio, NaN below two replications


def estimate_drawn_ratios(
    numerator: ArrayLike,
    denominator: ArrayLike,
    base_numerator: ArrayLike,
    base_denominator: ArrayLike,
) -> DrawnRatios:
    """Ratio of sums for each draw of the assumptions, corrected for the luck common to all draws.

    Draws have few replications, and all the same ones: were their raids lucky, every draw would be
    off to the same side. The base has these replications and many more, so that their luck is
    known there, and as much of it as draws and base share is taken out (regression estimator with
    one coefficient for all draws, between 0 and 1).

    Parameters
    ----------
    numerator, denominator : (n_draws, m) float64
        Counts per draw and replication; zeros for a replication that failed.
    base_numerator, base_denominator : (n,) float64
        Counts at best values, n >= m; column i of the draws is the same replication as row i here.

    Returns
    -------
    DrawnRatios

    Notes
    -----
    Source: Cochran (1977), Sampling Techniques, sections 7.1 to 7.4 (regression estimators).
    """
    top, bottom = np.asarray(numerator, np.float64), np.asarray(denominator, np.float64)
    base_top = np.asarray(base_numerator, np.float64)
    base_bottom = np.asarray(base_denominator, np.float64)
    n_draws, m = top.shape
    if bottom.shape != top.shape or base_top.shape != base_bottom.shape or base_top.size < m:
        raise ValueError("draws and base must have counts of the same replications")
    sums = bottom.sum(axis=1)
    ratio = np.divide(top.sum(axis=1), sums, out=np.full(n_draws, np.nan), where=sums > 0)
    if not (bottom.sum() > 0.0 and base_bottom[:m].sum() > 0.0):
        return DrawnRatios(ratio, 0.0, math.nan)
    base_ratio = base_top.sum() / base_bottom.sum()
    luck = base_top[:m] - base_ratio * base_bottom[:m]
    spread = luck - luck.mean()
    power = n_draws * float(spread @ spread)
    residual = top - top.sum() / bottom.sum() * bottom
    slope = float((residual @ spread).sum()) / power if power > 0.0 else 0.0
    coefficient = min(1.0, max(0.0, slope))
    luck_of_ratio = luck.sum() / base_bottom[:m].sum()
    adjusted: Floats = np.clip(ratio - coefficient * luck_of_ratio, 0.0, 1.0)
    return DrawnRatios(adjusted, coefficient, _sampling_error(top, bottom, coefficient * luck))


def _sampling_error(top: Floats, bottom: Floats, explained: Floats) -> float:
    in_use = bottom.sum(axis=1) > 0.0
    m = top.shape[1]
    if m < 2 or not in_use.any():
        return math.nan
    used, lethal = top[in_use], bottom[in_use]
    own = used.sum(axis=1, keepdims=True) / lethal.sum(axis=1, keepdims=True)
    left = (used - own * lethal - explained) / lethal.mean(axis=1, keepdims=True)
    return math.sqrt(float(left.var(axis=1, ddof=1).mean()) / m)
