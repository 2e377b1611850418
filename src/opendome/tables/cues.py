"""Where the defence asks its sensors to look: its own tracks, predicted to the time of the look."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from opendome.tables.truth import Flags, Floats, Integers


class Cues(NamedTuple):
    """One row per live track of the defence, the most urgent first.

    Made by `opendome.tracking.make_cues` from what the defence measured alone. A sensor may look
    there; what it finds is decided by the true objects it then sees.
    """

    number: Integers  # (n,) track number
    position_eci_m: Floats  # (n, 3) predicted
    velocity_eci_m_s: Floats  # (n, 3)
    sigma_m: Floats  # (n,) no axis of the position error is larger
    priority: Floats  # (n,) falling
    phase: Integers  # (n,) codes.BOOST_PHASE, BALLISTIC_PHASE or another phase of a track
    firm: Flags  # (n,) False: tentative
    cross_section_m2: Floats  # (n, 3) measured so far, VHF and UHF, L and S, C and X; 0: not yet

    @staticmethod
    def unfilled(n: int) -> Cues:
        """`n` rows with nothing written yet."""
        return Cues(
            number=np.empty(n, np.int64),
            position_eci_m=np.empty((n, 3)),
            velocity_eci_m_s=np.empty((n, 3)),
            sigma_m=np.empty(n),
            priority=np.empty(n),
            phase=np.empty(n, np.int64),
            firm=np.empty(n, np.bool_),
            cross_section_m2=np.zeros((n, 3)),
        )
