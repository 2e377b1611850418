"""Shares of looks are those of all joint events, and a track takes its looks by them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opendome.analysis.ballistic_scene import hand_over, make_scene
from opendome.errors import BadInput
from opendome.tables.measurements import select
from opendome.tracking import build_settings, update
from opendome.tracking.bank import AHEAD_OF_IT, KEPT, copy_bank
from opendome.tracking.joint import EXACT, propagate_beliefs, share_looks, sum_events, weigh_pairs
from opendome.tracking.joint_scan import make_mixture, take_looks
from opendome.tracking.model_set import change_models
from opendome.tracking.models import FREE_FALL, GLIDING, TURNING
from opendome.tracking.picture import sort_looks
from opendome.tracking.scan import expect_track, take_look
from opendome.tracking.scan_index import index_scan, make_index
from opendome.tracking.settings import Association

pytestmark = pytest.mark.kernels
NEAREST = build_settings()
JOINT = build_settings(association="joint")
# A cluster under half a gate wide, held well.
CLOSE = {
    "cluster_size": 6, "cluster_radius_m": 750.0, "cluster_sigma_m_s": 1.0,
    "first_sigma_m": 100.0, "first_sigma_m_s": 3.0,
}  # fmt: skip
SMALL = settings(max_examples=25, deadline=None)


def enumerate_events(weight):
    """Shares of all pairs by listing every event: the look of each row, or none."""
    n, m = weight.shape
    share = np.zeros((n, m))
    total = 0.0
    for event in itertools.product(range(-1, m), repeat=n):
        used = [j for j in event if j >= 0]
        if len(set(used)) < len(used):
            continue
        chance = np.prod([weight[i, j] for i, j in enumerate(event) if j >= 0])
        total += chance
        for i, j in enumerate(event):
            if j >= 0:
                share[i, j] += chance
    return share / total


def as_pairs(weight):
    """A dense table as the sparse pairs of its entries above zero."""
    first = np.concatenate([[0], np.cumsum((weight > 0.0).sum(axis=1))]).astype(np.int64)
    row, column = np.nonzero(weight)
    return first, column.astype(np.int64), weight[row, column]


def make_weights(n, m, share, seed, spread=8.0):
    """Random weights over several orders of magnitude, some pairs not allowed."""
    generator = np.random.default_rng(seed)
    weight = np.exp(generator.uniform(-spread, spread, (n, m)))
    weight[generator.uniform(size=(n, m)) > share] = 0.0
    return weight


@SMALL
@given(st.integers(1, 5), st.integers(1, 5), st.floats(0.2, 1.0), st.integers(0, 2**32 - 1))
def test_shares_are_those_of_all_events_listed(n, m, share, seed):
    """Sums over subsets, components and the smaller side lose nothing against the whole list."""
    weight = make_weights(n, m, share, seed)
    reference = enumerate_events(weight)
    dense = np.empty((n, m))
    sum_events(weight, dense)
    # Sums of some thousand positive numbers in another order.
    np.testing.assert_allclose(dense, reference, rtol=1e-10, atol=1e-15)
    first, column, sparse = as_pairs(weight)
    found = share_looks(first, column, sparse, m)
    np.testing.assert_allclose(found, reference[weight > 0.0], rtol=1e-10, atol=1e-15)


@SMALL
@given(st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_one_track_in_clutter_is_the_closed_form(m, seed):
    """One track: e_j / (b + sum e), the probabilistic data association filter."""
    distance = np.random.default_rng(seed).uniform(0.0, 16.0, m)
    log_ratio = 1.3
    known = Association(detection_probability=0.8, strangers=1e-2)
    weight = weigh_pairs(distance + log_ratio, known, known.strangers)
    share = share_looks(np.array([0, m]), np.arange(m), weight, m)
    # With S = R exp(log ratio) in determinants: e_j = exp(-d2 / 2), b = lambda sqrt(det 2 pi S)
    # (1 - P_D P_G) / P_D (Bar-Shalom, Daum and Huang 2009).
    own = np.exp(-0.5 * distance)
    none = 1e-2 * np.exp(0.5 * log_ratio) * (1.0 - 0.8 * known.gate_probability) / 0.8
    np.testing.assert_allclose(share, own / (none + own.sum()), rtol=1e-12)


@SMALL
@given(st.integers(0, 2**32 - 1))
def test_beliefs_are_exact_on_a_tree(seed):
    """Messages find the shares of a graph without loops: a chain of tracks and looks."""
    n = 6
    weight = np.zeros((n, n))
    values = np.exp(np.random.default_rng(seed).uniform(-4.0, 4.0, (n, 2)))
    for i in range(n):
        weight[i, i] = values[i, 0]
        if i + 1 < n:
            weight[i, i + 1] = values[i, 1]
    first, column, sparse = as_pairs(weight)
    share = np.zeros(sparse.size)
    propagate_beliefs(np.arange(n), first, column, sparse, n, share)
    exact = share_looks(first, column, sparse, n)
    # Rounds end at a change of 1e-6.
    np.testing.assert_allclose(share, exact, atol=1e-4)


def test_a_component_too_large_is_shared_nearly_as_it_should_be():
    """Twenty tracks in a row whose looks lie a sigma off: shares as exact ones of its pieces."""
    n = EXACT + 8
    generator = np.random.default_rng(5)
    place = 2.5 * np.arange(n)
    seen = place + generator.normal(size=n)
    distance = (place[:, None] - seen) ** 2
    weight = np.where(distance < 13.8, 9e3 * np.exp(-0.5 * distance), 0.0)
    first, column, sparse = as_pairs(weight)
    share = np.zeros((n, n))
    share[weight > 0.0] = share_looks(first, column, sparse, n)
    assert (share.sum(axis=0) < 1.0 + 1e-9).all()
    assert (share.sum(axis=1) < 1.0 + 1e-9).all()
    # Far from the cut a piece of the row knows all that counts.
    piece = np.empty((EXACT, EXACT))
    sum_events(np.ascontiguousarray(weight[:EXACT, :EXACT]), piece)
    middle = slice(0, EXACT - 4)
    np.testing.assert_allclose(share[middle, middle], piece[middle, middle], atol=0.05)


def test_an_unknown_association_is_refused():
    """The line names what is allowed."""
    with pytest.raises(BadInput, match="nearest, clusters, joint"):
        build_settings(association="oracle")


def make_pair():
    """Two firm tracks near each other before one radar, and one scan as the kernels see it."""
    scene = make_scene(2, 1, 4, detection_probability=1.0, **CLOSE)
    tracker = hand_over(scene.state, scene.covariance, JOINT)
    looks, _ = sort_looks(scene.scans[0])
    index = make_index(2)
    index_scan(index, looks, 0, 2)
    return tracker.slots, looks, index


def open_bank(slots, i):
    """Let a track hold three models of unlike probability."""
    change_models(slots, i, (1 << FREE_FALL) | (1 << GLIDING) | (1 << TURNING), 1.0, JOINT[0])
    copy_bank(slots, i, KEPT, AHEAD_OF_IT)


@pytest.mark.parametrize("bank", [False, True])
def test_a_look_of_probability_one_is_the_kalman_update(bank):
    """State and covariance are those of the look taken alone, for one model and for a bank."""
    found = []
    for mixed in (False, True):
        slots, looks, index = make_pair()
        if bank:
            open_bank(slots, 0)
        room = np.zeros((5, 9))
        if mixed:
            take_looks(
                slots, 0, looks, np.array([1]), np.array([1.0]), index, make_mixture(), room,
                JOINT[0],
            )  # fmt: skip
        else:
            expect_track(slots, 0, looks, index, JOINT[0])
            take_look(slots, 0, looks[1], room, JOINT[0])
        found.append((slots.state[0].copy(), slots.covariance[0].copy()))
    # Differences of positions of 7e6 m in another order: rounding.
    np.testing.assert_allclose(found[1][0], found[0][0], rtol=1e-12, atol=1e-6)
    np.testing.assert_allclose(found[1][1], found[0][1], rtol=1e-8, atol=1e-4)


def test_two_looks_give_the_mixture_of_their_updates():
    """Mean and covariance are those of Bar-Shalom, Daum and Huang, equations 38 to 45."""
    slots, looks, index = make_pair()
    before, spread = slots.state[0].copy(), slots.covariance[0].copy()
    share = np.array([0.5, 0.3])
    each = []
    for row in range(2):
        other, _, _ = make_pair()
        expect_track(other, 0, looks, index, JOINT[0])
        take_look(other, 0, looks[row], np.zeros((5, 9)), JOINT[0])
        each.append((other.state[0], other.covariance[0]))
    take_looks(
        slots, 0, looks, np.array([0, 1]), share, index, make_mixture(), np.zeros((5, 9)), JOINT[0]
    )
    parts = [(0.2, before, spread), *((s, *e) for s, e in zip(share, each, strict=True))]
    mean = sum(s * x for s, x, _ in parts)
    wide = sum(s * (p + np.outer(x - mean, x - mean)) for s, x, p in parts)
    np.testing.assert_allclose(slots.state[0], mean, rtol=1e-12, atol=1e-6)
    np.testing.assert_allclose(slots.covariance[0], wide, rtol=1e-8, atol=1e-4)


def track(scene, association, order=None):
    """Tracks after all scans, and what took each look of the last."""
    chosen = JOINT if association == "joint" else NEAREST
    tracker = hand_over(scene.state, scene.covariance, chosen)
    for scan, time_s in zip(scene.scans, scene.time_s, strict=True):
        rows = np.arange(scan.n_rows) if order is None else order.permutation(scan.n_rows)
        update(tracker, select(scan, rows), float(time_s), chosen)
    return tracker.tracks


def test_where_nothing_is_in_doubt_nothing_changes():
    """Targets far apart: the bits of nearest neighbours."""
    scene = make_scene(12, 4, 1)
    nearest, joint = track(scene, "nearest"), track(scene, "joint")
    assert (nearest.number == joint.number).all()
    np.testing.assert_array_equal(nearest.state, joint.state)
    np.testing.assert_array_equal(nearest.covariance, joint.covariance)


def test_the_order_of_rows_does_not_matter():
    """A dense cluster, rows shuffled: equal bits."""
    scene = make_scene(6, 4, 3, **CLOSE)
    shuffled = track(scene, "joint", np.random.default_rng(1))
    np.testing.assert_array_equal(track(scene, "joint").state, shuffled.state)


def test_a_cluster_is_held_more_honestly():
    """Tracks in a dense cluster err less than their covariances say, as nearest neighbours do not.

    Normalised errors squared of six states, thirty objects.
    """
    scene = make_scene(30, 15, 6, **CLOSE | {"cluster_size": 10, "cluster_radius_m": 900.0})
    mean = {}
    for association in ("nearest", "joint"):
        tracks = track(scene, association)
        apart = tracks.state[:30, :6] - scene.truth[-1]
        mean[association] = np.mean([
            e @ np.linalg.solve(p[:6, :6], e)
            for e, p in zip(apart, tracks.covariance[:30], strict=True)
        ])  # fmt: skip
    assert mean["joint"] < 0.75 * mean["nearest"]
