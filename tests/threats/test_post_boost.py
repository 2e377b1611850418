"""Post-boost vehicles: each warhead comes down at its own aim point, within what is in store."""

from __future__ import annotations

import math

import numpy as np
import pytest
from threat_cases import LAUNCH, TARGET, missile_class, order

from opendome.physics.ballistic import fly_to_ground, ground_point
from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.physics.geodesy import solve_direct, solve_inverse
from opendome.physics.random import entity_id
from opendome.tables import codes
from opendome.threats import AimPoint, PartOrder, compile_raid, fly_raid
from opendome.threats.parts import DECOY, SPENT_STAGE, WARHEAD
from opendome.threats.post_boost import aim_release, release_time

pytestmark = pytest.mark.kernels
BUS = {"release_first_s": 20.0, "release_last_s": 320.0, "post_boost_m_s": 400.0}
GMST0 = 0.7


def _around(target, *offsets_km):
    """Aim points so many kilometres north and east of a target."""
    points = [AimPoint(*target, 0)]
    for north, east in offsets_km:
        bearing, distance = math.atan2(east, north), 1e3 * math.hypot(north, east)
        place = solve_direct(*target, bearing, distance)[:2]
        points.append(AimPoint(*place, len(points)))
    return tuple(points)


def _bus_order(aims):
    parts = (
        *(PartOrder(entity_id(f"part {i}"), WARHEAD, i) for i in range(len(aims))),
        PartOrder(entity_id("decoy"), DECOY, 1),
        PartOrder(entity_id("stage"), SPENT_STAGE, len(aims) - 1),
    )
    return order("bus", aims=aims)._replace(parts=parts)


def _impact(truth, row):
    last = truth.trajectories.first[row + 1] - 1
    t = truth.trajectories.time_s[last]
    place = truth.trajectories.position_eci_m[last]
    return ground_point(*place, GMST0 + EARTH_ROTATION_RAD_S * t)


@pytest.fixture(scope="module")
def spread():
    """Four warheads within 200 km of each other, each near the one before it."""
    aims = _around(TARGET, (0.0, 60.0), (50.0, 120.0), (120.0, 130.0))
    raid = compile_raid([missile_class(**BUS)], [_bus_order(aims)])
    return aims, raid, fly_raid(raid, GMST0, 1, 0)


def test_each_warhead_comes_down_at_its_own_aim_point(spread):
    aims, _, truth = spread
    warheads = np.flatnonzero(truth.objects.kind == codes.WARHEAD)
    assert truth.objects.aim_area[warheads].tolist() == [0, 1, 2, 3]
    for row, aim in zip(warheads, aims, strict=True):
        assert solve_inverse(*_impact(truth, row), *aim[:2])[0] < 100.0


def test_releases_are_evenly_spaced_and_the_bus_flies_to_the_last(spread):
    """20 s to 320 s after burnout; companions go with their warhead."""
    _, _, truth = spread
    objects, missiles = truth.objects, truth.missiles
    warheads = np.flatnonzero(objects.kind == codes.WARHEAD)
    due = missiles.burnout_s[0] + np.array([20.0, 120.0, 220.0, 320.0])
    assert np.allclose(objects.start_s[warheads], due)
    decoy, stage = np.flatnonzero(objects.kind == codes.DECOY), warheads[-1] + 2
    assert objects.start_s[decoy] == pytest.approx(due[1])
    assert objects.start_s[stage] == pytest.approx(due[3])
    assert missiles.release_s[0] == objects.end_s[0] == pytest.approx(due[3])


def test_the_bus_changes_its_speed_at_each_release_and_nowhere_else(spread):
    """Two nodes share the time of each release; velocity jumps there by tens of m/s, place not."""
    _, _, truth = spread
    paths = truth.trajectories
    nodes = slice(paths.first[0], paths.first[1])
    time, place, speed = (
        paths.time_s[nodes],
        paths.position_eci_m[nodes],
        paths.velocity_eci_m_s[nodes],
    )
    joints = np.flatnonzero(np.diff(time) == 0.0)
    jumps = np.linalg.norm(speed[joints + 1] - speed[joints], axis=1)
    assert np.linalg.norm(place[joints + 1] - place[joints], axis=1).max() < 1e-6
    large = jumps[jumps > 1.0]
    assert large.size == 2  # the third change comes where the path of the bus ends
    assert large.sum() < 400.0


def test_what_the_store_cannot_serve_follows_the_one_before():
    """With 20 m/s nothing 200 km away is reached: it follows the one before; 5 km away is."""
    aims = _around(TARGET, (5.0, 0.0), (200.0, 0.0))
    poor = missile_class(**BUS | {"post_boost_m_s": 20.0})
    truth = fly_raid(compile_raid([poor], [_bus_order(aims)]), GMST0, 1, 0)
    warheads = np.flatnonzero(truth.objects.kind == codes.WARHEAD)
    assert truth.objects.aim_area[warheads].tolist() == [0, 1, 1]


def test_the_error_at_burnout_is_shared_by_all_that_follows():
    """The vehicle steers by what it believes: its warheads miss together, to a fifth."""
    aims = _around(TARGET, (150.0, 0.0))
    raid = compile_raid([missile_class(**BUS, guidance_sigma_m_s=2.0)], [_bus_order(aims)])
    for k in range(4):
        truth = fly_raid(raid, GMST0, 3, k)
        misses = []
        for row, aim in zip(np.flatnonzero(truth.objects.kind == codes.WARHEAD), aims, strict=True):
            distance, bearing, _ = solve_inverse(*aim[:2], *_impact(truth, row))
            misses.append(distance * np.array([math.cos(bearing), math.sin(bearing)]))
        apart = np.linalg.norm(misses[1] - misses[0])
        assert apart < 0.2 * np.linalg.norm(misses[0]) + 50.0


def test_a_release_needs_the_change_that_linear_theory_says():
    """Over short flights a change dv along the way moves the impact by about dv times the time."""
    state = np.array([6.378e6 + 300e3, 0.0, 0.0, 0.0, 3000.0, 0.0])
    start = fly_to_ground(state, 0.0, 4000.0, 0.0, math.inf, 1e-9)
    change = np.zeros(3)
    target = solve_direct(start.latitude_rad, start.longitude_rad, 0.0, 20e3)[:2]
    miss = aim_release(state, 0.0, 1e9, *target, 1e-9, change)
    assert miss < 20.0
    assert abs(change[2]) == pytest.approx(20e3 / start.time_s, rel=0.05)
    assert np.hypot(change[0], change[1]) < 0.1 * abs(change[2])


def test_one_release_is_the_last():
    assert release_time(10.0, 90.0, 1, 0) == 90.0
    assert [release_time(10.0, 90.0, 3, k) for k in range(3)] == [10.0, 50.0, 90.0]


def test_the_launch_is_where_it_was_ordered(spread):
    _, _, truth = spread
    assert (truth.missiles.launch_latitude_rad[0], truth.missiles.launch_longitude_rad[0]) == LAUNCH
