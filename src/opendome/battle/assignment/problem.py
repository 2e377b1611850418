"""The static weapon-target assignment problem.

Least expected value left: sum over targets of value times the product of (1 - p) over the shots at
it, with so many rounds of each kind of weapon, and so many shots at a target at most.

Source: Manne (1958), "A target-assignment problem", Operations Research 6(3).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from opendome.tables.truth import Floats, Integers


class Problem(NamedTuple):
    """Weapons against targets; a weapon is a kind, of which there are `inventory` rounds."""

    values: Floats  # (n_targets,) >= 0
    kill_probability: Floats  # (n_weapons, n_targets) of one shot, 0 to 1
    inventory: Integers  # (n_weapons,) >= 0
    most_shots: Integers  # (n_targets,) shots at each target

    @property
    def useful_inventory(self) -> Integers:
        """Rounds of each kind that could be fired at all: no more than all targets allow."""
        useful: Integers = np.minimum(self.inventory, self.most_shots.sum())
        return useful

    def find_left(self, shots: Integers) -> Floats:
        """Expected value that each target keeps under (n_weapons, n_targets) shots."""
        kept: Floats = self.values * np.prod((1.0 - self.kill_probability) ** shots, axis=0)
        return kept


class Answer(NamedTuple):
    """An assignment, and how far from the best it can be at most."""

    shots: Integers  # (n_weapons, n_targets)
    left: float  # expected value left in all
    bound: float  # no assignment leaves less
    proven: bool  # gap at most `columns.PROOF`
    time_s: float

    @property
    def gap(self) -> float:
        """(left - bound) / left; 0 where nothing is left."""
        return (self.left - self.bound) / self.left if self.left > 0.0 else 0.0
