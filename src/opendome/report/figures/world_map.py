"""The whole Earth, for what goes most of the way round it: an equidistant cylindrical map."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import FuncFormatter, MultipleLocator

from opendome.geography import load_outlines
from opendome.report import theme
from opendome.report.projection import Floats


def choose_middle(longitude_deg: Floats) -> float:
    """Longitude of the map's middle at which a line (n,) is broken least often, in steps of 30."""
    middles = [0.0, *(30.0 * k for k in range(-5, 7) if k)]
    breaks = [int(np.sum(np.abs(np.diff(wrap(longitude_deg, m))) > 180.0)) for m in middles]
    return middles[int(np.argmin(breaks))]


def wrap(longitude_deg: Floats, middle_deg: float) -> Floats:
    """Longitudes on a map about a middle."""
    wrapped: Floats = (longitude_deg - middle_deg + 180.0) % 360.0 - 180.0 + middle_deg
    return wrapped


def break_line(
    longitude_deg: Floats, latitude_deg: Floats, middle_deg: float
) -> tuple[Floats, Floats]:
    """A line on the map, broken (NaN) where it leaves on one side and comes back on the other."""
    x = wrap(longitude_deg, middle_deg)
    jumps = np.flatnonzero(np.abs(np.diff(x)) > 180.0) + 1
    return np.insert(x, jumps, np.nan), np.insert(latitude_deg, jumps, np.nan)


def draw_world_map(axes: Axes, middle_deg: float) -> None:
    """Land, borders and a graticule, with the axes set to the map."""
    axes.set_xlim(middle_deg - 180.0, middle_deg + 180.0)
    axes.set_ylim(-90.0, 90.0)
    axes.set_aspect("equal")
    axes.set_facecolor(theme.WATER)
    for side in ("top", "right"):
        axes.spines[side].set_visible(True)
    outlines = load_outlines()
    rings = []
    for begin, end in zip(outlines.ring_first[:-1], outlines.ring_first[1:], strict=True):
        x = np.degrees(np.unwrap(outlines.longitude_rad[begin:end]))
        y = np.degrees(outlines.latitude_rad[begin:end])
        if abs(x[-1] - x[0]) > 180.0:  # round a pole: closed along the map's edge
            edge = np.copysign(90.0, y.mean())
            x, y = np.append(x, [x[-1], x[0], x[0]]), np.append(y, [edge, edge, y[0]])
        if np.ptp(x) + np.ptp(y) < 0.6:
            continue
        rings += [
            Path(np.column_stack([x + shift, y]), closed=True)
            for shift in (-360.0, 0.0, 360.0)
            if x.max() + shift > middle_deg - 180.0 and x.min() + shift < middle_deg + 180.0
        ]
    shape = Path.make_compound_path(*rings)
    land = PathPatch(shape, fc=theme.LAND, ec="#a8a59b", lw=0.4, zorder=1)
    axes.add_patch(land)
    axes.xaxis.set_major_locator(MultipleLocator(60.0))
    axes.yaxis.set_major_locator(MultipleLocator(30.0))
    axes.xaxis.set_major_formatter(FuncFormatter(_name_longitude))
    axes.yaxis.set_major_formatter(FuncFormatter(_name_latitude))
    axes.grid(zorder=0.5)


def _name_longitude(value: float, _: int) -> str:
    angle = (value + 180.0) % 360.0 - 180.0
    if angle in (0.0, -180.0):
        return f"{abs(angle):.0f}°"
    return f"{abs(angle):.0f}° {'E' if angle > 0.0 else 'W'}"


def _name_latitude(value: float, _: int) -> str:
    return f"{abs(value):.0f}°" + (f" {'N' if value > 0.0 else 'S'}" if value else "")
