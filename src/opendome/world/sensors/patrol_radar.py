"""Radars on aircraft and ships as one block, with the tracks that carry them."""

from __future__ import annotations

import numpy as np

from opendome.physics.random import entity_id
from opendome.scenario.models.patrol_radar import PatrolRadar
from opendome.sensing.patrols import build_patrols
from opendome.world.assumptions import Assumptions
from opendome.world.model import SensorGroup
from opendome.world.sensors.radar import compile_block

MODEL = PatrolRadar


def compile_group(
    elements: dict[str, PatrolRadar], assumptions: Assumptions, first_sensor: int
) -> tuple[SensorGroup, list[str]]:
    """All of them as a `RadarBlock` on `Patrols`; to be there and to work are both needed."""
    block, works = compile_block(elements, assumptions, first_sensor)
    patrols = {name: radar.patrol for name, radar in elements.items()}
    there = np.array(
        [assumptions.value(f"{name}/on-station", p.on_station) for name, p in patrols.items()]
    )
    tracks = build_patrols(
        np.array([entity_id(f"platform/{name}") for name in patrols], np.uint64),
        [np.array([(w.latitude, w.longitude) for w in p.waypoints]) for p in patrols.values()],
        np.array([p.speed for p in patrols.values()]),
        np.array([p.altitude for p in patrols.values()]),
    )
    return SensorGroup(block, there * works, patrols=tracks), list(elements)
