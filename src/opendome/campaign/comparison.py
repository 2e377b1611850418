"""Campaigns with common random numbers side by side: levels and paired differences."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import reduce
from itertools import combinations
from typing import Any

import numpy as np

from opendome.campaign.measure_labels import HEADLINES
from opendome.campaign.results import Campaign
from opendome.campaign.samples import Sample, list_completed, take_samples
from opendome.errors import BadInput
from opendome.statistics import describe_difference

Samples = Mapping[str, Mapping[str, Sample]]  # by campaign and measure


def compare(campaigns: Mapping[str, Campaign], baseline: str | None = None) -> list[dict[str, Any]]:
    """Paired differences, second minus first, of every measure, for pairs of campaigns.

    Parameters
    ----------
    campaigns : mapping of str to Campaign
        Of equal seed and number of replications.
    baseline : str, optional
        One of them, which all others are compared with; without it every pair is compared.

    Returns
    -------
    list of dict
        `a`, `b`, `measure`, `difference`, `low`, `high`, `level`, `variance_reduction`, `verdict`.
        Measures are those of `opendome.campaign.samples.take_samples`; values that not every
        replication has are over those where both have one. None where the sample gives no value.
        The verdict is `higher`, `lower` or `no difference found`.

    Raises
    ------
    BadInput
        Where the campaigns do not have the same seed and number of replications.
    """
    return compare_samples(sample_together(campaigns), baseline)


def compare_samples(samples: Samples, baseline: str | None = None) -> list[dict[str, Any]]:
    """As `compare`, of samples that were taken together."""
    pairs = (
        combinations(samples, 2)
        if baseline is None
        else [(baseline, name) for name in samples if name != baseline]
    )
    rows = []
    for a, b in pairs:
        for measure in dict.fromkeys([*samples[a], *samples[b]]):
            found = _compare_one(measure, samples[a], samples[b])
            if found is not None:
                rows.append({"a": a, "b": b, "measure": measure, **found})
    return rows


def describe_levels(samples: Samples) -> dict[str, dict[str, dict[str, Any]]]:
    """Level of every measure with its interval, by campaign and measure.

    `known` of `runs` replications have a value, and the level is over these.
    """
    return {
        name: {
            measure: {key: _finite(value) for key, value in sample.estimate()._asdict().items()}
            | {"known": sample.count_known(), "runs": sample.top.shape[0]}
            for measure, sample in own.items()
        }
        for name, own in samples.items()
    }


def list_headlines(levels: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Measures that a comparison shows, in order; none that is told of every raid in all."""
    known = dict.fromkeys(measure for own in levels.values() for measure in own)
    return [
        measure
        for name in HEADLINES
        for measure in known
        if measure.partition(":")[0] == name
        and not (
            name == "told_share"
            and all(own[measure]["mean"] == 1.0 for own in levels.values() if measure in own)
        )
    ]


def sample_together(campaigns: Mapping[str, Campaign]) -> Samples:
    """Samples of campaigns over the replications that all of them completed."""
    check_pairable(campaigns)
    common = reduce(np.intersect1d, (list_completed(each) for each in campaigns.values()))
    return {name: take_samples(each, common) for name, each in campaigns.items()}


def count_common(samples: Samples) -> int:
    """Replications that these samples, taken together, are over."""
    return next((sample.top.shape[0] for own in samples.values() for sample in own.values()), 0)


def check_pairable(campaigns: Mapping[str, Campaign]) -> None:
    """Raise `BadInput` unless all campaigns have the same seed and number of replications."""
    facts = {
        name: (campaign.manifest["seed"], campaign.manifest["runs"])
        for name, campaign in campaigns.items()
    }
    if len(set(facts.values())) > 1:
        told = "; ".join(f"{name}: seed {seed}, {runs}" for name, (seed, runs) in facts.items())
        raise BadInput(f"campaigns compare only with equal seed and runs; {told} runs")


def _compare_one(
    measure: str, a: Mapping[str, Sample], b: Mapping[str, Sample]
) -> dict[str, Any] | None:
    """Difference of one measure; None where there is nothing to compare."""
    first, second = a.get(measure), b.get(measure)
    if first is None or second is None:
        return None
    found = first.compare(second)
    if found is None:
        return None
    return {
        "difference": _finite(found.difference),
        "low": _finite(found.low),
        "high": _finite(found.high),
        "level": found.level,
        "variance_reduction": _finite(found.variance_reduction),
        "verdict": describe_difference(found),
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
