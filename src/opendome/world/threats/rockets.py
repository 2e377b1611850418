"""What all missiles with rocket motors have, as arrays."""

from __future__ import annotations

import math

import numpy as np

from opendome.physics.boost import Vehicle, build_vehicle
from opendome.physics.forces import NO_LIMIT_PA
from opendome.scenario.models.bodies import Feature
from opendome.scenario.models.rocket_missile import RocketMissile
from opendome.threats import PARTS
from opendome.threats.aiming import CUT_OFF, MANOEUVRE
from opendome.threats.courses import Conduct
from opendome.world.assumptions import Assumptions
from opendome.world.threats.bodies import Row, tabulate_looks
from opendome.world.threats.reliability import draw_reliabilities

# Separation speeds where a class states none, one sigma per axis, m/s (assumption): springs part a
# stage and what it carried at a metre per second, fragments fly at metres per second.
_RELEASE_SPEED_M_S = {"spent-stage": 1.0, "fragment": 5.0}


def build_launcher(name: str, model: RocketMissile, assumptions: Assumptions) -> Vehicle:
    """The vehicle; its burn time varies with the outer draw."""
    # One quantile for all stages: the range is that of the sum.
    burn = [assumptions.value(f"{name}/burn-time", s.burn_time) for s in model.stages]
    carrier, weave = model.carrier, model.weave
    full_s = sum(burn) + sum(stage.coast for stage in model.stages[:-1])
    return build_vehicle(
        [
            (s.propellant, s.inert, t, s.specific_impulse, s.coast)
            for s, t in zip(model.stages, burn, strict=True)
        ],
        model.payload,
        math.pi * (0.5 * model.diameter) ** 2 * model.drag_coefficient,
        model.vertical_rise,
        model.pitch_end * full_s,
        pitch_start_rad=carrier.attitude if carrier else 0.0,
        turn_limit_rad_s=model.turn_limit or math.inf,
        load_limit_pa=model.load_limit or NO_LIMIT_PA,
        weave_rad=weave.angle if weave else 0.0,
        weave_period_s=weave.period if weave else math.inf,
        launch_altitude_m=carrier.altitude if carrier else 0.0,
        launch_speed_m_s=carrier.speed if carrier else 0.0,
    )


def choose_energy_management(stated: str) -> int:
    """How a missile spends energy that it does not need; to end thrust early is to cut it off."""
    return MANOEUVRE if stated == "manoeuvre" else CUT_OFF


def build_conduct(
    name: str, model: RocketMissile, assumptions: Assumptions, guidance_sigma_m: float,
    payload: Feature, debris: Feature,
) -> Conduct:  # fmt: skip
    """Reliability, errors and looks of a missile that flies a course: booster, payload, debris."""
    spent_kg = model.stages[-1].inert
    bodies: dict[str, Row] = {
        "booster": (model.payload + spent_kg, model.booster, debris),
        "spent-stage": (spent_kg, model.booster, debris),
        "fragment": (model.debris.mass, model.debris, debris),
    }
    rest: Row = (model.warhead.mass, model.warhead, payload)
    return Conduct(
        burn_time_sigma=float(model.dispersion.burn_time),
        specific_impulse_sigma=float(model.dispersion.specific_impulse),
        drag_sigma=float(model.dispersion.drag),
        guidance_sigma_m=guidance_sigma_m,
        **draw_reliabilities(name, model.reliability, assumptions),
        release_speed_m_s=np.array([_RELEASE_SPEED_M_S.get(part, 0.0) for part in PARTS]),
        looks=tabulate_looks(
            [bodies.get(part, rest) for part in PARTS],
            assumptions.value(f"{name}/plume", model.plume_intensity),
        ),
        dynamic_pressure_limit_pa=model.dynamic_pressure_limit or math.inf,
    )
