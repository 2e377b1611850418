"""Fractional orbital bombardment: missiles that reach their target by way of a low orbit."""

from __future__ import annotations

from typing import Literal

from opendome.scenario.base import Model
from opendome.scenario.models.bodies import Feature
from opendome.scenario.models.rocket_missile import RocketMissile
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import (
    BallisticCoefficient,
    Length,
    PositiveLength,
    PositiveSpeed,
    PositiveTime,
)


class Orbit(Model):
    """The orbit that the launcher enters."""

    altitude: Uncertain[PositiveLength]
    """Of the insertion, 120 to 250 km."""
    approach: Literal["direct", "long-way"]
    """Towards the target, or away from it and round the Earth."""


class Retro(Model):
    """The motor that takes the body out of its orbit, fired against the velocity."""

    delta_v: Uncertain[PositiveSpeed]
    burn_time: PositiveTime
    specific_impulse: PositiveTime


class OrbitalFeatures(Model):
    """Discrimination feature of each kind of object."""

    warhead: Feature
    debris: Feature


class OrbitalMissile(RocketMissile):
    """A launcher whose body goes into a low orbit and is braked out of it over the target."""

    kind: Literal["orbital-missile"]
    orbit: Orbit
    orbit_ballistic_coefficient: BallisticCoefficient
    """Of body and retro-motor together."""
    retro: Retro
    feature: OrbitalFeatures
    guidance_error: Length
    """On the ground, one sigma per axis."""
