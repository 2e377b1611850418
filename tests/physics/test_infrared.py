"""Infrared: inverse square, threshold detection, cold background, Planck's law."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opendome.physics import infrared
from opendome.physics.constants import EARTH_RADIUS_M

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


def test_body_shows_only_against_space() -> None:
    """From 1,000 km up a body at 500 km shows beyond the limb and not below it."""
    a = EARTH_RADIUS_M + 1.0e6
    b = EARTH_RADIUS_M + 5.0e5
    # Angle between the two at which their line is tangent to a sphere 50 km above the surface.
    limb = EARTH_RADIUS_M + 5.0e4
    tangent = math.acos(limb / a) - math.acos(limb / b)
    for angle, against in ((tangent * 0.9, False), (tangent * 1.02, True)):
        assert (
            infrared.is_against_space(
                a, 0.0, 0.0, b * math.cos(angle), b * math.sin(angle), 0.0, 5.0e4
            )
            == against
        )


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
