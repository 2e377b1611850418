"""Staged missile trajectories a second, launch to impact, beside SciPy's DOP853.

The same vehicles, the same compiled acceleration; ours is the integrator that every replication
flies with, called from Python one flight at a time. SciPy gets a tolerance at which its impacts are
good to a metre (one decade looser they miss by more than the 100 m that are allowed).
"""

from __future__ import annotations

import math
import time
from statistics import median
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from opendome.physics.ballistic import ground_point
from opendome.physics.boost import Steering, build_vehicle, fly, launch_mass, launch_state
from opendome.physics.constants import (
    EARTH_RADIUS_M,
    EARTH_ROTATION_RAD_S,
    STANDARD_GRAVITY_M_S2,
)
from opendome.physics.forces import Control, accelerate, ballistic_control
from opendome.physics.geodesy import enu_axes, solve_inverse
from opendome.physics.reentry import altitude
from opendome.threats.aiming import RAID_TOLERANCE

REPETITIONS = 5
N_FLIGHTS = 400
N_PEER = 4
SPEED_FLOOR = 100.0
ERROR_LIMIT_M = 100.0
PEER_TOLERANCE = 1e-8
TRUTH_TOLERANCE = 1e-12

STAGES = [
    (20000.0, 2300.0, 60.0, 265.0, 0.0),
    (6200.0, 800.0, 65.0, 285.0, 5.0),
    (3300.0, 400.0, 50.0, 285.0, 0.0),
]
DRAG_AREA_M2, RISE_S, TURNED_S = 0.68, 8.0, 100.0
VEHICLE = build_vehicle(STAGES, 700.0, DRAG_AREA_M2, RISE_S, TURNED_S)
BETA_KG_M2 = 8000.0
HORIZON_S = 9000.0
STILL = np.zeros(3)

Launch = tuple[float, float, float, float]  # latitude, longitude, azimuth, end pitch [rad]


def draw_launches(n: int) -> list[Launch]:
    """Launches all over the Earth, ranges from about 3,000 to 11,000 km."""
    generator = np.random.default_rng(1)
    return [
        (
            generator.uniform(-0.9, 0.9),
            generator.uniform(-math.pi, math.pi),
            generator.uniform(-math.pi, math.pi),
            math.radians(generator.uniform(40.0, 75.0)),
        )
        for _ in range(n)
    ]


def fly_ours(launch: Launch) -> tuple[float, float]:
    """Impact latitude and longitude by `boost.fly` at the tolerance of raids."""
    latitude, longitude, azimuth, pitch = launch
    flight = fly(
        VEHICLE, Steering(azimuth, pitch, math.inf, 3.0), latitude, longitude, STILL, BETA_KG_M2,
        HORIZON_S, RAID_TOLERANCE,
    )  # fmt: skip
    return flight.end_latitude_rad, flight.end_longitude_rad


def list_spans(launch: Launch) -> list[tuple[float, float, Control]]:
    """Start, end and control of every span up to burnout, as the pitch programme has them."""
    latitude, longitude, azimuth, end_pitch = launch
    axes = np.array(enu_axes(latitude, longitude)).reshape(3, 3)
    ahead = math.cos(azimuth) * axes[1] + math.sin(azimuth) * axes[0]
    rate = end_pitch / (TURNED_S - RISE_S)
    spans = []
    mass, ignition, t = launch_mass(VEHICLE), 0.0, 0.0
    for propellant, inert, burn, impulse, coast in STAGES:
        flow, burnout = propellant / burn, ignition + burn
        for corner in sorted({c for c in (RISE_S, TURNED_S, burnout) if t < c <= burnout}):
            pitch = rate * (min(max(t, RISE_S), TURNED_S) - RISE_S)
            turning = RISE_S <= t < TURNED_S
            control = Control(
                t, flow * impulse * STANDARD_GRAVITY_M_S2, mass - flow * (t - ignition), flow,
                pitch, rate if turning else 0.0, DRAG_AREA_M2, 0.0, 0.0, *axes[2], *ahead,
                0.0, 0.0, math.inf, 0.0, 0.0, 0.0, 0.0,
            )  # fmt: skip
            spans.append((t, corner, control))
            t = corner
        mass -= propellant + inert
        ignition = burnout + coast
        if coast > 0.0:
            spans.append((t, ignition, ballistic_control(DRAG_AREA_M2 / mass, 0.0)))
            t = ignition
    return [*spans, (t, HORIZON_S, ballistic_control(1.0 / BETA_KG_M2, 0.0))]


def fly_scipy(launch: Launch, tolerance: float) -> tuple[float, float]:
    """The same impact by DOP853, span by span, with absolute tolerances in our scales."""
    state = np.empty(6)
    launch_state(launch[0], launch[1], 0.0, 0.0, 0.0, state)
    scales = tolerance * np.array([EARTH_RADIUS_M] * 3 + [7905.0] * 3)

    def ground(_: float, s: np.ndarray, __: Control) -> float:
        return altitude(s[0], s[1], s[2])

    ground.terminal, ground.direction = True, -1  # type: ignore[attr-defined]

    def slope(t: float, s: np.ndarray, control: Control) -> list[float]:
        x, y, z, vx, vy, vz = s.tolist()
        return [vx, vy, vz, *accelerate(t, x, y, z, vx, vy, vz, control)]

    for start, end, control in list_spans(launch):
        falling = control.thrust_n == 0.0 and end == HORIZON_S
        flown = solve_ivp(
            slope, (start, end), state, "DOP853", rtol=3e-14, atol=scales, args=(control,),
            events=ground if falling else None,
        )  # fmt: skip
        state = flown.y[:, -1]
    angle = EARTH_ROTATION_RAD_S * flown.t_events[0][0]
    return ground_point(*flown.y_events[0][0][:3], angle)


def measure() -> list[dict[str, Any]]:
    """Trajectories a second, in turns with SciPy, and the greatest error of our impacts."""
    launches = draw_launches(N_FLIGHTS)
    fly_ours(launches[0])
    fly_scipy(launches[0], PEER_TOLERANCE)
    ours, peer = [], []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        for launch in launches:
            fly_ours(launch)
        ours.append(N_FLIGHTS / (time.perf_counter() - start))
        start = time.perf_counter()
        for launch in launches[:N_PEER]:
            fly_scipy(launch, PEER_TOLERANCE)
        peer.append(N_PEER / (time.perf_counter() - start))
    worst = max(
        solve_inverse(*fly_ours(launch), *fly_scipy(launch, TRUTH_TOLERANCE))[0]
        for launch in launches[:20]
    )
    return [
        {
            "case": "staged trajectory, launch to impact",
            "ours": median(ours),
            "peer": median(peer),
            "peer_name": "scipy DOP853",
            "floor": SPEED_FLOOR,
            "unit": "trajectories/s",
            "higher_is_better": True,
        },
        {
            "case": "its greatest impact error",
            "ours": worst,
            "peer": None,
            "peer_name": None,
            "floor": ERROR_LIMIT_M,
            "unit": "m",
            "higher_is_better": False,
        },
    ]
