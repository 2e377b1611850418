"""Negative information: a sensor looked where a track must be, and the track took nothing from it.

The log of the chance that looks since a track's last measurement have all missed an object there is
its score of absence. A measurement sets it back to zero; below a threshold the track ends
(`deleter.should_end`). This is the fall of the track's score from its maximum, `ln(1 - P_D)` for
each look without a detection. Source: Blackman and Popoli (1999), sections 6.2 and 6.6.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from opendome.physics.jit import kernel
from opendome.tables.cued_looks import CuedLooks
from opendome.tables.tracks import Tracks, find_slots
from opendome.tables.truth import Floats, Integers
from opendome.tracking.evidence import (
    ECHO_WEIGHT,
    EXPONENTIAL_VARIANCE,
    N_GROUPS,
    THRESHOLD_RATIO,
    find_section,
)
from opendome.tracking.picture import ABSENCE, LAST, N_ECHO, Slots
from opendome.tracking.settings import Settings

# Columns of a look at a cue.
CUED_SLOT: Final = 0
CUED_TIME: Final = 1
CUED_BAND: Final = 2
CUED_LEAST: Final = 3  # cross-section at the threshold [m2]
_N_CUED: Final = 4
NO_CUED: Final = np.zeros((0, _N_CUED))


def sort_cued(tracks: Tracks, looks: CuedLooks) -> Floats:
    """Looks at cues as rows by slot, in an order that does not depend on the order given.

    Looks at tracks that have ended are left out.
    """
    if looks.time_s.size == 0:
        return NO_CUED
    rows = np.empty((looks.time_s.size, _N_CUED))
    rows = rows[: _fill_cued(find_slots(tracks, looks.track), looks, rows)]
    return rows[np.lexsort(rows.T)]


@kernel
def _fill_cued(slot: Integers, looks: CuedLooks, rows: Floats) -> int:
    n = 0
    for k in range(slot.shape[0]):
        if slot[k] >= 0:
            rows[n, CUED_SLOT] = slot[k]
            rows[n, CUED_TIME] = looks.time_s[k]
            rows[n, CUED_BAND] = looks.band[k]
            rows[n, CUED_LEAST] = looks.least_cross_section_m2[k]
            n += 1
    return n


@kernel
def believe_cross_section(evidence: Floats, group: int, shorter_wave_share: float) -> float:
    """Cross-section [m2] of a track's object in a group of bands, one sigma of its log down.

    Where it was never seen in that group, the least by those in which it was: as large as at
    shorter waves, a share of that at longer ones. Zero: it was seen in none.
    """
    least = math.inf
    for g in range(N_GROUPS):
        weight = evidence[N_ECHO * g + ECHO_WEIGHT]
        if weight > 0.0:
            section = find_section(evidence[N_ECHO * g : N_ECHO * g + N_ECHO])
            section *= math.exp(-math.sqrt(EXPONENTIAL_VARIANCE / weight))
            if g == group:
                return float(section)
            least = min(least, section if g > group else shorter_wave_share * section)
    return least if least < math.inf else 0.0


@kernel
def note_absences(slots: Slots, cued: Floats, settings: Settings) -> None:
    """Lower the score of tracks that looks at them would have seen, and that took nothing.

    Parameters
    ----------
    slots : Slots
        After all measurements that arrived with the looks.
    cued : (n, 4) float64
        From `sort_cued`. What is not later than a track's last measurement says nothing new.
    settings : Settings

    Notes
    -----
    Detection of a Swerling 1 target at false-alarm probability P_F: P_D = P_F^(1 / (1 + snr)).
    """
    life = settings.life
    for row in range(cued.shape[0]):
        i = int(cued[row, CUED_SLOT])
        if slots.real[LAST, i] >= cued[row, CUED_TIME]:
            continue
        group = int(cued[row, CUED_BAND]) // 2
        section = believe_cross_section(slots.evidence[i], group, life.shorter_wave_share)
        ratio = section * THRESHOLD_RATIO / cued[row, CUED_LEAST]
        detected = math.exp(-(THRESHOLD_RATIO + 1.0) / (1.0 + ratio))
        slots.real[ABSENCE, i] += math.log(1.0 - min(detected, life.surest_detection))
