"""The JSON Schema of scenario files, for editors and validators, made from the models."""

from __future__ import annotations

import json
import re
from typing import Any

from opendome.scenario.kinds import all_kinds
from opendome.scenario.models.element import Element, InterceptorType, LibraryItem, ThreatType
from opendome.scenario.scenario import Scenario

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_LIBRARY_NAME = {"type": "string", "description": "name of a library item"}
_CITIES = {
    "anyOf": [
        {
            "type": "string",
            "description": "all, none, cities-100k, sites or a sort of them, or one name",
        },
        {"type": "array", "items": {"type": "string"}},
    ]
}


def scenario_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a scenario file as people write it.

    Most blocks are laid over a library item and may hold any part of it, so the schema checks
    names and kinds of values; that nothing is missing is checked when the scenario is loaded.
    """
    resolved = _shorten_names(Scenario.model_json_schema(by_alias=True))
    fields, definitions = resolved["properties"], resolved["$defs"]
    for definition in definitions.values():
        _loosen(definition)
    for model in _models(Element):
        definitions[model]["properties"]["of"] = _LIBRARY_NAME
    for model in ("Doctrine", "Beliefs", "Simulation", "Raid"):
        definitions[model]["properties"]["base"] = _LIBRARY_NAME
    definitions["Aim"]["properties"]["cities"] = _CITIES
    definitions["Raid"]["properties"]["countermeasures"] = _reference("Countermeasures")
    tables = {
        "interceptors": _models(InterceptorType),
        "missiles": _models(ThreatType),
        "launch-areas": ["LaunchArea"],
        "cities": ["City"],
        "sites": ["DefendedSite"],
    }
    for table in ("interceptors", "missiles", "launch-areas"):
        for model in tables[table]:
            definitions[model]["properties"]["base"] = _LIBRARY_NAME
    return {
        "$schema": _DRAFT,
        "title": "opendome scenario",
        "type": "object",
        "properties": {
            **{key: fields[key] for key in ("format", "name", "title", "epoch", "nations",
                                          "areas", "command", "events")},
            "architecture": {"anyOf": [_LIBRARY_NAME, _architecture()]},
            "defended": {"type": "object", "additionalProperties": _CITIES},
            **{key: {"anyOf": [_LIBRARY_NAME, _reference(key.title())]}
               for key in ("raid", "beliefs", "doctrine", "simulation")},
            **{key: _names_to(models) for key, models in tables.items()},
        },
        "required": ["format", "architecture"],
        "additionalProperties": False,
        "$defs": {name: definitions[name] for name in definitions if name != "Architecture"},
    }  # fmt: skip


def _architecture() -> dict[str, Any]:
    elements, types = _models(Element), _models(InterceptorType)
    return {
        "type": "object",
        "properties": {
            "base": _LIBRARY_NAME,
            "name": {"type": "string"},
            "title": {"type": "string"},
            "default-raid": _LIBRARY_NAME,
            "nations": {"type": "object", "additionalProperties": _reference("Nation")},
            "elements": _names_to(elements),
            "change": _names_to([*elements, *types]),
            "without": {"type": "array", "items": {"type": "string"}},
            "note": {"type": "string"},
        },
        "additionalProperties": False,
    }


def _models(base: type[LibraryItem]) -> list[str]:
    return [model.__name__ for model in all_kinds().values() if issubclass(model, base)]


def _reference(model: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{model}"}


def _names_to(models: list[str]) -> dict[str, Any]:
    """A mapping of names to blocks of any of the models, or to nothing."""
    choices = [_reference(model) for model in models]
    return {"type": "object", "additionalProperties": {"anyOf": [*choices, {"type": "null"}]}}


def _shorten_names(schema: dict[str, Any]) -> dict[str, Any]:
    """Name the definitions of uncertain values after what they are, not after their module."""
    text = json.dumps(schema)
    for number, name in enumerate(name for name in schema["$defs"] if "__" in name):
        dimension = re.sub(r"\W", "-", _title(schema["$defs"][name])).strip("-")
        text = text.replace(f'{name}"', f'{dimension}-{number}"')
    shortened: dict[str, Any] = json.loads(text)
    return shortened


def _title(definition: dict[str, Any]) -> str:
    block = definition.get("anyOf", [definition])[-1]
    return str(block.get("title", "Value"))


def _loosen(node: Any) -> None:
    """Drop, in place, what holds for whole items only: required keys, and defaults in SI."""
    if isinstance(node, dict):
        if "properties" in node:
            node.pop("required", None)
        if node.get("type") == "string" and isinstance(node.get("default"), float):
            del node["default"]
        for child in node.values():
            _loosen(child)
    elif isinstance(node, list):
        for child in node:
            _loosen(child)
