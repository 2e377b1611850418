"""`opendome library`, `validate`, `schema` and `new`, as programs see them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from opendome.cli import main
from opendome.scenario import load_scenario


def test_the_library_is_listed_by_kind(capsys: pytest.CaptureFixture[str]) -> None:
    """A table for people, the same items as JSON."""
    assert main(["library", "list", "--kind", "raid"]) == 0
    table = capsys.readouterr().out
    assert main(["library", "list", "--kind", "raid", "--json"]) == 0
    items = json.loads(capsys.readouterr().out)
    assert {"nk-10-no-countermeasures", "nk-10-debris"} <= {item["name"] for item in items}
    for item in items:
        assert item["name"] in table
        assert item["kind"] == "raid"


def test_an_item_is_shown_with_values_ranges_and_sources(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Value, low, high, source and confidence; SI numbers with units in the JSON."""
    assert main(["library", "show", "gbi"]) == 0
    table = capsys.readouterr().out
    assert "0.36 to 0.76" in table
    assert "NPC26" in table
    assert "\x1b[" not in table
    assert main(["library", "show", "ground-based-interceptor", "--json"]) == 0
    item = json.loads(capsys.readouterr().out)
    values = {value["path"]: value for value in item["values"]}
    kill = values["kill-probability.icbm-warhead.probability"]
    assert (kill["low"], kill["best"], kill["high"], kill["source"]) == (0.36, 0.56, 0.76, "NPC26")
    assert values["altitude.max"]["best"] == 2e6
    assert values["altitude.max"]["unit"] == "m"


def test_validate_tells_what_is_changed_and_the_sources(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One OK line, then each change with the library's value, then the documents."""
    option = ["--set", "fort-greely.inventory=20"]
    assert main(["validate", "present-day", *option]) == 0
    text = capsys.readouterr().out
    assert text.startswith("OK present-day: 38 elements, 10 missiles")
    assert "architecture.elements.fort-greely.inventory: 40 -> 20" in text
    assert "SITES26: Missile range and radar site list" in text
    assert main(["validate", "present-day", *option, "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    expected = load_scenario("present-day", sets=["fort-greely.inventory=20"])
    assert content["scenario_hash"] == expected.hash()
    assert [change["new"] for change in content["changed"]] == ["20"]


def test_the_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    """`schema` prints one JSON document."""
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "opendome scenario"


def test_a_new_scenario_is_valid_and_never_overwrites(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The starter loads as it is; a file that is there stays unless it is asked for."""
    monkeypatch.chdir(tmp_path)
    assert main(["new", "mine"]) == 0
    assert load_scenario(tmp_path / "mine.yaml").name == "mine"
    (tmp_path / "mine.yaml").write_text("kept")
    assert main(["new", "mine"]) == 2
    assert "is there already" in capsys.readouterr().err
    assert (tmp_path / "mine.yaml").read_text() == "kept"
    assert main(["new", "mine", "--overwrite"]) == 0
    assert (tmp_path / "mine.yaml").read_text() != "kept"
    assert main(["new", "nowhere/mine"]) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["library", "show", "gbj"],
        ["library", "list", "--kind", "rader"],
        ["validate", "none.yaml"],
        ["validate", "present-day", "--set", "gbi.unit-cost=80"],
        ["validate", "present-day", "--without", "nothing"],
    ],
)
def test_bad_input_ends_in_one_line_and_code_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing on standard output, one line on standard error."""
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.strip().splitlines()) == 1
