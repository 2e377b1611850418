"""What is left of a missile whose boost is ended by a hit."""

from __future__ import annotations

import numpy as np

from opendome.physics.trajectory import sample
from opendome.tables.truth import Missiles, Objects, Trajectories
from opendome.threats.aiming import HORIZON_S, RAID_TOLERANCE
from opendome.threats.whole_paths import fall_whole


def cut_off(
    missiles: Missiles, objects: Objects, trajectories: Trajectories, row: int, time_s: float
) -> Trajectories:
    """Path of what is left of a missile whose boost is ended by a hit, down to the ground.

    Parameters
    ----------
    missiles, objects, trajectories
        The replication's.
    row : int
        Row of the booster in `objects`.
    time_s : float
        Time of the hit, within the booster's path.

    Returns
    -------
    Trajectories
        One path, eci, from the hit to the impact.

    Raises
    ------
    ValueError
        Where the booster does not fly at that time.
    """
    state = np.array(
        sample(
            trajectories.first, trajectories.time_s, trajectories.position_eci_m,
            trajectories.velocity_eci_m_s, trajectories.acceleration_eci_m_s2, row, time_s,
        )
    )  # fmt: skip
    if np.isnan(state).any():
        raise ValueError(f"object {row} does not fly at {time_s} s")
    beta = float(missiles.remains_ballistic_coefficient_kg_m2[objects.missile[row]])
    fall, nodes = fall_whole(state, time_s, time_s + HORIZON_S, beta, 0.0, RAID_TOLERANCE)
    return Trajectories(np.array([0, fall.n_nodes], np.int64), *nodes)
