"""A missile class and raids that several tests fly."""

from __future__ import annotations

import math

import numpy as np

from opendome.physics.boost import build_vehicle
from opendome.physics.random import entity_id
from opendome.tables.codes import BANDS
from opendome.tables.truth import ASPECTS
from opendome.threats import PARTS, AimPoint, BallisticClass, Looks, MissileOrder, PartOrder
from opendome.threats.aiming import MANOEUVRE

# About 35 t, three stages, 12,000 km: the public figures of a solid intercontinental missile.
VEHICLE = build_vehicle(
    [(20000.0, 2300.0, 60.0, 265.0, 0.0), (6200.0, 800.0, 65.0, 285.0, 5.0),
     (3300.0, 400.0, 50.0, 285.0, 0.0)], 500.0, 0.68, 8.0, 100.0,
)  # fmt: skip

LAUNCH = (math.radians(40.0), math.radians(126.0))
TARGET = (math.radians(38.9), math.radians(-77.0))


def missile_class(**changes) -> BallisticClass:
    """The class, perfect and exact unless changed."""
    n = len(PARTS)
    exact = BallisticClass(
        vehicle=VEHICLE,
        energy_management=MANOEUVRE,
        release_first_s=30.0,
        release_last_s=30.0,
        post_boost_m_s=0.0,
        burn_time_sigma=0.0,
        specific_impulse_sigma=0.0,
        drag_sigma=0.0,
        pointing_sigma_rad=0.0,
        guidance_sigma_m_s=0.0,
        launch_reliability=1.0,
        flight_reliability=1.0,
        warhead_reliability=1.0,
        release_speed_m_s=np.array([0.0, 0.0, 1.0, 3.0, 5.0, 1.0, 5.0]),
        looks=Looks(
            mass_kg=np.array([900.0, 350.0, 400.0, 2.0, 5.0, 30.0, 1.0]),
            ballistic_coefficient_kg_m2=np.array([600.0, 7e3, 600.0, 3.0, 30.0, 6e3, 1.0]),
            cross_section_m2=np.ones((n, len(ASPECTS), len(BANDS))),
            body_w_sr=np.arange(1.0, n + 1.0),
            skin=np.tile([300.0, 0.9, 0.9, 1.5e4], (n, 1)),
            glow_w_sr=np.zeros(n),
            feature_mean=np.array([2.0, 0.0, 2.0, 1.0, 2.0, 0.4, 2.0]),
            feature_sigma=np.full(n, 0.3),
            plume_w_sr=5e5,
            steady=np.zeros(n),
        ),
    )
    return exact._replace(**changes)


def order(name: str, parts=("warhead", "spent-stage", "decoy"), **changes) -> MissileOrder:
    """One missile from Korea at Washington."""
    listed = tuple(
        PartOrder(entity_id(f"{name}/{part}-{i}"), PARTS.index(part), 0)
        for i, part in enumerate(parts)
    )
    return MissileOrder(
        identity=entity_id(name),
        missile_class=0,
        launch_s=0.0,
        launch_jitter_s=0.0,
        launch_latitude_rad=LAUNCH[0],
        launch_longitude_rad=LAUNCH[1],
        aims=(AimPoint(*TARGET, 0),),
        trajectory=0,
        route=(),
        parts=listed,
    )._replace(**changes)
