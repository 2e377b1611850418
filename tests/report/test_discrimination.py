"""Operating curves of the report are those of the recorded tracks."""

import pandas as pd
import pytest

from opendome.report.discrimination import list_operating_curves


def frame(rows, columns):
    """Rows of replications 0 and 1 alike, as the report reads them."""
    both = [(0, replication, *row) for replication in (0, 1) for row in rows]
    return pd.DataFrame(both, columns=["outer", "replication", *columns])


OBJECTS = [
    ("w", "warhead"),
    ("g", "glide-vehicle"),
    ("d", "decoy"),
    ("f", "debris"),
    ("b", "booster"),
]
TRACKS = [
    ("w", 1.0, 0.9), ("g", 1.0, 0.6), ("d", 1.0, 0.7), ("f", 1.0, 0.1), ("b", 1.0, 0.99),
    ("d", float("nan"), 0.99), ("", 1.0, 0.99),
]  # fmt: skip


def test_firm_tracks_of_known_objects_count_and_boosters_do_not():
    """Areas are the shares of pairs in order, by hand; tracks of nothing are left out."""
    curves = list_operating_curves(
        frame(TRACKS, ["object", "firm_s", "lethality"]), frame(OBJECTS, ["object", "kind"])
    )
    assert [curve.name for curve in curves] == ["all others", "decoy", "debris"]
    for curve, area in zip(curves, (0.75, 0.5, 1.0), strict=True):
        assert curve.area == pytest.approx((area,) * 3)
    assert [(curve.lethal, curve.others) for curve in curves] == [(4, 4), (4, 2), (4, 2)]


def test_nothing_to_tell_apart_gives_no_curve():
    """Without lethal tracks, or without others, there is nothing to draw."""
    objects = frame(OBJECTS, ["object", "kind"])
    for kept in (TRACKS[:2], TRACKS[2:]):
        assert list_operating_curves(
            frame(kept, ["object", "firm_s", "lethality"]), objects
        ) == []  # fmt: skip
