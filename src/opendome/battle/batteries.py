"""Shots from batteries: which may fire at which track, and the salvos that they are ordered."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from opendome.battle import state as chain
from opendome.battle.airspace import may_meet_at
from opendome.battle.allocation import choose_salvos, lay_claims
from opendome.battle.choices import Choices, find_choices, find_last_launch
from opendome.battle.feasibility import Windows, find_shot, find_windows
from opendome.battle.orders import (
    Point,
    Situation,
    free_channels,
    return_salvo,
    round_salvo,
    write_order,
)
from opendome.interceptors.direct import direct_arrival
from opendome.interceptors.ground import tabulated_shot
from opendome.tables.codes import BALLISTIC_PHASE
from opendome.tables.forces import BARRAGE, DIRECT
from opendome.tables.truth import Flags, Integers

_PASSES: Final = 3  # allocations of one decision


def order_from_ground(
    now: Situation, windows: Windows, rows: Integers, level: Integers, second: Flags
) -> None:
    """Order salvos from batteries at predicted tracks, one allocation for all.

    Tracks that were fired at from orbit lay claim to rounds only.

    Parameters
    ----------
    now : Situation
    windows : Windows
        Of all predictions.
    rows : (n,) int64
        Predictions to be served, the most urgent first.
    level, second : (n predictions,) int64 and bool
        Raised to how far the chain got; whether a second look is left after a salvo fired here.
    """
    choices = find_choices(now, windows, rows)
    level[rows] = np.maximum(level[rows], choices.level)
    lay_claims(now, choices)
    waiting = _find_waiting(now, windows, choices)
    ready = choices.allowed & (choices.due_s <= now.time_s) & ~waiting[:, None]
    _sleep_until_due(now, choices, waiting | ready.any(axis=1))
    open_: Flags = ready.any(axis=1) & (level[rows] < chain.FIRED)
    # Where a battery cannot launch so many in time, what is left is allocated again.
    for _ in range(_PASSES):
        if not open_.any():
            break
        among = np.flatnonzero(open_)
        salvos = choose_salvos(now, windows, choices, ready, among)
        now.alternative[rows[among]] = salvos.alternative
        now.alternative_gain[rows[among]] = salvos.alternative_gain
        open_[:] = False
        for i in np.flatnonzero(salvos.shots.any(axis=1)):
            j = int(among[i])
            row = int(rows[j])
            fired = _fire_salvos(now, windows, choices, j, salvos.shots[i], bool(salvos.whole[i]))
            if fired is None:
                ready[j] &= salvos.shots[i] == 0
                open_[j] = bool(ready[j].any())
                continue
            level[row] = chain.FIRED
            second[row] = _look_again(now, row, *fired, choices.allowed[j])


def _sleep_until_due(now: Situation, choices: Choices, busy: Flags) -> None:
    """Plan anew for ballistic tracks when a shot at them is due, if that is later.

    Not for those that are `busy`, nor where something in orbit may come by, and in time for what
    else a better track may bring.
    """
    if now.forces.orbit_reaches_beyond_boost:
        return
    # A better track may bring what is not usable yet.
    may = (choices.kill > 0.0) & now.forces.shooters.may_fire & (now.state.inventory > 0)
    may &= np.isfinite(choices.due_s)
    due_s = np.where(may, choices.due_s, np.inf).min(axis=1, initial=np.inf)
    idle = ~busy & (due_s > now.time_s) & np.isfinite(due_s)
    idle &= now.predictions.phase[choices.rows] == BALLISTIC_PHASE
    slots = now.predictions.slot[choices.rows[idle]]
    now.state.leave_alone(slots, now.time_s, now.forces.doctrine, due_s[idle])


def _find_waiting(now: Situation, windows: Windows, choices: Choices) -> Flags:
    """Doubtful tracks that wait for a better look, as some battery can still fire after it.

    What is more likely lethal than not waits while its battery could even fire twice.
    """
    doctrine, slots = now.forces.doctrine, now.predictions.slot[choices.rows]
    lethality = now.predictions.lethality[choices.rows]
    waiting: Flags = np.zeros(choices.rows.size, np.bool_)
    doubtful = (lethality < doctrine.sure_lethality) & choices.allowed.any(axis=1)
    for j in np.flatnonzero(doubtful):
        look_s, chance_s = _find_last_chances(now, windows, choices, int(j))
        now.state.look_s[slots[j]], now.state.wait_s[slots[j]] = look_s, chance_s
        until_s = chance_s if lethality[j] < doctrine.confident_lethality else look_s
        waiting[j] = until_s > now.time_s
    return waiting


def _find_last_chances(
    now: Situation, windows: Windows, choices: Choices, j: int
) -> tuple[float, float]:
    """Times until which a battery can still fire at a choice twice, with a look between, and once.

    The first shot is taken to fly as long as one of now. Not after the present where none can.
    """
    shooters, types = now.forces.shooters, now.forces.types
    i = int(choices.rows[j])
    for s in np.flatnonzero(choices.allowed[j] & (shooters.flyout_table >= 0)):
        launch = find_last_launch(now, i, int(s))
        k = int(shooters.interceptor[s])
        lead_s = shooters.order_s[s] + types.reaction_s[k]
        last_chance_s = launch - lead_s - now.forces.doctrine.last_chance_s
        if last_chance_s > now.time_s:
            flight_s = windows.intercept_s[i, s] - windows.launch_s[i, s]
            cycle_s = lead_s + flight_s + types.assessment_s[k]
            return float(last_chance_s - cycle_s), float(last_chance_s)
    return now.time_s, now.time_s


def _fire_salvos(
    now: Situation, windows: Windows, choices: Choices, j: int, shots: Integers, whole: bool
) -> tuple[float, int] | None:
    """Order shots at choice `j`; time of the last intercept and its type, None if none can launch.

    A whole salvo has the doctrine's mean size, and its fractions are carried over.
    """
    state, types, shooters = now.state, now.forces.types, now.forces.shooters
    i = int(choices.rows[j])
    slot = int(now.predictions.slot[i])
    last: tuple[float, int] | None = None
    kinds = set()
    for s in np.flatnonzero(shots):
        k = int(shooters.interceptor[s])
        rounds = round_salvo(state, types, slot, k) if whole else int(shots[s])
        met_s = _fire_salvo(now, windows, i, int(s), rounds, float(choices.kill[j, s]))
        if met_s or not rounds:
            kinds.add(k)  # of no rounds, the fraction is owed to the next target
        elif whole:
            return_salvo(state, types, slot, k, rounds)
        if met_s and (last is None or met_s > last[0]):
            last = met_s, k
    for k in kinds:
        state.salvos[slot, k] += 1
    return last


def _fire_salvo(
    now: Situation, windows: Windows, i: int, s: int, rounds: int, chance: float
) -> float:
    """Order shots of shooter `s` at track `i`; time of the last intercept, 0 if none."""
    state, types, shooters = now.state, now.forces.types, now.forces.shooters
    k = int(shooters.interceptor[s])
    free = free_channels(state, s, now.time_s)
    lead_s = float(shooters.order_s[s] + types.reaction_s[k])
    earliest = max(now.time_s + lead_s, float(windows.launch_s[i, s]) - 1e-6)
    last = 0.0
    for j in range(min(rounds, free.size)):
        launch, intercept, x, y, z, _ = find_shot(
            now.predictions, i, shooters, s, types, now.forces.flyouts, now.gmst0_rad,
            max(earliest, float(state.next_launch_s[s])),
        )  # fmt: skip
        if not math.isfinite(intercept):
            break
        if not may_meet_at(now, s, np.array([intercept]), np.array([[x, y, z]]))[0]:
            break
        state.next_launch_s[s] = launch + shooters.launch_interval_s[s]
        write_order(
            now, i, s, k, -1, int(free[j]), (launch, intercept), (x, y, z),
            _arrival_velocity(now, s, intercept, (x, y, z)), chance,
        )  # fmt: skip
        if math.isfinite(types.aircraft_speed_m_s[k]):
            # An aircraft flies back to its station before it is sent again.
            state.channel_free_s[s, free[j]] += intercept - launch
        last = intercept
    return last


def _look_again(now: Situation, i: int, last_s: float, k: int, allowed: Flags) -> bool:
    """Whether some battery may fire again at track `i` once a salvo has been assessed.

    What it may still need is noted as its claim.
    """
    types, shooters = now.forces.types, now.forces.shooters
    only = np.zeros(now.predictions.slot.size, np.bool_)
    only[i] = True
    again = find_windows(
        now.predictions, only, now.firm_s, last_s + float(types.assessment_s[k]), shooters, types,
        now.forces.flyouts, now.gmst0_rad,
    )  # fmt: skip
    feasible = np.isfinite(again.intercept_s[i])
    slot = int(now.predictions.slot[i])
    look_left = (
        now.state.salvos[slot, shooters.interceptor] < types.max_salvos[shooters.interceptor]
    )
    if now.forces.doctrine.rule == BARRAGE:
        look_left[:] = False
    now.state.claims[slot][~(feasible & look_left)] = 0.0
    now.state.later[slot][~(feasible & look_left)] = 0
    if not now.state.later[slot].any():
        now.state.cover[slot] = 0.0
    return bool(feasible[allowed].any())


def _arrival_velocity(now: Situation, s: int, intercept_s: float, aim: Point) -> Point:
    """Velocity (eci) with which a battery's interceptor arrives; zero for an ideal one."""
    shooters, types = now.forces.shooters, now.forces.types
    k = int(shooters.interceptor[s])
    if types.launch_kind[k] == DIRECT:
        return direct_arrival(
            float(types.speed_m_s[k]), shooters.position_ecef_m[s], now.gmst0_rad, intercept_s, aim
        )
    table = int(shooters.flyout_table[s])
    if table < 0:
        return 0.0, 0.0, 0.0
    shot = tabulated_shot(
        now.forces.flyouts, table, float(shooters.latitude_rad[s]),
        float(shooters.longitude_rad[s]), now.gmst0_rad, intercept_s, *aim,
    )  # fmt: skip
    return shot.arrival_vx_m_s, shot.arrival_vy_m_s, shot.arrival_vz_m_s
