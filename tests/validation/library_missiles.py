"""Ballistic missiles of the library, and random launches of them all over the Earth."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from opendome.physics.geodesy import solve_direct
from opendome.scenario import library
from opendome.scenario.kinds import all_kinds
from opendome.threats import BallisticClass, Task
from opendome.threats.parts import WARHEAD
from opendome.world.threats import compile_missile

KIND = "ballistic-missile"
NAMES = library.names((KIND,))


class Missile(NamedTuple):
    """A class of the library with its limits of range."""

    name: str
    compiled: BallisticClass
    shortest_m: float
    longest_m: float

    @property
    def warhead_kg_m2(self) -> float:
        """Ballistic coefficient of the warhead."""
        return float(self.compiled.looks.ballistic_coefficient_kg_m2[WARHEAD])


@lru_cache(maxsize=16)
def load(name: str) -> Missile:
    """A ballistic missile by its library name."""
    item = library.load(name, (KIND,))
    model = all_kinds()[KIND].model_validate(item.tree)
    return Missile(
        name, compile_missile(model, name), float(model.range.min), float(model.range.max)
    )


def draw_tasks(missile: Missile, trajectory: int, seed: int) -> Iterator[Task]:
    """Tasks without end: launch points between 70 S and 70 N, any azimuth, any range in limits."""
    generator = np.random.default_rng(seed)
    while True:
        latitude = math.asin(generator.uniform(-1.0, 1.0) * math.sin(math.radians(70.0)))
        longitude = generator.uniform(-math.pi, math.pi)
        azimuth = generator.uniform(-math.pi, math.pi)
        distance = generator.uniform(missile.shortest_m, missile.longest_m)
        aim_latitude, aim_longitude, _ = solve_direct(latitude, longitude, azimuth, distance)
        yield Task(
            missile.compiled.vehicle,
            missile.warhead_kg_m2,
            missile.compiled.energy_management,
            trajectory,
            latitude,
            longitude,
            aim_latitude,
            aim_longitude,
        )
