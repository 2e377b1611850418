"""The command side of a replication: everything the defence does, from what it measured alone.

It is given measurements, kill-assessment reports and the state of its own forces. Truth has no
way in; the blind-replay test feeds recorded inputs to a fresh `Command` and gets the same orders.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from opendome.battle import BattleState, Forces, OwnSatellites, Plan, plan
from opendome.engine.local_pictures import LocalPictures
from opendome.engine.moving_shooters import MovingShooters
from opendome.engine.relay import Links
from opendome.space import Constellation
from opendome.tables.codes import FREE
from opendome.tables.cued_looks import CuedLooks, select_looks
from opendome.tables.cues import Cues
from opendome.tables.measurements import Measurements, select
from opendome.tables.shots import Assessments
from opendome.tables.truth import Flags, Floats, Integers
from opendome.tracking import (
    SettingsTable,
    at_earth_angle,
    make_cues,
    predict_place,
    start_registration,
    start_tracker,
    update,
)


class Command:
    """Tracks, engagements and orders of one replication."""

    def __init__(
        self,
        forces: Forces,
        settings: SettingsTable,
        constellations: tuple[Constellation, ...],
        inventory: Integers,
        satellite_ready: list[Flags],
        gmst0_rad: float,
        capacity: int,
        report_interval_s: Floats,
        element_of_sensor: Integers,
        registration: Floats,
        links: Links,
        moving: MovingShooters | None = None,
    ) -> None:
        self.tracker = start_tracker(
            capacity,
            start_registration(registration, np.ones(registration.shape), capacity)
            if registration.any()
            else None,
        )
        self.moving = moving
        if moving is not None:
            own = forces.shooters._replace(position_ecef_m=forces.shooters.position_ecef_m.copy())
            forces = replace(forces, shooters=own)
        self.forces = forces
        self.settings = at_earth_angle(settings, gmst0_rad)
        self.local = LocalPictures(
            report_interval_s, element_of_sensor, self.settings, capacity, links
        )
        self.satellites = OwnSatellites(constellations)
        self.gmst0_rad = gmst0_rad
        self.state = BattleState.start(
            forces.types,
            forces.shooters,
            inventory,
            satellite_ready,
            capacity,
        )

    def step(
        self,
        time_s: float,
        measurements: Measurements,
        looks: CuedLooks,
        assessments: Assessments,
    ) -> tuple[Plan, Integers]:
        """One decision: update the picture, take in reports, plan.

        `looks` are those at cues that were reported by now, whether they found anything or not.
        Returns the plan and, for each measurement, the number of the track that took it (-1: none).
        """
        assigned = self._look(time_s, measurements, looks)
        if assessments.track.size:
            self.state.take_in(assessments, self.forces.shooters, time_s)
        if self.moving is not None:
            self.moving.place(self.forces.shooters, time_s)
        orders = plan(
            self.state, self.forces, self.tracker.tracks, time_s, self.gmst0_rad, self.satellites,
            self.settings,
        )  # fmt: skip
        return orders, assigned

    def _look(self, time_s: float, measurements: Measurements, looks: CuedLooks) -> Integers:
        """Take measurements in, or the tracks that their elements make of them."""
        if self.local.is_empty:
            return update(self.tracker, measurements, time_s, self.settings, looks)
        own, own_looks = (self.local.are_own(table.sensor) for table in (measurements, looks))
        ours, theirs = (select_looks(looks, which) for which in (~own_looks, own_looks))
        direct, local = np.flatnonzero(~own), np.flatnonzero(own)
        assigned = np.empty(measurements.n_rows, np.int64)
        assigned[direct] = update(
            self.tracker, select(measurements, direct), time_s, self.settings, ours
        )
        assigned[local] = self.local.take(select(measurements, local), theirs, time_s, self.tracker)
        return assigned

    def cue(self, time_s: float) -> Cues:
        """Where the sensors should look at a time, by the tracks of the last decision."""
        tracker = self.tracker
        return make_cues(tracker.tracks, time_s, self.settings, tracker.slots.evidence)

    def predict_point(
        self, track: int, now_s: float, time_s: float
    ) -> tuple[Floats, Floats] | None:
        """Where a track is expected at a later time, and its velocity [eci].

        None if the track is gone or nothing is expected of it so late.
        """
        tracks = self.tracker.tracks
        slots = np.flatnonzero((tracks.number == track) & (tracks.status != FREE))
        if slots.size == 0:
            return None
        return predict_place(tracks, int(slots[0]), now_s, time_s, self.settings)
