"""Measurements and tracks that belong together, beside Stone Soup.

How many measurements go to the track of the object that they are of, in scenes from sparse to
dense, and how good the tracks then are.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pytest
from agreement import CLOSED_FORM, TRACKER, Page
from scipy.optimize import linear_sum_assignment

from opendome.analysis.ballistic_scene import (
    Scene,
    gate_radius_m,
    hand_over,
    make_scene,
    root_mean_square_m,
)
from opendome.analysis.stone_soup import track_with_stone_soup
from opendome.statistics.set_distances import find_gospa
from opendome.tables.codes import FREE
from opendome.tracking import SettingsTable, Tracker, build_settings, update
from opendome.tracking.settings import Association

pytestmark = [pytest.mark.validation, pytest.mark.slow]
PAGE = "association.md"
SETTINGS = build_settings()
SIGMA_ANGLE_RAD = 0.5e-3
GATE_M = gate_radius_m(SIGMA_ANGLE_RAD, SETTINGS)
SPARSE, SPARSE_SCANS = 500, 60
BESIDE, BESIDE_SCANS = 100, 20
CLUSTER, CLUSTER_SIGMA_M_S = 10, 1.0
SETTLED = {"first_sigma_m": 100.0, "first_sigma_m_s": 3.0}
JOINT = build_settings(association="joint")
JOINT_SEEDS = (2, 3, 4, 5)
CUTOFF_M = 1_000.0
SMALL_GROUP, SMALL_GROUPS, SMALL_GATES = 3, 10, 0.3
ROUND_M = 5.0
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

Rows of *joint* association (`beliefs.association: joint`) are over {len(JOINT_SEEDS)} scenes each;
theirs is nearest neighbours of ours on the same scenes, and a row holds where joint association is
as good or better. GOSPA is that of all live tracks after the last scan (cutoff {CUTOFF_M:g} m,
order 2), over the root of the number of objects. Swapped tracks are those which the cheapest
pairing of all tracks with all objects gives to another object than their own; ended ones were
merged with a neighbour. Pairs are those of the likeliest event, as a look then goes to several
tracks. The last rows send {SMALL_GROUPS} clusters of {SMALL_GROUP} objects, of {SMALL_GATES:g}
gates in radius, one by one through Stone Soup's joint probabilistic data association (`JPDA`), the
same beliefs given; to {ROUND_M:g} m, as theirs differs by half a metre from run to run.
Test: `tests/validation/test_association.py`.
"""


def follow(scene: Scene, settings: SettingsTable) -> tuple[float, Tracker]:
    """Our share of right pairs [%], and the tracker at the end."""
    tracker = hand_over(scene.state, scene.covariance, settings)
    right = rows = 0
    for scan, target, time_s in zip(scene.scans, scene.target, scene.time_s, strict=True):
        taken = update(tracker, scan, float(time_s), settings)
        right += int((taken == target).sum())
        rows += target.size
    return 100.0 * right / rows, tracker


def track(scene: Scene, settings: SettingsTable = SETTINGS) -> tuple[float, np.ndarray]:
    """Our share of right pairs [%], and the targets' own tracks at the end."""
    right, tracker = follow(scene, settings)
    return right, tracker.tracks.state[: scene.state.shape[0]]


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


class Outcome(NamedTuple):
    """How well one scene was tracked."""

    right: float  # %
    square_m2: float  # mean over the tracks that have not ended
    gospa_m: float
    swapped: float  # %
    ended: float  # %


def judge(scene: Scene, settings: SettingsTable) -> Outcome:
    """Pairs, errors and swaps of our tracker."""
    right, tracker = follow(scene, settings)
    truth = scene.truth[-1]
    n = truth.shape[0]
    alive = tracker.tracks.number[:n] == np.arange(n)
    state = tracker.tracks.state[:n][alive]
    apart = np.linalg.norm(state[:, None, :3] - truth[None, :, :3], axis=2)
    row, nearest = linear_sum_assignment(np.minimum(apart, CUTOFF_M) ** 2)
    tracked = tracker.tracks.state[tracker.tracks.status != FREE]
    gospa = find_gospa(truth[:, :3], tracked[:, :3], CUTOFF_M).distance
    return Outcome(
        right,
        root_mean_square_m(state, truth[alive]) ** 2,
        gospa / math.sqrt(n),
        100.0 * float(np.mean(np.flatnonzero(alive)[row] != nearest)),
        100.0 * float(np.mean(~alive)),
    )


@pytest.mark.parametrize("gates", [0.5, 1, 3, 10])
def test_joint_beside_nearest(page: Page, gates: float) -> None:
    """Joint association errs less than nearest neighbours in dense clusters, and as little else."""
    scenes = [
        make_scene(
            BESIDE, BESIDE_SCANS, seed, sigma_angle_rad=SIGMA_ANGLE_RAD, **SETTLED,
            cluster_size=CLUSTER, cluster_radius_m=gates * GATE_M,
            cluster_sigma_m_s=CLUSTER_SIGMA_M_S,
        )
        for seed in JOINT_SEEDS
    ]  # fmt: skip
    nearest, joint = (
        Outcome(*np.mean([judge(scene, settings) for scene in scenes], axis=0))
        for settings in (SETTINGS, JOINT)
    )
    case = f"joint, {gates:g} x gate"
    their_error_m, our_error_m = math.sqrt(nearest.square_m2), math.sqrt(joint.square_m2)
    rows = [
        page.add(
            case, figure, (low, high), ours, unit, kind=TRACKER, tolerance=tolerance,
            digits=digits, cause="theirs is nearest neighbours of ours",
        )
        for figure, low, high, ours, unit, tolerance, digits in (
            ("right pairs", nearest.right, 100.0, joint.right, "%", 0.2, ".2f"),
            ("position error", 0.0, their_error_m, our_error_m, "m", 0.5, ".1f"),
            ("GOSPA", 0.0, nearest.gospa_m, joint.gospa_m, "m", 0.5, ".1f"),
            ("swapped tracks", 0.0, nearest.swapped, joint.swapped, "%", 0.2, ".2f"),
            ("ended tracks", 0.0, nearest.ended, joint.ended, "%", 0.5, ".2f"),
        )
    ]  # fmt: skip
    assert all(rows)
    if gates <= 1:
        assert our_error_m < 0.97 * their_error_m


def test_joint_beside_stone_soup(page: Page) -> None:
    """In small clusters the tracks of joint association are those of Stone Soup's."""
    pytest.importorskip("stonesoup")
    scene = make_scene(
        SMALL_GROUP * SMALL_GROUPS, BESIDE_SCANS, 2, sigma_angle_rad=SIGMA_ANGLE_RAD, **SETTLED,
        cluster_size=SMALL_GROUP, cluster_radius_m=SMALL_GATES * GATE_M,
        cluster_sigma_m_s=CLUSTER_SIGMA_M_S,
    )  # fmt: skip
    # Theirs is a density per unit of the measurement, ours one per volume of a look's error.
    volume = (2.0 * math.pi) ** 1.5 * SIGMA_ANGLE_RAD**2 * float(scene.scans[0].sigma_range_m[0])
    density = Association().strangers / volume
    clusters = np.arange(SMALL_GROUP * SMALL_GROUPS).reshape(SMALL_GROUPS, SMALL_GROUP)
    their_state = np.concatenate([
        track_with_stone_soup(
            scene.scans, scene.state[own], scene.covariance[own], joint_density=density
        )[0][-1]
        for own in clusters
    ])  # fmt: skip
    _, nearest = track(scene)
    _, state = track(scene, JOINT)
    truth = scene.truth[-1]
    case = f"joint, {SMALL_GROUPS} x {SMALL_GROUP} objects"
    for figure, theirs, ours in (
        (
            "position error",
            root_mean_square_m(their_state, truth),
            root_mean_square_m(state, truth),
        ),
        ("apart from theirs", 0.0, root_mean_square_m(state, their_state)),
    ):
        assert page.add(
            case, figure, ROUND_M * round(theirs / ROUND_M), ROUND_M * round(ours / ROUND_M), "m",
            kind=TRACKER, tolerance=2.0 * ROUND_M, digits=".0f",
            cause="second-order terms; errors of azimuth",
        )  # fmt: skip
    assert root_mean_square_m(state, truth) < root_mean_square_m(nearest, truth)
