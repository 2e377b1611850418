"""Satellites from mean elements: secular zonal drift and short-period terms of J2.

Elements are rows of one (6, n) array: semi-major axis [m], eccentricity, inclination, right
ascension of the node, argument of perigee, mean anomaly [rad], at t = 0, in `eci`. They are mean
elements in Brouwer's sense, as two-line elements are; osculating ones differ by kilometres.

Sources: Brouwer (1959), "Solution of the problem of artificial satellite theory without drag",
Astron. J. 64; Hoots and Roehrich (1980), Spacetrack Report No. 3, section 6 (his secular rates and
short-period terms for small eccentricity, with which SGP4 works); Vallado (2013), section 9.6.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from opendome.physics.arithmetic import sincos, turn
from opendome.physics.constants import (
    EARTH_J2,
    EARTH_J4,
    EARTH_MU_M3_S2,
    EARTH_RADIUS_M,
    EARTH_ROTATION_RAD_S,
)
from opendome.physics.jit import lane_kernel, vector_kernel
from opendome.physics.kepler import solve_kepler

Floats = NDArray[np.float64]

_ROOT_MU = math.sqrt(EARTH_MU_M3_S2)
_HALF_J2_R2 = 0.5 * EARTH_J2 * EARTH_RADIUS_M**2
# Up to here the short-period terms for small eccentricity hold, and two Newton steps solve
# Kepler's equation to rounding.
NEARLY_CIRCULAR = 0.1


def mean_rates(elements: Floats) -> Floats:
    """Secular rates of mean anomaly, node and perigee, to second order in J2 and first in J4.

    Parameters
    ----------
    elements : (6, n) float64
        Mean elements.

    Returns
    -------
    rates : (3, n) float64
        Of mean anomaly (mean motion included), node, argument of perigee [rad/s].

    Raises
    ------
    ValueError
        Where an orbit is open or its perigee lies in the Earth.

    Notes
    -----
    Terms of second order leave out the eccentricity, as SGP4 does. Source: Hoots and Roehrich
    (1980), section 6.
    """
    a, e, inclination = elements[0], elements[1], elements[2]
    if not bool(np.all((e >= 0.0) & (e < 1.0) & (a * (1.0 - e) > EARTH_RADIUS_M))):
        raise ValueError("orbits must be closed, with a perigee above the Earth's surface")
    motion = np.sqrt(EARTH_MU_M3_S2 / a) / a
    eta = np.sqrt(1.0 - e * e)
    inverse_p2 = (EARTH_RADIUS_M / (a * (1.0 - e * e))) ** 2
    c = np.cos(inclination)
    c2 = c * c
    c4 = c2 * c2
    first = 1.5 * EARTH_J2 * inverse_p2 * motion
    second = 0.5 * first * EARTH_J2 * inverse_p2
    fourth = -0.46875 * EARTH_J4 * inverse_p2 * inverse_p2 * motion
    anomaly_rate = (
        motion
        + 0.5 * first * eta * (3.0 * c2 - 1.0)
        + 0.0625 * second * eta * (13.0 - 78.0 * c2 + 137.0 * c4)
    )
    node_rate = c * (-first + 0.5 * second * (4.0 - 19.0 * c2) + 2.0 * fourth * (3.0 - 7.0 * c2))
    perigee_rate = (
        -0.5 * first * (1.0 - 5.0 * c2)
        + 0.0625 * second * (7.0 - 114.0 * c2 + 395.0 * c4)
        + fourth * (3.0 - 36.0 * c2 + 49.0 * c4)
    )
    return np.stack((anomaly_rate, node_rate, perigee_rate))


@lane_kernel
def _solve_kepler_nearly_circular(sin_m: float, cos_m: float, e: float) -> tuple[float, float]:
    """Sine and cosine of the eccentric anomaly for e < 0.1, from those of the mean anomaly.

    A start with an error of e**3, then two Newton steps, all as small turns of the mean anomaly.
    """
    ahead = e * sin_m * (1.0 + e * cos_m)
    sin_e, cos_e = turn(sin_m, cos_m, ahead)
    step = (e * sin_e - ahead) / (1.0 - e * cos_e)
    sin_1, cos_1 = turn(sin_e, cos_e, step)
    ahead += step
    last = (e * sin_1 - ahead) / (1.0 - e * cos_1)
    return sin_1 + last * cos_1, cos_1 - last * sin_1


@lane_kernel
def _nudge(sine: float, cosine: float, angle: float) -> tuple[float, float]:
    """Sine and cosine of the sum of an angle and a short-period correction, below 2e-3 rad.

    To second order: what is left out, 1e-9, is far below the theory's own error.
    """
    half = 0.5 * angle * angle
    return sine + angle * cosine - half * sine, cosine - angle * sine - half * cosine


@lane_kernel
def _place(
    a: float,
    e: float,
    sin_i: float,
    cos_i: float,
    sin_n: float,
    cos_n: float,
    sin_p: float,
    cos_p: float,
    sin_e: float,
    cos_e: float,
    half_j2_r2: float,
) -> tuple[float, float, float, float, float, float]:
    """State [m, m/s] from mean elements and eccentric anomaly, with short-period terms of J2.

    `half_j2_r2` is J2 R^2 / 2, or zero for the plain ellipse. Hoots and Roehrich (1980), section
    6: corrections of radius, argument of latitude, node, inclination and of both speeds.
    """
    eta2 = 1.0 - e * e
    eta = math.sqrt(eta2)
    p = a * eta2
    inverse_p = 1.0 / p
    inverse = 1.0 / (1.0 - e * cos_e)
    radius = a * (1.0 - e * cos_e)
    cos_v = (cos_e - e) * inverse
    sin_v = eta * sin_e * inverse
    sin_u = sin_v * cos_p + cos_v * sin_p
    cos_u = cos_v * cos_p - sin_v * sin_p
    root_a = math.sqrt(a)
    inverse_a = eta2 * inverse_p
    speed = _ROOT_MU * root_a * inverse_a
    outward = speed * e * sin_e * inverse
    around = speed * eta * inverse

    sin_2u = 2.0 * sin_u * cos_u
    cos_2u = 1.0 - 2.0 * sin_u * sin_u
    c2 = cos_i * cos_i
    t = half_j2_r2 * inverse_p
    t2 = t * inverse_p
    n_t = speed * inverse_a * t
    s2 = sin_i * sin_i
    belt = 3.0 * c2 - 1.0
    radius += t * (0.5 * s2 * cos_2u) - radius * 1.5 * t2 * eta * belt
    outward -= n_t * s2 * sin_2u
    around += n_t * (s2 * cos_2u + 1.5 * belt)
    du = -0.25 * t2 * (7.0 * c2 - 1.0) * sin_2u
    dn = 1.5 * t2 * cos_i * sin_2u
    di = 1.5 * t2 * cos_i * sin_i * cos_2u
    sin_u, cos_u = _nudge(sin_u, cos_u, du)
    sin_n, cos_n = _nudge(sin_n, cos_n, dn)
    sin_i, cos_i = _nudge(sin_i, cos_i, di)

    ux = cos_n * cos_u - sin_n * cos_i * sin_u
    uy = sin_n * cos_u + cos_n * cos_i * sin_u
    uz = sin_i * sin_u
    vx = -cos_n * sin_u - sin_n * cos_i * cos_u
    vy = -sin_n * sin_u + cos_n * cos_i * cos_u
    vz = sin_i * cos_u
    return (
        radius * ux,
        radius * uy,
        radius * uz,
        outward * ux + around * vx,
        outward * uy + around * vy,
        outward * uz + around * vz,
    )


@vector_kernel
def _solve_kepler_row(elements: Floats, rates: Floats, t: float, anomaly: Floats) -> None:
    """Sines and cosines of eccentric anomalies, rows of `anomaly` (2, n), where all e < 0.1."""
    for j in range(elements.shape[1]):
        sin_m, cos_m = sincos(elements[5, j] + rates[0, j] * t)
        sin_e, cos_e = _solve_kepler_nearly_circular(sin_m, cos_m, elements[1, j])
        anomaly[0, j] = sin_e
        anomaly[1, j] = cos_e


@vector_kernel
def _solve_kepler_row_eccentric(elements: Floats, rates: Floats, t: float, anomaly: Floats) -> None:
    """As `_solve_kepler_row`, one orbit after the other, for any ellipse."""
    for j in range(elements.shape[1]):
        eccentric_anomaly = solve_kepler(elements[5, j] + rates[0, j] * t, elements[1, j])
        anomaly[0, j] = math.sin(eccentric_anomaly)
        anomaly[1, j] = math.cos(eccentric_anomaly)


@vector_kernel
def _place_row(
    elements: Floats,
    tilt: Floats,
    rates: Floats,
    t: float,
    anomaly: Floats,
    position_out: Floats,
    velocity_out: Floats,
) -> None:
    for j in range(elements.shape[1]):
        e = elements[1, j]
        sin_n, cos_n = sincos(elements[3, j] + rates[1, j] * t)
        sin_p, cos_p = sincos(elements[4, j] + rates[2, j] * t)
        short_period = _HALF_J2_R2 if e < NEARLY_CIRCULAR else 0.0
        x, y, z, vx, vy, vz = _place(
            elements[0, j], e, tilt[0, j], tilt[1, j], sin_n, cos_n, sin_p, cos_p,
            anomaly[0, j], anomaly[1, j], short_period,
        )  # fmt: skip
        position_out[0, j] = x
        position_out[1, j] = y
        position_out[2, j] = z
        velocity_out[0, j] = vx
        velocity_out[1, j] = vy
        velocity_out[2, j] = vz


@vector_kernel
def propagate_j2(
    elements: Floats,
    rates: Floats,
    elapsed_s: Floats,
    position_out: Floats,
    velocity_out: Floats,
) -> None:
    """Satellite states from mean elements: secular drift and short-period terms of J2.

    Parameters
    ----------
    elements : (6, n_satellites) float64
        Mean elements at t = 0. All satellites of one call are best alike: one eccentric orbit
        (e >= 0.1) puts the whole call on the slower path.
    rates : (3, n_satellites) float64
        From `mean_rates`.
    elapsed_s : (n_times,) float64
        Seconds since t = 0.
    position_out, velocity_out : (n_times, 3, n_satellites) float64
        Filled: `eci`, m and m/s.

    Notes
    -----
    Against a tight numerical solution under J2 and J4, mean elements fitted, over a day: within
    0.05 km for e up to 0.001, 0.4 km at 0.02, 1 km at 0.05, 1.5 km at 0.09. For e >= 0.1 the
    short-period terms do not hold and are left out: within 15 km at 12,000 km and e = 0.3, 10 km
    on a Molniya orbit. J3 has no secular part; its long-period one, left out, adds up to 0.5 km at
    low orbit. A numerical flight from the state at t = 0, with no fit, drifts away along the orbit
    by up to 10 km a day for e up to 0.001, 50 km at 0.05: the conversion is of first order.
    Sources: as the module.
    """
    n = elements.shape[1]
    tilt = np.empty((2, n))
    anomaly = np.empty((2, n))
    eccentric = False
    for j in range(n):
        tilt[0, j], tilt[1, j] = sincos(elements[2, j])
        eccentric |= elements[1, j] >= NEARLY_CIRCULAR
    for k in range(elapsed_s.shape[0]):
        t = elapsed_s[k]
        if eccentric:
            _solve_kepler_row_eccentric(elements, rates, t, anomaly)
        else:
            _solve_kepler_row(elements, rates, t, anomaly)
        _place_row(elements, tilt, rates, t, anomaly, position_out[k], velocity_out[k])


def walker_delta(
    n_planes: int,
    per_plane: int,
    phasing: int,
    altitude_m: float,
    inclination_rad: float,
    node_span_rad: float = 2.0 * math.pi,
) -> Floats:
    """Mean elements (6, n) of a Walker pattern of circular orbits, plane by plane.

    Parameters
    ----------
    n_planes, per_plane : int
        Planes and satellites in each.
    phasing : int
        Walker's F: from one plane to the next the anomaly grows by 2 pi F / n.
    altitude_m : float
        Mean semi-major axis less the equatorial radius.
    inclination_rad : float
    node_span_rad : float
        2 pi for a delta pattern, pi for a star.

    Raises
    ------
    ValueError
        Where a count is not positive.

    Notes
    -----
    Source: Walker (1984), "Satellite constellations", J. British Interplanetary Society 37.
    """
    if n_planes < 1 or per_plane < 1:
        raise ValueError("a constellation needs at least one plane and one satellite in each")
    n = n_planes * per_plane
    plane, place = np.divmod(np.arange(n), per_plane)
    elements = np.zeros((6, n))
    elements[0] = EARTH_RADIUS_M + altitude_m
    elements[2] = inclination_rad
    elements[3] = node_span_rad * plane / n_planes
    elements[5] = 2.0 * math.pi * ((place / per_plane + phasing * plane / n) % 1.0)
    return elements


def geostationary(longitude_rad: Floats, gmst0_rad: float) -> Floats:
    """Mean elements (6, n) of satellites that stand above the given longitudes.

    Parameters
    ----------
    longitude_rad : (n,) float64
        East of Greenwich.
    gmst0_rad : float
        Angle of the Earth at t = 0.

    Notes
    -----
    The semi-major axis is the one at which the secular rates sum to the Earth's, 42,166.3 km. They
    then keep their longitudes for ever: the pull of sectoral harmonics, Sun and Moon, and the
    manoeuvres that undo it, are left out.
    """
    longitude = np.atleast_1d(np.asarray(longitude_rad, np.float64))
    elements = np.zeros((6, longitude.shape[0]))
    a = (EARTH_MU_M3_S2 / EARTH_ROTATION_RAD_S**2) ** (1.0 / 3.0)
    # Each pass leaves about J2 (R/a)^2 = 2e-5 of the error before it.
    for _ in range(5):
        elements[0] = a
        rate = float(mean_rates(elements[:, :1]).sum())
        a *= (rate / EARTH_ROTATION_RAD_S) ** (2.0 / 3.0)
    elements[0] = a
    elements[5] = (gmst0_rad + longitude) % (2.0 * math.pi)
    return elements
