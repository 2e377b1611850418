"""What each battery may do about each track now: reach, authority, rounds, channels, looks."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from opendome.battle import state as chain
from opendome.battle.airspace import may_meet
from opendome.battle.feasibility import Windows
from opendome.battle.orders import Situation
from opendome.interceptors.ground import latest_launch
from opendome.tables.codes import BOOST_PHASE, CRUISE_PHASE, GLIDE_PHASE, TARGET_CLASSES
from opendome.tables.forces import BARRAGE, DIRECT
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
    """Target class of one object, by phase and speed alone."""
    if phase == BOOST_PHASE:
        return _BOOSTING
    if phase == GLIDE_PHASE:
        return _GLIDE
    if phase == CRUISE_PHASE:
        return _CRUISE
    if speed_m_s < _SHORT_RANGE_SPEED_M_S:
        return _SHORT
    return _INTERMEDIATE if speed_m_s < _INTERMEDIATE_SPEED_M_S else _ICBM


def believed_classes(phase: Integers, speed_m_s: Floats) -> Integers:
    """As `believed_class`, of many objects."""
    pairs = zip(phase.tolist(), speed_m_s.tolist(), strict=True)
    return np.array([believed_class(*pair) for pair in pairs], np.int64)


class Choices(NamedTuple):
    """What the shooters could do about some predicted tracks now."""

    rows: Integers  # (n,) of the predictions
    kill: Floats  # (n, s) of one shot at the believed class
    salvo: Floats  # (n, s) mean shots of the next salvo
    usable: Flags  # (n, s) in reach, the track good enough, authority and a look left
    allowed: Flags  # (n, s) a salvo may be ordered now
    level: Integers  # (n,) how far the best shooter got


def find_choices(now: Situation, windows: Windows, rows: Integers) -> Choices:
    """What each shooter may do about predicted tracks: reach, authority, rounds, channels, looks.

    Parameters
    ----------
    now : Situation
    windows : Windows
        Of all predictions; those of `rows` are read.
    rows : (n,) int64
    """
    state, predictions, doctrine = now.state, now.predictions, now.forces.doctrine
    types, shooters = now.forces.types, now.forces.shooters
    kinds, slots = shooters.interceptor, predictions.slot[rows]
    velocity = predictions.velocity_eci_m_s[rows, 0]
    speed = np.sqrt(np.einsum("ij,ij->i", velocity, velocity))
    target_class = believed_classes(predictions.phase[rows], speed)
    kill = types.kill_probability[kinds[None, :], target_class[:, None]]
    intercept_s = windows.intercept_s[rows]
    to_go_s = intercept_s - now.time_s
    bearable_m = doctrine.commit_divert_share * types.divert_m_s[kinds] * to_go_s
    ideal = np.isfinite(types.flight_s[kinds])
    feasible: Flags = np.isfinite(intercept_s) & (kill > 0.0)
    feasible &= ideal | (2.0 * windows.sigma_m[rows] <= bearable_m)
    authorised = feasible & shooters.may_fire
    authorised &= may_meet(now, windows, rows, authorised)
    stocked = authorised & (state.inventory > 0)
    guided = stocked & (state.channel_free_s <= now.time_s).any(axis=1)
    level = np.full(rows.size, chain.JUDGED, np.int64)
    links = (chain.FEASIBLE, feasible), (chain.AUTHORISED, authorised)
    for link, held in (*links, (chain.IN_STOCK, stocked), (chain.ON_CHANNEL, guided)):
        level[np.flatnonzero(held.any(axis=1))] = link
    done = state.salvos[slots][:, kinds]
    look_left: Flags = np.less(done, types.max_salvos[kinds])
    if doctrine.rule == BARRAGE:
        look_left &= (state.salvos[slots].sum(axis=1) == 0)[:, None]
    allowed = guided & look_left & (state.inventory > find_reserve(now))
    salvo = types.salvo[kinds[None, :], np.minimum(done, types.salvo.shape[1] - 1)]
    return Choices(rows, kill, salvo, authorised & look_left, allowed, level)


def find_reserve(now: Situation) -> Integers:
    """Rounds (s,) that each shooter keeps back at the time of the decision."""
    kept: Integers = now.forces.shooters.reserve
    return kept if now.time_s < now.forces.doctrine.reserve_until_s else np.zeros_like(kept)


def find_stock(now: Situation) -> Integers:
    """Rounds (s,) that each shooter may order now: beyond its reserve, as many as it can guide."""
    free = (now.state.channel_free_s <= now.time_s).sum(axis=1)
    stock: Integers = np.minimum(np.maximum(now.state.inventory - find_reserve(now), 0), free)
    return stock


def find_last_launch(now: Situation, i: int, s: int) -> float:
    """Latest launch of a battery that still meets predicted track `i`; NaN where none does."""
    shooters, types, predictions = now.forces.shooters, now.forces.types, now.predictions
    k = int(shooters.interceptor[s])
    if types.launch_kind[k] == DIRECT:  # not looked for: it is fired as soon as it may be
        return math.nan
    if shooters.flyout_table[s] < 0:  # it reaches everything in a fixed time
        end_s = predictions.start_s[i] + (predictions.n_points[i] - 1) * predictions.step_s[i]
        return float(end_s - types.flight_s[k])
    launch, _ = latest_launch(
        now.forces.flyouts, int(shooters.flyout_table[s]), float(shooters.latitude_rad[s]),
        float(shooters.longitude_rad[s]), float(predictions.start_s[i]),
        float(predictions.step_s[i]), int(predictions.n_points[i]),
        predictions.position_eci_m[i], predictions.velocity_eci_m_s[i], now.gmst0_rad,
        float(types.min_altitude_m[k]), float(types.max_altitude_m[k]),
    )  # fmt: skip
    return float(launch)
