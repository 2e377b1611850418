"""Shots from orbit: where the interceptors are, and salvos at what they engage."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from opendome.battle import state as chain
from opendome.battle.airspace import may_meet_at
from opendome.battle.choices import believed_class
from opendome.battle.orders import (
    Situation,
    as_point,
    free_channels,
    predicted_path,
    round_salvo,
    write_order,
)
from opendome.interceptors.orbital import find_orbital_shots, is_any_near
from opendome.space import Constellation, satellite_states
from opendome.tables.codes import BALLISTIC_PHASE, BOOST_PHASE, GLIDE_PHASE, LAYERS
from opendome.tables.truth import Floats

_BOOST = LAYERS.index("boost")
_POST_BOOST = LAYERS.index("post-boost")
_MIDCOURSE = LAYERS.index("midcourse")
_GLIDE = LAYERS.index("glide")
# States so old still tell whether any satellite comes near: the search allows a few minutes.
_OLDEST_S = 20.0
# What no satellite comes near before its expected burnout is looked at again after this: only the
# estimates of path and burnout can have changed by then.
_FAR_REPLAN_S = 3.0
# Share of the greatest closing speed that a plan may use: the predicted speed of a booster errs by
# some hundred m/s (assumption), and beyond the limit no shot kills.
_CLOSING_SHARE = 0.95


@dataclass
class OwnSatellites:
    """States of the constellations of interceptors, found when they are asked for."""

    constellations: tuple[Constellation, ...]
    _known: dict[int, tuple[float, Floats, Floats]] = field(default_factory=dict)

    def states(self, c: int, time_s: float, oldest_s: float) -> tuple[Floats, Floats, float]:
        """Positions and velocities (eci) of constellation `c`, and their time.

        At `time_s` unless some are known that are no older than `oldest_s`.
        """
        if c not in self._known or self._known[c][0] < oldest_s:
            self._known[c] = (time_s, *satellite_states(self.constellations[c], time_s))
        known_s, position, velocity = self._known[c]
        return position, velocity, known_s


def believed_layer(now: Situation, i: int, k: int) -> int:
    """Layer in which type `k` would engage track `i` from orbit; -1: in none.

    What was seen burning a while ago is taken to be deploying still by the types that engage such.
    """
    engages, phase = now.forces.types.engages[k], int(now.predictions.phase[i])
    if phase == BOOST_PHASE:
        layer = _BOOST
    elif phase == GLIDE_PHASE:
        layer = _GLIDE
    elif phase != BALLISTIC_PHASE:
        return -1
    elif engages[_POST_BOOST] and now.dark_s[i] <= now.forces.types.post_boost_s[k]:
        layer = _POST_BOOST
    else:
        layer = _MIDCOURSE
    return layer if engages[layer] else -1


def _is_known_well(now: Situation, i: int, k: int, intercept_s: float) -> bool:
    """Whether divert takes up the predicted error of a track that no longer burns."""
    predictions = now.predictions
    last = int(predictions.n_points[i]) - 1
    offset = (intercept_s - float(predictions.start_s[i])) / float(predictions.step_s[i])
    j = min(max(int(offset), 0), last - 1)
    part = min(max(offset - j, 0.0), 1.0)
    sigma_m = float(predictions.sigma_m[i, j])
    sigma_m += part * (float(predictions.sigma_m[i, j + 1]) - sigma_m)
    share = now.forces.doctrine.commit_divert_share
    divert_m_s = float(now.forces.types.divert_m_s[k])
    return 2.0 * sigma_m <= share * divert_m_s * (intercept_s - now.time_s)


def order_from_orbit(now: Situation, satellites: OwnSatellites, i: int) -> tuple[int, int]:
    """Order a salvo at track `i` from constellations; chain level, satellites in reach (-1: none).

    What burns is met before its believed burnout; what does not, anywhere on its predicted path.
    """
    state, predictions = now.state, now.predictions
    types, shooters, doctrine = now.forces.types, now.forces.shooters, now.forces.doctrine
    slot = int(predictions.slot[i])
    path = predicted_path(predictions, i)
    level, in_reach = chain.JUDGED, 0
    boosting = predictions.phase[i] == BOOST_PHASE
    latest_s = math.inf
    if boosting:
        latest_s = float(predictions.burnout_s[i] - predictions.burnout_sigma_s[i])
        state.next_plan_s[slot] = now.time_s + _FAR_REPLAN_S
    speed_m_s = math.hypot(*predictions.velocity_eci_m_s[i, 0])
    for s, k, c, interceptor in now.forces.orbital:
        layer = believed_layer(now, i, k)
        if layer < 0:
            continue
        # A bus with its load is the target that a booster is.
        phase = BOOST_PHASE if layer == _POST_BOOST else int(predictions.phase[i])
        target = believed_class(phase, speed_m_s)
        if not (boosting or types.kill_probability[k, target] > 0.0):
            continue
        decided_s = max(now.time_s, float(now.firm_s[i] + types.decision_s[k]))
        launch_s = decided_s + float(types.reaction_s[k])
        position, velocity, known_s = satellites.states(c, now.time_s, now.time_s - _OLDEST_S)
        ready = state.satellite_ready[c][: position.shape[0]]
        if not is_any_near(
            interceptor, position, velocity, ready, known_s, path, launch_s, latest_s,
            doctrine.orbital_reserve_m,
        ):  # fmt: skip
            continue
        if boosting:
            state.next_plan_s[slot] = now.time_s
        position, velocity, known_s = satellites.states(c, now.time_s, now.time_s)
        shots = find_orbital_shots(
            interceptor, position, velocity, ready, known_s, path, launch_s, latest_s,
            doctrine.orbital_reserve_m,
        )  # fmt: skip
        in_reach += shots.n_in_reach
        bearable_m_s = _CLOSING_SHARE * types.max_closing_speed_m_s[k, target]
        ranks = np.flatnonzero(shots.closing_speed_m_s <= bearable_m_s)
        if not boosting:
            ranks = ranks[[_is_known_well(now, i, k, float(shots.intercept_s[j])) for j in ranks]]
        if not ranks.size:
            continue
        level = max(level, chain.FEASIBLE)
        if not math.isfinite(shooters.consent_s[s]):
            continue
        ranks = ranks[[
            may_meet_at(now, s, float(shots.intercept_s[j]), as_point(shots.intercept_eci_m[j]))
            for j in ranks
        ]]  # fmt: skip
        if not ranks.size:
            continue
        level = max(level, chain.AUTHORISED)
        if state.salvos[slot, k] >= types.max_salvos[k]:
            continue
        rounds = min(round_salvo(state, types, slot, k), ranks.size)
        level = max(level, chain.IN_STOCK)
        free = free_channels(state, s, now.time_s)
        for channel, j in zip(free, ranks[:rounds], strict=False):
            unit = int(shots.satellite[j])
            ready[unit] = False
            write_order(
                now, i, s, k, unit, int(channel), (launch_s, float(shots.intercept_s[j])),
                as_point(shots.intercept_eci_m[j]), as_point(shots.arrival_velocity_eci_m_s[j]),
                float(types.kill_probability[k, target]), layer,
            )  # fmt: skip
            level = chain.FIRED
        if level == chain.FIRED:
            state.salvos[slot, k] += 1
            break
    return level, in_reach
