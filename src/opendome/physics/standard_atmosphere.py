"""The US Standard Atmosphere 1976 from its defining equations, on a grid of altitudes.

Built once at import with plain NumPy; the kernels of `opendome.physics.atmosphere` interpolate in
it. Below 86 km: hydrostatic layers with linear temperature in geopotential altitude. From 86 to
1,000 km: number densities of N2, O, O2, Ar, He and H under molecular and eddy diffusion.

Source: U.S. Standard Atmosphere, 1976 (NOAA-S/T 76-1562), part 1: equations 18 to 42, tables 4, 6
to 8. Constants are those of the standard, not today's, so that its printed tables come out.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

GEOPOTENTIAL_RADIUS_M: Final = 6356766.0
_GRAVITY_M_S2: Final = 9.80665
_GAS_J_KMOL_K: Final = 8314.32
_AVOGADRO_KMOL: Final = 6.022169e26
_BOLTZMANN_J_K: Final = 1.380622e-23
_MOLAR_AIR: Final = 28.9644

# Table 4: geopotential base [m] and gradient of molecular temperature [K/m] of each layer.
LAYER_BASE_M: Final = np.array([0.0, 11e3, 20e3, 32e3, 47e3, 51e3, 71e3])
_LAYER_GRADIENT_K_M: Final = np.array([-6.5e-3, 0.0, 1e-3, 2.8e-3, 0.0, -2.8e-3, -2e-3])
_SEA_LEVEL_TEMPERATURE_K: Final = 288.15
_SEA_LEVEL_PRESSURE_PA: Final = 101325.0

# Table 8: ratio of mean molar mass to its sea-level value from 80 to 86 km, every 0.5 km.
_MOLAR_RATIO: Final = np.array(
    [1.0, 0.999996, 0.999989, 0.999971, 0.999941, 0.999909, 0.999870, 0.999829, 0.999786, 0.999741,
     0.999694, 0.999641, 0.999579]
)  # fmt: skip

# Species in the order N2, O, O2, Ar, He, H: molar masses (table 3), number densities at 86 km
# (table 9; H: at 500 km), thermal diffusion (section 1.3.4), diffusion coefficients (table 6).
_MOLAR: Final = np.array([28.0134, 15.9994, 31.9988, 39.948, 4.0026, 1.00797])
_DENSITY_86_M3: Final = np.array([1.129794e20, 8.6e16, 3.030898e19, 1.3514e18, 7.58173e14])
_HYDROGEN_500_M3: Final = 8.0e10
_HYDROGEN_FLUX_M2_S: Final = 7.2e11
_THERMAL_DIFFUSION: Final = np.array([0.0, 0.0, 0.0, 0.0, -0.40, -0.25])
_DIFFUSION_A: Final = np.array([np.nan, 6.986e20, 4.863e20, 4.487e20, 1.7e21, 3.305e21])
_DIFFUSION_B: Final = np.array([np.nan, 0.75, 0.75, 0.87, 0.691, 0.5])
# Table 7: vertical transport, Q [1/km3], U [km], W [1/km3]; atomic oxygen has a second term.
_TRANSPORT_Q: Final = np.array([np.nan, -5.809644e-4, 1.366212e-4, 9.434079e-5, -2.457369e-4])
_TRANSPORT_U: Final = np.array([np.nan, 56.90311, 86.0, 86.0, 86.0])
_TRANSPORT_W: Final = np.array([np.nan, 2.70624e-5, 8.333333e-5, 8.333333e-5, 6.666667e-4])
_OXYGEN_Q: Final = -3.416248e-3
_OXYGEN_U: Final = 97.0
_OXYGEN_W: Final = 5.008765e-4


class Profile(NamedTuple):
    """Columns over geometric altitude."""

    altitude_m: Floats
    temperature_k: Floats  # kinetic
    pressure_pa: Floats
    density_kg_m3: Floats


def lower_atmosphere(altitude_m: Floats) -> Profile:
    """Exact layer equations, valid from -5 to 86 km geometric altitude (equations 18, 23, 33, 42).

    Parameters
    ----------
    altitude_m : (n,) float64
        Geometric altitude [m].
    """
    geopotential = GEOPOTENTIAL_RADIUS_M * altitude_m / (GEOPOTENTIAL_RADIUS_M + altitude_m)
    constant = _GRAVITY_M_S2 * _MOLAR_AIR / _GAS_J_KMOL_K
    temperature = np.empty_like(altitude_m)
    pressure = np.empty_like(altitude_m)
    base_temperature, base_pressure = _SEA_LEVEL_TEMPERATURE_K, _SEA_LEVEL_PRESSURE_PA
    tops = np.append(LAYER_BASE_M[1:], np.inf)
    for base, top, gradient in zip(LAYER_BASE_M, tops, _LAYER_GRADIENT_K_M, strict=True):
        inside = (geopotential >= (base if base > 0.0 else -np.inf)) & (geopotential < top)
        rise = geopotential[inside] - base
        local = base_temperature + gradient * rise
        temperature[inside] = local
        if gradient == 0.0:
            pressure[inside] = base_pressure * np.exp(-constant * rise / base_temperature)
            base_pressure *= np.exp(-constant * (top - base) / base_temperature)
        else:
            exponent = constant / gradient
            pressure[inside] = base_pressure * (base_temperature / local) ** exponent
            if np.isfinite(top):
                top_temperature = base_temperature + gradient * (top - base)
                base_pressure *= (base_temperature / top_temperature) ** exponent
                base_temperature = top_temperature
    density = pressure * _MOLAR_AIR / (_GAS_J_KMOL_K * temperature)
    ratio = np.interp(altitude_m, np.linspace(80e3, 86e3, _MOLAR_RATIO.size), _MOLAR_RATIO)
    return Profile(altitude_m, temperature * ratio, pressure, density)


def _kinetic_temperature(z_km: Floats) -> tuple[Floats, Floats]:
    """Temperature [K] and its gradient [K/km] from 86 to 1,000 km (equations 25 to 31)."""
    bend = np.sqrt(np.maximum(1.0 - ((z_km - 91.0) / -19.9429) ** 2, 1e-12))
    earth = GEOPOTENTIAL_RADIUS_M / 1e3
    xi = (z_km - 120.0) * (earth + 120.0) / (earth + z_km)
    decay = 640.0 * np.exp(-0.01875 * xi)
    layers = [z_km < 91.0, z_km < 110.0, z_km < 120.0]
    temperature = np.select(
        layers,
        [np.full_like(z_km, 186.8673), 263.1905 - 76.3232 * bend, 240.0 + 12.0 * (z_km - 110.0)],
        1000.0 - decay,
    )
    gradient = np.select(
        layers,
        [
            np.zeros_like(z_km),
            76.3232 / 19.9429**2 * (z_km - 91.0) / bend,
            np.full_like(z_km, 12.0),
        ],
        0.01875 * decay * ((earth + 120.0) / (earth + z_km)) ** 2,
    )
    return temperature, gradient


def _accumulate(integrand: Floats, z_km: Floats) -> Floats:
    """Running integral over altitude by the trapezium rule, zero at the first altitude."""
    return np.concatenate(
        ([0.0], np.cumsum(0.5 * (integrand[1:] + integrand[:-1]) * np.diff(z_km)))
    )


def _transport(species: int, z_km: Floats) -> Floats:
    """Vertical transport term [1/km] of one species (equation 37)."""
    above = z_km - _TRANSPORT_U[species]
    term: Floats = _TRANSPORT_Q[species] * above**2 * np.exp(-_TRANSPORT_W[species] * above**3)
    if species == 1:
        below = np.maximum(_OXYGEN_U - z_km, 0.0)
        term = term + _OXYGEN_Q * below**2 * np.exp(-_OXYGEN_W * below**3)
    return term


def upper_atmosphere(step_m: float) -> Profile:
    """Diffusion equations from 86 to 1,000 km, on a uniform grid.

    Parameters
    ----------
    step_m : float
        Spacing of the grid [m]; at 100 m the printed tables come out to 0.1 % up to 450 km and to
        1.6 % (helium and hydrogen) up to 1,000 km.
    """
    z_km = np.linspace(86.0, 1000.0, round(914e3 / step_m) + 1)
    temperature, gradient = _kinetic_temperature(z_km)
    gravity = _GRAVITY_M_S2 * (GEOPOTENTIAL_RADIUS_M / (GEOPOTENTIAL_RADIUS_M + z_km * 1e3)) ** 2
    per_km = 1e3 * gravity / (_GAS_J_KMOL_K * temperature)
    eddy = np.where(z_km < 95.0, 120.0, 0.0)
    bend = (z_km >= 95.0) & (z_km < 115.0)
    eddy[bend] = 120.0 * np.exp(1.0 - 400.0 / (400.0 - (z_km[bend] - 95.0) ** 2))

    number = np.zeros((6, z_km.size))
    mixed = np.where(z_km <= 100.0, _MOLAR_AIR, _MOLAR[0])
    thinning = temperature[0] / temperature
    number[0] = _DENSITY_86_M3[0] * thinning * np.exp(-_accumulate(mixed * per_km, z_km))
    for i in (1, 2, 3, 4):
        major = number[:1] if i < 3 else number[:3]
        background = major.sum(axis=0)
        mean_molar = mixed
        if i >= 3:
            mean_molar = (_MOLAR[: major.shape[0], None] * major).sum(axis=0) / background
        diffusion = _DIFFUSION_A[i] / background * (temperature / 273.15) ** _DIFFUSION_B[i]
        weight = (
            _MOLAR[i]
            + mean_molar * eddy / diffusion
            + _THERMAL_DIFFUSION[i] * _GAS_J_KMOL_K * gradient / (1e3 * gravity)
        )
        slope = per_km * diffusion / (diffusion + eddy) * weight + _transport(i, z_km)
        number[i] = _DENSITY_86_M3[i] * thinning * np.exp(-_accumulate(slope, z_km))
    number[5] = _hydrogen(z_km, temperature, per_km, number[:5].sum(axis=0))
    return Profile(
        z_km * 1e3,
        temperature,
        number.sum(axis=0) * _BOLTZMANN_J_K * temperature,
        _MOLAR @ number / _AVOGADRO_KMOL,
    )


def _hydrogen(z_km: Floats, temperature: Floats, per_km: Floats, background: Floats) -> Floats:
    """Number density of atomic hydrogen (equation 39), zero below 150 km as in the standard."""
    at_500 = int(np.searchsorted(z_km, 500.0))
    tau = _accumulate(_MOLAR[5] * per_km, z_km)
    tau -= tau[at_500]
    warmth = (temperature / temperature[at_500]) ** (1.0 + _THERMAL_DIFFUSION[5])
    diffusion = _DIFFUSION_A[5] / background * (temperature / 273.15) ** _DIFFUSION_B[5]
    lost = _accumulate(1e3 * _HYDROGEN_FLUX_M2_S / diffusion * warmth * np.exp(tau), z_km)
    number = (_HYDROGEN_500_M3 - (lost - lost[at_500])) * np.exp(-tau) / warmth
    return np.where(z_km < 150.0, 0.0, number)
