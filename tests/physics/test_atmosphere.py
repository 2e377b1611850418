"""The standard atmosphere against its layer equations and its printed tables."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendome.physics.atmosphere import (
    ATMOSPHERE_TOP_M,
    BENDS_M,
    density,
    find_thinner_air,
    standard_atmosphere,
)
from opendome.physics.standard_atmosphere import lower_atmosphere, upper_atmosphere

pytestmark = pytest.mark.kernels

# U.S. Standard Atmosphere 1976, table 1 (geometric altitude): km, K, Pa, kg/m3.
PRINTED_LOW = [
    (0, 288.150, 1.01325e5, 1.2250),
    (5, 255.676, 5.4048e4, 7.3643e-1),
    (20, 216.650, 5.5293e3, 8.8910e-2),
    (30, 226.509, 1.1970e3, 1.8410e-2),
    (50, 270.650, 7.9779e1, 1.0269e-3),
    (70, 219.585, 5.2209, 8.2829e-5),
]
PRINTED_HIGH = [
    (86, 186.87, 3.7338e-1, 6.958e-6),
    (90, 186.87, 1.8359e-1, 3.416e-6),
    (100, 195.08, 3.2011e-2, 5.604e-7),
    (110, 240.00, 7.1042e-3, 9.708e-8),
    (120, 360.00, 2.5382e-3, 2.222e-8),
    (150, 634.39, 4.5422e-4, 2.076e-9),
    (200, 854.56, 8.4736e-5, 2.541e-10),
    (300, 976.01, 8.7704e-6, 1.916e-11),
    (400, 995.83, 1.4518e-6, 2.803e-12),
]
PRINTED_TOP = [
    (500, 999.24, 3.0236e-7, 5.215e-13),
    (600, 999.85, 8.2130e-8, 1.137e-13),
    (800, 999.99, 1.7036e-8, 1.136e-14),
    (990, 1000.0, None, None),
]


@given(st.floats(0.0, 85_999.0))
def test_interpolation_follows_the_layer_equations_below_86_km(altitude_m):
    """0.1 %: what linear interpolation of the molar mass from 80 to 86 km allows."""
    exact = lower_atmosphere(np.array([altitude_m]))
    ours = standard_atmosphere(altitude_m)
    for mine, column in zip(ours, exact[1:], strict=True):
        assert mine == pytest.approx(column[0], rel=1e-3)


def test_interpolation_follows_the_diffusion_equations_above_86_km():
    exact = upper_atmosphere(100.0)
    rows = np.linspace(0, exact.altitude_m.size - 2, 400).astype(int)
    ours = np.array([standard_atmosphere(exact.altitude_m[i]) for i in rows])
    for column, values in enumerate(exact[1:]):
        assert np.abs(ours[:, column] / values[rows] - 1.0).max() < 1e-3


@pytest.mark.parametrize(
    ("rows", "tolerance"),
    # Printed to four or five digits; helium and hydrogen above 450 km rest on integrals that the
    # standard took on a grid of its own.
    [(PRINTED_LOW, 2e-4), (PRINTED_HIGH, 1.5e-3), (PRINTED_TOP, 0.02)],
)
def test_printed_tables_come_out(rows, tolerance):
    for altitude_km, temperature, pressure, rho in rows:
        ours = standard_atmosphere(altitude_km * 1e3)
        assert ours[0] == pytest.approx(temperature, rel=2e-4)
        if rho is not None:
            assert ours[1] == pytest.approx(pressure, rel=tolerance)
            assert ours[2] == pytest.approx(rho, rel=tolerance)


@given(st.floats(-2e3, 9.9e5), st.floats(1.0, 1e4))
def test_density_falls_with_altitude(altitude_m, rise_m):
    assert density(altitude_m + rise_m) < density(altitude_m)


@given(st.sampled_from([86e3, 120e3, 500.0, 60.5e3]))
def test_density_has_no_jump_between_cells(edge_m):
    """An adaptive integrator would stumble over one."""
    assert density(edge_m - 1e-3) == pytest.approx(density(edge_m + 1e-3), rel=1e-6)


def test_density_ends_at_the_top_and_goes_on_below_the_sea():
    assert density(ATMOSPHERE_TOP_M) == 0.0
    assert density(5e6) == 0.0
    assert density(-1000.0) == pytest.approx(1.3470, rel=2e-3)  # table 1


@given(st.floats(0.0, 79_900.0))
def test_density_is_exact_between_bends(altitude_m):
    """1e-6 up to 80 km, where the molar mass begins to fall: no corner is rounded."""
    exact = lower_atmosphere(np.array([altitude_m])).density_kg_m3[0]
    assert density(altitude_m) == pytest.approx(exact, rel=1e-6)


def test_slope_of_log_density_jumps_at_the_tropopause_and_nowhere_near_it():
    """By the lapse rate over the temperature, 6.5 K/km over 216.65 K."""

    def jump(edge_m):
        below, here, above = (np.log(density(edge_m + d)) for d in (-10.0, 0.0, 10.0))
        return (above - 2.0 * here + below) / 10.0

    assert jump(BENDS_M[0]) == pytest.approx(-6.5e-3 / 216.65, rel=0.02)
    assert abs(jump(BENDS_M[0] + 300.0)) < 1e-6


@given(st.floats(1e-14, 1.0))
def test_air_is_thinner_above_the_altitude_that_is_found(density_kg_m3):
    top_m = find_thinner_air(density_kg_m3)
    assert density(top_m) <= density_kg_m3
    assert density(top_m - 3e3) > density_kg_m3
