"""One flight: its ground track on a map, its altitude and its speed over time."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from opendome.report import projection, theme
from opendome.report.figures.raid_map import draw_base_map
from opendome.report.figures.world_map import break_line, choose_middle, draw_world_map, wrap
from opendome.report.projection import MAX_RADIUS_RAD, Cap, Floats


class Span(NamedTuple):
    """A phase of the flight."""

    name: str
    start_s: float
    end_s: float


class Pin(NamedTuple):
    """A named place of the map."""

    name: str
    latitude_deg: float
    longitude_deg: float


class FlightFigure(NamedTuple):
    """All that the figure shows."""

    title: str
    time_s: Floats  # (n,) since launch
    latitude_deg: Floats
    longitude_deg: Floats
    altitude_km: Floats
    speed_km_s: Floats  # relative to the Earth
    phases: tuple[Span, ...]
    launch: Pin
    target: Pin
    waypoints: tuple[Pin, ...]


# Colour and dashes of the phases in the order of flight: told apart in grey too.
_STROKES: Final[tuple[tuple[str, Any], ...]] = (
    (theme.VERMILLION, "solid"),
    (theme.BLUE, "solid"),
    (theme.GREEN, (0, (5, 1.2))),
    (theme.ORANGE, "solid"),
    (theme.PURPLE, (0, (2, 1))),
    (theme.BLACK, (0, (1, 0.8))),
)
_LAUNCH: Final = theme.Mark(theme.BLACK, "P", "launch")
_TARGET: Final = theme.Mark(theme.BLACK, "X", "target")
_WAYPOINT: Final = theme.Mark(theme.PURPLE, "D", "waypoint")
# Above this many seconds a time axis is in minutes, and above this many in hours.
_MINUTES_S: Final = 600.0
_HOURS_S: Final = 3.0 * 3600.0
# Mean width of a letter of a name.
_LETTER_PT: Final = 5.4


@theme.themed
def draw_flight(flight: FlightFigure) -> Figure:
    """Map, altitude and speed.

    The map is azimuthal equidistant about the flight, or of the whole Earth where the flight goes
    farther than that shows well.
    """
    cap = _find_cap(flight)
    figure = Figure(figsize=(11.0, 6.2) if cap else (10.0, 10.0))
    if cap:
        ground = figure.add_axes((0.01, 0.1, 0.5, 0.82))
        above = figure.add_axes((0.6, 0.56, 0.38, 0.34))
        below = figure.add_axes((0.6, 0.15, 0.38, 0.34))
        _fill_cap(ground, cap, flight)
    else:
        ground = figure.add_axes((0.07, 0.48, 0.9, 0.45))
        above = figure.add_axes((0.1, 0.29, 0.86, 0.15))
        below = figure.add_axes((0.1, 0.09, 0.86, 0.15))
        _fill_world(ground, flight)
    unit, seconds = _choose_unit(flight.time_s[-1])
    for axes, values, label in (
        (above, flight.altitude_km, "altitude [km]"),
        (below, flight.speed_km_s, "speed [km/s]"),
    ):
        for span, (colour, dashes) in _stroke(flight):
            inside = _within(flight, span)
            axes.plot(
                flight.time_s[inside] / seconds, values[inside], color=colour, ls=dashes, lw=1.8
            )
        axes.set_ylabel(label)
        axes.set_xlim(0.0, flight.time_s[-1] / seconds)
        axes.set_ylim(0.0, 1.06 * float(values.max()))
        axes.grid()
    above.tick_params(labelbottom=False)
    below.set_xlabel(f"time since launch [{unit}]; speed is relative to the Earth")
    figure.suptitle(flight.title, fontsize=12.0, y=0.98)
    handles = [
        Line2D([], [], color=colour, ls=dashes, lw=2.0, label=span.name)
        for span, (colour, dashes) in _stroke(flight)
    ]
    marks = [_LAUNCH, _TARGET, *([_WAYPOINT] if flight.waypoints else [])]
    handles += [
        Line2D([], [], ls="none", marker=m.marker, color=m.colour, ms=7.0, label=m.label)
        for m in marks
    ]
    figure.legend(handles=handles, loc="lower center", ncols=len(handles))
    return figure


def _stroke(flight: FlightFigure) -> list[tuple[Span, tuple[str, Any]]]:
    return [(span, _STROKES[i % len(_STROKES)]) for i, span in enumerate(flight.phases)]


def _within(flight: FlightFigure, span: Span) -> Any:
    return (flight.time_s >= span.start_s - 1e-6) & (flight.time_s <= span.end_s + 1e-6)


def _choose_unit(end_s: float) -> tuple[str, float]:
    if end_s > _HOURS_S:
        return "h", 3600.0
    return ("min", 60.0) if end_s > _MINUTES_S else ("s", 1.0)


def _list_pins(flight: FlightFigure) -> list[tuple[Pin, theme.Mark]]:
    pins = [(flight.launch, _LAUNCH), (flight.target, _TARGET)]
    return pins + [(pin, _WAYPOINT) for pin in flight.waypoints]


def _find_cap(flight: FlightFigure) -> Cap | None:
    """The round piece of the Earth that holds the flight; none where it is too large."""
    pins = [pin for pin, _ in _list_pins(flight)]
    latitude = np.append(flight.latitude_deg, [pin.latitude_deg for pin in pins])
    longitude = np.append(flight.longitude_deg, [pin.longitude_deg for pin in pins])
    cap = projection.enclose(np.radians(latitude), np.radians(longitude))
    return cap if cap.radius_rad < MAX_RADIUS_RAD else None


def _fill_cap(axes: Axes, cap: Cap, flight: FlightFigure) -> None:
    draw_base_map(axes, cap)
    x, y = projection.project(
        cap, np.radians(flight.latitude_deg), np.radians(flight.longitude_deg)
    )
    for span, (colour, dashes) in _stroke(flight):
        inside = _within(flight, span)
        axes.plot(x[inside], y[inside], color=colour, ls=dashes, lw=2.0, zorder=4)
    track = np.column_stack((x, y))
    for pin, mark in _list_pins(flight):
        at = projection.project(
            cap, np.radians([pin.latitude_deg]), np.radians([pin.longitude_deg])
        )
        _draw_pin(axes, float(at[0][0]), float(at[1][0]), pin, mark, track)


def _fill_world(axes: Axes, flight: FlightFigure) -> None:
    middle = choose_middle(flight.longitude_deg)
    draw_world_map(axes, middle)
    track = np.column_stack((wrap(flight.longitude_deg, middle), flight.latitude_deg))
    for span, (colour, dashes) in _stroke(flight):
        inside = _within(flight, span)
        x, y = break_line(flight.longitude_deg[inside], flight.latitude_deg[inside], middle)
        axes.plot(x, y, color=colour, ls=dashes, lw=2.0, zorder=4)
    for pin, mark in _list_pins(flight):
        x_pin = float(wrap(np.array([pin.longitude_deg]), middle)[0])
        _draw_pin(axes, x_pin, pin.latitude_deg, pin, mark, track)


def _draw_pin(axes: Axes, x: float, y: float, pin: Pin, mark: theme.Mark, track: Floats) -> None:
    """A mark with its name on the side where it hides least of the track."""
    axes.scatter(
        [x], [y], s=60, marker=mark.marker, c=mark.colour, edgecolors="white", linewidths=0.8,
        zorder=8,
    )  # fmt: skip
    # All in points of the page.
    scale = 72.0 / axes.figure.dpi
    place = axes.transData.transform((x, y)) * scale
    line = axes.transData.transform(track) * scale - place
    frame = axes.transData.transform(
        np.column_stack((axes.get_xlim(), axes.get_ylim()))
    ) * scale - place  # fmt: skip
    half = 0.5 * _LETTER_PT * len(pin.name) + 2.0
    best, least = (0.0, 0.0), np.inf
    for across, up in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)):
        at_x, at_y = across * (half + 7.0), up * (13.0 if across == 0 else 9.0)
        inside = (np.abs(line[:, 0] - at_x) < half) & (np.abs(line[:, 1] - at_y) < 8.0)
        beyond = not frame[0, 0] < at_x - half < at_x + half < frame[1, 0]
        hidden = float(inside.sum()) + 1e6 * beyond
        if hidden < least:
            best, least = (at_x, at_y), hidden
    axes.annotate(
        pin.name, (x, y), xytext=best, textcoords="offset points", ha="center", va="center",
        fontsize=9.0, zorder=9, bbox={"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none",
                                      "alpha": 0.75},
    )  # fmt: skip
