"""Flight of an interceptor that leaves its orbit by one burn of fixed direction.

Displacement is counted from the orbit that the satellite would have coasted along. Gravity along
the powered path is not gravity along that orbit (the gradient, 0.3 % of the displacement after two
minutes, 2 % after five): the difference is integrated along the straight powered path, which leaves
an error of second order.
"""

from __future__ import annotations

import math
from typing import Final

from opendome.interceptors.reach import displacement_m, find_burn_s
from opendome.physics.gravity import j2_acceleration
from opendome.physics.jit import kernel

State = tuple[float, float, float, float, float, float]

# Runge-Kutta steps along the coasting orbit, which are also the nodes of Simpson's rule for the
# gravity difference: under 40 m together over a flight of five minutes.
_N_STEPS: Final = 4


@kernel
def step_coast(state: State, step_s: float) -> State:
    """State [m, m/s, eci] after one Runge-Kutta step of coasting under gravity with J2."""
    x, y, z, vx, vy, vz = state
    half = 0.5 * step_s
    ax1, ay1, az1 = j2_acceleration(x, y, z)
    ax2, ay2, az2 = j2_acceleration(x + half * vx, y + half * vy, z + half * vz)
    # For a force of position alone the third stage's place is x + h v / 2 + h^2 a1 / 4.
    quarter = half * half
    ax3, ay3, az3 = j2_acceleration(
        x + half * vx + quarter * ax1, y + half * vy + quarter * ay1, z + half * vz + quarter * az1
    )
    square = half * step_s
    ax4, ay4, az4 = j2_acceleration(
        x + step_s * vx + square * ax2,
        y + step_s * vy + square * ay2,
        z + step_s * vz + square * az2,
    )
    third = step_s * step_s / 6.0
    sixth = step_s / 6.0
    return (
        x + step_s * vx + third * (ax1 + ax2 + ax3),
        y + step_s * vy + third * (ay1 + ay2 + ay3),
        z + step_s * vz + third * (az1 + az2 + az3),
        vx + sixth * (ax1 + 2.0 * ax2 + 2.0 * ax3 + ax4),
        vy + sixth * (ay1 + 2.0 * ay2 + 2.0 * ay3 + ay4),
        vz + sixth * (az1 + 2.0 * az2 + 2.0 * az3 + az4),
    )


@kernel
def coast(state: State, duration_s: float) -> State:
    """State [m, m/s, eci] after coasting: for low orbits within 5 m in 5 minutes, 300 m in 15."""
    for _ in range(_N_STEPS):
        state = step_coast(state, duration_s / _N_STEPS)
    return state


@kernel
def needed_displacement(
    ignition: State,
    flight_s: float,
    target_x: float,
    target_y: float,
    target_z: float,
    acceleration_m_s2: float,
    delta_v_m_s: float,
) -> State:
    """What the burn must add to be at the target `flight_s` after ignition.

    Parameters
    ----------
    ignition : tuple of 6
        Satellite's state at ignition [m, m/s, eci].
    flight_s : float
        From ignition to intercept.
    target_x, target_y, target_z : float
        Point of intercept [m, eci].
    acceleration_m_s2, delta_v_m_s : float
        Of the interceptor; they shape the path along which gravity is taken.

    Returns
    -------
    dx, dy, dz : float
        Displacement that thrust alone must give at intercept [m, eci]; its direction is that of
        the burn, its length is compared with `reach.reach_m`.
    vx, vy, vz : float
        Velocity at intercept without the burn's own part [m/s, eci].
    """
    step = flight_s / _N_STEPS
    state_1 = step_coast(ignition, step)
    state_2 = step_coast(state_1, step)
    state_3 = step_coast(state_2, step)
    state_4 = step_coast(state_3, step)
    dx = target_x - state_4[0]
    dy = target_y - state_4[1]
    dz = target_z - state_4[2]
    distance = math.sqrt(dx * dx + dy * dy + dz * dz)
    burn = find_burn_s(acceleration_m_s2, distance, flight_s)
    limit = delta_v_m_s / acceleration_m_s2
    # Out of reach the path is that of the full burn, stretched: the result then only has to say
    # by how much the target is out of reach.
    burn = limit if math.isnan(burn) or burn > limit else burn
    whole = displacement_m(acceleration_m_s2, burn, flight_s)
    scale = 1.0 / whole if whole > 0.0 else 0.0
    s1 = scale * displacement_m(acceleration_m_s2, burn, step)
    s2 = scale * displacement_m(acceleration_m_s2, burn, 2.0 * step)
    s3 = scale * displacement_m(acceleration_m_s2, burn, 3.0 * step)
    gx1, gy1, gz1 = _gravity_difference(state_1, s1 * dx, s1 * dy, s1 * dz)
    gx2, gy2, gz2 = _gravity_difference(state_2, s2 * dx, s2 * dy, s2 * dz)
    gx3, gy3, gz3 = _gravity_difference(state_3, s3 * dx, s3 * dy, s3 * dz)
    gx4, gy4, gz4 = _gravity_difference(state_4, dx, dy, dz)
    # Simpson's rule on (T - s) dg(s): the weight of the last node is zero, dg of the first is.
    part = flight_s * flight_s / 12.0
    sixth = flight_s / 12.0
    return (
        dx - part * (3.0 * gx1 + gx2 + gx3),
        dy - part * (3.0 * gy1 + gy2 + gy3),
        dz - part * (3.0 * gz1 + gz2 + gz3),
        state_4[3] + sixth * (4.0 * gx1 + 2.0 * gx2 + 4.0 * gx3 + gx4),
        state_4[4] + sixth * (4.0 * gy1 + 2.0 * gy2 + 4.0 * gy3 + gy4),
        state_4[5] + sixth * (4.0 * gz1 + 2.0 * gz2 + 4.0 * gz3 + gz4),
    )


@kernel
def _gravity_difference(
    state: State, dx: float, dy: float, dz: float
) -> tuple[float, float, float]:
    """Gravity at a displaced point less gravity on the orbit."""
    ax, ay, az = j2_acceleration(state[0], state[1], state[2])
    bx, by, bz = j2_acceleration(state[0] + dx, state[1] + dy, state[2] + dz)
    return bx - ax, by - ay, bz - az


@kernel
def solve_burn(
    ignition: State,
    flight_s: float,
    target_x: float,
    target_y: float,
    target_z: float,
    acceleration_m_s2: float,
    delta_v_m_s: float,
) -> tuple[float, float, float, float, float, float, float]:
    """Burn that meets a point, and the velocity of arrival. Arguments as `needed_displacement`.

    Returns
    -------
    ux, uy, uz : float
        Unit vector of the thrust, eci.
    burn_s : float
        Length of the burn; NaN where the point is out of reach.
    vx, vy, vz : float
        Velocity at intercept [m/s, eci].

    Notes
    -----
    Direct integration of the burn ends within 10 m of the point after 120 s, 0.2 km after 180 s and
    2 km after 300 s (displacements of 600, 960 and 1,700 km): inside what the divert takes up.
    After 600 s it is 85 km off: too long a flight for this method.
    """
    dx, dy, dz, vx, vy, vz = needed_displacement(
        ignition, flight_s, target_x, target_y, target_z, acceleration_m_s2, delta_v_m_s
    )
    distance = math.sqrt(dx * dx + dy * dy + dz * dz)
    burn = find_burn_s(acceleration_m_s2, distance, flight_s)
    # A part in a million over the limit is the rounding of a target on the very edge of reach.
    if burn > delta_v_m_s / acceleration_m_s2 * (1.0 + 1e-6):
        burn = math.nan
    if distance == 0.0:
        return 0.0, 0.0, 0.0, 0.0, vx, vy, vz
    ux, uy, uz = dx / distance, dy / distance, dz / distance
    gain = acceleration_m_s2 * burn
    return ux, uy, uz, burn, vx + gain * ux, vy + gain * uy, vz + gain * uz
