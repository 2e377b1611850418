"""How well warheads are told from what flies with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from opendome.report import theme

Floats = NDArray[np.float64]


class OperatingCurve(NamedTuple):
    """Lethal objects against one kind of others, by the believed probability of being lethal."""

    name: str  # of the others
    lethal: int  # tracks of each kind
    others: int
    false_alarm: Floats
    detection: Floats
    area: tuple[float, float, float]  # mean over raids, low and high end of its interval


_STYLES = {
    "all others": (theme.INK, "-"),
    "decoy": (theme.VERMILLION, "--"),
    "debris": (theme.BLUE, "-."),
}


@theme.themed
def draw_operating_curves(curves: Sequence[OperatingCurve]) -> Figure:
    """Share of lethal tracks kept against that of others kept, over all thresholds."""
    if not curves:
        raise ValueError("no lethal object and no other was tracked")
    figure = Figure(figsize=(6.6, 5.6), layout="constrained")
    axes = figure.subplots()
    axes.plot([0.0, 1.0], [0.0, 1.0], color=theme.GREY, lw=1.0, ls=":", label="guessing: 0.50")
    for curve in curves:
        colour, dashes = _STYLES.get(curve.name, (theme.PURPLE, ":"))
        mean, low, high = curve.area
        within = f" ({low:.2f} to {high:.2f})" if np.isfinite(low) else ""
        axes.plot(
            curve.false_alarm,
            curve.detection,
            color=colour,
            ls=dashes,
            lw=1.8,
            drawstyle="steps-post",
            label=f"{curve.name}, {curve.others} tracks: {mean:.2f}{within}",
        )
    axes.set_xlim(0.0, 1.0)
    axes.set_ylim(0.0, 1.0)
    axes.set_aspect("equal")
    theme.show_as_percent(axes.xaxis)
    theme.show_as_percent(axes.yaxis)
    axes.set_xlabel("share of other tracks taken for lethal")
    axes.set_ylabel(f"share of {curves[0].lethal} lethal tracks taken for lethal")
    axes.grid(True)
    axes.legend(loc="lower right", title="against, and area under the curve")
    return figure
