"""The true state of the world: known to the engine, never to tracking or battle management."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Identities = NDArray[np.uint64]
Flags = NDArray[np.bool_]


# Aspects of a radar cross-section: seen from within 45 degrees of where the object is going, from
# across, and from behind.
ASPECTS: Final = ("nose", "side", "tail")

# What a body's skin is: its temperature at release and within the air [K], emissivity in the
# infrared, absorptivity in sunlight, heat capacity [J/(m2 K)].
SKIN: Final = ("temperature", "emissivity", "absorptivity", "heat-capacity")


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
    works: Flags  # (n,) whatever it needs to do harm is reliable: launch, flight, warhead
    aim_area: Integers  # (n,) row of the defended areas that it is meant for, -1: none
    start_s: Floats  # (n,) launch or release
    end_s: Floats  # (n,) impact, release of its parts, or kill
    burnout_s: Floats  # (n,) end of thrust; equal to start_s for what never burns
    cross_section_m2: Floats  # (n, len(ASPECTS), len(codes.BANDS)) mean radar cross-section
    plume_w_sr: Floats  # (n,) radiant intensity in the plume band while burning
    glow_w_sr: Floats  # (n,) in the same band otherwise: a body that the air heats
    body_w_sr: Floats  # (n,) radiant intensity from 8 to 12 um at the skin's stated temperature
    skin: Floats  # (n, len(SKIN))
    feature: Floats  # (n,) what a discriminating sensor would measure, in its standard units
    mass_kg: Floats  # (n,)
    ballistic_coefficient_kg_m2: Floats  # (n,)
    steady: Floats  # (n,) one: echoes fluctuate as Swerling 3, zero: as Swerling 1


class Missiles(NamedTuple):
    """One row per missile of the raid, in one replication."""

    identity: Identities  # (n,)
    missile_class: Integers  # (n,) row of the raid's class names
    launch_s: Floats  # (n,)
    burnout_s: Floats  # (n,) end of thrust as flown
    release_s: Floats  # (n,) when the last warhead and its companions part from what carried them
    aim_area: Integers  # (n,) row of the defended areas that the first warhead is meant for
    launch_latitude_rad: Floats
    launch_longitude_rad: Floats
    aim_latitude_rad: Floats
    aim_longitude_rad: Floats
    remains_ballistic_coefficient_kg_m2: Floats  # (n,) of what survives a hit under power
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
    cross_section_m2: Floats  # (n, n_aspects, n_bands)
    plume_w_sr: Floats  # (n,) in the plume band, now
    body_w_sr: Floats  # (n,) from 8 to 12 um, now
    temperature_k: Floats  # (n,) of the skin, now
    reflecting_m2: Floats  # (n,) projected area times reflectivity of what stands in sunlight
    feature: Floats  # (n,)
    steady: Floats  # (n,) one: echoes fluctuate as Swerling 3, zero: as Swerling 1
