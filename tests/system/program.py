"""The installed `opendome` program, run as a user runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = str(Path(sys.executable).with_name("opendome"))


def opendome(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the program in a folder and wait for its end."""
    return subprocess.run(
        [PROGRAM, *arguments], cwd=folder, capture_output=True, text=True, timeout=300
    )


def start(*arguments: str, folder: Path) -> subprocess.Popen[str]:
    """Start the program in a folder, in a process group of its own as a shell would."""
    return subprocess.Popen(
        [PROGRAM, *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
