"""Fractional orbital missile classes as arrays."""

from __future__ import annotations

import math

from opendome.physics.constants import STANDARD_GRAVITY_M_S2
from opendome.scenario.models.orbital_missile import OrbitalMissile
from opendome.threats.orbit_insertion import OrbitalMissile as Launcher
from opendome.threats.orbital_raid import OrbitalClass
from opendome.world.assumptions import Assumptions
from opendome.world.threats.description import Description
from opendome.world.threats.rockets import build_conduct, build_launcher

MODEL = OrbitalMissile


def describe(name: str, model: OrbitalMissile, assumptions: Assumptions) -> Description:
    """One warhead, at any range: the orbit decides."""
    return Description(
        nearest_m=float(model.range.min),
        reach_m=float(model.range.max),
        target_class="icbm-warhead",
        payload="warhead",
        carried=frozenset({"warhead", "spent-stage", "fragment"}),
    )


def compile_class(name: str, model: OrbitalMissile, assumptions: Assumptions) -> OrbitalClass:
    """One class; burn time, orbit, retro-burn and reliabilities vary with the outer draw."""
    vehicle = build_launcher(name, model, assumptions)
    delta_v = assumptions.value(f"{name}/retro", model.retro.delta_v)
    exhaust = model.retro.specific_impulse * STANDARD_GRAVITY_M_S2
    spent_kg = -math.expm1(-delta_v / exhaust) * model.payload
    return OrbitalClass(
        missile=Launcher(
            vehicle=vehicle,
            orbit_altitude_m=assumptions.value(f"{name}/orbit", model.orbit.altitude),
            orbit_ballistic_coefficient_kg_m2=float(model.orbit_ballistic_coefficient),
            warhead_ballistic_coefficient_kg_m2=float(model.warhead.ballistic_coefficient),
            retro_delta_v_m_s=delta_v,
            retro_thrust_n=spent_kg * exhaust / model.retro.burn_time,
            retro_specific_impulse_s=float(model.retro.specific_impulse),
        ),
        long_way=model.orbit.approach == "long-way",
        conduct=build_conduct(
            name, model, assumptions, float(model.guidance_error), model.feature.warhead,
            model.feature.debris,
        ),
    )  # fmt: skip
