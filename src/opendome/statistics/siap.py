"""The attributes of a single integrated air picture (SIAP), from who was held by which track when.

Source of all definitions: Votruba, Nisley, Rothrock and Zombro (2001), "Single Integrated Air
Picture (SIAP) metrics implementation", SIAP System Engineering Task Force technical report
2001-003. The sensing units that the report tells apart are one here: the fused picture is scored.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from opendome.statistics.intervals import Floats
from opendome.statistics.pairing import Integers

Flags = NDArray[np.bool_]


class Associations(NamedTuple):
    """Tracks on true objects, one row for each track on an object at one time."""

    step: Integers  # (k,) row of the times
    object: Integers  # (k,) column of the objects
    track: Integers  # (k,) track number
    position_error: Floats  # (k,) distance
    velocity_error: Floats  # (k,)


class Siap(NamedTuple):
    """Attributes over a span of time; NaN where there was nothing to score."""

    completeness: float  # objects that have a track, of all objects: 1 is best
    ambiguity: float  # tracks on an object that has any: 1 is best
    spuriousness: float  # tracks on no object, of all tracks: 0 is best
    position_accuracy: float  # mean error of position, in its unit
    velocity_accuracy: float
    number_change_rate: float  # changes of track number per second held: 0 is best
    longest_segment: float  # share of its life that one track held an object: 1 is best


class SiapSeries(NamedTuple):
    """Attributes at each time, (n_times,) each; NaN where there was nothing to score."""

    completeness: Floats
    ambiguity: Floats
    spuriousness: Floats
    position_accuracy: Floats
    velocity_accuracy: Floats


class _Counts(NamedTuple):
    """Sums at each time, from which the attributes follow."""

    objects: Floats
    held: Floats  # objects with a track
    tracks: Floats
    used: Floats  # tracks on an object
    position_error: Floats
    velocity_error: Floats


def score_siap(
    time_s: ArrayLike, present: ArrayLike, n_tracks: ArrayLike, held: Associations
) -> Siap:
    """SIAP attributes over all times together.

    Parameters
    ----------
    time_s : (n_times,) float64
        Rising.
    present : (n_times, n_objects) bool
        Whether each object is there.
    n_tracks : (n_times,) int
        All tracks of the picture, those on no object included.
    held : Associations
        No row twice.

    Returns
    -------
    Siap

    Notes
    -----
    Sums over times are divided, not averages of quotients: C = sum JT / sum J, A = sum NA / sum JT,
    S = sum (N - NA) / sum N. Where one number holds an object without a break between sampled
    times, that is a segment. The rate of number change is the least number of segments that cover
    what is covered, less one, over the time covered; an object never held counts for neither. The
    longest segment is measured against the time from the object's first to its last sample.
    """
    times, there, counts = _count(time_s, present, n_tracks, held)
    changes, covered_s, longest_s, life_s = 0.0, 0.0, 0.0, 0.0
    segments = _list_segments(held)
    for column in range(there.shape[1]):
        rows = np.flatnonzero(there[:, column])
        if rows.size:
            life_s += float(times[rows[-1]] - times[rows[0]])
        own = segments.get(column, [])
        if own:
            changes += _count_needed(own) - 1
            covered_s += _measure_cover(own, times)
            longest_s += max(float(times[last] - times[first]) for first, last in own)
    used = float(counts.used.sum())
    return Siap(
        completeness=_divide(counts.held.sum(), counts.objects.sum()),
        ambiguity=_divide(used, counts.held.sum()),
        spuriousness=_divide(counts.tracks.sum() - used, counts.tracks.sum()),
        position_accuracy=_divide(counts.position_error.sum(), used),
        velocity_accuracy=_divide(counts.velocity_error.sum(), used),
        number_change_rate=_divide(changes, covered_s),
        longest_segment=_divide(longest_s, life_s),
    )


def score_siap_over_time(
    time_s: ArrayLike, present: ArrayLike, n_tracks: ArrayLike, held: Associations
) -> SiapSeries:
    """SIAP attributes at each time; arguments as in `score_siap`."""
    _, _, counts = _count(time_s, present, n_tracks, held)
    return SiapSeries(
        completeness=_divide_each(counts.held, counts.objects),
        ambiguity=_divide_each(counts.used, counts.held),
        spuriousness=_divide_each(counts.tracks - counts.used, counts.tracks),
        position_accuracy=_divide_each(counts.position_error, counts.used),
        velocity_accuracy=_divide_each(counts.velocity_error, counts.used),
    )


def _count(
    time_s: ArrayLike, present: ArrayLike, n_tracks: ArrayLike, held: Associations
) -> tuple[Floats, Flags, _Counts]:
    times = np.asarray(time_s, np.float64)
    there: Flags = np.asarray(present, np.bool_)
    tracks = np.asarray(n_tracks, np.float64)
    n = times.size
    if there.ndim != 2 or there.shape[0] != n or tracks.shape != (n,):
        raise ValueError("presence and numbers of tracks must have a row for each time")
    if np.any(np.diff(times) <= 0.0):
        raise ValueError("times must rise")
    if not there[held.step, held.object].all():
        raise ValueError("a track can only be on an object that is there")
    used = _count_distinct(held.step, held.track, n)
    if np.any(used > tracks):
        raise ValueError("more tracks on objects than tracks")
    return times, there, _Counts(
        objects=there.sum(axis=1).astype(np.float64),
        held=_count_distinct(held.step, held.object, n),
        tracks=tracks,
        used=used,
        position_error=_add_up(held.step, held.position_error, n),
        velocity_error=_add_up(held.step, held.velocity_error, n),
    )  # fmt: skip


def _count_distinct(step: Integers, what: Integers, n: int) -> Floats:
    """How many different values there are at each time."""
    both = np.unique(np.column_stack([step, what]), axis=0)
    return np.bincount(both[:, 0].astype(np.int64), minlength=n).astype(np.float64)


def _add_up(step: Integers, error: Floats, n: int) -> Floats:
    return np.asarray(np.bincount(step, error, n), np.float64)


def _list_segments(held: Associations) -> dict[int, list[tuple[int, int]]]:
    """First and last row of the times of every segment, by object."""
    order = np.lexsort([held.step, held.track, held.object])
    rows = zip(
        held.object[order].tolist(), held.track[order].tolist(), held.step[order].tolist(),
        strict=True,
    )  # fmt: skip
    segments: dict[int, list[tuple[int, int]]] = {}
    for (column, _), same in groupby(rows, key=lambda row: row[:2]):
        own: list[tuple[int, int]] = []
        for _, _, step in same:
            if own and own[-1][1] == step - 1:
                own[-1] = (own[-1][0], step)
            else:
                own.append((step, step))
        segments.setdefault(column, []).extend(own)
    return segments


def _count_needed(segments: list[tuple[int, int]]) -> int:
    """Least number of segments that cover all rows that any covers: always the furthest next."""
    left = sorted(segments)
    needed, reached, furthest, i = 0, -1, -1, 0
    while True:
        while i < len(left) and left[i][0] <= reached + 1:
            furthest = max(furthest, left[i][1])
            i += 1
        if furthest > reached:
            needed += 1
            reached = furthest
        elif i < len(left):
            reached = left[i][0] - 1
        else:
            return needed


def _measure_cover(segments: Iterable[tuple[int, int]], times: Floats) -> float:
    """Time within at least one segment."""
    total, end = 0.0, -np.inf
    for first, last in sorted(segments):
        total += max(0.0, float(times[last]) - max(end, float(times[first])))
        end = max(end, float(times[last]))
    return total


def _divide(top: Any, bottom: Any) -> float:
    return float(top / bottom) if bottom else float("nan")


def _divide_each(top: Floats, bottom: Floats) -> Floats:
    quotient: Floats = np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom > 0.0)
    return quotient
