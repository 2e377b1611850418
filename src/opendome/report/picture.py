"""From recorded scores of the picture to what the section on tracking shows; no drawing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from opendome.campaign.tracking import list_classes, split_gospa, weigh_errors
from opendome.report.figures.picture import (
    LONG_RAID_S,
    Arrivals,
    ClassSeries,
    GospaSeries,
    ImpactErrors,
    PictureSeries,
)
from opendome.report.recorded import Recorded
from opendome.statistics import find_chi_square_band
from opendome.tables.picture import LOOK_S, NEES_DEGREES, PICTURE_CLASSES, POOLED

Floats = NDArray[np.float64]

# Bins of the time axis: as many at most, each whole looks wide.
_MOST_BINS: Final = 60

_THREAT_COLUMNS: Final = ("kind", "launch_s", "own_detection_s", "own_firm_s", "held_share")


class Picture(NamedTuple):
    """All that the section on tracking draws."""

    arrivals: list[Arrivals]
    series: PictureSeries | None
    gospa: GospaSeries | None
    impacts: list[ImpactErrors]


def read_picture(recorded: Recorded, summary: Mapping[str, Any]) -> Picture:
    """What is drawn of a stored campaign; `summary` is its summary."""
    picture = recorded.read("picture")
    threats = recorded.read("threats", columns=_THREAT_COLUMNS)
    return Picture(
        arrivals=list_arrivals(threats),
        series=list_series(picture),
        gospa=list_gospa(picture),
        impacts=list_impacts(summary["tracking"]["impact_error"]),
    )


def list_arrivals(threats: pd.DataFrame) -> list[Arrivals]:
    """Times from the missile's launch to an object's own detection and firm track, by class."""
    arrivals = []
    for kind in list_classes(threats):
        own = threats[(threats["kind"] == kind) & threats["held_share"].notna()]
        detected, firm = (
            np.sort((own[column] - own["launch_s"]).dropna().to_numpy(float))
            for column in ("own_detection_s", "own_firm_s")
        )
        arrivals.append(Arrivals(kind, len(own), detected, firm))
    return arrivals


def list_series(picture: pd.DataFrame) -> PictureSeries | None:
    """Scores over the time of the raid, by class and over all replications; None without looks."""
    if picture.empty:
        return None
    edges_s = _find_edges(float(picture["time_s"].max()))
    table = weigh_errors(picture).assign(bin=_sort_in(picture["time_s"], edges_s))
    tracks = table.groupby("bin")["tracks"].sum()
    alone = table[table["class"] == ""].groupby("bin")["tracks"].sum().reindex(tracks.index)
    seen = tracks[tracks > 0].index
    shown = table[(table["class"] != "") & (table["class"] != POOLED)]
    return PictureSeries(
        time_min=_middles(seen, edges_s),
        spuriousness=(alone.fillna(0.0)[seen] / tracks[seen]).to_numpy(float),
        classes=[
            _list_class(kind, shown[shown["class"] == kind], edges_s)
            for kind in PICTURE_CLASSES
            if (shown["class"] == kind).any()
        ],
    )


def _list_class(kind: str, rows: pd.DataFrame, edges_s: Floats) -> ClassSeries:
    names = ["objects", "held", "tracks", "measured", "position", "squared", "inside"]
    sums = rows.groupby("bin")[names].sum().astype(float)
    measured = sums["measured"].where(sums["measured"] > 0.0)
    bands = [
        find_chi_square_band(NEES_DEGREES, int(number)) if number == number else (np.nan, np.nan)
        for number in measured
    ]
    nees = sums["squared"] / measured
    low, high = (np.array([band[k] for band in bands], float) for k in (0, 1))
    return ClassSeries(
        name=kind,
        time_min=_middles(sums.index, edges_s),
        completeness=(sums["held"] / sums["objects"]).to_numpy(float),
        ambiguity=(sums["tracks"] / sums["held"].where(sums["held"] > 0.0)).to_numpy(float),
        position_rmse_m=np.sqrt((sums["position"] / measured).to_numpy(float)),
        nees=nees.to_numpy(float),
        is_consistent=np.asarray((nees >= low) & (nees <= high)),
        nees_inside=(sums["inside"] / measured).to_numpy(float),
    )


def list_gospa(picture: pd.DataFrame) -> GospaSeries | None:
    """Root mean square of GOSPA and its parts over replications; None without looks."""
    if picture.empty:
        return None
    parts = split_gospa(picture)
    edges_s = _find_edges(float(parts["time_s"].max()))
    bins = _sort_in(parts["time_s"], edges_s)
    means = parts.groupby(bins)[["localisation", "missed", "false"]].mean()
    return GospaSeries(
        _middles(means.index, edges_s),
        *(np.sqrt(means[name].to_numpy(float)) for name in ("localisation", "missed", "false")),
    )


def list_impacts(rows: Sequence[Mapping[str, Any]]) -> list[ImpactErrors]:
    """The summary's impact errors by class, in rising time to go."""
    classes = list(dict.fromkeys(str(row["class"]) for row in rows))
    found = []
    for name in classes:
        own = [row for row in rows if row["class"] == name]
        found.append(
            ImpactErrors(
                name,
                *(
                    np.array([_number(value) for value in column], float)
                    for column in (
                        [row["time_to_go_s"] for row in own],
                        [row["median_error_m"]["mean"] for row in own],
                        [row["p90_error_m"]["mean"] for row in own],
                        [row["median_sigma_m"]["mean"] for row in own],
                    )
                ),
            )
        )
    return found


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _find_edges(last_s: float) -> Floats:
    """Edges [s] of the bins of time: equal ones, of long raids ever wider ones."""
    n = math.floor(last_s / LOOK_S) + 1
    if last_s <= LONG_RAID_S:
        width = math.ceil(n / _MOST_BINS)
        looks = np.arange(0, n + width, width)
    else:
        looks = np.unique(np.rint(np.geomspace(1.0, n, _MOST_BINS)).astype(int))
        looks = np.append(0, np.append(looks[looks < n], n))
    return LOOK_S * looks.astype(np.float64)


def _sort_in(time_s: Any, edges_s: Floats) -> Any:
    return np.searchsorted(edges_s, time_s, side="right") - 1


def _middles(bins: Any, edges_s: Floats) -> Floats:
    """Middles of bins [min]."""
    rows = np.asarray(bins, np.int64)
    return 0.5 * (edges_s[rows] + edges_s[rows + 1]) / 60.0
