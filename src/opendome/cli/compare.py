"""`opendome compare`: several architectures against one raid, with common random numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from opendome.cli.campaigns import Edits, Output, check_same_raid, run_side_by_side
from opendome.cli.options import DEFAULT_RUNS, DEFAULT_SEED, AsJson, Executor, Jobs, Without
from opendome.errors import BadInput


def compare(
    scenarios: Annotated[
        list[str],
        typer.Argument(metavar="A B ...", help="Files or library names.", show_default=False),
    ],
    raid: Annotated[str | None, typer.Option(help="Raid of the library for all of them.")] = None,
    runs: Annotated[
        int, typer.Option(envvar="OPENDOME_RUNS", help="Replications of each.")
    ] = DEFAULT_RUNS,
    seed: Annotated[
        int, typer.Option(envvar="OPENDOME_SEED", help="Seed of every draw.")
    ] = DEFAULT_SEED,
    jobs: Jobs = None,
    executor: Executor = None,
    baseline: Annotated[
        str | None, typer.Option(metavar="NAME", help="Compare with this one (the first).")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Directory (first free runs/NAME-architectures-N).")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace campaigns in --out.")
    ] = False,
    sets: Annotated[
        list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Change a value in all.")
    ] = None,
    without: Without = None,
    as_json: AsJson = False,
    no_report: Annotated[
        bool, typer.Option("--no-report", help="Leave out reports and comparison.html.")
    ] = False,
) -> None:
    """Run architectures against the same raid and compare them in pairs.

    Launches, weather, availability and luck are the same for all, so that differences are paired by
    replication. Differences are those to the first one, or to --baseline; an interval that holds
    zero is no difference found.
    """
    from opendome.campaign import Settings
    from opendome.campaign.manifest import count_cores

    if len(scenarios) < 2:
        raise BadInput(f"compare: given {scenarios[0]} alone; allowed: two architectures or more")
    names = [Path(each).stem if Path(each).suffix else each for each in scenarios]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise BadInput(f"compare: {min(twice)} is given twice; allowed: different names")
    if baseline is not None and baseline not in names:
        raise BadInput(f"--baseline {baseline}: allowed: {', '.join(names)}")
    settings = Settings(
        runs=runs,
        seed=seed,
        jobs=count_cores() if jobs is None else jobs,
        executor=executor,
        assumption_range=False,
        until=None,
    )
    settings.check()
    edits = Edits(raid, tuple(sets or ()), tuple(without or ()))
    loaded = dict(zip(names, map(edits.load, scenarios), strict=True))
    check_same_raid(loaded)
    run_side_by_side(
        loaded,
        settings,
        Output(out, overwrite, not no_report, as_json),
        what="architecture",
        baseline=baseline or names[0],
    )
