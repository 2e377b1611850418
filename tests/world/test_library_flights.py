"""Missile classes of the library as they fly."""

from __future__ import annotations

import math

import pytest

from opendome.physics.geodesy import solve_direct
from opendome.scenario import library
from opendome.scenario.kinds import all_kinds
from opendome.scenario.models.ballistic_missile import BallisticMissile
from opendome.threats import BallisticClass
from opendome.threats.aim_search import solve_aim
from opendome.threats.aiming import AIMED, DEPRESSED, MINIMUM_ENERGY, Task
from opendome.threats.single import FlightReport, Place, fly_one
from opendome.world.threats import compile_missile

MISSILES = library.names(("ballistic-missile",))
SUBMARINE_LAUNCHED = [name for name in MISSILES if name.startswith("slbm")]
# From 45 degrees north a little east of north: as from Asia to North America.
LATITUDE_RAD = math.radians(45.0)
AZIMUTH_RAD = math.radians(20.0)
TOLERANCE = 1e-7


def read(name: str) -> BallisticMissile:
    model = all_kinds()["ballistic-missile"].model_validate(library.load(name).tree)
    assert isinstance(model, BallisticMissile)
    return model


def place_at(range_m: float) -> tuple[float, float]:
    """The place at that distance."""
    latitude, longitude, _ = solve_direct(LATITUDE_RAD, 0.0, AZIMUTH_RAD, range_m)
    return latitude, longitude


def aim_at(compiled: BallisticClass, range_m: float, trajectory: int) -> int:
    """How the search for an aim at that distance ends."""
    task = Task(
        compiled.vehicle,
        float(compiled.looks.ballistic_coefficient_kg_m2[1]),
        compiled.energy_management,
        trajectory,
        LATITUDE_RAD,
        0.0,
        *place_at(range_m),
    )
    return solve_aim(task, TOLERANCE).code


def fly_to(name: str, range_m: float) -> FlightReport:
    launch, target = Place("launch", LATITUDE_RAD, 0.0), Place("target", *place_at(range_m))
    return fly_one(compile_missile(read(name), name), launch, target, MINIMUM_ENERGY, ())


@pytest.mark.parametrize("name", MISSILES)
def test_a_class_reaches_its_least_and_greatest_range(name: str) -> None:
    """The greatest range is what the class can do, within a fifth."""
    model = read(name)
    compiled = compile_missile(model, name)
    assert aim_at(compiled, model.range.min, MINIMUM_ENERGY) == AIMED
    assert aim_at(compiled, model.range.max, MINIMUM_ENERGY) == AIMED
    assert aim_at(compiled, 1.2 * model.range.max, MINIMUM_ENERGY) != AIMED


@pytest.mark.parametrize("name", SUBMARINE_LAUNCHED)
def test_submarine_launched_classes_fly_depressed_at_shorter_range(name: str) -> None:
    """At 60 % of the greatest range all energy can be spent on a flat path, which saves time."""
    model = read(name)
    compiled = compile_missile(model, name)
    assert aim_at(compiled, 0.6 * model.range.max, DEPRESSED) == AIMED


@pytest.mark.parametrize("name", [n for n in MISSILES if n.startswith(("icbm", "slbm"))])
def test_long_range_classes_burn_out_in_space(name: str) -> None:
    """Burnout at 85 to 450 km and 6 to 7.8 km/s at the greatest range, apogee below 1,700 km.

    Least-energy flights over 7,400 to 14,000 km have apogees of 1,000 to 1,350 km over a sphere at
    rest; the programme's fixed end attitude and the height of burnout move that.
    """
    report = fly_to(name, float(read(name).range.max))
    assert report.burnout is not None
    speed = math.hypot(*report.burnout.state[3:])
    assert 85e3 <= report.burnout.altitude_m <= 450e3
    assert 6.0e3 <= speed <= 7.8e3
    assert 700e3 <= report.apogee_m <= 1700e3
    assert report.miss_m < 100.0
