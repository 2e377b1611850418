"""Temperature of a body's skin in space: sunlight, the warm Earth, and its own radiation.

The body is convex and turns or tumbles, so that on the mean a quarter of its skin faces any one
direction. Conduction to the inside is left out: the skin is what the stated heat capacity says.
"""

from __future__ import annotations

import math
from typing import Final

from opendome.physics.constants import EARTH_RADIUS_M
from opendome.physics.infrared import SOLAR_CONSTANT_W_M2, STEFAN_BOLTZMANN_W_M2_K4
from opendome.physics.jit import kernel
from opendome.physics.sun import is_sunlit

# Means over the Earth and the year: reflected share of sunlight, infrared emission. Loeb et al.
# (2009), J. Climate 22; places differ by 20 % and more.
_ALBEDO: Final = 0.30
_EARTH_W_M2: Final = 239.0
# Below this height the air, not radiation, sets a skin's temperature: at 7 km/s its heating passes
# that by sunlight near 140 km, at 3 km/s near 105 km (assumption: one height for all speeds).
AIR_HEATED_BELOW_M: Final = 120e3


@kernel
def equilibrium_temperature_k(
    x: float,
    y: float,
    z: float,
    sun_x: float,
    sun_y: float,
    sun_z: float,
    absorptivity_ratio: float,
) -> float:
    """Temperature at which a skin above the air radiates what it takes in.

    Parameters
    ----------
    x, y, z : float
        Place, eci [m].
    sun_x, sun_y, sun_z : float
        Unit vector to the Sun, eci.
    absorptivity_ratio : float
        Absorptivity in sunlight over emissivity in the infrared.

    Notes
    -----
    Sunlight on a quarter of the skin; of the Earth's emission and reflection the share of a
    sphere's surface that sees the Earth, (1 - sqrt(1 - (R/r)^2)) / 2, the reflection falling with
    the cosine of the Sun's distance from the zenith. Source: Gilmore (2002), "Spacecraft Thermal
    Control Handbook", chapter 2.
    """
    r2 = x * x + y * y + z * z
    seen = 0.5 * (1.0 - math.sqrt(max(1.0 - EARTH_RADIUS_M * EARTH_RADIUS_M / r2, 0.0)))
    noon = (x * sun_x + y * sun_y + z * sun_z) / math.sqrt(r2)
    taken = SOLAR_CONSTANT_W_M2 * _ALBEDO * seen * max(noon, 0.0)
    if is_sunlit(x, y, z, sun_x, sun_y, sun_z):
        taken += 0.25 * SOLAR_CONSTANT_W_M2
    taken = absorptivity_ratio * taken + _EARTH_W_M2 * seen
    return float((taken / STEFAN_BOLTZMANN_W_M2_K4) ** 0.25)


@kernel
def relax_temperature_k(
    temperature_k: float, towards_k: float, elapsed_s: float, capacity_j_m2_k: float
) -> float:
    """Temperature of a skin after a time near surroundings that would hold it at `towards_k`.

    `capacity_j_m2_k` is the heat capacity of the skin over its emissivity. The loss
    sigma (T^4 - Te^4) = sigma (T + Te)(T^2 + Te^2) (T - Te) is taken as linear over the step: exact
    at rest, stable at any step, first order in the step.
    """
    rate = STEFAN_BOLTZMANN_W_M2_K4 * (temperature_k + towards_k)
    rate *= temperature_k * temperature_k + towards_k * towards_k
    return towards_k + (temperature_k - towards_k) * math.exp(-rate * elapsed_s / capacity_j_m2_k)
