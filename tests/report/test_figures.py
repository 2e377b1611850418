"""Figures show their data, name their axes, and hide no name behind another."""

import math
import re

import numpy as np
import pytest

from opendome.report import figures, theme
from opendome.report.figures.raid_map import draw_base_map
from opendome.report.projection import Cap
from opendome.report.svg import render_svg

NAN = math.nan

RAID = figures.RaidMap(
    tracks=[],
    launches=[figures.Place("launch area", "launch", 39.0, 126.0)],
    aims=[
        figures.Place("Toronto", "leaked", 43.7, -79.4),
        figures.Place("Hamilton", "stopped", 43.3, -79.9),
        figures.Place("Buffalo", "fell-short", 42.9, -78.8),
        figures.Place("Seattle", "stopped", 47.6, -122.3),
        figures.Place("Vancouver", "leaked", 49.3, -123.1),
    ],
    sites=[figures.Place("fort-greely", "interceptor", 63.9, -145.7)],
    intercepts=[figures.Place("", "killed", 70.0, -150.0)],
)
ROWS = [
    figures.TimelineRow(
        "m/1 to Toronto", "leaked", "warhead", 0.0, 180.0, 240.0, 1700.0, 1800.0, 40.0, 55.0,
        [figures.TimelineShot(300.0, 1000.0, "failed")],
    ),
    figures.TimelineRow(
        "m/2 to Seattle", "stopped", "glide-vehicle", 30.0, 200.0, NAN, NAN, 190.0, NAN, NAN, [],
    ),
]  # fmt: skip
BUDGET = figures.BoostBudget(
    "icbm-solid",
    [
        figures.Term("plume visible", 20, 30, 40, ""),
        figures.Term("fly-out", 60, 90, 160, ""),
        figures.Term("burnout", 170, 180, 190, ""),
    ],
    {"firm track": 55.0},
)
LEAKAGE = figures.Leakage(0.2, (0.17, 0.23), 0.95, (0.0, 0.2, 0.4), (0.1, 0.3))

MINUTES = np.array([0.5, 1.5, 2.5])
SERIES = figures.PictureSeries(
    MINUTES, np.array([0.0, 0.2, 0.5]),
    [
        figures.ClassSeries(
            "warhead", MINUTES, np.array([0.0, 0.5, 1.0]), np.array([NAN, 1.0, 2.0]),
            np.array([NAN, 900.0, 30.0]), np.array([NAN, 60.0, 6.0]),
            np.array([False, False, True]), np.array([NAN, 0.2, 0.9]),
        )
    ],
)  # fmt: skip
UNFED = SERIES._replace(
    classes=[SERIES.classes[0]._replace(position_rmse_m=np.full(3, NAN), nees=np.full(3, NAN))]
)
GOSPA = figures.GospaSeries(MINUTES, np.full(3, 3e3), np.full(3, 4e3), np.zeros(3))
IMPACTS = [
    figures.ImpactErrors(
        "warhead", np.array([0.0, 240.0]), np.array([300.0, 2e3]), np.array([900.0, 5e3]),
        np.array([500.0, 900.0]),
    )
]  # fmt: skip
ARRIVALS = [figures.Arrivals("warhead", 4, np.array([30.0, 40.0, 50.0]), np.array([60.0]))]

CURVE = figures.OperatingCurve(
    "decoy", 20, 90, np.array([0.0, 0.2, 1.0]), np.array([0.0, 0.7, 1.0]), (0.75, 0.7, 0.8)
)

CHARTS = {
    "arrivals": lambda: figures.draw_arrivals(ARRIVALS),
    "gospa": lambda: figures.draw_gospa(GOSPA),
    "position-error": lambda: figures.draw_position_error(SERIES),
    "impact-error": lambda: figures.draw_impact_errors(IMPACTS),
    "operating-curves": lambda: figures.draw_operating_curves([CURVE]),
    "timeline": lambda: figures.draw_timeline(ROWS),
    "boost": lambda: figures.draw_boost_budget([BUDGET]),
    "leakage": lambda: figures.draw_leakage(LEAKAGE),
    "leakers": lambda: figures.draw_leaker_distribution({0: 0.5, 1: 0.25, 4: 0.25}),
    "layers": lambda: figures.draw_layers([figures.LayerCount("boost", 4.0, 1.5)]),
    "reasons": lambda: figures.draw_loss_budget([figures.Share("missed", 0.25)]),
    "delays": lambda: figures.draw_delays([figures.Delay("icbm", "firm track", 40, 50, 60)]),
}
EMPTY = [
    lambda: figures.draw_arrivals([]),
    lambda: figures.draw_picture(SERIES._replace(classes=[])),
    lambda: figures.draw_gospa(figures.GospaSeries(*[np.zeros(0)] * 4)),
    lambda: figures.draw_position_error(UNFED),
    lambda: figures.draw_nees(UNFED),
    lambda: figures.draw_impact_errors([]),
    lambda: figures.draw_operating_curves([]),
    lambda: figures.draw_raid_map(figures.RaidMap([], [], [], [], [])),
    lambda: figures.draw_timeline([]),
    lambda: figures.draw_boost_budget([]),
    lambda: figures.draw_leaker_distribution({}),
    lambda: figures.draw_layers([]),
    lambda: figures.draw_loss_budget([]),
    lambda: figures.draw_delays([]),
    lambda: figures.draw_overview(RAID, []),
]


@pytest.mark.parametrize("name", CHARTS)
def test_axes_are_named(name):
    """Every chart says what its axes show; a quantity of time with its unit."""
    (axes,) = CHARTS[name]().axes
    assert axes.get_xlabel()
    assert axes.get_ylabel() or [tick.get_text() for tick in axes.get_yticklabels()]
    if "time" in axes.get_xlabel():
        assert re.search(r"\[(s|min)\]", axes.get_xlabel())


@pytest.mark.parametrize("draw", EMPTY)
def test_nothing_to_draw_is_an_error(draw):
    """An empty chart would read as a result; the report says it in words instead."""
    with pytest.raises(ValueError, match=r"needs|no |were|was"):
        draw()


@pytest.mark.parametrize("draw", [figures.draw_picture, figures.draw_nees])
def test_panels_over_time_share_their_axis(draw):
    """Each panel is named, and the lowest has the time."""
    panels = draw(SERIES).axes
    assert all(axes.get_ylabel() for axes in panels)
    assert panels[-1].get_xlabel().endswith("[min]")


def test_what_is_never_found_never_reaches_one():
    """Three of four detected, one of four firm: the curves end at 75 and 25 %."""
    (axes,) = figures.draw_arrivals(ARRIVALS).axes
    ends = [line.get_ydata()[-1] for line in axes.get_lines()]
    assert ends == [pytest.approx(0.75), pytest.approx(0.25)]
    assert "4" in axes.get_title(loc="left")


def test_gospa_is_the_root_of_the_squares_of_its_parts():
    """Three, four and nothing make five kilometres."""
    (axes,) = figures.draw_gospa(GOSPA).axes
    assert axes.get_lines()[0].get_ydata() == pytest.approx([5.0] * 3)


def test_consistent_means_are_filled():
    """Of three means, one of them unknown, the one inside its band has a filled mark."""
    mean, _ = figures.draw_nees(SERIES).axes
    filled = [line for line in mean.get_lines() if line.get_linestyle() == "None"]
    assert [line.get_ydata().tolist() for line in filled] == [[6.0]]


@pytest.mark.parametrize(("last_min", "scale"), [(40.0, "linear"), (300.0, "log")])
def test_long_raids_have_a_logarithmic_axis(last_min, scale):
    """Hours of cruise missiles do not squeeze forty minutes of ballistic flight."""
    (axes,) = figures.draw_gospa(GOSPA._replace(time_min=np.array([1.0, 9.0, last_min]))).axes
    assert axes.get_xscale() == scale


def test_timeline_bars_are_the_phases():
    """Left edges and widths in minutes; a flight that was ended ends its last phase."""
    (axes,) = figures.draw_timeline(ROWS).axes
    bars = [(bar.get_x() * 60.0, bar.get_width() * 60.0) for bar in axes.patches]
    assert bars == [
        pytest.approx(bar)
        for bar in [(0.0, 180.0), (180.0, 60.0), (240.0, 1460.0), (1700.0, 100.0), (30.0, 160.0)]
    ]


def test_boost_bars_follow_each_other():
    """Each term begins where the one before ended."""
    (axes,) = figures.draw_boost_budget([BUDGET]).axes
    bars = [(bar.get_x(), bar.get_width()) for bar in axes.patches]
    assert bars == [(0.0, 30.0), (30.0, 90.0), (170.0, 20.0)]


def test_names_on_the_map_do_not_cover_each_other():
    """Five aims in two clusters: every aim keeps its name, and no two names overlap."""
    figure = figures.draw_raid_map(RAID)
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    names = {text.get_text() for text in figure.axes[0].texts}
    assert {aim.name for aim in RAID.aims} <= names
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[i + 1 :])
        assert figure.bbox.contains(box.x0, box.y0)
        assert figure.bbox.contains(box.x1, box.y1)


def test_legend_of_the_map_names_what_is_there():
    """A kind of mark is explained if and only if it is drawn."""
    labels = [text.get_text() for text in figures.draw_raid_map(RAID).legends[0].get_texts()]
    assert "aim point: fell short" in labels
    assert "shot: killed" in labels
    assert "radar" not in labels


@pytest.mark.parametrize("cap", [Cap(-1.5, 0.3, 1.0), Cap(0.0, 3.14, 1.7), Cap(0.2, -2.6, 0.02)])
def test_base_map_anywhere(cap):
    """Round the south pole, across the antimeridian, and on empty sea."""
    axes = figures.draw_raid_map(RAID).figure.add_subplot()
    draw_base_map(axes, cap)
    assert axes.get_xlim()[1] == pytest.approx(1.01 * cap.radius_rad)


def test_overview_has_a_map_and_bars():
    """Two pictures in one, wide."""
    rows = [figures.ArchitectureLeakage("present-day", 0.5, 0.4, 0.6)]
    figure = figures.draw_overview(RAID, rows, "title")
    assert len(figure.axes) == 2
    assert figure.get_figwidth() > 1.5 * figure.get_figheight()
    (bar,) = figure.axes[1].patches
    assert bar.get_width() == pytest.approx(0.5)


def test_svg_of_two_figures_share_no_identity():
    """Clip paths and markers of one must not be taken from the other."""
    identities = [
        set(re.findall(r'\bid="([^"]+)"', render_svg(CHARTS[name](), name, "")))
        for name in ("layers", "reasons")
    ]
    assert identities[0]
    assert not identities[0] & identities[1]


def test_svg_finds_its_own_parts():
    """Every reference inside names an id that is there."""
    text = render_svg(figures.draw_raid_map(RAID), "map", 'a "map" <of> things')
    used = set(re.findall(r'(?:url\(|href=")#([^")]+)', text))
    assert used
    assert used <= set(re.findall(r'\bid="([^"]+)"', text))
    assert 'aria-label="a &quot;map&quot; &lt;of&gt; things"' in text
    assert "<metadata" not in text


def test_svg_rounds_coordinates_and_not_words():
    """1.25 kills stay 1.25 kills; no coordinate has more than one decimal."""
    figure = figures.draw_layers([figures.LayerCount("boost", 4.75, 1.25)])
    text = render_svg(figure, "layers", "")
    assert "4.75 shots" in text
    assert "1.25 kills" in text
    assert not re.search(r' d="[^"]*\d\.\d\d', text)


def test_an_area_aimed_at_twice_is_named_once():
    """Ten missiles at one city do not make ten names."""
    raid = RAID._replace(aims=[RAID.aims[0]] * 3, sites=[])
    names = [text.get_text() for text in figures.draw_raid_map(raid).axes[0].texts]
    assert names.count("Toronto") == 1


def test_svg_is_the_same_every_time():
    """A report made twice from one campaign is one file."""
    once, again = (render_svg(CHARTS["boost"](), "boost", "") for _ in range(2))
    assert once == again


def test_colours_are_of_the_palette():
    """Fates and results are told apart by colours that colour-blind eyes separate, and by shape."""
    for marks in (theme.FATE_MARKS, theme.SHOT_MARKS):
        assert len({mark.marker for mark in marks.values()}) == len(marks)


def test_the_legend_names_the_phases_that_are_drawn():
    """A cruise missile burns nothing that is seen and lets nothing go: its bar is one."""
    row = ROWS[0]._replace(
        kind="cruise-missile", launch_s=30.0, burnout_s=30.0, release_s=30.0, reentry_s=math.nan,
        end_s=3000.0, shots=[],
    )  # fmt: skip
    (legend,) = figures.draw_timeline([row]).legends
    named = [text.get_text() for text in legend.get_texts()]
    assert "cruise" in named
    assert not {"boost", "post-boost", "midcourse", "re-entry"} & set(named)
