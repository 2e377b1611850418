"""`opendome schema`: the JSON Schema of scenario files."""

from __future__ import annotations

import json

import typer


def schema() -> None:
    """Print the JSON Schema of scenario files, for editors and other programs."""
    from opendome.scenario.schema import scenario_schema

    typer.echo(json.dumps(scenario_schema(), indent=1))
