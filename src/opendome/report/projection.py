"""Azimuthal equidistant maps: distance and bearing from the centre are true, poles are no edge."""

from __future__ import annotations

from math import pi
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Beyond this angle from the centre the projection's stretching across the radius passes 1.6.
MAX_RADIUS_RAD = 0.56 * pi


class Cap(NamedTuple):
    """A round piece of the Earth (a sphere here), by its centre and its angular radius."""

    latitude_rad: float
    longitude_rad: float
    radius_rad: float


def enclose(latitude_rad: Floats, longitude_rad: Floats, margin_rad: float = 0.09) -> Cap:
    """A nearly least cap round all points, with a margin, at most `MAX_RADIUS_RAD` wide.

    Parameters
    ----------
    latitude_rad, longitude_rad : (n,) float64, n > 0
    margin_rad : float
        Added to the radius; 0.09 rad is 570 km.

    Notes
    -----
    Moves towards the farthest point by shrinking steps. Source: Badoiu and Clarkson (2003),
    Smaller core-sets for balls, section 3; the error falls as 1 / steps.
    """
    points = unit_vectors(latitude_rad, longitude_rad)
    centre = points[0]
    for step in range(1, 400):
        farthest = points[np.argmin(points @ centre)]
        centre = centre + (farthest - centre) / (step + 1.0)
        centre = centre / max(float(np.linalg.norm(centre)), 1e-9)
    radius = float(np.arccos(np.clip((points @ centre).min(), -1.0, 1.0))) + margin_rad
    return Cap(
        float(np.arcsin(np.clip(centre[2], -1.0, 1.0))),
        float(np.arctan2(centre[1], centre[0])),
        min(radius, MAX_RADIUS_RAD),
    )


def project(cap: Cap, latitude_rad: Floats, longitude_rad: Floats) -> tuple[Floats, Floats]:
    """Map coordinates of points, in radians of arc from the centre, north of the centre upwards.

    Parameters
    ----------
    latitude_rad, longitude_rad : (n,) float64

    Returns
    -------
    x, y : (n,) float64
        `hypot(x, y)` is the angular distance from the centre.

    Notes
    -----
    Source: Snyder (1987), Map projections: a working manual, USGS PP 1395, eqs. 22-4 and 25-1 ff.
    """
    turn = longitude_rad - cap.longitude_rad
    east = np.cos(latitude_rad) * np.sin(turn)
    north = np.cos(cap.latitude_rad) * np.sin(latitude_rad) - np.sin(cap.latitude_rad) * np.cos(
        latitude_rad
    ) * np.cos(turn)
    up = np.sin(cap.latitude_rad) * np.sin(latitude_rad) + np.cos(cap.latitude_rad) * np.cos(
        latitude_rad
    ) * np.cos(turn)
    across = np.hypot(east, north)
    distance = np.arctan2(across, up)
    scale = np.where(across > 0.0, distance / np.where(across > 0.0, across, 1.0), 1.0)
    return east * scale, north * scale


def clamp(points: Floats, radius: float) -> Floats:
    """Map points (n, 2) with those farther out than `radius` drawn in onto that circle."""
    distance = np.hypot(points[:, 0], points[:, 1])
    clamped: Floats = points * (radius / np.maximum(distance, radius))[:, None]
    return clamped


def thin(points: Floats, spacing: float) -> NDArray[np.bool_]:
    """Which vertices (n, 2) of a line to keep so that no two in a row lie closer than `spacing`.

    The first and the last vertex always stay, and so do breaks (NaN).
    """
    keep = np.zeros(points.shape[0], np.bool_)
    last_x, last_y = np.inf, np.inf
    for i, (x, y) in enumerate(points.tolist()):
        if not abs(x - last_x) + abs(y - last_y) < spacing:
            keep[i] = True
            last_x, last_y = x, y
    keep[[0, -1]] = True
    return keep


def unit_vectors(latitude_rad: Floats, longitude_rad: Floats) -> Floats:
    """Directions (n, 3) of places on a sphere."""
    return np.column_stack(
        [
            np.cos(latitude_rad) * np.cos(longitude_rad),
            np.cos(latitude_rad) * np.sin(longitude_rad),
            np.sin(latitude_rad),
        ]
    )
