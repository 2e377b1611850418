"""What commands that run campaigns share: reading scenarios, running, reports, comparisons."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import typer

from opendome.errors import BadInput

if TYPE_CHECKING:
    from opendome.campaign import Campaign, Settings
    from opendome.scenario.scenario import Scenario

# The page that stands beside campaigns that were compared.
PAGE: Final = "comparison.html"


class Edits(NamedTuple):
    """What the command line changes in a scenario."""

    raid: str | None
    sets: tuple[str, ...]
    without: tuple[str, ...]

    def load(self, scenario: str) -> Scenario:
        """The scenario with these changes."""
        from opendome.scenario.loader import load_scenario

        return load_scenario(scenario, self.raid, self.sets, self.without)


def check_same_raid(loaded: dict[str, Scenario]) -> None:
    """Scenarios that are compared face one raid.

    Raises
    ------
    BadInput
        Where their raids differ.
    """
    if len({each.raid.model_dump_json() for each in loaded.values()}) > 1:
        raise BadInput("the architectures have different raids of their own: give --raid NAME")


class Output(NamedTuple):
    """Where results go, and in which form."""

    out: Path | None
    overwrite: bool
    with_report: bool
    as_json: bool


def run_one(
    scenario: Scenario,
    settings: Settings,
    output: Output,
    out: Path | None,
    *,
    resume: Path | None = None,
    label: str = "",
) -> Campaign:
    """Run one campaign with a progress bar, and write its report."""
    from opendome.campaign import run as run_campaign
    from opendome.cli.progress import show_progress

    with show_progress(label or scenario.name) as progress:
        campaign = run_campaign(
            scenario,
            **settings._asdict(),
            out=out,
            overwrite=output.overwrite,
            resume=resume,
            progress=progress,
        )
    write_report(campaign, output)
    return campaign


def write_report(campaign: Campaign, output: Output) -> None:
    """Write a campaign's report beside its record, unless it is not wanted."""
    if output.with_report:
        from opendome.campaign.store import REPORT
        from opendome.report import write_report

        write_report(campaign.path, campaign.path / REPORT)


def run_side_by_side(
    loaded: dict[str, Scenario],
    settings: Settings,
    output: Output,
    *,
    what: str,
    baseline: str | None = None,
) -> None:
    """Run several scenarios under common random numbers; print levels and paired differences.

    `what` they are is a key of the JSON answer. With a baseline all others are compared with it,
    and a page is written beside them; without, all are compared in pairs.
    """
    from opendome.campaign.comparison import (
        compare_samples,
        count_common,
        describe_levels,
        list_headlines,
        sample_together,
    )
    from opendome.campaign.store import check_output, choose_directory
    from opendome.cli.campaign_tables import print_levels, print_paired, print_side_by_side

    first = next(iter(loaded.values()))
    root = choose_directory(f"{first.name}-{what}s") if output.out is None else output.out
    for name in loaded:
        check_output(root / name, overwrite=output.overwrite)
    campaigns = {
        name: run_one(scenario, settings, output, root / name, label=name)
        for name, scenario in loaded.items()
    }
    summaries = {name: campaign.summary() for name, campaign in campaigns.items()}
    # Campaigns that run until a width are of unequal length: side by side, unpaired.
    samples = sample_together(campaigns) if settings.until is None else {}
    paired = compare_samples(samples, baseline)
    if baseline is not None and output.with_report:
        from opendome.report.comparison import write_comparison

        write_comparison(campaigns, samples, baseline, root / PAGE)
    if output.as_json:
        rows = [{what: name, **summary} for name, summary in summaries.items()]
        answer = {f"{what}s": rows, "levels": describe_levels(samples), "paired": paired}
        typer.echo(json.dumps(answer, indent=1, allow_nan=False))
        return
    if baseline is None:
        print_side_by_side(summaries)
        print_paired(paired)
    else:
        levels = describe_levels(samples)
        headlines = list_headlines(levels)
        print_levels(levels, count_common(samples), settings.runs, settings.seed)
        print_paired([row for row in paired if row["measure"] in headlines])
        typer.echo(f"Records: {root}")
        if output.with_report:
            typer.echo(f"Report: {root / PAGE}")
