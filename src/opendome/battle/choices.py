"""What each battery may do about each track now: reach, authority, rounds, channels, looks."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from opendome.battle import state as chain
from opendome.battle.airspace import may_meet
from opendome.battle.feasibility import Windows, find_limits
from opendome.battle.orders import Situation, predicted_path
from opendome.battle.target_classes import believed_classes
from opendome.interceptors.ground import latest_launch
from opendome.tables.forces import BARRAGE, DIRECT, InterceptorTypes
from opendome.tables.truth import Flags, Floats, Integers

# Batteries are ordered to launch before the next plan but one (assumption).
_PLANS_AHEAD: Final = 2.0


class Choices(NamedTuple):
    """What the shooters could do about some predicted tracks now."""

    rows: Integers  # (n,) of the predictions
    kill: Floats  # (n, s) of one shot at the believed class
    salvo: Floats  # (n, s) mean shots of the next salvo
    usable: Flags  # (n, s) in reach, the track good enough, authority and a look left
    allowed: Flags  # (n, s) rounds, channels and looks are there for a salvo
    due_s: Floats  # (n, s) from when on it may be ordered
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
    target_class = believed_classes(predictions, rows)
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
    allowed = guided & look_left & (find_rounds(now) > 0)
    salvo = find_salvo(types, kinds, done)
    # Ordered earlier, a shot would keep its launcher from what can be met before it.
    due_s = windows.launch_s[rows] - (shooters.order_s + types.reaction_s[kinds])
    due_s -= _PLANS_AHEAD * doctrine.replan_s
    return Choices(rows, kill, salvo, authorised & look_left, allowed, due_s, level)


def find_reserve(now: Situation) -> Integers:
    """Rounds (s,) that each shooter keeps back at the time of the decision."""
    kept: Integers = now.forces.shooters.reserve
    return kept if now.time_s < now.forces.doctrine.reserve_until_s else np.zeros_like(kept)


def find_rounds(now: Situation) -> Integers:
    """Rounds (s,) in stock beyond the reserve of each shooter."""
    rounds: Integers = np.maximum(now.state.inventory - find_reserve(now), 0)
    return rounds


def find_stock(now: Situation) -> Integers:
    """Rounds (s,) that each shooter may order now: beyond its reserve, as many as it can guide."""
    free = (now.state.channel_free_s <= now.time_s).sum(axis=1)
    stock: Integers = np.minimum(find_rounds(now), free)
    return stock


def find_salvo(types: InterceptorTypes, kinds: Integers, done: Integers) -> Floats:
    """Mean shots (n, s) of the next salvo of shooters of some types, after salvos `done` (n, s)."""
    salvo: Floats = types.salvo[kinds[None, :], np.minimum(done, types.salvo.shape[1] - 1)]
    return salvo


def count_shots(salvo: Floats) -> Integers:
    """Rounds that salvos of some mean sizes take at most."""
    return np.asarray(np.ceil(salvo - 1e-9), np.int64)


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
        float(shooters.longitude_rad[s]), predicted_path(predictions, i), predictions.sigma_m[i],
        now.gmst0_rad, find_limits(predictions, i, types, k),
    )  # fmt: skip
    return float(launch)
