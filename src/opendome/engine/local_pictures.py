"""Elements that report tracks and not measurements: each keeps a picture of its own.

A chain of radars, a ship or a satellite layer with its own tracker cues its sensors by what it
tracks itself and by what the command side sends. It reports its firm tracks, every so often, over a
link that takes time and may lose a report.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from opendome.engine.relay import Links
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


class Report(NamedTuple):
    """What is on its way: firm tracks with looks that were not told, and which have ended.

    Those by number, with the time of the last look that was told of them.
    """

    arrival_s: float
    tracks: Tracks
    ended: dict[int, float]


@dataclass
class Picture:
    """What one element keeps, whoever hears of it: its tracks, and what it told of them."""

    tracker: Tracker
    interval_s: float  # between reports
    due_s: float = -np.inf  # the next report
    # By number of its track: the command side's that it was last fused with, the last look told.
    fed: dict[int, int] = field(default_factory=dict)
    told_s: dict[int, float] = field(default_factory=dict)
    sent: list[Report] = field(default_factory=list)


class LocalPictures:
    """Pictures that report to one command side, by the first sensor of their elements."""

    def __init__(
        self,
        report_interval_s: Floats,
        element_of_sensor: Integers,
        settings: SettingsTable,
        capacity: int,
        links: Links,
    ) -> None:
        """Arrays by sensor index; the interval is NaN for sensors that report measurements."""
        self._settings = settings
        self._links = links
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
                picture.sent.clear()
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

        A report that is lost is made again with the next.

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
        numbers = self.follow(measurements, looks, time_s)
        for lead, picture in self.pictures.items():
            if time_s >= picture.due_s:
                if self._links.passes(lead, time_s):
                    self._send(picture, time_s, float(self._links.latency_s[lead]))
                else:
                    picture.due_s = time_s + picture.interval_s
            here = [report for report in picture.sent if report.arrival_s <= time_s]
            picture.sent = [report for report in picture.sent if report.arrival_s > time_s]
            for report in here:
                self._receive(picture, report, lead, time_s, tracker)
        assigned = np.full(measurements.n_rows, -1, np.int64)
        lead_of_row = self._lead[measurements.sensor]
        alive = set(tracker.tracks.number.tolist())
        for row in np.flatnonzero(numbers >= 0).tolist():
            fed = self.pictures[int(lead_of_row[row])].fed.get(int(numbers[row]), -1)
            assigned[row] = fed if fed in alive else -1
        return assigned

    def follow(self, measurements: Measurements, looks: CuedLooks, time_s: float) -> Integers:
        """Take measurements into their elements' own pictures alone; numbers of their tracks."""
        numbers = np.full(measurements.n_rows, -1, np.int64)
        lead_of_row, lead_of_look = self._lead[measurements.sensor], self._lead[looks.sensor]
        for lead, picture in self.pictures.items():
            rows = np.flatnonzero(lead_of_row == lead)
            seen = np.flatnonzero((lead_of_look == lead) & (looks.track != _FOREIGN))
            numbers[rows] = update(
                picture.tracker, select(measurements, rows), time_s, self._settings,
                select_looks(looks, seen),
            )  # fmt: skip
        return numbers

    def _send(self, picture: Picture, time_s: float, latency_s: float) -> None:
        """Report the firm tracks with looks that were not told yet, and which have ended."""
        tracks, told_s = picture.tracker.tracks, picture.told_s
        known = set(tracks.number.tolist()).union(*(report.ended for report in picture.sent))
        ended = {
            number: told_s.pop(number, -np.inf)
            for number in {**picture.fed, **told_s}
            if number not in known
        }
        firm = np.flatnonzero(tracks.status == FIRM)
        told = [told_s.get(number, -np.inf) for number in tracks.number[firm].tolist()]
        fresh = firm[tracks.last_s[firm] > told]
        if not fresh.size and not ended:
            return
        reports = Tracks._make(column[fresh] for column in tracks)
        picture.sent.append(Report(time_s + latency_s, reports, ended))
        told_s |= dict(zip(reports.number.tolist(), reports.last_s.tolist(), strict=True))
        if fresh.size:  # else the next may come as soon as there is something to tell
            picture.due_s = time_s + picture.interval_s

    def _receive(
        self, picture: Picture, report: Report, lead: int, time_s: float, tracker: Tracker
    ) -> None:
        """Take a report in, and end what it says has ended and nobody else has seen since."""
        fed, reports = picture.fed, report.tracks
        ended = {fed.pop(number): s for number, s in report.ended.items() if number in fed}
        for number in ended.keys() - fed.values():
            drop_tracks(tracker.slots, np.array([number]), ended[number])
        numbers = reports.number.tolist()
        feeding = np.array([fed.get(number, -1) for number in numbers], np.int64)
        taken = take_reports(tracker, reports, feeding, lead, time_s, self._settings)
        fed |= dict(zip(numbers, taken.tolist(), strict=True))
