"""The map's projection keeps distance and bearing from its centre; lines are cut and thinned."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendome.report.projection import MAX_RADIUS_RAD, Cap, clamp, enclose, project, thin

latitudes = st.floats(-1.57, 1.57)
longitudes = st.floats(-3.14, 3.14)
places = st.tuples(latitudes, longitudes)


def unit(latitude, longitude):
    return np.array(
        [
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        ]
    )


@given(centre=places, place=places)
def test_distance_from_the_centre_is_the_great_circle(centre, place):
    """That is what makes the projection equidistant."""
    x, y = project(Cap(*centre, 1.0), np.array([place[0]]), np.array([place[1]]))
    a, b = unit(*centre), unit(*place)
    arc = np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b)
    assert float(np.hypot(x, y)[0]) == pytest.approx(arc, abs=1e-9)


@given(centre=places, bearing=st.floats(-3.1, 3.1), arc=st.floats(0.01, 3.0))
def test_bearing_from_the_centre_is_true(centre, bearing, arc):
    """A place reached by a bearing from the centre lies in that direction on the map."""
    # Destination by spherical trigonometry.
    latitude = np.arcsin(
        np.clip(
            np.sin(centre[0]) * np.cos(arc) + np.cos(centre[0]) * np.sin(arc) * np.cos(bearing),
            -1.0,
            1.0,
        )
    )
    longitude = centre[1] + np.arctan2(
        np.sin(bearing) * np.sin(arc) * np.cos(centre[0]),
        np.cos(arc) - np.sin(centre[0]) * np.sin(latitude),
    )
    x, y = project(Cap(*centre, 1.0), np.array([latitude]), np.array([longitude]))
    # Near a pole the arcsine above, not the projection, loses half of the digits.
    assert x[0] == pytest.approx(arc * np.sin(bearing), abs=1e-6)
    assert y[0] == pytest.approx(arc * np.cos(bearing), abs=1e-6)


@given(points=st.lists(places, min_size=1, max_size=12))
def test_cap_holds_every_point(points):
    """Unless that would need more of the Earth than the map may show."""
    latitude, longitude = np.array(points).T
    cap = enclose(latitude, longitude)
    if cap.radius_rad < MAX_RADIUS_RAD:
        assert np.hypot(*project(cap, latitude, longitude)).max() <= cap.radius_rad
    assert cap.radius_rad <= MAX_RADIUS_RAD


def test_cap_of_two_points_is_centred_between_them():
    """The least cap of two points; 1 / steps of the method leaves 0.3 % of their distance."""
    cap = enclose(np.array([0.0, 0.0]), np.array([3.0, -2.9]), margin_rad=0.0)
    middle = np.angle(np.exp(3.0j) + np.exp(-2.9j))
    assert cap.longitude_rad == pytest.approx(middle, abs=2e-3)
    assert cap.radius_rad == pytest.approx((2.0 * np.pi - 5.9) / 2.0, abs=2e-3)


@given(points=st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=1, max_size=9))
def test_clamping_moves_only_what_is_outside(points):
    """Points inside stay; points outside come to rest on the circle in their direction."""
    before = np.array(points)
    after = clamp(before, 2.0)
    inside = np.hypot(*before.T) <= 2.0
    assert np.allclose(after[inside], before[inside], rtol=1e-15)
    assert np.allclose(np.hypot(*after[~inside].T), 2.0)
    assert np.allclose(
        np.cross(np.pad(after, ((0, 0), (0, 1))), np.pad(before, ((0, 0), (0, 1)))), 0
    )


@given(
    points=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=40),
    spacing=st.floats(0.01, 0.5),
)
def test_thinning_keeps_ends_and_spacing(points, spacing):
    """Every vertex dropped is nearer than the spacing to the last one kept before it."""
    line = np.array(points)
    keep = thin(line, spacing)
    assert keep[0] and keep[-1]
    last = line[0]
    for vertex, kept in zip(line[1:-1], keep[1:-1], strict=True):
        distance = np.abs(vertex - last).sum()
        assert kept == (distance >= spacing)
        last = vertex if kept else last


def test_thinning_keeps_breaks():
    """A line broken outside the map stays broken."""
    line = np.array([[0.0, 0.0], [0.01, 0.0], [np.nan, np.nan], [0.02, 0.0], [0.03, 0.0]])
    assert thin(line, 0.5).tolist() == [True, False, True, True, True]
