"""Shooters on aircraft and ships that move along their tracks while a raid lasts."""

from __future__ import annotations

import numpy as np

from opendome.sensing.patrols import Patrols, draw_phases, place_patrols
from opendome.tables.forces import Shooters
from opendome.tables.truth import Flags, Integers


class MovingShooters:
    """Where the shooters on patrol are, each somewhere on its track at the start."""

    def __init__(
        self, patrols: Patrols, rows: Integers, seed: int, replication: int, there: Flags
    ) -> None:
        """`rows` are those of the platforms among the shooters, `there` those on station."""
        self._patrols = patrols
        self._rows = rows
        self._absent = np.flatnonzero(~there)
        self._phase = draw_phases(patrols, seed, replication)

    def place(self, shooters: Shooters, time_s: float) -> None:
        """Fill the positions of the shooters that move, at a time; NaN where nobody came."""
        place = place_patrols(self._patrols, self._phase, time_s)
        place[self._absent] = np.nan
        shooters.position_ecef_m[self._rows] = place
