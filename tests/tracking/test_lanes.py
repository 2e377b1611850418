"""Tracks side by side are what they would be one by one."""

from __future__ import annotations

import numpy as np
import pytest
from tracking_scenes import RADAR_PLACE, measure

from opendome.tables.codes import BALLISTIC_PHASE, BOOST_PHASE
from opendome.tracking import start_tracker
from opendome.tracking.gater import compare_look
from opendome.tracking.lanes import (
    EXPECTED,
    JACOBIAN,
    LANES,
    ROOM,
    SPREAD,
    expect_lanes,
    expect_rates,
    is_plain,
    load_lanes,
    load_looks,
    predict_lanes,
    store_lanes,
    update_lanes,
)
from opendome.tracking.measurement_model import predict_measurement
from opendome.tracking.picture import AHEAD, PHASE, sort_looks
from opendome.tracking.predictor import predict_state
from opendome.tracking.settings import Motion
from opendome.tracking.updater import update_state

pytestmark = pytest.mark.kernels
N = 5
PASSIVE = {"sigma_range_m": np.inf, "sigma_range_rate_m_s": np.inf}


def make_slots(seed=1):
    """Five ballistic tracks 1,000 km before the radar, with correlated errors."""
    generator = np.random.default_rng(seed)
    slots = start_tracker(8).slots
    for i in range(N):
        slots.whole[PHASE, i] = BALLISTIC_PHASE
        slots.ahead_state[i, :3] = RADAR_PLACE + [6e5, 8e5, -2e5] + generator.normal(size=3) * 5e4
        slots.ahead_state[i, 3:6] = generator.normal(size=3) * 3e3
        root = generator.normal(size=(6, 6)) * np.repeat([300.0, 20.0], 3)[:, None]
        slots.ahead_covariance[i, :6, :6] = root @ root.T
    return slots


def relative_error(ours, theirs):
    return np.abs(ours - theirs).max() / np.abs(theirs).max()


@pytest.mark.parametrize("elapsed_s", [1.0, 12.0, -4.0])
def test_lanes_move_as_single_tracks_do(elapsed_s):
    """State and covariance after one step, forwards and back, to rounding."""
    slots = make_slots()
    expected = slots.ahead_state.copy(), slots.ahead_covariance.copy()
    for i in range(N):
        predict_state(expected[0][i], expected[1][i], BALLISTIC_PHASE, elapsed_s, Motion())
    room = np.zeros(ROOM)
    load_lanes(slots, np.arange(N), elapsed_s, room)
    predict_lanes(room, Motion().gravity_noise_m2_s3)
    store_lanes(slots, np.arange(N), elapsed_s, room)
    assert relative_error(slots.ahead_state, expected[0]) < 1e-14
    assert relative_error(slots.ahead_covariance, expected[1]) < 1e-12
    assert (slots.real[AHEAD, :N] == elapsed_s).all()


def test_what_stands_at_the_time_stays_bit_by_bit():
    """A step of no length changes nothing, so that boost tracks can be gated in lanes too."""
    slots = make_slots()
    slots.ahead_state[:, 6:] = 3.0
    before = slots.ahead_state.copy(), slots.ahead_covariance.copy()
    room = np.zeros(ROOM)
    load_lanes(slots, np.arange(N), 0.0, room)
    predict_lanes(room, 1.0)
    store_lanes(slots, np.arange(N), 0.0, room)
    assert np.array_equal(slots.ahead_state, before[0])
    assert np.array_equal(slots.ahead_covariance, before[1])


@pytest.mark.parametrize("change", [{}, {"sigma_range_rate_m_s": np.inf}, PASSIVE])
def test_lanes_take_looks_as_single_tracks_do(change):
    """Expected measurement and update, for looks with four, three and two components."""
    generator = np.random.default_rng(3)
    slots = make_slots()
    seen = slots.ahead_state[:N, :6] + generator.normal(size=(N, 6)) * 100.0
    table = measure(generator, 0.0, 0, RADAR_PLACE, seen)
    for name, value in change.items():
        getattr(table, name)[:] = value
    looks, order = sort_looks(table)
    room = np.zeros(ROOM)
    load_lanes(slots, order, 0.0, room)
    load_looks(looks, np.arange(N), room)
    expect_lanes(room, *RADAR_PLACE)
    n_components = 4 - len(change)
    if n_components == 4:
        expect_rates(room)
    rows = room.reshape(-1, LANES)
    single = slots.ahead_state.copy(), slots.ahead_covariance.copy()
    jacobian, spread, expected = np.zeros((4, 6)), np.zeros((4, 4)), np.zeros(5)
    innovation, variance = np.zeros(4), np.zeros(4)
    for k, i in enumerate(order):
        state, covariance = single[0][i], single[1][i]
        predict_measurement(state, covariance, looks[k], jacobian, spread, expected)
        own = rows[JACOBIAN : JACOBIAN + 24, k].reshape(4, 6)
        assert relative_error(own[:3], jacobian[:3]) < 1e-12
        lower = spread[:n_components, :n_components][np.tril_indices(n_components)]
        assert relative_error(rows[SPREAD : SPREAD + len(lower), k], lower) < 1e-12
        for row in (0, 1, 2, 3) if n_components == 4 else (0, 2) if n_components == 3 else ():
            assert rows[EXPECTED + row, k] == pytest.approx(expected[row], rel=1e-9, abs=1e-9)
        compare_look(looks[k], jacobian, expected, innovation, variance)
        update_state(
            state, covariance, BALLISTIC_PHASE, jacobian, innovation, variance, np.empty((3, 9))
        )
    update_lanes(room, n_components)
    store_lanes(slots, order, 0.0, room)
    sigma = np.sqrt(np.diagonal(single[1][:N, :6, :6], axis1=1, axis2=2))
    assert np.abs((slots.ahead_state - single[0])[:N, :6] / sigma).max() < 1e-7
    scale = sigma[:, :, None] * sigma[:, None, :]
    assert np.abs((slots.ahead_covariance - single[1])[:N, :6, :6] / scale).max() < 1e-7


def test_only_free_fall_above_the_air_is_plain():
    """Not under thrust, not where the step would meet the air, not over more than one step."""
    slots = make_slots()
    assert is_plain(slots, 0, 5.0)
    assert not is_plain(slots, 0, 25.0)
    slots.whole[PHASE, 0] = BOOST_PHASE
    assert not is_plain(slots, 0, 5.0)
    slots.ahead_state[1, :3] *= (6378e3 + 180e3) / np.linalg.norm(slots.ahead_state[1, :3])
    assert is_plain(slots, 1, 1.0)
    assert not is_plain(slots, 1, 5.0)
