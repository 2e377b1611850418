"""Whether a filter's errors are as large as its covariances say: NEES and NIS."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from opendome.statistics.intervals import LEVEL, Floats, check_level


class Consistency(NamedTuple):
    """Average normalised error squared of many runs at each time, and the band it should be in."""

    mean: Floats  # (n_times,)
    low: float
    high: float
    share_inside: float  # share of the times with the mean inside the band


def normalise_error_squared(errors: ArrayLike, covariances: ArrayLike) -> Floats:
    """Errors squared in units of their covariance, e' P^-1 e.

    With the error of the state and its covariance this is NEES; with the innovation and its
    covariance it is NIS. Either has as its mean the number of components, where the filter is
    consistent.

    Parameters
    ----------
    errors : (..., d) float64
    covariances : (..., d, d) float64
        Symmetric, positive definite. Components may differ in unit by many powers of ten.

    Returns
    -------
    (...) float64
        NaN where a covariance is not positive definite.

    Notes
    -----
    Source: Bar-Shalom, Li and Kirubarajan (2001), "Estimation with applications to tracking and
    navigation", equations 5.4.2-2 and 5.4.2-11.
    """
    e, p = np.asarray(errors, np.float64), np.asarray(covariances, np.float64)
    if p.shape != (*e.shape, e.shape[-1]):
        raise ValueError(f"errors {e.shape} and covariances {p.shape} do not belong together")
    scale = np.sqrt(np.abs(np.diagonal(p, axis1=-2, axis2=-1)))
    usable = np.asarray(
        np.isfinite(p).all(axis=(-2, -1)) & np.isfinite(e).all(axis=-1) & (scale > 0).all(axis=-1)
    )
    unit = np.eye(e.shape[-1])
    scale = np.where(usable[..., None], scale, 1.0)
    scaled = np.where(
        usable[..., None, None], p / (scale[..., :, None] * scale[..., None, :]), unit
    )
    eigenvalues, axes = np.linalg.eigh(scaled)
    usable &= eigenvalues.min(axis=-1) > 0.0
    whitened = np.einsum("...ij,...i->...j", axes, np.where(usable[..., None], e / scale, 0.0))
    squared = (whitened**2 / np.where(usable[..., None], eigenvalues, 1.0)).sum(axis=-1)
    found: Floats = np.where(usable, squared, np.nan)
    return found


def find_chi_square_band(
    degrees: int, n_runs: int = 1, level: float = LEVEL
) -> tuple[float, float]:
    """Two-sided band of the average of `n_runs` independent normalised errors squared.

    Parameters
    ----------
    degrees : int
        Components of one error.
    n_runs : int
        Errors averaged; n times their average has n times `degrees` degrees of freedom.
    level : float
        Probability of the band, the rest half on either side.

    Notes
    -----
    Source: Bar-Shalom, Li and Kirubarajan (2001), section 5.4.2, equation 5.4.2-4 on.
    """
    check_level(level)
    if degrees < 1 or n_runs < 1:
        raise ValueError(f"{degrees} degrees of freedom, {n_runs} runs: must be 1 or more")
    tail, total = (1.0 - level) / 2.0, float(n_runs * degrees)
    return (
        float(special.chdtri(total, 1.0 - tail)) / n_runs,
        float(special.chdtri(total, tail)) / n_runs,
    )


def check_consistency(squared: ArrayLike, degrees: int, level: float = LEVEL) -> Consistency:
    """Average over runs at each time against its chi-square band.

    Parameters
    ----------
    squared : (n_runs, n_times) float64
        Normalised errors squared of independent runs.
    degrees : int
        Components of one error.
    level : float
        Probability of the band at one time.

    Notes
    -----
    A consistent filter has about `level` of its times inside, though errors of neighbouring times
    are correlated in NEES; innovations are not.
    """
    values = np.asarray(squared, np.float64)
    if values.ndim != 2 or not values.size:
        raise ValueError("one row per run and one column per time are needed")
    low, high = find_chi_square_band(degrees, values.shape[0], level)
    mean: Floats = values.mean(axis=0)
    inside = (mean >= low) & (mean <= high)
    return Consistency(mean, low, high, float(inside.mean()))
