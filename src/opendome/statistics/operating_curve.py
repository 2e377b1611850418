"""How well a score tells two kinds apart: the operating curve and the area under it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from opendome.statistics.intervals import (
    LEVEL,
    Estimate,
    Floats,
    as_sample,
    find_mean_interval,
)


def find_operating_curve(sought: ArrayLike, other: ArrayLike) -> tuple[Floats, Floats]:
    """Share of the others and of the sought that pass a threshold, as it falls.

    Parameters
    ----------
    sought, other : (n,), (m,) float64
        Scores of both kinds; higher means more like the sought.

    Returns
    -------
    false_alarm, detection : (k,) float64
        From (0, 0) to (1, 1), one point for each distinct score. NaN where a kind has none.
    """
    sought, other = as_sample(sought), as_sample(other)
    thresholds = np.unique(np.concatenate([sought, other]))[::-1]
    with np.errstate(invalid="ignore"):
        passed = [
            (kind.size - np.searchsorted(np.sort(kind), thresholds, side="left"))
            / np.float64(kind.size)
            for kind in (other, sought)
        ]
    return np.concatenate([[0.0], passed[0]]), np.concatenate([[0.0], passed[1]])


def find_operating_area(sought: ArrayLike, other: ArrayLike) -> float:
    """Area under the operating curve: chance that one of the sought scores above one of the others.

    Ties count half. NaN where a kind has none. Source: Mann and Whitney (1947); Hanley and McNeil
    (1982), "The meaning and use of the area under a ROC curve".
    """
    sought, other = as_sample(sought), as_sample(other)
    if not sought.size or not other.size:
        return math.nan
    ranks = rankdata(np.concatenate([sought, other]))[: sought.size].sum()
    return float((ranks / sought.size - 0.5 * (sought.size + 1)) / other.size)


def find_area_interval(
    sought: ArrayLike,
    other: ArrayLike,
    sought_replication: ArrayLike,
    other_replication: ArrayLike,
    level: float = LEVEL,
) -> Estimate:
    """Mean area over replications, with Student's interval over them.

    Parameters
    ----------
    sought, other : (n,), (m,) float64
        Scores of both kinds.
    sought_replication, other_replication : (n,), (m,)
        Replication of each score. Those that lack one kind are left out.
    level : float
        Confidence level.

    Notes
    -----
    The objects of one raid share sensors and geometry, so the replication is the sampling unit.
    """
    sought, other = as_sample(sought), as_sample(other)
    of_sought, of_other = np.asarray(sought_replication), np.asarray(other_replication)
    areas = [
        find_operating_area(sought[of_sought == k], other[of_other == k])
        for k in np.intersect1d(of_sought, of_other)
    ]
    return find_mean_interval(areas, level)
