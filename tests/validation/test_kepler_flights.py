"""Minimum-energy flights over a sphere at rest.

`opendome fly --missile impulsive` finds the throw of least speed and flies it with the integrator
of all flights. With zonal harmonics and rotation taken away, along the equator, its answers have
closed forms.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pytest
from agreement import CLOSED_FORM, Page

from opendome.physics.constants import EARTH_MEAN_RADIUS_M, EARTH_MU_M3_S2, EARTH_RADIUS_M
from opendome.threats.impulsive import throw_over_sphere

PAGE = "kepler-flights.md"
SCRIPT = Path(__file__).with_name("resting_sphere.py")
RANGES_KM = range(1000, 12001, 1000)
INTRODUCTION = """
Ranges from 1,000 to 12,000 km over a sphere of 6,378.137 km that does not turn. Speed and elevation
of least energy: theirs from the minimum-energy ellipse through two points at equal radius (Bate,
Mueller and White 1971, sections 5.3 and 6.2), ours from the search of `opendome fly --missile
impulsive`. Apogee, time and range: theirs in closed form for our speed and elevation (the same,
section 6.2), ours flown by the integrator of all flights, with J2 to J4 and the Earth's rotation
set to zero (`tests/validation/resting_sphere.py`). The search settles elevation to 0.03 degrees,
which costs a thousandth of a metre per second. Energy and angular momentum are those along the same
flights. The last rows hold the figures that `opendome fly` prints for a sphere of mean radius
against the same ellipse. Test: `tests/validation/test_kepler_flights.py`.
"""


class Ellipse(NamedTuple):
    """A flight from the ground to the ground."""

    speed_m_s: float
    elevation_rad: float
    apogee_m: float
    time_s: float


def least_energy(range_m: float, radius_m: float) -> Ellipse:
    """The minimum-energy ellipse between two points at equal radius, from chord and semiperimeter.

    Semi-major axis s / 2, parameter 2 r^2 sin^2(psi / 2) / c, time by Lagrange's equation.
    """
    psi = range_m / radius_m
    chord = 2.0 * radius_m * math.sin(0.5 * psi)
    semiperimeter = radius_m + 0.5 * chord
    axis = 0.5 * semiperimeter
    parameter = radius_m**2 * (1.0 - math.cos(psi)) / chord
    eccentricity = math.sqrt(1.0 - parameter / axis)
    beta = 2.0 * math.asin(math.sqrt((semiperimeter - chord) / semiperimeter))
    return Ellipse(
        math.sqrt(EARTH_MU_M3_S2 * (2.0 / radius_m - 1.0 / axis)),
        0.25 * (math.pi - psi),
        axis * (1.0 + eccentricity) - radius_m,
        math.sqrt(axis**3 / EARTH_MU_M3_S2) * (math.pi - beta + math.sin(beta)),
    )


def free_flight(speed_m_s: float, elevation_rad: float, radius_m: float) -> tuple[float, ...]:
    """Apogee [m], time [s] and range [m] of a throw: Bate, Mueller and White, section 6.2."""
    q = speed_m_s**2 * radius_m / EARTH_MU_M3_S2
    cosine = math.cos(elevation_rad)
    axis = radius_m / (2.0 - q)
    eccentricity = math.sqrt(1.0 + q * (q - 2.0) * cosine**2)
    half = math.acos((1.0 - q * cosine**2) / eccentricity)
    anomaly = math.acos((eccentricity - math.cos(half)) / (1.0 - eccentricity * math.cos(half)))
    time = (
        2.0
        * math.sqrt(axis**3 / EARTH_MU_M3_S2)
        * (math.pi - anomaly + eccentricity * math.sin(anomaly))
    )
    return axis * (1.0 + eccentricity) - radius_m, time, 2.0 * half * radius_m


@lru_cache(maxsize=1)
def fly_over_resting_sphere() -> dict[int, dict[str, float]]:
    """Our throws by range [km]."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT)],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return {round(row["range_m"] / 1e3): row for row in json.loads(done.stdout)}


@pytest.mark.validation
@pytest.mark.parametrize("range_km", RANGES_KM)
def test_least_energy_flight(page: Page, range_km: int) -> None:
    """The throw is the one of least energy, and flies as Kepler says."""
    ours = fly_over_resting_sphere()[range_km]
    best = least_energy(1e3 * range_km, EARTH_RADIUS_M)
    apogee, time, distance = free_flight(ours["speed_m_s"], ours["elevation_rad"], EARTH_RADIUS_M)
    degrees = math.degrees(1.0)
    figures = [
        ("speed", best.speed_m_s, ours["speed_m_s"], "m/s", 0.01, ".3f", "search"),
        ("elevation", degrees * best.elevation_rad, degrees * ours["elevation_rad"], "deg", 0.03,
         ".2f", "search: speed is flat at its least"),
        ("apogee", apogee / 1e3, ours["apogee_m"] / 1e3, "km", 0.001, ".3f", "integration"),
        ("flight time", time, ours["time_s"], "s", 0.01, ".2f", "integration"),
        ("range", distance / 1e3, range_km + 0.0, "km", 0.005, ".3f",
         f"integration and aim: our miss is {ours['miss_m']:.1f} m"),
    ]  # fmt: skip
    holds = [
        page.add(f"{range_km:,} km", figure, theirs, value, unit, kind=CLOSED_FORM,
                 tolerance=tolerance, digits=digits, cause=cause)
        for figure, theirs, value, unit, tolerance, digits, cause in figures
    ]  # fmt: skip
    assert all(holds)


@pytest.mark.validation
def test_conserved(page: Page) -> None:
    """Energy and angular momentum stay along all of these flights."""
    flights = fly_over_resting_sphere().values()
    holds = [
        page.add(
            "1,000 to 12,000 km", f"greatest change of {name}", 0.0,
            1e9 * max(flight[key] for flight in flights), "1e-9", kind=CLOSED_FORM, tolerance=10.0,
            digits=".2f", cause="integration at a tolerance of 1e-9 per step",
        )
        for name, key in (("energy", "energy_change"), ("angular momentum", "momentum_change"))
    ]  # fmt: skip
    assert all(holds)


@pytest.mark.validation
def test_printed_sphere(page: Page) -> None:
    """What `opendome fly` prints for a sphere at rest is the minimum-energy ellipse."""
    worst = [0.0] * len(Ellipse._fields)
    for range_km in RANGES_KM:
        theirs = least_energy(1e3 * range_km, EARTH_MEAN_RADIUS_M)
        ours = throw_over_sphere(1e3 * range_km)
        worst = [max(w, abs(o / t - 1.0)) for w, o, t in zip(worst, ours, theirs, strict=True)]
    holds = [
        page.add("sphere at rest as printed", f"greatest change of {name}", 0.0, 1e9 * value,
                 "1e-9", kind=CLOSED_FORM, tolerance=1.0, digits=".2f", cause="rounding")
        for name, value in zip(("speed", "elevation", "apogee", "time"), worst, strict=True)
    ]  # fmt: skip
    assert all(holds)
