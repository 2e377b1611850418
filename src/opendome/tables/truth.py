"""The true state of the world: known to the engine, never to tracking or battle management."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Identities = NDArray[np.uint64]
Flags = NDArray[np.bool_]


class Trajectories(NamedTuple):
    """Flight paths as integration nodes; path `i` holds nodes `first[i]` to `first[i + 1]`.

    Between nodes a quintic Hermite polynomial through position, velocity and acceleration gives
    the state at any time (`opendome.physics.trajectory`). Where thrust jumps, two nodes share a
    time.
    """

    first: Integers  # (n_paths + 1,)
    time_s: Floats  # (n_nodes,) seconds since the scenario's zero
    position_eci_m: Floats  # (n_nodes, 3)
    velocity_eci_m_s: Floats  # (n_nodes, 3)
    acceleration_eci_m_s2: Floats  # (n_nodes, 3)


class Objects(NamedTuple):
    """Every object that flies in one replication; row `i` flies along trajectory `i`."""

    identity: Identities  # (n,) hash of the object's scenario name
    missile: Integers  # (n,) row of the missile it came from
    kind: Integers  # (n,) codes.BOOSTER ...
    start_s: Floats  # (n,) launch or release
    end_s: Floats  # (n,) impact, release of its parts, or kill
    burnout_s: Floats  # (n,) end of thrust; equal to start_s for what never burns
    cross_section_m2: Floats  # (n, len(codes.BANDS)) mean radar cross-section
    plume_w_sr: Floats  # (n,) radiant intensity in the plume band while burning
    body_w_sr: Floats  # (n,) radiant intensity in the long-wave band, unlit
    feature: Floats  # (n,) what a discriminating sensor would measure, in its standard units
    mass_kg: Floats  # (n,)
    ballistic_coefficient_kg_m2: Floats  # (n,)


class Missiles(NamedTuple):
    """One row per missile of the raid, in one replication."""

    identity: Identities  # (n,)
    missile_class: Integers  # (n,) row of the raid's class names
    launch_s: Floats  # (n,)
    burnout_s: Floats  # (n,) end of thrust as flown
    release_s: Floats  # (n,) when warhead and companions part from the last stage
    aim_area: Integers  # (n,) row of the defended areas, -1: none
    launch_latitude_rad: Floats
    launch_longitude_rad: Floats
    aim_latitude_rad: Floats
    aim_longitude_rad: Floats
    works: Flags  # (n,) launch, flight and warhead all reliable
    cutoff_reason: Integers  # (n,) 0 full flight, 1 failed at launch, 2 failed in boost


class Truth(NamedTuple):
    """A raid as flown in one replication, before any interceptor touches it."""

    missiles: Missiles
    objects: Objects
    trajectories: Trajectories


class Snapshot(NamedTuple):
    """True objects at one instant: all that sensors may look at."""

    time_s: float
    identity: Identities  # (n,)
    row: Integers  # (n,) row in Objects, for scoring by the engine only
    position_eci_m: Floats  # (n, 3)
    velocity_eci_m_s: Floats  # (n, 3)
    burning: Flags  # (n,)
    cross_section_m2: Floats  # (n, n_bands)
    plume_w_sr: Floats  # (n,)
    body_w_sr: Floats  # (n,)
    feature: Floats  # (n,)
