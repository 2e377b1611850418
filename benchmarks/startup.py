"""How long a user waits: for help, for a first answer, and for the compiler on a new machine."""

from __future__ import annotations

import tempfile
from statistics import median
from typing import Any

from benchmarks._command import run_command

HELP_LIMIT_S = 0.5
FIRST_FLIGHT_LIMIT_S = 3.0
COLD_COMPILE_LIMIT_S = 60.0

FLIGHT = (
    "fly", "--launch", "39.0,125.7", "--target", "38.9,-77.0", "--missile", "icbm-solid", "--json",
)  # fmt: skip


def measure() -> list[dict[str, Any]]:
    """Median of five fresh processes for help and flight; one for the cold compilation."""
    with tempfile.TemporaryDirectory() as empty:
        cold_s, _ = run_command("warm-up", environment={"OPENDOME_CACHE": empty})
    run_command("warm-up")
    help_s = median(run_command("--help")[0] for _ in range(5))
    flight_s = median(run_command(*FLIGHT)[0] for _ in range(5))
    return [
        seconds("opendome --help", help_s, HELP_LIMIT_S),
        seconds("first fly, warm cache", flight_s, FIRST_FLIGHT_LIMIT_S),
        seconds("all compilation, cold cache", cold_s, COLD_COMPILE_LIMIT_S),
    ]


def seconds(case: str, ours: float, limit_s: float) -> dict[str, Any]:
    """A case that is a wait and has no peer."""
    return {
        "case": case,
        "ours": ours,
        "peer": None,
        "peer_name": None,
        "floor": limit_s,
        "unit": "s",
        "higher_is_better": False,
    }
