import math
import warnings
from datetime import UTC, datetime, timedelta, timezone

import erfa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sgp4.api import WGS72, Satrec
from sgp4.propagation import gstime

from opendome.physics import earth_orientation, frames, geodesy
from opendome.physics.constants import EARTH_ROTATION_RAD_S

pytestmark = pytest.mark.kernels

angles = st.floats(-100.0, 100.0)
lengths = st.floats(-5e7, 5e7)
speeds = st.floats(-1e4, 1e4)
moments = st.datetimes(datetime(1990, 1, 1), datetime(2049, 12, 31), timezones=st.just(UTC))


@given(x=lengths, y=lengths, z=lengths, angle=angles)
@settings(max_examples=200, deadline=None)
def test_rotation_is_undone_and_keeps_lengths(x, y, z, angle):
    """eci to ecef and back returns the vector to a micrometre; its length never changes."""
    turned = frames.ecef_from_eci(x, y, z, angle)
    assert math.hypot(*turned) == pytest.approx(math.hypot(x, y, z), abs=1e-6)
    assert frames.eci_from_ecef(*turned, angle) == pytest.approx((x, y, z), abs=1e-6)


@given(x=lengths, y=lengths, z=lengths, vx=speeds, vy=speeds, vz=speeds, angle=angles)
@settings(max_examples=200, deadline=None)
def test_states_come_back(x, y, z, vx, vy, vz, angle):
    """The velocity terms of both directions cancel."""
    state = (x, y, z, vx, vy, vz)
    back = frames.eci_state_from_ecef(*frames.ecef_state_from_eci(*state, angle), angle)
    assert back == pytest.approx(state, abs=1e-6)


@given(x=lengths, y=lengths, z=lengths, angle=angles)
@settings(max_examples=100, deadline=None)
def test_what_rests_on_the_ground_turns_with_it(x, y, z, angle):
    """A fixed point moves eastward at omega times its distance from the axis."""
    _, _, _, vx, vy, vz = frames.eci_state_from_ecef(x, y, z, 0.0, 0.0, 0.0, angle)
    assert math.hypot(vx, vy) == pytest.approx(EARTH_ROTATION_RAD_S * math.hypot(x, y))
    assert vz == 0.0
    px, py, _ = frames.eci_from_ecef(x, y, z, angle)
    assert px * vy - py * vx >= 0.0


def test_velocity_is_the_derivative_of_position():
    """A free point's Earth-fixed velocity equals the difference of its Earth-fixed positions."""
    state = np.array([6.6e6, -1.2e6, 2.3e6, 1500.0, 7000.0, 900.0])
    angle, dt = 0.7, 0.01
    _, _, _, *velocity = frames.ecef_state_from_eci(*state, angle)
    ends = [
        np.array(
            frames.ecef_from_eci(*(state[:3] + step * state[3:]), frames.earth_angle(angle, step))
        )
        for step in (-dt, dt)
    ]
    # The difference of doubles of 7e6 m over 0.02 s carries 1e-7 m/s, its truncation 1e-8.
    assert velocity == pytest.approx((ends[1] - ends[0]) / (2.0 * dt), abs=1e-6)


def test_batches_equal_single_calls():
    """The array forms are the scalar kernels, row by row."""
    rows = np.random.default_rng(2).normal(0.0, 7e6, (4, 3))
    turned = frames.ecef_from_eci_batch(rows, 1.1)
    for row, expected in zip(turned, rows, strict=True):
        assert tuple(row) == pytest.approx(frames.ecef_from_eci(*expected, 1.1), abs=1e-9)
    assert frames.eci_from_ecef_batch(turned, 1.1) == pytest.approx(rows, abs=1e-6)


@given(moment=moments)
@settings(max_examples=200, deadline=None)
def test_julian_date_equals_erfa(moment):
    """The calendar of the standard library and ERFA's agree to the microsecond."""
    day, fraction = frames.julian_date(moment)
    assert 0.0 <= fraction < 1.0
    hours = moment.hour + (moment.minute + (moment.second + 1e-6 * moment.microsecond) / 60) / 60
    start, expected = erfa.cal2jd(moment.year, moment.month, moment.day)
    assert day == start + expected
    assert fraction * 86400.0 == pytest.approx(hours * 3600.0, abs=1e-6)


@given(moment=moments)
@settings(max_examples=200, deadline=None)
def test_sidereal_time_equals_erfa_and_sgp4(moment):
    """Three programs of the 1982 expression agree: ERFA to rounding, SGP4 in one double's reach."""
    day, fraction = frames.julian_date(moment)
    ours = frames.gmst82(day, fraction)
    assert 0.0 <= ours < 2.0 * math.pi
    assert math.remainder(ours - erfa.gmst82(day, fraction), 2 * math.pi) == pytest.approx(
        0.0, abs=1e-9
    )
    # One double of 2.4e6 days resolves 4e-5 s, in which the Earth turns by 3e-9 rad.
    assert math.remainder(ours - gstime(day + fraction), 2 * math.pi) == pytest.approx(
        0.0, abs=1e-8
    )


def test_earth_angle_runs_with_sidereal_time():
    """Six hours on, the linear angle is within 1.2 m on the ground of sidereal time.

    The rate of WGS-84 is inertial; sidereal time also follows the equinox, which moves by
    7.1e-12 rad/s: 1.5e-7 rad.
    """
    day, fraction = frames.julian_date(datetime(2029, 1, 20, 12, tzinfo=UTC))
    later = frames.gmst82(day, fraction + 0.25)
    angle = frames.earth_angle(frames.gmst82(day, fraction), 21600.0)
    assert math.remainder(angle - later, 2.0 * math.pi) * 6378137.0 == pytest.approx(0.0, abs=1.2)


def test_published_teme_state_of_vallado():
    """Vallado et al. (2006), appendix C: 2004 April 6, 07:51:28.386009 UTC.

    Printed UT1-UTC and polar motion are given; GCRF and ITRF come out within 1 m of the print.
    """
    teme = 1e3 * np.array([5094.18016210, 6127.64465950, 6380.34453270])
    pef = 1e3 * np.array([-1033.47503130, 7901.30558560, 6380.34453270])
    gcrf = 1e3 * np.array([5102.508959, 6123.011403, 6378.136925])
    day, fraction = frames.julian_date(datetime(2004, 4, 6, 7, 51, 28, 386009, UTC))
    gmst = frames.gmst82(day, fraction - 0.4399619 / 86400.0)
    assert frames.ecef_from_eci(*teme, gmst) == pytest.approx(tuple(pef), abs=1.0)
    ours = frames.teme_from_gcrf_matrix(day, fraction).T @ teme
    assert ours == pytest.approx(gcrf, abs=1.0)


@pytest.mark.parametrize(
    "lines",
    [
        (
            "1 25544U 98067A   23314.55259459  .00016370  00000+0  29597-3 0  9999",
            "2 25544  51.6447 312.1404 0000775 106.5110  11.3353 15.49831290424336",
        ),
        (
            "1 28626U 05008A   23314.50000000 -.00000117  00000-0  00000+0 0  9990",
            "2 28626   0.0193 273.3891 0002436 239.2000 108.1000  1.00272450 68000",
        ),
    ],
)
def test_tle_position_reaches_the_ground_frame_by_two_ways_within_a_metre(lines):
    """SGP4's TEME by our rotation, and through GCRF and ERFA's IAU 2006/2000A, then back."""
    satellite = Satrec.twoline2rv(*lines, WGS72)
    day, fraction = satellite.jdsatepoch, satellite.jdsatepochF + 0.05
    code, position_km, _ = satellite.sgp4(day, fraction)
    assert code == 0
    teme = 1e3 * np.array(position_km)
    gcrf = frames.teme_from_gcrf_matrix(day, fraction).T @ teme

    ut1_fraction = fraction + earth_orientation.ut1_minus_utc_s(day, fraction) / 86400.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", erfa.ErfaWarning)
        terrestrial = erfa.taitt(*erfa.utctai(day, fraction))
    itrf = erfa.c2t06a(*terrestrial, day, ut1_fraction, 0.0, 0.0) @ gcrf

    angle = frames.gmst82(day, ut1_fraction)
    ecef = np.array(frames.ecef_from_eci(*teme, angle))
    assert np.linalg.norm(ecef - itrf) < 1.0
    assert ecef == pytest.approx(frames.itrf_from_teme_matrix(day, fraction) @ teme, abs=1e-6)
    ground = geodesy.ecef_from_geodetic(*geodesy.geodetic_from_ecef(*itrf))
    assert np.linalg.norm(np.array(frames.eci_from_ecef(*ground, angle)) - teme) < 1.0


def test_a_true_equinox_frame_would_be_told_apart():
    """The equation of the equinoxes, up to 0.5 km at low orbit, is really taken out."""
    day, fraction = frames.julian_date(datetime(2026, 1, 1, tzinfo=UTC))
    true_of_date = erfa.pnm06a(day, fraction + 69.184 / 86400.0)
    teme = frames.teme_from_gcrf_matrix(day, fraction)
    turn = (teme @ true_of_date.T)[0, 1]
    equation = erfa.ee06a(day, fraction + 69.184 / 86400.0)
    assert abs(equation) > 1e-6
    assert turn == pytest.approx(equation, rel=0.02)  # the 1982 equinox drifts from 2006's by 0.1"


def test_polar_motion_moves_the_ground_by_its_angle():
    """Pole coordinates of 0.2 and 0.3 arc seconds tilt the frame by just these angles."""
    x, y = np.radians([0.2 / 3600, 0.3 / 3600])
    plain = frames.itrf_from_teme_matrix(2460000.5)
    tilted = frames.itrf_from_teme_matrix(2460000.5, xp_rad=x, yp_rad=y)
    tilt = tilted @ plain.T
    assert tilt[0, 2] == pytest.approx(x, rel=1e-5)
    assert tilt[1, 2] == pytest.approx(-y, rel=1e-5)


@pytest.mark.parametrize(
    ("moment", "expected_s"),
    [
        (datetime(2017, 1, 1), 0.5915),
        (datetime(2021, 1, 1), -0.1754),
        (datetime(2024, 1, 1), 0.0088),
    ],
)
def test_universal_time_of_bulletin_b(moment, expected_s):
    """UT1-UTC of IERS Bulletin B at three new years, within the table's 1.2 ms."""
    day, fraction = frames.julian_date(moment.replace(tzinfo=UTC))
    assert earth_orientation.ut1_minus_utc_s(day, fraction) == pytest.approx(expected_s, abs=1.2e-3)


def test_universal_time_is_zero_outside_the_table():
    """Before 2017 and after 2027 UT1 is taken equal to UTC."""
    assert earth_orientation.ut1_minus_utc_s(2457754.4) == 0.0
    assert earth_orientation.ut1_minus_utc_s(2463000.5) == 0.0


def test_moment_without_time_zone_is_refused():
    """Local time would silently turn the Earth."""
    with pytest.raises(ValueError, match="time zone"):
        frames.julian_date(datetime(2029, 1, 20, 12))


def test_other_time_zones_give_the_same_angle():
    """Noon UTC is 7 o'clock five hours west."""
    west = timezone(timedelta(hours=-5))
    assert frames.gmst_at(datetime(2029, 1, 20, 7, tzinfo=west)) == frames.gmst_at(
        datetime(2029, 1, 20, 12, tzinfo=UTC)
    )
