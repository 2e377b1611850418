"""Hypersonic boost-glide missiles: a rocket throws a glider that pulls up, glides and dives."""

from __future__ import annotations

from typing import Annotated, Literal

from opendome.scenario.base import Model
from opendome.scenario.models.bodies import Feature
from opendome.scenario.models.rocket_missile import RocketMissile
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import (
    NUMBER,
    Fraction,
    HalfAngle,
    Length,
    PositiveAngle,
    PositiveLength,
    PositiveNumber,
    PositiveSpeed,
    PositiveTime,
    Quantity,
)


class Insertion(Model):
    """What the boost hands over."""

    apogee: Uncertain[PositiveLength]
    """Of the path on which the boost ends."""
    arrival_speed: Uncertain[PositiveSpeed]
    """At the start of the dive; the boost uses the least energy that gives it."""


class Glider(Model):
    """How the body glides, and how it is guided. Its ballistic coefficient is the warhead's."""

    lift_to_drag: Uncertain[PositiveNumber]
    """The greatest."""
    full_lift: Annotated[float, Quantity(NUMBER, minimum=1.0)] = 1.5
    """Greatest lift over that of the greatest lift-to-drag ratio."""
    load_limit: PositiveNumber
    """Greatest lift over weight at the ground."""
    damping: Fraction = 0.7
    """Of the phugoid, as a share of critical; 0 lets it skip."""
    bank_limit: PositiveAngle
    bank_gain: PositiveNumber = 5.0
    """Bank per heading error."""
    entry_altitude: PositiveLength = 80e3
    """Above it lift does not matter and is left out."""
    update_interval: PositiveTime = 10.0
    """Between updates of guidance in the glide."""
    capture: PositiveLength = 50e3
    """A waypoint counts as passed when it is this near."""
    dive_angle: HalfAngle
    """Depression of the target at which the dive begins at the latest."""
    dive_gain: PositiveNumber = 4.0
    """Navigation ratio of the dive."""
    dive_interval: PositiveTime = 1.0
    """Longest time between updates in the dive."""


class GlideFeatures(Model):
    """Discrimination feature of each kind of object."""

    warhead: Feature
    debris: Feature


class GlideMissile(RocketMissile):
    """A boosted hypersonic glider; `warhead` is the glider's body."""

    kind: Literal["glide-missile"]
    energy_management: Literal["cut-off", "thrust-termination", "manoeuvre"]
    """What is done with energy that the range does not need."""
    insertion: Insertion
    glider: Glider
    feature: GlideFeatures
    guidance_error: Length
    """On the ground, one sigma per axis."""
