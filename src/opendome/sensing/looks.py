"""When a sensor looks."""

from __future__ import annotations

import math

from opendome.physics.jit import kernel


@kernel
def find_look(time_s: float, step_s: float, revisit_s: float, offset_s: float) -> tuple[bool, int]:
    """Whether a look falls in (time - step, time], and the latest such look time in milliseconds.

    Looks are at offset + k revisit, k = 0, 1, ...; counted in whole milliseconds, so that no look
    is lost or doubled by rounding. The look time is the index of the look's random draws.
    """
    now = math.floor(time_s * 1e3 + 0.5)
    before = math.floor((time_s - step_s) * 1e3 + 0.5)
    revisit = max(math.floor(revisit_s * 1e3 + 0.5), 1)
    offset = math.floor(offset_s * 1e3 + 0.5)
    latest = (now - offset) // revisit
    look = offset + latest * revisit
    return latest >= 0 and look > before, look
