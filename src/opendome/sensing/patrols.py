"""Aircraft and ships that carry sensors along closed tracks over the Earth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from opendome.physics.constants import (
    EARTH_ECCENTRICITY_SQUARED,
    EARTH_MEAN_RADIUS_M,
    EARTH_RADIUS_M,
)
from opendome.physics.jit import kernel
from opendome.physics.random import stream_key, uniform
from opendome.tables.truth import Floats, Identities, Integers


class Patrols(NamedTuple):
    """Closed tracks, each flown round and round at one speed and one height.

    A leg is the shortest arc between the verticals of two waypoints: a great circle, 0.2 % off the
    geodesic's length at most. Track `i` has the legs `first[i]` to `first[i + 1]`; each leg
    starts at its vertical and turns by its angle towards the next.
    """

    identity: Identities  # (n,) hash of the platform's scenario name
    speed_m_s: Floats  # (n,) over the ground
    height_m: Floats  # (n,) above the ellipsoid
    first: Integers  # (n + 1,)
    start: Floats  # (n_legs, 3) unit vertical at the start of each leg, ecef
    ahead: Floats  # (n_legs, 3) unit vector along the leg at its start, ecef
    angle_rad: Floats  # (n_legs,)


def build_patrols(
    identity: Identities,
    waypoints: Sequence[Floats],
    speed_m_s: Floats,
    height_m: Floats,
) -> Patrols:
    """Tracks through waypoints and back to the first one.

    Parameters
    ----------
    identity : (n,) uint64
        Hashes of the platforms' scenario names.
    waypoints : n arrays (n_points, 2) float64
        Geodetic latitude and longitude [rad], two or more; two make a line there and back.
    speed_m_s, height_m : (n,) float64
    """
    starts, aheads, angles, first = [], [], [], [0]
    for points in waypoints:
        latitude, longitude = points[:, 0], points[:, 1]
        up = np.stack(
            [
                np.cos(latitude) * np.cos(longitude),
                np.cos(latitude) * np.sin(longitude),
                np.sin(latitude),
            ],
            axis=1,
        )
        to = np.roll(up, -1, axis=0)
        angle = np.arctan2(np.linalg.norm(np.cross(up, to), axis=1), np.sum(up * to, axis=1))
        across = to - up * np.cos(angle)[:, None]
        length = np.linalg.norm(across, axis=1)[:, None]
        starts.append(up)
        aheads.append(across / np.where(length > 0.0, length, 1.0))
        angles.append(angle)
        first.append(first[-1] + len(angle))
    return Patrols(
        identity, speed_m_s, height_m, np.array(first, np.int64),
        np.concatenate(starts), np.concatenate(aheads), np.concatenate(angles),
    )  # fmt: skip


def draw_phases(patrols: Patrols, seed: int, replication: int) -> Floats:
    """How far round its track each platform is at time zero, as a share of it, (n,)."""
    key = stream_key(seed, "patrol")
    return np.array([uniform(key, replication, who, 0) for who in patrols.identity], np.float64)


def place_patrols(patrols: Patrols, phase: Floats, time_s: float) -> Floats:
    """Where each platform is at a time, (n, 3) ecef [m]; `phase` from `draw_phases`."""
    place = np.empty((phase.shape[0], 3))
    _fill_places(patrols, phase, time_s, place)
    return place


@kernel
def _fill_places(patrols: Patrols, phase: Floats, time_s: float, place: Floats) -> None:
    for i in range(phase.shape[0]):
        low, high = patrols.first[i], patrols.first[i + 1]
        whole = 0.0
        for leg in range(low, high):
            whole += patrols.angle_rad[leg]
        turned = patrols.speed_m_s[i] * time_s / (EARTH_MEAN_RADIUS_M + patrols.height_m[i])
        done = (phase[i] * whole + turned) % whole
        leg = low
        while leg < high - 1 and done >= patrols.angle_rad[leg]:
            done -= patrols.angle_rad[leg]
            leg += 1
        for k in range(3):
            place[i, k] = (
                math.cos(done) * patrols.start[leg, k] + math.sin(done) * patrols.ahead[leg, k]
            )
        sine = place[i, 2]
        normal_m = EARTH_RADIUS_M / math.sqrt(1.0 - EARTH_ECCENTRICITY_SQUARED * sine**2)
        for k in range(3):
            place[i, k] *= normal_m + patrols.height_m[i]
        place[i, 2] -= EARTH_ECCENTRICITY_SQUARED * normal_m * sine
