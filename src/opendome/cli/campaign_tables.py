"""A campaign's summary as tables for people: within 100 columns, plain when piped."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from opendome.campaign.comparison import list_headlines
from opendome.campaign.measure_labels import SHARES, count, label_of, say_absent, say_difference
from opendome.campaign.store import REPORT

_WIDTH: Final = 100
_NARROWEST_LABELS: Final = 14
_GAP: Final = 2


def print_summary(summary: Mapping[str, Any]) -> None:
    """One campaign: headline figures, layers, nations, first reasons."""
    console = _console()
    console.print(
        f"{summary['scenario']}: {summary['runs']} replications, seed {summary['seed']}",
        style="bold",
    )
    if summary["failed"]:
        console.print(
            f"Failed and left out: {count(summary['failed'], 'replication')}", style="red"
        )
    if summary["failed"] == summary["runs"]:
        return
    raid = summary["raid"]
    console.print(
        f"Raid: {raid['missiles']:,.0f} missiles, {raid['warheads']:,.0f} warheads flown,"
        f" {raid['objects']:,.0f} objects (means)"
    )
    table = _table("", "value", "95 % interval", "5 / 50 / 95 % of raids")
    for row in _headline(summary):
        table.add_row(*row)
    console.print(table)
    spread = summary["leakage"]["assumption_range"]
    if spread is not None:
        console.print(
            f"Over {spread['draws']} draws of the assumptions, 90 % of leakages lie between"
            f" {_percent(spread['low'])} and {_percent(spread['high'])}"
            f" ({count(spread['runs_per_draw'], 'replication')} each)."
        )
    timed = summary["leakage"]["adversary_timed"]
    if timed is not None:
        console.print(
            f"At the attacker's best times ({timed['raids']} of {timed['of_raids']} raids, fewest"
            f" missiles in reach in boost): leakage {_percent(timed['mean'])},"
            f" {_percent(timed['low'])} to {_percent(timed['high'])}."
        )
    _print_layers(console, summary["by_layer"])
    _print_nations(console, summary["by_nation"], summary["fell_short"])
    _print_tracking(console, summary["tracking"])
    _print_radars(console, summary["radar_time"])
    if summary["first_reason"]:
        table = _table("first reason of leakers", "share")
        for row in summary["first_reason"]:
            table.add_row(row["reason"], _percent(row["share"]))
        console.print(table)
    console.print(f"Record: {summary['out']}", soft_wrap=True)
    report = Path(summary["out"]) / REPORT
    if report.exists():
        console.print(f"Report: {report}", soft_wrap=True)


def print_stage_times(times: Mapping[str, Any]) -> None:
    """Where the computing time went, on standard error: it differs from run to run."""
    from rich.console import Console

    stages = {name: value for name, value in times.get("by_stage_s", {}).items() if value >= 0.05}
    shown = ", ".join(f"{name} {seconds:,.1f} s" for name, seconds in stages.items())
    if shown:
        Console(stderr=True, width=_WIDTH, highlight=False, markup=False).print(
            f"Computing time, of all processes: {shown}"
        )


def print_side_by_side(summaries: Mapping[str, Mapping[str, Any]]) -> None:
    """Variants as columns, headline figures as rows, with 95 % intervals."""
    console = _console()
    first = next(iter(summaries.values()))
    runs = [summary["runs"] - summary["failed"] for summary in summaries.values()]
    each = f"{runs[0]} replications each" if len(set(runs)) == 1 else "replications as below"
    console.print(f"{each}, seed {first['seed']}", style="bold")
    columns = {
        name: [_join(value, interval) for _, value, interval, _ in _headline(summary)]
        for name, summary in summaries.items()
    }
    labels = [row[0] for row in _headline(first)]
    if len(set(runs)) > 1:
        labels = ["replications", *labels]
        columns = {
            name: [str(n), *cells] for n, (name, cells) in zip(runs, columns.items(), strict=True)
        }
    _print_columns(console, labels, columns)


def print_levels(levels: Mapping[str, Mapping[str, Any]], runs: int, asked: int, seed: int) -> None:
    """Architectures as columns, measures as rows: means over the interval of the mean.

    `runs` are the replications that all completed, of those `asked` for.
    """
    console = _console()
    console.print(f"{runs} replications each, seed {seed}; means, 95 % intervals", style="bold")
    if runs < asked:
        console.print(
            f"Failed in one or more, and left out of all: {count(asked - runs, 'replication')}",
            style="red",
        )
    measures = list_headlines(levels)
    columns = {
        name: [
            _level(own.get(measure), _percent if measure.partition(":")[0] in SHARES else _short)
            or say_absent(measure)
            for measure in measures
        ]
        for name, own in levels.items()
    }
    _print_columns(console, [label_of(measure) for measure in measures], columns)


def _print_columns(
    console: Console, labels: Sequence[str], columns: Mapping[str, Sequence[str]]
) -> None:
    """Cells by row under the names of their columns, in as many tables as the width asks for."""
    widths = {
        name: max(len(line) for cell in (name, *cells) for line in cell.split("\n")) + _GAP
        for name, cells in columns.items()
    }
    left = list(columns)
    while left:
        n = 1
        while n < len(left) and (
            sum(widths[name] for name in left[: n + 1]) + _NARROWEST_LABELS <= console.width
        ):
            n += 1
        shown, left = left[:n], left[n:]
        table = _table("", *shown, whole=True)
        for label, *cells in zip(labels, *(columns[name] for name in shown), strict=True):
            table.add_row(label, *cells)
        console.print(table)


def _level(level: Mapping[str, Any] | None, form: Callable[[float | None], str]) -> str:
    """Mean, interval and, where not in all, in how many raids; empty where there is no value."""
    if level is None or level["mean"] is None:
        return ""
    low, high = form(level["low"]), form(level["high"])
    interval = f"{form(level['mean'])}\n{low.removesuffix(' %')} to {high}"
    if level["known"] < level["runs"]:
        return f"{interval}\nin {level['known']} of {level['runs']}"
    return interval


def print_paired(rows: Sequence[Mapping[str, Any]]) -> None:
    """Paired differences; nothing where there are none."""
    if not rows:
        return
    console = _console()
    for (a, b), pair in groupby(rows, key=lambda row: (row["a"], row["b"])):
        console.print(f"{b} minus {a}", style="bold")
        table = _table("", "difference", "95 % interval", "")
        for row in pair:
            difference, low, high = say_difference(row)
            table.add_row(label_of(row["measure"]), difference, f"{low} to {high}", row["verdict"])
        console.print(table)


def _headline(summary: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    leakage = summary["leakage"]
    quantiles = leakage["outcome_quantiles"]
    weighted, left_alone = summary["weighted_leakage"], summary["left_alone"]
    spread = " / ".join(_percent(quantiles[name]) for name in ("p05", "p50", "p95"))
    rows = [
        ("leakage", _percent(leakage["mean"]), leakage["monte_carlo_interval"], _percent, spread),
        ("leakage by weight", _percent(weighted["mean"]), weighted, _percent, ""),
        *(
            (label, _percent(summary[key]["probability"]), summary[key], _percent, "")
            for key, label in (("no_leaker", "no leaker at all"), ("at_most_one", "at most one"))
        ),
        *(
            (label, _number(summary[key]["mean"]), summary[key], _number, "")
            for key, label in (
                ("expected_leakers", "leakers per raid"),
                ("lethal_warheads", "lethal warheads"),
                ("shots", "shots per raid"),
            )
        ),
        *(
            (label, _number(left_alone[key]["mean"]), left_alone[key], _number, "")
            for key, label in (
                ("objects", "harmless, left alone"),
                ("shots_saved", "shots that this saved"),
            )
        ),
        (
            "second shot possible",
            _percent(summary["second_shot_possible"]["share"]),
            summary["second_shot_possible"],
            _percent,
            "",
        ),
    ]
    return [
        (label, value, f"{form(interval['low'])} to {form(interval['high'])}", last)
        for label, value, interval, form, last in rows
    ]


def _print_layers(console: Console, layers: Sequence[Mapping[str, Any]]) -> None:
    used = [row for row in layers if row["shots"] or row["warheads"]]
    if not used:
        console.print("No shots were fired.")
        return
    table = _table("layer, per raid", "shots", "kills", "warheads ended")
    for row in used:
        table.add_row(
            row["layer"], _number(row["shots"]), _number(row["kills"]), _number(row["warheads"])
        )
    console.print(table)


def _print_tracking(console: Console, tracking: Mapping[str, Any]) -> None:
    if not tracking["by_class"]:
        return
    table = _table(
        "picture, by class", "held share", "95 % interval", "firm at", "position", "velocity",
        "NEES in band",
    )  # fmt: skip
    for row in tracking["by_class"]:
        held = row["held_share"]
        table.add_row(
            row["class"],
            _percent(held["mean"]),
            f"{_percent(held['low'])} to {_percent(held['high'])}",
            _with_unit(row["median_first_firm_s"]["mean"], "s"),
            _with_unit(row["position_rmse_m"]["mean"], "m"),
            _with_unit(row["velocity_rmse_m_s"]["mean"], "m/s"),
            _percent(row["nees_inside"]["mean"]),
        )
    console.print(table)
    console.print(
        f"Tracks on no object: {_percent(tracking['spuriousness']['mean'])} of all firm tracks."
        " Held share: of an object's flight, with one on it."
    )


def _print_radars(console: Console, radars: Sequence[Mapping[str, Any]]) -> None:
    """Radars that ran out of time; nothing where none did."""
    short = [row for row in radars if row["cues_refused"]]
    if not short:
        return
    table = _table(
        "radar short of time", "looks asked", "put off", "share put off", "busiest minute"
    )
    for row in short:
        table.add_row(
            row["sensor"],
            f"{row['cues_asked']:,.0f}",
            f"{row['cues_refused']:,.0f}",
            _percent(row["refused_share"]),
            _percent(row["busiest_share"]),
        )
    console.print(table)


def _print_nations(
    console: Console, nations: Sequence[Mapping[str, Any]], short: Sequence[Mapping[str, Any]]
) -> None:
    fell = {row["nation"]: row["warheads"]["mean"] for row in short}
    if not nations and not fell:
        return
    table = _table("nation, per raid", "warheads", "leakers", "leakage", "fell short on it")
    aimed_at = [row["nation"] for row in nations]
    for row in nations:
        table.add_row(
            row["nation"],
            _number(row["warheads"]),
            _number(row["leakers"]["mean"]),
            _percent(row["leakage"]["mean"]),
            _number(fell.get(row["nation"], 0.0)),
        )
    for place, mean in fell.items():
        if place not in aimed_at:
            table.add_row(place, "", "", "", _number(mean))
    console.print(table)


def _console() -> Console:
    """Standard output, at most 100 columns; exactly 100 where it is no terminal."""
    console = Console(highlight=False)
    width = min(_WIDTH, console.width) if console.is_terminal else _WIDTH
    return Console(highlight=False, markup=False, width=width)


def _table(*headings: str, whole: bool = False) -> Table:
    """A table with numbers to the right; `whole`: only the first column may be broken."""
    table = Table(header_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for i_column, heading in enumerate(headings):
        first = i_column == 0
        table.add_column(heading, justify="left" if first else "right", no_wrap=whole and not first)
    return table


def _join(value: str, interval: str) -> str:
    return f"{value}\n{interval}"


def _percent(value: float | None) -> str:
    if value is None:
        return "-"
    return "100 %" if value >= 0.9995 else f"{100.0 * value:.1f} %"


def _with_unit(value: float | None, unit: str) -> str:
    return "-" if value is None else f"{value:,.0f} {unit}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _short(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100.0 else f"{value:.2f}"
