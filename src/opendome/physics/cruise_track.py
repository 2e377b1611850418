"""Ground track of a cruise missile: geodesic legs between waypoints, corners rounded by turns.

A turn is an arc of a geodesic circle that touches both legs (the missile passes inside of the
waypoint). Geodesics from the circle's centre meet it at right angles (Gauss's lemma), so the
heading is continuous. Plain Python around compiled geodesics: it runs once per route.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from opendome.physics.constants import (
    EARTH_ECCENTRICITY_SQUARED,
    EARTH_FLATTENING,
    EARTH_RADIUS_M,
)
from opendome.physics.geodesy import (
    Floats,
    solve_direct,
    solve_direct_batch,
    solve_inverse,
    wrap_angle,
)

# Nearer to a pole than this no leg may pass: the course over ground turns through a right angle
# within a few minutes there, which an autopilot that steers by azimuth does not follow. Assumption.
POLE_MARGIN_M: Final = 50e3
# A corner flatter than this is flown as one leg after the other: the jump of the heading is that
# of a metre in a thousand kilometres.
_NO_CORNER_RAD: Final = 1e-6


class Track(NamedTuple):
    """Legs and turns in the order of flight, one row each; distances on the ellipsoid."""

    start_m: Floats  # (n + 1,) distance flown at the start of each; the last is the whole length
    # Of a leg: its start and azimuth there. Of a turn: its centre, and the azimuth from there.
    latitude_rad: Floats  # (n,)
    longitude_rad: Floats  # (n,)
    azimuth_rad: Floats  # (n,)
    radius_m: Floats  # (n,) of a turn; 0 for a leg
    side: NDArray[np.int64]  # (n,) 1: turn to the right, -1: to the left, 0: leg


def curvature_radii(latitude_rad: Floats | float) -> tuple[Floats, Floats]:
    """Radii of curvature of the ellipsoid [m]: along the meridian, and across it.

    Source: Vallado (2013), section 3.2.
    """
    w2 = 1.0 - EARTH_ECCENTRICITY_SQUARED * np.sin(latitude_rad) ** 2
    across = EARTH_RADIUS_M / np.sqrt(w2)
    return across * (1.0 - EARTH_ECCENTRICITY_SQUARED) / w2, across


def name_place(latitude_rad: float, longitude_rad: float) -> str:
    """A place as it is printed in messages: degrees to two places, with N, S, E, W."""
    latitude, longitude = math.degrees(latitude_rad), math.degrees(longitude_rad)
    north, east = "N" if latitude >= 0.0 else "S", "E" if longitude >= 0.0 else "W"
    return f"{abs(latitude):.2f} {north}, {abs(longitude):.2f} {east}"


def _pole_distance(latitude: float, sign: float) -> float:
    return solve_inverse(latitude, 0.0, sign * 0.5 * math.pi, 0.0)[0]


def approach_pole(
    latitude1: float, longitude1: float, latitude2: float, longitude2: float
) -> tuple[float, float, float]:
    """How near a leg comes to a pole.

    Returns
    -------
    distance_m, latitude_rad, longitude_rad : float
        Least distance to the nearer pole, and where on the leg that is. On a leg right over the
        pole the longitude is a right angle from the leg's own.

    Notes
    -----
    A geodesic is nearest to the pole where it crosses a meridian at right angles; Clairaut's
    relation gives the reduced latitude there (Karney 2013, equation 5).
    """
    length, azimuth1, azimuth2 = solve_inverse(latitude1, longitude1, latitude2, longitude2)
    ends = []
    for latitude, longitude in ((latitude1, longitude1), (latitude2, longitude2)):
        sign = math.copysign(1.0, latitude)
        ends.append((_pole_distance(latitude, sign), latitude, longitude))
    best = min(ends)
    for sign in (1.0, -1.0):
        if not (sign * math.cos(azimuth1) > 0.0 > sign * math.cos(azimuth2)):
            continue
        reduced = math.atan((1.0 - EARTH_FLATTENING) * math.tan(latitude1))
        sine = math.cos(reduced) * math.sin(azimuth1)
        vertex = math.atan2(math.sqrt(1.0 - sine * sine), abs(sine) * (1.0 - EARTH_FLATTENING))
        distance = _pole_distance(sign * vertex, sign)
        if distance >= best[0]:
            continue
        if abs(sine) < 1e-12:
            best = (distance, sign * vertex, float(wrap_angle(longitude1 + 0.5 * math.pi)))
            continue
        # Where along the leg the azimuth is a right angle, by bisection.
        low, high = 0.0, length
        for _ in range(60):
            middle = 0.5 * (low + high)
            _, longitude, azimuth = solve_direct(latitude1, longitude1, azimuth1, middle)
            if sign * math.cos(azimuth) > 0.0:
                low = middle
            else:
                high = middle
        best = (distance, sign * vertex, longitude)
    return best


def _refuse_pole(leg: int, n_legs: int, near: tuple[float, float, float]) -> None:
    distance, latitude, longitude = near
    if distance >= POLE_MARGIN_M:
        return
    pole = "north" if latitude > 0.0 else "south"
    clear = math.copysign(0.5 * math.pi - 2.0 * POLE_MARGIN_M / EARTH_RADIUS_M, latitude)
    raise ValueError(
        f"leg {leg + 1} of {n_legs} passes the {pole} pole at {distance / 1e3:,.1f} km, where "
        f"a course by azimuth is not defined; allowed: {POLE_MARGIN_M / 1e3:.0f} km or more, as "
        f"by a waypoint at {name_place(clear, longitude)}"
    )


def _turn_at(
    latitude: float, longitude: float, back: float, onward: float, radius_m: float
) -> tuple[float, float, float, float, float, float]:
    """Circle that touches the legs which leave a corner at azimuths `back` and `onward`.

    Returns centre (latitude, longitude), azimuths from it to the two points of touch, distance of
    those from the corner [m], and radius about which the arc's length is angle times radius [m].
    Right-angled triangles on the sphere of the ellipsoid's curvature there: off by millimetres.
    """
    meridian, across = curvature_radii(latitude)
    sphere = math.sqrt(float(meridian) * float(across))
    opening = wrap_angle(onward - back)
    half = 0.5 * abs(opening)
    away = sphere * math.asin(math.sin(radius_m / sphere) / math.sin(half))
    touch = sphere * math.atan(math.tan(away / sphere) * math.cos(half))
    centre_latitude, centre_longitude, _ = solve_direct(
        latitude, longitude, back + 0.5 * opening, away
    )
    azimuths = []
    for azimuth in (back, onward):
        touched_latitude, touched_longitude, _ = solve_direct(latitude, longitude, azimuth, touch)
        azimuths.append(
            solve_inverse(centre_latitude, centre_longitude, touched_latitude, touched_longitude)[1]
        )
    lever = sphere * math.sin(radius_m / sphere)
    return centre_latitude, centre_longitude, azimuths[0], azimuths[1], touch, lever


def lay_track(latitude_rad: Floats, longitude_rad: Floats, radius_m: float) -> Track:
    """Legs and turns of a route.

    Parameters
    ----------
    latitude_rad, longitude_rad : (n,) float64
        Launch, waypoints, target: two points or more.
    radius_m : float
        Of the turns, on the ground.

    Raises
    ------
    ValueError
        One sentence: which leg passes a pole, how near, and a waypoint that avoids it; or which
        leg is too short for the turns at its ends, by how much.
    """
    n_legs = latitude_rad.shape[0] - 1
    if n_legs < 1:
        raise ValueError("a route has two points or more: launch, any waypoints, target")
    lengths, starts, ends = np.empty(n_legs), np.empty(n_legs), np.empty(n_legs)
    for i in range(n_legs):
        places = latitude_rad[i], longitude_rad[i], latitude_rad[i + 1], longitude_rad[i + 1]
        lengths[i], starts[i], ends[i] = solve_inverse(*places)
        if lengths[i] < 1.0:
            raise ValueError(f"leg {i + 1} of {n_legs} has no length: its two ends are one place")
        _refuse_pole(i, n_legs, approach_pole(*places))

    # What turns take of the legs, in the plane: near a reversal there is no circle to look for.
    bends = np.abs([wrap_angle(starts[i + 1] - ends[i]) for i in range(n_legs - 1)])
    taken = np.zeros(n_legs + 1)
    taken[1:-1] = radius_m * np.tan(np.minimum(0.5 * bends, 0.5 * math.pi - 1e-9))
    for i in range(n_legs):
        needed = taken[i] + taken[i + 1]
        if needed > lengths[i]:
            corner = i if taken[i] > taken[i + 1] else i + 1
            raise ValueError(
                f"leg {i + 1} of {n_legs} is {lengths[i] / 1e3:,.1f} km long and the turns at its "
                f"ends take {needed / 1e3:,.1f} km of it (waypoint {corner} turns by "
                f"{math.degrees(bends[corner - 1]):.0f} deg on a radius of "
                f"{radius_m / 1e3:,.1f} km); allowed: a longer leg or a flatter turn"
            )
    rows: list[tuple[float, float, float, float, int, float]] = []
    cut = 0.0  # by the turn at the start of the leg
    for i in range(n_legs):
        latitude, longitude, azimuth = float(latitude_rad[i]), float(longitude_rad[i]), starts[i]
        if cut > 0.0:
            latitude, longitude, azimuth = solve_direct(latitude, longitude, starts[i], cut)
        if i == n_legs - 1 or bends[i] < _NO_CORNER_RAD:
            rows.append((latitude, longitude, azimuth, 0.0, 0, lengths[i] - cut))
            cut = 0.0
            continue
        centre_latitude, centre_longitude, first, second, touch, lever = _turn_at(
            float(latitude_rad[i + 1]), float(longitude_rad[i + 1]),
            ends[i] + math.pi, starts[i + 1], radius_m,
        )  # fmt: skip
        rows.append((latitude, longitude, azimuth, 0.0, 0, max(lengths[i] - cut - touch, 0.0)))
        sweep = wrap_angle(second - first)
        side = 1 if sweep > 0.0 else -1
        rows.append((centre_latitude, centre_longitude, first, radius_m, side, abs(sweep) * lever))
        cut = touch
    columns = np.array(rows).T
    start = np.concatenate(([0.0], np.cumsum(columns[5])))
    return Track(
        start, columns[0].copy(), columns[1].copy(), columns[2].copy(), columns[3].copy(),
        columns[4].astype(np.int64),
    )  # fmt: skip


def follow_track(track: Track, piece: int, distance_m: Floats) -> tuple[Floats, Floats, Floats]:
    """Latitude, longitude and heading [rad] at distances (n,) [m] flown, all on one piece."""
    beyond = distance_m - track.start_m[piece]
    n = beyond.shape[0]
    latitude, longitude = track.latitude_rad[piece], track.longitude_rad[piece]
    azimuth, radius, side = track.azimuth_rad[piece], track.radius_m[piece], track.side[piece]
    if side == 0:
        return solve_direct_batch(
            np.full(n, latitude), np.full(n, longitude), np.full(n, azimuth), beyond
        )
    lever = track_lever(track, piece)
    place_latitude, place_longitude, outward = solve_direct_batch(
        np.full(n, latitude), np.full(n, longitude), azimuth + side * beyond / lever,
        np.full(n, radius),
    )  # fmt: skip
    return place_latitude, place_longitude, outward + side * 0.5 * math.pi


def track_lever(track: Track, piece: int) -> float:
    """Length of a turn's arc per angle at its centre [m]."""
    meridian, across = curvature_radii(float(track.latitude_rad[piece]))
    sphere = math.sqrt(float(meridian) * float(across))
    return sphere * math.sin(float(track.radius_m[piece]) / sphere)


def track_curvature(track: Track, piece: int) -> float:
    """Geodesic curvature [1/m], positive to the right: of a turn; 0 on a leg."""
    if track.side[piece] == 0:
        return 0.0
    meridian, across = curvature_radii(float(track.latitude_rad[piece]))
    sphere = math.sqrt(float(meridian) * float(across))
    return float(track.side[piece]) / (sphere * math.tan(float(track.radius_m[piece]) / sphere))
