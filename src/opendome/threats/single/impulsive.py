"""The ideal point mass from the ground at the least speed relative to the Earth, no air."""

from __future__ import annotations

import math

from opendome.physics.ballistic import record_fall
from opendome.physics.flight import Nodes, empty_nodes
from opendome.threats.aiming import HORIZON_S
from opendome.threats.impulsive import least_speed_throw, throw_over_sphere
from opendome.threats.single.flight_report import (
    CHECK_TOLERANCE,
    FlightReport,
    Place,
    check_distance,
    compose_report,
    note_burnout,
)


def fly_impulsive(launch: Place, target: Place) -> FlightReport:
    """Throw the point mass from place to place."""
    distance, _ = check_distance(launch, target)
    best = least_speed_throw(*launch[1:], *target[1:])
    nodes = empty_nodes(4000)
    fall = record_fall(
        best.state.copy(), 0.0, HORIZON_S, 0.0, math.inf, 0.0, CHECK_TOLERANCE, nodes
    )
    return compose_report(
        launch, target, Nodes(*(column[: fall.n_nodes] for column in nodes)),
        (fall.latitude_rad, fall.longitude_rad, fall.speed_m_s), [("coast", 0.0)],
        burnout=note_burnout(0.0, best.state),
        plane_azimuth_rad=best.azimuth_rad,
        apogee=(fall.apogee_m, fall.apogee_s),
        launch_speed_m_s=best.speed_m_s,
        sphere=throw_over_sphere(distance),
    )  # fmt: skip
