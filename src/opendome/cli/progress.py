"""A progress bar on standard error, for people who wait longer than two seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

_PATIENCE_S: Final = 2.0


@contextmanager
def show_progress(
    label: str, unit: str = "replications"
) -> Iterator[Callable[[int, int], None] | None]:
    """Yields a callable of (done, planned), or None where standard error is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task(label)
    started = time.monotonic()

    def advance(done: int, planned: int) -> None:
        if not bar.live.is_started and time.monotonic() - started > _PATIENCE_S:
            bar.start()
        bar.update(task, completed=done, total=planned)

    try:
        yield advance
    finally:
        bar.stop()
