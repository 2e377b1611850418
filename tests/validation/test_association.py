"""Measurements and tracks that belong together, beside Stone Soup.

How many measurements go to the track of the object that they are of, in scenes from sparse to
dense, and how good the tracks then are.
"""

from __future__ import annotations

import numpy as np
import pytest
from agreement import CLOSED_FORM, TRACKER, Page

from opendome.analysis.ballistic_scene import (
    Scene,
    gate_radius_m,
    hand_over,
    make_scene,
    root_mean_square_m,
)
from opendome.analysis.stone_soup import track_with_stone_soup
from opendome.tracking import build_settings, update

pytestmark = [pytest.mark.validation, pytest.mark.slow]
PAGE = "association.md"
SETTINGS = build_settings()
SIGMA_ANGLE_RAD = 0.5e-3
GATE_M = gate_radius_m(SIGMA_ANGLE_RAD, SETTINGS)
SPARSE, SPARSE_SCANS = 500, 60
BESIDE, BESIDE_SCANS = 100, 20
CLUSTER, CLUSTER_SIGMA_M_S = 10, 1.0
SETTLED = {"first_sigma_m": 100.0, "first_sigma_m_s": 3.0}
INTRODUCTION = f"""
Ballistic targets before one radar (50 m, 0.5 mrad, 0.5 mrad, probability of detection 0.98), a scan
a second. All trackers are handed the same first tracks and the same measurements. A pair is right
where a measurement goes to the track of its own object; a measurement that no track takes counts as
wrong. One in 1,000 lies outside a gate of 0.999 by chance, so that 100 % is out of reach.

Sparse: {SPARSE} targets over 300 x 300 x 200 km, {SPARSE_SCANS} scans, first tracks good to 500 m
and 30 m/s. Clusters: {BESIDE // CLUSTER} of {CLUSTER} objects each, which fill a ball evenly and
drift apart at {CLUSTER_SIGMA_M_S:g} m/s per axis, {BESIDE_SCANS} scans, first tracks good to 100 m
and 3 m/s. The radius of the ball is 1, 3 and 10 times that of the gate of a perfect track across
the line of sight, {GATE_M / 1e3:.1f} km. Theirs is Stone Soup (extended Kalman filter, detections
from a k-d tree, global nearest neighbour: `opendome.analysis.stone_soup`). Its tree offers each
track the five detections nearest in the raw numbers of elevation, bearing and range, which is by
range; ours compares all within the gate. Neither does more than nearest neighbours can.
Test: `tests/validation/test_association.py`.
"""


def track(scene: Scene) -> tuple[float, np.ndarray]:
    """Our share of right pairs [%], and the targets' own tracks at the end."""
    tracker = hand_over(scene.state, scene.covariance, SETTINGS)
    right = rows = 0
    for scan, target, time_s in zip(scene.scans, scene.target, scene.time_s, strict=True):
        taken = update(tracker, scan, float(time_s), SETTINGS)
        right += int((taken == target).sum())
        rows += target.size
    return 100.0 * right / rows, tracker.tracks.state[: scene.state.shape[0]]


def track_there(scene: Scene) -> tuple[float, np.ndarray]:
    """Stone Soup's share of right pairs [%], and its tracks at the end."""
    state, _, row = track_with_stone_soup(scene.scans, scene.state, scene.covariance)
    right = 0
    for taken, target in zip(row, scene.target, strict=True):
        own = np.flatnonzero(taken >= 0)
        right += int((target[taken[own]] == own).sum())
    return 100.0 * right / sum(target.size for target in scene.target), state[-1]


def test_sparse(page: Page) -> None:
    """99 % of the measurements of a sparse raid go where they belong."""
    right, _ = track(make_scene(SPARSE, SPARSE_SCANS, 1))
    assert page.add(
        "sparse", "right pairs", 100.0, right, "%", kind=CLOSED_FORM, tolerance=1.0,
        cause="measurements outside their gates; neighbours",
    )  # fmt: skip


@pytest.mark.parametrize("gates", [0, 1, 3, 10])
def test_beside_stone_soup(page: Page, gates: int) -> None:
    """As many right pairs as Stone Soup or more, and errors as small, sparse and in clusters."""
    pytest.importorskip("stonesoup")
    clusters = {
        "cluster_size": CLUSTER,
        "cluster_radius_m": gates * GATE_M,
        "cluster_sigma_m_s": CLUSTER_SIGMA_M_S,
    }
    scene = make_scene(
        BESIDE, BESIDE_SCANS, 2, sigma_angle_rad=SIGMA_ANGLE_RAD, **SETTLED,
        **(clusters if gates else {}),
    )  # fmt: skip
    ours, state = track(scene)
    theirs, their_state = track_there(scene)
    case = f"clusters, {gates} x gate" if gates else f"{BESIDE} sparse targets"
    better = (theirs, 100.0)
    shares = page.add(
        case, "right pairs", better, ours, "%", kind=TRACKER, tolerance=0.5,
        cause="theirs is the lower bound",
    )  # fmt: skip
    truth = scene.truth[-1]
    errors = page.add(
        case, "position error", (0.0, root_mean_square_m(their_state, truth)),
        root_mean_square_m(state, truth), "m", kind=TRACKER, tolerance=2.0, digits=".0f",
        cause="theirs is the upper bound; pairs, and second-order terms",
    )  # fmt: skip
    assert shares
    assert errors
