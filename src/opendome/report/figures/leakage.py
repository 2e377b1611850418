"""Leakage with its three kinds of spread told apart, and how many warheads leak how often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from opendome.report import theme


class Leakage(NamedTuple):
    """Share of lethal warheads that reach their area, from 0 to 1; a pair is low and high."""

    mean: float
    interval: tuple[float, float]  # of the mean, from chance alone
    level: float  # confidence level of `interval`
    outcomes: tuple[float, float, float]  # 5, 50 and 95 % of raids
    assumptions: tuple[float, float] | None  # middle 90 % of means over draws of the assumptions


class ArchitectureLeakage(NamedTuple):
    """Leakage of one architecture, for comparison."""

    name: str
    mean: float
    low: float
    high: float


# Bars that the distribution of leakers has at most.
_MOST_BARS: Final = 60


@theme.themed
def draw_leakage(leakage: Leakage) -> Figure:
    """Three bars on one scale: the mean's interval, the spread of raids, the spread of means."""
    figure = Figure(figsize=(9.6, 2.7), layout="constrained")
    axes = figure.subplots()
    low, high = leakage.interval
    axes.plot([low, high], [0, 0], color=theme.BLUE, lw=5.0, solid_capstyle="butt")
    axes.plot(leakage.mean, 0, "o", color=theme.BLACK, ms=8.0, zorder=4)
    p05, p50, p95 = leakage.outcomes
    axes.plot([p05, p95], [1, 1], color=theme.ORANGE, lw=9.0, alpha=0.75, solid_capstyle="butt")
    axes.plot(p50, 1, "|", color=theme.BLACK, ms=16.0, mew=2.0, zorder=4)
    labels = [
        f"mean and its {100.0 * leakage.level:.3g} %\nMonte Carlo interval",
        "outcomes of single raids\n5 %, median, 95 %",
    ]
    if leakage.assumptions is not None:
        first, last = leakage.assumptions
        axes.plot([first, last], [2, 2], color=theme.PURPLE, lw=2.4, marker="|", ms=14.0, mew=2.4)
        labels.append("means over draws of the\nassumptions, middle 90 %")
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    _set_share_axis(axes, "leakage: lethal warheads that reach their area")
    return figure


@theme.themed
def draw_leaker_distribution(probability: Mapping[int, float]) -> Figure:
    """Share of raids by number of leakers. Raises `ValueError` where there is no raid."""
    if not probability:
        raise ValueError("no raids to count leakers of")
    figure = Figure(figsize=(9.6, 3.0), layout="constrained")
    axes = figure.subplots()
    least, most = min(probability), max(probability)
    # Wide ranges are drawn in classes of equal width: bars of one warhead would not be seen.
    width = max(1, -(-(most - least + 1) // _MOST_BARS))
    shares: dict[float, float] = {}
    for number, share in probability.items():
        middle = least + width * ((number - least) // width) + 0.5 * (width - 1)
        shares[middle] = shares.get(middle, 0.0) + share
    bar = max(0.8 * width, 0.004 * most)
    axes.bar(list(shares), list(shares.values()), width=bar, color=theme.BLUE)
    classes = "" if width == 1 else f", in classes of {width}"
    axes.set_xlabel(f"warheads leaked in one raid{classes}")
    axes.set_ylabel("share of raids")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    theme.show_as_percent(axes.yaxis)
    axes.set_xlim(min(shares) - 0.75 * bar, max(shares) + 0.75 * bar)
    axes.grid(axis="y")
    return figure


def fill_architectures(axes: Axes, rows: Sequence[ArchitectureLeakage]) -> None:
    """Mean leakage of several architectures with intervals, best name first, into given axes.

    Raises `ValueError` where there is none.
    """
    if not rows:
        raise ValueError("no architectures to compare")
    for i, row in enumerate(rows):
        axes.barh(i, row.mean, height=0.55, color=theme.SKY)
        axes.plot([row.low, row.high], [i, i], color=theme.INK, lw=1.8, marker="|", ms=9.0)
        axes.annotate(
            f"{100.0 * row.mean:.1f} %",
            (max(row.high, row.mean), i),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
        )
    axes.set_yticks(range(len(rows)), [row.name for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    _set_share_axis(axes, "leakage: lethal warheads that reach their area")


def _set_share_axis(axes: Axes, label: str) -> None:
    axes.set_xlim(-0.015, 1.015)
    theme.show_as_percent(axes.xaxis)
    axes.set_xlabel(label)
    axes.grid(axis="x")
