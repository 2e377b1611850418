"""What an analyst writes: models, units, loader, and the library of elements with their sources."""

from __future__ import annotations

from opendome.scenario.loader import load_scenario
from opendome.scenario.scenario import Architecture, Change, Scenario
from opendome.scenario.uncertain import Uncertain

__all__ = ["Architecture", "Change", "Scenario", "Uncertain", "load_scenario"]
