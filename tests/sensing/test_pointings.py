"""Narrow fields: seen is what a pointing covers, and pointings go to the most urgent tracks."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from opendome.physics.constants import EARTH_RADIUS_M
from opendome.sensing import UNKNOWN_SKY, Sky, derive_keys, man_station, observe
from opendome.sensing.pointings import assign_pointings
from opendome.tables import codes
from opendome.tables.cues import Cues

pytestmark = pytest.mark.kernels
KEYS = derive_keys(1)
FIELD_RAD = math.radians(2.0)


def ring(n: int, height_m: float = 1e6) -> np.ndarray:
    """Satellites around the equator, from longitude 0 on."""
    angle = 2.0 * math.pi * np.arange(n) / n
    radius = EARTH_RADIUS_M + height_m
    return radius * np.stack([np.cos(angle), np.sin(angle), 0.0 * angle], axis=1)


def pointing(make_satellites: Callable, n: int, **columns: object) -> object:
    """Satellites that reach 4,000 km for 100 W/sr and point twice."""
    default = {
        "cold_threshold_w_m2": np.full(n, 100.0 / 4e6**2),
        "pointings": np.full(n, 2),
        "per_track": np.full(n, 3),
        "field_cosine": np.full(n, math.cos(0.5 * FIELD_RAD)),
    }
    return make_satellites(n, **(default | columns))


def cue(places: np.ndarray, sigma_m: float = 1.0, phase: int = codes.BALLISTIC_PHASE) -> Cues:
    """Tracks at these places, the first the most urgent."""
    n = places.shape[0]
    return Cues.unfilled(n)._replace(
        number=np.arange(n),
        position_eci_m=np.ascontiguousarray(places),
        velocity_eci_m_s=np.zeros((n, 3)),
        sigma_m=np.full(n, sigma_m),
        priority=np.linspace(1.0, 0.1, n),
        phase=np.full(n, phase),
        firm=np.ones(n, np.bool_),
    )


def assign(block: object, places: np.ndarray, cues: Cues, sky: Sky = UNKNOWN_SKY) -> list[list]:
    """Aims of each satellite, as rows."""
    station = man_station(block, places, np.zeros_like(places), cues, sky)
    n, most = places.shape[0], int(block.pointings.max())
    aims, n_aims = np.full((n, most, 3), np.nan), np.full(n, 9)
    assign_pointings(station.records, places, sky, cues, aims, n_aims)
    return [list(aims[i, : n_aims[i]]) for i in range(n)]


def above(longitude_rad: float, height_m: float = 2e6) -> np.ndarray:
    radius = EARTH_RADIUS_M + height_m
    return np.array([radius * math.cos(longitude_rad), radius * math.sin(longitude_rad), 0.0])


def test_only_what_lies_in_a_pointing_is_seen(
    make_snapshot: Callable, make_satellites: Callable
) -> None:
    """The cued object and its neighbour within the field; not what stands outside."""
    satellite = ring(1)
    near = above(0.0) + np.array([0.0, 5e3, 0.0])  # 0.3 degrees aside
    far = above(0.0) + np.array([0.0, 5e4, 0.0])  # 2.9 degrees
    snapshot = make_snapshot(np.array([above(0.0), near, far]), body_w_sr=np.full(3, 1e4))
    block = pointing(make_satellites, 1)
    seen = {}
    for name, cues in (("cued", cue(above(0.0)[None])), ("uncued", None)):
        station = man_station(block, satellite, np.zeros((1, 3)), cues)
        seen[name] = sorted(observe([station], snapshot, 10.0, 0.0, KEYS, 0)[1].tolist())
    assert seen == {"cued": [0, 1], "uncued": []}


def test_plumes_need_no_pointing(make_snapshot: Callable, make_satellites: Callable) -> None:
    """A channel without pointings sees them with no cue; boost tracks take no pointing."""
    snapshot = make_snapshot(above(0.1, 2e4)[None], burning=np.array([True]))
    station = man_station(make_satellites(), ring(1), np.zeros((1, 3)))
    assert observe([station], snapshot, 10.0, 0.0, KEYS, 0)[0].kind.tolist() == [codes.PLUME]
    boosting = cue(above(0.1)[None], phase=codes.BOOST_PHASE)
    assert assign(pointing(make_satellites, 1), ring(1), boosting) == [[]]


def test_a_track_gets_its_nearest_satellites(make_satellites: Callable) -> None:
    """No more than the limit, the nearest among them, each pointed at it; priority decides."""
    n, limit = 40, 3
    places = ring(n)
    track = above(0.03)
    given = assign(
        pointing(make_satellites, n, per_track=np.full(n, limit)), places, cue(track[None])
    )
    users = [i for i in range(n) if given[i]]
    assert len(users) == limit and 0 in users
    for i in users:
        line = (track - places[i]) / np.linalg.norm(track - places[i])
        np.testing.assert_allclose(given[i][0], line, atol=1e-12)
    lines = [given[i][0] for i in users]
    # Nearest first would be satellites side by side; crossing lines of sight are preferred.
    assert max(abs(a @ b) for k, a in enumerate(lines) for b in lines[:k]) < 0.95


def test_urgent_tracks_are_served_first(make_satellites: Callable) -> None:
    """One pointing, two tracks far apart: the first of the list has it."""
    tracks = np.array([above(-0.2), above(0.2)])
    block = pointing(make_satellites, 1, pointings=np.array([1]))
    for order in (slice(None), slice(None, None, -1)):
        (aims,) = assign(block, ring(1), cue(tracks[order]))
        line = tracks[order][0] - ring(1)[0]
        np.testing.assert_allclose(aims[0], line / np.linalg.norm(line), atol=1e-12)
        assert len(aims) == 1


def test_a_cluster_costs_one_pointing(make_satellites: Callable) -> None:
    """Twenty tracks within a few kilometres share one; badly known ones take their own."""
    cluster = above(0.0) + np.random.default_rng(1).normal(size=(20, 3)) * 1e3
    block = pointing(make_satellites, 1, pointings=np.array([20]))
    (aims,) = assign(block, ring(1), cue(cluster))
    assert len(aims) == 1
    spread = above(0.0) + np.linspace(-3e5, 3e5, 20)[:, None] * np.array([0.0, 1.0, 0.0])
    (aims,) = assign(block, ring(1), cue(spread))
    assert len(aims) > 10


def test_never_more_pointings_than_a_satellite_has(make_satellites: Callable) -> None:
    """Whatever the tracks; and as many as there are where tracks abound."""
    rng = np.random.default_rng(2)
    lines = rng.normal(size=(500, 3))
    tracks = (EARTH_RADIUS_M + 1.5e6) * lines / np.linalg.norm(lines, axis=1)[:, None]
    places = ring(30)
    given = assign(pointing(make_satellites, 30), places, cue(tracks))
    assert {len(aims) for aims in given} == {2}


def test_grid_finds_what_all_pairs_find(make_satellites: Callable) -> None:
    """With room for all, a track is served if and only if some satellite is in reach."""
    rng = np.random.default_rng(3)
    n = 60
    sats = rng.normal(size=(n, 3))
    sats *= ((EARTH_RADIUS_M + 1e6) / np.linalg.norm(sats, axis=1))[:, None]
    tracks = rng.normal(size=(80, 3))
    tracks *= ((EARTH_RADIUS_M + rng.uniform(2e5, 2e6, 80)) / np.linalg.norm(tracks, axis=1))[
        :, None
    ]
    for reach_m in (8e5, 2e6, 6e6):
        block = pointing(
            make_satellites, n, cold_threshold_w_m2=np.full(n, 100.0 / reach_m**2),
            pointings=np.full(n, 80), per_track=np.full(n, n), limb_height_m=np.full(n, -1e9),
        )  # fmt: skip
        given = assign(block, sats, cue(tracks))
        served = np.zeros((n, 80), np.bool_)
        for i in range(n):
            for aim in given[i]:
                line = tracks - sats[i]
                served[i] |= (line @ aim) > (1.0 - 1e-12) * np.linalg.norm(line, axis=1)
        gap = np.linalg.norm(sats[:, None] - tracks[None], axis=2)
        # Where fields overlap one aim may serve two tracks.
        assert (served <= (gap <= reach_m)).all()
        missing = (gap <= reach_m) & ~served
        assert missing.sum() <= 0.1 * served.sum()
        assert (served.any(axis=0) | missing.any(axis=0) == (gap <= reach_m).any(axis=0)).all()


def test_field_of_regard_and_sun_limit_the_choice(make_satellites: Callable) -> None:
    """A satellite does not point where it cannot, or would be blinded."""
    track = cue(above(0.0)[None])  # straight up from the satellite
    for columns, sky, n_given in (
        ({}, UNKNOWN_SKY, 1),
        ({"regard_cosine": np.array([math.cos(2.0)])}, UNKNOWN_SKY, 0),
        ({"sun_cosine": np.array([0.9])}, Sky(np.array([1.0, 0.0, 0.0]), np.full(3, np.nan)), 0),
        ({"sun_cosine": np.array([0.9])}, Sky(np.array([0.0, 1.0, 0.0]), np.full(3, np.nan)), 1),
        ({"up": np.array([False])}, UNKNOWN_SKY, 0),
    ):
        (aims,) = assign(pointing(make_satellites, 1, **columns), ring(1), track, sky)
        assert len(aims) == n_given, columns
