"""What the parts of a missile look like, from the bodies that its class names."""

from __future__ import annotations

import numpy as np

from opendome.scenario.models.bodies import Body, BoosterBody, Feature
from opendome.threats import PARTS, Looks

# Mass [kg], body and feature of one kind of part.
Row = tuple[float, Body | BoosterBody, Feature]


# Skins where a body states none, in the order of `tables.truth.SKIN`. All are assumptions; the heat
# capacities are thickness, density and specific heat of handbooks (Incropera et al. 2007, tables
# A.1 to A.3).
_SHIELD = (300.0, 0.9, 0.9, 15e3)  # 1 cm of carbon phenolic
_METAL = (300.0, 0.5, 0.5, 5e3)  # 2 mm of aluminium
_FOIL = (300.0, 0.5, 0.5, 60.0)  # 40 um of metallised plastic
_SKINS = {
    "booster": _METAL,
    "warhead": _SHIELD,
    "spent-stage": _METAL,
    "decoy": _FOIL,
    "fragment": _METAL,
    "replica-decoy": _METAL,
    "chaff": _FOIL,
}


# A spinning cone, and a balloon, keep one side to the radar; what tumbles does not (assumptions).
_FLUCTUATION = {
    "booster": "swerling-1",
    "warhead": "swerling-3",
    "spent-stage": "swerling-1",
    "decoy": "swerling-3",
    "fragment": "swerling-1",
    "replica-decoy": "swerling-3",
    "chaff": "swerling-1",
}


def _skin_of(part: str, body: Body | BoosterBody) -> tuple[float, float, float, float]:
    if body.skin is None:
        return _SKINS[part]
    own = body.skin
    return own.temperature, own.emissivity, own.absorptivity, own.heat_capacity


def tabulate_looks(rows: list[Row], plume_w_sr: float) -> Looks:
    """The looks of one class, from its bodies in the order of `threats.PARTS`."""
    return Looks(
        mass_kg=np.array([mass for mass, _, _ in rows]),
        ballistic_coefficient_kg_m2=np.array([body.ballistic_coefficient for _, body, _ in rows]),
        cross_section_m2=np.array([
            np.outer((1.0, body.from_side, body.from_behind), body.cross_section.by_band_m2)
            for _, body, _ in rows
        ]),
        body_w_sr=np.array([body.body_intensity for _, body, _ in rows]),
        skin=np.array([
            _skin_of(part, body) for part, (_, body, _) in zip(PARTS, rows, strict=True)
        ]),
        glow_w_sr=np.array([getattr(body, "glow_intensity", 0.0) for _, body, _ in rows]),
        feature_mean=np.array([feature.mean for _, _, feature in rows]),
        feature_sigma=np.array([feature.spread for _, _, feature in rows]),
        plume_w_sr=plume_w_sr,
        steady=np.array([
            float((body.fluctuation or _FLUCTUATION[part]) == "swerling-3")
            for part, (_, body, _) in zip(PARTS, rows, strict=True)
        ]),
    )  # fmt: skip
