"""Engagement planning: from the picture and the forces at one time to orders.

What each track puts at risk is found first. One allocation gives the satellites in reach to the
boosting missiles, and to what else is engaged from orbit; then another gives the salvos of all
batteries to all other tracks. A track that has been shot at is left alone until the shots have been
assessed.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from opendome.battle import state as chain
from opendome.battle.batteries import order_from_ground
from opendome.battle.constellations import OwnSatellites, order_from_orbit
from opendome.battle.evaluation import evaluate_threats
from opendome.battle.feasibility import find_windows
from opendome.battle.orders import NO_ORDERS, Forces, Sheet, Situation
from opendome.battle.state import BattleState
from opendome.tables.codes import BOOST_PHASE
from opendome.tables.shots import Orders
from opendome.tables.tracks import Predictions, Tracks
from opendome.tables.truth import Flags, Integers
from opendome.tracking import SettingsTable, predict


class Plan(NamedTuple):
    """Orders of one decision, and how far the chain got for each track that was looked at."""

    orders: Orders
    number: Integers  # (n,) track numbers looked at
    level: Integers  # (n,) battle.state.TRACKED ... FIRED
    second_shot: Flags  # (n,) a further shot after assessment of the first would be feasible
    in_reach: Integers  # (n,) satellites with a feasible shot, -1 where none was asked
    judged: Flags  # (n,) likely enough lethal to be judged
    predictions: Predictions | None  # of the tracks judged


_NONE = np.zeros(0, np.int64)
_NO = np.zeros(0, np.bool_)
_NO_PLAN = Plan(NO_ORDERS, _NONE, _NONE, _NO, _NONE, _NO, None)


def plan(
    state: BattleState,
    forces: Forces,
    tracks: Tracks,
    time_s: float,
    gmst0_rad: float,
    satellites: OwnSatellites,
    settings: SettingsTable,
) -> Plan:
    """Orders for the present picture; changes `state` by what they spend.

    Parameters
    ----------
    state : BattleState
    forces : Forces
    tracks : Tracks
        The picture at `time_s`.
    time_s, gmst0_rad : float
        Decision time; Earth angle at time zero.
    satellites : OwnSatellites
        The constellations of interceptors.
    settings : SettingsTable
        What the defence believes of flight, for prediction.
    """
    state.meet_tracks(tracks.number)
    slots, judged = state.find_due(tracks, time_s, forces.doctrine)
    if not slots.size:
        return _NO_PLAN
    # What deploys still has all it carries: nothing is to be told apart before it is fired at.
    judged |= time_s - tracks.last_plume_s[slots] <= forces.post_boost_s
    level = np.full(slots.size, chain.TRACKED, np.int64)
    second = np.zeros(slots.size, np.bool_)
    in_reach = np.full(slots.size, -1, np.int64)
    sheet = Sheet()
    rows = np.flatnonzero(judged)
    harmless = tracks.log_odds[slots] < _log_odds(forces.doctrine.lethality_threshold)
    state.value[slots[~judged & harmless]] = 0.0
    predictions = None
    if rows.size:
        looked_at = slots[rows]
        predictions = predict(tracks, looked_at, time_s, settings)
        threats = evaluate_threats(predictions, forces.areas, forces.doctrine, gmst0_rad)
        area = threats.area
        state.value[looked_at] = threats.value
        state.stake[looked_at] = threats.value
        state.claims[looked_at], state.later[looked_at], state.cover[looked_at] = 0.0, 0, 0.0
        now = Situation(
            time_s, gmst0_rad, forces, state, predictions, tracks.firm_s[looked_at],
            time_s - tracks.last_plume_s[looked_at], sheet, threats.value,
            np.full(rows.size, -1, np.int64), np.zeros(rows.size),
        )  # fmt: skip
        reached = np.where(area >= 0, chain.JUDGED, chain.TRACKED)
        again = np.zeros(rows.size, np.bool_)
        order = _by_urgency(predictions, area)
        above = np.full(rows.size, -1, np.int64)
        beyond = forces.orbit_reaches_beyond_boost
        by_orbit = order if beyond else order[predictions.phase[order] == BOOST_PHASE]
        outbid = order_from_orbit(now, satellites, by_orbit.tolist(), reached, above)
        in_reach[rows] = above
        # Batteries of rockets do not reach what still climbs; only ideal ones do.
        by_ground = area >= 0
        if not forces.has_ideal:
            by_ground &= predictions.phase != BOOST_PHASE
        if by_ground.any():
            windows = find_windows(
                predictions, by_ground, now.firm_s, time_s, forces.shooters, forces.types,
                forces.flyouts, gmst0_rad,
            )  # fmt: skip
            order_from_ground(now, windows, order[by_ground[order]], reached, again)
        level[rows], second[rows] = reached, again
        # In free flight only a better track changes what is threatened; spent rounds do not come
        # back, and only another battery may come into reach.
        settled = (area < 0) | (level[rows] == chain.AUTHORISED)
        settled &= predictions.phase != BOOST_PHASE
        settled[outbid] = False  # other satellites come by
        state.leave_alone(looked_at[settled], time_s, forces.doctrine)
    return Plan(sheet.orders(), tracks.number[slots], level, second, in_reach, judged, predictions)


def _log_odds(probability: float) -> float:
    if probability <= 0.0:
        return -math.inf
    return math.log(probability / (1.0 - probability)) if probability < 1.0 else math.inf


def _by_urgency(predictions: Predictions, area: Integers) -> Integers:
    """Threatening rows, the one with least time left first; track number breaks ties."""
    rows: Integers = np.flatnonzero(area >= 0)
    if rows.size > 1:
        deadline = np.where(
            predictions.phase == BOOST_PHASE, predictions.burnout_s, predictions.impact_s
        )
        # What keeps to the air may turn on its target by the end of its path.
        last_s = predictions.start_s + (predictions.n_points - 1) * predictions.step_s
        deadline = np.where(np.isnan(deadline), last_s, deadline)
        rows = rows[np.lexsort((predictions.number[rows], deadline[rows]))]
    return rows
