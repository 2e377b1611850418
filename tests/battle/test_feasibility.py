"""Places between the points of a predicted path."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendome.battle.feasibility import find_windows, may_kill, predicted_place
from opendome.interceptors.ground import stack_flyout_tables
from opendome.tables.codes import (
    BALLISTIC_PHASE,
    BOOST_PHASE,
    CRUISE_PHASE,
    GLIDE_PHASE,
    LAYERS,
    TARGET_CLASSES,
)
from opendome.tables.forces import DIRECT, InterceptorTypes, Shooters
from opendome.tables.tracks import Predictions

pytestmark = pytest.mark.kernels

START_S, STEP_S, N_POINTS = 100.0, 20.0, 4
POSITION = np.array([7e6, -1e6, 2e5])
VELOCITY = np.array([-1e3, 5e3, 3e3])
ACCELERATION = np.array([-8.0, 1.0, -0.5])


def on_parabola(time_s: float) -> tuple[np.ndarray, np.ndarray]:
    t = time_s - START_S
    return POSITION + VELOCITY * t + 0.5 * ACCELERATION * t * t, VELOCITY + ACCELERATION * t


def make_predictions() -> Predictions:
    times = START_S + STEP_S * np.arange(N_POINTS)
    path = [on_parabola(t) for t in times]
    one, nan = np.array([0]), np.array([np.nan])
    return Predictions(
        slot=one,
        number=one,
        phase=np.array([BALLISTIC_PHASE]),
        lethality=np.ones(1),
        start_s=np.array([START_S]),
        step_s=np.array([STEP_S]),
        n_points=np.array([N_POINTS]),
        position_eci_m=np.array([[p for p, _ in path]]),
        velocity_eci_m_s=np.array([[v for _, v in path]]),
        sigma_m=np.array([[100.0, 300.0, 500.0, 700.0]]),
        impact_s=nan,
        impact_latitude_rad=nan,
        impact_longitude_rad=nan,
        impact_sigma_m=nan,
        burnout_s=nan,
        burnout_sigma_s=nan,
    )


PREDICTIONS = make_predictions()


@given(st.floats(START_S, START_S + STEP_S * (N_POINTS - 1)))
def test_cubic_hermite_is_exact_for_constant_acceleration(time_s: float) -> None:
    """Between the points lies the parabola itself, and sigma grows linearly."""
    *place, sigma = predicted_place(PREDICTIONS, 0, time_s)
    position, _ = on_parabola(time_s)
    # Doubles near 1e7 m carry 2 nm; differences over a 20 s step some thousand times that.
    assert np.allclose(place, position, rtol=0.0, atol=1e-5)
    assert sigma == pytest.approx(100.0 + 200.0 * (time_s - START_S) / STEP_S)


@pytest.mark.parametrize("time_s", [START_S - 0.1, START_S + STEP_S * (N_POINTS - 1) + 0.1])
def test_off_the_path_there_is_no_place(time_s: float) -> None:
    """Before the first point and after the last the answer is NaN, not a guess."""
    assert all(math.isnan(value) for value in predicted_place(PREDICTIONS, 0, time_s))


def chances(target: str) -> np.ndarray:
    return np.array([0.5 * (name == target) for name in TARGET_CLASSES])


@pytest.mark.parametrize(
    ("phase", "targets"),
    [
        (BOOST_PHASE, {"boosting"}),
        (BALLISTIC_PHASE, {"icbm-warhead", "intermediate-range", "short-range"}),
        (GLIDE_PHASE, {"glide"}),
        (CRUISE_PHASE, {"cruise"}),
    ],
)
def test_a_phase_holds_the_classes_that_fly_in_it(phase: int, targets: set[str]) -> None:
    """A type is asked for shots only where it kills some class of the phase."""
    assert {name for name in TARGET_CLASSES if may_kill(chances(name), phase)} == targets


def gun_and_target(phase: int) -> tuple[Predictions, Shooters, InterceptorTypes]:
    """A missile of 600 m/s and 40 km, and a target that comes at 300 m/s along the x axis."""
    n, step_s = 61, 10.0
    position = np.zeros((1, n, 3))
    position[0, :, 0] = 6.4e6
    position[0, :, 1] = 200e3 - 300.0 * step_s * np.arange(n)
    velocity = np.zeros((1, n, 3))
    velocity[0, :, 1] = -300.0
    predictions = PREDICTIONS._replace(
        phase=np.array([phase]), start_s=np.zeros(1), step_s=np.array([step_s]),
        n_points=np.array([n]), position_eci_m=position, velocity_eci_m_s=velocity,
        sigma_m=np.full((1, n), 50.0),
    )  # fmt: skip
    real = {name: np.full(1, np.nan) for name in InterceptorTypes._fields}
    types = InterceptorTypes(
        **real
        | {
            "launch_kind": np.array([DIRECT]),
            "kill_probability": chances("cruise")[None],
            "max_closing_speed_m_s": np.full((1, len(TARGET_CLASSES)), np.inf),
            "engages": np.zeros((1, len(LAYERS)), np.bool_),
            "decision_s": np.array([10.0]),
            "reaction_s": np.array([6.0]),
            "speed_m_s": np.array([600.0]),
            "min_range_m": np.zeros(1),
            "max_range_m": np.array([40e3]),
            "max_flight_s": np.array([np.inf]),
            "min_altitude_m": np.array([-np.inf]),
            "max_altitude_m": np.array([1e6]),
        }
    )
    columns = {name: np.zeros(1) for name in Shooters._fields}
    whole = {"interceptor": np.zeros(1, np.int64), "flyout_table": np.full(1, -1)}
    place = {"position_ecef_m": np.array([[6.4e6, 0.0, 0.0]])}
    return predictions, Shooters(**columns | whole | place), types


def test_shots_that_go_straight_wait_for_the_range_to_be_entered() -> None:
    """Minutes ahead and when it is due, a window where the range is entered, with the error there.

    The Earth turns 0.46 km/s under the line: in earth-fixed axes the target comes at some 766 m/s.
    """
    predictions, shooters, types = gun_and_target(CRUISE_PHASE)
    wanted, firm_s = np.ones(1, np.bool_), np.array([-100.0])
    found = []
    for time_s in (0.0, 200.0):
        windows = find_windows(
            predictions, wanted, firm_s, time_s, shooters, types, stack_flyout_tables([]), 0.0
        )
        found.append(windows)
    flight_s = found[0].intercept_s[0, 0] - found[0].launch_s[0, 0]
    assert flight_s == pytest.approx(40e3 / 600.0, abs=0.1)  # to the edge of its range
    assert found[0].launch_s[0, 0] > 100.0
    assert found[1].launch_s[0, 0] >= 200.0 + 6.0 - 0.02
    assert found[1].launch_s[0, 0] <= 200.0 + 6.0 + 40.0
    assert found[1].sigma_m[0, 0] == pytest.approx(50.0)
    _, blind, _ = gun_and_target(BALLISTIC_PHASE)
    falling = predictions._replace(phase=np.array([BALLISTIC_PHASE]))
    windows = find_windows(
        falling, wanted, firm_s, 200.0, blind, types, stack_flyout_tables([]), 0.0
    )
    assert math.isnan(windows.intercept_s[0, 0])
