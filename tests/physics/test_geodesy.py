import math

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import example, given, settings
from hypothesis import strategies as st

from opendome.physics import geodesy

pytestmark = pytest.mark.kernels

WGS84 = Geodesic.WGS84
DISTANCE_BOUND_M = 2e-4  # Vincenty's series leave out f**3 terms of longitude: 0.15 mm seen

latitudes_deg = st.floats(-90.0, 90.0)
longitudes_deg = st.floats(-180.0, 180.0)
directions_deg = st.floats(-180.0, 180.0)


def _separation_m(latitude1, longitude1, latitude2, longitude2):
    """Distance by Karney's library, of points in degrees."""
    return WGS84.Inverse(latitude1, longitude1, latitude2, longitude2)["s12"]


def _assert_agrees(latitude1, longitude1, latitude2, longitude2):
    """Length equals Karney's, and his direct solution along our azimuth ends at point 2."""
    distance, azimuth1, azimuth2 = geodesy.solve_inverse(
        *(math.radians(v) for v in (latitude1, longitude1, latitude2, longitude2))
    )
    expected = _separation_m(latitude1, longitude1, latitude2, longitude2)
    assert distance == pytest.approx(expected, abs=DISTANCE_BOUND_M)
    end = WGS84.Direct(latitude1, longitude1, math.degrees(azimuth1), distance)
    assert _separation_m(end["lat2"], end["lon2"], latitude2, longitude2) < DISTANCE_BOUND_M
    back = WGS84.Direct(latitude2, longitude2, math.degrees(azimuth2) + 180.0, distance)
    assert _separation_m(back["lat2"], back["lon2"], latitude1, longitude1) < DISTANCE_BOUND_M


@given(latitude=latitudes_deg, longitude=longitudes_deg, height=st.floats(-6.3e6, 4e8))
@example(latitude=90.0, longitude=0.0, height=0.0)
@example(latitude=-90.0, longitude=12.0, height=-6.3e6)
@settings(max_examples=300, deadline=None)
def test_position_survives_the_way_to_geodetic_and_back(latitude, longitude, height):
    """Positions from deep inside the Earth to the Moon come back within a micrometre."""
    position = geodesy.ecef_from_geodetic(math.radians(latitude), math.radians(longitude), height)
    again = geodesy.ecef_from_geodetic(*geodesy.geodetic_from_ecef(*position))
    assert math.dist(position, again) < 1e-6


@given(latitude=latitudes_deg, longitude=longitudes_deg, height=st.floats(-1e5, 1e8))
@settings(max_examples=300, deadline=None)
def test_geodetic_values_come_back(latitude, longitude, height):
    """Outside the evolute the three values are unique: they come back within a micrometre."""
    phi = math.radians(latitude)
    phi_back, _, height_back = geodesy.geodetic_from_ecef(
        *geodesy.ecef_from_geodetic(phi, math.radians(longitude), height)
    )
    assert height_back == pytest.approx(height, abs=1e-6)
    assert phi_back == pytest.approx(phi, abs=1e-6 / 6.4e6)


@pytest.mark.parametrize(
    "position",
    [
        (0.0, 0.0, 0.0),
        (0.0, 0.0, 1e-3),
        (10.0, 0.0, 0.0),
        (0.0, -42_000.0, 0.0),  # inside the evolute, whose radius is e2 * a = 42.7 km
        (20_000.0, 5_000.0, 3_000.0),
        (0.0, 0.0, -6_356_752.314245179),
        (0.0, 0.0, 384_400e3),
    ],
)
def test_centre_axis_and_evolute_are_ordinary_points(position):
    """Where the coordinates are singular the position still comes back within a micrometre."""
    again = geodesy.ecef_from_geodetic(*geodesy.geodetic_from_ecef(*position))
    assert math.dist(position, again) < 1e-6


def test_defining_points_of_the_ellipsoid():
    """Equator and pole lie at the semi-axes of NIMA TR8350.2, table 3.1."""
    assert geodesy.ecef_from_geodetic(0.0, 0.0, 0.0) == pytest.approx((6378137.0, 0.0, 0.0))
    assert geodesy.geodetic_from_ecef(0.0, 0.0, 6356752.3142)[2] == pytest.approx(0.0, abs=1e-4)


@given(latitude=latitudes_deg, longitude=longitudes_deg)
@settings(max_examples=100, deadline=None)
def test_local_axes_are_right_handed_and_point_along_the_coordinates(latitude, longitude):
    """East x north = up, and a step up changes the height alone."""
    phi, lam = math.radians(latitude), math.radians(longitude)
    east, north, up = np.array(geodesy.enu_axes(phi, lam)).reshape(3, 3)
    assert np.cross(east, north) == pytest.approx(up, abs=1e-15)
    ground = np.array(geodesy.ecef_from_geodetic(phi, lam, 0.0))
    raised = np.array(geodesy.ecef_from_geodetic(phi, lam, 1000.0))
    assert raised - ground == pytest.approx(1000.0 * up, abs=1e-6)
    assert east[2] == 0.0
    assert north[2] >= -1e-15


@given(
    latitude1=latitudes_deg,
    longitude1=longitudes_deg,
    latitude2=latitudes_deg,
    longitude2=longitudes_deg,
)
@settings(max_examples=200, deadline=None)
def test_shortest_geodesic_between_any_points(latitude1, longitude1, latitude2, longitude2):
    """Karney's length and end points, for whatever pair of points hypothesis finds hard."""
    _assert_agrees(latitude1, longitude1, latitude2, longitude2)


@given(
    latitude=latitudes_deg,
    longitude=longitudes_deg,
    decade=st.integers(-12, 0),
    north=st.floats(-1.0, 1.0),
    east=st.floats(-1.0, 1.0),
)
@settings(max_examples=200, deadline=None)
def test_shortest_geodesic_to_points_around_the_antipode(latitude, longitude, decade, north, east):
    """Where Vincenty's iteration fails the bound holds as well, at every scale."""
    latitude2 = min(90.0, max(-90.0, -latitude + north * 10.0**decade))
    _assert_agrees(latitude, longitude, latitude2, longitude + 180.0 + east * 10.0**decade)


@pytest.mark.parametrize(
    "pair",
    [
        (0.0, 0.0, 0.0, 180.0),
        (0.0, 0.0, 0.0, 179.3),
        (0.0, 0.0, 0.0, 179.3966),  # the arc length at which the equator stops being shortest
        (1e-9, 0.0, -1e-9, 179.39),
        (90.0, 0.0, -90.0, 0.0),
        (90.0, 33.0, 90.0, -100.0),
        (89.9999999, 0.0, 89.9999999, 180.0),
        (10.0, 179.9999, 10.0, -179.9999),
        (-35.0, -180.0, 20.0, 180.0),
        (30.0, 0.0, -29.9, 179.8),
        (30.0, 0.0, -30.0, 180.0),
        (45.0, 7.0, 45.0, 7.0),
        (39.0, 125.75, 38.9, -77.04),
    ],
)
def test_shortest_geodesic_of_hard_pairs(pair):
    """Equator, poles, antipodes, antimeridian and coincidence."""
    _assert_agrees(*pair)


@given(
    latitude=latitudes_deg,
    longitude=longitudes_deg,
    azimuth=directions_deg,
    distance=st.floats(0.0, 4e7),
)
@example(latitude=90.0, longitude=10.0, azimuth=45.0, distance=2e7)
@example(latitude=0.0, longitude=179.0, azimuth=90.0, distance=2e6)
@settings(max_examples=200, deadline=None)
def test_geodesic_ends_where_karney_says(latitude, longitude, azimuth, distance):
    """The direct problem holds the bound up to once around the Earth."""
    latitude2, longitude2, azimuth2 = geodesy.solve_direct(
        math.radians(latitude), math.radians(longitude), math.radians(azimuth), distance
    )
    expected = WGS84.Direct(latitude, longitude, azimuth, distance)
    miss = _separation_m(
        math.degrees(latitude2), math.degrees(longitude2), expected["lat2"], expected["lon2"]
    )
    assert miss < 2.0 * DISTANCE_BOUND_M  # twice the path of the inverse problem
    assert abs(longitude2) <= math.nextafter(math.pi, 4.0)
    if abs(expected["lat2"]) < 89.9:
        turn = math.degrees(azimuth2) - expected["azi2"]
        assert math.remainder(turn, 360.0) == pytest.approx(0.0, abs=1e-6)


@given(angle=st.floats(-1e3, 1e3))
@settings(max_examples=200, deadline=None)
def test_wrapped_angle_points_the_same_way(angle):
    """The result lies in [-pi, pi] and has the same cosine and sine."""
    wrapped = geodesy.wrap_angle(angle)
    assert abs(wrapped) <= math.pi * (1.0 + 1e-15)
    assert math.remainder(wrapped - angle, 2.0 * math.pi) == pytest.approx(0.0, abs=1e-12)


def test_batches_equal_single_calls():
    """The array forms are the scalar kernels, row by row."""
    rng = np.random.default_rng(3)
    latitude, longitude, latitude2, longitude2 = rng.uniform(-1.5, 1.5, (4, 5))
    height = rng.uniform(0.0, 1e6, 5)
    position = geodesy.ecef_from_geodetic_batch(latitude, longitude, height)
    geodetic = geodesy.geodetic_from_ecef_batch(position)
    inverse = geodesy.solve_inverse_batch(latitude, longitude, latitude2, longitude2)
    direct = geodesy.solve_direct_batch(latitude, longitude, inverse[1], inverse[0])
    for i in range(5):
        single = geodesy.ecef_from_geodetic(latitude[i], longitude[i], height[i])
        assert tuple(position[i]) == single
        assert tuple(column[i] for column in geodetic) == geodesy.geodetic_from_ecef(*single)
        ends = (latitude[i], longitude[i], latitude2[i], longitude2[i])
        assert tuple(column[i] for column in inverse) == geodesy.solve_inverse(*ends)
    assert direct[0] == pytest.approx(latitude2, abs=1e-11)
    assert direct[1] == pytest.approx(longitude2, abs=1e-11)
    assert direct[2] == pytest.approx(inverse[2], abs=1e-11)


def test_ground_below_an_inertial_position_falls_back_as_the_earth_turns():
    """Fixed in inertial space, a point keeps latitude and height and goes west with the angle."""
    place = np.tile(geodesy.ecef_from_geodetic(0.7, 1.2, 4e5), (3, 1))
    angle = np.array([0.0, 0.5, 4.0])
    latitude, longitude, height = geodesy.geodetic_from_eci_batch(place, angle)
    assert latitude == pytest.approx(0.7, abs=1e-12)
    assert height == pytest.approx(4e5, abs=1e-8)
    for found, turned in zip(longitude, angle, strict=True):
        assert math.remainder(found - 1.2 + turned, 2.0 * math.pi) == pytest.approx(0.0, abs=1e-12)


def test_not_a_number_is_passed_on():
    """Bad input does not hang an iteration and does not look like an answer."""
    assert math.isnan(geodesy.solve_inverse(math.nan, 0.0, 0.5, 0.5)[0])
    assert math.isnan(geodesy.solve_direct(math.nan, 0.0, 0.5, 1e6)[0])
    assert math.isnan(geodesy.geodetic_from_ecef(math.nan, 0.0, 0.0)[2])
