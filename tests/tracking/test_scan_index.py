"""The index of a scan finds every look near a direction."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tracking_scenes import RADAR_PLACE, fly, measure

from opendome.tables.codes import FIRM, FREE
from opendome.tables.measurements import Measurements
from opendome.tracking import build_settings, start_tracker, update
from opendome.tracking.picture import LOOK_LINE, N_LOOK
from opendome.tracking.scan_index import ENTRY_LINE, ENTRY_ROW, find_cells, index_scan, make_index

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
