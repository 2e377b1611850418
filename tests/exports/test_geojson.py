"""The polygons of what is reached: inside and outside, across the antimeridian, round a pole."""

from __future__ import annotations

import json

import numpy as np
import pytest
from matplotlib.path import Path

from opendome.exports.geojson import measure_depth, outline, write_footprint

BEARING = np.arange(0.0, 360.0, 5.0)
NEAREST = np.full(BEARING.size, 1000.0)


def _holds(polygons, longitude, latitude):
    """Inside of an outer ring and of none of its holes."""
    point = (longitude, latitude)
    return any(
        Path(rings[0]).contains_point(point)
        and not any(Path(hole).contains_point(point) for hole in rings[1:])
        for rings in polygons
    )


@pytest.mark.parametrize("launch", [(10.0, 20.0), (40.0, 178.0), (80.0, 0.0), (-89.0, 10.0)])
def test_polygons_hold_the_places_that_are_deep_inside(launch):
    """A thousand places, but for those within 100 km of an edge, where the grid is coarse."""
    farthest = 4000.0 + 1000.0 * np.cos(np.radians(BEARING))
    polygons = outline(launch, BEARING, NEAREST, farthest)
    generator = np.random.default_rng(1)
    longitude = generator.uniform(-179.9, 179.9, 1000)
    latitude = np.degrees(np.arcsin(generator.uniform(-0.999, 0.999, 1000)))
    depth = measure_depth(latitude, longitude, launch, BEARING, NEAREST, farthest)
    clear = np.abs(depth) > 100.0
    found = [_holds(polygons, x, y) for x, y in zip(longitude, latitude, strict=True)]
    assert np.array_equal(np.array(found)[clear], (depth > 0.0)[clear])


def test_everything_is_one_whole_map_with_a_hole():
    """Half-way round in every direction: the antipode is no edge."""
    (rings,) = outline((0.0, 0.0), BEARING, NEAREST, np.full(BEARING.size, 20015.1))
    assert len(rings) == 2
    assert np.ptp(rings[0], axis=0).tolist() == [360.0, 180.0]


def test_what_is_not_reached_is_left_out():
    """NaN by bearing: nothing there; all NaN: no polygon."""
    nothing = np.full(BEARING.size, np.nan)
    assert outline((0.0, 0.0), BEARING, nothing, nothing) == []
    told = json.loads(write_footprint("none", (0.0, 0.0), BEARING, nothing, nothing))
    assert told["features"][1]["geometry"] == {"type": "MultiPolygon", "coordinates": []}
