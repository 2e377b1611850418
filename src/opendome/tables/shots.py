"""What battle management orders, and what comes back of it."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from opendome.tables.truth import Flags, Floats, Integers

# In place of what kill assessment reports: the shot was ordered, and no launch was reported.
NOT_LAUNCHED: Final = -2


class Orders(NamedTuple):
    """Shots that battle management orders at one decision time."""

    track: Integers  # (n,) track number
    shooter: Integers  # (n,) row among the world's shooters (a battery or a constellation)
    unit: Integers  # (n,) satellite within a constellation; -1 for a battery
    launch_s: Floats  # (n,)
    intercept_s: Floats  # (n,)
    intercept_eci_m: Floats  # (n, 3) predicted point of intercept
    arrival_velocity_eci_m_s: Floats  # (n, 3) of the interceptor there, as planned
    layer: Integers  # (n,) row of codes.LAYERS
    salvo: Integers  # (n,) ordinal of the salvo at this track, from 0
    kill_probability: Floats  # (n,) as battle management believes it
    value: Floats  # (n,) at risk by the track, as a share of all that is defended
    gain: Floats  # (n,) of that, what the whole salvo is expected to save
    alternative: Integers  # (n,) shooter of the best other salvo, -1: none, no shot now
    alternative_gain: Floats  # (n,) what that would save
    channel: Integers  # (n,) guidance channel of the shooter

    @staticmethod
    def empty(n: int = 0) -> Orders:
        """A table of `n` rows of zeros."""
        whole = np.zeros(n, np.int64)
        real = np.zeros(n)
        return Orders(
            whole.copy(), whole.copy(), whole.copy(), real.copy(), real.copy(),
            np.zeros((n, 3)), np.zeros((n, 3)), whole.copy(), whole.copy(), real.copy(),
            real.copy(), real.copy(), whole.copy(), real.copy(), whole.copy(),
        )  # fmt: skip

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.track.shape[0])


class Assessments(NamedTuple):
    """Reports on shots that reach battle management at one decision time."""

    track: Integers  # (n,) track number that was shot at
    shot: Integers  # (n,) ordinal of the shot in the replication, in order of firing; -1: none
    killed: Integers  # (n,) 1 reported kill, 0 reported miss, -1 no sensor saw it, NOT_LAUNCHED
    shooter: Integers  # (n,) row among the world's shooters; -1: not the receiver's
    unit: Integers  # (n,) satellite, and guidance channel, of what was not launched; else -1
    channel: Integers  # (n,)
    unspent: Integers  # (n,) interceptor type of which no shot of the salvo was launched, else -1
    by: Integers  # (n,) node that ordered the shot
    ordered_ms: Integers  # (n,) when [ms]
    awaited: Flags  # (n,) whether the receiver counts it among the shots on their way

    @staticmethod
    def empty(n: int = 0) -> Assessments:
        """A table of `n` rows of zeros."""
        whole = (np.zeros(n, np.int64) for _ in Assessments._fields[:-1])
        return Assessments._make([*whole, np.ones(n, np.bool_)])
