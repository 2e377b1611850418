"""Radar equation, detection, accuracy and refraction against closed forms and traced rays."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from opendome.physics import radar
from opendome.physics.constants import EARTH_MEAN_RADIUS_M

pytestmark = pytest.mark.kernels

TPY2 = {
    "average_power_w": 81e3,
    "dwell_s": 0.1,
    "aperture_m2": 9.2,
    "aperture_efficiency": 0.8,
    "wavelength_m": 0.032,
    "noise_temperature_k": 500.0,
    "loss": 10.0**0.8,
}


def look(cross_section_m2: float, range_m: float) -> float:
    return radar.signal_to_noise(
        TPY2["average_power_w"],
        TPY2["dwell_s"],
        TPY2["aperture_m2"],
        TPY2["aperture_efficiency"],
        TPY2["wavelength_m"],
        cross_section_m2,
        range_m,
        TPY2["noise_temperature_k"],
        TPY2["loss"],
    )


@pytest.mark.parametrize(("cross_section_m2", "range_km"), [(0.01, 791.0), (1.0, 2501.0)])
def test_public_tpy2_check(cross_section_m2: float, range_km: float) -> None:
    """A ratio of 20 falls at the ranges of the public check (81 kW, 9.2 m2, 500 K, 8 dB, 0.1 s).

    The published figures are rounded to a kilometre: 4 parts in 791 of the ratio a kilometre.
    """
    assert look(cross_section_m2, range_km * 1e3) == pytest.approx(20.0, rel=4 * 0.5 / 791.0)


@settings(max_examples=50)
@given(
    range_m=st.floats(1e4, 5e6),
    cross_section_m2=st.floats(1e-4, 100.0),
    snr=st.floats(0.1, 1e4),
)
def test_reference_form_agrees_with_full_equation(
    range_m: float, cross_section_m2: float, snr: float
) -> None:
    """Scaling from one reference point gives the full equation anywhere, and inverts."""
    reference = look(0.01, 791e3)
    scaled = radar.scale_signal_to_noise(reference, 791e3, 0.01, range_m, cross_section_m2)
    assert scaled == pytest.approx(look(cross_section_m2, range_m), rel=1e-12)
    reached_m = radar.detection_range_m(snr, reference, 791e3, 0.01, cross_section_m2)
    assert look(cross_section_m2, reached_m) == pytest.approx(snr, rel=1e-12)


@settings(max_examples=50)
@given(snr=st.floats(0.0, 1e4), false_alarm=st.floats(1e-12, 1e-2))
def test_measured_snr_is_consistent_with_detection(snr: float, false_alarm: float) -> None:
    """The draw detects exactly below the detection probability, never under the threshold."""
    probability = radar.detection_probability(snr, false_alarm)
    assert false_alarm * (1.0 - 1e-9) <= probability < 1.0
    threshold = -math.log(false_alarm)
    assert radar.draw_measured_snr(snr, false_alarm, probability * (1.0 + 1e-9)) == -1.0
    measured = radar.draw_measured_snr(snr, false_alarm, probability * (1.0 - 1e-9))
    assert measured == pytest.approx(threshold - 1.0, abs=1e-6 * (1.0 + snr))


@pytest.mark.parametrize("snr", [0.5, 5.0, 50.0])
def test_swerling_3_is_a_large_scatterer_with_small_ones(snr: float) -> None:
    """Quantiles of the power are those of a chi-square of four degrees of freedom in noise."""
    generator = np.random.default_rng(3)
    n = 200_000
    noise = generator.normal(size=(2, n)) / math.sqrt(2.0)
    power = (np.sqrt(generator.gamma(2.0, snr / 2.0, n)) + noise[0]) ** 2 + noise[1] ** 2
    for exceeded in (0.9, 0.5, 0.1, 0.01):
        share = np.mean(power > radar.find_steady_power(snr, exceeded))
        # Four sigma of the binomial.
        assert abs(share - exceeded) < 4.0 * math.sqrt(exceeded * (1.0 - exceeded) / n)


def test_swerling_1_textbook_value() -> None:
    """12.8 dB gives 0.5 and 21.1 dB 0.9 at one false alarm in a million (Meyer and Mayer 1973).

    The charts are read to 0.1 dB.
    """
    for decibels, probability in ((12.8, 0.5), (21.1, 0.9)):
        snr = 10.0 ** (decibels / 10.0)
        upper = radar.detection_probability(snr * 10**0.01, 1e-6)
        lower = radar.detection_probability(snr / 10**0.01, 1e-6)
        assert lower <= probability <= upper


@settings(max_examples=50)
@given(snr=st.floats(0.1, 1e6), floor=st.floats(0.0, 10.0))
def test_sigma_falls_with_snr_to_its_floor(snr: float, floor: float) -> None:
    """Four times the ratio halves the noise part; the fixed part stays."""
    noise = radar.measurement_sigma(5.0, 0.0, 20.0, snr)
    assert radar.measurement_sigma(5.0, 0.0, 20.0, 4.0 * snr) == pytest.approx(noise / 2.0)
    assert radar.measurement_sigma(5.0, floor, 20.0, snr) == pytest.approx(math.hypot(noise, floor))


def test_scan_loss() -> None:
    """None on boresight, 7.5 dB at 60 degrees (exponent 2.5), nothing seen behind the face."""
    assert radar.scan_loss(1.0) == 1.0
    assert 10.0 * math.log10(radar.scan_loss(0.5)) == pytest.approx(-7.526, abs=1e-3)
    assert radar.scan_loss(-0.2) == 0.0


@settings(max_examples=100)
@given(snr=st.floats(0.1, 100.0), wanted=st.floats(1.0, 100.0), most=st.integers(1, 16))
def test_fewest_dwells_that_reach_a_ratio(snr: float, wanted: float, most: int) -> None:
    """One less would not do; where even the most do not, the most are taken."""
    n = radar.count_dwells(snr, wanted, float(most))
    assert 1.0 <= n <= most and n == int(n)
    if radar.integrate_dwells(snr, float(most)) >= wanted:
        assert radar.integrate_dwells(snr, n) >= wanted * (1.0 - 1e-12)
        assert n == 1.0 or radar.integrate_dwells(snr, n - 1.0) < wanted
    else:
        assert n == most


def test_beam_loss_at_the_half_power_width() -> None:
    """Half the power out and half of that back at half the width; none in the middle."""
    assert radar.beam_loss(0.01, 0.02) == pytest.approx(0.25, rel=1e-12)
    assert radar.beam_loss(0.0, 0.02) == 1.0


def test_horizon_of_the_four_thirds_earth() -> None:
    """The rule d[km] = 4.12 (sqrt(h1) + sqrt(h2)) [m] (ITU-R P.310), to its rounding."""
    rule_m = 4.12e3 * (math.sqrt(30.0) + math.sqrt(100.0))
    assert radar.horizon_range_m(30.0, 100.0) == pytest.approx(rule_m, rel=2e-3)


def trace_ray(apparent_rad: float, height_m: float) -> tuple[float, float]:
    """True elevation and range of a point at `height_m` on a ray through the P.453 air."""

    def slope(_: float, state: np.ndarray) -> list[float]:
        height, _, elevation = state
        refractivity = 315e-6 * math.exp(-height / 7350.0)
        radius = EARTH_MEAN_RADIUS_M + height
        bend = 1.0 / radius - refractivity / 7350.0 / (1.0 + refractivity)
        across = math.cos(elevation)
        return [math.sin(elevation), across / radius, across * bend]

    def reached(_: float, state: np.ndarray) -> float:
        return float(state[0] - height_m)

    reached.terminal = True  # type: ignore[attr-defined]
    ray = solve_ivp(slope, (0.0, 1e7), [1e-6, 0.0, apparent_rad], events=reached, rtol=1e-9)
    height, angle, _ = ray.y[:, -1]
    radius = EARTH_MEAN_RADIUS_M + height
    east, up = radius * math.sin(angle), radius * math.cos(angle) - EARTH_MEAN_RADIUS_M
    return math.atan2(up, east), math.hypot(east, up)


@pytest.mark.parametrize("height_m", [1e3, 1e4, 3e4, 1e5, 1e6])
@pytest.mark.parametrize("apparent_deg", [0.0, 0.5, 2.0, 5.0, 20.0])
def test_refraction_against_traced_rays(height_m: float, apparent_deg: float) -> None:
    """Within the stated 0.04 degrees of a ray through the standard atmosphere."""
    true_rad, range_m = trace_ray(math.radians(apparent_deg), height_m)
    lift_deg = apparent_deg - math.degrees(true_rad)
    assert math.degrees(radar.refraction_rad(true_rad, range_m)) == pytest.approx(
        lift_deg, abs=0.04
    )


@settings(max_examples=50)
@given(
    range_m=st.floats(1.0, 1e7),
    elevation=st.floats(-1.5, 1.5),
    azimuth=st.floats(0.0, 2.0 * math.pi - 1e-9),
)
def test_site_angles_round_trip(range_m: float, elevation: float, azimuth: float) -> None:
    """Range, elevation and azimuth come back from the components made of them."""
    level = range_m * math.cos(elevation)
    found = radar.site_angles(
        level * math.sin(azimuth), level * math.cos(azimuth), range_m * math.sin(elevation)
    )
    assert found == pytest.approx((range_m, elevation, azimuth), rel=1e-9, abs=1e-9)


def test_no_refraction_at_no_range() -> None:
    assert radar.refraction_rad(0.1, 0.0) == 0.0
