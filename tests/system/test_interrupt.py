"""Ctrl-C keeps what was finished."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from program import opendome, start

# Small and quick, so that parts come soon; many, so that it cannot end before the signal.
ARGUMENTS = (
    "run", "perfect-defence", "--set", "raid.salvos.0.count=1", "--set",
    "simulation.step.boost=5 s", "--runs", "4000", "--jobs", "1", "--no-report",
    "--no-assumption-range", "--out", "campaign",
)  # fmt: skip
PATIENCE_S = 240.0  # for compilation, on a machine that does other work


def test_interrupted_campaign_keeps_its_parts(tmp_path: Path) -> None:
    """SIGINT: exit code 130, one line that says how to go on, whole parts and a readable record."""
    process = start(*ARGUMENTS, folder=tmp_path)
    parts = tmp_path / "campaign" / "parts"
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        if parts.is_dir() and any(p.name.startswith("outer") for p in parts.iterdir()):
            break
        time.sleep(0.2)
    assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)
    out, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "--resume" in error.strip().splitlines()[-1]
    assert out == ""
    left = sorted(p.name for p in parts.iterdir())
    assert left
    assert all(name.startswith("outer") for name in left)
    assert all((parts / name / "threats.parquet").is_file() for name in left)
    manifest = (tmp_path / "campaign" / "manifest.json").read_text()
    assert '"interrupted"' in manifest
    shown = opendome("explain", "campaign", "--replication", "0", folder=tmp_path)
    assert shown.returncode == 0, shown.stderr
