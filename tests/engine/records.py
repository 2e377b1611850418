"""Comparing the records of replications."""

from __future__ import annotations

import numpy as np

from opendome.tables.record import Record


def assert_equal_records(one: Record, other: Record) -> None:
    """Equal tables, columns and bits; NaN equals NaN."""
    assert one.keys() == other.keys()
    for name, table in one.items():
        assert table.keys() == other[name].keys()
        for column, values in table.items():
            real = values.dtype.kind == "f"
            assert np.array_equal(values, other[name][column], equal_nan=real), f"{name}.{column}"
