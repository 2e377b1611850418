import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from opendome.physics import arithmetic

pytestmark = pytest.mark.kernels


@given(x=st.floats(-1e6, 1e6))
@example(x=math.pi / 4)
@example(x=-math.pi / 2)
@example(x=333333 * math.pi)
@example(x=0.0)
@settings(max_examples=500, deadline=None)
def test_sincos_equals_the_c_library(x):
    """Within 1e-15 of correctly rounded values over 160,000 turns either way."""
    sine, cosine = arithmetic.sincos(x)
    assert sine == pytest.approx(math.sin(x), abs=1e-15)
    assert cosine == pytest.approx(math.cos(x), abs=1e-15)


@given(x=st.floats(-1e5, 1e5))
@settings(max_examples=300, deadline=None)
def test_sincos_is_odd_and_even_and_on_the_circle(x):
    """Symmetry holds bit for bit; the squares sum to one within rounding."""
    sine, cosine = arithmetic.sincos(x)
    assert arithmetic.sincos(-x) == (-sine, cosine)
    assert sine * sine + cosine * cosine == pytest.approx(1.0, abs=1e-15)


@given(x=st.floats(-10.0, 10.0), angle=st.floats(-0.12, 0.12))
@example(x=1.0, angle=0.12)
@settings(max_examples=500, deadline=None)
def test_a_small_turn_equals_the_sum_of_angles(x, angle):
    """Within 1e-15 of the functions of the sum, over the range that the docstring states."""
    sine, cosine = arithmetic.turn(math.sin(x), math.cos(x), angle)
    assert sine == pytest.approx(math.sin(x + angle), abs=1e-15 + 2.3e-16 * abs(x))
    assert cosine == pytest.approx(math.cos(x + angle), abs=1e-15 + 2.3e-16 * abs(x))


def test_a_turn_beyond_its_range_is_visibly_wrong():
    """The series is a short one: at one radian it errs by its eleventh-power term, 2.5e-8."""
    sine, _ = arithmetic.turn(0.0, 1.0, 1.0)
    assert abs(sine - math.sin(1.0)) == pytest.approx(1.0 / math.factorial(11), rel=0.02)


def test_an_array_loop_gives_the_same_bits_as_single_calls():
    """Vectorised or not, a value depends on its argument alone."""
    x = np.linspace(-50.0, 50.0, 37)
    alone = [arithmetic.sincos(value) for value in x]
    again = [arithmetic.sincos(value) for value in x[::-1]][::-1]
    assert alone == again
