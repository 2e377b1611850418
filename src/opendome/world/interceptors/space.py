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
    row = TypeRow(ORBITAL, "boost", doctrine.shots_per_salvo(name))
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
        "max_salvos": doctrine.max_looks(name) if doctrine.boost_engagement else 0,
        "reaction_s": assumptions.value(f"{name}/reaction", model.reaction_time),
        "decision_s": assumptions.value("decision/boost", doctrine.decision_delay.boost),
        "acceleration_m_s2": push,
        "delta_v_m_s": speed,
        "burn_s": speed / push,
        "max_flight_s": model.max_flight_time,
    }
    return row
