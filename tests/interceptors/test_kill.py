"""Kill draws: marginal probability, common mode against closed forms, limits, containment."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from opendome.interceptors.kill import (
    draw_kill,
    draw_type_quantile,
    find_containment,
    find_kill_probability,
    type_quality,
)
from opendome.physics.random import entity_id, stream_key
from opendome.tables.codes import LAYERS, TARGET_CLASSES
from opendome.tables.forces import GROUND, InterceptorTypes

pytestmark = pytest.mark.kernels

KILL = stream_key(1, "kill")
COMMON = stream_key(1, "kill-common-mode")
TYPE = entity_id("interceptor/ground")
# Ten warheads, four shots each at 0.56: the beta-binomial product, to its rounding.
LEAKERS = [(0.0, 0.375), (0.1, 0.686), (0.2, 1.035), (0.3, 1.411)]
UNUSED = (
    "burn_s",
    "reaction_s",
    "decision_s",
    "assessment_s",
    "missed_kill_probability",
    "false_kill_probability",
    "flight_s",
    "acceleration_m_s2",
    "delta_v_m_s",
    "max_flight_s",
    "engages",
    "post_boost_s",
    "speed_m_s",
    "min_range_m",
    "max_range_m",
    "aircraft_speed_m_s",
    "radius_m",
    "sight_height_m",
)


@settings(max_examples=25)
@given(probability=st.floats(0.05, 0.95), correlation=st.floats(0.01, 0.6))
def test_quality_keeps_mean_and_has_the_stated_spread(
    probability: float, correlation: float
) -> None:
    """Integrated over the quantile: mean p, variance rho p (1 - p)."""
    middles = (np.arange(400) + 0.5) / 400
    quality = np.array([type_quality(probability, correlation, u) for u in middles])
    assert np.all(np.diff(quality) >= 0.0)
    assert quality.mean() == pytest.approx(probability, abs=2e-3)
    spread = correlation * probability * (1.0 - probability)
    assert quality.var() == pytest.approx(spread, abs=3e-3)


@pytest.mark.parametrize(("correlation", "leakers"), LEAKERS)
def test_expected_leakers_in_closed_form(correlation: float, leakers: float) -> None:
    """The integral of (1 - quality)^4 over the quantile is the beta-binomial product."""
    expected = 10.0
    for i in range(4):
        rest = correlation * i
        expected *= (0.44 * (1.0 - correlation) + rest) / (1.0 - correlation + rest)
    assert expected == pytest.approx(leakers, abs=5e-4)
    integral, _ = quad(
        lambda u: 10.0 * (1.0 - type_quality(0.56, correlation, u)) ** 4, 0.0, 1.0, limit=200
    )
    assert integral == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(("correlation", "leakers"), LEAKERS)
def test_leakers_by_sampling(correlation: float, leakers: float) -> None:
    """Draws by name give the same expectation, within four standard errors of 600 raids."""
    warheads = [entity_id(f"warhead {i}") for i in range(10)]
    leaked = []
    for replication in range(600):
        quantile = draw_type_quantile(COMMON, replication, TYPE)
        leaked.append(
            sum(
                not any(
                    draw_kill(KILL, replication, warhead, TYPE, shot, 0.56, correlation, quantile)
                    for shot in range(4)
                )
                for warhead in warheads
            )
        )
    error = np.std(leaked, ddof=1) / math.sqrt(len(leaked))
    assert np.mean(leaked) == pytest.approx(leakers, abs=4.0 * error + 0.005)


def test_draws_depend_on_nothing_but_their_names() -> None:
    """Object, type, ordinal and replication each change the draws; repeating does not."""
    other = entity_id("interceptor/other")
    base = [draw_kill(KILL, 0, entity_id(f"w{i}"), TYPE, 0, 0.5) for i in range(64)]
    assert base == [draw_kill(KILL, 0, entity_id(f"w{i}"), TYPE, 0, 0.5) for i in range(64)]
    for replication, kind, ordinal in ((1, TYPE, 0), (0, other, 0), (0, TYPE, 1)):
        changed = [
            draw_kill(KILL, replication, entity_id(f"w{i}"), kind, ordinal, 0.5) for i in range(64)
        ]
        assert changed != base
    quantiles = {draw_type_quantile(COMMON, r, TYPE) for r in range(50)}
    assert len(quantiles) == 50


def test_certain_results() -> None:
    """Probability zero never kills and one always does, whatever the common mode."""
    for correlation in (0.0, 0.3):
        for i in range(20):
            target = entity_id(f"w{i}")
            assert not draw_kill(KILL, 0, target, TYPE, 0, 0.0, correlation, 0.99)
            assert draw_kill(KILL, 0, target, TYPE, 0, 1.0, correlation, 0.01)


@pytest.mark.parametrize(("probability", "correlation"), [(-0.1, 0.1), (1.1, 0.1), (0.5, 1.0)])
def test_refuses_what_is_no_probability(probability: float, correlation: float) -> None:
    with pytest.raises(ValueError, match="must be from 0"):
        type_quality(probability, correlation, 0.5)


def one_type() -> InterceptorTypes:
    nan = np.array([math.nan])
    n_classes = len(TARGET_CLASSES)
    chance = np.zeros((1, n_classes))
    chance[0, TARGET_CLASSES.index("icbm-warhead")] = 0.56
    return InterceptorTypes(
        identity=np.array([TYPE]),
        launch_kind=np.array([GROUND]),
        layer=np.array([LAYERS.index("midcourse")]),
        kill_probability=chance,
        max_closing_speed_m_s=np.full((1, n_classes), 15e3),
        correlation=np.array([0.1]),
        min_altitude_m=np.array([100e3]),
        max_altitude_m=np.array([2000e3]),
        salvo=np.array([4.0]),
        max_salvos=np.array([1]),
        divert_m_s=np.array([600.0]),
        basket_m=np.array([20e3]),
        last_update_s=np.array([60.0]),
        updates_in_flight=np.array([True]),
        **dict.fromkeys(UNUSED, nan),
    )


@pytest.mark.parametrize(
    ("target", "closing_speed_m_s", "altitude_m", "expected"),
    [
        ("icbm-warhead", 10e3, 800e3, 0.56),
        ("icbm-warhead", 15e3, 2000e3, 0.56),
        ("icbm-warhead", 15.1e3, 800e3, 0.0),
        ("icbm-warhead", 10e3, 99e3, 0.0),
        ("icbm-warhead", 10e3, 2001e3, 0.0),
        ("icbm-warhead", math.nan, 800e3, 0.0),
        ("cruise", 1e3, 800e3, 0.0),
    ],
)
def test_kill_probability_is_zero_outside_the_limits(
    target: str, closing_speed_m_s: float, altitude_m: float, expected: float
) -> None:
    found = find_kill_probability(
        one_type(), 0, TARGET_CLASSES.index(target), closing_speed_m_s, altitude_m
    )
    assert found == expected


@settings(max_examples=50)
@given(error_m=st.floats(0.0, 1e5), to_go_s=st.floats(1.0, 300.0), left=st.floats(0.0, 3e3))
def test_containment(error_m: float, to_go_s: float, left: float) -> None:
    """Contained exactly where basket and divert both suffice; never spends more than is left."""
    contained, spent = find_containment(error_m, to_go_s, 20e3, left)
    assert contained == (error_m <= 20e3 and error_m / to_go_s <= left)
    assert 0.0 <= spent <= left
    if contained:
        assert spent * to_go_s == pytest.approx(error_m)


def test_containment_needs_time() -> None:
    with pytest.raises(ValueError, match="time to go must be positive"):
        find_containment(100.0, 0.0, 20e3, 600.0)
