"""How good the defence's picture was: when objects were found, how well they were followed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

from opendome.report import theme
from opendome.tables.picture import CUTOFF_M, NEES_BAND, NEES_DEGREES, TIMES_TO_GO_S

Floats = NDArray[np.float64]


class Arrivals(NamedTuple):
    """When objects of one class were first seen and first firmly tracked, after launch."""

    name: str
    objects: int  # all of them, over all replications
    detected_s: Floats  # rising
    firm_s: Floats  # rising


class ClassSeries(NamedTuple):
    """Scores of one class over time, over all replications; NaN where too few to say."""

    name: str
    time_min: Floats
    completeness: Floats
    ambiguity: Floats
    position_rmse_m: Floats
    nees: Floats
    is_consistent: NDArray[np.bool_]  # whether the mean NEES is in the band of so many tracks
    nees_inside: Floats


class PictureSeries(NamedTuple):
    """Scores over time."""

    time_min: Floats
    spuriousness: Floats
    classes: Sequence[ClassSeries]


class GospaSeries(NamedTuple):
    """Parts of GOSPA over time [m], root mean squares over replications; squares add up."""

    time_min: Floats
    localisation_m: Floats
    missed_m: Floats
    false_m: Floats


class ImpactErrors(NamedTuple):
    """Error of the predicted impact point of one class, by time to impact [s] and [m]."""

    name: str
    time_to_go_s: Floats  # lower ends of bins
    median_m: Floats
    p90_m: Floats
    sigma_m: Floats  # median of what the tracks claim


# Neighbours differ in lightness, line and marker too.
_STYLES: Final = (
    (theme.BLUE, "-", "o"), (theme.VERMILLION, "--", "s"), (theme.GREEN, "-.", "^"),
    (theme.PURPLE, ":", "D"), (theme.BLACK, (0, (5, 1)), "v"),
    (theme.ORANGE, (0, (3, 1, 1, 1)), "P"),
)  # fmt: skip
# What a class looks like does not depend on which others are there.
_ORDER: Final = ("warhead", "booster", "glide-vehicle", "cruise-missile", "body")
_PANELS_PER_ROW: Final = 3
# Longer raids have a logarithmic axis of time: ballistic flight is not squeezed by the hours
# of cruise missiles.
LONG_RAID_S: Final = 5400.0


def _style(name: str) -> dict[str, Any]:
    i = _ORDER.index(name) if name in _ORDER else sum(map(ord, name))
    colour, line, marker = _STYLES[i % len(_STYLES)]
    return {"color": colour, "ls": line, "marker": marker, "ms": 3.6, "lw": 1.5}


@theme.themed
def draw_arrivals(arrivals: Sequence[Arrivals]) -> Figure:
    """Share of the objects of each class seen and firmly tracked, against time since launch.

    Raises `ValueError` where there is no class.
    """
    if not arrivals:
        raise ValueError("no object flew")
    n_columns = min(_PANELS_PER_ROW, len(arrivals))
    n_rows = -(-len(arrivals) // n_columns)
    figure = Figure(figsize=(9.6, 0.9 + 2.3 * n_rows), layout="constrained")
    panels = figure.subplots(n_rows, n_columns, sharey=True, squeeze=False).ravel()
    for axes, row in zip(panels, arrivals, strict=False):
        last = max(
            [60.0, *(1.05 * times[-1] for times in (row.detected_s, row.firm_s) if times.size)]
        )
        for times, colour, line in (
            (row.detected_s, theme.SKY, "--"),
            (row.firm_s, theme.BLUE, "-"),
        ):
            shares = np.arange(times.size + 1) / row.objects
            at, share = _thin(np.append(times, last), np.append(shares[1:], shares[-1]))
            axes.step(
                np.append(0.0, at), np.append(0.0, share), where="post", color=colour, ls=line,
                lw=2.0,
            )  # fmt: skip
        axes.set_title(f"{row.name}, {row.objects:,}", loc="left")
        axes.set_xlim(0.0, last)
        axes.set_ylim(0.0, 1.03)
        axes.grid()
    for axes in panels[len(arrivals) :]:
        axes.set_axis_off()
    for axes in panels[: len(arrivals)][-n_columns:]:
        axes.set_xlabel("time since launch [s]")
    for k in range(n_rows):
        theme.show_as_percent(panels[k * n_columns].yaxis)
        panels[k * n_columns].set_ylabel("share of objects")
    figure.legend(
        handles=[
            Line2D([], [], color=theme.SKY, ls="--", lw=2.0, label="first detection of it"),
            Line2D([], [], color=theme.BLUE, lw=2.0, label="first firm track on it"),
        ],
        loc="outside lower center",
        ncols=2,
    )
    return figure


@theme.themed
def draw_picture(series: PictureSeries) -> Figure:
    """Completeness, ambiguity and spuriousness over time. `ValueError` where there is no class."""
    if not series.classes:
        raise ValueError("no object was scored")
    figure = Figure(figsize=(9.6, 6.4), layout="constrained")
    complete, ambiguous, spurious = figure.subplots(3, 1, sharex=True)
    for row in series.classes:
        complete.plot(row.time_min, row.completeness, label=row.name, **_style(row.name))
        ambiguous.plot(row.time_min, row.ambiguity, **_style(row.name))
    spurious.plot(series.time_min, series.spuriousness, color=theme.INK, lw=1.5, marker=".")
    for axes, label in (
        (complete, "completeness:\nobjects held"),
        (spurious, "spuriousness:\ntracks of nothing"),
    ):
        axes.set_ylim(-0.03, 1.03)
        theme.show_as_percent(axes.yaxis)
        axes.set_ylabel(label)
    ambiguous.axhline(1.0, color=theme.GREY, lw=0.8)
    ambiguous.set_ylim(bottom=0.9)
    ambiguous.set_ylabel("ambiguity: tracks\non an object held")
    _finish(figure, (complete, ambiguous, spurious), len(series.classes))
    return figure


@theme.themed
def draw_gospa(series: GospaSeries) -> Figure:
    """GOSPA and its parts over time. `ValueError` where there is no look."""
    if not series.time_min.size:
        raise ValueError("the picture was never scored")
    figure = Figure(figsize=(9.6, 3.4), layout="constrained")
    axes = figure.subplots()
    total = np.sqrt(series.localisation_m**2 + series.missed_m**2 + series.false_m**2)
    for values, label, colour, line, width in (
        (total, "GOSPA", theme.BLACK, "-", 2.2),
        (series.missed_m, "missed objects", theme.VERMILLION, "--", 1.6),
        (series.false_m, "false and second tracks", theme.PURPLE, ":", 2.0),
        (series.localisation_m, "localisation", theme.BLUE, "-.", 1.6),
    ):
        axes.plot(series.time_min, values / 1e3, color=colour, ls=line, lw=width, label=label)
    axes.set_ylim(bottom=0.0)
    axes.set_ylabel("distance [km]")
    _finish(figure, (axes,), 4)
    return figure


@theme.themed
def draw_position_error(series: PictureSeries) -> Figure:
    """Position error over time by class. `ValueError` where no object fed a track."""
    rows = [row for row in series.classes if np.isfinite(row.position_rmse_m).any()]
    if not rows:
        raise ValueError("no object fed a firm track")
    figure = Figure(figsize=(9.6, 3.4), layout="constrained")
    axes = figure.subplots()
    for row in rows:
        axes.plot(row.time_min, row.position_rmse_m, label=row.name, **_style(row.name))
    _set_length_axis(axes)
    axes.axhline(CUTOFF_M, color=theme.GREY, lw=0.8)
    axes.set_ylabel("position error, r.m.s.")
    _finish(figure, (axes,), len(rows))
    return figure


@theme.themed
def draw_nees(series: PictureSeries) -> Figure:
    """NEES over time with its chi-square band. `ValueError` where no object fed a track."""
    rows = [row for row in series.classes if np.isfinite(row.nees).any()]
    if not rows:
        raise ValueError("no object fed a firm track")
    figure = Figure(figsize=(9.6, 5.2), layout="constrained")
    mean, inside = figure.subplots(2, 1, sharex=True)
    mean.axhspan(*NEES_BAND, color=theme.PALE, alpha=0.6, lw=0.0)
    mean.axhline(NEES_DEGREES, color=theme.GREY, lw=0.8)
    for row in rows:
        style = _style(row.name)
        mean.plot(row.time_min, row.nees, label=row.name, **style | {"mfc": "white"})
        good = row.is_consistent
        mean.plot(row.time_min[good], row.nees[good], **style | {"ls": "none", "ms": 4.2})
        inside.plot(row.time_min, row.nees_inside, **style)
    mean.set_yscale("log")
    mean.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    mean.set_ylabel("mean NEES\n(6 if honest)")
    inside.axhline(0.95, color=theme.GREY, lw=0.8)
    inside.set_ylim(-0.03, 1.03)
    theme.show_as_percent(inside.yaxis)
    inside.set_ylabel("tracks in the\n95 % band")
    _finish(figure, (mean, inside), len(rows))
    return figure


@theme.themed
def draw_impact_errors(errors: Sequence[ImpactErrors]) -> Figure:
    """Error of predicted impact points against time to go. `ValueError` where there is none."""
    if not errors:
        raise ValueError("no impact was predicted")
    figure = Figure(figsize=(9.6, 3.6), layout="constrained")
    axes = figure.subplots()
    ends = [*TIMES_TO_GO_S[1:], TIMES_TO_GO_S[-1] + 300.0]
    middle = {
        start: 0.5 * (start + end) / 60.0 for start, end in zip(TIMES_TO_GO_S, ends, strict=True)
    }
    for row in errors:
        at = np.array([middle[start] for start in row.time_to_go_s])
        style = _style(row.name)
        axes.plot(at, row.median_m, label=f"{row.name}: median", **style | {"ls": "-", "lw": 2.0})
        axes.plot(at, row.p90_m, label=f"{row.name}: 90 %", **style | {"ls": "--", "lw": 1.0})
        axes.plot(
            at, row.sigma_m, label=f"{row.name}: claimed, one sigma",
            **style | {"ls": ":", "lw": 1.6, "marker": ""},
        )  # fmt: skip
    _set_length_axis(axes)
    axes.invert_xaxis()
    axes.set_ylabel("error of the impact point")
    axes.set_xlabel("time to impact [min]")
    axes.grid()
    figure.legend(loc="outside lower center", ncols=3)
    return figure


def _set_length_axis(axes: Axes) -> None:
    """A logarithmic axis of metres, with kilometres where they read better."""
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda m, _: f"{m / 1e3:,g} km" if m >= 1e3 else f"{m:g} m")
    )


def _finish(figure: Figure, panels: Sequence[Axes], n_entries: int) -> None:
    for axes in panels:
        axes.grid()
    if panels[-1].dataLim.x1 > LONG_RAID_S / 60.0:
        panels[-1].set_xscale("log")
        panels[-1].xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    else:
        panels[-1].set_xlim(left=0.0)
    panels[-1].set_xlabel("time since the first planned launch [min]")
    figure.legend(loc="outside lower center", ncols=min(5, n_entries))


def _thin(times: Floats, shares: Floats, most: int = 200) -> tuple[Floats, Floats]:
    """At most so many steps of a cumulative share, the last one kept."""
    rows = np.unique(np.linspace(0, times.size - 1, min(most, times.size)).astype(int))
    return times[rows], shares[rows]
