"""What the record keeps of each firm track, by track number, for scoring only."""

from __future__ import annotations

import numpy as np

from opendome.engine.truth import TrueState
from opendome.tables.codes import FIRM
from opendome.tables.tracks import Tracks
from opendome.tables.truth import Floats, Integers

# Tracks are looked at this often; errors before the first shot are taken at every look.
LOOK_S = 120.0

_TIMES, _ERRORS = 4, 2
_FIRST, _FIRM, _LAST, _LETHALITY = range(_TIMES)


class TrackNotes:
    """First, firm and last time, lethality and errors of every firm track."""

    def __init__(self) -> None:
        self._values = np.full((256, _TIMES), np.nan)
        self._errors = np.full((256, _ERRORS), np.nan)
        self._shot_at = np.zeros(256, np.bool_)
        self._next_s = -np.inf

    def numbers(self) -> Integers:
        """Numbers of all tracks that became firm."""
        return np.flatnonzero(np.isfinite(self._values[:, _FIRM]))

    def row(self, number: int) -> tuple[float, float, float, float, float, float]:
        """first_s, firm_s, last_s, lethality, position error [m], velocity error [m/s]."""
        return (*map(float, self._values[number]), *map(float, self._errors[number]))  # type: ignore[return-value]

    def look(self, tracks: Tracks, time_s: float, force: bool) -> Integers:
        """Take down all firm tracks when it is time to; returns the slots looked at."""
        if not force and time_s < self._next_s:
            return np.zeros(0, np.int64)
        self._next_s = time_s + LOOK_S
        slots = np.flatnonzero(tracks.status == FIRM)
        if slots.size == 0:
            return slots
        numbers = tracks.number[slots]
        self._make_room(int(numbers.max()) + 1)
        self._values[numbers, _FIRST] = tracks.first_s[slots]
        self._values[numbers, _FIRM] = tracks.firm_s[slots]
        self._values[numbers, _LAST] = tracks.last_s[slots]
        self._values[numbers, _LETHALITY] = 1.0 / (1.0 + np.exp(-tracks.log_odds[slots]))
        return slots

    def score(self, tracks: Tracks, slot: int, true: TrueState, row: int, *, shot: bool) -> None:
        """Take down a track's error against the object it follows; kept from the first shot on."""
        number = int(tracks.number[slot])
        self._make_room(number + 1)
        if self._shot_at[number]:
            return
        time_s = float(tracks.time_s[slot])
        if not true.objects.start_s[row] <= time_s <= true.end_s[row]:
            return
        position, velocity = true.state_of(row, time_s)
        self._errors[number] = _lengths(tracks.state[slot], position, velocity)
        self._shot_at[number] = shot

    def _make_room(self, n: int) -> None:
        more = n - self._values.shape[0]
        if more > 0:
            more = max(more, self._values.shape[0])
            self._values = np.pad(self._values, ((0, more), (0, 0)), constant_values=np.nan)
            self._errors = np.pad(self._errors, ((0, more), (0, 0)), constant_values=np.nan)
            self._shot_at = np.pad(self._shot_at, (0, more))


def _lengths(state: Floats, position: Floats, velocity: Floats) -> tuple[float, float]:
    return (
        float(np.linalg.norm(state[:3] - position)),
        float(np.linalg.norm(state[3:6] - velocity)),
    )
