"""Ballistic missile classes as arrays."""

from __future__ import annotations

import math

import numpy as np

from opendome.physics.boost import build_vehicle
from opendome.scenario.models.ballistic_missile import BallisticMissile
from opendome.scenario.models.bodies import Body, BoosterBody, Feature
from opendome.threats import PARTS, MissileClass
from opendome.threats.aiming import CUT_OFF, MANOEUVRE
from opendome.world.assumptions import Assumptions
from opendome.world.threats.description import Description

MODEL = BallisticMissile

# Separation speeds, one sigma per axis, m/s (assumption): springs part a warhead and the stage at
# decimetres per second to a metre per second, decoys and fragments at metres per second.
_RELEASE_SPEED_M_S = {
    "booster": 0.0,
    "warhead": 0.3,
    "spent-stage": 1.0,
    "decoy": 3.0,
    "fragment": 5.0,
}


def describe(model: BallisticMissile) -> Description:
    """Longest range and number of warheads."""
    return Description(float(model.range.max), model.warheads)


def compile_class(name: str, model: BallisticMissile, assumptions: Assumptions) -> MissileClass:
    """One class; burn time and reliabilities vary with the outer draw."""
    # One quantile for all stages: the range is that of the sum.
    burn = [assumptions.value(f"{name}/burn-time", s.burn_time) for s in model.stages]
    area = math.pi * (0.5 * model.diameter) ** 2 * model.drag_coefficient
    vehicle = build_vehicle(
        [
            (s.propellant, s.inert, t, s.specific_impulse, 0.0)
            for s, t in zip(model.stages, burn, strict=True)
        ],
        model.payload,
        area,
        model.vertical_rise,
        model.pitch_end * sum(burn),
    )
    spent_kg = model.stages[-1].inert
    bodies: dict[str, tuple[float, Body | BoosterBody, Feature]] = {
        "booster": (vehicle.payload_kg + spent_kg, model.booster, model.feature.debris),
        "warhead": (model.warhead.mass, model.warhead, model.feature.warhead),
        "spent-stage": (spent_kg, model.booster, model.feature.debris),
        "decoy": (model.decoy.mass, model.decoy, model.feature.decoy),
        "fragment": (model.debris.mass, model.debris, model.feature.debris),
    }
    rows = [bodies[part] for part in PARTS]
    return MissileClass(
        vehicle=vehicle,
        energy_management=MANOEUVRE if model.energy_management == "manoeuvre" else CUT_OFF,
        release_delay_s=assumptions.value(f"{name}/release-delay", model.release_delay),
        burn_time_sigma=float(model.dispersion.burn_time),
        specific_impulse_sigma=float(model.dispersion.specific_impulse),
        guidance_sigma_m_s=float(model.guidance_error),
        launch_reliability=assumptions.value(f"{name}/launch", model.reliability.launch),
        flight_reliability=assumptions.value(f"{name}/flight", model.reliability.flight),
        warhead_reliability=assumptions.value(f"{name}/warhead", model.reliability.warhead),
        plume_w_sr=assumptions.value(f"{name}/plume", model.plume_intensity),
        part_mass_kg=np.array([mass for mass, _, _ in rows]),
        part_ballistic_coefficient_kg_m2=np.array(
            [body.ballistic_coefficient for _, body, _ in rows]
        ),
        part_cross_section_m2=np.array([body.cross_section.by_band_m2 for _, body, _ in rows]),
        part_body_w_sr=np.array([body.body_intensity for _, body, _ in rows]),
        part_feature_mean=np.array([feature.mean for _, _, feature in rows]),
        part_feature_sigma=np.array([feature.spread for _, _, feature in rows]),
        part_release_speed_m_s=np.array([_RELEASE_SPEED_M_S[part] for part in PARTS]),
    )
