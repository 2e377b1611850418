"""Who is who: which true object each track follows, and how far the chain got for each object.

Only the engine looks here; nothing of it flows back to tracking or battle management.
"""

from __future__ import annotations

import numpy as np

from opendome.battle.state import FIRED, TRACKED
from opendome.physics.jit import kernel
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
# Objects of which a track's measurements are counted. One that mixes more loses the rarest: it
# follows none of them for long.
_CANDIDATES = 16
_NOBODY = -1


class Scoring:
    """Association counts of tracks with objects, and the chain reached by each object."""

    def __init__(self, n_objects: int, element_of_sensor: Integers | None = None) -> None:
        self._objects = np.full((256, _CANDIDATES), _NOBODY)  # by track: objects it has measured
        self._counts = np.zeros((256, _CANDIDATES), np.int64)
        self.last_object = np.full(256, _NOBODY)  # by track: object of its last measurement
        self.last_track = np.full(n_objects, _NOBODY)  # by object: track that took its last one
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
        self.starved = np.zeros(n_objects, np.bool_)
        self.shots = np.zeros(n_objects, np.int64)
        self.lost_orders = np.zeros(n_objects, np.int64)
        self.gone = np.zeros(n_objects, np.bool_)  # nobody is taken to follow it any more
        self.spared = np.zeros(n_objects, np.bool_)  # judged last to threaten nothing
        self._unmeasured: dict[int, float] = {}  # firm tracks of nobody yet, with their times

    def add_objects(self, n_more: int) -> None:
        """Room for objects that came into being during the replication."""
        for name, missing in (
            ("level", 0),
            ("first_detection_s", np.nan),
            ("last_seen_s", np.nan),
            ("first_detection_by", -1),
            ("first_firm_s", np.nan),
            ("last_track", _NOBODY),
            ("first_feasible_s", np.nan),
            ("second_shot", False),
            ("in_reach", False),
            ("starved", False),
            ("shots", 0),
            ("lost_orders", 0),
            ("gone", False),
            ("spared", False),
        ):
            column = getattr(self, name)
            setattr(self, name, np.pad(column, (0, n_more), constant_values=missing))

    def note_measurements(
        self, time_s: float, objects: Integers, sensor: Integers, assigned: Integers
    ) -> Integers:
        """Count measurements by track and object; returns the objects seen for the first time."""
        if objects.size == 0:
            return objects
        highest = int(assigned.max())
        if highest >= self._counts.shape[0]:
            more = max(self._counts.shape[0], highest + 1 - self._counts.shape[0])
            self._objects = np.pad(self._objects, ((0, more), (0, 0)), constant_values=_NOBODY)
            self._counts = np.pad(self._counts, ((0, more), (0, 0)))
            self.last_object = np.pad(self.last_object, (0, more), constant_values=_NOBODY)
            self._by_element = np.pad(self._by_element, ((0, more), (0, 0)))
        _count_measurements(
            objects, sensor, assigned, self._element, self._objects, self._counts,
            self.last_object, self.last_track, self._by_element,
        )  # fmt: skip
        fresh = np.empty(objects.shape[0], np.int64)
        n_fresh = _note_seen(
            time_s, objects, sensor, self.last_seen_s, self.first_detection_s,
            self.first_detection_by, self.level, fresh,
        )  # fmt: skip
        return fresh[:n_fresh]

    def elements_of(self, track_number: int) -> Flags:
        """Which elements of the architecture fed a track."""
        if not 0 <= track_number < self._by_element.shape[0]:
            return np.zeros(self._by_element.shape[1], np.bool_)
        row: Flags = self._by_element[track_number]
        return row

    def elements_of_any(self, numbers: Integers) -> Flags:
        """Which elements of the architecture fed any of these tracks."""
        known = numbers[(numbers >= 0) & (numbers < self._by_element.shape[0])]
        return np.asarray(self._by_element[known].any(axis=0))

    def count_looks(self, track_number: int) -> tuple[int, int]:
        """Measurements of a track, and how many of them were of the object that it follows."""
        if not 0 <= track_number < self._counts.shape[0]:
            return 0, 0
        row = self._counts[track_number]
        return int(row.sum()), int(row.max())

    def objects_of(self, numbers: Integers) -> Integers:
        """Object that each track follows now: of those not gone, the one it measured most.

        A track that went over from a booster to what it released follows that, however often it
        measured the booster before. If all are gone, it is the last that was followed; -1 if
        nothing was measured.
        """
        followed = np.full(numbers.shape[0], _NOBODY)
        _find_followed(numbers, self._objects, self._counts, self.gone, followed)
        return followed

    def object_of(self, track_number: int) -> int:
        """As `objects_of`, of one track."""
        return int(self.objects_of(np.array([track_number]))[0])

    def measured_most(self, track_number: int) -> int:
        """Object that gave most of a track's measurements over its whole life; -1 if none did."""
        if not 0 <= track_number < self._counts.shape[0]:
            return _NOBODY
        return int(self._objects[track_number, np.argmax(self._counts[track_number])])

    def note_starved(self, objects: Integers) -> None:
        """Objects that a radar could have seen now, had it had time for the cue that led there."""
        self.starved[objects] = True

    def note_firm(self, number: Integers, firm_s: Floats) -> list[int]:
        """Objects whose first firm track is among these.

        A track that an element reports may be firm before a look of it is counted; its object is
        among those of a later call.
        """
        self._unmeasured |= dict(zip(number.tolist(), firm_s.tolist(), strict=True))
        if not self._unmeasured:
            return []
        new = []
        asked = list(self._unmeasured.items())
        followed = self.objects_of(np.array([track for track, _ in asked]))
        for row, (track, when) in zip(followed, asked, strict=True):
            if row < 0:
                continue
            del self._unmeasured[track]
            if np.isnan(self.first_firm_s[row]):
                self.first_firm_s[row] = when
                self.level[row] = max(self.level[row], TRACKED)
                new.append(int(row))
        return new

    def note_plan(
        self, time_s: float, number: Integers, level: Integers, second: Flags, reach: Integers
    ) -> None:
        """How far the chain got at one decision."""
        if number.size:
            followed = self.objects_of(number)
            _raise_levels(
                time_s, followed, level, second, reach,
                self.level, self.second_shot, self.in_reach, self.first_feasible_s,
            )  # fmt: skip

    def note_judged(self, number: Integers, level: Integers) -> None:
        """Which objects threaten nothing, by the levels of tracks judged at one decision."""
        followed = self.objects_of(number)
        known = followed >= 0
        self.spared[followed[known]] = level[known] == TRACKED

    def first_reason(self, rows: list[int], any_met: bool, all_late: bool = False) -> str:
        """First link of the chain that broke for a leaker, over the objects that carried it.

        `all_late`: whatever was fired at them was to meet them after the leaker had come down.
        """
        level = max((int(self.level[row]) for row in rows), default=0)
        if level < TRACKED and any(self.starved[row] for row in rows):
            return "no-radar-time"
        if level < FIRED:
            return _REASON_OF_LEVEL[max(0, level)]
        if self.lost_orders[rows].any() and not self.shots[rows].any():
            return "order-lost"
        if any_met:
            return "failed"
        return "no-feasible-shot" if all_late else "missed"


@kernel
def _count_measurements(
    objects: Integers,
    sensor: Integers,
    assigned: Integers,
    element_of_sensor: Integers,
    candidates: Integers,
    counts: Integers,
    last_object: Integers,
    last_track: Integers,
    by_element: Flags,
) -> None:
    """Count each assigned measurement for its track, object and element."""
    for i in range(objects.shape[0]):
        track = assigned[i]
        if track < 0:
            continue
        last_object[track] = objects[i]
        last_track[objects[i]] = track
        by_element[track, element_of_sensor[min(sensor[i], element_of_sensor.shape[0] - 1)]] = True
        place = 0
        for k in range(candidates.shape[1]):
            if candidates[track, k] == objects[i] or candidates[track, k] == _NOBODY:
                place = k
                break
            if counts[track, k] < counts[track, place]:
                place = k
        if candidates[track, place] != objects[i]:
            candidates[track, place] = objects[i]
            counts[track, place] = 0
        counts[track, place] += 1


@kernel
def _note_seen(
    time_s: float,
    objects: Integers,
    sensor: Integers,
    last_s: Floats,
    first_s: Floats,
    first_by: Integers,
    level: Integers,
    fresh: Integers,
) -> int:
    """Note when objects are seen; fills those that were never seen before, returns how many."""
    n_fresh = 0
    for i in range(objects.shape[0]):
        row = objects[i]
        last_s[row] = time_s
        if np.isnan(first_s[row]):
            level[row] = max(level[row], _DETECTED)
            first_s[row] = time_s
            first_by[row] = sensor[i]
            fresh[n_fresh] = row
            n_fresh += 1
    return n_fresh


@kernel
def _find_followed(
    number: Integers, candidates: Integers, counts: Integers, gone: Flags, followed: Integers
) -> None:
    """Fill the object that gave most measurements of each track, one that is not gone first."""
    for i in range(number.shape[0]):
        if 0 <= number[i] < counts.shape[0]:
            most = 0
            there = False
            for k in range(counts.shape[1]):
                if counts[number[i], k] == 0:
                    continue
                here = not gone[candidates[number[i], k]]
                if (here and not there) or (here == there and counts[number[i], k] > most):
                    most = counts[number[i], k]
                    there = here
                    followed[i] = candidates[number[i], k]


@kernel
def _raise_levels(
    time_s: float,
    followed: Integers,
    reached: Integers,
    second: Flags,
    satellites: Integers,
    level: Integers,
    second_shot: Flags,
    in_reach: Flags,
    first_feasible_s: Floats,
) -> None:
    """Note for each object how far the chain got for a track that follows it."""
    for i in range(followed.shape[0]):
        row = followed[i]
        if row < 0:
            continue
        level[row] = max(level[row], reached[i])
        second_shot[row] |= second[i]
        in_reach[row] |= satellites[i] > 0
        if reached[i] > TRACKED + 1 and np.isnan(first_feasible_s[row]):
            first_feasible_s[row] = time_s
