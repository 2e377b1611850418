"""One allocation for all tracks of a decision, under the doctrine in force.

Tracks that are not served now, as shots at them are on their way or their case is not clear yet,
lay claim to rounds by what is still at risk from them: what is fired now must be worth more.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from opendome.battle.choices import (
    Choices,
    count_shots,
    find_last_launch,
    find_rounds,
    find_salvo,
    find_stock,
)
from opendome.battle.feasibility import Windows
from opendome.battle.looks import Game, choose_salvo, play_looks
from opendome.battle.orders import Situation
from opendome.battle.salvos import Salvos, Wishes, allocate_salvos
from opendome.tables.forces import OPTIMAL, SHOOT_SHOOT_LOOK
from opendome.tables.truth import Flags, Floats, Integers

_LEAST_LEFT: Final = 1e-6  # of the value at risk, beyond what later layers save
_MOST_LOOKS: Final = 4  # that the doctrine `optimal` looks ahead


def choose_salvos(
    now: Situation, windows: Windows, choices: Choices, ready: Flags, among: Integers
) -> Salvos:
    """Shots for each of some choices, all rounds and all claims considered.

    Parameters
    ----------
    now : Situation
    windows : Windows
        Of all predictions.
    choices : Choices
    ready : (n choices, s) bool
        Where a salvo may be ordered now.
    among : (n,) int64
        The choices to be served; the others, and tracks that were not judged now, lay claims.

    Returns
    -------
    Salvos
        n rows.
    """
    doctrine = now.forces.doctrine
    claims = _find_claims(now, choices, among)
    if doctrine.rule == OPTIMAL:
        return _look_ahead(now, windows, choices, ready, among, claims)
    rows = choices.rows[among]
    size = salvo = count_shots(choices.salvo[among])
    allowed = ready[among]
    if doctrine.rule == SHOOT_SHOOT_LOOK:
        looks = count_looks(now, windows, choices, ready, among).sum(axis=2)
        size = choose_salvo(doctrine.rule, size, looks)
    if doctrine.hold_for_better:
        allowed = allowed & _find_best_layer(now, choices, among)
    left = np.maximum(1.0 - find_cover(now, choices, among), _LEAST_LEFT)
    wishes = Wishes(
        now.value[rows] * left, 1.0 - choices.kill[among], np.where(allowed, size, 0),
        windows.intercept_s[rows],
    )  # fmt: skip
    mine = allocate_salvos(_add_claims(now, wishes, claims), find_stock(now))
    n = among.size
    shots = mine.shots[:n]
    # What doctrine has cut short is no whole salvo.
    whole = mine.whole[:n] & ((shots == 0) | (size == salvo)).all(axis=1)
    return Salvos(shots, whole, mine.alternative[:n], mine.alternative_gain[:n] / left)


def find_cover(now: Situation, choices: Choices, among: Integers) -> Floats:
    """Chance (n,) that batteries whose launch is not due yet will kill each of some choices.

    One salvo of each type that can still meet the target, as far as its rounds go round among all
    that it can meet.
    """
    kinds = now.forces.shooters.interceptor
    later = choices.usable & (choices.due_s > now.time_s)
    shots = np.where(later, count_shots(choices.salvo), 0)
    share = np.minimum(find_rounds(now) / np.maximum(shots.sum(axis=0), 1), 1.0)
    kill = share * (1.0 - (1.0 - choices.kill[among]) ** shots[among])
    missed = np.ones(among.size)
    for k in np.unique(kinds):
        missed *= 1.0 - kill[:, kinds == k].max(axis=1)
    return 1.0 - missed


def _find_claims(now: Situation, choices: Choices, among: Integers) -> Integers:
    """Slots of tracks that may still need rounds and are not served now."""
    state = now.state
    served = np.zeros(state.value.size, np.bool_)
    served[now.predictions.slot[choices.rows[among]]] = True
    slots: Integers = np.flatnonzero((state.value > 0.0) & ~served)
    return slots[(state.claims[slots] > 0.0).any(axis=1)]


def _add_claims(now: Situation, wishes: Wishes, slots: Integers) -> Wishes:
    """Wishes, and after them those of the tracks that lay claims."""
    if not slots.size:
        return wishes
    state, types, kinds = now.state, now.forces.types, now.forces.shooters.interceptor
    done = state.salvos[slots][:, kinds]
    salvo = find_salvo(types, kinds, done)
    kill = state.claims[slots]
    return Wishes(
        np.concatenate((wishes.value, state.value[slots])),
        np.concatenate((wishes.miss, 1.0 - kill)),
        np.concatenate((wishes.shots, np.where(kill > 0.0, count_shots(salvo), 0))),
        np.concatenate((wishes.meet_s, np.full(kill.shape, math.inf))),
    )


def _find_best_layer(now: Situation, choices: Choices, among: Integers) -> Flags:
    """Shooters (n, s) whose shot kills most surely of all that are still in reach and in stock.

    One that is in reach but not allowed yet, as its channels are taken, is waited for.
    """
    in_stock = find_rounds(now) > 0
    kill = np.where(choices.usable[among] & in_stock, choices.kill[among], 0.0)
    best: Flags = kill >= kill.max(axis=1, keepdims=True) - 1e-12
    return best & (kill > 0.0)


def count_looks(
    now: Situation, windows: Windows, choices: Choices, ready: Flags, among: Integers
) -> Flags:
    """Whether a shooter may fire at a track in each of the next looks, (n, s, looks).

    The present look is the first. The next one comes when the quickest salvo of now has met its
    track and been assessed; a shooter has it if its last launch, found from the path, is not over,
    and if doctrine allows it so many salvos.
    """
    types, shooters = now.forces.types, now.forces.shooters
    kinds = shooters.interceptor
    lead_s = shooters.order_s + types.reaction_s[kinds]
    rows = choices.rows[among]
    looks = np.zeros((among.size, kinds.size, _MOST_LOOKS), np.bool_)
    for i, row in enumerate(rows):
        j = among[i]
        feasible = np.flatnonzero(choices.usable[j] & (now.state.inventory > 0))
        meet_s, launch_s = windows.intercept_s[row], windows.launch_s[row]
        soon = launch_s - lead_s <= now.time_s + now.forces.doctrine.replan_s
        looks[i, :, 0] = ready[j] & soon
        if not feasible.size:
            continue
        cycle_s = float((meet_s[feasible] - now.time_s + types.assessment_s[kinds[feasible]]).min())
        left = types.max_salvos[kinds] - now.state.salvos[now.predictions.slot[row], kinds]
        order_s = now.time_s + cycle_s * np.arange(_MOST_LOOKS)
        for s in feasible.tolist():
            last_s = find_last_launch(now, int(row), s) - float(lead_s[s])
            first_s = float(launch_s[s] - lead_s[s]) - now.forces.doctrine.replan_s
            open_ = (order_s <= last_s) & (order_s >= first_s)
            open_[0] = looks[i, s, 0]
            looks[i, s] = open_ & (np.cumsum(open_) <= left[s])
        # What opens and closes between two looks has the one after it has opened; what is open now,
        # and cannot wait for a look, the present one.
        later_on = ready[j] | (choices.allowed[j] & (choices.due_s[j] > now.time_s))
        never = np.flatnonzero(~looks[i].any(axis=1) & later_on)
        wait_s = launch_s[never] - lead_s[never] - now.time_s
        wait_s -= now.forces.doctrine.replan_s
        later = np.ceil(np.maximum(wait_s, 0.0) / cycle_s).astype(np.int64)
        looks[i, never, np.minimum(later, _MOST_LOOKS - 1)] = True
    return looks


def _look_ahead(
    now: Situation, windows: Windows, choices: Choices, ready: Flags, among: Integers,
    claims: Integers,
) -> Salvos:  # fmt: skip
    """Shots of the doctrine `optimal`: what is fired now is worth more than any later use of it."""
    n = among.size
    state = now.state
    may = count_looks(now, windows, choices, ready, among)
    later = np.zeros((claims.size, *may.shape[1:]), np.bool_)
    later[:, :, 1] = state.claims[claims] > 0.0
    game = Game(
        np.concatenate((now.value[choices.rows[among]], state.value[claims])),
        np.concatenate((choices.kill[among], state.claims[claims])),
        np.concatenate((may, later)),
        find_rounds(now),
        find_stock(now),
    )
    firing = play_looks(game, state.prices)
    state.prices[:] = firing.price
    saved: Floats = game.value - firing.kept_if_held
    # Tracks that are still to come are not in the game: a salvo of doctrine is the most now.
    most = count_shots(choices.salvo[among])
    return Salvos(
        np.minimum(firing.shots[:n], most), np.zeros(n, np.bool_), np.full(n, -1, np.int64),
        np.maximum(saved[:n], 0.0),
    )  # fmt: skip
