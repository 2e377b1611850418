"""Every family of sensors is in the scenario that has them all, and can be left out by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from opendome.scenario.loader import load_scenario
from opendome.scenario.models.element import Sensor

MIXED = Path(__file__).parents[2] / "scenarios" / "mixed-50.yaml"
FAMILIES = (
    "overhead-infrared", "tracking-layer", "early-warning-radars", "discrimination-radars",
    "skywave-radars", "airborne-radars", "ship-radars", "gap-filler-radars",
    "north-warning-system",
)  # fmt: skip
WIDER = {
    "infrared-satellites": set(FAMILIES[:2]),
    "radars": set(FAMILIES[2:]),
}


def families(*without: str) -> set[str]:
    """Groups of the sensors that are left."""
    scenario = load_scenario(str(MIXED), without=list(without))
    elements = scenario.architecture.elements.values()
    return {e.group_name for e in elements if isinstance(e, Sensor)}


def test_all_families_are_there() -> None:
    """And no sensor is outside of them."""
    assert families() == set(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES)
def test_one_family_goes_and_the_others_stay(family: str) -> None:
    """`--without FAMILY` takes that one alone."""
    assert families(family) == set(FAMILIES) - {family}


@pytest.mark.parametrize("wider", WIDER)
def test_a_wider_group_takes_all_of_its_families(wider: str) -> None:
    """All radars, or all infrared satellites, by one name."""
    assert families(wider) == set(FAMILIES) - WIDER[wider]


def test_shooters_keep_groups_of_their_own() -> None:
    """Ships' interceptors do not go with the interceptors in silos."""
    scenario = load_scenario(str(MIXED), without=["ground-based-interceptors"])
    assert "aegis-hawaii" in scenario.architecture.elements
    assert "fort-greely" not in scenario.architecture.elements
