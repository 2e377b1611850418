"""Quantities: text outside, SI numbers inside."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendome.scenario import units
from opendome.scenario.units import Dimension, Quantity, format_quantity, parse_quantity

DIMENSIONS = [value for value in vars(units).values() if isinstance(value, Dimension)]
NUMBERS = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False)


@given(NUMBERS, st.sampled_from(DIMENSIONS))
def test_what_is_written_reads_back_to_the_same_bits(number: float, dimension: Dimension) -> None:
    """A quantity as a model dumps it is the same number when it is read again."""
    mark = Quantity(dimension)
    assert mark.validate(mark.serialise(number)) == number


@given(st.floats(min_value=1e-6, max_value=1e6), st.sampled_from(DIMENSIONS))
def test_every_unit_is_worth_what_its_table_says(number: float, dimension: Dimension) -> None:
    """A number with a unit is the number times the size of the unit, in SI."""
    for unit, size in dimension.units.items():
        if unit or dimension.plain_allowed:
            assert parse_quantity(f"{number!r} {unit}", dimension) == number * size


@pytest.mark.parametrize(
    ("text", "dimension", "expected"),
    [
        ("550 km", units.LENGTH, 550e3),
        ("1e3km", units.LENGTH, 1e6),
        ("3000 nmi", units.LENGTH, 5556e3),
        ("35 deg", units.ANGLE, math.radians(35.0)),
        ("22 MUSD", units.MONEY, 22e6),
        ("170 s", units.TIME, 170.0),
        ("0.1 m2", units.AREA, 0.1),
        ("15 g", units.ACCELERATION, 147.09975),
        ("13 dB", units.RATIO, 10.0**1.3),
        ("56 %", units.FRACTION, 0.56),
        (0.56, units.FRACTION, 0.56),
        ("500 kW/sr", units.RADIANT_INTENSITY, 5e5),
    ],
)
def test_usual_quantities(text: object, dimension: Dimension, expected: float) -> None:
    """Reference values; only rounding of the last bit is allowed."""
    assert parse_quantity(text, dimension) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "dimension", "expected"),
    [
        ("1 furlong", units.LENGTH, 201.168),
        ("2 hours", units.TIME, 7200.0),
        ("3.5 kilometer / second", units.SPEED, 3500.0),
        ("20 degC", units.TEMPERATURE, 293.15),
        ("1 pound", units.MASS, 0.45359237),
        ("3 gigaUSD", units.MONEY, 3e9),
    ],
)
def test_unusual_units_are_converted_by_pint(
    text: str, dimension: Dimension, expected: float
) -> None:
    """Units outside the table; 1e-6 because the survey foot differs from the foot by 2e-6."""
    assert parse_quantity(text, dimension) == pytest.approx(expected, rel=3e-6)


@pytest.mark.parametrize(
    "given_value",
    ["550", 550, 550.0, "550 s", "550 parsnips", "", "km", None, True, [1], "nan km", "inf km",
     "1e999 km", ".nan"],
)  # fmt: skip
def test_what_is_no_length_is_refused_with_what_is_allowed(given_value: object) -> None:
    """No unit, a unit of another dimension, an unknown one, and no finite number."""
    with pytest.raises(ValueError, match="allowed: a length such as `550 km`"):
        parse_quantity(given_value, units.LENGTH)


@pytest.mark.parametrize(
    ("mark", "given_value"),
    [
        (Quantity(units.LENGTH, minimum=0.0), "-1 m"),
        (Quantity(units.LENGTH, above_zero=True), "0 km"),
        (Quantity(units.FRACTION, minimum=0.0, maximum=1.0), 1.01),
        (Quantity(units.ANGLE, minimum=-1.6, maximum=1.6), "100 deg"),
        (Quantity(units.NUMBER, minimum=0.0, whole=True), 1.5),
    ],
)
def test_bounds_are_kept(mark: Quantity, given_value: object) -> None:
    """A value out of bounds is refused and the message says what is allowed."""
    with pytest.raises(ValueError, match="allowed"):
        mark.validate(given_value)


def test_people_read_the_usual_unit() -> None:
    """Numbers are shown in the unit that people use for their size."""
    assert format_quantity(550e3, units.LENGTH) == "550 km"
    assert format_quantity(12.0, units.LENGTH) == "12 m"
    assert format_quantity(8e-6, units.LENGTH) == "8 um"
    assert format_quantity(0.0, units.LENGTH) == "0 m"
    assert format_quantity(22e6, units.MONEY) == "22 MUSD"
    assert format_quantity(5.0 * units.TIME.units["yr"], units.TIME) == "5 yr"
    assert format_quantity(0.5, units.FRACTION) == "0.5"


def test_usual_units_do_not_import_pint() -> None:
    """Start-up stays quick: pint is imported only for a unit outside the table."""
    code = (
        "import sys; from opendome.scenario.units import parse_quantity, LENGTH;"
        "parse_quantity('550 km', LENGTH); assert 'pint' not in sys.modules;"
        "parse_quantity('1 furlong', LENGTH); assert 'pint' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
