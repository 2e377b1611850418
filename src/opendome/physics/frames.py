"""Inertial and Earth-fixed frames, and the time scales that tie them.

`eci` is TEME at the scenario's epoch: true equator, mean equinox. The Earth turns about its z axis
by Greenwich mean sidereal time of 1982. `ecef` is WGS-84, the same as ITRF to a few centimetres
once polar motion (under 20 m on the ground) is left out.

Sources: Aoki et al. (1982), "The new definition of universal time", Astron. Astrophys. 105;
Vallado, Crawford, Hujsak, Kelso (2006), "Revisiting Spacetrack Report #3", AIAA 2006-6753,
appendix C; IAU 2006/2000A through ERFA for conversions at the edges.
"""

from __future__ import annotations

import math
import warnings
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.physics.earth_orientation import ut1_minus_utc_s
from opendome.physics.jit import kernel

Floats = NDArray[np.float64]

_SECONDS_PER_DAY = 86400.0
_J2000_JD = 2451545.0


def julian_date(moment: datetime) -> tuple[float, float]:
    """Julian date (UTC) of a moment: midnight [days, ending in .5] and the fraction of the day.

    Raises `ValueError` where the moment has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"a moment needs a time zone: {moment.isoformat()}")
    passed = moment - datetime(2000, 1, 1, tzinfo=UTC)
    seconds = passed.seconds + 1e-6 * passed.microseconds
    return _J2000_JD - 0.5 + passed.days, seconds / _SECONDS_PER_DAY


def gmst82(jd_ut1_days: float, fraction: float = 0.0) -> float:
    """Greenwich mean sidereal time [rad] in [0, 2 pi) at a Julian date (UT1) in two parts.

    Source: Aoki et al. (1982); equal to ERFA's `gmst82` and to SGP4's `gstime`.
    """
    centuries = ((jd_ut1_days - _J2000_JD) + fraction) / 36525.0
    # At noon the fraction of a Julian day is zero and mean sidereal time is half a day ahead.
    day_s = _SECONDS_PER_DAY * (math.fmod(jd_ut1_days, 1.0) + math.fmod(fraction, 1.0))
    drift_s = 8640184.812866 + (0.093104 - 6.2e-6 * centuries) * centuries
    gmst_s = 24110.54841 - 0.5 * _SECONDS_PER_DAY + drift_s * centuries + day_s
    return math.fmod(gmst_s, _SECONDS_PER_DAY) % _SECONDS_PER_DAY * (2.0 * math.pi / 86400.0)


def gmst_at(moment: datetime) -> float:
    """Greenwich mean sidereal time [rad] at a moment, with UT1-UTC from the shipped table."""
    day, fraction = julian_date(moment)
    return gmst82(day, fraction + ut1_minus_utc_s(day, fraction) / _SECONDS_PER_DAY)


@kernel
def earth_angle(gmst0_rad: float, t: float) -> float:
    """Angle [rad] from the inertial to the Earth-fixed x axis, `t` seconds after the epoch."""
    return gmst0_rad + EARTH_ROTATION_RAD_S * t


@kernel
def ecef_from_eci(x: float, y: float, z: float, angle: float) -> tuple[float, float, float]:
    """Rotate a vector from `eci` to `ecef`, the Earth having turned by `angle` [rad].

    For positions, directions and accelerations as vectors; velocities relative to the turning
    Earth come from `ecef_state_from_eci`.
    """
    cosine = math.cos(angle)
    sine = math.sin(angle)
    return cosine * x + sine * y, cosine * y - sine * x, z


@kernel
def eci_from_ecef(x: float, y: float, z: float, angle: float) -> tuple[float, float, float]:
    """Rotate a vector from `ecef` to `eci`, the Earth having turned by `angle` [rad]."""
    cosine = math.cos(angle)
    sine = math.sin(angle)
    return cosine * x - sine * y, cosine * y + sine * x, z


@kernel
def ecef_state_from_eci(
    x: float, y: float, z: float, vx: float, vy: float, vz: float, angle: float
) -> tuple[float, float, float, float, float, float]:
    """Position [m] and velocity relative to the turning Earth [m/s], from an inertial state."""
    px, py, pz = ecef_from_eci(x, y, z, angle)
    ux, uy, uz = ecef_from_eci(vx, vy, vz, angle)
    return px, py, pz, ux + EARTH_ROTATION_RAD_S * py, uy - EARTH_ROTATION_RAD_S * px, uz


@kernel
def relative_to_earth(position: Floats, velocity: Floats) -> tuple[float, float, float]:
    """Velocity [m/s] relative to the turning Earth of an inertial state, along inertial axes."""
    return (
        velocity[0] + EARTH_ROTATION_RAD_S * position[1],
        velocity[1] - EARTH_ROTATION_RAD_S * position[0],
        velocity[2],
    )


@kernel
def eci_state_from_ecef(
    x: float, y: float, z: float, vx: float, vy: float, vz: float, angle: float
) -> tuple[float, float, float, float, float, float]:
    """Inertial position [m] and velocity [m/s], from a state relative to the turning Earth."""
    px, py, pz = eci_from_ecef(x, y, z, angle)
    ux, uy, uz = eci_from_ecef(
        vx - EARTH_ROTATION_RAD_S * y, vy + EARTH_ROTATION_RAD_S * x, vz, angle
    )
    return px, py, pz, ux, uy, uz


@kernel
def ecef_from_eci_batch(vector_eci: Floats, angle: float) -> Floats:
    """`ecef_from_eci` of rows (n, 3) at one time."""
    rotated = np.empty_like(vector_eci)
    cosine = math.cos(angle)
    sine = math.sin(angle)
    for i in range(vector_eci.shape[0]):
        rotated[i, 0] = cosine * vector_eci[i, 0] + sine * vector_eci[i, 1]
        rotated[i, 1] = cosine * vector_eci[i, 1] - sine * vector_eci[i, 0]
        rotated[i, 2] = vector_eci[i, 2]
    return rotated


@kernel
def eci_from_ecef_batch(vector_ecef: Floats, angle: float) -> Floats:
    """`eci_from_ecef` of rows (n, 3) at one time."""
    return ecef_from_eci_batch(vector_ecef, -angle)


def _terrestrial_and_universal_time(
    jd_utc_days: float, fraction: float
) -> tuple[float, float, float, float]:
    """Julian dates TT and UT1 in two parts each."""
    import erfa

    with warnings.catch_warnings():
        # ERFA doubts years in which leap seconds are not decided; there are none announced.
        warnings.simplefilter("ignore", erfa.ErfaWarning)
        tt_days, tt_fraction = erfa.taitt(*erfa.utctai(jd_utc_days, fraction))
    ut1_fraction = fraction + ut1_minus_utc_s(jd_utc_days, fraction) / _SECONDS_PER_DAY
    return float(tt_days), float(tt_fraction), jd_utc_days, ut1_fraction


def teme_from_gcrf_matrix(jd_utc_days: float, fraction: float = 0.0) -> Floats:
    """Rotation (3, 3) from GCRF to TEME at a Julian date (UTC) in two parts.

    Frame bias, precession and nutation are IAU 2006/2000A; the equinox is the one from which
    `gmst82` counts, so that turning TEME by it gives ITRF exactly, whatever the models.
    """
    import erfa

    tt_days, tt_fraction, ut1_days, ut1_fraction = _terrestrial_and_universal_time(
        jd_utc_days, fraction
    )
    true_of_date = erfa.pnm06a(tt_days, tt_fraction)
    apparent = erfa.gst06a(ut1_days, ut1_fraction, tt_days, tt_fraction)
    matrix: Floats = erfa.rz(apparent - gmst82(ut1_days, ut1_fraction), true_of_date)
    return matrix


def itrf_from_teme_matrix(
    jd_utc_days: float, fraction: float = 0.0, *, xp_rad: float = 0.0, yp_rad: float = 0.0
) -> Floats:
    """Rotation (3, 3) from TEME to ITRF at a Julian date (UTC) in two parts.

    Without polar motion `xp_rad`, `yp_rad` this is the rotation of `ecef_from_eci`.
    """
    import erfa

    tt_days, tt_fraction, ut1_days, ut1_fraction = _terrestrial_and_universal_time(
        jd_utc_days, fraction
    )
    turned = erfa.rz(gmst82(ut1_days, ut1_fraction), np.eye(3))
    if xp_rad == 0.0 and yp_rad == 0.0:
        plain: Floats = turned
        return plain
    polar = erfa.pom00(xp_rad, yp_rad, erfa.sp00(tt_days, tt_fraction))
    matrix: Floats = polar @ turned
    return matrix
