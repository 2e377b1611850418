"""Track updates a second on one core, and how good the tracks are, beside Stone Soup.

500 ballistic targets before one radar (50 m, 0.5 mrad, 0.5 mrad, probability of detection 0.98), a
scan a second; both trackers are handed the same first tracks and the same measurements. Ours is
the tracker that `opendome run` uses, with the settings it uses, its checks and its sorting of rows
included; Stone Soup's detections are made before its clock starts. An update is a measurement taken
into a track; time is processor time. Stone Soup gets the first `PEER_SCANS` scans of the minute,
because each takes it two seconds, and ours runs the whole minute between any two of them; errors
are compared after the same scan. With 5,000 targets both settings are timed: one model of motion
for each phase, and interacting models where the evidence leaves more than one, which `run` uses.
Above the air both are one filter.
"""

from __future__ import annotations

import time
from statistics import median
from typing import Any

import numpy as np

from opendome.analysis.ballistic_scene import Scene, hand_over, make_scene, root_mean_square_m
from opendome.analysis.stone_soup import StoneSoupTracker
from opendome.statistics import find_gospa
from opendome.tables.codes import FREE
from opendome.tracking import SettingsTable, build_settings, update

N_TARGETS = 500
N_SCANS = 60
PEER_SCANS = 20
PEER_FLOOR = 5_000.0
MANY_TARGETS = 5_000
MANY_SCANS = 20
MANY_FLOOR = 1e6
REPETITIONS = 5

# Of two averages over the same measurements by the same filter: they differ by its second-order
# terms, and equal is good enough.
EQUAL = 0.99
CUT_OFF_M = 1_000.0  # of GOSPA: several errors of a good track, far less than between targets

SETTINGS = build_settings()
ONE_MODEL = build_settings(models="single")


def track(
    scene: Scene, n_scans: int, settings: SettingsTable = SETTINGS
) -> tuple[float, np.ndarray, np.ndarray]:
    """Our updates a second over a scene, the targets' own tracks at the end, and all tracks."""
    tracker = hand_over(scene.state, scene.covariance, settings)
    spent = 0.0
    n_updates = 0
    for scan, time_s in zip(scene.scans[:n_scans], scene.time_s, strict=False):
        start = time.process_time()
        taken = update(tracker, scan, float(time_s), settings)
        spent += time.process_time() - start
        n_updates += int((taken >= 0).sum())
    tracks = tracker.tracks
    own = tracks.state[: scene.state.shape[0]]
    return n_updates / spent, own, tracks.state[tracks.status != FREE]


def gospa_m(places: np.ndarray, truth: np.ndarray) -> float:
    """GOSPA of order two between all tracks and all targets, shared out per target [m]."""
    distance = find_gospa(truth[:, :3], places[:, :3], CUT_OFF_M).distance
    return float(distance / np.sqrt(truth.shape[0]))


def compare(scene: Scene) -> list[dict[str, Any]]:
    """Speed and errors of both on one scene."""
    peer = StoneSoupTracker(scene.state, scene.covariance)
    ours_per_s = []
    peer_per_s = []
    for scan, time_s in zip(scene.scans[:PEER_SCANS], scene.time_s, strict=False):
        detections = peer.prepare(scan)
        start = time.process_time()
        row = peer.update(detections, float(time_s))
        peer_per_s.append(int((row >= 0).sum()) / (time.process_time() - start))
        ours_per_s.append(track(scene, N_SCANS)[0])
    _, own, everything = track(scene, PEER_SCANS)
    truth = scene.truth[PEER_SCANS - 1]
    name = "Stone Soup"
    pairs = (
        (f"track updates, {N_TARGETS} targets", median(ours_per_s), median(peer_per_s), PEER_FLOOR,
         "upd/s", True),
        (f"RMSE after {PEER_SCANS} s", root_mean_square_m(own, truth),
         root_mean_square_m(peer.state, truth), EQUAL, "m", False),
        (f"GOSPA after {PEER_SCANS} s, per target", gospa_m(everything, truth),
         gospa_m(peer.state, truth), EQUAL, "m", False),
    )  # fmt: skip
    return [
        {
            "case": case, "ours": ours, "peer": theirs, "peer_name": name, "floor": floor,
            "unit": unit, "higher_is_better": higher,
        }
        for case, ours, theirs, floor, unit, higher in pairs
    ]  # fmt: skip


def measure() -> list[dict[str, Any]]:
    """Speed and errors beside Stone Soup, and speed with many targets."""
    small = make_scene(N_TARGETS, N_SCANS, 1)
    track(small, 1)  # compiles
    cases = compare(small)
    many = make_scene(MANY_TARGETS, MANY_SCANS, 2)
    pairs = (("one model", ONE_MODEL), ("models", SETTINGS))
    runs = [[track(many, MANY_SCANS, tuned)[0] for _, tuned in pairs] for _ in range(REPETITIONS)]
    for (name, _), speeds in zip(pairs, zip(*runs, strict=True), strict=True):
        cases.append({
            "case": f"track updates, {MANY_TARGETS:,} targets, {name}",
            "ours": median(speeds),
            "peer": None,
            "peer_name": None,
            "floor": MANY_FLOOR,
            "unit": "upd/s",
            "higher_is_better": True,
        })  # fmt: skip
    return cases
