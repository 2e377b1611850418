"""The page of campaigns side by side: levels, paired differences and one figure."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from math import nan
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

import opendome
from opendome.campaign import Campaign
from opendome.campaign.comparison import (
    Samples,
    compare_samples,
    count_common,
    describe_levels,
    list_headlines,
)
from opendome.campaign.measure_labels import SHARES, label_of, say_absent
from opendome.report.figures.comparison import Level, MeasurePanel, draw_comparison
from opendome.report.page import make_environment, write_page
from opendome.report.svg import render_svg
from opendome.statistics import NO_DIFFERENCE

# What the page says in words before any figure, in this order.
_FINDINGS: Final = ("leakage", "fell_short", "told_share", "warning_s", "shots", "depth_s")


def write_comparison(
    campaigns: Mapping[str, Campaign], samples: Samples, baseline: str, path: Path
) -> None:
    """Write one HTML file about campaigns of equal seed and runs.

    Parameters
    ----------
    campaigns : mapping of str to Campaign
    samples : mapping of str to mapping of str to Sample
        Theirs, taken together.
    baseline : str
        The one that all others are compared with.
    path : Path
        The file to write; replaced whole, or left as it was where writing fails.
    """
    names = [baseline, *(name for name in campaigns if name != baseline)]
    samples = {name: samples[name] for name in names}
    levels = describe_levels(samples)
    paired = compare_samples(samples, baseline)
    first = campaigns[baseline].manifest
    figure = draw_comparison(_list_panels(levels, paired))
    page = make_environment().get_template("comparison.html").render(
        version=opendome.__version__,
        names=names,
        runs=count_common(samples),
        asked=first["runs"],
        seed=first["seed"],
        raid=first["scenario"]["raid"].get("title") or first["scenario"]["raid"].get("name", ""),
        nations={name: campaigns[name].manifest["scenario"]["nations"] for name in names},
        drawing=Markup(
            render_svg(figure, "comparison", "Level of each measure for each architecture.")
        ),
        table=[(label_of(m), m.partition(":")[0] in SHARES, say_absent(m),
                [levels[n].get(m) for n in names])
               for m in list_headlines(levels)],
        findings={name: _find_changes(paired, name) for name in names[1:]},
        paired={
            name: [row | {"label": label_of(row["measure"])} for row in paired if row["b"] == name]
            for name in names[1:]
        },
        style=Markup(files("opendome.report").joinpath("templates/report.css").read_text("utf-8")),
    )  # fmt: skip
    write_page(page, path)


def _find_changes(paired: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """The first measures that one architecture changes beyond chance, with label and unit."""
    changes = []
    for measure in _FINDINGS:
        for row in paired:
            own = row["b"] == name and row["measure"].partition(":")[0] == measure
            if own and row["verdict"] != NO_DIFFERENCE:
                label, _, unit = label_of(row["measure"]).removesuffix("]").partition(" [")
                changes.append(row | {"label": label, "unit": unit})
    return changes


def _list_panels(
    levels: Mapping[str, Mapping[str, Any]], paired: list[dict[str, Any]]
) -> list[MeasurePanel]:
    verdicts = {(row["b"], row["measure"]): row["verdict"] for row in paired}
    panels = []
    for measure in list_headlines(levels):
        rows = []
        for name, own in levels.items():
            level = own.get(measure, {})
            mean, low, high = (
                nan if level.get(key) is None else level[key] for key in ("mean", "low", "high")
            )
            rows.append(Level(name, mean, low, high, verdicts.get((name, measure), "")))
        share = measure.partition(":")[0] in SHARES
        panels.append(MeasurePanel(label_of(measure), share, rows, say_absent(measure)))
    return panels
