"""The WGS-84 ellipsoid: coordinates, local axes and geodesics.

Latitudes are geodetic; longitudes come back in [-pi, pi]; azimuths run clockwise from north.
Constants are those of `opendome.physics.constants`.

Sources: Vermeille (2002), "Direct transformation from geocentric coordinates to geodetic
coordinates", J. Geodesy 76, in the numerically stable form of Karney (2011), arXiv:1102.1215,
appendix B; Vincenty (1975), "Direct and inverse solutions of geodesics on the ellipsoid", Survey
Review 23, with his 1976 form of the coefficients; Karney (2013), "Algorithms for geodesics",
J. Geodesy 87, for pairs of points that are nearly antipodal.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from opendome.physics.constants import EARTH_ECCENTRICITY_SQUARED as _E2
from opendome.physics.constants import EARTH_FLATTENING, EARTH_RADIUS_M
from opendome.physics.jit import kernel

Floats = NDArray[np.float64]

_E4 = _E2 * _E2
_ONE_MINUS_E2 = 1.0 - _E2
_ONE_MINUS_F = 1.0 - EARTH_FLATTENING
_POLAR_RADIUS_M = EARTH_RADIUS_M * _ONE_MINUS_F
_SECOND_E2 = _E2 / _ONE_MINUS_E2


@kernel
def wrap_angle(angle: float) -> float:
    """The same angle in [-pi, pi], give or take its last digit."""
    turns: float = np.floor((angle + math.pi) / (2.0 * math.pi))
    return angle - 2.0 * math.pi * turns


@kernel
def ecef_from_geodetic(
    latitude: float, longitude: float, height: float
) -> tuple[float, float, float]:
    """Earth-fixed position [m] of a geodetic latitude, longitude [rad] and height [m]."""
    sin_latitude = math.sin(latitude)
    cos_latitude = math.cos(latitude)
    normal_radius = EARTH_RADIUS_M / math.sqrt(1.0 - _E2 * sin_latitude * sin_latitude)
    from_axis = (normal_radius + height) * cos_latitude
    return (
        from_axis * math.cos(longitude),
        from_axis * math.sin(longitude),
        (_ONE_MINUS_E2 * normal_radius + height) * sin_latitude,
    )


@kernel
def geodetic_from_ecef(x: float, y: float, z: float) -> tuple[float, float, float]:
    """Geodetic latitude, longitude [rad] and height [m] of an Earth-fixed position [m].

    Closed form, valid everywhere, the Earth's centre and axis included; round trips stay within
    1e-8 m up to lunar distance. Where two points of the ellipsoid are equally near, one is taken.
    Source: Vermeille (2002); Karney (2011), appendix B.
    """
    from_axis = math.hypot(x, y)
    longitude = math.atan2(y, x)
    p = (from_axis / EARTH_RADIUS_M) ** 2
    q = _ONE_MINUS_E2 * (z / EARTH_RADIUS_M) ** 2
    r = (p + q - _E4) / 6.0
    if q == 0.0 and r <= 0.0:
        # In the equatorial plane, inside the evolute.
        sine = math.sqrt((_E4 - p) / _ONE_MINUS_E2)
        cosine = math.sqrt(p)
        size = math.hypot(sine, cosine)
        height = -EARTH_RADIUS_M * _ONE_MINUS_E2 * size / _E2
        return math.atan2(sine, cosine), longitude, height
    s = _E4 * p * q / 4.0
    r3 = r * r * r
    discriminant = s * (2.0 * r3 + s)
    u = r
    if discriminant >= 0.0:
        t3 = s + r3
        t3 += math.copysign(math.sqrt(discriminant), t3)
        t = np.cbrt(t3)
        u += t
        if t != 0.0:
            u += r * r / t
    else:
        u += 2.0 * r * math.cos(math.atan2(math.sqrt(-discriminant), -(s + r3)) / 3.0)
    v = math.sqrt(u * u + _E4 * q)
    u_plus_v = _E4 * q / (v - u) if u < 0.0 else u + v
    w = max(0.0, _E2 * (u_plus_v - q) / (2.0 * v))
    k = u_plus_v / (math.sqrt(u_plus_v + w * w) + w)
    sine = z / k
    cosine = from_axis / (k + _E2)
    height = (1.0 - _ONE_MINUS_E2 / k) * math.hypot(k * cosine, z)
    return math.atan2(sine, cosine), longitude, height


@kernel
def enu_axes(
    latitude: float, longitude: float
) -> tuple[float, float, float, float, float, float, float, float, float]:
    """Earth-fixed unit vectors east, north and up (ellipsoid's normal), three values each."""
    sin_latitude = math.sin(latitude)
    cos_latitude = math.cos(latitude)
    sin_longitude = math.sin(longitude)
    cos_longitude = math.cos(longitude)
    return (
        -sin_longitude, cos_longitude, 0.0,
        -sin_latitude * cos_longitude, -sin_latitude * sin_longitude, cos_latitude,
        cos_latitude * cos_longitude, cos_latitude * sin_longitude, sin_latitude,
    )  # fmt: skip


@kernel
def _reduced_latitude(latitude: float) -> tuple[float, float]:
    """Sine and cosine of the reduced latitude."""
    sine = _ONE_MINUS_F * math.sin(latitude)
    cosine = math.cos(latitude)
    size = math.hypot(sine, cosine)
    return sine / size, cosine / size


@kernel
def _longitude_correction(
    sin_azimuth0: float, cos2_azimuth0: float, sigma: float, cos_2_sigma_m: float
) -> float:
    """Spherical less ellipsoidal longitude difference [rad]: Vincenty (1975), eqs. 10, 11."""
    c = EARTH_FLATTENING / 16.0 * cos2_azimuth0
    c *= 4.0 + EARTH_FLATTENING * (4.0 - 3.0 * cos2_azimuth0)
    bracket = cos_2_sigma_m + c * math.cos(sigma) * (2.0 * cos_2_sigma_m * cos_2_sigma_m - 1.0)
    scale = (1.0 - c) * EARTH_FLATTENING * sin_azimuth0
    return scale * (sigma + c * math.sin(sigma) * bracket)


@kernel
def _distance_coefficients(cos2_azimuth0: float) -> tuple[float, float]:
    """A and B of Vincenty's distance series, in his 1976 form."""
    root = math.sqrt(1.0 + _SECOND_E2 * cos2_azimuth0)
    k1 = (root - 1.0) / (root + 1.0)
    return (1.0 + 0.25 * k1 * k1) / (1.0 - k1), k1 * (1.0 - 0.375 * k1 * k1)


@kernel
def _sigma_correction(b: float, sigma: float, cos_2_sigma_m: float) -> float:
    """Vincenty (1975), eq. 6."""
    sin_sigma = math.sin(sigma)
    cos_sigma = math.cos(sigma)
    square = cos_2_sigma_m * cos_2_sigma_m
    third = b / 6.0 * cos_2_sigma_m * (4.0 * sin_sigma * sin_sigma - 3.0) * (4.0 * square - 3.0)
    return b * sin_sigma * (cos_2_sigma_m + 0.25 * b * (cos_sigma * (2.0 * square - 1.0) - third))


@kernel
def solve_direct(
    latitude1: float, longitude1: float, azimuth1: float, distance_m: float
) -> tuple[float, float, float]:
    """Where a geodesic of given length ends.

    Parameters
    ----------
    latitude1, longitude1, azimuth1 : float
        Start and direction [rad].
    distance_m : float
        Not negative; may pass the antipode.

    Returns
    -------
    latitude2, longitude2, azimuth2 : float
        End and direction of travel there [rad]; within 0.2 mm of Karney (2013).
    """
    sin_u1, cos_u1 = _reduced_latitude(latitude1)
    sin_azimuth1 = math.sin(azimuth1)
    cos_azimuth1 = math.cos(azimuth1)
    sigma1 = math.atan2(sin_u1, cos_u1 * cos_azimuth1)
    sin_azimuth0 = cos_u1 * sin_azimuth1
    cos2_azimuth0 = 1.0 - sin_azimuth0 * sin_azimuth0
    a, b = _distance_coefficients(cos2_azimuth0)
    sphere_sigma = distance_m / (_POLAR_RADIUS_M * a)
    sigma = sphere_sigma
    # A contraction by about b = f / 2 in each pass: eight give 1e-18.
    for _ in range(8):
        sigma = sphere_sigma + _sigma_correction(b, sigma, math.cos(2.0 * sigma1 + sigma))
    sin_sigma = math.sin(sigma)
    cos_sigma = math.cos(sigma)
    across = cos_u1 * cos_sigma * cos_azimuth1 - sin_u1 * sin_sigma
    latitude2 = math.atan2(
        sin_u1 * cos_sigma + cos_u1 * sin_sigma * cos_azimuth1,
        _ONE_MINUS_F * math.hypot(sin_azimuth0, across),
    )
    sphere_longitude = math.atan2(
        sin_sigma * sin_azimuth1, cos_u1 * cos_sigma - sin_u1 * sin_sigma * cos_azimuth1
    )
    correction = _longitude_correction(
        sin_azimuth0, cos2_azimuth0, sigma, math.cos(2.0 * sigma1 + sigma)
    )
    return (
        latitude2,
        wrap_angle(longitude1 + sphere_longitude - correction),
        math.atan2(sin_azimuth0, across),
    )


@kernel
def _geodesic_to_latitude(
    beyond_east: float, sin_u1: float, cos_u1: float, sin_u2: float, cos_u2: float
) -> tuple[float, float, float, float, float]:
    """Follow a geodesic northward until it reaches the second latitude: Karney (2013), section 4.

    `beyond_east` is the starting azimuth less a right angle: near the equator the answer hangs on
    its last digits. Returns the longitude passed, sine of the azimuth at the equator, arc, cosine
    of twice the arc's middle, and azimuth at the end.
    """
    sin_azimuth1 = math.cos(beyond_east)
    cos_azimuth1 = -math.sin(beyond_east)
    sin_azimuth0 = sin_azimuth1 * cos_u1
    sigma1 = math.atan2(sin_u1, cos_azimuth1 * cos_u1)
    omega1 = math.atan2(sin_azimuth0 * sin_u1, cos_azimuth1 * cos_u1)
    northing = (cos_azimuth1 * cos_u1) ** 2 + (sin_u1 - sin_u2) * (sin_u1 + sin_u2)
    northing = math.sqrt(max(0.0, northing))
    sigma2 = math.atan2(sin_u2, northing)
    omega2 = math.atan2(sin_azimuth0 * sin_u2, northing)
    sigma = sigma2 - sigma1
    cos_2_sigma_m = math.cos(sigma1 + sigma2)
    correction = _longitude_correction(
        sin_azimuth0, 1.0 - sin_azimuth0 * sin_azimuth0, sigma, cos_2_sigma_m
    )
    azimuth2 = math.atan2(sin_azimuth0, northing)
    return omega2 - omega1 - correction, sin_azimuth0, sigma, cos_2_sigma_m, azimuth2


@kernel
def _solve_antipodal(
    sin_u1: float, cos_u1: float, sin_u2: float, cos_u2: float, longitude12: float
) -> tuple[float, float, float, float, float]:
    """Shortest geodesic by bisection on its azimuth, for any pair with longitude12 in [0, pi].

    The pair is first reflected so that point 1 is the one farther from the equator, in the
    south; then the longitude passed grows from 0 to pi over azimuths 0 to pi, with one crossing.

    Returns sine of the azimuth at the equator, arc, cosine of twice its middle, both azimuths.
    """
    swap = abs(sin_u1) < abs(sin_u2)
    if swap:
        sin_u1, cos_u1, sin_u2, cos_u2 = sin_u2, cos_u2, sin_u1, cos_u1
    mirror = sin_u1 > 0.0
    if mirror:
        sin_u1, sin_u2 = -sin_u1, -sin_u2
    # On the equator the start has to lie on the southern side of it, by less than an atom.
    sin_u1 = min(sin_u1, -1e-18)
    low = -0.5 * math.pi
    high = 0.5 * math.pi
    for _ in range(100):
        middle = 0.5 * (low + high)
        if _geodesic_to_latitude(middle, sin_u1, cos_u1, sin_u2, cos_u2)[0] < longitude12:
            low = middle
        else:
            high = middle
        if high - low <= 1e-16 * (abs(low) + abs(high)):
            break
    _, sin_azimuth0, sigma, cos_2_sigma_m, azimuth2 = _geodesic_to_latitude(
        high, sin_u1, cos_u1, sin_u2, cos_u2
    )
    azimuth1 = 0.5 * math.pi + high
    if swap:
        azimuth1, azimuth2 = math.pi - azimuth2, math.pi - azimuth1
    if mirror:
        azimuth1, azimuth2 = math.pi - azimuth1, math.pi - azimuth2
    return sin_azimuth0, sigma, cos_2_sigma_m, azimuth1, azimuth2


@kernel
def _solve_common(
    sin_u1: float, cos_u1: float, sin_u2: float, cos_u2: float, longitude12: float
) -> tuple[bool, float, float, float, float, float]:
    """Vincenty's inverse iteration, which fails for some pairs within a degree of antipodal.

    Returns whether it converged, and the rest as `_solve_antipodal`.
    """
    omega = longitude12
    converged = False
    sin_azimuth0 = sigma = cos_2_sigma_m = azimuth1 = azimuth2 = 0.0
    for _ in range(20):
        sin_omega = math.sin(omega)
        cos_omega = math.cos(omega)
        east1 = cos_u2 * sin_omega
        north1 = cos_u1 * sin_u2 - sin_u1 * cos_u2 * cos_omega
        sin_sigma = math.hypot(east1, north1)
        cos_sigma = sin_u1 * sin_u2 + cos_u1 * cos_u2 * cos_omega
        if sin_sigma == 0.0:
            converged = cos_sigma > 0.0
            break
        sigma = math.atan2(sin_sigma, cos_sigma)
        sin_azimuth0 = cos_u1 * east1 / sin_sigma
        cos2_azimuth0 = 1.0 - sin_azimuth0 * sin_azimuth0
        cos_2_sigma_m = 0.0  # along the equator
        if cos2_azimuth0 > 1e-15:
            cos_2_sigma_m = cos_sigma - 2.0 * sin_u1 * sin_u2 / cos2_azimuth0
        azimuth1 = math.atan2(east1, north1)
        azimuth2 = math.atan2(cos_u1 * sin_omega, cos_u1 * sin_u2 * cos_omega - sin_u1 * cos_u2)
        before = omega
        omega = longitude12 + _longitude_correction(
            sin_azimuth0, cos2_azimuth0, sigma, cos_2_sigma_m
        )
        if omega > math.pi:
            break
        if abs(omega - before) < 1e-15:
            converged = True
            break
    return converged, sin_azimuth0, sigma, cos_2_sigma_m, azimuth1, azimuth2


@kernel
def solve_inverse(
    latitude1: float, longitude1: float, latitude2: float, longitude2: float
) -> tuple[float, float, float]:
    """Shortest geodesic between two points of the ellipsoid, any two.

    Returns
    -------
    distance_m, azimuth1, azimuth2 : float
        Length, and direction of travel at the start and at the end [rad], in [-pi, pi].
        Within 0.2 mm of Karney (2013), for antipodal, polar and coincident points too; of two
        equally short geodesics one is taken; coincident points have azimuth zero.
    """
    sin_u1, cos_u1 = _reduced_latitude(latitude1)
    sin_u2, cos_u2 = _reduced_latitude(latitude2)
    signed = wrap_angle(longitude2 - longitude1)
    longitude12 = abs(signed)
    converged, sin_azimuth0, sigma, cos_2_sigma_m, azimuth1, azimuth2 = _solve_common(
        sin_u1, cos_u1, sin_u2, cos_u2, longitude12
    )
    if not converged:
        sin_azimuth0, sigma, cos_2_sigma_m, azimuth1, azimuth2 = _solve_antipodal(
            sin_u1, cos_u1, sin_u2, cos_u2, longitude12
        )
    a, b = _distance_coefficients(1.0 - sin_azimuth0 * sin_azimuth0)
    distance_m = _POLAR_RADIUS_M * a * (sigma - _sigma_correction(b, sigma, cos_2_sigma_m))
    side = math.copysign(1.0, signed)
    return distance_m, side * azimuth1, side * azimuth2


@kernel
def ecef_from_geodetic_batch(latitude: Floats, longitude: Floats, height: Floats) -> Floats:
    """`ecef_from_geodetic` of arrays (n,) [rad, rad, m]: position_ecef_m (n, 3)."""
    position = np.empty((latitude.shape[0], 3))
    for i in range(latitude.shape[0]):
        x, y, z = ecef_from_geodetic(latitude[i], longitude[i], height[i])
        position[i, 0] = x
        position[i, 1] = y
        position[i, 2] = z
    return position


@kernel
def geodetic_from_ecef_batch(position_ecef_m: Floats) -> tuple[Floats, Floats, Floats]:
    """`geodetic_from_ecef` of positions (n, 3): latitude and longitude [rad], height [m], (n,)."""
    n = position_ecef_m.shape[0]
    latitude = np.empty(n)
    longitude = np.empty(n)
    height = np.empty(n)
    for i in range(n):
        latitude[i], longitude[i], height[i] = geodetic_from_ecef(
            position_ecef_m[i, 0], position_ecef_m[i, 1], position_ecef_m[i, 2]
        )
    return latitude, longitude, height


def geodetic_from_eci_batch(
    position_eci_m: Floats, earth_angle_rad: Floats
) -> tuple[Floats, Floats, Floats]:
    """Geodetic latitude and longitude [rad] and height [m], (n,), of eci positions (n, 3).

    `earth_angle_rad` (n,) is by how much the Earth has turned, from the x axis of eci, at each.
    """
    c, s = np.cos(earth_angle_rad), np.sin(earth_angle_rad)
    x, y, z = position_eci_m[:, 0], position_eci_m[:, 1], position_eci_m[:, 2]
    return geodetic_from_ecef_batch(np.column_stack((c * x + s * y, c * y - s * x, z)))


@kernel
def solve_inverse_batch(
    latitude1: Floats, longitude1: Floats, latitude2: Floats, longitude2: Floats
) -> tuple[Floats, Floats, Floats]:
    """`solve_inverse` of arrays (n,) [rad]: distance_m, azimuth1, azimuth2, each (n,)."""
    n = latitude1.shape[0]
    distance_m = np.empty(n)
    azimuth1 = np.empty(n)
    azimuth2 = np.empty(n)
    for i in range(n):
        distance_m[i], azimuth1[i], azimuth2[i] = solve_inverse(
            latitude1[i], longitude1[i], latitude2[i], longitude2[i]
        )
    return distance_m, azimuth1, azimuth2


@kernel
def solve_direct_batch(
    latitude1: Floats, longitude1: Floats, azimuth1: Floats, distance_m: Floats
) -> tuple[Floats, Floats, Floats]:
    """`solve_direct` of arrays (n,) [rad, m]: latitude2, longitude2, azimuth2 [rad], each (n,)."""
    n = latitude1.shape[0]
    latitude2 = np.empty(n)
    longitude2 = np.empty(n)
    azimuth2 = np.empty(n)
    for i in range(n):
        latitude2[i], longitude2[i], azimuth2[i] = solve_direct(
            latitude1[i], longitude1[i], azimuth1[i], distance_m[i]
        )
    return latitude2, longitude2, azimuth2
