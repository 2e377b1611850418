"""Prediction and update keep what a filter promises: right means, honest covariances."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tracking_scenes import RADAR_PLACE, fly, measure

from opendome.tables.codes import BALLISTIC_PHASE, BOOST_PHASE
from opendome.tracking import build_settings
from opendome.tracking.measurement_model import predict_measurement
from opendome.tracking.picture import LOOK_LINE, LOOK_RANGE, LOOK_RATE, sort_looks
from opendome.tracking.predictor import predict_state
from opendome.tracking.updater import update_state

pytestmark = pytest.mark.kernels
SMALL = settings(max_examples=20, deadline=None)
MOTION = build_settings()[0].motion
POSITION = np.array([6978e3, -900e3, 800e3])
VELOCITY = np.array([500.0, 3500.0, -4500.0])
seeds = st.integers(0, 2**32 - 1)


def random_track(seed, phase):
    """A state near the radar and a full covariance of random shape, spread over many scales."""
    generator = np.random.default_rng(seed)
    n = 9 if phase == BOOST_PHASE else 6
    sizes = np.repeat([10.0 ** generator.uniform(1, 5), 10.0 ** generator.uniform(0, 3), 20.0], 3)
    root = generator.normal(size=(n, n)) * sizes[:n, None]
    state = np.zeros(9)
    state[:3] = POSITION + generator.normal(size=3) * 100e3
    state[3:6] = VELOCITY + generator.normal(size=3) * 500.0
    state[6:n] = generator.normal(size=n - 6) * 30.0
    covariance = np.zeros((9, 9))
    covariance[:n, :n] = root @ root.T + np.diag(sizes[:n] ** 2) * 1e-6
    return generator, state, covariance, n


def smallest_correlation_eigenvalue(covariance):
    """Below zero where a matrix is no covariance, whatever its units."""
    sigma = np.sqrt(np.diag(covariance))
    return np.linalg.eigvalsh(covariance / np.outer(sigma, sigma))[0]


def one_look(generator, state, **errors):
    looks, _ = sort_looks(measure(generator, 0.0, 0, RADAR_PLACE, state[None, :6], **errors))
    return looks[0]


def observe(state, covariance, look):
    jacobian, spread, expected = np.zeros((4, 6)), np.zeros((4, 4)), np.zeros(5)
    predict_measurement(state, covariance, look, jacobian, spread, expected)
    return jacobian, spread, expected


@SMALL
@given(seeds, st.sampled_from([BALLISTIC_PHASE, BOOST_PHASE]), st.floats(0.01, 40.0))
def test_prediction_and_update_leave_a_covariance(seed, phase, elapsed_s):
    """Symmetric and positive definite after a step in time and after precise measurements."""
    generator, state, covariance, n = random_track(seed, phase)
    predict_state(state, covariance, phase, elapsed_s, MOTION)
    for _ in range(3):
        look = one_look(generator, state, angle=1e-5, distance=1.0, rate=0.01)
        jacobian, _, _ = observe(state, covariance, look)
        innovation = generator.normal(size=4) * np.array([1e-4, 1e-4, 10.0, 1.0])
        update_state(
            state,
            covariance,
            phase,
            jacobian,
            innovation,
            np.array([1e-10, 1e-10, 1.0, 1e-4]),
            np.empty((3, 9)),
        )
        used = covariance[:n, :n]
        assert np.isfinite(state).all()
        assert np.array_equal(used, used.T)
        # Rounding in the correlation matrix, whose eigenvalues sum to n.
        assert smallest_correlation_eigenvalue(used) > -1e-9
    assert not covariance[n:].any()


@SMALL
@given(seeds, st.sampled_from([BALLISTIC_PHASE, BOOST_PHASE]))
def test_update_is_the_textbook_one(seed, phase):
    """Scalar steps give the gain and covariance of one matrix update."""
    generator, state, covariance, n = random_track(seed, phase)
    look = one_look(generator, state)
    jacobian, spread, _ = observe(state, covariance, look)
    variance = np.array([1e-6, 1e-6, 900.0, 9.0])
    innovation = generator.normal(size=4) * np.array([1e-3, 1e-3, 30.0, 3.0])
    wide = np.zeros((4, n))
    wide[:, :6] = jacobian
    p = covariance[:n, :n].copy()
    gain = p @ wide.T @ np.linalg.inv(spread + np.diag(variance))
    left = np.eye(n) - gain @ wide
    joseph = left @ p @ left.T + gain @ np.diag(variance) @ gain.T
    moved = state[:n] + gain @ innovation
    update_state(state, covariance, phase, jacobian, innovation, variance, np.empty((3, 9)))
    # The reference inverts a matrix of condition up to 1e12.
    sigma = np.sqrt(np.diag(p))
    assert np.abs((state[:n] - moved) / sigma).max() < 1e-4
    assert np.abs((covariance[:n, :n] - joseph) / np.outer(sigma, sigma)).max() < 1e-4


def test_ballistic_prediction_agrees_with_an_independent_integrator():
    """Within a centimetre over ten minutes above the air, and back again by time reversal."""
    state = np.concatenate([POSITION, [1500.0, 4500.0, -3500.0], np.zeros(3)])
    start = state.copy()
    truth = fly(start[:3], start[3:6], [0.0, 600.0])[-1]
    covariance = np.eye(9)
    predict_state(state, covariance, BALLISTIC_PHASE, 600.0, MOTION)
    # Thirty fourth-order steps; the reference is good to a millimetre.
    assert np.linalg.norm(state[:3] - truth[:3]) < 0.05
    predict_state(state, covariance, BALLISTIC_PHASE, -600.0, MOTION)
    assert np.linalg.norm(state[:3] - start[:3]) < 0.05


def test_boost_prediction_follows_a_burning_missile():
    """Constant mass flow: thrust acceleration that grows as the model says is flown to metres."""
    start = np.array([20.0, 10.0, 5.0])
    c = MOTION.exhaust_speed_m_s

    def thrust(t):
        return start / (1.0 - np.linalg.norm(start) * t / c)

    truth = fly(POSITION, VELOCITY, [0.0, 20.0], thrust)[-1]
    state = np.concatenate([POSITION, VELOCITY, start])
    predict_state(state, np.eye(9), BOOST_PHASE, 20.0, MOTION)
    # Steps of 2 s take thrust as linear within: error of a jerk of 0.3 m/s3 growing by 1 % a step.
    assert np.linalg.norm(state[:3] - truth[:3]) < 5.0
    assert state[6:] == pytest.approx(thrust(20.0), rel=1e-9)


@pytest.mark.parametrize(
    ("phase", "elapsed_s", "allowed"),
    [
        # Second order in the gravity gradient over one step.
        (BALLISTIC_PHASE, -10.0, 1e-3),
        # Growing thrust also turns with its own error, which is left out: its rate is thrust over
        # exhaust speed, 2 % in a second, and the jerk noise of one second is larger.
        (BOOST_PHASE, -2.0, 0.06),
    ],
)
def test_covariance_follows_the_motion(phase, elapsed_s, allowed):
    """F P F' matches differences of the predicted states, without process noise (backwards)."""
    _, state, _, n = random_track(4, phase)
    step = np.repeat([100.0, 1.0, 0.1], 3)[:n]

    def predicted(x, p):
        x = x.copy()
        predict_state(x, p, phase, elapsed_s, MOTION)
        return x[:n]

    transition = np.empty((n, n))
    for k in range(n):
        high, low = state.copy(), state.copy()
        high[k] += step[k]
        low[k] -= step[k]
        transition[:, k] = (predicted(high, np.eye(9)) - predicted(low, np.eye(9))) / (2 * step[k])
    covariance = np.zeros((9, 9))
    covariance[:n, :n] = np.diag(step**2)
    predicted(state, covariance)
    expected = transition @ np.diag(step**2) @ transition.T
    sigma = np.sqrt(np.diag(expected))
    assert np.abs((covariance[:n, :n] - expected) / np.outer(sigma, sigma)).max() < allowed


@SMALL
@given(seeds)
def test_jacobian_is_the_derivative_of_the_measurement(seed):
    """Central differences of a noiseless measurement."""
    generator, state, _, _ = random_track(seed, BALLISTIC_PHASE)
    silent = {"angle": 1e-12, "distance": 1e-9, "rate": 1e-9}
    jacobian, _, expected = observe(state, np.zeros((9, 9)), one_look(generator, state, **silent))
    r = expected[0]
    for k in range(6):
        step = 10.0 if k < 3 else 1.0
        high, low = state.copy(), state.copy()
        high[k] += step
        low[k] -= step
        change = (one_look(generator, high, **silent) - one_look(generator, low, **silent)) / (
            2 * step
        )
        lines = jacobian[:2, :3] * r
        assert lines @ change[LOOK_LINE : LOOK_LINE + 3] == pytest.approx(
            jacobian[:2, k], abs=1e-11
        )
        assert change[LOOK_RANGE] == pytest.approx(jacobian[2, k], abs=1e-6)
        assert change[LOOK_RATE] == pytest.approx(jacobian[3, k], abs=1e-6)


def test_second_order_terms_are_those_of_a_wide_prior():
    """Bias and variance of range and range rate match a sampled wide cross-range error."""
    generator = np.random.default_rng(8)
    state = np.concatenate([RADAR_PLACE + np.array([0.0, 0.0, 2000e3]), [0.0] * 6])
    covariance = np.zeros((9, 9))
    for k in range(2):  # across the line of sight, position correlated with velocity
        covariance[k, k] = 30e3**2
        covariance[k + 3, k + 3] = 3e3**2
        covariance[k, k + 3] = covariance[k + 3, k] = 0.8 * 30e3 * 3e3
    _, _, expected = observe(state, covariance, one_look(generator, state))
    drawn = generator.multivariate_normal(state[:6], covariance[:6, :6], 100_000)
    apart = drawn[:, :3] - RADAR_PLACE
    r = np.linalg.norm(apart, axis=1)
    spin = np.cross([0.0, 0.0, 7.292115e-5], RADAR_PLACE)
    rate = ((drawn[:, 3:] - spin) * apart).sum(axis=1) / r
    still = -spin[2]
    assert expected[0] == pytest.approx(r.mean(), abs=3.0 * r.std() / 300)
    # Fourth-order terms are (30 km / 2,000 km)^2 of these; sampling gives 1 %.
    assert expected[2] == pytest.approx(r.var(), rel=0.03)
    first_order = (spin[1] * 30e3 / 2000e3) ** 2
    assert expected[1] == pytest.approx(rate.mean() - still, abs=0.5)
    assert expected[3] == pytest.approx(rate.var() - first_order, rel=0.15)
