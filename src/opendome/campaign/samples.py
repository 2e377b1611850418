"""What campaigns are compared by: one value, or one count out of another, per replication."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from opendome.campaign import tracking
from opendome.campaign.results import Campaign
from opendome.campaign.summary import count_by_replication, of_replications, weigh_leakers
from opendome.statistics import (
    Estimate,
    PairedDifference,
    compare_paired_means,
    compare_paired_ratios,
    compare_paired_shares,
    find_mean_interval,
    find_ratio_interval,
    find_size_interval,
    find_wilson_interval,
)

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


class Sample(NamedTuple):
    """A measure of one campaign: values by replication (n,), or the two sums of a ratio."""

    top: Floats  # NaN where a replication has no value
    bottom: Floats | None = None  # the ratio's denominators; None: the mean of `top` is meant
    yes_or_no: bool = False  # `top` is 0 or 1 in every replication
    are_counts: bool = True  # a ratio's sums count things; else they add up shares of them

    def count_known(self) -> int:
        """Replications that have a value."""
        return int(np.isfinite(self.top).sum())

    def estimate(self) -> Estimate:
        """The campaign's level with its interval, over replications that have a value."""
        if self.yes_or_no:
            return find_wilson_interval(float(self.top.sum()), self.top.shape[0])
        if self.bottom is None:
            known = self.top[np.isfinite(self.top)]
            find = find_mean_interval if (known < 0.0).any() else find_size_interval
            return find(known)
        return find_ratio_interval(np.minimum(self.top, self.bottom), self.bottom)

    def compare(self, other: Sample) -> PairedDifference | None:
        """`other` minus this one; None where no replication has a value in both."""
        if self.bottom is not None and other.bottom is not None:
            return compare_paired_ratios(
                self.top, self.bottom, other.top, other.bottom, are_counts=self.are_counts
            )
        both = np.isfinite(self.top) & np.isfinite(other.top)
        if not both.any():
            return None
        compare = compare_paired_shares if self.yes_or_no else compare_paired_means
        return compare(self.top[both], other.top[both])


def list_completed(campaign: Campaign) -> NDArray[np.int64]:
    """Replications at best values that did not fail."""
    table = campaign.replications()
    return table.loc[~table["failed"], "replication"].to_numpy()


def take_samples(campaign: Campaign, numbers: NDArray[Any]) -> dict[str, Sample]:
    """Every measure of a campaign over these replications, by name.

    `leakage`, `weighted_leakage` (each warhead counts with the weight of the area it is aimed at),
    `expected_leakers`, `no_leaker`, `shots`; by nation `leakage:NATION`, `weighted_leakage:NATION`,
    `leakers:NATION`, `told_share:NATION` (whether a firm track was ever reported to it),
    `told_s:NATION` (the first one, after the scenario's zero) and `warning_s:NATION` (from then to
    the first impact on it with no defence); `fell_short:NATION`, and `fell_short` on all other
    places; `first_shot_s` (first feasible shot, after the first launch), `depth_s` and `depth_km`
    (from the first feasible shot at a warhead to its impact, in time and over ground; 0 where there
    was none); `operating_area` (chance that the track of a lethal object seems more lethal than
    that of a decoy or of debris); for each class of object `held_share` (of its flight with a firm
    track on it), `warned_share` (of the time from launch to its end, left when it is first
    detected), `firm_share`, `first_firm_s` (mean after launch of those that became firm),
    `position_rmse_m` and `velocity_rmse_m_s` (errors of their tracks, over all looks).
    """
    return dict(_list_samples(campaign, numbers))


def _list_samples(campaign: Campaign, numbers: NDArray[Any]) -> Iterator[tuple[str, Sample]]:
    table = campaign.replications().set_index("replication").loc[numbers]
    lethal, leaked = (table[name].to_numpy(float) for name in ("lethal", "leaked"))
    yield "leakage", Sample(leaked, lethal)
    yield "expected_leakers", Sample(leaked)
    yield "no_leaker", Sample((leaked == 0).astype(float), yes_or_no=True)
    yield "shots", Sample(table["shots"].to_numpy(float))
    threats = _read(campaign, "threats", numbers)
    lethals = threats[threats["lethal"]]
    yield "weighted_leakage", Sample(*weigh_leakers(lethals, numbers))
    short = lethals[lethals["fate"] == "fell-short"]
    nations = _read(campaign, "nations", numbers)
    yield from _list_nations(nations, numbers)
    for nation in nations["nation"].unique():
        aimed = lethals[lethals["nation"] == nation]
        yield f"weighted_leakage:{nation}", Sample(*weigh_leakers(aimed, numbers))
        on_it = short[short["fell_on"] == nation]
        yield f"fell_short:{nation}", Sample(count_by_replication(on_it, numbers))
    elsewhere = short[~short["fell_on"].isin(nations["nation"])]
    yield "fell_short", Sample(count_by_replication(elsewhere, numbers))
    yield from _list_depths(lethals, numbers)
    tracks = _read(campaign, "tracks", numbers)
    areas = tracking.find_operating_areas(tracks, threats, numbers)
    yield "operating_area", Sample(areas)
    picture = _read(campaign, "picture", numbers)
    for kind in tracking.list_classes(threats):
        held = tracking.count_held(threats, kind, numbers)
        yield f"held_share:{kind}", Sample(held.held, held.objects, are_counts=False)
        yield f"warned_share:{kind}", Sample(held.warned, held.objects, are_counts=False)
        yield f"firm_share:{kind}", Sample(held.firm, held.objects)
        yield f"first_firm_s:{kind}", Sample(held.first_firm_s)
        for column in tracking.ERROR_COLUMNS:
            errors = tracking.find_track_errors(picture, kind, column, numbers)
            yield f"{column}:{kind}", Sample(errors)


def _list_nations(rows: pd.DataFrame, numbers: NDArray[Any]) -> Iterator[tuple[str, Sample]]:
    for nation, own in rows.groupby("nation", sort=False):
        own = own.set_index("replication").reindex(numbers)
        leaked = own["leaked"].fillna(0.0).to_numpy(float)
        yield f"leakage:{nation}", Sample(leaked, own["lethal"].fillna(0.0).to_numpy(float))
        yield f"leakers:{nation}", Sample(leaked)
        told = np.isfinite(own["told_s"].to_numpy(float)).astype(float)
        yield f"told_share:{nation}", Sample(told, yes_or_no=True)
        for column in ("told_s", "warning_s"):
            yield f"{column}:{nation}", Sample(own[column].to_numpy(float))


def _list_depths(lethals: pd.DataFrame, numbers: NDArray[Any]) -> Iterator[tuple[str, Sample]]:
    by = lethals.groupby("replication")
    first_s = by["first_feasible_s"].min() - by["launch_s"].min()
    yield "first_shot_s", Sample(first_s.reindex(numbers).to_numpy(float))
    for column in ("depth_s", "depth_km"):
        means = lethals[column].fillna(0.0).groupby(lethals["replication"]).mean()
        yield column, Sample(means.reindex(numbers).to_numpy(float))


def _read(campaign: Campaign, name: str, numbers: NDArray[Any]) -> pd.DataFrame:
    return of_replications(campaign.store.read(name), numbers)
