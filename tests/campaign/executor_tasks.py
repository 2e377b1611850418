"""Real work for the executors' tests, in a module of its own so that workers can import it."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def start(offset: int) -> int:
    return offset


def square(state: int, task: int) -> int:
    return state + task * task


def name_environment(state: int, task: str) -> tuple[int, str | None]:
    return os.getpid(), os.environ.get(task)


def die_if_negative(state: int, task: int) -> int:
    if task < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.01)
    return task


def die_once(state: int, task: tuple[int, str]) -> int:
    number, marker = task
    if number == 3 and not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def refuse(state: int, task: int) -> int:
    raise OSError(f"disk full at {task}")


def refuse_to_start() -> int:
    raise OSError("no room")


def sleep_long(state: int, task: float) -> int:
    if task > 0:
        time.sleep(task)
    return os.getpid()
