"""What the parts of a missile look like, from the bodies that its class names."""

from __future__ import annotations

import numpy as np

from opendome.scenario.models.bodies import Body, BoosterBody, Feature
from opendome.threats import Looks

# Mass [kg], body and feature of one kind of part.
Row = tuple[float, Body | BoosterBody, Feature]


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
        glow_w_sr=np.array([getattr(body, "glow_intensity", 0.0) for _, body, _ in rows]),
        feature_mean=np.array([feature.mean for _, _, feature in rows]),
        feature_sigma=np.array([feature.spread for _, _, feature in rows]),
        plume_w_sr=plume_w_sr,
    )  # fmt: skip
