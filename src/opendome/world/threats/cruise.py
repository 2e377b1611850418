"""Cruise missile classes as arrays."""

from __future__ import annotations

import numpy as np

from opendome.physics.cruise import Profile
from opendome.scenario.models.cruise_missile import CruiseMissile
from opendome.threats import PARTS
from opendome.threats.courses import Conduct
from opendome.threats.cruise import CruiseClass, CruiseMissileClass
from opendome.world.assumptions import Assumptions
from opendome.world.threats.bodies import tabulate_looks
from opendome.world.threats.description import Description
from opendome.world.threats.reliability import draw_reliabilities

MODEL = CruiseMissile


def describe(name: str, model: CruiseMissile, assumptions: Assumptions) -> Description:
    """One body that is booster, carrier and warhead in one."""
    return Description(
        nearest_m=float(model.range.min),
        reach_m=float(model.range.max),
        target_class="cruise",
        payload="cruise-missile",
        carried=frozenset({"warhead"}),
    )


def compile_class(name: str, model: CruiseMissile, assumptions: Assumptions) -> CruiseMissileClass:
    """One class; speed, height and reliabilities vary with the outer draw."""
    carrier = model.carrier
    return CruiseMissileClass(
        cruise=CruiseClass(
            Profile(
                speed_m_s=assumptions.value(f"{name}/speed", model.speed),
                launch_speed_m_s=float(carrier.speed) if carrier else 0.0,
                boost_s=float(model.boost_time),
                launch_altitude_m=float(carrier.altitude) if carrier else 0.0,
                cruise_altitude_m=assumptions.value(
                    f"{name}/cruise-altitude", model.cruise_altitude
                ),
                climb_angle_rad=float(model.climb_angle),
                bank_rad=float(model.bank),
                popup_altitude_m=float(model.popup_altitude),
                dive_angle_rad=float(model.dive_angle),
            ),
            range_m=float(model.range.max),
        ),
        conduct=Conduct(
            burn_time_sigma=0.0,
            specific_impulse_sigma=0.0,
            drag_sigma=0.0,
            guidance_sigma_m=float(model.guidance_error),
            **draw_reliabilities(name, model.reliability, assumptions),
            release_speed_m_s=np.zeros(len(PARTS)),
            looks=tabulate_looks(
                [(model.body.mass, model.body, model.feature) for _ in PARTS], 0.0
            ),
        ),
    )
