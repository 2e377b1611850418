"""What sensors that share out their time did with it, at the last look."""

from __future__ import annotations

import numpy as np

from opendome.physics.jit import kernel
from opendome.tables.cued_looks import CuedLooks
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
        counts = np.zeros((self.looked.shape[0], 3), np.int64)
        _count_cues(self.looked, counts)
        return counts

    def list_looks(
        self, sensor: Integers, band: Integers, cue: Integers, time_s: float
    ) -> CuedLooks:
        """The looks at cues that were given; arguments by sensor, by sensor, and by cue."""
        n = int(np.count_nonzero(self.looked > 0.0))
        whole, real = np.empty((3, n), np.int64), np.empty((2, n))
        _list_looks(self.looked, sensor, band, cue, time_s, whole, real)
        return CuedLooks(real[0], whole[0], whole[1], whole[2], real[1])


@kernel
def _count_cues(looked: Floats, counts: Integers) -> None:
    for i in range(looked.shape[0]):
        for c in range(looked.shape[1]):
            if looked[i, c] > 0.0:
                counts[i, 1] += 1
            elif looked[i, c] < 0.0:
                counts[i, 2] += 1
        counts[i, 0] = counts[i, 1] + counts[i, 2]


@kernel
def _list_looks(
    looked: Floats,
    sensor: Integers,
    band: Integers,
    cue: Integers,
    time_s: float,
    whole: Integers,
    real: Floats,
) -> None:
    """Fill columns of the looks: sensor, cue and band; time and threshold."""
    n = 0
    for i in range(looked.shape[0]):
        for c in range(looked.shape[1]):
            if looked[i, c] > 0.0:
                whole[0, n] = sensor[i]
                whole[1, n] = cue[c]
                whole[2, n] = band[i]
                real[0, n] = time_s
                real[1, n] = looked[i, c]
                n += 1
