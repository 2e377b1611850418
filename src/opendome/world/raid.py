"""The raid of a scenario: every missile with its launch point, aim and companions."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from opendome.errors import BadInput
from opendome.physics.geodesy import solve_direct
from opendome.physics.random import entity_id, stream_key, uniform4
from opendome.scenario.models.places import LaunchArea
from opendome.scenario.models.raid import Salvo
from opendome.scenario.scenario import Scenario
from opendome.tables.codes import TARGET_CLASSES
from opendome.tables.truth import Integers
from opendome.threats import (
    PARTS,
    MissileClass,
    MissileOrder,
    Raid,
    compile_raid,
    explain_failure,
    remains_identity,
    wreck_identity,
)
from opendome.threats.aiming import AIMED, TRAJECTORIES, Aim
from opendome.threats.raid import make_task
from opendome.world.assumptions import Assumptions
from opendome.world.threats import compile_missile, describe_missile

# Ranges that part the classes of ballistic targets: 1,000 km and 5,500 km (the 1987 INF Treaty,
# article II, and common usage).
_SHORT_RANGE_M = 1.0e6
# Draws of launch points and aims in one campaign, and aims that are solved for them in all.
_MOST_DRAWS = 16
_MOST_OUTER_DRAWS = 4
_MOST_AIMS = 200
_INTERCONTINENTAL_M = 5.5e6


class CompiledRaid(NamedTuple):
    """A raid as arrays, with the names of what is in it."""

    raids: tuple[Raid, ...]  # draws of launch points and aims
    missile_names: tuple[str, ...]
    class_names: tuple[str, ...]
    origin_names: tuple[str, ...]
    target_class: Integers  # by missile class
    object_names: dict[int, str]  # by identity


def compile_raid_of(
    scenario: Scenario, assumptions: Assumptions, area_names: list[str], seed: int
) -> CompiledRaid:
    """Draw launch points and aims, solve the aims, and refuse what cannot be flown.

    Launch points and aims are drawn by the missile's name, several times over; in each replication
    every missile takes one of its draws. Solving an aim takes some milliseconds, so large raids
    have fewer draws.
    """
    class_names = list(dict.fromkeys(s.missile for s in scenario.raid.salvos if s.count))
    classes = [compile_missile(scenario.missiles[name], name, assumptions) for name in class_names]
    most = _MOST_DRAWS if assumptions.outer == 0 else _MOST_OUTER_DRAWS
    n_draws = max(1, min(most, _MOST_AIMS // max(scenario.raid.n_missiles, 1)))
    names: list[str] = []
    origins: list[str] = []
    objects: dict[int, str] = {}
    raids = []
    known: dict[tuple[float, ...], Aim] = {}
    for draw in range(n_draws):
        orders = _order_all(
            scenario, assumptions, area_names, class_names, seed, draw, names, origins, objects
        )
        raid = compile_raid(classes, orders, known)
        _refuse_unaimed(scenario, classes, orders, raid, names)
        raids.append(raid)
    return CompiledRaid(
        tuple(raids),
        tuple(names[: scenario.raid.n_missiles]),
        tuple(class_names),
        tuple(origins[: scenario.raid.n_missiles]),
        np.array([_classify(scenario, name) for name in class_names], np.int64),
        objects,
    )


def _order_all(
    scenario: Scenario,
    assumptions: Assumptions,
    area_names: list[str],
    class_names: list[str],
    seed: int,
    draw: int,
    names: list[str],
    origins: list[str],
    objects: dict[int, str],
) -> list[MissileOrder]:
    """All missiles of one draw; adds to the lists of names."""
    orders: list[MissileOrder] = []
    for i, salvo in enumerate(scenario.raid.salvos):
        for j in range(salvo.count):
            name = f"salvo-{i + 1}/missile-{j + 1}"
            order, part_names = _order_missile(
                scenario, assumptions, salvo, f"salvo-{i + 1}", j, name,
                class_names.index(salvo.missile), area_names, seed, draw,
            )  # fmt: skip
            orders.append(order)
            names.append(name)
            origins.append(salvo.launch.area)
            objects[int(order.identity)] = f"{name}/booster"
            objects[int(wreck_identity(order.identity))] = f"{name}/wreck"
            objects[int(remains_identity(order.identity))] = f"{name}/remains"
            objects.update(part_names)
    return orders


def _classify(scenario: Scenario, name: str) -> int:
    reach = describe_missile(scenario.missiles[name]).reach_m
    if reach >= _INTERCONTINENTAL_M:
        return TARGET_CLASSES.index("icbm-warhead")
    if reach >= _SHORT_RANGE_M:
        return TARGET_CLASSES.index("intermediate-range")
    return TARGET_CLASSES.index("short-range")


def _order_missile(
    scenario: Scenario,
    assumptions: Assumptions,
    salvo: Salvo,
    salvo_name: str,
    j: int,
    name: str,
    missile_class: int,
    area_names: list[str],
    seed: int,
    draw: int,
) -> tuple[MissileOrder, dict[int, str]]:
    key = stream_key(seed, "raid")
    identity = entity_id(f"missile/{name}")
    u_place, u_distance, u_bearing, u_aim = uniform4(key, assumptions.outer, identity, draw)
    area = scenario.launch_areas[salvo.launch.area]
    latitude, longitude = _draw_place(area, u_place, u_distance, u_bearing)
    city = _draw_city(scenario, salvo, u_aim)
    parts, part_names = _list_parts(scenario, assumptions, salvo, salvo_name, name)
    order = MissileOrder(
        identity=identity,
        missile_class=missile_class,
        launch_s=salvo.launch.start + j * salvo.launch.spacing,
        launch_jitter_s=salvo.launch.jitter,
        launch_latitude_rad=latitude,
        launch_longitude_rad=longitude,
        aim_latitude_rad=scenario.cities[city].latitude,
        aim_longitude_rad=scenario.cities[city].longitude,
        aim_area=area_names.index(city),
        trajectory=TRAJECTORIES.index(salvo.trajectory),
        parts=parts,
    )
    return order, part_names


def _draw_place(
    area: LaunchArea, u_place: float, u_distance: float, u_bearing: float
) -> tuple[float, float]:
    """A point of the area: a place by weight, then evenly over its circle."""
    weights = np.cumsum([place.weight for place in area.places])
    place = area.places[int(np.searchsorted(weights, u_place * weights[-1]))]
    latitude, longitude, _ = solve_direct(
        place.latitude, place.longitude, 2.0 * math.pi * u_bearing,
        place.radius * math.sqrt(u_distance),
    )  # fmt: skip
    return latitude, longitude


def _draw_city(scenario: Scenario, salvo: Salvo, u: float) -> str:
    cities = salvo.aim.cities
    if salvo.aim.weights == "equal":
        return cities[min(int(u * len(cities)), len(cities) - 1)]
    people = np.cumsum([float(scenario.cities[city].population) for city in cities])
    return cities[int(np.searchsorted(people, u * people[-1]))]


def _list_parts(
    scenario: Scenario, assumptions: Assumptions, salvo: Salvo, salvo_name: str, name: str
) -> tuple[tuple[tuple[np.uint64, int], ...], dict[int, str]]:
    """Identity and kind of everything that the missile releases, and the names."""
    with_it = salvo.countermeasures
    counts = {
        "warhead": describe_missile(scenario.missiles[salvo.missile]).n_warheads,
        "spent-stage": 1 if with_it.debris else 0,
        "fragment": round(assumptions.value(f"{salvo_name}/fragments", with_it.fragments))
        if with_it.debris
        else 0,
        "decoy": round(assumptions.value(f"{salvo_name}/light-decoys", with_it.light_decoys)),
    }
    parts: list[tuple[np.uint64, int]] = []
    names: dict[int, str] = {}
    for part, count in counts.items():
        for i in range(count):
            part_name = f"{name}/{part}" if count == 1 else f"{name}/{part}-{i + 1}"
            identity = entity_id(f"object/{part_name}")
            parts.append((identity, PARTS.index(part)))
            names[int(identity)] = part_name
    return tuple(parts), names


def _refuse_unaimed(
    scenario: Scenario,
    classes: list[MissileClass],
    orders: list[MissileOrder],
    raid: Raid,
    names: list[str],
) -> None:
    for i in np.flatnonzero(raid.aim_code != AIMED):
        order = orders[i]
        task = make_task(classes[order.missile_class], order)
        nan = math.nan
        aim = Aim(int(raid.aim_code[i]), nan, nan, nan, nan, float(raid.aim_reach_m[i]),
                  nan, nan, nan, nan)  # fmt: skip
        raise BadInput(f"raid {scenario.raid.name or ''}: {names[i]}: {explain_failure(task, aim)}")
