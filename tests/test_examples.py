"""Every example runs, and every scenario that the documentation shows can be loaded."""

import re
import runpy
from pathlib import Path

import pytest

import opendome as od
from opendome.cli import main as opendome

ROOT = Path(__file__).parents[1]
SCENARIO_FILES = sorted([*ROOT.glob("examples/*.yaml"), *ROOT.glob("scenarios/*.yaml")])


def _scenarios_shown():
    """(page, text) of every whole scenario in a fenced block of the documentation."""
    for page in sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md")]):
        for block in re.findall(r"^```yaml\n(.*?)^```", page.read_text("utf-8"), re.M | re.S):
            if block.startswith("format:"):
                yield pytest.param(block, id=page.stem)


def _run_example(name, **arguments):
    runpy.run_path(str(ROOT / "examples" / f"{name}.py"))["main"](**arguments)


@pytest.mark.parametrize("block", list(_scenarios_shown()))
def test_a_scenario_shown_in_the_documentation_loads(block, tmp_path):
    path = tmp_path / "shown.yaml"
    path.write_text(block, "utf-8")
    assert od.load(path).raid.n_missiles > 0


@pytest.mark.parametrize("path", SCENARIO_FILES, ids=lambda path: path.stem)
def test_scenario_files_are_valid(path, capsys):
    assert opendome(["validate", str(path)]) == 0
    assert capsys.readouterr().out.startswith("OK ")


def test_the_first_campaign_and_the_questions_to_its_record(tmp_path, capsys):
    """What the campaign example stores answers what the record example asks."""
    out = tmp_path / "first"
    _run_example("first_campaign", runs=2, out=out)
    assert "low" in capsys.readouterr().out
    _run_example("read_record", path=out)
    assert "firm_track_after_s" in capsys.readouterr().out


def test_architectures_are_compared(tmp_path, capsys):
    _run_example("compare_architectures", runs=2, out=tmp_path)
    assert "expected_leakers" in capsys.readouterr().out


def test_interceptors_are_varied(tmp_path, capsys):
    _run_example("vary_interceptors", runs=1, out=tmp_path, per_plane=(0, 25))
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["0", "1000"]


def test_the_delay_in_boost_is_varied(tmp_path, capsys):
    _run_example("vary_boost_delay", runs=1, out=tmp_path, delays_s=(0, 90))
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["0", "90"]
    assert (tmp_path / "delay.png").stat().st_size > 10_000


def test_files_shown_in_the_documentation_are_taken_in():
    """A formatter of code takes the mark for two operators where its block is called Python."""
    for page in ROOT.glob("docs/**/*.md"):
        assert not re.search(r"^--8(?!<-- )", page.read_text("utf-8"), re.M), page


def test_the_example_scenario_runs(tmp_path):
    campaign = od.run(
        ROOT / "examples" / "two-missiles.yaml", runs=1, out=tmp_path / "two",
        assumption_range=False,
    )  # fmt: skip
    assert campaign.summary()["failed"] == 0
    assert set(campaign.threats()["aim"]) == {"Seattle"}


def test_the_skywave_map_is_drawn(tmp_path, capsys):
    """A summer night lets the radar see; the middle of a winter night does not."""
    path = tmp_path / "map.png"
    _run_example("skywave_coverage", path=path, n_copies=4, step_deg=2.0)
    assert path.stat().st_size > 10_000
    share = {
        tuple(line.split()[:2]): float(line.split()[2])
        for line in capsys.readouterr().out.splitlines()
    }
    assert share["June", "midnight"] > share["December", "midnight"]
