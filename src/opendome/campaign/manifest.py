"""What a campaign was: enough to run it again, and to tell why another machine differs."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import opendome
from opendome.campaign.source import Source
from opendome.tables.record import FORMAT

_PACKAGES: Final = ("numpy", "numba", "llvmlite", "scipy", "pyerfa", "pydantic", "pyarrow")

RUNNING: Final = "running"
COMPLETE: Final = "complete"
INTERRUPTED: Final = "interrupted"
FAILED: Final = "failed"


def describe_campaign(source: Source, settings: dict[str, Any]) -> dict[str, Any]:
    """The manifest at the start. `settings` must hold `seed` and `runs`.

    Times of computation and facts of the host stand here and nowhere else in the campaign.
    """
    return {
        "format": FORMAT,
        "opendome": opendome.__version__,
        "status": RUNNING,
        "name": source.name,
        "scenario_hash": source.fingerprint,
        "seed": settings["seed"],
        "runs": settings["runs"],
        "settings": settings,
        **source.describe(),
        "host": describe_host(),
        "times": {"started": now(), "ended": None, "computed_s": 0.0},
    }


def describe_host() -> dict[str, Any]:
    """Processor, operating system and package versions: what bits may depend on."""
    from llvmlite import binding

    features = binding.get_host_cpu_features()
    return {
        "processor": binding.get_host_cpu_name(),
        "processor_features": sorted(name for name, present in features.items() if present),
        "cores": count_cores(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: _find_version(name) for name in _PACKAGES},
    }


def count_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def now() -> str:
    """UTC now, ISO 8601 to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _find_version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
