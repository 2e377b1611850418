"""The defender's own forces, areas and rules: known to battle management without measurement."""

from __future__ import annotations

from typing import Final, NamedTuple

from opendome.tables.truth import Flags, Floats, Identities, Integers

# How a shooter launches.
GROUND: Final = 0
ORBITAL: Final = 1
IDEAL: Final = 2
DIRECT: Final = 3

# Shot doctrines: all shots at once; a salvo, a look, a salvo; two shots while a look is left, then
# the whole salvo; as many as the worth of a round in later use says.
BARRAGE: Final = 0
SHOOT_LOOK_SHOOT: Final = 1
SHOOT_SHOOT_LOOK: Final = 2
OPTIMAL: Final = 3


class InterceptorTypes(NamedTuple):
    """One row per interceptor type."""

    identity: Identities  # (k,)
    launch_kind: Integers  # (k,) GROUND, ORBITAL, IDEAL or DIRECT
    layer: Integers  # (k,) row of codes.LAYERS
    kill_probability: Floats  # (k, len(codes.TARGET_CLASSES)) inside its limits
    max_closing_speed_m_s: Floats  # (k, len(codes.TARGET_CLASSES))
    correlation: Floats  # (k,) between shots of the type in one replication
    min_altitude_m: Floats  # (k,) of intercept
    max_altitude_m: Floats  # (k,)
    salvo: Floats  # (k, looks) mean shots in a salvo; past the last column its value holds
    max_salvos: Integers  # (k,) looks: salvos at one track
    divert_m_s: Floats  # (k,) kill vehicle's velocity change for updates and homing
    basket_m: Floats  # (k,) miss that the seeker can still take in at the last update
    last_update_s: Floats  # (k,) before intercept
    updates_in_flight: Flags  # (k,)
    burn_s: Floats  # (k,) while the booster burns, updates are steered for without divert
    reaction_s: Floats  # (k,) from order to launch
    decision_s: Floats  # (k,) human or pre-delegated decision after a track is firm
    assessment_s: Floats  # (k,) kill-assessment delay after intercept
    missed_kill_probability: Floats  # (k,) a kill is reported as a miss
    false_kill_probability: Floats  # (k,) a miss is reported as a kill
    flight_s: Floats  # (k,) fixed flight time of an IDEAL type, else NaN
    acceleration_m_s2: Floats  # (k,) of an ORBITAL type, else NaN
    delta_v_m_s: Floats  # (k,) of an ORBITAL type, else NaN
    max_flight_s: Floats  # (k,) of an ORBITAL or DIRECT type, else NaN
    engages: Flags  # (k, len(codes.LAYERS)) where an ORBITAL type engages
    post_boost_s: Floats  # (k,) after burnout a missile deploys, for an ORBITAL type, else NaN
    min_range_m: Floats  # (k,) of a GROUND or DIRECT type, as in interceptors.direct
    speed_m_s: Floats  # (k,) this and the rest of a DIRECT type, as in interceptors.direct
    max_range_m: Floats  # (k,)
    aircraft_speed_m_s: Floats  # (k,) NaN: no aircraft
    radius_m: Floats  # (k,)
    sight_height_m: Floats  # (k,) NaN: no sight needed


class Shooters(NamedTuple):
    """One row per battery or constellation of interceptors."""

    identity: Identities  # (s,)
    interceptor: Integers  # (s,) row of InterceptorTypes
    nation: Integers  # (s,) row of the world's nations
    inventory: Integers  # (s,) ready rounds at the start of a replication, before availability
    reserve: Integers  # (s,) rounds held back
    channels: Integers  # (s,) shots that can be guided at a time
    launch_interval_s: Floats  # (s,) between launches
    order_s: Floats  # (s,) what an order takes on its way to it
    may_fire: Flags  # (s,) whether it may be fired now
    latitude_rad: Floats  # (s,) NaN for a constellation
    longitude_rad: Floats  # (s,)
    position_ecef_m: Floats  # (s, 3)
    flyout_table: Integers  # (s,) index of its fly-out table, -1: none
    constellation: Integers  # (s,) index of its constellation, -1: none
    availability: Floats  # (s,) probability that a round (or a satellite) is ready
    site_availability: Floats  # (s,) probability that the battery or constellation works at all


class DefendedAreas(NamedTuple):
    """Discs that the defence protects; a warhead that comes down inside one has leaked."""

    latitude_rad: Floats  # (a,)
    longitude_rad: Floats  # (a,)
    unit_ecef: Floats  # (a, 3) geocentric direction
    radius_m: Floats  # (a,)
    weight: Floats  # (a,)
    own_weight: Floats  # (a,) the same before its nation's: what it is worth, defended or not
    nation: Integers  # (a,)


class Doctrine(NamedTuple):
    """Rules of engagement."""

    rule: int  # BARRAGE, SHOOT_LOOK_SHOOT, SHOOT_SHOOT_LOOK or OPTIMAL
    hold_for_better: bool  # wait for the shooter with the greatest kill probability of one shot
    reserve_until_s: float  # then rounds held back may be fired too; infinite: never
    lethality_threshold: float  # tracks believed less lethal than this are left alone
    threat_margin_sigma: float  # impact-point sigmas added to an area's radius
    boost_heading_margin_m: float  # an ascending missile threatens areas this near its plane
    boost_range_m: float  # and within this range of its launch point
    replan_s: float  # time between plans for one ballistic track
    harmless_replan_s: float  # the same where it threatens nothing
    commit_divert_share: float  # share of divert that predicted error may use at commit
    orbital_reserve_m: float  # reach held back at commit from orbit, for the error of prediction
    sure_lethality: float  # tracks below it wait for discrimination while a second look is left
    confident_lethality: float  # those below it while any shot is left
    last_chance_s: float  # how long before the last launch such a track is engaged all the same
