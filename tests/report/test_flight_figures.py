"""Figures of flights: lines break where maps do, and the Earth's whole map is used where needed."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from opendome.report import theme
from opendome.report.figures.burnout_sweep import SweepFigure, draw_sweep
from opendome.report.figures.flight import FlightFigure, Pin, Span, draw_flight
from opendome.report.figures.world_map import break_line, choose_middle, draw_world_map


def _flight(latitude_deg, longitude_deg):
    time = np.linspace(0.0, 3000.0, len(latitude_deg))
    return FlightFigure(
        "a flight", time, latitude_deg, longitude_deg, 100.0 * np.sin(time / 1000.0),
        np.full(time.size, 7.0), (Span("boost", 0.0, 300.0), Span("coast", 300.0, 3000.0)),
        Pin("here", latitude_deg[0], longitude_deg[0]),
        Pin("there", latitude_deg[-1], longitude_deg[-1]), (),
    )  # fmt: skip


def _inclined(turns):
    angle = np.linspace(0.0, 2.0 * np.pi * turns, 400)
    latitude = np.degrees(np.arcsin(np.sin(angle) * np.sin(0.9)))
    longitude = np.degrees(np.arctan2(np.sin(angle) * np.cos(0.9), np.cos(angle)) - angle)
    return latitude, (longitude + 180.0) % 360.0 - 180.0


def test_line_is_broken_at_the_edge_of_the_map_alone():
    """A track over the antimeridian is whole on a map about it and broken on one about zero."""
    longitude = np.array([170.0, 178.0, -178.0, -170.0])
    latitude = np.zeros(4)
    assert choose_middle(longitude) != 0.0
    x, _ = break_line(longitude, latitude, 0.0)
    assert np.isnan(x).sum() == 1
    x, _ = break_line(longitude, latitude, 180.0)
    assert not np.isnan(x).any()
    assert np.ptp(x) == pytest.approx(20.0)


@pytest.mark.parametrize(
    "track",
    [
        (np.linspace(70.0, 89.9, 50), np.full(50, 30.0)),
        (np.linspace(50.0, 60.0, 50), np.linspace(170.0, 200.0, 50)),
        _inclined(0.9),
    ],
)
def test_a_flight_is_drawn_anywhere(track):
    """Three panels; the names of the phases stand in the legend."""
    figure = draw_flight(_flight(*track))
    assert len(figure.axes) == 3
    (legend,) = figure.legends
    assert {"boost", "coast", "launch", "target"} == {text.get_text() for text in legend.texts}
    figure.canvas.draw()


def test_the_whole_earth_has_land_at_the_south_pole():
    """Antarctica is closed along the map's lower edge, whatever the middle."""
    for middle in (0.0, 120.0, -60.0):
        figure = Figure(figsize=(8.0, 4.0), dpi=50)
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        draw_world_map(axes, middle)
        axes.grid(False)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        pixels = np.asarray(canvas.buffer_rgba())[..., :3] / 255.0
        lowest = pixels[-4]
        land = np.abs(lowest - to_rgb(theme.LAND)).max(axis=1) < 0.05
        assert land.mean() > 0.9


def test_a_sweep_is_not_drawn_across_what_it_leaves_out():
    """A gap in the angle is a gap in the line."""
    angle = np.concatenate([np.arange(80.0, 10.0, -2.0), np.arange(-4.0, -10.0, -2.0)])
    figure = draw_sweep(SweepFigure("s", angle, 10.0 * angle, angle, angle, "t", 300.0))
    assert np.isnan(figure.axes[0].lines[0].get_xdata()).sum() == 1
