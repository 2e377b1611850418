"""Options that several commands have, each said once."""

from __future__ import annotations

from typing import Annotated, Final

import typer

DEFAULT_RUNS: Final = 100
DEFAULT_SEED: Final = 1

AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]
Executor = Annotated[
    str | None, typer.Option(envvar="OPENDOME_EXECUTOR", help="serial or processes; equal results.")
]
Jobs = Annotated[
    int | None, typer.Option(envvar="OPENDOME_JOBS", help="Worker processes (one per core).")
]
Raid = Annotated[str | None, typer.Option(help="Raid of the library instead.")]
Sets = Annotated[
    list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Change a value.")
]
Without = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help="Leave out a layer or an element.")
]
