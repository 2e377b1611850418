"""Interceptors like those of the public record, for tests.

Burnout speed, reach and ceiling: public figures, section 8.1. Stage masses, burn times and drag
areas are assumptions that give those speeds at the known launch masses (about 22 t, 900 kg and
320 kg).
"""

from __future__ import annotations

import math

import numpy as np

from opendome.interceptors.flyout import Interceptor
from opendome.interceptors.sites import locate, path_axes, site_axes
from opendome.physics.boost import build_vehicle

GREELY = (math.radians(64.0), math.radians(-146.0))
VANDENBERG = (math.radians(34.6), math.radians(-120.6))
EQUATOR = (0.0, math.radians(10.0))

# Stages: propellant and inert mass, burn, specific impulse, coast. Then payload, drag area,
# vertical rise, end of the pitch programme.
LONG_RANGE = Interceptor(
    build_vehicle(
        [
            (14500.0, 1900.0, 66.0, 276.0, 1.0),
            (3700.0, 600.0, 71.0, 285.0, 1.0),
            (700.0, 250.0, 30.0, 285.0, 0.0),
        ],
        350.0,
        0.45,
        4.0,
        86.0,
    ),
    ballistic_coefficient_kg_m2=math.inf,
    release_s=10.0,
    min_flight_s=60.0,
    max_flight_s=2400.0,
    max_pitch_end_rad=math.radians(110.0),
    max_range_m=6.0e6,
    min_altitude_m=100.0e3,
    max_altitude_m=2000.0e3,
)

UPPER_TIER = Interceptor(
    build_vehicle([(680.0, 160.0, 16.0, 265.0, 0.0)], 60.0, 0.025, 0.5, 5.0),
    ballistic_coefficient_kg_m2=1500.0,
    release_s=2.0,
    min_flight_s=20.0,
    max_flight_s=250.0,
    max_pitch_end_rad=math.radians(80.0),
    max_range_m=200.0e3,
    min_altitude_m=40.0e3,
    max_altitude_m=150.0e3,
)

LOWER_TIER = Interceptor(
    build_vehicle([(165.0, 65.0, 12.0, 255.0, 0.0)], 90.0, 0.022, 0.3, 2.5),
    ballistic_coefficient_kg_m2=3000.0,
    release_s=0.0,
    min_flight_s=8.0,
    max_flight_s=80.0,
    max_pitch_end_rad=math.radians(88.0),
    max_range_m=35.0e3,
    min_altitude_m=1.0e3,
    max_altitude_m=36.0e3,
)


def point_at(site: tuple[float, float], bearing: float, range_m: float, altitude_m: float):
    """Earth-fixed position of a point given in a site's coordinates, by bisection on the radius."""
    axes = site_axes(*site)
    up = np.array(path_axes(axes, bearing, range_m)[6:])
    low, high = 6.3e6, 6.4e6 + altitude_m
    for _ in range(60):
        middle = 0.5 * (low + high)
        if locate(axes, *(up * middle))[2] < altitude_m:
            low = middle
        else:
            high = middle
    return up * low
