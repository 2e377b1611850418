"""`opendome compare`: several architectures against one raid, with common random numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from opendome.cli.campaigns import Edits, Output, run_side_by_side
from opendome.errors import BadInput

_DEFAULT_RUNS: Final = 100
_DEFAULT_SEED: Final = 1


def compare(
    scenarios: Annotated[
        list[str],
        typer.Argument(metavar="A B ...", help="Files or library names.", show_default=False),
    ],
    raid: Annotated[str | None, typer.Option(help="Raid of the library for all of them.")] = None,
    runs: Annotated[
        int, typer.Option(envvar="OPENDOME_RUNS", help="Replications of each.")
    ] = _DEFAULT_RUNS,
    seed: Annotated[
        int, typer.Option(envvar="OPENDOME_SEED", help="Seed of every draw.")
    ] = _DEFAULT_SEED,
    jobs: Annotated[
        int | None, typer.Option(envvar="OPENDOME_JOBS", help="Worker processes (one per core).")
    ] = None,
    executor: Annotated[
        str | None,
        typer.Option(envvar="OPENDOME_EXECUTOR", help="serial or processes; equal results."),
    ] = None,
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
    without: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Leave out a layer or an element.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
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
    if len({each.raid.model_dump_json() for each in loaded.values()}) > 1:
        raise BadInput("the architectures have different raids of their own: give --raid NAME")
    run_side_by_side(
        loaded,
        settings,
        Output(out, overwrite, not no_report, as_json),
        what="architecture",
        baseline=baseline or names[0],
    )
