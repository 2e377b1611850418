"""A sensor's bias is found on tracks that others hold, and its looks are then worth their noise."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2
from tracking_scenes import RADIUS, fly, measure

from opendome.tables.measurements import concatenate, select
from opendome.tracking import build_settings, start_registration, start_tracker, update

pytestmark = pytest.mark.kernels
SETTINGS = build_settings()
HERE = np.array([RADIUS, 0.0, 0.0])
THERE = RADIUS * np.array([np.cos(0.1), np.sin(0.1), 0.0])
POSITION = np.array([6978e3, -500e3, 500e3])
VELOCITY = np.array([500.0, 3500.0, -3500.0])
SIGMA = np.array([[0.0, 0.0], [400.0, 1e-3]])
APART_M = 60e3
STEP_S, N_SCANS, N_TARGETS = 5.0, 8, 8
ANGLE_RAD, DISTANCE_M, RATE_M_S = 1e-3, 30.0, 3.0


def shift(table, place, bias):
    """Measurements of a sensor whose ranges and azimuths are off by a constant each."""
    up = place / np.linalg.norm(place)
    line = table.direction_eci + bias[1] * np.cross(table.direction_eci, up)
    table.direction_eci[:] = line / np.linalg.norm(line, axis=1)[:, None]
    table.range_m[:] += bias[0]
    return table


def make_raid(generator):
    """True states of some objects about one trajectory, and times."""
    times = STEP_S * np.arange(N_SCANS)
    raid = [
        fly(
            POSITION + generator.normal(size=3) * APART_M,
            VELOCITY + generator.normal(size=3) * 100.0,
            times,
        )
        for _ in range(N_TARGETS)
    ]
    return times, np.array(raid)


def track(generator, bias, sigma=SIGMA, stated=False, shuffled=None):
    """Two radars on shared objects, of which the second has a bias: tracker and true states.

    `stated`: its looks name an error that holds the bias's as well. The second begins after two
    scans of the first.
    """
    times, raid = make_raid(generator)
    registration = None
    if sigma is not None:
        registration = start_registration(sigma, np.full(sigma.shape, float(stated)), 32)
    tracker = start_tracker(32, registration)
    for k, t in enumerate(times):
        tables = [measure(generator, t, 0, HERE, raid[:, k], rate=RATE_M_S)]
        if k >= 2:
            looks = measure(generator, t, 1, THERE, raid[:, k], rate=RATE_M_S)
            looks = shift(looks, THERE, bias)
            if stated:
                looks.sigma_range_m[:] = np.hypot(DISTANCE_M, SIGMA[1, 0])
                looks.sigma_angle_rad[:] = np.hypot(ANGLE_RAD, SIGMA[1, 1])
            tables.append(looks)
        rows = concatenate(tables)
        if shuffled is not None:
            rows = select(rows, shuffled.permutation(rows.n_rows))
        update(tracker, rows, float(t), SETTINGS)
    return tracker, raid[:, -1]


def root_mean_square(tracker, truth):
    """Error of the tracks nearest to the objects [m]."""
    tracks = tracker.tracks
    place = tracks.state[tracks.status > 0, :3]
    apart = np.linalg.norm(place[:, None] - truth[None, :, :3], axis=2).min(axis=0)
    return float(np.sqrt(np.mean(apart**2)))


def test_the_estimate_comes_to_the_bias_and_knows_its_error():
    """Over biases drawn from the belief, NEES of both lies in its chi-square band (99.8 %).

    Sigmas have come down from 400 m and 1 mrad to a quarter and less.
    """
    square = 0.0
    n_runs = 8
    for seed in range(n_runs):
        generator = np.random.default_rng(seed)
        bias = generator.normal(size=2) * SIGMA[1]
        tracker, _ = track(generator, bias)
        registration = tracker.registration
        sigma = np.sqrt(np.diag(registration.covariance))
        miss = (registration.estimate - bias) / sigma
        assert (sigma < 0.25 * SIGMA[1]).all()
        square += float(miss @ miss)
    assert square < chi2.ppf(0.999, 2 * n_runs)
    assert square > chi2.ppf(0.001, 2 * n_runs)


def average(bias, sigma, stated):
    """Error of tracks [m] over six runs."""
    squares = []
    for seed in range(6):
        tracker, truth = track(np.random.default_rng(100 + seed), np.array(bias), sigma, stated)
        squares.append(root_mean_square(tracker, truth) ** 2)
    return np.sqrt(np.mean(squares))


@pytest.mark.parametrize(("stated", "share"), [(False, 0.4), (True, 0.7)])
def test_tracks_of_both_get_better(stated, share):
    """Against a bias taken for none, or for noise, tracks err less with it estimated.

    A third and two thirds as much: first the bias adds to every track, then the second radar is
    hardly of use.
    """
    bias = (500.0, 1.5e-3)
    assert average(bias, SIGMA, stated) < share * average(bias, None, stated)


def test_without_bias_nothing_gets_worse():
    """A believed bias that is not there: no more error than where it is taken for noise."""
    assert average((0.0, 0.0), SIGMA, True) < average((0.0, 0.0), None, True)


def test_a_sensor_alone_does_not_find_its_bias():
    """On tracks that it has made itself every bias fits: estimate and sigma stay the prior's."""
    generator = np.random.default_rng(7)
    times, raid = make_raid(generator)
    tracker = start_tracker(32, start_registration(SIGMA[1:], np.zeros((1, 2)), 32))
    for k, t in enumerate(times):
        looks = measure(generator, t, 0, THERE, raid[:, k], rate=RATE_M_S)
        update(tracker, shift(looks, THERE, (500.0, 1e-3)), float(t), SETTINGS)
    sigma = np.sqrt(np.diag(tracker.registration.covariance))
    assert (sigma > 0.5 * SIGMA[1]).all()
    assert (np.abs(tracker.registration.estimate) < 2.0 * SIGMA[1]).all()


def test_the_order_of_rows_does_not_matter():
    """Rows of one decision time in any order: equal bits of estimates and tracks."""
    bias = np.array([300.0, -1e-3])
    one, _ = track(np.random.default_rng(3), bias)
    other, _ = track(np.random.default_rng(3), bias, shuffled=np.random.default_rng(9))
    np.testing.assert_array_equal(one.registration.estimate, other.registration.estimate)
    np.testing.assert_array_equal(one.tracks.state, other.tracks.state)


def test_no_belief_in_a_bias_changes_nothing():
    """A sigma of zero leaves all tracks as they are without the estimator, to the bit."""
    bias = np.array([100.0, 0.0])
    one, _ = track(np.random.default_rng(4), bias, np.zeros((2, 2)))
    other, _ = track(np.random.default_rng(4), bias, None)
    np.testing.assert_array_equal(one.tracks.state, other.tracks.state)
