"""`opendome fly --missile impulsive` over a sphere at rest: a program of its own.

    NUMBA_DISABLE_JIT=1 python tests/validation/resting_sphere.py

Harmonics and rotation are constants of the compiled kernels, so they can only be set to zero before
anything is compiled; with the compiler off they are plain numbers. Throws lie on the equator, where
the ellipsoid is a circle. Prints one JSON list: range, speed, elevation, apogee, time, miss, and
the greatest relative change of energy and angular momentum along the flight.
"""

from __future__ import annotations

import json
import math

import numpy as np

from opendome.physics import ballistic, boost, gravity, reentry
from opendome.physics.constants import EARTH_MU_M3_S2, EARTH_RADIUS_M
from opendome.physics.flight import empty_nodes
from opendome.threats.aiming import HORIZON_S
from opendome.threats.single import Place, fly_impulsive

RANGES_KM = range(1000, 12001, 1000)
TOLERANCE = 1e-9  # as `opendome fly`


def still_the_earth() -> None:
    """Take away zonal harmonics and rotation."""
    for name in ("_J2_TERM", "_J3_TERM", "_J4_TERM"):
        setattr(gravity, name, 0.0)
    for module in (ballistic, boost, reentry):
        module.EARTH_ROTATION_RAD_S = 0.0  # type: ignore[misc]


def fly_throw(range_m: float) -> dict[str, float]:
    """The throw of least speed along the equator, and what is conserved on it."""
    angle = range_m / EARTH_RADIUS_M
    report = fly_impulsive(Place("here", 0.0, 0.0), Place("there", 0.0, angle))
    state = report.burnout.state
    radius = float(np.linalg.norm(state[:3]))
    climb = float(state[:3] @ state[3:]) / (radius * report.launch_speed_m_s)
    nodes = empty_nodes(1000)
    fall = ballistic.record_fall(state.copy(), 0.0, HORIZON_S, 0.0, math.inf, 0.0, TOLERANCE, nodes)
    position = nodes.position_eci_m[: fall.n_nodes]
    velocity = nodes.velocity_eci_m_s[: fall.n_nodes]
    energy = 0.5 * (velocity**2).sum(1) - EARTH_MU_M3_S2 / np.linalg.norm(position, axis=1)
    momentum = np.cross(position, velocity)
    size = np.linalg.norm(momentum[0])
    return {
        "range_m": range_m,
        "speed_m_s": report.launch_speed_m_s,
        "elevation_rad": math.asin(climb),
        "apogee_m": report.apogee_m,
        "time_s": report.flight_time_s,
        "miss_m": report.miss_m,
        "energy_change": float(np.abs(energy / energy[0] - 1.0).max()),
        "momentum_change": float(np.linalg.norm(momentum - momentum[0], axis=1).max() / size),
    }


if __name__ == "__main__":
    still_the_earth()
    print(json.dumps([fly_throw(1e3 * km) for km in RANGES_KM]))
