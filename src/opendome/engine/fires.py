"""Shots in flight: launch, updates, intercept, kill assessment. Only the engine flies them."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from opendome.engine.command import Command
from opendome.engine.kills import KillDraws
from opendome.engine.scoring import Scoring
from opendome.engine.truth import TrueState
from opendome.interceptors.kill import find_containment, find_kill_probability
from opendome.interceptors.steered_burn import SteeredBurn
from opendome.physics.visibility import surface_height_m
from opendome.space import satellite_states
from opendome.tables.codes import BOOSTER, GLIDER, LAYERS, TARGET_CLASSES
from opendome.tables.forces import ORBITAL, InterceptorTypes, Shooters
from opendome.tables.shots import NOT_LAUNCHED, Assessments, Orders
from opendome.tables.truth import Flags, Floats

_BOOST = LAYERS.index("boost")
_POST_BOOST = LAYERS.index("post-boost")
_MIDCOURSE = LAYERS.index("midcourse")
_GLIDE = LAYERS.index("glide")
_BOOSTING = TARGET_CLASSES.index("boosting")
# A target is in view of kill assessment if some sensor measured it this recently. Assumption: twice
# the longest revisit time in the library.
_IN_VIEW_S = 30.0

# Corrections of a burn in orbit before its end: each finds a better track (assumption).
_UPDATES_IN_BURN = 4

_LAUNCH, _UPDATE, _INTERCEPT, _ASSESSMENT, _NO_LAUNCH = range(5)
_NO_TARGET = np.uint64(0)
_NOTHING = Assessments.empty()


class Report(NamedTuple):
    """What command hears of one shot: see `Assessments`."""

    track: int
    shot: int
    killed: int
    shooter: int
    by: int
    ordered_s: float
    unit: int = -1
    channel: int = -1
    unspent: int = -1


@dataclass
class Shot:
    """One interceptor from launch to assessment."""

    number: int
    track: int
    shooter: int
    unit: int
    interceptor: int
    by: int  # node that ordered it
    decision_s: float
    launch_s: float
    intercept_s: float
    aim_eci_m: Floats
    arrival_velocity_eci_m_s: Floats
    layer: int
    salvo: int
    believed: float  # kill probability of the shot, as planned
    value: float  # at risk by the track
    gain: float  # of that, expected to be saved by the salvo
    alternative: int  # shooter of the best other salvo, -1: none
    alternative_gain: float
    burn: SteeredBurn | None = None  # from orbit, once it is lit
    divert_m_s: float = 0.0
    met: int = -1  # object met at intercept
    intended: int = -1  # object that the track followed at launch
    closing_speed_m_s: float = np.nan
    error_m: float = np.nan
    kill_probability: float = np.nan
    lost: bool = False  # with its launcher, before launch
    result: str = "in-flight"
    assessed: str = "none"
    assessed_s: float = np.nan
    contained: bool = False


@dataclass
class Fires:
    """All shots of one replication, as a queue of events in time."""

    types: InterceptorTypes
    shooters: Shooters
    true: TrueState
    commanding: Callable[[int], Command]  # who guides the shots of a shooter now
    scoring: Scoring
    draws: KillDraws
    on_boost_kill: Callable[[int, int, float], None]
    target_class: Callable[[int], int]
    note: Callable[[float, str, str, str, str], None]
    name_object: Callable[[int], str]
    shooter_names: tuple[str, ...]
    link: Callable[[int], tuple[float, float]]  # to a shooter: chance of a loss, latency [s]
    shots: list[Shot] = field(default_factory=list)
    _queue: list[tuple[float, int, int]] = field(default_factory=list)
    _due: list[Report] = field(default_factory=list)
    _lost: list[Report] = field(default_factory=list)  # reports of what was not launched
    _orders: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    _ordinals: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    # By what was shot at and type: the salvos so far, each by its track and number there.
    _salvos: dict[tuple[int, int], list[tuple[int, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def fire(self, orders: Orders, time_s: float, node: int) -> None:
        """Launch what a node has ordered, as far as the orders arrive."""
        lost = self._lose_orders(orders, time_s, node)
        for j in np.flatnonzero(~lost).tolist():
            shooter, unit = int(orders.shooter[j]), int(orders.unit[j])
            launch, intercept = float(orders.launch_s[j]), float(orders.intercept_s[j])
            aim = orders.intercept_eci_m[j].copy()
            shot = Shot(
                number=len(self.shots),
                track=int(orders.track[j]),
                shooter=shooter,
                unit=unit,
                interceptor=int(self.shooters.interceptor[shooter]),
                by=node,
                decision_s=time_s,
                launch_s=launch,
                intercept_s=intercept,
                aim_eci_m=aim,
                arrival_velocity_eci_m_s=orders.arrival_velocity_eci_m_s[j].copy(),
                layer=int(orders.layer[j]),
                salvo=int(orders.salvo[j]),
                believed=float(orders.kill_probability[j]),
                value=float(orders.value[j]),
                gain=float(orders.gain[j]),
                alternative=int(orders.alternative[j]),
                alternative_gain=float(orders.alternative_gain[j]),
                intended=self.scoring.object_of(int(orders.track[j])),
            )
            self.shots.append(shot)
            if shot.intended >= 0:
                self.scoring.shots[shot.intended] += 1
            heapq.heappush(self._queue, (launch, _LAUNCH, shot.number))
            heapq.heappush(self._queue, (intercept, _INTERCEPT, shot.number))
            for when in self._update_times(shot):
                heapq.heappush(self._queue, (when, _UPDATE, shot.number))

    def _lose_orders(self, orders: Orders, time_s: float, node: int) -> Flags:
        """Which orders never arrive; command hears so when no launch is reported in time."""
        lost = np.zeros(orders.n_rows, np.bool_)
        kinds = self.shooters.interceptor[orders.shooter]
        for j, shooter in enumerate(orders.shooter.tolist()):
            chance, _ = self.link(shooter)
            if chance > 0.0:
                intended = self.scoring.object_of(int(orders.track[j]))
                target = self.true.objects.identity[intended] if intended >= 0 else _NO_TARGET
                ordinal = self._orders[intended, shooter]
                self._orders[intended, shooter] += 1
                lost[j] = self.draws.loses_order(
                    self.shooters.identity[shooter], target, ordinal, chance
                )
                if lost[j] and intended >= 0:
                    self.scoring.lost_orders[intended] += 1
        for j in np.flatnonzero(lost).tolist():
            track, shooter, kind = int(orders.track[j]), int(orders.shooter[j]), int(kinds[j])
            salvo = (orders.track == track) & (kinds == kind)
            # The look is not spent if none of its shots is; the last report of the salvo says so.
            last = bool(lost[salvo].all()) and j == int(np.flatnonzero(salvo)[-1])
            known_s = min(
                float(orders.launch_s[j]) + self.link(shooter)[1], float(orders.intercept_s[j])
            )
            heapq.heappush(self._queue, (known_s, _NO_LAUNCH, len(self._lost)))
            self._lost.append(Report(
                track, -1, NOT_LAUNCHED, shooter, node, time_s, int(orders.unit[j]),
                int(orders.channel[j]), kind if last else -1,
            ))  # fmt: skip
            self.note(
                time_s, "order-lost", self.shooter_names[shooter],
                self._name_target(track, self.scoring.object_of(track)),
                f"track {track}, no launch reported by {known_s:.0f} s",
            )  # fmt: skip
        return lost

    @property
    def fired(self) -> list[Shot]:
        """Shots without those that were lost with their launchers."""
        return [shot for shot in self.shots if not shot.lost]

    def list_waiting(self, shooters: Flags, time_s: float) -> list[Shot]:
        """Shots that these shooters were ordered and have not launched by a time."""
        return [s for s in self.fired if shooters[s.shooter] and s.launch_s > time_s]

    def list_unanswered(self, shooters: Flags) -> list[Report]:
        """Orders to these shooters that never arrived, of which command has not heard yet."""
        waiting = sorted(number for _, kind, number in self._queue if kind == _NO_LAUNCH)
        reports = [self._lost[number] for number in waiting]
        return [r for r in reports if r.killed == NOT_LAUNCHED and shooters[r.shooter]]

    def forget_order(self, report: Report) -> None:
        """An order that never arrived is not given anew: its round is gone.

        Command takes it for a shot that nobody assessed.
        """
        n = next(n for n, own in enumerate(self._lost) if own is report)
        self._lost[n] = report._replace(killed=-1)

    def lose_shot(self, shot: Shot, time_s: float) -> None:
        """A shot is lost with its launcher; command takes it for one that nobody assessed."""
        shot.lost = True
        if shot.intended >= 0:
            self.scoring.shots[shot.intended] -= 1
            self.scoring.lost_orders[shot.intended] += 1
        heapq.heappush(self._queue, (shot.launch_s, _NO_LAUNCH, len(self._lost)))
        self._lost.append(
            Report(shot.track, shot.number, -1, shot.shooter, shot.by, shot.decision_s)
        )
        self.note(
            time_s, "order-lost", self.shooter_names[shot.shooter],
            self._name_target(shot.track, shot.intended),
            f"track {shot.track}, lost with its launcher",
        )  # fmt: skip

    def _update_times(self, shot: Shot) -> list[float]:
        """At the end of the burn, then each time the time to go has halved, last at the limit.

        From orbit several times during the burn as well.
        """
        k = shot.interceptor
        if not self.types.updates_in_flight[k]:
            return []
        last = float(self.types.last_update_s[k])
        to_go = shot.intercept_s - shot.launch_s - float(self.types.burn_s[k])
        times = []
        if self.types.launch_kind[k] == ORBITAL:
            burn = float(self.types.burn_s[k])
            times = [shot.launch_s + burn * n / _UPDATES_IN_BURN for n in range(_UPDATES_IN_BURN)]
        while to_go > last:
            times.append(shot.intercept_s - to_go)
            to_go *= 0.5
        if shot.intercept_s - last > shot.launch_s:
            times.append(shot.intercept_s - last)
        return times

    def advance(self, time_s: float) -> None:
        """Let everything happen that is due by a time, in order."""
        while self._queue and self._queue[0][0] <= time_s:
            when, kind, number = heapq.heappop(self._queue)
            if kind == _NO_LAUNCH:
                self._due.append(self._lost[number])
                continue
            shot = self.shots[number]
            if shot.lost:
                continue
            if kind == _LAUNCH:
                self._launch(shot)
            elif kind == _UPDATE:
                self._update(shot, when)
            elif kind == _INTERCEPT:
                self._intercept(shot)
            else:
                self._report(shot)

    def _name_target(self, track: int, followed: int) -> str:
        return self.name_object(followed) if followed >= 0 else f"track {track}"

    def _launch(self, shot: Shot) -> None:
        self.note(
            shot.launch_s, "interceptor-launch", self.shooter_names[shot.shooter],
            f"track {shot.track}",
            f"shot {shot.number}, intercept planned at {shot.intercept_s:.0f} s",
        )  # fmt: skip

    def take_assessments(self) -> Assessments:
        """Reports that have come in since the last call."""
        if not self._due:
            return _NOTHING
        due = dict(zip(Report._fields, map(np.array, zip(*self._due, strict=True)), strict=True))
        self._due.clear()
        ordered_ms = np.rint(1e3 * due.pop("ordered_s")).astype(np.int64)
        awaited = np.ones(ordered_ms.size, np.bool_)
        return Assessments(**due, ordered_ms=ordered_ms, awaited=awaited)

    def _across(self, shot: Shot, offset: Floats, target_velocity: Floats) -> float:
        """Part of an offset that timing cannot take up: across the closing velocity [m]."""
        closing = shot.arrival_velocity_eci_m_s - target_velocity
        speed = float(np.linalg.norm(closing))
        if speed <= 0.0:
            return float(np.linalg.norm(offset))
        along = float(offset @ closing) / speed
        return float(np.sqrt(max(0.0, float(offset @ offset) - along * along)))

    def _update(self, shot: Shot, now_s: float) -> None:
        command = self.commanding(shot.shooter)
        predicted = command.predict_point(shot.track, now_s, shot.intercept_s)
        if predicted is None:
            return
        point, velocity = predicted
        shift = point - shot.aim_eci_m
        if self.types.launch_kind[shot.interceptor] == ORBITAL:
            self._steer(shot, now_s, shift, velocity, command)
        elif now_s > shot.launch_s + self.types.burn_s[shot.interceptor] + 1e-6:
            # Before, the booster is still steered and takes the shift up without divert.
            shot.divert_m_s += self._across(shot, shift, velocity) / (shot.intercept_s - now_s)
        shot.aim_eci_m = point

    def _steer(
        self, shot: Shot, now_s: float, shift: Floats, target_velocity: Floats, command: Command
    ) -> None:
        """Correct the burn of a shot from orbit; divert takes up what is left, from now on."""
        flight_s = shot.intercept_s - shot.launch_s
        if shot.burn is None:
            _, _, c, interceptor = next(o for o in command.forces.orbital if o[0] == shot.shooter)
            place, velocity = satellite_states(command.satellites.constellations[c], shot.launch_s)
            state = (*place[shot.unit].tolist(), *velocity[shot.unit].tolist())
            shot.burn = SteeredBurn(interceptor, state, flight_s, shot.aim_eci_m)
        closing = shot.arrival_velocity_eci_m_s - target_velocity
        along = closing * float(shift @ closing) / max(float(closing @ closing), 1.0)
        short_m = shot.burn.correct(now_s - shot.launch_s, shift - along)
        shot.divert_m_s += short_m / (shot.intercept_s - now_s)
        shot.arrival_velocity_eci_m_s = shot.burn.arrival_velocity_eci_m_s

    def _intercept(self, shot: Shot) -> None:
        k, when = shot.interceptor, shot.intercept_s
        snapshot = self.true.snapshot(when, with_remains=True)
        ideal = bool(np.isfinite(self.types.flight_s[k]))
        if snapshot.row.size:
            offsets = snapshot.position_eci_m - shot.aim_eci_m
            nearest = int(np.argmin(np.einsum("ij,ij->i", offsets, offsets)))
            followed = self.scoring.object_of(shot.track) if ideal else -1
            if followed in snapshot.row:
                nearest = int(np.flatnonzero(snapshot.row == followed)[0])
            row = int(snapshot.row[nearest])
            velocity = snapshot.velocity_eci_m_s[nearest]
            shot.error_m = self._across(shot, offsets[nearest], velocity)
            closing = shot.arrival_velocity_eci_m_s - velocity
            shot.closing_speed_m_s = float(np.linalg.norm(closing))
            if ideal:  # however far off its track is, and nothing else
                shot.contained, homing = row == followed, 0.0
            else:
                shot.contained, homing = find_containment(
                    shot.error_m,
                    float(self.types.last_update_s[k]),
                    float(self.types.basket_m[k]),
                    float(self.types.divert_m_s[k]) - shot.divert_m_s,
                )
            if shot.contained:
                shot.divert_m_s += homing
                shot.met = row
                if self.true.is_stopped(row, when):
                    shot.result = "target-gone"
                else:
                    self._strike(shot, row, bool(snapshot.burning[nearest]), ideal)
        if not shot.contained:
            gone = shot.intended >= 0 and self.true.is_stopped(shot.intended, when)
            shot.result = "target-gone" if gone else "missed"
        delay = float(self.types.assessment_s[k])
        heapq.heappush(self._queue, (when + delay, _ASSESSMENT, shot.number))
        self.note(
            when, "intercept", self.shooter_names[shot.shooter], self._name(shot),
            f"shot {shot.number}: {shot.result}",
        )  # fmt: skip

    def _name(self, shot: Shot) -> str:
        return f"object {shot.met}" if shot.met >= 0 else f"track {shot.track}"

    def _strike(self, shot: Shot, row: int, burning: bool, ideal: bool) -> None:
        k = shot.interceptor
        kind = int(self.true.objects.kind[row])
        # A bus with its load is the target that a booster is, to what is made for it.
        bus = kind == BOOSTER and self.types.engages[k, _POST_BOOST]
        target = _BOOSTING if burning or bus else self.target_class(row)
        altitude = surface_height_m(*shot.aim_eci_m.tolist())
        shot.kill_probability = find_kill_probability(
            self.types, k, target, 0.0 if ideal else shot.closing_speed_m_s, altitude
        )
        ordinal = self._ordinals[row, k]
        self._ordinals[row, k] += 1
        killed = self.draws.kills(
            k, shot.kill_probability, self.true.objects.identity[row], ordinal
        )
        shot.result = "killed" if killed else "failed"
        if not killed:
            return
        if kind == BOOSTER:
            shot.layer = _BOOST if burning else _POST_BOOST
            self.on_boost_kill(row, shot.layer, shot.intercept_s)
        else:
            if shot.layer in (_BOOST, _POST_BOOST) and not burning:  # it had been let go by then
                shot.layer = _GLIDE if kind == GLIDER else _MIDCOURSE
            self.true.stop(row, shot.intercept_s, shot.layer)

    def _count_salvo(self, shot: Shot, row: int) -> int:
        """Which salvo of its type at an object a shot belongs to, under whatever track number.

        A look shows what a whole salvo did: its shots are judged by one draw.
        """
        salvos, own = self._salvos[row, shot.interceptor], (shot.track, shot.salvo)
        if own not in salvos:
            salvos.append(own)
        return salvos.index(own)

    def _report(self, shot: Shot) -> None:
        k = shot.interceptor
        row = shot.met if shot.met >= 0 else shot.intended
        seen = self.scoring.last_seen_s[row] if row >= 0 else np.nan
        in_view = bool(shot.intercept_s - seen <= _IN_VIEW_S) or bool(
            np.isfinite(self.types.flight_s[k])
        )
        target = self.true.objects.identity[row] if row >= 0 else np.uint64(shot.number)
        dead = row >= 0 and self.true.is_stopped(row, shot.intercept_s)
        report = self.draws.assess(k, dead, in_view, target, self._count_salvo(shot, row))
        shot.assessed = {1: "kill", 0: "miss", -1: "none"}[report]
        shot.assessed_s = shot.intercept_s + float(self.types.assessment_s[k])
        self._due.append(
            Report(shot.track, shot.number, report, shot.shooter, shot.by, shot.decision_s)
        )
