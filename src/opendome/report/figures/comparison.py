"""Architectures side by side: one panel for each measure, a dot and its interval for each."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import Final, NamedTuple

from matplotlib.figure import Figure

from opendome.report import theme

_COLUMNS: Final = 2


class Level(NamedTuple):
    """A measure of one architecture: mean and interval; NaN where there is none."""

    architecture: str
    mean: float
    low: float
    high: float
    verdict: str  # against the baseline: higher, lower, or anything else


class MeasurePanel(NamedTuple):
    """One measure of all architectures; the first of them is the baseline."""

    label: str
    is_share: bool
    levels: Sequence[Level]
    absent: str  # stands for a level that has no value


_MARKS: Final = {
    "higher": theme.Mark(theme.VERMILLION, "^", "higher than the first"),
    "lower": theme.Mark(theme.BLUE, "v", "lower than the first"),
    "": theme.Mark(theme.GREY, "o", "no difference found, or the first itself"),
}


@theme.themed
def draw_comparison(panels: Sequence[MeasurePanel]) -> Figure:
    """Levels of every measure. Raises `ValueError` where there is none."""
    if not panels:
        raise ValueError("no measures to draw")
    n_rows = -(-len(panels) // _COLUMNS)
    n_names = len(panels[0].levels)
    height = n_rows * (0.85 + 0.3 * n_names) + 0.5
    figure = Figure(figsize=(9.6, height), layout="constrained")
    grid = figure.subplots(n_rows, _COLUMNS, squeeze=False, sharey=True)
    for number, axes in enumerate(grid.flat):
        if number >= len(panels):
            axes.set_visible(False)
            continue
        panel = panels[number]
        for i, level in enumerate(panel.levels):
            mark = _MARKS.get(level.verdict, _MARKS[""])
            if isnan(level.mean):
                axes.annotate(panel.absent, (0.02, i), xycoords=("axes fraction", "data"),
                              va="center", color=theme.GREY)  # fmt: skip
            axes.plot([level.low, level.high], [i, i], color=mark.colour, lw=2.0)
            axes.plot([level.mean], [i], mark.marker, color=mark.colour, ms=7.0)
        axes.set_yticks(range(n_names), [level.architecture for level in panel.levels])
        axes.set_ylim(n_names - 0.5, -0.5)
        axes.set_title(panel.label, loc="left", fontsize=10.0)
        axes.margins(x=0.08)
        if not any(x < 0.0 or x > 0.0 for level in panel.levels for x in level[1:4]):
            axes.set_xlim(-0.08, 1.0)  # nothing anywhere: no room for negative counts
        axes.grid(axis="x")
        if panel.is_share:
            theme.show_as_percent(axes.xaxis)
    handles = [
        figure.axes[0].plot([], [], mark.marker, color=mark.colour, label=mark.label)[0]
        for mark in _MARKS.values()
    ]
    figure.legend(handles=handles, loc="outside upper left", ncols=3)
    return figure
