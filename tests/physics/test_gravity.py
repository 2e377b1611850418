"""Gravity against the gradient of its potential, taken in extended precision."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendome.physics.constants import (
    EARTH_J2,
    EARTH_J3,
    EARTH_J4,
    EARTH_MU_M3_S2,
    EARTH_RADIUS_M,
)
from opendome.physics.gravity import j2_acceleration, zonal_acceleration

pytestmark = pytest.mark.kernels

latitudes = st.floats(-math.pi / 2, math.pi / 2)
longitudes = st.floats(-math.pi, math.pi)
radii = st.floats(6.3e6, 6e7)


def _potential(p, j3=EARTH_J3, j4=EARTH_J4):
    x, y, z = p
    r = np.sqrt(x * x + y * y + z * z)
    s, q = z / r, EARTH_RADIUS_M / r
    p2 = (3 * s * s - 1) / 2
    p3 = (5 * s**3 - 3 * s) / 2
    p4 = (35 * s**4 - 30 * s * s + 3) / 8
    return EARTH_MU_M3_S2 / r * (1 - EARTH_J2 * q**2 * p2 - j3 * q**3 * p3 - j4 * q**4 * p4)


def _gradient(p, **harmonics):
    step = np.longdouble(200.0)
    slopes = []
    for axis in range(3):
        e = np.zeros(3, np.longdouble)
        e[axis] = step
        u = [_potential(p + k * e, **harmonics) for k in (-2, -1, 1, 2)]
        slopes.append(float((u[0] - 8 * u[1] + 8 * u[2] - u[3]) / (12 * step)))
    return np.array(slopes)


def _point(latitude, longitude, radius):
    c = math.cos(latitude)
    return np.array(
        [c * math.cos(longitude), c * math.sin(longitude), math.sin(latitude)], np.longdouble
    ) * np.longdouble(radius)


@given(latitudes, longitudes, radii)
def test_zonal_acceleration_is_the_gradient_of_the_potential(latitude, longitude, radius):
    """Fourth-order differences in extended precision are good to 1e-12 m/s2."""
    p = _point(latitude, longitude, radius)
    ours = zonal_acceleration(float(p[0]), float(p[1]), float(p[2]))
    assert np.abs(np.array(ours) - _gradient(p)).max() < 1e-12


@given(latitudes, longitudes, radii)
def test_j2_acceleration_is_the_gradient_without_the_higher_terms(latitude, longitude, radius):
    p = _point(latitude, longitude, radius)
    ours = j2_acceleration(float(p[0]), float(p[1]), float(p[2]))
    assert np.abs(np.array(ours) - _gradient(p, j3=0.0, j4=0.0)).max() < 1e-12


def test_gravity_at_the_equator_and_the_pole():
    """WGS-84 normal gravity (NIMA TR8350.2): 9.7803 less the centrifugal 0.0339; 9.8322 at a pole.

    The normal field has more even harmonics than J2 and J4: 1e-4 m/s2.
    """
    ax, _, _ = zonal_acceleration(EARTH_RADIUS_M, 0.0, 0.0)
    assert -ax == pytest.approx(9.7803 + 0.0339, abs=1e-4)
    _, _, az = zonal_acceleration(0.0, 0.0, 6356752.3)
    assert -az == pytest.approx(9.8322, abs=1e-4)
