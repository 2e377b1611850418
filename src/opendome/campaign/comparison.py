"""Campaigns with common random numbers side by side: paired differences with intervals."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from opendome.campaign import tracking
from opendome.campaign.results import Campaign
from opendome.campaign.summary import count_by_replication
from opendome.errors import BadInput
from opendome.statistics import (
    PairedDifference,
    compare_paired_means,
    compare_paired_ratios,
    describe_difference,
)

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


class _Outcome(NamedTuple):
    """What is compared of one campaign; one value per replication that both have."""

    lethal: Floats
    leaked: Floats
    shots: Floats
    fell_short: dict[str, Floats]  # by nation or sea
    held: dict[str, tracking.HeldClass]  # by class of object
    errors: dict[
        tuple[str, str], Floats
    ]  # of tracks, by column and class; NaN where there are none
    area: Floats  # under the operating curve, NaN where there is none


def compare(campaigns: Mapping[str, Campaign]) -> list[dict[str, Any]]:
    """Paired differences, second minus first, for every pair of campaigns and every measure.

    Returns
    -------
    list of dict
        `a`, `b`, `measure`, `difference`, `low`, `high`, `level`, `variance_reduction`, `verdict`.
        Measures: `leakage`, `expected_leakers`, `no_leaker`, `shots`; for each place that warheads
        fell short on, `fell_short:PLACE`; `operating_area` (chance that the track of a lethal
        object seems more lethal than that of a decoy or of debris); for each class of object,
        `held_share:CLASS` (share of its flight with a firm track on it, 0 if never),
        `warned_share:CLASS` (share of the time from launch to its end that is left when it is first
        detected, 0 if never), `firm_share:CLASS`, `first_firm_s:CLASS` (mean after launch of those
        that became firm), `position_rmse_m:CLASS` and `velocity_rmse_m_s:CLASS` (errors of their
        tracks, over all looks). Areas, times and errors are over replications where both have one.
        None where the sample gives no value. The verdict is `higher`, `lower` or `no difference
        found`.

    Raises
    ------
    BadInput
        Where the campaigns do not have the same seed and number of replications.
    """
    check_pairable(campaigns)
    rows = []
    for a, b in combinations(campaigns, 2):
        for measure, found in _compare_two(campaigns[a], campaigns[b]):
            rows.append(
                {
                    "a": a,
                    "b": b,
                    "measure": measure,
                    "difference": _finite(found.difference),
                    "low": _finite(found.low),
                    "high": _finite(found.high),
                    "level": found.level,
                    "variance_reduction": _finite(found.variance_reduction),
                    "verdict": describe_difference(found),
                }
            )
    return rows


def check_pairable(campaigns: Mapping[str, Campaign]) -> None:
    """Raise `BadInput` unless all campaigns have the same seed and number of replications."""
    facts = {
        name: (campaign.manifest["seed"], campaign.manifest["runs"])
        for name, campaign in campaigns.items()
    }
    if len(set(facts.values())) > 1:
        told = "; ".join(f"{name}: seed {seed}, {runs}" for name, (seed, runs) in facts.items())
        raise BadInput(f"campaigns compare only with equal seed and runs; {told} runs")


def _compare_two(a: Campaign, b: Campaign) -> Iterator[tuple[str, PairedDifference]]:
    runs_a, runs_b = _completed(a), _completed(b)
    common = np.intersect1d(runs_a.index, runs_b.index)
    first, second = _outcome(a, runs_a, common), _outcome(b, runs_b, common)
    yield (
        "leakage",
        compare_paired_ratios(first.leaked, first.lethal, second.leaked, second.lethal),
    )
    yield "expected_leakers", compare_paired_means(first.leaked, second.leaked)
    yield "no_leaker", compare_paired_means(first.leaked == 0, second.leaked == 0)
    yield "shots", compare_paired_means(first.shots, second.shots)
    none = np.zeros(common.size)
    for place in sorted({*first.fell_short, *second.fell_short}):
        yield (
            f"fell_short:{place or 'elsewhere'}",
            compare_paired_means(
                first.fell_short.get(place, none), second.fell_short.get(place, none)
            ),
        )

    yield from _compare_where_both("operating_area", first.area, second.area)
    for kind in first.held:
        if kind in second.held:
            yield from _compare_held(kind, first.held[kind], second.held[kind])
    for column, kind in first.errors:
        if (column, kind) in second.errors:
            yield from _compare_where_both(
                f"{column}:{kind}", first.errors[column, kind], second.errors[column, kind]
            )


def _compare_held(
    kind: str, a: tracking.HeldClass, b: tracking.HeldClass
) -> Iterator[tuple[str, PairedDifference]]:
    yield f"held_share:{kind}", compare_paired_ratios(a.held, a.objects, b.held, b.objects)
    yield f"warned_share:{kind}", compare_paired_ratios(a.warned, a.objects, b.warned, b.objects)
    yield f"firm_share:{kind}", compare_paired_ratios(a.firm, a.objects, b.firm, b.objects)
    yield from _compare_where_both(f"first_firm_s:{kind}", a.first_firm_s, b.first_firm_s)


def _compare_where_both(
    measure: str, a: Floats, b: Floats
) -> Iterator[tuple[str, PairedDifference]]:
    """The difference of means over replications where both have a value; nothing if none has."""
    both = np.isfinite(a) & np.isfinite(b)
    if both.any():
        yield measure, compare_paired_means(a[both], b[both])


def _completed(campaign: Campaign) -> pd.DataFrame:
    table = campaign.replications()
    return table[~table["failed"]].set_index("replication")


def _outcome(campaign: Campaign, runs: pd.DataFrame, numbers: NDArray[Any]) -> _Outcome:
    table = runs.loc[numbers]
    threats = campaign.store.read(
        "threats", ["object", "lethal", "fate", "fell_on", *tracking.THREAT_COLUMNS]
    )
    threats = threats[(threats["outer"] == 0) & threats["replication"].isin(numbers)]
    tracks = campaign.store.read("tracks", ["object", "firm_s", "lethality"])
    tracks = tracks[(tracks["outer"] == 0) & tracks["replication"].isin(numbers)]
    short = threats[threats["lethal"] & (threats["fate"] == "fell-short")]
    picture = campaign.store.read("picture")
    picture = picture[(picture["outer"] == 0) & picture["replication"].isin(numbers)]
    classes = tracking.list_classes(threats)
    return _Outcome(
        lethal=table["lethal"].to_numpy(float),
        leaked=table["leaked"].to_numpy(float),
        shots=table["shots"].to_numpy(float),
        fell_short={
            str(place): count_by_replication(rows, numbers)
            for place, rows in short.groupby("fell_on")
        },
        held={kind: tracking.count_held(threats, kind, numbers) for kind in classes},
        errors={
            (column, kind): tracking.find_track_errors(picture, kind, column, numbers)
            for column in tracking.ERROR_COLUMNS
            for kind in classes
        },
        area=tracking.find_operating_areas(tracks, threats, numbers),
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
