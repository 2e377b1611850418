import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from opendome.physics import kepler, lambert
from opendome.physics.constants import EARTH_MU_M3_S2 as MU

pytestmark = pytest.mark.kernels


@given(
    radius=st.floats(6.4e6, 5e7),
    speed=st.floats(0.2, 1.3),
    climb=st.floats(-1.4, 1.4),
    inclination=st.floats(0.0, math.pi),
    share=st.floats(1e-3, 0.995),
)
@settings(max_examples=400, deadline=None)
def test_the_arc_of_a_flight_is_found_again(radius, speed, climb, inclination, share):
    """Both velocities of a two-body flight of less than a turn come back, ellipse or hyperbola."""
    v = speed * math.sqrt(2.0 * MU / radius)
    level = v * math.cos(climb)
    start = np.array(
        [
            radius, 0.0, 0.0,
            v * math.sin(climb), level * math.cos(inclination), level * math.sin(inclination),
        ]
    )  # fmt: skip
    alpha = 2.0 / radius - v * v / MU
    turn_s = 2.0 * math.pi / math.sqrt(MU * alpha**3) if alpha > 1e-9 else 86400.0
    time = share * min(turn_s, 3.0 * 86400.0)
    end = np.array(kepler.propagate(*start, time))
    across = np.cross(start[:3], end[:3])
    sine = np.linalg.norm(across) / (np.linalg.norm(start[:3]) * np.linalg.norm(end[:3]))
    assume(sine > 1e-6)
    long_way = bool(across @ np.cross(start[:3], start[3:]) < 0.0)
    *velocities, code = lambert.solve_lambert(*start[:3], *end[:3], time, long_way)
    assert code == lambert.SOLVED
    # The plane is known to rounding over the sine; plunging paths lose digits in `propagate`.
    tolerance = 1e-10 + 1e-15 / sine
    assert np.linalg.norm(velocities[:3] - start[3:]) < tolerance * v * 10.0
    assert np.linalg.norm(velocities[3:] - end[3:]) < tolerance * 10.0 * np.linalg.norm(end[3:])


def test_published_transfer_of_vallado():
    """Vallado (2013), example 7-5, printed to 1e-6 km/s."""
    *velocities, code = lambert.solve_lambert(
        15945.34e3, 0.0, 0.0, 12214.83899e3, 10249.46731e3, 0.0, 76.0 * 60.0, False
    )
    assert code == lambert.SOLVED
    assert velocities == pytest.approx((2058.913, 2915.965, 0.0, -3451.565, 910.315, 0.0), abs=2e-3)


def test_a_quarter_of_a_circle():
    """The closed form: both velocities are circular."""
    radius = 8e6
    speed = math.sqrt(MU / radius)
    quarter = 0.5 * math.pi * radius / speed
    *velocities, code = lambert.solve_lambert(radius, 0.0, 0.0, 0.0, radius, 0.0, quarter, False)
    assert code == lambert.SOLVED
    assert velocities == pytest.approx((0.0, speed, 0.0, -speed, 0.0, 0.0), abs=1e-8)


@pytest.mark.parametrize("offset", [0.0, 1e-12, -1e-9, 1e-7, -1e-5, 1e-3])
def test_the_parabola_is_no_special_case(offset):
    """Flight times at and around the parabolic one are solved, and fly to the target."""
    r1, r2 = np.array([7e6, 0.0, 0.0]), np.array([2e6, 9e6, 1e6])
    chord = np.linalg.norm(r2 - r1)
    s = 0.5 * (np.linalg.norm(r1) + np.linalg.norm(r2) + chord)
    time = math.sqrt(2.0 / MU) / 3.0 * (s**1.5 - (s - chord) ** 1.5) * (1.0 + offset)
    *velocities, code = lambert.solve_lambert(*r1, *r2, time, False)
    assert code == lambert.SOLVED
    assert math.dist(kepler.propagate(*r1, *velocities[:3], time)[:3], r2) < 1e-2


def test_opposite_positions_have_no_plane():
    """At 180 and at 0 degrees the answer is a code, not a number."""
    for end in (-9e6, 9e6):
        *velocities, code = lambert.solve_lambert(7e6, 0.0, 0.0, end, 0.0, 0.0, 3000.0, False)
        assert code == lambert.NO_PLANE
        assert np.isnan(velocities).all()


def test_a_sideways_step_makes_the_half_turn_solvable():
    """Ten metres off the line fix the plane; the flight ends within a metre of the point."""
    target = (-9e6, 0.0, 10.0)
    *velocities, code = lambert.solve_lambert(7e6, 0.0, 0.0, *target, 3600.0, False)
    assert code == lambert.SOLVED
    assert math.dist(kepler.propagate(7e6, 0.0, 0.0, *velocities[:3], 3600.0)[:3], target) < 1.0


@pytest.mark.parametrize(
    "case",
    [
        (7e6, 0.0, 0.0, 0.0, 8e6, 0.0, 0.0),
        (7e6, 0.0, 0.0, 0.0, 8e6, 0.0, -10.0),
        (7e6, 0.0, 0.0, 0.0, 8e6, 0.0, math.nan),
        (0.0, 0.0, 0.0, 0.0, 8e6, 0.0, 1000.0),
    ],
)
def test_bad_input_is_a_code(case):
    """No time, negative time, not a number, a position at the centre."""
    *velocities, code = lambert.solve_lambert(*case, False)
    assert code == lambert.BAD_INPUT
    assert np.isnan(velocities).all()
