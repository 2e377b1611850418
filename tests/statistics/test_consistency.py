"""Normalised errors squared have the mean and the band that a consistent filter must show."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from opendome.statistics import (
    check_consistency,
    find_chi_square_band,
    normalise_error_squared,
)


def draw_errors(n: int, scale: float = 1.0, key: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Errors of position and velocity with correlated covariances, times `scale`."""
    generator = np.random.Generator(np.random.Philox(key=key))
    root = generator.normal(size=(n, 6, 6)) * np.array([1e3] * 3 + [1.0] * 3)[:, None]
    return (
        scale * np.einsum("nij,nj->ni", root, generator.normal(size=(n, 6))),
        np.einsum("nij,nkj->nik", root, root),
    )


def test_independent_components_add_up() -> None:
    """Errors of one, two and three sigma: 1 + 4 + 9."""
    covariance = np.diag([4.0, 9.0, 1e-6])
    assert normalise_error_squared([2.0, 6.0, 3e-3], covariance) == pytest.approx(14.0)


def test_units_and_rotation_do_not_matter() -> None:
    """The value is that of a plain solve, and survives any change of axes and units."""
    errors, covariances = draw_errors(50)
    plain = np.einsum("ni,ni->n", errors, np.linalg.solve(covariances, errors[..., None])[..., 0])
    assert normalise_error_squared(errors, covariances) == pytest.approx(plain, rel=1e-5)
    turn = np.linalg.qr(np.random.Generator(np.random.Philox(key=9)).normal(size=(6, 6)))[0]
    mixed = turn * np.array([1e-3, 1.0, 1.0, 1.0, 1.0, 1e3])[:, None]
    found = normalise_error_squared(errors @ mixed.T, mixed @ covariances @ mixed.T)
    assert found == pytest.approx(plain, rel=1e-5)


def test_what_has_no_inverse_is_not_a_number() -> None:
    """A covariance of zero, one that is not positive definite, one that is not finite."""
    for covariance in (
        np.zeros((2, 2)),
        np.array([[1.0, 2.0], [2.0, 1.0]]),
        np.full((2, 2), np.nan),
    ):
        assert np.isnan(normalise_error_squared([1.0, 1.0], covariance))
    with pytest.raises(ValueError, match="belong"):
        normalise_error_squared([1.0, 1.0], np.eye(3))


def test_the_band_is_that_of_the_textbook() -> None:
    """Two components: 0.05 and 7.38 for one run; 50 runs: 1.5 and 2.6 at 95 %.

    Bar-Shalom, Li and Kirubarajan (2001), section 5.4.3, example.
    """
    assert find_chi_square_band(2) == pytest.approx((0.05, 7.38), abs=0.005)
    assert find_chi_square_band(2, 50) == pytest.approx((1.48, 2.59), abs=0.01)
    low, high = find_chi_square_band(6, 100, 0.9)
    assert stats.chi2.cdf([100 * low, 100 * high], 600) == pytest.approx([0.05, 0.95])


def test_a_consistent_filter_is_found_consistent() -> None:
    """Errors drawn from their covariances: 95 % of times inside the 95 % band.

    Over 400 times the share has a standard error of 1.1 %.
    """
    errors, covariances = draw_errors(100 * 400)
    squared = normalise_error_squared(errors, covariances).reshape(100, 400)
    found = check_consistency(squared, 6)
    assert found.share_inside == pytest.approx(0.95, abs=0.035)
    assert found.mean.mean() == pytest.approx(6.0, rel=0.02)


@pytest.mark.parametrize("scale", [0.8, 1.25])
def test_a_filter_too_sure_or_too_shy_is_found_out(scale: float) -> None:
    """Errors a fifth smaller or a quarter larger than said: hardly a time inside."""
    errors, covariances = draw_errors(100 * 50, scale)
    squared = normalise_error_squared(errors, covariances).reshape(100, 50)
    assert check_consistency(squared, 6).share_inside < 0.05


def test_what_cannot_be_judged_is_refused() -> None:
    """No runs, no degrees, no times."""
    with pytest.raises(ValueError, match="degrees"):
        find_chi_square_band(0)
    with pytest.raises(ValueError, match="confidence"):
        find_chi_square_band(2, 1, 1.5)
    with pytest.raises(ValueError, match="row per run"):
        check_consistency([], 2)
