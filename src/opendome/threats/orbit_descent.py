"""Along a low orbit and out of it: coast, retro-burn against the velocity, fall to the ground."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from opendome.physics.ballistic import Impact
from opendome.physics.boost import record
from opendome.physics.constants import STANDARD_GRAVITY_M_S2
from opendome.physics.flight import REACHED_GROUND, REACHED_TIME, Nodes, advance, empty_nodes
from opendome.physics.forces import ballistic_control
from opendome.physics.standard_atmosphere import Floats
from opendome.threats.orbit_insertion import (
    AIMED,
    DECAYED,
    STAYS_UP,
    TOLERANCE,
    Insertion,
    OrbitalMissile,
    OrbitTask,
)
from opendome.threats.whole_paths import fall_whole, fly_whole, pick_nodes

# What is not down half a revolution after retro-ignition is said to stay up.
_DESCENT_S: Final = 2500.0
# Nodes that hold any retro-burn, and most orbits.
_BURN_ROOM: Final = 2000
_ORBIT_ROOM: Final = 500


def record_orbit(
    task: OrbitTask, insertion: Insertion, stop_s: float, tolerance: float
) -> tuple[int, Nodes]:
    """Ascent and orbit without a retro-burn, to `stop_s` or to the ground.

    Returns how it ended (`flight.REACHED_TIME`, ...) and the nodes of the path; the last one is
    the end state.
    """
    vehicle = task.missile.vehicle._replace(pitch_end_s=insertion.turn_end_s)
    flight, nodes = fly_whole(
        lambda nodes: record(
            vehicle, insertion.steering, task.launch_latitude_rad, task.launch_longitude_rad,
            np.zeros(3), task.missile.orbit_ballistic_coefficient_kg_m2, stop_s, tolerance, nodes,
        ),
        _ORBIT_ROOM,
    )  # fmt: skip
    return int(flight.code), nodes


def retro_burn_s(missile: OrbitalMissile) -> float:
    """Length [s] of the retro-burn, by the rocket equation."""
    exhaust = missile.retro_specific_impulse_s * STANDARD_GRAVITY_M_S2
    spent = -math.expm1(-missile.retro_delta_v_m_s / exhaust) * missile.vehicle.payload_kg
    return spent * exhaust / missile.retro_thrust_n


def _burn_back(
    missile: OrbitalMissile, state: Floats, start_s: float, tolerance: float
) -> tuple[float, Nodes]:
    """Fly the retro-burn: thrust against the velocity at ignition, held in inertial space.

    `state` is moved in place. Returns when it ends, and its nodes.
    """
    back = -state[3:] / np.linalg.norm(state[3:])
    exhaust = missile.retro_specific_impulse_s * STANDARD_GRAVITY_M_S2
    mass = float(missile.vehicle.payload_kg)
    control = ballistic_control(1.0, 0.0)._replace(
        start_s=start_s,
        thrust_n=missile.retro_thrust_n,
        mass_kg=mass,
        flow_kg_s=missile.retro_thrust_n / exhaust,
        drag_area_m2=mass / missile.orbit_ballistic_coefficient_kg_m2,
        inverse_beta_m2_kg=0.0,
        up_x=float(back[0]),
        up_y=float(back[1]),
        up_z=float(back[2]),
    )
    nodes = empty_nodes(_BURN_ROOM)
    tally = np.zeros(2, np.int64)
    end_s, _ = advance(
        state, start_s, start_s + retro_burn_s(missile), control, 0.1 * tolerance,
        np.empty((8, 6)), np.zeros(2), nodes, tally,
    )  # fmt: skip
    return end_s, pick_nodes(nodes, slice(int(tally[0])))


def descend(
    task: OrbitTask, insertion: Insertion, retro_s: float, tolerance: float = TOLERANCE
) -> tuple[int, Nodes, float, Impact | None]:
    """The whole flight with retro-ignition at `retro_s`: how it ends, nodes, burn's end, impact."""
    code, nodes = record_orbit(task, insertion, retro_s, tolerance)
    if code != REACHED_TIME:
        return DECAYED, nodes, math.nan, None
    state = np.concatenate((nodes.position_eci_m[-1], nodes.velocity_eci_m_s[-1]))
    parts = [nodes]
    burnt_s = retro_s
    if task.missile.retro_delta_v_m_s > 0.0:
        burnt_s, burn = _burn_back(task.missile, state, retro_s, tolerance)
        parts.append(burn)
    impact, fall = fall_whole(
        state, burnt_s, burnt_s + _DESCENT_S, task.missile.warhead_ballistic_coefficient_kg_m2, 0.0,
        tolerance,
    )  # fmt: skip
    parts.append(fall)
    joined = Nodes(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    return (AIMED if impact.code == REACHED_GROUND else STAYS_UP), joined, burnt_s, impact
