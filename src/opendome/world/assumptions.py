"""Outer draws: one value for each uncertain quantity of a scenario, for one draw of them all."""

from __future__ import annotations

from typing import Any

from opendome.physics.random import entity_id, normal, stream_key, uniform
from opendome.scenario.uncertain import Uncertain


class Assumptions:
    """Values of uncertain quantities: the best ones (draw 0), or draw number `outer` of the ranges.

    Each quantity has its own quantile, keyed by its name, so that adding one leaves the others as
    they are. Quantities of different names are drawn independently.
    """

    def __init__(self, outer: int, seed: int) -> None:
        self.outer = outer
        self._key = stream_key(seed, "assumptions")

    def value(self, name: str, quantity: Uncertain[Any]) -> float:
        """Value of one quantity, SI unit."""
        if self.outer == 0:
            return quantity.value()
        return quantity.value(uniform(self._key, self.outer, entity_id(name), 0))

    def normal(self, name: str, sigma: float) -> float:
        """Error of a value that is only recalled: zero at best values, else normal."""
        if self.outer == 0 or sigma == 0.0:
            return 0.0
        return sigma * float(normal(self._key, self.outer, entity_id(name), 0))
