"""Fly-out of an interceptor in orbit whose aim is corrected on the way.

What the burn has given so far is given in the direction that was right then. A correction is made
by what has not burned yet; what that cannot take up is left to the kill vehicle's divert.
"""

from __future__ import annotations

import math

import numpy as np

from opendome.interceptors.orbital import OrbitalInterceptor
from opendome.interceptors.orbital_flight import State, needed_displacement
from opendome.interceptors.reach import displacement_m, find_burn_s
from opendome.tables.truth import Floats


class SteeredBurn:
    """Displacements are those at intercept from the orbit that the satellite would have kept."""

    def __init__(
        self, interceptor: OrbitalInterceptor, ignition: State, flight_s: float, aim_eci_m: Floats
    ) -> None:
        """From `ignition` [m, m/s, eci], to be at `aim_eci_m` after `flight_s`.

        The engine stops once it has given what is needed and can be lit again (assumption).
        """
        self._push_m_s2 = interceptor.acceleration_m_s2
        self._left_s = interceptor.delta_v_m_s / interceptor.acceleration_m_s2
        self._flight_s = flight_s
        x, y, z = aim_eci_m.tolist()
        found = needed_displacement(
            ignition, flight_s, x, y, z, interceptor.acceleration_m_s2, interceptor.delta_v_m_s
        )
        self._wanted = np.array(found[:3])  # still to be given
        self._velocity = np.array(found[3:])
        self._since_s = 0.0
        self._plan()

    def _plan(self) -> None:
        """Direction and length of the burn from now on, and what it falls short by [m]."""
        wanted_m = math.hypot(*self._wanted)
        to_go_s = self._flight_s - self._since_s
        burn_s = find_burn_s(self._push_m_s2, wanted_m, to_go_s)
        self._along = self._wanted / wanted_m if wanted_m > 0.0 else np.zeros(3)
        self._burn_s = self._left_s if math.isnan(burn_s) else min(burn_s, self._left_s)
        self.short_m = max(wanted_m - displacement_m(self._push_m_s2, self._burn_s, to_go_s), 0.0)

    def correct(self, elapsed_s: float, shift_m: Floats) -> float:
        """Move the aim by `shift_m` (3,), `elapsed_s` after ignition.

        Returns
        -------
        short_m : float
            By how much more than before the burn now falls short of the aim [m].
        """
        burned_s = min(elapsed_s - self._since_s, self._burn_s)
        given_m = displacement_m(self._push_m_s2, burned_s, self._flight_s - self._since_s)
        before_m = self.short_m
        self._wanted = self._wanted - given_m * self._along + shift_m
        # What is out of reach is left to divert for good.
        self._velocity = self._velocity + self._push_m_s2 * burned_s * self._along
        self._left_s -= burned_s
        self._since_s = elapsed_s
        self._plan()
        return max(self.short_m - before_m, 0.0)

    @property
    def arrival_velocity_eci_m_s(self) -> Floats:
        """Velocity (3,) at intercept if the burn goes on as it is planned."""
        return self._velocity + self._push_m_s2 * self._burn_s * self._along
