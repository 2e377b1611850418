"""A launch site's own coordinates: bearing, ground range and altitude of an earth-fixed point.

Bearing and range are those of the great circle between geocentric directions on a sphere of mean
radius; altitude is height above the ellipsoid along the geocentric radius. They label the cells of
fly-out tables and the points looked up in them alike, so that what they differ from geodesics by
(bearing 0.2 deg, range 0.3 %) changes no result.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from opendome.physics.constants import EARTH_MEAN_RADIUS_M
from opendome.physics.geodesy import ecef_from_geodetic
from opendome.physics.jit import kernel
from opendome.physics.reentry import altitude


class SiteAxes(NamedTuple):
    """Unit vectors at a site, earth-fixed: geocentric direction, east and north on the sphere."""

    up_x: float
    up_y: float
    up_z: float
    east_x: float
    east_y: float
    north_x: float
    north_y: float
    north_z: float


@kernel
def site_axes(latitude_rad: float, longitude_rad: float) -> SiteAxes:
    """Axes of a site at a geodetic latitude and longitude on the ellipsoid."""
    x, y, z = ecef_from_geodetic(latitude_rad, longitude_rad, 0.0)
    across = math.hypot(x, y)
    radius = math.hypot(across, z)
    sin_latitude, cos_latitude = z / radius, across / radius
    sin_longitude, cos_longitude = math.sin(longitude_rad), math.cos(longitude_rad)
    return SiteAxes(
        cos_latitude * cos_longitude,
        cos_latitude * sin_longitude,
        sin_latitude,
        -sin_longitude,
        cos_longitude,
        -sin_latitude * cos_longitude,
        -sin_latitude * sin_longitude,
        cos_latitude,
    )


@kernel
def locate(axes: SiteAxes, x: float, y: float, z: float) -> tuple[float, float, float]:
    """Bearing [rad], ground range [m] and altitude [m] of an earth-fixed position [m]."""
    up = axes.up_x * x + axes.up_y * y + axes.up_z * z
    east = axes.east_x * x + axes.east_y * y
    north = axes.north_x * x + axes.north_y * y + axes.north_z * z
    angle = math.atan2(math.sqrt(east * east + north * north), up)
    return math.atan2(east, north), EARTH_MEAN_RADIUS_M * angle, altitude(x, y, z)


@kernel
def ground_range(axes: SiteAxes, x: float, y: float, z: float) -> float:
    """Ground range [m] alone."""
    up = axes.up_x * x + axes.up_y * y + axes.up_z * z
    east = axes.east_x * x + axes.east_y * y
    north = axes.north_x * x + axes.north_y * y + axes.north_z * z
    return EARTH_MEAN_RADIUS_M * math.atan2(math.sqrt(east * east + north * north), up)


@kernel
def straight_line(range_m: float, altitude_m: float) -> tuple[float, float]:
    """Length [m] and zenith angle [rad] of the straight line from the site to a point."""
    angle = range_m / EARTH_MEAN_RADIUS_M
    radius = EARTH_MEAN_RADIUS_M + altitude_m
    across = radius * math.sin(angle)
    upward = radius * math.cos(angle) - EARTH_MEAN_RADIUS_M
    return math.sqrt(across * across + upward * upward), math.atan2(across, upward)


@kernel
def path_axes(
    axes: SiteAxes, bearing_rad: float, range_m: float
) -> tuple[float, float, float, float, float, float, float, float, float]:
    """Unit vectors where a great circle from the site ends, earth-fixed, three values each.

    Ahead (away from the site), right, and up (geocentric).
    """
    angle = range_m / EARTH_MEAN_RADIUS_M
    sin_a, cos_a = math.sin(angle), math.cos(angle)
    sin_b, cos_b = math.sin(bearing_rad), math.cos(bearing_rad)
    along_x = sin_b * axes.east_x + cos_b * axes.north_x
    along_y = sin_b * axes.east_y + cos_b * axes.north_y
    along_z = cos_b * axes.north_z
    return (
        cos_a * along_x - sin_a * axes.up_x,
        cos_a * along_y - sin_a * axes.up_y,
        cos_a * along_z - sin_a * axes.up_z,
        cos_b * axes.east_x - sin_b * axes.north_x,
        cos_b * axes.east_y - sin_b * axes.north_y,
        -sin_b * axes.north_z,
        cos_a * axes.up_x + sin_a * along_x,
        cos_a * axes.up_y + sin_a * along_y,
        cos_a * axes.up_z + sin_a * along_z,
    )
