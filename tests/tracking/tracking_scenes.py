"""Scenes for tests: true motion by an independent integrator, measurements with known errors."""

from __future__ import annotations

import numpy as np
from scipy.integrate import solve_ivp

from opendome.tables.codes import COLD, PLUME, RADAR
from opendome.tables.measurements import Measurements

MU, RADIUS, J2, SPIN = 3.986004418e14, 6378137.0, 1.0826266835e-3, 7.292115e-5
POLE = np.array([0.0, 0.0, SPIN])


def gravity(p):
    """J2 gravity, written out apart from the package."""
    r = np.linalg.norm(p)
    s2 = (p[2] / r) ** 2
    k = 1.5 * J2 * (RADIUS / r) ** 2
    bracket = np.array([1 + k * (1 - 5 * s2), 1 + k * (1 - 5 * s2), 1 + k * (3 - 5 * s2)])
    return -MU / r**3 * p * bracket


def fly(position, velocity, times, thrust=lambda _: np.zeros(3), until=None):
    """True states (n_times, 6) under gravity and a thrust acceleration of time."""
    solution = solve_ivp(
        lambda t, y: np.concatenate([y[3:], gravity(y[:3]) + thrust(t)]),
        (times[0], times[-1] if until is None else until),
        np.concatenate([position, velocity]),
        t_eval=times, rtol=1e-10, atol=1e-4, max_step=5.0,
    )  # fmt: skip
    return solution.y.T


def measure(generator, t, sensor, place, states, kind=RADAR, angle=1e-3, distance=30.0, rate=3.0):
    """Measurements (n rows) of true states (n, 6) by one sensor; passive ones lack range."""
    n = len(states)
    table = Measurements.empty(n)
    apart = states[:, :3] - place
    r = np.linalg.norm(apart, axis=1)
    line = apart / r[:, None]
    error = generator.normal(size=(n, 3)) * angle
    error -= (error * line).sum(axis=1)[:, None] * line
    seen = line + error
    table.time_s[:] = t
    table.sensor[:] = sensor
    table.kind[:] = kind
    table.sensor_position_eci_m[:] = place
    table.direction_eci[:] = seen / np.linalg.norm(seen, axis=1)[:, None]
    table.sigma_angle_rad[:] = angle
    table.sigma_range_m[:] = np.inf
    table.sigma_range_rate_m_s[:] = np.inf
    if kind == RADAR:
        speed = ((states[:, 3:] - np.cross(POLE, place)) * line).sum(axis=1)
        table.range_m[:] = r + generator.normal(size=n) * distance
        table.range_rate_m_s[:] = speed + generator.normal(size=n) * rate
        table.sigma_range_m[:] = distance
        table.sigma_range_rate_m_s[:] = rate
    return table


# A radar on the equator at (R, 0, 0), and satellites with a view of what flies near it.
RADAR_PLACE = np.array([RADIUS, 0.0, 0.0])
WEST = np.array([7.9e6, -2.5e6, 1.5e6])
EAST = np.array([7.9e6, 2.5e6, 1.8e6])
SOUTH = np.array([8.2e6, 0.2e6, -2.9e6])
INFRARED_ANGLE = 5e-5

__all__ = ["COLD", "PLUME", "RADAR"]
