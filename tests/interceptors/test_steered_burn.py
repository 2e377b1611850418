"""Corrections of a burn in orbit: what has burned is given, and what has not is all there is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from opendome.interceptors.orbital import OrbitalInterceptor
from opendome.interceptors.orbital_flight import coast, solve_burn
from opendome.interceptors.reach import displacement_m, reach_m
from opendome.interceptors.steered_burn import SteeredBurn
from opendome.physics.constants import EARTH_MU_M3_S2, EARTH_RADIUS_M

PUSH_M_S2, DELTA_V_M_S, FLIGHT_S = 100.0, 4000.0, 120.0
INTERCEPTOR = OrbitalInterceptor(PUSH_M_S2, DELTA_V_M_S, 100e3, 300.0)
RADIUS_M = EARTH_RADIUS_M + 500e3
IGNITION = (RADIUS_M, 0.0, 0.0, 0.0, math.sqrt(EARTH_MU_M3_S2 / RADIUS_M), 0.0)
ASIDE = np.array([0.0, 0.0, 1.0])
BURN_S = DELTA_V_M_S / PUSH_M_S2
REACH_M = reach_m(PUSH_M_S2, DELTA_V_M_S, FLIGHT_S)


def aim(down_m: float) -> np.ndarray:
    """A point that far under the orbit's own, where the satellite would have come to."""
    place = np.array(coast(IGNITION, FLIGHT_S)[:3])
    return place - down_m * place / np.linalg.norm(place)


def test_without_corrections_it_is_the_planned_burn() -> None:
    """Arrival as `solve_burn` has it, and again when nothing has moved by half of the burn."""
    point = aim(250e3)
    burn = SteeredBurn(INTERCEPTOR, IGNITION, FLIGHT_S, point)
    planned = solve_burn(IGNITION, FLIGHT_S, *point.tolist(), PUSH_M_S2, DELTA_V_M_S)[4:]
    assert burn.short_m == 0.0
    assert burn.arrival_velocity_eci_m_s == pytest.approx(planned, abs=1e-6)
    assert burn.correct(10.0, np.zeros(3)) == pytest.approx(0.0, abs=1e-6)
    assert burn.arrival_velocity_eci_m_s == pytest.approx(planned, abs=1e-6)


def test_at_ignition_a_shift_is_free_within_reach() -> None:
    """And costs what it lies beyond reach; gravity off the straight path is a per cent of that."""
    burn = SteeredBurn(INTERCEPTOR, IGNITION, FLIGHT_S, aim(100e3))
    assert burn.correct(0.0, 250e3 * ASIDE) == pytest.approx(0.0, abs=1e-6)
    short_m = burn.correct(0.0, 400e3 * ASIDE)
    assert short_m == pytest.approx(math.hypot(100e3, 650e3) - REACH_M, abs=10e3)


@pytest.mark.parametrize("share", [0.25, 0.5, 1.0])
def test_what_has_burned_does_not_help_aside(share: float) -> None:
    """Of a burn at what is beyond reach, the rest is turned aside; the miss is what that leaves."""
    burn = SteeredBurn(INTERCEPTOR, IGNITION, FLIGHT_S, aim(1.1 * REACH_M))
    elapsed_s, shift_m = share * BURN_S, 150e3
    before_m = burn.short_m
    given_m = displacement_m(PUSH_M_S2, elapsed_s, FLIGHT_S)
    rest_m = displacement_m(PUSH_M_S2, BURN_S - elapsed_s, FLIGHT_S - elapsed_s)
    assert given_m + rest_m == pytest.approx(REACH_M)
    wanted_m = math.hypot(REACH_M + before_m - given_m, shift_m)
    short_m = burn.correct(elapsed_s, shift_m * ASIDE)
    assert before_m > 0.0
    assert short_m == pytest.approx(wanted_m - rest_m - before_m, abs=1.0)


def test_a_correction_taken_back_costs_little() -> None:
    """There and back before it has burned: nothing; the velocity of arrival is the old one."""
    burn = SteeredBurn(INTERCEPTOR, IGNITION, FLIGHT_S, aim(200e3))
    planned = burn.arrival_velocity_eci_m_s
    burn.correct(0.0, 100e3 * ASIDE)
    burn.correct(0.0, -100e3 * ASIDE)
    assert burn.arrival_velocity_eci_m_s == pytest.approx(planned, abs=1e-6)
    assert burn.short_m == pytest.approx(0.0, abs=1e-6)
