"""What sees nothing and fires nothing changes no draw: all tables come out equal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from records import assert_equal_records

from opendome.engine import run_replication
from opendome.engine.environment import draw_environment
from opendome.scenario.loader import load_scenario
from opendome.scenario.scenario import Scenario
from opendome.world import World, compile_world

SEED = 7


@pytest.mark.parametrize("mode", ["random", "fixed"])
def test_phases_are_drawn_in_each_replication_or_once(mode: str) -> None:
    """Node and phase of a constellation, where the scenario says fixed, are those of the seed."""
    scenario = load_scenario("us-alone", sets=[f"simulation.constellation-phases={mode}"])
    world = compile_world(scenario, seed=SEED)
    places = [
        draw_environment(world, SEED, number)
        .interceptor_constellations[0]
        .elements[3:6:2]
        .tobytes()
        for number in range(3)
    ]
    assert len(set(places)) == (3 if mode == "random" else 1)


# Radars at the South Pole, far from every path, satellites that see nothing, and a battery without
# interceptors.
SCENARIO = """\
format: 1
name: with-idle-elements
architecture:
  base: golden-dome-2029-announced
  elements:
    idle-radar:
      of: tpy2-shariki
      latitude: -89.0 deg
      longitude: 0.0 deg
      faces: [{azimuth: 180 deg, half-width: 10 deg}]
    idle-chain:
      of: alaska-radar-system
      sites: [{latitude: -89.0 deg, longitude: 0.0 deg}, {latitude: -88.0 deg, longitude: 0.0 deg}]
    idle-satellites:
      of: sbirs-geo
      plume: {noise-equivalent-irradiance: 1e3 W/m2}
    empty-battery:
      of: fort-greely
      inventory: 0
raid: nk-10-debris
"""
IDLE = ("idle-radar", "idle-chain", "idle-satellites", "empty-battery")


@pytest.fixture(scope="module")
def extended_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    path = tmp_path_factory.mktemp("scenario") / "idle.yaml"
    path.write_text(SCENARIO)
    scenario = load_scenario(path, sets=["raid.salvos.0.count=3"])
    return compile_world(put_first(scenario, IDLE), seed=SEED)


def put_first(scenario: Scenario, names: Sequence[str]) -> Scenario:
    """The same elements in another order: these ahead of all others."""
    elements = scenario.architecture.elements
    moved = {name: elements[name] for name in (*names, *elements)}
    architecture = scenario.architecture.model_copy(update={"elements": moved})
    return scenario.model_copy(update={"architecture": architecture})


def test_idle_elements_are_there(small_world: World, extended_world: World) -> None:
    """The larger world really has more sensors, ahead of others of their kinds, and a battery."""
    assert len(extended_world.sensor_names) == len(small_world.sensor_names) + 1 + 2 + 6
    assert len(extended_world.shooter_names) == len(small_world.shooter_names) + 1
    first = {extended_world.sensor_names[g.block.sensor[0]] for g in extended_world.sensors}
    assert first >= {"idle-radar", "idle-chain/1", "idle-satellites/1"}


@pytest.mark.parametrize("replication", range(3))
def test_idle_elements_change_nothing(
    small_world: World, extended_world: World, replication: int
) -> None:
    """Every table of the record is equal, bit for bit, with and without the idle elements."""
    without = run_replication(small_world, SEED, replication)
    with_idle = run_replication(extended_world, SEED, replication)
    assert len(without["engagements"]["shot"]) > 0
    assert_equal_records(without, with_idle)


def test_replications_do_not_depend_on_their_order(small_world: World) -> None:
    """A replication gives the same bits whatever ran before it."""
    first = run_replication(small_world, SEED, 1)
    for other in (2, 0):
        run_replication(small_world, SEED, other)
    assert_equal_records(first, run_replication(small_world, SEED, 1))


def test_replications_and_seeds_differ(small_world: World) -> None:
    """Other replications, and other seeds, are other raids."""
    launches = [
        tuple(run_replication(small_world, seed, k)["threats"]["launch_s"])
        for seed, k in ((SEED, 0), (SEED, 1), (SEED + 1, 0))
    ]
    assert len(set(launches)) == 3


def test_equal_records_are_told_from_others(small_world: World) -> None:
    """The comparison used here sees a single changed value."""
    record = run_replication(small_world, SEED, 0)
    changed = {name: dict(table) for name, table in record.items()}
    column = changed["engagements"]["intercept_s"].copy()
    column[-1] = np.nextafter(column[-1], np.inf)
    changed["engagements"]["intercept_s"] = column
    with pytest.raises(AssertionError):
        assert_equal_records(record, changed)
