"""A fly-out cut where it passes given ground ranges.

Along one flight ground range grows with time, so each range of a grid is passed once. A cut holds
what the grid needs to know there, in quantities that stay smooth down to the site itself: not time
and thrust angle, but mean speed along the straight line to the point and the thrust's tilt.
"""

from __future__ import annotations

import math
from typing import Final

from opendome.interceptors.sites import SiteAxes, ground_range, locate, path_axes, straight_line
from opendome.physics.flight import Nodes
from opendome.physics.frames import earth_angle, ecef_from_eci, ecef_state_from_eci
from opendome.physics.geodesy import wrap_angle
from opendome.physics.jit import kernel
from opendome.physics.quintic import quintic_position, quintic_velocity
from opendome.tables.truth import Floats

# Columns of a cut. All but the last are also those of a fly-out grid.
MEAN_SPEED_M_S: Final = 0  # length of the straight line from the site, over flight time
TILT_AHEAD_RAD: Final = 1  # thrust tilt from the vertical, along the bearing of the point reached
TILT_RIGHT_RAD: Final = 2  # and across it
AHEAD_M_S: Final = 3
RIGHT_M_S: Final = 4
UP_M_S: Final = 5
ZENITH_RAD: Final = 6  # of the straight line


@kernel
def _position_in_step(nodes: Nodes, j: int, u: float) -> tuple[float, float, float]:
    """Earth-fixed position at fraction `u` of the step from node `j`."""
    t0 = nodes.time_s[j]
    dt = nodes.time_s[j + 1] - t0
    p, v, a = nodes.position_eci_m, nodes.velocity_eci_m_s, nodes.acceleration_eci_m_s2
    i = j + 1
    x = quintic_position(p[j, 0], v[j, 0], a[j, 0], p[i, 0], v[i, 0], a[i, 0], dt, u)
    y = quintic_position(p[j, 1], v[j, 1], a[j, 1], p[i, 1], v[i, 1], a[i, 1], dt, u)
    z = quintic_position(p[j, 2], v[j, 2], a[j, 2], p[i, 2], v[i, 2], a[i, 2], dt, u)
    return ecef_from_eci(x, y, z, earth_angle(0.0, t0 + u * dt))


@kernel
def _velocity_in_step(nodes: Nodes, j: int, u: float) -> tuple[float, float, float]:
    """Velocity relative to the Earth, earth-fixed axes, at fraction `u` of the step."""
    t0 = nodes.time_s[j]
    dt = nodes.time_s[j + 1] - t0
    p, v, a = nodes.position_eci_m, nodes.velocity_eci_m_s, nodes.acceleration_eci_m_s2
    i = j + 1
    x = quintic_position(p[j, 0], v[j, 0], a[j, 0], p[i, 0], v[i, 0], a[i, 0], dt, u)
    y = quintic_position(p[j, 1], v[j, 1], a[j, 1], p[i, 1], v[i, 1], a[i, 1], dt, u)
    vx = quintic_velocity(p[j, 0], v[j, 0], a[j, 0], p[i, 0], v[i, 0], a[i, 0], dt, u)
    vy = quintic_velocity(p[j, 1], v[j, 1], a[j, 1], p[i, 1], v[i, 1], a[i, 1], dt, u)
    vz = quintic_velocity(p[j, 2], v[j, 2], a[j, 2], p[i, 2], v[i, 2], a[i, 2], dt, u)
    angle = earth_angle(0.0, t0 + u * dt)
    _, _, _, wx, wy, wz = ecef_state_from_eci(x, y, 0.0, vx, vy, vz, angle)
    return wx, wy, wz


@kernel
def _pass_range(
    nodes: Nodes, j: int, axes: SiteAxes, range_m: float,
    low: float, low_m: float, high: float, high_m: float,
) -> float:  # fmt: skip
    """Fraction of step `j` at which a ground range is passed, by false position (Illinois)."""
    low_m -= range_m
    high_m -= range_m
    u = high
    for _ in range(30):
        u = low + (high - low) * low_m / (low_m - high_m)
        x, y, z = _position_in_step(nodes, j, u)
        here_m = ground_range(axes, x, y, z) - range_m
        if abs(here_m) < 0.1:
            break
        if here_m < 0.0:
            low, low_m = u, here_m
            high_m *= 0.5
        else:
            high, high_m = u, here_m
            low_m *= 0.5
    return u


@kernel
def cut_flight(
    nodes: Nodes, n_nodes: int, axes: SiteAxes, azimuth_rad: float, pitch_end_rad: float,
    ready_s: float, range_step_m: float, cuts: Floats,
) -> None:  # fmt: skip
    """Cut one flight where it first passes each range of the grid outwards, from `ready_s` on.

    Fills `cuts` (n_ranges, 7); rows that the flight does not pass, and row 0, are NaN.
    """
    cuts[:] = math.nan
    n_ranges = cuts.shape[0]
    for j in range(n_nodes - 1):
        t0, t1 = nodes.time_s[j], nodes.time_s[j + 1]
        if t1 <= ready_s or t1 <= t0:
            continue
        start = max(0.0, (ready_s - t0) / (t1 - t0))
        x, y, z = _position_in_step(nodes, j, start)
        start_m = ground_range(axes, x, y, z)
        x, y, z = _position_in_step(nodes, j, 1.0)
        end_m = ground_range(axes, x, y, z)
        i = int(start_m / range_step_m) + 1
        while i < n_ranges and i * range_step_m <= end_m:
            if math.isnan(cuts[i, 0]):
                u = _pass_range(nodes, j, axes, i * range_step_m, start, start_m, 1.0, end_m)
                x, y, z = _position_in_step(nodes, j, u)
                bearing, range_m, altitude_m = locate(axes, x, y, z)
                offset = wrap_angle(bearing - azimuth_rad)
                # Nearly straight up, the turning Earth may carry the flight out backwards.
                if abs(offset) > 0.5 * math.pi:
                    i += 1
                    continue
                length_m, zenith = straight_line(range_m, altitude_m)
                vx, vy, vz = _velocity_in_step(nodes, j, u)
                ax, ay, az, rx, ry, rz, ux, uy, uz = path_axes(axes, bearing, range_m)
                cuts[i, MEAN_SPEED_M_S] = length_m / (t0 + u * (t1 - t0))
                cuts[i, TILT_AHEAD_RAD] = pitch_end_rad * math.cos(offset)
                cuts[i, TILT_RIGHT_RAD] = -pitch_end_rad * math.sin(offset)
                cuts[i, AHEAD_M_S] = vx * ax + vy * ay + vz * az
                cuts[i, RIGHT_M_S] = vx * rx + vy * ry + vz * rz
                cuts[i, UP_M_S] = vx * ux + vy * uy + vz * uz
                cuts[i, ZENITH_RAD] = zenith
            i += 1
