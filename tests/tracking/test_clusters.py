"""What parts from one missile, seen by one radar: covariance that tells what is not known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tracking_scenes import RADAR_PLACE, RADIUS, fly, measure

from opendome.tables.codes import BALLISTIC_PHASE, FIRM
from opendome.tracking import build_settings, start_tracker, update
from opendome.tracking.cluster_scan import share_cluster_looks
from opendome.tracking.deployment import unsettle_tracks
from opendome.tracking.joint import share_looks, weigh_pairs
from opendome.tracking.picture import FIRST, PARENT_TRACK, PARTED
from opendome.tracking.settings import Association, Initiation

pytestmark = pytest.mark.kernels

NEAREST = build_settings()
CLUSTERS = build_settings(association="clusters")
PLACE = np.array([RADIUS + 4e5, 2e5, 3e5])
VELOCITY = np.array([2e3, 3e3, 5e3])


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_one_track_with_many_looks_has_exact_shares(m, seed):
    """A graph without loops: belief propagation is the sum over all events."""
    cost = np.random.default_rng(seed).uniform(0.0, 16.0, m)
    known = Association()
    first, column = np.array([0, m]), np.arange(m)
    share = share_cluster_looks(first, column, cost, m, known)
    exact = share_looks(first, column, weigh_pairs(cost, known, known.cluster_strangers), m)
    if m == 1:
        assert share[0] == 1.0  # a pair alone is no doubt
    else:
        np.testing.assert_allclose(share, exact, atol=1e-5)


def deploy(seed, n, tracker_settings, until_s=200.0, apart_m_s=2.0):
    """A carrier tracked alone for a minute, which then lets n - 1 objects go; tracks and truth."""
    generator = np.random.default_rng(seed)
    times = np.arange(0.0, until_s, 2.0)
    carrier = fly(PLACE, VELOCITY, times)
    release = 30
    others = [
        fly(
            carrier[release, :3],
            carrier[release, 3:] + generator.normal(size=3) * apart_m_s,
            times[release:],
        )
        for _ in range(n - 1)
    ]
    tracker = start_tracker(8 * n)
    taken, rows = [], []
    for k, t in enumerate(times):
        truth = [carrier[k]]
        if k > release + 5:
            truth += [other[k - release] for other in others]
        looks = measure(generator, t, 0, RADAR_PLACE, np.array(truth), angle=5e-4, distance=10.0)
        taken.append(update(tracker, looks, t, tracker_settings))
        rows.append(np.array(truth))
    return tracker, taken, rows


def compare(tracker, taken, rows):
    """Normalised error squared of each firm track against what gave its last look."""
    tracks = tracker.tracks
    values = []
    for slot in np.flatnonzero(tracks.status == FIRM):
        own = np.flatnonzero(taken[-1] == tracks.number[slot])
        if own.size:
            error = tracks.state[slot, :6] - rows[-1][own[0]]
            values.append(error @ np.linalg.solve(tracks.covariance[slot, :6, :6], error))
    return values


def test_doubt_about_looks_is_in_the_covariance():
    """Tracks of a dozen objects that part at metres per second err by what they claim.

    Chi-square of six has its 97.5 % quantile at 14.4; nearest neighbours pass it for more of them.
    """
    over = {}
    for name, chosen in (("nearest", NEAREST), ("clusters", CLUSTERS)):
        values = [v for seed in range(6) for v in compare(*deploy(seed, 8, chosen))]
        over[name] = np.mean(np.array(values) > 14.45)
    assert over["clusters"] < over["nearest"]
    assert over["clusters"] < 0.3


def keeps_its_looks(seed, chosen):
    """Whether each of two objects that part, metres apart when first seen, feeds one track alone.

    A sensor at the Earth's centre with errors of a metre looks each 5 s; what tracks believe of the
    velocity at first is off by kilometres a second, for both alike.
    """
    generator = np.random.default_rng(seed)
    times = np.arange(0.0, 25.0, 5.0)
    parting = generator.normal(size=(2, 3)) * 2.0
    paths = [fly(PLACE + 10.0 * v, VELOCITY + v, times) for v in parting]
    tracker = start_tracker(16)
    first = None
    for k, t in enumerate(times):
        truth = np.array([path[k] for path in paths])
        looks = measure(generator, t, 0, np.zeros(3), truth, angle=1.5e-7, distance=1.0, rate=1.0)
        taken = update(tracker, looks, t, chosen)
        first = taken if first is None else first
        if (taken != first).any():
            return False
    return True


def test_looks_far_sharper_than_what_is_between_them_are_told_apart():
    """What is first seen together keeps its order, as often as by nearest neighbours."""
    kept = {
        name: np.mean([keeps_its_looks(seed, chosen) for seed in range(20)])
        for name, chosen in (("nearest", NEAREST), ("clusters", CLUSTERS))
    }
    assert kept["clusters"] >= kept["nearest"] > 0.8


def test_a_lone_object_is_tracked_to_the_bit_as_by_nearest_neighbours():
    """Where there is no choice nothing is mixed."""
    states = [deploy(3, 1, chosen)[0].tracks.state for chosen in (NEAREST, CLUSTERS)]
    np.testing.assert_array_equal(*states)


def test_what_is_let_go_knows_its_parent():
    """Tracks that begin beside a known one carry its number; the first began alone."""
    tracker, _, _ = deploy(1, 4, CLUSTERS)
    tracks = tracker.tracks
    firm = np.flatnonzero(tracks.status == FIRM)
    first = firm[np.argmin(tracks.number[firm])]
    assert tracks.parent[first] == -1
    others = firm[firm != first]
    assert others.size > 0
    assert (tracks.parent[others] >= 0).all()


def test_parting_widens_the_velocity_once():
    """The variance that parting adds is what is believed, however time is cut, and then no more."""
    initiation = Initiation(parting_sigma_m_s=2.0, parting_s=100.0)
    live = np.array([0])
    for steps in (np.linspace(0.0, 400.0, 401), np.array([37.0, 400.0])):
        slots = start_tracker(1).slots
        slots.whole[1, 0] = BALLISTIC_PHASE
        slots.whole[PARENT_TRACK, 0] = 7
        slots.real[FIRST, 0] = slots.real[PARTED, 0] = 0.0
        for t in steps:
            unsettle_tracks(slots, live, float(t), initiation)
        added = np.diag(slots.covariance[0])
        np.testing.assert_allclose(added[3:6], 4.0, rtol=1e-12)
        np.testing.assert_array_equal(slots.covariance[0], slots.ahead_covariance[0])
        assert added[:3].max() == 0.0


def test_what_came_off_nothing_known_does_not_part():
    """A track that began alone and never burned keeps its covariance."""
    slots = start_tracker(1).slots
    slots.whole[1, 0] = BALLISTIC_PHASE
    slots.real[FIRST, 0] = slots.real[PARTED, 0] = 0.0
    unsettle_tracks(slots, np.array([0]), 50.0, Initiation())
    assert not slots.covariance.any()
