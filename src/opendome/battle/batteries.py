"""Shots from batteries: which may fire at a track, which does, and its salvo."""

from __future__ import annotations

import math

import numpy as np

from opendome.battle import state as chain
from opendome.battle.feasibility import Windows, find_shot, find_windows
from opendome.battle.orders import Point, Situation, free_channels, round_salvo, write_order
from opendome.interceptors.direct import direct_arrival
from opendome.interceptors.ground import latest_launch, tabulated_shot
from opendome.physics.jit import kernel
from opendome.tables.codes import BOOST_PHASE, CRUISE_PHASE, GLIDE_PHASE, TARGET_CLASSES
from opendome.tables.forces import DIRECT, Doctrine, InterceptorTypes, Shooters
from opendome.tables.truth import Flags, Floats, Integers

_BOOSTING = TARGET_CLASSES.index("boosting")
_ICBM = TARGET_CLASSES.index("icbm-warhead")
_INTERMEDIATE = TARGET_CLASSES.index("intermediate-range")
_SHORT = TARGET_CLASSES.index("short-range")
_GLIDE = TARGET_CLASSES.index("glide")
_CRUISE = TARGET_CLASSES.index("cruise")

# Minimum-energy speeds: 3.9 km/s carries 1,900 km, 5.4 km/s 4,300 km (Kepler, spherical Earth):
# the usual borders of the short-range and intermediate-range classes are 1,000 and 5,500 km.
_SHORT_RANGE_SPEED_M_S = 3.0e3
_INTERMEDIATE_SPEED_M_S = 5.7e3


def believed_class(phase: int, speed_m_s: float) -> int:
    """Target class of an object, by phase and speed alone."""
    if phase == BOOST_PHASE:
        return _BOOSTING
    if phase == GLIDE_PHASE:
        return _GLIDE
    if phase == CRUISE_PHASE:
        return _CRUISE
    if speed_m_s < _SHORT_RANGE_SPEED_M_S:
        return _SHORT
    return _INTERMEDIATE if speed_m_s < _INTERMEDIATE_SPEED_M_S else _ICBM


@kernel
def _allow_batteries(
    intercept_s: Floats,
    sigma_m: Floats,
    target_class: int,
    time_s: float,
    salvos: Integers,
    inventory: Integers,
    channel_free_s: Floats,
    shooters: Shooters,
    types: InterceptorTypes,
    doctrine: Doctrine,
    allowed: Flags,
) -> int:
    """Mark the shooters that may fire a salvo at a track now; how far the best of them got."""
    level = chain.JUDGED
    for s in range(shooters.interceptor.shape[0]):
        k = shooters.interceptor[s]
        allowed[s] = False
        if math.isnan(intercept_s[s]) or not types.kill_probability[k, target_class] > 0.0:
            continue
        ideal = math.isfinite(types.flight_s[k])
        to_go_s = intercept_s[s] - time_s
        bearable_m = doctrine.commit_divert_share * types.divert_m_s[k] * to_go_s
        if not (ideal or 2.0 * sigma_m[s] <= bearable_m):
            continue
        level = max(level, chain.FEASIBLE)
        if not math.isfinite(shooters.consent_s[s]):
            continue
        level = max(level, chain.AUTHORISED)
        if inventory[s] <= 0:
            continue
        level = max(level, chain.IN_STOCK)
        if not (channel_free_s[s] <= time_s).any():
            continue
        level = max(level, chain.ON_CHANNEL)
        look_left = salvos[k] < types.max_salvos[k]
        if not doctrine.shoot_look_shoot:
            look_left = look_left and not salvos.any()
        allowed[s] = look_left and inventory[s] > shooters.reserve[s]
    return level


def order_from_ground(now: Situation, windows: Windows, i: int) -> tuple[int, bool]:
    """Order a salvo at track `i` from a battery; chain level, and whether a second look is left."""
    state, predictions = now.state, now.predictions
    types, shooters, doctrine = now.forces.types, now.forces.shooters, now.forces.doctrine
    slot, kinds = int(predictions.slot[i]), shooters.interceptor
    speed_m_s = math.hypot(*predictions.velocity_eci_m_s[i, 0])
    target_class = believed_class(int(predictions.phase[i]), speed_m_s)
    allowed = np.empty(kinds.size, np.bool_)
    level = _allow_batteries(
        windows.intercept_s[i], windows.sigma_m[i], target_class, now.time_s, state.salvos[slot],
        state.inventory, state.channel_free_s, shooters, types, doctrine, allowed,
    )  # fmt: skip
    rows = np.flatnonzero(allowed)
    if not rows.size:
        return level, False
    if predictions.lethality[i] < doctrine.confident_lethality:
        state.wait_s[slot] = _find_last_chance(now, i, rows)
        if state.wait_s[slot] > now.time_s:
            return chain.ON_CHANNEL, False
    look = np.minimum(state.salvos[slot, kinds[rows]], types.salvo.shape[1] - 1)
    spare = state.inventory[rows] - shooters.reserve[rows]
    shots = np.minimum(np.ceil(types.salvo[kinds[rows], look]), spare)
    gain = 1.0 - (1.0 - types.kill_probability[kinds[rows], target_class]) ** shots
    best = rows[gain >= gain.max() - 1e-12]
    s = int(best[np.argmin(windows.intercept_s[i, best])])
    k = int(kinds[s])
    last_s = _fire_salvo(now, windows, i, s, float(types.kill_probability[k, target_class]))
    if not last_s:
        return chain.ON_CHANNEL, False
    only = np.zeros(predictions.slot.size, np.bool_)
    only[i] = True
    again = find_windows(
        predictions, only, now.firm_s, last_s + float(types.assessment_s[k]), shooters, types,
        now.forces.flyouts, now.gmst0_rad,
    )  # fmt: skip
    return chain.FIRED, bool(np.isfinite(again.intercept_s[i, rows]).any())


def _find_last_chance(now: Situation, i: int, rows: Integers) -> float:
    """A time until which a better look is worth more than a shot, as a battery can still fire then.

    Not after the present where none can.
    """
    shooters, types, predictions = now.forces.shooters, now.forces.types, now.predictions
    for s in rows[shooters.flyout_table[rows] >= 0]:
        k = int(shooters.interceptor[s])
        launch, _ = latest_launch(
            now.forces.flyouts, int(shooters.flyout_table[s]), float(shooters.latitude_rad[s]),
            float(shooters.longitude_rad[s]), float(predictions.start_s[i]),
            float(predictions.step_s[i]), int(predictions.n_points[i]),
            predictions.position_eci_m[i], predictions.velocity_eci_m_s[i], now.gmst0_rad,
            float(types.min_altitude_m[k]), float(types.max_altitude_m[k]),
        )  # fmt: skip
        last_chance = launch - types.reaction_s[k] - now.forces.doctrine.last_chance_s
        if last_chance > now.time_s:
            return float(last_chance)
    return now.time_s


def _fire_salvo(now: Situation, windows: Windows, i: int, s: int, chance: float) -> float:
    """Order a salvo of shooter `s` at track `i`; time of its last intercept, 0 if none."""
    state, types, shooters = now.state, now.forces.types, now.forces.shooters
    k = int(shooters.interceptor[s])
    slot = int(now.predictions.slot[i])
    free = free_channels(state, s, now.time_s)
    rounds = min(
        round_salvo(state, types, slot, k),
        int(state.inventory[s] - shooters.reserve[s]),
        free.size,
    )
    earliest = max(now.time_s + types.reaction_s[k], float(windows.launch_s[i, s]) - 1e-6)
    earliest += float(shooters.consent_s[s])
    last = 0.0
    for j in range(rounds):
        launch, intercept, x, y, z, _ = find_shot(
            now.predictions, i, shooters, s, types, now.forces.flyouts, now.gmst0_rad,
            max(earliest, float(state.next_launch_s[s])),
        )  # fmt: skip
        if not math.isfinite(intercept):
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
    if last:
        state.salvos[slot, k] += 1
    return last


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
