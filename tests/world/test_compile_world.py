"""From a scenario to arrays: what a world must hold."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from opendome.engine import run_replication
from opendome.errors import BadInput
from opendome.scenario.loader import load_scenario
from opendome.scenario.models.infrared_constellation import InfraredConstellation
from opendome.tables.codes import TARGET_CLASSES
from opendome.tracking.settings import Life
from opendome.world import World, compile_world
from opendome.world.assumptions import Assumptions
from opendome.world.forces import compile_areas

SEED = 7


def compile_named(name: str, *sets: str, raid: str | None = None, outer: int = 0) -> World:
    return compile_world(load_scenario(name, raid=raid, sets=sets), outer=outer, seed=SEED)


@pytest.fixture(scope="module")
def world() -> World:
    return compile_named("golden-dome-2029-announced", "raid.salvos.0.count=2")


def test_names_stand_beside_rows(world: World) -> None:
    """Each table has as many rows as names, and every index points into its table."""
    forces = world.forces
    assert len(world.type_names) == len(forces.types.identity) == len(set(world.type_names))
    assert len(world.shooter_names) == len(forces.shooters.identity)
    assert len(world.area_names) == len(forces.areas.radius_m) == len(set(world.area_names))
    assert forces.types.kill_probability.shape == (len(world.type_names), len(TARGET_CLASSES))
    assert (forces.shooters.interceptor < len(world.type_names)).all()
    assert (forces.shooters.nation < len(world.nations)).all()
    assert len(world.sensor_names) == len(world.element_of_sensor)
    assert len(np.unique(forces.shooters.identity)) == len(world.shooter_names)


def test_defended_areas_share_the_weight(world: World) -> None:
    """Defended areas have weight by population; those only aimed at have none."""
    areas = world.forces.areas
    defended = load_scenario("golden-dome-2029-announced").defended
    named = {city for cities in defended.values() for city in cities}
    for name, weight in zip(world.area_names, areas.weight, strict=True):
        assert (weight > 0.0) == (name in named)
    assert 0.0 < areas.weight.sum() <= 1.0 + 1e-12
    assert np.allclose(np.linalg.norm(areas.unit_ecef, axis=1), 1.0)


def weigh_areas(*sets: str) -> dict[str, float]:
    scenario = load_scenario("us-alone", raid="nk-1", sets=sets)
    names, areas = compile_areas(scenario, Assumptions(0, SEED), list(scenario.nations))
    return dict(zip(names, areas.weight.tolist(), strict=True))


def test_sites_count_when_a_scenario_asks() -> None:
    """Each sort has its share of the whole, sites evenly; without it people alone have weight."""
    people = weigh_areas()
    mixed = weigh_areas(
        "defended={USA: [cities-100k, military, Pentagon]}",
        "areas={cities: 0.6, military: 0.3, government: 0.1, industry: 0.5}",
    )
    bases = [name for name in mixed if name not in people and name != "Pentagon"]
    assert len(bases) > 5
    assert sum(mixed[name] for name in bases) == pytest.approx(0.3)
    assert len({round(mixed[name], 12) for name in bases}) == 1
    assert mixed["Pentagon"] == pytest.approx(0.1)
    # People beyond the defended cities count too: those of the cities that are aimed at.
    assert 0.5 < sum(mixed.values()) - 0.4 <= 0.6 + 1e-12
    ratio = {round(mixed[name] / people[name], 9) for name in mixed if people.get(name)}
    assert len(ratio) == 1
    assert weigh_areas("areas={military: 0.5}") == people


def test_a_site_weighs_by_its_nation_too() -> None:
    """The nation's weight comes on top of that of the sort."""
    whole, quarter = (
        weigh_areas("defended={USA: military, CAN: military}", "areas={military: 1}",
                    f"nations={{USA: {{}}, CAN: {{weight: {weight}}}}}")
        for weight in (1.0, 0.25)
    )  # fmt: skip
    assert quarter["CFB Cold Lake"] == pytest.approx(0.25 * whole["CFB Cold Lake"])
    assert quarter["Fort Greely"] == pytest.approx(whole["Fort Greely"])


def test_a_warhead_may_be_aimed_at_a_site() -> None:
    """A site is a target by its name, and threatens nothing where it is not defended."""
    world = compile_named("us-alone", "raid.salvos.0.aim={cities: Malmstrom Air Force Base, "
                          "weights: equal}", raid="nk-1")  # fmt: skip
    row = world.area_names.index("Malmstrom Air Force Base")
    assert world.forces.areas.weight[row] == 0.0
    assert set(run_replication(world, SEED, 0)["threats"]["aim"]) == {world.area_names[row]}


def test_a_defence_without_interceptors_compiles_and_runs() -> None:
    """No rows of types or shooters: everything leaks."""
    scenario = load_scenario("perfect-defence", sets=["raid.salvos.0.count=1"],
                             without=["unlimited-battery"])  # fmt: skip
    bare = compile_world(scenario, seed=SEED)
    assert bare.forces.types.kill_probability.shape == (0, len(TARGET_CLASSES))
    count = run_replication(bare, SEED, 0)["replications"]
    assert count["shots"][0] == 0
    assert count["leaked"][0] == count["lethal"][0]


def test_constellations_of_no_satellites_compile() -> None:
    """A layer set to zero, as a variant would have it, leaves no sensor and is no error."""
    name = "golden-dome-2029-announced"
    every = load_scenario(name).elements_of(InfraredConstellation)
    walkers = [key for key, element in every.items() if element.orbit.type == "walker"]
    others = [key for key in every if key not in walkers]
    scenario = load_scenario(
        name, without=others, sets=[f"{key}.orbit.per-plane=0" for key in walkers]
    )
    bare = compile_world(scenario, seed=SEED)
    assert walkers
    assert not any(sensor.split("/")[0] in every for sensor in bare.sensor_names)


def test_the_way_of_association_is_a_belief() -> None:
    """Probabilities in clusters unless the scenario asks for another way."""
    for sets, joint, clusters in (
        ([], 0.0, 1.0),
        (["beliefs.association=joint"], 1.0, 0.0),
        (["beliefs.association=nearest"], 0.0, 0.0),
    ):
        own = compile_world(load_scenario("present-day", sets=sets), seed=1).tracker["association"]
        assert (own["joint"][0], own["clusters"][0]) == (joint, clusters)


def test_skywave_radars_tell_their_common_error_where_it_is_estimated() -> None:
    """The error that their looks state, and nothing of it unless the scenario asks for it."""
    noise = compile_named("north-2035")
    world = compile_named("north-2035", "beliefs.registration=estimated")
    own = [name for group in world.sensors if hasattr(group.block, "registration_m")
           for name in np.array(world.sensor_names)[group.block.sensor]]  # fmt: skip
    assert own
    assert not noise.registration.any()
    told = world.registration[:, 0] > 0.0
    assert set(np.array(world.sensor_names)[told]) == set(own)


def test_beliefs_do_not_look_at_the_raid() -> None:
    """Another raid leaves what the tracker believes as it was."""
    one = compile_named("perfect-defence", raid="nk-1")
    other = compile_named("perfect-defence", raid="nk-10-light-decoys")
    assert one.tracker == other.tracker


def test_best_values_have_no_draws(world: World) -> None:
    """Draw 0 of the assumptions is the best values; other draws differ among themselves."""
    again = compile_named("golden-dome-2029-announced", "raid.salvos.0.count=2")
    drawn = [
        compile_named("golden-dome-2029-announced", "raid.salvos.0.count=2", outer=k)
        for k in (1, 2)
    ]
    best = world.forces.types.kill_probability
    assert np.array_equal(best, again.forces.types.kill_probability)
    tables = [best, *(w.forces.types.kill_probability for w in drawn)]
    assert not np.array_equal(tables[0], tables[1])
    assert not np.array_equal(tables[1], tables[2])


def test_worlds_travel_to_workers(world: World) -> None:
    """A pickled world runs to the same launch times."""
    copy = pickle.loads(pickle.dumps(world))
    one, other = (run_replication(w, SEED, 0)["threats"]["launch_s"] for w in (world, copy))
    assert np.array_equal(one, other)


def test_targets_out_of_reach_are_refused() -> None:
    """A missile that cannot carry its payload so far is refused, in one line that says how far."""
    with pytest.raises(BadInput, match="km short") as refused:
        compile_named("perfect-defence", "missiles.icbm-solid.payload=5000 kg")
    assert "\n" not in str(refused.value)


def test_late_plumes_keep_a_booster_burning() -> None:
    """As much longer as looks at plumes are on their way, whatever radars take."""
    own = compile_named("golden-dome-2029").tracker["life"][0]
    late = compile_named(
        "golden-dome-2029", "next-gen-opir-geo.reporting-delay=9 s",
        "rothr-texas.reporting-delay=40 s",
    ).tracker["life"][0]  # fmt: skip
    assert own["plume_gap_s"] == pytest.approx(Life().plume_gap_s + 1.0)
    assert late["plume_gap_s"] == pytest.approx(Life().plume_gap_s + 9.0)
    assert late["lateness_s"] == pytest.approx(45.0)
