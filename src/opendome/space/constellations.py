"""Constellations: many satellites under one name, and where they are at a given time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from opendome.physics.jit import kernel
from opendome.physics.orbits import NEARLY_CIRCULAR, geostationary, mean_rates, propagate_j2
from opendome.physics.random import entity_id, stream_key, uniform

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_NODE = 0
_IN_PLANE = 1


class Constellation(NamedTuple):
    """Satellites under one scenario name, one column each.

    Columns of one constellation are best alike: one orbit of e >= 0.1 slows all.
    """

    identity: np.uint64  # hash of the constellation's scenario name
    elements: Floats  # (6, n) mean elements at t = 0, `opendome.physics.orbits`
    rates: Floats  # (3, n) secular rates [rad/s]
    # Angle of the Earth at t = 0 for which the elements hold; NaN where they do not turn with it.
    gmst0_rad: float

    @property
    def n_satellites(self) -> int:
        """Number of satellites."""
        return int(self.elements.shape[1])


def build_constellation(name: str, elements: Floats) -> Constellation:
    """A constellation from mean elements (6, n); its phase is drawn in each replication.

    Raises `ValueError` where an orbit is open or its perigee lies in the Earth.
    """
    rows = np.ascontiguousarray(elements, np.float64)
    return Constellation(entity_id(name), rows, mean_rates(rows), math.nan)


def build_geostationary(name: str, longitude_rad: Floats, gmst0_rad: float) -> Constellation:
    """Satellites above given longitudes (n,) [rad], the Earth standing at `gmst0_rad` at t = 0."""
    elements = geostationary(longitude_rad, gmst0_rad)
    return Constellation(entity_id(name), elements, mean_rates(elements), gmst0_rad)


def draw_phases(
    constellation: Constellation, seed: int, replication: int, gmst0_rad: float | None = None
) -> Constellation:
    """The constellation as it stands at t = 0 of one replication.

    Node and in-plane phase are drawn uniformly and independently per constellation, the same for
    all its satellites, so that the pattern is kept and its place over the turning Earth is not.
    Geostationary satellites keep their longitudes.

    Parameters
    ----------
    seed, replication : int
        The draws depend on these and on the constellation's name alone.
    gmst0_rad : float, optional
        Angle of the Earth at t = 0 of this replication; by default the one that a geostationary
        constellation was built for. No other constellation needs it.
    """
    elements = constellation.elements.copy()
    if not math.isnan(constellation.gmst0_rad):
        if gmst0_rad is None:
            return constellation
        elements[5] += gmst0_rad - constellation.gmst0_rad
        elements[5] %= 2.0 * math.pi
        return constellation._replace(elements=elements, gmst0_rad=gmst0_rad)
    key = stream_key(seed, "constellation-phase")
    identity = constellation.identity
    elements[3] += 2.0 * math.pi * uniform(key, replication, identity, _NODE)
    elements[5] += 2.0 * math.pi * uniform(key, replication, identity, _IN_PLANE)
    elements[3] %= 2.0 * math.pi
    elements[5] %= 2.0 * math.pi
    return constellation._replace(elements=elements)


def satellite_states(constellation: Constellation, t: float) -> tuple[Floats, Floats]:
    """Positions [m] and velocities [m/s] in `eci` at one time.

    Parameters
    ----------
    t : float
        Seconds since the scenario's zero.

    Returns
    -------
    position_eci_m, velocity_eci_m_s : (n, 3) float64, contiguous

    Notes
    -----
    Validity and errors as `opendome.physics.orbits.propagate_j2`.
    """
    position, velocity = satellite_ephemeris(constellation, np.array([t], np.float64))
    return np.ascontiguousarray(position[0].T), np.ascontiguousarray(velocity[0].T)


def satellite_ephemeris(constellation: Constellation, times: Floats) -> tuple[Floats, Floats]:
    """States at many times, in the order in which they are computed.

    Parameters
    ----------
    times : (n_times,) float64
        Seconds since the scenario's zero. Chunks that stay in cache (some 10^5 states) are the
        fastest.

    Returns
    -------
    position_eci_m, velocity_eci_m_s : (n_times, 3, n) float64
    """
    shape = (times.shape[0], 3, constellation.n_satellites)
    position = np.empty(shape)
    velocity = np.empty(shape)
    propagate_j2(constellation.elements, constellation.rates, times, position, velocity)
    return position, velocity


class Fleet(NamedTuple):
    """Satellites of several constellations, to be placed in one call.

    Eccentric ones stand apart: one of them would slow all.
    """

    circular: Floats  # (6, n) mean elements at t = 0
    circular_rates: Floats  # (3, n)
    eccentric: Floats  # (6, m) those of e >= 0.1
    eccentric_rates: Floats  # (3, m)
    carrier: Integers  # (n_seats,) satellite of each seat, circular ones counted first


def build_fleet(constellations: Sequence[Constellation]) -> Fleet:
    """The satellites of constellations as a fleet; one that is named twice is placed once.

    Seats are the satellites in the order given, those of repeated constellations included.
    """
    distinct = {c.identity: c for c in constellations}
    ends = np.cumsum([c.n_satellites for c in distinct.values()])
    end = dict(zip(distinct, ends, strict=True))
    seats = [np.arange(end[c.identity] - c.n_satellites, end[c.identity]) for c in constellations]
    elements = np.concatenate([c.elements for c in distinct.values()], axis=1)
    rates = np.concatenate([c.rates for c in distinct.values()], axis=1)
    eccentric = elements[1] >= NEARLY_CIRCULAR
    order = np.argsort(eccentric, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    return Fleet(
        np.ascontiguousarray(elements[:, ~eccentric]),
        np.ascontiguousarray(rates[:, ~eccentric]),
        np.ascontiguousarray(elements[:, eccentric]),
        np.ascontiguousarray(rates[:, eccentric]),
        place[np.concatenate(seats)],
    )


@kernel
def place_fleet(fleet: Fleet, t: float, position_eci_m: Floats, velocity_eci_m_s: Floats) -> None:
    """Fill positions [m] and velocities [m/s] in `eci` of all seats (n_seats, 3) at one time."""
    n, m = fleet.circular.shape[1], fleet.eccentric.shape[1]
    times = np.full(1, t)
    states = np.empty((2, 1, 3, n))
    propagate_j2(fleet.circular, fleet.circular_rates, times, states[0], states[1])
    others = np.empty((2, 1, 3, m))
    propagate_j2(fleet.eccentric, fleet.eccentric_rates, times, others[0], others[1])
    for seat in range(fleet.carrier.shape[0]):
        k = fleet.carrier[seat]
        for axis in range(3):
            if k < n:
                position_eci_m[seat, axis] = states[0, 0, axis, k]
                velocity_eci_m_s[seat, axis] = states[1, 0, axis, k]
            else:
                position_eci_m[seat, axis] = others[0, 0, axis, k - n]
                velocity_eci_m_s[seat, axis] = others[1, 0, axis, k - n]
