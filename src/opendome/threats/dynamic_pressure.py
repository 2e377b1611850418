"""Greatest dynamic pressure of an ascent, and the refusal of one that passes its class's limit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from opendome.physics.atmosphere import density
from opendome.physics.flight import Nodes
from opendome.physics.reentry import altitude, relative_wind
from opendome.physics.trajectory import sample

# Spacing of the samples. The peak is tens of seconds wide: 0.1 s miss less than 0.01 % of it.
_STEP_S: Final = 0.1

# Names, in a refusal, of what a missile with one way of flying flew, and of what would work.
ASCENT: Final = "the ascent"
OTHER_ASCENTS: Final = ("an ascent to another orbit or apogee",)


def find_peak_pressure(path: Nodes, end_s: float) -> tuple[float, float]:
    """Greatest dynamic pressure [Pa] from a path's start to `end_s`, and its time [s].

    Parameters
    ----------
    path : Nodes
        Times since launch; any frame at rest whose z axis is the Earth's.
    end_s : float
        End of thrust.
    """
    first = np.array([0, path.time_s.shape[0]])
    begin_s = float(path.time_s[0])
    best, best_s = 0.0, begin_s
    for t in np.linspace(begin_s, end_s, max(int((end_s - begin_s) / _STEP_S), 1) + 1):
        state = sample(first, *path, 0, float(t))
        wind = relative_wind(*state)[3]
        pressure = 0.5 * density(altitude(*state[:3])) * wind * wind
        if pressure > best:
            best, best_s = float(pressure), float(t)
    return best, best_s


def explain_pressure(
    peak_pa: float, peak_s: float, limit_pa: float, flight: str, works: Iterable[str] = ()
) -> str:
    """One sentence on an ascent that loads the missile too much; nothing on one that does not.

    By how much, and what would work: `flight` names what was flown, `works`, asked only where the
    limit is passed, what keeps to it.
    """
    if not peak_pa > limit_pa:
        return ""
    better = " or ".join(works) or "a steeper ascent, or a longer range where it is depressed"
    return (
        f"{flight} reaches a dynamic pressure of {peak_pa / 1e3:,.1f} kPa {peak_s:.0f} s after "
        f"launch, {(peak_pa - limit_pa) / 1e3:,.1f} kPa above the limit of the class; allowed: up "
        f"to {limit_pa / 1e3:,.1f} kPa, as on {better}"
    )
