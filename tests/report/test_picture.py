"""What the section on tracking draws is what the record holds."""

import math

import numpy as np
import pandas as pd
import pytest
from stored_rows import battle_rows

from opendome.campaign.summary import summarise
from opendome.report.picture import _find_edges, list_arrivals, list_series, read_picture
from opendome.report.recorded import open_recorded
from opendome.tables.picture import LOOK_S


@pytest.fixture
def picture(write_campaign):
    """All that is drawn of two equal replications."""
    recorded = open_recorded(write_campaign([battle_rows(), battle_rows()]))
    return read_picture(recorded, summarise(recorded.store))


def test_series_are_ratios_of_sums(picture):
    """One warhead of two held, by two tracks; a third track is of nothing; decoys are left out."""
    (warhead,) = picture.series.classes
    assert warhead.name == "warhead"
    assert warhead.completeness == pytest.approx([0.5] * 4)
    assert warhead.ambiguity == pytest.approx([2.0] * 4)
    assert warhead.position_rmse_m == pytest.approx([1000.0, 500.0, 1000.0 / 3.0, 250.0])
    assert warhead.nees == pytest.approx([5.0, 6.0, 7.0, 8.0])
    assert warhead.is_consistent.all()
    assert picture.series.spuriousness == pytest.approx([1.0 / 3.0] * 4)
    assert warhead.time_min == pytest.approx([0.25, 1.25, 2.25, 3.25])


def test_gospa_leaves_decoys_out(picture):
    """One object missed, one second and one lone track, at a price of 50 km2 each."""
    assert picture.gospa.missed_m == pytest.approx([math.sqrt(0.5) * 1e4] * 4)
    assert picture.gospa.false_m == pytest.approx([1e4] * 4)
    assert picture.gospa.localisation_m[1] == pytest.approx(500.0)


def test_impacts_come_by_class(picture):
    """Bins in rising order."""
    (warhead,) = picture.impacts
    assert warhead.time_to_go_s.tolist() == [0.0, 240.0]
    assert warhead.median_m == pytest.approx([300.0, 2000.0])


def test_arrivals_are_after_launch_and_count_what_was_never_found():
    """Two objects launched at 60 s, one of them never seen."""
    threats = pd.DataFrame(
        {
            "kind": ["warhead", "warhead", "decoy"],
            "launch_s": 60.0,
            "own_detection_s": [100.0, math.nan, 5.0],
            "own_firm_s": [110.0, math.nan, 6.0],
            "held_share": [0.5, 0.0, 1.0],
        }
    )
    (warhead,) = list_arrivals(threats)
    assert (warhead.name, warhead.objects) == ("warhead", 2)
    assert (warhead.detected_s.tolist(), warhead.firm_s.tolist()) == ([40.0], [50.0])


@pytest.mark.parametrize("last_s", [0.0, 30.0, 1799.0, 5400.0, 5401.0, 20_000.0])
def test_bins_are_few_whole_and_cover_all(last_s):
    """At most about sixty, edges on whole looks, no time left out."""
    edges = _find_edges(last_s)
    assert edges[0] == 0.0
    assert edges[-1] > last_s
    assert len(edges) <= 63
    assert (np.diff(edges) >= LOOK_S).all()
    assert np.allclose(edges % LOOK_S, 0.0)


def test_a_campaign_without_looks_has_no_series():
    """Nothing is drawn of nothing."""
    assert list_series(pd.DataFrame(columns=["time_s"])) is None
