"""`opendome new`: a commented scenario to start from."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from opendome.errors import BadInput


def new(
    name: Annotated[
        str,
        typer.Argument(help="Name of the scenario; NAME.yaml is written.", show_default=False),
    ],
    overwrite: Annotated[bool, typer.Option(help="Replace a file that is there.")] = False,
) -> None:
    """Write a commented starter scenario to NAME.yaml."""
    path = Path(name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")
    if path.exists() and not overwrite:
        raise BadInput(f"{path}: is there already; allowed: another name, or --overwrite")
    if not path.parent.is_dir():
        raise BadInput(f"{path.parent}: no such directory")
    starter = files("opendome.scenario").joinpath("starter.yaml").read_text(encoding="utf-8")
    path.write_text(starter.replace("NAME", path.stem, 1), encoding="utf-8")
    typer.echo(f"{path} written; next: opendome validate {path}")
