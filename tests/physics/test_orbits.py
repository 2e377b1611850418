import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.optimize import least_squares

from opendome.physics import kepler, orbits
from opendome.physics.constants import (
    EARTH_J2,
    EARTH_J4,
    EARTH_MU_M3_S2,
    EARTH_RADIUS_M,
    EARTH_ROTATION_RAD_S,
)

pytestmark = pytest.mark.kernels

DAY_S = 86400.0
angles = st.floats(0.0, 2.0 * math.pi)


def _fly(elements, times):
    """States (n_times, 6) of one satellite."""
    elements = np.asarray(elements, float).reshape(6, 1)
    position = np.empty((len(times), 3, 1))
    velocity = np.empty_like(position)
    orbits.propagate_j2(elements, orbits.mean_rates(elements), times, position, velocity)
    return np.concatenate((position[:, :, 0], velocity[:, :, 0]), axis=1)


def _oblate_gravity(_, state):
    """Point mass with J2 and J4, Vallado (2013), eqs. 8-30 and 8-31, in plain Python."""
    x, y, z = state[:3]
    r2 = x * x + y * y + z * z
    r = math.sqrt(r2)
    s = z * z / r2
    central = -EARTH_MU_M3_S2 / (r2 * r)
    second = central * 1.5 * EARTH_J2 * EARTH_RADIUS_M**2 / r2
    fourth = -central * 1.875 * EARTH_J4 * EARTH_RADIUS_M**4 / (r2 * r2)
    level = central + second * (1.0 - 5.0 * s) + fourth * (1.0 - 14.0 * s + 21.0 * s * s)
    axial = central + second * (3.0 - 5.0 * s) + fourth * (5.0 - 70.0 / 3.0 * s + 21.0 * s * s)
    return [*state[3:], level * x, level * y, axial * z]


def _largest_fitted_error_m(elements):
    """Distance from the numerical solution over a day, after a fit of the mean elements."""
    times = np.arange(0.0, DAY_S + 1.0, 600.0)
    truth = solve_ivp(
        _oblate_gravity, (0.0, DAY_S), _fly(elements, times[:1])[0],
        method="DOP853", rtol=1e-11, atol=1e-5, t_eval=times,
    ).y.T  # fmt: skip
    scale = np.array([1e3, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4])

    def residual_km(step):
        # Shifts of the eccentricity vector and the mean longitude: no singular element.
        shift = step * scale
        e_cos = elements[1] * math.cos(elements[4]) + shift[1]
        e_sin = elements[1] * math.sin(elements[4]) + shift[2]
        perigee = math.atan2(e_sin, e_cos)
        longitude = elements[4] + elements[5] + shift[5]
        shifted = (
            elements[0] + shift[0],
            math.hypot(e_cos, e_sin),
            abs(elements[2] + shift[3]),
            elements[3] + shift[4],
            perigee,
            longitude - perigee,
        )
        return (_fly(shifted, times)[:, :3] - truth[:, :3]).ravel() / 1e3

    fit = least_squares(residual_km, np.zeros(6), diff_step=1e-4, max_nfev=4)
    return 1e3 * np.linalg.norm(fit.fun.reshape(-1, 3), axis=1).max()


@pytest.mark.parametrize(
    ("a_km", "e", "inclination_deg", "bound_m"),
    [
        (6928.0, 0.001, 53.0, 50.0),
        (6778.0, 0.0, 87.9, 50.0),
        (7178.0, 0.02, 63.4, 400.0),
        (7878.0, 0.05, 45.0, 1000.0),
        (8378.0, 0.09, 30.0, 1500.0),
        (12000.0, 0.3, 60.0, 15_000.0),
        (42166.3, 0.0, 0.0, 1.0),
        (26560.0, 0.72, 63.4, 10_000.0),
    ],
)
def test_a_day_of_flight_stays_near_the_numerical_solution(a_km, e, inclination_deg, bound_m):
    """The bounds of the docstring: the theory leaves out J2 e in position and J2^2 in period."""
    elements = (1e3 * a_km, e, math.radians(inclination_deg), 3.1, 4.7, 0.9)
    assert _largest_fitted_error_m(elements) < bound_m


@given(
    altitude=st.floats(2e5, 2e7),
    e=st.floats(0.0, 0.0999),
    inclination=st.floats(0.0, math.pi),
    node=angles,
    perigee=angles,
    anomaly=angles,
)
@settings(max_examples=100, deadline=None)
def test_short_period_terms_are_of_the_size_of_j2(altitude, e, inclination, node, perigee, anomaly):
    """Against the plain ellipse the state moves by J2, not more: Kepler's equation is solved."""
    a = (EARTH_RADIUS_M + altitude) / (1.0 - e)
    ours = _fly((a, e, inclination, node, perigee, anomaly), np.zeros(1))[0]
    ellipse = np.array(kepler.state_from_elements(a, e, inclination, node, perigee, anomaly))
    j2 = EARTH_J2 * (EARTH_RADIUS_M / (a * (1.0 - e * e))) ** 2
    speed = math.sqrt(EARTH_MU_M3_S2 / a)
    assert np.linalg.norm(ours[:3] - ellipse[:3]) < 4.0 * j2 * a
    assert np.linalg.norm(ours[3:] - ellipse[3:]) < 5.0 * j2 * speed


@given(e=st.floats(0.1, 0.8), inclination=st.floats(0.0, math.pi), anomaly=angles)
@settings(max_examples=100, deadline=None)
def test_eccentric_orbits_start_on_their_ellipse(e, inclination, anomaly):
    """Without short-period terms the state at t = 0 is the plain ellipse's, to a millimetre."""
    elements = (7e6 / (1.0 - e), e, inclination, 1.0, 2.0, anomaly)
    assert _fly(elements, np.zeros(1))[0] == pytest.approx(
        kepler.state_from_elements(*elements), abs=1e-3
    )


@given(inclination=st.floats(0.0, math.pi), t=st.floats(0.0, DAY_S))
@settings(max_examples=50, deadline=None)
def test_velocity_is_the_derivative_of_position(inclination, t):
    """For small eccentricity, to what second-order terms of J2 leave: 0.2 m/s of 7.6 km/s."""
    elements = (6.928e6, 0.001, inclination, 0.4, 1.0, 2.0)
    states = _fly(elements, np.array([t - 0.5, t, t + 0.5]))
    # The central difference over a second errs by the jerk over 24: 4e-4 m/s.
    assert states[2, :3] - states[0, :3] == pytest.approx(states[1, 3:], abs=0.2)


def test_a_satellite_does_not_depend_on_its_neighbours():
    """Alone, first, last or in a vector of lanes: the same bits."""
    elements = orbits.walker_delta(3, 5, 1, 550e3, math.radians(53.0))
    elements[1] = 0.01
    times = np.array([0.0, 1234.5])
    position = np.empty((2, 3, 15))
    velocity = np.empty_like(position)
    orbits.propagate_j2(elements, orbits.mean_rates(elements), times, position, velocity)
    for j in (0, 7, 14):
        alone = _fly(elements[:, j], times)
        assert np.concatenate((position[:, :, j], velocity[:, :, j]), axis=1) == pytest.approx(
            alone, rel=1e-14
        )


def test_mixed_constellation_flies_each_orbit_as_alone():
    """One eccentric orbit changes the path of the code, not the others' states."""
    elements = np.column_stack(
        (orbits.walker_delta(1, 2, 0, 8e5, 1.0), [[2.656e7], [0.72], [1.1], [1.0], [4.7], [0.2]])
    )
    times = np.array([4000.0])
    position = np.empty((1, 3, 3))
    velocity = np.empty_like(position)
    orbits.propagate_j2(elements, orbits.mean_rates(elements), times, position, velocity)
    for j in range(3):
        assert position[0, :, j] == pytest.approx(_fly(elements[:, j], times)[0, :3], abs=1e-5)


def test_node_drift_of_a_sun_synchronous_orbit():
    """At 800 km and 98.6 deg the node turns with the Sun, 0.9856 deg a day (Vallado, 11.4.1).

    The printed inclination is good to 0.05 deg, 6e-3 deg a day.
    """
    elements = orbits.walker_delta(1, 1, 0, 800e3, math.radians(98.6))
    drift_deg = math.degrees(orbits.mean_rates(elements)[1, 0]) * DAY_S
    assert drift_deg == pytest.approx(0.9856, abs=6e-3)


def test_perigee_of_a_molniya_orbit_stands_still():
    """At the critical inclination first-order perigee drift vanishes; second order leaves 1e-3."""
    elements = np.array([[2.656e7], [0.72], [math.acos(math.sqrt(0.2))], [0.0], [4.7], [0.0]])
    assert abs(math.degrees(orbits.mean_rates(elements)[2, 0])) * DAY_S < 1e-3


def test_walker_pattern_spreads_evenly():
    """Planes and places are even; the neighbour in the next plane leads by 2 pi F / n."""
    elements = orbits.walker_delta(4, 5, 2, 550e3, 0.9)
    assert elements.shape == (6, 20)
    assert np.unique(elements[3]) == pytest.approx(2.0 * math.pi * np.arange(4) / 4)
    assert np.diff(np.sort(elements[5, :5])) == pytest.approx(2.0 * math.pi / 5)
    assert elements[5, 5] - elements[5, 0] == pytest.approx(2.0 * math.pi * 2 / 20)
    # Across the seam the pattern closes: the last plane leads into the first by the same step.
    step = elements[5, 0] + 2.0 * math.pi - (elements[5, 15] + 2.0 * math.pi * 2 / 20)
    assert math.remainder(step, 2.0 * math.pi / 5) == pytest.approx(0.0, abs=1e-12)


def test_walker_star_spans_half_a_turn():
    """Planes of a star share half of the equator."""
    elements = orbits.walker_delta(6, 11, 2, 780e3, 1.5, node_span_rad=math.pi)
    assert elements[3].max() == pytest.approx(math.pi * 5 / 6)


@given(longitude=st.floats(-math.pi, math.pi), gmst0=angles, t=st.floats(0.0, 10.0 * DAY_S))
@settings(max_examples=50, deadline=None)
def test_geostationary_satellites_keep_their_longitude(longitude, gmst0, t):
    """Over ten days the place in the turning frame holds to 10 m, on the equator."""
    x, y, z = _fly(orbits.geostationary(np.array([longitude]), gmst0)[:, 0], np.array([t]))[0, :3]
    east = math.atan2(y, x) - gmst0 - EARTH_ROTATION_RAD_S * t
    assert math.remainder(east - longitude, 2.0 * math.pi) * 4.2e7 == pytest.approx(0.0, abs=10.0)
    assert z == 0.0
    # A circle in the equatorial plane: n^2 = mu / r^3 (1 + 3/2 J2 (R/r)^2); J4 gives 1e-2 m.
    point_mass = (EARTH_MU_M3_S2 / EARTH_ROTATION_RAD_S**2) ** (1.0 / 3.0)
    raised = 1.0 + 0.5 * EARTH_J2 * (EARTH_RADIUS_M / point_mass) ** 2
    assert math.hypot(x, y) == pytest.approx(point_mass * raised, abs=1.0)


@pytest.mark.parametrize(
    ("row", "value"), [(1, 1.0), (1, -0.1), (0, 6.3e6), (1, 0.1), (0, math.nan)]
)
def test_orbits_that_hit_the_earth_or_leave_it_are_refused(row, value):
    """At 550 km an eccentricity of 0.1 puts the perigee under the ground."""
    elements = orbits.walker_delta(2, 2, 0, 550e3, 0.9)
    elements[row, 3] = value
    with pytest.raises(ValueError, match="perigee"):
        orbits.mean_rates(elements)


@pytest.mark.parametrize("counts", [(0, 5), (5, 0), (-1, 3)])
def test_empty_patterns_are_refused(counts):
    """A pattern has at least one satellite."""
    with pytest.raises(ValueError, match="at least one"):
        orbits.walker_delta(*counts, 0, 550e3, 0.9)
