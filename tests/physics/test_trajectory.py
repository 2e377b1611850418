"""Interpolation on stored paths: exact where it must be, within a metre elsewhere."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendome.physics.boost import Steering, build_vehicle, record
from opendome.physics.flight import empty_nodes
from opendome.physics.quintic import quintic_acceleration, quintic_position, quintic_velocity
from opendome.physics.trajectory import (
    find_apogee,
    find_node,
    sample,
    sample_acceleration,
    sample_paths,
)

pytestmark = pytest.mark.kernels

VEHICLE = build_vehicle(
    [(20000.0, 2300.0, 60.0, 265.0, 0.0), (6200.0, 800.0, 65.0, 285.0, 5.0),
     (3300.0, 400.0, 50.0, 285.0, 0.0)], 600.0, 0.68, 8.0, 100.0,
)  # fmt: skip


def _path(pitch_deg, tolerance, beta=8000.0):
    nodes = empty_nodes(20_000)
    steering = Steering(0.3, math.radians(pitch_deg), math.inf, 3.0)
    flight = record(VEHICLE, steering, 0.7, 2.2, np.zeros(3), beta, 9000.0, tolerance, nodes)
    columns = [np.ascontiguousarray(column[: flight.n_nodes]) for column in nodes]
    return flight, (np.array([0, flight.n_nodes]), *columns)


coefficients = st.lists(st.floats(-10.0, 10.0), min_size=6, max_size=6)


@given(coefficients, st.floats(0.1, 100.0), st.floats(0.0, 1.0))
def test_quintic_is_exact_for_polynomials_of_fifth_degree(c, dt, u):
    curve = np.polynomial.Polynomial(np.array(c) / dt ** np.arange(6))
    ends = [
        float(curve.deriv(n)(t)) if n else float(curve(t)) for t in (0.0, dt) for n in (0, 1, 2)
    ]
    scale = max(1.0, float(np.abs(c).sum()))
    at = (*ends, dt, u)
    assert quintic_position(*at) == pytest.approx(float(curve(u * dt)), abs=1e-11 * scale)
    assert quintic_velocity(*at) == pytest.approx(
        float(curve.deriv(1)(u * dt)), abs=1e-10 * scale / dt
    )
    assert quintic_acceleration(*at) == pytest.approx(
        float(curve.deriv(2)(u * dt)), abs=1e-9 * scale / dt**2
    )


@pytest.mark.parametrize("pitch_deg", [20.0, 66.0, 85.0])
def test_interpolation_error_is_under_a_metre_in_boost_coast_and_reentry(pitch_deg):
    """Against a path with a hundred times finer tolerance, less what the nodes themselves differ.

    The nodes' own error drifts slowly; between two nodes it is taken as linear.
    """
    rough, columns = _path(pitch_deg, 1e-7)
    fine, reference = _path(pitch_deg, 1e-10)
    end_s = min(rough.end_s, fine.end_s)
    nodes = columns[1][columns[1] <= end_s]
    middles = 0.5 * (nodes[1:] + nodes[:-1])[np.diff(nodes) > 0.0]
    times = np.sort(np.concatenate((middles, np.linspace(0.0, end_s, 300))))

    def difference(t):
        return np.subtract(sample(*columns, 0, t), sample(*reference, 0, t))

    at_nodes = np.array([difference(t) for t in nodes])
    between = np.array([difference(t) for t in times])
    drift = np.array([np.interp(times, nodes, at_nodes[:, k]) for k in range(6)]).T
    error = np.linalg.norm((between - drift)[:, :3], axis=1)
    assert error.max() < 1.0
    assert np.linalg.norm((between - drift)[:, 3:], axis=1).max() < 0.5


@given(st.floats(0.0, 1.0))
def test_sampled_velocity_is_the_derivative_of_sampled_position(share):
    flight, columns = SHORT
    t = 1.0 + share * (flight.end_s - 2.0)
    step = 1e-3
    before, after = sample(*columns, 0, t - step), sample(*columns, 0, t + step)
    here = sample(*columns, 0, t)
    slope = np.subtract(after[:3], before[:3]) / (2 * step)
    # A thrust jump of 100 m/s2 within the difference moves it by half of 100 times the step.
    assert np.abs(slope - here[3:]).max() < 0.1
    pull = np.array(sample_acceleration(*columns, 0, t))
    assert np.isfinite(pull).all()


def test_sampling_at_nodes_returns_the_nodes():
    _, columns = SHORT
    for i in (0, 5, 17, columns[1].size - 1):
        state = sample(*columns, 0, columns[1][i])
        assert np.allclose(state[:3], columns[2][i], rtol=0.0, atol=1e-6)


def test_later_of_two_nodes_that_share_a_time_begins_the_span():
    time_s = np.array([0.0, 1.0, 1.0, 2.0])
    assert [find_node(0, 3, time_s, t) for t in (0.0, 0.5, 1.0, 1.5, 2.0)] == [0, 0, 2, 2, 2]


def test_outside_of_its_path_an_object_has_no_state():
    flight, columns = SHORT
    assert all(math.isnan(v) for v in sample(*columns, 0, -0.1))
    assert all(math.isnan(v) for v in sample(*columns, 0, flight.end_s + 0.1))
    assert all(math.isnan(v) for v in sample_acceleration(*columns, 0, flight.end_s + 0.1))
    assert not math.isnan(sample(*columns, 0, flight.end_s + 1e-9)[0])


def test_batch_equals_single_samples():
    flight, (_, *columns) = SHORT
    n = flight.n_nodes
    first = np.array([0, n // 2, n])
    position, velocity = np.empty((2, 3)), np.empty((2, 3))
    t = float(columns[0][n // 2]) + 1.0
    sample_paths(first, *columns, np.array([1, 0]), np.array([t, t]), position, velocity)
    assert tuple(position[0]) + tuple(velocity[0]) == sample(first, *columns, 1, t)
    assert np.isnan(position[1]).all()


def test_apogee_is_found_between_nodes():
    flight, columns = SHORT
    height, when = find_apogee(*columns, 0)
    assert height == pytest.approx(flight.apogee_m, abs=1.0)
    assert when == pytest.approx(flight.apogee_s, abs=1.0)


SHORT = _path(60.0, 1e-6)
