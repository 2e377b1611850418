"""One allocation for all tracks of a decision, under the doctrine in force.

Tracks that are not served now, as shots at them are on their way, none is due or their case is not
clear yet, lay claim to rounds by what is at stake, and so do all tracks to those of layers that
come later: what is fired now must be worth more.
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
from opendome.battle.salvos import ROUNDING, Salvos, Wishes, allocate_salvos
from opendome.battle.state import BattleState
from opendome.tables.forces import BARRAGE, OPTIMAL, SHOOT_SHOOT_LOOK
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
    doctrine, state = now.forces.doctrine, now.state
    claims = _find_claims(now, choices, among)
    if doctrine.rule == OPTIMAL:
        return _look_ahead(now, windows, choices, ready, among, claims)
    rows = choices.rows[among]
    size = salvo = count_shots(choices.salvo[among])
    allowed = ready[among]
    if doctrine.rule == SHOOT_SHOOT_LOOK:
        looks = count_looks(now, windows, choices, ready, among).sum(axis=2)
        size = choose_salvo(doctrine.rule, size, looks)
    if doctrine.hold_for_better or doctrine.rule == BARRAGE:
        allowed = allowed & _find_best_layer(now, choices, among)
    left = np.maximum(1.0 - state.cover[now.predictions.slot[rows]], _LEAST_LEFT)
    wishes = Wishes(
        now.value[rows] * left, 1.0 - choices.kill[among], np.where(allowed, size, 0),
        windows.intercept_s[rows], np.ones(among.size),
    )  # fmt: skip
    n, rounds = among.size, find_rounds(now)
    everything = _add_claims(now, wishes, claims)
    mine = allocate_salvos(everything, rounds)
    # Claims are on rounds: channels will be free again by then.
    stock, served = find_stock(now), mine.shots[:n].sum(axis=0)
    if (served > stock).any():
        kept = np.ceil(everything.need[n:] @ mine.shots[n:] - ROUNDING).astype(np.int64)
        stock = np.minimum(np.maximum(rounds - kept, served), stock)
        mine = allocate_salvos(wishes, stock)
    shots = mine.shots[:n]
    # What doctrine has cut short is no whole salvo.
    whole = mine.whole[:n] & ((shots == 0) | (size == salvo)).all(axis=1)
    return Salvos(shots, whole, mine.alternative[:n], mine.alternative_gain[:n] / left)


def lay_claims(now: Situation, choices: Choices) -> None:
    """Note which batteries each track may need, and the chance that those after the first kill it.

    The first is the one that is due first, or now. Of the others one salvo of each type counts, as
    far as its rounds go round among all tracks that may need it then.
    """
    state, kinds, rounds = now.state, now.forces.shooters.interceptor, find_rounds(now)
    slots = now.predictions.slot[choices.rows]
    state.claims[slots] = np.where(choices.usable, choices.kill, 0.0)
    due_s = np.where(choices.usable & (rounds > 0), choices.due_s, math.inf)
    first_s = np.maximum(due_s.min(axis=1, initial=math.inf), now.time_s)
    later = choices.usable & (choices.due_s > first_s[:, None])
    state.later[slots] = shots = np.where(later, count_shots(choices.salvo), 0)
    alive = np.flatnonzero(state.value > 0.0)
    wanted = _find_needs(state, alive) @ state.later[alive]
    share = np.minimum(rounds / np.maximum(wanted, 1), 1.0)
    kill = share * (1.0 - (1.0 - choices.kill) ** shots)
    missed = np.ones(slots.size)
    for k in np.unique(kinds):
        missed *= 1.0 - kill[:, kinds == k].max(axis=1)
    state.cover[slots] = 1.0 - missed


def _find_claims(now: Situation, choices: Choices, among: Integers) -> Integers:
    """Slots of tracks that may still need rounds and are not served now."""
    state = now.state
    served = np.zeros(state.value.size, np.bool_)
    served[now.predictions.slot[choices.rows[among]]] = True
    slots: Integers = np.flatnonzero((state.value > 0.0) & ~served)
    return slots[(state.claims[slots] > 0.0).any(axis=1)]


def _find_needs(state: BattleState, slots: Integers) -> Floats:
    """Chance that the shots on their way to tracks with value at risk miss them."""
    needs: Floats = state.value[slots] / state.stake[slots]
    return needs


def _add_claims(now: Situation, wishes: Wishes, slots: Integers) -> Wishes:
    """Wishes, and after them the claims: of tracks not served now, and of all on later layers.

    A claim counts with what is at stake if it comes to be served, and takes of each round the
    chance that it does: that the shots on their way miss the track and, at a layer that comes
    later, that the one before it does. Of equal batteries it takes that of the most rounds.
    """
    state, types, kinds = now.state, now.forces.types, now.forces.shooters.interceptor
    after = np.flatnonzero((state.value > 0.0) & (state.later > 0).any(axis=1))
    claims = np.concatenate((slots, after))
    if not claims.size:
        return wishes
    kill = state.claims[claims]
    salvo = count_shots(find_salvo(types, kinds, state.salvos[claims][:, kinds]))
    rounds, later = find_rounds(now), state.later[claims] > 0
    shots = np.where((kill > 0.0) & (rounds > 0), salvo, 0)
    spared = ((1.0 - kill) ** np.where(later, 0, shots)).min(axis=1, initial=1.0)
    is_after = np.arange(claims.size) >= slots.size
    left = np.where(is_after, 1.0, 1.0 - state.cover[claims])
    need = _find_needs(state, claims) * np.where(is_after, spared, 1.0)
    return Wishes(
        np.concatenate((wishes.value, state.stake[claims] * left)),
        np.concatenate((wishes.miss, 1.0 - kill)),
        np.concatenate((wishes.shots, np.where(later == is_after[:, None], shots, 0))),
        np.concatenate((wishes.meet_s, np.broadcast_to(-rounds.astype(float), kill.shape))),
        np.concatenate((wishes.need, need)),
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
        meet_s, due_s = windows.intercept_s[row], choices.due_s[j]
        looks[i, :, 0] = ready[j] & (due_s <= now.time_s)
        if not feasible.size:
            continue
        cycle_s = float((meet_s[feasible] - now.time_s + types.assessment_s[kinds[feasible]]).min())
        left = types.max_salvos[kinds] - now.state.salvos[now.predictions.slot[row], kinds]
        order_s = now.time_s + cycle_s * np.arange(_MOST_LOOKS)
        for s in feasible.tolist():
            last_s = find_last_launch(now, int(row), s) - float(lead_s[s])
            open_ = (order_s <= last_s) & (order_s >= due_s[s])
            open_[0] = looks[i, s, 0]
            looks[i, s] = open_ & (np.cumsum(open_) <= left[s])
        # What opens and closes between two looks has the one after it has opened; what is open now,
        # and cannot wait for a look, the present one.
        later_on = ready[j] | (choices.allowed[j] & (due_s > now.time_s))
        never = np.flatnonzero(~looks[i].any(axis=1) & later_on)
        wait_s = np.maximum(due_s[never] - now.time_s, 0.0)
        later = np.ceil(wait_s / cycle_s).astype(np.int64)
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
