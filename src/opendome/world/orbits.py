"""Orbits of a scenario as constellations."""

from __future__ import annotations

import math

import numpy as np

from opendome.physics.constants import EARTH_MU_M3_S2, EARTH_RADIUS_M, EARTH_ROTATION_RAD_S
from opendome.physics.orbits import walker_delta
from opendome.scenario.models.orbits import Geostationary, HighlyElliptical, Walker
from opendome.space import Constellation, build_constellation, build_geostationary


def compile_orbit(
    name: str, orbit: Walker | Geostationary | HighlyElliptical, per_satellite: int = 1
) -> Constellation:
    """One constellation. Where satellites carry several interceptors, each has a row of its own."""
    if isinstance(orbit, Geostationary):
        return build_geostationary(name, np.array(orbit.longitudes, np.float64), 0.0)
    if isinstance(orbit, Walker):
        elements = walker_delta(
            orbit.planes, orbit.per_plane, orbit.phasing, orbit.altitude, orbit.inclination,
            orbit.node_span,
        )  # fmt: skip
        return build_constellation(name, np.repeat(elements, per_satellite, axis=1))
    perigee = EARTH_RADIUS_M + orbit.perigee_altitude
    apogee = EARTH_RADIUS_M + orbit.apogee_altitude
    n = orbit.count
    turn = 2.0 * math.pi * np.arange(n) / max(n, 1)
    # Nodes apart by an angle and anomalies back by it times the revolutions a day (two for the
    # twelve-hour orbits): all satellites then follow one another over one ground track.
    period_s = 2.0 * math.pi * math.sqrt((0.5 * (perigee + apogee)) ** 3 / EARTH_MU_M3_S2)
    per_day = 2.0 * math.pi / EARTH_ROTATION_RAD_S / period_s
    elements = np.stack(
        [
            np.full(n, 0.5 * (perigee + apogee)),
            np.full(n, (apogee - perigee) / (apogee + perigee)),
            np.full(n, orbit.inclination),
            turn,
            np.full(n, orbit.argument_of_perigee),
            (-turn * round(per_day)) % (2.0 * math.pi),
        ]
    )
    return build_constellation(name, elements)
