"""Cubic interpolation and the Sun: exact where they must be, right where they are used."""

from __future__ import annotations

import erfa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendome.physics.hermite import interpolate, interpolate_slope
from opendome.physics.sun import is_sunlit, sun_direction

pytestmark = pytest.mark.kernels

numbers = st.floats(-1e3, 1e3)


@given(st.tuples(numbers, numbers, numbers, numbers), st.floats(0.1, 50.0), st.floats(0.0, 1.0))
def test_cubics_are_reproduced(c: tuple[float, float, float, float], span: float, u: float) -> None:
    """A cubic is its own interpolant, at its ends and between."""

    def value(t: float) -> float:
        return c[0] + t * (c[1] + t * (c[2] + t * c[3]))

    def slope(t: float) -> float:
        return c[1] + t * (2.0 * c[2] + t * 3.0 * c[3])

    found = interpolate(value(0.0), slope(0.0), value(span), slope(span), span, u)
    scale = 1e3 * (1.0 + span) ** 3
    assert found == pytest.approx(value(u * span), abs=1e-12 * scale)
    rate = interpolate_slope(value(0.0), slope(0.0), value(span), slope(span), span, u)
    assert rate == pytest.approx(slope(u * span), abs=1e-11 * scale)


@pytest.mark.parametrize("jd", [2451545.0, 2459000.25, 2462000.75])
def test_sun_is_where_erfa_has_it(jd: float) -> None:
    """Within 0.02 degrees of the Earth's heliocentric place in ERFA (0.01 is the formula's own)."""
    earth, _ = erfa.epv00(jd, 0.0)
    towards = -np.asarray(earth["p"])
    towards = erfa.pmat06(jd, 0.0) @ (towards / np.linalg.norm(towards))
    cosine = float(np.dot(sun_direction(jd), towards))
    assert np.degrees(np.arccos(min(1.0, cosine))) < 0.02


def test_shadow_lies_behind_the_earth() -> None:
    """The night side near the Earth is dark; beside the shadow and before the Earth is light."""
    assert is_sunlit(7e6, 0.0, 0.0, 1.0, 0.0, 0.0)
    assert not is_sunlit(-7e6, 0.0, 0.0, 1.0, 0.0, 0.0)
    assert is_sunlit(-7e6, 7e6, 0.0, 1.0, 0.0, 0.0)
