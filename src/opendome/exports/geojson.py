"""What is reached from a place as GeoJSON (RFC 7946).

Its polygons may neither cross the antimeridian nor go round a pole. They are contours of a grid of
longitude and latitude, which end there by themselves.
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any, Final

import numpy as np
from contourpy import contour_generator
from numpy.typing import NDArray

from opendome.physics.constants import EARTH_MEAN_RADIUS_M

Floats = NDArray[np.float64]

_STEP_DEG: Final = 0.5
_EARTH_RADIUS_KM: Final = EARTH_MEAN_RADIUS_M / 1e3


def measure_depth(
    latitude_deg: Floats,
    longitude_deg: Floats,
    launch_deg: tuple[float, float],
    bearing_deg: Floats,
    nearest_km: Floats,
    farthest_km: Floats,
) -> Floats:
    """How far inside of what is reached places lie [km]; negative outside.

    Parameters
    ----------
    latitude_deg, longitude_deg : (...) float64
        Places.
    launch_deg : (latitude, longitude)
        From where ranges are counted, on a sphere of mean radius.
    bearing_deg, nearest_km, farthest_km : (n,) float64
        Ranges by bearing, evenly round and in order; NaN where nothing is reached.
    """
    phi, phi0 = np.radians(latitude_deg), np.radians(launch_deg[0])
    turn = np.radians(longitude_deg - launch_deg[1])
    east = np.cos(phi) * np.sin(turn)
    north = np.cos(phi0) * np.sin(phi) - np.sin(phi0) * np.cos(phi) * np.cos(turn)
    up = np.sin(phi0) * np.sin(phi) + np.cos(phi0) * np.cos(phi) * np.cos(turn)
    distance = _EARTH_RADIUS_KM * np.arctan2(np.hypot(east, north), up)
    bearing = np.degrees(np.arctan2(east, north)) % 360.0
    reached = np.isfinite(farthest_km)
    near = np.interp(bearing, bearing_deg, np.where(reached, nearest_km, 1e5), period=360.0)
    far = np.interp(bearing, bearing_deg, np.where(reached, farthest_km, -1e5), period=360.0)
    # Half-way round is everything: the antipode is no edge.
    far = np.where(far > np.pi * _EARTH_RADIUS_KM - 1.0, 1e5, far)
    depth: Floats = np.minimum(distance - near, far - distance)
    return depth


def outline(
    launch_deg: tuple[float, float], bearing_deg: Floats, nearest_km: Floats, farthest_km: Floats
) -> list[list[Floats]]:
    """Polygons, each its outer ring and its holes, (n, 2) longitude and latitude [deg]."""
    longitude = np.arange(-180.0, 180.0 + 0.5 * _STEP_DEG, _STEP_DEG)
    latitude = np.arange(-90.0, 90.0 + 0.5 * _STEP_DEG, _STEP_DEG)
    depth = measure_depth(
        latitude[:, None], longitude[None, :], launch_deg, bearing_deg, nearest_km, farthest_km
    )
    contours = contour_generator(longitude, latitude, depth, fill_type="OuterOffset")
    found: Any = contours.filled(0.0, np.inf)
    return [
        [points[a:b] for a, b in pairwise(offsets)] for points, offsets in zip(*found, strict=True)
    ]


def write_footprint(
    name: str,
    launch_deg: tuple[float, float],
    bearing_deg: Floats,
    nearest_km: Floats,
    farthest_km: Floats,
) -> str:
    """A feature collection: the launch point and what is reached from it.

    Arguments as of `measure_depth`.
    """
    polygons = [
        [[[round(float(x), 4), round(float(y), 4)] for x, y in ring] for ring in rings]
        for rings in outline(launch_deg, bearing_deg, nearest_km, farthest_km)
    ]
    features = [
        {
            "type": "Feature",
            "properties": {"name": f"{name}: launch"},
            "geometry": {"type": "Point", "coordinates": [launch_deg[1], launch_deg[0]]},
        },
        {
            "type": "Feature",
            "properties": {"name": f"{name}: reached"},
            "geometry": {"type": "MultiPolygon", "coordinates": polygons},
        },
    ]
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, allow_nan=False) + "\n"
