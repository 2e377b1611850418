"""Ideal sensors of a scenario as one block, at the Earth's centre."""

from __future__ import annotations

import numpy as np

from opendome.physics.random import entity_id
from opendome.scenario.models.ideal import IdealSensor
from opendome.sensing import IdealBlock
from opendome.world.assumptions import Assumptions
from opendome.world.model import SensorGroup

MODEL = IdealSensor

# An ideal sensor's velocity error along the line of sight: one position error in a second.
_PER_SECOND = 1.0
# Far below the distance of the classes, which is one.
_FEATURE_ERROR = 0.05


def compile_group(
    elements: dict[str, IdealSensor], assumptions: Assumptions, first_sensor: int
) -> tuple[SensorGroup, list[str]]:
    """All ideal sensors as an `IdealBlock`."""
    n = len(elements)
    sensors = list(elements.values())
    block = IdealBlock(
        identity=np.array([entity_id(f"sensor/{name}") for name in elements], np.uint64),
        sensor=np.arange(first_sensor, first_sensor + n, dtype=np.int64),
        track_probability=np.array([s.track_probability for s in sensors]),
        sigma_position_m=np.array([s.position_error for s in sensors]),
        sigma_velocity_m_s=np.array([s.position_error * _PER_SECOND for s in sensors]),
        sigma_feature=np.full(n, _FEATURE_ERROR),
        revisit_s=np.array([s.revisit for s in sensors]),
        offset_s=np.zeros(n),
        up=np.ones(n, np.bool_),
    )
    available = np.array(
        [assumptions.value(f"{k}/availability", s.availability) for k, s in elements.items()]
    )
    return SensorGroup(block, available, position_ecef_m=np.zeros((n, 3))), list(elements)
