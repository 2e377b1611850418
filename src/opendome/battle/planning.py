"""Engagement planning: from the picture and the forces at one time to orders.

The most urgent threat is served first. For each, the shooter whose salvo adds most to its
probability of kill is chosen, the earlier intercept where two are equal; the salvo is fired, and
the track is left alone until the shots have been assessed (shoot-look-shoot).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from opendome.battle import state as chain
from opendome.battle.evaluation import evaluate_threats
from opendome.battle.feasibility import Windows, find_window, find_windows, predicted_state
from opendome.battle.state import BattleState
from opendome.interceptors.ground import FlyoutTables, latest_launch, tabulated_shot
from opendome.interceptors.orbital import (
    OrbitalInterceptor,
    OrbitalShots,
    TargetPaths,
    find_orbital_shots,
)
from opendome.tables.codes import BOOST_PHASE, FIRM, TARGET_CLASSES
from opendome.tables.forces import (
    IDEAL,
    ORBITAL,
    DefendedAreas,
    Doctrine,
    InterceptorTypes,
    Shooters,
)
from opendome.tables.shots import Orders
from opendome.tables.tracks import Predictions, Tracks
from opendome.tables.truth import Flags, Floats, Integers
from opendome.tracking import Settings, predict

_BOOSTING = TARGET_CLASSES.index("boosting")
_ICBM = TARGET_CLASSES.index("icbm-warhead")
_INTERMEDIATE = TARGET_CLASSES.index("intermediate-range")
_SHORT = TARGET_CLASSES.index("short-range")

# Minimum-energy speeds: 3.9 km/s carries 1,900 km, 5.4 km/s 4,300 km (Kepler, spherical Earth):
# the usual borders of the short-range and intermediate-range classes are 1,000 and 5,500 km.
_SHORT_RANGE_SPEED_M_S = 3.0e3
_INTERMEDIATE_SPEED_M_S = 5.7e3


@dataclass(frozen=True)
class Forces:
    """Everything that is the defender's own."""

    types: InterceptorTypes
    shooters: Shooters
    flyouts: FlyoutTables
    areas: DefendedAreas
    doctrine: Doctrine


Point = tuple[float, float, float]


class Plan(NamedTuple):
    """Orders of one decision, and how far the chain got for each track that was looked at."""

    orders: Orders
    number: Integers  # (n,) track numbers looked at
    level: Integers  # (n,) battle.state.TRACKED ... FIRED
    second_shot: Flags  # (n,) a further shot after assessment of the first would be feasible
    in_reach: Integers  # (n,) satellites with a feasible shot, -1 where none was asked


class _Sheet:
    """Orders being written."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int, int, float, float, Point, Point, int, int, float]] = []

    def orders(self) -> Orders:
        """The rows as a table."""
        if not self.rows:
            return Orders.empty()
        columns = list(zip(*self.rows, strict=True))
        whole, real = np.int64, np.float64
        kinds = (whole, whole, whole, real, real, real, real, whole, whole, real)
        return Orders._make(np.array(c, kind) for c, kind in zip(columns, kinds, strict=True))


def believed_class(predictions: Predictions) -> Integers:
    """Target class of each predicted object, by phase and speed alone."""
    speed = np.linalg.norm(predictions.velocity_eci_m_s[:, 0], axis=1)
    classes = np.where(
        speed < _SHORT_RANGE_SPEED_M_S,
        _SHORT,
        np.where(speed < _INTERMEDIATE_SPEED_M_S, _INTERMEDIATE, _ICBM),
    )
    return np.where(predictions.phase == BOOST_PHASE, _BOOSTING, classes).astype(np.int64)


def plan(
    state: BattleState,
    forces: Forces,
    tracks: Tracks,
    time_s: float,
    gmst0_rad: float,
    satellites: list[tuple[Floats, Floats]],
    settings: Settings,
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
    satellites : list of ((n, 3), (n, 3))
        Position and velocity (eci) of each constellation of interceptors at `time_s`.
    settings : Settings
        What the defence believes of flight, for prediction.
    """
    state.meet_tracks(tracks.number)
    firm = (tracks.status == FIRM) & ~state.believed_dead & (state.outstanding == 0)
    slots = np.flatnonzero(firm & (state.next_plan_s <= time_s))
    if slots.size == 0:
        return _no_plan()
    boosting = tracks.phase[slots] == BOOST_PHASE
    # Ballistic tracks share one beat, so that they are planned for together.
    beat = forces.doctrine.replan_s
    state.next_plan_s[slots] = np.where(boosting, time_s, (np.floor(time_s / beat) + 1.0) * beat)
    lethality = 1.0 / (1.0 + np.exp(-tracks.log_odds[slots]))
    doctrine = forces.doctrine
    sure = boosting | (lethality >= doctrine.confident_lethality)
    judged = sure | ((lethality >= doctrine.lethality_threshold) & (state.wait_s[slots] <= time_s))
    number = tracks.number[slots]
    level = np.full(slots.size, chain.TRACKED, np.int64)
    second = np.zeros(slots.size, np.bool_)
    in_reach = np.full(slots.size, -1, np.int64)
    rows = np.flatnonzero(judged)
    if rows.size == 0:
        return Plan(Orders.empty(), number, level, second, in_reach)
    predictions = predict(tracks, slots[rows], time_s, settings)
    area = evaluate_threats(predictions, forces.areas, forces.doctrine, gmst0_rad)
    level[rows[area >= 0]] = chain.JUDGED

    firm_s = tracks.firm_s[predictions.slot]
    types, shooters = forces.types, forces.shooters
    delay = types.decision_s[shooters.interceptor]
    earliest = np.maximum(time_s, firm_s[:, None] + delay[None, :])
    earliest = earliest + types.reaction_s[shooters.interceptor][None, :]
    climbing = predictions.phase == BOOST_PHASE
    by_ground = (area >= 0) & (~climbing | (types.launch_kind == IDEAL).any())
    windows = find_windows(
        predictions, by_ground, earliest, shooters, types, forces.flyouts, gmst0_rad
    )
    classes = believed_class(predictions)
    sheet = _Sheet()
    for i in _by_urgency(predictions, area >= 0):
        row = rows[i]
        if predictions.phase[i] == BOOST_PHASE:
            level[row], in_reach[row] = _order_from_orbit(
                sheet, state, forces, predictions, int(i), earliest[i], time_s, satellites
            )
        # Batteries of rockets do not reach what still climbs; only ideal ones do.
        if level[row] < chain.FIRED and np.isfinite(windows.intercept_s[i]).any():
            ground, second[row] = _order_from_ground(
                sheet, state, forces, predictions, int(i), int(classes[i]), windows, time_s,
                gmst0_rad,
            )  # fmt: skip
            level[row] = max(level[row], ground)
    return Plan(sheet.orders(), number, level, second, in_reach)


def _arrival_velocity(
    forces: Forces, s: int, gmst0_rad: float, intercept_s: float, aim: Point
) -> Point:
    """Velocity (eci) with which a battery's interceptor arrives; zero for an ideal one."""
    table = int(forces.shooters.flyout_table[s])
    if table < 0:
        return 0.0, 0.0, 0.0
    shot = tabulated_shot(
        forces.flyouts, table, float(forces.shooters.latitude_rad[s]),
        float(forces.shooters.longitude_rad[s]), gmst0_rad, intercept_s, *aim,
    )  # fmt: skip
    return shot.arrival_vx_m_s, shot.arrival_vy_m_s, shot.arrival_vz_m_s


def _point(row: Floats) -> Point:
    return float(row[0]), float(row[1]), float(row[2])


def _no_plan() -> Plan:
    whole = np.zeros(0, np.int64)
    return Plan(Orders.empty(), whole, whole, np.zeros(0, np.bool_), whole)


def _by_urgency(predictions: Predictions, wanted: Flags) -> Integers:
    """Wanted rows, the one with least time left first; track number breaks ties."""
    deadline = np.where(
        predictions.phase == BOOST_PHASE, predictions.burnout_s, predictions.impact_s
    )
    order = np.lexsort((predictions.number, deadline))
    return order[wanted[order]]


def _round_salvo(state: BattleState, types: InterceptorTypes, slot: int, k: int) -> int:
    """Rounds of the next salvo: a fraction is carried from target to target, so the mean holds."""
    look = min(int(state.salvos[slot, k]), types.salvo.shape[1] - 1)
    owed = float(state.carry[k, look] + types.salvo[k, look])
    rounds = int(np.floor(owed + 1e-9))
    state.carry[k, look] = owed - rounds
    return rounds


def _order_from_orbit(
    sheet: _Sheet,
    state: BattleState,
    forces: Forces,
    predictions: Predictions,
    i: int,
    earliest_s: Floats,
    time_s: float,
    satellites: list[tuple[Floats, Floats]],
) -> tuple[int, int]:
    """Order a salvo at boosting track `i` from constellations; chain level, satellites in reach."""
    types, shooters = forces.types, forces.shooters
    slot = int(predictions.slot[i])
    level, in_reach = chain.JUDGED, 0
    for s in np.flatnonzero(types.launch_kind[shooters.interceptor] == ORBITAL):
        k, c = int(shooters.interceptor[s]), int(shooters.constellation[s])
        position, velocity = satellites[c]
        shots = find_orbital_shots(
            OrbitalInterceptor(
                float(types.acceleration_m_s2[k]), float(types.delta_v_m_s[k]),
                float(types.min_altitude_m[k]), float(types.max_flight_s[k]),
            ),
            position, velocity, state.satellite_ready[c][: position.shape[0]], time_s,
            TargetPaths(
                predictions.start_s[i : i + 1], predictions.step_s[i : i + 1],
                predictions.n_points[i : i + 1], predictions.position_eci_m[i : i + 1],
                predictions.velocity_eci_m_s[i : i + 1],
            ),
            earliest_s[s : s + 1],
            predictions.burnout_s[i : i + 1] - predictions.burnout_sigma_s[i : i + 1],
            forces.doctrine.orbital_reserve_m,
        )  # fmt: skip
        in_reach += int(shots.n_in_reach[0])
        ranks = [
            j
            for j in np.flatnonzero(shots.satellite[0] >= 0)
            if _closing_speed(predictions, i, shots, int(j))
            <= types.max_closing_speed_m_s[k, _BOOSTING]
        ]
        if not ranks:
            continue
        level = max(level, chain.FEASIBLE)
        if not np.isfinite(shooters.consent_s[s]):
            continue
        level = max(level, chain.AUTHORISED)
        if state.salvos[slot, k] >= types.max_salvos[k]:
            continue
        rounds = min(_round_salvo(state, types, slot, k), len(ranks))
        free = np.flatnonzero(state.channel_free_s[s] <= time_s)
        level = max(level, chain.IN_STOCK)
        for channel, j in zip(free, ranks[:rounds], strict=False):
            unit = int(shots.satellite[0, j])
            state.satellite_ready[c][unit] = False
            state.inventory[s] -= 1
            state.channel_free_s[s, channel] = shots.intercept_s[0, j]
            sheet.rows.append(
                (int(predictions.number[i]), int(s), unit, float(earliest_s[s]),
                 float(shots.intercept_s[0, j]), _point(shots.intercept_eci_m[0, j]),
                 _point(shots.arrival_velocity_eci_m_s[0, j]), int(types.layer[k]),
                 int(state.salvos[slot].sum()), float(types.kill_probability[k, _BOOSTING]))
            )  # fmt: skip
            state.outstanding[slot] += 1
            level = chain.FIRED
        if level == chain.FIRED:
            state.salvos[slot, k] += 1
            break
    return level, in_reach


def _closing_speed(predictions: Predictions, i: int, shots: OrbitalShots, j: int) -> float:
    """Speed at which the `j`-th satellite's interceptor meets track `i` [m/s]."""
    target = predicted_state(predictions, i, float(shots.intercept_s[0, j]))[3:6]
    return float(np.linalg.norm(shots.arrival_velocity_eci_m_s[0, j] - np.array(target)))


def _order_from_ground(
    sheet: _Sheet,
    state: BattleState,
    forces: Forces,
    predictions: Predictions,
    i: int,
    target_class: int,
    windows: Windows,
    time_s: float,
    gmst0_rad: float,
) -> tuple[int, bool]:
    """Order a salvo at track `i` from a battery; chain level, and whether a second look is left."""
    types, shooters, doctrine = forces.types, forces.shooters, forces.doctrine
    slot = int(predictions.slot[i])
    kinds = shooters.interceptor
    chance = types.kill_probability[kinds, target_class]
    time_to_go = windows.intercept_s[i] - time_s
    good_track = 2.0 * windows.sigma_m[i] <= np.where(
        np.isfinite(types.flight_s[kinds]),
        np.inf,
        doctrine.commit_divert_share * types.divert_m_s[kinds] * time_to_go,
    )
    usable = np.isfinite(windows.intercept_s[i]) & good_track & (chance > 0.0)
    if not usable.any():
        return chain.JUDGED, False
    usable &= np.isfinite(shooters.consent_s)
    if not usable.any():
        return chain.FEASIBLE, False
    stocked = usable & (state.inventory > 0)
    if not stocked.any():
        return chain.AUTHORISED, False
    free = (state.channel_free_s <= time_s).sum(axis=1)
    guided = stocked & (free > 0)
    if not guided.any():
        return chain.IN_STOCK, False
    looks_left = state.salvos[slot, kinds] < types.max_salvos[kinds]
    if not doctrine.shoot_look_shoot:
        looks_left &= state.salvos[slot].sum() == 0
    allowed = guided & looks_left & (state.inventory > shooters.reserve)
    if not allowed.any():
        return chain.ON_CHANNEL, False
    if predictions.lethality[i] < doctrine.confident_lethality:
        state.wait_s[slot] = _find_last_chance(forces, predictions, i, allowed, time_s, gmst0_rad)
        if state.wait_s[slot] > time_s:
            return chain.ON_CHANNEL, False
    look = np.minimum(state.salvos[slot, kinds], types.salvo.shape[1] - 1)
    shots = np.minimum(np.ceil(types.salvo[kinds, look]), state.inventory - shooters.reserve)
    gain = np.where(allowed, 1.0 - (1.0 - chance) ** shots, -1.0)
    best = np.flatnonzero(gain >= gain.max() - 1e-12)
    s = int(best[np.argmin(windows.intercept_s[i, best])])
    k = int(kinds[s])
    fired = _fire_salvo(sheet, state, forces, predictions, i, s, windows, time_s, gmst0_rad,
                        float(chance[s]))  # fmt: skip
    if not fired:
        return chain.ON_CHANNEL, False
    look_again = fired + types.assessment_s[k]
    second = any(
        allowed[r] and np.isfinite(
            find_window(predictions, i, shooters, r, types, forces.flyouts, gmst0_rad,
                        look_again + types.reaction_s[kinds[r]])[1]
        )
        for r in range(kinds.size)
    )  # fmt: skip
    return chain.FIRED, second


def _find_last_chance(
    forces: Forces,
    predictions: Predictions,
    i: int,
    allowed: Flags,
    time_s: float,
    gmst0_rad: float,
) -> float:
    """A time until which a better look is worth more than a shot, as a battery can still fire then.

    Not after `time_s` where none can.
    """
    shooters, types = forces.shooters, forces.types
    for s in np.flatnonzero(allowed & (shooters.flyout_table >= 0)):
        k = int(shooters.interceptor[s])
        launch, _ = latest_launch(
            forces.flyouts, int(shooters.flyout_table[s]), float(shooters.latitude_rad[s]),
            float(shooters.longitude_rad[s]), float(predictions.start_s[i]),
            float(predictions.step_s[i]), int(predictions.n_points[i]),
            predictions.position_eci_m[i], predictions.velocity_eci_m_s[i], gmst0_rad,
            float(types.min_altitude_m[k]), float(types.max_altitude_m[k]),
        )  # fmt: skip
        last_chance = launch - types.reaction_s[k] - forces.doctrine.last_chance_s
        if last_chance > time_s:
            return float(last_chance)
    return time_s


def _fire_salvo(
    sheet: _Sheet,
    state: BattleState,
    forces: Forces,
    predictions: Predictions,
    i: int,
    s: int,
    windows: Windows,
    time_s: float,
    gmst0_rad: float,
    chance: float,
) -> float:
    """Order a salvo of shooter `s` at track `i`; time of its last intercept, 0 if none."""
    types, shooters = forces.types, forces.shooters
    k = int(shooters.interceptor[s])
    slot = int(predictions.slot[i])
    free = np.flatnonzero(state.channel_free_s[s] <= time_s)
    rounds = min(
        _round_salvo(state, types, slot, k),
        int(state.inventory[s] - shooters.reserve[s]),
        free.size,
    )
    earliest = max(time_s + types.reaction_s[k], float(windows.launch_s[i, s]) - 1e-6)
    earliest += float(shooters.consent_s[s])
    last = 0.0
    for j in range(rounds):
        launch, intercept, x, y, z, _ = find_window(
            predictions, i, shooters, s, types, forces.flyouts, gmst0_rad,
            max(earliest, float(state.next_launch_s[s])),
        )  # fmt: skip
        if not np.isfinite(intercept):
            break
        state.inventory[s] -= 1
        state.next_launch_s[s] = launch + shooters.launch_interval_s[s]
        state.channel_free_s[s, free[j]] = intercept
        state.outstanding[slot] += 1
        arrival = _arrival_velocity(forces, s, gmst0_rad, intercept, (x, y, z))
        sheet.rows.append(
            (int(predictions.number[i]), s, -1, float(launch), float(intercept),
             (float(x), float(y), float(z)), arrival, int(types.layer[k]),
             int(state.salvos[slot].sum()), chance)
        )  # fmt: skip
        last = float(intercept)
    if last:
        state.salvos[slot, k] += 1
    return last
