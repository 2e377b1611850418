"""Cues: the defence's tracks at the time of the look, the most urgent first."""

from __future__ import annotations

import math

import numpy as np
import pytest

from opendome.physics.constants import EARTH_MU_M3_S2, EARTH_RADIUS_M, EARTH_ROTATION_RAD_S
from opendome.tables.codes import (
    BALLISTIC_PHASE,
    BOOST_PHASE,
    CRUISE_PHASE,
    FIRM,
    GLIDE_PHASE,
    TENTATIVE,
)
from opendome.tables.tracks import Tracks
from opendome.tracking import build_settings, make_cues, predict_place
from opendome.tracking.cueing import estimate_fall_s
from opendome.tracking.models import level_acceleration
from opendome.tracking.predictor import predict_state

pytestmark = pytest.mark.kernels
NOW_S = 100.0


def some_tracks(n: int) -> Tracks:
    """`n` firm ballistic tracks 400 km up at 6 km/s, as likely lethal as not; slot 0 is free."""
    tracks = Tracks.empty(n + 1)
    for i in range(1, n + 1):
        tracks.status[i], tracks.phase[i], tracks.number[i] = FIRM, BALLISTIC_PHASE, 10 + i
        tracks.time_s[i] = tracks.last_s[i] = NOW_S - 5.0
        tracks.state[i, :6] = EARTH_RADIUS_M + 4e5, 0.0, 0.0, 1e3, 6e3, 0.0
        tracks.covariance[i, :6, :6] = np.diag([1e4] * 3 + [25.0] * 3)
    return tracks


def test_one_cue_for_each_live_track() -> None:
    """Free slots give none; numbers, phases and states are those of the tracks."""
    cues = make_cues(some_tracks(3), NOW_S, build_settings())
    assert sorted(cues.number) == [11, 12, 13]
    assert cues.firm.all() and (cues.phase == BALLISTIC_PHASE).all()
    assert make_cues(Tracks.empty(4), NOW_S, build_settings()).number.size == 0


@pytest.mark.parametrize("phase", [BALLISTIC_PHASE, BOOST_PHASE])
def test_cues_are_the_tracks_predicted(phase: int) -> None:
    """Within 10 m and 3 m/s of the tracker's own flight of five seconds; the sigma bounds its own.

    J2 and the growth of thrust are left out: 0.02 and 2 m/s2 by then.
    """
    tracks = some_tracks(1)
    tracks.phase[1] = phase
    if phase == BOOST_PHASE:
        tracks.state[1, 6:] = 5.0, 20.0, 1.0
        tracks.covariance[1, 6:, 6:] = np.diag([9.0] * 3)
    cues = make_cues(tracks, NOW_S, build_settings())
    state, covariance = tracks.state[1].copy(), tracks.covariance[1].copy()
    predict_state(state, covariance, phase, 5.0, build_settings()[0].motion)
    assert cues.position_eci_m[0] == pytest.approx(state[:3], abs=10.0)
    assert cues.velocity_eci_m_s[0] == pytest.approx(state[3:6], abs=3.0)
    # Straight lines leave out gravity's gradient and the growth of thrust: under 5 % in 5 s.
    assert cues.sigma_m[0] == pytest.approx(math.sqrt(np.trace(covariance[:3, :3])), rel=0.05)


@pytest.mark.parametrize(
    ("phase", "height_m", "speed_m_s", "drag_to_lift"),
    [(GLIDE_PHASE, 4e4, 5e3, 1.0 / 2.8), (CRUISE_PHASE, 60.0, 210.0, 0.0)],
)
def test_what_the_air_carries_keeps_its_height(
    phase: int, height_m: float, speed_m_s: float, drag_to_lift: float
) -> None:
    """The air's lift is in the track: a cue is where the track's own course has it in ten seconds.

    That lift turns with the course, by 8 mrad at 5 km/s, is left out.
    """
    tracks, settings = some_tracks(1), build_settings()
    tracks.phase[1] = phase
    tracks.time_s[1] = NOW_S - 10.0
    tracks.state[1, :3] = EARTH_RADIUS_M + height_m, 0.0, 0.0
    tracks.state[1, 3:6] = 0.0, EARTH_ROTATION_RAD_S * tracks.state[1, 0], speed_m_s
    tracks.state[1, 6:] = level_acceleration(tracks.state[1], drag_to_lift)
    cues = make_cues(tracks, NOW_S, settings)
    place, _ = predict_place(tracks, 1, NOW_S - 10.0, NOW_S, settings)
    assert cues.position_eci_m[0] == pytest.approx(place, abs=10.0)


def test_drag_is_left_in_the_cue() -> None:
    """Within 500 m of the tracker's own flight from 30 to 20 km, where drag moves it by 1,200."""
    tracks = some_tracks(1)
    tracks.state[1, :6] = EARTH_RADIUS_M + 3e4, 0.0, 0.0, -2e3, 6e3, 0.0
    cues = make_cues(tracks, NOW_S, build_settings())
    state, covariance = tracks.state[1].copy(), tracks.covariance[1].copy()
    predict_state(state, covariance, BALLISTIC_PHASE, 5.0, build_settings()[0].motion)
    assert np.linalg.norm(cues.position_eci_m[0] - state[:3]) < 500.0


def test_order_of_urgency() -> None:
    """Tentative and boosting tracks, then the likely lethal and soon to arrive; ties by number."""
    tracks = some_tracks(6)
    tracks.status[2] = TENTATIVE
    tracks.phase[4] = BOOST_PHASE
    tracks.log_odds[4] = 2.0  # before the tentative one
    tracks.log_odds[5] = 3.0  # likely lethal
    tracks.state[6, 3] = -3e3  # coming down
    cues = make_cues(tracks, NOW_S, build_settings())
    assert cues.number.tolist() == [14, 12, 16, 15, 11, 13]
    assert np.all(np.diff(cues.priority) <= 0.0)


@pytest.mark.parametrize("range_share", [0.1, 0.8, 1.5])
def test_fall_time_is_the_scale_of_the_flight(range_share: float) -> None:
    """From apogee of minimum-energy paths of 640 to 9,600 km: within a factor of two of Kepler."""
    # Minimum-energy ellipse of half range angle phi: p = R (1 - sin phi) / ... (Bate, Mueller and
    # White 1971, section 6.2): Q = 2 sin phi / (1 + sin phi), a = R / (2 - Q).
    half = 0.5 * range_share
    q = 2.0 * math.sin(half) / (1.0 + math.sin(half))
    a = EARTH_RADIUS_M / (2.0 - q)
    launch_angle = 0.25 * (math.pi - 2.0 * half)
    e = math.sqrt(1.0 - q * (2.0 - q) * math.cos(launch_angle) ** 2)
    apogee = a * (1.0 + e)
    speed = math.sqrt(EARTH_MU_M3_S2 * (2.0 / apogee - 1.0 / a))
    anomaly = math.acos((1.0 - EARTH_RADIUS_M / a) / e)
    fall_s = (math.pi - anomaly + e * math.sin(anomaly)) * math.sqrt(a**3 / EARTH_MU_M3_S2)
    state = np.array([apogee, 0.0, 0.0, 0.0, speed, 0.0, 0.0, 0.0, 0.0])
    assert 0.5 < estimate_fall_s(state) / fall_s < 2.0
