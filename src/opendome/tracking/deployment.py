"""What has burned out lets objects go, and what is let go is not alone at first.

Nobody sees the moment: the velocity changes by the speed at which objects part, some metres per
second and less, which a radar knows to centimetres by then. While a few objects stand in one
resolution cell their echo is of the strongest, or between them, and wanders. Both are noise here,
spread evenly over the time after burnout, and after a track has begun beside another.
"""

from __future__ import annotations

from opendome.physics.jit import kernel
from opendome.tables.codes import BALLISTIC_PHASE
from opendome.tables.truth import Integers
from opendome.tracking.picture import (
    BANK,
    FIRST,
    LAST_PLUME,
    PARENT_TRACK,
    PARTED,
    PHASE,
    Slots,
)
from opendome.tracking.settings import Initiation


@kernel
def unsettle_tracks(slots: Slots, live: Integers, t: float, initiation: Initiation) -> None:
    """Widen the velocity of tracks that may be parting, up to a time.

    Parameters
    ----------
    slots : Slots
        Working copies stand where the tracks do; both are widened.
    live : (n,) int64
        Slots of the live tracks.
    t : float
        Decision time [s].
    initiation : Initiation

    Notes
    -----
    White acceleration noise of density `parting_sigma_m_s^2 / parting_s`. A track that was neither
    seen to burn nor began beside another came off nothing that is known, and has none.
    """
    whole = slots.whole
    real = slots.real
    density = initiation.parting_sigma_m_s**2 / initiation.parting_s
    for i in live:
        if whole[PHASE, i] != BALLISTIC_PHASE or whole[BANK, i] != 0:
            continue
        begin = real[LAST_PLUME, i]
        if whole[PARENT_TRACK, i] >= 0:
            begin = real[FIRST, i]
        # NaN, never seen to burn, is not below.
        if not begin < t:
            continue
        since = max(begin, real[PARTED, i])
        until = min(t, begin + initiation.parting_s)
        if until <= since:
            continue
        added = density * (until - since)
        for k in range(3, 6):
            slots.covariance[i, k, k] += added
            slots.ahead_covariance[i, k, k] += added
        real[PARTED, i] = until
