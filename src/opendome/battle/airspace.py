"""Over whose territory a shot would meet its target, and whether that nation lets it.

Above a nation's ceiling nobody is asked: space is no one's territory. The place of the planned
intercept decides, on land by the outlines of the nation; territorial waters are nobody's.
"""

from __future__ import annotations

import math

import numpy as np

from opendome.battle.feasibility import Windows
from opendome.battle.orders import Point, Situation, predicted_path
from opendome.geography import countries_at
from opendome.interceptors.target_path import place_at
from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.physics.geodesy import geodetic_from_eci_batch
from opendome.tables.coalition import NOBODY, Airspace
from opendome.tables.truth import Flags, Floats, Integers


def find_closed(
    airspace: Airspace, position_eci_m: Floats, time_s: Floats, gmst0_rad: float
) -> Integers:
    """Closed nation over whose territory, and below whose ceiling, each point lies.

    Parameters
    ----------
    airspace : Airspace
    position_eci_m : (n, 3) float64
    time_s : (n,) float64
    gmst0_rad : float
        Earth angle at time zero.

    Returns
    -------
    (n,) int64
        Row of the world's nations, NOBODY where none is over there that would have to consent.
    """
    found = np.full(time_s.size, NOBODY)
    angle = gmst0_rad + EARTH_ROTATION_RAD_S * time_s
    latitude, longitude, height_m = geodetic_from_eci_batch(position_eci_m, angle)
    low = np.flatnonzero(height_m < airspace.ceiling_m[airspace.closed].max(initial=-math.inf))
    if low.size:
        codes = countries_at(latitude[low], longitude[low])
        for nation in np.flatnonzero(airspace.closed).tolist():
            below = height_m[low] < airspace.ceiling_m[nation]
            found[low[(codes == airspace.codes[nation]) & below]] = nation
    return found


def may_meet(now: Situation, windows: Windows, rows: Integers, asked: Flags) -> Flags:
    """Whether shooters may meet predicted tracks where their earliest intercepts lie.

    Parameters
    ----------
    now : Situation
    windows : Windows
        Of all predictions.
    rows : (n,) int64
        Of the predictions.
    asked : (n, s) bool
        Which pairs are wanted; the others come out as allowed.

    Returns
    -------
    (n, s) bool
    """
    allowed: Flags = np.ones(asked.shape, np.bool_)
    airspace = now.forces.airspace
    if airspace is None or not asked.any():
        return allowed
    i, s = np.nonzero(asked)
    time_s = windows.intercept_s[rows[i], s]
    places = [_place(now, int(row), float(t)) for row, t in zip(rows[i], time_s, strict=True)]
    over = find_closed(airspace, np.array(places), time_s, now.gmst0_rad)
    allowed[i, s] = (over == NOBODY) | (over == now.forces.shooters.nation[s])
    return allowed


def may_meet_at(now: Situation, s: int, time_s: Floats, places_eci_m: Floats) -> Flags:
    """The same (n,) for shooter `s` and n intercepts of given times (n,) and places (n, 3)."""
    airspace = now.forces.airspace
    if airspace is None:
        return np.ones(time_s.size, np.bool_)
    over = find_closed(airspace, places_eci_m, time_s, now.gmst0_rad)
    return np.asarray((over == NOBODY) | (over == now.forces.shooters.nation[s]))


def _place(now: Situation, i: int, time_s: float) -> Point:
    """Where a track is expected [m, eci]; what is chased beyond its path, at the path's end."""
    path = predicted_path(now.predictions, i)
    x, y, z = place_at(path, min(time_s, path.start_s + (path.n_points - 1) * path.step_s))
    return x, y, z
