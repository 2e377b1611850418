"""Boost-glide missile classes as arrays."""

from __future__ import annotations

from opendome.physics.glide import Glider
from opendome.scenario.models.glide_missile import GlideMissile
from opendome.threats.glide_raid import GlideClass
from opendome.world.assumptions import Assumptions
from opendome.world.threats.description import Description
from opendome.world.threats.rockets import (
    build_conduct,
    build_launcher,
    choose_energy_management,
)

MODEL = GlideMissile


def describe(name: str, model: GlideMissile, assumptions: Assumptions) -> Description:
    """One glider."""
    return Description(
        nearest_m=float(model.range.min),
        reach_m=float(model.range.max),
        target_class="glide",
        payload="glide-vehicle",
        carried=frozenset({"warhead", "spent-stage", "fragment"}),
    )


def compile_class(name: str, model: GlideMissile, assumptions: Assumptions) -> GlideClass:
    """One class; burn time, lift-to-drag, insertion and reliabilities vary with the outer draw."""
    glider = model.glider
    return GlideClass(
        vehicle=build_launcher(name, model, assumptions),
        glider=Glider(
            ballistic_coefficient_kg_m2=float(model.warhead.ballistic_coefficient),
            lift_to_drag=assumptions.value(f"{name}/lift-to-drag", glider.lift_to_drag),
            full_lift=float(glider.full_lift),
            load_limit=float(glider.load_limit),
            damping=float(glider.damping),
            bank_limit_rad=float(glider.bank_limit),
            bank_gain=float(glider.bank_gain),
            entry_altitude_m=float(glider.entry_altitude),
            interval_s=float(glider.update_interval),
            capture_m=float(glider.capture),
            dive_angle_rad=float(glider.dive_angle),
            dive_gain=float(glider.dive_gain),
            dive_interval_s=float(glider.dive_interval),
        ),
        energy_management=choose_energy_management(model.energy_management),
        insertion_apogee_m=assumptions.value(f"{name}/apogee", model.insertion.apogee),
        arrival_speed_m_s=assumptions.value(f"{name}/arrival", model.insertion.arrival_speed),
        conduct=build_conduct(
            name, model, assumptions, float(model.guidance_error), model.feature.warhead,
            model.feature.debris,
        ),
    )  # fmt: skip
