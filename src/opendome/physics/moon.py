"""Where the Moon stands."""

from __future__ import annotations

import math

from opendome.physics.constants import EARTH_RADIUS_M

_J2000_DAYS = 2451545.0
_CENTURY_DAYS = 36525.0
_DEGREE = math.pi / 180.0
# Astronomical Almanac (2016), page D22, low-precision formulae: amplitude, phase and rate (degrees,
# degrees a century) of the sines of longitude and latitude and of the cosines of the parallax.
_LONGITUDE = (
    (6.29, 135.0, 477198.87),
    (-1.27, 259.3, -413335.36),
    (0.66, 235.7, 890534.22),
    (0.21, 269.9, 954397.74),
    (-0.19, 357.5, 35999.05),
    (-0.11, 186.5, 966404.03),
)
_LATITUDE = (
    (5.13, 93.3, 483202.02),
    (0.28, 228.2, 960400.89),
    (-0.28, 318.3, 6003.15),
    (-0.17, 217.6, -407332.21),
)
_PARALLAX = (
    (0.0518, 135.0, 477198.87),
    (0.0095, 259.3, -413335.36),
    (0.0078, 235.7, 890534.22),
    (0.0028, 269.9, 954397.74),
)


def moon_position_m(julian_date_days: float) -> tuple[float, float, float]:
    """Geocentric place of the Moon, mean equator and equinox of date.

    Within 0.3 degrees of longitude, 0.2 of latitude and 0.003 of parallax (0.3 % of the distance)
    from 1900 to 2100: enough to keep a sensor's line of sight clear of a disc half a degree wide.
    """
    n = julian_date_days - _J2000_DAYS
    t = n / _CENTURY_DAYS
    longitude = 218.32 + 481267.881 * t
    for amplitude, phase, rate in _LONGITUDE:
        longitude += amplitude * math.sin((phase + rate * t) * _DEGREE)
    latitude = 0.0
    for amplitude, phase, rate in _LATITUDE:
        latitude += amplitude * math.sin((phase + rate * t) * _DEGREE)
    parallax = 0.9508
    for amplitude, phase, rate in _PARALLAX:
        parallax += amplitude * math.cos((phase + rate * t) * _DEGREE)
    distance_m = EARTH_RADIUS_M / math.sin(parallax * _DEGREE)
    obliquity = (23.439 - 0.0000004 * n) * _DEGREE  # as for the Sun, page C5
    across = math.cos(latitude * _DEGREE)
    along = across * math.sin(longitude * _DEGREE)
    up = math.sin(latitude * _DEGREE)
    return (
        distance_m * across * math.cos(longitude * _DEGREE),
        distance_m * (math.cos(obliquity) * along - math.sin(obliquity) * up),
        distance_m * (math.sin(obliquity) * along + math.cos(obliquity) * up),
    )
