"""From the cuts of a family of fly-outs to a regular grid.

Two steps, each one-dimensional and by cubic interpolation between neighbours. At one launch azimuth
and ground range, the altitude passed changes with pitch; that is inverted for the altitudes of the
grid, the faster branch where there are two. At one range and altitude, the bearing reached follows
the launch azimuth, shifted by the Earth's turning; that is inverted for the bearings of the grid.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from opendome.interceptors.flyout_cuts import (
    MEAN_SPEED_M_S,
    TILT_AHEAD_RAD,
    TILT_RIGHT_RAD,
    ZENITH_RAD,
)
from opendome.physics.jit import kernel
from opendome.tables.truth import Floats

# Cells that trilinear interpolation would miss by more than this are left out: a thin rim where
# reach ends and flight time has a vertical slope. Half of the second that tables may be off.
_LARGEST_ROUGHNESS_S: Final = 0.5

# The same for the cubic between flights of the family, judged by what a quadratic would give:
# nearly straight up, neighbouring flights may part too far.
_LARGEST_TIME_DOUBT_S: Final = 0.5
_LARGEST_PLACE_DOUBT_M: Final = 5000.0


@kernel
def _cubic_weights(s: float) -> tuple[float, float, float, float]:
    """Lagrange weights of nodes 0, 1, 2, 3 at place `s`."""
    a, b, c = s - 1.0, s - 2.0, s - 3.0
    return -a * b * c / 6.0, s * b * c / 2.0, -s * a * c / 2.0, s * a * b / 6.0


@kernel
def _third_difference(c: Floats, column: int) -> float:
    """Third difference of four neighbours."""
    return float(c[3, column] - 3.0 * c[2, column] + 3.0 * c[1, column] - c[0, column])


@kernel
def _choose_neighbours(cuts: Floats, n: int) -> int:
    """First of four flights around the segment from flight `n` that all pass; -1: there are none.

    At the ends of what passes they lie to one side.
    """
    for shift in range(3):
        m = n - 1 if shift == 0 else (n if shift == 1 else n - 2)
        if 0 <= m <= cuts.shape[0] - 4:
            total = cuts[m, 0] + cuts[m + 1, 0] + cuts[m + 2, 0] + cuts[m + 3, 0]
            if not math.isnan(total):
                return m
    return -1


@kernel
def invert_pitch(cuts: Floats, length_m: Floats, zenith_rad: Floats, grid: Floats) -> None:
    """At one azimuth and range, what reaches each altitude of the grid, the faster flight.

    Parameters
    ----------
    cuts : (n_pitches, 7) float64
        Cuts of the family's flights at this range.
    length_m, zenith_rad : (n_altitudes,) float64
        Altitudes of the grid as length and zenith angle of the straight line from the site.
    grid : (n_altitudes, 6) float64
        Filled; NaN where no two neighbouring flights enclose the altitude, or too coarsely.
    """
    grid[:] = math.nan
    n_pitches, n_altitudes = cuts.shape[0], grid.shape[0]
    for n in range(n_pitches - 1):
        m = _choose_neighbours(cuts, n)
        if m < 0:
            continue
        z = cuts[m : m + 4, ZENITH_RAD]
        z0, z1 = cuts[n, ZENITH_RAD], cuts[n + 1, ZENITH_RAD]
        for j in range(n_altitudes):
            wanted = zenith_rad[j]
            if not min(z0, z1) <= wanted <= max(z0, z1):
                continue
            low, high = float(n - m), float(n - m + 1)
            for _ in range(40):
                middle = 0.5 * (low + high)
                w0, w1, w2, w3 = _cubic_weights(middle)
                here = w0 * z[0] + w1 * z[1] + w2 * z[2] + w3 * z[3]
                if (here < wanted) == (z1 > z0):
                    low = middle
                else:
                    high = middle
            w0, w1, w2, w3 = _cubic_weights(0.5 * (low + high))
            c = cuts[m : m + 4]
            speed_m_s = w0 * c[0, 0] + w1 * c[1, 0] + w2 * c[2, 0] + w3 * c[3, 0]
            # What the far node adds to the quadratic through the other three.
            third = abs(w3 if low < 1.5 else w0)
            doubt_s = third * abs(_third_difference(c, MEAN_SPEED_M_S)) / speed_m_s
            doubt_rad = third * abs(_third_difference(c, ZENITH_RAD))
            if (
                doubt_s * length_m[j] > _LARGEST_TIME_DOUBT_S * speed_m_s
                or doubt_rad * length_m[j] > _LARGEST_PLACE_DOUBT_M
            ):
                continue
            if not speed_m_s <= grid[j, MEAN_SPEED_M_S]:
                for i in range(6):
                    grid[j, i] = w0 * c[0, i] + w1 * c[1, i] + w2 * c[2, i] + w3 * c[3, i]


@kernel
def invert_azimuth(reached: Floats, cells: Floats) -> None:
    """At one range and altitude, what reaches each bearing of the grid.

    Parameters
    ----------
    reached : (n_azimuths, 6) float64
        What flights at evenly spaced launch azimuths, from north through east, do there.
    cells : (n_bearings, 6) float64
        The same at evenly spaced bearings; filled where four neighbours enclose the bearing.
    """
    n_azimuths, n_bearings = reached.shape[0], cells.shape[0]
    bearing, weight = np.empty(4), np.empty(4)
    for n in range(n_azimuths):
        for m in range(4):
            row = (n - 1 + m) % n_azimuths
            # The launch azimuth stands to the right of the bearing by the direction of the tilt.
            shift = math.atan2(reached[row, TILT_RIGHT_RAD], reached[row, TILT_AHEAD_RAD])
            bearing[m] = (n - 1 + m) * 2.0 * math.pi / n_azimuths - shift
        if not bearing[0] < bearing[1] < bearing[2] < bearing[3]:  # also where one is NaN
            continue
        first = math.ceil(bearing[1] / (2.0 * math.pi) * n_bearings)
        last = math.floor(bearing[2] / (2.0 * math.pi) * n_bearings)
        for b in range(first, last + 1):
            wanted = b * 2.0 * math.pi / n_bearings
            for m in range(4):
                weight[m] = 1.0
                for i in range(4):
                    if i != m:
                        weight[m] *= (wanted - bearing[i]) / (bearing[m] - bearing[i])
            for c in range(6):
                value = 0.0
                for m in range(4):
                    value += weight[m] * reached[(n - 1 + m) % n_azimuths, c]
                cells[b % n_bearings, c] = value


@kernel
def fill_overhead(cells: Floats) -> None:
    """Row of range zero from the two rings around it; `cells` (n_bearings, n_ranges, n_alt, 6).

    Straight above the site every bearing is the same flight. The mean over a ring differs from its
    middle by the square of the ring's radius, so four thirds of the inner mean less one third of
    the outer give the middle. Horizontal components turn with the bearing.
    """
    n_bearings = cells.shape[0]
    middle = np.zeros(6)
    for j in range(cells.shape[2]):
        middle[:] = 0.0
        for ring in range(1, 3):
            share = (4.0 / 3.0 if ring == 1 else -1.0 / 3.0) / n_bearings
            for b in range(n_bearings):
                bearing = b * 2.0 * math.pi / n_bearings
                cos_b, sin_b = share * math.cos(bearing), share * math.sin(bearing)
                cell = cells[b, ring, j]
                middle[0] += share * cell[0]
                middle[1] += cos_b * cell[1] - sin_b * cell[2]
                middle[2] += sin_b * cell[1] + cos_b * cell[2]
                middle[3] += cos_b * cell[3] - sin_b * cell[4]
                middle[4] += sin_b * cell[3] + cos_b * cell[4]
                middle[5] += share * cell[5]
        for b in range(n_bearings):
            bearing = b * 2.0 * math.pi / n_bearings
            cos_b, sin_b = math.cos(bearing), math.sin(bearing)
            cell = cells[b, 0, j]
            cell[0] = middle[0]
            cell[1] = cos_b * middle[1] + sin_b * middle[2]
            cell[2] = cos_b * middle[2] - sin_b * middle[1]
            cell[3] = cos_b * middle[3] + sin_b * middle[4]
            cell[4] = cos_b * middle[4] - sin_b * middle[3]
            cell[5] = middle[5]


@kernel
def _bend(before: float, here: float, after: float) -> float:
    """Second difference; NaN where a neighbour is."""
    return abs(before - 2.0 * here + after)


@kernel
def drop_rough_cells(cells: Floats, length_m: Floats) -> None:
    """Empty the nodes beside which trilinear interpolation would err by over half a second.

    Parameters
    ----------
    cells : (n_bearings, n_ranges, n_altitudes, 6) float64
    length_m : (n_ranges, n_altitudes) float64
        Straight line from the site.

    Notes
    -----
    Linear interpolation errs by at most an eighth of the second difference. At the rim of reach the
    difference is taken inwards, where it holds the steepening of the rim itself.
    """
    n_bearings, n_ranges, n_altitudes = cells.shape[:3]
    speed = cells[:, :, :, 0].copy()
    for b in range(n_bearings):
        for i in range(n_ranges):
            for j in range(n_altitudes):
                here = speed[b, i, j]
                bend = 0.0
                for shift in range(-1, 2):
                    r, h = i + shift, j + shift
                    if 1 <= r < n_ranges - 1:
                        along = _bend(speed[b, r - 1, j], speed[b, r, j], speed[b, r + 1, j])
                        bend = max(bend, along) if along > 0.0 else bend
                    if 1 <= h < n_altitudes - 1:
                        up = _bend(speed[b, i, h - 1], speed[b, i, h], speed[b, i, h + 1])
                        bend = max(bend, up) if up > 0.0 else bend
                if length_m[i, j] * bend / 8.0 > _LARGEST_ROUGHNESS_S * here * here:
                    cells[b, i, j] = math.nan
