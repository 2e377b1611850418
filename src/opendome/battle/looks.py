"""How many shots now, and how many for a second look.

A *look* is an opportunity for a salvo: shots are fired, their result is seen, and what survives may
be shot at again at the next one. Named doctrines say the size of a salvo. The doctrine `optimal`
finds it: at a price of each round, its worth in the best later use, each target is a game of its
own, solved by a dynamic programme over its looks; the prices are those at which the expected use
fits the stock (Lagrangian relaxation of weakly coupled dynamic programmes). Small raids are solved
exactly, as one game.

Sources: Wilkening (1998), "A simple model for calculating ballistic missile defense effectiveness";
Hawkins (2003), "A Langrangian decomposition approach to weakly coupled dynamic optimization
problems and its applications", MIT; Hosein and Athans (1990), "Some analytical results for the
dynamic weapon-target allocation problem", MIT.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from opendome.tables.forces import SHOOT_SHOOT_LOOK
from opendome.tables.truth import Flags, Floats, Integers

_SURELY: Final = 1e-12  # least miss probability: a certain kill has no log
_MOST_SHOTS: Final = 12  # of one shooter at one target in one look: 0.56 a shot leaves 5e-5
_HALVINGS: Final = 12  # of the interval of one price for all shooters
_STEPS: Final = 40  # along subgradients
_PATIENCE: Final = 3  # steps without a gain, then half the length
_SMALL: Final = 3_000_000  # multiplications of the exact game: some tens of milliseconds
_MOST_OUTCOMES: Final = 256  # of the present look that are looked at; all up to eight targets
_MOST_ROUNDS: Final = 500  # of one assignment: a tenth of a second
_ROLLOUT: Final = 10_000_000  # entries of gains looked at in trials of single moves


# --- sizes of salvos -------------------------------------------------------------------------


def find_threshold(confidence: float, n_targets: int) -> float:
    """Least probability of track for a wanted probability that none of n targets survives."""
    return float(confidence ** (1.0 / n_targets))


def find_salvo_size(
    confidence: float, n_targets: int, kill_probability: float, track_probability: float = 1.0
) -> float:
    """Mean shots at each target so that none survives with a wanted probability.

    Solves [P_track (1 - (1 - p)^n)]^N = confidence for n (Wilkening 1998). Infinite below the
    threshold of `find_threshold`.
    """
    each = find_threshold(confidence, n_targets) / track_probability
    if each >= 1.0:
        return math.inf
    return math.log1p(-each) / math.log1p(-kill_probability)


def find_expected_shots(salvos: Floats, miss: Floats | float) -> float:
    """Mean shots at one target that is shot at again until it is seen to be dead.

    `salvos` are the shots of each look, `miss` the miss probability of a shot in it.
    """
    survives = np.cumprod(np.broadcast_to(miss, np.shape(salvos)) ** salvos)
    return float(np.sum(salvos * np.concatenate(([1.0], survives[:-1]))))


def choose_salvo(rule: int, salvo: Integers, looks_left: Integers) -> Integers:
    """Shots of the next salvo under a named doctrine.

    Parameters
    ----------
    rule : int
        `tables.forces` BARRAGE, SHOOT_LOOK_SHOOT or SHOOT_SHOOT_LOOK.
    salvo : int64, any shape
        The doctrine's size of this salvo.
    looks_left : int64, same shape
        Opportunities of the shooter at the target, the present one included.

    Returns
    -------
    int64, same shape
        Under `shoot-shoot-look` two shots while a look is left after them, else the whole salvo.
    """
    if rule != SHOOT_SHOOT_LOOK:
        return salvo
    return np.where(looks_left > 1, np.minimum(salvo, 2), salvo)


# --- the game of one raid --------------------------------------------------------------------


class Game(NamedTuple):
    """Targets against rounds over some looks; what survives a look is known at the next."""

    value: Floats  # (n,)
    kill_probability: Floats  # (n, s) of one shot
    may_fire: Flags  # (n, s, looks) the shooter has a look at the target then, 0 is now
    stock: Integers  # (s,) rounds
    now: Integers  # (s,) of those, may be fired in the present look


class Firing(NamedTuple):
    """Shots now, and what they are worth."""

    shots: Integers  # (n, s) in the present look
    price: Floats  # (s,) worth of a round in its best later use
    kept: Floats  # (n,) value of each target expected to survive, prices of rounds included
    kept_if_held: Floats  # (n,) the same if no shot is fired at it now
    bound: float  # no policy expects to lose less


class _Path(NamedTuple):
    """Every target's own game at some prices."""

    cost: Floats  # (looks + 1, n) value lost and rounds paid from each look on, if alive then
    shots: Integers  # (looks, n, s)
    use: Floats  # (s,) expected rounds


def play_looks(game: Game, price: Floats | None = None) -> Firing:
    """Shots to fire now so that the least value is expected to survive all looks.

    Parameters
    ----------
    game : Game
    price : (s,) float64, optional
        Prices of an earlier decision, to start from.

    Returns
    -------
    Firing
        Within stock; exact where `is_small`.
    """
    found_price, path, bound = find_prices(game, price)
    if is_small(game):
        shots = play_exactly(game)[0]
    else:
        shots = improve_by_rollout(game, _repair(game, found_price, path))
    return Firing(shots, found_price, *_price_shots(game, found_price, path, shots), bound)


def _price_shots(game: Game, price: Floats, path: _Path, shots: Integers) -> tuple[Floats, Floats]:
    survives = np.prod((1.0 - game.kill_probability) ** shots, axis=1)
    return survives * path.cost[1] + shots @ price, path.cost[1]


def _solve_paths(game: Game, price: Floats, cap: Integers) -> _Path:
    """The dynamic programme of each target at given prices, from its last look backwards."""
    from opendome.battle.assignment.pricing import price_targets

    n, n_shooters, looks = game.may_fire.shape
    log_miss = -np.log(np.maximum(1.0 - game.kill_probability, _SURELY))
    cost = np.empty((looks + 1, n))
    cost[looks] = game.value
    shots = np.zeros((looks, n, n_shooters), np.int64)
    least = np.zeros((n, n_shooters), np.int64)
    room = np.full(n, _MOST_SHOTS, np.int64)
    limits, bounds = np.full(n, np.inf), np.empty(n)
    for look in range(looks - 1, -1, -1):
        most = np.where(game.may_fire[:, :, look], cap if look else np.minimum(cap, game.now), 0)
        price_targets(
            cost[look + 1], log_miss, price, least, most, room, limits, cost[look], bounds,
            shots[look],
        )  # fmt: skip
    use = np.zeros(n_shooters)
    alive = np.ones(n)
    for look in range(looks):
        use += alive @ shots[look]
        alive = alive * np.prod((1.0 - game.kill_probability) ** shots[look], axis=1)
    return _Path(cost, shots, use)


def find_prices(game: Game, start: Floats | None = None) -> tuple[Floats, _Path, float]:
    """Prices at which the expected use fits the stock, the targets' games there, and the bound.

    The dual of the relaxation in which each shooter's rounds are enough on average only: what it
    expects to lose no policy undercuts. One price for all by halving, then subgradients.
    """
    cap = np.minimum(game.stock, _MOST_SHOTS)
    n_shooters = game.stock.shape[0]

    def look_at(price: Floats) -> tuple[float, _Path]:
        path = _solve_paths(game, price, cap)
        return float(path.cost[0].sum() - price @ game.stock), path

    best_price = np.zeros(n_shooters)
    best, best_path = look_at(best_price)
    if (best_path.use <= game.stock).all():
        return best_price, best_path, best
    if start is not None and start.any():
        bound, path = look_at(start)
        if bound > best:
            best, best_price, best_path = bound, start.copy(), path
    else:
        low, high = 0.0, float(game.value.max(initial=0.0))
        for _ in range(_HALVINGS):
            middle = 0.5 * (low + high)
            tried = np.full(n_shooters, middle)
            bound, path = look_at(tried)
            if bound > best:
                best, best_price, best_path = bound, tried, path
            if (path.use > game.stock).any():
                low = middle
            else:
                high = middle
    length, waited, path, price = 1.0, 0, best_path, best_price
    above = float(game.value.sum())
    for _ in range(_STEPS if start is None else _STEPS // 4):
        over = path.use - game.stock
        over[(price <= 0.0) & (over < 0.0)] = 0.0
        square = float(over @ over)
        if square <= 1e-12:
            break
        price = np.maximum(price + 0.1 * length * max(above - best, 0.0) / square * over, 0.0)
        bound, path = look_at(price)
        if bound > best:
            best, best_price, best_path, waited = bound, price, path, 0
        else:
            waited += 1
            if waited == _PATIENCE:
                length, waited, path, price = 0.4 * length, 0, best_path, best_price
    return best_price, best_path, best


def _repair(game: Game, price: Floats, path: _Path) -> Integers:
    """Whole shots within stock, from the targets' own: drop what loses least, then single moves."""
    shots: Integers = path.shots[0].copy()
    later = path.cost[1]
    miss = np.maximum(1.0 - game.kill_probability, _SURELY)
    left = later * np.prod(miss**shots, axis=1)
    for s in np.flatnonzero(shots.sum(axis=0) > game.now):
        for _ in range(int(shots[:, s].sum() - game.now[s])):
            # A shot that goes is missed by what it saves of this target, less its price.
            loss = np.where(shots[:, s] > 0, left / miss[:, s] - left - price[s], np.inf)
            i = int(np.argmin(loss))
            shots[i, s] -= 1
            left[i] /= miss[i, s]
    return shots


# --- one step by trial --------------------------------------------------------------------


def improve_by_rollout(game: Game, shots: Integers) -> Integers:
    """Better shots now, by single moves: one more, one fewer, or one elsewhere.

    Each trial is worth what is expected to survive if all rounds left are given at the next look,
    by greatest marginal return, to what is alive then (a rollout of that policy). Stops when no
    move helps or the work for one decision is done.
    """
    n, n_shooters, looks = game.may_fire.shape
    if looks < 2:
        return _fire_last(game)
    each = float(_MOST_OUTCOMES * n * n_shooters * (1 + game.stock.sum()))
    trials = int(_ROLLOUT / each)
    best, least = shots, math.inf
    # Moves end where no single one helps: from all that may be fired, and from the given shots.
    for start in (shots, _fire_all(game)):
        found, kept, trials = _descend(game, start, trials)
        # What may as well be fired now is not put off: time may bring less.
        if kept < least * (1.0 - 1e-9) or (kept <= least * (1.0 + 1e-9) and not best.any()):
            best, least = found, kept
    return best


def _descend(game: Game, shots: Integers, trials: int) -> tuple[Integers, float, int]:
    """Shots that no single move improves, what is kept then, and trials left."""
    best, least = shots, _roll_out(game, shots)
    improved = True
    while improved and trials > 0:
        improved = False
        for tried in _list_moves(game, best):
            trials -= 1
            kept = _roll_out(game, tried)
            if kept < least * (1.0 - 1e-9):
                best, least, improved = tried, kept, True
                break
            if trials <= 0:
                break
    return best, least, trials


def _fire_last(game: Game) -> Integers:
    """All rounds, where no look is left: the static weapon-target assignment problem."""
    from opendome.battle.assignment import Problem, find_assignment

    kill = np.where(game.may_fire[:, :, 0], game.kill_probability, 0.0)
    rounds = np.minimum(np.minimum(game.now, game.stock), _MOST_SHOTS * game.value.size)
    if rounds.sum() > _MOST_ROUNDS:
        return _fire_all(game)
    most = np.full(game.value.size, rounds.sum(), np.int64)
    by_weapon = np.ascontiguousarray(kill.T)
    shots = find_assignment(Problem(game.value, by_weapon, rounds, most)).T
    useful: Integers = np.where(kill > 0.0, shots, 0)
    return useful


def _fire_all(game: Game) -> Integers:
    """All rounds of the present look, each in turn where it saves most."""
    kill = np.where(game.may_fire[:, :, 0], game.kill_probability, 0.0)
    spare = np.minimum(game.now, game.stock)
    left = game.value.copy()
    shots = np.zeros(kill.shape, np.int64)
    for _ in range(int(spare.sum())):
        gain = left[:, None] * kill * (spare > 0)
        i, s = divmod(int(gain.argmax()), kill.shape[1])
        if gain[i, s] <= 0.0:
            break
        shots[i, s] += 1
        left[i] *= 1.0 - kill[i, s]
        spare[s] -= 1
    return shots


def _list_moves(game: Game, shots: Integers) -> Iterator[Integers]:
    """Shots that differ by a round fired more, or less, or at another target or by another."""
    may = game.may_fire[:, :, 0]
    spare = np.minimum(game.now, game.stock) - shots.sum(axis=0)
    fired, free = np.argwhere(shots > 0), np.argwhere(may)
    for i, s in free:
        if spare[s] > 0:
            more = shots.copy()
            more[i, s] += 1
            yield more
    for i, s in fired:
        less = shots.copy()
        less[i, s] -= 1
        yield less
        for j, other in free:
            if (j != i or other != s) and (other == s or spare[other] > 0):
                moved = less.copy()
                moved[j, other] += 1
                yield moved


def _roll_out(game: Game, shots: Integers) -> float:
    """Value expected to survive if what is left is all fired at the next look."""
    miss = np.prod((1.0 - game.kill_probability) ** shots, axis=1)
    alive, chance = _list_outcomes(miss)
    left = alive * game.value
    later = game.may_fire[:, :, 1:].any(axis=2)
    kill = np.where(later, game.kill_probability, 0.0)
    stock = np.broadcast_to(game.stock - shots.sum(axis=0), (left.shape[0], kill.shape[1])).copy()
    rows = np.arange(left.shape[0])
    for _ in range(int(stock[0].sum())):
        gain = left[:, :, None] * np.where(stock > 0, 1.0, 0.0)[:, None, :] * kill
        place = gain.reshape(rows.size, -1).argmax(axis=1)
        i, s = np.divmod(place, kill.shape[1])
        left[rows, i] *= 1.0 - kill[i, s]
        stock[rows, s] -= 1
    return float(chance @ left.sum(axis=1))


def _list_outcomes(miss: Floats) -> tuple[Floats, Floats]:
    """Who survives (outcomes, n) the present look, and how likely each outcome is.

    Those of few targets all; of many, points of a lattice in the unit cube (Kronecker's sequence
    with square roots of primes), each as likely as the others.
    """
    open_ = np.flatnonzero((miss > 0.0) & (miss < 1.0))
    alive = np.broadcast_to(np.where(miss >= 1.0, 1.0, 0.0), (1, miss.size)).copy()
    if 2**open_.size <= _MOST_OUTCOMES:
        bits = (np.arange(2**open_.size)[:, None] >> np.arange(open_.size)) & 1
        chance = np.prod(np.where(bits == 1, miss[open_], 1.0 - miss[open_]), axis=1)
    else:
        steps = np.sqrt(_find_primes(open_.size))
        points = (np.arange(_MOST_OUTCOMES)[:, None] + 0.5) * steps % 1.0
        bits = (points < miss[open_]).astype(np.int64)
        chance = np.full(_MOST_OUTCOMES, 1.0 / _MOST_OUTCOMES)
    alive = np.repeat(alive, bits.shape[0], axis=0)
    alive[:, open_] = bits
    return alive, chance


def _find_primes(count: int) -> Floats:
    primes: list[int] = []
    candidate = 2
    while len(primes) < count:
        if all(candidate % p for p in primes):
            primes.append(candidate)
        candidate += 1
    return np.array(primes, np.float64)


# --- small raids, exactly --------------------------------------------------------------------


def _list_actions(game: Game, look: int) -> Iterator[Integers]:
    """All shots (n, s) that the stock allows in one look."""
    n, n_shooters, _ = game.may_fire.shape
    columns = []
    for s in range(n_shooters):
        most = int(game.stock[s] if look else min(game.stock[s], game.now[s]))
        ranges = [range(most + 1) if game.may_fire[i, s, look] else (0,) for i in range(n)]
        columns.append([c for c in itertools.product(*ranges) if sum(c) <= most])
    for chosen in itertools.product(*columns):
        yield np.array(chosen, np.int64).reshape(n_shooters, n).T


def _count_actions(game: Game, look: int) -> float:
    total = 1.0
    for s in range(game.stock.shape[0]):
        most = int(game.stock[s] if look else min(game.stock[s], game.now[s]))
        total *= math.comb(most + int(game.may_fire[:, s, look].sum()), most)
    return total


def is_small(game: Game) -> bool:
    """Whether the raid is solved as one game: the work of `play_exactly` is within bounds."""
    n, _, looks = game.may_fire.shape
    if n > 8:
        return False
    cells = float(np.prod(game.stock + 1.0)) * 4.0**n
    return bool(sum(_count_actions(game, look) for look in range(looks)) * cells <= _SMALL)


def play_exactly(game: Game) -> tuple[Integers, float]:
    """The best shots now and the value expected to survive, by a dynamic programme of the raid.

    States are the targets alive and the rounds left; every way to fire is tried at each.
    """
    n, n_shooters, looks = game.may_fire.shape
    alive = (np.arange(2**n)[:, None] >> np.arange(n)) & 1  # (states, n)
    shape = tuple(int(k) + 1 for k in game.stock)
    ahead = np.broadcast_to(
        (alive @ game.value).reshape(2**n, *(1,) * n_shooters), (2**n, *shape)
    ).copy()
    everything = (2**n - 1, *(int(k) for k in game.stock))
    best_shots = np.zeros((n, n_shooters), np.int64)
    least = math.inf
    for look in range(looks - 1, -1, -1):
        now = np.full_like(ahead, np.inf)
        for shots in _list_actions(game, look):
            miss = np.prod((1.0 - game.kill_probability) ** shots, axis=1)
            turn = _find_transitions(alive, miss)
            used = shots.sum(axis=0)
            kept = (slice(None), *(slice(0, m - int(u)) for m, u in zip(shape, used, strict=True)))
            at = (slice(None), *(slice(int(u), None) for u in used))
            value = np.tensordot(turn, ahead[kept], axes=1)
            better = value < now[at] - 1e-15
            now[at] = np.where(better, value, now[at])
            if look == 0:
                full = float(value[(-1,) * (n_shooters + 1)])
                # What may as well be fired now is not put off: time may bring less.
                if full < least - 1e-12 or (full <= least + 1e-12 and not best_shots.any()):
                    best_shots, least = shots, min(full, least)
        ahead = now
    return best_shots, float(ahead[everything])


def _find_transitions(alive: Integers, miss: Floats) -> Floats:
    """Probability (states, states) of who is left after a look, targets independent."""
    stays, goes = alive[:, None, :], alive[None, :, :]
    each = np.where(goes == 1, np.where(stays == 1, miss, 0.0), np.where(stays == 1, 1 - miss, 1.0))
    chances: Floats = np.prod(each, axis=2)
    return chances
