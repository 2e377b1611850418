"""The same measurements through Stone Soup."""

from __future__ import annotations

import builtins

import numpy as np
import pytest

from opendome.analysis.ballistic_scene import make_scene, root_mean_square_m, step_truth
from opendome.analysis.stone_soup import (
    StoneSoupTracker,
    move_state,
    track_with_stone_soup,
    transition_matrix,
)
from opendome.errors import BadInput


def test_its_law_of_motion_is_the_scenes():
    """A second of flight agrees with four of a quarter; the matrix with differences."""
    state = make_scene(1, 1, 1).state[0]
    quarter = state[None]
    for _ in range(4):
        quarter = step_truth(quarter, 0.25)
    assert np.allclose(move_state(state, 1.0), quarter[0], rtol=0.0, atol=1e-5)
    steps = np.repeat([100.0, 1.0], 3)
    differences = np.column_stack([
        (move_state(state + step, 1.0) - move_state(state - step, 1.0)) / (2.0 * step[k])
        for k, step in enumerate(np.diag(steps))
    ])  # fmt: skip
    # J2 is left out of the matrix, a thousandth of the gravity gradient, and its third order.
    assert np.allclose(transition_matrix(state, 1.0), differences, rtol=1e-3, atol=1e-6)


def test_it_follows_the_targets():
    """Each track takes its own target's measurements, and errors shrink as looks come in."""
    pytest.importorskip("stonesoup")
    scene = make_scene(12, 8, 3)
    state, covariance, row = track_with_stone_soup(scene.scans, scene.state, scene.covariance)
    assert state.shape == (8, 12, 6)
    assert covariance.shape == (8, 12, 6, 6)
    for k in range(8):
        for i in range(12):
            assert scene.target[k][row[k, i]] == i if row[k, i] >= 0 else i not in scene.target[k]
    first = root_mean_square_m(state[0], scene.truth[0])
    assert root_mean_square_m(state[-1], scene.truth[-1]) < 0.8 * first
    scan = scene.scans[0]
    with pytest.raises(BadInput, match="must have range"):
        StoneSoupTracker(scene.state, scene.covariance).prepare(
            scan._replace(sigma_range_m=np.full(scan.n_rows, np.inf))
        )


def test_without_it_one_line_names_the_extra(monkeypatch):
    """A missing extra is one line that names it."""
    plain = builtins.__import__

    def refuse(name, *given, **named):
        if name.startswith("stonesoup") or (given and "stone_soup_models" in (given[2] or ())):
            raise ImportError("No module named 'stonesoup'")
        return plain(name, *given, **named)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(BadInput, match=r"opendome\[verify\]") as caught:
        StoneSoupTracker(np.zeros((1, 6)), np.zeros((1, 6, 6)))
    assert "\n" not in str(caught.value)
