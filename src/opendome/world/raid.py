"""The raid of a scenario: every missile with its launch point, aims and companions."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np

from opendome.errors import BadInput
from opendome.physics.geodesy import solve_direct, solve_inverse
from opendome.physics.random import entity_id, stream_key, uniform, uniform4
from opendome.scenario.models.places import LaunchArea
from opendome.scenario.models.raid import Salvo
from opendome.scenario.scenario import Scenario
from opendome.tables.codes import TARGET_CLASSES
from opendome.tables.truth import Integers
from opendome.threats import (
    PARTS,
    AimPoint,
    MissileOrder,
    PartOrder,
    Raid,
    compile_raid,
    explain_raid,
    remains_identity,
    wreck_identity,
)
from opendome.threats.aiming import TRAJECTORIES, measure_miss
from opendome.world.assumptions import Assumptions
from opendome.world.threats import compile_missile, describe_missile
from opendome.world.threats.description import Description

# Ranges that part the classes of ballistic targets: 1,000 km and 5,500 km (the 1987 INF Treaty,
# article II, and common usage).
_SHORT_RANGE_M: Final = 1.0e6
_INTERCONTINENTAL_M: Final = 5.5e6
# Draws of launch points and aims in one campaign, and aims that are solved for them in all.
_MOST_DRAWS: Final = 16
_MOST_OUTER_DRAWS: Final = 4
_MOST_AIMS: Final = 200
# Aims of later warheads are drawn under ordinals from here on, this many for each draw.
_LATER_AIMS: Final = 1_000_000
_AIMS_PER_DRAW: Final = 64


class CompiledRaid(NamedTuple):
    """A raid as arrays, with the names of what is in it. Missiles in the order that they fly in."""

    raids: tuple[Raid, ...]  # draws of launch points and aims
    missile_names: tuple[str, ...]
    class_names: tuple[str, ...]
    origin_names: tuple[str, ...]
    target_class: Integers  # by missile class
    object_names: dict[int, str]  # by identity


class _Composer:
    """Turns the salvos of a scenario into orders, for one outer draw and seed."""

    def __init__(
        self, scenario: Scenario, assumptions: Assumptions, area_names: list[str], seed: int
    ) -> None:
        self.scenario, self.assumptions, self.seed = scenario, assumptions, seed
        self.area_rows = {name: row for row, name in enumerate(area_names)}
        self.class_names = list(
            dict.fromkeys(s.missile for s in scenario.raid.salvos if s.n_missiles)
        )
        self.described = {
            name: describe_missile(scenario.missiles[name], name, assumptions)
            for name in self.class_names
        }
        self.object_names: dict[int, str] = {}
        places = scenario.places
        self._city_places = {n: (p.latitude, p.longitude) for n, p in places.items()}

    def order_all(self, draw: int) -> tuple[list[MissileOrder], list[str], list[str]]:
        """Orders of all missiles in one draw of launches and aims, their names and origins."""
        orders, names, origins = [], [], []
        for i, salvo in enumerate(self.scenario.raid.salvos):
            for j in range(salvo.n_missiles):
                name = f"salvo-{i + 1}/missile-{j + 1}"
                orders.append(self._order_missile(salvo, f"salvo-{i + 1}", j, name, draw))
                names.append(name)
                origins.append(salvo.launch.area)
        return orders, names, origins

    def _order_missile(
        self, salvo: Salvo, salvo_name: str, j: int, name: str, draw: int
    ) -> MissileOrder:
        key = stream_key(self.seed, "raid")
        outer = self.assumptions.outer
        identity = entity_id(f"missile/{name}")
        u_place, u_distance, u_bearing, u_aim = uniform4(key, outer, identity, draw)
        area = self.scenario.launch_areas[salvo.launch.area]
        launch = _draw_place(area, u_place, u_distance, u_bearing)
        described = self.described[salvo.missile]
        parts = self._list_parts(salvo, salvo_name, name, described, draw == 0)
        n_aims = described.n_warheads if described.along_m > 0.0 else 1
        first = _pick(*self._list_in_range(salvo, launch, described), u_aim)
        cities = [first]
        near, shares = self._list_near(salvo, launch, first, described) if n_aims > 1 else ([], [])
        for k in range(1, n_aims):
            ordinal = _LATER_AIMS + draw * _AIMS_PER_DRAW + k
            cities.append(_pick(near, shares, uniform(key, outer, identity, ordinal)))
        self._name(identity, name, draw == 0)
        return MissileOrder(
            identity=identity,
            missile_class=self.class_names.index(salvo.missile),
            launch_s=salvo.launch.start + j * salvo.launch.spacing,
            launch_jitter_s=salvo.launch.jitter,
            launch_latitude_rad=launch[0],
            launch_longitude_rad=launch[1],
            aims=tuple(AimPoint(*self._city_places[c], self.area_rows[c]) for c in cities),
            trajectory=TRAJECTORIES.index(salvo.trajectory),
            route=tuple((point.latitude, point.longitude) for point in salvo.route),
            parts=parts,
        )

    def _name(self, identity: np.uint64, name: str, first_time: bool) -> None:
        if first_time:
            self.object_names[int(identity)] = f"{name}/booster"
            self.object_names[int(wreck_identity(identity))] = f"{name}/wreck"
            self.object_names[int(remains_identity(identity))] = f"{name}/remains"

    def _weigh(self, salvo: Salvo) -> tuple[list[str], list[float]]:
        """Cities that a salvo is aimed at, and their weights."""
        cities = list(salvo.aim.cities)
        if isinstance(salvo.aim.weights, tuple):
            return cities, list(salvo.aim.weights)
        if salvo.aim.weights == "equal":
            return cities, [1.0] * len(cities)
        return cities, [float(self.scenario.cities[city].population) for city in cities]

    def _list_in_range(
        self, salvo: Salvo, launch: tuple[float, float], described: Description
    ) -> tuple[list[str], list[float]]:
        """Cities within the class's range of a launch point; all of them where there is none.

        A missile whose class reaches none of its cities is refused when its aim is solved.
        """
        cities, weights = self._weigh(salvo)
        near = [
            described.nearest_m <= _measure(*launch, *self._city_places[c]) <= described.reach_m
            for c in cities
        ]
        if not any(near):
            return cities, weights
        return (
            [city for city, fits in zip(cities, near, strict=True) if fits],
            [weight for weight, fits in zip(weights, near, strict=True) if fits],
        )

    def _list_near(
        self, salvo: Salvo, launch: tuple[float, float], first: str, described: Description
    ) -> tuple[list[str], list[float]]:
        """Cities that later warheads can be sent to when the first goes to `first`."""
        target = self._city_places[first]
        near, shares = [], []
        for city, share in zip(*self._weigh(salvo), strict=True):
            along, across = measure_miss(*launch, *target, *self._city_places[city])
            if abs(along) <= described.along_m and abs(across) <= described.across_m:
                near.append(city)
                shares.append(share)
        return near, shares

    def _list_parts(
        self, salvo: Salvo, salvo_name: str, name: str, described: Description, first_time: bool
    ) -> tuple[PartOrder, ...]:
        """Identity, kind and release of everything that the missile lets go.

        Companions are shared out evenly among the releases; the spent stage goes last.
        """
        wanted = salvo.countermeasures
        assume = self.assumptions.value
        counts = {
            "warhead": described.n_warheads,
            "spent-stage": int(wanted.debris),
            "fragment": round(assume(f"{salvo_name}/fragments", wanted.fragments))
            if wanted.debris
            else 0,
            "decoy": round(assume(f"{salvo_name}/light-decoys", wanted.light_decoys)),
            "replica-decoy": round(assume(f"{salvo_name}/replica-decoys", wanted.replica_decoys)),
            "chaff": round(assume(f"{salvo_name}/chaff-clouds", wanted.chaff_clouds)),
        }
        n_releases = described.n_warheads if described.along_m > 0.0 else 1
        parts = []
        for part, count in counts.items():
            if part not in described.carried:
                continue
            for i in range(count):
                called = described.payload if part == "warhead" else part
                part_name = f"{name}/{called}" if count == 1 else f"{name}/{called}-{i + 1}"
                identity = entity_id(f"object/{part_name}")
                last = part in ("spent-stage", "fragment")
                release = n_releases - 1 if last else i % n_releases
                parts.append(PartOrder(identity, PARTS.index(part), release))
                if first_time:
                    self.object_names[int(identity)] = part_name
        return tuple(parts)


def compile_raid_of(
    scenario: Scenario, assumptions: Assumptions, area_names: list[str], seed: int
) -> CompiledRaid:
    """Draw launch points and aims, solve the aims, and refuse what cannot be flown.

    Launch points and aims are drawn by the missile's name, several times over; in each replication
    every missile takes one of its draws. Solving an aim takes some milliseconds, so large raids
    have fewer draws.
    """
    composer = _Composer(scenario, assumptions, area_names, seed)
    class_names = composer.class_names
    classes = [compile_missile(scenario.missiles[name], name, assumptions) for name in class_names]
    most = _MOST_DRAWS if assumptions.outer == 0 else _MOST_OUTER_DRAWS
    n_draws = max(1, min(most, _MOST_AIMS // max(scenario.raid.n_missiles, 1)))
    raids = []
    known: dict[tuple[Any, ...], Any] = {}
    for draw in range(n_draws):
        orders, names, origins = composer.order_all(draw)
        raid = compile_raid(classes, orders, known)
        for row, reason in explain_raid(raid):
            raise BadInput(f"raid {scenario.raid.name or ''}: {names[row]}: {reason}")
        raids.append(raid)
    order = raids[0].order
    return CompiledRaid(
        tuple(raids),
        tuple(names[row] for row in order),
        tuple(class_names),
        tuple(origins[row] for row in order),
        np.array([_classify(composer.described[name]) for name in class_names], np.int64),
        composer.object_names,
    )


def _measure(latitude: float, longitude: float, *place: float) -> float:
    """Geodesic distance [m] between two places."""
    return float(solve_inverse(latitude, longitude, *place)[0])


def _classify(described: Description) -> int:
    if described.target_class is not None:
        return TARGET_CLASSES.index(described.target_class)
    if described.reach_m >= _INTERCONTINENTAL_M:
        return TARGET_CLASSES.index("icbm-warhead")
    if described.reach_m >= _SHORT_RANGE_M:
        return TARGET_CLASSES.index("intermediate-range")
    return TARGET_CLASSES.index("short-range")


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


def _pick(names: list[str], weights: list[float], u: float) -> str:
    """One of several names by weight, for a uniform draw."""
    if len(set(weights)) == 1:
        return names[min(int(u * len(names)), len(names) - 1)]
    total = np.cumsum(weights)
    return names[int(np.searchsorted(total, u * total[-1]))]
