"""Everything that a missile reaches from a place, as a map."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path

from opendome.physics.constants import EARTH_MEAN_RADIUS_M
from opendome.report import theme
from opendome.report.figures.raid_map import draw_base_map
from opendome.report.figures.world_map import draw_world_map, wrap
from opendome.report.projection import MAX_RADIUS_RAD, Cap, Floats

_EARTH_RADIUS_KM = EARTH_MEAN_RADIUS_M / 1e3
_HALF_WAY_ROUND_KM = np.pi * _EARTH_RADIUS_KM
_MARGIN_RAD = 0.05


class FootprintFigure(NamedTuple):
    """All that the figure shows."""

    title: str
    launch: str
    launch_latitude_deg: float
    launch_longitude_deg: float
    bearing_deg: Floats  # (n,) evenly round
    nearest_km: Floats
    farthest_km: Floats
    # The same as polygons of longitude and latitude [deg], each a ring and its holes, cut at the
    # antimeridian: used where the map is of the whole Earth.
    polygons_deg: list[list[Floats]]


@theme.themed
def draw_footprint(footprint: FootprintFigure) -> Figure:
    """The reached region on a map about the launch point, where ranges and bearings are true.

    Of the whole Earth where it is larger than that shows well.
    """
    reached = np.isfinite(footprint.farthest_km)
    farthest_rad = float(np.max(footprint.farthest_km, initial=0.0, where=reached))
    farthest_rad /= _EARTH_RADIUS_KM
    is_near = bool(reached.all()) and farthest_rad < MAX_RADIUS_RAD
    figure = Figure(figsize=(8.0, 8.8) if is_near else (10.0, 6.2))
    style: dict[str, Any] = {"fc": theme.SKY, "ec": theme.BLUE, "lw": 1.4, "alpha": 0.45}
    if is_near:
        axes = figure.add_axes((0.02, 0.06, 0.96, 0.86))
        cap = Cap(
            np.radians(footprint.launch_latitude_deg), np.radians(footprint.launch_longitude_deg),
            farthest_rad + _MARGIN_RAD,
        )  # fmt: skip
        draw_base_map(axes, cap)
        region = Path.make_compound_path(
            _ring(footprint.bearing_deg, footprint.farthest_km),
            _ring(footprint.bearing_deg[::-1], footprint.nearest_km[::-1]),
        )
        axes.add_patch(PathPatch(region, zorder=3, **style))
        x, y = 0.0, 0.0
    else:
        axes = figure.add_axes((0.07, 0.12, 0.9, 0.8))
        middle = 30.0 * round(footprint.launch_longitude_deg / 30.0)
        draw_world_map(axes, middle)
        for rings in footprint.polygons_deg:
            for shift in (-360.0, 0.0, 360.0):
                paths = [Path(ring + np.array([shift, 0.0]), closed=True) for ring in rings]
                patch = PathPatch(Path.make_compound_path(*paths), zorder=3, **style)
                patch.set_linewidth(0.0)
                axes.add_patch(patch)
        x = float(wrap(np.array([footprint.launch_longitude_deg]), middle)[0])
        y = footprint.launch_latitude_deg
    axes.scatter(
        [x], [y], s=70, marker="P", c=theme.BLACK, edgecolors="white", linewidths=0.8, zorder=8
    )
    axes.annotate(
        footprint.launch, (x, y), xytext=(8.0, 0.0), textcoords="offset points", va="center",
        fontsize=9.0, zorder=9,
        bbox={"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none", "alpha": 0.75},
    )  # fmt: skip
    figure.suptitle(footprint.title, fontsize=12.0, y=0.98)
    handles = [
        Patch(label=_describe(footprint, reached), **style),
        Line2D([], [], ls="none", marker="P", color=theme.BLACK, ms=7.0, label="launch"),
    ]
    figure.legend(handles=handles, loc="lower center", ncols=2)
    return figure


def _ring(bearing_deg: Floats, range_km: Floats) -> Path:
    angle = np.radians(np.append(bearing_deg, bearing_deg[:1]))
    distance = np.append(range_km, range_km[:1]) / _EARTH_RADIUS_KM
    points = np.column_stack((distance * np.sin(angle), distance * np.cos(angle)))
    return Path(points, closed=True)


def _describe(
    footprint: FootprintFigure, reached: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> str:
    if not reached.any():
        return "nothing reached"
    near = _span(footprint.nearest_km[reached])
    if footprint.farthest_km[reached].min() > _HALF_WAY_ROUND_KM - 1.0:
        return f"reached: everything from {near} on"
    return f"reached: from {near} out to {_span(footprint.farthest_km[reached])}, by bearing"


def _span(ranges_km: Floats) -> str:
    least, most = f"{ranges_km.min():,.0f}", f"{ranges_km.max():,.0f}"
    return f"{least} km" if least == most else f"{least} to {most} km"
