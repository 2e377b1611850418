"""Satellites for a whole raid at once: each interceptor in orbit is a shot of its own, fired once.

A track gets at most the salvo of one type. Where two tracks would like the same satellite, all are
served so that the value saved is greatest. The shots of a salvo save less and less, each alike from
every satellite of a type, so that for given types this is a linear assignment of shots to
satellites, which is solved exactly (Jonker and Volgenant 1987, "A shortest augmenting path
algorithm for dense and sparse linear assignment problems", Computing 38). Where tracks are in reach
of several types, these are chosen track by track, and changed as long as that saves more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final, NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

# Of the greatest gain of a shot: what an earlier intercept is worth, so that it decides between
# equals only.
_EARLIER: Final = 1e-9
_TRIALS: Final = 64  # of other types, each one assignment: some ten milliseconds for a great raid
_LEAST_GAIN: Final = 1e-9  # share of all value saved, by which another type must be better


class Offer(NamedTuple):
    """The shots that one type has at one track."""

    chance: float  # of a kill by one shot
    rounds: int  # of its whole salvo, at least 1
    satellite: list[int]  # that could fire, at least one; the same number is the same satellite
    meet_s: list[float]  # when they would meet the track, rising


class Share(NamedTuple):
    """What one track gets."""

    offer: int  # which of its offers
    shots: list[int]  # positions in it, rising: which satellites fire


def find_wishes(offers: Sequence[Sequence[Offer]]) -> list[Share]:
    """What each track would like if it were alone: the salvo that kills most surely."""
    nothing: set[int] = set()
    return [_choose_salvo(own, nothing) for own in offers]


def is_contested(offers: Sequence[Sequence[Offer]], wishes: Sequence[Share]) -> bool:
    """Whether some satellite is wished for by two tracks."""
    wanted = [
        own[wish.offer].satellite[j]
        for own, wish in zip(offers, wishes, strict=True)
        for j in wish.shots
    ]
    return len(set(wanted)) < len(wanted)


def serve_in_turn(offers: Sequence[Sequence[Offer]]) -> list[Share]:
    """To each track, one after the other, the salvo that kills most surely of what is left."""
    taken: set[int] = set()
    shares = []
    for own in offers:
        share = _choose_salvo(own, taken)
        taken.update(own[share.offer].satellite[j] for j in share.shots)
        shares.append(share)
    return shares


def share_satellites(value: Sequence[float], offers: Sequence[Sequence[Offer]]) -> list[Share]:
    """Distinct satellites for all tracks, so that the value saved is greatest.

    Parameters
    ----------
    value : (n,) at risk by each track
    offers : n sequences
        What may be fired at each track, one offer for each type, at least one.

    Returns
    -------
    list of n Share
        Without a shot for tracks that get none. Between equals the earlier intercept decides.
    """
    if all(len(own) == 1 for own in offers):
        return [Share(0, row) for row in _match(value, [own[0] for own in offers])]
    n = len(offers)
    starts = [_choose_in_turn(offers, range(n)),
              _choose_in_turn(offers, sorted(range(n), key=lambda i: -value[i]))]  # fmt: skip
    best, kinds, shots = max(_share_kinds(value, offers, start) for start in starts)
    n_trials = 0
    before = 0.0
    while best > before:
        before = best
        for i, k in ((i, k) for i, own in enumerate(offers) for k in range(len(own))):
            if k != kinds[i] and n_trials < _TRIALS:
                n_trials += 1
                tried = _share_kinds(value, offers, [*kinds[:i], k, *kinds[i + 1 :]])
                if tried[0] > best * (1.0 + _LEAST_GAIN):
                    best, kinds, shots = tried
    return [Share(k, row) for k, row in zip(kinds, shots, strict=True)]


def find_alternatives(offers: Sequence[Sequence[Offer]], shares: Sequence[Share]) -> list[Share]:
    """The best salvo of satellites that are left, for each track, once all shares are fired."""
    taken = {
        own[share.offer].satellite[j]
        for own, share in zip(offers, shares, strict=True)
        for j in share.shots
    }
    return [_choose_salvo(own, taken) for own in offers]


def find_saved(
    value: Sequence[float], offers: Sequence[Sequence[Offer]], shares: Sequence[Share]
) -> float:
    """Expected value that shots save."""
    return sum(
        v * (1.0 - (1.0 - own[share.offer].chance) ** len(share.shots))
        for v, own, share in zip(value, offers, shares, strict=True)
    )


def _choose_in_turn(offers: Sequence[Sequence[Offer]], order: Iterable[int]) -> list[int]:
    """Types (n,) that tracks get which are served in an order."""
    order = list(order)
    kinds = [0] * len(order)
    for i, share in zip(order, serve_in_turn([offers[i] for i in order]), strict=True):
        kinds[i] = share.offer
    return kinds


def _share_kinds(
    value: Sequence[float], offers: Sequence[Sequence[Offer]], kinds: list[int]
) -> tuple[float, list[int], list[list[int]]]:
    """Value saved where each track gets one type, these types, and the satellites that fire."""
    shots = _match(value, [own[k] for own, k in zip(offers, kinds, strict=True)])
    shares = [Share(k, row) for k, row in zip(kinds, shots, strict=True)]
    return find_saved(value, offers, shares), kinds, shots


def _choose_salvo(own: Sequence[Offer], taken: set[int]) -> Share:
    """The salvo of satellites not taken that kills most surely, the earlier one if equal."""
    best = Share(0, [])
    most = (0.0, 0.0)
    for k, offer in enumerate(own):
        free = (j for j, one in enumerate(offer.satellite) if one not in taken)
        left = list(islice(free, offer.rounds))
        if left:
            worth = 1.0 - (1.0 - offer.chance) ** len(left), -offer.meet_s[left[0]]
            if not best.shots or worth > most:
                best, most = Share(k, left), worth
    return best


def _match(value: Sequence[float], offers: Sequence[Offer]) -> list[list[int]]:
    """Positions of the satellites that fire at each track: the best for one type at each."""
    gains: list[float] = []  # of each shot that doctrine allows
    track: list[int] = []
    for i, (v, offer) in enumerate(zip(value, offers, strict=True)):
        for m in range(min(offer.rounds, len(offer.satellite))):
            gains.append(v * offer.chance * (1.0 - offer.chance) ** m)
            track.append(i)
    size = np.array([len(offer.satellite) for offer in offers])
    satellite = np.concatenate([offer.satellite for offer in offers])
    meet_s = np.concatenate([offer.meet_s for offer in offers])
    _, column = np.unique(satellite, return_inverse=True)
    first = np.cumsum(size) - size
    # Each shot has all satellites of its track, and after them a place of its own: not fired.
    n_shots, n_satellites = len(gains), int(column.max()) + 1
    of_track = np.array(track)
    shot = np.repeat(np.arange(n_shots), size[of_track])
    begin = np.repeat(np.cumsum(size[of_track]) - size[of_track], size[of_track])
    edge = np.arange(shot.size) - begin + first[of_track][shot]
    gain = np.array(gains)
    gain /= max(float(gain.max()), np.finfo(float).tiny)
    late = (meet_s - meet_s.min()) / max(float(np.ptp(meet_s)), 1.0)
    # Costs must be positive; a shot that saves nothing is still better than none.
    cost = 2.0 - gain[shot] - _EARLIER * (2.0 - late[edge])
    every = np.arange(n_shots)
    costs = coo_array(
        (
            np.concatenate((cost, np.full(n_shots, 2.0))),
            (np.concatenate((shot, every)), np.concatenate((column[edge], n_satellites + every))),
        ),
        shape=(n_shots, n_satellites + n_shots),
    )
    matched = min_weight_full_bipartite_matching(costs.tocsr())[1]
    place = [
        {c: j for j, c in enumerate(column[f : f + n].tolist())}
        for f, n in zip(first.tolist(), size.tolist(), strict=True)
    ]
    shots: list[list[int]] = [[] for _ in offers]
    for i, c in zip(track, matched.tolist(), strict=True):
        if c < n_satellites:
            shots[i].append(place[i][c])
    return [sorted(row) for row in shots]
