"""One interceptor type on its way into the table of types."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from opendome.interceptors.ground import Interceptor
from opendome.scenario.models.engagement import Assessment, Homing, KillTable
from opendome.tables.codes import TARGET_CLASSES
from opendome.tables.truth import Floats
from opendome.world.assumptions import Assumptions


@dataclass
class TypeRow:
    """Fields of `InterceptorTypes` for one type, and what its fly-out tables are built from."""

    launch_kind: int
    layer: str
    salvo: tuple[float, ...]  # mean shots, look by look
    values: dict[str, float] = field(default_factory=dict)
    kill_probability: Floats = field(default_factory=lambda: np.zeros(len(TARGET_CLASSES)))
    max_closing_speed_m_s: Floats = field(
        default_factory=lambda: np.full(len(TARGET_CLASSES), math.inf)
    )
    updates_in_flight: bool = True
    engages: tuple[str, ...] = ()  # layers in which an orbital type is fired
    flyout: Interceptor | None = None

    def set_kill_table(
        self, name: str, table: KillTable, reliability: float, assumptions: Assumptions
    ) -> None:
        """Kill probability and closing-speed limit by target class; zero where none is listed."""
        for target, kill in table.items():
            row = TARGET_CLASSES.index(target)
            chance = assumptions.value(f"{name}/kill-probability/{target}", kill.probability)
            self.kill_probability[row] = chance * reliability
            self.max_closing_speed_m_s[row] = kill.max_closing_speed

    def set_homing(self, name: str, homing: Homing, assumptions: Assumptions) -> None:
        """Divert, seeker basket and last update."""
        self.values["divert_m_s"] = assumptions.value(f"{name}/divert", homing.divert_delta_v)
        self.values["basket_m"] = assumptions.value(f"{name}/basket", homing.basket)
        self.values["last_update_s"] = assumptions.value(f"{name}/last-update", homing.last_update)
        self.updates_in_flight = homing.updates

    def set_assessment(self, name: str, assess: Assessment, assumptions: Assumptions) -> None:
        """Delay and error probabilities of kill assessment."""
        self.values["assessment_s"] = assumptions.value(f"{name}/assessment", assess.delay)
        self.values["false_kill_probability"] = assumptions.value(
            f"{name}/false-kill", assess.false_kill
        )
        self.values["missed_kill_probability"] = assumptions.value(
            f"{name}/false-miss", assess.false_miss
        )
