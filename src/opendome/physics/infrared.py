"""Infrared sensing of plumes and of bodies at their own temperature."""

from __future__ import annotations

import math
from typing import Final

from opendome.physics.jit import kernel

# CODATA (2018): Stefan-Boltzmann constant, h c / k, h c.
STEFAN_BOLTZMANN_W_M2_K4: Final = 5.670374419e-8
_SECOND_RADIATION_M_K: Final = 1.438776877e-2
_PLANCK_SPEED_J_M: Final = 1.98644586e-25
_SHARE_SCALE: Final = 15.0 / math.pi**4
# Kopp and Lean (2011); the Sun's effective temperature, IAU (2015) resolution B3.
SOLAR_CONSTANT_W_M2: Final = 1361.0
_SUN_K: Final = 5772.0
# Long-wave band in which bodies state their radiant intensity.
LONG_WAVE_M: Final = (8e-6, 12e-6)
# The limb is opaque up to the tropopause and thins out above with the air's density (assumption:
# a scale height of 6 to 8 km; ozone makes it brighter by some near 9.6 um).
_LIMB_OPAQUE_M: Final = 15e3
_LIMB_SCALE_M: Final = 7e3
# Its temperature where it is opaque (assumption, 220 to 280 K), and the radiance of the sky beyond
# it, zodiacal light near 10 um: Leinert et al. (1998), Astron. Astrophys. Suppl. 127.
LIMB_K: Final = 250.0
SPACE_RADIANCE_W_M2_SR: Final = 1e-5


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
def black_body_share(wavelength_temperature_m_k: float) -> float:
    """Share of a black body's radiance below a wavelength, by wavelength times temperature [m K].

    Two series that meet: exponentials from the short-wave side, powers from the long-wave side;
    absolute error under 1e-7. Source: Chang and Rhee (1984), "Blackbody radiation functions", Int.
    Comm. Heat Mass Transfer 11; the powers are the Bernoulli numbers' (Siegel and Howell 2002).
    """
    x = _SECOND_RADIATION_M_K / wavelength_temperature_m_k
    if x < 1.5:
        x2 = x * x
        powers = 1.0 / 3.0 - x / 8.0 + x2 / 60.0
        powers += x2 * x2 * (-1.0 / 5040.0 + x2 * (1.0 / 272160.0 - x2 / 13305600.0))
        return 1.0 - _SHARE_SCALE * x * x2 * powers
    step = math.exp(-x)
    power = 1.0
    total = 0.0
    for n in range(1, int(25.0 / x) + 2):
        power *= step
        total += power / n * (x**3 + (3.0 * x * x + (6.0 * x + 6.0 / n) / n) / n)
    return _SHARE_SCALE * total


@kernel
def band_radiance_w_m2_sr(
    temperature_k: float, shortest_wavelength_m: float, longest_wavelength_m: float
) -> float:
    """Radiance of a black body within a band.

    Times emissivity and projected area it is the radiant intensity of a grey body.
    """
    share = black_body_share(longest_wavelength_m * temperature_k) - black_body_share(
        shortest_wavelength_m * temperature_k
    )
    return share * STEFAN_BOLTZMANN_W_M2_K4 * temperature_k**4 / math.pi


@kernel
def solar_irradiance_w_m2(shortest_wavelength_m: float, longest_wavelength_m: float) -> float:
    """Of the Sun above the air within a band: the solar constant, shared out as at 5,772 K."""
    return SOLAR_CONSTANT_W_M2 * (
        black_body_share(longest_wavelength_m * _SUN_K)
        - black_body_share(shortest_wavelength_m * _SUN_K)
    )


@kernel
def limb_share(tangent_height_m: float) -> float:
    """Radiance of the Earth's limb over that of its opaque part, by tangent height."""
    return math.exp(-max(tangent_height_m - _LIMB_OPAQUE_M, 0.0) / _LIMB_SCALE_M)


def detector_noise_w_m2(
    aperture_m: float,
    f_number: float,
    pixel_rad: float,
    detectivity_m_hz_w: float,
    transmission: float,
    integration_s: float,
) -> float:
    """Noise-equivalent irradiance of a telescope whose detector sets the noise.

    Parameters
    ----------
    aperture_m : float
        Diameter of the entrance pupil.
    f_number : float
        Focal length over aperture.
    pixel_rad : float
        Side of the square that one detector sees.
    detectivity_m_hz_w : float
        Specific detectivity D* [m Hz^0.5 / W]; 1 cm Hz^0.5/W is 0.01 of it.
    transmission : float
        Of the optics.
    integration_s : float
        Time over which a look adds up the signal; the noise band is half its inverse.

    Notes
    -----
    The detector's side is focal length times pixel, the noise-equivalent power its side times the
    root of the noise band over D*; divided by the pupil's area and the transmission. Source: Hudson
    (1969), "Infrared System Engineering", chapter 13.
    """
    side_m = f_number * aperture_m * pixel_rad
    power_w = side_m * math.sqrt(0.5 / integration_s) / detectivity_m_hz_w
    return power_w / (0.25 * math.pi * aperture_m**2 * transmission)


def photon_noise_w_m2(
    radiance_w_m2_sr: float,
    wavelength_m: float,
    aperture_m: float,
    pixel_rad: float,
    transmission: float,
    integration_s: float,
) -> float:
    """Noise-equivalent irradiance of a background: the shot noise of its photons in one pixel.

    `transmission` holds the quantum efficiency. Of n photons the noise is sqrt(n); both are turned
    back to irradiance. Source: Dereniak and Boreman (1996), "Infrared Detectors and Systems",
    chapter 5.
    """
    photon_j = _PLANCK_SPEED_J_M / wavelength_m
    gathered = 0.25 * math.pi * aperture_m**2 * transmission * integration_s
    return math.sqrt(photon_j * radiance_w_m2_sr * pixel_rad**2 / gathered)


def diffraction_limit_rad(wavelength_m: float, aperture_m: float) -> float:
    """Angle between two points that a round aperture just separates (Rayleigh): 1.22 lambda / D."""
    return 1.22 * wavelength_m / aperture_m
