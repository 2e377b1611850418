"""Predicted paths of targets, as shooters ask them."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from opendome.physics.hermite import interpolate
from opendome.physics.jit import kernel
from opendome.physics.visibility import surface_height_m
from opendome.tables.truth import Floats, Integers

# Altitude limits are looked for at this spacing, then found to the tolerance.
_SPACING_S: Final = 2.0
_TOLERANCE_S: Final = 0.02


class TargetPaths(NamedTuple):
    """Predicted paths, one row per target, as in `tables.tracks.Predictions`."""

    start_s: Floats  # (n,)
    step_s: Floats  # (n,)
    n_points: Integers  # (n,)
    position_eci_m: Floats  # (n, max_points, 3)
    velocity_eci_m_s: Floats  # (n, max_points, 3)


@kernel
def target_at(paths: TargetPaths, k: int, time_s: float) -> tuple[float, float, float]:
    """Predicted place [m, eci] at a time inside the path."""
    step_s = paths.step_s[k]
    offset = (time_s - paths.start_s[k]) / step_s
    j = max(min(int(offset), paths.n_points[k] - 2), 0)
    f = offset - j
    p, q = paths.position_eci_m[k, j], paths.position_eci_m[k, j + 1]
    v, w = paths.velocity_eci_m_s[k, j], paths.velocity_eci_m_s[k, j + 1]
    return (
        interpolate(p[0], v[0], q[0], w[0], step_s, f),
        interpolate(p[1], v[1], q[1], w[1], step_s, f),
        interpolate(p[2], v[2], q[2], w[2], step_s, f),
    )


@kernel
def find_high_part(
    paths: TargetPaths, k: int, minimum_altitude_m: float, first_s: float, last_s: float
) -> tuple[float, float]:
    """First stretch of [first, last] in which a target is above an altitude; none: (0, -1).

    The stretch is cut to the span of the path. Its ends are good to 0.02 s; stretches or gaps
    shorter than 2 s may be overlooked.
    """
    first_s = max(first_s, paths.start_s[k])
    last_s = min(last_s, paths.start_s[k] + (paths.n_points[k] - 1) * paths.step_s[k])
    if paths.n_points[k] < 2 or not first_s <= last_s:
        return 0.0, -1.0
    begin = math.nan
    time = first_s
    before = first_s
    while True:
        high = _is_high(paths, k, minimum_altitude_m, time)
        if high == math.isnan(begin):
            edge = time
            while edge - before > _TOLERANCE_S:
                middle = 0.5 * (before + edge)
                if _is_high(paths, k, minimum_altitude_m, middle) == high:
                    edge = middle
                else:
                    before = middle
            if not high:
                return begin, before
            begin = edge
        if time >= last_s:
            break
        before = time
        time = min(time + _SPACING_S, last_s)
    if math.isnan(begin):
        return 0.0, -1.0
    return begin, last_s


@kernel
def _is_high(paths: TargetPaths, k: int, minimum_altitude_m: float, time_s: float) -> bool:
    x, y, z = target_at(paths, k, time_s)
    return bool(surface_height_m(x, y, z) >= minimum_altitude_m)


@kernel
def bound_path(paths: TargetPaths, k: int, first_s: float, last_s: float) -> tuple[float, float]:
    """Largest speed on a stretch, and largest departure from moving evenly along its chord."""
    ax, ay, az = target_at(paths, k, first_s)
    bx, by, bz = target_at(paths, k, last_s)
    start_s, step_s = paths.start_s[k], paths.step_s[k]
    speed2 = 0.0
    bow2 = 0.0
    j = max(int((first_s - start_s) / step_s), 0)
    while j < paths.n_points[k] and start_s + (j - 1) * step_s < last_s:
        v = paths.velocity_eci_m_s[k, j]
        speed2 = max(speed2, v[0] * v[0] + v[1] * v[1] + v[2] * v[2])
        f = (start_s + j * step_s - first_s) / (last_s - first_s)
        if 0.0 <= f <= 1.0:
            p = paths.position_eci_m[k, j]
            ex = p[0] - ax - f * (bx - ax)
            ey = p[1] - ay - f * (by - ay)
            ez = p[2] - az - f * (bz - az)
            bow2 = max(bow2, ex * ex + ey * ey + ez * ez)
        j += 1
    return math.sqrt(speed2), math.sqrt(bow2)
