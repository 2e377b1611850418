"""Raids of several kinds of missile: each hits its aim, draws belong to names, failures fall."""

from __future__ import annotations

import math

import numpy as np
import pytest
from threat_cases import missile_class, order

from opendome.physics.ballistic import ground_point
from opendome.physics.boost import build_vehicle
from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.physics.cruise import Profile
from opendome.physics.geodesy import solve_inverse
from opendome.physics.random import entity_id
from opendome.physics.trajectory import sample
from opendome.tables import codes
from opendome.threats import AimPoint, PartOrder, compile_raid, explain_raid, fly_raid, pick_draws
from opendome.threats.courses import Conduct
from opendome.threats.cruise import CruiseClass, CruiseMissileClass
from opendome.threats.orbit_insertion import OrbitalMissile
from opendome.threats.orbital_raid import OrbitalClass
from opendome.threats.parts import FRAGMENT, SPENT_STAGE, WARHEAD

GMST0 = 0.9
WASHINGTON = (math.radians(38.9), math.radians(-77.0))
SEA = (math.radians(40.0), math.radians(-60.0))
STEPPE = (math.radians(46.0), math.radians(63.0))
PROFILE = Profile(240.0, 0.0, 10.0, 0.0, 50.0, 0.3, 0.6, 0.0, 0.5)
LAUNCHER = build_vehicle(
    [(125e3, 8.5e3, 115.0, 298.0, 2.0), (38e3, 3.4e3, 150.0, 320.0, 3.0),
     (8.5e3, 1e3, 170.0, 320.0, 0.0)], 4700.0, 3.0, 10.0, 150.0,
)  # fmt: skip
BALLISTIC, CRUISE, ORBITAL = 0, 1, 2


def _conduct(**changes):
    exact = missile_class()
    perfect = Conduct(
        0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, exact.release_speed_m_s, exact.looks
    )  # fmt: skip
    return perfect._replace(**changes)


def _classes(**changes):
    conduct = _conduct(**changes)
    return [
        missile_class(),
        CruiseMissileClass(CruiseClass(PROFILE, 2500e3), conduct),
        OrbitalClass(
            OrbitalMissile(LAUNCHER, 160e3, 2000.0, 8000.0, 400.0, 50e3, 300.0), False, conduct
        ),
    ]


def _order(name, kind, launch, parts=(WARHEAD,), **changes):
    listed = tuple(PartOrder(entity_id(f"{name}/{part}"), part, 0) for part in parts)
    return order(
        name, missile_class=kind, launch_latitude_rad=launch[0], launch_longitude_rad=launch[1],
        aims=(AimPoint(*WASHINGTON, 0),),
    )._replace(parts=listed, **changes)  # fmt: skip


def _orders():
    return [
        _order("cruise", CRUISE, SEA, launch_s=40.0, launch_jitter_s=5.0),
        _order("icbm", BALLISTIC, (math.radians(40.0), math.radians(126.0))),
        _order("orbit", ORBITAL, STEPPE, (WARHEAD, SPENT_STAGE, FRAGMENT)),
    ]


@pytest.fixture(scope="module")
def mixed():
    raid = compile_raid(_classes(), _orders())
    return raid, fly_raid(raid, GMST0, 1, 0)


def _impact(truth, row, gmst0=GMST0):
    last = truth.trajectories.first[row + 1] - 1
    t = truth.trajectories.time_s[last]
    place = truth.trajectories.position_eci_m[last]
    return ground_point(*place, gmst0 + EARTH_ROTATION_RAD_S * t)


def test_every_kind_hits_its_aim_and_keeps_its_place(mixed):
    """Blocks come in the order of the classes; each row says which class it is of."""
    raid, truth = mixed
    assert raid.order == (1, 0, 2)
    assert truth.missiles.missile_class.tolist() == [BALLISTIC, CRUISE, ORBITAL]
    lethal = np.flatnonzero(np.isin(truth.objects.kind, codes.LETHAL_KINDS))
    assert truth.objects.kind[lethal].tolist() == [codes.WARHEAD, codes.CRUISE, codes.WARHEAD]
    assert truth.objects.missile[lethal].tolist() == [0, 1, 2]
    for row in lethal:
        assert solve_inverse(*_impact(truth, row), *WASHINGTON)[0] < 100.0


def test_legs_of_an_orbital_missile_follow_each_other(mixed):
    """Booster to the insertion, body from there; the stage stays up, near where it was left."""
    _, truth = mixed
    rows = np.flatnonzero(truth.objects.missile == 2)
    booster, body, stage, _ = rows
    assert truth.objects.kind[rows].tolist() == [
        codes.BOOSTER, codes.WARHEAD, codes.DEBRIS, codes.DEBRIS,
    ]  # fmt: skip
    assert truth.objects.burnout_s[booster] == truth.objects.end_s[booster]
    assert truth.objects.start_s[body] == truth.objects.end_s[booster]
    paths = tuple(truth.trajectories)
    parting = truth.objects.start_s[body]
    left = np.array(sample(*paths, booster, parting))
    for row in (body, stage):
        assert np.abs(np.array(sample(*paths, row, parting)) - left)[:3].max() < 1e-3
    assert truth.objects.end_s[stage] > truth.objects.end_s[body]


def test_the_earths_angle_turns_courses_and_changes_nothing_else(mixed):
    raid, truth = mixed
    other = fly_raid(raid, GMST0 + 1.0, 1, 0)
    assert np.array_equal(other.objects.end_s, truth.objects.end_s)
    c, s = math.cos(1.0), math.sin(1.0)
    spin = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    for mine, turned in zip(truth.trajectories[2:], other.trajectories[2:], strict=True):
        assert np.allclose(mine @ spin.T, turned, rtol=0.0, atol=1e-5)


def test_draws_belong_to_names_not_to_rows(mixed):
    """Alone, each missile flies as it does in company."""
    _, truth = mixed
    classes = _classes()
    where = {int(i): row for row, i in enumerate(truth.objects.identity)}
    for one in _orders():
        alone = fly_raid(compile_raid(classes, [one]), GMST0, 1, 0)
        for row, identity in enumerate(alone.objects.identity):
            assert alone.objects.end_s[row] == truth.objects.end_s[where[int(identity)]]
            assert alone.objects.feature[row] == truth.objects.feature[where[int(identity)]]


def test_guidance_error_is_as_large_as_stated():
    """North and east, 500 m each: the mean square of 60 misses is twice that of one axis."""
    classes = _classes(guidance_sigma_m=500.0)
    orders = [_order(f"c{i}", CRUISE, SEA) for i in range(60)]
    truth = fly_raid(compile_raid(classes, orders), GMST0, 1, 0)
    squares = [
        solve_inverse(*_impact(truth, row), *WASHINGTON)[0] ** 2
        for row in range(truth.objects.end_s.size)
    ]
    assert np.mean(squares) == pytest.approx(2.0 * 500.0**2, rel=0.4)


def test_failures_leave_a_wreck_that_falls_short():
    """A cruise missile or launcher that fails in flight is debris from there on."""
    classes = _classes(flight_reliability=0.0)
    truth = fly_raid(compile_raid(classes, _orders()), GMST0, 1, 0)
    for m in (1, 2):
        rows = np.flatnonzero(truth.objects.missile == m)
        assert not truth.objects.works[rows].any()
        assert truth.objects.kind[rows[-1]] == codes.DEBRIS
        assert truth.objects.start_s[rows[-1]] == pytest.approx(truth.objects.end_s[rows[0]])
        assert solve_inverse(*_impact(truth, rows[-1]), *WASHINGTON)[0] > 10e3
    silent = fly_raid(compile_raid(_classes(launch_reliability=0.0), _orders()), GMST0, 1, 0)
    assert set(silent.objects.missile.tolist()) == {0}


def test_scattered_launchers_still_hit():
    """Burn times off by 2 %: guidance closes the loop."""
    classes = _classes(burn_time_sigma=0.02, specific_impulse_sigma=0.002)
    orders = [_order(f"o{i}", ORBITAL, STEPPE) for i in range(4)]
    truth = fly_raid(compile_raid(classes, orders), GMST0, 1, 0)
    lethal = np.flatnonzero(truth.objects.kind == codes.WARHEAD)
    assert len(set(truth.missiles.burnout_s)) == 4
    for row in lethal:
        assert solve_inverse(*_impact(truth, row), *WASHINGTON)[0] < 100.0


def test_ascent_into_orbit_beyond_the_limit_is_told_by_order():
    """The class's limit holds for what goes by way of an orbit as for any boost."""
    orders = [_orders()[2]]
    told = [
        explain_raid(compile_raid(_classes(dynamic_pressure_limit_pa=limit), orders))
        for limit in (20e3, 500e3)
    ]
    ((row, reason),) = told[0]
    assert row == 0
    assert "allowed: up to 20.0 kPa" in reason
    assert told[1] == []


def test_what_cannot_be_flown_is_told_by_order():
    """Rows of the orders, with a sentence each."""
    far = _order("far", CRUISE, (math.radians(60.0), math.radians(10.0)))
    near = _order("near", ORBITAL, (math.radians(39.0), math.radians(-86.0)))
    raid = compile_raid(_classes(), [*_orders(), far, near])
    told = dict(explain_raid(raid))
    assert set(told) == {3, 4}
    assert "beyond the range" in told[3]
    assert "too near for an orbit" in told[4]


def test_several_draws_are_picked_by_name(mixed):
    """Draws of the same raid: each missile takes one of them, the same in every block's order."""
    raid, _ = mixed
    moved = [one._replace(launch_s=one.launch_s + 1000.0) for one in _orders()]
    other = compile_raid(_classes(), moved)
    starts = {
        tuple(
            float(x)
            for block in pick_draws((raid, other), 1, k).blocks
            for x in block.missiles.launch_s
        )
        for k in range(20)
    }
    assert 3 < len(starts) <= 8
