"""Lambert's problem: the orbit that joins two positions in a given time, without a full turn.

Source: Izzo (2015), "Revisiting Lambert's problem", Celest. Mech. Dyn. Astron. 121.
"""

from __future__ import annotations

import math
from typing import Final

from opendome.physics.constants import EARTH_MU_M3_S2
from opendome.physics.jit import kernel

SOLVED: Final = 0
NO_PLANE: Final = 1  # positions on one line through the centre: any plane would do
BAD_INPUT: Final = 2  # a position at the centre, or a time that is not positive
NOT_CONVERGED: Final = 3

# Sine of the transfer angle below which the plane is noise: 0.6 mm at the distance of a low orbit.
_COLLINEAR = 1e-10


@kernel
def _time_of_flight(x: float, lam: float) -> float:
    """Non-dimensional time of flight: Izzo (2015), eq. 18, near the parabola eq. 20 (Battin)."""
    distance = abs(x - 1.0)
    energy = x * x - 1.0
    z = math.sqrt(1.0 + lam * lam * energy)
    if distance < 0.05:
        eta = z - lam * x
        s1 = 0.5 * (1.0 - lam - x * eta)
        # Gauss's series 2F1(3, 1; 5/2; s1); |s1| stays below 0.11 here.
        term = 1.0
        series = 1.0
        for n in range(60):
            term *= (3.0 + n) / (2.5 + n) * s1
            series += term
            if abs(term) < 1e-17:
                break
        return 0.5 * (eta**3 * (4.0 / 3.0) * series + 4.0 * lam * eta)
    root = math.sqrt(abs(energy))
    if energy < 0.0:
        angle = math.atan2(root * (z - lam * x), x * z - lam * energy)
    else:
        angle = math.log(root * (z - lam * x) + (x * z - lam * energy))
    return (x - lam * z - angle / root) / energy


@kernel
def _improve(x: float, lam: float, excess: float, time: float) -> float:
    """One Householder step of third order: Izzo (2015), eqs. 22 and 25."""
    lam2 = lam * lam
    lam3 = lam2 * lam
    if abs(x - 1.0) < 1e-4:
        # The derivatives are 0 / 0 at the parabola; its own is good enough for so short a step.
        return x - excess / (0.4 * (lam2 * lam3 - 1.0))
    rest = 1.0 - x * x
    y = math.sqrt(1.0 - lam2 * rest)
    d1 = (3.0 * time * x - 2.0 + 2.0 * lam3 * x / y) / rest
    d2 = (3.0 * time + 5.0 * x * d1 + 2.0 * (1.0 - lam2) * lam3 / y**3) / rest
    d3 = (7.0 * x * d2 + 8.0 * d1 - 6.0 * (1.0 - lam2) * lam2 * lam3 * x / y**5) / rest
    numerator = d1 * d1 - 0.5 * excess * d2
    return x - excess * numerator / (d1 * (d1 * d1 - excess * d2) + d3 * excess * excess / 6.0)


@kernel
def _solve_x(lam: float, time: float) -> tuple[float, bool]:
    """Izzo's variable for a zero-revolution transfer, and whether the iteration converged."""
    time0 = math.acos(lam) + lam * math.sqrt(1.0 - lam * lam)
    time1 = 2.0 / 3.0 * (1.0 - lam**3)
    if time >= time0:
        x = (time0 / time) ** (2.0 / 3.0) - 1.0
    elif time <= time1:
        x = 2.5 * time1 * (time1 - time) / (time * (1.0 - lam**5)) + 1.0
    else:
        x = (time / time0) ** (math.log(2.0) / math.log(time1 / time0)) - 1.0
    for _ in range(30):
        present = _time_of_flight(x, lam)
        improved = _improve(x, lam, present - time, present)
        if improved <= -1.0:
            improved = 0.5 * (x - 1.0)
        step = improved - x
        x = improved
        # As x tends to -1 (very slow transfers) the time hangs on the distance to -1.
        if abs(step) <= 1e-13 * (1.0 + x):
            return x, True
    return x, abs(_time_of_flight(x, lam) - time) <= 1e-9 * time


@kernel
def solve_lambert(
    x1: float,
    y1: float,
    z1: float,
    x2: float,
    y2: float,
    z2: float,
    flight_time_s: float,
    long_way: bool,
) -> tuple[float, float, float, float, float, float, int]:
    """Velocities at both ends of the two-body arc between two positions.

    Parameters
    ----------
    x1 ... z2 : float
        Positions in one inertial frame [m].
    flight_time_s : float
        Positive.
    long_way : bool
        Whether the transfer angle is over 180 degrees.

    Returns
    -------
    vx1 ... vz2 : float
        Velocities [m/s] at start and end, NaN unless solved.
    code : int
        `SOLVED`, `NO_PLANE`, `BAD_INPUT` or `NOT_CONVERGED`.

    Notes
    -----
    At a transfer angle of 0 or 180 degrees the two positions do not fix a plane: `NO_PLANE`, where
    the sine of the angle is under 1e-10. Close to it the plane's error is 1e-16 over that sine;
    a caller who needs such an arc chooses the plane by moving one end sideways.
    """
    nan = math.nan
    r1 = math.sqrt(x1 * x1 + y1 * y1 + z1 * z1)
    r2 = math.sqrt(x2 * x2 + y2 * y2 + z2 * z2)
    if not (r1 > 0.0 and r2 > 0.0 and flight_time_s > 0.0):
        return nan, nan, nan, nan, nan, nan, BAD_INPUT
    nx = y1 * z2 - z1 * y2
    ny = z1 * x2 - x1 * z2
    nz = x1 * y2 - y1 * x2
    n = math.sqrt(nx * nx + ny * ny + nz * nz)
    if n < _COLLINEAR * r1 * r2:
        return nan, nan, nan, nan, nan, nan, NO_PLANE
    side = -1.0 if long_way else 1.0
    nx, ny, nz = side * nx / n, side * ny / n, side * nz / n
    chord = math.sqrt((x2 - x1) ** 2 + (y2 - y1) ** 2 + (z2 - z1) ** 2)
    half_perimeter = 0.5 * (r1 + r2 + chord)
    sine = n / (r1 * r2)
    cosine = (x1 * x2 + y1 * y2 + z1 * z2) / (r1 * r2)
    # Each half-angle function from the sum that does not cancel.
    if cosine > 0.0:
        half_cosine = math.sqrt(0.5 * (1.0 + cosine))
        half_sine = 0.5 * sine / half_cosine
    else:
        half_sine = math.sqrt(0.5 * (1.0 - cosine))
        half_cosine = 0.5 * sine / half_sine
    geometric_mean = math.sqrt(r1 * r2)
    lam = side * geometric_mean * half_cosine / half_perimeter
    time = math.sqrt(2.0 * EARTH_MU_M3_S2 / half_perimeter**3) * flight_time_s
    x, converged = _solve_x(lam, time)
    if not converged:
        return nan, nan, nan, nan, nan, nan, NOT_CONVERGED
    gamma = math.sqrt(0.5 * EARTH_MU_M3_S2 * half_perimeter)
    rho = (r1 - r2) / chord
    sigma = 2.0 * geometric_mean * half_sine / chord
    y = math.sqrt(1.0 - lam * lam + lam * lam * x * x)
    radial1 = gamma * ((lam * y - x) - rho * (lam * y + x)) / r1
    radial2 = -gamma * ((lam * y - x) + rho * (lam * y + x)) / r2
    across1 = gamma * sigma * (y + lam * x) / r1
    across2 = gamma * sigma * (y + lam * x) / r2
    return (
        radial1 * x1 / r1 + across1 * (ny * z1 - nz * y1) / r1,
        radial1 * y1 / r1 + across1 * (nz * x1 - nx * z1) / r1,
        radial1 * z1 / r1 + across1 * (nx * y1 - ny * x1) / r1,
        radial2 * x2 / r2 + across2 * (ny * z2 - nz * y2) / r2,
        radial2 * y2 / r2 + across2 * (nz * x2 - nx * z2) / r2,
        radial2 * z2 / r2 + across2 * (nx * y2 - ny * x2) / r2,
        SOLVED,
    )
