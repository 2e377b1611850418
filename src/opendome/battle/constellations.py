"""Shots from orbit: where the interceptors are, which of them reach what, and who gets them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from opendome.battle import state as chain
from opendome.battle.airspace import may_meet_at
from opendome.battle.choices import count_shots
from opendome.battle.feasibility import predicted_place
from opendome.battle.orders import (
    Situation,
    as_point,
    free_channels,
    predicted_path,
    return_salvo,
    round_salvo,
    write_order,
)
from opendome.battle.sharing import (
    Offer,
    Share,
    find_alternatives,
    find_wishes,
    is_contested,
    share_satellites,
)
from opendome.battle.target_classes import believed_class
from opendome.interceptors.orbital import (
    OrbitalInterceptor,
    OrbitalShots,
    find_orbital_shots,
    is_any_near,
)
from opendome.interceptors.target_path import TargetPath
from opendome.space import Constellation, satellite_states
from opendome.tables.codes import BALLISTIC_PHASE, BOOST_PHASE, GLIDE_PHASE, LAYERS
from opendome.tables.truth import Flags, Floats, Integers

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
# Satellites listed for a track at first: a few salvos, as a burn must be found for each. All in
# reach are listed where too few of these may fire, or tracks contend for them.
_LISTED = 8


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


class Reach(NamedTuple):
    """The shots that one type has at one track, the earliest intercept first."""

    kind: int
    layer: int
    chance: float  # of a kill by one shot
    launch_s: dict[int, float]  # by shooter
    shots: list[tuple[float, int, OrbitalShots, int]]  # intercept, shooter, table and row there
    is_cut: bool  # there are satellites in reach that are not listed


class Case(NamedTuple):
    """What can be done from orbit about one track now."""

    row: int  # of the predictions
    reaches: list[Reach]  # by type, of those with a salvo left
    rounds: list[int]  # that the next salvo of each may have, at least 1


def order_from_orbit(
    now: Situation, satellites: OwnSatellites, rows: Sequence[int], level: Integers,
    in_reach: Integers,
) -> list[int]:  # fmt: skip
    """Order salvos from constellations at predicted tracks, one allocation for all.

    Parameters
    ----------
    now : Situation
    satellites : OwnSatellites
    rows : n ints
        Predictions to be served, the most urgent first.
    level, in_reach : (n predictions,) int64
        Filled for these rows: how far the chain got, and the satellites in reach.

    Returns
    -------
    list of int
        Rows whose satellites have all been given to others.

    Notes
    -----
    What burns is met before its believed burnout; what does not, anywhere on its predicted path.
    """
    cases = []
    for i in rows:
        reaches, level[i], in_reach[i] = _find_reaches(now, satellites, i)
        case = _count_rounds(now, i, reaches)
        if case.reaches:
            cases.append(case)
    if not cases:
        return []
    offers = [_make_offers(now, case) for case in cases]
    shares = find_wishes(offers)
    if len(cases) > 1 and is_contested(offers, shares):
        cases = [_list_all(now, satellites, case) for case in cases]
        offers = [_make_offers(now, case) for case in cases]
        shares = share_satellites([float(now.value[case.row]) for case in cases], offers)
    outbid = []
    others = find_alternatives(offers, shares)
    for case, share, other in zip(cases, shares, others, strict=True):
        if share.shots:
            _note_alternative(now, case, other)
            level[case.row] = _fire_salvo(now, case, share)
        else:
            outbid.append(case.row)
    return outbid


def _count_rounds(now: Situation, i: int, reaches: list[Reach]) -> Case:
    """The types that have a look left for track `i`, and the most rounds that it may bring."""
    state, types = now.state, now.forces.types
    slot = int(now.predictions.slot[i])
    case, last_look = Case(i, [], []), types.salvo.shape[1] - 1
    for reach in reaches:
        k, done = reach.kind, int(state.salvos[slot, reach.kind])
        if done < types.max_salvos[k]:
            case.reaches.append(reach)
            case.rounds.append(int(count_shots(types.salvo[k, min(done, last_look)])))
    return case


def _find_reaches(
    now: Situation, satellites: OwnSatellites, i: int, find_all: bool = False
) -> tuple[list[Reach], int, int]:
    """By type, the satellites that may fire at track `i`; chain level, satellites in reach.

    Without `find_all`, lists may be cut that hold enough for a salvo.
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
    reaches: dict[int, Reach] = {}
    for shooter in now.forces.orbital:
        s, k, c, interceptor = shooter
        layer = believed_layer(now, i, k)
        if layer < 0:
            continue
        # A bus with its load is the target that a booster is.
        phase = BOOST_PHASE if layer == _POST_BOOST else int(predictions.phase[i])
        target = believed_class(
            phase, predictions.position_eci_m[i, 0], predictions.velocity_eci_m_s[i, 0]
        )
        if not (boosting or types.kill_probability[k, target] > 0.0):
            continue
        decided_s = float(now.firm_s[i] + types.decision_s[k])
        if decided_s > now.time_s:
            # Which satellite fires, and where to, is decided with the track of that time.
            if boosting:
                state.next_plan_s[slot] = min(state.next_plan_s[slot], decided_s)
            continue
        launch_s = now.time_s + float(shooters.order_s[s] + types.reaction_s[k])
        position, velocity, known_s = satellites.states(c, now.time_s, now.time_s - _OLDEST_S)
        ready = state.satellite_ready[c][: position.shape[0]]
        if not is_any_near(
            interceptor, position, velocity, ready, known_s, path, launch_s, latest_s,
            doctrine.orbital_reserve_m,
        ):  # fmt: skip
            continue
        if boosting:
            state.next_plan_s[slot] = now.time_s
        shots, usable, open_ = _find_usable(
            now, satellites, shooter, i, path, (launch_s, latest_s), target, find_all
        )
        in_reach += shots.n_in_reach
        if not usable.size:
            continue
        level = max(level, chain.FEASIBLE)
        if not shooters.may_fire[s]:
            continue
        times_s = shots.intercept_s.tolist()
        found = [(times_s[j], s, shots, j) for j in usable[open_].tolist()]
        if not found:
            continue
        level = chain.AUTHORISED
        is_cut = shots.n_in_reach > shots.satellite.size
        launches_s = {s: launch_s}
        if k in reaches:
            found = sorted([*reaches[k].shots, *found], key=lambda shot: shot[0])
            is_cut |= reaches[k].is_cut
            launches_s |= reaches[k].launch_s
        chance = float(types.kill_probability[k, target])
        reaches[k] = Reach(k, layer, chance, launches_s, found, is_cut)
    return list(reaches.values()), level, in_reach


def _find_usable(
    now: Situation,
    satellites: OwnSatellites,
    shooter: tuple[int, int, int, OrbitalInterceptor],
    i: int,
    path: TargetPath,
    times_s: tuple[float, float],
    target: int,
    find_all: bool,
) -> tuple[OrbitalShots, Integers, Flags]:
    """Shots of one constellation at track `i` from ignition to the latest intercept, both given.

    Also which of them can be fired: they must not close faster than the type bears with the class
    of target, and where nothing burns, divert must take up the predicted error. And which of those
    meet the track where that is allowed.
    """
    s, k, c, interceptor = shooter
    types = now.forces.types
    position, velocity, known_s = satellites.states(c, now.time_s, now.time_s)
    ready = now.state.satellite_ready[c][: position.shape[0]]
    bearable_m_s = _CLOSING_SHARE * types.max_closing_speed_m_s[k, target]
    n_best = _LISTED
    while True:
        shots = find_orbital_shots(
            interceptor, position, velocity, ready, known_s, path, *times_s,
            now.forces.doctrine.orbital_reserve_m, n_best,
        )  # fmt: skip
        usable = np.flatnonzero(shots.closing_speed_m_s <= bearable_m_s)
        if now.predictions.phase[i] != BOOST_PHASE:
            known = [_is_known_well(now, i, k, float(shots.intercept_s[j])) for j in usable]
            usable = usable[known]
        open_ = may_meet_at(now, s, shots.intercept_s[usable], shots.intercept_eci_m[usable])
        enough = not find_all and open_.sum() >= types.salvo[k].max()
        if shots.n_in_reach <= n_best or enough:
            return shots, usable, open_
        n_best = shots.n_in_reach


def _is_known_well(now: Situation, i: int, k: int, intercept_s: float) -> bool:
    """Whether divert takes up the predicted error of a track that no longer burns."""
    _, _, _, sigma_m = predicted_place(now.predictions, i, intercept_s)
    share = now.forces.doctrine.commit_divert_share
    divert_m_s = float(now.forces.types.divert_m_s[k])
    return bool(2.0 * sigma_m <= share * divert_m_s * (intercept_s - now.time_s))


def _list_all(now: Situation, satellites: OwnSatellites, case: Case) -> Case:
    """The same case with all satellites in reach."""
    if not any(reach.is_cut for reach in case.reaches):
        return case
    found = {reach.kind: reach for reach in _find_reaches(now, satellites, case.row, True)[0]}
    return case._replace(reaches=[found[reach.kind] for reach in case.reaches])


def _make_offers(now: Situation, case: Case) -> list[Offer]:
    """What a track can have from orbit, by type."""
    first = now.forces.shooters.constellation.astype(np.int64) << 32  # a number for every satellite
    offers = []
    for reach, rounds in zip(case.reaches, case.rounds, strict=True):
        satellites = [int(first[s] + shots.satellite[j]) for _, s, shots, j in reach.shots]
        offers.append(Offer(reach.chance, rounds, satellites, [shot[0] for shot in reach.shots]))
    return offers


def _note_alternative(now: Situation, case: Case, other: Share) -> None:
    """Note the best salvo of other satellites, where there is one, beside the one to be fired."""
    if other.shots:
        reach = case.reaches[other.offer]
        now.alternative[case.row] = reach.shots[other.shots[0]][1]
        kill = 1.0 - (1.0 - reach.chance) ** len(other.shots)
        now.alternative_gain[case.row] = now.value[case.row] * kill


def _fire_salvo(now: Situation, case: Case, share: Share) -> int:
    """Order what a track has been given; chain level.

    Fractions are rounded only now: what is outbid, or could have had another type, owes nothing.
    """
    state, types, reach = now.state, now.forces.types, case.reaches[share.offer]
    slot = int(now.predictions.slot[case.row])
    rounds = round_salvo(state, types, slot, reach.kind)
    chosen = [reach.shots[j] for j in share.shots[:rounds]]
    free = {s: iter(free_channels(state, s, now.time_s)) for s in {shot[1] for shot in chosen}}
    level = chain.IN_STOCK
    for intercept_s, s, shots, j in chosen:
        channel = int(next(free[s], -1))
        if channel < 0:
            continue
        unit = int(shots.satellite[j])
        state.satellite_ready[int(now.forces.shooters.constellation[s])][unit] = False
        write_order(
            now, case.row, s, reach.kind, unit, channel, (reach.launch_s[s], intercept_s),
            as_point(shots.intercept_eci_m[j]), as_point(shots.arrival_velocity_eci_m_s[j]),
            reach.chance, reach.layer,
        )  # fmt: skip
        level = chain.FIRED
    if level == chain.FIRED or not rounds:  # of no rounds, the fraction is owed to the next target
        state.salvos[slot, reach.kind] += 1
    else:
        return_salvo(state, types, slot, reach.kind, rounds)
    return level
