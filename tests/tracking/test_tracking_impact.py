"""Predicted paths, impact points and burnouts, with their errors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.stats import truncnorm
from tracking_scenes import fly, gravity

from opendome.errors import BadInput
from opendome.physics.atmosphere import density
from opendome.physics.geodesy import geodetic_from_ecef
from opendome.tables.codes import BALLISTIC_PHASE, BOOST_PHASE, FIRM
from opendome.tables.tracks import Tracks
from opendome.tracking import build_settings, predict, predict_place
from opendome.tracking.impact import largest_axis
from opendome.tracking.phases import estimate_burnout

pytestmark = pytest.mark.kernels
SPIN = 7.292115e-5
GMST0 = 1.3
SETTINGS = build_settings(gmst0_rad=GMST0)
POSITION = np.array([5200e3, -3400e3, 3100e3])
VELOCITY = np.array([1500.0, 5000.0, 700.0])


def one_track(position, velocity, phase=BALLISTIC_PHASE, sigma=(500.0, 5.0, 0.0)):
    tracks = Tracks.empty(3)
    slot = 1
    tracks.status[slot] = FIRM
    tracks.phase[slot] = phase
    tracks.number[slot] = 42
    tracks.time_s[slot] = 5.0
    tracks.state[slot, :3] = position
    tracks.state[slot, 3:6] = velocity
    tracks.covariance[slot] = np.diag(np.repeat(sigma, 3) ** 2)
    tracks.first_s[slot] = tracks.last_s[slot] = 5.0
    tracks.log_odds[slot] = 1.0
    return tracks, np.array([slot])


def boosting_track():
    tracks, slots = one_track(
        np.array([6478e3, 0.0, 0.0]), np.array([1500.0, 2000.0, 0.0]), BOOST_PHASE, (500, 50, 5)
    )
    tracks.state[1, 6:] = [20.0, 30.0, 0.0]
    tracks.last_plume_s[1] = 5.0
    tracks.launch_s[1] = -75.0
    return tracks, slots


BOOST_SETTINGS = build_settings(burn_time_s=120.0, burn_time_sigma_s=10.0, launch_sigma_s=5.0)


def fall(position, velocity, beta, until_s=4000.0):
    """Time and place (geodetic) of impact by an independent integrator, with drag."""

    def height(t, y):
        angle = GMST0 + SPIN * t
        c, s = np.cos(angle), np.sin(angle)
        return geodetic_from_ecef(c * y[0] + s * y[1], -s * y[0] + c * y[1], y[2])

    def rate(t, y):
        air = y[3:] - np.cross([0.0, 0.0, SPIN], y[:3])
        rho = density(max(height(t, y)[2], 0.0))
        return np.concatenate([
            y[3:], gravity(y[:3]) - 0.5 * rho / beta * np.linalg.norm(air) * air
        ])  # fmt: skip

    def ground(t, y):
        return height(t, y)[2]

    ground.terminal = True
    ground.direction = -1.0
    solution = solve_ivp(
        rate, (5.0, until_s), np.concatenate([position, velocity]), events=ground, rtol=1e-7,
        atol=1e-2, max_step=30.0,
    )  # fmt: skip
    t, y = solution.t_events[0][0], solution.y_events[0][0]
    return t, *height(t, y)[:2], y


def ground_distance(lat1, lon1, lat2, lon2):
    return 6.371e6 * np.hypot(lat1 - lat2, (lon1 - lon2) * np.cos(lat1))


def test_impact_agrees_with_an_independent_fall_through_the_air():
    """Same coefficient, J2 and air: impact within 300 m and 0.5 s after a 1,000 s flight."""
    tracks, slots = one_track(POSITION, VELOCITY)
    prediction = predict(tracks, slots, 5.0, SETTINGS)
    t, latitude, longitude, _ = fall(POSITION, VELOCITY, 8_000.0)
    # One-second steps through the air, where drag doubles every 5 km: a few per mille of the
    # speed lost there. Height along the radius differs from the geodetic one by up to 30 m.
    assert prediction.impact_s[0] == pytest.approx(t, abs=0.5)
    miss = ground_distance(
        latitude, longitude, prediction.impact_latitude_rad[0], prediction.impact_longitude_rad[0]
    )
    assert miss < 300.0


def test_path_agrees_with_an_independent_flight_and_its_error_grows():
    """Points above the air within a metre; sigma of position follows sigma of velocity."""
    tracks, slots = one_track(POSITION, VELOCITY)
    prediction = predict(tracks, slots, 25.0, SETTINGS)
    n = prediction.n_points[0]
    times = prediction.start_s[0] + prediction.step_s[0] * np.arange(n)
    assert prediction.start_s[0] == 25.0
    assert times[-1] < prediction.impact_s[0] < times[-1] + prediction.step_s[0]
    k = n // 2
    truth = fly(POSITION, VELOCITY, np.concatenate([[5.0], times[: k + 1]]))[1:]
    assert np.abs(prediction.position_eci_m[0, : k + 1] - truth[:, :3]).max() < 1.0
    assert np.abs(prediction.velocity_eci_m_s[0, : k + 1] - truth[:, 3:]).max() < 0.01
    sigma = prediction.sigma_m[0]
    assert np.isfinite(sigma[:n]).all()
    assert sigma[0] == pytest.approx(np.hypot(500.0, 5.0 * 20.0), rel=0.01)
    assert (np.diff(sigma[:k]) > 0.0).all()


def test_impact_sigma_is_the_spread_of_sampled_falls():
    """Largest ground axis against sampled initial states, with air but no error of drag."""
    quiet = build_settings(gmst0_rad=GMST0, drag_error=1e-9)
    tracks, slots = one_track(POSITION, VELOCITY, sigma=(1e3, 10.0, 0.0))
    predicted = predict(tracks, slots, 5.0, quiet)
    generator = np.random.default_rng(1)
    n = 60
    drawn = Tracks.empty(n)
    drawn.status[:] = FIRM
    drawn.phase[:] = BALLISTIC_PHASE
    drawn.time_s[:] = 5.0
    drawn.state[:, :3] = POSITION + generator.normal(size=(n, 3)) * 1e3
    drawn.state[:, 3:6] = VELOCITY + generator.normal(size=(n, 3)) * 10.0
    coarse = build_settings(gmst0_rad=GMST0, ballistic_step_s=100.0, max_points=30)
    falls = predict(drawn, np.arange(n), 5.0, coarse)
    east = (falls.impact_longitude_rad - predicted.impact_longitude_rad[0]) * np.cos(
        predicted.impact_latitude_rad[0]
    )
    north = falls.impact_latitude_rad - predicted.impact_latitude_rad[0]
    largest = np.sqrt(np.linalg.eigvalsh(np.cov(np.array([east, north])))[-1]) * 6.371e6
    # Sixty samples give a deviation to 9 %, three sigma; linearisation through the air some more.
    assert predicted.impact_sigma_m[0] == pytest.approx(largest, rel=0.35)


def test_a_long_flight_gets_wider_steps():
    """Where the path does not fit, its points are set further apart, and impact is still found."""
    tracks, slots = one_track(POSITION, VELOCITY)
    short = predict(tracks, slots, 5.0, SETTINGS)
    wide = predict(tracks, slots, 5.0, build_settings(gmst0_rad=GMST0, max_points=10))
    assert short.n_points[0] > 10
    assert wide.step_s[0] > short.step_s[0]
    assert wide.impact_s[0] == pytest.approx(short.impact_s[0], abs=0.1)


def test_what_stays_in_orbit_has_no_impact():
    """A circular orbit at 500 km never comes down within the horizon."""
    speed = np.sqrt(3.986004418e14 / 6878e3)
    tracks, slots = one_track(np.array([6878e3, 0.0, 0.0]), np.array([0.0, speed, 0.0]))
    settings = build_settings(max_points=20)
    prediction = predict(tracks, slots, 5.0, settings)
    assert np.isnan(prediction.impact_s[0])
    assert prediction.n_points[0] == 20


def test_boost_paths_thrust_until_the_believed_burnout():
    """Speed grows until the believed burnout, then falls."""
    tracks, slots = boosting_track()
    prediction = predict(tracks, slots, 5.0, BOOST_SETTINGS)
    assert prediction.number[0] == 42
    assert prediction.burnout_s[0] == pytest.approx(45.0, abs=0.5)
    assert prediction.burnout_sigma_s[0] == pytest.approx(np.hypot(10.0, 5.0), rel=0.01)
    assert np.isnan(prediction.impact_s[0])
    n = prediction.n_points[0]
    times = 5.0 + 2.0 * np.arange(n)
    assert times[-1] == pytest.approx(45.0 + 60.0, abs=2.1)
    speed = np.linalg.norm(prediction.velocity_eci_m_s[0, :n], axis=1)
    burning = times <= 45.0
    assert (np.diff(speed[burning]) > 0.0).all()
    assert (np.diff(speed[~burning]) < 0.0).all()


@pytest.mark.parametrize(
    ("track", "settings", "k"),
    [
        (one_track(POSITION, VELOCITY), SETTINGS, 10),  # above the air
        (boosting_track(), BOOST_SETTINGS, 10),  # still under thrust
        (boosting_track(), BOOST_SETTINGS, 40),  # after burnout
    ],
)
def test_the_place_of_one_track_lies_on_its_path(track, settings, k):
    """Place and velocity at the time of a path point are those of the point."""
    tracks, slots = track
    path = predict(tracks, slots, 7.0, settings)
    t = 7.0 + k * path.step_s[0]
    position, velocity = predict_place(tracks, int(slots[0]), 7.0, t, settings)
    # Other lengths of steps: fourth order without thrust, second order in its growth with it.
    assert np.abs(position - path.position_eci_m[0, k]).max() < 1.0
    assert np.abs(velocity - path.velocity_eci_m_s[0, k]).max() < 0.1


def test_no_place_is_expected_after_impact_nor_long_after_burnout():
    """None beyond the ground, and beyond the end of a boost path."""
    tracks, slots = one_track(POSITION, VELOCITY)
    impact_s = predict(tracks, slots, 5.0, SETTINGS).impact_s[0]
    assert predict_place(tracks, int(slots[0]), 5.0, impact_s - 1.0, SETTINGS) is not None
    assert predict_place(tracks, int(slots[0]), 5.0, impact_s + 1.0, SETTINGS) is None
    tracks, slots = boosting_track()
    last_s = predict(tracks, slots, 5.0, BOOST_SETTINGS).burnout_s[0] + 60.0
    assert predict_place(tracks, int(slots[0]), 5.0, last_s - 1.0, BOOST_SETTINGS) is not None
    assert predict_place(tracks, int(slots[0]), 5.0, last_s + 1.0, BOOST_SETTINGS) is None


@settings(max_examples=40, deadline=None)
@given(st.floats(-300.0, 1500.0))
def test_burnout_of_what_still_burns_is_a_truncated_normal(burning_s):
    """Mean and deviation given survival, against scipy; never before it was last seen burning."""
    beliefs = SETTINGS[0].beliefs
    sigma = np.hypot(beliefs.burn_time_sigma_s, beliefs.launch_sigma_s)
    mean, spread = estimate_burnout(0.0, burning_s, beliefs)
    cut = (burning_s - beliefs.burn_time_s) / sigma
    assert mean >= burning_s
    assert spread > 0.0
    reference = truncnorm(cut, np.inf, loc=beliefs.burn_time_s, scale=sigma)
    # Beyond 25 sigma an exponential stands for the tail: off by 2 / 25^2 and 3 / 25^2.
    assert mean - burning_s == pytest.approx(reference.mean() - burning_s, rel=0.005)
    assert spread == pytest.approx(reference.std(), rel=0.005)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_largest_axis_is_the_largest_eigenvalue(seed):
    """Closed form against the library's, for round and flat ellipsoids."""
    root = np.random.default_rng(seed).normal(size=(3, 3)) * np.array([1.0, 100.0, 1e4])
    covariance = root.T @ root
    assert largest_axis(covariance) == pytest.approx(
        np.sqrt(np.linalg.eigvalsh(covariance)[-1]), rel=1e-9
    )
    assert largest_axis(np.eye(3) * 4.0) == pytest.approx(2.0)


@pytest.mark.parametrize("slot", [0, -1, 3])
def test_slots_without_a_track_are_refused(slot):
    """A free slot, or one that is not there, has no prediction."""
    tracks, _ = one_track(POSITION, VELOCITY)
    with pytest.raises(BadInput, match="live track"):
        predict(tracks, np.array([slot]), 5.0, SETTINGS)


def test_no_slots_give_an_empty_answer():
    """An empty request is answered by empty columns."""
    prediction = predict(Tracks.empty(2), np.zeros(0, np.int64), 0.0, SETTINGS)
    assert prediction.number.shape == (0,)
