"""From files and library names to scenarios, and from mistakes to one clear line."""

from __future__ import annotations

from pathlib import Path

import pytest

from opendome.errors import BadInput
from opendome.scenario import Scenario, load_scenario
from opendome.scenario.models.ground_interceptor import Battery
from opendome.scenario.models.space_interceptor import SpaceInterceptorConstellation

FILE = """\
format: 1
name: Ten missiles
epoch: random
nations: {USA: {}, CAN: {participation: sensors}}
architecture:
  base: golden-dome-2029-announced
  change:
    space-interceptors: {constellation: {altitude: 450 km, per-plane: 50}}
    gbi: {kill-probability: {icbm-warhead: {probability: 0.4}}}
  without: [cape-cod-uewr]
raid:
  salvos:
    - missile: icbm-solid
      count: 10
      launch: {area: north-korea, spacing: 30 s, jitter: 5 s}
      aim: {cities: [Washington, Seattle, Toronto], weights: population}
      trajectory: minimum-energy
      countermeasures: {light-decoys: 5}
defended: {USA: cities-100k, CAN: cities-1000k}
doctrine: {default: shoot-look-shoot, salvo: {ground-based-interceptor: 3}}
simulation: {step: {boost: 0.5 s}}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "ten.yaml"
    path.write_text(FILE)
    return path


def test_a_file_is_resolved_over_the_library(file: Path) -> None:
    """Changes reach elements, types and defaults; everything else is the library's."""
    scenario = load_scenario(file)
    fleet = scenario.elements_of(SpaceInterceptorConstellation)["space-interceptors"]
    assert fleet.constellation.altitude == 450e3
    assert fleet.constellation.count == 40 * 50
    assert "cape-cod-uewr" not in scenario.architecture.elements
    assert "pituffik-uewr" in scenario.architecture.elements
    kill = scenario.interceptors["gbi"].kill_probability["icbm-warhead"]  # type: ignore[attr-defined]
    assert (kill.probability.low, kill.probability.best) == (0.4, 0.4)
    assert kill.probability.source == "user"
    assert kill.max_closing_speed == 15e3
    assert scenario.doctrine.shots_per_salvo("gbi") == (3.0,)
    assert scenario.doctrine.shots_per_salvo("ngi") == (4.0,)
    assert scenario.simulation.step.boost == 0.5
    assert scenario.simulation.step.otherwise == 5.0
    assert scenario.raid.salvos[0].countermeasures.light_decoys.best == 5.0
    assert scenario.defended["CAN"] == ("Toronto", "Montreal", "Calgary", "Ottawa", "Edmonton")
    assert len(scenario.defended["USA"]) >= 40


def test_every_change_from_the_library_is_listed(file: Path) -> None:
    """Each changed value once, with what the library says; equal values are no change."""
    changed = {change.path: change[1:] for change in load_scenario(file).changed}
    fleet = "architecture.elements.space-interceptors.constellation"
    gbi = "interceptors.gbi.kill-probability.icbm-warhead.probability"
    assert changed == {
        f"{fleet}.altitude": ("400 km", "450 km"),
        f"{fleet}.per-plane": ("25", "50"),
        gbi: ("0.56 (0.36 to 0.76)", "0.4"),
        "architecture.elements.cape-cod-uewr": ("present", "left out"),
        "doctrine.salvo.gbi": ("4", "3"),
        "simulation.step.boost": ("1 s", "0.5 s"),
        "nations.CAN.participation": ("warning", "sensors"),
        "defended.CAN": ("cities-100k", "cities-1000k"),
    }


def test_command_and_events_are_changes(tmp_path: Path) -> None:
    """What the library has none of is listed as well."""
    path = tmp_path / "commanded.yaml"
    path.write_text(
        "format: 1\nname: commanded\narchitecture: present-day\n"
        "command: {nodes: {home: {nation: USA}}, links: {lrdr: {latency: 2 s}}}\n"
        "events: [{time: 5 s, cut: lrdr}]\n"
    )
    changed = [change.path for change in load_scenario(path).changed]
    assert changed == ["command.nodes", "command.links", "events.0"]


@pytest.mark.parametrize(
    "name",
    ["present-day", "golden-dome-2029-expected", "golden-dome-2029-announced", "perfect-defence"],
)
def test_an_architecture_by_name_gets_its_default_raid_unchanged(name: str) -> None:
    """A library name loads, changes nothing, and its dump reads back to the same hash."""
    scenario = load_scenario(name)
    assert scenario.name == name
    assert scenario.changed == []
    assert scenario.raid.n_missiles == 10
    again = Scenario.model_validate(scenario.dump())
    assert again.hash() == scenario.hash()
    assert again.dump() == scenario.dump()


def test_an_alias_is_the_same_scenario() -> None:
    """`golden-dome-2029` is short for the announced one."""
    announced = load_scenario("golden-dome-2029-announced")
    assert load_scenario("golden-dome-2029").hash() == announced.hash()


def test_the_hash_follows_the_content_only(file: Path, tmp_path: Path) -> None:
    """Other units and another order of keys leave it; another value moves it."""
    first = load_scenario(file).hash()
    copy = tmp_path / "copy.yaml"
    lines = FILE.replace("450 km", "450000 m").splitlines()
    copy.write_text("\n".join([lines[0], *lines[2:], lines[1]]))
    assert load_scenario(copy).hash() == first
    assert load_scenario(file, sets=["raid.salvos.0.count=11"]).hash() != first


def test_options_change_replace_and_leave_out(file: Path) -> None:
    """`--set`, `--raid` and `--without` reach every part of a scenario."""
    scenario = load_scenario(
        file,
        raid="nk-1",
        sets=["fort-greely.inventory=12", "architecture.lrdr.availability.low=50 %",
              "gbi.unit-cost=80 MUSD", "missiles.icbm-solid.warheads=3", "defended.CAN=none",
              "epoch=2029-01-20T12:00:00Z"],
        without=["space-based-interceptors", "lower-tier", "sbx"],
    )  # fmt: skip
    elements = scenario.architecture.elements
    battery = elements["fort-greely"]
    assert isinstance(battery, Battery)
    assert battery.inventory == 12
    assert battery.provenance("inventory").source == "user"
    assert battery.provenance("latitude").source == "SITES26"
    assert elements["lrdr"].availability.low == 0.5
    assert elements["lrdr"].availability.source == "user"
    assert scenario.missiles["icbm-solid"].warheads.best == 3  # type: ignore[attr-defined]
    assert scenario.defended["CAN"] == ()
    assert scenario.epoch_utc is not None
    assert scenario.raid.n_missiles == 1
    assert not scenario.elements_of(SpaceInterceptorConstellation)
    assert not [name for name in elements if name.startswith("patriot") or name == "sbx"]
    assert "sbi" not in scenario.interceptors
    paths = {change.path for change in scenario.changed}
    assert {"architecture.elements.fort-greely.inventory", "interceptors.gbi.unit-cost"} <= paths


def test_leaving_out_a_known_layer_that_is_not_there_is_no_error() -> None:
    """One option serves several architectures."""
    assert load_scenario("present-day", without=["space-based-interceptors"]).changed == []


def test_sources_and_ranges_are_those_in_use() -> None:
    """Documents are listed for what is used; values with a range come with their paths."""
    scenario = load_scenario("present-day")
    sources = scenario.sources()
    assert {"NPC26", "SITES26", "CENSUS20"} <= set(sources)
    assert "AEICALC" not in sources  # that of the space-based interceptor
    ranges = dict(scenario.uncertain_values())
    value = ranges["interceptors.gbi.kill-probability.icbm-warhead.probability"]
    assert (value.low, value.best, value.high) == (0.36, 0.56, 0.76)
    assert all(low < high for low, high in ((v.low, v.high) for v in ranges.values()))


MISTAKES = [
    ("450 km", "450", ":8: ", "altitude: the unit is missing; allowed: a length"),
    ("450 km", "450 s", ":8: ", "'450 s' is not a length"),
    ("450 km", "-450 km", ":8: ", "allowed: a length above zero; given '-450 km'"),
    ("450 km", "0 km", ":8: ", "allowed: a length above zero"),
    ("450 km", "1e999 km", ":8: ", "not a finite number"),
    ("0.4}", ".nan}", ":9: ", "not a finite number"),
    ("0.4}", "{low: 0.5, best: 0.4}}", ":9: ", "low <= best <= high"),
    ("0.4}", "1.4}", ":9: ", "allowed: a fraction from 0 to 1"),
    ("altitude:", "altitud:", ":8: ", "unknown field; did you mean altitude?"),
    ("without: [cape-cod", "without: [cape-kod", ":10: ", "did you mean cape-cod-uewr"),
    ("space-interceptors:", "space-interceptor:", ":8: ", "did you mean space-interceptors?"),
    ("base: golden-dome-2029-announced", "base: golden-dome-2030", ":6: ", "did you mean"),
    ("icbm-solid", "icbm-sold", ":13: ", "did you mean icbm-solid"),
    ("icbm-solid", "lrdr", ":13: ", "is of kind radar; allowed: ballistic-missile"),
    ("count: 10", "count: -10", ":14: ", "count: allowed: at least 0; given '-10'"),
    ("count: 10", "count: many", ":14: ", "count"),
    ("north-korea", "north-corea", ":15: ", "did you mean north-korea?"),
    ("Toronto", "Tornto", ":16: ", "no city 'Tornto'; did you mean Toronto?"),
    ("minimum-energy", "minimal", ":17: ", "allowed: 'minimum-energy', 'lofted' or 'depressed'"),
    ("      trajectory:", "      trajektory:", ":17: ", "did you mean trajectory?"),
    ("      count: 10\n", "", ":13: ", "raid.salvos.0: count: missing"),
    ("raid:", "raids:", ":11: ", "did you mean raid?"),
    ("format: 1", "format: 2", ":1: ", "given 2; allowed: 1"),
    ("epoch: random", "epoch: 2029-01-20", ":3: ", "allowed: random, or a time with its zone"),
    ("epoch: random", "epoch: random\nepoch: random", ":4: ", "duplicate key"),
    ("sensors}", "some}", ":4: ", "allowed: 'none', 'warning'"),
    ("ground-based-interceptor:", "ground-interceptor:", ":20: ", "no such interceptor type"),
    ("boost: 0.5 s", "boost: 0 s", ":21: ", "allowed: a time above zero"),
    ("name: Ten missiles", "name: [Ten", ":", ""),
    ("architecture:", "architecture: present-day\nx:", "x: unknown field", "allowed"),
]


@pytest.mark.parametrize(("old", "new", "where", "what"), MISTAKES)
def test_a_mistake_is_told_in_one_line(
    file: Path, old: str, new: str, where: str, what: str
) -> None:
    """File, line, field, what was given and what is allowed."""
    assert old in FILE
    file.write_text(FILE.replace(old, new, 1))
    with pytest.raises(BadInput) as caught:
        load_scenario(file)
    message = str(caught.value)
    assert message.startswith(str(file))
    assert where in message
    assert what in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"sets": ["nonsense.a=1"]}, "--set nonsense.a=1: no such path"),
        ({"sets": ["gbi.unit-cost"]}, "allowed: PATH=VALUE"),
        ({"sets": ["gbi.unit-cost=80"]}, "--set gbi.unit-cost=80: interceptors.gbi.unit-cost"),
        ({"sets": ["fort-greely.inventory=-3"]}, "allowed: at least 0; given '-3'"),
        ({"sets": ["fort-greely.reserve=50"]}, "--set fort-greely.reserve=50"),
        ({"sets": ["raid.salvos.3.count=1"]}, "allowed: a row from 0 to 0"),
        ({"sets": ["architecture.fort-greeley.inventory=3"]}, "architecture.fort-greeley"),
        ({"sets": ["doctrine.boost-engagment=true"]}, "did you mean boost-engagement?"),
        ({"sets": ["interceptors.gbj.unit-cost=1 USD"]}, "did you mean gbi?"),
        ({"without": ["moon-base"]}, "no such element or layer"),
        ({"raid": "nk-11"}, "--raid: raid: 'nk-11' is not in the library"),
        ({"raid": "lrdr"}, "is of kind radar"),
    ],
)
def test_a_wrong_option_is_named(file: Path, options: dict[str, object], what: str) -> None:
    """The message names the option, as no file is to blame."""
    with pytest.raises(BadInput) as caught:
        load_scenario(file, **options)  # type: ignore[arg-type]
    assert what in str(caught.value)


def test_what_is_neither_file_nor_name_is_refused(tmp_path: Path) -> None:
    """A missing file and an unknown name."""
    with pytest.raises(BadInput, match="no such file"):
        load_scenario(tmp_path / "none.yaml")
    with pytest.raises(BadInput, match="did you mean golden-dome-2029"):
        load_scenario("golden-dom-2029")
    with pytest.raises(BadInput, match="kind raid"):
        load_scenario("nk-10-debris")


def test_own_elements_types_and_places_may_be_written_whole(tmp_path: Path) -> None:
    """A scenario need not build on library elements; its own ones are validated alike."""
    path = tmp_path / "own.yaml"
    path.write_text("""\
format: 1
name: own
architecture:
  elements:
    eye: {kind: ideal-sensor}
    battery:
      of: unlimited-battery
      interceptor: arrow
interceptors:
  arrow: {kind: ideal-interceptor, flight-time: 30 s, kill-probability: 1.0}
missiles:
  sturdy: {base: icbm-solid, warheads: 3}
launch-areas:
  here:
    kind: launch-area
    country: XXX
    places: [{name: here, latitude: 10 deg, longitude: 20 deg, radius: 0 km}]
cities:
  Atlantis: {nation: USA, latitude: 40 deg, longitude: -60 deg, population: 1}
raid:
  salvos:
    - missile: sturdy
      count: 1
      launch: {area: here}
      aim: {cities: [Atlantis]}
defended: {USA: [Atlantis]}
""")
    scenario = load_scenario(path)
    assert scenario.missiles["sturdy"].warheads.best == 3  # type: ignore[attr-defined]
    assert list(scenario.cities) == ["Atlantis"]
    assert list(scenario.interceptors) == ["arrow"]
    assert "missiles.sturdy.warheads" in {change.path for change in scenario.changed}
    path.write_text(path.read_text().replace("missile: sturdy", "missile: icbm-solid"))
    with pytest.raises(BadInput, match=r"missiles\.sturdy: nothing in the scenario names it"):
        load_scenario(path)
