"""`opendome run`: one campaign, or the named variants of one, with summary and report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from opendome.cli.campaigns import (
    Edits,
    Output,
    check_same_raid,
    run_one,
    run_side_by_side,
    write_report,
)
from opendome.cli.options import (
    DEFAULT_RUNS,
    DEFAULT_SEED,
    AsJson,
    Executor,
    Jobs,
    Raid,
    Sets,
    Without,
)
from opendome.errors import BadInput

if TYPE_CHECKING:
    from opendome.campaign import Campaign, Settings
    from opendome.scenario.scenario import Scenario

# The named cases that are shown side by side.
VARIANTS: Final = {
    "architectures": ("golden-dome-2029-announced", "golden-dome-2029-expected", "present-day"),
    "raid-forms": ("nk-10-no-countermeasures", "nk-10-debris", "nk-10-light-decoys"),
}

_MOST_RUNS_UNTIL: Final = 10_000
# Options that a campaign keeps, so that going on with it takes none of them.
_OF_THE_CAMPAIGN: Final = (
    "runs", "seed", "until", "raid", "sets", "without", "no_assumption_range",
)  # fmt: skip


def run(
    context: typer.Context,
    scenario: Annotated[
        str | None,
        typer.Argument(metavar="SCENARIO", help="File or library name.", show_default=False),
    ] = None,
    runs: Annotated[
        int | None,
        typer.Option(envvar="OPENDOME_RUNS", help="Replications (100; with --until at most)."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(envvar="OPENDOME_SEED", help="Seed of every draw (1).")
    ] = None,
    jobs: Jobs = None,
    executor: Executor = None,
    out: Annotated[
        Path | None, typer.Option(help="Directory (first free runs/SCENARIO-N).")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a campaign in --out.")
    ] = False,
    resume: Annotated[
        Path | None, typer.Option(help="Go on with this campaign; SCENARIO may be left out.")
    ] = None,
    raid: Raid = None,
    sets: Sets = None,
    without: Without = None,
    variants: Annotated[
        str | None,
        typer.Option(help="architectures or raid-forms: run all three, compare in pairs."),
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(help="Compare with this campaign of equal seed and runs.")
    ] = None,
    until: Annotated[
        float | None,
        typer.Option(metavar="WIDTH", help="Run until the leakage's interval is so narrow."),
    ] = None,
    no_assumption_range: Annotated[
        bool,
        typer.Option(
            "--no-assumption-range",
            help="Leave out the 20 draws of the assumptions, 1/50 of the runs each, at least 1.",
        ),
    ] = False,
    as_json: AsJson = False,
    no_report: Annotated[
        bool, typer.Option("--no-report", help="Leave out report.html beside the record.")
    ] = False,
) -> None:
    """Run a scenario many times: record, summary and report.

    Leakage is leaked warheads divided by those that would have arrived with no defence. Its 95 %
    interval holds chance only; the range over the assumptions stands apart.
    """
    from opendome.campaign import Campaign, Settings
    from opendome.campaign.manifest import count_cores

    usual_runs = DEFAULT_RUNS if until is None else _MOST_RUNS_UNTIL
    settings = Settings(
        runs=usual_runs if runs is None else runs,
        seed=DEFAULT_SEED if seed is None else seed,
        jobs=count_cores() if jobs is None else jobs,
        executor=executor,
        assumption_range=not no_assumption_range,
        until=until,
    )
    settings.check()
    output = Output(out, overwrite, not no_report, as_json)
    edits = Edits(raid, tuple(sets or ()), tuple(without or ()))
    if resume is not None and (variants is not None or out is not None or overwrite):
        raise BadInput("--resume goes without --variants, --out and --overwrite")
    if resume is not None and scenario is None:
        if any(_is_given(context, name) for name in _OF_THE_CAMPAIGN):
            raise BadInput("--resume without SCENARIO takes all settings from the campaign")
        _show_one(_resume(resume, settings, output), output, baseline)
        return
    if scenario is None:
        raise BadInput("SCENARIO is missing: give a file or a library name")
    if variants is not None:
        if baseline is not None:
            raise BadInput("--baseline goes without --variants")
        loaded = _load_variants(scenario, variants, edits)
        run_side_by_side(loaded, settings, output, what="variant")
        return
    before = None if baseline is None else Campaign(baseline)
    if before is not None:
        _check_baseline(before, settings)
    campaign = run_one(edits.load(scenario), settings, output, out, resume=resume)
    _show_one(campaign, output, baseline)


def _is_given(context: typer.Context, name: str) -> bool:
    """Whether an option stands on the command line; variables of the environment are defaults."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _check_baseline(before: Campaign, settings: Settings) -> None:
    """Pairs need the same replications: say so before anything is computed."""
    seed, runs = before.manifest["seed"], before.manifest["runs"]
    if (seed, runs) != (settings.seed, settings.runs):
        raise BadInput(
            f"--baseline {before.path}: has seed {seed} and {runs} runs;"
            f" give --seed {seed} --runs {runs}"
        )


def _resume(path: Path, settings: Settings, output: Output) -> Campaign:
    from opendome.campaign import resume as resume_campaign
    from opendome.cli.progress import show_progress

    with show_progress(str(path)) as progress:
        campaign = resume_campaign(path, settings.jobs, settings.executor, progress=progress)
    write_report(campaign, output)
    return campaign


def _load_variants(scenario: str, variants: str, edits: Edits) -> dict[str, Scenario]:
    """The scenario with each of the three architectures, or with each of the three raids."""
    if variants not in VARIANTS:
        raise BadInput(f"--variants {variants}: must be one of {', '.join(VARIANTS)}")
    names = VARIANTS[variants]
    if variants == "raid-forms":
        if edits.raid is not None:
            raise BadInput("--raid goes without --variants raid-forms")
        return {name: edits._replace(raid=name).load(scenario) for name in names}
    loaded = {
        name: edits._replace(sets=(f"architecture={name}", *edits.sets)).load(scenario)
        for name in names
    }
    check_same_raid(loaded)
    return loaded


def _show_one(campaign: Campaign, output: Output, baseline: Path | None) -> None:
    from opendome.campaign import Campaign, compare
    from opendome.cli.campaign_tables import print_paired, print_stage_times, print_summary

    summary = campaign.summary()
    paired = []
    if baseline is not None:
        paired = compare({str(baseline): Campaign(baseline), str(campaign.path): campaign})
        summary |= {"baseline": str(baseline), "paired": paired}
    if output.as_json:
        typer.echo(json.dumps(summary, indent=1, allow_nan=False))
        return
    print_summary(summary)
    print_paired(paired)
    print_stage_times(campaign.manifest["times"])
