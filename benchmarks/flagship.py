"""The flagship campaign within a minute, and how a replication's time grows with the raid."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._command import run_command
from benchmarks.startup import seconds

CAMPAIGN_LIMIT_S = 60.0
GROWTH_LIMIT = 1.2

# About seven objects fly per missile (stages, warhead, debris): 100, 200 and 400 threat objects.
RAID_SIZES = (14, 28, 56)
LAUNCH_WINDOW_S = 280.0  # for raids of all sizes: battles last equally long
REPLICATIONS = 4

SCENARIO = """\
format: 1
name: {count} missiles against the announced dome
epoch: 2029-01-20T12:00:00Z
nations: {{USA: {{}}, CAN: {{participation: sensors}}}}
architecture: golden-dome-2029-announced
raid:
  salvos:
    - missile: icbm-solid
      count: {count}
      launch: {{area: north-korea, spacing: {spacing} s, jitter: 1 s}}
      aim: {{cities: [Washington, Seattle, Chicago], weights: population}}
      trajectory: minimum-energy
defended: {{USA: cities-100k, CAN: cities-100k}}
"""


def measure() -> list[dict[str, Any]]:
    """Wall time of the flagship campaign, and the fitted growth of a replication's time."""
    run_command("warm-up")
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        campaign_s, _ = run_command(
            "run", "golden-dome-2029", "--runs", "200", "--seed", "1", "--jobs", "2",
            "--out", str(folder / "flagship"),
        )  # fmt: skip
        growth = fit_growth([time_replication(folder, count) for count in RAID_SIZES])
    return [
        seconds("flagship, 200 replications, 2 jobs", campaign_s, CAMPAIGN_LIMIT_S),
        {
            "case": "growth of time with threat objects",
            "ours": growth,
            "peer": None,
            "peer_name": None,
            "floor": GROWTH_LIMIT,
            "unit": "exp.",
            "higher_is_better": False,
        },
    ]


def time_replication(folder: Path, count: int) -> tuple[float, float]:
    """Threat objects, and seconds that one more replication of a raid of `count` missiles takes.

    The difference of a long and a short campaign leaves out start-up and what is made once.
    """
    path = folder / f"raid-{count}.yaml"
    path.write_text(SCENARIO.format(count=count, spacing=LAUNCH_WINDOW_S / count))
    walls = []
    objects = float("nan")
    for runs in (1, 1 + REPLICATIONS):
        wall_s, answer = run_command(
            "run", str(path), "--runs", str(runs), "--seed", "1", "--jobs", "1",
            "--no-assumption-range", "--no-report", "--json",
            "--out", str(folder / f"raid-{count}-{runs}"),
        )  # fmt: skip
        walls.append(wall_s)
        objects = float(json.loads(answer)["threat_objects"])
    return objects, (walls[1] - walls[0]) / REPLICATIONS


def fit_growth(points: list[tuple[float, float]]) -> float:
    """Exponent p of time proportional to objects ** p, by least squares in logarithms."""
    objects, seconds_each = np.log(np.array(points)).T
    slope: float = np.polyfit(objects, seconds_each, 1)[0]
    return slope
