"""Figures of the report; each is a pure function from data to a matplotlib `Figure`."""

from opendome.report.figures.boost_budget import BoostBudget, Term, draw_boost_budget
from opendome.report.figures.discrimination import OperatingCurve, draw_operating_curves
from opendome.report.figures.leakage import (
    ArchitectureLeakage,
    Leakage,
    draw_leakage,
    draw_leaker_distribution,
)
from opendome.report.figures.overview import draw_overview
from opendome.report.figures.picture import (
    Arrivals,
    ClassSeries,
    GospaSeries,
    ImpactErrors,
    PictureSeries,
    draw_arrivals,
    draw_gospa,
    draw_impact_errors,
    draw_nees,
    draw_picture,
    draw_position_error,
)
from opendome.report.figures.raid_map import GroundTrack, Place, RaidMap, draw_raid_map
from opendome.report.figures.shares import LayerCount, Share, draw_layers, draw_loss_budget
from opendome.report.figures.timeline import TimelineRow, TimelineShot, draw_timeline
from opendome.report.figures.tracking import Delay, draw_delays

__all__ = [
    "ArchitectureLeakage",
    "Arrivals",
    "BoostBudget",
    "ClassSeries",
    "Delay",
    "GospaSeries",
    "GroundTrack",
    "ImpactErrors",
    "LayerCount",
    "Leakage",
    "OperatingCurve",
    "PictureSeries",
    "Place",
    "RaidMap",
    "Share",
    "Term",
    "TimelineRow",
    "TimelineShot",
    "draw_arrivals",
    "draw_boost_budget",
    "draw_delays",
    "draw_gospa",
    "draw_impact_errors",
    "draw_layers",
    "draw_leakage",
    "draw_leaker_distribution",
    "draw_loss_budget",
    "draw_nees",
    "draw_operating_curves",
    "draw_overview",
    "draw_picture",
    "draw_position_error",
    "draw_raid_map",
    "draw_timeline",
]
