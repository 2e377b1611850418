"""One replication: the clock, the order of the stages, the record."""

from __future__ import annotations

import gc
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from opendome.battle import Plan
from opendome.engine.command import Command
from opendome.engine.environment import Environment, draw_environment
from opendome.engine.fires import Fires
from opendome.engine.headquarters import Headquarters
from opendome.engine.kills import KillDraws
from opendome.engine.moving_shooters import MovingShooters
from opendome.engine.picture_notes import PictureNotes
from opendome.engine.recording import (
    Fates,
    record_engagements,
    record_ephemerides,
    record_impacts,
    record_threats,
    record_tracks,
)
from opendome.engine.relay import Links, Relay
from opendome.engine.scoring import Scoring
from opendome.engine.script import Script
from opendome.engine.sensors import SensorField
from opendome.engine.track_notes import TrackNotes
from opendome.engine.truth import TrueState
from opendome.engine.warnings import Warnings
from opendome.stage_clock import StageClock
from opendome.tables.coalition import HAPPENINGS, LOST, Happening
from opendome.tables.codes import BOOSTER, FIRM, LETHAL_KINDS
from opendome.tables.cued_looks import CuedLooks
from opendome.tables.measurements import Measurements
from opendome.tables.record import Record, build_table
from opendome.tables.shots import Assessments, Orders
from opendome.tables.truth import Integers
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
            self._cued_by(),
            seed=seed,
            replication=replication,
        )
        self.links = Links(world.sensor_names, seed, replication)
        self.headquarters = Headquarters(
            world.coalition, self.new_command, self.sensors.leading, seed, replication
        )
        self.links.follow(self.headquarters.network)
        self.relay = Relay(world.reporting_delay_s, self.links, ~np.isnan(world.report_interval_s))
        self.script = Script(world.coalition.events, world.platform_names, seed, replication)
        self.warnings = Warnings(world.coalition, world.nations)
        self.draws = KillDraws(world.forces.types, seed, replication)
        self.events: list[tuple[float, str, str, str, str]] = []
        self.fires = Fires(
            types=world.forces.types,
            shooters=world.forces.shooters,
            true=self.true,
            commanding=self.headquarters.commanding,
            scoring=self.scoring,
            draws=self.draws,
            on_boost_kill=self._end_boost,
            target_class=self._target_class,
            note=self._note,
            name_object=self._name,
            shooter_names=world.shooter_names,
            link=self.headquarters.link_to,
        )
        self.clock.lap("fly")

    def new_command(self) -> Command:
        """A command side that has seen nothing yet, with the forces that are available."""
        environment = self.environment
        forces = self.world.forces
        decision_s = forces.types.decision_s * environment.decision_factor
        return Command(
            replace(forces, types=forces.types._replace(decision_s=decision_s)),
            self.world.tracker,
            environment.interceptor_constellations,
            environment.inventory,
            environment.satellite_ready,
            environment.gmst0_rad,
            self._track_capacity(),
            self.world.report_interval_s,
            self.world.element_of_sensor,
            self.world.registration,
            self.links,
            self._place_shooters(),
        )

    @property
    def command(self) -> Command:
        """The command side that plans for all as long as nothing is cut."""
        return self.headquarters.main

    def _cued_by(self) -> Integers | None:
        """Node that cues each sensor, below zero one that reports tracks; None: may change."""
        coalition = self.world.coalition
        if coalition.events:
            return None
        alone = ~np.isnan(self.world.report_interval_s)
        return np.where(alone, -1 - np.arange(alone.size), coalition.node_of_sensor)

    def _place_shooters(self) -> MovingShooters | None:
        if self.world.shooter_patrols is None:
            return None
        patrols, rows = self.world.shooter_patrols
        there = self.environment.inventory[rows] > 0
        return MovingShooters(patrols, rows, self.seed, self.replication, there)

    def _track_capacity(self) -> int:
        """Track slots: three for each object that can be in the air, and room for ghosts."""
        return 3 * (int(self.true.end_s.shape[0]) + self.raid.n_missiles) + 64

    def run(self, keep: list[Decision] | None = None) -> None:
        """Run the clock. `keep` collects the command side's inputs and orders."""
        time_s, step_s = self.world.start_s, self.world.step_boost_s
        while not self._is_over(time_s):
            self._follow_script(time_s)
            self.fires.advance(time_s)
            assessments = self.fires.take_assessments()
            self.clock.lap("engage")
            cues, own_cues = self.headquarters.cue(time_s)
            self.clock.lap("decide")
            snapshot = self.true.snapshot(time_s)
            seen = self.sensors.observe(snapshot, cues, time_s, step_s, own_cues)
            measurements, rows = self.relay.pass_on(seen.rows, time_s)
            looks = self.relay.pass_on_looks(seen.looks, time_s)
            self.scoring.note_starved(seen.starved)
            self.clock.lap("sense")
            plans, assigned = self.headquarters.step(time_s, measurements, looks, assessments)
            self.clock.lap("decide")
            if keep is not None:
                orders = plans[0][1].orders
                keep.append(Decision(time_s, measurements, looks, assessments, orders))
            self._score(time_s, rows, measurements, assigned)
            for node, plan in plans:
                self._score_plan(time_s, node, plan)
            self.picture.look(
                self.command.tracker.tracks, snapshot, plans[0][1].predictions, time_s, self.true,
                self.scoring,
            )  # fmt: skip
            self.clock.lap("score")
            for node, plan in plans:
                if plan.orders.n_rows:
                    self.fires.fire(plan.orders, time_s, node)
            self.clock.lap("engage")
            burns = self.true.burns_within(time_s, self.world.step_s)
            step_s = self.world.step_boost_s if burns else self.world.step_s
            time_s += step_s
        self.fires.advance(np.inf)
        for node, command in self.headquarters.commands.items():
            self.notes.close(command.tracker.tracks)
            if command.tracker.n_refused:
                name = self.world.coalition.node_names[node]
                self._note(time_s, "tracks-refused", name, "", f"{command.tracker.n_refused}")
        for nation, answer_s, to in self.headquarters.consents.list_answers():
            said = "consents" if math.isfinite(answer_s) else "refuses"
            when = answer_s if math.isfinite(answer_s) else time_s
            self._note(when, said, self.world.nations[nation], "", to)

    def _is_over(self, time_s: float) -> bool:
        """Whether nothing that matters is left in the air."""
        return time_s > self.world.horizon_s or not self.true.matters_after(time_s)

    def _score(
        self, time_s: float, rows: np.ndarray, measurements: Measurements, assigned: np.ndarray
    ) -> None:
        self.scoring.gone = self.true.spent_by(time_s)
        fresh = self.scoring.note_measurements(time_s, rows, measurements.sensor, assigned)
        for row in fresh:
            by = int(self.scoring.first_detection_by[row])
            self._note(time_s, "detected", self._name(int(row)), self.world.sensor_names[by], "")

    def _score_plan(self, time_s: float, node: int, plan: Plan) -> None:
        tracks = self.headquarters.commands[node].tracker.tracks
        new = np.flatnonzero(tracks.firm_s >= time_s - 1e-9)
        new = new[tracks.status[new] == FIRM]
        for row in self.scoring.note_firm(tracks.number[new], tracks.firm_s[new]):
            self._note(time_s, "firm-track", self._name(row), "", "")
        self.warnings.look(tracks, time_s, self.scoring, self.headquarters.network, node)
        self.scoring.note_plan(time_s, plan.number, plan.level, plan.second_shot, plan.in_reach)
        if plan.predictions is not None:
            self.scoring.note_judged(plan.number[plan.judged], plan.level[plan.judged])
        self.notes.look(tracks, plan.orders.track, time_s, self.scoring, self.true)

    def _follow_script(self, time_s: float) -> None:
        """Let the scripted events that are due by now happen to links, sensors and shooters."""
        for event in self.script.take_due(time_s):
            self._note(event.time_s, HAPPENINGS[event.kind], event.target, "", "")
            if event.kind == LOST:
                self.sensors.lose(self.script.draw_sensors(event))
                self._lose_waiting(event)
                self.script.take_rounds(event, self.command.state, self.world.forces)
            else:
                self.headquarters.take(event)
                self.links.follow(self.headquarters.network)
                self.relay.relink()

    def _lose_waiting(self, event: Happening) -> None:
        """What the shooters of a loss were ordered and have not launched is lost with them."""
        waiting = self.fires.list_waiting(event.shooters, event.time_s)
        unanswered = self.fires.list_unanswered(event.shooters)
        gone = self.script.draw_ordered(
            event, (*waiting, *unanswered), self.command.state, self.world.forces
        )
        for shot in compress(waiting, gone):
            self.fires.lose_shot(shot, event.time_s)
        for report in compress(unanswered, gone[len(waiting) :]):
            self.fires.forget_order(report)

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
            "nations": self.warnings.record(fates),
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
                        len(self.fires.fired),
                        int((self.scoring.in_reach & (self.true.objects.kind == BOOSTER)).sum()),
                        int(self.true.missiles.launch_s.shape[0]),
                        int(np.isin(self.true.objects.kind, LETHAL_KINDS).sum()),
                        int(self.true.end_s.shape[0]),
                    )
                ],
            ),
        }
        if whole:
            record["ephemerides"] = record_ephemerides(fates)
        return record


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Let Python look for unreachable cycles at the end, instead of over and over on the way."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect(1)


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
    with collector_at_rest():
        run = Replication(world, seed, replication, clock)
        run.run()
        record = run.record(whole=outer == 0 and replication < world.keep)
        run.clock.lap("record")
        return record
