"""Infrared: inverse square, threshold detection, cold background, Planck's law."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opendome.physics import infrared

pytestmark = pytest.mark.kernels

STEFAN_BOLTZMANN_W_M2_K4 = 5.670374419e-8  # CODATA (2018)


@settings(max_examples=50)
@given(intensity=st.floats(0.1, 1e7), threshold=st.floats(1e-14, 1e-6))
def test_detection_range_is_where_irradiance_meets_the_threshold(
    intensity: float, threshold: float
) -> None:
    """Half of the looks detect there; nearer detects more, farther less."""
    range_m = infrared.detection_range_m(intensity, threshold)
    at = infrared.irradiance_w_m2(intensity, range_m)
    assert at == pytest.approx(threshold, rel=1e-12)
    assert infrared.detection_probability(at, threshold, 5.0) == pytest.approx(0.5, abs=1e-9)
    near = infrared.irradiance_w_m2(intensity, 0.8 * range_m)
    far = infrared.irradiance_w_m2(intensity, 1.25 * range_m)
    assert infrared.detection_probability(near, threshold, 5.0) > 0.99
    assert infrared.detection_probability(far, threshold, 5.0) < 0.05


def test_probability_at_known_quantiles() -> None:
    """Without signal, 5 sigma give 2.867e-7; a signal one sigma over the threshold 0.8413."""
    assert infrared.detection_probability(0.0, 1e-9, 5.0) == pytest.approx(2.8665e-7, rel=1e-3)
    assert infrared.detection_probability(1.2e-9, 1e-9, 5.0) == pytest.approx(0.841345, abs=1e-6)


# Share of a black body's radiance below wavelength times temperature [um K]: Incropera et al.
# (2007), "Fundamentals of Heat and Mass Transfer", table 12.1.
TABLE = [
    (1000.0, 0.000321),
    (2000.0, 0.066728),
    (2400.0, 0.140256),
    (3000.0, 0.273232),
    (3600.0, 0.403607),
    (4000.0, 0.480877),
    (5000.0, 0.633747),
    (6000.0, 0.737818),
    (8000.0, 0.856288),
    (10000.0, 0.914199),
    (20000.0, 0.985602),
    (50000.0, 0.998953),
]


@pytest.mark.parametrize(("micrometre_kelvin", "share"), TABLE)
def test_share_of_a_black_body_is_that_of_the_tables(
    micrometre_kelvin: float, share: float
) -> None:
    """To 6e-5: at long wavelengths the table runs up to 5e-5 high, as its end shows: beyond
    50,000 um K the tail 5 x^3 (1 - 3 x / 8 + x^2 / 20) / pi^4 is 0.00110, but 0.00105 there."""
    ours = infrared.black_body_share(micrometre_kelvin * 1e-6)
    assert ours == pytest.approx(share, abs=6e-5)


@settings(max_examples=100)
@given(a=st.floats(2e-4, 0.1), b=st.floats(2e-4, 0.1))
def test_share_grows_with_wavelength(a: float, b: float) -> None:
    """Between nothing and all, and never falling, across the seam of both series."""
    shares = [infrared.black_body_share(v) for v in sorted((a, b))]
    assert 0.0 <= shares[0] <= shares[1] + 1e-7 <= 1.0 + 2e-7


def test_series_meet() -> None:
    """Either side of the seam, a thousandth of a micrometre kelvin apart, within 1e-7."""
    seam = 1.438776877e-2 / 1.5
    gap = infrared.black_body_share(seam + 5e-10) - infrared.black_body_share(seam - 5e-10)
    assert abs(gap) < 2e-7


@settings(max_examples=50)
@given(temperature_k=st.floats(120.0, 3000.0), shortest_um=st.floats(2.0, 12.0))
def test_series_is_the_integral_of_planck(temperature_k: float, shortest_um: float) -> None:
    """Simpson's rule over Planck's law for an octave, to 2e-4 of it or 1e-7 of the whole."""
    edges = np.linspace(shortest_um * 1e-6, 2e-6 * shortest_um, 401)
    x = 1.438776877e-2 / (edges * temperature_k)
    planck = 1.191042972e-16 / (edges**5 * np.expm1(x))
    weights = np.full(401, 2.0)
    weights[1::2] = 4.0
    weights[[0, -1]] = 1.0
    simpson = float(weights @ planck) * (edges[1] - edges[0]) / 3.0
    ours = infrared.band_radiance_w_m2_sr(temperature_k, edges[0], edges[-1])
    whole = STEFAN_BOLTZMANN_W_M2_K4 * temperature_k**4 / math.pi
    assert ours == pytest.approx(simpson, rel=2e-4, abs=2e-7 * whole)


@pytest.mark.parametrize("temperature_k", [250.0, 300.0, 1500.0])
def test_bands_add_up_to_stefan_boltzmann(temperature_k: float) -> None:
    """Octave bands over nearly all of the spectrum sum to sigma T^4 / pi."""
    total = 0.0
    edge_m = 1.6e-3 / temperature_k / 2.0
    for _ in range(12):
        total += infrared.band_radiance_w_m2_sr(temperature_k, edge_m, 2.0 * edge_m)
        edge_m *= 2.0
    assert total == pytest.approx(STEFAN_BOLTZMANN_W_M2_K4 * temperature_k**4 / math.pi, rel=1e-4)


def test_long_wave_radiance_at_room_temperature() -> None:
    """8 to 12 um at 300 K: 38.5 W/(m2 sr), by the tables of Pivovonsky and Nagel (1961).

    The fraction of sigma T^4 between 2,400 and 3,600 um K is 0.4036 - 0.1403 = 0.2633 (four-figure
    tables, so to 1 part in 2,000).
    """
    expected = 0.2633 * STEFAN_BOLTZMANN_W_M2_K4 * 300.0**4 / math.pi
    assert infrared.band_radiance_w_m2_sr(300.0, 8e-6, 12e-6) == pytest.approx(expected, rel=1e-3)


def test_sunlight_in_the_visible() -> None:
    """0.38 to 0.75 um holds 43 to 46 % of the solar constant; the long-wave band 0.1 %."""
    visible = infrared.solar_irradiance_w_m2(0.38e-6, 0.75e-6) / infrared.SOLAR_CONSTANT_W_M2
    assert 0.43 < visible < 0.46
    assert infrared.solar_irradiance_w_m2(8e-6, 12e-6) / infrared.SOLAR_CONSTANT_W_M2 < 1.5e-3


def test_limb_fades_with_height() -> None:
    """Opaque to the tropopause; each 7 km above takes a factor e."""
    assert infrared.limb_share(5e3) == infrared.limb_share(15e3) == 1.0
    assert infrared.limb_share(57e3) / infrared.limb_share(50e3) == pytest.approx(math.exp(-1.0))
    assert infrared.limb_share(1e6) < 1e-60


def test_detector_noise_by_hand() -> None:
    """0.25 m at f/2, 50 urad, 1e11 Jones, 0.6, 0.1 s: 25 um side, 5 Hz, 1.9e-12 W/m2."""
    noise = infrared.detector_noise_w_m2(0.25, 2.0, 50e-6, 1e9, 0.6, 0.1)
    assert noise == pytest.approx(25e-6 * math.sqrt(5.0) / 1e9 / (0.049087 * 0.6), rel=1e-4)


@settings(max_examples=30)
@given(aperture_m=st.floats(0.05, 2.0), time_s=st.floats(1e-3, 10.0), grow=st.floats(1.1, 10.0))
def test_noise_falls_with_aperture_and_time(aperture_m: float, time_s: float, grow: float) -> None:
    """Detector-limited as 1/(D sqrt t) at one focal ratio; background-limited as 1/(D sqrt t)."""
    for find in (
        lambda d, t: infrared.detector_noise_w_m2(d, 2.0, 5e-5, 1e9, 0.6, t),
        lambda d, t: infrared.photon_noise_w_m2(0.1, 1e-5, d, 5e-5, 0.6, t),
    ):
        at = find(aperture_m, time_s)
        assert find(grow * aperture_m, time_s) == pytest.approx(at / grow, rel=1e-12)
        assert find(aperture_m, grow * time_s) == pytest.approx(at / math.sqrt(grow), rel=1e-12)


def test_photon_noise_is_the_root_of_the_count() -> None:
    """Signal photons equal to the root of the background's photons, counted one by one."""
    radiance, wavelength, aperture, pixel, share, time_s = 0.5, 1e-5, 0.25, 1e-4, 0.3, 0.01
    noise = infrared.photon_noise_w_m2(radiance, wavelength, aperture, pixel, share, time_s)
    photon_j = 6.62607015e-34 * 299792458.0 / wavelength
    area = math.pi * aperture**2 / 4.0
    background = radiance * pixel**2 * area * share * time_s / photon_j
    assert noise * area * share * time_s / photon_j == pytest.approx(math.sqrt(background))


def test_colder_bodies_are_seen_less_far() -> None:
    """1 m2 seen at 2,000 km at 300 K is seen at 400 km at 180 K: the root of the radiances."""
    warm, cold = (infrared.band_radiance_w_m2_sr(t, *infrared.LONG_WAVE_M) for t in (300.0, 180.0))
    threshold = warm / 2e6**2
    assert infrared.detection_range_m(cold, threshold) == pytest.approx(4.0e5, rel=0.02)


def test_rayleigh() -> None:
    """10 um through 0.25 m: 49 urad."""
    assert infrared.diffraction_limit_rad(1e-5, 0.25) == pytest.approx(48.8e-6, rel=1e-3)
