"""Fly-out tables say what direct integration does, and nothing outside an interceptor's reach."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from known_interceptors import (
    EQUATOR,
    GREELY,
    LONG_RANGE,
    LOWER_TIER,
    UPPER_TIER,
    VANDENBERG,
    point_at,
)

from opendome.interceptors.flyout import Interceptor, aim_shot, first_intercept_s, fly_out
from opendome.interceptors.flyout_tables import (
    FlyoutTables,
    build_flyout_table,
    look_up,
    look_up_flight,
    stack_flyout_tables,
)
from opendome.interceptors.sites import path_axes, site_axes
from opendome.physics.flight import REACHED_TIME, empty_nodes
from opendome.physics.frames import earth_angle, ecef_state_from_eci, eci_from_ecef

CASES = {
    "long range, Greely": (LONG_RANGE, GREELY),
    "long range, Vandenberg": (LONG_RANGE, VANDENBERG),
    "upper tier, Greely": (UPPER_TIER, GREELY),
    "lower tier, Vandenberg": (LOWER_TIER, VANDENBERG),
}
BEARINGS = st.floats(-math.pi, math.pi)
SHARES = st.floats(0.0, 1.0)


@cache
def table_of(case: str) -> FlyoutTables:
    """The table of a case, made once."""
    interceptor, site = CASES[case]
    return build_flyout_table(interceptor, *site)


def draw_reachable(case: str, n: int, seed: int):
    """`n` points (bearing, range, altitude) spread evenly over the box, that the table reaches."""
    interceptor, _ = CASES[case]
    generator = np.random.default_rng(seed)
    points = []
    while len(points) < n:
        point = (
            generator.uniform(-math.pi, math.pi),
            generator.uniform(0.0, interceptor.max_range_m),
            generator.uniform(interceptor.min_altitude_m, interceptor.max_altitude_m),
        )
        if math.isfinite(look_up_flight(table_of(case), 0, *point)):
            points.append(point)
    return points


@pytest.mark.parametrize("case", CASES)
def test_tables_agree_with_direct_integration(case: str) -> None:
    """At 1,000 random points a flight by the table passes within 2 km, within 1 s of its time.

    The limits are those of the modelling rules. The turning of the Earth is in both: the point is
    fixed to the Earth, the flight is integrated in inertial space. The arrival velocity agrees to
    2 %, which moves a closing speed by less than its own uncertainty.
    """
    interceptor, site = CASES[case]
    tables, nodes = table_of(case), empty_nodes(400)
    worst_s = worst_m = worst_share = 0.0
    for bearing, range_m, altitude_m in draw_reachable(case, 1000, seed=20290120):
        flight_s, azimuth, pitch_end, *arrival = look_up(tables, 0, bearing, range_m, altitude_m)
        code, n = fly_out(interceptor, azimuth, pitch_end, *site, flight_s, 1e-9, nodes)
        assert code == REACHED_TIME
        state = np.array(
            ecef_state_from_eci(
                *nodes.position_eci_m[n - 1],
                *nodes.velocity_eci_m_s[n - 1],
                earth_angle(0.0, flight_s),
            )
        )
        velocity = state[3:]
        gap = point_at(site, bearing, range_m, altitude_m) - state[:3]
        late_s = gap @ velocity / (velocity @ velocity)
        worst_s = max(worst_s, abs(late_s))
        worst_m = max(worst_m, float(np.linalg.norm(gap - late_s * velocity)))
        axes = np.array(path_axes(site_axes(*site), bearing, range_m)).reshape(3, 3)
        error = np.linalg.norm(np.array(arrival) @ axes - velocity)
        worst_share = max(worst_share, float(error / np.linalg.norm(velocity)))
    assert worst_s < 1.0
    assert worst_m < 2000.0
    assert worst_share < 0.02


@pytest.mark.parametrize("case", CASES)
def test_aimed_shots_need_the_tabulated_flight_time(case: str) -> None:
    """The flight that really passes the point takes the tabulated time to 1 s."""
    interceptor, site = CASES[case]
    tables = table_of(case)
    for point in draw_reachable(case, 100, seed=7):
        flight_s, azimuth, pitch_end, *_ = look_up(tables, 0, *point)
        x, y, z = point_at(site, *point)
        target = eci_from_ecef(x, y, z, earth_angle(0.3, flight_s))
        shot = aim_shot(interceptor, *site, 0.3, flight_s, *target, 0.0, azimuth, pitch_end)
        assert shot.miss_m < 10.0
        assert abs(shot.launch_s) < 1.0


@pytest.mark.parametrize("case", CASES)
@given(bearing=BEARINGS, height=SHARES)
def test_flight_time_grows_with_range(case: str, bearing: float, height: float) -> None:
    """At one altitude, farther takes longer, beyond a tenth of the reach.

    Nearer, the Earth's turning makes the quickest point lie beside the site.
    """
    interceptor, _ = CASES[case]
    span_m = interceptor.max_altitude_m - interceptor.min_altitude_m
    altitude_m = interceptor.min_altitude_m + height * span_m
    ranges_m = np.linspace(0.1, 1.0, 60) * interceptor.max_range_m
    times = np.array([look_up_flight(table_of(case), 0, bearing, r, altitude_m) for r in ranges_m])
    reached = times[np.isfinite(times)]
    assert (np.diff(reached) > 0.0).all()


@pytest.mark.parametrize("case", CASES)
@given(bearing=BEARINGS, range_share=SHARES, height=SHARES)
def test_a_full_turn_changes_nothing(
    case: str, bearing: float, range_share: float, height: float
) -> None:
    """A bearing and the same bearing 360 degrees on give equal rows."""
    interceptor, _ = CASES[case]
    range_m = range_share * interceptor.max_range_m
    span_m = interceptor.max_altitude_m - interceptor.min_altitude_m
    altitude_m = interceptor.min_altitude_m + height * span_m
    here = look_up(table_of(case), 0, bearing, range_m, altitude_m)
    for turn in (-2.0 * math.pi, 2.0 * math.pi):
        turned = np.array(look_up(table_of(case), 0, bearing + turn, range_m, altitude_m))
        turned[1] -= turn  # the launch azimuth turns along
        np.testing.assert_allclose(turned, here, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("case", CASES)
@given(bearing=BEARINGS, share=st.floats(1e-6, 1.0))
def test_nothing_is_reached_outside_the_limits(case: str, bearing: float, share: float) -> None:
    """Beyond the range and outside the altitude band there is no flight, whatever the bearing."""
    interceptor, _ = CASES[case]
    far_m = interceptor.max_range_m * (1.0 + share)
    middle_m = 0.5 * (interceptor.min_altitude_m + interceptor.max_altitude_m)
    near_m = 0.3 * interceptor.max_range_m
    for range_m, altitude_m in (
        (far_m, middle_m),
        (near_m, interceptor.max_altitude_m * (1.0 + share)),
        (near_m, interceptor.min_altitude_m * (1.0 - share)),
    ):
        assert all(math.isnan(v) for v in look_up(table_of(case), 0, bearing, range_m, altitude_m))


@pytest.mark.parametrize("case", CASES)
def test_no_intercept_before_the_kill_vehicle_is_free(case: str) -> None:
    """No point is reached before burnout, release and least flight time, nor after the longest."""
    interceptor, _ = CASES[case]
    times = [look_up_flight(table_of(case), 0, *p) for p in draw_reachable(case, 2000, seed=3)]
    # Interpolation is good to half a second.
    assert min(times) > first_intercept_s(interceptor) - 0.5
    assert max(times) < interceptor.max_flight_s + 0.5


def test_north_and_south_are_alike_on_the_equator() -> None:
    """From the equator a bearing and its mirror image take equally long; east and west do not.

    J3 alone tells north from south: its pull is 2e-3 of that of J2, some metres in this flight.
    """
    tables = build_flyout_table(LONG_RANGE, *EQUATOR)
    east_s = look_up_flight(tables, 0, 0.5 * math.pi, 4.0e6, 800e3)
    west_s = look_up_flight(tables, 0, -0.5 * math.pi, 4.0e6, 800e3)
    for bearing in np.linspace(0.1, 1.5, 8):
        north_s = look_up_flight(tables, 0, float(bearing), 4.0e6, 800e3)
        south_s = look_up_flight(tables, 0, math.pi - float(bearing), 4.0e6, 800e3)
        assert north_s == pytest.approx(south_s, abs=0.05)
    assert abs(east_s - west_s) > 1.0


def test_air_slows_a_low_interceptor() -> None:
    """The same low-tier interceptor without drag is never later anywhere in reach."""
    thin: Interceptor = LOWER_TIER._replace(
        vehicle=LOWER_TIER.vehicle._replace(drag_area_m2=0.0),
        ballistic_coefficient_kg_m2=math.inf,
    )
    free = build_flyout_table(thin, *VANDENBERG)
    case = "lower tier, Vandenberg"
    for point in draw_reachable(case, 200, seed=5):
        without_s = look_up_flight(free, 0, *point)
        # What the faster one passes before it may intercept has no row.
        if math.isfinite(without_s):
            assert without_s < look_up_flight(table_of(case), 0, *point)


def test_a_stack_looks_up_what_its_parts_do() -> None:
    """Tables of different spacing keep their rows in a stack; a stack of none is empty."""
    parts = [table_of(case) for case in CASES]
    stack = stack_flyout_tables(parts)
    assert stack.first[-1] == sum(part.first[-1] for part in parts)
    for k, case in enumerate(CASES):
        for point in draw_reachable(case, 20, seed=11):
            assert look_up(stack, k, *point) == look_up(parts[k], 0, *point)
    assert stack_flyout_tables([]).first.tolist() == [0]


@pytest.mark.parametrize(
    "limits",
    [
        {"max_range_m": 0.0},
        {"max_altitude_m": 100e3},
        {"max_pitch_end_rad": 0.0},
        {"max_pitch_end_rad": 4.0},
        {"max_altitude_m": math.nan},
    ],
)
def test_limits_that_leave_no_space_are_refused(limits: dict[str, float]) -> None:
    """A table without extent is an error of the caller, said in one line."""
    with pytest.raises(ValueError, match="fly-out table needs"):
        build_flyout_table(LONG_RANGE._replace(**limits), *GREELY)
