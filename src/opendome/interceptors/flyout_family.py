"""The family of fly-outs that a table is made from: launch azimuths by pitch end angles."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from opendome.interceptors.flyout import (
    MAX_NODES,
    TABLE_TOLERANCE,
    Interceptor,
    first_intercept_s,
    fly_out,
)
from opendome.interceptors.flyout_cuts import TILT_AHEAD_RAD, cut_flight
from opendome.interceptors.flyout_inversion import (
    drop_rough_cells,
    fill_overhead,
    invert_azimuth,
    invert_pitch,
)
from opendome.interceptors.sites import site_axes, straight_line
from opendome.physics.flight import Nodes
from opendome.physics.jit import kernel
from opendome.tables.truth import Floats

# Pitch angles stand closer near the vertical, where a small tilt decides the altitude reached.
_PITCH_CROWDING: Final = 2.5


@kernel
def pitch_of(place: float, max_pitch_end_rad: float) -> float:
    """Pitch end angle [rad] at a place from 0 (vertical) to 1 in the family."""
    return max_pitch_end_rad * math.sinh(_PITCH_CROWDING * place) / math.sinh(_PITCH_CROWDING)


@kernel
def fill_table(
    interceptor: Interceptor,
    latitude_rad: float,
    longitude_rad: float,
    range_step_m: float,
    lowest_m: float,
    altitude_step_m: float,
    n_azimuths: int,
    n_pitches: int,
    cells: Floats,
) -> None:
    """Fly the family and fill `cells` (n_bearings, n_ranges, n_altitudes, 6).

    Columns are those of a cut but for the last, with the tilt ahead taken from the straight line.
    """
    n_ranges, n_altitudes = cells.shape[1], cells.shape[2]
    axes = site_axes(latitude_rad, longitude_rad)
    ready_s = first_intercept_s(interceptor)
    nodes = Nodes(
        np.empty(MAX_NODES),
        np.empty((MAX_NODES, 3)),
        np.empty((MAX_NODES, 3)),
        np.empty((MAX_NODES, 3)),
    )
    length_m = np.empty((n_ranges, n_altitudes))
    zenith_rad = np.empty((n_ranges, n_altitudes))
    for i in range(n_ranges):
        for j in range(n_altitudes):
            length_m[i, j], zenith_rad[i, j] = straight_line(
                i * range_step_m, lowest_m + j * altitude_step_m
            )
    cuts = np.empty((n_pitches, n_ranges, 7))
    reached = np.empty((n_ranges, n_altitudes, n_azimuths, 6))
    for n in range(n_azimuths):
        azimuth = n * 2.0 * math.pi / n_azimuths
        for m in range(n_pitches):
            pitch = pitch_of(m / (n_pitches - 1), interceptor.max_pitch_end_rad)
            _, n_nodes = fly_out(
                interceptor, azimuth, pitch, latitude_rad, longitude_rad,
                interceptor.max_flight_s, TABLE_TOLERANCE, nodes,
            )  # fmt: skip
            cut_flight(nodes, n_nodes, axes, azimuth, pitch, ready_s, range_step_m, cuts[m])
        for i in range(1, n_ranges):
            invert_pitch(cuts[:, i], length_m[i], zenith_rad[i], reached[i, :, n])
    cells[:] = math.nan
    for i in range(1, n_ranges):
        for j in range(n_altitudes):
            invert_azimuth(reached[i, j], cells[:, i, j])
            # Tilt is kept from the straight line, which the point itself gives.
            for b in range(cells.shape[0]):
                cells[b, i, j, TILT_AHEAD_RAD] -= zenith_rad[i, j]
    fill_overhead(cells)
    drop_rough_cells(cells, length_m)
