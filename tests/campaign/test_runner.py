from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import duckdb
import pytest
from coin_source import CoinSource

from opendome.campaign import Campaign, Settings, compare, run_source
from opendome.errors import BadInput, RunFailed

QUICK = Settings(runs=30, seed=1, assumption_range=False)


def read_parts(path: Path) -> dict[str, bytes]:
    return {
        file.relative_to(path).as_posix(): file.read_bytes()
        for file in sorted((path / "parts").rglob("*.parquet"))
    }


def test_bits_do_not_depend_on_the_executor(tmp_path: Path) -> None:
    """Serial execution, one worker and three workers store the same files, byte for byte."""
    settings = Settings(runs=12, seed=1)
    stored = []
    for name, executor, jobs in (("a", "serial", 1), ("b", "processes", 1), ("c", None, 3)):
        chosen = settings._replace(executor=executor, jobs=jobs)
        run_source(CoinSource(), chosen, tmp_path / name)
        stored.append(read_parts(tmp_path / name))
    assert len(stored[0]) > 0
    assert stored[0] == stored[1] == stored[2]


def test_rows_come_in_the_order_of_the_plan(tmp_path: Path) -> None:
    """Replications at best values first, in order, then the draws of the assumptions in order."""
    campaign = run_source(CoinSource(), Settings(runs=100, seed=1, jobs=2), tmp_path / "a")
    table = campaign.replications(outer=None)
    pairs = list(zip(table["outer"], table["replication"], strict=True))
    assert pairs == sorted(pairs)
    assert pairs[:100] == [(0, i) for i in range(100)]
    assert pairs[100:] == [(draw, i) for draw in range(1, 21) for i in range(2)]


def test_resuming_gives_the_same_bits_as_running_through(tmp_path: Path) -> None:
    """Parts that are there stay untouched, the missing are run; the whole is as if never broken."""
    run_source(CoinSource(), QUICK, tmp_path / "whole")
    run_source(CoinSource(), QUICK, tmp_path / "broken")
    parts = sorted((tmp_path / "broken/parts").iterdir())
    for part in parts[2:5]:
        for file in part.iterdir():
            file.unlink()
        part.rmdir()
    leftover = tmp_path / "broken/parts/.unfinished-outer0000-first00000004-77"
    leftover.mkdir()
    before = (parts[0] / "threats.parquet").stat().st_mtime_ns
    campaign = run_source(CoinSource(), QUICK, resume=tmp_path / "broken")
    assert campaign.manifest["status"] == "complete"
    assert read_parts(tmp_path / "broken") == read_parts(tmp_path / "whole")
    assert (parts[0] / "threats.parquet").stat().st_mtime_ns == before
    assert not leftover.exists()


@pytest.mark.parametrize(
    ("source", "settings", "told"),
    [
        (CoinSource(leak=0.4), QUICK, "scenario hash"),
        (CoinSource(), QUICK._replace(seed=2), "seed is 1, given is 2"),
        (CoinSource(), QUICK._replace(runs=31), "runs is 30, given is 31"),
    ],
)
def test_another_campaign_is_not_resumed(
    tmp_path: Path, source: CoinSource, settings: Settings, told: str
) -> None:
    """Going on with another scenario, seed or number of runs is bad input."""
    run_source(CoinSource(), QUICK, tmp_path / "a")
    with pytest.raises(BadInput, match=told):
        run_source(source, settings, resume=tmp_path / "a")
    with pytest.raises(BadInput, match="no campaign there"):
        run_source(source, settings, resume=tmp_path / "b")


def test_a_failed_replication_is_recorded_and_ends_nothing(tmp_path: Path) -> None:
    """Errors stand in the record with kind, message and place; all else is run and counted."""
    campaign = run_source(CoinSource(fails=(3, 17)), QUICK, tmp_path / "a")
    table = campaign.replications()
    assert table.loc[table["failed"], "replication"].tolist() == [3, 17]
    assert "ZeroDivisionError: a sensor of no range (coin_source.py:" in table["error"][3]
    summary = campaign.summary()
    assert (summary["runs"], summary["failed"]) == (30, 2)
    whole = run_source(CoinSource(), QUICK, tmp_path / "b").replications()
    kept = whole[~whole["replication"].isin([3, 17])]
    expected = kept["leaked"].sum() / kept["lethal"].sum()
    assert summary["leakage"]["mean"] == pytest.approx(expected)
    assert "replication 3 (draw 0) failed" in (tmp_path / "a/run.log").read_text()


def test_a_draw_that_cannot_be_compiled_fails_alone(tmp_path: Path) -> None:
    """A draw of the assumptions that makes no world is recorded as failed; 19 draws remain."""
    campaign = run_source(CoinSource(bad_draw=7), Settings(runs=100, seed=1), tmp_path / "a")
    table = campaign.replications(outer=None)
    assert table.loc[table["failed"], "outer"].tolist() == [7, 7]
    assert campaign.summary()["leakage"]["assumption_range"]["draws"] == 19


def test_a_campaign_of_failures_is_a_failed_run(tmp_path: Path) -> None:
    """Where every replication fails the run fails, and its record is kept."""
    with pytest.raises(RunFailed, match="ZeroDivisionError"):
        run_source(CoinSource(fails=tuple(range(30))), QUICK, tmp_path / "a")
    summary = Campaign(tmp_path / "a").summary()
    assert summary["failed"] == 30
    assert summary["leakage"]["mean"] is None


def test_a_replication_that_kills_its_worker_costs_its_chunk(tmp_path: Path) -> None:
    """The chunk of a replication that kills its process is recorded as failed; no other is."""
    settings = Settings(runs=20, seed=1, jobs=2, assumption_range=False)
    campaign = run_source(CoinSource(kills_worker=(11,)), settings, tmp_path / "a")
    table = campaign.replications()
    assert len(table) == 20
    assert table.loc[table["failed"], "replication"].tolist() == [11]
    assert table.loc[11, "error"] == "the worker process died twice in this chunk"


def test_until_ends_at_the_first_batch_that_is_narrow_enough(tmp_path: Path) -> None:
    """Batches of 200 are run until the interval is as narrow as asked; the plan says how many."""
    settings = Settings(runs=2000, seed=1, until=0.05, assumption_range=False)
    campaign = run_source(CoinSource(), settings, tmp_path / "a")
    runs = campaign.manifest["runs"]
    assert runs % 200 == 0
    assert 200 <= runs < 2000
    assert len(campaign.replications()) == runs
    interval = campaign.summary()["leakage"]["monte_carlo_interval"]
    assert interval["high"] - interval["low"] <= 0.05
    again = run_source(CoinSource(), settings, resume=tmp_path / "a")
    assert again.manifest["runs"] == runs


def test_duckdb_reads_in_place(tmp_path: Path) -> None:
    """DuckDB counts what pandas counts, from the files as they lie."""
    campaign = run_source(CoinSource(), QUICK, tmp_path / "a")
    query = f"SELECT count(*) FROM '{tmp_path}/a/parts/*/threats.parquet' WHERE fate = 'leaked'"
    [(count,)] = duckdb.sql(query).fetchall()
    assert count == (campaign.threats()["fate"] == "leaked").sum()


def test_units_travel_with_the_tables(tmp_path: Path) -> None:
    """Units stand in the attributes of the frame."""
    campaign = run_source(CoinSource(), QUICK, tmp_path / "a")
    assert campaign.threats().attrs["units"]["apogee_km"] == "km"
    assert campaign.leakage().attrs["mean"] == campaign.summary()["leakage"]["mean"]


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    """A campaign stays unless --overwrite is given, and then only a campaign's files go."""
    run_source(CoinSource(), QUICK, tmp_path / "a")
    before = read_parts(tmp_path / "a")
    with pytest.raises(BadInput, match="--overwrite"):
        run_source(CoinSource(), QUICK._replace(runs=2), tmp_path / "a")
    assert read_parts(tmp_path / "a") == before
    (tmp_path / "a/notes.txt").write_text("mine")
    campaign = run_source(CoinSource(), QUICK._replace(runs=2), tmp_path / "a", overwrite=True)
    assert len(campaign.replications()) == 2
    assert (tmp_path / "a/notes.txt").read_text() == "mine"


def test_places_that_cannot_be_written_are_bad_input(tmp_path: Path) -> None:
    """A file in the way, a directory with other files: one line, before anything is computed."""
    (tmp_path / "file").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full/notes.txt").write_text("mine")
    slow = CoinSource(duration_s=60.0)
    for out in (tmp_path / "file", tmp_path / "file/below", tmp_path / "full"):
        with pytest.raises(BadInput, match="--out"):
            run_source(slow, QUICK, out, overwrite=True)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["file", "full"]


@pytest.mark.parametrize(
    "settings",
    [
        Settings(runs=0),
        Settings(runs=-5),
        Settings(seed=-1),
        Settings(jobs=0),
        Settings(executor="threads"),
        Settings(until=1.5, runs=500),
        Settings(until=0.1, runs=100),
    ],
)
def test_settings_that_make_no_campaign_are_bad_input(tmp_path: Path, settings: Settings) -> None:
    """Zero and negative runs, seeds, jobs, unknown executors and widths: nothing is written."""
    with pytest.raises(BadInput, match="--"):
        run_source(CoinSource(), settings, tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_runs_without_out_make_new_directories(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each run makes the next directory under runs/, named after the scenario."""
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        run_source(CoinSource(), QUICK._replace(runs=1))
    assert sorted(entry.name for entry in Path("runs").iterdir()) == ["coin-raid-1", "coin-raid-2"]


def test_manifest_tells_how_to_run_it_again(tmp_path: Path) -> None:
    """Seed, runs, plan, hash, versions and host stand in the manifest."""
    campaign = run_source(CoinSource(), QUICK, tmp_path / "a")
    content = json.loads((tmp_path / "a/manifest.json").read_text())
    assert content == campaign.manifest
    assert content["status"] == "complete"
    assert (content["seed"], content["runs"], content["scenario_hash"]) == (1, 30, "coin-0.3")
    assert content["plan"]["runs"] == 30
    assert content["host"]["processor_features"]
    assert content["host"]["packages"]["numba"]
    assert json.loads((tmp_path / "a/summary.json").read_text()) == campaign.summary()


def test_common_random_numbers_narrow_the_difference(tmp_path: Path) -> None:
    """Equal seeds: pairing pays, a real difference is found, none is found where there is none."""
    settings = Settings(runs=200, seed=1, assumption_range=False)
    campaigns = {
        name: run_source(CoinSource(leak=leak), settings, tmp_path / name)
        for name, leak in (("a", 0.3), ("b", 0.25), ("again", 0.3))
    }
    rows = {(row["a"], row["b"], row["measure"]): row for row in compare(campaigns)}
    leakage = rows["a", "b", "leakage"]
    assert leakage["high"] < 0.0
    assert leakage["verdict"] == "lower"
    assert leakage["variance_reduction"] > 1.5
    assert rows["a", "again", "leakage"]["verdict"] == "no difference found"
    assert rows["a", "b", "fell_short"]["verdict"] == "no difference found"


def test_campaigns_of_other_seeds_are_not_compared(tmp_path: Path) -> None:
    """Unequal seeds or runs have no pairs: bad input that says what each has."""
    one = run_source(CoinSource(), QUICK, tmp_path / "a")
    two = run_source(CoinSource(), QUICK._replace(seed=2), tmp_path / "b")
    with pytest.raises(BadInput, match="two: seed 2"):
        compare({"one": one, "two": two})


@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT to a process group")
@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interrupt_keeps_what_was_finished(tmp_path: Path, jobs: int) -> None:
    """Ctrl-C: whole parts only, the manifest says interrupted, and resuming completes it."""
    script = tmp_path / "slow.py"
    script.write_text(
        textwrap.dedent(f"""
        import sys
        from pathlib import Path
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from coin_source import CoinSource
        from opendome.campaign import Settings, run_source

        if __name__ == "__main__":
            settings = Settings(runs=60, seed=1, jobs={jobs}, assumption_range=False)
            try:
                run_source(CoinSource(duration_s=0.1), settings, {str(tmp_path / "a")!r})
            except KeyboardInterrupt as interrupt:
                print(interrupt)
                sys.exit(130)
        """)
    )
    process = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    parts = tmp_path / "a/parts"
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and not (parts.exists() and len(list(parts.glob("o*"))) > 3):
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    told, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "--resume" in told
    stored = Campaign(tmp_path / "a")
    assert stored.manifest["status"] == "interrupted"
    assert 3 <= len(stored.replications()) < 60
    assert not list(parts.glob(".*"))
    settings = Settings(runs=60, seed=1, assumption_range=False)
    run_source(CoinSource(), settings, resume=tmp_path / "a")
    run_source(CoinSource(), settings, tmp_path / "b")
    assert read_parts(tmp_path / "a") == read_parts(tmp_path / "b")
