"""Values with a range and a source."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import Fraction, Time

BOUNDS = st.lists(st.floats(min_value=0.0, max_value=1e6), min_size=3, max_size=3).map(sorted)


def make(low: float, best: float, high: float) -> Uncertain[Time]:
    block = {"low": f"{low!r} s", "best": f"{best!r} s", "high": f"{high!r} s"}
    return Uncertain[Time].model_validate(block)


@given(BOUNDS, st.floats(min_value=0.0, max_value=1.0), st.floats(min_value=0.0, max_value=1.0))
def test_quantiles_stay_within_the_range_and_rise(bounds: list[float], a: float, b: float) -> None:
    """The quantile function is monotonic from low to high, and best stands without a draw."""
    value = make(*bounds)
    assert value.value() == bounds[1]
    low, high = sorted((a, b))
    # Near the mode rounding of the square root may undo a step in the last place.
    assert value.value(low) <= value.value(high) + 1e-9 * bounds[2]
    assert bounds[0] <= value.value(a) <= bounds[2]
    assert value.value(0.0) == pytest.approx(bounds[0], rel=1e-12)
    assert value.value(1.0) == pytest.approx(bounds[2], rel=1e-12)


@given(BOUNDS)
def test_the_mean_over_quantiles_is_that_of_the_triangle(bounds: list[float]) -> None:
    """Mean (low + best + high) / 3; the midpoint rule over 400 quantiles is good to 2e-4."""
    value = make(*bounds)
    drawn = [value.value(float(u)) for u in (np.arange(400) + 0.5) / 400]
    spread = bounds[2] - bounds[0]
    assert np.mean(drawn) == pytest.approx(sum(bounds) / 3.0, abs=2e-4 * spread + 1e-9)


def test_a_bare_value_is_exact_and_an_assumption() -> None:
    """A scalar stands for low, best and high at once."""
    value = Uncertain[Fraction].model_validate("56 %")
    assert (value.low, value.best, value.high) == (0.56, 0.56, 0.56)
    assert value.source == "assumption"
    assert value.is_exact
    assert value.value(0.9) == 0.56


def test_a_figure_brings_its_source() -> None:
    """Source, confidence and basis come from the table of public figures."""
    value = Uncertain[Fraction].model_validate({"best": 0.56, "figure": "pk.gbi.public"})
    assert (value.source, value.confidence, value.basis) == ("NPC26", "high", "secondary")


def test_what_is_dumped_reads_back() -> None:
    """A dump is a valid block with the same content."""
    value = make(1.0, 2.0, 3.0)
    assert Uncertain[Time].model_validate(value.dump()) == value


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ({"low": 0.5, "best": 0.4, "high": 0.6}, "low <= best <= high"),
        ({"low": 0.1, "best": 0.7, "high": 0.6}, "low <= best <= high"),
        ({"low": 0.1, "high": 0.6}, "best"),
        ({"best": 1.2}, "allowed: a fraction"),
        ({"best": 0.5, "source": "HEARSAY"}, "not in the table of sources"),
        ({"best": 0.5, "figure": "no.such"}, "not in the table of public figures"),
        ({"best": 0.5, "hihg": 0.6}, "did you mean high"),
        ({"best": float("nan")}, "not a finite number"),
        ("often", "allowed: a fraction"),
    ],
)
def test_bad_ranges_are_refused(block: object, message: str) -> None:
    """Wrong order, missing best, out of bounds, unknown source, figure or key."""
    with pytest.raises(ValidationError, match=message):
        Uncertain[Fraction].model_validate(block)


def test_a_quantile_outside_the_unit_interval_is_refused() -> None:
    """A quantile is a probability."""
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        make(1.0, 2.0, 3.0).value(1.5)
