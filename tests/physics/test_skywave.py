"""Skywave: the ionosphere by hour, season and sunspots; one-hop geometry; absorption and noise."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opendome.physics import skywave
from opendome.physics.constants import EARTH_MEAN_RADIUS_M

pytestmark = pytest.mark.kernels

LATITUDES = st.floats(-1.4, 1.4)
DECLINATIONS = st.floats(-0.409, 0.409)
HOURS = st.floats(-math.pi, math.pi)


def published_factor(ground_angle_rad: float) -> float:
    """MINIMUF's own ratio of the maximum usable frequency to the critical one."""
    return 1.0 + 2.5 * math.sin(min(2.5 * ground_angle_rad, math.pi / 2.0)) ** 1.5


@pytest.mark.parametrize("range_km", [1000.0, 1500.0, 2000.0, 2500.0, 3000.0])
def test_the_secant_law_brackets_the_published_factors(range_km: float) -> None:
    """MINIMUF's fitted factor lies between mirrors at 250 and 400 km, where real ones are."""
    angle = range_km * 1e3 / EARTH_MEAN_RADIUS_M
    high, low = (
        skywave.incidence_secant(skywave.elevation_rad(angle, height), height)
        for height in (250e3, 400e3)
    )
    assert low < published_factor(angle) < high


@given(angle=st.floats(0.05, 0.5), height=st.floats(90e3, 400e3))
@settings(max_examples=30)
def test_rays_leave_at_the_elevation_that_meets_the_mirror(angle: float, height: float) -> None:
    """The triangle of centre, end and mirror closes: law of sines to rounding."""
    elevation = skywave.elevation_rad(angle, height)
    incidence = math.acos(1.0 / skywave.incidence_secant(elevation, height))
    assert elevation + incidence + 0.5 * angle == pytest.approx(math.pi / 2.0, abs=1e-9)


@pytest.mark.parametrize(
    ("cosine", "sunspots", "low_mhz", "high_mhz"), [(1.0, 0, 3.2, 3.4), (0.5, 100, 3.1, 3.4)]
)
def test_the_e_layer_by_day(cosine: float, sunspots: int, low_mhz: float, high_mhz: float) -> None:
    """3.3 MHz under an overhead Sun at solar minimum (Davies 1990); nothing at night."""
    assert low_mhz <= 1e-6 * skywave.e_critical_frequency_hz(cosine, sunspots) <= high_mhz
    assert skywave.e_critical_frequency_hz(-0.1, sunspots) == 0.0


@given(LATITUDES, DECLINATIONS, HOURS)
@settings(max_examples=60)
def test_more_sunspots_more_ionisation(
    latitude: float, declination: float, hour_angle: float
) -> None:
    """By the published factor 1 + R / 250, whatever hour and season; 1.5 to 12 MHz at R = 0."""
    quiet = skywave.f2_critical_frequency_hz(latitude, declination, hour_angle, 0.0)
    active = skywave.f2_critical_frequency_hz(latitude, declination, hour_angle, 125.0)
    assert active == pytest.approx(1.5 * quiet)
    assert 1.5e6 < quiet < 12e6


@pytest.mark.parametrize("declination_deg", [-23.4, 0.0, 23.4])
def test_the_f2_layer_is_strongest_after_noon_and_weakest_before_dawn(
    declination_deg: float,
) -> None:
    """At 50 degrees north, any season: the best hour lies between noon and dusk, the worst between
    midnight and dawn, and night is at least a fifth below day."""
    hours = [0.25 * k - 12.0 for k in range(96)]
    values = [
        skywave.f2_critical_frequency_hz(
            math.radians(50.0), math.radians(declination_deg), h * math.pi / 12.0, 70.0
        )
        for h in hours
    ]
    assert -1.0 <= hours[values.index(max(values))] <= 8.0
    assert -12.0 <= hours[values.index(min(values))] <= -3.0
    assert min(values) < 0.8 * max(values)


def test_polar_night_leaves_the_least() -> None:
    """Where the Sun stays far below the horizon, all hours are the same and low."""
    values = [
        skywave.f2_critical_frequency_hz(math.radians(85.0), math.radians(-23.0), h, 70.0)
        for h in (-3.0, 0.0, 3.0)
    ]
    assert values == pytest.approx([1e6 * 1.28 * math.sqrt(6.0) * 0.8] * 3, rel=1e-3)


def test_absorption_is_of_the_day_and_of_low_frequencies() -> None:
    """Falls with frequency, towards the night and with elevation; a noon path of 15 MHz loses 3 to
    12 dB one way (Davies 1990, orders of magnitude)."""
    noon = skywave.absorption_db(0.7, 70.0, 0.1, 15e6)
    assert 3.0 < noon < 12.0
    assert skywave.absorption_db(0.7, 70.0, 0.1, 8e6) > noon
    assert skywave.absorption_db(-0.5, 70.0, 0.1, 15e6) < 0.25 * noon
    assert skywave.absorption_db(0.7, 70.0, 0.4, 15e6) < noon


def carried(range_m: float, e_mhz: float, f2_mhz: float) -> tuple[float, float]:
    """Frequency and height of the mirror for a path over the ground, antennas from 2 degrees up."""
    frequency, _, height = skywave.pick_frequency_hz(
        range_m / EARTH_MEAN_RADIUS_M, 1e6 * e_mhz, 1e6 * f2_mhz, 320e3, math.radians(2.0), 0.85
    )
    return frequency, height


def test_the_f2_layer_carries_what_the_e_layer_lets_through() -> None:
    """Its rays reach 3,300 km; where a strong E layer stands before a weak F2 layer, that carries
    near paths itself, to 1,900 km, and nothing carries far ones."""
    assert carried(2.8e6, 3.5, 9.0)[1] == 320e3
    assert carried(1.2e6, 3.5, 9.0)[1] == 320e3
    assert carried(1.2e6, 3.7, 3.0)[1] == skywave.E_HEIGHT_M
    assert carried(1.2e6, 3.7, 3.0)[0] > 0.0
    assert carried(2.8e6, 3.7, 4.0)[0] == 0.0
    assert carried(3.9e6, 0.0, 9.0)[0] == 0.0


def test_low_frequencies_are_noisy_and_see_little() -> None:
    """27.7 dB a decade of noise (ITU-R P.372); 12 dB an octave of cross-section below resonance."""
    assert 10.0 * math.log10(skywave.noise_ratio(2e6, 20e6)) == pytest.approx(27.7)
    assert skywave.resonance_factor(10e6, 20e6) == pytest.approx(1.0 / 16.0)
    assert skywave.resonance_factor(25e6, 20e6) == 1.0
