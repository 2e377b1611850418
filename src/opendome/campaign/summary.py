"""What a campaign found, from its stored tables alone: the answer of `opendome run --json`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from opendome.campaign import tracking
from opendome.campaign.store import Store
from opendome.statistics import (
    Estimate,
    estimate_drawn_ratios,
    find_mean_interval,
    find_quantiles,
    find_ratio_interval,
    find_size_interval,
    find_wilson_interval,
)
from opendome.tables.codes import LAYERS, REASONS
from opendome.tables.record import FORMAT

if TYPE_CHECKING:
    import pandas as pd

# An attacker who chooses the time takes one of the worst 5 % for the defence.
_WORST_TIMES: Final = 0.05
_LEAST_RAIDS_TO_RANK: Final = 20
_RANGE_LEVEL: Final = 0.9  # share of the draws of the assumptions inside `assumption_range`
_UNKNOWN_REASON: Final = "not-recorded"

_THREAT_COLUMNS: Final = (
    "nation",
    "aim_weight",
    "lethal",
    "fate",
    "fate_layer",
    "fell_on",
    "first_reason",
    "second_shot_possible",
    "shots",
    "in_area",
    "left_alone",
    *tracking.THREAT_COLUMNS,
)


def summarise(store: Store) -> dict[str, Any]:
    """Summary of a stored campaign; failed replications are counted and left out of the rest.

    Intervals are of the mean at best values, over replications, at 95 %. Counts of warheads and
    shots are means per raid. What the sample cannot say is None.
    """
    content = store.read_manifest()
    runs = store.read("replications")
    best = runs[runs["outer"] == 0]
    done = best[~best["failed"]]
    numbers = done["replication"].to_numpy()
    threats = of_replications(store.read("threats", _THREAT_COLUMNS), numbers)
    shots = of_replications(store.read("engagements", ["layer", "result", "track"]), numbers)
    leaked, lethal = done["leaked"].to_numpy(float), done["lethal"].to_numpy(float)
    warheads = threats[threats["lethal"]]
    summary = {
        "format": FORMAT,
        "scenario": content["name"],
        "scenario_hash": content["scenario_hash"],
        "seed": content["seed"],
        "runs": len(best),
        "failed": int(best["failed"].sum()),
        "threat_objects": len(threats) / len(done) if len(done) else math.nan,
        "raid": {
            name: float(done[name].mean()) if len(done) else math.nan
            for name in ("missiles", "warheads", "objects")
        },
        "lethal_warheads": _mean_count(lethal),
        "leakage": {
            **_summarise_leakage(leaked, lethal, runs),
            "adversary_timed": measure_adversary_timing(done),
        },
        "weighted_leakage": _as_json(find_ratio_interval(*weigh_leakers(warheads, numbers))),
        "no_leaker": _share(leaked == 0),
        "at_most_one": _share(leaked <= 1),
        "expected_leakers": _mean_count(leaked),
        "leakers": _distribution(leaked),
        "fell_short": _by_place(threats, numbers),
        "by_layer": _by_layer(shots, warheads, len(done)),
        "by_nation": _by_nation(warheads, of_replications(store.read("nations"), numbers), numbers),
        "first_reason": _first_reasons(warheads),
        "radar_time": _describe_radars(of_replications(store.read("radars"), numbers), len(done)),
        "second_shot_possible": _second_shots(warheads, numbers),
        "shots": _mean_count(done["shots"].to_numpy(float)),
        "left_alone": _describe_left_alone(threats, shots, numbers),
        "tracking": tracking.summarise_tracking(
            threats,
            of_replications(store.read("picture"), numbers),
            of_replications(store.read("impacts"), numbers),
            numbers,
        ),
        "boost_in_reach": _mean_count(done["boost_in_reach"].to_numpy(float)),
        "out": str(store.path),
    }
    cleaned: dict[str, Any] = _without_nan(summary)
    return cleaned


def count_by_replication(table: pd.DataFrame, numbers: NDArray[Any]) -> NDArray[np.float64]:
    """Rows of `table` in each of the given replications, none counted as zero."""
    counts = table["replication"].value_counts()
    return np.asarray(counts.reindex(numbers, fill_value=0), np.float64)


def weigh_leakers(
    warheads: pd.DataFrame, numbers: NDArray[Any]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lethal warheads that leaked, and all, by replication, by the weight of the area aimed at.

    Weights are those of the areas themselves, before their nations', so that all architectures are
    measured alike. Units are such that the sum over all is the number of equal warheads that says
    as much (Kish 1965, Survey Sampling, section 11.7), as the interval of their ratio needs it.
    """
    weight = warheads["aim_weight"]
    squares = float((weight**2).sum())
    equal = weight * (weight.sum() / squares if squares > 0.0 else 0.0)
    leaked, aimed = (
        part.groupby(warheads["replication"]).sum().reindex(numbers, fill_value=0.0).to_numpy(float)
        for part in (equal.where(warheads["fate"] == "leaked", 0.0), equal)
    )
    return np.minimum(leaked, aimed), aimed


def _summarise_leakage(
    leaked: NDArray[np.float64], lethal: NDArray[np.float64], runs: pd.DataFrame
) -> dict[str, Any]:
    estimate = find_ratio_interval(leaked, lethal)
    counts = lethal > 0
    low, middle, high = find_quantiles(leaked[counts] / lethal[counts], [0.05, 0.5, 0.95])
    return {
        "mean": estimate.mean,
        "monte_carlo_interval": {
            "low": estimate.low,
            "high": estimate.high,
            "level": estimate.level,
        },
        "outcome_quantiles": {"p05": low, "p50": middle, "p95": high},
        "assumption_range": _assumption_range(runs),
    }


def measure_adversary_timing(done: pd.DataFrame) -> dict[str, Any] | None:
    """Leakage in the raids whose time suits the attacker best; `done` are rows of replications.

    Those are the raids with the smallest share of missiles in reach in boost, up to the 5 %
    quantile of that share, with ties: the moment decides which satellites are near, and ranking by
    it rather than by the outcome keeps luck out. None below 20 raids, or where the share never
    differs.
    """
    counts = done[done["lethal"] > 0]
    in_reach = counts["boost_in_reach"] / counts["missiles"]
    if len(counts) < _LEAST_RAIDS_TO_RANK or in_reach.nunique() < 2:
        return None
    worst = counts[in_reach <= in_reach.quantile(_WORST_TIMES, interpolation="lower")]
    found = find_ratio_interval(worst["leaked"].to_numpy(float), worst["lethal"].to_numpy(float))
    return {
        "mean": found.mean,
        "low": found.low,
        "high": found.high,
        "level": found.level,
        "raids": len(worst),
        "of_raids": len(counts),
    }


def _assumption_range(runs: pd.DataFrame) -> dict[str, Any] | None:
    """Spread of the leakage over draws of the assumptions; None where none was run.

    `low` and `high` hold 90 % of the draws. They also hold what chance is left in the few
    replications of each draw, a standard error of about `sampling_error`.
    """
    counts = runs.assign(
        leaked=runs["leaked"].where(~runs["failed"], 0),
        lethal=runs["lethal"].where(~runs["failed"], 0),
    ).set_index(["outer", "replication"])[["leaked", "lethal"]]
    table = counts.unstack(fill_value=0)
    if 0 not in table.index or len(table) < 2:
        return None
    drawn = table.drop(index=0)
    in_draws = sorted(set(runs.loc[runs["outer"] > 0, "replication"]))
    common = [*in_draws, *(number for number in table["lethal"] if number not in set(in_draws))]
    found = estimate_drawn_ratios(
        drawn["leaked"][in_draws],
        drawn["lethal"][in_draws],
        table["leaked"].loc[0, common],
        table["lethal"].loc[0, common],
    )
    ratios = found.ratio[np.isfinite(found.ratio)]
    if not ratios.size:
        return None
    low, middle, high = find_quantiles(ratios, [0.05, 0.5, 0.95])
    return {
        "low": low,
        "median": middle,
        "high": high,
        "level": _RANGE_LEVEL,
        "mean": _as_json(find_mean_interval(ratios)),
        "draws": int(ratios.size),
        "runs_per_draw": len(in_draws),
        "sampling_error": found.sampling_error,
    }


def _share(holds: NDArray[np.bool_]) -> dict[str, Any]:
    found = find_wilson_interval(int(holds.sum()), holds.size)
    return {"probability": found.mean, "low": found.low, "high": found.high, "level": found.level}


def _distribution(leaked: NDArray[np.float64]) -> list[dict[str, Any]]:
    if leaked.size == 0:
        return []
    counts = np.bincount(leaked.astype(np.int64))
    return [
        {"leakers": number, "share": count / leaked.size} for number, count in enumerate(counts)
    ]


def _by_place(threats: pd.DataFrame, numbers: NDArray[Any]) -> list[dict[str, Any]]:
    short = threats[threats["lethal"] & (threats["fate"] == "fell-short")]
    return [
        {
            "nation": place or "elsewhere",
            "warheads": _mean_count(count_by_replication(rows, numbers)),
        }
        for place, rows in short.groupby("fell_on")
    ]


def _by_layer(shots: pd.DataFrame, warheads: pd.DataFrame, n_done: int) -> list[dict[str, Any]]:
    ended = warheads[warheads["fate"].isin(["stopped", "fell-short"])]["fate_layer"]
    kills = shots[shots["result"] == "killed"]
    each = n_done or math.nan
    return [
        {
            "layer": layer,
            "shots": int((shots["layer"] == layer).sum()) / each,
            "kills": int((kills["layer"] == layer).sum()) / each,
            "warheads": int((ended == layer).sum()) / each,
        }
        for layer in LAYERS
    ]


def _by_nation(
    warheads: pd.DataFrame, warnings: pd.DataFrame, numbers: NDArray[Any]
) -> list[dict[str, Any]]:
    rows = []
    warning_s = {nation: own["warning_s"].dropna() for nation, own in warnings.groupby("nation")}
    for nation, aimed in warheads.groupby("nation"):
        leaked = count_by_replication(aimed[aimed["fate"] == "leaked"], numbers)
        lethal = count_by_replication(aimed, numbers)
        rows.append(
            {
                "nation": nation,
                "warheads": float(lethal.mean()),
                "leakers": _mean_count(leaked),
                "leakage": _as_json(find_ratio_interval(leaked, lethal)),
                "weighted_leakage": _as_json(find_ratio_interval(*weigh_leakers(aimed, numbers))),
                "warning_s": _as_json(find_mean_interval(warning_s.get(nation, []))),
            }
        )
    return rows


def _first_reasons(warheads: pd.DataFrame) -> list[dict[str, Any]]:
    """Shares of the leakers by first reason, in the order of the chain; they sum to one."""
    given = warheads.loc[warheads["fate"] == "leaked", "first_reason"]
    reasons = given.where(given.isin(REASONS), _UNKNOWN_REASON)
    counts = reasons.value_counts()
    return [
        {"reason": reason, "share": int(counts[reason]) / len(reasons)}
        for reason in (*REASONS, _UNKNOWN_REASON)
        if reason in counts
    ]


def _describe_radars(radars: pd.DataFrame, n_done: int) -> list[dict[str, Any]]:
    """How much of its time for tracks each radar used, those first whose cues waited most.

    Cues are means per raid; `refused_share` is of the cues that asked. Shares of time are means
    over the raids in which any cue asked that radar, of minutes in which any did.
    """
    rows = []
    for sensor, own in radars.groupby("sensor"):
        asked, refused = float(own["cues_asked"].sum()), float(own["cues_refused"].sum())
        rows.append(
            {
                "sensor": sensor,
                "cues_asked": asked / n_done,
                "cues_refused": refused / n_done,
                "refused_share": refused / asked,
                "track_time_share": float(own["track_time_share"].mean()),
                "busiest_share": float(own["busiest_share"].mean()),
            }
        )
    return sorted(rows, key=lambda row: (-row["refused_share"], row["sensor"]))


def _second_shots(warheads: pd.DataFrame, numbers: NDArray[Any]) -> dict[str, Any]:
    possible = count_by_replication(warheads[warheads["second_shot_possible"]], numbers)
    found = find_ratio_interval(possible, count_by_replication(warheads, numbers))
    return {"share": found.mean, "low": found.low, "high": found.high, "level": found.level}


def _describe_left_alone(
    threats: pd.DataFrame, shots: pd.DataFrame, numbers: NDArray[Any]
) -> dict[str, Any]:
    """What comes down outside all defended areas, per raid: left alone, or shot at all the same.

    `shots_saved` takes each object left alone to have got as many shots as a track that was shot
    at on average.
    """
    outside = threats[~threats["in_area"].astype(bool)]
    left = count_by_replication(outside[outside["left_alone"].astype(bool)], numbers)
    fired_at = count_by_replication(outside[outside["shots"] > 0], numbers)
    tracks = len(shots.groupby(["replication", "track"]))
    each = len(shots) / max(tracks, 1)
    return {
        "objects": _mean_count(left),
        "shots_per_track": each,
        "shots_saved": _mean_count(left * each),
        "shot_at_all_the_same": _mean_count(fired_at),
    }


def of_replications(table: pd.DataFrame, numbers: NDArray[Any]) -> pd.DataFrame:
    """Rows of these replications at best values."""
    return table[(table["outer"] == 0) & table["replication"].isin(numbers)]


def _mean_count(values: NDArray[np.float64]) -> dict[str, float]:
    """Mean of a count per raid."""
    return _as_json(find_size_interval(values))


def _as_json(estimate: Estimate) -> dict[str, float]:
    return estimate._asdict()


def _without_nan(item: Any) -> Any:
    """The same with None for NaN and infinity, which JSON has no form for."""
    if isinstance(item, Mapping):
        return {name: _without_nan(value) for name, value in item.items()}
    if isinstance(item, list):
        return [_without_nan(value) for value in item]
    if isinstance(item, float) and not math.isfinite(item):
        return None
    return item
