"""From a scenario to a world: the only place that knows both."""

from __future__ import annotations

import numpy as np

from opendome.physics.frames import julian_date
from opendome.scenario.scenario import Scenario
from opendome.tables.coalition import Coalition
from opendome.tables.truth import Floats
from opendome.world.assumptions import Assumptions
from opendome.world.beliefs import compile_beliefs, compile_registration
from opendome.world.budget import build_boost_budget
from opendome.world.coalition import compile_coalition
from opendome.world.forces import (
    assemble_forces,
    compile_areas,
    compile_shooter_patrols,
    compile_shooters,
)
from opendome.world.model import SensorGroup, World
from opendome.world.raid import compile_raid_of
from opendome.world.sensors import compile_sensors

# Year of a random epoch where the scenario names none: the year that the programme speaks of.
_YEAR = 2029
# The clock starts this long before the first nominal launch: launch jitter may be negative.
_LEAD_S = 60.0
# Probability that the warhead of a missile that was hit under power flies on to where the
# cut-off leads it. Assumption, 0 to 1: a hit breaks the motor, which may or may not wreck what is
# on top (APS 2003 leaves it open).
_WARHEAD_SURVIVAL = 0.5


def compile_world(scenario: Scenario, outer: int = 0, seed: int = 1) -> World:
    """The arrays of one scenario for one draw of its assumptions.

    Parameters
    ----------
    scenario : Scenario
    outer : int
        0 for the best value of everything; above 0, the number of a draw from all ranges.
    seed : int
        Of the campaign: decides launch points, aims and the values of outer draws.

    Raises
    ------
    BadInput
        Where a missile cannot reach its target, in one line that says by how much.
    """
    assumptions = Assumptions(outer, seed)
    nations = list(scenario.nations)
    for element in scenario.standing.values():
        nations += [n for n in (element.nation, element.host) if n and n not in nations]
    for place in scenario.places.values():
        if place.nation not in nations:
            nations.append(place.nation)
    area_names, areas = compile_areas(scenario, assumptions, nations)
    raid = compile_raid_of(scenario, assumptions, area_names, seed)
    sensors, sensor_names, platform_names, reporting_delay_s, report_interval_s = compile_sensors(
        scenario, assumptions
    )
    shooter_names, type_names, rows, shooters, constellations, flyouts = compile_shooters(
        scenario, assumptions, nations
    )
    sensor_elements = tuple(dict.fromkeys(name.split("/")[0] for name in sensor_names))
    coalition = compile_coalition(
        scenario, assumptions, nations, sensor_names, sensor_elements, shooter_names
    )
    epoch = scenario.epoch_utc
    simulation = scenario.simulation
    return World(
        name=scenario.name,
        scenario_hash=scenario.hash(),
        nations=tuple(nations),
        raids=raid.raids,
        missile_names=raid.missile_names,
        class_names=raid.class_names,
        origin_names=raid.origin_names,
        target_class=raid.target_class,
        object_names=raid.object_names,
        warhead_survival=_WARHEAD_SURVIVAL,
        sensors=sensors,
        sensor_names=sensor_names,
        platform_names=platform_names,
        reporting_delay_s=reporting_delay_s,
        report_interval_s=report_interval_s,
        registration=compile_registration(scenario, sensors, len(sensor_names)),
        sensor_elements=sensor_elements,
        element_of_sensor=np.array(
            [sensor_elements.index(name.split("/")[0]) for name in sensor_names], np.int64
        ),
        forces=assemble_forces(scenario, rows, type_names, shooters, flyouts, areas),
        type_names=tuple(type_names),
        shooter_names=tuple(shooter_names),
        area_names=tuple(area_names),
        interceptor_constellations=constellations,
        shooter_patrols=compile_shooter_patrols(scenario),
        tracker=compile_beliefs(
            scenario, assumptions, *_find_longest_ways_s(sensors, reporting_delay_s, coalition)
        ),
        coalition=coalition,
        epoch_jd=sum(julian_date(epoch)) if epoch is not None else None,
        year=epoch.year if epoch is not None else _YEAR,
        start_s=-_LEAD_S,
        step_boost_s=simulation.step.boost,
        fixed_phases=simulation.constellation_phases == "fixed",
        step_s=simulation.step.otherwise,
        horizon_s=simulation.horizon,
        keep=simulation.keep,
        boost_budget=build_boost_budget(scenario),
    )


def _find_longest_ways_s(
    groups: tuple[SensorGroup, ...], reporting_delay_s: Floats, coalition: Coalition
) -> tuple[float, float]:
    """How old the report of a look may be when it arrives; the same for looks at plumes."""
    way_s = reporting_delay_s + coalition.sensor_latency_s + coalition.nodes.latency_s.sum()
    plumes = [g.block.sensor for g in groups if hasattr(g.block, "plume_threshold_w_m2")]
    of_plumes_s = way_s[np.concatenate(plumes)] if plumes else way_s[:0]
    return float(way_s.max(initial=0.0)), float(of_plumes_s.max(initial=0.0))
