"""Range against the flight-path angle at burnout, at full energy."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from opendome.report import theme
from opendome.report.projection import Floats

# A step of the angle this many times the usual one is a gap.
_GAP = 2.5


class SweepFigure(NamedTuple):
    """All that the figure shows."""

    title: str
    angle_deg: Floats  # (n,)
    range_km: Floats
    apogee_km: Floats
    flight_time_min: Floats
    target: str
    target_range_km: float


@theme.themed
def draw_sweep(sweep: SweepFigure) -> Figure:
    """Range with the target's as a line, apogee, and time of flight."""
    sweep = _break_gaps(sweep)
    figure = Figure(figsize=(8.0, 8.2), layout="constrained")
    ranges, apogees, times = figure.subplots(3, 1, sharex=True, height_ratios=(2.0, 1.0, 1.0))
    ranges.plot(sweep.angle_deg, sweep.range_km, color=theme.BLUE, marker="o", ms=3.0, lw=1.4)
    ranges.axhline(sweep.target_range_km, color=theme.VERMILLION, ls=(0, (5, 2)), lw=1.4)
    ranges.annotate(
        f"{sweep.target}: {sweep.target_range_km:,.0f} km", (0.99, sweep.target_range_km),
        xycoords=("axes fraction", "data"), xytext=(0.0, 4.0), textcoords="offset points",
        ha="right", va="bottom", color=theme.VERMILLION, fontsize=9.5,
    )  # fmt: skip
    ranges.set_ylabel("range [km]")
    ranges.set_ylim(0.0, 1.1 * max(float(np.nanmax(sweep.range_km)), sweep.target_range_km))
    apogees.plot(sweep.angle_deg, sweep.apogee_km, color=theme.GREEN, marker="s", ms=3.0, lw=1.4)
    apogees.set_ylabel("apogee [km]")
    times.plot(
        sweep.angle_deg, sweep.flight_time_min, color=theme.PURPLE, marker="^", ms=3.0, lw=1.4
    )
    times.set_ylabel("time of flight [min]")
    times.set_xlabel("flight-path angle at burnout [deg], inertial")
    for axes in (ranges, apogees, times):
        axes.grid()
    for axes in (apogees, times):
        axes.set_ylim(bottom=0.0)
    figure.suptitle(sweep.title, fontsize=12.0)
    return figure


def _break_gaps(sweep: SweepFigure) -> SweepFigure:
    """The sweep with NaN where angles are left out, so that no line is drawn across."""
    steps = np.abs(np.diff(sweep.angle_deg))
    gaps = np.flatnonzero(steps > _GAP * np.median(steps)) + 1
    columns = (sweep.angle_deg, sweep.range_km, sweep.apogee_km, sweep.flight_time_min)
    angle, ranges, apogee, time = (np.insert(column, gaps, np.nan) for column in columns)
    return sweep._replace(angle_deg=angle, range_km=ranges, apogee_km=apogee, flight_time_min=time)
