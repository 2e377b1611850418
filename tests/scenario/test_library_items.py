"""The shipped library: every item is valid, sourced, and agrees with the public figures."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from opendome.errors import BadInput
from opendome.geography import countries_at
from opendome.scenario import Uncertain, library, load_scenario
from opendome.scenario.base import Model, Sourced
from opendome.scenario.kinds import all_kinds, kinds_of
from opendome.scenario.listing import list_library, list_values
from opendome.scenario.models.ballistic_missile import BallisticMissile
from opendome.scenario.models.element import Element, LibraryItem, SourcedItem
from opendome.scenario.models.ground_interceptor import GroundInterceptor
from opendome.scenario.models.places import SITE_SORTS, City, DefendedSite
from opendome.scenario.models.radar import Radar
from opendome.scenario.provenance import figures, sources

RESOLVED_LATER = ("architecture", "raid", "alias")
ITEMS = [name for name in library.names() if library.kind_of(name) not in RESOLVED_LATER]
STANDARD_GRAVITY = 9.80665


def read(name: str) -> LibraryItem:
    tree = library.load(name).tree
    return all_kinds()[tree["kind"]].model_validate(tree)


def everything() -> Iterator[tuple[str, SourcedItem]]:
    for name in ITEMS:
        yield name, read(name)
    for raid in library.names(("raid",)):
        yield raid, all_kinds()["raid"].model_validate(library.load(raid).tree)
    for nation in library.city_files():
        for name, city in library.cities(nation).items():
            yield name, City.model_validate(city)
    for nation in library.site_files():
        for name, site in library.sites(nation).items():
            yield name, DefendedSite.model_validate(site)


def sourced(node: Any) -> Iterator[Sourced]:
    if isinstance(node, Sourced):
        yield node
    if isinstance(node, Model):
        for name in type(node).model_fields:
            yield from sourced(getattr(node, name))
    elif isinstance(node, dict):
        for child in node.values():
            yield from sourced(child)
    elif isinstance(node, tuple):
        for child in node:
            yield from sourced(child)


@pytest.mark.parametrize("name", ITEMS)
def test_every_item_is_valid_and_says_what_it_is(name: str) -> None:
    """Each file validates against its kind's model, has a title, and dumps to a valid item."""
    item = read(name)
    assert item.title
    assert type(item).model_validate(item.dump()) == item


def test_names_are_unique_across_folders() -> None:
    """An item is known by its file name alone."""
    lists = ("cities", "sites")
    files = [path.stem for path in library.ROOT.rglob("*.yaml") if path.parent.name not in lists]
    assert sorted(files) == sorted(set(files))
    places = [name for nation in library.city_files() for name in library.cities(nation)]
    places += [name for nation in library.site_files() for name in library.sites(nation)]
    assert len(places) == len(set(places))
    assert not set(places) & set(files)


def test_every_value_names_a_known_source_or_is_an_assumption() -> None:
    """No source is claimed that the shipped table does not hold."""
    for name, item in everything():
        for value in sourced(item):
            assert value.source == "assumption" or value.source in sources(), name
            if value.source == "assumption":
                assert value.confidence == "low", name


SCALES = {
    "km/s": 1e3, "km": 1e3, "deg": math.pi / 180.0, "million USD": 1e6, "g": STANDARD_GRAVITY,
    "years": 365.25 * 86400.0, "kg": 1.0, "s": 1.0,
}  # fmt: skip


def figure_numbers(key: str) -> list[float]:
    """A figure's numbers in SI."""
    row = figures()[key]
    values = row["value"] if isinstance(row["value"], list) else [row["value"]]
    scale = next(
        (SCALES[unit] for unit in SCALES if re.match(rf"{re.escape(unit)}(?![a-z/])", row["unit"])),
        1.0,
    )
    return [value * scale for value in values if isinstance(value, (int, float))]


def plain_numbers(item: SourcedItem, path: str) -> list[float]:
    """The numbers that a value says, as a figure would give them."""
    node: Any = item
    parent: Any = item
    for key in path.split("."):
        parent = node
        if isinstance(node, tuple):
            node = node[int(key)]
        else:
            node = node[key] if isinstance(node, dict) else getattr(node, key.replace("-", "_"))
    match path.rpartition(".")[2]:
        case "longitudes":
            return [float(len(node))]
        case "per-plane":
            return [float(parent.count)]
        case "faces":
            return [sum(2.0 * face.half_width for face in node)]
        case "elevation":
            return [node.min, node.max]
        case _:
            return [float(node)] if isinstance(node, (int, float)) else []


def test_values_agree_with_the_public_figures_they_name() -> None:
    """Each number of a figure is the value, or one of its bounds; rounding only."""
    compared = 0
    for name, item in everything():
        claims: list[tuple[str, list[float]]] = [
            (entry.figure, plain_numbers(item, path))
            for path, entry in item.sources.items()
            if entry.figure
        ]
        for value in sourced(item):
            if isinstance(value, Uncertain) and value.figure:
                claims.append((value.figure, [value.low, value.best, value.high]))
            elif value.figure and hasattr(value, "hits"):
                claims.append((value.figure, [value.hits, value.tests]))  # type: ignore[attr-defined]
        for key, numbers in claims:
            for number in figure_numbers(key):
                assert any(math.isclose(number, ours, rel_tol=1e-9) for ours in numbers), (
                    f"{name}: figure {key} is {number}, the library has {numbers}"
                )
                compared += 1
    assert compared > 60


@pytest.mark.parametrize(
    ("missile", "low", "best", "high"),
    [
        ("icbm-solid", 170.0, 175.0, 180.0),
        ("icbm-solid-fast-burn", 80.0, 120.0, 130.0),
        ("icbm-liquid", 240.0, 270.0, 300.0),
        ("slbm", 120.0, 150.0, 180.0),
    ],
)
def test_stages_burn_as_long_as_their_public_class(
    missile: str, low: float, best: float, high: float
) -> None:
    """Sums over stages are the class's burn time: public figures 9.2, modelling rule 13."""
    model = read(missile)
    assert isinstance(model, BallisticMissile)
    assert model.burn_time_s(0.0) == pytest.approx(low)
    assert model.burn_time_s() == pytest.approx(best)
    assert model.burn_time_s(1.0) == pytest.approx(high)


LONG_RANGE = [
    name for name in library.names(("ballistic-missile",)) if name.startswith(("icbm", "slbm"))
]
# Burn times of the generic classes, public figures 9.2; whole seconds per stage.
PUBLIC_BURN_S = {"slbm": (120.0, 180.0), "solid": (169.0, 181.0), "liquid": (240.0, 300.0)}


@pytest.mark.parametrize("name", [name for name in LONG_RANGE if "fast-burn" not in name])
def test_burn_times_stay_within_those_of_their_kind(name: str) -> None:
    """National classes differ from the generic ones in size, not in what is published of burns."""
    model = read(name)
    assert isinstance(model, BallisticMissile)
    low, high = PUBLIC_BURN_S["slbm" if name.startswith("slbm") else model.propellant_class]
    assert low <= model.burn_time_s(0.0) <= model.burn_time_s() <= model.burn_time_s(1.0) <= high


@pytest.mark.parametrize("name", library.names(("ballistic-missile",)))
def test_a_missile_carries_what_it_releases(name: str) -> None:
    """Warheads at best number weigh no more than the payload."""
    model = read(name)
    assert isinstance(model, BallisticMissile)
    assert float(model.warheads.best) * model.warhead.mass <= model.payload


def ideal_speed(stages: Any, above: float) -> float:
    """Speed by the rocket equation without gravity and drag, m/s."""
    speed, mass = 0.0, above
    for stage in reversed(stages):
        burnt = mass + stage.inert
        full = burnt + stage.propellant
        speed += stage.specific_impulse * STANDARD_GRAVITY * math.log(full / burnt)
        mass = full
    return speed


@pytest.mark.parametrize("missile", LONG_RANGE)
def test_missiles_have_the_speed_that_their_range_needs(missile: str) -> None:
    """Ideal speed less 0.8 to 2 km/s of losses covers the least-energy speed for the range.

    Least-energy speed over a spherical Earth without rotation or air, impulsive (Bate, Mueller and
    White 1971, section 6.2), some 0.2 km/s more than is needed from burnout altitude. Losses of
    1.2 to 1.6 km/s are usual for long-range missiles; a short burn loses less to gravity.
    """
    model = read(missile)
    assert isinstance(model, BallisticMissile)
    half = math.sin(model.range.max / 6371e3 / 2.0)
    needed = math.sqrt(2.0 * 3.986004418e14 / 6371e3 * half / (1.0 + half))
    losses = ideal_speed(model.stages, model.payload) - needed
    assert 800.0 <= losses <= 2000.0
    assert 30e3 <= model.launch_mass_kg <= 215e3


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("gbi", 7e3, 8e3), ("sm-3-iia", 4.3e3, 4.7e3), ("thaad", 2.6e3, 3.0e3)],
)
def test_interceptors_burn_out_near_their_public_speed(name: str, low: float, high: float) -> None:
    """Ideal speed less gravity loss (g times burn time, at most) spans the public burnout speed."""
    model = read(name)
    assert isinstance(model, GroundInterceptor)
    ideal = ideal_speed(model.stages, model.kill_vehicle_mass)
    burn = sum(stage.burn_time.best for stage in model.stages)
    assert ideal - STANDARD_GRAVITY * burn - 500.0 <= high
    assert ideal >= low


def test_a_uhf_radar_never_discriminates_and_every_range_has_its_terms() -> None:
    """Modelling rule 7."""
    radars = [item for _, item in everything() if isinstance(item, Radar)]
    assert len(radars) >= 14
    for radar in radars:
        assert radar.band != "UHF" or not radar.discriminates
        assert radar.reference.cross_section > 0.0
        assert radar.reference.range.low <= radar.reference.range.high


def test_a_kill_probability_against_an_untested_class_is_wide_or_zero() -> None:
    """Modelling rule 10; reliability is never multiplied in twice."""
    for name in library.names(("ground-interceptor", "space-interceptor")):
        model = read(name)
        for target, kill in model.kill_probability.items():  # type: ignore[attr-defined]
            spread = kill.probability.high - kill.probability.low
            assert kill.tested or spread >= 0.3 or kill.probability.best == 0.0, (name, target)


def test_the_three_variants_are_what_they_are_called() -> None:
    """Modelling rule 17: space interceptors are promised, not expected, and not there today."""
    kinds = kinds_of(Element)
    assert "space-interceptor-constellation" in kinds
    fleets = {
        name: [
            element
            for element in load_scenario(name).architecture.elements.values()
            if element.group_name == "space-based-interceptors"
        ]
        for name in ("golden-dome-2029-announced", "golden-dome-2029-expected", "present-day")
    }
    assert [len(fleet) for fleet in fleets.values()] == [1, 0, 0]
    announced = load_scenario("golden-dome-2029-announced").architecture.elements
    assert len([name for name in announced if name.startswith("patriot-")]) == 11
    assert announced["fort-greely"].inventory + announced["vandenberg"].inventory == 44  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("raid", "debris", "decoys"),
    [
        ("nk-10-no-countermeasures", False, (0.0, 0.0, 0.0)),
        ("nk-10-debris", True, (0.0, 0.0, 0.0)),
        ("nk-10-light-decoys", True, (5.0, 10.0, 20.0)),
    ],
)
def test_the_flagship_raid_has_three_forms(
    raid: str, debris: bool, decoys: tuple[float, float, float]
) -> None:
    """Modelling rule 18: they differ in what flies beside the warheads and in nothing else."""
    loaded = load_scenario("present-day", raid=raid).raid
    (salvo,) = loaded.salvos
    light = salvo.countermeasures.light_decoys
    assert salvo.countermeasures.debris is debris
    assert (light.low, light.best, light.high) == decoys
    assert loaded.n_missiles == 10
    base = load_scenario("present-day", raid="nk-10-debris").raid.salvos[0]
    assert salvo.model_copy(update={"countermeasures": base.countermeasures}) == base


def test_cities_are_many_and_in_north_america() -> None:
    """At least forty, each inside a box around the continent and Hawaii."""
    cities = [City.model_validate(city) for nation in ("USA", "CAN")
              for city in library.cities(nation).values()]  # fmt: skip
    assert len(cities) >= 40
    for city in cities:
        assert math.radians(18.0) < city.latitude < math.radians(72.0)
        assert math.radians(-170.0) < city.longitude < math.radians(-50.0)
        assert 10_000 < city.population < 10_000_000


def test_sites_lie_in_their_nations() -> None:
    """Each on its nation's land or at its shore, and some of every sort in each."""
    near = np.radians([(0.0, 0.0), (0.2, 0.0), (-0.2, 0.0), (0.0, 0.2), (0.0, -0.2)])
    for nation in library.site_files():
        sites = [DefendedSite.model_validate(site) for site in library.sites(nation).values()]
        assert {site.sort for site in sites} == set(SITE_SORTS)
        for site in sites:
            assert nation in countries_at(site.latitude + near[:, 0], site.longitude + near[:, 1])


@pytest.mark.parametrize("name", [*library.names(), "Toronto", "Pentagon"])
def test_every_item_can_be_shown(name: str) -> None:
    """Every value has a path, a text and a source."""
    listing = list_values(name)
    assert listing.rows
    for row in listing.rows:
        assert row.path and row.shown
        assert row.source == "assumption" or row.source in sources()


def test_the_list_is_by_kind() -> None:
    """One kind, all kinds, cities; an unknown kind is refused with near ones."""
    assert {kind for _, kind, _ in list_library("radar")} == {"radar"}
    assert {name for name, _, _ in list_library()} == set(library.names())
    assert "Toronto" in {name for name, _, _ in list_library("city")}
    assert "Pentagon" in {name for name, _, _ in list_library("site")}
    with pytest.raises(BadInput, match="did you mean radar"):
        list_library("rader")
    with pytest.raises(BadInput, match="did you mean gbi"):
        list_values("gbj")
    with pytest.raises(BadInput, match="no cities of 'FRA'"):
        library.cities("FRA")
    with pytest.raises(BadInput, match="no sites of 'FRA'"):
        library.sites("FRA")
