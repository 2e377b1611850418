"""Kill assessment: what battle management is told of a shot."""

from __future__ import annotations

from typing import Final

import numpy as np

from opendome.physics.jit import kernel
from opendome.physics.random import uniform

REPORTED_KILL: Final = 1
REPORTED_MISS: Final = 0
NO_REPORT: Final = -1


@kernel
def assess_kill(
    key: np.uint64,
    replication: int,
    entity: np.uint64,
    index: int,
    killed: bool,
    in_view: bool,
    missed_kill_probability: float,
    false_kill_probability: float,
) -> int:
    """Report on one shot, as it reaches battle management after the type's delay.

    Parameters
    ----------
    key : uint64
        Of the stream of assessments.
    replication : int
    entity : uint64
        What the draw belongs to, such as object mixed with interceptor type.
    index : int
        Ordinal of the shot for that entity.
    killed : bool
        What happened.
    in_view : bool
        Whether any sensor had the target in view after the intercept.
    missed_kill_probability : float
        A kill is reported as a miss.
    false_kill_probability : float
        Anything else is reported as a kill.

    Returns
    -------
    report : int
        `REPORTED_KILL`, `REPORTED_MISS`, or `NO_REPORT` without a sensor in view. As in
        `tables.shots.Assessments`.
    """
    if not in_view:
        return NO_REPORT
    draw = uniform(key, replication, entity, index)
    if killed:
        return REPORTED_MISS if draw < missed_kill_probability else REPORTED_KILL
    return REPORTED_KILL if draw < false_kill_probability else REPORTED_MISS
