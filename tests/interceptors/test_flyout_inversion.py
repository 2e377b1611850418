"""Inversion of flights onto a grid, on functions that are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opendome.interceptors.flyout_cuts import MEAN_SPEED_M_S, ZENITH_RAD
from opendome.interceptors.flyout_inversion import (
    drop_rough_cells,
    fill_overhead,
    invert_azimuth,
    invert_pitch,
)

pytestmark = pytest.mark.kernels

LENGTH_M = np.full(5, 100e3)


def family(zenith, speed):
    """Cuts of a family of flights with given zenith angles and mean speeds."""
    cuts = np.zeros((len(zenith), 7))
    cuts[:, ZENITH_RAD] = zenith
    cuts[:, MEAN_SPEED_M_S] = speed
    cuts[:, 1] = np.array(zenith) ** 2
    return cuts


def test_pitch_inversion_is_exact_for_cubics() -> None:
    """Columns that are cubics of the place in the family come back exactly."""
    place = np.arange(9.0)
    zenith = 0.1 + 0.05 * place
    cuts = family(zenith, 3000.0 + 20.0 * place)
    wanted = np.array([0.45, 0.33, 0.27, 0.21, 0.12])
    grid = np.empty((5, 6))
    invert_pitch(cuts, LENGTH_M, wanted, grid)
    np.testing.assert_allclose(grid[:, 0], 3000.0 + 20.0 * (wanted - 0.1) / 0.05, rtol=1e-9)
    np.testing.assert_allclose(grid[:, 1], wanted**2, rtol=1e-8)


def test_of_two_branches_the_faster_is_taken() -> None:
    """Where flat and lofted flights pass one altitude, the flight of greater mean speed stands."""
    zenith = np.array([0.9, 0.7, 0.5, 0.4, 0.3, 0.32, 0.4, 0.55, 0.75])
    speed = np.array([1000.0, 1100, 1200, 1300, 1400, 1500, 1600, 1700, 1800])
    grid = np.empty((1, 6))
    invert_pitch(family(zenith, speed), np.array([2e3]), np.array([0.6]), grid)
    assert 1700.0 < grid[0, 0] < 1800.0
    invert_pitch(family(zenith[::-1], speed), np.array([2e3]), np.array([0.6]), grid)
    assert 1600.0 < grid[0, 0] < 1700.0


def test_what_the_family_does_not_enclose_stays_empty() -> None:
    """No extrapolation, no bridge over flights that do not pass, none with fewer than four."""
    cuts = family(np.linspace(0.2, 0.6, 9), np.linspace(3000.0, 3100.0, 9))
    grid = np.empty((5, 6))
    wanted = np.array([0.62, 0.58, 0.41, 0.22, 0.18])
    invert_pitch(cuts, LENGTH_M, wanted, grid)
    assert np.isfinite(grid[:, 0]).tolist() == [False, True, True, True, False]
    cuts[4] = math.nan
    invert_pitch(cuts, LENGTH_M, wanted, grid)
    assert np.isfinite(grid[:, 0]).tolist() == [False, True, False, True, False]
    cuts[6] = math.nan
    invert_pitch(cuts, LENGTH_M, wanted, grid)
    assert np.isfinite(grid[:, 0]).tolist() == [False, False, False, True, False]


def test_a_family_too_coarse_for_its_bend_is_left_out() -> None:
    """Where cubic and quadratic differ by more than half a second, there is no row."""
    zenith = np.linspace(0.2, 0.6, 9)
    kinked = np.where(zenith < 0.4, 3000.0, 1000.0)
    grid = np.empty((3, 6))
    invert_pitch(family(zenith, kinked), LENGTH_M[:3], np.array([0.57, 0.41, 0.22]), grid)
    assert np.isfinite(grid[:, 0]).tolist() == [True, False, True]


@given(shift=st.floats(-0.3, 0.3), swing=st.floats(0.0, 0.4))
@settings(max_examples=20)
def test_azimuth_inversion_finds_the_bearing_reached(shift: float, swing: float) -> None:
    """Launch azimuths shifted smoothly by the turning Earth give the launch for each bearing.

    Cubic interpolation over 10 degrees errs by 3/128 of the fourth power of the step times the
    fourth derivative of the swing: 1e-5 rad here; the shift grows faster where bearings crowd.
    """
    azimuth = np.arange(36) * 2.0 * math.pi / 36
    offset = shift + swing * np.sin(azimuth)
    reached = np.zeros((36, 6))
    reached[:, 0] = 3000.0
    reached[:, 1] = 0.5 * np.cos(offset)
    reached[:, 2] = -0.5 * np.sin(offset)
    reached[:, 3] = azimuth + offset
    cells = np.full((24, 6), math.nan)
    invert_azimuth(reached, cells)
    bearing = np.arange(24) * 2.0 * math.pi / 24
    launch = bearing + np.arctan2(cells[:, 2], cells[:, 1])
    np.testing.assert_allclose(
        np.sin(launch + shift + swing * np.sin(launch) - bearing), 0.0, atol=2e-3
    )
    np.testing.assert_allclose(cells[:, 0], 3000.0)


def test_azimuth_inversion_leaves_gaps_open() -> None:
    """Launch azimuths that do not get there empty their bearings and one beside, no more."""
    reached = np.ones((36, 6))
    reached[:, 2] = 0.0
    reached[9] = math.nan
    cells = np.full((36, 6), math.nan)
    invert_azimuth(reached, cells)
    assert np.flatnonzero(np.isnan(cells[:, 0])).tolist() == [8, 9, 10]
    reached[10:13] = math.nan
    cells[:] = math.nan
    invert_azimuth(reached, cells)
    assert np.flatnonzero(np.isnan(cells[:, 0])).tolist() == [8, 9, 10, 11, 12, 13]


@given(east=st.floats(-0.2, 0.2), north=st.floats(-0.2, 0.2), bend=st.floats(-0.05, 0.05))
@settings(max_examples=20)
def test_overhead_is_one_flight_seen_from_every_bearing(
    east: float, north: float, bend: float
) -> None:
    """A field that is quadratic about the site is continued to the site exactly."""
    n = 12
    cells = np.empty((n, 3, 1, 6))
    for b in range(n):
        bearing = 2.0 * math.pi * b / n
        for i in range(3):
            tilt_east = east + 0.1 * i * math.sin(bearing)
            tilt_north = north + 0.1 * i * math.cos(bearing)
            ahead = tilt_east * math.sin(bearing) + tilt_north * math.cos(bearing)
            right = tilt_east * math.cos(bearing) - tilt_north * math.sin(bearing)
            speed = 3000.0 + 50.0 * i * math.sin(bearing) + bend * i * i
            cells[b, i, 0] = (speed, ahead, right, ahead, right, speed)
    expected = cells[:, 0].copy()
    cells[:, 0] = math.nan
    fill_overhead(cells)
    np.testing.assert_allclose(cells[:, 0], expected, atol=1e-9)


def test_rough_cells_are_dropped_and_smooth_ones_kept() -> None:
    """A jump of mean speed empties what lies beside it; a plane stays whole."""
    cells = np.ones((2, 8, 6, 6))
    i, j = np.meshgrid(np.arange(8), np.arange(6), indexing="ij")
    cells[:, :, :, 0] = 3000.0 + 10.0 * i + 5.0 * j
    length_m = np.full((8, 6), 1000e3)
    drop_rough_cells(cells, length_m)
    assert np.isfinite(cells[:, :, :, 0]).all()
    cells[1, 5:, :, 0] -= 500.0
    drop_rough_cells(cells, length_m)
    assert np.isfinite(cells[0]).all()
    assert np.isfinite(cells[1, :3, :, 0]).all()
    assert np.isnan(cells[1, 4:6, :, 0]).all()
