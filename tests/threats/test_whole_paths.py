"""Whole paths: the room that a flight begins with does not show in what it leaves."""

from __future__ import annotations

import numpy as np
import pytest

from opendome.physics.ballistic import record_fall
from opendome.physics.flight import REACHED_GROUND, empty_nodes
from opendome.threats.whole_paths import fall_whole, fly_whole, pick_nodes

pytestmark = pytest.mark.kernels

STATE = np.array([6.9e6, 0.0, 0.0, 500.0, 5000.0, 1000.0])
FALL = 0.0, 9000.0, 8000.0, 0.0, 1e-7


def _fall_into(nodes):
    start_s, stop_s, beta, floor_m, tolerance = FALL
    return record_fall(STATE.copy(), start_s, stop_s, 0.0, beta, floor_m, tolerance, nodes)


def test_too_little_room_gives_the_same_path():
    """From one node or from more than enough, bit for bit; it begins and ends with the flight."""
    large = empty_nodes(5000)
    ended = _fall_into(large)
    assert ended.code == REACHED_GROUND
    for room in (1, 4000):
        fall, path = fly_whole(_fall_into, room)
        assert fall == ended
        for column, whole in zip(path, large, strict=True):
            assert np.array_equal(column, whole[: ended.n_nodes])
    assert path.time_s[0] == 0.0
    assert path.time_s[-1] == ended.time_s


def test_a_fall_leaves_the_state_that_it_began_with():
    """The end is told by the path, not by the argument."""
    state = STATE.copy()
    fall, path = fall_whole(state, *FALL)
    assert np.array_equal(state, STATE)
    assert np.array_equal(path.position_eci_m[0], STATE[:3])
    assert fall.n_nodes == path.time_s.shape[0]
    assert pick_nodes(path, slice(1)).time_s.tolist() == [0.0]
