"""Who plans for whom while links stand and fall, and what other nations answer when asked."""

from __future__ import annotations

import math

import numpy as np

from opendome.physics.random import normal, stream_key, uniform
from opendome.tables.coalition import ASKED, CUT, LOST, NOBODY, NOT_ASKED, Coalition, Happening
from opendome.tables.truth import Flags, Floats, Integers


class Network:
    """The links of one replication as they stand now; `take` changes them.

    Arrays by sensor and by shooter: the node that plans for it (NOBODY: it reports to none), what
    its link adds to a report's or an order's way, and the chance that one is lost. `planner` is the
    node that plans for each node, NOBODY for one that is cut.
    """

    def __init__(self, coalition: Coalition) -> None:
        self._coalition = coalition
        self._cut = np.zeros(len(coalition.node_names), np.bool_)
        self._sensor_cut = np.zeros(coalition.node_of_sensor.shape[0], np.bool_)
        self._shooter_cut = np.zeros(coalition.node_of_shooter.shape[0], np.bool_)
        self._find()

    def take(self, event: Happening) -> None:
        """Let a scripted cut or restoration happen; what is lost is not the network's."""
        if event.kind == LOST:
            return
        for cut, which in (
            (self._cut, event.nodes),
            (self._sensor_cut, event.sensors),
            (self._shooter_cut, event.shooters),
        ):
            cut[which] = event.kind == CUT
        self._find()

    @property
    def acting(self) -> list[int]:
        """Nodes that plan for something now, the highest of all first."""
        found = {*self.node_of_sensor.tolist(), *self.node_of_shooter.tolist()} - {NOBODY}
        highest = self._coalition.highest
        return [highest, *sorted(found - {highest})]

    def told_by(self, node: int) -> Flags:
        """Which nations (n,) hear of what a planning node knows: those whose nodes it plans for.

        A nation without nodes hears of what the highest one knows.
        """
        nodes = self._coalition.nodes
        told = np.zeros(self._coalition.nations.identity.shape[0], np.bool_)
        if node == self._coalition.highest:
            told[:] = True
            told[nodes.nation] = False
        told[nodes.nation[self.planner == node]] = True
        return told

    def may_order(self, node: int) -> bool:
        """Whether a node may have its interceptors fired: it is the highest, or fights alone."""
        nodes = self._coalition.nodes
        return bool(nodes.superior[node] == NOBODY or nodes.fights_alone[node])

    def _find(self) -> None:
        coalition = self._coalition
        n_nodes = len(coalition.node_names)
        ways = [self._climb(node) for node in range(n_nodes)]
        self.planner: Integers = np.array([way[0] for way in ways], np.int64)
        latency_s = np.array([way[1] for way in ways])
        arriving = np.array([way[2] for way in ways])
        own = coalition.node_of_sensor
        self.node_of_sensor: Integers = np.where(self._sensor_cut, NOBODY, self.planner[own])
        self.sensor_latency_s: Floats = coalition.sensor_latency_s + latency_s[own]
        arrives = np.where(self.node_of_sensor == NOBODY, 0.0, arriving[own])
        self.sensor_loss: Floats = 1.0 - (1.0 - coalition.sensor_loss) * arrives
        own = coalition.node_of_shooter
        self.node_of_shooter: Integers = np.where(self._shooter_cut, NOBODY, self.planner[own])
        self.shooter_latency_s: Floats = coalition.shooter_latency_s + latency_s[own]
        self.shooter_loss: Floats = 1.0 - (1.0 - coalition.shooter_loss) * arriving[own]

    def _climb(self, node: int) -> tuple[int, float, float]:
        """The node that plans for a node, the latency on the way, the chance that it is passed."""
        nodes = self._coalition.nodes
        if self._cut[node]:
            return NOBODY, 0.0, 1.0
        latency_s, arriving = 0.0, 1.0
        superior = int(nodes.superior[node])
        while superior != NOBODY and not self._cut[superior]:
            latency_s += float(nodes.latency_s[node])
            arriving *= 1.0 - float(nodes.loss[node])
            node, superior = superior, int(nodes.superior[superior])
        return node, latency_s, arriving


class Consents:
    """What each nation answers in one replication when it is asked to let others fire."""

    def __init__(self, coalition: Coalition, seed: int, replication: int) -> None:
        nations = coalition.nations
        key = stream_key(seed, "consent")
        self._asked_s = math.inf
        self._asked = nations.asked
        self._asked_over = nations.asked_over
        n = nations.identity.shape[0]
        self._answer_s = np.zeros(n)
        for i in range(n):
            if ASKED in (nations.asked[i], nations.asked_over[i]):
                identity = nations.identity[i]
                refused = uniform(key, replication, identity, 0) < nations.refusal[i]
                spread = float(nations.answer_spread[i] * normal(key, replication, identity, 1))
                self._answer_s[i] = math.inf if refused else nations.answer_s[i] * math.exp(spread)

    @property
    def are_open(self) -> bool:
        """Whether nobody has been asked yet."""
        return math.isinf(self._asked_s)

    def ask(self, time_s: float) -> None:
        """Ask all nations that are to be asked, or tell those that are to be told."""
        self._asked_s = min(self._asked_s, time_s)

    def next_answer_s(self, time_s: float) -> float:
        """When the next answer after a time comes; infinite if none does."""
        answers_s = self._asked_s + self._answer_s
        return float(answers_s[answers_s > time_s].min(initial=math.inf))

    def given(self, time_s: float) -> tuple[Flags, Flags]:
        """Which nations let others fire from their soil, and over their territory, now.

        Two rows (n_nations,).
        """
        answered = self._asked_s + self._answer_s <= time_s
        return (self._asked != ASKED) | answered, (self._asked_over != ASKED) | answered

    def list_answers(self) -> list[tuple[int, float, str]]:
        """Nations that were asked or told, when they answer (infinite: with a refusal), to what."""
        if self.are_open:
            return []
        # Who is only told does not refuse.
        refuses = np.isinf(self._answer_s)
        soil, over = (
            (asked == ASKED) | ((asked != NOT_ASKED) & ~refuses)
            for asked in (self._asked, self._asked_over)
        )
        to = np.where(
            soil & over,
            "to shots from its soil and over its territory",
            np.where(soil, "to shots from its soil", "to shots over its territory"),
        )
        return [
            (int(i), self._asked_s + float(self._answer_s[i]), str(to[i]))
            for i in np.flatnonzero(soil | over)
        ]
