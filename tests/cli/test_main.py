from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

import opendome
from opendome.cli import main
from opendome.cli.campaign_tables import print_paired, print_side_by_side, print_summary
from opendome.cli.commands import COMMANDS, load_command
from opendome.cli.run import VARIANTS, run
from opendome.errors import BadInput, RunFailed

sys.path.insert(0, str(Path(__file__).parents[1] / "campaign"))
from coin_source import CoinSource

HEAVY = ("numpy", "scipy", "pandas", "numba", "matplotlib", "pyarrow", "duckdb")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["run", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    """Asking for help imports none of the numeric, plotting and data libraries."""
    program = (
        "import sys; from opendome.cli import main; code = main(sys.argv[1:]);"
        "print('LOADED', *[name for name in sys.modules if '.' not in name]); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    loaded = done.stdout.rpartition("LOADED")[2].split()
    assert "typer" in loaded
    assert not set(HEAVY) & set(loaded)


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """The help lists all commands with their summaries, with and without --help."""
    assert main(["--help"]) == 0
    told = capsys.readouterr().out
    assert all(f"{name} " in told and command.summary in told for name, command in COMMANDS.items())
    assert main([]) == 0
    assert capsys.readouterr().out == told


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """--version prints name and version."""
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"opendome {opendome.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["fry"], "Did you mean 'fly'?"),
        (["run", "--sped", "3"], "--sped"),
        (["run", "golden-dome-2029", "--runs", "many"], "--runs"),
        (["run", "golden-dome-2029", "--runs", "0"], "must be 1 or more"),
        (["run", "golden-dome-2029", "--runs", "-4"], "must be 1 or more"),
        (["run", "golden-dome-2029", "--executor", "cluster"], "serial, processes"),
        (["run"], "SCENARIO is missing"),
        (["run", "golden-dome-2029", "--variants", "all"], "architectures, raid-forms"),
        (["run", "--resume", "nowhere"], "no campaign there"),
        (["run", "--resume", "nowhere", "--runs", "5"], "takes all settings from the campaign"),
        (["run", "--resume", "nowhere", "--seed", "0"], "takes all settings from the campaign"),
        (["run", "golden-dome-2029", "--baseline", "nowhere"], "no campaign there"),
        (["explain", "nowhere"], "no campaign there"),
        (["explain"], "run"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    arguments: list[str],
    told: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What cannot be used ends in one line on standard error; nothing is written."""
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("opendome: ")
    assert captured.err.count("\n") == 1
    assert told in captured.err
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def command(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command named `fly` for one test that raises what the test asks for."""

    def raise_it() -> None:
        """Raise."""
        logging.getLogger("opendome.test").info("about to")
        raise request.param

    module = type(sys)("raising_command")
    module.raise_it = raise_it  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "raising_command", module)
    replaced = COMMANDS["fly"]._replace(module="raising_command", attribute="raise_it")
    monkeypatch.setitem(COMMANDS, "fly", replaced)


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        (BadInput("line one\n  and two"), 2, "opendome: line one and two\n"),
        (RunFailed("all failed"), 1, "opendome: all failed\n"),
        (KeyboardInterrupt("kept in runs/x"), 130, "opendome: kept in runs/x\n"),
        (KeyboardInterrupt(), 130, "opendome: interrupted\n"),
        (typer.Exit(3), 3, ""),
        (ZeroDivisionError("by zero"), 1, "opendome: internal error: ZeroDivisionError: by zero"),
    ],
    indirect=["command"],
)
def test_exit_codes(
    command: None, code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each way to end has its exit code and one line, without a traceback."""
    assert main(["fly"]) == code
    errors = capsys.readouterr().err
    assert errors.startswith(told)
    assert "Traceback" not in errors


@pytest.mark.parametrize("command", [RunFailed("all failed")], indirect=True)
def test_verbosity_may_stand_before_or_behind_the_command(
    command: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """-v shows log and traceback, -q neither, wherever they stand."""
    for arguments in (["-v", "fly"], ["fly", "-v"], ["fly", "--verbose"]):
        assert main(arguments) == 1
        errors = capsys.readouterr().err
        assert "INFO opendome.test: about to" in errors
        assert "Traceback" in errors
    assert main(["fly", "-q"]) == 1
    assert "about to" not in capsys.readouterr().err


def test_every_command_has_its_module() -> None:
    """Each name in the help leads to a command that can be parsed, with help of its own."""
    for name in COMMANDS:
        command = load_command(name)
        assert command.help or command.callback.__doc__, name


@pytest.fixture(scope="module")
def campaigns(tmp_path_factory: pytest.TempPathFactory) -> dict[str, opendome.Campaign]:
    from opendome.campaign import Settings, run_source

    root = tmp_path_factory.mktemp("runs")
    settings = Settings(runs=40, seed=1)
    return {
        name: run_source(CoinSource(leak=leak, fails=(3,)), settings, root / name)
        for name, leak in zip(VARIANTS["raid-forms"], (0.1, 0.3, 0.5), strict=True)
    }


def test_tables_fit_100_columns_without_colour(
    campaigns: dict[str, opendome.Campaign], capsys: pytest.CaptureFixture[str]
) -> None:
    """Summary, variants and paired differences: piped, no escape codes, no line over 100."""
    summaries = {name: campaign.summary() for name, campaign in campaigns.items()}
    print_summary(next(iter(summaries.values())))
    print_side_by_side(summaries)
    print_paired(opendome.compare(campaigns))
    told = capsys.readouterr().out
    assert "\x1b" not in told
    table_lines = [line for line in told.splitlines() if not line.startswith("Record: ")]
    assert max(map(len, table_lines)) <= 100
    for words in ("leakage", "no leaker at all", "midcourse", "CAN", "not-tracked", "1 replication",
                  "no difference found", "fell short on CAN"):  # fmt: skip
        assert words in told, words


def test_a_summary_of_nothing_is_said_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A campaign of failures says so and shows no figures."""
    from opendome.campaign import Campaign, Settings, run_source

    settings = Settings(runs=3, assumption_range=False)
    with pytest.raises(RunFailed):
        run_source(CoinSource(fails=(0, 1, 2)), settings, tmp_path / "a")
    print_summary(Campaign(tmp_path / "a").summary())
    told = capsys.readouterr().out
    assert "Failed and left out: 3 replications" in told
    assert "leakage" not in told


def test_baseline_needs_the_same_seed_and_runs(
    campaigns: dict[str, opendome.Campaign], capsys: pytest.CaptureFixture[str]
) -> None:
    """A baseline of other replications is refused before anything is computed."""
    path = next(iter(campaigns.values())).path
    assert main(["run", "golden-dome-2029", "--baseline", str(path), "--runs", "50"]) == 2
    assert "give --seed 1 --runs 40" in capsys.readouterr().err


def test_summary_is_json(campaigns: dict[str, opendome.Campaign]) -> None:
    """What --json prints is JSON without NaN, and equal to the stored summary."""
    campaign = next(iter(campaigns.values()))
    stored = json.loads((campaign.path / "summary.json").read_text())
    assert stored == json.loads(json.dumps(campaign.summary(), allow_nan=False))


def test_the_package_is_light_and_names_what_it_has() -> None:
    """`import opendome` imports no library; what it offers is listed and found."""
    program = "import sys, opendome; print(*[n for n in sys.modules if '.' not in n])"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert not set(HEAVY) & set(done.stdout.split())
    assert {"load", "run", "resume", "compare", "Campaign"} <= set(dir(opendome))
    assert callable(opendome.run)
    with pytest.raises(AttributeError, match="no attribute 'launch'"):
        opendome.launch  # type: ignore[attr-defined]  # noqa: B018


def test_settings_come_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """OPENDOME_JOBS stands in for --jobs, and the command line wins over it."""
    assert run.__doc__
    monkeypatch.setitem(os.environ, "OPENDOME_JOBS", "-3")
    assert main(["run", "golden-dome-2029"]) == 2
    assert "--jobs -3" in capsys.readouterr().err
    assert main(["run", "golden-dome-2029", "--jobs", "0"]) == 2
    assert "--jobs 0" in capsys.readouterr().err


def test_defaults_of_the_environment_do_not_bar_a_resume(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are for new campaigns; one that is gone on with has its own."""
    monkeypatch.setenv("OPENDOME_RUNS", "6")
    monkeypatch.setenv("OPENDOME_SEED", "3")
    assert main(["run", "--resume", str(tmp_path / "nowhere")]) == 2
    assert "no campaign there" in capsys.readouterr().err
