"""When each nation is first told of a firm track, and how long before the first impact on it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from opendome.engine.scoring import Scoring
from opendome.tables.coalition import Coalition
from opendome.tables.codes import FIRM
from opendome.tables.record import Table, build_table
from opendome.tables.tracks import Tracks

if TYPE_CHECKING:
    from opendome.engine.network import Network
    from opendome.engine.recording import Fates


class Warnings:
    """First firm track that each nation is told of."""

    def __init__(self, coalition: Coalition, nations: tuple[str, ...]) -> None:
        self._nations = nations
        self._told = coalition.told
        self.first_s = np.full(len(nations), np.nan)
        self._waiting = list(range(len(nations)))

    def look(
        self, tracks: Tracks, time_s: float, scoring: Scoring, network: Network, node: int
    ) -> None:
        """Tell nations that have heard of nothing yet of tracks that they may know of.

        The tracks are those of a node, which `network` joins to some of the nations.
        """
        if not self._waiting:
            return
        numbers = tracks.number[tracks.status == FIRM]
        if numbers.size == 0:
            return
        fed = scoring.elements_of_any(numbers)
        hears = network.told_by(node)
        for nation in self._waiting:
            if hears[nation] and (fed & self._told[nation]).any():
                self.first_s[nation] = time_s
        self._waiting = [nation for nation in self._waiting if math.isnan(self.first_s[nation])]

    def record(self, fates: Fates) -> Table:
        """The `nations` table: one row for each nation that has areas."""
        areas = fates.world.forces.areas
        aim = fates.true.objects.aim_area
        nation_of = np.where(aim >= 0, areas.nation[np.maximum(aim, 0)], -1)
        rows = []
        for i in np.unique(areas.nation).tolist():
            on_it = fates.lethal & (nation_of == i)
            first_impact_s = float(fates.impact_s[on_it].min()) if on_it.any() else math.nan
            told_s = float(self.first_s[i])
            rows.append(
                (
                    self._nations[i],
                    told_s,
                    first_impact_s,
                    first_impact_s - told_s,
                    int(on_it.sum()),
                    int((on_it & (fates.fate == "leaked")).sum()),
                    int((fates.lethal & (fates.fell_on == self._nations[i])).sum()),
                )
            )
        return build_table("nations", rows)
