"""How soon missiles of each class were seen and firmly tracked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from opendome.report import theme


class Delay(NamedTuple):
    """Time from launch to an event over the missiles of one class: 5, 50 and 95 %, in seconds."""

    missile_class: str
    event: str  # "first detection" or "firm track"
    p05_s: float
    p50_s: float
    p95_s: float


_EVENTS = {
    "first detection": theme.Mark(theme.SKY, "o", "first detection"),
    "firm track": theme.Mark(theme.BLUE, "D", "firm track"),
}


@theme.themed
def draw_delays(delays: Sequence[Delay]) -> Figure:
    """Spread of detection and firm track after launch by class. `ValueError` where none."""
    if not delays:
        raise ValueError("no missile was detected")
    classes = list(dict.fromkeys(delay.missile_class for delay in delays))
    figure = Figure(figsize=(9.6, 1.7 + 0.55 * len(classes)), layout="constrained")
    axes = figure.subplots()
    for delay in delays:
        mark = _EVENTS[delay.event]
        row = classes.index(delay.missile_class) + (-0.15 if mark.marker == "o" else 0.15)
        axes.plot([delay.p05_s, delay.p95_s], [row, row], color=mark.colour, lw=4.0, alpha=0.7)
        axes.plot(delay.p50_s, row, mark.marker, mfc="white", mec=theme.BLACK, ms=6.0, zorder=4)
    axes.set_yticks(range(len(classes)), classes)
    axes.set_ylim(len(classes) - 0.5, -0.5)
    axes.set_xlim(left=0.0)
    axes.set_xlabel("time since launch [s]: median and middle 90 % of missiles")
    axes.set_ylabel("missile class")
    axes.grid(axis="x")
    handles = [
        Line2D([], [], color=m.colour, lw=4.0, marker=m.marker, mfc="white", mec=theme.BLACK,
               label=m.label)
        for m in _EVENTS.values()
    ]  # fmt: skip
    figure.legend(handles=handles, loc="outside lower center", ncols=2)
    return figure
