"""`opendome validate`: check a scenario before running it."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from opendome.cli.options import AsJson, Raid, Sets, Without


def validate(
    scenario: Annotated[
        str, typer.Argument(help="Scenario file or library name.", show_default=False)
    ],
    raid: Raid = None,
    sets: Sets = None,
    without: Without = None,
    as_json: AsJson = False,
) -> None:
    """Check a scenario: say OK, what differs from the library, and which sources it rests on."""
    from opendome.scenario.loader import load_scenario
    from opendome.world import compile_world

    loaded = load_scenario(scenario, raid, sets or (), without or ())
    # What only physics can tell, such as an aim out of a missile's reach.
    compile_world(loaded, outer=0, seed=1)
    changes = [change._asdict() for change in loaded.changed]
    sources = loaded.sources()
    if as_json:
        content = {
            "scenario": loaded.name,
            "scenario_hash": loaded.hash(),
            "elements": len(loaded.architecture.elements),
            "missiles": loaded.raid.n_missiles,
            "changed": changes,
            "sources": [{"id": name, **source} for name, source in sources.items()],
        }
        typer.echo(json.dumps(content, indent=1))
        return
    typer.echo(
        f"OK {loaded.name}: {len(loaded.architecture.elements)} elements, "
        f"{loaded.raid.n_missiles} missiles, hash {loaded.hash()}"
    )
    typer.echo("Changed from the library:" if changes else "Nothing is changed from the library.")
    for change in loaded.changed:
        typer.echo(f"  {change.path}: {change.library} -> {change.new}")
    typer.echo("Sources:" if sources else "No sources: all values are assumptions.")
    for name, source in sources.items():
        typer.echo(f"  {name}: {source['title']} ({source['publisher']}, {source['year']})")
