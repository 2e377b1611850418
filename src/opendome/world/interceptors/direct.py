"""Interceptor types that go straight: missiles of aircraft and of short reach, guns."""

from __future__ import annotations

import math

from opendome.scenario.models.direct_interceptor import DirectInterceptor
from opendome.scenario.models.doctrine import Doctrine
from opendome.tables.forces import DIRECT
from opendome.world.assumptions import Assumptions
from opendome.world.interceptors.row import TypeRow

MODEL = DirectInterceptor


def compile_type(
    name: str, model: DirectInterceptor, doctrine: Doctrine, assumptions: Assumptions
) -> TypeRow:
    """The row of a type that goes straight.

    An aircraft's scramble counts from the decision, once for a track: it is ordered with the first
    firm track, not with the shot.
    """
    row = TypeRow(DIRECT, model.layer, doctrine.shots_per_salvo(name))
    reliability = assumptions.value(f"{name}/reliability", model.reliability)
    row.set_kill_table(name, model.kill_probability, reliability, assumptions)
    row.set_homing(name, model.homing, assumptions)
    row.set_assessment(name, model.assessment, assumptions)
    speed = assumptions.value(f"{name}/speed", model.speed)
    decision = assumptions.value("decision/otherwise", doctrine.decision_delay.otherwise)
    row.values |= {
        "correlation": assumptions.value(f"{name}/correlation", model.correlation),
        # What is predicted to fly low may be predicted below the ground.
        "min_altitude_m": model.altitude.min if model.altitude.min > 0.0 else -math.inf,
        "max_altitude_m": model.altitude.max,
        "burn_s": 0.0,
        "max_salvos": doctrine.max_looks(name),
        "reaction_s": assumptions.value(f"{name}/reaction", model.reaction_time),
        "decision_s": decision,
        "speed_m_s": speed,
        "min_range_m": model.range.min,
        "max_range_m": model.range.max,
        "max_flight_s": math.inf,
    }
    if model.sight_height is not None:
        row.values["sight_height_m"] = assumptions.value(f"{name}/sight", model.sight_height)
    if model.aircraft is not None:
        craft = model.aircraft
        row.values |= {
            "aircraft_speed_m_s": assumptions.value(f"{name}/aircraft-speed", craft.speed),
            "radius_m": assumptions.value(f"{name}/radius", craft.radius),
            "max_flight_s": craft.max_flight_time,
            "decision_s": decision + assumptions.value(f"{name}/scramble", craft.scramble),
        }
    return row
