import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from opendome import space
from opendome.physics import frames
from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.physics.orbits import walker_delta

pytestmark = pytest.mark.kernels

PATTERN = walker_delta(4, 3, 1, 550e3, math.radians(53.0))
WATCHERS = np.radians([-165.0, -100.0, -37.0, 8.0, 69.0])


def _ground_longitude(constellation, t, gmst0):
    position, _ = space.satellite_states(constellation, t)
    turned = frames.ecef_from_eci_batch(position, frames.earth_angle(gmst0, t))
    return np.arctan2(turned[:, 1], turned[:, 0])


@given(seed=st.integers(0, 10**9), replication=st.integers(0, 10**6))
@settings(max_examples=50, deadline=None)
def test_a_draw_keeps_the_pattern(seed, replication):
    """All satellites get the same node and the same in-plane phase; nothing else changes."""
    before = space.build_constellation("interceptors", PATTERN)
    after = space.draw_phases(before, seed, replication)
    shift = np.exp(1j * (after.elements - before.elements))
    for row in (3, 5):
        assert shift[row] == pytest.approx(np.full(12, shift[row, 0]), abs=1e-12)
    for row in (0, 1, 2, 4):
        assert np.array_equal(after.elements[row], before.elements[row])
    assert np.array_equal(after.rates, before.rates)
    assert after.identity == before.identity
    assert 0.0 <= after.elements[[3, 5]].min() <= after.elements[[3, 5]].max() <= 2.0 * math.pi


def test_draws_are_uniform_and_independent():
    """Node and phase over replications, and two constellations' nodes, show no pattern."""
    one = space.build_constellation("trackers", PATTERN[:, :1])
    two = space.build_constellation("interceptors", PATTERN[:, :1])
    draws = np.array(
        [
            [
                *space.draw_phases(one, 7, replication).elements[[3, 5], 0],
                space.draw_phases(two, 7, replication).elements[3, 0],
            ]
            for replication in range(400)
        ]
    )
    for column in draws.T:
        assert stats.kstest(column / (2.0 * math.pi), "uniform").pvalue > 1e-4
    correlation = np.corrcoef(draws.T) - np.eye(3)
    assert np.abs(correlation).max() < 5.0 / math.sqrt(400)


def test_draws_depend_on_the_name_alone():
    """Other satellites under the same name, or another object of it, draw the same phase."""
    small = space.draw_phases(space.build_constellation("warners", PATTERN[:, :2]), 3, 9)
    large = space.draw_phases(space.build_constellation("warners", PATTERN), 3, 9)
    assert np.array_equal(small.elements, large.elements[:, :2])
    other = space.draw_phases(space.build_constellation("others", PATTERN), 3, 9)
    assert not np.isclose(other.elements[3, 0], large.elements[3, 0])


def test_drawing_leaves_the_original_alone():
    """A world is shared by replications: a draw makes new arrays."""
    constellation = space.build_constellation("warners", PATTERN)
    kept = constellation.elements.copy()
    space.draw_phases(constellation, 1, 1)
    assert np.array_equal(constellation.elements, kept)


@given(gmst0=st.floats(0.0, 2.0 * math.pi), t=st.floats(0.0, 86400.0))
@settings(max_examples=30, deadline=None)
def test_geostationary_satellites_stand_over_their_longitudes_at_any_epoch(gmst0, t):
    """Built for one epoch and drawn for another, they keep their places to 10 m."""
    built = space.build_geostationary("infrared", WATCHERS, 1.0)
    drawn = space.draw_phases(built, 5, 2, gmst0)
    for constellation, angle in (
        (built, 1.0),
        (space.draw_phases(built, 5, 2), 1.0),
        (drawn, gmst0),
    ):
        error = _ground_longitude(constellation, t, angle) - WATCHERS
        assert np.abs((error + math.pi) % (2.0 * math.pi) - math.pi).max() * 4.2e7 < 10.0
    assert drawn.gmst0_rad == gmst0


def test_states_are_contiguous_rows_of_the_ephemeris():
    """One time asked alone equals the same time among many."""
    constellation = space.draw_phases(space.build_constellation("trackers", PATTERN), 1, 0)
    times = np.array([0.0, 100.0, 5400.0])
    position, velocity = space.satellite_ephemeris(constellation, times)
    assert position.shape == velocity.shape == (3, 3, 12)
    one_position, one_velocity = space.satellite_states(constellation, 5400.0)
    assert one_position.shape == (12, 3)
    assert one_position.flags.c_contiguous
    assert one_velocity.flags.c_contiguous
    assert np.array_equal(one_position, position[2].T)
    assert np.array_equal(one_velocity, velocity[2].T)


def test_satellites_circle_at_their_altitude():
    """Heights stay within 15 km of the mean altitude, speeds at that of the circle."""
    constellation = space.build_constellation("trackers", PATTERN)
    position, velocity = space.satellite_ephemeris(constellation, np.linspace(0.0, 6000.0, 20))
    radius = np.linalg.norm(position, axis=1)
    assert np.abs(radius - 6.928137e6).max() < 15e3
    assert np.linalg.norm(velocity, axis=1) == pytest.approx(7585.0, abs=15.0)


def test_the_earth_turns_below_a_polar_plane():
    """A node crossing one hour later lies an hour's rotation, and the node's drift, westward."""
    constellation = space.build_constellation("polar", walker_delta(1, 1, 0, 800e3, math.pi / 2))
    longitude = [
        _ground_longitude(constellation, t, 0.0)[0]
        for t in (0.0, 2.0 * math.pi / constellation.rates[[0, 2], 0].sum())
    ]
    period = 2.0 * math.pi / constellation.rates[[0, 2], 0].sum()
    assert longitude[1] - longitude[0] == pytest.approx(-EARTH_ROTATION_RAD_S * period, abs=1e-6)


def test_an_orbit_in_the_ground_is_refused():
    """Bad elements end when a constellation is built, before any replication."""
    with pytest.raises(ValueError, match="perigee"):
        space.build_constellation("low", walker_delta(1, 1, 0, -1e3, 0.5))


def test_a_fleet_stands_where_its_constellations_do():
    """Round and eccentric orbits, one of them named twice: each seat has its own satellite."""
    tilted = PATTERN[:, :3].copy()
    tilted[0], tilted[1] = 26.5e6, 0.7
    round_one = space.draw_phases(space.build_constellation("trackers", PATTERN), 1, 0)
    other = space.draw_phases(space.build_constellation("warners", PATTERN[:, :5]), 1, 0)
    eccentric = space.draw_phases(space.build_constellation("molniya", tilted), 1, 0)
    constellations = (round_one, eccentric, round_one, other)
    position, velocity = np.full((2, 32, 3), np.nan)
    space.place_fleet(space.build_fleet(constellations), 5400.0, position, velocity)
    states = [space.satellite_states(c, 5400.0) for c in constellations]
    assert position == pytest.approx(np.concatenate([p for p, _ in states]), abs=1e-6)
    assert velocity == pytest.approx(np.concatenate([v for _, v in states]), abs=1e-9)
