"""What the record keeps of each firm track, by track number, for scoring only."""

from __future__ import annotations

import math

import numpy as np

from opendome.engine.scoring import Scoring
from opendome.engine.truth import TrueState
from opendome.physics.jit import kernel
from opendome.physics.trajectory import sample
from opendome.tables.codes import FIRM
from opendome.tables.tracks import Tracks
from opendome.tables.truth import Flags, Floats, Integers, Trajectories

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
        self._parent = np.full(256, -1)
        self._look_s = self._next_s = -np.inf

    def numbers(self) -> Integers:
        """Numbers of all tracks that became firm."""
        return np.flatnonzero(np.isfinite(self._values[:, _FIRM]))

    def row(self, number: int) -> tuple[float, float, float, float, float, float]:
        """first_s, firm_s, last_s, lethality, position error [m], velocity error [m/s]."""
        return (*map(float, self._values[number]), *map(float, self._errors[number]))  # type: ignore[return-value]

    def parent(self, number: int) -> int:
        """Number of the track beside which a track began, -1 where it began alone."""
        return int(self._parent[number])

    def look(
        self, tracks: Tracks, shot_at: Integers, time_s: float, scoring: Scoring, true: TrueState
    ) -> None:
        """Take down all firm tracks when it is time to, and those that are shot at now.

        Once for each node that plans at a time. `shot_at` (n,) are numbers of tracks. A track's
        errors are those at the last look before the first shot at it.
        """
        if time_s >= self._next_s:
            self._look_s, self._next_s = time_s, time_s + LOOK_S
        due = time_s == self._look_s
        if not due and shot_at.size == 0:
            return
        if due:
            slots = np.flatnonzero(tracks.status == FIRM)
            self._take_down(tracks, slots)
        else:
            slots = np.flatnonzero(np.isin(tracks.number, shot_at))
            self._make_room(tracks.number[slots])
        numbers = tracks.number[slots]
        _measure_errors(
            numbers, tracks.time_s[slots], tracks.state[slots], scoring.objects_of(numbers),
            true.objects.start_s, true.end_s, true.trajectories, self._shot_at, self._errors,
        )  # fmt: skip
        self._shot_at[shot_at] = True

    def close(self, tracks: Tracks) -> None:
        """Take down all firm tracks once more, after the last decision; errors stay."""
        self._take_down(tracks, np.flatnonzero(tracks.status == FIRM))

    def _take_down(self, tracks: Tracks, slots: Integers) -> None:
        numbers = tracks.number[slots]
        self._make_room(numbers)
        self._parent[numbers] = tracks.parent[slots]
        self._values[numbers, _FIRST] = tracks.first_s[slots]
        self._values[numbers, _FIRM] = tracks.firm_s[slots]
        self._values[numbers, _LAST] = tracks.last_s[slots]
        self._values[numbers, _LETHALITY] = 1.0 / (1.0 + np.exp(-tracks.log_odds[slots]))

    def _make_room(self, numbers: Integers) -> None:
        more = int(numbers.max(initial=0)) + 1 - self._values.shape[0]
        if more > 0:
            more = max(more, self._values.shape[0])
            self._values = np.pad(self._values, ((0, more), (0, 0)), constant_values=np.nan)
            self._errors = np.pad(self._errors, ((0, more), (0, 0)), constant_values=np.nan)
            self._shot_at = np.pad(self._shot_at, (0, more))
            self._parent = np.pad(self._parent, (0, more), constant_values=-1)


@kernel
def _measure_errors(
    numbers: Integers,
    time_s: Floats,
    state: Floats,
    followed: Integers,
    start_s: Floats,
    end_s: Floats,
    paths: Trajectories,
    shot_at: Flags,
    errors: Floats,
) -> None:
    """Fill position and velocity errors of tracks, where the object they follow flies."""
    for i in range(numbers.shape[0]):
        row = followed[i]
        if row < 0 or shot_at[numbers[i]] or not start_s[row] <= time_s[i] <= end_s[row]:
            continue
        x, y, z, vx, vy, vz = sample(
            paths.first, paths.time_s, paths.position_eci_m, paths.velocity_eci_m_s,
            paths.acceleration_eci_m_s2, row, time_s[i],
        )  # fmt: skip
        s = state[i]
        errors[numbers[i], 0] = math.sqrt((s[0] - x) ** 2 + (s[1] - y) ** 2 + (s[2] - z) ** 2)
        errors[numbers[i], 1] = math.sqrt((s[3] - vx) ** 2 + (s[4] - vy) ** 2 + (s[5] - vz) ** 2)
