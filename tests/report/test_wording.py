"""Numbers, times and quantities as people read them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendome.report import wording
from opendome.tables.codes import FATES, REASONS, SHOT_RESULTS


@given(value=st.floats(1e-4, 1e9))
def test_numbers_read_back_to_three_digits(value):
    """What is printed is the value, rounded to three significant digits or to the unit."""
    shown = float(wording.number(value).replace(",", ""))
    # Half a unit of the third digit is at most 0.5 % of the value; values under 1e-4 need more
    # than the six decimals that are shown.
    assert abs(shown - value) <= max(0.0051 * value, 0.5 if value >= 100.0 else 0.0)


@given(share=st.floats(0.0, 1.0))
def test_percentages_read_back(share):
    """To a tenth of a per cent, or a hundredth under one per cent."""
    shown = float(wording.percent(share).removesuffix(" %"))
    assert abs(shown - 100.0 * share) <= (0.051 if share >= 0.0099 else 0.0051)


def test_every_code_of_the_record_has_words():
    """A new code without words fails here and not in front of a reader."""
    assert set(REASONS) <= set(wording.REASON_WORDS)
    assert set(FATES) == set(wording.FATE_WORDS)
    assert set(SHOT_RESULTS) == set(wording.RESULT_WORDS)


@pytest.mark.parametrize(
    ("time_s", "shown"),
    [(0.0, "T+00:00"), (-0.3, "T+00:00"), (-61.0, "T-01:01"), (6000.4, "T+100:00")],
)
def test_clock(time_s, shown):
    """Minutes and seconds with a sign; no minus zero."""
    assert wording.clock(time_s) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("550000.0 m", "550 km"),
        ("12.5 m", "12.5 m"),
        ("0.6108652381980153 rad", "35 deg"),
        ("3e-05 rad", "30 µrad"),
        ("7800.0 m/s", "7.8 km/s"),
        ("22000000.0 USD", "22 million USD"),
        (0.56, "0.56"),
        ("shoot-look-shoot", "shoot-look-shoot"),
        (None, ""),
    ],
)
def test_quantities_in_the_units_people_use(value, shown):
    """SI as stored becomes what an analyst would write."""
    assert wording.quantity(value) == shown


@pytest.mark.parametrize("unknown", [None, math.nan, math.inf])
def test_what_is_not_known_is_said(unknown):
    """No NaN reaches a reader."""
    assert wording.number(unknown) == wording.percent(unknown) == "not known"


@pytest.mark.parametrize(
    ("duration_s", "shown"),
    [(-0.04, "0"), (90.86, "90.9"), (-30.0, "-30"), (math.nan, "not known")],
)
def test_seconds(duration_s, shown):
    """A tenth is enough for a timeline; there is no minus zero."""
    assert wording.seconds(duration_s) == shown


def test_nations_go_by_their_common_names():
    """Codes of the record, of the atlas, and neither."""
    names = [wording.name_nation(code) for code in ("USA", "CAN", "PRK", "sea", "XYZ", "")]
    assert names == ["United States", "Canada", "North Korea", "the sea", "XYZ", ""]


def test_places_name_their_halves_of_the_earth():
    """Longitudes of any turn come out between 180 W and 180 E."""
    assert wording.place(-33.9, 200.0) == "33.9 S 160.0 W"
