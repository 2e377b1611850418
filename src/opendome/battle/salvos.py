"""Salvos for a whole raid at once: which shooter serves which track, and who is served if not all.

Where every track can have the salvo of its best shooter, it gets it. Where rounds are short, rounds
are given one by one to where each saves most (greatest marginal return: denBroeder, Ellison and
Emerling 1959, "On optimum target assignments", Operations Research 7(3)); `looks` does better where
it may choose how many shots to keep for a second look.
"""

from __future__ import annotations

import heapq
from typing import Final, NamedTuple

import numpy as np

from opendome.physics.jit import kernel
from opendome.tables.truth import Flags, Floats, Integers

_TIE: Final = 1e-12  # in probability of kill
_WHOLE: Final = 1.0 + 1e-9  # a salvo, with the rounding of its parts
ROUNDING: Final = 1e-9  # in sums of parts of a round


class Wishes(NamedTuple):
    """Salvos that tracks would like, track by shooter."""

    value: Floats  # (n,) at risk
    miss: Floats  # (n, s) miss probability of one shot
    shots: Integers  # (n, s) of a whole salvo, 0 where the shooter must not fire
    meet_s: Floats  # (n, s) earliest intercept, for ties
    need: Floats  # (n,) of a round that a shot takes: the chance that it will be fired


class Salvos(NamedTuple):
    """Shots given, and what they are worth beside the next best."""

    shots: Integers  # (n, s)
    whole: Flags  # (n,) its best shooter's salvo, none being short of rounds
    alternative: Integers  # (n,) shooter of the best other salvo, -1: none, it would be held
    alternative_gain: Floats  # (n,) value that this would save


def find_gains(wishes: Wishes) -> Floats:
    """Value (n, s) that each whole salvo saves; -1 where the shooter must not fire."""
    saved = wishes.value[:, None] * (1.0 - wishes.miss**wishes.shots)
    gains: Floats = np.where(wishes.shots > 0, saved, -1.0)
    return gains


def choose_shooters(wishes: Wishes) -> Integers:
    """The shooter (n,) whose salvo kills most surely, the earlier intercept if equal; -1: none."""
    n, n_shooters = wishes.shots.shape
    if n_shooters == 0:
        return np.full(n, -1, np.int64)
    may = wishes.shots > 0
    kill = np.where(may, 1.0 - wishes.miss**wishes.shots, -1.0)
    best = kill >= kill.max(axis=1, keepdims=True) - _TIE
    chosen = np.argmin(np.where(best & may, wishes.meet_s, np.inf), axis=1)
    return np.where(may.any(axis=1), chosen, -1)


def allocate_salvos(wishes: Wishes, stock: Integers) -> Salvos:
    """Salvos for all tracks within the rounds that each shooter may fire now.

    Parameters
    ----------
    wishes : Wishes of n tracks to s shooters
    stock : (s,) int64
        Rounds that may be fired now: of those in stock less the reserve, as many as can be guided.

    Returns
    -------
    Salvos
        Shots that take no more than the stock of a shooter, and at each track shots that make one
        salvo at most, a shot being worth one part of the salvo of its shooter.

    Notes
    -----
    Cost: tracks times shooters; where rounds are short also the shots given, each times the
    shooters and the logarithm of the tracks that contest them, for each shooter that becomes short.
    """
    n = wishes.value.shape[0]
    shots = np.zeros(wishes.shots.shape, np.int64)
    best = choose_shooters(wishes)
    served = np.flatnonzero(best >= 0)
    shots[served, best[served]] = wishes.shots[served, best[served]]
    short = wishes.need @ shots > stock + ROUNDING
    contested = np.zeros(n, np.bool_)
    # What one battery cannot serve looks for rounds of others, which may become short by that.
    while (short[best[served]] & ~contested[served]).any():
        contested[served] = short[best[served]]
        shots[contested] = 0
        rows = np.flatnonzero(contested)
        shots[rows] = _give_rounds(
            wishes.value[rows], wishes.miss[rows], wishes.shots[rows], wishes.meet_s[rows],
            stock - wishes.need @ shots, wishes.need[rows],
        )  # fmt: skip
        spare = stock - wishes.need @ shots
        short |= (spare <= ROUNDING) & (wishes.shots[rows] > 0).any(axis=0)
    other = find_gains(wishes)
    other[shots > 0] = -1.0
    alternative = np.full(n, -1, np.int64)
    gain = np.zeros(n)
    if other.shape[1]:
        alternative = np.argmax(other, axis=1)
        gain = np.maximum(other[np.arange(n), alternative], 0.0)
        alternative[other.max(axis=1) < 0.0] = -1
    return Salvos(shots, ~contested, alternative, gain)


@kernel
def _give_rounds(
    value: Floats, miss: Floats, salvo: Integers, meet_s: Floats, stock: Floats, need: Floats
) -> Integers:
    """Shots (n, s), each in turn where it saves most; equals in the order of rows.

    A round of which claims have taken a part goes to what saves more by the rest of it than they
    are expected to lose.
    """
    n, n_shooters = salvo.shape
    spare = stock.copy()
    least = np.zeros(n_shooters)  # that a shot saves of which only a part of a round was taken
    room = np.full(n, _WHOLE)
    shots = np.zeros((n, n_shooters), np.int64)
    gain = np.zeros((n, n_shooters))
    # One entry for each track that a shot may still save something of: less that, and its row.
    queue = [(0.0, 0) for _ in range(0)]
    for i in range(n):
        for s in range(n_shooters):
            if salvo[i, s] > 0:
                gain[i, s] = value[i] * (1.0 - miss[i, s])
        best = gain[i].max()
        if best > 0.0:
            heapq.heappush(queue, (-best, i))
    while len(queue) > 0:
        less, i = heapq.heappop(queue)
        chosen = -1
        for s in range(n_shooters):
            if gain[i, s] >= -less * (1.0 - _TIE) and (
                chosen < 0 or meet_s[i, s] < meet_s[i, chosen]
            ):
                chosen = s
        lacks = max(need[i] - spare[chosen], 0.0)
        if spare[chosen] > ROUNDING and need[i] * gain[i, chosen] > lacks * least[chosen]:
            shots[i, chosen] += 1
            room[i] -= 1.0 / salvo[i, chosen]
            spare[chosen] -= need[i]
            if need[i] < 1.0:
                least[chosen] = gain[i, chosen]
            rest = miss[i, chosen]
            for s in range(n_shooters):
                gain[i, s] *= rest
                if salvo[i, s] > 0 and 1.0 / salvo[i, s] > room[i]:
                    gain[i, s] = 0.0
        else:
            gain[i, chosen] = 0.0
        best = gain[i].max()
        if best > 0.0:
            heapq.heappush(queue, (-best, i))
    return shots
