"""Which figures a campaign gives: name to inline SVG, or to nothing where there is no data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from opendome.campaign.summary import summarise
from opendome.errors import BadInput
from opendome.report import figures, measures
from opendome.report.picture import Picture
from opendome.report.recorded import Recorded, open_recorded
from opendome.report.svg import render_svg


class Drawing(NamedTuple):
    """A figure of the page: the element, and what it shows in words."""

    svg: Markup
    description: str


class Shown(NamedTuple):
    """The replication that map and timeline show, with its rows."""

    replication: int
    kept_whole: bool
    n_lethal: int
    parts: list[measures.RaidPart]
    raid: figures.RaidMap
    timeline: list[figures.TimelineRow]


def show_replication(recorded: Recorded) -> Shown | None:
    """Rows of the first replication kept whole, else of the first; None where all failed."""
    kept = recorded.read("ephemerides", columns=[]).drop_duplicates()
    chosen = measures.choose_replication(recorded.read("replications"), kept)
    if chosen is None:
        return None
    threats = recorded.read("threats", replication=chosen)
    engagements = recorded.read("engagements", replication=chosen)
    paths = recorded.read("ephemerides", replication=chosen)
    return Shown(
        replication=chosen,
        kept_whole=not paths.empty,
        n_lethal=int(threats["lethal"].sum()),
        parts=measures.list_raid_parts(threats),
        raid=measures.map_raid(threats, engagements, paths, recorded.list_sites()),
        timeline=measures.list_timeline(threats, engagements, paths),
    )


def draw_all(
    summary: Mapping[str, Any],
    shown: Shown | None,
    budgets: list[figures.BoostBudget],
    delays: list[figures.Delay],
    picture: Picture,
    curves: list[figures.OperatingCurve],
) -> dict[str, Drawing | None]:
    """Every figure of the report by name; None where the campaign holds nothing to draw."""
    layers = [
        figures.LayerCount(row["layer"], row["shots"], row["kills"])
        for row in summary["by_layer"]
        if row["shots"]
    ]
    reasons = [figures.Share(row["reason"], row["share"]) for row in summary["first_reason"]]
    leakers = {row["leakers"]: row["share"] for row in summary["leakers"]}
    leakage = summary["leakage"]
    return {
        "map": _draw(
            "map",
            "Map of the raid seen from above the pole: ground tracks, aim points by fate, sites.",
            figures.draw_raid_map,
            shown.raid if shown and not shown.raid.is_empty else None,
        ),
        "timeline": _draw(
            "timeline",
            "Phases of flight of each missile in time, with detection, firm track and shots.",
            figures.draw_timeline,
            shown.timeline if shown else None,
        ),
        "boost": _draw(
            "boost",
            "Time spent before an interceptor meets a boosting missile, against its burnout.",
            figures.draw_boost_budget,
            budgets,
        ),
        "leakage": _draw(
            "leakage",
            "Leakage: interval of the mean, spread of single raids, spread over assumptions.",
            figures.draw_leakage,
            _leakage_of(leakage) if leakage["mean"] is not None else None,
        ),
        "leakers": _draw(
            "leakers",
            "Share of raids by number of warheads leaked.",
            figures.draw_leaker_distribution,
            leakers,
        ),
        "layers": _draw(
            "layers", "Shots and kills per raid by layer.", figures.draw_layers, layers
        ),
        "reasons": _draw(
            "reasons", "Share of leakers by first reason.", figures.draw_loss_budget, reasons
        ),
        "delays": _draw(
            "delays",
            "Time from launch to first detection and to firm track by missile class.",
            figures.draw_delays,
            delays,
        ),
        **_draw_picture(picture),
        "operating-curves": _draw(
            "operating-curves",
            "Share of lethal objects recognised against that of decoys and debris taken for them.",
            figures.draw_operating_curves,
            curves,
        ),
    }


def _draw_picture(picture: Picture) -> dict[str, Drawing | None]:
    """Figures of the section on tracking."""
    series = picture.series if picture.series and picture.series.classes else None
    fed = series if series and any(np.isfinite(row.nees).any() for row in series.classes) else None
    return {
        "arrivals": _draw(
            "arrivals",
            "Share of the objects of each class detected and firmly tracked, by time since launch.",
            figures.draw_arrivals,
            picture.arrivals,
        ),
        "picture": _draw(
            "picture",
            "Completeness, ambiguity and spuriousness of the picture over the time of the raid.",
            figures.draw_picture,
            series,
        ),
        "gospa": _draw(
            "gospa",
            "GOSPA over the time of the raid, with its parts: localisation, missed and false.",
            figures.draw_gospa,
            picture.gospa if series else None,
        ),
        "position-error": _draw(
            "position-error",
            "Position error of tracks over the time of the raid by class of object.",
            figures.draw_position_error,
            fed,
        ),
        "nees": _draw(
            "nees",
            "Normalised error squared of tracks over time by class, with its chi-square band.",
            figures.draw_nees,
            fed,
        ),
        "impact-error": _draw(
            "impact-error",
            "Error of predicted impact points against time to impact by class of object.",
            figures.draw_impact_errors,
            picture.impacts,
        ),
    }


def read_budgets(recorded: Recorded, lethal: pd.DataFrame) -> list[figures.BoostBudget]:
    """Boost budgets of the manifest, with the campaign's own medians."""
    return measures.list_boost_budgets(recorded.manifest.get("boost_budget", []), lethal)


def _draw(name: str, description: str, draw: Callable[[Any], Figure], data: Any) -> Drawing | None:
    if not data:
        return None
    return Drawing(Markup(render_svg(draw(data), name, description)), description)


def _leakage_of(leakage: Mapping[str, Any]) -> figures.Leakage:
    interval, quantiles = leakage["monte_carlo_interval"], leakage["outcome_quantiles"]
    spread = leakage["assumption_range"]
    return figures.Leakage(
        mean=leakage["mean"],
        interval=(interval["low"], interval["high"]),
        level=interval["level"],
        outcomes=(quantiles["p05"], quantiles["p50"], quantiles["p95"]),
        assumptions=None if spread is None else (spread["low"], spread["high"]),
    )


def draw_campaigns(campaigns: Mapping[str, Path], title: str = "") -> Figure:
    """The overview figure from stored campaigns of one raid against several architectures.

    Parameters
    ----------
    campaigns : mapping
        Name to show -> directory; the map is that of the first.
    title : str
        A line above the figure.

    Raises
    ------
    BadInput
        Where a directory holds no campaign, or one without a finished replication.
    """
    rows = []
    raid = None
    for name, path in campaigns.items():
        recorded = open_recorded(path)
        leakage = summarise(recorded.store)["leakage"]
        shown = show_replication(recorded) if raid is None else None
        if leakage["mean"] is None:
            raise BadInput(f"{path}: no finished replication with a lethal warhead to draw")
        interval = leakage["monte_carlo_interval"]
        rows.append(
            figures.ArchitectureLeakage(name, leakage["mean"], interval["low"], interval["high"])
        )
        raid = shown.raid if shown else raid
    if raid is None:
        raise BadInput("no campaign was given to draw")
    return figures.draw_overview(raid, rows, title)
