"""Flight of a cruise missile along a route: a path that is laid down, not integrated.

The missile keeps its speed along the path relative to the Earth, in still air. Over the ground it
follows legs and turns (`cruise_track`); in height it climbs or descends to its cruise altitude at a
limited angle, stays there above the ellipsoid, and ends in a dive, with or without a pop-up before
it. Turns, pull-ups and push-overs have one radius: speed squared over gravity and the tangent of
the bank limit. Position, velocity and acceleration follow in closed form, so a few nodes carry it.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from opendome.physics.constants import (
    EARTH_MEAN_RADIUS_M,
    EARTH_ROTATION_RAD_S,
    STANDARD_GRAVITY_M_S2,
)
from opendome.physics.cruise_track import (
    Track,
    curvature_radii,
    follow_track,
    lay_track,
    track_curvature,
)
from opendome.physics.flight import Nodes
from opendome.physics.geodesy import Floats, ecef_from_geodetic_batch

# Spacing of nodes. The error of quintic interpolation on a circle is radius * angle^6 / 46080: a
# turn of 80 km radius is off by under a millimetre, five minutes at 1 km/s about the Earth by less.
_LONGEST_SPAN_S: Final = 300.0
_LONGEST_ARC_RAD: Final = 0.25
# Under boost the angle grows with the square of time, and the error with its cube.
_LONGEST_BOOST_ARC_RAD: Final = 0.1
_LONGEST_BOOST_SPAN_S: Final = 5.0
_SHORTEST_SPAN_M: Final = 1e-6
_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(8)


class Profile(NamedTuple):
    """How a missile flies its route. Altitudes are above the ellipsoid."""

    speed_m_s: float  # along the path, relative to the Earth
    launch_speed_m_s: float  # of the carrier aircraft; 0 for a launch at rest
    boost_s: float  # from launch speed to speed, at constant acceleration; 0: at once
    launch_altitude_m: float  # of the carrier; 0: from the sea or the ground, rising at once
    cruise_altitude_m: float
    climb_angle_rad: float  # steepest climb and descent
    bank_rad: float  # greatest bank; sets the radius of turns, pull-ups and push-overs
    popup_altitude_m: float  # top of the pop-up before the dive; 0: none
    dive_angle_rad: float  # steepest dive at the target


class CruisePath(NamedTuple):
    """A whole flight. Times since launch; eci as it coincides with ecef at launch."""

    nodes: Nodes
    track: Track
    ground_length_m: float  # on the ellipsoid
    cruise_start_s: float  # level at cruise altitude
    terminal_start_s: float  # cruise altitude is left
    end_s: float
    dive_angle_rad: float  # reached at the target


class _Piece(NamedTuple):
    """A part of the height profile: straight, or an arc. Path lengths, not ground."""

    length_m: float
    altitude_m: float  # at its start
    angle_rad: float  # path angle at its start
    curvature_per_m: float  # change of the path angle per length

    def angle(self, length: Floats) -> Floats:
        return self.angle_rad + self.curvature_per_m * length

    def altitude(self, length: Floats) -> Floats:
        if self.curvature_per_m == 0.0:
            return self.altitude_m + math.sin(self.angle_rad) * length
        # 1 - cos as a product: no cancellation on a shallow arc.
        middle = self.angle_rad + 0.5 * self.curvature_per_m * length
        half = np.sin(0.5 * self.curvature_per_m * length)
        return self.altitude_m + 2.0 * np.sin(middle) * half / self.curvature_per_m

    def ground(self, length: Floats) -> Floats:
        """Distance on the ellipsoid that belongs to lengths (n,) of path (Gauss's rule)."""
        at = 0.5 * length[:, None] * (1.0 + _POINTS)
        shrink = np.cos(self.angle(at)) / (1.0 + self.altitude(at) / EARTH_MEAN_RADIUS_M)
        return 0.5 * length * (shrink @ _WEIGHTS)

    def length_over(self, ground_m: float) -> float:
        """Length of path over a distance on the ground (Newton)."""
        length = ground_m
        for _ in range(30):
            at = np.array([length])
            slope = math.cos(float(self.angle(at)[0]))
            slope /= 1.0 + float(self.altitude(at)[0]) / EARTH_MEAN_RADIUS_M
            step = (ground_m - float(self.ground(at)[0])) / slope
            length = min(max(length + step, 0.0), self.length_m)
            if abs(step) < 1e-7:
                break
        return length


def turn_radius(speed_m_s: float, bank_rad: float) -> float:
    """Radius [m] of a level turn: Anderson (1999), Aircraft Performance and Design, eq. 6.9."""
    return speed_m_s * speed_m_s / (STANDARD_GRAVITY_M_S2 * math.tan(bank_rad))


def _arc_angle(height_m: float, radius_m: float, limit_rad: float) -> float:
    """Path angle that an arc of this radius reaches over a height, up to the limit."""
    return min(limit_rad, math.acos(max(1.0 - height_m / radius_m, -1.0)))


def _change_height(start_m: float, end_m: float, limit_rad: float, radius_m: float) -> list[_Piece]:
    """From level flight at one altitude to level flight at another: arc, straight, arc."""
    height = abs(end_m - start_m)
    if height == 0.0:
        return []
    sign = math.copysign(1.0, end_m - start_m)
    angle = _arc_angle(0.5 * height, radius_m, limit_rad)
    lift = radius_m * (1.0 - math.cos(angle))
    straight = max(height - 2.0 * lift, 0.0) / math.sin(angle)
    return [
        _Piece(radius_m * angle, start_m, 0.0, sign / radius_m),
        _Piece(straight, start_m + sign * lift, sign * angle, 0.0),
        _Piece(radius_m * angle, end_m - sign * lift, sign * angle, -sign / radius_m),
    ]


def _rise(altitude_m: float, limit_rad: float, radius_m: float) -> list[_Piece]:
    """From the surface, at an angle, to level flight: straight, arc."""
    angle = _arc_angle(altitude_m, radius_m, limit_rad)
    lift = radius_m * (1.0 - math.cos(angle))
    return [
        _Piece(max(altitude_m - lift, 0.0) / math.sin(angle), 0.0, angle, 0.0),
        _Piece(radius_m * angle, altitude_m - lift, angle, -1.0 / radius_m),
    ]


def _dive(profile: Profile, radius_m: float) -> list[_Piece]:
    """From level cruise to the target on the ground."""
    start = profile.cruise_altitude_m
    pieces = []
    top, angle = start, 0.0
    if profile.popup_altitude_m > start:
        top = profile.popup_altitude_m
        pieces = _change_height(start, top, profile.climb_angle_rad, radius_m)
    dive = _arc_angle(top, radius_m, profile.dive_angle_rad)
    drop = radius_m * (1.0 - math.cos(dive))
    return [
        *pieces,
        _Piece(radius_m * dive, top, angle, -1.0 / radius_m),
        _Piece(max(top - drop, 0.0) / math.sin(dive), top - drop, -dive, 0.0),
    ]


def _ground_length(pieces: list[_Piece]) -> float:
    return float(sum(piece.ground(np.array([piece.length_m]))[0] for piece in pieces))


def _lay_height(profile: Profile, track_m: float) -> tuple[list[_Piece], int]:
    """Height profile over a track of this length, and which piece of it is the cruise."""
    radius = turn_radius(profile.speed_m_s, profile.bank_rad)
    cruise, limit = profile.cruise_altitude_m, profile.climb_angle_rad
    if profile.launch_altitude_m == 0.0:
        first = _rise(cruise, limit, radius)
    else:
        first = _change_height(profile.launch_altitude_m, cruise, limit, radius)
    last = _dive(profile, radius)
    taken = _ground_length(first) + _ground_length(last)
    if taken > track_m:
        raise ValueError(
            f"the route is {track_m / 1e3:,.1f} km long; reaching cruise altitude and the dive at "
            f"the target take {taken / 1e3:,.1f} km; allowed: a longer route"
        )
    level = (track_m - taken) * (1.0 + cruise / EARTH_MEAN_RADIUS_M)
    return [*first, _Piece(level, cruise, 0.0, 0.0), *last], len(first)


def _check(profile: Profile) -> None:
    quarter = 0.5 * math.pi
    if not (profile.speed_m_s > 0.0 and profile.cruise_altitude_m > 0.0):
        raise ValueError("speed and cruise altitude must be above zero")
    if not 0.0 <= profile.launch_speed_m_s <= profile.speed_m_s:
        raise ValueError("the launch speed must lie between zero and the cruise speed")
    if profile.launch_altitude_m < 0.0 or profile.boost_s < 0.0:
        raise ValueError("launch altitude and boost time must not be negative")
    if profile.boost_s == 0.0 and profile.launch_speed_m_s < profile.speed_m_s:
        raise ValueError("a launch below cruise speed needs a boost time above zero")
    for name, angle in (
        ("bank limit", profile.bank_rad),
        ("climb angle", profile.climb_angle_rad),
        ("dive angle", profile.dive_angle_rad),
    ):
        if not 0.0 < angle < quarter:
            raise ValueError(f"{name} must lie between 0 and 90 deg")


class _Clock(NamedTuple):
    """Time and speed along the path: constant acceleration, then constant speed."""

    profile: Profile

    def boosted_m(self) -> float:
        return 0.5 * (self.profile.launch_speed_m_s + self.profile.speed_m_s) * self.profile.boost_s

    def acceleration(self) -> float:
        gain = self.profile.speed_m_s - self.profile.launch_speed_m_s
        return gain / self.profile.boost_s if self.profile.boost_s > 0.0 else 0.0

    def time(self, length: Floats) -> Floats:
        a, v0 = self.acceleration(), self.profile.launch_speed_m_s
        late = self.profile.boost_s + (length - self.boosted_m()) / self.profile.speed_m_s
        if a == 0.0:
            return late
        inside = np.minimum(length, self.boosted_m())
        early = 2.0 * inside / (v0 + np.sqrt(v0 * v0 + 2.0 * a * inside) + 1e-300)
        return np.where(length < self.boosted_m(), early, late)


def fly_route(latitude_rad: Floats, longitude_rad: Floats, profile: Profile) -> CruisePath:
    """The whole path of a cruise missile.

    Parameters
    ----------
    latitude_rad, longitude_rad : (n,) float64
        Launch, waypoints, target; n is 2 or more. The target lies on the ellipsoid.
    profile : Profile
        How it flies.

    Returns
    -------
    CruisePath
        Nodes for `trajectory.sample`, which holds 0.1 m between them. Where acceleration jumps
        (a turn begins, a climb ends) two nodes share a time.

    Raises
    ------
    ValueError
        One sentence that names the failure and what is allowed: as `lay_track`; a route shorter
        than climb and dive; a profile out of bounds.

    Notes
    -----
    Left out: wind, terrain, the time that rolling into a turn takes.
    """
    _check(profile)
    track = lay_track(latitude_rad, longitude_rad, turn_radius(profile.speed_m_s, profile.bank_rad))
    track_m = float(track.start_m[-1])
    pieces, cruise = _lay_height(profile, track_m)
    clock = _Clock(profile)

    # Starts of the height pieces along the path and on the ground.
    path_start = np.concatenate(([0.0], np.cumsum([piece.length_m for piece in pieces])))
    ground_start = np.concatenate(([0.0], np.cumsum([_ground_length([p]) for p in pieces])))
    borders = [*path_start.tolist(), clock.boosted_m()]
    for at in track.start_m[1:-1]:
        i = min(int(np.searchsorted(ground_start, at, side="right")) - 1, len(pieces) - 1)
        borders.append(path_start[i] + pieces[i].length_over(float(at - ground_start[i])))
    end_m = float(path_start[-1])
    borders = sorted(border for border in borders if border <= end_m)
    columns: list[tuple[Floats, Floats, Floats, Floats]] = []
    for begin, end in pairwise(borders):
        if end - begin < _SHORTEST_SPAN_M:
            continue
        middle = 0.5 * (begin + end)
        i = min(int(np.searchsorted(path_start, middle, side="right")) - 1, len(pieces) - 1)
        piece = pieces[i]
        ground = float(piece.ground(np.array([middle - path_start[i]]))[0]) + ground_start[i]
        n_track = track.side.shape[0]
        j = min(int(np.searchsorted(track.start_m, ground, side="right")) - 1, n_track - 1)
        boosted = end <= clock.boosted_m() + _SHORTEST_SPAN_M
        lengths = np.linspace(begin, end, 1 + _count(begin, end, piece, track, j, clock, boosted))
        columns.append(
            _place(lengths, path_start[i], ground_start[i], piece, track, j, clock, boosted)
        )
    nodes = Nodes(*(np.concatenate(column) for column in zip(*columns, strict=True)))
    marks = clock.time(path_start[[cruise, cruise + 1, -1]])
    return CruisePath(
        nodes, track, track_m, float(marks[0]), float(marks[1]), float(marks[2]),
        -float(pieces[-1].angle_rad),
    )  # fmt: skip


def _count(
    begin: float, end: float, piece: _Piece, track: Track, j: int, clock: _Clock, boosted: bool
) -> int:
    """How many spans between nodes a stretch of the path needs."""
    span_s = float(np.diff(clock.time(np.array([begin, end])))[0])
    angle = (end - begin) * max(abs(piece.curvature_per_m), abs(track_curvature(track, j)))
    if boosted:
        return math.ceil(max(span_s / _LONGEST_BOOST_SPAN_S, angle / _LONGEST_BOOST_ARC_RAD))
    return math.ceil(max(span_s / _LONGEST_SPAN_S, angle / _LONGEST_ARC_RAD))


def _place(
    lengths: Floats,
    path_start: float,
    ground_start: float,
    piece: _Piece,
    track: Track,
    j: int,
    clock: _Clock,
    boosted: bool,
) -> tuple[Floats, Floats, Floats, Floats]:
    """Time and eci position, velocity, acceleration at lengths (n,) of path.

    East, north and up turn with the place: Groves (2013), Principles of GNSS, Inertial and
    Multisensor Integrated Navigation Systems, section 5.4 (transport rate); the heading of a
    geodesic turns by the tangent of latitude: Karney (2013), equation 5.
    """
    inside = lengths - path_start
    angle, height = piece.angle(inside), piece.altitude(inside)
    latitude, longitude, heading = follow_track(track, j, ground_start + piece.ground(inside))
    time = clock.time(lengths)
    push = clock.acceleration() if boosted else 0.0
    speed = np.full(lengths.shape, clock.profile.speed_m_s)
    if boosted:
        speed = clock.profile.launch_speed_m_s + push * time
    sin_a, cos_a, sin_g, cos_g = np.sin(heading), np.cos(heading), np.sin(angle), np.cos(angle)
    angle_rate = piece.curvature_per_m * speed
    climb, climb_rate = speed * sin_g, push * sin_g + speed * cos_g * angle_rate
    shrink = 1.0 / (1.0 + height / EARTH_MEAN_RADIUS_M)
    ground = speed * cos_g * shrink  # speed on the ellipsoid
    ground_rate = (
        push * cos_g - climb * angle_rate - ground * climb / EARTH_MEAN_RADIUS_M
    ) * shrink
    meridian, across = curvature_radii(latitude)
    tan_latitude = np.tan(latitude)
    turn = ground * (tan_latitude * sin_a / across + track_curvature(track, j))
    wide_east, wide_north = 1.0 + height / across, 1.0 + height / meridian
    east, north = ground * sin_a * wide_east, ground * cos_a * wide_north
    east_rate = (ground_rate * sin_a + ground * cos_a * turn) * wide_east
    east_rate += ground * sin_a * climb / across
    north_rate = (ground_rate * cos_a - ground * sin_a * turn) * wide_north
    north_rate += ground * cos_a * climb / meridian
    about_east, about_north = -north / (meridian + height), east / (across + height)
    about_up = about_north * tan_latitude
    local_rate = np.stack(
        (
            east_rate + about_north * climb - about_up * north,
            north_rate + about_up * east - about_east * climb,
            climb_rate + about_east * north - about_north * east,
        )
    )
    sin_f, cos_f, sin_l, cos_l = (
        np.sin(latitude), np.cos(latitude), np.sin(longitude), np.cos(longitude)
    )  # fmt: skip
    zero = np.zeros_like(latitude)
    axes = np.array(
        [[-sin_l, cos_l, zero], [-sin_f * cos_l, -sin_f * sin_l, cos_f],
         [cos_f * cos_l, cos_f * sin_l, sin_f]]
    )  # fmt: skip
    velocity = np.einsum("in,ijn->nj", np.stack((east, north, climb)), axes)
    acceleration = np.einsum("in,ijn->nj", local_rate, axes)
    position = ecef_from_geodetic_batch(latitude, longitude, height)
    return time, *_turn_with_earth(time, position, velocity, acceleration)


def _turn_with_earth(
    time_s: Floats, position: Floats, velocity: Floats, acceleration: Floats
) -> tuple[Floats, Floats, Floats]:
    """eci from ecef, rows (n, 3): the Earth's rotation adds its speed, Coriolis and centripetal."""
    w = EARTH_ROTATION_RAD_S
    whole = np.stack((position, velocity, acceleration))
    crossed = np.stack((-whole[..., 1], whole[..., 0], np.zeros_like(whole[..., 0])), axis=-1)
    whole[2] += 2.0 * w * crossed[1]
    whole[2, :, :2] -= w * w * position[:, :2]
    whole[1] += w * crossed[0]
    cosine, sine = np.cos(w * time_s), np.sin(w * time_s)
    x, y = whole[..., 0].copy(), whole[..., 1].copy()
    whole[..., 0] = cosine * x - sine * y
    whole[..., 1] = sine * x + cosine * y
    return whole[0], whole[1], whole[2]
