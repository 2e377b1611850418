"""Staged missile trajectories a second, launch to impact, on one core, beside SciPy and heyoka.

Three stages, pitch programme, gravity to J4, turning air, re-entry to the ground; ours is the
integrator that every replication flies with, called from a compiled loop as a raid calls it. Each
peer gets the loosest tolerance, in decades, at which its impacts are good to ten metres. SciPy's
DOP853 has our compiled acceleration. heyoka's Taylor integrator compiles an expression: it has the
same forces in a smooth fit to the air, good to some per cent, which is easier to integrate. Time is
processor time, so that other processes count little. Truth for our impacts is DOP853 again, at two
tolerances that must agree.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from benchmarks._taylor import express_density, express_gravity, express_height
from opendome.physics.ballistic import ground_point
from opendome.physics.boost import Steering, Vehicle, build_vehicle, fly, launch_mass, launch_state
from opendome.physics.constants import (
    EARTH_RADIUS_M,
    EARTH_ROTATION_RAD_S,
    STANDARD_GRAVITY_M_S2,
)
from opendome.physics.forces import NO_LIMIT_PA, Control, accelerate, ballistic_control
from opendome.physics.geodesy import enu_axes, solve_inverse
from opendome.physics.jit import kernel
from opendome.physics.reentry import altitude
from opendome.threats.aiming import RAID_TOLERANCE

REPETITIONS = 9
N_FLIGHTS = 200
N_SCIPY = 4
N_HEYOKA = 50
SPEED_FLOOR_S = 20e3
SCIPY_FLOOR = 100.0
HEYOKA_FLOOR = 2.0
ERROR_LIMIT_M = 1.0
TRUTH_LIMIT_M = 0.1
SCIPY_TOLERANCE = 1e-9
HEYOKA_TOLERANCE = 1e-11
TRUTH_TOLERANCES = (1e-13, 2e-14)

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


@kernel
def fly_all(
    launches: np.ndarray, vehicle: Vehicle, still: np.ndarray, tolerance: float, impacts: np.ndarray
) -> None:
    """Impact latitude and longitude [rad] of every launch by `boost.fly`."""
    for i in range(launches.shape[0]):
        flight = fly(
            vehicle, Steering(launches[i, 2], launches[i, 3], math.inf, 3.0), launches[i, 0],
            launches[i, 1], still, BETA_KG_M2, HORIZON_S, tolerance,
        )  # fmt: skip
        impacts[i, 0] = flight.end_latitude_rad
        impacts[i, 1] = flight.end_longitude_rad


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
                0.0, 0.0, NO_LIMIT_PA, 0.0, 0.0, 0.0, 0.0,
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


def acceleration_for_heyoka(library: Any, variables: list[Any], powered: bool) -> list[Any]:
    """Our acceleration as expressions; parameters are the fields of `Control` that vary."""
    x, y, z, vx, vy, vz = variables
    start, thrust, mass0, flow, pitch0, pitch_rate, area, inverse_beta = (
        library.par[i] for i in range(8)
    )
    wx, wy = vx + EARTH_ROTATION_RAD_S * y, vy - EARTH_ROTATION_RAD_S * x
    wind = (wx * wx + wy * wy + vz * vz) ** 0.5
    per_mass = inverse_beta
    push = [0.0, 0.0, 0.0]
    if powered:
        elapsed = library.time - start
        mass, pitch = mass0 - flow * elapsed, pitch0 + pitch_rate * elapsed
        upward, forward = library.cos(pitch), library.sin(pitch)
        push = [
            thrust / mass * (upward * library.par[8 + i] + forward * library.par[11 + i])
            for i in range(3)
        ]
        per_mass = area / mass
    drag = -0.5 * express_density(library, x, y, z) * wind * per_mass
    pull = express_gravity(x, y, z)
    return [pull[i] + drag * w + push[i] for i, w in enumerate((wx, wy, vz))]


class HeyokaFlier:
    """Flights by heyoka's adaptive Taylor series, compiled once for powered and free flight."""

    def __init__(self, tolerance: float) -> None:
        import heyoka

        variables = list(heyoka.make_vars("x", "y", "z", "vx", "vy", "vz"))
        ground = heyoka.t_event(
            express_height(*variables[:3]), direction=heyoka.event_direction.negative
        )
        self.integrators = []
        for powered, events in ((True, []), (False, []), (False, [ground])):
            pull = acceleration_for_heyoka(heyoka, variables, powered)
            slopes = list(zip(variables, [*variables[3:], *pull], strict=True))
            start = [EARTH_RADIUS_M, 0.0, 0.0, 0.0, 0.0, 0.0]
            self.integrators.append(
                heyoka.taylor_adaptive(slopes, start, tol=tolerance, t_events=events)
            )

    def prepare(self, launch: Launch) -> tuple[np.ndarray, list[tuple[Any, float, float, Any]]]:
        """State at launch; integrator, start, end and parameters of every span."""
        state = np.empty(6)
        launch_state(launch[0], launch[1], 0.0, 0.0, 0.0, state)
        powered, coasting, falling = self.integrators
        spans = []
        for start, end, control in list_spans(launch):
            values = np.array(
                [*control[:6], control.drag_area_m2, control.inverse_beta_m2_kg, *control[9:15]]
            )
            integrator = falling if end == HORIZON_S else coasting
            if control.thrust_n > 0.0:
                integrator = powered
            spans.append((integrator, start, end, values[: integrator.pars.size]))
        return state, spans

    def fly(
        self, state: np.ndarray, spans: list[tuple[Any, float, float, Any]]
    ) -> tuple[float, float]:
        """Impact latitude and longitude [rad]."""
        for integrator, start, end, values in spans:
            integrator.time = start
            integrator.state[:] = state
            integrator.pars[:] = values
            if integrator.with_events:
                integrator.reset_cooldowns()
            integrator.propagate_until(end)
            state = integrator.state
        return ground_point(*state[:3], EARTH_ROTATION_RAD_S * integrator.time)


def greatest_miss(impacts: Any, others: Any) -> float:
    """Greatest distance [m] between pairs of places."""
    return max(solve_inverse(*a, *b)[0] for a, b in zip(impacts, others, strict=True))


def measure() -> list[dict[str, Any]]:
    """Trajectories a second, in turns with the peers, and the greatest error of our impacts."""
    launches = draw_launches(N_FLIGHTS)
    table, impacts = np.array(launches), np.empty((N_FLIGHTS, 2))
    heyoka = HeyokaFlier(HEYOKA_TOLERANCE)
    prepared = [heyoka.prepare(launch) for launch in launches[:N_HEYOKA]]
    jobs: list[tuple[int, Callable[[], Any]]] = [
        (N_FLIGHTS, lambda: fly_all(table, VEHICLE, STILL, RAID_TOLERANCE, impacts)),
        (N_SCIPY, lambda: [fly_scipy(launch, SCIPY_TOLERANCE) for launch in launches[:N_SCIPY]]),
        (N_HEYOKA, lambda: [heyoka.fly(*flight) for flight in prepared]),
    ]
    rates: list[list[float]] = [[] for _ in jobs]
    for repetition in range(REPETITIONS + 1):
        for (n, job), taken in zip(jobs, rates, strict=True):
            start = time.process_time()
            job()
            if repetition > 0:  # the first compiles
                taken.append(n / (time.process_time() - start))
    ours, scipy_rate, heyoka_rate = (median(taken) for taken in rates)
    truth = [fly_scipy(launch, TRUTH_TOLERANCES[0]) for launch in launches]
    truer = [fly_scipy(launch, TRUTH_TOLERANCES[1]) for launch in launches[::10]]
    return [
        rate("staged trajectory, launch to impact", ours, None, None, SPEED_FLOOR_S),
        rate("same, beside SciPy", ours, scipy_rate, "DOP853", SCIPY_FLOOR),
        rate("same, beside heyoka", ours, heyoka_rate, "heyoka", HEYOKA_FLOOR),
        error("greatest impact error of 200", greatest_miss(impacts, truth), ERROR_LIMIT_M),
        error("what their truth is good to", greatest_miss(truth[::10], truer), TRUTH_LIMIT_M),
    ]


def rate(
    name: str, ours: float, peer: float | None, peer_name: str | None, floor: float
) -> dict[str, Any]:
    """A case of trajectories a second."""
    return {
        "case": name,
        "ours": ours,
        "peer": peer,
        "peer_name": peer_name,
        "floor": floor,
        "unit": "1/s",
        "higher_is_better": True,
    }


def error(name: str, miss_m: float, limit_m: float) -> dict[str, Any]:
    """A case of metres, without a peer."""
    return {
        "case": name,
        "ours": miss_m,
        "peer": None,
        "peer_name": None,
        "floor": limit_m,
        "unit": "m",
        "higher_is_better": False,
    }
