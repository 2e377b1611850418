"""How good the picture was over a campaign, from its stored tables alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from opendome.statistics import (
    Estimate,
    find_operating_area,
    find_ratio_interval,
    find_size_interval,
)
from opendome.tables.codes import DEBRIS, DECOY, LETHAL_KINDS, OBJECT_KINDS, PHASES
from opendome.tables.picture import CUTOFF_M, LOOK_S, NEES_BAND, PICTURE_CLASSES, POOLED

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

# Columns of `threats` that this needs.
THREAT_COLUMNS: Final = (
    "kind",
    "launch_s",
    "fate_s",
    "own_detection_s",
    "own_firm_s",
    "own_detection_phase",
    "own_firm_phase",
    "held_share",
    "longest_held_share",
    "track_segments",
)


# Columns of `picture` that are compared.
ERROR_COLUMNS: Final = ("position_rmse_m", "velocity_rmse_m_s")


class HeldClass(NamedTuple):
    """Objects of one class, one value per replication: sums over those that flew."""

    objects: Floats
    detected: Floats
    firm: Floats
    held: Floats  # sum of held shares
    longest: Floats
    warned: Floats  # sum of the shares of the time from launch to end that the first sight leaves
    first_detection_s: Floats  # mean after launch of those detected, NaN where none
    first_firm_s: Floats


def list_classes(threats: pd.DataFrame) -> list[str]:
    """Classes whose picture matters, in the order of the record: all but decoys and debris."""
    flown = set(threats.loc[threats["held_share"].notna(), "kind"])
    return [
        kind
        for kind, shown in zip(OBJECT_KINDS, PICTURE_CLASSES, strict=True)
        if kind in flown and shown != POOLED
    ]


def count_held(threats: pd.DataFrame, kind: str, numbers: NDArray[Any]) -> HeldClass:
    """What each of the given replications says of one class.

    Objects that were never looked at in flight, such as warheads whose missile was stopped before
    it released them, do not count.
    """
    own = threats[(threats["kind"] == kind) & threats["held_share"].notna()]
    own = own.assign(
        detected=own["own_detection_s"].notna(),
        firm=own["own_firm_s"].notna(),
        after_detection_s=own["own_detection_s"] - own["launch_s"],
        after_firm_s=own["own_firm_s"] - own["launch_s"],
        warned_share=_find_warned_share(own),
    )
    groups = own.groupby("replication")
    sums = groups[["detected", "firm", "held_share", "longest_held_share", "warned_share"]].sum()
    means = groups[["after_detection_s", "after_firm_s"]].mean().reindex(numbers)
    sums = sums.astype(float).reindex(numbers, fill_value=0.0)
    return HeldClass(
        objects=np.asarray(groups.size().reindex(numbers, fill_value=0), np.float64),
        detected=sums["detected"].to_numpy(),
        firm=sums["firm"].to_numpy(),
        held=sums["held_share"].to_numpy(),
        longest=sums["longest_held_share"].to_numpy(),
        warned=sums["warned_share"].to_numpy(),
        first_detection_s=means["after_detection_s"].to_numpy(float),
        first_firm_s=means["after_firm_s"].to_numpy(float),
    )


def _find_warned_share(own: pd.DataFrame) -> pd.Series:
    """Share of the time from a missile's launch to an object's end left at its first detection."""
    flown_s = (own["fate_s"] - own["launch_s"]).where(lambda s: s > 0.0)
    left_s = own["fate_s"] - own["own_detection_s"]
    return (left_s / flown_s).clip(0.0, 1.0).fillna(0.0)


def find_track_errors(
    picture: pd.DataFrame, kind: str, column: str, numbers: NDArray[Any]
) -> Floats:
    """Root mean square error of the tracks of a class in each of the given replications.

    Over objects that feed a firm track, all looks together; NaN where there are none. `column` is
    `position_rmse_m` or `velocity_rmse_m_s`.
    """
    rows = picture[(picture["class"] == kind) & (picture["measured"] > 0)]
    names = [column.split("_")[0], "measured"]
    sums = weigh_errors(rows).groupby("replication")[names].sum().reindex(numbers)
    errors: Floats = np.sqrt((sums[names[0]] / sums["measured"]).to_numpy(float))
    return errors


def weigh_errors(picture: pd.DataFrame) -> pd.DataFrame:
    """Rows of the table with what adds up over them: squared errors, NEES, how many are inside.

    Columns `position` [m2], `velocity` [m2/s2], `squared` and `inside` are sums over the objects
    that the row has `measured`.
    """
    n = picture["measured"].to_numpy(float)
    return picture.assign(
        position=n * picture["position_rmse_m"].fillna(0.0) ** 2,
        velocity=n * picture["velocity_rmse_m_s"].fillna(0.0) ** 2,
        squared=n * picture["nees"].fillna(0.0),
        inside=n * picture["nees_inside"].fillna(0.0),
    )


def find_operating_areas(
    tracks: pd.DataFrame, threats: pd.DataFrame, numbers: NDArray[Any]
) -> Floats:
    """Area under the operating curve of lethal objects against decoys and debris.

    Parameters
    ----------
    tracks, threats : DataFrame
        Rows of both tables, at best values.
    numbers : (n,) int64
        Replications; NaN for those where one of the two kinds has no firm track.
    """
    firm = tracks[tracks["firm_s"].notna() & tracks["lethality"].notna()]
    known = firm.merge(threats[["replication", "object", "kind"]], on=["replication", "object"])
    lethal = known["kind"].isin([OBJECT_KINDS[code] for code in LETHAL_KINDS])
    others = known["kind"].isin([OBJECT_KINDS[code] for code in (DECOY, DEBRIS)])
    return np.array(
        [
            find_operating_area(
                known.loc[lethal & own, "lethality"], known.loc[others & own, "lethality"]
            )
            for own in (known["replication"] == number for number in numbers)
        ]
    )


def summarise_tracking(
    threats: pd.DataFrame, picture: pd.DataFrame, impacts: pd.DataFrame, numbers: NDArray[Any]
) -> dict[str, Any]:
    """The summary's section on tracking.

    Parameters
    ----------
    threats, picture, impacts : DataFrame
        Rows of the replications at best values that did not fail.
    numbers : (n,) int64
        Those replications.

    Returns
    -------
    dict
        Estimates are means over replications with 95 % intervals. Shares and completeness are
        ratios of sums; times are medians within a replication, after the missile's launch; errors
        are root mean squares within one.
    """
    return {
        "look_s": LOOK_S,
        "cutoff_m": CUTOFF_M,
        "nees_band": list(NEES_BAND),
        "by_class": [_describe_class(threats, picture, kind, numbers)
                     for kind in list_classes(threats)],
        "by_phase": _describe_phases(picture, numbers),
        "spuriousness": _estimate_spuriousness(picture, numbers),
        "gospa": _estimate_gospa(picture, numbers),
        "impact_error": _describe_impacts(impacts),
    }  # fmt: skip


def _describe_class(
    threats: pd.DataFrame, picture: pd.DataFrame, kind: str, numbers: NDArray[Any]
) -> dict[str, Any]:
    held = count_held(threats, kind, numbers)
    own = threats[(threats["kind"] == kind) & threats["held_share"].notna()]
    lost_numbers = (own["track_segments"] - 1).clip(lower=0).groupby(own["replication"]).sum()
    rows = picture[picture["class"] == kind]
    return {
        "class": kind,
        "objects": float(held.objects.mean()) if numbers.size else np.nan,
        "held_share": _ratio(held.held, held.objects),
        "detected_share": _ratio(held.detected, held.objects),
        "firm_share": _ratio(held.firm, held.objects),
        "by_phase_found": _describe_found(own, held.objects, numbers),
        "longest_held_share": _ratio(held.longest, held.objects),
        "median_first_detection_s": _median_after_launch(own, "own_detection_s"),
        "median_first_firm_s": _median_after_launch(own, "own_firm_s"),
        "track_number_changes": _mean(
            lost_numbers.reindex(numbers, fill_value=0).to_numpy(float)[held.objects > 0]
            / held.objects[held.objects > 0]
        ),
        **_describe_rows(rows, numbers),
    }


def _describe_found(
    own: pd.DataFrame, objects: Floats, numbers: NDArray[Any]
) -> list[dict[str, Any]]:
    """In which phase objects of a class were first detected and first firmly tracked, and when."""
    rows = []
    for phase in PHASES:
        seen, firm = own["own_detection_phase"] == phase, own["own_firm_phase"] == phase
        if seen.any() or firm.any():
            detected_in, firm_in = (
                np.asarray(
                    hit.groupby(own["replication"]).sum().reindex(numbers, fill_value=0), np.float64
                )
                for hit in (seen, firm)
            )
            rows.append(
                {
                    "phase": phase,
                    "detected_share": _ratio(detected_in, objects),
                    "firm_share": _ratio(firm_in, objects),
                    "median_first_detection_s": _median_after_launch(own[seen], "own_detection_s"),
                    "median_first_firm_s": _median_after_launch(own[firm], "own_firm_s"),
                }
            )
    return rows


def _describe_phases(picture: pd.DataFrame, numbers: NDArray[Any]) -> list[dict[str, Any]]:
    shown = picture[(picture["class"] != "") & (picture["class"] != POOLED)]
    return [
        {"class": kind, "phase": phase, **_describe_rows(own[own["phase"] == phase], numbers)}
        for kind in OBJECT_KINDS
        if (own := shown[shown["class"] == kind]).size
        for phase in PHASES
        if (own["phase"] == phase).any()
    ]


def _describe_rows(rows: pd.DataFrame, numbers: NDArray[Any]) -> dict[str, Any]:
    """Scores over rows of `picture`, all looks of a replication together."""
    table = weigh_errors(rows)
    names = ["objects", "held", "tracks", "measured", "position", "velocity", "squared", "inside"]
    sums = table.groupby("replication")[names].sum().reindex(numbers, fill_value=0.0).astype(float)
    held = sums[sums["held"] > 0.0]
    measured = sums[sums["measured"] > 0.0]
    return {
        "completeness": _ratio(sums["held"].to_numpy(), sums["objects"].to_numpy()),
        "ambiguity": _mean(held["tracks"] / held["held"]),
        "position_rmse_m": _mean(np.sqrt(measured["position"] / measured["measured"])),
        "velocity_rmse_m_s": _mean(np.sqrt(measured["velocity"] / measured["measured"])),
        "nees": _mean(measured["squared"] / measured["measured"]),
        "nees_inside": _ratio(sums["inside"].to_numpy(), sums["measured"].to_numpy()),
    }


def _estimate_spuriousness(picture: pd.DataFrame, numbers: NDArray[Any]) -> dict[str, Any]:
    tracks = picture.groupby("replication")["tracks"].sum()
    alone = picture[picture["class"] == ""].groupby("replication")["tracks"].sum()
    return _ratio(
        alone.reindex(numbers, fill_value=0).to_numpy(float),
        tracks.reindex(numbers, fill_value=0).to_numpy(float),
    )


def split_gospa(picture: pd.DataFrame) -> pd.DataFrame:
    """Squares of GOSPA's parts [m2] by replication and look, of all but decoys and debris."""
    own = picture[picture["class"] != POOLED]
    price = 0.5 * CUTOFF_M**2
    parts = own.assign(
        localisation=own["localisation_m"] ** 2,
        missed=price * (own["objects"] - own["held"]),
        false=price * (own["tracks"] - own["held"]),
    )
    names = ["localisation", "missed", "false"]
    summed = parts.groupby(["replication", "time_s"])[names].sum()
    return summed.reset_index()


def _estimate_gospa(picture: pd.DataFrame, numbers: NDArray[Any]) -> dict[str, Any]:
    """Root mean square over looks of GOSPA and its parts; the squares of the parts add up."""
    parts = split_gospa(picture)
    means = parts.groupby("replication")[["localisation", "missed", "false"]].mean()
    means = means.reindex(numbers).dropna()
    return {
        "distance_m": _mean(np.sqrt(means.sum(axis=1))),
        **{f"{name}_m": _mean(np.sqrt(means[name])) for name in means.columns},
    }


def _describe_impacts(impacts: pd.DataFrame) -> list[dict[str, Any]]:
    cells: Any = impacts.groupby(["class", "time_to_go_s"])
    return [
        {
            "class": kind,
            "time_to_go_s": float(from_s),
            "predictions": int(rows["predictions"].sum()),
            "median_error_m": _mean(rows["median_error_m"]),
            "p90_error_m": _mean(rows["p90_error_m"]),
            "median_sigma_m": _mean(rows["median_sigma_m"]),
            "inside_2_sigma": float(
                np.average(rows["inside_2_sigma"], weights=rows["predictions"])
            ),
        }
        for (kind, from_s), rows in cells
    ]


def _median_after_launch(own: pd.DataFrame, column: str) -> dict[str, Any]:
    after_s = own[column] - own["launch_s"]
    return _mean(after_s.groupby(own["replication"]).median().dropna())


def _ratio(top: Floats, bottom: Floats) -> dict[str, Any]:
    # Sums of shares may pass the number of objects by rounding.
    return _as_json(find_ratio_interval(np.minimum(top, bottom), bottom))


def _mean(values: Any) -> dict[str, Any]:
    """Mean over replications; none of these can be below zero."""
    return _as_json(find_size_interval(np.asarray(values, np.float64)))


def _as_json(estimate: Estimate) -> dict[str, Any]:
    return estimate._asdict()
