"""Places between the points of a predicted path."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendome.battle.feasibility import predicted_place
from opendome.tables.codes import BALLISTIC_PHASE
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
