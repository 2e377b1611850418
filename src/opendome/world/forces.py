"""The defender's forces, areas and rules as arrays."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from opendome.battle import Forces
from opendome.interceptors.ground import FlyoutTables
from opendome.physics.geodesy import ecef_from_geodetic
from opendome.physics.random import entity_id
from opendome.scenario.models.ground_interceptor import Launcher
from opendome.scenario.models.patrol_battery import PatrolBattery
from opendome.scenario.models.places import SITE_SORTS, City, DefendedSite
from opendome.scenario.models.space_interceptor import SpaceInterceptorConstellation
from opendome.scenario.scenario import Scenario
from opendome.sensing.patrols import Patrols, build_patrols
from opendome.space import Constellation
from opendome.tables.codes import LAYERS, TARGET_CLASSES
from opendome.tables.forces import (
    BARRAGE,
    OPTIMAL,
    SHOOT_LOOK_SHOOT,
    SHOOT_SHOOT_LOOK,
    DefendedAreas,
    Doctrine,
    InterceptorTypes,
    Shooters,
)
from opendome.tables.truth import Flags, Floats, Integers
from opendome.world.assumptions import Assumptions
from opendome.world.flyouts import Job, gather_flyout_tables
from opendome.world.interceptors import compile_type
from opendome.world.interceptors.row import TypeRow
from opendome.world.orbits import compile_orbit

# Assumptions of battle management that no public source gives.
_THREAT_MARGIN_SIGMA = 2.0  # of the predicted impact point, beyond an area's edge
_HEADING_MARGIN_M = 2.5e6  # across the plane of a missile that is still steering
_BOOST_RANGE_M = 13e6  # longest range of the library's missiles
_REPLAN_S = 20.0  # between plans for one ballistic track
# The same where it threatens nothing: in free flight the place of impact changes only as the track
# gets better, and the margin of two sigma is there from the first look on.
_HARMLESS_REPLAN_S = 60.0
_COMMIT_SHARE = 0.25  # of divert times time to go that two sigmas of prediction may use
_ORBITAL_RESERVE_M = 30e3  # steered for during the burn: error of a boost path after 40 s
_LAST_CHANCE_S = 60.0  # two replans and the slowest reaction

_RULES = {
    "barrage": BARRAGE,
    "salvo": BARRAGE,
    "shoot-look-shoot": SHOOT_LOOK_SHOOT,
    "shoot-shoot-look": SHOOT_SHOOT_LOOK,
    "optimal": OPTIMAL,
}

_REAL_FIELDS = (
    "correlation", "min_altitude_m", "max_altitude_m", "divert_m_s", "basket_m",
    "last_update_s", "burn_s", "reaction_s", "decision_s", "assessment_s",
    "missed_kill_probability",
    "false_kill_probability", "flight_s", "acceleration_m_s2", "delta_v_m_s", "max_flight_s",
    "post_boost_s", "speed_m_s", "min_range_m", "max_range_m", "aircraft_speed_m_s", "radius_m",
    "sight_height_m",
)  # fmt: skip


def tabulate_types(names: list[str], rows: list[TypeRow]) -> InterceptorTypes:
    """Rows of single types as one table."""
    values = {
        name: np.array([row.values.get(name, math.nan) for row in rows], np.float64)
        for name in _REAL_FIELDS
    }
    looks = max((len(row.salvo) for row in rows), default=1)

    def by_class(columns: list[Floats]) -> Floats:
        # A defence without interceptors has no rows, and two dimensions all the same.
        return np.array(columns, np.float64).reshape(len(rows), len(TARGET_CLASSES))

    return InterceptorTypes(
        identity=np.array([entity_id(f"interceptor/{name}") for name in names], np.uint64),
        launch_kind=np.array([row.launch_kind for row in rows], np.int64),
        layer=np.array([LAYERS.index(row.layer) for row in rows], np.int64),
        kill_probability=by_class([row.kill_probability for row in rows]),
        max_closing_speed_m_s=by_class([row.max_closing_speed_m_s for row in rows]),
        max_salvos=np.array([row.values["max_salvos"] for row in rows], np.int64),
        updates_in_flight=np.array([row.updates_in_flight for row in rows], np.bool_),
        engages=np.array(
            [[layer in row.engages for layer in LAYERS] for row in rows], np.bool_
        ).reshape(len(rows), len(LAYERS)),
        salvo=np.array(
            [[*row.salvo, *[row.salvo[-1]] * (looks - len(row.salvo))] for row in rows]
        ).reshape(len(rows), looks),
        **values,
    )


def compile_shooters(
    scenario: Scenario, assumptions: Assumptions, nations: list[str]
) -> tuple[list[str], list[str], list[TypeRow], Shooters, tuple[Constellation, ...], FlyoutTables]:
    """Types, shooters, constellations of interceptors and fly-out tables of a scenario."""
    batteries = scenario.elements_of(Launcher)
    fleets = {
        name: fleet
        for name, fleet in scenario.elements_of(SpaceInterceptorConstellation).items()
        if fleet.constellation.count > 0
    }
    used = dict.fromkeys(b.interceptor for b in batteries.values())
    used |= dict.fromkeys(f.interceptor for f in fleets.values())
    type_names = list(used)
    rows = [
        compile_type(name, scenario.interceptors[name], scenario.doctrine, assumptions)
        for name in type_names
    ]
    records: list[dict[str, Any]] = []
    jobs: list[Job] = []
    for name, battery in batteries.items():
        row = rows[type_names.index(battery.interceptor)]
        latitude, longitude, altitude = battery.place
        table = -1
        if row.flyout is not None:
            table = len(jobs)
            jobs.append((row.flyout, latitude, longitude))
        records.append(
            {
                "identity": entity_id(f"shooter/{name}"),
                "interceptor": type_names.index(battery.interceptor),
                "nation": nations.index(battery.nation),
                "inventory": battery.inventory,
                "reserve": battery.reserve + round(scenario.doctrine.reserve * battery.inventory),
                "channels": battery.channels,
                "launch_interval_s": battery.launch_interval,
                "latitude_rad": latitude,
                "longitude_rad": longitude,
                "position_ecef_m": ecef_from_geodetic(latitude, longitude, altitude),
                "flyout_table": table,
                "constellation": -1,
                "availability": assumptions.value(f"{name}/readiness", battery.readiness),
                "site_availability": _chance_of_presence(name, battery, assumptions),
            }
        )
    constellations: list[Constellation] = []
    for name, fleet in fleets.items():
        rounds = fleet.constellation.count * fleet.per_satellite
        records.append(
            {
                "identity": entity_id(f"shooter/{name}"),
                "interceptor": type_names.index(fleet.interceptor),
                "nation": nations.index(fleet.nation),
                "inventory": rounds,
                "reserve": 0,
                "channels": rounds,
                "launch_interval_s": 0.0,
                "latitude_rad": math.nan,
                "longitude_rad": math.nan,
                "position_ecef_m": (math.nan, math.nan, math.nan),
                "flyout_table": -1,
                "constellation": len(constellations),
                "availability": assumptions.value(f"{name}/availability", fleet.availability),
                "site_availability": 1.0,
            }
        )
        constellations.append(compile_orbit(name, fleet.constellation, fleet.per_satellite))
    shooters = _tabulate_shooters(records)
    names = [*batteries, *fleets]
    return names, type_names, rows, shooters, tuple(constellations), gather_flyout_tables(jobs)


def _chance_of_presence(name: str, battery: Launcher, assumptions: Assumptions) -> float:
    """Probability that a battery works at all, and that somebody is there if it is on patrol."""
    works = assumptions.value(f"{name}/availability", battery.availability)
    if not isinstance(battery, PatrolBattery):
        return works
    return works * assumptions.value(f"{name}/on-station", battery.patrol.on_station)


def compile_shooter_patrols(scenario: Scenario) -> tuple[Patrols, Integers] | None:
    """Tracks of the shooters that move, and their rows among the shooters; None: all stand."""
    batteries = list(scenario.elements_of(Launcher).items())
    moving = [(name, b) for name, b in batteries if isinstance(b, PatrolBattery)]
    if not moving:
        return None
    names = [name for name, _ in batteries]
    patrols = build_patrols(
        np.array([entity_id(f"platform/{name}") for name, _ in moving], np.uint64),
        [np.array([(w.latitude, w.longitude) for w in b.patrol.waypoints]) for _, b in moving],
        np.array([b.patrol.speed for _, b in moving]),
        np.array([b.patrol.altitude for _, b in moving]),
    )
    return patrols, np.array([names.index(name) for name, _ in moving], np.int64)


def _tabulate_shooters(records: list[dict[str, Any]]) -> Shooters:
    kinds = {
        "identity": np.uint64,
        "interceptor": np.int64,
        "nation": np.int64,
        "inventory": np.int64,
        "reserve": np.int64,
        "channels": np.int64,
        "flyout_table": np.int64,
        "constellation": np.int64,
    }

    def column(name: str) -> Any:
        kind = kinds.get(name, np.float64)
        values = [record[name] for record in records]
        shape = (0, 3) if name == "position_ecef_m" else (0,)
        return np.array(values, kind) if values else np.zeros(shape, kind)

    # Who may fire, and when, is for the engine to say as links and consent change.
    n, own = len(records), ("order_s", "may_fire")
    fields = {name: column(name) for name in Shooters._fields if name not in own}
    return Shooters(order_s=np.zeros(n), may_fire=np.ones(n, np.bool_), **fields)


def compile_areas(
    scenario: Scenario, assumptions: Assumptions, nations: list[str]
) -> tuple[list[str], DefendedAreas]:
    """Defended cities and sites, then those that are aimed at and not defended (weight zero)."""
    rows: dict[str, tuple[str, float]] = {}
    for nation, cities in scenario.defended.items():
        worth = assumptions.value(f"nations/{nation}/weight", scenario.part_of(nation).weight)
        for city in cities:
            rows[city] = (nation, worth)
    for salvo in scenario.raid.salvos:
        for city in salvo.aim.cities:
            rows.setdefault(city, (scenario.places[city].nation, 0.0))
    names = list(rows)
    places = [scenario.places[name] for name in names]
    latitude = np.array([p.latitude for p in places])
    longitude = np.array([p.longitude for p in places])
    unit = np.stack(
        [
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        ],
        axis=1,
    )
    of_nation = np.array([rows[name][1] for name in names])
    own_weight = _share_out(scenario, assumptions, places, of_nation > 0.0)
    areas = DefendedAreas(
        latitude_rad=latitude,
        longitude_rad=longitude,
        unit_ecef=np.ascontiguousarray(unit),
        radius_m=np.array([p.radius for p in places]),
        weight=own_weight * of_nation,
        own_weight=own_weight,
        nation=np.array([nations.index(rows[name][0]) for name in names], np.int64),
    )
    return names, areas


def _share_out(
    scenario: Scenario, assumptions: Assumptions, places: list[City | DefendedSite], defended: Flags
) -> Floats:
    """Weight of each area by itself: what its sort is worth, and its part of that."""
    sorts = np.array(
        [place.sort if isinstance(place, DefendedSite) else "cities" for place in places]
    )
    people = np.array([float(p.population) if isinstance(p, City) else 1.0 for p in places])
    of_sort = {
        sort: assumptions.value(f"areas/{sort}", getattr(scenario.areas, sort))
        for sort in ("cities", *SITE_SORTS)
        if defended[sorts == sort].any()
    }
    weight = np.zeros(len(places))
    total = sum(of_sort.values())
    for sort, value in of_sort.items() if total > 0.0 else ():
        # Cities that are aimed at count among the people even where they are not defended.
        own = sorts == sort if sort == "cities" else (sorts == sort) & defended
        weight[own] = value / total * (people[own] / people[own].sum())
    return weight


def compile_doctrine(scenario: Scenario) -> Doctrine:
    """Rules of engagement."""
    least = float(scenario.doctrine.lethality_threshold)
    return Doctrine(
        rule=_RULES[scenario.doctrine.default],
        hold_for_better=scenario.doctrine.hold_for_better_layer,
        reserve_until_s=math.inf
        if scenario.doctrine.reserve_until is None
        else float(scenario.doctrine.reserve_until),
        lethality_threshold=least,
        threat_margin_sigma=_THREAT_MARGIN_SIGMA,
        boost_heading_margin_m=_HEADING_MARGIN_M,
        boost_range_m=_BOOST_RANGE_M,
        replan_s=_REPLAN_S,
        harmless_replan_s=_HARMLESS_REPLAN_S,
        commit_divert_share=_COMMIT_SHARE,
        orbital_reserve_m=_ORBITAL_RESERVE_M,
        sure_lethality=max(float(scenario.doctrine.sure_lethality), least),
        confident_lethality=max(float(scenario.doctrine.confident_lethality), least),
        last_chance_s=_LAST_CHANCE_S,
    )


def assemble_forces(
    scenario: Scenario, rows: list[TypeRow], type_names: list[str], shooters: Shooters,
    flyouts: FlyoutTables, areas: DefendedAreas,
) -> Forces:  # fmt: skip
    """All that is the defender's own, as battle management takes it."""
    types = tabulate_types(type_names, rows)
    return Forces(types, shooters, flyouts, areas, compile_doctrine(scenario))
