"""How far a burn of constant acceleration carries, and which burn carries just so far.

The same law serves the fly-out of a space-based interceptor, counted from the orbit it would have
coasted along, and the divert of a kill vehicle, counted from the path it would have flown on.
"""

from __future__ import annotations

import math

from opendome.physics.jit import kernel


@kernel
def displacement_m(acceleration_m_s2: float, burn_s: float, flight_s: float) -> float:
    """Displacement `flight_s` after ignition by a burn of `burn_s` in one direction.

    a t^2 / 2 while it burns, then on at the speed a t_burn.
    """
    if flight_s <= burn_s:
        return 0.5 * acceleration_m_s2 * flight_s * flight_s
    return acceleration_m_s2 * burn_s * (flight_s - 0.5 * burn_s)


@kernel
def reach_m(acceleration_m_s2: float, delta_v_m_s: float, flight_s: float) -> float:
    """Largest displacement after `flight_s`: a t1^2 / 2 + v (T - t1) with t1 = v / a.

    Source: the flyout range of Harrison (2025), AEI Space-Based Interceptor Calculator.
    """
    return displacement_m(acceleration_m_s2, delta_v_m_s / acceleration_m_s2, flight_s)


@kernel
def find_burn_s(acceleration_m_s2: float, distance_m: float, flight_s: float) -> float:
    """Length of the burn at ignition that displaces by `distance_m` after `flight_s`.

    NaN where burning all the way is not enough. The velocity change is acceleration times burn.
    """
    rest = flight_s * flight_s - 2.0 * distance_m / acceleration_m_s2
    if rest < 0.0:
        return math.nan
    return flight_s - math.sqrt(rest)
