"""Infrared sensing of plumes and of bodies at their own temperature."""

from __future__ import annotations

import math
from typing import Final

from opendome.physics.jit import kernel
from opendome.physics.visibility import ray_height_m

# Radiation constants, CODATA (2018): 2 h c^2 [W m2/sr per radiance] and h c / k [m K].
_FIRST_RADIATION_W_M2_SR: Final = 1.191042972e-16
_SECOND_RADIATION_M_K: Final = 1.438776877e-2
_BAND_INTERVALS: Final = 64


@kernel
def irradiance_w_m2(radiant_intensity_w_sr: float, range_m: float) -> float:
    """In-band irradiance at the sensor of a source above the absorbing air: intensity / range^2."""
    return radiant_intensity_w_sr / (range_m * range_m)


@kernel
def detection_range_m(radiant_intensity_w_sr: float, threshold_w_m2: float) -> float:
    """Range at which a source's irradiance is at the threshold (half of its looks detect it)."""
    return math.sqrt(radiant_intensity_w_sr / threshold_w_m2)


@kernel
def detection_probability(
    irradiance: float, threshold_w_m2: float, threshold_to_noise: float
) -> float:
    """Probability that a look with Gaussian noise passes the threshold.

    Parameters
    ----------
    irradiance : float
        Of the source at the sensor [W/m2].
    threshold_w_m2 : float
        Detection threshold.
    threshold_to_noise : float
        Threshold over the noise-equivalent irradiance; 5 gives 3e-7 false alarms a pixel.

    Notes
    -----
    Source: Hudson (1969), "Infrared System Engineering" (threshold in Gaussian noise).
    """
    excess = threshold_to_noise * (irradiance / threshold_w_m2 - 1.0)
    return 0.5 * math.erfc(-excess / math.sqrt(2.0))


@kernel
def is_against_space(
    ax: float, ay: float, az: float, bx: float, by: float, bz: float, limb_height_m: float
) -> bool:
    """Whether the line from a through b, extended without end, stays above `limb_height_m`.

    A body at a few hundred kelvin shows only against cold space: the warm Earth and its lit limb,
    before or behind it, hide it.
    """
    return bool(ray_height_m(ax, ay, az, bx - ax, by - ay, bz - az) >= limb_height_m)


@kernel
def band_radiance_w_m2_sr(
    temperature_k: float, shortest_wavelength_m: float, longest_wavelength_m: float
) -> float:
    """Radiance of a black body within a band, by Simpson's rule over Planck's law.

    Times emissivity and projected area it is the radiant intensity of a body. Relative error under
    1e-4 for bands at most one octave wide and temperatures from 150 to 3,000 K.
    """
    step_m = (longest_wavelength_m - shortest_wavelength_m) / _BAND_INTERVALS
    total = 0.0
    for i in range(_BAND_INTERVALS + 1):
        wavelength_m = shortest_wavelength_m + i * step_m
        radiance = _FIRST_RADIATION_W_M2_SR / (
            wavelength_m**5 * math.expm1(_SECOND_RADIATION_M_K / (wavelength_m * temperature_k))
        )
        if i == 0 or i == _BAND_INTERVALS:
            total += radiance
        elif i % 2 == 1:
            total += 4.0 * radiance
        else:
            total += 2.0 * radiance
    return total * step_m / 3.0
