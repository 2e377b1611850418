"""Stages that burn and bodies that fall, shared by missiles and interceptors."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from opendome.scenario.base import Model
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import (
    Area,
    BallisticCoefficient,
    Fraction,
    PositiveFraction,
    PositiveHeatCapacity,
    PositiveMass,
    PositiveNumber,
    PositiveTemperature,
    PositiveTime,
    RadiantIntensity,
    Time,
)


class Stage(Model):
    """A rocket stage of constant thrust and mass flow."""

    propellant: PositiveMass
    inert: PositiveMass
    """Mass left at burnout and dropped."""
    burn_time: Uncertain[PositiveTime]
    specific_impulse: PositiveTime
    """Effective over the burn; loss to air pressure is in it."""
    coast: Time = 0.0
    """From this stage's burnout to the next one's ignition; unused after the last stage."""


class CrossSection(Model):
    """Mean radar cross-section by band, near nose-on."""

    vhf: Area = Field(alias="VHF")
    uhf: Area = Field(alias="UHF")
    l: Area = Field(alias="L")  # noqa: E741 - the band's name
    s: Area = Field(alias="S")
    c: Area = Field(alias="C")
    x: Area = Field(alias="X")

    @property
    def by_band_m2(self) -> tuple[float, float, float, float, float, float]:
        """In the order of `tables.codes.BANDS`."""
        return self.vhf, self.uhf, self.l, self.s, self.c, self.x


class Skin(Model):
    """What decides how warm a body is in space: it takes in sunlight and the Earth's warmth."""

    temperature: PositiveTemperature = 300.0
    """At release, and while it flies within the air."""
    emissivity: PositiveFraction
    """In the infrared."""
    absorptivity: Fraction
    """In sunlight."""
    heat_capacity: PositiveHeatCapacity
    """Of the skin that follows within a flight, by its area."""


class Body(Model):
    """A warhead, decoy or piece of debris in flight."""

    mass: PositiveMass
    ballistic_coefficient: BallisticCoefficient
    """Mass over drag coefficient times area."""
    cross_section: CrossSection
    from_side: PositiveNumber = 1.0
    """Cross-section seen from across its motion, times that seen near nose-on."""
    from_behind: PositiveNumber = 1.0
    """Cross-section seen from behind, times that seen near nose-on."""
    fluctuation: Literal["swerling-1", "swerling-3"] | None = None
    """Of its radar echoes from look to look: many scatterers alike, as of what tumbles, or one
    large among small ones, as of what spins. None: usual for its kind of object."""
    body_intensity: RadiantIntensity
    """In the long-wave infrared (8 to 12 um) at the skin's stated temperature."""
    skin: Skin | None = None
    """None: the usual skin of its kind of object."""
    glow_intensity: RadiantIntensity = 0.0
    """In the sensor's plume band (2.7 um), of a skin that the air heats; zero for what is cold."""


class BoosterBody(Model):
    """A spent or burning booster as sensors and air see it."""

    cross_section: CrossSection
    from_side: PositiveNumber = 1.0
    """Cross-section seen from across its motion, times that seen near nose-on."""
    from_behind: PositiveNumber = 1.0
    """Cross-section seen from behind, times that seen near nose-on."""
    fluctuation: Literal["swerling-1", "swerling-3"] | None = None
    """Of its radar echoes from look to look: many scatterers alike, as of what tumbles, or one
    large among small ones, as of what spins. None: usual for its kind of object."""
    ballistic_coefficient: BallisticCoefficient
    body_intensity: RadiantIntensity
    """In the long-wave infrared (8 to 12 um) after burnout."""
    skin: Skin | None = None
    """None: the usual skin of a booster."""


class Feature(Model):
    """What a discriminating sensor would measure on a kind of object, in its standard units.

    Zero is a typical warhead and one a typical light decoy; `spread` is how far single objects
    of the kind lie from their mean (one sigma).
    """

    mean: float
    spread: float = Field(ge=0.0)


class Reliability(Model):
    """Probabilities that the parts of a missile's flight work."""

    launch: Uncertain[Fraction]
    flight: Uncertain[Fraction]
    warhead: Uncertain[Fraction]
