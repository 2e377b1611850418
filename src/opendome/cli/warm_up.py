"""`opendome warm-up`: compile every kernel once, so that later commands start at once."""

from __future__ import annotations

import time

import typer


def warm_up() -> None:
    """Compile the kernels, two processes at a time, and run one replication to make sure."""
    from opendome.campaign import ScenarioSource, kernels
    from opendome.scenario.loader import load_scenario
    from opendome.stage_clock import StageClock

    started = time.monotonic()
    kernels.compile_in_parallel()
    source = ScenarioSource.compile(load_scenario("golden-dome-2029", raid="nk-1"), seed=1)
    source.prepare(0, StageClock())(0)
    kernels.mark_warm()
    typer.echo(f"kernels compiled in {time.monotonic() - started:.1f} s")
