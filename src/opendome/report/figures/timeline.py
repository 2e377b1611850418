"""The battle in time: one row per missile, its phases of flight, and what was done about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from opendome.report import theme


class TimelineShot(NamedTuple):
    """One shot at a missile or its warhead; `result` as in the record."""

    launch_s: float
    intercept_s: float
    result: str


class TimelineRow(NamedTuple):
    """One missile and its warhead. Times since the raid's zero; NaN where it never happened."""

    label: str
    fate: str
    kind: str  # of the object that does harm, as in the record
    launch_s: float
    burnout_s: float
    release_s: float
    reentry_s: float
    end_s: float
    detection_s: float
    firm_s: float
    shots: Sequence[TimelineShot]


_PHASES: Final = (
    ("boost", theme.ORANGE),
    ("post-boost", theme.YELLOW),
    ("midcourse", "#cfe6f5"),
    ("re-entry", theme.SKY),
)
# What stands in place of midcourse for what does not fly ballistically.
_OTHER_PHASES: Final = {
    "glide-vehicle": ("glide", "#9fd8c4"),
    "cruise-missile": ("cruise", "#e3c7d8"),
}


@theme.themed
def draw_timeline(rows: Sequence[TimelineRow]) -> Figure:
    """Phases, detection, firm track, shots and results of each missile against minutes of raid.

    Raises `ValueError` where there is no missile.
    """
    if not rows:
        raise ValueError("a timeline needs at least one missile")
    figure = Figure(figsize=(9.6, 1.9 + 0.36 * len(rows)), layout="constrained")
    axes = figure.subplots()
    for i, row in enumerate(rows):
        _draw_row(axes, i, row)
    axes.set_yticks(range(len(rows)), [row.label for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(left=min(0.0, *(row.launch_s / 60.0 for row in rows)))
    axes.set_xlabel("time since the first planned launch [min]")
    axes.set_ylabel("missile and its aim")
    axes.grid(axis="x")
    figure.legend(handles=_list_marks(rows), loc="outside lower center", ncols=5)
    return figure


def _list_phases(row: TimelineRow) -> list[tuple[str, str, float, float]]:
    """Name, colour, begin and end [s] of the phases that a flight had."""
    limits = [row.launch_s, row.burnout_s, row.release_s, row.reentry_s, row.end_s]
    phases = []
    # A phase that never began is passed over; what ended the flight ends the last phase.
    for (name, colour), begin, ends in zip(
        _PHASES, limits[:-1], [limits[k:] for k in range(1, 5)], strict=True
    ):
        if name == "midcourse":
            name, colour = _OTHER_PHASES.get(row.kind, (name, colour))
        end = float(np.nanmin([*ends, row.end_s]))
        if begin < end:
            phases.append((name, colour, begin, end))
    return phases


def _draw_row(axes: Axes, i: int, row: TimelineRow) -> None:
    for _, colour, begin, end in _list_phases(row):
        axes.barh(i, (end - begin) / 60.0, left=begin / 60.0, height=0.52, color=colour)
    # A ring with a dot inside where the track was firm at once.
    axes.plot(row.detection_s / 60.0, i, "o", mfc="white", mec=theme.BLACK, ms=7.0, zorder=4)
    axes.plot(row.firm_s / 60.0, i, "o", color=theme.BLACK, ms=3.6, zorder=4.5)
    for shot in row.shots:
        mark = theme.SHOT_MARKS[shot.result]
        axes.plot([shot.launch_s / 60.0, shot.intercept_s / 60.0], [i, i], color=theme.INK, lw=0.8)
        axes.plot(shot.launch_s / 60.0, i, "|", color=theme.INK, ms=9.0, zorder=3)
        # Of a salvo, whose marks nearly coincide, the kill lies on top; white parts mark and bar.
        order = 5.0 + (shot.result == "killed")
        at = shot.intercept_s / 60.0
        axes.plot(at, i, mark.marker, color="white", ms=9.0, mew=4.0, zorder=order)
        axes.plot(at, i, mark.marker, color=mark.colour, ms=8.0, mew=1.6, zorder=order + 0.5)
    fate = theme.FATE_MARKS.get(row.fate)
    if fate is not None:
        axes.annotate(
            fate.label,
            (1.01, i),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=9.0,
            color=theme.INK,
        )


def _list_marks(rows: Sequence[TimelineRow]) -> list[Patch | Line2D]:
    drawn = {name for row in rows for name, *_ in _list_phases(row)}
    entries: list[Patch | Line2D] = [
        Patch(color=colour, label=name)
        for name, colour in (*_PHASES, *_OTHER_PHASES.values())
        if name in drawn
    ]
    entries += [
        _entry("o", "first detection", mfc="white", mec=theme.BLACK),
        _entry(".", "firm track", color=theme.BLACK),
    ]
    results = {shot.result for row in rows for shot in row.shots}
    if results:
        entries.append(_entry("|", "interceptor launched", color=theme.INK))
    entries += [
        _entry(mark.marker, mark.label, color=mark.colour)
        for result, mark in theme.SHOT_MARKS.items()
        if result in results
    ]
    return entries


def _entry(marker: str, label: str, **style: str) -> Line2D:
    return Line2D([], [], ls="none", marker=marker, ms=8.0, label=label, **style)  # type: ignore[arg-type]
