"""Distinct satellites for all tracks of a decision."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opendome.battle.sharing import (
    Offer,
    Share,
    find_alternatives,
    find_saved,
    find_wishes,
    is_contested,
    serve_in_turn,
    share_satellites,
)

Raid = tuple[list[float], list[list[Offer]]]
# Equals are decided by time, which is given a billionth part of the greatest gain of a shot.
ROUNDING = 1e-6


@st.composite
def raids(draw: st.DrawFn, n_tracks: int, n_satellites: int, n_kinds: int) -> Raid:
    """Values of tracks, and offers of satellites each of which is of one type."""
    n = draw(st.integers(1, n_tracks))
    kind_of = [draw(st.integers(0, n_kinds - 1)) for _ in range(n_satellites)]
    chances = [draw(st.sampled_from([0.3, 0.8, 1.0])) for _ in range(n_kinds)]
    rounds = [draw(st.integers(1, 3)) for _ in range(n_kinds)]
    value, offers = [], []
    for _ in range(n):
        near = draw(st.sets(st.integers(0, n_satellites - 1), min_size=1))
        own = []
        for k in sorted({kind_of[j] for j in near}):
            row = [j for j in sorted(near) if kind_of[j] == k]
            meet = sorted(draw(st.floats(0.0, 200.0)) for _ in row)
            own.append(Offer(chances[k], rounds[k], draw(st.permutations(row)), meet))
        offers.append(own)
        value.append(draw(st.floats(1e-6, 1.0)))
    return value, offers


def list_shares(own: list[Offer]) -> Iterator[Share]:
    """Everything that a track could get."""
    yield Share(0, [])
    for k, offer in enumerate(own):
        n = len(offer.satellite)
        for m in range(1, min(offer.rounds, n) + 1):
            for row in combinations(range(n), m):
                yield Share(k, list(row))


def list_fired(offers: list[list[Offer]], shares: list[Share]) -> list[int]:
    """Satellites that fire."""
    return [
        own[share.offer].satellite[j]
        for own, share in zip(offers, shares, strict=True)
        for j in share.shots
    ]


def find_best(value: list[float], offers: list[list[Offer]]) -> float:
    """Most value that any distinct satellites save."""
    best = 0.0
    for shares in product(*(list(list_shares(own)) for own in offers)):
        fired = list_fired(offers, list(shares))
        if len(set(fired)) == len(fired):
            best = max(best, find_saved(value, offers, shares))
    return best


@settings(deadline=None)
@given(raids(n_tracks=6, n_satellites=9, n_kinds=3))
def test_no_satellite_fires_twice_and_no_salvo_is_too_large(raid: Raid) -> None:
    """Each satellite is one shot, and each track gets at most the salvo of one type."""
    value, offers = raid
    shares = share_satellites(value, offers)
    fired = list_fired(offers, shares)
    assert len(set(fired)) == len(fired)
    for own, share in zip(offers, shares, strict=True):
        assert share.shots == sorted(set(share.shots))
        assert len(share.shots) <= own[share.offer].rounds


@settings(deadline=None)
@given(raids(n_tracks=6, n_satellites=9, n_kinds=3))
def test_together_never_worse_than_in_turn(raid: Raid) -> None:
    """The value saved is at least that of serving the tracks one by one."""
    value, offers = raid
    together = find_saved(value, offers, share_satellites(value, offers))
    assert together >= find_saved(value, offers, serve_in_turn(offers)) - ROUNDING


@settings(deadline=None)
@given(raids(n_tracks=3, n_satellites=5, n_kinds=1))
def test_one_type_is_shared_exactly(raid: Raid) -> None:
    """No other satellites save more, of all that there are to choose."""
    value, offers = raid
    saved = find_saved(value, offers, share_satellites(value, offers))
    assert saved == pytest.approx(find_best(value, offers), abs=ROUNDING)


def test_two_types_are_shared_well() -> None:
    """Where types must be chosen too, the best of 200 small raids are missed by 0.3 % on average.

    What is found is 0.1 % off on average and 16 % at worst; three quarters is asked of each raid.
    """
    rng = np.random.default_rng(1)
    share = []
    for _ in range(200):
        kind_of = rng.integers(0, 2, 5)
        chance, rounds = rng.uniform(0.2, 0.95, 2), rng.integers(1, 4, 2)
        offers = []
        for _ in range(rng.integers(1, 5)):
            near = rng.permutation(5)[: rng.integers(1, 5)]
            rows = {int(k): near[kind_of[near] == k].tolist() for k in np.unique(kind_of[near])}
            offers.append([
                Offer(float(chance[k]), int(rounds[k]), row, [float(j) for j in range(len(row))])
                for k, row in rows.items()
            ])  # fmt: skip
        value = rng.uniform(0.01, 1.0, len(offers)).tolist()
        saved = find_saved(value, offers, share_satellites(value, offers))
        share.append(saved / find_best(value, offers))
    assert min(share) >= 0.75
    assert np.mean(share) >= 0.997


@settings(deadline=None)
@given(raids(n_tracks=6, n_satellites=9, n_kinds=2))
def test_without_contention_all_get_what_they_wish(raid: Raid) -> None:
    """Serving in turn gives every wish, and sharing is worth no less."""
    value, offers = raid
    wishes = find_wishes(offers)
    assert is_contested(offers, wishes) == (len(set(list_fired(offers, wishes))) < sum(
        len(wish.shots) for wish in wishes
    ))  # fmt: skip
    if not is_contested(offers, wishes):
        assert serve_in_turn(offers) == wishes
        saved = find_saved(value, offers, share_satellites(value, offers))
        assert saved == pytest.approx(find_saved(value, offers, wishes), abs=ROUNDING)


def test_the_first_does_not_take_the_only_satellite_of_the_second() -> None:
    """Of two tracks in reach of one and of both satellites, each gets a shot."""
    both, one = Offer(0.8, 1, [7, 9], [50.0, 60.0]), Offer(0.8, 1, [7], [55.0])
    assert serve_in_turn([[both], [one]]) == [Share(0, [0]), Share(0, [])]
    assert share_satellites([1.0, 1.0], [[both], [one]]) == [Share(0, [1]), Share(0, [0])]


def test_shots_are_spread_before_a_second_one_is_given() -> None:
    """Two satellites for two tracks that would like both: one each, the earlier where equal."""
    first, second = Offer(0.8, 2, [1, 2], [40.0, 50.0]), Offer(0.8, 2, [1, 2], [41.0, 45.0])
    assert share_satellites([1.0, 1.0], [[first], [second]]) == [Share(0, [0]), Share(0, [1])]


def test_a_track_worth_much_more_has_its_whole_salvo() -> None:
    """A second shot at what is worth ten saves more than the first at what is worth one."""
    offer = Offer(0.8, 2, [1, 2], [40.0, 50.0])
    assert share_satellites([10.0, 1.0], [[offer], [offer]]) == [Share(0, [0, 1]), Share(0, [])]


def test_a_type_is_changed_where_that_frees_the_other() -> None:
    """What has a second type in reach leaves the only satellite to what has not."""
    either = [Offer(0.9, 1, [1], [40.0]), Offer(0.85, 1, [2], [40.0])]
    only = [Offer(0.9, 1, [1], [40.0])]
    shares = share_satellites([10.0, 9.0], [either, only])
    assert shares == [Share(1, [0]), Share(0, [0])]


def test_an_alternative_is_of_satellites_that_nobody_fires() -> None:
    """The surest salvo of what is left once all have theirs; none where nothing is left."""
    offers = [
        [Offer(0.8, 2, [1, 2, 3], [1.0, 2.0, 3.0]), Offer(0.5, 1, [9], [5.0])],
        [Offer(0.8, 1, [3], [4.0])],
    ]
    shares = [Share(0, [0, 1]), Share(0, [0])]
    assert find_alternatives(offers, shares) == [Share(1, [0]), Share(0, [])]
