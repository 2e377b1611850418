"""From recorded tables to what the figures and tables of the report show; no drawing, no words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from opendome.report.figures.boost_budget import BoostBudget, Term
from opendome.report.figures.raid_map import GroundTrack, Place, RaidMap
from opendome.report.figures.timeline import TimelineRow, TimelineShot
from opendome.report.figures.tracking import Delay
from opendome.report.projection import unit_vectors
from opendome.report.recorded import Site, carriers_of, find_kill, iterate_rows
from opendome.tables.codes import LETHAL_KINDS, OBJECT_KINDS

# Where re-entry is taken to begin for display: the Karman line.
REENTRY_ALTITUDE_KM: Final = 100.0
# More tracks than this hide each other: of a large raid every so many-th is drawn.
MOST_TRACKS: Final = 120
MOST_INTERCEPTS: Final = 150
_LETHAL_KINDS: Final = [OBJECT_KINDS[kind] for kind in LETHAL_KINDS]
_KEYS: Final = ["outer", "replication"]


class CommitError(NamedTuple):
    """Error of the tracks first shot at by one layer, medians and 90 %."""

    layer: str
    n_tracks: int
    position_km: tuple[float, float]
    velocity_m_s: tuple[float, float]


class RaidPart(NamedTuple):
    """Missiles of one class from one launch area, and how many of them at each nation."""

    missile_class: str
    origin: str
    by_nation: dict[str, int]

    @property
    def n_missiles(self) -> int:
        """All of them."""
        return sum(self.by_nation.values())


def choose_replication(replications: pd.DataFrame, ephemerides: pd.DataFrame) -> int | None:
    """The replication to show: the first one kept whole, else the first that did not fail.

    Both tables at best values only. None where every replication failed.
    """
    good = replications.loc[~replications["failed"], "replication"]
    kept = good[good.isin(ephemerides["replication"])]
    chosen = kept if len(kept) else good
    return int(chosen.min()) if len(chosen) else None


def map_raid(
    threats: pd.DataFrame,
    engagements: pd.DataFrame,
    ephemerides: pd.DataFrame,
    sites: Sequence[Site],
) -> RaidMap:
    """One replication's rows as the map's data; lethal objects and bodies that fell short only.

    At most `MOST_TRACKS` tracks and `MOST_INTERCEPTS` intercepts, evenly picked in order. Without
    ephemerides a track is the great circle from launch to where the flight ended.
    """
    shown = threats[threats["lethal"]].drop_duplicates("object")
    paths = {str(name): path for name, path in ephemerides.groupby("object", sort=False)}
    tracks = []
    for row in iterate_rows(_thin(shown, MOST_TRACKS)):
        own = carriers_of(threats, row.missile, row.object)
        pieces = [paths[name] for name in own if name in paths]
        if pieces:
            path = pd.concat(pieces).sort_values("time_s", kind="stable")
            latitude, longitude = path["latitude_deg"], path["longitude_deg"]
            tracks.append(GroundTrack(latitude.to_numpy(), longitude.to_numpy(), str(row.fate)))
        else:
            ends = (row.origin_latitude_deg, row.origin_longitude_deg) + (
                (row.impact_latitude_deg, row.impact_longitude_deg)
                if np.isfinite(row.impact_latitude_deg)
                else (row.aim_latitude_deg, row.aim_longitude_deg)
            )
            tracks.append(GroundTrack(*_great_circle(*ends), str(row.fate)))
    launches = threats.drop_duplicates("origin")
    met = _thin(engagements[np.isfinite(engagements["predicted_latitude_deg"])], MOST_INTERCEPTS)
    return RaidMap(
        tracks=tracks,
        launches=[
            Place(r.origin, "launch", r.origin_latitude_deg, r.origin_longitude_deg)
            for r in iterate_rows(launches)
        ],
        # The worst fate of those aimed at one place is drawn last, on top.
        aims=[
            Place(r.aim, r.fate, r.aim_latitude_deg, r.aim_longitude_deg)
            for r in iterate_rows(
                shown.sort_values("fate", key=lambda fate: fate == "leaked", kind="stable")
                .drop_duplicates(["aim", "fate"])
            )
        ],
        sites=[
            Place(
                site.name, site.kind,
                float(np.degrees(site.latitude_rad)), float(np.degrees(site.longitude_rad)),
            )
            for site in sites
        ],
        intercepts=[
            Place("", r.result, r.predicted_latitude_deg, r.predicted_longitude_deg)
            for r in iterate_rows(met)
        ],
    )  # fmt: skip


def _thin(rows: pd.DataFrame, most: int) -> pd.DataFrame:
    """At most so many rows, evenly picked."""
    return rows if len(rows) <= most else rows.iloc[:: -(-len(rows) // most)]


def list_timeline(
    threats: pd.DataFrame, engagements: pd.DataFrame, ephemerides: pd.DataFrame, limit: int = 24
) -> list[TimelineRow]:
    """One replication's missiles in order of launch, at most `limit` of them.

    One warhead of each missile, where there are more missiles than rows.
    """
    shown = threats[threats["lethal"]].sort_values(["launch_s", "object"])
    if len(shown) > limit:
        shown = shown.drop_duplicates("missile").head(limit)
    rows = []
    for row in iterate_rows(shown):
        own = carriers_of(threats, row.missile, row.object)
        shots = engagements[engagements["object"].isin(own)]
        killed_s = find_kill(shots)
        rows.append(
            TimelineRow(
                label=f"{row.missile} to {row.aim}",
                fate=row.fate,
                kind=row.kind,
                launch_s=row.launch_s,
                burnout_s=killed_s if row.burnout_s > killed_s else row.burnout_s,
                release_s=killed_s if row.release_s > killed_s else row.release_s,
                reentry_s=_find_reentry(ephemerides[ephemerides["object"] == row.object]),
                end_s=row.fate_s,
                detection_s=row.first_detection_s,
                firm_s=row.first_firm_s,
                shots=[
                    TimelineShot(s.launch_s, s.intercept_s, s.result) for s in iterate_rows(shots)
                ],
            )
        )
    return rows


def list_boost_budgets(
    terms: Sequence[Mapping[str, Any]], threats: pd.DataFrame
) -> list[BoostBudget]:
    """The manifest's boost budgets with what the campaign measured beside them."""
    return [
        BoostBudget(
            str(budget["class"]),
            [
                Term(
                    str(t["name"]), float(t["low"]), float(t["best"]), float(t["high"]),
                    str(t["source"]),
                )
                for t in budget["terms"]
            ],
            _measure_boost(threats[threats["class"] == budget["class"]]),
        )
        for budget in terms
    ]  # fmt: skip


def list_delays(threats: pd.DataFrame) -> list[Delay]:
    """Detection and firm track after launch, by missile class, over all lethal objects."""
    lethal = threats[threats["lethal"]]
    delays = []
    for missile_class, rows in lethal.groupby("class"):
        for event, column in (
            ("first detection", "first_detection_s"),
            ("firm track", "first_firm_s"),
        ):
            delay_s = (rows[column] - rows["launch_s"]).dropna()
            if len(delay_s):
                p05, p50, p95 = np.quantile(delay_s, [0.05, 0.5, 0.95])
                delays.append(Delay(str(missile_class), event, float(p05), float(p50), float(p95)))
    return delays


def list_commit_errors(tracks: pd.DataFrame, engagements: pd.DataFrame) -> list[CommitError]:
    """Track error at the first shot, by the layer that fired it."""
    keys = [*_KEYS, "track"]
    first = engagements.sort_values("decision_s", kind="stable").drop_duplicates(keys)
    shot_at = tracks.merge(first[[*keys, "layer"]], on=keys).dropna(subset=["position_error_m"])
    errors = []
    for layer, rows in shot_at.groupby("layer", sort=False):
        position = np.quantile(rows["position_error_m"] / 1000.0, [0.5, 0.9])
        velocity = np.quantile(rows["velocity_error_m_s"], [0.5, 0.9])
        errors.append(
            CommitError(
                str(layer),
                len(rows),
                (float(position[0]), float(position[1])),
                (float(velocity[0]), float(velocity[1])),
            )
        )
    return errors


def _measure_boost(rows: pd.DataFrame) -> dict[str, float]:
    """Median seconds after launch of the steps that the record holds; boost alone."""
    lethal = rows[rows["lethal"]]
    medians = {}
    for name, column in (
        ("first detection", "first_detection_s"),
        ("firm track", "first_firm_s"),
        ("first feasible shot", "first_feasible_s"),
    ):
        in_boost = lethal[lethal[column] <= lethal["burnout_s"]]
        if len(in_boost):
            medians[name] = float((in_boost[column] - in_boost["launch_s"]).median())
    return medians


def _find_reentry(path: pd.DataFrame) -> float:
    """Time of the last fall through the re-entry altitude, NaN if the path holds none."""
    altitude, time = path["altitude_km"].to_numpy(), path["time_s"].to_numpy()
    falls = np.flatnonzero(
        (altitude[:-1] > REENTRY_ALTITUDE_KM) & (altitude[1:] <= REENTRY_ALTITUDE_KM)
    )
    if not falls.size:
        return float("nan")
    i = falls[-1]
    share = (altitude[i] - REENTRY_ALTITUDE_KM) / (altitude[i] - altitude[i + 1])
    return float(time[i] + share * (time[i + 1] - time[i]))


def _great_circle(
    from_latitude_deg: float,
    from_longitude_deg: float,
    to_latitude_deg: float,
    to_longitude_deg: float,
) -> tuple[np.ndarray[Any, np.dtype[np.float64]], np.ndarray[Any, np.dtype[np.float64]]]:
    """Latitude and longitude in degrees of 60 points from one place to another, on a sphere."""
    latitude = np.radians([from_latitude_deg, to_latitude_deg])
    longitude = np.radians([from_longitude_deg, to_longitude_deg])
    ends = unit_vectors(latitude, longitude)
    share = np.linspace(0.0, 1.0, 60)[:, None]
    arc = float(np.arccos(np.clip(ends[0] @ ends[1], -1.0, 1.0)))
    # sin(0) / 0 as its limit, where launch and end are one place.
    if arc < 1e-9:
        points = np.repeat(ends[:1], 60, axis=0)
    else:
        points = np.sin((1.0 - share) * arc) * ends[0] + np.sin(share * arc) * ends[1]
    return (
        np.degrees(np.arctan2(points[:, 2], np.hypot(points[:, 0], points[:, 1]))),
        np.degrees(np.arctan2(points[:, 1], points[:, 0])),
    )


def list_raid_parts(threats: pd.DataFrame) -> list[RaidPart]:
    """What one replication's raid is made of."""
    missiles = threats[threats["kind"].isin(_LETHAL_KINDS)].drop_duplicates("missile")
    parts: dict[tuple[str, str], dict[str, int]] = {}
    for row in iterate_rows(missiles):
        by_nation = parts.setdefault((row.class_name, row.origin), {})
        by_nation[row.nation] = by_nation.get(row.nation, 0) + 1
    return [RaidPart(*where, by_nation) for where, by_nation in parts.items()]
