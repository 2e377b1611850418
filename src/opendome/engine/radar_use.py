"""How busy each radar was: cues that asked for a look, and the time that their looks took."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from opendome.sensing import Logbook
from opendome.tables.record import Table, build_table

# Use is averaged over so long before its peak is taken: some looks of the slowest radars.
_WINDOW_S: Final = 60.0


class RadarUse:
    """Sums over a replication, by sensor index; sensors that share out no time stay at zero."""

    def __init__(self, n_sensors: int) -> None:
        # Cues that asked for a look, that got one, that had to wait as there was no time left.
        self.cues = np.zeros((n_sensors, 3), np.int64)
        # Time spent on tracks and time there was for them: in minutes in which any cue asked, and
        # in the present one.
        self._time_s = np.zeros((n_sensors, 2))
        self._window_s = np.zeros((n_sensors, 2))
        self._is_asked = np.zeros(n_sensors, np.bool_)
        self._busiest = np.zeros(n_sensors)
        self._window = 0

    def note(self, sensors: slice, time_s: float, book: Logbook) -> None:
        """Add what the radars of one station did at one time."""
        window = int(time_s // _WINDOW_S)
        if window != self._window:
            self._close_window()
            self._window = window
        counts = book.count_cues()
        self.cues[sensors] += counts
        self._window_s[sensors] += book.spent_s
        self._is_asked[sensors] |= counts[:, 0] > 0

    def _close_window(self) -> None:
        asked = np.flatnonzero(self._is_asked)
        spent_s, given_s = self._window_s[asked].T
        self._time_s[asked] += self._window_s[asked]
        self._busiest[asked] = np.maximum(self._busiest[asked], spent_s / given_s)
        self._window_s[:] = 0.0
        self._is_asked[:] = False

    def record(self, names: Sequence[str]) -> Table:
        """The `radars` table: radars that were asked for a look."""
        self._close_window()
        return build_table(
            "radars",
            [
                (
                    names[i],
                    *map(int, self.cues[i]),
                    float(self._time_s[i, 0] / self._time_s[i, 1]),
                    float(self._busiest[i]),
                )
                for i in map(int, np.flatnonzero(self.cues[:, 0]))
            ],
        )
