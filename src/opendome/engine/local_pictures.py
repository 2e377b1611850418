"""Elements that report tracks and not measurements: each keeps a picture of its own.

A chain of radars, a ship or a satellite layer with its own tracker cues its sensors by what it
tracks itself and by what the command side sends. It reports its firm tracks, every so often.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from opendome.tables.codes import FIRM
from opendome.tables.cued_looks import CuedLooks, select_looks
from opendome.tables.cues import Cues
from opendome.tables.measurements import Measurements, select
from opendome.tables.tracks import Tracks
from opendome.tables.truth import Flags, Floats, Integers
from opendome.tracking import (
    SettingsTable,
    Tracker,
    drop_tracks,
    make_cues,
    start_tracker,
    take_reports,
    update,
)

_FOREIGN = -1  # number of a cue that is no track of the element's own


@dataclass
class Picture:
    """What one element keeps, whoever hears of it: its tracks, and what it told of them."""

    tracker: Tracker
    interval_s: float  # between reports
    due_s: float = -np.inf  # the next report
    # By number of its track: the command side's that it was last fused with, the last look told.
    fed: dict[int, int] = field(default_factory=dict)
    told_s: dict[int, float] = field(default_factory=dict)


class LocalPictures:
    """Pictures that report to one command side, by the first sensor of their elements."""

    def __init__(
        self,
        report_interval_s: Floats,
        element_of_sensor: Integers,
        settings: SettingsTable,
        capacity: int,
    ) -> None:
        """Arrays by sensor index; the interval is NaN for sensors that report measurements."""
        self._settings = settings
        self._lead = np.full(report_interval_s.shape[0], -1)
        reporting = np.flatnonzero(~np.isnan(report_interval_s))
        for sensor in reporting.tolist():
            same = element_of_sensor[reporting] == element_of_sensor[sensor]
            self._lead[sensor] = reporting[same][0]
        leads = np.unique(self._lead[reporting]).tolist()
        self.pictures = {
            lead: Picture(start_tracker(capacity), float(report_interval_s[lead])) for lead in leads
        }

    @property
    def is_empty(self) -> bool:
        """Whether all that report here report measurements."""
        return not self.pictures

    def hold(self, pictures: dict[int, Picture]) -> None:
        """Hear from now on of these pictures and no others; of those that are new here, of all."""
        for lead, picture in pictures.items():
            if self.pictures.get(lead) is not picture:
                picture.told_s.clear()
        self.pictures = pictures

    def are_own(self, sensor: Integers) -> Flags:
        """Which of these sensors report tracks."""
        own: Flags = self._lead[sensor] >= 0
        return own

    def cue(self, sent: Cues, time_s: float) -> dict[int, Cues]:
        """Cues of each element's sensors, by its first sensor.

        They are its own tracks, and what of the command side's cues, `sent`, stands for none of
        them; these have no number, as it cannot say what a look at them means.
        """
        cues = {}
        for lead, picture in self.pictures.items():
            tracker = picture.tracker
            own = make_cues(tracker.tracks, time_s, self._settings, tracker.slots.evidence)
            known = np.array(list(picture.fed.values()), np.int64)
            foreign = Cues._make(column[~np.isin(sent.number, known)] for column in sent)
            foreign.number[:] = _FOREIGN
            both = Cues._make(np.concatenate(pair) for pair in zip(own, foreign, strict=True))
            order = np.argsort(-both.priority, kind="stable")
            cues[lead] = Cues._make(column[order] for column in both)
        return cues

    def take(
        self, measurements: Measurements, looks: CuedLooks, time_s: float, tracker: Tracker
    ) -> Integers:
        """Take measurements into their elements' own pictures, and what those report into another.

        Parameters
        ----------
        measurements : Measurements
            Of sensors that report tracks alone.
        looks : CuedLooks
            Of the same sensors, at cues of theirs.
        time_s : float
            Now: of the decision for which `tracker` is up to date.
        tracker : Tracker
            The command side's.

        Returns
        -------
        assigned : (n,) int64
            Number of the command side's track that each measurement feeds; -1 while none.
        """
        assigned = np.full(measurements.n_rows, -1, np.int64)
        numbers = np.full(measurements.n_rows, -1, np.int64)
        lead_of_row, lead_of_look = self._lead[measurements.sensor], self._lead[looks.sensor]
        for lead, picture in self.pictures.items():
            rows = np.flatnonzero(lead_of_row == lead)
            seen = np.flatnonzero((lead_of_look == lead) & (looks.track != _FOREIGN))
            numbers[rows] = update(
                picture.tracker, select(measurements, rows), time_s, self._settings,
                select_looks(looks, seen),
            )  # fmt: skip
            if time_s >= picture.due_s:
                self._report(picture, lead, time_s, tracker)
        alive = set(tracker.tracks.number.tolist())
        for row in np.flatnonzero(numbers >= 0).tolist():
            fed = self.pictures[int(lead_of_row[row])].fed.get(int(numbers[row]), -1)
            assigned[row] = fed if fed in alive else -1
        return assigned

    def _report(self, picture: Picture, lead: int, time_s: float, tracker: Tracker) -> None:
        """Send the firm tracks with looks that were not told yet, and which have ended."""
        tracks, fed, told_s = picture.tracker.tracks, picture.fed, picture.told_s
        alive = set(tracks.number.tolist())
        ended = {number: fed.pop(number) for number in list(fed) if number not in alive}
        kept = set(fed.values())
        for number, dropped in ended.items():
            last_s = told_s.pop(number, -np.inf)
            if dropped not in kept:
                drop_tracks(tracker.slots, np.array([dropped]), last_s)
        firm = np.flatnonzero(tracks.status == FIRM)
        told = [told_s.get(number, -np.inf) for number in tracks.number[firm].tolist()]
        sent = firm[tracks.last_s[firm] > told]
        if sent.size == 0:
            return  # the next may come as soon as there is something to tell
        reports = Tracks._make(column[sent] for column in tracks)
        numbers = reports.number.tolist()
        known = np.array([fed.get(number, -1) for number in numbers], np.int64)
        taken = take_reports(tracker, reports, known, lead, time_s, self._settings)
        fed |= dict(zip(numbers, taken.tolist(), strict=True))
        told_s |= dict(zip(numbers, reports.last_s.tolist(), strict=True))
        picture.due_s = time_s + picture.interval_s
