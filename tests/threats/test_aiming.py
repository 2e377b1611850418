"""Aims hit, whatever the range, azimuth, hemisphere and kind of trajectory, or say why not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threat_cases import LAUNCH, TARGET, VEHICLE

from opendome.physics.geodesy import solve_direct, solve_inverse
from opendome.threats.aim_search import solve_aim
from opendome.threats.aiming import (
    AIMED,
    CUT_OFF,
    DEPRESSED,
    LOFTED,
    MANOEUVRE,
    MINIMUM_ENERGY,
    OUT_OF_REACH,
    TOO_NEAR,
    UNSTEADY,
    Task,
    correct_aim,
    explain_failure,
    fly_aimed,
    fly_miss,
    measure_miss,
)

BETA = 7000.0


def _task(target, trajectory=MINIMUM_ENERGY, management=CUT_OFF, launch=LAUNCH):
    return Task(VEHICLE, BETA, management, trajectory, *launch, *target)


def _miss_m(task, aim, tolerance):
    flight = fly_aimed(task, aim.azimuth_rad, aim.pitch_end_rad, aim.energy, tolerance)
    miss, _, _ = solve_inverse(flight.end_latitude_rad, flight.end_longitude_rad, *task[6:8])
    return miss


@settings(max_examples=40)
@given(
    st.floats(1.5e6, 11e6),
    st.floats(-math.pi, math.pi),
    st.floats(-1.55, 1.55),
    st.sampled_from([MINIMUM_ENERGY, LOFTED, DEPRESSED]),
    st.sampled_from([CUT_OFF, MANOEUVRE]),
)
def test_every_target_in_range_is_hit(distance, azimuth, latitude, trajectory, management):
    """Within 100 m of the target when flown again, a hundred times tighter than a raid."""
    launch = (latitude, 2.0)
    target = solve_direct(*launch, azimuth, distance)[:2]
    task = _task(target, trajectory, management, launch)
    aim = solve_aim(task, 1e-7)
    assert aim.code == AIMED
    assert _miss_m(task, aim, 1e-9) < 100.0


@pytest.mark.parametrize("management", [CUT_OFF, MANOEUVRE])
def test_minimum_energy_is_the_least_that_reaches(management):
    """Another end pitch, two degrees to either side, needs more."""
    task = _task(TARGET, MINIMUM_ENERGY, management)
    best = solve_aim(task, 1e-7)
    for other_pitch in (-0.035, 0.035):
        near = best._replace(pitch_end_rad=best.pitch_end_rad + other_pitch)
        other = correct_aim(task, near, 1e-7)
        assert other.code == AIMED
        assert other.energy > best.energy


def test_lofted_is_higher_and_longer_and_depressed_lower_and_shorter():
    flights = []
    for trajectory in (DEPRESSED, MINIMUM_ENERGY, LOFTED):
        task = _task(TARGET, trajectory)
        aim = solve_aim(task, 1e-7)
        flights.append(fly_aimed(task, aim.azimuth_rad, aim.pitch_end_rad, aim.energy, 1e-7))
    low, middle, high = flights
    assert low.apogee_m < middle.apogee_m < high.apogee_m
    assert low.end_s < middle.end_s < high.end_s
    assert low.burnout_s == high.burnout_s == 180.0


def test_cut_off_shortens_the_burn_and_manoeuvres_do_not():
    target = solve_direct(*LAUNCH, 0.5, 6e6)[:2]
    burnouts = []
    for management in (CUT_OFF, MANOEUVRE):
        task = _task(target, MINIMUM_ENERGY, management)
        aim = solve_aim(task, 1e-7)
        flight = fly_aimed(task, aim.azimuth_rad, aim.pitch_end_rad, aim.energy, 1e-7)
        burnouts.append(flight.burnout_s)
    assert burnouts[0] < 175.0
    assert burnouts[1] == 180.0


@settings(max_examples=20)
@given(st.floats(0.98, 1.02), st.floats(0.99, 1.005))
def test_guidance_takes_out_what_the_vehicle_got_wrong(burn, impulse):
    """Re-aiming from the nominal aim and its slopes is what every replication does."""
    nominal = solve_aim(_task(TARGET), 1e-7)
    built = VEHICLE._replace(
        stage_burn_s=VEHICLE.stage_burn_s * burn,
        stage_specific_impulse_s=VEHICLE.stage_specific_impulse_s * impulse,
    )
    task = _task(TARGET)._replace(vehicle=built)
    aim = correct_aim(task, nominal, 1e-7)
    assert aim.code == AIMED
    assert _miss_m(task, aim, 1e-9) < 100.0


def test_a_target_out_of_reach_is_refused_with_the_range_that_works():
    far = solve_direct(*LAUNCH, -1.0, 15e6)[:2]
    task = _task(far)
    aim = solve_aim(task, 1e-7)
    assert aim.code == OUT_OF_REACH
    said = explain_failure(aim, task.trajectory, task[4:6], task[6:8])
    assert "15,000 km away" in said
    assert f"allowed: up to {aim.reach_m / 1e3:,.0f} km" in said
    reachable = solve_direct(*LAUNCH, -1.0, aim.reach_m - 30e3)[:2]
    assert solve_aim(_task(reachable), 1e-7).code == AIMED


def test_a_target_too_near_is_refused_with_the_range_that_works():
    near = solve_direct(*LAUNCH, 1.0, 20e3)[:2]
    task = _task(near)
    aim = solve_aim(task, 1e-7)
    assert aim.code == TOO_NEAR
    assert aim.reach_m > 40e3
    assert "overshoots" in explain_failure(aim, task.trajectory, task[4:6], task[6:8])


def test_a_target_at_the_launch_point_has_no_aim():
    assert solve_aim(_task(LAUNCH), 1e-7).code != AIMED


@given(st.floats(-1.4, 1.4), st.floats(-3.0, 3.0), st.floats(1e6, 1.5e7), st.floats(-3.1, 3.1))
def test_the_miss_is_zero_at_the_target_and_signed_along_the_line(lat, lon, distance, azimuth):
    target = solve_direct(lat, lon, azimuth, distance)
    assert np.abs(measure_miss(lat, lon, *target[:2], *target[:2])).max() < 1e-2
    beyond = solve_direct(*target[:2], target[2], 50e3)[:2]
    down, cross = measure_miss(lat, lon, *target[:2], *beyond)
    # Angles on a sphere against a geodesic: 1 %.
    assert down == pytest.approx(50e3, rel=0.01)
    assert abs(cross) < 1e3


def test_a_flight_that_no_guidance_could_hold_is_refused():
    """Flat at nearly orbital speed: a hundred-thousandth of a radian moves it by tens of km."""
    far = solve_direct(*LAUNCH, 0.5, 12e6)[:2]
    task = _task(far, DEPRESSED, MANOEUVRE)._replace(vehicle=VEHICLE._replace(payload_kg=400.0))
    aim = solve_aim(task, 1e-7)
    assert aim.code == UNSTEADY
    said = explain_failure(aim, DEPRESSED, LAUNCH, far)
    assert "0.1 mrad in attitude moves its impact by" in said
    near, _ = fly_miss(task, aim.azimuth_rad, aim.pitch_end_rad - 5e-6, 1.0, 1e-9)
    over, _ = fly_miss(task, aim.azimuth_rad, aim.pitch_end_rad + 5e-6, 1.0, 1e-9)
    assert abs(over - near) > 10e3
