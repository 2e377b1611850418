"""Two-body motion about the Earth: universal variables, and classical elements.

Scalar kernels in `eci`, metres and seconds, with mu of WGS-84. Elements are semi-major axis [m],
eccentricity, inclination, right ascension of the node, argument of perigee and mean anomaly [rad].

Sources: Vallado (2013), sections 2.3 (universal variables) and 2.5 (elements); Conway (1986), "An
improved algorithm due to Laguerre for the solution of Kepler's equation", Celest. Mech. 39.
"""

from __future__ import annotations

import math

import numpy as np

from opendome.physics.constants import EARTH_MU_M3_S2
from opendome.physics.jit import kernel

_ROOT_MU = math.sqrt(EARTH_MU_M3_S2)
# Below this sine of inclination, or eccentricity, node or perigee are noise of double precision.
_SINGULAR = 1e-11


@kernel
def _stumpff(psi: float) -> tuple[float, float]:
    """Stumpff functions c2 and c3; series where closed forms would cancel."""
    if psi > 1.0:
        root = math.sqrt(psi)
        return (1.0 - math.cos(root)) / psi, (root - math.sin(root)) / (psi * root)
    if psi < -1.0:
        root = math.sqrt(-psi)
        return (1.0 - math.cosh(root)) / psi, (root - math.sinh(root)) / (psi * root)
    c2 = 0.0
    c3 = 0.0
    # Ten terms leave 1 / 22! of the first: 1e-21.
    for n in range(10, -1, -1):
        c2 = (1.0 - psi * c2) / ((2 * n + 1) * (2 * n + 2))
        c3 = (1.0 - psi * c3) / ((2 * n + 2) * (2 * n + 3))
    return c2, c3


@kernel
def _guess_universal_anomaly(r0: float, radial: float, alpha: float, dt: float) -> float:
    """A start for Laguerre's iteration; `radial` is position times velocity [m2/s]."""
    chi = _ROOT_MU * dt / r0
    if alpha > 0.0:
        chi = _ROOT_MU * dt * alpha
    elif alpha * r0 < -1e-6:
        # Vallado (2013), algorithm 8: far out on a hyperbola the anomaly grows as the logarithm.
        side = math.copysign(1.0, dt)
        root = math.sqrt(-1.0 / alpha)
        denominator = radial + side * _ROOT_MU * root * (1.0 - r0 * alpha)
        ratio = -2.0 * EARTH_MU_M3_S2 * alpha * dt / denominator
        if ratio > math.e:
            chi = side * root * math.log(ratio)
    return chi


@kernel
def propagate(
    x: float, y: float, z: float, vx: float, vy: float, vz: float, dt: float
) -> tuple[float, float, float, float, float, float]:
    """State [m, m/s] after `dt` seconds of two-body motion, forward or backward.

    Any conic. Energy and angular momentum hold to 1e-12; a flight forth and back closes to a
    millimetre for bound orbits within a day. The position must not be the Earth's centre.
    """
    r0 = math.sqrt(x * x + y * y + z * z)
    radial = x * vx + y * vy + z * vz
    alpha = 2.0 / r0 - (vx * vx + vy * vy + vz * vz) / EARTH_MU_M3_S2
    if alpha > 0.0:
        period = 2.0 * math.pi / (_ROOT_MU * alpha * math.sqrt(alpha))
        dt -= period * np.rint(dt / period)
    sigma = radial / _ROOT_MU
    eccentric = 1.0 - alpha * r0
    chi = _guess_universal_anomaly(r0, radial, alpha, dt)
    target = _ROOT_MU * dt
    c2 = c3 = 0.0
    r = r0
    for _ in range(50):
        psi = alpha * chi * chi
        c2, c3 = _stumpff(psi)
        excess = sigma * chi * chi * c2 + eccentric * chi**3 * c3 + r0 * chi - target
        r = sigma * chi * (1.0 - psi * c3) + eccentric * chi * chi * c2 + r0
        slope = sigma * (1.0 - psi * c2) + eccentric * chi * (1.0 - psi * c3)
        root = math.sqrt(abs(16.0 * r * r - 20.0 * excess * slope))
        step = -5.0 * excess / (r + math.copysign(root, r))
        chi += step
        # Convergence is cubic: after a step of 1e-6 the next would be below rounding.
        if abs(step) <= 1e-6 * abs(chi):
            break
    psi = alpha * chi * chi
    c2, c3 = _stumpff(psi)
    r = sigma * chi * (1.0 - psi * c3) + eccentric * chi * chi * c2 + r0
    f = 1.0 - chi * chi * c2 / r0
    g = dt - chi**3 * c3 / _ROOT_MU
    f_dot = _ROOT_MU * chi * (psi * c3 - 1.0) / (r * r0)
    g_dot = 1.0 - chi * chi * c2 / r
    return (
        f * x + g * vx,
        f * y + g * vy,
        f * z + g * vz,
        f_dot * x + g_dot * vx,
        f_dot * y + g_dot * vy,
        f_dot * z + g_dot * vz,
    )


@kernel
def solve_kepler(mean_anomaly: float, eccentricity: float) -> float:
    """Eccentric anomaly [rad] of an ellipse: E - e sin E = M, to rounding.

    Newton's method from Danby's start (Vallado 2013, section 2.2), for 0 <= e < 1, any M.
    """
    turns: float = 2.0 * math.pi * np.rint(mean_anomaly / (2.0 * math.pi))
    m = mean_anomaly - turns
    anomaly = m + math.copysign(0.85 * eccentricity, m)
    for _ in range(50):
        error = anomaly - eccentricity * math.sin(anomaly) - m
        step = error / (1.0 - eccentricity * math.cos(anomaly))
        anomaly -= step
        if abs(step) <= 1e-9 * (1e-6 + abs(anomaly)):
            break
    return anomaly + turns


@kernel
def state_from_elements(
    a: float, e: float, i: float, node: float, perigee: float, mean_anomaly: float
) -> tuple[float, float, float, float, float, float]:
    """Inertial state [m, m/s] on an ellipse (0 <= e < 1)."""
    anomaly = solve_kepler(mean_anomaly, e)
    sin_e = math.sin(anomaly)
    cos_e = math.cos(anomaly)
    eta = math.sqrt((1.0 - e) * (1.0 + e))
    along = a * (cos_e - e)
    across = a * eta * sin_e
    rate = _ROOT_MU / math.sqrt(a) / (1.0 - e * cos_e)
    along_dot = -rate * sin_e
    across_dot = rate * eta * cos_e
    sin_p = math.sin(perigee)
    cos_p = math.cos(perigee)
    sin_n = math.sin(node)
    cos_n = math.cos(node)
    sin_i = math.sin(i)
    cos_i = math.cos(i)
    px = cos_n * cos_p - sin_n * sin_p * cos_i
    py = sin_n * cos_p + cos_n * sin_p * cos_i
    pz = sin_p * sin_i
    qx = -cos_n * sin_p - sin_n * cos_p * cos_i
    qy = -sin_n * sin_p + cos_n * cos_p * cos_i
    qz = cos_p * sin_i
    return (
        along * px + across * qx,
        along * py + across * qy,
        along * pz + across * qz,
        along_dot * px + across_dot * qx,
        along_dot * py + across_dot * qy,
        along_dot * pz + across_dot * qz,
    )


@kernel
def elements_from_state(
    x: float, y: float, z: float, vx: float, vy: float, vz: float
) -> tuple[float, float, float, float, float, float]:
    """Classical elements of an inertial state [m, m/s]; angles in [0, 2 pi].

    On a circle the perigee is put at the node; in the equatorial plane the node on the x axis.
    An unbound state has NaN for its mean anomaly.
    """
    r = math.sqrt(x * x + y * y + z * z)
    radial = x * vx + y * vy + z * vz
    hx = y * vz - z * vy
    hy = z * vx - x * vz
    hz = x * vy - y * vx
    h = math.sqrt(hx * hx + hy * hy + hz * hz)
    a = 1.0 / (2.0 / r - (vx * vx + vy * vy + vz * vz) / EARTH_MU_M3_S2)
    sin_i_h = math.hypot(hx, hy)
    inclination = math.atan2(sin_i_h, hz)
    cos_n = 1.0
    sin_n = 0.0
    if sin_i_h > _SINGULAR * h:
        cos_n = -hy / sin_i_h
        sin_n = hx / sin_i_h
    # Components along the node and a right angle ahead of it in the plane of the orbit.
    ahead_x = (-sin_n * hz) / h
    ahead_y = (cos_n * hz) / h
    ahead_z = (hx * sin_n - hy * cos_n) / h
    latitude = math.atan2(x * ahead_x + y * ahead_y + z * ahead_z, x * cos_n + y * sin_n)
    # e cos(true anomaly) and e sin(true anomaly), free of cancellation at small e.
    e_cos = h * h / (EARTH_MU_M3_S2 * r) - 1.0
    e_sin = h * radial / (EARTH_MU_M3_S2 * r)
    e = math.hypot(e_cos, e_sin)
    true_anomaly = latitude
    if e > _SINGULAR:
        true_anomaly = math.atan2(e_sin, e_cos)
    perigee = latitude - true_anomaly
    mean_anomaly = math.nan
    if e < 1.0:
        eta = math.sqrt((1.0 - e) * (1.0 + e))
        anomaly = math.atan2(eta * math.sin(true_anomaly), e + math.cos(true_anomaly))
        mean_anomaly = (anomaly - e * math.sin(anomaly)) % (2.0 * math.pi)
    return (
        a,
        e,
        inclination,
        math.atan2(sin_n, cos_n) % (2.0 * math.pi),
        perigee % (2.0 * math.pi),
        mean_anomaly,
    )
