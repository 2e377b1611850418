"""Ground-launched interceptors against a predicted path: earliest and latest shot, and aiming."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from opendome.interceptors.flyout import Interceptor, Shot, aim_shot, trace_shot
from opendome.interceptors.flyout_tables import (
    FlyoutGrid,
    FlyoutTables,
    build_flyout_table,
    look_up,
    look_up_flight,
    stack_flyout_tables,
)
from opendome.interceptors.sites import SiteAxes, locate, path_axes, site_axes, straight_line
from opendome.interceptors.target_path import CLOSING_SHARE, TargetPath, place_at, velocity_at
from opendome.physics.frames import earth_angle, ecef_from_eci, eci_state_from_ecef
from opendome.physics.jit import kernel
from opendome.physics.reentry import altitude
from opendome.tables.truth import Floats

# Within reach a path is looked at every so many cells of the fly-out table, so that no pass through
# a corner of the reach is stepped over; one step is cut into so many parts at most.
_CELLS_PER_LOOK: Final = 2.0
_MOST_PARTS: Final = 16
# What the error of prediction may take of the altitude band on each side (assumption).
_MOST_OF_BAND: Final = 0.25
# Length of a step over the ground against its length in eci: the Earth turns by 0.5 km/s under it.
_STEP_MARGIN: Final = 1.3
# Halvings of the interval in which a shot becomes feasible: from 10 s to a millisecond.
_HALVINGS: Final = 14


class Limits(NamedTuple):
    """What an intercept must keep to."""

    min_altitude_m: float
    max_altitude_m: float
    max_closing_speed_m_s: float
    min_range_m: float  # along the ground


class Battery(NamedTuple):
    """What a shot is looked up by: the fly-out table of a site and type, and the site's axes."""

    table: int
    axes: SiteAxes
    gmst0_rad: float  # Earth's angle at time zero
    limits: Limits


@kernel
def _edge_at(path: TargetPath, sigma_m: Floats, limits: Limits, t: float) -> float:
    """How far [m] a shot at time `t` on the path stays from the edges of the altitude band.

    One sigma of the predicted place, at most a part of the band.
    """
    j = max(min(int((t - path.start_s) / path.step_s), path.n_points - 1), 0)
    band_m = limits.max_altitude_m - limits.min_altitude_m
    return float(min(sigma_m[j], _MOST_OF_BAND * band_m))


@kernel
def _shot_at(
    tables: FlyoutTables, k: int, axes: SiteAxes, angle: float, t: float, px: float, py: float,
    pz: float,
) -> Shot:  # fmt: skip
    """The shot of table `k` at time `t` and a place [m, ecef], with the Earth turned by `angle`."""
    bearing, range_m, altitude_m = locate(axes, px, py, pz)
    flight_s, azimuth, pitch_end, ahead, right, up = look_up(
        tables, k, bearing, range_m, altitude_m
    )
    ax, ay, az, rx, ry, rz, ux, uy, uz = path_axes(axes, bearing, range_m)
    _, _, _, vx, vy, vz = eci_state_from_ecef(
        px, py, pz,
        ahead * ax + right * rx + up * ux,
        ahead * ay + right * ry + up * uy,
        ahead * az + right * rz + up * uz,
        angle,
    )  # fmt: skip
    return Shot(t - flight_s, azimuth, pitch_end, vx, vy, vz, math.nan)


@kernel
def _is_too_fast(
    tables: FlyoutTables,
    battery: Battery,
    path: TargetPath,
    angle: float,
    t: float,
    px: float,
    py: float,
    pz: float,
) -> bool:
    """Whether a shot closes faster than its limit at time `t` on the path; place as `_shot_at`."""
    shot = _shot_at(tables, battery.table, battery.axes, angle, t, px, py, pz)
    wx, wy, wz = velocity_at(path, t)
    closing2 = (shot.arrival_vx_m_s - wx) ** 2
    closing2 += (shot.arrival_vy_m_s - wy) ** 2
    closing2 += (shot.arrival_vz_m_s - wz) ** 2
    return bool(closing2 > (CLOSING_SHARE * battery.limits.max_closing_speed_m_s) ** 2)


@kernel
def _launch_for(
    tables: FlyoutTables, battery: Battery, path: TargetPath, sigma_m: Floats, t: float
) -> float:
    """Launch time [s] of an intercept at time `t` on the path; NaN out of reach or limits."""
    x, y, z = place_at(path, t)
    limits = battery.limits
    edge_m = _edge_at(path, sigma_m, limits, t)
    lowest_m, highest_m = limits.min_altitude_m + edge_m, limits.max_altitude_m - edge_m
    if not lowest_m <= altitude(x, y, z) <= highest_m:
        return math.nan
    angle = earth_angle(battery.gmst0_rad, t)
    px, py, pz = ecef_from_eci(x, y, z, angle)
    bearing, range_m, altitude_m = locate(battery.axes, px, py, pz)
    if range_m < limits.min_range_m:
        return math.nan
    launch_s = t - look_up_flight(tables, battery.table, bearing, range_m, altitude_m)
    if (
        not math.isnan(launch_s)
        and limits.max_closing_speed_m_s < math.inf
        and _is_too_fast(tables, battery, path, angle, t, px, py, pz)
    ):
        return math.nan
    return launch_s


@kernel
def _count_looks(
    tables: FlyoutTables, battery: Battery, path: TargetPath, i: int, earliest_launch_s: float
) -> int:
    """Looks in the step after point `i`: none where all of it is out of reach, in place or time."""
    k = battery.table
    p, v = path.position_eci_m[i], path.velocity_eci_m_s[i]
    w = path.velocity_eci_m_s[i + 1]
    speed2 = max(v[0] ** 2 + v[1] ** 2 + v[2] ** 2, w[0] ** 2 + w[1] ** 2 + w[2] ** 2)
    length_m = math.sqrt(speed2) * path.step_s
    highest_m = tables.lowest_m[k] + (tables.n_altitudes[k] - 1) * tables.altitude_step_m[k]
    if altitude(p[0], p[1], p[2]) > highest_m + length_m or tables.fastest_m_s[k] <= 0.0:
        return 0
    t = path.start_s + i * path.step_s
    x, y, z = ecef_from_eci(p[0], p[1], p[2], earth_angle(battery.gmst0_rad, t))
    _, range_m, altitude_m = locate(battery.axes, x, y, z)
    if range_m > (tables.n_ranges[k] - 1) * tables.range_step_m[k] + length_m:
        return 0
    # No flight is faster than the fastest of the table over what is left of the straight line.
    straight_m, _ = straight_line(range_m, altitude_m)
    in_time_s = t + path.step_s - earliest_launch_s
    if straight_m - _STEP_MARGIN * length_m > in_time_s * tables.fastest_m_s[k]:
        return 0
    cell_m = min(tables.range_step_m[k], tables.altitude_step_m[k])
    return min(_MOST_PARTS, 1 + int(length_m / (_CELLS_PER_LOOK * cell_m)))


@kernel
def earliest_intercept(
    tables: FlyoutTables,
    k: int,
    site_latitude_rad: float,
    site_longitude_rad: float,
    path: TargetPath,
    sigma_m: Floats,
    gmst0_rad: float,
    earliest_launch_s: float,
    limits: Limits,
) -> tuple[float, float, float, float, float]:
    """Earliest point on a predicted path that an interceptor launched in time can reach.

    Parameters
    ----------
    tables, k : FlyoutTables, int
        Fly-out tables, and the one of this site and type; a negative `k` reaches nothing.
    site_latitude_rad, site_longitude_rad : float
        The site that table `k` was made for.
    path : TargetPath
    sigma_m : (>= n_points,) float64
        One-sigma error of the path's places: shots stay so far from the edges of the altitude band,
        where the next update would decide whether they can kill.
    gmst0_rad : float
        Earth's angle at time zero.
    earliest_launch_s : float
        No launch before this.
    limits : Limits
        Band of intercept altitudes, closing speed and least range.

    Returns
    -------
    intercept_s, launch_s, x, y, z : float
        Time of intercept and of launch; point of intercept [m, eci]. NaN where there is none.
        `launch_s` is the earliest launch where that is what binds, later where reach does.
    """
    nan = math.nan
    if k < 0 or path.n_points < 2:
        return nan, nan, nan, nan, nan
    axes = site_axes(site_latitude_rad, site_longitude_rad)
    battery = Battery(k, axes, gmst0_rad, limits)
    infeasible_s = path.start_s
    for i in range(path.n_points - 1):
        start_s = path.start_s + i * path.step_s
        n_looks = 0
        if start_s + path.step_s > earliest_launch_s:
            n_looks = _count_looks(tables, battery, path, i, earliest_launch_s)
        for look in range(0 if i == 0 else 1, n_looks + 1):
            t = start_s + path.step_s * look / n_looks if n_looks > 0 else start_s
            if _launch_for(tables, battery, path, sigma_m, t) >= earliest_launch_s:
                feasible_s = t
                for _ in range(_HALVINGS):
                    middle_s = 0.5 * (infeasible_s + feasible_s)
                    launch_s = _launch_for(tables, battery, path, sigma_m, middle_s)
                    if launch_s >= earliest_launch_s:
                        feasible_s = middle_s
                    else:
                        infeasible_s = middle_s
                x, y, z = place_at(path, feasible_s)
                launch_s = _launch_for(tables, battery, path, sigma_m, feasible_s)
                return feasible_s, launch_s, x, y, z
            infeasible_s = t
        infeasible_s = start_s + path.step_s
    return nan, nan, nan, nan, nan


@kernel
def latest_launch(
    tables: FlyoutTables,
    k: int,
    site_latitude_rad: float,
    site_longitude_rad: float,
    path: TargetPath,
    sigma_m: Floats,
    gmst0_rad: float,
    limits: Limits,
) -> tuple[float, float]:
    """Latest launch that still meets the path: the end of the launch window.

    Parameters as `earliest_intercept`.

    Returns
    -------
    launch_s, intercept_s : float
        NaN where no point of the path is in reach. The launch is the latest among the looks at the
        path, so it is early, never late, by at most the time between two looks.
    """
    best_s, best_t = math.nan, math.nan
    if k < 0 or path.n_points < 2:
        return best_s, best_t
    axes = site_axes(site_latitude_rad, site_longitude_rad)
    battery = Battery(k, axes, gmst0_rad, limits)
    # From the end backwards, as no launch comes after its intercept.
    for i in range(path.n_points - 2, -1, -1):
        if path.start_s + path.step_s * (i + 1) <= best_s:
            break
        n_looks = _count_looks(tables, battery, path, i, -math.inf)
        for look in range(n_looks, -1 if i == 0 else 0, -1):
            t = path.start_s + path.step_s * (i + look / max(n_looks, 1))
            launch_s = _launch_for(tables, battery, path, sigma_m, t)
            if launch_s > best_s or (math.isnan(best_s) and not math.isnan(launch_s)):
                best_s, best_t = launch_s, t
    return best_s, best_t


@kernel
def tabulated_shot(
    tables: FlyoutTables,
    k: int,
    site_latitude_rad: float,
    site_longitude_rad: float,
    gmst0_rad: float,
    intercept_s: float,
    x_eci_m: float,
    y_eci_m: float,
    z_eci_m: float,
) -> Shot:
    """The shot at a point and instant as the tables have it, without flying it.

    Arguments as `fly_interceptor`. All fields are NaN where the point is out of reach; else
    `miss_m` is NaN, as nothing was flown.
    """
    axes = site_axes(site_latitude_rad, site_longitude_rad)
    angle = earth_angle(gmst0_rad, intercept_s)
    px, py, pz = ecef_from_eci(x_eci_m, y_eci_m, z_eci_m, angle)
    return _shot_at(tables, k, axes, angle, intercept_s, px, py, pz)


@kernel
def fly_interceptor(
    interceptor: Interceptor,
    tables: FlyoutTables,
    k: int,
    site_latitude_rad: float,
    site_longitude_rad: float,
    gmst0_rad: float,
    intercept_s: float,
    x_eci_m: float,
    y_eci_m: float,
    z_eci_m: float,
) -> Shot:
    """Fly one shot so that it passes a point at an instant.

    Parameters
    ----------
    interceptor : Interceptor
        The type that table `k` was made for.
    tables, k, site_latitude_rad, site_longitude_rad, gmst0_rad
        As in `earliest_intercept`; the tables give the first guess.
    intercept_s, x_eci_m, y_eci_m, z_eci_m : float
        The instant, and the point [eci].

    Returns
    -------
    shot : Shot
        As flown: `launch_s` differs from the tables' by under a second. `miss_m` is NaN where the
        point is out of reach.
    """
    guess = tabulated_shot(
        tables, k, site_latitude_rad, site_longitude_rad, gmst0_rad, intercept_s, x_eci_m,
        y_eci_m, z_eci_m,
    )  # fmt: skip
    if math.isnan(guess.launch_s):
        return guess
    return aim_shot(
        interceptor, site_latitude_rad, site_longitude_rad, gmst0_rad, intercept_s, x_eci_m,
        y_eci_m, z_eci_m, guess.launch_s, guess.azimuth_rad, guess.pitch_end_rad,
    )  # fmt: skip


__all__ = [
    "FlyoutGrid",
    "FlyoutTables",
    "Interceptor",
    "Limits",
    "Shot",
    "TargetPath",
    "build_flyout_table",
    "earliest_intercept",
    "fly_interceptor",
    "latest_launch",
    "look_up",
    "stack_flyout_tables",
    "tabulated_shot",
    "trace_shot",
]
