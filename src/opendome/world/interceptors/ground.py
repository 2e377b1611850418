"""Ground- and ship-launched interceptor types."""

from __future__ import annotations

import math

from opendome.interceptors.ground import Interceptor
from opendome.physics.boost import build_vehicle
from opendome.scenario.models.doctrine import Doctrine
from opendome.scenario.models.ground_interceptor import GroundInterceptor
from opendome.tables.forces import GROUND
from opendome.world.assumptions import Assumptions
from opendome.world.interceptors.row import TypeRow

MODEL = GroundInterceptor

# The pitch programme ends at this share of the burn (assumption, as for missiles).
_PITCH_END = 0.4
# From burnout until the kill vehicle is free and looks (assumption).
_RELEASE_S = 5.0
# Largest angle of the thrust from the site's vertical. Attitude is kept in inertial space, so far
# and low points need angles beyond the site's horizontal (assumption: by 25 degrees).
_LARGEST_PITCH_RAD = math.radians(115.0)


def compile_type(
    name: str, model: GroundInterceptor, doctrine: Doctrine, assumptions: Assumptions
) -> TypeRow:
    """The row of a ground-launched type.

    Stages keep their best values in outer draws: fly-out is the best known part, and tables are
    built once.
    """
    row = TypeRow(GROUND, model.layer, doctrine.shots_per_salvo(name))
    reliability = assumptions.value(f"{name}/reliability", model.reliability)
    row.set_kill_table(name, model.kill_probability, reliability, assumptions)
    row.set_homing(name, model.homing, assumptions)
    row.set_assessment(name, model.assessment, assumptions)
    burn_s = sum(stage.burn_time.value() for stage in model.stages)
    area = math.pi * (0.5 * model.diameter) ** 2 * model.drag_coefficient
    vehicle = build_vehicle(
        [
            (s.propellant, s.inert, s.burn_time.value(), s.specific_impulse, 0.0)
            for s in model.stages
        ],
        model.kill_vehicle_mass,
        area,
        model.vertical_rise,
        max(_PITCH_END * burn_s, 2.0 * model.vertical_rise),
    )
    exo_atmospheric = model.altitude.min >= 70e3
    row.flyout = Interceptor(
        vehicle=vehicle,
        ballistic_coefficient_kg_m2=math.inf if exo_atmospheric else model.kill_vehicle_mass / area,
        release_s=_RELEASE_S if exo_atmospheric else 0.0,
        min_flight_s=0.0,
        max_flight_s=model.max_flight_time,
        max_pitch_end_rad=_LARGEST_PITCH_RAD,
        max_range_m=model.range.max,
        min_altitude_m=model.altitude.min,
        max_altitude_m=model.altitude.max,
    )
    row.values |= {
        "correlation": assumptions.value(f"{name}/correlation", model.correlation),
        "min_altitude_m": model.altitude.min,
        "max_altitude_m": model.altitude.max,
        "min_range_m": model.range.min,
        "burn_s": burn_s,
        "max_salvos": doctrine.max_looks(name),
        "reaction_s": assumptions.value(f"{name}/reaction", model.reaction_time),
        "decision_s": assumptions.value("decision/otherwise", doctrine.decision_delay.otherwise),
    }
    return row
