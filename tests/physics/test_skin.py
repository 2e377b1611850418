"""Skins in space: equilibrium in sunlight and shadow, and the way there."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opendome.physics.constants import EARTH_RADIUS_M
from opendome.physics.infrared import SOLAR_CONSTANT_W_M2, STEFAN_BOLTZMANN_W_M2_K4
from opendome.physics.skin import equilibrium_temperature_k, relax_temperature_k

pytestmark = pytest.mark.kernels
HEIGHT_M = EARTH_RADIUS_M + 1e6


def test_far_from_the_earth_sunlight_alone_decides() -> None:
    """A black sphere at the Earth's distance from the Sun: 278.3 K, (S / 4 sigma)^(1/4)."""
    far = equilibrium_temperature_k(4e11, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0)
    assert far == pytest.approx((SOLAR_CONSTANT_W_M2 / 4.0 / STEFAN_BOLTZMANN_W_M2_K4) ** 0.25)
    assert far == pytest.approx(278.3, abs=0.2)


def test_in_shadow_the_coating_does_not_matter() -> None:
    """1,000 km up at night: 239 W/m2 seen from a quarter of the skin, 180 K whatever the paint."""
    night = [
        equilibrium_temperature_k(-HEIGHT_M, 0.0, 0.0, 1.0, 0.0, 0.0, ratio)
        for ratio in (0.2, 1.0, 5.0)
    ]
    assert night[0] == night[1] == night[2] == pytest.approx(179.0, abs=1.0)


@settings(max_examples=40)
@given(zenith=st.floats(0.0, math.pi), ratio=st.floats(0.1, 8.0), up_m=st.floats(2e5, 2e6))
def test_day_is_warmer_than_night(zenith: float, ratio: float, up_m: float) -> None:
    """Nowhere warmer than with the Sun overhead nor colder than in the middle of the shadow."""
    r = EARTH_RADIUS_M + up_m
    here, noon, midnight = (
        equilibrium_temperature_k(r, 0.0, 0.0, math.cos(a), math.sin(a), 0.0, ratio)
        for a in (zenith, 0.0, math.pi)
    )
    assert midnight <= here <= noon
    assert equilibrium_temperature_k(
        r, 0.0, 0.0, math.cos(zenith), math.sin(zenith), 0.0, 1.01 * ratio
    ) >= here  # fmt: skip


@settings(max_examples=60)
@given(
    start=st.floats(100.0, 1500.0),
    towards=st.floats(100.0, 400.0),
    elapsed=st.floats(0.0, 1e5),
    capacity=st.floats(1.0, 1e5),
)
def test_skin_moves_towards_equilibrium(
    start: float, towards: float, elapsed: float, capacity: float
) -> None:
    """Never past it, at any step; at rest it stays."""
    after = relax_temperature_k(start, towards, elapsed, capacity)
    assert min(start, towards) - 1e-9 <= after <= max(start, towards) + 1e-9
    assert relax_temperature_k(towards, towards, elapsed, capacity) == towards


def test_steps_converge_on_the_closed_form_of_cooling_to_space() -> None:
    """Without surroundings T = T0 (1 + 3 sigma T0^3 t / C)^(-1/3); 5 s steps are within 1 K of it.

    A foil of 120 J/(m2 K) over its emissivity, from 300 K, over 200 s.
    """
    capacity, t0 = 120.0, 300.0
    exact = t0 * (1.0 + 3.0 * STEFAN_BOLTZMANN_W_M2_K4 * t0**3 * 200.0 / capacity) ** (-1.0 / 3.0)
    errors = []
    for step in (5.0, 2.5, 1.25):
        temperature = t0
        for _ in range(int(200.0 / step)):
            temperature = relax_temperature_k(temperature, 0.0, step, capacity)
        errors.append(abs(temperature - exact))
    assert errors[0] < 3.0
    assert errors[1] < 0.55 * errors[0]
    assert errors[2] < 0.55 * errors[1]


def test_time_constants_of_foil_and_heat_shield() -> None:
    """Foil is most of the way in a minute; a heat shield keeps most of its warmth for a flight.

    C / (4 eps sigma T^3) at 300 K: 20 s and 2,700 s.
    """
    foil = relax_temperature_k(300.0, 180.0, 60.0, 60.0 / 0.5)
    shield = relax_temperature_k(300.0, 180.0, 1200.0, 15e3 / 0.9)
    assert foil < 205.0
    assert shield > 265.0
