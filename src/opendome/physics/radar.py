"""Radar: the range equation, detection of fluctuating targets, accuracy, refraction, site angles.

Signal-to-noise ratios are plain ratios (not decibels) of the whole look, after integration.
"""

from __future__ import annotations

import math
from typing import Final

from opendome.physics.constants import BOLTZMANN_J_K, EARTH_MEAN_RADIUS_M
from opendome.physics.jit import kernel

# Effective radius of the Earth over its radius for a standard gradient of refractivity of -39 N
# units per kilometre, ITU-R P.310 (2019).
EFFECTIVE_EARTH_FACTOR: Final = 4.0 / 3.0

# Targets below stay in the air that bends rays as the 4/3 Earth has it.
_LOW_TARGET_M: Final = 10e3

# Two-way gain of a planar array falls as this power of the cosine off boresight. Projected aperture
# alone gives 2; element pattern and mismatch add to it. Curry (2005): near 2.5 (recalled).
SCAN_LOSS_EXPONENT: Final = 2.5

# Looks of n dwells that are added without their phases gain as this power of n: between 0.7 and 0.9
# for some ten dwells (Skolnik 2001, section 2.6; recalled).
INTEGRATION_EXPONENT: Final = 0.8


@kernel
def signal_to_noise(
    average_power_w: float,
    dwell_s: float,
    aperture_m2: float,
    aperture_efficiency: float,
    wavelength_m: float,
    cross_section_m2: float,
    range_m: float,
    noise_temperature_k: float,
    loss: float,
) -> float:
    """Signal-to-noise ratio of one coherent dwell by the radar range equation.

    One antenna sends and receives; `loss` is the product of all losses as a ratio above 1.
    Source: Skolnik (2008), "Radar Handbook", chapter 1; Curry (2005), chapter 2.
    """
    effective_aperture_m2 = aperture_efficiency * aperture_m2
    gain = 4.0 * math.pi * effective_aperture_m2 / wavelength_m**2
    received_j = average_power_w * dwell_s * gain * effective_aperture_m2 * cross_section_m2
    spread_m4 = (4.0 * math.pi) ** 2 * range_m**4
    return received_j / (spread_m4 * BOLTZMANN_J_K * noise_temperature_k * loss)


@kernel
def find_aspect(along: float, squared_speed: float) -> int:
    """Row of `tables.truth.ASPECTS` that a radar sees of a body: nose, side or tail.

    `along` is the body's speed along the line of sight [m/s], away from the radar above zero, and
    `squared_speed` [m2/s2] that of its whole velocity: the side from 45 to 135 degrees off.
    """
    if along * along < 0.5 * squared_speed:
        return 1
    return 0 if along < 0.0 else 2


@kernel
def scale_signal_to_noise(
    reference_snr: float,
    reference_range_m: float,
    reference_cross_section_m2: float,
    range_m: float,
    cross_section_m2: float,
) -> float:
    """Signal-to-noise ratio from that of a reference target: as cross-section over range^4."""
    ratio = reference_range_m / range_m
    ratio2 = ratio * ratio
    return reference_snr * ratio2 * ratio2 * cross_section_m2 / reference_cross_section_m2


@kernel
def detection_range_m(
    snr: float,
    reference_snr: float,
    reference_range_m: float,
    reference_cross_section_m2: float,
    cross_section_m2: float,
) -> float:
    """Range at which a target gives the ratio `snr`; inverse of `scale_signal_to_noise`."""
    relative = reference_snr / snr * cross_section_m2 / reference_cross_section_m2
    return reference_range_m * math.sqrt(math.sqrt(relative))


@kernel
def detection_probability(snr: float, false_alarm_probability: float) -> float:
    """Probability that one look detects a Swerling 1 target of mean ratio `snr`.

    Signal and noise together have exponential power of mean 1 + snr, so the threshold -ln(Pfa) is
    passed with probability Pfa^(1 / (1 + snr)). Source: Swerling (1954), case 1.
    """
    return float(false_alarm_probability ** (1.0 / (1.0 + snr)))


@kernel
def find_steady_power(snr: float, exceeded: float) -> float:
    """Power of signal and noise that a Swerling 3 target exceeds with a probability.

    The noise's mean power is one. `(1 + b q y) exp(-b y)` with `b = 2 / (2 + snr)` and
    `q = snr / (2 + snr)` is the probability of more than `y`: an exponential power, or with
    probability `q` the sum of two. By Newton's method on its logarithm, which is concave.
    Source: Swerling (1954), "Probability of detection for fluctuating targets", case 3, one pulse.
    """
    rate = 2.0 / (2.0 + snr)
    share = snr / (2.0 + snr)
    level = math.log(exceeded)
    x = -level
    for _ in range(20):
        step = (math.log1p(share * x) - x - level) / (share / (1.0 + share * x) - 1.0)
        x -= step
        if abs(step) < 1e-12 * x:
            break
    return x / rate


@kernel
def draw_measured_snr(
    snr: float, false_alarm_probability: float, uniform: float, steady: bool = False
) -> float:
    """Ratio that one look measures on a fluctuating target, or -1 where it detects nothing.

    Swerling 1, many scatterers alike; where `steady` Swerling 3, a large one among small ones.

    `uniform` in (0, 1) is the random draw. Detection and strength come from the same power, so that
    what is detected by a lucky echo is also measured as accurately as that echo allows, and
    `detection_probability` holds exactly for Swerling 1. The noise's mean power is taken off.
    """
    power = -(1.0 + snr) * math.log(uniform)
    if steady:
        power = find_steady_power(snr, uniform)
    if power < -math.log(false_alarm_probability):
        return -1.0
    return power - 1.0


@kernel
def measurement_sigma(
    reference_sigma: float, floor_sigma: float, reference_snr: float, snr: float
) -> float:
    """One-sigma error of range, angle, range rate or feature at the measured ratio `snr`.

    Noise falls as 1 / sqrt(snr) from `reference_sigma` at `reference_snr`; `floor_sigma` (fixed
    errors that differ from look to look) adds in squares.
    Source: Curry (2005), "Radar System Performance Modeling", on measurement accuracy.
    """
    return math.sqrt(reference_sigma * reference_sigma * reference_snr / snr + floor_sigma**2)


@kernel
def scan_loss(cos_off_boresight: float) -> float:
    """Factor, at most 1, on the signal-to-noise ratio of a planar face looking off its boresight.

    Zero behind the face. The beam widens, and angle errors grow, by 1 / `cos_off_boresight`.
    """
    if cos_off_boresight <= 0.0:
        return 0.0
    return float(cos_off_boresight**SCAN_LOSS_EXPONENT)


@kernel
def integrate_dwells(snr: float, n_dwells: float) -> float:
    """Ratio of a look of several dwells, each of which gives `snr`."""
    return float(snr * n_dwells**INTEGRATION_EXPONENT)


@kernel
def count_dwells(snr: float, wanted_snr: float, most: float) -> float:
    """Dwells, a whole number from 1 to `most`, that lift `snr` to `wanted_snr` where they can."""
    if snr >= wanted_snr:
        return 1.0
    if integrate_dwells(snr, most) <= wanted_snr:
        return most
    return float(math.ceil((wanted_snr / snr) ** (1.0 / INTEGRATION_EXPONENT)))


@kernel
def beam_loss(off_axis_rad: float, beamwidth_rad: float) -> float:
    """Factor, at most 1, on the ratio of what stands off the middle of the beam, both ways.

    A Gaussian beam of a half-power width one way: 1/4 at half of it.
    Source: Barton (1988), "Modern Radar System Analysis", on beam shape loss.
    """
    return math.exp(-8.0 * math.log(2.0) * (off_axis_rad / beamwidth_rad) ** 2)


@kernel
def horizon_range_m(antenna_height_m: float, target_height_m: float) -> float:
    """Distance at which a low target rises over the radar horizon of a smooth Earth.

    Both heights above the surface, in the lower few kilometres of the air, where the 4/3 Earth
    holds. Source: Skolnik (2008), "Radar Handbook".
    """
    twice_radius_m = 2.0 * EFFECTIVE_EARTH_FACTOR * EARTH_MEAN_RADIUS_M
    return math.sqrt(twice_radius_m * antenna_height_m) + math.sqrt(
        twice_radius_m * target_height_m
    )


@kernel
def is_above_horizon(
    apparent_elevation_rad: float, range_m: float, antenna_height_m: float, target_height_m: float
) -> bool:
    """Whether a smooth Earth leaves the view of a target free that appears below the horizontal.

    Low targets by the range at which they rise over the horizon (`horizon_range_m`): at grazing
    rays a thousandth of a radian is tens of kilometres. High ones by the dip of the horizon, since
    their rays leave the air that the 4/3 Earth stands for.
    """
    height_m = max(antenna_height_m, 0.0)
    if target_height_m < _LOW_TARGET_M:
        return range_m <= horizon_range_m(height_m, max(target_height_m, 0.0))
    dip = math.sqrt(2.0 * height_m / (EFFECTIVE_EARTH_FACTOR * EARTH_MEAN_RADIUS_M))
    return apparent_elevation_rad >= -dip


@kernel
def refraction_rad(elevation_rad: float, range_m: float) -> float:
    """Angle by which the air lifts a target's apparent elevation above the straight line.

    Parameters
    ----------
    elevation_rad : float
        True (straight-line) elevation at a site near sea level, above -1 degree.
    range_m : float
        Distance of the target.

    Notes
    -----
    Near targets: a ray of the 4/3 Earth, curved with a quarter of the Earth's curvature, leaves
    the chord by range cos(el) / (8 R). Far targets: the ray has left the air, and the lift ends at
    the bending of the whole standard atmosphere, 0.75 degrees at the horizon (ITU-R P.834,
    equation 11). The two join as 1 / sqrt(near^-2 + far^-2), which stays within 0.04 degrees of
    rays traced through the standard atmosphere of ITU-R P.453 to targets at any height.
    Charged air above 80 km is left out: up to 0.1 degrees at VHF.
    """
    if range_m <= 0.0:
        return 0.0
    curved = range_m * math.cos(elevation_rad) / (8.0 * EARTH_MEAN_RADIUS_M)
    degrees = max(math.degrees(elevation_rad), -1.0)
    whole = math.radians(1.0 / (1.728 + degrees * (0.5411 + degrees * 0.03723)))
    return curved * whole / math.hypot(curved, whole)


@kernel
def site_angles(east_m: float, north_m: float, up_m: float) -> tuple[float, float, float]:
    """Range, true elevation and azimuth (clockwise from north, 0 to 2 pi) of a target from a site.

    Arguments are the target's place relative to the site along the site's local axes.
    """
    level_m = math.hypot(east_m, north_m)
    azimuth = math.atan2(east_m, north_m)
    if azimuth < 0.0:
        azimuth += 2.0 * math.pi
    return math.hypot(level_m, up_m), math.atan2(up_m, level_m), azimuth
