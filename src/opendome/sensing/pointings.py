"""Which satellites look at which tracks, where a satellite has a narrow field and few pointings."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from opendome.physics.jit import kernel
from opendome.physics.sun import is_sunlit
from opendome.physics.visibility import ray_height_m
from opendome.sensing.station import Records, Sky
from opendome.tables.codes import BOOST_PHASE
from opendome.tables.cues import Cues
from opendome.tables.truth import Floats, Integers

# Pointings are given out where a body of this intensity would be seen: what a sensor is sent to
# look at may turn out brighter than a warhead (assumption).
_WORTH_POINTING_W_SR: Final = 100.0
_A_HAIR_MORE: Final = 1.0 + 1e-9  # of a square that is only compared, so that rounding loses none
_MOST_CELLS: Final = 16  # along one axis of the grid of satellites
_MOST_CANDIDATES: Final = 64  # satellites weighed for one track


@kernel
def direction_to(place: Floats, x: float, y: float, z: float) -> tuple[float, float, float]:
    """Unit vector from (x, y, z) to a place."""
    dx, dy, dz = place[0] - x, place[1] - y, place[2] - z
    scale = 1.0 / math.sqrt(dx * dx + dy * dy + dz * dz)
    return dx * scale, dy * scale, dz * scale


@kernel
def assign_pointings(
    records: Records,
    position_eci_m: Floats,
    sky: Sky,
    cues: Cues,
    aims: Floats,
    n_aims: Integers,
) -> None:
    """Give the pointings of all satellites to the tracks, the most urgent first.

    Parameters
    ----------
    records : (n,) records
        Of an `InfraredBlock`; rows without pointings are passed over.
    position_eci_m : (n, 3) float64
        Of the satellites.
    sky : Sky
        Sun and Moon, which blind.
    cues : Cues
        Tracks, predicted to now. Those in boost need no pointing: the plume is seen without.
    aims : (n, most_pointings, 3) float64
        Filled with the directions that each satellite points at.
    n_aims : (n,) int64
        Filled with how many of them there are.

    Notes
    -----
    A track goes to the nearest satellite that can see it and has a pointing left, then to those
    whose lines of sight cross the ones before at the best angle over range, up to the satellites'
    limit per track. A track within a field that already points there costs nothing. Satellites are
    found by a grid as coarse as the longest reach. The plan is made anew at each decision, for all
    satellites whether they look now or later, so that a track keeps its satellites.
    """
    n_aims[:] = 0
    reach2_m2 = np.zeros(records.shape[0])
    farthest_m, widest_m = 0.0, 0.0
    for i in range(records.shape[0]):
        if records[i].pointings > 0 and records[i].up:
            reach_m = _reach_m(records[i].cold_threshold_w_m2)
            reach2_m2[i] = reach_m * reach_m * _A_HAIR_MORE
            farthest_m = max(farthest_m, reach_m)
            for axis in range(3):
                widest_m = max(widest_m, abs(position_eci_m[i, axis]))
    if farthest_m == 0.0:
        return
    cell_m = max(farthest_m, 2.0 * widest_m / (_MOST_CELLS - 2))
    n_cells = int(2.0 * widest_m / cell_m) + 3
    first = np.full(n_cells * n_cells * n_cells, -1, np.int64)
    following = np.full(records.shape[0], -1, np.int64)
    for i in range(records.shape[0]):
        if records[i].pointings > 0 and records[i].up:
            cell = 0
            for axis in range(3):
                cell = cell * n_cells + _cell_of(position_eci_m[i, axis], widest_m, cell_m)
            following[i] = first[cell]
            first[cell] = i
    near = np.empty(_MOST_CANDIDATES, np.int64)
    line = np.empty((_MOST_CANDIDATES, 4))
    score = np.empty(_MOST_CANDIDATES)
    for k in range(cues.sigma_m.shape[0]):
        if cues.phase[k] == BOOST_PHASE:
            continue
        place = cues.position_eci_m[k]
        n_near = _gather(
            place, records, reach2_m2, position_eci_m, sky, aims, n_aims, first, following, n_cells,
            widest_m, cell_m, near, line,
        )  # fmt: skip
        for c in range(n_near):
            score[c] = 1.0 / line[c, 3] ** 2
        n_picked = 0
        while True:
            best = -1
            for c in range(n_near):
                if score[c] > 0.0 and (best < 0 or score[c] > score[best]):
                    best = c
            if best < 0 or n_picked >= records[near[best]].per_track:
                break
            i = near[best]
            score[best] = 0.0
            if not _takes(records[i], aims[i], n_aims, i, line[best], cues.sigma_m[k]):
                continue
            n_picked += 1
            for c in range(n_near):
                along = 0.0
                for axis in range(3):
                    along += line[c, axis] * line[best, axis]
                score[c] = min(score[c], max(1.0 - along * along, 0.0) / line[c, 3] ** 2)


@kernel
def is_pointed_at(
    aims: Floats, n_aims: int, field_cosine: float, ux: float, uy: float, uz: float
) -> bool:
    """Whether a line of sight lies within the narrow field around one of the aims."""
    for k in range(n_aims):
        if ux * aims[k, 0] + uy * aims[k, 1] + uz * aims[k, 2] >= field_cosine:
            return True
    return False


@kernel
def _reach_m(threshold_w_m2: float) -> float:
    return math.sqrt(_WORTH_POINTING_W_SR / threshold_w_m2)


@kernel
def _cell_of(coordinate_m: float, widest_m: float, cell_m: float) -> int:
    """Cell along one axis; the outermost ones stay empty, so that all neighbours exist."""
    return int((coordinate_m + widest_m) / cell_m) + 1


@kernel
def _gather(
    place: Floats,
    records: Records,
    reach2_m2: Floats,
    position_eci_m: Floats,
    sky: Sky,
    aims: Floats,
    n_aims: Integers,
    first: Integers,
    following: Integers,
    n_cells: int,
    widest_m: float,
    cell_m: float,
    near: Integers,
    line: Floats,
) -> int:
    """Satellites that could look at a place: their rows into `near`, line of sight and range."""
    n_near = 0
    low = np.empty(3, np.int64)
    for axis in range(3):
        if abs(place[axis]) > widest_m + cell_m:
            return 0
        low[axis] = math.floor((place[axis] + widest_m) / cell_m)
    for step in range(27):
        inside = True
        cell = 0
        for axis in range(3):
            along = low[axis] + (step // 3**axis) % 3
            inside = inside and 0 <= along < n_cells
            cell = cell * n_cells + along
        i = first[cell] if inside else -1
        while i >= 0 and n_near < _MOST_CANDIDATES:
            range2_m2 = 0.0
            for axis in range(3):
                range2_m2 += (place[axis] - position_eci_m[i, axis]) ** 2
            if (
                range2_m2 <= reach2_m2[i]
                and _may_look(records[i], aims[i], n_aims[i], position_eci_m[i], place, range2_m2)
                and _could_see(records[i], position_eci_m[i], place, sky, line[n_near])
            ):
                near[n_near] = i
                n_near += 1
            i = following[i]
    return n_near


@kernel
def _may_look(
    own: Any, aims: Floats, n_aims: int, satellite: Floats, place: Floats, range2_m2: float
) -> bool:
    """Whether a satellite has a pointing left, or one with this place in its field."""
    if n_aims < own.pointings:
        return True
    scale = 1.0 / math.sqrt(range2_m2)
    return is_pointed_at(
        aims, n_aims, own.field_cosine, scale * (place[0] - satellite[0]),
        scale * (place[1] - satellite[1]), scale * (place[2] - satellite[2]),
    )  # fmt: skip


@kernel
def _could_see(own: Any, satellite: Floats, place: Floats, sky: Sky, line: Floats) -> bool:
    """Whether a place is in reach, against space, within the field of regard and not blinded.

    `line` (4,) is filled with the unit vector to it and the range.
    """
    ax, ay, az = satellite[0], satellite[1], satellite[2]
    dx, dy, dz = place[0] - ax, place[1] - ay, place[2] - az
    range_m = math.sqrt(dx * dx + dy * dy + dz * dz)
    if range_m > _reach_m(own.cold_threshold_w_m2):
        return False
    if ray_height_m(ax, ay, az, dx, dy, dz) < own.limb_height_m:
        return False
    ux, uy, uz = dx / range_m, dy / range_m, dz / range_m
    down = -(ux * ax + uy * ay + uz * az) / math.sqrt(ax * ax + ay * ay + az * az)
    if down < own.regard_cosine:
        return False
    sun = sky.sun_eci
    near_sun = ux * sun[0] + uy * sun[1] + uz * sun[2] > own.sun_cosine
    if near_sun and is_sunlit(ax, ay, az, sun[0], sun[1], sun[2]):
        return False
    mx, my, mz = direction_to(sky.moon_eci_m, ax, ay, az)
    near_moon = ux * mx + uy * my + uz * mz > own.moon_cosine
    if near_moon and is_sunlit(ax, ay, az, mx, my, mz):
        return False
    line[0], line[1], line[2], line[3] = ux, uy, uz, range_m
    return True


@kernel
def _takes(own: Any, aims: Floats, n_aims: Integers, i: int, line: Floats, sigma_m: float) -> bool:
    """Whether a satellite looks along a line: by a pointing that it has there, or by a new one."""
    half = math.acos(own.field_cosine)
    spare = math.cos(half - min(2.0 * sigma_m / line[3], 0.5 * half))
    if is_pointed_at(aims, n_aims[i], spare, line[0], line[1], line[2]):
        return True
    if n_aims[i] >= own.pointings:
        return False
    for axis in range(3):
        aims[n_aims[i], axis] = line[axis]
    n_aims[i] += 1
    return True
