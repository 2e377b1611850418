"""Colours, type and line weights that all figures share; dark on light, safe for colour-blind eyes.

Palette: Okabe and Ito (2008), Color Universal Design. Whatever a colour tells apart, a marker or
a word tells apart too, so that a grey print still reads.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, NamedTuple, ParamSpec, TypeVar

from matplotlib import rc_context
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter

BLACK: Final = "#000000"
ORANGE: Final = "#E69F00"
SKY: Final = "#56B4E9"
GREEN: Final = "#009E73"
YELLOW: Final = "#F0E442"
BLUE: Final = "#0072B2"
VERMILLION: Final = "#D55E00"
PURPLE: Final = "#CC79A7"

INK: Final = "#1b1f24"
GREY: Final = "#6b7280"
PALE: Final = "#d5d9de"
LAND: Final = "#eceae4"
WATER: Final = "#f7fafc"


class Mark(NamedTuple):
    """How one kind of thing is drawn wherever it is drawn."""

    colour: str
    marker: str
    label: str


FATE_MARKS: Final = {
    "leaked": Mark(VERMILLION, "X", "leaked"),
    "stopped": Mark(GREEN, "o", "stopped"),
    "fell-short": Mark(ORANGE, "v", "fell short"),
    "failed": Mark(GREY, "d", "failed by itself"),
}

SHOT_MARKS: Final = {
    "killed": Mark(GREEN, "*", "shot: killed"),
    "failed": Mark(VERMILLION, "x", "shot: in reach, no kill"),
    "missed": Mark(PURPLE, "+", "shot: target out of reach"),
    "target-gone": Mark(GREY, "1", "shot: target already gone"),
    "in-flight": Mark(GREY, "2", "shot: still in flight at the end"),
}

LAYER_COLOURS: Final = {
    "boost": ORANGE,
    "post-boost": YELLOW,
    "midcourse": BLUE,
    "upper-tier": SKY,
    "lower-tier": GREEN,
    "glide": PURPLE,
    "cruise": GREY,
}

# `Any`: matplotlib types the keys one by one.
_STYLE: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Helvetica", "Arial"],
    "font.size": 10.0,
    "axes.titlesize": 11.0,
    "axes.labelsize": 10.0,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": PALE,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 9.0,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    # Text stays text: small files, searchable, read aloud by screen readers.
    "svg.fonttype": "none",
}


def show_as_percent(axis: Axis) -> None:
    """Write the ticks of an axis of shares as percentages, with no more digits than they need."""
    axis.set_major_formatter(FuncFormatter(lambda share, _: f"{100.0 * share:.4g} %"))


_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


def themed(draw: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Run a drawing function with the project's style, whatever the caller's own style is."""

    @wraps(draw)
    def in_style(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Result:
        with rc_context(_STYLE):
            return draw(*args, **kwargs)

    return in_style
