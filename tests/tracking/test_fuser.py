"""Fusion of two tracks of one object."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendome.tracking.fuser import fuse_tracks, weigh_tracks

pytestmark = pytest.mark.kernels


def make_covariance(rng: np.random.Generator, n: int) -> np.ndarray:
    """Some covariance over nine states of which `n` are in use."""
    root = rng.normal(size=(n, n)) * 10.0 ** rng.uniform(-1.0, 2.0, n)[:, None]
    whole = np.zeros((9, 9))
    whole[:n, :n] = root @ root.T + np.eye(n)
    return whole


@pytest.mark.parametrize("n", [6, 9])
def test_fusion_is_the_weighted_sum_of_information(n: int) -> None:
    """State and covariance are those of the defining formula of covariance intersection."""
    rng = np.random.default_rng(1)
    a, b = make_covariance(rng, n), make_covariance(rng, n)
    x, y = rng.normal(size=9), rng.normal(size=9)
    w = weigh_tracks(a, b)
    first, second = np.linalg.inv(a[:n, :n]), np.linalg.inv(b[:n, :n])
    expected = np.linalg.inv(w * first + (1.0 - w) * second)
    mean = expected @ (w * first @ x[:n] + (1.0 - w) * second @ y[:n])
    state, covariance = x.copy(), a.copy()
    fuse_tracks(state, covariance, y, b, n)
    np.testing.assert_allclose(covariance[:n, :n], expected, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(state[:n], mean, rtol=1e-6, atol=1e-6)
    assert (state[n:] == x[n:]).all()


@given(st.integers(0, 10_000), st.floats(-0.99, 0.99))
def test_fusion_is_never_surer_than_the_truth(seed: int, correlation: float) -> None:
    """Whatever the errors share, the fused error's true covariance is within the stated one."""
    rng = np.random.default_rng(seed)
    a, b = make_covariance(rng, 6)[:6, :6], make_covariance(rng, 6)[:6, :6]
    shared = correlation * np.linalg.cholesky(a) @ np.linalg.cholesky(b).T
    whole = np.zeros((2, 9, 9))
    whole[:, :6, :6] = a, b
    w = weigh_tracks(whole[0], whole[1])
    state, covariance = np.zeros(9), whole[0].copy()
    fuse_tracks(state, covariance, np.zeros(9), whole[1], 6)
    stated = covariance[:6, :6]
    of_first = w * stated @ np.linalg.inv(a)
    of_second = (1.0 - w) * stated @ np.linalg.inv(b)
    cross = of_first @ shared @ of_second.T
    true = of_first @ a @ of_first.T + of_second @ b @ of_second.T + cross + cross.T
    scale = np.sqrt(np.diag(stated))
    assert np.linalg.eigvalsh((stated - true) / np.outer(scale, scale)).min() > -1e-6


def test_equal_tracks_gain_nothing() -> None:
    """A track fused with itself stays as sure as it was: it may be the same evidence."""
    a = make_covariance(np.random.default_rng(3), 6)
    state, covariance = np.ones(9), a.copy()
    fuse_tracks(state, covariance, np.ones(9), a, 6)
    np.testing.assert_allclose(covariance, a, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(state, np.ones(9))
