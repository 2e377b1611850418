"""Guided glides a second on one core, end of boost to impact, beside SciPy and heyoka.

Ours is `glide.record_glide` over 5,000 km: entry, pull-up, glide with guidance, dive to the target,
called from a compiled loop as a raid calls it, at the tolerance of raids. The peers know no
guidance: they fly 600 seconds of its glide, at a steady bank and with lift damped as ours is, in
pieces of 20 seconds that take up control anew, as guidance has them. Compared is flown time by
processor time, ours with all its guidance: level with heyoka or a little above. Beside that the
same 600 seconds in one piece, by `flight.advance`: there heyoka is the faster one, by two thirds,
and its floor says by how much it may be. SciPy's DOP853 has our compiled acceleration; heyoka's
Taylor integrator has the same forces in a smooth fit to the air, good to some per cent, which is
easier to integrate. Each peer gets the loosest tolerance, in decades, at which the end of the span
is good to ten metres.

The error of ours is what impact time and path differ by from a flight at a hundredth of the
tolerance; the target is hit by either, so that impact places say little.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from benchmarks._taylor import express_density, express_gravity
from benchmarks.trajectories import error, rate
from opendome.physics.constants import (
    EARTH_RADIUS_M,
    EARTH_ROTATION_RAD_S,
)
from opendome.physics.flight import advance, empty_nodes, no_nodes
from opendome.physics.forces import Control, accelerate, glide_control
from opendome.physics.geodesy import ecef_from_geodetic, enu_axes, solve_direct
from opendome.physics.glide import Glider, record_glide
from opendome.physics.jit import kernel
from opendome.physics.trajectory import sample
from opendome.threats.aiming import RAID_TOLERANCE

REPETITIONS = 9
N_FLIGHTS = 200
N_SPANS = 20
SPEED_FLOOR_S = 5e3
PIECES_SCIPY_FLOOR = 20.0
PIECES_HEYOKA_FLOOR = 0.7
SCIPY_FLOOR = 20.0
HEYOKA_FLOOR = 0.3
PATH_LIMIT_M = 10.0
TIME_LIMIT_S = 0.01
MISS_LIMIT_M = 1.0
SPAN_LIMIT_M = 10.0
SCIPY_TOLERANCE = 1e-5
HEYOKA_TOLERANCE = 1e-6
TRUTH_TOLERANCE = 1e-13
TIGHTER = 0.01

# Of the HTV-2's size: ballistic coefficient and lift-to-drag by Acton (2015), recalled.
GLIDER = Glider(
    13000.0, 2.6, 1.5, 15.0, 0.7, math.radians(60.0), 4.0, 80e3, 20.0, 50e3, math.radians(25.0),
    3.5, 1.0,
)  # fmt: skip
START_M, START_SPEED_M_S, START_ANGLE_RAD = 100e3, 6000.0, math.radians(-3.0)
DISTANCE_M = 5000e3
OFFSET_RAD = 0.02
HORIZON_S = 5000.0
SPAN_S, PIECE_S = 600.0, 20.0
SPAN_START_M, SPAN_SPEED_M_S, SPAN_BANK_RAD = 45e3, 5000.0, math.radians(20.0)


def start_at(
    latitude_rad: float, longitude_rad: float, height_m: float, speed_m_s: float,
    angle_rad: float, azimuth_rad: float,
) -> np.ndarray:  # fmt: skip
    """Inertial state from a place and a motion relative to the Earth."""
    place = np.array(ecef_from_geodetic(latitude_rad, longitude_rad, height_m))
    east, north, up = np.array(enu_axes(latitude_rad, longitude_rad)).reshape(3, 3)
    ahead = math.cos(azimuth_rad) * north + math.sin(azimuth_rad) * east
    velocity = speed_m_s * (math.cos(angle_rad) * ahead + math.sin(angle_rad) * up)
    velocity += np.cross([0.0, 0.0, EARTH_ROTATION_RAD_S], place)
    return np.concatenate((place, velocity))


def draw_flights(n: int) -> tuple[np.ndarray, np.ndarray]:
    """States at the end of boost, and targets 5,000 km away a little aside."""
    generator = np.random.default_rng(1)
    states, targets = np.empty((n, 6)), np.empty((n, 1, 2))
    for i in range(n):
        place = generator.uniform(-1.0, 1.0), generator.uniform(-math.pi, math.pi)
        azimuth = generator.uniform(-math.pi, math.pi)
        states[i] = start_at(*place, START_M, START_SPEED_M_S, START_ANGLE_RAD, azimuth)
        targets[i, 0] = solve_direct(*place, azimuth + OFFSET_RAD, DISTANCE_M)[:2]
    return states, targets


@kernel
def glide_all(
    states: np.ndarray, targets: np.ndarray, glider: Glider, tolerance: float, results: np.ndarray
) -> None:
    """Time of impact, miss and seconds of every glide."""
    state = np.empty(6)
    for i in range(states.shape[0]):
        for j in range(6):
            state[j] = states[i, j]
        glide = record_glide(
            state, 0.0, HORIZON_S, 0.0, glider, targets[i], 0.0, tolerance, no_nodes(), 0
        )
        results[i, 0] = glide.end_s
        results[i, 1] = glide.miss_m


def span_control() -> Control:
    """One span of glide: steady bank, lift damped towards a path of constant descent."""
    return glide_control(1.0 / 13000.0, 2.6, SPAN_BANK_RAD, 30.0, 50e3, 0.0)


def span_start(i: int) -> np.ndarray:
    """State at the start of the span of one flight."""
    generator = np.random.default_rng(i)
    return start_at(
        generator.uniform(-1.0, 1.0), 0.0, SPAN_START_M, SPAN_SPEED_M_S, 0.0,
        generator.uniform(-math.pi, math.pi),
    )  # fmt: skip


@kernel
def fly_spans(starts: np.ndarray, control: Control, tolerance: float, ends: np.ndarray) -> None:
    """The state after each span, by `flight.advance`."""
    work, apogee = np.empty((8, 6)), np.zeros(2)
    for i in range(starts.shape[0]):
        for j in range(6):
            ends[i, j] = starts[i, j]
        advance(
            ends[i], 0.0, SPAN_S, control, tolerance, work, apogee, no_nodes(),
            np.zeros(2, np.int64),
        )  # fmt: skip


def glide_by_scipy(
    state: np.ndarray, control: Control, tolerance: float, piece_s: float
) -> np.ndarray:
    """The state after the span, by DOP853 with absolute tolerances in our scales."""
    scales = tolerance * np.array([EARTH_RADIUS_M] * 3 + [7905.0] * 3)

    def slope(t: float, s: np.ndarray) -> list[float]:
        x, y, z, vx, vy, vz = s.tolist()
        return [vx, vy, vz, *accelerate(t, x, y, z, vx, vy, vz, control)]

    for t in np.arange(0.0, SPAN_S, piece_s):
        flown = solve_ivp(slope, (t, t + piece_s), state, "DOP853", rtol=3e-14, atol=scales)
        state = flown.y[:, -1]
    return state


class HeyokaGlider:
    """The span by heyoka's adaptive Taylor series, with the same forces in fitted air."""

    def __init__(self, control: Control, tolerance: float) -> None:
        import heyoka as hy

        x, y, z, vx, vy, vz = hy.make_vars("x", "y", "z", "vx", "vy", "vz")
        r = (x * x + y * y + z * z) ** 0.5
        w = [vx + EARTH_ROTATION_RAD_S * y, vy - EARTH_ROTATION_RAD_S * x, vz]
        wind2 = w[0] * w[0] + w[1] * w[1] + w[2] * w[2]
        wind = wind2**0.5
        sine = (x * w[0] + y * w[1] + z * w[2]) / (r * wind)
        level = (1.0 - sine * sine) ** 0.5
        n = [(p / r - sine * a / wind) / level for p, a in zip((x, y, z), w, strict=True)]
        right = [(w[i - 2] * n[i - 1] - w[i - 1] * n[i - 2]) / wind for i in range(3)]
        inverse_beta, lift_up, lift_right, damping, sink = (hy.par[i] for i in range(5))
        trim = 1.0 - damping * (sine + sink / wind2)  # within its bounds
        drag = 0.5 * express_density(hy, x, y, z) * wind2 * inverse_beta
        push = [
            drag * (trim * (lift_up * n[i] + lift_right * right[i]) - w[i] / wind) for i in range(3)
        ]
        pull = express_gravity(x, y, z)
        slopes = [(x, vx), (y, vy), (z, vz)]
        slopes += [(v, pull[i] + push[i]) for i, v in enumerate((vx, vy, vz))]
        self.integrator = hy.taylor_adaptive(slopes, [EARTH_RADIUS_M] + [1.0] * 5, tol=tolerance)
        self.parameters = np.array(
            [control.inverse_beta_m2_kg, control.lift_up, control.lift_right, control.damping,
             control.sink_m2_s2]
        )  # fmt: skip

    def fly(self, state: np.ndarray, piece_s: float) -> np.ndarray:
        """The state after the span."""
        self.integrator.time = 0.0
        self.integrator.state[:] = state
        for t in np.arange(0.0, SPAN_S, piece_s):
            self.integrator.pars[:] = self.parameters
            self.integrator.propagate_until(t + piece_s)
        return np.array(self.integrator.state)


def path_difference(states: np.ndarray, targets: np.ndarray) -> float:
    """Greatest distance [m] between paths at the tolerance of raids and at a hundredth of it."""
    worst = 0.0
    for i in range(0, N_FLIGHTS, 10):
        paths = []
        for tolerance in (RAID_TOLERANCE, TIGHTER * RAID_TOLERANCE):
            nodes = empty_nodes(5000)
            glide = record_glide(
                states[i].copy(), 0.0, HORIZON_S, 0.0, GLIDER, targets[i], 0.0, tolerance, nodes, 0
            )
            columns = [np.ascontiguousarray(c[: glide.n_nodes]) for c in nodes]
            paths.append((glide.end_s, (np.array([0, glide.n_nodes]), *columns)))
        end_s = min(end for end, _ in paths)
        for t in np.linspace(0.0, end_s, 300):
            one, other = (np.array(sample(*path, 0, t))[:3] for _, path in paths)
            worst = max(worst, float(np.linalg.norm(one - other)))
    return worst


def measure() -> list[dict[str, Any]]:
    """Glides a second, in turns with the peers, and what the tolerance costs."""
    states, targets = draw_flights(N_FLIGHTS)
    results, tight = np.empty((N_FLIGHTS, 2)), np.empty((N_FLIGHTS, 2))
    control = span_control()
    starts = np.array([span_start(i) for i in range(N_SPANS)])
    heyoka = HeyokaGlider(control, HEYOKA_TOLERANCE)
    ends = {name: np.empty((N_SPANS, 6)) for name in ("ours", "scipy", "heyoka")}

    def fly_peer(name: str, fly: Callable[[np.ndarray], np.ndarray]) -> None:
        for start, end in zip(starts, ends[name], strict=True):
            end[:] = fly(start)

    def scipy_in(piece_s: float) -> Callable[[np.ndarray], np.ndarray]:
        return lambda s: glide_by_scipy(s, control, SCIPY_TOLERANCE, piece_s)

    jobs: list[Callable[[], None]] = [
        lambda: glide_all(states, targets, GLIDER, RAID_TOLERANCE, results),
        lambda: fly_peer("scipy", scipy_in(PIECE_S)),
        lambda: fly_peer("heyoka", lambda s: heyoka.fly(s, PIECE_S)),
        lambda: fly_spans(starts, control, RAID_TOLERANCE, ends["ours"]),
        lambda: fly_peer("scipy", scipy_in(SPAN_S)),
        lambda: fly_peer("heyoka", lambda s: heyoka.fly(s, SPAN_S)),
    ]
    spent: list[list[float]] = [[] for _ in jobs]
    for repetition in range(REPETITIONS + 1):
        for job, taken in zip(jobs, spent, strict=True):
            start = time.process_time()
            job()
            if repetition > 0:  # the first compiles
                taken.append(time.process_time() - start)
    ours_s, *others = (median(taken) for taken in spent)
    guided = float(results[:, 0].sum()) / ours_s
    pieces_scipy, pieces_heyoka, span, scipy, heyoka_whole = (
        N_SPANS * SPAN_S / taken for taken in others
    )
    glide_all(states, targets, GLIDER, TIGHTER * RAID_TOLERANCE, tight)
    by_time = np.abs(results[:, 0] - tight[:, 0]).max()
    truer = HeyokaGlider(control, TRUTH_TOLERANCE)
    fitted = [truer.fly(start, SPAN_S) for start in starts]
    tabulated = [glide_by_scipy(start, control, TRUTH_TOLERANCE, SPAN_S) for start in starts]
    truth = {"ours": tabulated, "scipy": tabulated, "heyoka": fitted}
    span_error = max(
        np.linalg.norm(end[:3] - true[:3])
        for name, found in ends.items()
        for end, true in zip(found, truth[name], strict=True)
    )
    return [
        rate("guided glide, 5,000 km", N_FLIGHTS / ours_s, None, None, SPEED_FLOOR_S),
        flown("guided glide, beside SciPy", guided, pieces_scipy, "DOP853", PIECES_SCIPY_FLOOR),
        flown("guided glide, beside heyoka", guided, pieces_heyoka, "heyoka", PIECES_HEYOKA_FLOOR),
        flown("one span, beside SciPy", span, scipy, "DOP853", SCIPY_FLOOR),
        flown("one span, beside heyoka", span, heyoka_whole, "heyoka", HEYOKA_FLOOR),
        error("greatest miss of 200", float(results[:, 1].max()), MISS_LIMIT_M),
        error("greatest difference of path", path_difference(states, targets), PATH_LIMIT_M),
        {**error("greatest difference of time", float(by_time), TIME_LIMIT_S), "unit": "s"},
        error("greatest error of a span, any of them", float(span_error), SPAN_LIMIT_M),
    ]


def flown(name: str, ours: float, peer: float, peer_name: str, floor: float) -> dict[str, Any]:
    """A case of seconds flown in a second."""
    return {**rate(name, ours, peer, peer_name, floor), "unit": "s/s"}
