"""The predicted path of a target, as shooters ask it."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from opendome.physics.hermite import interpolate, interpolate_slope
from opendome.physics.jit import kernel
from opendome.physics.visibility import surface_height_m
from opendome.tables.truth import Floats

# Planned closing speed, as a share of the limit: the prediction errs by some ten metres a second.
CLOSING_SHARE: Final = 0.99  # assumption
# Altitude limits are looked for at this spacing, then found to the tolerance.
_SPACING_S: Final = 2.0
_TOLERANCE_S: Final = 0.02


class TargetPath(NamedTuple):
    """A predicted path at evenly spaced times; cubic Hermite between its points."""

    start_s: float
    step_s: float
    n_points: int
    position_eci_m: Floats  # (>= n_points, 3)
    velocity_eci_m_s: Floats  # (>= n_points, 3)


@kernel
def place_at(path: TargetPath, time_s: float) -> tuple[float, float, float]:
    """Predicted place [m, eci] at a time on the path."""
    offset = (time_s - path.start_s) / path.step_s
    i = max(min(int(offset), path.n_points - 2), 0)
    p, v = path.position_eci_m, path.velocity_eci_m_s
    f, j = offset - i, i + 1
    return (
        interpolate(p[i, 0], v[i, 0], p[j, 0], v[j, 0], path.step_s, f),
        interpolate(p[i, 1], v[i, 1], p[j, 1], v[j, 1], path.step_s, f),
        interpolate(p[i, 2], v[i, 2], p[j, 2], v[j, 2], path.step_s, f),
    )


@kernel
def velocity_at(path: TargetPath, time_s: float) -> tuple[float, float, float]:
    """Predicted velocity [m/s, eci] at a time on the path."""
    offset = (time_s - path.start_s) / path.step_s
    i = max(min(int(offset), path.n_points - 2), 0)
    p, v = path.position_eci_m, path.velocity_eci_m_s
    f, j = offset - i, i + 1
    return (
        interpolate_slope(p[i, 0], v[i, 0], p[j, 0], v[j, 0], path.step_s, f),
        interpolate_slope(p[i, 1], v[i, 1], p[j, 1], v[j, 1], path.step_s, f),
        interpolate_slope(p[i, 2], v[i, 2], p[j, 2], v[j, 2], path.step_s, f),
    )


@kernel
def find_high_part(
    path: TargetPath, minimum_altitude_m: float, first_s: float, last_s: float
) -> tuple[float, float]:
    """First stretch of [first, last] in which a target is above an altitude; none: (0, -1).

    The stretch is cut to the span of the path. Its ends are good to 0.02 s; stretches or gaps
    shorter than 2 s may be overlooked.
    """
    first_s = max(first_s, path.start_s)
    last_s = min(last_s, path.start_s + (path.n_points - 1) * path.step_s)
    if path.n_points < 2 or not first_s <= last_s:
        return 0.0, -1.0
    begin = math.nan
    time = first_s
    before = first_s
    while True:
        high = _is_high(path, minimum_altitude_m, time)
        if high == math.isnan(begin):
            edge = time
            while edge - before > _TOLERANCE_S:
                middle = 0.5 * (before + edge)
                if _is_high(path, minimum_altitude_m, middle) == high:
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
def _is_high(path: TargetPath, minimum_altitude_m: float, time_s: float) -> bool:
    x, y, z = place_at(path, time_s)
    return bool(surface_height_m(x, y, z) >= minimum_altitude_m)


@kernel
def bound_path(path: TargetPath, first_s: float, last_s: float) -> tuple[float, float]:
    """Largest speed on a stretch, and largest departure from moving evenly along its chord."""
    ax, ay, az = place_at(path, first_s)
    bx, by, bz = place_at(path, last_s)
    start_s, step_s = path.start_s, path.step_s
    speed2 = 0.0
    bow2 = 0.0
    j = max(int((first_s - start_s) / step_s), 0)
    while j < path.n_points and start_s + (j - 1) * step_s < last_s:
        v = path.velocity_eci_m_s[j]
        speed2 = max(speed2, v[0] * v[0] + v[1] * v[1] + v[2] * v[2])
        f = (start_s + j * step_s - first_s) / (last_s - first_s)
        if 0.0 <= f <= 1.0:
            p = path.position_eci_m[j]
            ex = p[0] - ax - f * (bx - ax)
            ey = p[1] - ay - f * (by - ay)
            ez = p[2] - az - f * (bz - az)
            bow2 = max(bow2, ex * ex + ey * ey + ez * ez)
        j += 1
    return math.sqrt(speed2), math.sqrt(bow2)
