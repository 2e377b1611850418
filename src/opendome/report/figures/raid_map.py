"""Map of one replication of the raid: ground tracks, aim points by fate, sites and intercepts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, PathPatch
from matplotlib.path import Path

from opendome.geography import load_outlines
from opendome.report import projection, theme
from opendome.report.projection import Cap, Floats


class GroundTrack(NamedTuple):
    """The ground below one object, in degrees and in the order of time."""

    latitude_deg: Floats  # (n,)
    longitude_deg: Floats  # (n,)
    fate: str


class Place(NamedTuple):
    """One marked point; `kind` is a fate, a shot result or that of a site."""

    name: str
    kind: str
    latitude_deg: float
    longitude_deg: float


class RaidMap(NamedTuple):
    """All that the map shows."""

    tracks: Sequence[GroundTrack]
    launches: Sequence[Place]
    aims: Sequence[Place]
    sites: Sequence[Place]
    intercepts: Sequence[Place]

    @property
    def is_empty(self) -> bool:
        """Nothing to show: no launch and no aim point."""
        return not self.launches and not self.aims


_SITE_MARKS = {
    "interceptor": theme.Mark(theme.BLUE, "^", "interceptor site"),
    "radar": theme.Mark(theme.PURPLE, "s", "radar"),
    "interceptor patrol": theme.Mark(theme.BLUE, "2", "interceptors on patrol"),
    "radar patrol": theme.Mark(theme.PURPLE, "x", "radar on patrol"),
}


@theme.themed
def draw_raid_map(raid: RaidMap) -> Figure:
    """The raid on an azimuthal equidistant map that holds launch area, pole and aim points.

    Raises `ValueError` where there is nothing to show.
    """
    figure = Figure(figsize=(9.6, 8.4))
    axes = figure.add_axes((0.02, 0.1, 0.96, 0.88))
    fill_raid_map(axes, raid)
    handles = list_map_marks(raid)
    figure.legend(
        handles=handles, loc="lower center", ncols=4, bbox_to_anchor=(0.5, 0.005), fontsize=9.5
    )
    return figure


def fill_raid_map(axes: Axes, raid: RaidMap, labels: bool = True) -> None:
    """Draw the map into given axes, without a legend; `labels` names aims and sites."""
    if raid.is_empty:
        raise ValueError("a map needs at least one launch or aim point")
    cap = _find_cap(raid)
    draw_base_map(axes, cap)
    for track in raid.tracks:
        x, y = _project(cap, track.latitude_deg, track.longitude_deg)
        axes.plot(x, y, color=_fate_mark(track.fate).colour, lw=1.1, alpha=0.75, zorder=4)
    for place in raid.intercepts:
        mark = theme.SHOT_MARKS[place.kind]
        _draw_mark(axes, cap, place, mark, size=44 if mark.marker == "*" else 22, zorder=6)
    for place in raid.sites:
        _draw_mark(axes, cap, place, _SITE_MARKS[place.kind], size=34, zorder=7)
    for place in raid.launches:
        _draw_mark(axes, cap, place, theme.Mark(theme.BLACK, "P", "launch"), size=48, zorder=8)
    for place in raid.aims:
        _draw_mark(axes, cap, place, _fate_mark(place.kind), size=52, zorder=9)
    if labels:
        _write_names(axes, cap, raid)


def draw_base_map(axes: Axes, cap: Cap) -> None:
    """Land, borders and a graticule inside the cap, with the axes set to it."""
    radius = cap.radius_rad
    axes.set_xlim(-radius * 1.01, radius * 1.01)
    axes.set_ylim(-radius * 1.01, radius * 1.01)
    axes.set_aspect("equal")
    axes.axis("off")
    rim = Circle((0.0, 0.0), radius, facecolor=theme.WATER, edgecolor=theme.GREY, lw=0.9)
    axes.add_patch(rim)
    spacing = radius / 320.0  # about one screen pixel
    land = PathPatch(_land_path(cap, spacing), fc=theme.LAND, ec=theme.LAND, lw=0.5, zorder=1)
    axes.add_patch(land)
    land.set_clip_path(rim)
    outlines = load_outlines()
    _draw_lines(axes, cap, outlines.coasts_rad, rim, spacing, "#a8a59b")
    _draw_lines(axes, cap, outlines.borders_rad, rim, spacing, "#c4c0b5")
    graticule = [
        np.column_stack([np.linspace(-np.pi, np.pi, 121), np.full(121, latitude)])
        for latitude in np.radians(np.arange(-60.0, 90.0, 30.0))
    ] + [
        np.column_stack([np.full(61, longitude), np.linspace(-0.5, 0.5, 61) * np.pi])
        for longitude in np.radians(np.arange(-180.0, 180.0, 30.0))
    ]
    _draw_lines(axes, cap, graticule, rim, 0.0, theme.PALE)


def list_map_marks(raid: RaidMap) -> list[Line2D]:
    """Legend entries for the kinds of mark that the map holds, each once."""
    entries = [theme.Mark(theme.BLACK, "P", "launch area")] if raid.launches else []
    aims = {place.kind for place in raid.aims}
    entries += [
        mark._replace(label=f"aim point: {mark.label}")
        for fate, mark in theme.FATE_MARKS.items()
        if fate in aims
    ]
    entries += [m for kind, m in _SITE_MARKS.items() if any(s.kind == kind for s in raid.sites)]
    results = {place.kind for place in raid.intercepts}
    entries += [mark for kind, mark in theme.SHOT_MARKS.items() if kind in results]
    return [
        Line2D([], [], ls="none", marker=m.marker, color=m.colour, ms=7.5, label=m.label)
        for m in entries
    ]


def _find_cap(raid: RaidMap) -> Cap:
    places = (*raid.launches, *raid.aims, *raid.sites)
    latitude = [place.latitude_deg for place in places]
    longitude = [place.longitude_deg for place in places]
    for track in raid.tracks:
        latitude += track.latitude_deg.tolist()
        longitude += track.longitude_deg.tolist()
    if min(latitude) > 0.0:  # a raid of the northern hemisphere is read with the pole in view
        latitude.append(90.0)
        longitude.append(0.0)
    return projection.enclose(np.radians(latitude), np.radians(longitude))


def _project(cap: Cap, latitude_deg: Floats, longitude_deg: Floats) -> tuple[Floats, Floats]:
    return projection.project(cap, np.radians(latitude_deg), np.radians(longitude_deg))


def _land_path(cap: Cap, spacing: float) -> Path:
    """All land inside the cap as one compound path."""
    outlines = load_outlines()
    x, y = projection.project(cap, outlines.latitude_rad, outlines.longitude_rad)
    rings = []
    for begin, end in zip(outlines.ring_first[:-1], outlines.ring_first[1:], strict=True):
        ring = np.column_stack([x[begin:end], y[begin:end]])
        if np.hypot(*ring.T).min() > cap.radius_rad or np.ptp(ring, axis=0).sum() < 2.0 * spacing:
            continue
        # Drawn in onto a circle just outside the rim, cut rings still enclose what they should.
        ring = projection.clamp(ring, cap.radius_rad * 1.02)
        rings.append(Path(ring[projection.thin(ring, spacing)], closed=True))
    return Path.make_compound_path(*rings)


def _draw_lines(
    axes: Axes, cap: Cap, lines_rad: Sequence[Floats], rim: Circle, spacing: float, colour: str
) -> None:
    """Lines of longitude and latitude, as one path that is broken outside the cap."""
    pieces = []
    for line in lines_rad:
        points = np.column_stack(projection.project(cap, line[:, 1], line[:, 0]))
        outside = np.hypot(*points.T) > cap.radius_rad * 1.02
        if outside.all() or np.ptp(points[~outside], axis=0).sum() < 2.0 * spacing:
            continue
        points[outside] = np.nan
        pieces += [points[projection.thin(points, spacing)], np.full((1, 2), np.nan)]
    if pieces:
        (drawn,) = axes.plot(*np.concatenate(pieces).T, color=colour, lw=0.5, zorder=2)
        drawn.set_clip_path(rim)


def _fate_mark(fate: str) -> theme.Mark:
    return theme.FATE_MARKS.get(fate, theme.FATE_MARKS["failed"])


def _draw_mark(
    axes: Axes, cap: Cap, place: Place, mark: theme.Mark, size: float, zorder: float
) -> None:
    x, y = _project(cap, np.array([place.latitude_deg]), np.array([place.longitude_deg]))
    is_open = mark.marker in "x+12"
    axes.scatter(
        x,
        y,
        s=size,
        marker=mark.marker,
        c=mark.colour,
        edgecolors=None if is_open else "white",
        linewidths=1.4 if is_open else 0.7,
        zorder=zorder,
    )


def _write_names(axes: Axes, cap: Cap, raid: RaidMap) -> None:
    """Names beside their places, where they hide no other name and the fewest marks and tracks."""
    named = (*raid.launches[:1], *raid.aims, *raid.sites)
    marked = (*named, *raid.intercepts)
    latitude = [np.array([place.latitude_deg for place in marked])]
    longitude = [np.array([place.longitude_deg for place in marked])]
    latitude += [track.latitude_deg for track in raid.tracks]
    longitude += [track.longitude_deg for track in raid.tracks]
    busy_x, busy_y = _project(cap, np.concatenate(latitude), np.concatenate(longitude))
    box = axes.get_position()
    width, height = axes.figure.get_size_inches()  # type: ignore[union-attr]
    points = 72.0 * min(box.width * width, box.height * height) / (2.02 * cap.radius_rad)
    # Height of a line, mean width of a letter and half of a mark with a gap, at 8.5 points.
    line, letter, offset = np.array([11.5, 5.3, 6.5]) / points
    # Names may stand outside the disc, inside the figure.
    middle = 0.5 * (box.x0 + box.x1)
    room = 72.0 * width * min(middle, 1.0 - middle) / points
    taken: list[tuple[float, float, float]] = []
    written = {""}
    for place, x, y in zip(named, busy_x.tolist(), busy_y.tolist(), strict=False):
        if place.name in written:  # an area that several missiles aim at is named once
            continue
        written.add(place.name)
        half = 0.5 * letter * len(place.name)
        best = None
        for dy, side in (
            (0, 1),
            (0, -1),
            (1, 0),
            (-1, 0),
            (0.8, 1),
            (-0.8, 1),
            (0.8, -1),
            (-0.8, -1),
        ):
            at_x, at_y = x + side * (offset + half), y + dy * line
            if abs(at_x) + half > room or any(
                abs(at_x - x_) < half + half_ and abs(at_y - y_) < line for x_, y_, half_ in taken
            ):
                continue
            hidden = np.sum((abs(busy_x - at_x) < half) & (abs(busy_y - at_y) < 0.45 * line))
            if best is None or hidden < best[0]:
                best = (int(hidden), at_x, at_y)
        # A site's name gives way where it would hide something; an aim's or a launch's does not.
        if best is not None and (best[0] == 0 or place.kind not in _SITE_MARKS):
            _, at_x, at_y = best
            taken.append((at_x, at_y, half))
            axes.text(at_x, at_y, place.name, ha="center", va="center", fontsize=8.5, zorder=10)
