"""Reliabilities of a missile of any kind, at one outer draw."""

from __future__ import annotations

from typing import TypedDict

from opendome.scenario.models.bodies import Reliability
from opendome.world.assumptions import Assumptions


class Reliabilities(TypedDict):
    """The fields that classes of every kind have in common."""

    launch_reliability: float
    flight_reliability: float
    warhead_reliability: float


def draw_reliabilities(
    name: str, reliability: Reliability, assumptions: Assumptions
) -> Reliabilities:
    """Probabilities that a missile leaves the ground, flies to the end, and works there."""
    return {
        "launch_reliability": assumptions.value(f"{name}/launch", reliability.launch),
        "flight_reliability": assumptions.value(f"{name}/flight", reliability.flight),
        "warhead_reliability": assumptions.value(f"{name}/warhead", reliability.warhead),
    }
