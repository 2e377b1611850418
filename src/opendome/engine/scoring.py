"""Who is who: which true object each track follows, and how far the chain got for each object.

Only the engine looks here; nothing of it flows back to tracking or battle management.
"""

from __future__ import annotations

import numpy as np

from opendome.battle.state import FIRED, TRACKED
from opendome.tables.truth import Flags, Floats, Integers

_DETECTED = TRACKED - 1
_REASON_OF_LEVEL = (
    "not-detected",
    "not-tracked",
    "not-discriminated",
    "no-feasible-shot",
    "not-authorised",
    "no-inventory",
    "no-channel",
    "held",
)


class Scoring:
    """Association counts of tracks with objects, and the chain reached by each object."""

    def __init__(self, n_objects: int, element_of_sensor: Integers | None = None) -> None:
        self.counts = np.zeros((256, n_objects), np.int32)
        self._element = np.zeros(1, np.int64) if element_of_sensor is None else element_of_sensor
        self._by_element = np.zeros((256, int(self._element.max(initial=0)) + 1), np.bool_)
        self.level = np.zeros(n_objects, np.int64)
        self.first_detection_s = np.full(n_objects, np.nan)
        self.last_seen_s = np.full(n_objects, np.nan)
        self.first_detection_by = np.full(n_objects, -1, np.int64)
        self.first_firm_s = np.full(n_objects, np.nan)
        self.first_feasible_s = np.full(n_objects, np.nan)
        self.second_shot = np.zeros(n_objects, np.bool_)
        self.in_reach = np.zeros(n_objects, np.bool_)
        self.shots = np.zeros(n_objects, np.int64)

    def add_objects(self, n_more: int) -> None:
        """Room for objects that came into being during the replication."""
        self.counts = np.pad(self.counts, ((0, 0), (0, n_more)))
        for name, missing in (
            ("level", 0),
            ("first_detection_s", np.nan),
            ("last_seen_s", np.nan),
            ("first_detection_by", -1),
            ("first_firm_s", np.nan),
            ("first_feasible_s", np.nan),
            ("second_shot", False),
            ("in_reach", False),
            ("shots", 0),
        ):
            column = getattr(self, name)
            setattr(self, name, np.pad(column, (0, n_more), constant_values=missing))

    def note_measurements(
        self, time_s: float, objects: Integers, sensor: Integers, assigned: Integers
    ) -> Integers:
        """Count measurements by track and object; returns the objects seen for the first time."""
        self.last_seen_s[objects] = time_s
        fresh = objects[np.isnan(self.first_detection_s[objects])]
        if fresh.size:
            first_rows = {int(o): int(s) for o, s in zip(objects[::-1], sensor[::-1], strict=True)}
            fresh = np.unique(fresh)
            self.first_detection_s[fresh] = time_s
            self.first_detection_by[fresh] = [first_rows[int(o)] for o in fresh]
            self.level[fresh] = np.maximum(self.level[fresh], _DETECTED)
        taken = assigned >= 0
        if taken.any():
            highest = int(assigned.max())
            if highest >= self.counts.shape[0]:
                grown = max(2 * self.counts.shape[0], highest + 1)
                more = ((0, grown - self.counts.shape[0]), (0, 0))
                self.counts = np.pad(self.counts, more)
                self._by_element = np.pad(self._by_element, more)
            np.add.at(self.counts, (assigned[taken], objects[taken]), 1)
            element = self._element[np.minimum(sensor[taken], self._element.shape[0] - 1)]
            self._by_element[assigned[taken], element] = True
        found: Integers = fresh.astype(np.int64)
        return found

    def elements_of(self, track_number: int) -> Flags:
        """Which elements of the architecture fed a track."""
        if not 0 <= track_number < self._by_element.shape[0]:
            return np.zeros(self._by_element.shape[1], np.bool_)
        row: Flags = self._by_element[track_number]
        return row

    def object_of(self, track_number: int) -> int:
        """The object that gave most of a track's measurements; -1 if none did."""
        if not 0 <= track_number < self.counts.shape[0]:
            return -1
        row = self.counts[track_number]
        best = int(row.argmax())
        return best if row[best] > 0 else -1

    def note_firm(self, number: Integers, firm_s: Floats) -> list[int]:
        """Objects whose first firm track is among these."""
        new = []
        for track, when in zip(number, firm_s, strict=True):
            row = self.object_of(int(track))
            if row >= 0 and np.isnan(self.first_firm_s[row]):
                self.first_firm_s[row] = when
                self.level[row] = max(self.level[row], TRACKED)
                new.append(row)
        return new

    def note_plan(
        self, time_s: float, number: Integers, level: Integers, second: Flags, reach: Integers
    ) -> None:
        """How far the chain got at one decision."""
        for track, reached, again, satellites in zip(number, level, second, reach, strict=True):
            row = self.object_of(int(track))
            if row < 0:
                continue
            self.level[row] = max(self.level[row], reached)
            self.second_shot[row] |= bool(again)
            self.in_reach[row] |= satellites > 0
            if reached > TRACKED + 1 and np.isnan(self.first_feasible_s[row]):
                self.first_feasible_s[row] = time_s

    def first_reason(self, rows: list[int], any_contained: bool) -> str:
        """First link of the chain that broke for a leaker, over the objects that carried it."""
        level = max((int(self.level[row]) for row in rows), default=0)
        if level < FIRED:
            return _REASON_OF_LEVEL[max(0, level)]
        return "failed" if any_contained else "missed"
