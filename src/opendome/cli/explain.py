"""`opendome explain`: the kill chain of one replication's threats."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def explain(
    run: Annotated[Path, typer.Argument(help="Directory of a campaign.", show_default=False)],
    replication: Annotated[
        int, typer.Option("--replication", "-k", help="Number of the replication.")
    ] = 0,
    threat: Annotated[
        str | None, typer.Option("--threat", help="Only this object, as the record names it.")
    ] = None,
) -> None:
    """Tell what happened to each warhead of one replication, and where leakers got through."""
    from opendome.report.explain import explain_replication

    typer.echo(explain_replication(run, replication, threat))
