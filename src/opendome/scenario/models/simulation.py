"""How finely and how long a replication runs."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from opendome.scenario.base import Model
from opendome.scenario.models.element import LibraryItem
from opendome.scenario.units import PositiveTime


class Step(Model):
    """Time between decisions."""

    boost: PositiveTime
    """While anything burns."""
    otherwise: PositiveTime


class Simulation(LibraryItem):
    """Settings of the clock and of what is kept."""

    kind: Literal["simulation"]
    step: Step
    horizon: PositiveTime
    """Replications end here at the latest."""
    constellation_phases: Literal["random", "fixed"]
    """Whether node and in-plane phase of each constellation are drawn in each replication, or once
    for all of a seed."""
    keep: int = Field(ge=0)
    """Replications of which every trajectory and measurement is kept."""
