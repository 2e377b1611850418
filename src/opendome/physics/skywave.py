"""High-frequency radio over the horizon by one reflection from the ionosphere.

A simple published state of the ionosphere (hour, season, sunspots), the secant law over a
spherical Earth with mirrors at fixed virtual heights, absorption by day, and noise from outside.
Left out: the F1 layer, tilts and travelling disturbances, sporadic E, storms and flares, two-hop
paths, the Earth's field (one ray in the place of two), focusing, and coverage beyond the dip of
the layers. The monthly median stands for every day.

Sources: Rose, Martin and Levine (1978), "MINIMUF-3: a simplified HF MUF prediction algorithm",
Naval Ocean Systems Center TR 186, in the form of version 3.5 (QST, December 1982); Davies (1990),
"Ionospheric Radio"; Lucas and Haydon (1966), ESSA IER 1-ITSA-1 (absorption); ITU-R P.372 (noise).
"""

from __future__ import annotations

import math
from typing import Final

from opendome.physics.constants import EARTH_MEAN_RADIUS_M
from opendome.physics.jit import kernel

# Virtual height of the E layer, Davies (1990): 110 km.
E_HEIGHT_M: Final = 110e3
# Where most of the absorption takes place, Lucas and Haydon (1966).
_ABSORBING_HEIGHT_M: Final = 100e3
# Mean electron gyrofrequency of middle latitudes [MHz], Lucas and Haydon (1966).
_GYRO_MHZ: Final = 1.42
# Cosine of the zenith distance of the Sun at which MINIMUF's day of the F2 layer begins.
_DAWN_COSINE: Final = -0.26
_HOURS_PER_RADIAN: Final = 12.0 / math.pi


@kernel
def e_critical_frequency_hz(cos_zenith: float, sunspots: float) -> float:
    """Critical frequency of the E layer; zero at night, when it carries nothing of use.

    Source: Davies (1990), section 5.2: 0.9 ((180 + 1.44 R) cos chi)^(1/4) MHz.
    """
    if cos_zenith <= 0.0:
        return 0.0
    return 0.9e6 * math.sqrt(math.sqrt((180.0 + 1.44 * sunspots) * cos_zenith))


@kernel
def f2_critical_frequency_hz(
    latitude_rad: float, declination_rad: float, hour_angle_rad: float, sunspots: float
) -> float:
    """Critical frequency of the F2 layer.

    Parameters
    ----------
    latitude_rad : float
        Of the point of reflection.
    declination_rad : float
        Of the Sun.
    hour_angle_rad : float
        Of the Sun at that point, -pi to pi; zero at local noon.
    sunspots : float
        Smoothed sunspot number.

    Notes
    -----
    Ionisation follows the Sun with a lag: by day a first-order response to a half sine between
    dawn and dusk, with a time constant of 9.7 (cosine of the noon zenith distance)^9.6 hours; by
    night it decays with one of two hours. North of 45 degrees a fifth is taken off. Within about
    3.8 MHz (rms) of measured maximum usable frequencies, as its authors say.
    Source: MINIMUF 3.5.
    """
    noon = math.cos(latitude_rad - declination_rad)
    reach = math.cos(declination_rad) * math.cos(latitude_rad) + 1e-3
    turn = (_DAWN_COSINE - math.sin(declination_rad) * math.sin(latitude_rad)) / reach
    day_h = 2.0 * _HOURS_PER_RADIAN * math.acos(min(max(turn, -1.0), 1.0))
    effective = 0.0
    if noon > _DAWN_COSINE and day_h > 0.1:
        lag_h = max(9.7 * abs(noon) ** 9.6, 0.1)
        stretch = math.pi * lag_h / day_h
        scale = abs(noon) / (1.0 + stretch * stretch)
        at_dusk = scale * stretch * (math.exp(-day_h / lag_h) + 1.0)
        since_dawn_h = hour_angle_rad * _HOURS_PER_RADIAN + 0.5 * day_h
        if 0.0 <= since_dawn_h <= day_h:
            phase = math.pi * since_dawn_h / day_h
            risen = math.sin(phase) - stretch * (math.cos(phase) - math.exp(-since_dawn_h / lag_h))
            effective = max(scale * risen, at_dusk * math.exp(0.5 * (day_h - 24.0)))
        else:
            effective = at_dusk * math.exp(-0.5 * ((since_dawn_h - day_h) % 24.0))
    critical = (1.0 + sunspots / 250.0) * math.sqrt(6.0 + 58.0 * math.sqrt(effective))
    critical *= 1.0 - 0.1 * math.exp((day_h - 24.0) / 3.0)
    if abs(latitude_rad) > 0.25 * math.pi:
        critical *= 0.8
    return 1e6 * critical


@kernel
def elevation_rad(ground_angle_rad: float, height_m: float) -> float:
    """Elevation at both ends of a path reflected half-way at a height; negative below the horizon.

    `ground_angle_rad` is the angle between the ends at the Earth's centre.
    """
    half = 0.5 * ground_angle_rad
    ratio = EARTH_MEAN_RADIUS_M / (EARTH_MEAN_RADIUS_M + height_m)
    return math.atan2(math.cos(half) - ratio, math.sin(half))


@kernel
def incidence_secant(elevation_rad: float, height_m: float) -> float:
    """Secant of the angle of incidence of a ray of this elevation at a height.

    By the secant law a layer returns frequencies up to its critical one times this.
    """
    sine = EARTH_MEAN_RADIUS_M * math.cos(elevation_rad) / (EARTH_MEAN_RADIUS_M + height_m)
    return 1.0 / math.sqrt(1.0 - sine * sine)


@kernel
def absorption_db(
    cos_zenith: float, sunspots: float, elevation_rad: float, frequency_hz: float
) -> float:
    """Loss of one passage up and down through the absorbing layer (one way of a radar's two) [dB].

    Source: Lucas and Haydon (1966): 677.2 I sec(i) / ((f + fH)^1.98 + 10.2), f in MHz, with
    I = (1 + 0.0037 R) cos(0.881 chi)^1.3, at least 0.1.
    """
    zenith = math.acos(min(max(cos_zenith, -1.0), 1.0))
    day = max(math.cos(0.881 * zenith), 0.0)
    strength = max((1.0 + 0.0037 * sunspots) * day**1.3, 0.1)
    secant = incidence_secant(elevation_rad, _ABSORBING_HEIGHT_M)
    depth = (1e-6 * frequency_hz + _GYRO_MHZ) ** 1.98 + 10.2
    return float(677.2 * strength * secant / depth)


@kernel
def pick_frequency_hz(
    ground_angle_rad: float,
    e_critical_hz: float,
    f2_critical_hz: float,
    f2_height_m: float,
    lowest_elevation_rad: float,
    share: float,
) -> tuple[float, float, float]:
    """Frequency that a well-managed radar would use over a path of one hop.

    Parameters
    ----------
    ground_angle_rad : float
        Between the radar and the target at the Earth's centre.
    e_critical_hz, f2_critical_hz : float
        At the point of reflection.
    f2_height_m : float
        Virtual height of the F2 layer.
    lowest_elevation_rad : float
        Of the antennas: a layer whose ray would leave lower carries nothing.
    share : float
        Of the maximum usable frequency; 0.85 is the usual optimum working frequency.

    Returns
    -------
    frequency_hz, elevation_rad, height_m : float
        By the F2 layer, whose steeper rays lose less; by the E layer where that stands before the
        F2 layer and carries the path itself. The height is that of the mirror. Zero frequency: no
        layer carries the path.
    """
    e_elevation = elevation_rad(ground_angle_rad, E_HEIGHT_M)
    f2_elevation = elevation_rad(ground_angle_rad, f2_height_m)
    by_e = 0.0
    if e_elevation >= lowest_elevation_rad:
        by_e = share * e_critical_hz * incidence_secant(e_elevation, E_HEIGHT_M)
    by_f2 = 0.0
    if f2_elevation >= lowest_elevation_rad:
        by_f2 = share * f2_critical_hz * incidence_secant(f2_elevation, f2_height_m)
        if by_f2 < e_critical_hz * incidence_secant(f2_elevation, E_HEIGHT_M):
            by_f2 = 0.0
    if by_f2 > 0.0:
        return by_f2, f2_elevation, f2_height_m
    return by_e, e_elevation, E_HEIGHT_M


@kernel
def noise_ratio(frequency_hz: float, reference_hz: float) -> float:
    """External noise power relative to that at another frequency, at a quiet site in the country.

    Source: ITU-R P.372, rural man-made noise: 67.2 - 27.7 log10(f in MHz) dB over kT0B.
    """
    return float((frequency_hz / reference_hz) ** -2.77)


@kernel
def resonance_factor(frequency_hz: float, resonance_hz: float) -> float:
    """Cross-section relative to that at resonance: as the fourth power of frequency below it.

    Source: Rayleigh's law (Skolnik 2008, chapter 14).
    """
    ratio = min(frequency_hz / resonance_hz, 1.0)
    ratio2 = ratio * ratio
    return ratio2 * ratio2
