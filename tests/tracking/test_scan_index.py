"""The index of a scan finds every look near a direction."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tracking_scenes import RADAR_PLACE, fly, measure

from opendome.tables.codes import BALLISTIC_PHASE, BOOST_PHASE, FIRM, FREE
from opendome.tables.measurements import Measurements
from opendome.tracking import build_settings, start_tracker, update
from opendome.tracking.gater import brief_tracks, find_near, sift_tracks
from opendome.tracking.picture import AHEAD, LOOK_LINE, N_LOOK, PHASE, STATUS, sort_looks
from opendome.tracking.scan_index import ENTRY_LINE, ENTRY_ROW, find_cells, index_scan, make_index
from opendome.tracking.settings import Association

pytestmark = pytest.mark.kernels
SMALL = settings(max_examples=30, deadline=None)


@SMALL
@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.floats(1e-9, 2.0), st.floats(1e-9, 0.5))
def test_all_looks_within_a_chord_are_found(seed, n, spread, chord):
    """As by comparing with every look, whatever the scan's width and place on the sphere."""
    generator = np.random.default_rng(seed)
    line = generator.normal(size=3) + spread * generator.normal(size=(n, 3))
    line /= np.linalg.norm(line, axis=1)[:, None]
    looks = np.ones((n, N_LOOK))
    looks[:, LOOK_LINE : LOOK_LINE + 3] = line
    index = make_index(n)
    index_scan(index, looks, 0, n)
    assert sorted(index.entry[:, ENTRY_ROW]) == list(range(n))
    middle = line[0] + chord * generator.normal(size=3)
    middle /= np.linalg.norm(middle)
    cells, low_0, high_0, low_1, high_1 = find_cells(index.frame, *middle, chord)
    found = [
        int(index.entry[k, ENTRY_ROW])
        for c0 in range(low_0, high_0)
        for k in range(index.first[c0 * cells + low_1], index.first[c0 * cells + high_1])
    ]
    assert len(set(found)) == len(found)
    near = np.linalg.norm(line - middle, axis=1) < chord * (1.0 - 1e-12)
    assert set(np.flatnonzero(near)) <= set(found)
    for k in range(n):
        row = int(index.entry[k, ENTRY_ROW])
        assert np.array_equal(index.entry[k, ENTRY_LINE : ENTRY_LINE + 3], line[row])


def test_tracks_that_no_scan_sees_keep_up_with_the_others():
    """A scan far from a track moves it to its time all the same, as one step of free fall."""
    generator = np.random.default_rng(5)
    times = np.arange(0.0, 25.0, 5.0)
    near = fly(np.array([6978e3, -900e3, 800e3]), np.array([500.0, 3500.0, -4500.0]), times)
    far = fly(np.array([6978e3, 900e3, -800e3]), np.array([500.0, 3500.0, -4500.0]), times)
    tracker = start_tracker(8)
    tuned = build_settings()
    for k, t in enumerate(times[:4]):
        both = np.array([near[k], far[k]])
        update(tracker, measure(generator, t, 0, RADAR_PLACE, both), t, tuned)
    tracks = tracker.tracks
    before = tracks.state[:2].copy()
    update(tracker, measure(generator, 20.0, 0, RADAR_PLACE, near[4:]), 20.0, tuned)
    assert list(tracks.time_s[:2]) == [20.0, 20.0]
    assert (tracks.status == FIRM).sum() == 2
    unseen = int(np.argmin(tracks.hits[:2]))
    moved = fly(before[unseen, :3], before[unseen, 3:6], [15.0, 20.0])[-1]
    assert np.linalg.norm(tracks.state[unseen, :3] - moved[:3]) < 0.01
    update(tracker, Measurements.empty(), 20.0, tuned)
    assert (tracks.status != FREE).sum() == 2


@SMALL
@given(st.integers(0, 2**32 - 1), st.floats(-20.0, 20.0), st.floats(1.0, 1e5), st.booleans())
def test_sifting_leaves_out_no_track_near_a_scan(seed, time_s, sigma_m, passive):
    """The box around a scan holds all that the search finds, or that must be moved before it."""
    generator = np.random.default_rng(seed)
    n = 60
    slots = start_tracker(n).slots
    slots.whole[STATUS] = np.where(generator.random(n) < 0.8, FIRM, FREE)
    slots.whole[PHASE] = np.where(generator.random(n) < 0.8, BALLISTIC_PHASE, BOOST_PHASE)
    slots.real[AHEAD] = np.where(generator.random(n) < 0.5, time_s, 0.0)
    slots.ahead_state[:, :3] = RADAR_PLACE + generator.normal(size=(n, 3)) * 1e6 + [1e6, 0, 0]
    slots.ahead_state[:, 3:6] = generator.normal(size=(n, 3)) * 3e3
    for k in range(6):
        slots.ahead_covariance[:, k, k] = (sigma_m if k < 3 else 10.0) ** 2
    live = np.flatnonzero(slots.whole[STATUS] != FREE)
    brief_tracks(slots, live)
    seen = slots.ahead_state[generator.integers(0, n, 4), :6]
    table = measure(generator, time_s, 0, RADAR_PLACE, seen + generator.normal(size=(4, 6)) * 1e4)
    if passive:
        table.sigma_range_m[:] = table.sigma_range_rate_m_s[:] = np.inf
    looks, _ = sort_looks(table)
    index = make_index(4)
    index_scan(index, looks, 0, 4)
    sifted = np.empty(n + 1, np.int64)
    n_sifted = sift_tracks(
        slots, live, time_s, index, Association(), np.empty(n, np.bool_), sifted
    )  # fmt: skip
    kept = sifted[:n_sifted]
    assert set(kept) <= set(live)
    found = np.empty(n, np.int64)
    for i in live:
        end, n_found = find_near(
            slots, np.array([i]), 0, time_s, index, Association(), found, 0
        )  # fmt: skip
        if n_found or end == 0:
            assert i in kept


def test_sifting_leaves_out_what_a_scan_does_not_see():
    """Of free flights all around the radar, those near its one line of sight are kept."""
    slots = start_tracker(40).slots
    slots.whole[STATUS], slots.whole[PHASE] = FIRM, BALLISTIC_PHASE
    angle = np.linspace(0.0, 2.0 * np.pi, 40, endpoint=False)
    up = RADAR_PLACE / np.linalg.norm(RADAR_PLACE)
    east = np.cross([0.0, 0.0, 1.0], up) / np.linalg.norm(np.cross([0.0, 0.0, 1.0], up))
    place = 5e5 * (np.cos(angle)[:, None] * east + np.sin(angle)[:, None] * np.cross(up, east))
    slots.ahead_state[:, :3] = RADAR_PLACE + place + 8e5 * up
    slots.ahead_covariance[:, :6, :6] = 1e4 * np.eye(6)
    live = np.arange(40)
    brief_tracks(slots, live)
    looks, _ = sort_looks(
        measure(np.random.default_rng(1), 0.0, 0, RADAR_PLACE, slots.ahead_state[7:8, :6])
    )
    index = make_index(1)
    index_scan(index, looks, 0, 1)
    sifted = np.empty(41, np.int64)
    n_sifted = sift_tracks(slots, live, 0.0, index, Association(), np.empty(40, np.bool_), sifted)
    assert sifted[:n_sifted].tolist() == [7]
