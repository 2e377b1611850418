"""The cheapest set of shots for each target under prices of weapons: exact, by depth-first search.

A target's part of the problem is value times the product of miss probabilities, plus the prices of
the shots. In the log of the miss probability the first term is convex, so that filling it up with
the weapons of least price per log miss, shots divided at will, is a lower bound: it closes nearly
every branch at once.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from opendome.physics.jit import kernel
from opendome.tables.truth import Floats, Integers

DEPTH: Final = 32  # kinds of weapon in one set, at most
_MOST_NODES: Final = 100_000  # of one search: some hundredths of a second


@kernel
def bound_rest(left: float, ratio: Floats, log_miss: Floats, most: Integers, start: int) -> float:
    """Least of value left and prices from candidate `start` on, shots divided at will.

    `ratio`, the price over `log_miss`, rises.
    """
    cost = 0.0
    for k in range(start, ratio.shape[0]):
        if left <= ratio[k]:
            break
        least = left * math.exp(-log_miss[k] * most[k])
        if least >= ratio[k]:
            cost += ratio[k] * log_miss[k] * most[k]
            left = least
        else:
            cost += ratio[k] * math.log(left / ratio[k])
            left = ratio[k]
            break
    return left + cost


@kernel
def price_target(
    value: float,
    log_miss: Floats,
    price: Floats,
    least: Integers,
    most: Integers,
    room: int,
    limit: float,
    shots: Integers,
) -> tuple[float, float]:
    """Cheapest set of shots at one target.

    Parameters
    ----------
    value : float
    log_miss : (n,) float64
        -ln of the miss probability of one shot of each weapon.
    price : (n,) float64
        Of one shot, >= 0.
    least, most : (n,) int64
        Bounds of shots of each weapon.
    room : int
        Shots in all, at most.
    limit : float
        Sets that cost as much or more do not matter.
    shots : (n,) int64
        Filled where a set below the limit exists: the cheapest.

    Returns
    -------
    cost : float
        Of that set; the limit where there is none.
    bound : float
        No set costs less. It is the cost, but where the search would take too long.
    """
    n = price.shape[0]
    left = value
    cost = 0.0
    for i in range(n):
        if least[i] > 0:
            left *= math.exp(-log_miss[i] * least[i])
            cost += price[i] * least[i]
            room -= least[i]
    # Only what can be in a set as cheap as the best of no shot and one, or below the limit: by the
    # bound with the rest at the lowest ratio.
    lowest = np.inf
    single = left
    one_left = np.empty(n)
    for i in range(n):
        one_left[i] = left
        if most[i] > least[i] and log_miss[i] > 0.0:
            lowest = min(lowest, price[i] / log_miss[i])
            one_left[i] = left * math.exp(-log_miss[i])
            single = min(single, one_left[i] + price[i])
    candidate = np.empty(n, np.int64)
    n_candidates = 0
    if room > 0:
        # Ties stay in, so that the best single shot itself is found below.
        most_after = min(limit - cost, single * (1.0 + 1e-12))
        for i in range(n):
            if left - one_left[i] <= price[i]:
                continue  # its first shot would not even pay alone
            after = one_left[i]
            if lowest == 0.0:
                after = 0.0
            elif after > lowest:
                after = lowest * (1.0 + math.log(after / lowest))
            if price[i] + after <= most_after:
                candidate[n_candidates] = i
                n_candidates += 1
    ratio = np.empty(n_candidates)
    for k in range(n_candidates):
        ratio[k] = price[candidate[k]] / log_miss[candidate[k]]
    _sort(ratio, candidate)
    own_miss = np.empty(n_candidates)
    gain = np.empty(n_candidates)
    own_most = np.empty(n_candidates, np.int64)
    for k in range(n_candidates):
        own_miss[k] = log_miss[candidate[k]]
        gain[k] = 1.0 - math.exp(-own_miss[k])
        own_most[k] = min(most[candidate[k]] - least[candidate[k]], room)
    # Of each candidate and all after it.
    cheapest = np.empty(n_candidates)
    strongest = np.empty(n_candidates)
    for k in range(n_candidates - 1, -1, -1):
        cheapest[k] = price[candidate[k]]
        strongest[k] = own_miss[k]
        if k + 1 < n_candidates:
            cheapest[k] = min(cheapest[k], cheapest[k + 1])
            strongest[k] = max(strongest[k], strongest[k + 1])
    best = min(limit, left + cost)
    found = -1
    # Depth-first over candidates: at each level one candidate and how many of its shots.
    place = np.empty(DEPTH, np.int64)
    count = np.empty(DEPTH, np.int64)
    best_place = np.empty(DEPTH, np.int64)
    best_count = np.empty(DEPTH, np.int64)
    lefts = np.empty(DEPTH)
    costs = np.empty(DEPTH)
    rooms = np.empty(DEPTH, np.int64)
    lefts[0], costs[0], rooms[0] = left, cost, room
    depth = 0
    place[0], count[0] = 0, 0
    n_nodes = 0
    while depth >= 0 and n_nodes < _MOST_NODES:
        n_nodes += 1
        k = place[depth]
        if k < n_candidates and count[depth] == 0:
            # A shot that does not pay with what is left now never will, as less is left later.
            while k < n_candidates and lefts[depth] * gain[k] <= price[candidate[k]]:
                k += 1
            place[depth] = k
        done = k >= n_candidates or rooms[depth] == 0
        if not done and count[depth] == 0:
            # Nothing of this candidate and all before it: is the rest worth a look?
            # Whole shots: none, or one at the least price left and by the most, and the rest.
            now = lefts[depth]
            after = now * math.exp(-strongest[k])
            if ratio[k] == 0.0:
                after = 0.0
            elif after > ratio[k]:
                after = ratio[k] * (1.0 + math.log(after / ratio[k]))
            bound = costs[depth] + min(now, cheapest[k] + after)
            if bound < best:
                bound = costs[depth] + bound_rest(now, ratio, own_miss, own_most, k)
            done = bound >= best
        if not done:
            shot = count[depth] = max(count[depth], 1)
            after = lefts[depth] * math.exp(-own_miss[k] * shot)
            paid = costs[depth] + price[candidate[k]] * shot
            if after + paid < best:
                best = after + paid
                found = depth
                for level in range(depth + 1):
                    best_place[level] = candidate[place[level]]
                    best_count[level] = count[level]
            if depth < DEPTH - 1:
                depth += 1
                lefts[depth], costs[depth] = after, paid
                rooms[depth] = rooms[depth - 1] - shot
                place[depth], count[depth] = k + 1, 0
                continue
        else:
            depth -= 1
        if depth >= 0:
            # The next number of shots of this level's candidate, or its next candidate.
            count[depth] += 1
            if count[depth] > min(own_most[place[depth]], rooms[depth]):
                place[depth] += 1
                count[depth] = 0
    if best < limit:
        for i in range(n):
            shots[i] = least[i]
        for level in range(found + 1):
            shots[best_place[level]] += best_count[level]
    if depth >= 0:
        return best, min(best, cost + bound_rest(left, ratio, own_miss, own_most, 0))
    return best, best


@kernel
def _sort(key: Floats, row: Integers) -> None:
    """Sort both by the key, in place: few as they are, by insertion; many, by their order."""
    n = key.shape[0]
    if n > 40:
        order = np.argsort(key)
        sorted_key = key[order]
        sorted_row = row[:n][order]
        for k in range(n):
            key[k] = sorted_key[k]
            row[k] = sorted_row[k]
        return
    for k in range(1, n):
        own = key[k]
        own_row = row[k]
        m = k - 1
        while m >= 0 and key[m] > own:
            key[m + 1] = key[m]
            row[m + 1] = row[m]
            m -= 1
        key[m + 1] = own
        row[m + 1] = own_row


@kernel
def price_targets(
    values: Floats,
    log_miss: Floats,
    price: Floats,
    least: Integers,
    most: Integers,
    room: Integers,
    limits: Floats,
    costs: Floats,
    bounds: Floats,
    shots: Integers,
) -> None:
    """As `price_target` for all targets: rows of `log_miss`, `least`, `most`, `shots` are targets.

    Fills `costs`, `bounds` and `shots`.
    """
    for j in range(values.shape[0]):
        costs[j], bounds[j] = price_target(
            values[j], log_miss[j], price, least[j], most[j], room[j], limits[j], shots[j]
        )
