"""The command nodes of a replication: each plans with its own picture for what it reaches.

As long as all links stand there is one, which plans for everything that takes part. A node that is
cut off from its superiors goes on with the picture that it last shared, from then on with what its
own sensors report, and with its own interceptors if it may. Rounds, channels and satellites are
the same arrays for all nodes: each is spent by whoever commands it then.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace

import numpy as np

from opendome.battle import Plan
from opendome.battle.state import JUDGED
from opendome.engine.command import Command
from opendome.engine.local_pictures import Picture
from opendome.engine.network import Consents, Network
from opendome.tables.coalition import NOBODY, Airspace, Coalition, Happening
from opendome.tables.cued_looks import CuedLooks, select_looks
from opendome.tables.cues import Cues
from opendome.tables.measurements import Measurements, select
from opendome.tables.shots import Assessments
from opendome.tables.truth import Integers
from opendome.tracking import copy_tracker
from opendome.tracking.picture import NEXT_NUMBER


class Headquarters:
    """All command nodes that plan for something, by node; the highest comes first."""

    def __init__(
        self,
        coalition: Coalition,
        start: Callable[[], Command],
        leading_sensors: list[int],
        seed: int,
        replication: int,
    ) -> None:
        """`start` makes a command side that has seen nothing.

        `leading_sensors` are the first ones of sensors that are cued together.
        """
        self.coalition = coalition
        self.network = Network(coalition)
        self.consents = Consents(coalition, seed, replication)
        self._start = start
        self._leading = leading_sensors
        self.main = start()
        self._pictures = self.main.local.pictures
        # Of elements that nobody hears: they go on with what they see.
        self._unheard = start().local if self._pictures else self.main.local
        self.commands: dict[int, Command] = {coalition.highest: self.main}
        self._valid_s = -math.inf  # until then what nodes were told last may not change
        self._own_nation = self.main.forces.shooters.nation
        # By node, until when the shots of others are known to it: it has taken over their picture.
        self._knows: dict[int, dict[int, float]] = {}
        self._planner = self.network.planner
        self._left: dict[int, Command] = {}  # by node that does not plan yet: what it goes on with
        self._regroup()

    def take(self, event: Happening) -> None:
        """Let a scripted cut or restoration of links happen."""
        self.network.take(event)
        self._regroup(event.time_s)

    def _regroup(self, time_s: float = -math.inf) -> None:
        """Give each node that now plans for something a command side, and drop the others.

        Elements that report tracks keep their own pictures, whoever hears of them.
        """
        before = self.commands
        self._leave_pictures(before, time_s)
        # A number stands for one track, also where it was given by a node that plans no more.
        newest = max((int(c.tracker.counters[NEXT_NUMBER]) for c in before.values()), default=0)
        self.commands = {}
        for node in self.network.acting:
            command = before.get(node) or self._left.pop(node, None) or self._start()
            command.state.share_forces(self.main.state)
            self.commands[node] = command
        for node, command in self.commands.items():
            counters = command.tracker.counters
            counters[NEXT_NUMBER] = max(int(counters[NEXT_NUMBER]), newest)
            command.local.hold(self._heard_by(node))
        if self._pictures:
            self._unheard.hold(self._heard_by(NOBODY))
        self._are_whole = len(self.commands) == 1 and bool(
            (self.network.node_of_sensor == self.coalition.highest).all()
        )
        self._valid_s = -math.inf

    def _heard_by(self, node: int) -> dict[int, Picture]:
        """Pictures of the elements that report tracks to a node."""
        of = self.network.node_of_sensor
        return {lead: picture for lead, picture in self._pictures.items() if of[lead] == node}

    def _leave_pictures(self, before: dict[int, Command], time_s: float) -> None:
        """Leave to each node that another has planned for until now what that shared last.

        A node that is cut off altogether keeps it until it plans on its own, or is planned for
        again.
        """
        now = self.network.planner
        for node, (former, planner) in enumerate(
            zip(self._planner.tolist(), now.tolist(), strict=True)
        ):
            if planner not in (node, NOBODY):
                self._left.pop(node, None)
            elif former not in (planner, NOBODY) and former in before:
                self._left[node] = self._copy(before[former])
                self._knows[node] = {**self._knows.get(former, {}), former: time_s}
        self._planner = now

    def _copy(self, heir: Command) -> Command:
        """A command side with the picture of another."""
        command = self._start()
        command.tracker = copy_tracker(heir.tracker)
        command.local.pictures = heir.local.pictures
        command.state = deepcopy(heir.state)
        return command

    def commanding(self, shooter: int) -> Command:
        """The command side that guides shots of a shooter; the main one where it reaches none."""
        return self.commands.get(int(self.network.node_of_shooter[shooter]), self.main)

    def link_to(self, shooter: int) -> tuple[float, float]:
        """How likely the link to a shooter loses an order now, and its latency each way [s]."""
        network = self.network
        return float(network.shooter_loss[shooter]), float(network.shooter_latency_s[shooter])

    def cue(self, time_s: float) -> tuple[Cues, dict[int, Cues]]:
        """Where sensors look: by the main picture, and those that others cue by their first one."""
        cues = {node: command.cue(time_s) for node, command in self.commands.items()}
        own = {} if self._are_whole else self._unheard.cue(Cues.unfilled(0), time_s)
        for node, command in self.commands.items():
            own |= command.local.cue(cues[node], time_s)
        for sensor in self._leading:
            node = int(self.network.node_of_sensor[sensor])
            if node in cues and node != self.coalition.highest and sensor not in own:
                own[sensor] = cues[node]
        return cues[self.coalition.highest], own

    def step(
        self,
        time_s: float,
        measurements: Measurements,
        looks: CuedLooks,
        assessments: Assessments,
    ) -> tuple[list[tuple[int, Plan]], Integers]:
        """One decision of every node.

        Returns the plans with the nodes that made them, and for each measurement the number of the
        track that took it (-1: none).
        """
        self._authorise(time_s)
        if self._are_whole:
            told = self.address(self.coalition.highest, assessments)
            plan, assigned = self.main.step(time_s, measurements, looks, told)
            plans = [(self.coalition.highest, plan)]
        else:
            plans, assigned = self._step_each(time_s, measurements, looks, assessments)
        if self.consents.are_open and any((plan.level >= JUDGED).any() for _, plan in plans):
            self.consents.ask(time_s)
            self._valid_s = -math.inf
        return plans, assigned

    def _step_each(
        self,
        time_s: float,
        measurements: Measurements,
        looks: CuedLooks,
        assessments: Assessments,
    ) -> tuple[list[tuple[int, Plan]], Integers]:
        network = self.network
        plans = []
        assigned = np.full(measurements.n_rows, -1, np.int64)
        of_row = network.node_of_sensor[measurements.sensor]
        of_look = network.node_of_sensor[looks.sensor]
        for node, command in self.commands.items():
            rows = np.flatnonzero(of_row == node)
            # A number stands for one track in all pictures.
            number = max(each.tracker.counters[NEXT_NUMBER] for each in self.commands.values())
            command.tracker.counters[NEXT_NUMBER] = number
            plan, assigned[rows] = command.step(
                time_s, select(measurements, rows),
                select_looks(looks, np.flatnonzero(of_look == node)),
                self.address(node, assessments),
            )  # fmt: skip
            plans.append((node, plan))
        unheard = np.flatnonzero(of_row == NOBODY), np.flatnonzero(of_look == NOBODY)
        self._unheard.follow(
            select(measurements, unheard[0]), select_looks(looks, unheard[1]), time_s
        )
        return plans, assigned

    def address(self, node: int, reports: Assessments) -> Assessments:
        """What a node hears of reports on shots.

        Who ordered a shot hears of it though another has its shooter by now, and so does who has
        taken over its picture since; what was not launched goes back once, to that other, who
        hears of the rest but awaits none of it.
        """
        if not reports.track.size:
            return reports
        of = self.network.node_of_shooter[reports.shooter]
        own = np.where(of == NOBODY, self.coalition.highest, of) == node
        awaited = reports.by == node
        for other, until_s in self._knows.get(node, {}).items():
            awaited |= (reports.by == other) & (reports.ordered_ms <= round(1e3 * until_s))
        told = reports._replace(shooter=np.where(own, reports.shooter, -1), awaited=awaited)
        heard = own | awaited
        return Assessments._make(column[heard] for column in told)

    def _authorise(self, time_s: float) -> None:
        """Tell each node which shooters it may have fired, where, and how long orders travel."""
        if time_s < self._valid_s:
            return
        self._valid_s = self.consents.next_answer_s(time_s)
        free, over = self.consents.given(time_s)
        coalition, network = self.coalition, self.network
        for node, command in self.commands.items():
            nation = int(coalition.nodes.nation[node])
            consenting = np.ones(self._own_nation.shape[0], np.bool_)
            for other in (self._own_nation, coalition.host_of_shooter):
                consenting &= (other == nation) | free[other]
            ours = (network.node_of_shooter == node) & network.may_order(node) & consenting
            order_s, shooters = network.shooter_latency_s, command.forces.shooters
            if (ours != shooters.may_fire).any() or (order_s != shooters.order_s).any():
                shooters = shooters._replace(order_s=order_s, may_fire=ours)
                command.forces = replace(command.forces, shooters=shooters)
            closed = ~over & (np.arange(over.size) != nation)
            if closed.any() or command.forces.airspace is not None:
                airspace = Airspace(coalition.nation_codes, closed, coalition.nations.ceiling_m)
                command.forces = replace(
                    command.forces, airspace=airspace if closed.any() else None
                )
