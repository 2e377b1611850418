"""The JSON Schema agrees with the models and with shipped scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from opendome.scenario import load_scenario
from opendome.scenario.base import Model
from opendome.scenario.kinds import all_kinds
from opendome.scenario.schema import scenario_schema
from opendome.scenario.units import Quantity

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for child in node.values():
            yield from references(child)
    elif isinstance(node, list):
        for child in node:
            yield from references(child)


def test_every_reference_leads_somewhere_and_every_kind_is_there() -> None:
    """A closed schema: no dangling definitions, no kind forgotten."""
    schema = scenario_schema()
    for reference in references(schema):
        assert reference.removeprefix("#/$defs/") in schema["$defs"], reference
    for kind, model in all_kinds().items():
        assert kind == "architecture" or model.__name__ in schema["$defs"], kind


def test_fields_are_described_in_kebab_case_with_units() -> None:
    """What an editor shows: the key as files write it, an example with its unit."""
    radar = scenario_schema()["$defs"]["Radar"]["properties"]
    assert {"range-error", "elevation", "can-assess", "of"} <= set(radar)
    assert "550 km" in radar["range-error"]["examples"]
    assert "range_error" not in radar


def test_whole_blocks_are_not_asked_for() -> None:
    """A change may hold any part of an element, so nothing below the top is required."""
    schema = scenario_schema()
    assert schema["required"] == ["format", "architecture"]
    assert "required" not in schema["$defs"]["Battery"]
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_shipped_scenarios_load_and_use_only_keys_of_the_schema(path: Path) -> None:
    """Every file under scenarios/ is a valid example."""
    scenario = load_scenario(path)
    assert scenario.name
    assert set(scenario.dump()) <= set(scenario_schema()["properties"])


def test_bounds_of_quantities_stand_in_their_marks() -> None:
    """A bound beside a quantity's mark would be passed over without a word: there is none."""
    seen = 0
    models = [Model, *all_kinds().values()]
    for model in {below for top in models for below in (top, *list_below(top))}:
        for name, field in model.model_fields.items():
            if any(isinstance(mark, Quantity) for mark in field.metadata):
                seen += 1
                others = [mark for mark in field.metadata if not isinstance(mark, Quantity)]
                assert not others, f"{model.__name__}.{name}: {others}"
    assert seen > 100


def list_below(model: type[Model]) -> Iterator[type[Model]]:
    for below in model.__subclasses__():
        yield below
        yield from list_below(below)
