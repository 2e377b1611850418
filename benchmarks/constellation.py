"""Satellite states a second, on one thread, beside the fastest SGP4 libraries.

Not the same physics: ours is the zonal secular drift and short-period J2 terms that the simulator
flies with; SGP4 adds drag, long-period and resonance terms. All three give position and velocity.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np

from opendome.physics.constants import EARTH_MU_M3_S2
from opendome.physics.orbits import mean_rates, propagate_j2, walker_delta

N_PLANES = 100
PER_PLANE = 100
N_STEPS = 360
STEP_S = 10.0
REPETITIONS = 5
SGP4_FLOOR = 15.0
ASTROZ_FLOOR = 1.0

EPOCH_DAYS = 27000.0  # since 31 December 1949, as SGP4 counts: December 2023
EPOCH_JD = 2433281.5 + EPOCH_DAYS


def measure() -> list[dict[str, Any]]:
    """10,000 Walker satellites, 360 steps of 10 s; medians of interleaved repetitions."""
    # Read when the library is loaded.
    os.environ["ASTROZ_THREADS"] = "1"
    import astroz.api
    import sgp4.api

    elements = walker_delta(N_PLANES, PER_PLANE, 1, 550e3, math.radians(53.0))
    elements[1] = 1e-3
    elements[4] = 0.3
    seconds = STEP_S * np.arange(N_STEPS)
    n_states = elements.shape[1] * N_STEPS
    ours, sgp4_peer, astroz_peer = interleave(
        fly_ours(elements, seconds),
        fly_sgp4(sgp4.api, elements, seconds),
        fly_sgp4(astroz.api, elements, seconds),
    )
    return [
        {
            "case": "constellation, position and velocity",
            "ours": n_states / ours,
            "peer": n_states / peer,
            "peer_name": name,
            "floor": floor,
            "unit": "states/s",
            "higher_is_better": True,
        }
        for name, peer, floor in (
            ("sgp4", sgp4_peer, SGP4_FLOOR),
            ("astroz", astroz_peer, ASTROZ_FLOOR),
        )
    ]


def interleave(*jobs: Callable[[], None]) -> list[float]:
    """Median seconds of each job, in turns after one warm-up, so that all meet the same noise."""
    taken: list[list[float]] = [[] for _ in jobs]
    for repetition in range(REPETITIONS + 1):
        for job, times in zip(jobs, taken, strict=True):
            start = time.perf_counter()
            job()
            if repetition > 0:
                times.append(time.perf_counter() - start)
    return [median(times) for times in taken]


def fly_ours(elements: np.ndarray, seconds: np.ndarray) -> Callable[[], None]:
    """The propagation that `opendome.space` calls, into arrays that stay."""
    rates = mean_rates(elements)
    position = np.empty((seconds.shape[0], 3, elements.shape[1]))
    velocity = np.empty_like(position)
    return lambda: propagate_j2(elements, rates, seconds, position, velocity)


def fly_sgp4(library: Any, elements: np.ndarray, seconds: np.ndarray) -> Callable[[], None]:
    """`SatrecArray.sgp4` of a library with the interface of the sgp4 package."""
    motion_rad_min = 60.0 * np.sqrt(EARTH_MU_M3_S2 / elements[0] ** 3)
    satellites = []
    for j in range(elements.shape[1]):
        _, e, inclination, node, perigee, anomaly = elements[:, j]
        satellite = library.Satrec()
        satellite.sgp4init(
            library.WGS72, "i", j, EPOCH_DAYS, 0.0, 0.0, 0.0,
            e, perigee, inclination, anomaly, motion_rad_min[j], node,
        )  # fmt: skip
        satellites.append(satellite)
    array = library.SatrecArray(satellites)
    day = np.full(seconds.shape[0], EPOCH_JD)
    fraction = seconds / 86400.0

    def fly() -> None:
        errors = array.sgp4(day, fraction)[0]
        if np.any(errors):
            raise RuntimeError(f"{library.__name__} failed for a satellite")

    return fly
