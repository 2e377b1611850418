"""The installed `opendome` command, run as a user runs it, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path


def run_command(*arguments: str, environment: Mapping[str, str] | None = None) -> tuple[float, str]:
    """Wall time in seconds and stdout of `opendome ARGUMENTS` in a fresh process.

    Raises `RuntimeError` with the command's own last words when it does not exit 0.
    """
    # What this process has set for itself would hide the folder that the command chooses.
    inherited = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    command = [str(Path(sys.executable).with_name("opendome")), *arguments]
    start = time.perf_counter()
    done = subprocess.run(
        command, env={**inherited, **(environment or {})}, capture_output=True, text=True
    )
    wall_s = time.perf_counter() - start
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} exited {done.returncode}: {done.stderr[-2000:]}")
    return wall_s, done.stdout
