"""Compiled code: made by two processes at a time, and whether it lies ready in the cache."""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Callable
from pathlib import Path

_MARK = "warm"


def compile_battle() -> None:
    """Compile what flies and shoots: raids, glides, fly-out, planning, scores, reach from orbit.

    First what the other half needs as well, later.
    """
    from opendome.engine.rehearsal import (
        rehearse_battle,
        rehearse_glide,
        rehearse_orbit,
        rehearse_predictions,
    )
    from opendome.scenario.loader import load_scenario
    from opendome.world import compile_world

    rehearse_predictions()
    rehearse_battle(compile_world(load_scenario("golden-dome-2029", raid="nk-1")))
    rehearse_orbit()
    rehearse_glide()


def compile_picture() -> None:
    """Compile what sees and tracks: orbits, sensors, tracker."""
    from opendome.engine.rehearsal import rehearse_picture
    from opendome.scenario.loader import load_scenario
    from opendome.world.assumptions import Assumptions
    from opendome.world.sensors import compile_sensors

    scenario = load_scenario("golden-dome-2029", raid="nk-1")
    groups = compile_sensors(scenario, Assumptions(outer=0, seed=1))[0]
    rehearse_picture(groups)


def compile_in_parallel() -> None:
    """Both halves at once, each in a process of its own; they share the cache on disk.

    A half that fails is left to the replication that follows, which says why.
    """
    context = multiprocessing.get_context("spawn")
    halves = [
        context.Process(target=_compile_alone, args=(half,))
        for half in (compile_battle, compile_picture)
    ]
    for process in halves:
        process.start()
    for process in halves:
        process.join()


def _compile_alone(half: Callable[[], None]) -> None:
    """Compile in a process that ends with it, so that nothing need be collected.

    The compiler keeps most of its millions of objects; to look through them for garbage again and
    again would be a seventh of its time. It needs 1 GB.
    """
    from opendome.physics.twin_code import remember_operators

    gc.disable()
    remember_operators()
    half()


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
