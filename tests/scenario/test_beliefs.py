"""What the defence believes, as scenarios write it."""

from __future__ import annotations

import pytest

from opendome.errors import BadInput
from opendome.scenario.loader import load_scenario


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("beliefs.discrimination=guess", "features"),
        ("beliefs.association=oracle", "nearest"),
        ("beliefs.classes.debris.body-intensity.factor=1.0", "greater than 1"),
        ("beliefs.classes.debris.cross-section.X.median=-1 m2", "cross-section.X.median"),
    ],
)
def test_bad_beliefs_are_refused_in_one_line(change, says):
    """The line says where and what is allowed."""
    with pytest.raises(BadInput, match=says) as caught:
        load_scenario("present-day", sets=[change])
    assert "\n" not in str(caught.value)


def test_some_class_must_be_lethal_and_some_not():
    """With one kind alone there is nothing to tell apart."""
    names = load_scenario("present-day").beliefs.classes
    sets = [f"beliefs.classes.{name}.lethal=false" for name in names]
    with pytest.raises(BadInput, match="at least one lethal class"):
        load_scenario("present-day", sets=sets)


def test_the_library_believes_in_cross_sections_of_wide_spread_at_uhf():
    """Early-warning radars teach little of what an object is: factors of four and more."""
    for believed in load_scenario("present-day").beliefs.classes.values():
        sections = believed.cross_section
        assert sections.uhf.factor >= max(sections.s.factor, sections.x.factor)
