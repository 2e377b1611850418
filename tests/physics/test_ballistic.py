"""Falls against two-body theory, energy, and an independent integration."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from opendome.physics.atmosphere import density
from opendome.physics.ballistic import fly_to_ground, ground_point, record_fall, step_rk4
from opendome.physics.constants import (
    EARTH_J2,
    EARTH_J3,
    EARTH_J4,
    EARTH_MU_M3_S2,
    EARTH_RADIUS_M,
    EARTH_ROTATION_RAD_S,
)
from opendome.physics.flight import NODES_FULL, REACHED_GROUND, REACHED_TIME, empty_nodes
from opendome.physics.frames import ecef_state_from_eci, eci_state_from_ecef
from opendome.physics.geodesy import geodetic_from_ecef, solve_inverse
from opendome.physics.reentry import altitude

pytestmark = pytest.mark.kernels

HIGH = np.array([7.0e6, 1.0e6, 2.0e6, -3.0e3, 4.5e3, 2.5e3])


def _energy(state):
    x, y, z = state[:3]
    r = math.sqrt(x * x + y * y + z * z)
    s, q = z / r, EARTH_RADIUS_M / r
    harmonics = (
        EARTH_J2 * q**2 * (3 * s * s - 1) / 2
        + EARTH_J3 * q**3 * (5 * s**3 - 3 * s) / 2
        + EARTH_J4 * q**4 * (35 * s**4 - 30 * s * s + 3) / 8
    )
    return 0.5 * float(state[3:] @ state[3:]) - EARTH_MU_M3_S2 / r * (1.0 - harmonics)


directions = st.tuples(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0), st.floats(-1.0, 1.0))


@settings(max_examples=15, deadline=None)
@given(directions, st.floats(500.0, 6000.0))
def test_energy_and_polar_momentum_are_kept_without_air(direction, speed):
    """Zonal gravity keeps both; a tolerance of 1e-9 keeps them to parts in 1e8."""
    way = np.array(direction) + 1e-3
    state = np.concatenate(([8.0e6, -1.0e6, 1.5e6], speed * way / np.linalg.norm(way)))
    before, polar = _energy(state), state[0] * state[4] - state[1] * state[3]
    fall = record_fall(state, 0.0, 900.0, 0.0, math.inf, 0.0, 1e-9, empty_nodes(0))
    assert fall.code in (REACHED_TIME, REACHED_GROUND)
    assert _energy(state) == pytest.approx(before, rel=1e-7)
    assert state[0] * state[4] - state[1] * state[3] == pytest.approx(polar, abs=1e3)


@settings(max_examples=10, deadline=None)
@given(st.floats(-math.pi, math.pi), st.floats(-math.pi, math.pi))
def test_fall_does_not_depend_on_the_earths_angle(angle, turn):
    """Turning state and Earth together moves nothing on the ground."""
    c, s = math.cos(turn), math.sin(turn)
    spin = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    turned = np.concatenate((spin @ HIGH[:3], spin @ HIGH[3:]))
    one = fly_to_ground(HIGH, 10.0, 5000.0, angle, 5000.0, 1e-7)
    other = fly_to_ground(turned, 10.0, 5000.0, angle + turn, 5000.0, 1e-7)
    assert other.time_s == pytest.approx(one.time_s, abs=1e-3)
    miss, _, _ = solve_inverse(*one[2:4], *other[2:4])
    assert miss < 1.0


@settings(max_examples=15, deadline=None)
@given(directions, st.floats(2000.0, 7500.0), st.floats(50.0, 900.0))
def test_an_arc_flown_backwards_returns_to_its_start(direction, speed, duration_s):
    """Without air nothing tells forth from back: to 10 m and 1 cm/s at a tolerance of 1e-9."""
    way = np.array(direction) + 1e-3
    start = np.concatenate(([9.0e6, -2.0e6, 3.5e6], speed * way / np.linalg.norm(way)))
    state = start.copy()
    there = record_fall(state, 0.0, duration_s, 0.0, math.inf, 0.0, 1e-9, empty_nodes(0))
    assume(there.code == REACHED_TIME)  # still above the ground
    state[3:] *= -1.0
    back = record_fall(state, 0.0, there.time_s, 0.0, math.inf, 0.0, 1e-9, empty_nodes(0))
    assert back.code == REACHED_TIME
    assert np.linalg.norm(state[:3] - start[:3]) < 10.0
    assert np.linalg.norm(state[3:] + start[3:]) < 0.01


@settings(max_examples=10, deadline=None)
@given(st.floats(-math.pi, math.pi), st.floats(-math.pi, math.pi))
def test_a_flight_over_the_ground_is_the_same_at_any_hour(angle, hours_rad):
    """A state given over the ground comes down at one place, whichever way the Earth points."""
    over_ground = ecef_state_from_eci(*HIGH, 0.0)
    impacts = [
        fly_to_ground(
            np.array(eci_state_from_ecef(*over_ground, a)), 0.0, 5000.0, a, 5000.0, 1e-8
        )
        for a in (angle, angle + hours_rad)
    ]  # fmt: skip
    miss, _, _ = solve_inverse(*impacts[0][2:4], *impacts[1][2:4])
    assert miss < 1.0
    assert impacts[0].apogee_m == pytest.approx(impacts[1].apogee_m, abs=1.0)


def _reference_fall(state, beta):
    """The same physics written again in NumPy, flown by scipy's DOP853."""

    def slope(t, s):
        x, y, z, vx, vy, vz = s
        r = math.sqrt(x * x + y * y + z * z)
        sine, q = z / r, EARTH_RADIUS_M / r
        # Gradient of each harmonic from Legendre recurrences, radial and along z.
        p = [1.0, sine]
        dp = [0.0, 1.0]
        for n in range(2, 5):
            p.append(((2 * n - 1) * sine * p[n - 1] - (n - 1) * p[n - 2]) / n)
            dp.append(n * p[n - 1] + sine * dp[n - 1])
        radial, polar = 1.0, 0.0
        for n, j in ((2, EARTH_J2), (3, EARTH_J3), (4, EARTH_J4)):
            radial -= j * q**n * ((n + 1) * p[n] + sine * dp[n])
            polar += j * q**n * dp[n]
        g = -EARTH_MU_M3_S2 / r**3
        wx, wy = vx + EARTH_ROTATION_RAD_S * y, vy - EARTH_ROTATION_RAD_S * x
        wind = math.sqrt(wx * wx + wy * wy + vz * vz)
        d = -0.5 * density(geodetic_from_ecef(x, y, z)[2]) * wind / beta
        return [
            vx, vy, vz, g * radial * x + d * wx, g * radial * y + d * wy,
            g * radial * z + g * r * polar + d * vz,
        ]  # fmt: skip

    def ground(t, s):
        return geodetic_from_ecef(s[0], s[1], s[2])[2]

    ground.terminal, ground.direction = True, -1
    return solve_ivp(slope, (0.0, 5000.0), state, "DOP853", rtol=1e-11, atol=1e-6, events=ground)


@pytest.mark.parametrize("beta", [9000.0, 300.0])
def test_reentry_agrees_with_an_independent_integration(beta):
    """Impact within 5 m and 10 ms: geodetic altitude against the radial one, and step control."""
    start = np.array([6.6e6, 2.0e5, 4.0e5, -1.5e3, 5.5e3, 2.5e3])
    fall = fly_to_ground(start, 0.0, 5000.0, 0.0, beta, 1e-9)
    reference = _reference_fall(start, beta)
    t, end = reference.t_events[0][0], reference.y_events[0][0]
    latitude, longitude = ground_point(*end[:3], EARTH_ROTATION_RAD_S * t)
    miss, _, _ = solve_inverse(fall.latitude_rad, fall.longitude_rad, latitude, longitude)
    assert fall.code == REACHED_GROUND
    assert fall.time_s == pytest.approx(t, abs=1e-2)
    assert miss < 5.0


def test_peak_deceleration_follows_allen_and_eggers():
    """Allen and Eggers (1958), NACA 1381: v^2 sin(gamma) / (2 e H).

    The ballistic coefficient puts the peak at 15 km, in the isothermal layer, where the scale
    height is 6,342 m. The theory has a flat Earth, no gravity and no winds of rotation: 5 %.
    """
    speed, gamma = 7000.0, math.radians(30.0)
    top = EARTH_RADIUS_M + 60e3
    state = np.array([top, 0.0, 0.0, -speed * math.sin(gamma), 0.0, speed * math.cos(gamma)])
    nodes = empty_nodes(2000)
    fall = record_fall(state, 0.0, 500.0, 0.0, 2470.0, 0.0, 1e-8, nodes)
    pull = np.linalg.norm(nodes.acceleration_eci_m_s2[: fall.n_nodes], axis=1).max()
    assert pull == pytest.approx(speed**2 * math.sin(gamma) / (2 * math.e * 6342.0), rel=0.05)


def test_apogee_is_the_highest_point_of_the_path():
    start = np.array([6.5e6, 0.0, 0.0, 3000.0, 4000.0, 1000.0])
    nodes = empty_nodes(500)
    fall = record_fall(start.copy(), 0.0, 4000.0, 0.0, math.inf, 0.0, 1e-8, nodes)
    heights = [altitude(*p) for p in nodes.position_eci_m[: fall.n_nodes]]
    assert fall.apogee_m >= max(heights)
    assert fall.apogee_m - max(heights) < 30e3
    at = fly_to_ground(start, 0.0, fall.apogee_s, 0.0, math.inf, 1e-8)
    assert at.code == REACHED_TIME
    assert at.apogee_m == pytest.approx(fall.apogee_m, abs=1.0)


def test_small_runge_kutta_steps_agree_with_the_adaptive_flight():
    """J3 and J4 are left out of `step_rk4`: 10 m over 200 s."""
    state = HIGH.copy()
    record_fall(state, 0.0, 200.0, 0.0, math.inf, 0.0, 1e-9, empty_nodes(0))
    stepped = tuple(HIGH)
    for _ in range(20):
        stepped = step_rk4(*stepped, 10.0, 0.0)
    assert np.linalg.norm(np.array(stepped[:3]) - state[:3]) < 10.0


def test_runge_kutta_drag_slows_the_body():
    low = (EARTH_RADIUS_M + 40e3, 0.0, 0.0, -2000.0, 465.0, 5000.0)
    free = step_rk4(*low, 1.0, 0.0)
    braked = step_rk4(*low, 1.0, 1.0 / 2000.0)
    loss = np.linalg.norm(free[3:]) - np.linalg.norm(braked[3:])
    expected = 0.5 * density(39e3) * 5385.0**2 / 2000.0
    assert loss == pytest.approx(expected, rel=0.15)


def test_what_never_comes_down_says_so():
    orbit = np.array([8.0e6, 0.0, 0.0, 0.0, 7100.0, 0.0])
    fall = fly_to_ground(orbit, 0.0, 3000.0, 0.0, math.inf, 1e-7)
    assert fall.code == REACHED_TIME
    assert math.isnan(fall.latitude_rad)


def test_a_path_without_room_says_so():
    nodes = empty_nodes(3)
    fall = record_fall(HIGH.copy(), 0.0, 4000.0, 0.0, 5000.0, 0.0, 1e-7, nodes)
    assert fall.code == NODES_FULL
    assert fall.n_nodes == 3


def test_a_floor_ends_the_fall_there():
    state = np.array([6.6e6, 0.0, 0.0, -1000.0, 5000.0, 0.0])
    fall = record_fall(state, 0.0, 4000.0, 0.0, 3.0, 40e3, 1e-7, empty_nodes(0))
    assert fall.code == REACHED_GROUND
    assert altitude(*state[:3]) == pytest.approx(40e3, abs=1.0)
