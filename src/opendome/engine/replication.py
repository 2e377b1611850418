"""One replication: the clock, the order of the stages, the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from opendome.engine.command import Command
from opendome.engine.environment import Environment, draw_environment
from opendome.engine.fires import Fires
from opendome.engine.kills import KillDraws
from opendome.engine.picture_notes import PictureNotes
from opendome.engine.recording import (
    Fates,
    record_engagements,
    record_ephemerides,
    record_impacts,
    record_threats,
    record_tracks,
)
from opendome.engine.relay import Relay
from opendome.engine.scoring import Scoring
from opendome.engine.sensors import SensorField
from opendome.engine.track_notes import TrackNotes
from opendome.engine.truth import TrueState
from opendome.stage_clock import StageClock
from opendome.tables.codes import BOOSTER, FIRM, LETHAL_KINDS
from opendome.tables.cued_looks import CuedLooks
from opendome.tables.measurements import Measurements
from opendome.tables.record import Record, build_table
from opendome.tables.shots import Assessments, Orders
from opendome.threats import cut_off, fly_raid, remains_identity

if TYPE_CHECKING:
    from opendome.world import World


class Decision(NamedTuple):
    """Inputs and output of the command side at one time, for replay."""

    time_s: float
    measurements: Measurements
    looks: CuedLooks
    assessments: Assessments
    orders: Orders


class Replication:
    """One raid against one defence, from launch to the last impact."""

    def __init__(
        self, world: World, seed: int, replication: int, clock: StageClock | None = None
    ) -> None:
        self.clock = clock or StageClock()
        self.clock.restart()
        self.world = world
        self.seed = seed
        self.replication = replication
        self.environment: Environment = draw_environment(world, seed, replication)
        gmst0 = self.environment.gmst0_rad
        self.raid = world.raid_of(seed, replication)
        truth = fly_raid(self.raid, gmst0, seed, replication)
        self.true = TrueState(truth, self.environment.sky.sun_eci)
        self.scoring = Scoring(self.true.end_s.shape[0], world.element_of_sensor)
        self.notes = TrackNotes()
        self.picture = PictureNotes(self.true.end_s.shape[0])
        self.sensors = SensorField.of(
            world.sensors,
            self.environment.sensor_up,
            self.environment.sensor_constellations,
            gmst0,
            self.environment.sky,
            seed=seed,
            replication=replication,
        )
        self.relay = Relay(world.reporting_delay_s)
        self.command = self.new_command()
        self.draws = KillDraws(world.forces.types, seed, replication)
        self.events: list[tuple[float, str, str, str, str]] = []
        self.fires = Fires(
            types=world.forces.types,
            shooters=world.forces.shooters,
            true=self.true,
            command=self.command,
            scoring=self.scoring,
            draws=self.draws,
            on_boost_kill=self._end_boost,
            target_class=self._target_class,
            note=self._note,
            shooter_names=world.shooter_names,
        )
        self.clock.lap("fly")

    def new_command(self) -> Command:
        """A command side that has seen nothing yet, with the forces that are available."""
        environment = self.environment
        return Command(
            self.world.forces,
            self.world.tracker,
            environment.interceptor_constellations,
            environment.inventory,
            environment.satellite_ready,
            environment.gmst0_rad,
            self._track_capacity(),
            self.world.report_interval_s,
            self.world.element_of_sensor,
            self.world.registration,
        )

    def _track_capacity(self) -> int:
        """Track slots: three for each object that can be in the air, and room for ghosts."""
        return 3 * (int(self.true.end_s.shape[0]) + self.raid.n_missiles) + 64

    def run(self, keep: list[Decision] | None = None) -> None:
        """Run the clock. `keep` collects the command side's inputs and orders."""
        time_s, step_s = self.world.start_s, self.world.step_boost_s
        while not self._is_over(time_s):
            self.fires.advance(time_s)
            assessments = self.fires.take_assessments()
            self.clock.lap("engage")
            cues = self.command.cue(time_s)
            own_cues = self.command.local.cue(cues, time_s)
            self.clock.lap("decide")
            snapshot = self.true.snapshot(time_s)
            seen = self.sensors.observe(snapshot, cues, time_s, step_s, own_cues)
            measurements, rows = self.relay.pass_on(
                seen.measurements, snapshot.row[seen.link], time_s
            )
            looks = self.relay.pass_on_looks(seen.looks, time_s)
            self.scoring.note_starved(snapshot.row[seen.starved])
            self.clock.lap("sense")
            plan, assigned = self.command.step(time_s, measurements, looks, assessments)
            self.clock.lap("decide")
            if keep is not None:
                keep.append(Decision(time_s, measurements, looks, assessments, plan.orders))
            self._score(time_s, rows, measurements, assigned)
            self.scoring.note_plan(time_s, plan.number, plan.level, plan.second_shot, plan.in_reach)
            self.notes.look(
                self.command.tracker.tracks, plan.orders.track, time_s, self.scoring, self.true
            )
            self.picture.look(
                self.command.tracker.tracks, snapshot, plan.predictions, time_s, self.true,
                self.scoring,
            )  # fmt: skip
            self.clock.lap("score")
            if plan.orders.n_rows:
                self.fires.fire(plan.orders, time_s)
            self.clock.lap("engage")
            step_s = self.world.step_boost_s if self.true.burning_at(time_s) else self.world.step_s
            time_s += step_s
        self.fires.advance(np.inf)
        self.notes.close(self.command.tracker.tracks)

    def _is_over(self, time_s: float) -> bool:
        """Whether nothing that matters is left in the air."""
        return time_s > self.world.horizon_s or not self.true.matters_after(time_s)

    def _score(
        self, time_s: float, rows: np.ndarray, measurements: Measurements, assigned: np.ndarray
    ) -> None:
        fresh = self.scoring.note_measurements(time_s, rows, measurements.sensor, assigned)
        for row in fresh:
            by = int(self.scoring.first_detection_by[row])
            self._note(time_s, "detected", self._name(int(row)), self.world.sensor_names[by], "")
        tracks = self.command.tracker.tracks
        new = np.flatnonzero(tracks.firm_s >= time_s - 1e-9)
        if new.size:
            new = new[tracks.status[new] == FIRM]
            for row in self.scoring.note_firm(tracks.number[new], tracks.firm_s[new]):
                self._note(time_s, "firm-track", self._name(row), "", "")

    def _name(self, row: int) -> str:
        return self.world.name_of(self.true.objects.identity[row])

    def _note(self, time_s: float, kind: str, subject: str, other: str, detail: str) -> None:
        self.events.append((time_s, kind, subject, other, detail))

    def _target_class(self, row: int) -> int:
        return int(self.world.target_class[self.true.missiles.missile_class[
            self.true.objects.missile[row]]])  # fmt: skip

    def _end_boost(self, row: int, layer: int, time_s: float) -> None:
        """End a missile's boost by a hit; its warhead may survive and fly on from there."""
        missile = int(self.true.objects.missile[row])
        identity = self.true.missiles.identity[missile]
        self.true.cut_boost(missile, time_s, layer)
        if not self.draws.survives(identity, self.world.warhead_survival):
            return
        like = next(
            (
                int(r)
                for r in self.true.rows_of(missile)
                if self.true.objects.kind[r] in LETHAL_KINDS
            ),
            row,
        )
        nodes = cut_off(self.true.missiles, self.true.objects, self.true.trajectories, row, time_s)
        self.true.add_body(missile, nodes, np.uint64(remains_identity(identity)), like)
        self.scoring.add_objects(1)

    def record(self, whole: bool) -> Record:
        """The tables that this replication leaves behind; `whole` adds ephemerides."""
        fates = Fates(self.world, self.true, self.fires, self.scoring, self.environment.gmst0_rad)
        lethal = fates.lethal
        record: Record = {
            "threats": record_threats(fates, self.picture),
            "engagements": record_engagements(fates),
            "tracks": record_tracks(fates, self.notes),
            "picture": self.picture.record_picture(),
            "impacts": record_impacts(fates, self.picture),
            "radars": self.sensors.use.record(self.world.sensor_names),
            "events": build_table("events", sorted(self.events)),
            "replications": build_table(
                "replications",
                [
                    (
                        False,
                        "",
                        self.environment.epoch_offset_s,
                        int(lethal.sum()),
                        int((fates.fate == "leaked").sum()),
                        int((fates.fate == "fell-short").sum()),
                        int(((fates.fate == "stopped") & lethal).sum()),
                        len(self.fires.shots),
                        int((self.scoring.in_reach & (self.true.objects.kind == BOOSTER)).sum()),
                        int(self.true.missiles.launch_s.shape[0]),
                        int(np.isin(self.true.objects.kind, LETHAL_KINDS).sum()),
                        int(self.true.end_s.shape[0]),
                    )
                ],
            ),
        }
        if whole:
            every = np.arange(self.true.end_s.shape[0])
            record["ephemerides"] = record_ephemerides(fates, every)
        return record


def run_replication(
    world: World, seed: int, replication: int, outer: int = 0, clock: StageClock | None = None
) -> Record:
    """Run one replication of a world and return its record.

    Parameters
    ----------
    world : World
        Compiled for the draw `outer` of the assumptions.
    seed, replication : int
        Key of all draws: the same bits whatever ran before, in whatever process.
    outer : int
        0 for best values; replications of other draws are never kept whole.
    clock : StageClock, optional
        Told how long each stage takes.
    """
    run = Replication(world, seed, replication, clock)
    run.run()
    record = run.record(whole=outer == 0 and replication < world.keep)
    run.clock.lap("record")
    return record
