"""Space-based interceptor types and their constellations."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from opendome.scenario.models.coalition import Participation
from opendome.scenario.models.element import Element, InterceptorType
from opendome.scenario.models.engagement import (
    Assessment,
    Homing,
    KillTable,
    assumed_correlation,
)
from opendome.scenario.models.orbits import Walker
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import (
    Acceleration,
    Fraction,
    Length,
    Money,
    PositiveMass,
    PositiveSpeed,
    PositiveTime,
    Time,
)

OrbitalLayer = Literal["boost", "post-boost", "midcourse", "glide"]


class SpaceInterceptor(InterceptorType):
    """An interceptor in orbit: it burns straight at the predicted point, coasts, diverts, hits."""

    kind: Literal["space-interceptor"]
    engages: tuple[OrbitalLayer, ...] = Field(default=("boost",), min_length=1)
    """Phases of flight in which it is fired at a missile, in any order."""
    post_boost_time: Uncertain[Time] = Uncertain[Time].model_validate(
        {"low": "60 s", "best": "300 s", "high": "600 s"}
    )
    """After burnout that a missile is taken to be deploying still."""
    acceleration: Uncertain[Acceleration]
    """Mean over the burn."""
    delta_v: Uncertain[PositiveSpeed]
    """Of the fly-out burn; the burn lasts delta-v over acceleration."""
    homing: Homing
    min_intercept_altitude: Uncertain[Length]
    """The seeker is blinded by its own heating below it, and gliders are met above it alone."""
    max_flight_time: PositiveTime
    kill_probability: KillTable
    reliability: Uncertain[Fraction] = Uncertain[Fraction](low=1.0, best=1.0, high=1.0)
    assessment: Assessment
    correlation: Uncertain[Fraction] = Field(default_factory=assumed_correlation)
    reaction_time: Uncertain[Time]
    """From order to ignition, turning the satellite included."""
    mass: PositiveMass
    """On orbit, with its support module."""
    life: PositiveTime
    unit_cost: Uncertain[Money]


class SpaceInterceptorConstellation(Element):
    """Space-based interceptors of one type."""

    default_group: ClassVar[str] = "space-based-interceptors"
    default_level: ClassVar[Participation] = "hosting"

    kind: Literal["space-interceptor-constellation"]
    interceptor: str
    """Name of the interceptor type."""
    constellation: Walker
    per_satellite: int = Field(default=1, ge=1)
    """Interceptors on each satellite."""
