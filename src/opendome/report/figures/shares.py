"""Bars of counts and shares: shots and kills by layer, first reasons, leakers by nation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.figure import Figure

from opendome.report import theme
from opendome.report.wording import number


class LayerCount(NamedTuple):
    """Shots fired and kills made by one layer, per raid."""

    layer: str
    shots: float
    kills: float


class Share(NamedTuple):
    """One named share of a whole."""

    name: str
    share: float


@theme.themed
def draw_layers(layers: Sequence[LayerCount]) -> Figure:
    """Mean shots and kills per raid of each layer. Raises `ValueError` where there is none."""
    if not layers:
        raise ValueError("no layers to draw")
    figure = Figure(figsize=(9.6, 1.5 + 0.62 * len(layers)), layout="constrained")
    axes = figure.subplots()
    most = max(max(row.shots, row.kills) for row in layers)
    for i, row in enumerate(layers):
        for offset, count, colour, label in (
            (-0.19, row.shots, theme.PALE, "shots"),
            (0.19, row.kills, theme.LAYER_COLOURS.get(row.layer, theme.GREY), "kills"),
        ):
            axes.barh(i + offset, count, height=0.36, color=colour, edgecolor=theme.GREY, lw=0.5)
            axes.annotate(
                f"{number(count)} {label}",
                (count, i + offset),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
                fontsize=9.0,
            )
    axes.set_yticks(range(len(layers)), [row.layer for row in layers])
    axes.set_ylim(len(layers) - 0.5, -0.5)
    axes.set_xlim(0.0, most * 1.14 if most > 0.0 else 1.0)
    axes.set_xlabel("number per raid, mean")
    axes.set_ylabel("layer")
    axes.grid(axis="x")
    return figure


@theme.themed
def draw_loss_budget(reasons: Sequence[Share]) -> Figure:
    """Shares of leakers by first reason. Raises `ValueError` where there is none."""
    if not reasons:
        raise ValueError("no leakers to account for")
    figure = Figure(figsize=(9.6, 1.1 + 0.36 * len(reasons)), layout="constrained")
    axes = figure.subplots()
    axes.barh(range(len(reasons)), [row.share for row in reasons], height=0.6, color=theme.BLUE)
    for i, row in enumerate(reasons):
        axes.annotate(
            f"{100.0 * row.share:.3g} %",
            (row.share, i),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=9.0,
        )
    axes.set_yticks(range(len(reasons)), [row.name for row in reasons])
    axes.set_ylim(len(reasons) - 0.5, -0.5)
    axes.set_xlim(0.0, max(row.share for row in reasons) * 1.12)
    theme.show_as_percent(axes.xaxis)
    axes.set_xlabel("share of leakers")
    axes.set_ylabel("first reason")
    axes.grid(axis="x")
    return figure
