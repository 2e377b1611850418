"""Missiles of the library, and random launches of them all over the Earth."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from opendome.physics.geodesy import solve_direct
from opendome.scenario import library
from opendome.scenario.kinds import all_kinds
from opendome.threats import AimPoint, BallisticClass, MissileOrder, Task
from opendome.threats.parts import WARHEAD
from opendome.world.threats import compile_missile

KIND = "ballistic-missile"
NAMES = library.names((KIND,))
COURSE_KINDS = ("cruise-missile", "glide-missile", "orbital-missile")
COURSES = library.names(COURSE_KINDS)
# A fractional orbit that goes the long way is one of more than half the Earth.
_FARTHEST_M = 9e6


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


class Course(NamedTuple):
    """A class of any other kind with its limits of range."""

    name: str
    compiled: Any  # what `courses.plan_course` takes
    shortest_m: float
    longest_m: float


@lru_cache(maxsize=16)
def load_course(name: str) -> Course:
    """A cruise, glide or orbital missile by its library name."""
    item = library.load(name, COURSE_KINDS)
    model: Any = all_kinds()[item.tree["kind"]].model_validate(item.tree)
    longest = min(float(model.range.max), _FARTHEST_M if "orbit" in name else math.inf)
    return Course(name, compile_missile(model, name), float(model.range.min), longest)


def draw_orders(missile: Course, seed: int) -> Iterator[MissileOrder]:
    """Orders without end, drawn as `draw_tasks` draws."""
    generator = np.random.default_rng(seed)
    while True:
        latitude = math.asin(generator.uniform(-1.0, 1.0) * math.sin(math.radians(70.0)))
        longitude = generator.uniform(-math.pi, math.pi)
        azimuth = generator.uniform(-math.pi, math.pi)
        distance = generator.uniform(missile.shortest_m, missile.longest_m)
        target = solve_direct(latitude, longitude, azimuth, distance)[:2]
        yield MissileOrder(
            np.uint64(1), 0, 0.0, 0.0, latitude, longitude, (AimPoint(*target, 0),), 0, (), ()
        )
