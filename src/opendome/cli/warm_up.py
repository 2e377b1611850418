"""`opendome warm-up`: compile every kernel once, so that later commands start at once."""

from __future__ import annotations

import io
import time
from contextlib import redirect_stdout

import typer


def warm_up() -> None:
    """Compile the kernels by flying one missile and running one replication; cached afterwards."""
    from opendome.campaign import ScenarioSource, kernels
    from opendome.cli.commands import load_command
    from opendome.scenario.loader import load_scenario

    started = time.monotonic()
    flight = ["--launch", "39N,126E", "--target", "47N,122W", "--missile", "icbm-solid", "--json"]
    with redirect_stdout(io.StringIO()):
        load_command("fly").main(args=flight, prog_name="opendome fly", standalone_mode=False)
    source = ScenarioSource.compile(load_scenario("golden-dome-2029"), seed=1)
    source.prepare(0)(0)
    kernels.mark_warm()
    typer.echo(f"kernels compiled in {time.monotonic() - started:.1f} s")
