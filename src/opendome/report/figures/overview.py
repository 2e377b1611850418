"""One wide picture of a study: the raid on the map, and what each architecture lets through."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from opendome.report import theme
from opendome.report.figures.leakage import ArchitectureLeakage, fill_architectures
from opendome.report.figures.raid_map import RaidMap, fill_raid_map, list_map_marks


@theme.themed
def draw_overview(
    raid: RaidMap, architectures: Sequence[ArchitectureLeakage], title: str = ""
) -> Figure:
    """The raid map and the leakage by architecture, side by side, 2:1.

    Parameters
    ----------
    raid : RaidMap
        One replication.
    architectures : sequence of ArchitectureLeakage
        Same raid, several architectures, with the Monte Carlo interval of each mean.
    title : str
        A line above both.

    Raises
    ------
    ValueError
        Where there is nothing to map or no architecture.
    """
    figure = Figure(figsize=(14.0, 7.6))
    fill_raid_map(figure.add_axes((0.005, 0.115, 0.5, 0.82)), raid)
    figure.legend(
        handles=list_map_marks(raid), loc="lower center", ncols=3, bbox_to_anchor=(0.255, 0.0)
    )
    axes = figure.add_axes((0.68, 0.3, 0.29, 0.5))
    fill_architectures(axes, architectures)
    axes.set_title("What gets through, by architecture", loc="left")
    if title:
        figure.suptitle(title, x=0.015, y=0.98, ha="left", fontsize=15.0)
    return figure
