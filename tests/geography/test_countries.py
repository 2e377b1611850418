"""Countries of points: invariances first, then cities, seas, poles and areas, then bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opendome.geography import SEA, countries_at, country_at, load_outlines

pytestmark = pytest.mark.kernels

# Latitude and longitude in degrees, far enough from the shore and from borders that outlines
# generalised by some 5 km must get them right; the pairs across a border are 10 km or more apart.
PLACES = [
    ("USA", "Washington", 38.95, -77.10),
    ("USA", "Seattle", 47.60, -122.20),
    ("USA", "Los Angeles", 34.06, -118.24),
    ("USA", "Chicago", 41.88, -87.80),
    ("USA", "Detroit, north of Windsor", 42.40, -83.20),
    ("USA", "Buffalo", 42.85, -78.75),
    ("USA", "Denver", 39.74, -104.99),
    ("USA", "Miami", 25.80, -80.30),
    ("USA", "Houston", 29.76, -95.37),
    ("USA", "Anchorage", 61.18, -149.80),
    ("USA", "Fairbanks", 64.84, -147.72),
    ("USA", "Hawaii island", 19.60, -155.50),
    ("USA", "Fort Greely", 63.95, -145.73),
    ("USA", "Minnesota, south of the border", 48.00, -93.00),
    ("CAN", "Windsor, south of Detroit", 42.20, -82.90),
    ("CAN", "Toronto", 43.75, -79.40),
    ("CAN", "Ottawa", 45.40, -75.75),
    ("CAN", "Montreal", 45.53, -73.65),
    ("CAN", "Winnipeg", 49.90, -97.14),
    ("CAN", "Calgary", 51.05, -114.07),
    ("CAN", "Edmonton", 53.55, -113.49),
    ("CAN", "Whitehorse", 60.72, -135.05),
    ("CAN", "Yellowknife", 62.45, -114.40),
    ("CAN", "Baffin Island", 69.00, -72.00),
    ("CAN", "Victoria Island", 70.50, -110.00),
    ("CAN", "Gander", 48.95, -54.60),
    ("MEX", "Mexico City", 19.43, -99.13),
    ("CUB", "Camaguey", 21.38, -77.92),
    ("GRL", "Summit Camp", 72.58, -38.46),
    ("PRK", "Pyongyang", 39.03, 125.75),
    ("KOR", "Daejeon", 36.35, 127.38),
    ("JPN", "Nagano", 36.65, 138.18),
    ("CHN", "Jilantai", 39.70, 105.70),
    ("IRN", "Tehran", 35.70, 51.40),
    ("RUS", "Chukotka, east of the antimeridian", 66.20, -176.00),
    ("RUS", "Chukotka, west of the antimeridian", 67.50, 178.00),
    ("RUS", "Wrangel Island, on the antimeridian", 71.25, 180.0),
    ("LSO", "Maseru, in the hole of South Africa", -29.50, 28.00),
    ("ZAF", "Bloemfontein", -29.10, 26.20),
    ("ATA", "Amundsen-Scott", -89.99, 0.0),
    ("ATA", "Vostok", -78.46, 106.84),
    (SEA, "north pole", 90.0, 0.0),
    (SEA, "Arctic Ocean", 85.0, 150.0),
    (SEA, "north Pacific", 45.0, -170.0),
    (SEA, "Gulf of Alaska", 56.0, -145.0),
    (SEA, "Bering Sea on the antimeridian", 58.0, 180.0),
    (SEA, "Hudson Bay", 59.0, -86.0),
    (SEA, "Atlantic", 35.0, -50.0),
    (SEA, "Gulf of Mexico", 25.0, -90.0),
    (SEA, "Sea of Japan", 40.0, 134.0),
    (SEA, "Southern Ocean", -60.0, 0.0),
    (SEA, "Beaufort Sea", 73.0, -140.0),
]

latitudes = st.floats(-90.0, 90.0)
longitudes = st.floats(-180.0, 180.0)


@settings(max_examples=20, deadline=None)
@given(latitude=latitudes, longitude=longitudes, turns=st.integers(-2, 2))
def test_country_does_not_depend_on_the_turn_of_the_longitude(latitude, longitude, turns):
    """A whole turn more or less names the same place."""
    # Kept off the vertices, which lie on hundredths of a degree, by 0.3 of a step.
    place = np.radians([np.floor(latitude * 100) / 100, np.floor(longitude * 100) / 100 + 0.003])
    assert country_at(*place) == country_at(place[0], place[1] + turns * 2.0 * np.pi)


@settings(max_examples=10, deadline=None)
@given(points=st.lists(st.tuples(latitudes, longitudes), min_size=2, max_size=4))
def test_points_do_not_disturb_each_other(points):
    """The answer for a row of points is the row of the answers."""
    rows = np.radians(np.array(points))
    together = countries_at(rows[:, 0], rows[:, 1])
    assert list(together) == [country_at(*row) for row in rows]


@settings(max_examples=10, deadline=None)
@given(longitude=longitudes)
def test_poles_have_one_country_whatever_the_longitude(longitude):
    """The north pole is sea and the south pole Antarctica."""
    assert country_at(0.5 * np.pi, np.radians(longitude)) == SEA
    assert country_at(-0.5 * np.pi, np.radians(longitude)) == "ATA"


@pytest.mark.parametrize(
    ("country", "place", "latitude_deg", "longitude_deg"), PLACES, ids=[p[1] for p in PLACES]
)
def test_known_places(country, place, latitude_deg, longitude_deg):
    """Cities, islands, holes, poles and seas are where the atlas has them."""
    assert country_at(np.radians(latitude_deg), np.radians(longitude_deg)) == country, place


# Areas in millions of square kilometres with inland water, without coastal and territorial water:
# USA from Encyclopaedia Britannica, the others CIA World Factbook. 1:50m outlines drop small
# islands and smooth fjords, so 2 %.
@pytest.mark.parametrize(("code", "area"), [("USA", 9.525), ("CAN", 9.985), ("AUS", 7.741)])
def test_areas_of_countries(code, area):
    """Rings are whole and rightly signed: outer rings less holes give the country's area."""
    outlines = load_outlines()
    authalic_radius_km = 6371.0072  # WGS-84, Moritz (2000)
    total = 0.0
    for i, (begin, end) in enumerate(
        zip(outlines.ring_first[:-1], outlines.ring_first[1:], strict=True)
    ):
        if outlines.codes[outlines.ring_country[i]] == code:
            step = np.diff(outlines.longitude_rad[begin:end])
            step = (step + np.pi) % (2.0 * np.pi) - np.pi
            sine = np.sin(outlines.latitude_rad[begin:end])
            total += float(np.sum(step * 0.5 * (sine[1:] + sine[:-1])))
    assert abs(total) * authalic_radius_km**2 / 1e6 == pytest.approx(area, rel=0.02)


def test_rings_are_closed_and_ordered_by_country():
    """What the crossing count relies on."""
    outlines = load_outlines()
    first, last = outlines.ring_first[:-1], outlines.ring_first[1:] - 1
    assert np.array_equal(outlines.longitude_rad[first], outlines.longitude_rad[last])
    assert np.array_equal(outlines.latitude_rad[first], outlines.latitude_rad[last])
    assert (np.diff(outlines.ring_country) >= 0).all()
    assert {"USA", "CAN", "PRK", "RUS", "CHN"} <= set(outlines.codes)
    assert len(outlines.coasts_rad) > len(outlines.borders_rad) > 300


def test_no_points_give_no_countries():
    """An empty raid is not an error."""
    assert countries_at([], []).shape == (0,)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [([np.nan], [0.0]), ([0.0], [np.inf]), ([2.0], [0.0]), ([0.0, 0.0], [0.0])],
)
def test_bad_points_are_refused(latitude, longitude):
    """Neither a degree taken for a radian nor a NaN is given a country."""
    with pytest.raises(ValueError, match="latitudes"):
        countries_at(latitude, longitude)
