"""Resolution cells: near objects are one measurement, distant ones are told apart."""

from __future__ import annotations

import math

import numpy as np
import pytest

from opendome.sensing.resolution import MERGED, merge_cells

pytestmark = pytest.mark.kernels
COS_CELL = math.cos(0.01)


def merge(range_m, angle_rad, strength, width_m: float = 100.0):
    """Objects in one plane through the `merge_cells` of a ranging sensor."""
    range_m, angle_rad = np.asarray(range_m, np.float64), np.asarray(angle_rad, np.float64)
    line = np.column_stack([np.cos(angle_rad), np.sin(angle_rad), np.zeros_like(angle_rad)])
    strength = np.array(strength, np.float64)
    columns = np.column_stack([range_m, angle_rad])
    strongest = np.empty(strength.size, np.int64)
    order = np.argsort(range_m, kind="stable")
    merge_cells(
        order, strength.size, range_m[:, None].copy(), width_m, line, COS_CELL, strength, columns,
        strongest,
    )  # fmt: skip
    return strength, columns, strongest


@pytest.mark.parametrize(
    ("apart_m", "apart_rad", "one"),
    [(99.0, 0.0, True), (101.0, 0.0, False), (0.0, 0.0099, True), (0.0, 0.0101, False)],
)
def test_two_objects_are_one_inside_the_cell(apart_m: float, apart_rad: float, one: bool) -> None:
    """Both range and angle must be within the cell."""
    _, _, strongest = merge([5e5, 5e5 + apart_m], [0.1, 0.1 + apart_rad], [1.0, 2.0])
    assert strongest.tolist() == ([1, MERGED] if one else [0, 1])


def test_a_cell_measures_the_weighted_centroid() -> None:
    """Strengths add up; columns are the mean by strength; the link is to the strongest."""
    strength, columns, strongest = merge([5e5, 5e5 + 40.0, 5e5 + 60.0], [0.1] * 3, [1.0, 6.0, 3.0])
    assert strongest.tolist() == [1, MERGED, MERGED]
    assert strength[0] == pytest.approx(10.0, rel=1e-12)
    assert columns[0, 0] == pytest.approx(5e5 + 42.0, rel=1e-12)


def test_a_train_of_objects_fills_several_cells() -> None:
    """Each cell is counted from the object that opens it: no chain grows past its width."""
    range_m = 5e5 + 40.0 * np.arange(10)
    strength, columns, strongest = merge(range_m, [0.1] * 10, [1.0] * 10)
    opened = np.flatnonzero(strongest != MERGED)
    assert opened.tolist() == [0, 3, 6, 9]
    assert strength[opened].tolist() == [3.0, 3.0, 3.0, 1.0]
    assert columns[opened, 0] == pytest.approx(range_m[[1, 4, 7, 9]])


def test_a_width_of_zero_tells_all_apart() -> None:
    """Even objects at one place."""
    _, _, strongest = merge([5e5, 5e5], [0.1, 0.1], [1.0, 2.0], width_m=0.0)
    assert strongest.tolist() == [0, 1]


def test_order_of_rows_does_not_matter() -> None:
    """Permuted objects fall into the same cells with the same values."""
    rng = np.random.default_rng(4)
    range_m, angle = 5e5 + rng.uniform(0.0, 2e3, 60), rng.uniform(0.0, 0.05, 60)
    weight = rng.uniform(1.0, 9.0, 60)
    strength, columns, strongest = merge(range_m, angle, weight)
    mixed = rng.permutation(60)
    again, other, top = merge(range_m[mixed], angle[mixed], weight[mixed])
    assert np.array_equal(strength[mixed], again)
    assert np.array_equal(columns[mixed], other)
    assert np.array_equal(
        np.where(strongest[mixed] == MERGED, -1, strongest[mixed]),
        np.where(top == MERGED, -1, mixed[top]),
    )
