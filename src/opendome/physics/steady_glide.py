"""Equilibrium glide in closed form: its path, its range, what swings about it, what lift costs.

The steady path angle and the phugoid follow from level flight on a sphere in air that thins
exponentially (`steady_sink`, `phugoid_rate`). Lift off its best value costs drag as a parabolic
polar has it (`lift_to_drag_at`).

Sources: Eggers, Allen and Neice (1958), NACA TR 1382 (equilibrium glide and its range); Etkin
(1961), J. Aerospace Sciences 28 (phugoid of a lifting vehicle up to orbital speed); Vinh (1981),
Optimal Trajectories in Atmospheric Flight (parabolic polar).
"""

from __future__ import annotations

import math
from typing import Final

from opendome.physics.atmosphere import density
from opendome.physics.constants import EARTH_MU_M3_S2
from opendome.physics.jit import kernel

_HALF_LAYER_M: Final = 500.0


@kernel
def steady_sink(
    scale_height_m: float, gravity_m_s2: float, net_m_s2: float, speed_m_s: float, ratio: float
) -> float:
    """Path angle of an equilibrium glide times speed squared [m2/s2], downward.

    `ratio` is the vertical part of lift over drag; `net_m_s2` gravity less v^2 / r. Lift stays
    equal to net weight while speed falls by drag, so air must thicken: sin(path angle) =
    -2 H g / (v^2 ratio), less the share of gravity along the path (Eggers, Allen and Neice 1958).
    """
    fall = 2.0 * scale_height_m * gravity_m_s2
    return fall / ratio / (1.0 + fall * gravity_m_s2 / (speed_m_s * speed_m_s * net_m_s2))


@kernel
def phugoid_rate(
    scale_height_m: float, gravity_m_s2: float, net_m_s2: float, speed_m_s: float, radius_m: float
) -> float:
    """Angular rate [rad/s] of the phugoid about an equilibrium glide, drag left out.

    From the linear height equation at constant energy: thinner air, lost speed, centrifugal force.
    Etkin (1961); in even air it is Lanchester's, at orbital speed the orbit's own rate.
    """
    square = net_m_s2 / scale_height_m
    square += 2.0 * gravity_m_s2 * net_m_s2 / (speed_m_s * speed_m_s)
    square += (speed_m_s / radius_m) ** 2
    return math.sqrt(square)


@kernel
def glide_range(
    lift_to_drag: float, start_speed_m_s: float, end_speed_m_s: float, radius_m: float
) -> float:
    """Range [m] of an equilibrium glide between two speeds: Eggers, Allen and Neice (1958).

    On a sphere at rest, both speeds below the circular one.
    """
    circular = EARTH_MU_M3_S2 / radius_m
    before = max(1.0 - start_speed_m_s * start_speed_m_s / circular, 1e-3)
    after = max(1.0 - end_speed_m_s * end_speed_m_s / circular, 1e-3)
    return 0.5 * lift_to_drag * radius_m * math.log(after / before)


@kernel
def lift_to_drag_at(lift: float) -> tuple[float, float]:
    """Drag and lift-to-drag ratio over their values at the best lift, for `lift` over that.

    Parabolic polar: half the drag at the best lift is induced and goes with its square.
    """
    drag = 0.5 * (1.0 + lift * lift)
    return drag, lift / drag


@kernel
def scale_height(altitude_m: float) -> float:
    """Scale height [m] of the air's density around an altitude."""
    thinner = density(altitude_m + _HALF_LAYER_M)
    thicker = density(altitude_m - _HALF_LAYER_M)
    return 2.0 * _HALF_LAYER_M / math.log(thicker / thinner)
