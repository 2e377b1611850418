"""A raid as flown: objects and times hang together, draws belong to names, failures count."""

from __future__ import annotations

import math

import numpy as np
import pytest
from threat_cases import LAUNCH, TARGET, missile_class, order

from opendome.physics.ballistic import fly_to_ground, ground_point
from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.physics.geodesy import solve_direct, solve_inverse
from opendome.physics.trajectory import sample
from opendome.tables import codes
from opendome.threats import (
    AimPoint,
    compile_raid,
    cut_off,
    explain_raid,
    fly_raid,
    wreck_identity,
)
from opendome.threats.aim_search import solve_aim
from opendome.threats.aiming import LOFTED, OUT_OF_REACH, RAID_TOLERANCE
from opendome.threats.ballistic_block import make_task
from opendome.threats.draws import FAILED_AT_LAUNCH, FAILED_IN_BOOST, FULL_FLIGHT

GMST0 = 1.234


def _impact(truth, row, gmst0=GMST0):
    last = truth.trajectories.first[row + 1] - 1
    t = truth.trajectories.time_s[last]
    position = truth.trajectories.position_eci_m[last]
    return ground_point(*position, gmst0 + EARTH_ROTATION_RAD_S * t)


def _paths(truth):
    return tuple(truth.trajectories)


@pytest.fixture(scope="module")
def exact():
    """Two perfect missiles, thirty seconds apart."""
    orders = [order("s/1"), order("s/2", launch_s=30.0, trajectory=LOFTED)]
    raid = compile_raid([missile_class()], orders)
    return raid, fly_raid(raid, GMST0, 1, 0)


def test_perfect_missiles_hit_their_aim(exact):
    """Within 100 m: the aim was found with the same flights."""
    _, truth = exact
    warheads = np.flatnonzero(truth.objects.kind == codes.WARHEAD)
    assert warheads.size == 2
    for row in warheads:
        miss, _, _ = solve_inverse(*_impact(truth, row), *TARGET)
        assert miss < 100.0
    assert truth.objects.works.all()
    assert (truth.missiles.cutoff_reason == FULL_FLIGHT).all()


def test_an_aim_near_a_known_one_is_as_good_as_one_from_nothing():
    """It hits, and is the same kind of flight: end pitch and energy are nearly the same."""
    orders = [order("s/1"), order("s/2", trajectory=LOFTED)]
    raid = compile_raid([missile_class()], orders)
    for i, one in enumerate(orders):
        aim = solve_aim(
            make_task(missile_class(), one.launch_rad, one.aim_rad, one.trajectory), RAID_TOLERANCE
        )
        found = raid.blocks[0].missiles
        assert found.aim_miss_m[i] < 50.0
        assert found.aim_pitch_end_rad[i] == pytest.approx(aim.pitch_end_rad, abs=0.03)
        assert found.aim_energy[i] == pytest.approx(aim.energy, abs=0.003)


def test_objects_follow_each_other_in_time_and_place(exact):
    raid, truth = exact
    objects, missiles = truth.objects, truth.missiles
    for m in range(2):
        rows = np.flatnonzero(objects.missile == m)
        booster, released = rows[0], rows[1:]
        assert objects.kind[booster] == codes.BOOSTER
        assert objects.identity[booster] == raid.blocks[0].missiles.identity[m]
        assert objects.start_s[booster] == missiles.launch_s[m]
        assert objects.end_s[booster] == missiles.release_s[m]
        assert missiles.release_s[m] == pytest.approx(missiles.burnout_s[m] + 30.0)
        parting = sample(*_paths(truth), booster, missiles.release_s[m])
        for row in released:
            assert objects.start_s[row] == missiles.release_s[m] == objects.burnout_s[row]
            assert objects.plume_w_sr[row] == 0.0
            born = sample(*_paths(truth), row, objects.start_s[row])
            assert np.abs(np.subtract(born[:3], parting[:3])).max() < 1e-6
            assert np.abs(np.subtract(born[3:], parting[3:])).max() < 20.0
        assert objects.plume_w_sr[booster] == 5e5


def test_the_launch_stands_on_the_turning_earth(exact):
    _, truth = exact
    for row in np.flatnonzero(truth.objects.kind == codes.BOOSTER):
        node = truth.trajectories.first[row]
        t = truth.trajectories.time_s[node]
        place = ground_point(
            *truth.trajectories.position_eci_m[node], GMST0 + EARTH_ROTATION_RAD_S * t
        )
        assert np.allclose(place, LAUNCH, atol=1e-9)


def test_the_earths_angle_turns_paths_and_changes_nothing_else(exact):
    raid, truth = exact
    other = fly_raid(raid, GMST0 + 2.0, 1, 0)
    assert np.array_equal(other.trajectories.time_s, truth.trajectories.time_s)
    assert np.array_equal(other.objects.end_s, truth.objects.end_s)
    c, s = math.cos(2.0), math.sin(2.0)
    spin = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    for name in ("position_eci_m", "velocity_eci_m_s", "acceleration_eci_m_s2"):
        mine, turned = getattr(truth.trajectories, name), getattr(other.trajectories, name)
        assert np.allclose(mine @ spin.T, turned, rtol=0.0, atol=1e-6)


def test_light_objects_come_down_later_than_the_warhead(exact):
    _, truth = exact
    objects = truth.objects
    warhead = np.flatnonzero((objects.kind == codes.WARHEAD) & (objects.missile == 0))[0]
    stage = np.flatnonzero((objects.kind == codes.DEBRIS) & (objects.missile == 0))[0]
    assert objects.end_s[stage] > objects.end_s[warhead] + 5.0


ROUGH = {
    "burn_time_sigma": 0.01,
    "specific_impulse_sigma": 0.003,
    "guidance_sigma_m_s": 0.5,
    "launch_reliability": 0.8,
    "flight_reliability": 0.7,
    "warhead_reliability": 0.9,
}


@pytest.fixture(scope="module")
def rough():
    names = [f"s/{i}" for i in range(12)]
    orders = [order(name, launch_s=10.0 * i, launch_jitter_s=3.0) for i, name in enumerate(names)]
    return names, orders, compile_raid([missile_class(**ROUGH)], orders)


def test_draws_belong_to_names_not_to_rows(rough):
    """Leaving out missiles and turning their order leaves every other missile as it was."""
    _, orders, raid = rough
    whole = fly_raid(raid, GMST0, 7, 3)
    part = fly_raid(compile_raid([missile_class(**ROUGH)], orders[::-2]), GMST0, 7, 3)
    where = {int(i): row for row, i in enumerate(whole.objects.identity)}
    assert part.objects.identity.size > 3
    for row, identity in enumerate(part.objects.identity):
        old = where[int(identity)]
        assert part.objects.end_s[row] == whole.objects.end_s[old]
        assert part.objects.feature[row] == whole.objects.feature[old]


def test_replications_differ_and_repeat(rough):
    _, _, raid = rough
    one, again, other = (fly_raid(raid, GMST0, 7, k) for k in (0, 0, 1))
    assert all(np.array_equal(a, b) for a, b in zip(one.objects, again.objects, strict=True))
    assert not np.array_equal(one.missiles.launch_s, other.missiles.launch_s)


def test_failures_come_at_the_stated_rates_and_fall_short(rough):
    """240 missiles, launch 0.8, flight 0.7: within four sigma of the binomial."""
    _, _, raid = rough
    flights = [fly_raid(raid, GMST0, 11, k) for k in range(20)]
    reason = np.concatenate([truth.missiles.cutoff_reason for truth in flights])
    at_launch = (reason == FAILED_AT_LAUNCH).mean()
    in_boost = (reason == FAILED_IN_BOOST).sum() / (reason != FAILED_AT_LAUNCH).sum()
    assert abs(at_launch - 0.2) < 4 * math.sqrt(0.2 * 0.8 / 240)
    assert abs(in_boost - 0.3) < 4 * math.sqrt(0.3 * 0.7 / 192)
    for truth in flights[:3]:
        for m in np.flatnonzero(truth.missiles.cutoff_reason == FAILED_IN_BOOST):
            rows = np.flatnonzero(truth.objects.missile == m)
            assert not truth.objects.works[rows].any()
            assert np.isnan(truth.missiles.release_s[m])
            assert list(truth.objects.kind[rows]) == [codes.BOOSTER, codes.DEBRIS]
            assert truth.objects.identity[rows[1]] == wreck_identity(
                raid.blocks[0].missiles.identity[m]
            )
            assert truth.objects.start_s[rows[1]] == truth.objects.end_s[rows[0]]
            flown, _, _ = solve_inverse(*LAUNCH, *_impact(truth, rows[1]))
            whole, _, _ = solve_inverse(*LAUNCH, *TARGET)
            assert flown < whole
        for m in np.flatnonzero(truth.missiles.cutoff_reason == FAILED_AT_LAUNCH):
            assert not (truth.objects.missile == m).any()


def test_guidance_error_spreads_impacts_as_its_partials_say(rough):
    """About 0.5 m/s at burnout is one to three kilometres on the ground at this range."""
    _, _, raid = rough
    misses = []
    for k in range(10):
        truth = fly_raid(raid, GMST0, 5, k)
        warheads = np.flatnonzero(truth.objects.kind == codes.WARHEAD)
        misses += [solve_inverse(*_impact(truth, row), *TARGET)[0] for row in warheads]
    assert 500.0 < np.median(misses) < 3000.0


def test_a_cut_missile_falls_from_where_it_was_hit(exact):
    _, truth = exact
    row = int(np.flatnonzero(truth.objects.kind == codes.BOOSTER)[0])
    path = cut_off(truth.missiles, truth.objects, truth.trajectories, row, 150.0)
    assert path.time_s[0] == 150.0
    state = np.array(sample(*_paths(truth), row, 150.0))
    assert np.allclose(path.position_eci_m[0], state[:3])
    fall = fly_to_ground(state, 150.0, 9000.0, GMST0, 7000.0, 1e-7)
    assert path.time_s[-1] == pytest.approx(fall.time_s, abs=1e-6)
    flown, _, _ = solve_inverse(*LAUNCH, fall.latitude_rad, fall.longitude_rad)
    assert flown < solve_inverse(*LAUNCH, *TARGET)[0]


def test_a_missile_that_does_not_fly_cannot_be_cut(exact):
    _, truth = exact
    with pytest.raises(ValueError, match="does not fly"):
        cut_off(truth.missiles, truth.objects, truth.trajectories, 0, 9000.0)


def test_a_missile_without_an_aim_keeps_the_reason_and_comes_down_somewhere():
    far = solve_direct(*LAUNCH, -1.0, 15e6)[:2]
    raid = compile_raid([missile_class()], [order("far", aims=(AimPoint(*far, 0),))])
    missiles = raid.blocks[0].missiles
    assert missiles.aim_code[0] == OUT_OF_REACH
    assert 10e6 < missiles.aim_reach_m[0] < 15e6
    ((row, reason),) = explain_raid(raid)
    assert row == 0
    assert "falls" in reason
    truth = fly_raid(raid, GMST0, 1, 0)
    row = int(np.flatnonzero(truth.objects.kind == codes.WARHEAD)[0])
    flown, _, _ = solve_inverse(*LAUNCH, *_impact(truth, row))
    assert flown == pytest.approx(missiles.aim_reach_m[0], rel=0.01)


def test_an_empty_raid_flies():
    truth = fly_raid(compile_raid([missile_class()], []), GMST0, 1, 0)
    assert truth.objects.identity.size == 0
    assert truth.trajectories.first.tolist() == [0]
