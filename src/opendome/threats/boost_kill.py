"""What is left of a missile whose boost is ended by a hit."""

from __future__ import annotations

from typing import Final

import numpy as np

from opendome.physics.ballistic import record_fall
from opendome.physics.flight import NODES_FULL, empty_nodes
from opendome.physics.trajectory import sample
from opendome.tables.truth import Missiles, Objects, Trajectories
from opendome.threats.aiming import HORIZON_S, RAID_TOLERANCE

_ROOM: Final = 160


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
    room = _ROOM
    while True:
        nodes = empty_nodes(room)
        fall = record_fall(
            state.copy(), time_s, time_s + HORIZON_S, 0.0, beta, 0.0, RAID_TOLERANCE, nodes
        )
        if fall.code != NODES_FULL:
            break
        room *= 2
    n = fall.n_nodes
    return Trajectories(
        np.array([0, n], np.int64),
        nodes.time_s[:n],
        nodes.position_eci_m[:n],
        nodes.velocity_eci_m_s[:n],
        nodes.acceleration_eci_m_s2[:n],
    )
