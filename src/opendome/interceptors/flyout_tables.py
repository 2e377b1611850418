"""Fly-out tables: flight time, launch parameters and arrival velocity over the space in reach.

One table belongs to one site and one interceptor type. Its cells are bearing (periodic), ground
range and altitude in the site's own coordinates (`interceptors.sites`), fixed to the Earth, so that
the turning of the Earth is inside. NaN marks what the interceptor does not reach.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from opendome.interceptors.flyout import Interceptor
from opendome.interceptors.flyout_family import fill_table
from opendome.interceptors.sites import straight_line
from opendome.physics.jit import kernel
from opendome.tables.truth import Floats, Integers

Singles = NDArray[np.float32]


class FlyoutGrid(NamedTuple):
    """How finely a table is made."""

    n_bearings: int = 48
    n_ranges: int = 61  # nodes from zero to the interceptor's range
    n_altitudes: int = 41  # nodes from its lowest to its highest altitude
    n_azimuths: int = 24  # launch azimuths flown
    n_pitches: int = 96  # pitch end angles flown


class FlyoutTables(NamedTuple):
    """A stack of tables; cells of table `k` are rows `first[k]` to `first[k + 1]`.

    Within a table the altitude varies fastest, then range, then bearing.
    """

    first: Integers  # (n_tables + 1,)
    n_bearings: Integers  # (n_tables,)
    n_ranges: Integers  # (n_tables,)
    n_altitudes: Integers  # (n_tables,)
    range_step_m: Floats  # (n_tables,) the first node is at zero
    lowest_m: Floats  # (n_tables,) altitude of the first node
    altitude_step_m: Floats  # (n_tables,)
    fastest_m_s: Floats  # (n_tables,) greatest mean speed; zero where nothing is in reach
    mean_speed_m_s: Singles  # (n_cells,) straight line over flight time; NaN: out of reach
    # (n_cells, 5) thrust tilt ahead (less the straight line's zenith angle) and right [rad];
    # arrival velocity relative to the Earth, ahead, right and up at the point [m/s]
    launch: Singles


def build_flyout_table(
    interceptor: Interceptor,
    latitude_rad: float,
    longitude_rad: float,
    grid: FlyoutGrid = FlyoutGrid(),  # noqa: B008 - immutable
) -> FlyoutTables:
    """Tabulate the fly-outs of one interceptor type from one site.

    Parameters
    ----------
    interceptor : Interceptor
    latitude_rad, longitude_rad : float
        Launch site, geodetic.
    grid : FlyoutGrid

    Returns
    -------
    tables : FlyoutTables
        A stack of one.

    Raises
    ------
    ValueError
        Where the interceptor's limits leave no space to tabulate.
    """
    if not (
        interceptor.max_range_m > 0.0
        and interceptor.max_altitude_m > interceptor.min_altitude_m
        and 0.0 < interceptor.max_pitch_end_rad <= math.pi
    ):
        raise ValueError(
            "a fly-out table needs a range above zero, a highest altitude above the lowest and a "
            "largest pitch angle between 0 and pi"
        )
    range_step_m = interceptor.max_range_m / (grid.n_ranges - 1)
    span_m = interceptor.max_altitude_m - interceptor.min_altitude_m
    altitude_step_m = span_m / (grid.n_altitudes - 1)
    cells = np.full((grid.n_bearings, grid.n_ranges, grid.n_altitudes, 6), np.nan)
    fill_table(
        interceptor, float(latitude_rad), float(longitude_rad), range_step_m,
        float(interceptor.min_altitude_m), altitude_step_m, grid.n_azimuths, grid.n_pitches, cells,
    )  # fmt: skip
    flat = cells.reshape(-1, 6).astype(np.float32)
    return FlyoutTables(
        np.array([0, flat.shape[0]], np.int64),
        np.array([grid.n_bearings], np.int64),
        np.array([grid.n_ranges], np.int64),
        np.array([grid.n_altitudes], np.int64),
        np.array([range_step_m]),
        np.array([interceptor.min_altitude_m], np.float64),
        np.array([altitude_step_m]),
        np.array([np.nanmax(flat[:, 0], initial=0.0)], np.float64),
        flat[:, 0].copy(),
        flat[:, 1:].copy(),
    )


def stack_flyout_tables(tables: Sequence[FlyoutTables]) -> FlyoutTables:
    """Several stacks in one, in order; an empty sequence gives a stack of none."""
    sizes = np.concatenate([[0], *(np.diff(table.first) for table in tables)]).astype(np.int64)
    whole, real = np.zeros(0, np.int64), np.zeros(0)
    empty = FlyoutTables(
        np.zeros(1, np.int64), whole, whole, whole, real, real, real, real,
        np.zeros(0, np.float32), np.zeros((0, 5), np.float32),
    )  # fmt: skip
    columns = zip(empty, *tables, strict=True)
    stacked = FlyoutTables._make(np.concatenate(column) for column in columns)
    return stacked._replace(first=np.cumsum(sizes))


@kernel
def _place(
    tables: FlyoutTables, k: int, bearing_rad: float, range_m: float, altitude_m: float
) -> tuple[int, int, int, float, float, float]:
    """Cells of the lower corner on both bearings, row length, and fractions; cell -1: outside."""
    n_ranges, n_altitudes = tables.n_ranges[k], tables.n_altitudes[k]
    along = range_m / tables.range_step_m[k]
    upward = (altitude_m - tables.lowest_m[k]) / tables.altitude_step_m[k]
    if not (0.0 <= along <= n_ranges - 1 and 0.0 <= upward <= n_altitudes - 1):
        return -1, -1, 0, 0.0, 0.0, 0.0
    n_bearings = tables.n_bearings[k]
    turns = bearing_rad / (2.0 * math.pi)
    around = (turns - math.floor(turns)) * n_bearings
    b = min(int(around), n_bearings - 1)
    r = min(int(along), n_ranges - 2)
    h = min(int(upward), n_altitudes - 2)
    layer = n_ranges * n_altitudes
    inside = tables.first[k] + r * n_altitudes + h
    return (
        inside + b * layer,
        inside + ((b + 1) % n_bearings) * layer,
        n_altitudes,
        around - b,
        along - r,
        upward - h,
    )


@kernel
def look_up_flight(
    tables: FlyoutTables, k: int, bearing_rad: float, range_m: float, altitude_m: float
) -> float:
    """Flight time [s] alone, as `look_up`: for scanning a path."""
    c0, c1, row, fb, fr, fh = _place(tables, k, bearing_rad, range_m, altitude_m)
    if c0 < 0:
        return math.nan
    f = tables.mean_speed_m_s
    gr, gh = 1.0 - fr, 1.0 - fh
    near = gr * (gh * f[c0] + fh * f[c0 + 1]) + fr * (gh * f[c0 + row] + fh * f[c0 + row + 1])
    next_ = gr * (gh * f[c1] + fh * f[c1 + 1]) + fr * (gh * f[c1 + row] + fh * f[c1 + row + 1])
    length_m, _ = straight_line(range_m, altitude_m)
    return float(length_m / ((1.0 - fb) * near + fb * next_))


@kernel
def look_up(
    tables: FlyoutTables, k: int, bearing_rad: float, range_m: float, altitude_m: float
) -> tuple[float, float, float, float, float, float]:
    """Trilinear interpolation in table `k`, periodic in bearing.

    Parameters
    ----------
    bearing_rad, range_m, altitude_m : float
        Point in the site's coordinates (`sites.locate`).

    Returns
    -------
    flight_s : float
    azimuth_rad, pitch_end_rad : float
        Launch plane and end angle of the thrust.
    ahead_m_s, right_m_s, up_m_s : float
        Arrival velocity relative to the Earth, on the axes of `sites.path_axes`.

        All NaN where the point is outside the table or a corner of its cell is out of reach.
    """
    c0, c1, row, fb, fr, fh = _place(tables, k, bearing_rad, range_m, altitude_m)
    nan = math.nan
    if c0 < 0:
        return nan, nan, nan, nan, nan, nan
    mean_speed = tilt_ahead = tilt_right = ahead = right = up = 0.0
    for corner in range(8):
        weight = fb if corner & 4 else 1.0 - fb
        weight *= fr if corner & 2 else 1.0 - fr
        weight *= fh if corner & 1 else 1.0 - fh
        cell = (c1 if corner & 4 else c0) + (row if corner & 2 else 0) + (corner & 1)
        mean_speed += weight * tables.mean_speed_m_s[cell]
        tilt_ahead += weight * tables.launch[cell, 0]
        tilt_right += weight * tables.launch[cell, 1]
        ahead += weight * tables.launch[cell, 2]
        right += weight * tables.launch[cell, 3]
        up += weight * tables.launch[cell, 4]
    length_m, zenith = straight_line(range_m, altitude_m)
    tilt_ahead += zenith
    azimuth = bearing_rad + math.atan2(tilt_right, tilt_ahead)
    return length_m / mean_speed, azimuth, math.hypot(tilt_ahead, tilt_right), ahead, right, up
