"""Raid templates of the library: what they launch, and that all of it can be flown."""

from __future__ import annotations

import numpy as np
import pytest

from opendome.scenario import library
from opendome.scenario.loader import load_scenario
from opendome.tables.codes import TARGET_CLASSES
from opendome.threats import PARTS
from opendome.threats.orbital_raid import OrbitalClass
from opendome.world import World, compile_world

RAIDS = library.names(("raid",))
LARGE = ("full-peer-2025", "full-peer-2035")
# DIA's inventories of 2035 (public figures, section 9.1): ICBM, SLBM and fractional orbits.
BALLISTIC_2035 = {"RUS": 400 + 192 + 12, "CHN": 700 + 132 + 60, "PRK": 50, "IRN": 60}
BALLISTIC = ("icbm", "slbm", "fractional-orbit")


def compile_raid(name: str, outer: int = 0) -> World:
    return compile_world(load_scenario("perfect-defence", raid=name), outer=outer, seed=3)


def count_parts(world: World) -> tuple[int, int, int]:
    """Ballistic missiles (orbital ones among them), their warheads, and their objects."""
    n_missiles = n_warheads = n_objects = 0
    for block in world.raids[0].blocks:
        if hasattr(block, "parts"):
            parts = block.parts.part
        elif isinstance(block.classes[0], OrbitalClass):
            parts = np.array([p.part for plan in block.missiles.plan for p in plan.order.parts])
        else:
            continue
        n_missiles += block.missiles.identity.size
        n_warheads += int((parts == PARTS.index("warhead")).sum())
        n_objects += block.missiles.identity.size + parts.size
    return n_missiles, n_warheads, n_objects


@pytest.mark.parametrize("name", [name for name in RAIDS if name not in LARGE])
@pytest.mark.parametrize("outer", [0, 1])
def test_every_missile_of_a_template_can_be_flown(name: str, outer: int) -> None:
    """No target is out of reach, at best values and in a draw of the assumptions."""
    world = compile_raid(name, outer)
    assert world.raids[0].n_missiles == load_scenario("perfect-defence", raid=name).raid.n_missiles
    icbm = TARGET_CLASSES.index("icbm-warhead")
    assert (world.target_class == icbm).any() == (name != "cruise-north")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "missiles", "warheads", "objects"),
    [
        ("full-peer-2025", (900, 1050), (2700, 3500), (10_000, 18_000)),
        ("full-peer-2035", (1590, 1620), (4500, 5500), (15_000, 26_000)),
    ],
)
def test_the_largest_templates_are_as_large_as_the_public_record_says(
    name: str, missiles: tuple[int, int], warheads: tuple[int, int], objects: tuple[int, int]
) -> None:
    """Modelling rule 19: about 1,600 ballistic missiles, 5,000 warheads, over 15,000 objects."""
    counts = count_parts(compile_raid(name))
    for count, (least, most) in zip(counts, (missiles, warheads, objects), strict=True):
        assert least <= count <= most


def test_shares_split_each_inventory_once() -> None:
    """In 2035 the classes of a nation add up to its inventory: nothing is counted twice or lost."""
    scenario = load_scenario("perfect-defence", raid="full-peer-2035")
    found = dict.fromkeys(BALLISTIC_2035, 0)
    for salvo in scenario.raid.salvos:
        if salvo.missile.startswith(BALLISTIC):
            found[scenario.launch_areas[salvo.launch.area].country] += salvo.n_missiles
    for nation, inventory in BALLISTIC_2035.items():
        assert found[nation] == pytest.approx(inventory, abs=2), nation


@pytest.mark.parametrize("name", LARGE)
def test_theatre_ranges_stay_out_and_every_force_names_its_figure(name: str) -> None:
    """Ballistic classes of a homeland raid reach 5,500 km or more; inventories are DIA's."""
    scenario = load_scenario("perfect-defence", raid=name)
    for salvo in scenario.raid.salvos:
        missile = scenario.missiles[salvo.missile]
        if missile.kind == "ballistic-missile":
            assert missile.range.max >= 5.5e6
        assert salvo.force is not None
        assert str(salvo.force.inventory.figure).startswith("dia25.")


@pytest.mark.parametrize("name", LARGE)
def test_the_largest_templates_launch_within_a_quarter_of_an_hour(name: str) -> None:
    """Nominal launches of ballistic missiles; modelling asks for a stated time."""
    for salvo in load_scenario("perfect-defence", raid=name).raid.salvos:
        if salvo.missile.startswith(BALLISTIC):
            launch = salvo.launch
            assert launch.start + (salvo.n_missiles - 1) * launch.spacing <= 900.0
