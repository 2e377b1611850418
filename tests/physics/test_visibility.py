"""Lines of sight past the Earth: symmetry, closed forms on the sphere and exactness at the limb."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opendome.physics import visibility
from opendome.physics.constants import EARTH_FLATTENING, EARTH_RADIUS_M

pytestmark = pytest.mark.kernels

directions = st.tuples(st.floats(-1.4, 1.4), st.floats(-3.1, 3.1))
POLAR_RADIUS_M = EARTH_RADIUS_M * (1.0 - EARTH_FLATTENING)


def place(direction: tuple[float, float], height_m: float) -> np.ndarray:
    latitude, longitude = direction
    unit = np.array(
        [
            math.cos(latitude) * math.cos(longitude),
            math.cos(latitude) * math.sin(longitude),
            math.sin(latitude),
        ]
    )
    return unit * (EARTH_RADIUS_M + height_m)


@settings(max_examples=60)
@given(directions, st.floats(1e5, 4e7), directions, st.floats(1e5, 4e7))
def test_least_height_is_the_least_of_sampled_heights(
    where_a: tuple[float, float], up_a: float, where_b: tuple[float, float], up_b: float
) -> None:
    """Symmetric, and no sampled point of the segment lies lower than the height returned."""
    a, b = place(where_a, up_a), place(where_b, up_b)
    least = visibility.segment_height_m(*a, *b)
    assert visibility.segment_height_m(*b, *a) == pytest.approx(least, abs=1e-2)
    fractions = np.linspace(0.0, 1.0, 41)[:, None]
    sampled = [visibility.surface_height_m(*point) for point in a + fractions * (b - a)]
    assert least <= min(sampled) + 1e-2
    longest_gap_m = float(np.linalg.norm(b - a)) / 40.0
    assert min(sampled) - least <= longest_gap_m


@pytest.mark.parametrize("height_m", [0.0, 3e4, 1e5])
def test_tangent_height_over_equator_and_pole(height_m: float) -> None:
    """A line that grazes the Earth at a known height: exact at the equator, 0.4 % over the pole."""
    over_equator = visibility.ray_height_m(EARTH_RADIUS_M + height_m, -4e6, 0.0, 0.0, 1.0, 0.0)
    assert over_equator == pytest.approx(height_m, abs=1e-6)
    over_pole = visibility.ray_height_m(-4e6, 0.0, POLAR_RADIUS_M + height_m, 1.0, 0.0, 0.0)
    assert over_pole == pytest.approx(height_m, rel=EARTH_FLATTENING * 1.01, abs=1e-6)


def test_looking_up_the_tangent_height_is_the_observers() -> None:
    assert visibility.ray_height_m(7e6, 0.0, 0.0, 1.0, 0.3, 0.0) == pytest.approx(
        7e6 - EARTH_RADIUS_M
    )


def test_coincident_points() -> None:
    """A segment without length has the height of its point."""
    assert visibility.segment_height_m(7e6, 0.0, 0.0, 7e6, 0.0, 0.0) == pytest.approx(
        7e6 - EARTH_RADIUS_M
    )


def test_batch_agrees_with_the_segment_height() -> None:
    """The pair kernel marks exactly the pairs whose least height reaches the clearance."""
    rng = np.random.default_rng(5)
    a = rng.normal(size=(12, 3))
    a *= ((EARTH_RADIUS_M + rng.uniform(5e4, 3.6e7, 12)) / np.linalg.norm(a, axis=1))[:, None]
    b = rng.normal(size=(30, 3))
    b *= ((EARTH_RADIUS_M + rng.uniform(1e3, 2e6, 30)) / np.linalg.norm(b, axis=1))[:, None]
    visible = np.zeros((12, 30), np.bool_)
    for clearance_m in (0.0, 7e3):
        visibility.find_visible_pairs(a, b, clearance_m, visible)
        expected = [[visibility.segment_height_m(*p, *q) >= clearance_m for q in b] for p in a]
        assert np.array_equal(visible, expected)
        assert 0 < visible.sum() < visible.size
