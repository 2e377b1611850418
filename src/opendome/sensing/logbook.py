"""What sensors that share out their time did with it, at the last look."""

from __future__ import annotations

import numpy as np

from opendome.tables.truth import Flags, Floats, Integers


class Logbook:
    """Written by the sensors of one station at each call, read by the engine.

    Attributes
    ----------
    looked : (n_sensors, n_cues) float64
        For each cue that got a look the cross-section at its detection threshold [m2]; `UNASKED`
        (0) where the cue asked for none, `WAITS` (-1) where there was no time for it.
    spent_s : (n_sensors, 2) float64
        Time spent on tracks, and time there was for them, since the look before.
    starved : (n_objects,) bool
        True objects that a look would have shown for which there was no time, and that nothing
        else of this station met: for scoring only.
    """

    def __init__(self, n_sensors: int) -> None:
        self.write(np.zeros((n_sensors, 0)), np.zeros((n_sensors, 2)), np.zeros(0, np.bool_))

    def write(self, looked: Floats, spent_s: Floats, starved: Flags) -> None:
        """Replace what stands here by that of one call."""
        self.looked = looked
        self.spent_s = spent_s
        self.starved = starved

    def count_cues(self) -> Integers:
        """(n_sensors, 3): cues that asked for a look, that got one, that had to wait."""
        given, waited = (self.looked > 0.0).sum(axis=1), (self.looked < 0.0).sum(axis=1)
        return np.stack([given + waited, given, waited], axis=1)
