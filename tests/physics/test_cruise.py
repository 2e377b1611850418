"""Cruise flight against geographiclib, its own limits, and the ways in which a route fails."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from opendome.physics.constants import EARTH_MEAN_RADIUS_M, EARTH_ROTATION_RAD_S
from opendome.physics.cruise import Profile, fly_route, turn_radius
from opendome.physics.cruise_track import POLE_MARGIN_M, approach_pole, lay_track
from opendome.physics.geodesy import geodetic_from_ecef
from opendome.physics.trajectory import sample

WGS84 = Geodesic.WGS84
RAD = math.radians
SEA = Profile(240.0, 0.0, 12.0, 0.0, 50.0, RAD(15.0), RAD(30.0), 0.0, RAD(60.0))
AIR = Profile(240.0, 240.0, 0.0, 9000.0, 60.0, RAD(15.0), RAD(30.0), 3500.0, RAD(45.0))
# Off Alaska, round a corner to the coast of Oregon.
ROUTE = [(58.0, -150.0), (50.0, -140.0), (47.0, -124.0)]

places = st.tuples(st.floats(-75.0, 75.0), st.floats(-180.0, 180.0))


def _fly(route, profile):
    points = np.radians(np.array(route, np.float64))
    return fly_route(points[:, 0].copy(), points[:, 1].copy(), profile)


def _sample_ecef(path, t):
    """Position, and velocity relative to the Earth, on Earth-fixed axes."""
    nodes = path.nodes
    first = np.array([0, nodes.time_s.size])
    state = np.array(sample(first, *nodes, 0, t))
    angle = EARTH_ROTATION_RAD_S * t
    turn = np.array(
        [[math.cos(angle), math.sin(angle), 0.0], [-math.sin(angle), math.cos(angle), 0.0],
         [0.0, 0.0, 1.0]]
    )  # fmt: skip
    position = turn @ state[:3]
    return position, turn @ state[3:] - np.cross([0.0, 0.0, EARTH_ROTATION_RAD_S], position)


def _place(path, t):
    latitude, longitude, height = geodetic_from_ecef(*_sample_ecef(path, t)[0])
    return math.degrees(latitude), math.degrees(longitude), height


def _distance(a, b):
    return WGS84.Inverse(*a[:2], *b[:2])["s12"]


def test_leg_takes_its_geodesic_length_over_the_speed():
    """Against geographiclib: time at cruise altitude to a millisecond, place on it to 0.1 m."""
    route = [ROUTE[0], ROUTE[-1]]
    path = _fly(route, AIR)
    line = WGS84.InverseLine(*route[0], *route[1])
    assert path.ground_length_m == pytest.approx(line.s13, abs=1e-3)
    from_start = _distance(route[0], _place(path, path.cruise_start_s))
    shrink = 1.0 + AIR.cruise_altitude_m / EARTH_MEAN_RADIUS_M
    for t in np.linspace(path.cruise_start_s, path.terminal_start_s, 97):
        flown = from_start + AIR.speed_m_s * (t - path.cruise_start_s) / shrink
        there = line.Position(flown)
        assert _distance(_place(path, t), (there["lat2"], there["lon2"])) < 0.1
    to_target = _distance(_place(path, path.terminal_start_s), route[1])
    cruised = line.s13 - from_start - to_target
    duration = path.terminal_start_s - path.cruise_start_s
    assert duration == pytest.approx(cruised * shrink / AIR.speed_m_s, abs=1e-3)


@settings(max_examples=15)
@given(places, st.floats(0.0, 360.0), st.floats(-150.0, 150.0), st.floats(100e3, 1500e3))
def test_speed_is_constant_and_the_target_is_met(start, azimuth, bend, length):
    """Within 1e-4 of the speed relative to the Earth all the way; arrival within a metre."""
    corner = WGS84.Direct(*start, azimuth, length)
    end = WGS84.Direct(corner["lat2"], corner["lon2"], corner["azi2"] + bend, length)
    route = [start, (corner["lat2"], corner["lon2"]), (end["lat2"], end["lon2"])]
    for a, b in pairwise(route):
        assume(approach_pole(*map(RAD, (*a, *b)))[0] > POLE_MARGIN_M)
    path = _fly(route, AIR)
    for t in np.linspace(0.0, path.end_s, 50):
        _, velocity = _sample_ecef(path, t)
        assert np.linalg.norm(velocity) == pytest.approx(AIR.speed_m_s, rel=1e-4)
    last = _place(path, path.end_s)
    assert _distance(last, route[-1]) < 1.0
    assert abs(last[2]) < 0.1
    assert _distance(_place(path, 0.0), start) < 1e-3


@settings(max_examples=10)
@given(st.floats(-170.0, 170.0), st.sampled_from([SEA, AIR]))
def test_turn_keeps_its_radius_and_the_heading_has_no_jump(bend, profile):
    """On the bank limit's circle to 0.1 m; heading by the second turns no faster than the limit."""
    assume(abs(bend) > 1.0)
    corner = WGS84.Direct(*ROUTE[0], 100.0, 300e3)
    end = WGS84.Direct(corner["lat2"], corner["lon2"], corner["azi2"] + bend, 300e3)
    route = [ROUTE[0], (corner["lat2"], corner["lon2"]), (end["lat2"], end["lon2"])]
    path = _fly(route, profile)
    radius = turn_radius(profile.speed_m_s, profile.bank_rad)
    assert radius == pytest.approx(240.0**2 / (9.80665 * math.tan(RAD(30.0))))
    centre = math.degrees(path.track.latitude_rad[1]), math.degrees(path.track.longitude_rad[1])
    speed = profile.speed_m_s / (1.0 + profile.cruise_altitude_m / EARTH_MEAN_RADIUS_M)
    before = 0.5 * (path.track.start_m[1] - path.track.start_m[0])  # on the first leg
    t = path.cruise_start_s
    flown = _distance(route[0], _place(path, t))
    t_leg = t + (path.track.start_m[1] - flown) / speed
    t_turned = t + (path.track.start_m[2] - flown) / speed
    assert before > 0.0
    for t in np.linspace(t_leg, t_turned, 23):
        assert _distance(_place(path, t), centre) == pytest.approx(radius, abs=0.1)
    headings = []
    for t in np.arange(t_leg - 20.0, t_turned + 20.0, 0.5):
        position, velocity = _sample_ecef(path, t)
        up = position / np.linalg.norm(position)
        east = np.cross([0.0, 0.0, 1.0], up)
        headings.append(math.atan2(velocity @ east, velocity @ np.cross(up, east)))
    turned = np.diff(np.unwrap(headings)) / 0.5
    limit = profile.speed_m_s / radius
    # The meridians converge by 4e-5 rad/s here besides.
    assert np.abs(turned).max() < 1.001 * limit + 1e-4
    assert np.sum(turned) * 0.5 == pytest.approx(RAD(bend), abs=0.02)


def test_interpolation_between_nodes_agrees_with_a_denser_path(monkeypatch):
    """Within 0.1 m and 1 cm/s everywhere, under boost, in turns, climbs and the dive."""
    coarse = {name: _fly(ROUTE, profile) for name, profile in (("sea", SEA), ("air", AIR))}
    for bound in ("_LONGEST_SPAN_S", "_LONGEST_BOOST_SPAN_S"):
        monkeypatch.setattr(f"opendome.physics.cruise.{bound}", 0.5)
    for name, profile in (("sea", SEA), ("air", AIR)):
        fine = _fly(ROUTE, profile).nodes
        assert coarse[name].nodes.time_s.size < 100 < fine.time_s.size
        first = np.array([0, coarse[name].nodes.time_s.size])
        for i in range(0, fine.time_s.size, 7):
            state = np.array(sample(first, *coarse[name].nodes, 0, fine.time_s[i]))
            assert np.linalg.norm(state[:3] - fine.position_eci_m[i]) < 0.1
            assert np.linalg.norm(state[3:] - fine.velocity_eci_m_s[i]) < 0.01


def test_acceleration_is_the_slope_of_the_velocity():
    """To 1e-3 m/s2, by differences over nodes a tenth of a second apart."""
    for profile in (SEA, AIR):
        path = _fly(ROUTE, profile)
        nodes = path.nodes
        first = np.array([0, nodes.time_s.size])
        for i in range(nodes.time_s.size - 1):
            span = nodes.time_s[i + 1] - nodes.time_s[i]
            if span < 0.5:
                continue
            h = 1e-3
            ahead = np.array(sample(first, *nodes, 0, nodes.time_s[i] + h))[3:]
            slope = (ahead - nodes.velocity_eci_m_s[i]) / h
            # The next derivative, a turn's jerk, is under 0.3 m/s3.
            assert np.abs(slope - nodes.acceleration_eci_m_s2[i]).max() < 1e-3


def test_altitude_profile_from_an_aircraft():
    """Down from the carrier at the climb limit, level, up to the pop-up, down at the dive angle."""
    path = _fly(ROUTE, AIR)
    times = np.linspace(0.0, path.end_s, 4000)
    heights = np.array([_place(path, t)[2] for t in times])
    assert heights[0] == pytest.approx(9000.0, abs=1e-3)
    level = (times > path.cruise_start_s) & (times < path.terminal_start_s)
    assert np.abs(heights[level] - 60.0).max() < 0.1
    assert np.all(np.diff(heights[times < path.cruise_start_s]) < 0.0)
    tail = np.array(
        [_place(path, t)[2] for t in np.linspace(path.terminal_start_s, path.end_s, 500)]
    )
    assert tail.max() == pytest.approx(3500.0, abs=1.0)
    rates = np.diff(heights[times < path.cruise_start_s]) / (times[1] - times[0])
    assert rates.min() >= -240.0 * math.sin(AIR.climb_angle_rad) - 0.1
    position, velocity = _sample_ecef(path, path.end_s)
    up = position / np.linalg.norm(position)
    assert path.dive_angle_rad == pytest.approx(AIR.dive_angle_rad)
    # The plumb line and the radius differ by up to 0.2 degrees.
    assert -math.asin(velocity @ up / 240.0) == pytest.approx(AIR.dive_angle_rad, abs=4e-3)


def test_launch_from_the_sea_starts_at_rest_and_rises():
    path = _fly(ROUTE, SEA)
    position, velocity = _sample_ecef(path, 0.0)
    assert np.linalg.norm(velocity) < 1e-6
    assert abs(geodetic_from_ecef(*position)[2]) < 1e-6
    assert np.linalg.norm(_sample_ecef(path, 6.0)[1]) == pytest.approx(120.0, rel=1e-3)
    heights = [_place(path, t)[2] for t in np.linspace(0.0, path.cruise_start_s, 30)]
    assert np.all(np.diff(heights) > 0.0)
    # From 50 m the push-over of a kilometre's radius reaches a shallow dive only.
    assert path.dive_angle_rad < RAD(10.0)


def test_pole_is_refused_and_the_waypoint_that_is_named_works():
    """For legs right over either pole and past it at under the margin."""
    for sign in (1.0, -1.0):
        for beyond in (180.0, 179.0, 181.0):
            start, end = (sign * 60.0, 20.0), (sign * 50.0, 20.0 + beyond)
            with pytest.raises(ValueError, match=r"leg 1 of 1 passes the (north|south) pole") as no:
                _fly([start, end], SEA)
            place = str(no.value).split("waypoint at ")[1].replace(",", "").split()
            latitude = float(place[0]) * (1.0 if place[1] == "N" else -1.0)
            longitude = float(place[2]) * (1.0 if place[3] == "E" else -1.0)
            path = _fly([start, (latitude, longitude), end], SEA)
            assert _distance(_place(path, path.end_s), end) < 1.0


@settings(max_examples=30)
@given(places, places)
def test_approach_to_a_pole_is_the_least_distance_along_the_leg(a, b):
    """Against 2,000 points of geographiclib's line, to the metre of their spacing's error."""
    line = WGS84.InverseLine(*a, *b)
    assume(1e3 < line.s13 < 19.8e6)
    tops = [line.Position(s)["lat2"] for s in np.linspace(0.0, line.s13, 2001)]
    top = max(tops, key=abs)
    nearest = WGS84.Inverse(top, 0.0, math.copysign(90.0, top), 0.0)["s12"]
    found, latitude, _ = approach_pole(*map(RAD, (*a, *b)))
    step = line.s13 / 2000.0
    slack = 1.0 + step * step / max(found, step)
    assert found <= nearest + 1e-3
    assert found > nearest - slack
    if abs(min(tops)) != max(tops):
        assert math.degrees(abs(latitude)) == pytest.approx(abs(top), abs=math.degrees(slack / 6e6))


@pytest.mark.parametrize(
    ("route", "changes", "message"),
    [
        (ROUTE[:1], {}, "two points or more"),
        ([ROUTE[0], ROUTE[0]], {}, "leg 1 of 1 has no length"),
        ([(0.0, 0.0), (0.0, 0.1), (0.1, 0.0)], {}, r"leg 1 of 2 is 11\.1 km .* take 24"),
        ([(0.0, 0.0), (0.0, 0.1)], {"launch_altitude_m": 9e3}, r"route is 11\.1 km long"),
        (ROUTE, {"bank_rad": 0.0}, "bank limit must lie"),
        (ROUTE, {"speed_m_s": 0.0}, "must be above zero"),
        (ROUTE, {"launch_speed_m_s": 300.0}, "launch speed"),
        (ROUTE, {"boost_s": 0.0}, "boost time above zero"),
        (ROUTE, {"boost_s": -1.0}, "not be negative"),
    ],
)
def test_route_that_cannot_be_flown_is_refused(route, changes, message):
    with pytest.raises(ValueError, match=message):
        _fly(route, SEA._replace(**changes))


def test_straight_waypoint_makes_no_turn():
    """A waypoint on the geodesic itself leaves legs only, of the same length."""
    line = WGS84.InverseLine(*ROUTE[0], *ROUTE[2])
    middle = line.Position(0.4 * line.s13)
    points = np.radians([ROUTE[0], (middle["lat2"], middle["lon2"]), ROUTE[2]])
    track = lay_track(points[:, 0].copy(), points[:, 1].copy(), 10e3)
    assert list(track.side) == [0, 0]
    assert track.start_m[-1] == pytest.approx(line.s13, abs=1e-3)
