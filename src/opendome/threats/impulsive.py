"""The ideal point mass: thrown from the ground at the least speed, no air, no burn time.

The yardstick of textbook tables. Speed is least relative to the Earth at launch, so that a throw
towards the east profits from the Earth's rotation and a throw towards the west pays for it.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from opendome.physics.ballistic import Impact, fly_to_ground
from opendome.physics.boost import launch_state
from opendome.physics.constants import EARTH_MEAN_RADIUS_M, EARTH_MU_M3_S2
from opendome.physics.geodesy import enu_axes, solve_inverse
from opendome.physics.standard_atmosphere import Floats
from opendome.threats.aiming import HORIZON_S, measure_miss

_GOLDEN: Final = 0.6180339887498949


class Throw(NamedTuple):
    """A throw that reaches its target; axes of eci are those of ecef at launch."""

    azimuth_rad: float
    elevation_rad: float
    speed_m_s: float  # relative to the Earth
    state: Floats  # (6,) eci at launch
    impact: Impact


class Sphere(NamedTuple):
    """The same throw over a sphere at rest, in closed form."""

    speed_m_s: float
    elevation_rad: float
    apogee_m: float
    time_s: float


def throw_over_sphere(distance_m: float) -> Sphere:
    """Minimum-energy flight over a sphere of mean radius that does not turn.

    Source: Wheelon (1959), ARS Journal 29; Bate, Mueller, White (1971), section 6.2.
    """
    half = 0.5 * distance_m / EARTH_MEAN_RADIUS_M
    sine = math.sin(half)
    speed = math.sqrt(2.0 * EARTH_MU_M3_S2 / EARTH_MEAN_RADIUS_M * sine / (1.0 + sine))
    elevation = 0.25 * math.pi - 0.5 * half
    q = 2.0 * sine / (1.0 + sine)
    axis = EARTH_MEAN_RADIUS_M / (2.0 - q)
    eccentricity = math.sqrt(1.0 - q * (2.0 - q) * math.cos(elevation) ** 2)
    # Kepler's equation from launch to apogee, half of the flight.
    anomaly = math.acos((1.0 - EARTH_MEAN_RADIUS_M / axis) / eccentricity)
    mean = math.pi - anomaly + eccentricity * math.sin(anomaly)
    return Sphere(
        speed,
        elevation,
        axis * (1.0 + eccentricity) - EARTH_MEAN_RADIUS_M,
        2.0 * mean * math.sqrt(axis**3 / EARTH_MU_M3_S2),
    )


def throw(
    latitude_rad: float,
    longitude_rad: float,
    azimuth_rad: float,
    elevation_rad: float,
    speed_m_s: float,
    tolerance: float,
) -> Throw:
    """One throw, flown to the ground over the turning oblate Earth without air."""
    state = np.empty(6)
    launch_state(latitude_rad, longitude_rad, 0.0, 0.0, 0.0, state)
    axes = np.array(enu_axes(latitude_rad, longitude_rad)).reshape(3, 3)
    level = speed_m_s * math.cos(elevation_rad)
    along = np.array(
        [
            level * math.sin(azimuth_rad),
            level * math.cos(azimuth_rad),
            speed_m_s * math.sin(elevation_rad),
        ]
    )
    state[3:] += along @ axes
    impact = fly_to_ground(state, 0.0, HORIZON_S, 0.0, math.inf, tolerance)
    return Throw(azimuth_rad, elevation_rad, speed_m_s, state, impact)


def _miss(
    places: tuple[float, float, float, float], azimuth: float, elevation: float, speed: float
) -> Floats:
    impact = throw(*places[:2], azimuth, elevation, speed, 1e-8).impact
    return np.array(measure_miss(*places, impact.latitude_rad, impact.longitude_rad))


def _reach(
    places: tuple[float, float, float, float], azimuth: float, elevation: float, speed: float
) -> tuple[float, float]:
    """Azimuth and speed that hit at one elevation (Newton)."""
    for _ in range(25):
        miss = _miss(places, azimuth, elevation, speed)
        if math.hypot(*miss) < 0.5:
            break
        slopes = np.column_stack(
            (
                (_miss(places, azimuth + 1e-4, elevation, speed) - miss) / 1e-4,
                (_miss(places, azimuth, elevation, speed + 0.1) - miss) / 0.1,
            )
        )
        turn, more = np.linalg.solve(slopes, -miss)
        shrink = min(1.0, 0.2 / (abs(turn) + 1e-12), 200.0 / (abs(more) + 1e-12))
        azimuth, speed = azimuth + shrink * turn, speed + shrink * more
    return azimuth, speed


def least_speed_throw(
    latitude_rad: float, longitude_rad: float, aim_latitude_rad: float, aim_longitude_rad: float
) -> Throw:
    """The throw of least speed relative to the Earth between two places.

    Between 100 and 19,500 km; golden section over the elevation, Newton over azimuth and speed.
    """
    places = (latitude_rad, longitude_rad, aim_latitude_rad, aim_longitude_rad)
    distance, azimuth, _ = solve_inverse(*places)
    ideal = throw_over_sphere(distance)
    speed = ideal.speed_m_s
    low, high = ideal.elevation_rad - 0.15, ideal.elevation_rad + 0.15
    low = max(low, 0.01)
    tried: dict[float, float] = {}

    def speed_at(elevation: float) -> float:
        nonlocal azimuth, speed
        if elevation not in tried:
            azimuth, speed = _reach(places, azimuth, elevation, speed)
            tried[elevation] = speed
        return tried[elevation]

    speed_at(ideal.elevation_rad)
    a, b = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    while high - low > 1e-3:
        if speed_at(a) < speed_at(b):
            high, b = b, a
            a = high - _GOLDEN * (high - low)
        else:
            low, a = a, b
            b = low + _GOLDEN * (high - low)
    elevation = 0.5 * (low + high)
    azimuth, speed = _reach(places, azimuth, elevation, speed)
    return throw(latitude_rad, longitude_rad, azimuth, elevation, speed, 1e-9)
