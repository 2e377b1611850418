"""The page of campaigns side by side says what each did, and what differs beyond chance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stored_rows import MANIFEST, battle_rows, threat_row

from opendome.campaign import Campaign
from opendome.campaign.comparison import (
    compare,
    count_common,
    describe_levels,
    sample_together,
)
from opendome.cli.campaign_tables import print_levels
from opendome.report.comparison import write_comparison
from opendome.report.figures.comparison import Level, MeasurePanel, draw_comparison

NATIONS = {"USA": {"participation": "full"}, "CAN": {"participation": "warning"}}


def rows(leaked: int, warned: float | None) -> dict[str, list[Any]]:
    """A raid of which so many of three warheads on Canada leak; Canada is told at a time."""
    tables = battle_rows()
    tables["threats"] = [
        threat_row(
            f"salvo/{i}", "warhead", "Toronto", fate="leaked" if i < leaked else "stopped",
            first_feasible_s=300.0 + 10.0 * i, depth_s=1500.0, depth_km=9000.0,
        )
        for i in range(3)
    ]  # fmt: skip
    nan = float("nan")
    told_s = nan if warned is None else warned
    tables["nations"] = [
        ("USA", 60.0, nan, nan, 0, 0, 0),
        ("CAN", told_s, 1800.0, 1800.0 - told_s, 3, leaked, 0),
    ]
    return tables


@pytest.fixture
def campaigns(write_campaign: Any) -> dict[str, Campaign]:
    """Two architectures: the second leaks less in every raid, and tells Canada of nothing."""
    scenario = MANIFEST["scenario"] | {"nations": NATIONS, "raid": {"title": "three on Toronto"}}
    first = [rows(leaked, 60.0) for leaked in (3, 2, 2)]
    second = [rows(leaked, None) for leaked in (1, 1, 0)]
    return {
        name: Campaign(write_campaign(tables, whole=False, scenario=scenario))
        for name, tables in (("today", first), ("tomorrow", second))
    }


def test_levels_and_differences_by_nation(campaigns: dict[str, Campaign]) -> None:
    """Leakage on a nation, its warning, and the difference replication by replication."""
    levels = describe_levels(sample_together(campaigns))
    assert levels["today"]["leakage:CAN"]["mean"] == pytest.approx(7 / 9)
    assert levels["today"]["warning_s:CAN"]["mean"] == 1740.0
    assert levels["tomorrow"]["warning_s:CAN"]["mean"] is None
    assert levels["tomorrow"]["warning_s:CAN"]["known"] == 0
    assert levels["tomorrow"]["told_share:CAN"]["mean"] == 0.0
    assert (
        levels["today"]["told_share:CAN"] | {"known": 3, "runs": 3}
        == (levels["today"]["told_share:CAN"])
    )
    assert levels["today"]["depth_km"]["mean"] == 9000.0
    assert levels["today"]["first_shot_s"]["mean"] == 300.0
    found = {row["measure"]: row for row in compare(campaigns, "today")}
    assert found["leakers:CAN"]["difference"] == pytest.approx(2 / 3 - 7 / 3)
    assert found["leakers:CAN"]["verdict"] == "lower"
    # Told of all three raids, or of none: three are too few to tell from chance.
    assert found["told_share:CAN"]["difference"] == -1.0
    assert found["told_share:CAN"]["verdict"] == "no difference found"
    assert found["depth_s"]["verdict"] == "no difference found"
    assert "warning_s:CAN" not in found  # never in one of them


def test_the_page_stands_alone(campaigns: dict[str, Campaign], tmp_path: Path) -> None:
    """One file without requests, with levels, words for what never came, and the verdict."""
    page = tmp_path / "comparison.html"
    write_comparison(campaigns, sample_together(campaigns), "today", page)
    html = page.read_text()
    assert "src=" not in html.replace("data:,", "")
    assert "three on Toronto" in html
    assert "tomorrow less today" in html
    assert "<td>leakers per raid, CAN</td>" in html
    assert ">never<" in html
    assert "lower" in html
    # The answer in words, before any figure: what changes beyond chance, and nothing else.
    found = html[html.index("What came out</h2>") : html.index("Levels at a glance</h2>")]
    assert "leakage, CAN <strong>-55.6\N{NO-BREAK SPACE}pp</strong>" in found
    assert "battlespace depth" not in found.partition("</ul>")[0]


def test_only_a_time_never_comes(
    campaigns: dict[str, Campaign], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The leakage of a nation at which nothing lethal flies is "-"; a warning never came."""
    page = tmp_path / "comparison.html"
    write_comparison(campaigns, sample_together(campaigns), "today", page)
    levels = page.read_text().partition('<section id="levels">')[2].partition("</section>")[0]
    rows = {row.partition("</td>")[0]: row for row in levels.split("<tr><td>")}
    assert rows["leakage, USA"].count(">-<") == 2
    assert "never" not in rows["leakage, USA"]
    assert rows["warning before first impact, CAN [s]"].count(">never<") == 1
    print_levels(describe_levels(sample_together(campaigns)), runs=3, asked=3, seed=5)
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    (leakage,) = (line for line in lines if line.startswith("leakage, USA"))
    assert leakage.split()[2:] == ["-", "-"]
    assert any(line.startswith("warning") and "never" in line for line in lines)


NAMES = [f"golden-dome-2029-announced-{i}" for i in range(3)] + ["one", "two", "[b]three[/x]"]


def test_many_names_take_several_tables(capsys: pytest.CaptureFixture[str]) -> None:
    """Every label, name and number stands whole, in brackets or not; no line passes 100 columns."""
    level = {"mean": 1234.0, "low": 1111.0, "high": 1357.0, "known": 9, "runs": 10}
    levels = {
        name: {"shots": level, "warning_s:USA": level, "leakers:USA": level} for name in NAMES
    }
    print_levels(levels, runs=9, asked=10, seed=5)
    out = capsys.readouterr().out
    assert "9 replications each, seed 5" in out
    assert "left out of all: 1 replication" in out
    assert max(map(len, out.splitlines())) <= 100
    assert all(name in out for name in NAMES)
    n_tables = out.count("shots per raid")
    assert n_tables > 1
    assert out.count("1,111 to 1,357") == 3 * len(NAMES)
    assert "…" not in out


def test_replications_that_failed_in_one_are_told(
    campaigns: dict[str, Campaign], tmp_path: Path
) -> None:
    """Means are over those that all completed, and the page says how many these are."""
    samples = {
        name: {measure: sample._replace(**{
            part: value[:2] for part, value in sample._asdict().items()
            if isinstance(value, np.ndarray)
        }) for measure, sample in own.items()}
        for name, own in sample_together(campaigns).items()
    }  # fmt: skip
    assert count_common(samples) == 2
    page = tmp_path / "comparison.html"
    write_comparison(campaigns, samples, "today", page)
    html = page.read_text()
    assert "simulated 2 times" in html
    assert "Of 3 replications 1 ended in an error" in html
    write_comparison(campaigns, sample_together(campaigns), "today", page)
    assert "ended in an error" not in page.read_text()


def test_a_level_without_interval_is_drawn() -> None:
    """One raid has a value and no interval: its dot is inside the axis."""
    nan = float("nan")
    panel = MeasurePanel("shots", False, [Level("a", 31.0, nan, nan, "")], "-")
    (axes, *_) = draw_comparison([panel]).axes
    low, high = axes.get_xlim()
    assert low < 31.0 < high


@pytest.mark.parametrize("absent", ["never", "-"])
def test_the_figure_says_what_stands_for_no_value(absent: str) -> None:
    """In the place of the dot."""
    nan = float("nan")
    panel = MeasurePanel("m", False, [Level("today", nan, nan, nan, "")], absent)
    (axes, *_) = draw_comparison([panel]).axes
    assert [text.get_text() for text in axes.texts] == [absent]


def test_a_baseline_comes_first(campaigns: dict[str, Campaign]) -> None:
    """Differences are the others less the baseline, whatever the order."""
    (pair,) = {(row["a"], row["b"]) for row in compare(campaigns, "tomorrow")}
    assert pair == ("tomorrow", "today")
