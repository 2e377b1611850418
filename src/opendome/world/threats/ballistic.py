"""Ballistic missile classes as arrays."""

from __future__ import annotations

import math

import numpy as np

from opendome.scenario.models.ballistic_missile import BallisticMissile
from opendome.scenario.models.bodies import Body, BoosterBody, Feature
from opendome.threats import PARTS, BallisticClass
from opendome.world.assumptions import Assumptions
from opendome.world.threats.bodies import Row, tabulate_looks
from opendome.world.threats.description import Description
from opendome.world.threats.reliability import draw_reliabilities
from opendome.world.threats.rockets import build_launcher, choose_energy_management

MODEL = BallisticMissile


def describe(name: str, model: BallisticMissile, assumptions: Assumptions) -> Description:
    """Range, warheads, what it can release, and how far apart it can send its warheads."""
    spread = model.post_boost
    carried = {"warhead", "spent-stage", "fragment", "decoy"}
    carried |= {"replica-decoy"} if model.replica_decoy else set()
    carried |= {"chaff"} if model.chaff else set()
    return Description(
        nearest_m=float(model.range.min),
        reach_m=float(model.range.max),
        target_class=None,
        payload="warhead",
        carried=frozenset(carried),
        n_warheads=max(round(assumptions.value(f"{name}/warheads", model.warheads)), 1),
        along_m=float(spread.along) if spread else 0.0,
        across_m=float(spread.across) if spread else 0.0,
    )


def compile_class(name: str, model: BallisticMissile, assumptions: Assumptions) -> BallisticClass:
    """One class; burn time, reliabilities and releases vary with the outer draw."""
    vehicle = build_launcher(name, model, assumptions)
    last_s = assumptions.value(f"{name}/release-delay", model.release_delay)
    first_s, post_boost = last_s, 0.0
    if model.post_boost:
        first_s = assumptions.value(f"{name}/first-release", model.post_boost.first_release)
        post_boost = assumptions.value(f"{name}/post-boost", model.post_boost.delta_v)
    speeds = model.release_speed
    return BallisticClass(
        vehicle=vehicle,
        energy_management=choose_energy_management(model.energy_management),
        release_first_s=min(first_s, last_s),
        release_last_s=last_s,
        post_boost_m_s=post_boost,
        burn_time_sigma=float(model.dispersion.burn_time),
        specific_impulse_sigma=float(model.dispersion.specific_impulse),
        drag_sigma=float(model.dispersion.drag),
        pointing_sigma_rad=float(model.dispersion.pointing),
        guidance_sigma_m_s=float(model.guidance_error),
        **draw_reliabilities(name, model.reliability, assumptions),
        release_speed_m_s=np.array([
            0.0, speeds.warhead, speeds.spent_stage, speeds.decoy, speeds.fragment,
            speeds.replica_decoy, speeds.chaff,
        ]),
        looks=tabulate_looks(
            _list_bodies(model, vehicle.payload_kg),
            assumptions.value(f"{name}/plume", model.plume_intensity),
        ),
        dynamic_pressure_limit_pa=model.dynamic_pressure_limit or math.inf,
    )  # fmt: skip


def _list_bodies(model: BallisticMissile, payload_kg: float) -> list[Row]:
    """Mass, body and feature of each kind of part, in the order of `PARTS`."""
    spent_kg = model.stages[-1].inert
    replica, chaff = model.replica_decoy or model.warhead, model.chaff or model.decoy
    feature = model.feature
    rows: dict[str, tuple[float, Body | BoosterBody, Feature]] = {
        "booster": (payload_kg + spent_kg, model.booster, feature.debris),
        "warhead": (model.warhead.mass, model.warhead, feature.warhead),
        "spent-stage": (spent_kg, model.booster, feature.debris),
        "decoy": (model.decoy.mass, model.decoy, feature.decoy),
        "fragment": (model.debris.mass, model.debris, feature.debris),
        "replica-decoy": (replica.mass, replica, feature.replica_decoy),
        "chaff": (chaff.mass, chaff, feature.chaff),
    }
    return [rows[part] for part in PARTS]
