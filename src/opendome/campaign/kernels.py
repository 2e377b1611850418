"""Whether the compiled code of this version lies ready in the cache."""

from __future__ import annotations

import os
from pathlib import Path

_MARK = "warm"


def is_warm() -> bool:
    """Whether a replication has been run to its end with the present kernel cache."""
    return (_cache() / _MARK).exists()


def mark_warm() -> None:
    """Note that the cache is filled; without effect where it cannot be written."""
    try:
        _cache().mkdir(parents=True, exist_ok=True)
        (_cache() / _MARK).touch()
    except OSError:
        pass


def _cache() -> Path:
    return Path(os.environ["NUMBA_CACHE_DIR"])
