"""What each replication draws once: the hour, the satellites' phases, what is available."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from opendome.physics.frames import gmst82, julian_date
from opendome.physics.jit import kernel
from opendome.physics.moon import moon_position_m
from opendome.physics.random import entity_id, normal, stream_key, uniform
from opendome.physics.sun import sun_direction
from opendome.sensing import Sky
from opendome.space import Constellation, draw_phases
from opendome.tables.forces import ORBITAL
from opendome.tables.truth import Flags, Integers

if TYPE_CHECKING:
    from opendome.world import World

# Days in a mean tropical year, Astronomical Almanac (2016), page C1.
_YEAR_DAYS = 365.2422
_EPOCH = entity_id("epoch")
_DECISION = entity_id("human decision")


class Environment(NamedTuple):
    """Draws of one replication that no stage may change."""

    epoch_offset_s: float  # after the start of the year
    gmst0_rad: float
    sky: Sky  # Sun and Moon, as they stand at the start
    sensor_constellations: tuple[tuple[Constellation, ...], ...]  # by sensor group
    sensor_up: tuple[Flags, ...]  # by sensor group
    interceptor_constellations: tuple[Constellation, ...]
    inventory: Integers  # (n_shooters,) rounds ready
    satellite_ready: list[Flags]  # by constellation of interceptors
    decision_factor: float  # time that people take to decide, over its mean


def draw_environment(world: World, seed: int, replication: int) -> Environment:
    """Draw the hour, satellites' phases and availability of one replication.

    The epoch is uniform over the scenario's year (Sun and season with it) unless the scenario
    fixes it; each constellation has a node and an in-plane phase of its own (modelling rule 1).
    """
    if world.epoch_jd is None:
        share = uniform(stream_key(seed, "epoch"), replication, _EPOCH, 0)
        start, _ = julian_date(datetime(world.year, 1, 1, tzinfo=UTC))
        offset_days = share * _YEAR_DAYS
        day, fraction = start + np.floor(offset_days), offset_days - np.floor(offset_days)
    else:
        day, fraction = np.floor(world.epoch_jd - 0.5) + 0.5, 0.0
        fraction = world.epoch_jd - day
        offset_days = 0.0
    moment_jd = float(day + fraction)
    gmst0 = float(gmst82(float(day), float(fraction)))
    key = stream_key(seed, "availability")

    draw = 0 if world.fixed_phases else replication

    def phased(constellation: Constellation) -> Constellation:
        return draw_phases(constellation, seed, draw, gmst0)

    platforms = [entity_id(f"sensor/{name}") for name in world.platform_names]
    up = tuple(
        np.array(
            [
                uniform(key, replication, platforms[sensor], 0) < chance
                for sensor, chance in zip(group.block.sensor, group.availability, strict=True)
            ],
            np.bool_,
        )
        for group in world.sensors
    )
    inventory, ready = _draw_rounds(world, key, replication)
    return Environment(
        epoch_offset_s=offset_days * 86400.0,
        gmst0_rad=gmst0,
        sky=Sky(np.array(sun_direction(moment_jd)), np.array(moon_position_m(moment_jd))),
        sensor_constellations=tuple(
            tuple(phased(c) for c in group.constellations) for group in world.sensors
        ),
        sensor_up=up,
        interceptor_constellations=tuple(phased(c) for c in world.interceptor_constellations),
        inventory=inventory,
        satellite_ready=ready,
        decision_factor=_draw_decision(world.coalition.decision_spread, seed, replication),
    )


def _draw_decision(spread: float, seed: int, replication: int) -> float:
    """Lognormal with mean one: how quick the people of this replication are."""
    deviate = float(normal(stream_key(seed, "decision"), replication, _DECISION, 0))
    return math.exp(spread * deviate - 0.5 * spread * spread)


@kernel
def _draw_each(
    key: np.uint64, replication: int, identity: np.uint64, n: int, chance: float
) -> Flags:
    """Which of `n` like things are available, by their number; index 0 is the site's own draw."""
    alive = np.empty(n, np.bool_)
    for i in range(n):
        alive[i] = uniform(key, replication, identity, i + 1) < chance
    return alive


def _draw_rounds(world: World, key: np.uint64, replication: int) -> tuple[Integers, list[Flags]]:
    """Rounds ready at each shooter, and which satellites of each constellation are alive."""
    shooters, types = world.forces.shooters, world.forces.types
    inventory = np.zeros(shooters.inventory.shape[0], np.int64)
    ready: list[Flags] = [
        np.zeros(0, np.bool_) for _ in range(len(world.interceptor_constellations))
    ]
    for s in range(inventory.shape[0]):
        n = int(shooters.inventory[s])
        chance = float(shooters.availability[s])
        identity = shooters.identity[s]
        if uniform(key, replication, identity, 0) >= float(shooters.site_availability[s]):
            alive = np.zeros(n, np.bool_)
        elif chance >= 1.0:
            alive = np.ones(n, np.bool_)
        else:
            alive = _draw_each(key, replication, identity, n, chance)
        inventory[s] = int(alive.sum())
        if types.launch_kind[shooters.interceptor[s]] == ORBITAL:
            ready[int(shooters.constellation[s])] = alive
    return inventory, ready
