"""Space-based interceptor types."""

from __future__ import annotations

import math

from opendome.scenario.models.doctrine import Doctrine
from opendome.scenario.models.space_interceptor import SpaceInterceptor
from opendome.tables.forces import ORBITAL
from opendome.world.assumptions import Assumptions
from opendome.world.interceptors.row import TypeRow

MODEL = SpaceInterceptor


def compile_type(
    name: str, model: SpaceInterceptor, doctrine: Doctrine, assumptions: Assumptions
) -> TypeRow:
    """The row of a type that waits in orbit."""
    fired = tuple(layer for layer in model.engages if layer != "boost" or doctrine.boost_engagement)
    row = TypeRow(ORBITAL, model.engages[0], doctrine.shots_per_salvo(name))
    # A type that may not be fired at all looks for shots all the same, and has no salvo for them.
    row.engages = fired or model.engages
    reliability = assumptions.value(f"{name}/reliability", model.reliability)
    row.set_kill_table(name, model.kill_probability, reliability, assumptions)
    row.set_homing(name, model.homing, assumptions)
    row.set_assessment(name, model.assessment, assumptions)
    push = assumptions.value(f"{name}/acceleration", model.acceleration)
    speed = assumptions.value(f"{name}/delta-v", model.delta_v)
    row.values |= {
        "correlation": assumptions.value(f"{name}/correlation", model.correlation),
        "min_altitude_m": assumptions.value(f"{name}/min-altitude", model.min_intercept_altitude),
        "max_altitude_m": math.inf,
        "max_salvos": doctrine.max_looks(name) if fired else 0,
        "reaction_s": assumptions.value(f"{name}/reaction", model.reaction_time),
        "decision_s": assumptions.value("decision/boost", doctrine.decision_delay.boost),
        "acceleration_m_s2": push,
        "delta_v_m_s": speed,
        "burn_s": speed / push,
        "max_flight_s": model.max_flight_time,
        "post_boost_s": assumptions.value(f"{name}/post-boost-time", model.post_boost_time),
    }
    return row
