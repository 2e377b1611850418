"""Look times and direction errors."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opendome.sensing.looks import find_look
from opendome.sensing.noise import perturb_direction

pytestmark = pytest.mark.kernels


@settings(max_examples=60)
@given(
    step_ms=st.integers(100, 5000),
    revisits=st.integers(1, 20),
    offset_ms=st.integers(0, 9000),
)
def test_every_look_falls_into_one_step(step_ms: int, revisits: int, offset_ms: int) -> None:
    """Where steps are not longer than the revisit time, steps meet each look time exactly once."""
    revisit_ms = step_ms + 137 * (revisits - 1)
    seen = []
    for k in range(60):
        due, look_ms = find_look(
            k * step_ms / 1e3, step_ms / 1e3, revisit_ms / 1e3, offset_ms / 1e3
        )
        if due:
            seen.append(look_ms)
    expected = np.arange(offset_ms, 59 * step_ms + 1, revisit_ms)
    assert seen == expected.tolist()


def test_the_latest_of_several_looks_counts() -> None:
    assert find_look(20.0, 5.0, 2.0, 1.0) == (True, 19000)
    assert not find_look(0.5, 5.0, 2.0, 1.0)[0]


@settings(max_examples=60)
@given(
    theta=st.floats(0.0, math.pi),
    phi=st.floats(-math.pi, math.pi),
    first=st.floats(-0.01, 0.01),
    second=st.floats(-0.01, 0.01),
)
def test_perturbed_direction(theta: float, phi: float, first: float, second: float) -> None:
    """A unit vector, turned by the root of the squares of the two angles (to third order)."""
    unit = (
        math.sin(theta) * math.cos(phi),
        math.sin(theta) * math.sin(phi),
        math.cos(theta),
    )
    turned = np.array(perturb_direction(*unit, first, second))
    assert np.linalg.norm(turned) == pytest.approx(1.0, abs=1e-12)
    angle = np.linalg.norm(np.cross(unit, turned))
    assert angle == pytest.approx(math.hypot(first, second), abs=3e-6)
