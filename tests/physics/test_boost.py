"""Staged flight against the rocket equation, SciPy, and its own symmetries."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from opendome.physics.atmosphere import ATMOSPHERE_TOP_M, BENDS_M
from opendome.physics.boost import (
    Steering,
    build_vehicle,
    fly,
    full_burn,
    launch_mass,
    launch_state,
    record,
)
from opendome.physics.constants import (
    EARTH_RADIUS_M,
    EARTH_ROTATION_RAD_S,
    STANDARD_GRAVITY_M_S2,
)
from opendome.physics.flight import REACHED_GROUND, REACHED_TIME, empty_nodes
from opendome.physics.forces import (
    NO_LIMIT_PA,
    Control,
    accelerate,
    accelerate_below,
    ballistic_control,
    find_air_top,
)
from opendome.physics.geodesy import enu_axes, solve_inverse
from opendome.physics.reentry import altitude

pytestmark = pytest.mark.kernels

STAGES = [(20000.0, 2300.0, 60.0, 265.0, 3.0), (6200.0, 800.0, 65.0, 285.0, 5.0),
          (3300.0, 400.0, 50.0, 285.0, 0.0)]  # fmt: skip
VEHICLE = build_vehicle(STAGES, 600.0, 0.68, 8.0, 100.0)
STILL = np.zeros(3)
PLACE = (math.radians(40.0), math.radians(126.0))


def _steer(pitch_deg=66.0, azimuth=0.3, cutoff_s=math.inf, effort=3.0):
    return Steering(azimuth, math.radians(pitch_deg), cutoff_s, effort)


def _fly(vehicle=VEHICLE, steering=None, tolerance=1e-7, stop_s=9000.0, place=PLACE):
    return fly(vehicle, steering or _steer(), *place, STILL, 8000.0, stop_s, tolerance)


def test_masses_and_times_add_up():
    assert full_burn(VEHICLE) == 60.0 + 3.0 + 65.0 + 5.0 + 50.0
    assert launch_mass(VEHICLE) == 20000.0 + 2300.0 + 6200.0 + 800.0 + 3300.0 + 400.0 + 600.0


@settings(max_examples=10)
@given(st.floats(-1.5, 1.5), st.floats(-3.1, 3.1))
def test_launch_starts_at_rest_on_the_earth(latitude, longitude):
    state = np.empty(6)
    launch_state(latitude, longitude, 0.0, 0.0, 0.0, state)
    spin = np.cross([0.0, 0.0, EARTH_ROTATION_RAD_S], state[:3])
    assert np.abs(state[3:] - spin).max() < 1e-9


def test_speed_gain_is_the_rocket_equation_less_losses():
    """Without air, in a second of huge thrust, gravity takes its one second and no more."""
    quick = build_vehicle([(900.0, 0.0, 1.0, 300.0, 0.0)], 100.0, 0.0, 0.0, 1e-9)
    state = np.empty(6)
    launch_state(*PLACE, 0.0, 0.0, 0.0, state)
    flight = fly(quick, Steering(0.0, 0.0, math.inf, 1.0), *PLACE, STILL, math.inf, 1.0, 1e-8)
    gain = np.array(flight[5:8]) - state[3:]
    ideal = 300.0 * STANDARD_GRAVITY_M_S2 * math.log(10.0)
    assert np.linalg.norm(gain) == pytest.approx(ideal - 9.8, abs=0.2)


def _scipy_burnout():
    """The same flight phase by phase with DOP853 on the same acceleration."""
    state = np.empty(6)
    launch_state(*PLACE, 0.0, 0.0, 0.0, state)
    axes = np.array(enu_axes(*PLACE)).reshape(3, 3)
    ahead = math.cos(0.3) * axes[1] + math.sin(0.3) * axes[0]
    end, rise, turned = math.radians(66.0), 8.0, 100.0
    rate = end / (turned - rise)
    mass, ignition, t = launch_mass(VEHICLE), 0.0, 0.0
    for propellant, inert, burn, impulse, coast in STAGES:
        flow = propellant / burn
        corners = sorted({rise, turned, ignition + burn})
        for corner in [c for c in corners if ignition < c <= ignition + burn]:
            turning = rise <= t < turned
            control = Control(
                t, flow * impulse * STANDARD_GRAVITY_M_S2, mass - flow * (t - ignition), flow,
                rate * (min(max(t, rise), turned) - rise), rate if turning else 0.0, 0.68, 0.0,
                0.0, *axes[2], *ahead, 0.0, 0.0, NO_LIMIT_PA, 0.0, 0.0, 0.0, 0.0,
            )  # fmt: skip
            state = _dop853(state, t, corner, control)
            t = corner
        mass -= propellant + inert
        ignition = t + coast
        if coast > 0.0:
            drift = ballistic_control(0.68 / mass, 0.0)
            state = _dop853(state, t, ignition, drift)
            t = ignition
    return state


def _dop853(state, t0, t1, control):
    def slope(t, s):
        return [*s[3:], *accelerate(t, *s, control)]

    return solve_ivp(slope, (t0, t1), state, "DOP853", rtol=1e-11, atol=1e-7).y[:, -1]


def test_burnout_state_agrees_with_scipy():
    """1 m and 1 cm/s at the tolerance of raids, a tenth of what impact within 10 m needs."""
    reference = _scipy_burnout()
    flight = _fly(stop_s=full_burn(VEHICLE))
    assert flight.burnout_s == pytest.approx(183.0)
    assert np.linalg.norm(np.array(flight[2:5]) - reference[:3]) < 1.0
    assert np.linalg.norm(np.array(flight[5:8]) - reference[3:]) < 0.01


@settings(max_examples=6)
@given(st.floats(20.0, 85.0), st.floats(-3.1, 3.1))
def test_impact_settles_as_the_tolerance_falls(pitch_deg, azimuth):
    """Within 3 m at 1e-7: under a metre for all but the steepest."""
    steering = _steer(pitch_deg, azimuth)
    rough, fine = _fly(steering=steering), _fly(steering=steering, tolerance=1e-9)
    assert rough.code == fine.code == REACHED_GROUND
    miss, _, _ = solve_inverse(
        rough.end_latitude_rad, rough.end_longitude_rad, fine.end_latitude_rad,
        fine.end_longitude_rad,
    )  # fmt: skip
    assert miss < 3.0


@settings(max_examples=6)
@given(st.floats(-1.2, 1.2), st.floats(-3.1, 3.1), st.floats(-3.1, 3.1))
def test_moving_the_launch_point_in_longitude_turns_the_flight_and_no_more(latitude, azimuth, turn):
    """Nothing here depends on longitude: gravity is zonal, the air turns as a whole."""
    steering = _steer(azimuth=azimuth)
    here = _fly(steering=steering, place=(latitude, 0.4))
    there = _fly(steering=steering, place=(latitude, 0.4 + turn))
    assert there.end_latitude_rad == pytest.approx(here.end_latitude_rad, abs=1e-8)
    shift = there.end_longitude_rad - here.end_longitude_rad - turn
    assert math.remainder(shift, math.tau) == pytest.approx(0.0, abs=1e-8)
    for first in (2, 5):  # burnout position and velocity
        x, y, z = here[first : first + 3]
        c, s = math.cos(turn), math.sin(turn)
        turned = (c * x - s * y, s * x + c * y, z)
        assert there[first : first + 3] == pytest.approx(turned, abs=1e-2)


def test_cut_off_ends_thrust_on_the_instant():
    flight = _fly(steering=_steer(cutoff_s=150.25))
    assert flight.burnout_s == 150.25


@settings(max_examples=6)
@given(st.floats(1.2, 2.8))
def test_more_effort_flies_higher_in_the_same_time(effort):
    """Surplus energy is wasted, not saved: the burn time stays."""
    less, more = _fly(steering=_steer(effort=effort)), _fly(steering=_steer(effort=effort + 0.1))
    assert more.apogee_m > less.apogee_m
    assert more.burnout_s == less.burnout_s == 183.0


def test_thrust_jumps_are_nodes_that_share_a_time():
    nodes = empty_nodes(400)
    flight = record(VEHICLE, _steer(), *PLACE, STILL, 8000.0, 9000.0, 1e-7, nodes)
    t = nodes.time_s[: flight.n_nodes]
    jumps = t[1:][np.diff(t) == 0.0]
    assert list(jumps) == [8.0, 60.0, 63.0, 100.0, 128.0, 133.0, 183.0]
    assert np.all(np.diff(t) >= 0.0)
    assert t[-1] == flight.end_s


def test_steps_end_on_the_bends_of_the_air():
    """Within 30 m climbing and 200 m falling, some hundredths of a second: none runs across."""
    nodes = empty_nodes(400)
    flight = record(VEHICLE, _steer(), *PLACE, STILL, 8000.0, 9000.0, 1e-7, nodes)
    heights = np.array([altitude(*p) for p in nodes.position_eci_m[: flight.n_nodes]])
    top = int(heights.argmax())
    for bend in BENDS_M:
        assert np.abs(heights[:top] - bend).min() < 30.0
        assert np.abs(heights[top:] - bend).min() < 200.0


def test_leaving_out_thin_air_moves_no_acceleration_by_more_than_it_promises():
    """1e-8 m/s2, at the altitude from which air is left out, at the speed of a missile."""
    control = ballistic_control(1.0 / 100.0, 0.0)
    top_m = find_air_top(control)
    state = (EARTH_RADIUS_M + top_m + 1.0, 0.0, 0.0, 1e3, 7e3, 0.0)
    assert top_m < ATMOSPHERE_TOP_M
    left_out = np.subtract(
        accelerate(0.0, *state, control), accelerate_below(0.0, *state, control, top_m)
    )
    assert 0.0 < np.linalg.norm(left_out) < 1e-8


def test_stop_time_ends_the_flight_on_the_instant():
    flight = _fly(stop_s=97.5)
    assert flight.code == REACHED_TIME
    assert flight.end_s == flight.burnout_s == 97.5
    assert math.isnan(flight.end_latitude_rad)


def test_velocity_error_moves_what_follows_burnout_only():
    error = np.array([0.5, 0.0, 0.0])
    clean = _fly()
    pushed = fly(VEHICLE, _steer(), *PLACE, error, 8000.0, 9000.0, 1e-7)
    assert pushed[1:8] == clean[1:8]
    miss, _, _ = solve_inverse(*clean[11:13], *pushed[11:13])
    assert 50.0 < miss < 5000.0


def test_a_rocket_too_weak_to_lift_stays_on_the_ground():
    weak = build_vehicle([(20000.0, 100.0, 2000.0, 250.0, 0.0)], 600.0, 0.5, 8.0, 100.0)
    flight = fly(weak, Steering(0.0, 1.0, math.inf, 1.0), *PLACE, STILL, 8000.0, 9000.0, 1e-7)
    assert flight.code == REACHED_GROUND
    assert flight.end_s < 1.0
    miss, _, _ = solve_inverse(*PLACE, *flight[11:13])
    assert miss < 10.0


@pytest.mark.parametrize(
    ("stages", "rise", "turned", "said"),
    [([], 8.0, 100.0, "1 to 4 stages"), (STAGES * 2, 8.0, 100.0, "1 to 4 stages"),
     (STAGES, 100.0, 8.0, "after the vertical rise")],
)  # fmt: skip
def test_impossible_vehicles_are_refused(stages, rise, turned, said):
    with pytest.raises(ValueError, match=said):
        build_vehicle(stages, 600.0, 0.5, rise, turned)
