"""Reach from orbit: the burn against direct integration, the search against brute force, AEI."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from opendome.interceptors.orbital import (
    OrbitalInterceptor,
    OrbitalShots,
    find_orbital_shots,
    is_any_near,
)
from opendome.interceptors.orbital_flight import coast, needed_displacement, solve_burn
from opendome.interceptors.reach import displacement_m, find_burn_s, reach_m
from opendome.interceptors.target_path import TargetPath, place_at, velocity_at
from opendome.physics.constants import (
    EARTH_J2,
    EARTH_MU_M3_S2,
    EARTH_RADIUS_M,
    STANDARD_GRAVITY_M_S2,
)

pytestmark = pytest.mark.kernels

ACCELERATION = 15.0 * STANDARD_GRAVITY_M_S2
DELTA_V = 6000.0
BOOST_M_S2 = np.array([11.0, 30.0, 20.0])
AEI = OrbitalInterceptor(ACCELERATION, DELTA_V, 0.0, 600.0)


def gravity(position: np.ndarray) -> np.ndarray:
    """Central term and J2, as the gradient in Vallado (2013), equation 8-30."""
    r = np.linalg.norm(position)
    z2 = (position[2] / r) ** 2
    j2 = 1.5 * EARTH_J2 * (EARTH_RADIUS_M / r) ** 2
    factors = np.array([1.0 - 5.0 * z2, 1.0 - 5.0 * z2, 3.0 - 5.0 * z2])
    return -EARTH_MU_M3_S2 / r**3 * position * (1.0 + j2 * factors)


def integrate(
    state: np.ndarray, flight_s: float, thrust: np.ndarray | None = None, burn_s: float = 0.0
) -> np.ndarray:
    """End state of a burn from ignition, then coasting, at tight tolerance."""
    for duration_s, push in ((burn_s, thrust), (flight_s - burn_s, None)):
        if duration_s <= 0.0:
            continue
        added = np.zeros(3) if push is None else ACCELERATION * push

        def slope(_: float, y: np.ndarray, added: np.ndarray = added) -> np.ndarray:
            return np.concatenate([y[3:], gravity(y[:3]) + added])

        state = solve_ivp(slope, (0.0, duration_s), state, rtol=1e-9, atol=1e-3).y[:, -1]
    return state


def orbit_state(height_m: float, angle: float, tilt: float) -> np.ndarray:
    """A satellite on a circular orbit: argument of latitude `angle`, inclination `tilt`."""
    radius = EARTH_RADIUS_M + height_m
    speed = math.sqrt(EARTH_MU_M3_S2 / radius)
    along = np.array([-math.sin(angle), math.cos(angle) * math.cos(tilt),
                      math.cos(angle) * math.sin(tilt)])  # fmt: skip
    out = np.array([math.cos(angle), math.sin(angle) * math.cos(tilt),
                    math.sin(angle) * math.sin(tilt)])  # fmt: skip
    return np.concatenate([radius * out, speed * along])


def true_shortfall(state: np.ndarray, flight_s: float, target: np.ndarray) -> float:
    """Displacement needed beyond the reach, by direct integration of the full burn."""
    burn_s = min(DELTA_V / ACCELERATION, flight_s)
    reach = displacement_m(ACCELERATION, burn_s, flight_s)
    needed = target - integrate(state, flight_s)[:3]
    for _ in range(3):
        thrust = needed / np.linalg.norm(needed)
        end = integrate(state, flight_s, thrust, burn_s)[:3]
        needed = target - (end - reach * thrust)
    return float(np.linalg.norm(needed)) - reach


def test_public_flyout_range() -> None:
    """The calculator's defaults: 597.6 km in 120 s, 237.6 km in 60 s at 15 g and 6 km/s."""
    assert reach_m(ACCELERATION, DELTA_V, 120.0) == pytest.approx(597.6e3, abs=50.0)
    assert reach_m(ACCELERATION, DELTA_V, 60.0) == pytest.approx(237.6e3, abs=50.0)


@settings(max_examples=50)
@given(flight_s=st.floats(1.0, 600.0), share=st.floats(0.0, 1.0))
def test_burn_and_displacement_are_inverse(flight_s: float, share: float) -> None:
    """The burn found carries just so far; beyond burning all the way there is none."""
    farthest = displacement_m(ACCELERATION, flight_s, flight_s)
    burn_s = find_burn_s(ACCELERATION, share * farthest, flight_s)
    assert 0.0 <= burn_s <= flight_s
    assert displacement_m(ACCELERATION, burn_s, flight_s) == pytest.approx(
        share * farthest, rel=1e-7, abs=1e-3
    )
    assert math.isnan(find_burn_s(ACCELERATION, 1.001 * farthest, flight_s))
    earlier = reach_m(ACCELERATION, DELTA_V, 0.9 * flight_s)
    assert earlier < reach_m(ACCELERATION, DELTA_V, flight_s)


@pytest.mark.parametrize(("duration_s", "limit_m"), [(30.0, 0.1), (300.0, 5.0), (900.0, 300.0)])
@pytest.mark.parametrize("tilt", [0.3, 1.6])
def test_coasting_against_tight_integration(duration_s: float, limit_m: float, tilt: float) -> None:
    """The stated errors of four Runge-Kutta steps: 5 m in 5 minutes, 300 m in 15."""
    state = orbit_state(4e5, 0.7, tilt)
    error = np.array(coast(tuple(state), duration_s)) - integrate(state, duration_s)
    assert np.linalg.norm(error[:3]) < limit_m
    assert np.linalg.norm(error[3:]) < 0.5


@settings(max_examples=12)
@given(
    flight_s=st.floats(50.0, 300.0),
    share=st.floats(0.1, 0.999),
    azimuth=st.floats(0.0, 6.28),
    climb=st.floats(-0.6, 0.6),
)
def test_burn_hits_by_direct_integration(
    flight_s: float, share: float, azimuth: float, climb: float
) -> None:
    """Any point in reach is met within 2 km (the divert's business), arriving as predicted."""
    state = orbit_state(5e5, 1.0, 0.9)
    out = state[:3] / np.linalg.norm(state[:3])
    along = state[3:] / np.linalg.norm(state[3:])
    side = np.cross(out, along)
    way = math.cos(climb) * (math.cos(azimuth) * along + math.sin(azimuth) * side)
    way += math.sin(climb) * out
    # A point in reach by construction: the powered end of some burn.
    aim_burn_s = find_burn_s(
        ACCELERATION, share * reach_m(ACCELERATION, DELTA_V, flight_s), flight_s
    )
    target = integrate(state, flight_s, way, aim_burn_s)[:3]
    found = solve_burn(tuple(state), flight_s, *target, ACCELERATION, DELTA_V)
    assert not math.isnan(found[3])
    end = integrate(state, flight_s, np.array(found[:3]), found[3])
    assert np.linalg.norm(end[:3] - target) < 2e3
    assert np.linalg.norm(end[3:] - np.array(found[4:])) < 30.0


def test_burn_out_of_reach_or_not_needed() -> None:
    """NaN beyond the reach; next to nothing for the point where the satellite coasts anyway."""
    state = tuple(orbit_state(4e5, 0.7, 0.5))
    x, y, z, *_ = coast(state, 120.0)
    assert math.isnan(solve_burn(state, 120.0, x, y, z + 620e3, ACCELERATION, DELTA_V)[3])
    assert solve_burn(state, 120.0, x, y, z, ACCELERATION, DELTA_V)[3] == 0.0


def still_path(point: np.ndarray, last_s: float = 400.0) -> TargetPath:
    """A target that stands still, as the absentee formula has it."""
    return TargetPath(0.0, last_s / 4.0, 5, np.repeat(point[None], 5, axis=0), np.zeros((5, 3)))


def boost_place(time_s: float | np.ndarray) -> np.ndarray:
    """Where the missile of `boost_path` is: it climbs from the ground with even acceleration."""
    start = np.array([EARTH_RADIUS_M, 0.0, 0.0])
    return start + 0.5 * BOOST_M_S2 * np.asarray(time_s)[..., None] ** 2


def boost_path(step_s: float = 5.0, n: int = 37) -> TargetPath:
    """Prediction of that missile, 180 s long."""
    time = step_s * np.arange(n)
    return TargetPath(0.0, step_s, n, boost_place(time), BOOST_M_S2 * time[:, None])


def fleet(n: int, seed: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Satellites scattered around where the missile of `boost_path` burns out."""
    rng = np.random.default_rng(seed)
    states = np.array(
        [
            orbit_state(4e5, rng.uniform(-0.35, 0.25), rng.uniform(0.0, 2.0 * math.pi))
            for _ in range(n)
        ]
    )
    return states[:, :3].copy(), states[:, 3:].copy()


def find(position: np.ndarray, velocity: np.ndarray, **changes: object) -> OrbitalShots:
    given_values = {
        "interceptor": AEI._replace(minimum_altitude_m=8e4),
        "ready": np.ones(len(position), np.bool_),
        "states_s": 0.0,
        "path": boost_path(),
        "ignition_s": 40.0,
        "latest_s": 170.0,
    } | changes
    return find_orbital_shots(position_eci_m=position, velocity_eci_m_s=velocity, **given_values)


def test_search_finds_what_brute_force_finds() -> None:
    """The same satellites as a scan of every satellite at every second, to the scan's spacing."""
    position, velocity = fleet(60)
    shots = find(position, velocity, n_best=60)
    floor_s = next(
        t
        for t in np.arange(100.0, 170.0, 0.01)
        if np.linalg.norm(boost_place(t)) - EARTH_RADIUS_M >= 8e4
    )
    times = np.append(np.arange(floor_s + 0.05, 170.0, 1.0), 170.0)
    earliest = {}
    for i in range(60):
        state = coast((*position[i], *velocity[i]), 40.0)
        for time in times:
            needed = needed_displacement(
                state, time - 40.0, *boost_place(time), ACCELERATION, DELTA_V
            )[:3]
            if np.linalg.norm(needed) <= reach_m(ACCELERATION, DELTA_V, time - 40.0):
                earliest[i] = time
                break
    found = dict(zip(shots.satellite, shots.intercept_s, strict=True))
    assert 5 < len(earliest) < 60
    assert set(found) == set(earliest)
    assert shots.n_in_reach == len(earliest)
    for i, time in earliest.items():
        assert max(time - 1.0, floor_s) - 0.1 <= found[i] <= time + 0.02


def test_reach_limit_against_direct_integration() -> None:
    """One second before the earliest intercept the full burn falls short, one after it does not."""
    position, velocity = fleet(60)
    shots = find(position, velocity, n_best=20)
    n_checked = 0
    for m in range(len(shots.satellite)):
        time = shots.intercept_s[m]
        # Those met as soon as the altitude allows (117 s) are not at the limit of their reach.
        if not time > 118.0:
            continue
        i = shots.satellite[m]
        state = integrate(np.concatenate([position[i], velocity[i]]), 40.0)
        for at, short in ((time - 1.0, True), (time + 1.0, False)):
            place = (
                np.array([EARTH_RADIUS_M, 0.0, 0.0]) + 0.5 * np.array([11.0, 30.0, 20.0]) * at**2
            )
            assert (true_shortfall(state, at - 40.0, place) > 0.0) == short
        *thrust, burn_s, _, _, _ = solve_burn(
            tuple(state), time - 40.0, *shots.intercept_eci_m[m], ACCELERATION, DELTA_V
        )
        end = integrate(state, time - 40.0, np.array(thrust), burn_s)
        assert np.linalg.norm(end[:3] - shots.intercept_eci_m[m]) < 2e3
        assert np.linalg.norm(end[3:] - shots.arrival_velocity_eci_m_s[m]) < 30.0
        closing = np.linalg.norm(end[3:] - BOOST_M_S2 * time)
        assert shots.closing_speed_m_s[m] == pytest.approx(closing, abs=30.0)
        n_checked += 1
        if n_checked == 4:
            break
    assert n_checked == 4


def test_best_first_and_independent_of_order() -> None:
    """Earliest first, then margin; permuted satellites come out as the same satellites."""
    position, velocity = fleet(60)
    shots = find(position, velocity, n_best=6)
    key = list(zip(shots.intercept_s, -shots.margin_m, strict=True))
    assert len(key) == 6
    assert key == sorted(key)
    full = find(position, velocity, n_best=60)
    assert np.array_equal(shots.satellite, full.satellite[:6])
    order = np.random.default_rng(0).permutation(60)
    permuted = find(position[order], velocity[order], n_best=6)
    assert np.array_equal(order[permuted.satellite], shots.satellite)
    assert np.array_equal(permuted.intercept_s, shots.intercept_s)
    assert find(position, velocity, ignition_s=60.0).n_in_reach < shots.n_in_reach


def test_limits_take_satellites_out_of_reach() -> None:
    """Spent satellites, a reserve, a short flight, a high floor and an early deadline all cost."""
    position, velocity = fleet(60)
    free = find(position, velocity)
    n = free.n_in_reach
    ready = np.ones(60, np.bool_)
    ready[free.satellite[0]] = False
    assert find(position, velocity, ready=ready).n_in_reach == n - 1
    assert 0 < find(position, velocity, reserve_m=1e5).n_in_reach < n
    short = AEI._replace(minimum_altitude_m=8e4, maximum_flight_s=90.0)
    assert 0 < find(position, velocity, interceptor=short).n_in_reach < n
    assert find(position, velocity, latest_s=150.0).n_in_reach < n
    for changes in (
        {"interceptor": AEI._replace(minimum_altitude_m=5e5)},
        {"latest_s": 30.0},
        {"latest_s": math.nan},
        {"reserve_m": 1e7},
        {"ready": np.zeros(60, np.bool_)},
    ):
        none = find(position, velocity, **changes)
        assert none.n_in_reach == 0
        assert none.satellite.size == none.intercept_s.size == 0


@pytest.mark.parametrize("age_s", [0.0, 20.0])
def test_what_is_in_reach_is_near(age_s: float) -> None:
    """States of up to 20 s before the decision never miss a satellite that could fire."""
    position, velocity = fleet(60)
    shots = find(position, velocity, n_best=60)
    apart = 0
    for i in range(60):
        x, y, z, vx, vy, vz = coast((*position[i], *velocity[i]), -age_s)
        near = is_any_near(
            AEI._replace(minimum_altitude_m=8e4), np.array([[x, y, z]]), np.array([[vx, vy, vz]]),
            np.ones(1, np.bool_), -age_s, boost_path(), 40.0, 170.0, 0.0,
        )  # fmt: skip
        assert near or i not in shots.satellite
        apart += not near
    assert apart > 0


@given(st.floats(0.0, 180.0))
def test_a_path_is_exact_for_constant_acceleration(time_s: float) -> None:
    """Between the points lies the parabola itself, and its slope."""
    # Doubles near 1e7 m carry 2 nm; differences over a 5 s step some thousand times that.
    assert np.allclose(place_at(boost_path(), time_s), boost_place(time_s), rtol=0.0, atol=1e-5)
    velocity = velocity_at(boost_path(), time_s)
    assert np.allclose(velocity, BOOST_M_S2 * time_s, rtol=0.0, atol=1e-5)


@pytest.mark.parametrize("floor_m", [1.2e5, 1.4e5])
def test_intercepts_wait_for_the_altitude_floor(floor_m: float) -> None:
    """Satellites in reach before meet the target at the floor, within its height's 0.4 %."""
    shots = find(*fleet(60), interceptor=AEI._replace(minimum_altitude_m=floor_m))
    altitude_m = np.linalg.norm(shots.intercept_eci_m[0]) - EARTH_RADIUS_M
    assert altitude_m == pytest.approx(floor_m, rel=0.004)
    assert shots.margin_m[0] > 0.0


def spread_evenly(n: int) -> np.ndarray:
    """Unit vectors of a Fibonacci lattice."""
    k = np.arange(n) + 0.5
    z = 1.0 - 2.0 * k / n
    turn = math.pi * (1.0 + math.sqrt(5.0)) * k
    level = np.sqrt(1.0 - z * z)
    return np.stack([level * np.cos(turn), level * np.sin(turn), z], axis=1)


def test_absentee_ratio_of_the_public_calculator() -> None:
    """Satellites in reach of a point at 200 km are N over 498.6 (300 km, 120 s), within 3 %.

    The formula is flat: coverage as a plane disc on the shell of the target. The exact cap on the
    satellites' shell holds 1.5 % fewer; the lattice counts to 1 %.
    """
    n, height_m, intercept_m, flight_s = 4000, 300e3, 200e3, 120.0
    unit = spread_evenly(n)
    radius = EARTH_RADIUS_M + height_m
    side = np.cross(unit, [0.31, -0.42, 0.85])
    side /= np.linalg.norm(side, axis=1)[:, None]
    speed = math.sqrt(EARTH_MU_M3_S2 / radius)
    # The lattice holds at intercept: every satellite is carried back along its circular orbit.
    angle = speed / radius * flight_s
    position = radius * (math.cos(angle) * unit - math.sin(angle) * side)
    velocity = speed * (math.cos(angle) * side + math.sin(angle) * unit)
    targets = (EARTH_RADIUS_M + intercept_m) * spread_evenly(25)[5:20]
    ready = np.ones(n, np.bool_)
    still_reached = [
        find_orbital_shots(
            AEI, position, velocity, ready, 0.0, still_path(target), 0.0, flight_s, n_best=1
        ).n_in_reach
        for target in targets
    ]
    range_m = reach_m(ACCELERATION, DELTA_V, flight_s)
    disc_m2 = math.pi * (range_m**2 - (height_m - intercept_m) ** 2)
    ratio = 4.0 * math.pi * (EARTH_RADIUS_M + intercept_m) ** 2 / disc_m2
    assert ratio == pytest.approx(498.57, abs=0.02)
    assert np.mean(still_reached) == pytest.approx(n / ratio, rel=0.03)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ready": np.ones(3, np.bool_)}, "3 ready flags for 5 satellites"),
        ({"ignition_s": -1.0}, "before the time of the satellites' states"),
    ],
)
def test_refusals(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        find(*fleet(5), **changes)


def test_refuses_states_of_the_wrong_shape() -> None:
    position, velocity = fleet(5)
    with pytest.raises(ValueError, match=r"must both have shape \(n, 3\)"):
        find(position, velocity[:4])
