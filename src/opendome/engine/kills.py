"""Chance in engagements: lost orders, kills with common mode, kill assessment, survival."""

from __future__ import annotations

import numpy as np

from opendome.interceptors.assessment import assess_kill
from opendome.interceptors.kill import draw_kill, draw_type_quantile
from opendome.physics.random import entity_id, mix, stream_key, uniform
from opendome.tables.forces import InterceptorTypes

_SURVIVAL = entity_id("warhead survives a hit on its booster")


class KillDraws:
    """All draws of one replication that decide engagements, keyed by name."""

    def __init__(self, types: InterceptorTypes, seed: int, replication: int) -> None:
        self.types = types
        self.replication = replication
        self.kill_key = stream_key(seed, "kill")
        self.quality_key = stream_key(seed, "kill-common-mode")
        self.assessment_key = stream_key(seed, "kill-assessment")
        self.survival_key = stream_key(seed, "boost-kill-survival")
        self.order_key = stream_key(seed, "order-loss")
        self.quantile = np.array(
            [
                draw_type_quantile(self.quality_key, replication, identity)
                for identity in types.identity
            ]
        )

    def loses_order(
        self, shooter: np.uint64, target: np.uint64, ordinal: int, probability: float
    ) -> bool:
        """Whether the `ordinal`-th order to a shooter for a shot at an object is lost."""
        pair = np.uint64(mix(target, shooter))
        return bool(uniform(self.order_key, self.replication, pair, ordinal) < probability)

    def kills(self, k: int, probability: float, target: np.uint64, ordinal: int) -> bool:
        """Whether the `ordinal`-th shot of type `k` at an object kills it."""
        return bool(
            draw_kill(
                self.kill_key, self.replication, target, self.types.identity[k], ordinal,
                probability, float(self.types.correlation[k]), float(self.quantile[k]),
            )
        )  # fmt: skip

    def assess(self, k: int, killed: bool, in_view: bool, target: np.uint64, ordinal: int) -> int:
        """Report of kill assessment: 1 kill, 0 miss, -1 none."""
        pair = np.uint64(mix(target, self.types.identity[k]))
        return int(
            assess_kill(
                self.assessment_key, self.replication, pair, ordinal,
                killed, in_view, float(self.types.missed_kill_probability[k]),
                float(self.types.false_kill_probability[k]),
            )
        )  # fmt: skip

    def survives(self, missile: np.uint64, probability: float) -> bool:
        """Whether the warhead of a missile that was hit under power flies on."""
        return bool(
            uniform(self.survival_key, self.replication, missile ^ _SURVIVAL, 0) < probability
        )
