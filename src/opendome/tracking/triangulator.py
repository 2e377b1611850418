"""Finds points where infrared lines of sight of two satellites cross."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from opendome.physics.constants import EARTH_RADIUS_M
from opendome.physics.jit import kernel
from opendome.tables.codes import PLUME
from opendome.tables.truth import Floats, Integers
from opendome.tracking.associator import assign_sparse
from opendome.tracking.initiator import fix_on_cloud_tops, start_from_point
from opendome.tracking.model_set import start_bank
from opendome.tracking.picture import (
    HITS,
    LOOK_KIND,
    LOOK_LINE,
    LOOK_PLACE,
    LOOK_ROW,
    LOOK_SENSOR,
    LOOK_SIGMA,
    LOOK_TIME,
    N_LOOK,
    N_PENDING,
    NUMBER,
    SENSORS,
    Slots,
)  # fmt: skip
from opendome.tracking.predictor import height_above_ellipsoid
from opendome.tracking.settings import Initiation, Settings

_SMALLEST_SINE2: Final = 1e-4  # lines within half a degree of each other fix no point
_MISS_COST: Final = 100.0  # any crossing inside the gate is better than none
_GONE: Final = -1e18  # time of a waiting direction that has found its use


@kernel
def is_behind_earth(look: Floats, distance_m: float) -> bool:
    """Whether the line of sight to a point at `distance_m` passes through the Earth.

    A sphere 30 km under the equator's radius stands for the Earth: inside the ellipsoid everywhere.
    """
    nearest = 0.0
    r2 = 0.0
    for i in range(3):
        nearest -= look[LOOK_PLACE + i] * look[LOOK_LINE + i]
        r2 += look[LOOK_PLACE + i] ** 2
    hidden = r2 - nearest * nearest < (EARTH_RADIUS_M - 30_000.0) ** 2
    return hidden and 0.0 < nearest < distance_m


@kernel
def cross_lines(
    look: Floats, other: Floats, motion_m: float, point: Floats, spread: Floats
) -> tuple[float, float, float, float]:
    """Best point for two lines of sight.

    Parameters
    ----------
    look, other : (N_LOOK,) float64
        Two looks with sensor position, line of sight and its error.
    motion_m : float
        One sigma of the target's motion between them, put on `other`.
    point, spread : (3,), (3, 3) float64
        Filled with the point [m] and its covariance.

    Returns
    -------
    distance, other_distance : float
        Along the lines to their closest approach [m]; both negative where there is none in front
        of the sensors.
    chi2 : float
        Squared miss distance over its variance.
    sigma_m : float
        Root of the covariance's trace.
    """
    c = 0.0
    d1 = 0.0
    d2 = 0.0
    for i in range(3):
        gap = other[LOOK_PLACE + i] - look[LOOK_PLACE + i]
        c += look[LOOK_LINE + i] * other[LOOK_LINE + i]
        d1 += gap * look[LOOK_LINE + i]
        d2 += gap * other[LOOK_LINE + i]
    sine2 = 1.0 - c * c
    if sine2 < _SMALLEST_SINE2:
        return -1.0, -1.0, np.inf, np.inf
    t1 = (d1 - c * d2) / sine2
    t2 = (c * d1 - d2) / sine2
    if t1 <= 0.0 or t2 <= 0.0:
        return -1.0, -1.0, np.inf, np.inf
    v1 = (look[LOOK_SIGMA] * t1) ** 2
    v2 = (other[LOOK_SIGMA] * t2) ** 2 + motion_m * motion_m
    # Each line knows the two directions across it. In the axes (u1 + u2, u1 - u2, u1 x u2) their
    # information is a 2 x 2 block in the plane of both lines and w1 + w2 across it.
    w1 = 1.0 / v1
    w2 = 1.0 / v2
    plus = math.sqrt(0.5 * (1.0 + c))  # cosine and sine of half the angle between the lines
    minus = math.sqrt(0.5 * (1.0 - c))
    a11 = (w1 + w2) * minus * minus
    a22 = (w1 + w2) * plus * plus
    a12 = (w2 - w1) * plus * minus
    determinant = a11 * a22 - a12 * a12
    across = 1.0 / (w1 + w2)
    miss2 = 0.0
    for i in range(3):
        end1 = look[LOOK_PLACE + i] + t1 * look[LOOK_LINE + i]
        end2 = other[LOOK_PLACE + i] + t2 * other[LOOK_LINE + i]
        miss2 += (end2 - end1) ** 2
        # The miss is across both lines, so only the weights decide where on it the point lies.
        point[i] = (w1 * end1 + w2 * end2) * across
        for j in range(3):
            p1 = 0.5 * (look[LOOK_LINE + i] + other[LOOK_LINE + i]) / plus
            p2 = 0.5 * (look[LOOK_LINE + j] + other[LOOK_LINE + j]) / plus
            m1 = 0.5 * (look[LOOK_LINE + i] - other[LOOK_LINE + i]) / minus
            m2 = 0.5 * (look[LOOK_LINE + j] - other[LOOK_LINE + j]) / minus
            unit = 1.0 if i == j else 0.0
            plane = a22 * p1 * p2 + a11 * m1 * m2 - a12 * (p1 * m2 + m1 * p2)
            spread[i, j] = plane / determinant + across * (unit - p1 * p2 - m1 * m2)
    trace = spread[0, 0] + spread[1, 1] + spread[2, 2]
    return t1, t2, miss2 / (v1 + v2), math.sqrt(trace)


@kernel
def expire_pending(pending: Floats, counters: Integers, t: float, settings: Settings) -> None:
    """Drop directions that have waited too long, keep the order of the rest, forget row numbers.

    Plumes wait for the same satellite to look again; cold bodies only for a crossing line, which
    may arrive late.
    """
    kept = 0
    for i in range(counters[N_PENDING]):
        patience = settings.initiation.pairing_window_s
        if pending[i, LOOK_KIND] == PLUME:
            patience = max(patience, 2.0 * settings.life.expected_revisit_s)
        if t - pending[i, LOOK_TIME] <= patience + settings.life.lateness_s:
            for j in range(N_LOOK):
                pending[kept, j] = pending[i, j]
            pending[kept, LOOK_ROW] = -1.0
            kept += 1
    counters[N_PENDING] = kept


@kernel
def keep_direction(pending: Floats, counters: Integers, look: Floats, row: int) -> None:
    """Put a look in the buffer, over the oldest one where it is full."""
    place = counters[N_PENDING]
    if place < pending.shape[0]:
        counters[N_PENDING] += 1
    else:
        place = 0
        for i in range(pending.shape[0]):
            if pending[i, LOOK_TIME] < pending[place, LOOK_TIME]:
                place = i
    for j in range(N_LOOK):
        pending[place, j] = look[j]
    pending[place, LOOK_ROW] = row


@kernel
def could_be_at(waiting: Floats, point: Floats, time_s: float, initiation: Initiation) -> bool:
    """Whether a waiting direction points at a target that is at a point at another time."""
    r2 = 0.0
    for k in range(3):
        r2 += (point[k] - waiting[LOOK_PLACE + k]) ** 2
    r = math.sqrt(r2)
    chord2 = 0.0
    for k in range(3):
        chord2 += ((point[k] - waiting[LOOK_PLACE + k]) / r - waiting[LOOK_LINE + k]) ** 2
    speed = initiation.cold_speed_m_s
    if waiting[LOOK_KIND] == PLUME:
        speed = initiation.plume_speed_m_s
    motion = speed * abs(time_s - waiting[LOOK_TIME]) / r
    return bool(chord2 < initiation.line_gate * (2.0 * waiting[LOOK_SIGMA] ** 2 + motion**2))


@kernel
def try_crossing(
    look: Floats, waiting: Floats, initiation: Initiation, point: Floats, spread: Floats
) -> float:
    """Cost of taking two looks as one target, infinite where they cannot be.

    Fills point (3,) [m] and its covariance (3, 3). The cost is twice the negative log likelihood
    but for a constant: an old direction allows more motion, and pays for it.
    """
    wait = abs(look[LOOK_TIME] - waiting[LOOK_TIME])
    if (
        waiting[LOOK_KIND] != look[LOOK_KIND]
        or waiting[LOOK_SENSOR] == look[LOOK_SENSOR]
        or wait > initiation.pairing_window_s
    ):
        return np.inf
    speed = initiation.cold_speed_m_s
    highest = initiation.highest_cold_altitude_m
    if look[LOOK_KIND] == PLUME:
        speed = initiation.plume_speed_m_s
        highest = initiation.highest_plume_altitude_m
    motion = speed * wait
    distance1, distance2, chi2, sigma = cross_lines(look, waiting, motion, point, spread)
    if chi2 > initiation.line_gate or sigma > initiation.triangulation_sigma_m:
        return np.inf
    height = height_above_ellipsoid(point[0], point[1], point[2])
    if (
        height < initiation.lowest_altitude_m
        or height > highest
        or is_behind_earth(look, distance1)
        or is_behind_earth(waiting, distance2)
    ):
        return np.inf
    angular = waiting[LOOK_SIGMA] * distance2
    return chi2 + 2.0 * math.log(1.0 + (motion / angular) ** 2)


@kernel
def pair_directions(
    pending: Floats, n_pending: int, looks: Floats, rows: Integers, initiation: Initiation
) -> Integers:
    """Waiting direction that each new one crosses best, all together; -1 where none."""
    n = rows.shape[0]
    first = np.zeros(n + 1, np.int64)
    column = np.empty(n * n_pending, np.int64)
    cost = np.empty(n * n_pending)
    point = np.empty(3)
    spread = np.empty((3, 3))
    n_pairs = 0
    for k in range(n):
        first[k] = n_pairs
        for i in range(n_pending):
            value = try_crossing(looks[rows[k]], pending[i], initiation, point, spread)
            if value < np.inf:
                column[n_pairs] = i
                cost[n_pairs] = min(value, 0.99 * _MISS_COST)
                n_pairs += 1
    first[n] = n_pairs
    return assign_sparse(first, column, cost, n_pending, _MISS_COST)


@kernel
def has_waited(
    pending: Floats, n_pending: int, look: Floats, point: Floats, initiation: Initiation
) -> bool:
    """Whether this satellite has been seeing a plume near this line for long enough, alone."""
    for i in range(n_pending):
        if (
            pending[i, LOOK_SENSOR] == look[LOOK_SENSOR]
            and pending[i, LOOK_KIND] == PLUME
            and pending[i, LOOK_TIME] > _GONE
            and look[LOOK_TIME] - pending[i, LOOK_TIME] >= initiation.single_view_wait_s
            and could_be_at(pending[i], point, look[LOOK_TIME], initiation)
        ):
            return True
    return False


@kernel
def start_from_directions(
    slots: Slots,
    pending: Floats,
    counters: Integers,
    looks: Floats,
    rows: Integers,
    taken: Integers,
    settings: Settings,
) -> None:
    """Start tracks from the directions of one scan that no track took; keep the rest waiting.

    Parameters
    ----------
    slots, pending, counters
        Of the tracker.
    looks : (n_looks, N_LOOK) float64
    rows : (n,) int64
        Unassigned infrared looks of one scan.
    taken : (n_looks,) int64
        Track numbers are filled in for looks that start a track.
    settings : Settings
    """
    initiation = settings.initiation
    n_pending = counters[N_PENDING]
    chosen = pair_directions(pending, n_pending, looks, rows, initiation)
    n = rows.shape[0]
    point = np.empty(3)
    spread = np.empty((3, 3))
    for k in range(n):
        look = looks[rows[k]]
        partner = chosen[k]
        if partner >= 0:
            # A direction that another new track accounted for a moment ago starts none.
            if try_crossing(look, pending[partner], initiation, point, spread) == np.inf:
                continue
        elif (
            look[LOOK_KIND] != PLUME
            or not fix_on_cloud_tops(look, initiation, point, spread)
            or not has_waited(pending, n_pending, look, point, initiation)
        ):
            continue
        slot = start_from_point(slots, counters, look, point, spread, settings)
        if slot < 0:
            continue
        if settings.models.interacting > 0.0 and look[LOOK_KIND] != PLUME:
            start_bank(slots, slot, look, settings)
        taken[rows[k]] = slots.whole[NUMBER, slot]
        if partner >= 0:
            slots.whole[HITS, slot] += 1
            slots.whole[SENSORS, slot] |= 1 << (int(pending[partner, LOOK_SENSOR]) % 62)
            row = int(pending[partner, LOOK_ROW])
            if row >= 0:
                taken[row] = slots.whole[NUMBER, slot]
            pending[partner, LOOK_TIME] = _GONE
        # Older directions that this track accounts for would only make ghosts.
        for i in range(n_pending):
            if (
                pending[i, LOOK_KIND] == look[LOOK_KIND]
                and pending[i, LOOK_TIME] < look[LOOK_TIME]
                and could_be_at(pending[i], point, look[LOOK_TIME], initiation)
            ):
                pending[i, LOOK_TIME] = _GONE
    for k in range(n):
        if taken[rows[k]] < 0:
            keep_direction(pending, counters, looks[rows[k]], rows[k])
