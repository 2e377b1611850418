"""Glides to be flown in tests: bodies, states and the way over ground."""

from __future__ import annotations

import math

import numpy as np

from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.physics.flight import Nodes, empty_nodes
from opendome.physics.geodesy import (
    ecef_from_geodetic,
    enu_axes,
    geodetic_from_ecef,
    solve_direct,
    solve_inverse,
)
from opendome.physics.glide import Glide, Glider, record_glide

# Ballistic coefficient and lift-to-drag of the HTV-2 by Acton (2015), recalled; how it is guided is
# an assumption.
HTV2 = Glider(
    13000.0, 2.6, 1.5, 15.0, 0.7, math.radians(60.0), 4.0, 80e3, 20.0, 50e3, math.radians(25.0),
    3.5, 1.0,
)  # fmt: skip


def state_at(latitude, longitude, height_m, speed_m_s, angle, azimuth):
    """Inertial state at time zero, from a place and a motion relative to the Earth [rad]."""
    place = np.array(ecef_from_geodetic(latitude, longitude, height_m))
    east, north, up = np.array(enu_axes(latitude, longitude)).reshape(3, 3)
    ahead = math.cos(azimuth) * north + math.sin(azimuth) * east
    velocity = speed_m_s * (math.cos(angle) * ahead + math.sin(angle) * up)
    velocity += np.cross([0.0, 0.0, EARTH_ROTATION_RAD_S], place)
    return np.concatenate((place, velocity))


def relative(state, t):
    """Geodetic latitude, longitude, altitude; velocity relative to the Earth on Earth-fixed axes.

    The axes are those at time zero, turned by `t` seconds.
    """
    angle = EARTH_ROTATION_RAD_S * t
    c, s = math.cos(angle), math.sin(angle)
    turn = np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
    place = turn @ state[:3]
    velocity = turn @ state[3:] - np.cross([0.0, 0.0, EARTH_ROTATION_RAD_S], place)
    return geodetic_from_ecef(*place), velocity


def climb_angle(state, t):
    """Path angle [rad] to the horizon of the ellipsoid."""
    (latitude, longitude, _), velocity = relative(state, t)
    up = np.array(enu_axes(latitude, longitude)).reshape(3, 3)[2]
    return math.asin(velocity @ up / np.linalg.norm(velocity))


def glide_to(state, route, glider=HTV2, least_m_s=0.0, tolerance=1e-7, horizon_s=9000.0):
    """The glide, the state at its end and its path as `trajectory.sample` takes it."""
    nodes = empty_nodes(4000)
    end = state.copy()
    glide = record_glide(
        end, 0.0, horizon_s, 0.0, glider, np.array(route, np.float64), least_m_s, tolerance, nodes,
        0,
    )  # fmt: skip
    return glide, end, path_of(nodes, glide.n_nodes)


def path_of(nodes: Nodes, n: int):
    """Nodes of one path as `trajectory.sample` takes them."""
    return np.array([0, n]), *(np.ascontiguousarray(column[:n]) for column in nodes)


def ahead_of(latitude, longitude, azimuth, distance_m):
    """Latitude and longitude [rad] of a point along a geodesic."""
    return solve_direct(latitude, longitude, azimuth, distance_m)[:2]


def way_over_ground(start, end, end_s):
    """Length [m] of the geodesic between two states."""
    a, b = relative(start, 0.0)[0], relative(end, end_s)[0]
    return solve_inverse(*a[:2], *b[:2])[0]


__all__ = [
    "HTV2", "Glide", "ahead_of", "climb_angle", "glide_to", "path_of", "relative", "state_at",
    "way_over_ground",
]  # fmt: skip
