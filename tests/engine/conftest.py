"""Worlds that the engine's tests share: compiled once, never changed."""

from __future__ import annotations

import pytest

from opendome.scenario.loader import load_scenario
from opendome.world import World, compile_world

SEED = 7


@pytest.fixture(scope="session")
def small_world() -> World:
    """The announced architecture, all layers, against three missiles with debris."""
    scenario = load_scenario(
        "golden-dome-2029-announced", raid="nk-10-debris", sets=["raid.salvos.0.count=3"]
    )
    return compile_world(scenario, seed=SEED)


@pytest.fixture(scope="session")
def perfect_world() -> World:
    """Perfect sensing and unlimited reach against three missiles, nothing beside the warheads."""
    scenario = load_scenario("perfect-defence", sets=["raid.salvos.0.count=3"])
    return compile_world(scenario, seed=SEED)
