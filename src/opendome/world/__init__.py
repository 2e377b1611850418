"""Scenario to arrays."""

from __future__ import annotations

from opendome.world.compile import compile_world
from opendome.world.model import SensorGroup, World

__all__ = ["SensorGroup", "World", "compile_world"]
