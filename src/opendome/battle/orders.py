"""What a decision is made from, and the orders being written."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from opendome.battle.state import BattleState
from opendome.interceptors.ground import FlyoutTables
from opendome.interceptors.orbital import OrbitalInterceptor
from opendome.interceptors.target_path import TargetPath
from opendome.tables.coalition import Airspace
from opendome.tables.codes import LAYERS
from opendome.tables.forces import (
    IDEAL,
    ORBITAL,
    DefendedAreas,
    Doctrine,
    InterceptorTypes,
    Shooters,
)
from opendome.tables.shots import Orders
from opendome.tables.tracks import Predictions
from opendome.tables.truth import Floats, Integers

Point = tuple[float, float, float]

NO_ORDERS = Orders.empty()
_UNDER_POWER = (LAYERS.index("boost"), LAYERS.index("post-boost"))
_WHOLE = ("track", "shooter", "unit", "layer", "salvo", "alternative", "channel")


@dataclass(frozen=True)
class Forces:
    """Everything that is the defender's own."""

    types: InterceptorTypes
    shooters: Shooters
    flyouts: FlyoutTables
    areas: DefendedAreas
    doctrine: Doctrine
    airspace: Airspace | None = None  # none: threats may be met over any territory

    @cached_property
    def has_ideal(self) -> bool:
        """Whether some type reaches everything."""
        return bool((self.types.launch_kind == IDEAL).any())

    @cached_property
    def orbital(self) -> list[tuple[int, int, int, OrbitalInterceptor]]:
        """Shooter, type, constellation and reach of each constellation of interceptors."""
        types, shooters = self.types, self.shooters
        return [
            (s, k, int(shooters.constellation[s]), OrbitalInterceptor(
                float(types.acceleration_m_s2[k]), float(types.delta_v_m_s[k]),
                float(types.min_altitude_m[k]), float(types.max_flight_s[k]),
            ))
            for s, k in enumerate(shooters.interceptor.tolist())
            if types.launch_kind[k] == ORBITAL
        ]  # fmt: skip

    @cached_property
    def orbit_reaches_beyond_boost(self) -> bool:
        """Whether some type in orbit is fired at what no longer burns."""
        return bool(self.types.engages[:, LAYERS.index("post-boost") :].any())

    @cached_property
    def post_boost_s(self) -> float:
        """How long after burnout a track is fired at from orbit as what deploys; -inf: not."""
        engages = self.types.engages[:, LAYERS.index("post-boost")]
        return float(self.types.post_boost_s[engages].max(initial=-math.inf))


class Line(NamedTuple):
    """One order: the columns of `Orders`, without the gain of the salvo, which is not known yet."""

    track: int
    shooter: int
    unit: int
    launch_s: float
    intercept_s: float
    intercept_eci_m: Point
    arrival_velocity_eci_m_s: Point
    layer: int
    salvo: int
    kill_probability: float
    value: float
    alternative: int
    alternative_gain: float
    channel: int


@dataclass
class Sheet:
    """Orders being written."""

    lines: list[Line] = field(default_factory=list)

    def orders(self) -> Orders:
        """The lines as a table, with what each salvo is expected to save."""
        if not self.lines:
            return NO_ORDERS
        miss: dict[int, float] = defaultdict(lambda: 1.0)
        for line in self.lines:
            miss[line.track] *= 1.0 - line.kill_probability
        columns: dict[str, Any] = {
            name: np.array(column, np.int64 if name in _WHOLE else np.float64)
            for name, column in zip(Line._fields, zip(*self.lines, strict=True), strict=True)
        }
        columns["gain"] = np.array([line.value * (1.0 - miss[line.track]) for line in self.lines])
        return Orders(**columns)


class Situation(NamedTuple):
    """What one decision looks at and changes."""

    time_s: float
    gmst0_rad: float  # Earth angle at time zero
    forces: Forces
    state: BattleState
    predictions: Predictions
    firm_s: Floats  # (n,) when each predicted track became firm
    dark_s: Floats  # (n,) since it was last seen burning; NaN: never
    sheet: Sheet
    value: Floats  # (n,) at risk by each predicted track
    alternative: Integers  # (n,) shooter of the best other salvo, -1: none; filled by allocation
    alternative_gain: Floats  # (n,) value that this would save


def round_salvo(state: BattleState, types: InterceptorTypes, slot: int, k: int) -> int:
    """Rounds of the next salvo: a fraction is carried from target to target, so the mean holds."""
    look = min(int(state.salvos[slot, k]), types.salvo.shape[1] - 1)
    owed = float(state.carry[k, look] + types.salvo[k, look])
    rounds = int(np.floor(owed + 1e-9))
    state.carry[k, look] = owed - rounds
    return rounds


def return_salvo(
    state: BattleState, types: InterceptorTypes, slot: int, k: int, rounds: int
) -> None:
    """Take back what `round_salvo` carried over, of a salvo that is not fired."""
    look = min(int(state.salvos[slot, k]), types.salvo.shape[1] - 1)
    state.carry[k, look] += rounds - float(types.salvo[k, look])


def write_order(
    now: Situation,
    i: int,
    s: int,
    k: int,
    unit: int,
    channel: int,
    times_s: tuple[float, float],
    aim: Point,
    arrival: Point,
    chance: float,
    layer: int = -1,
) -> None:
    """Order one shot at predicted track `i` and spend its round and its guidance channel.

    Shooter, type, unit and channel; times of launch and intercept; point of intercept and velocity
    of arrival there (eci); believed probability of kill; layer, where it is not that of the type.
    The value at risk that is left in memory falls by what the shot is expected to save.
    """
    state, slot = now.state, int(now.predictions.slot[i])
    layer = layer if layer >= 0 else int(now.forces.types.layer[k])
    state.inventory[s] -= 1
    state.channel_free_s[s, channel] = times_s[1]
    state.outstanding[slot] += 1
    state.under_power[slot] = layer in _UNDER_POWER
    state.value[slot] *= 1.0 - chance
    now.sheet.lines.append(Line(
        int(now.predictions.number[i]), s, unit, *times_s, aim, arrival,
        layer, int(state.salvos[slot].sum()), chance,
        float(now.value[i]), int(now.alternative[i]), float(now.alternative_gain[i]), channel,
    ))  # fmt: skip


def predicted_path(predictions: Predictions, i: int) -> TargetPath:
    """The path of predicted track `i`."""
    return TargetPath(
        float(predictions.start_s[i]), float(predictions.step_s[i]), int(predictions.n_points[i]),
        predictions.position_eci_m[i], predictions.velocity_eci_m_s[i],
    )  # fmt: skip


def as_point(row: Floats) -> Point:
    """Three coordinates as plain numbers."""
    return float(row[0]), float(row[1]), float(row[2])


def free_channels(state: BattleState, s: int, time_s: float) -> Integers:
    """Guidance channels of shooter `s` that are free."""
    return np.flatnonzero(state.channel_free_s[s] <= time_s)
