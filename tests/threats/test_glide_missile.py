"""Aims of boosted gliders, what they hit and how, what cannot be aimed, their place in raids."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threat_cases import missile_class, order

from opendome.errors import BadInput
from opendome.physics.ballistic import ground_point
from opendome.physics.boost import build_vehicle
from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.physics.flight import no_nodes
from opendome.physics.geodesy import solve_direct, solve_inverse
from opendome.physics.glide import Glider
from opendome.physics.random import entity_id
from opendome.physics.reentry import altitude
from opendome.physics.trajectory import sample
from opendome.tables import codes
from opendome.threats import AimPoint, PartOrder, compile_raid, explain_raid, fly_raid
from opendome.threats.aiming import (
    AIMED,
    CUT_OFF,
    MANOEUVRE,
    MINIMUM_ENERGY,
    NOT_FOUND,
    OUT_OF_REACH,
    TOO_NEAR,
)
from opendome.threats.courses import Conduct
from opendome.threats.glide import (
    GlideTask,
    correct_glide_aim,
    explain_glide_failure,
    record_glide_missile,
    solve_glide_aim,
)
from opendome.threats.glide_raid import GlideClass, fly_glide_missile
from opendome.threats.parts import FRAGMENT, SPENT_STAGE, WARHEAD
from opendome.threats.single import Place, fly_one

RAD = math.radians
TOLERANCE = 1e-7
# Of the sizes of the public DF-17 and Avangard: all numbers are assumptions.
THEATRE = GlideClass(
    build_vehicle([(12500.0, 1400.0, 62.0, 262.0, 0.0)], 1000.0, 0.62, 5.0, 43.0),
    Glider(7000.0, 2.6, 1.5, 20.0, 0.7, RAD(60.0), 4.0, 80e3, 15.0, 30e3, RAD(25.0), 3.5, 1.0),
    CUT_OFF, 70e3, 1500.0, Conduct(*[0.0] * 4, *[1.0] * 3, np.zeros(7), missile_class().looks),
)  # fmt: skip
LONG = GlideClass(
    build_vehicle(
        [(72500.0, 5400.0, 121.0, 300.0, 0.0), (12000.0, 2000.0, 150.0, 315.0, 0.0)], 2000.0, 2.95,
        8.0, 108.0,
    ),
    Glider(10000.0, 2.8, 1.5, 15.0, 0.7, RAD(60.0), 4.0, 80e3, 20.0, 50e3, RAD(25.0), 3.5, 1.0),
    CUT_OFF, 110e3, 2500.0, THEATRE.conduct,
)  # fmt: skip
HOME = RAD(45.0), RAD(60.0)


def _task(one=LONG, distance_m=8000e3, azimuth=0.3, launch=HOME, **changes):
    target = solve_direct(*launch, azimuth, distance_m)[:2]
    return GlideTask(
        one.vehicle, one.glider, one.energy_management, one.insertion_apogee_m,
        one.arrival_speed_m_s, *launch, np.array([target]),
    )._replace(**changes)  # fmt: skip


def _heights(nodes, start_s, end_s):
    chosen = (nodes.time_s >= start_s) & (nodes.time_s <= end_s)
    return np.array([altitude(*place) for place in nodes.position_eci_m[chosen]])


@pytest.mark.parametrize(
    ("one", "shortest_m", "longest_m"), [(THEATRE, 800e3, 1800e3), (LONG, 5500e3, 10000e3)]
)
@settings(max_examples=25)
@given(
    st.floats(-70.0, 70.0), st.floats(-180.0, 180.0), st.floats(0.0, 360.0), st.floats(0.0, 1.0),
    st.sampled_from([CUT_OFF, MANOEUVRE]),
)  # fmt: skip
def test_any_target_in_range_is_hit_at_the_stated_speed(
    one, shortest_m, longest_m, latitude, longitude, azimuth, share, management
):
    """Miss under 100 m, dive at the stated speed to 60 m/s, loads and heights that make sense.

    Speed is what 30 km of way cost. The glide stays above 20 km up to the dive and under the
    entry altitude; the whole flight loads no more than structure bears; the impact is supersonic
    and steep, as the dive angle asks.
    """
    distance = shortest_m + share * (longest_m - shortest_m)
    task = _task(
        one, distance, RAD(azimuth), (RAD(latitude), RAD(longitude)), energy_management=management
    )
    aim = solve_glide_aim(task, TOLERANCE)
    assert aim.code == AIMED, explain_glide_failure(task, aim)
    assert 0.2 < aim.energy <= 1.0
    flight, nodes = fly_glide_missile(task, aim, 0.1 * TOLERANCE)
    glide = flight.glide
    assert glide.miss_m < 100.0
    assert glide.dive_speed_m_s == pytest.approx(task.arrival_speed_m_s, abs=60.0)
    assert 700.0 < glide.end_speed_m_s < glide.dive_speed_m_s
    assert RAD(-60.0) < glide.end_angle_rad < RAD(-20.0)
    assert glide.peak_load <= task.glider.load_limit
    assert abs(glide.heading_error_rad) < 4e-3
    level = _heights(nodes, glide.glide_s, glide.dive_s)
    assert level.min() > 20e3
    assert level.max() < 60e3
    assert _heights(nodes, 0.0, glide.end_s).max() < task.insertion_apogee_m + 5e3
    assert np.all(np.diff(nodes.time_s) >= 0.0)


def test_boost_ends_on_the_path_of_its_class():
    """Apogee within 3 km of the stated one, which the flight reaches; burnout below it."""
    task = _task()
    aim = solve_glide_aim(task, TOLERANCE)
    _, nodes = fly_glide_missile(task, aim, TOLERANCE)
    heights = _heights(nodes, 0.0, nodes.time_s[-1])
    assert heights.max() == pytest.approx(task.insertion_apogee_m, abs=3e3)


@pytest.mark.parametrize(("one", "distance_m"), [(THEATRE, 3000e3), (LONG, 16000e3)])
@pytest.mark.parametrize("azimuth", [-1.5, 1.0, 3.0])
def test_too_far_a_target_is_told_with_a_range_that_works(one, distance_m, azimuth):
    if one is LONG:  # heavier: at its best it would go round half the Earth
        one = LONG._replace(vehicle=LONG.vehicle._replace(payload_kg=3000.0))
    task = _task(one, distance_m, azimuth)
    aim = solve_glide_aim(task, TOLERANCE)
    assert aim.code == OUT_OF_REACH
    told = explain_glide_failure(task, aim)
    assert f"the route is {distance_m / 1e3:,.0f} km long" in told
    assert f"allowed: up to {aim.reach_m / 1e3:,.0f} km" in told
    for change, code in ((-50e3, AIMED), (60e3, OUT_OF_REACH)):
        other = _task(one, aim.reach_m + change, azimuth)
        assert solve_glide_aim(other, TOLERANCE).code == code


@pytest.mark.parametrize(("burn", "impulse"), [(1.02, 1.0), (0.98, 1.0), (1.0, 0.995)])
@pytest.mark.parametrize(("one", "distance_m"), [(THEATRE, 1300e3), (LONG, 8000e3)])
def test_missile_built_otherwise_is_corrected_and_hits(one, distance_m, burn, impulse):
    """Burn time 2 % off or specific impulse 0.5 % low: corrected in fewer flights than anew."""
    task = _task(one, distance_m)
    nominal = solve_glide_aim(task, TOLERANCE)
    vehicle = one.vehicle._replace(
        stage_burn_s=one.vehicle.stage_burn_s * burn,
        stage_specific_impulse_s=one.vehicle.stage_specific_impulse_s * impulse,
    )
    built = task._replace(vehicle=vehicle)
    aim = correct_glide_aim(built, nominal, TOLERANCE)
    assert aim.code == AIMED
    assert aim.n_flights <= solve_glide_aim(built, TOLERANCE).n_flights
    glide = record_glide_missile(
        built, aim.azimuth_rad, aim.pitch_end_rad, aim.energy, 0.0, TOLERANCE, no_nodes()
    ).glide
    assert glide.miss_m < 100.0
    assert glide.dive_speed_m_s == pytest.approx(task.arrival_speed_m_s, abs=60.0)
    if impulse < 1.0:
        assert aim.energy > nominal.energy


def test_missile_too_weak_for_its_target_comes_down_short():
    """Five per cent less specific impulse at the edge of the range: on the ground, on its way."""
    task = _task(THEATRE, 1850e3, 0.0)
    nominal = solve_glide_aim(task, TOLERANCE)
    weak = THEATRE.vehicle._replace(
        stage_specific_impulse_s=0.95 * THEATRE.vehicle.stage_specific_impulse_s
    )
    built = task._replace(vehicle=weak)
    aim = correct_glide_aim(built, nominal, TOLERANCE)
    assert aim.code == OUT_OF_REACH
    flight, _ = fly_glide_missile(built, aim, TOLERANCE)
    flown, _, _ = solve_inverse(
        *HOME, flight.glide.end_latitude_rad, flight.glide.end_longitude_rad
    )
    assert 1200e3 < flown < 1860e3


def test_waypoints_bend_the_route():
    """Round a point 300 km off the geodesic, within capture of it, to the target."""
    middle = solve_direct(*HOME, 0.3, 4000e3)
    beside = solve_direct(middle[0], middle[1], middle[2] + 0.5 * math.pi, 300e3)[:2]
    direct = _task()
    task = direct._replace(route_rad=np.array([beside, direct.route_rad[0]]))
    aim = solve_glide_aim(task, TOLERANCE)
    assert aim.code == AIMED
    flight, nodes = fly_glide_missile(task, aim, TOLERANCE)
    assert flight.glide.miss_m < 100.0
    first = np.array([0, nodes.time_s.size])
    passes = []
    for t in np.linspace(300.0, flight.glide.end_s, 400):
        place = sample(first, *nodes, 0, t)[:3]
        passes.append(solve_inverse(*ground_point(*place, EARTH_ROTATION_RAD_S * t), *beside)[0])
    assert min(passes) < task.glider.capture_m


@pytest.mark.parametrize(
    ("one", "distance_m"), [(THEATRE, 50e3), (THEATRE, 300e3), (LONG, 400e3), (LONG, 600e3)]
)
def test_too_near_a_target_is_told_with_a_range_that_works(one, distance_m):
    """Under the boost or the pull-up there is no glide; 10 % beyond the range told there is."""
    task = _task(one, distance_m)
    aim = solve_glide_aim(task, TOLERANCE)
    assert aim.code == TOO_NEAR
    told = explain_glide_failure(task, aim)
    assert f"the route of {distance_m / 1e3:,.0f} km is too short" in told
    least = float(told.split("allowed: ")[1].split(" km")[0].replace(",", "")) * 1e3
    assert distance_m < least < 2000e3
    for farther in (1.0, 1.1, 1.5):
        other = _task(one, farther * least + 1e3)
        aim = solve_glide_aim(other, TOLERANCE)
        assert aim.code == AIMED
        assert fly_glide_missile(other, aim, TOLERANCE)[0].glide.miss_m < 100.0


def test_launcher_that_does_not_fit_the_apogee_is_told():
    feeble = build_vehicle([(3000.0, 1400.0, 62.0, 200.0, 0.0)], 1000.0, 0.62, 5.0, 43.0)
    task = _task(THEATRE, 1000e3)._replace(vehicle=feeble)
    aim = solve_glide_aim(task, TOLERANCE)
    assert aim.code == NOT_FOUND
    told = explain_glide_failure(task, aim)
    assert told.startswith("no boost ends on a path with an apogee of 70 km; allowed: ")


def test_target_within_reach_is_said_to_be():
    task = _task()
    told = explain_glide_failure(task, solve_glide_aim(task, TOLERANCE))
    assert told == "the target at the end of 8,000 km is reached"


# Raids.

GMST0 = 0.9
TARGET = RAD(38.9), RAD(-77.0)


def _orders(kind_launch):
    built = []
    for name, kind, launch in kind_launch:
        parts = tuple(
            PartOrder(entity_id(f"{name}/{p}"), p, 0) for p in (WARHEAD, SPENT_STAGE, FRAGMENT)
        )
        built.append(
            order(
                name, missile_class=kind, launch_latitude_rad=launch[0],
                launch_longitude_rad=launch[1], aims=(AimPoint(*TARGET, 0),),
            )._replace(parts=parts)
        )  # fmt: skip
    return built


FROM = RAD(56.0), RAD(60.0)


def _fly(one, orders):
    return fly_raid(compile_raid([missile_class(), one], orders), GMST0, 1, 0)


def _miss(truth, row):
    last = truth.trajectories.first[row + 1] - 1
    t = truth.trajectories.time_s[last]
    place = truth.trajectories.position_eci_m[last]
    return solve_inverse(*ground_point(*place, GMST0 + EARTH_ROTATION_RAD_S * t), *TARGET)[0]


def test_legs_of_a_glider_follow_each_other_and_it_hits():
    """Booster to burnout, glider from there to its aim, beside a ballistic missile."""
    truth = _fly(LONG, _orders([("glide", 1, FROM), ("icbm", 0, (RAD(40.0), RAD(126.0)))]))
    (missile,) = np.flatnonzero(truth.missiles.missile_class == 1)
    rows = np.flatnonzero(truth.objects.missile == missile)
    assert truth.objects.kind[rows[:2]].tolist() == [codes.BOOSTER, codes.GLIDER]
    booster, glider = rows[:2]
    assert truth.objects.burnout_s[booster] == pytest.approx(truth.objects.end_s[booster])
    assert truth.objects.start_s[glider] == truth.objects.end_s[booster]
    paths = tuple(truth.trajectories)
    parting = truth.objects.start_s[glider]
    left, begun = (np.array(sample(*paths, row, parting)) for row in (booster, glider))
    assert np.abs(left - begun)[:3].max() < 1e-3
    assert np.abs(left - begun)[3:].max() < 1e-3
    assert _miss(truth, glider) < 100.0
    assert truth.objects.end_s[glider] > 1200.0


def test_scattered_gliders_hit_and_differ():
    conduct = THEATRE.conduct._replace(
        burn_time_sigma=0.02, specific_impulse_sigma=0.003, drag_sigma=0.05
    )
    launches = [(f"g{i}", 1, FROM) for i in range(6)]
    truth = _fly(LONG._replace(conduct=conduct), _orders(launches))
    gliders = np.flatnonzero(truth.objects.kind == codes.GLIDER)
    assert gliders.size == 6
    assert len(set(truth.objects.end_s[gliders])) == 6
    for row in gliders:
        assert _miss(truth, row) < 1000.0


def test_glider_that_fails_in_flight_is_a_wreck_that_falls_short():
    conduct = THEATRE.conduct._replace(flight_reliability=0.0)
    truth = _fly(LONG._replace(conduct=conduct), _orders([("glide", 1, FROM)]))
    rows = np.flatnonzero(truth.objects.missile == 0)
    assert codes.GLIDER not in truth.objects.kind[rows].tolist()
    assert not truth.objects.works[rows].any()
    assert _miss(truth, rows[-1]) > 100e3


def test_glider_out_of_reach_is_told_by_order():
    told = dict(explain_raid(compile_raid([missile_class(), THEATRE], _orders([("far", 1, FROM)]))))
    assert list(told) == [0]
    assert "falls" in told[0]
    assert "short of its arrival speed" in told[0]


def test_boost_beyond_the_limit_is_refused_alone_and_in_a_raid():
    """By a limit just below its greatest dynamic pressure, not by one just above."""
    start, end = Place("here", *FROM), Place("there", *TARGET)
    peak = fly_one(LONG, start, end, MINIMUM_ENERGY, ()).peak_pressure_pa

    def limited(share):
        return LONG._replace(conduct=LONG.conduct._replace(dynamic_pressure_limit_pa=share * peak))

    assert fly_one(limited(1.001), start, end, MINIMUM_ENERGY, ()).peak_pressure_pa == peak
    with pytest.raises(BadInput, match=r"there: the ascent .* kPa above the limit of the class"):
        fly_one(limited(0.999), start, end, MINIMUM_ENERGY, ())
    orders = _orders([("glide", 1, FROM)])
    assert explain_raid(compile_raid([missile_class(), limited(1.001)], orders)) == []
    ((row, reason),) = explain_raid(compile_raid([missile_class(), limited(0.999)], orders))
    assert row == 0
    assert "above the limit of the class" in reason
