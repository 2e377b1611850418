"""What all missiles with rocket motors have: stages, how they climb, what the stages look like."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import Field, model_validator

from opendome.scenario.base import Model
from opendome.scenario.models.bodies import Body, BoosterBody, Reliability, Stage
from opendome.scenario.models.element import ThreatType
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import (
    Fraction,
    HalfAngle,
    PositiveAngle,
    PositiveAngularRate,
    PositiveLength,
    PositiveMass,
    PositiveNumber,
    PositivePressure,
    PositiveSpeed,
    PositiveTime,
    RadiantIntensity,
    Time,
)


class Dispersion(Model):
    """How single missiles differ from their class, one sigma as a fraction of the value."""

    burn_time: Fraction
    specific_impulse: Fraction
    drag: Fraction = 0.0
    """Of a warhead's ballistic coefficient."""
    pointing: HalfAngle = 0.0
    """Of the thrust's attitude that guidance does not take out: an angle, not a fraction."""


class RangeLimits(Model):
    """Least and greatest ground range that the missile can be flown to."""

    min: PositiveLength
    max: PositiveLength

    @model_validator(mode="after")
    def _order(self) -> RangeLimits:
        if self.min > self.max:
            raise ValueError("allowed: min at or below max")
        return self


class Carrier(Model):
    """The aircraft that drops a missile."""

    altitude: PositiveLength
    speed: PositiveSpeed
    attitude: HalfAngle = math.pi / 2.0
    """Of the missile when its motor starts, from the vertical."""


class Weave(Model):
    """Thrust that swings out of the plane of the flight to upset predictions of the boost."""

    angle: PositiveAngle
    """Greatest swing to each side."""
    period: PositiveTime


class RocketMissile(ThreatType):
    """A missile that rockets lift: vehicle, booster, reliability."""

    propellant_class: Literal["solid", "liquid"]
    """What the defence's templates call it."""
    stages: tuple[Stage, ...] = Field(min_length=1, max_length=4)
    payload: PositiveMass
    """All that is above the last stage."""
    diameter: PositiveLength
    """Of the first stage: reference area of the drag."""
    drag_coefficient: PositiveNumber
    """Mean over the part of the ascent where drag matters."""
    vertical_rise: Time
    pitch_end: Fraction = 0.45
    """Share of the burn at which the pitch programme has ended and the attitude stays."""
    turn_limit: PositiveAngularRate | None = None
    """Greatest rate of the pitch programme; a larger turn takes longer."""
    load_limit: PositivePressure | None = None
    """Greatest dynamic pressure times sine of angle of attack; the thrust is held nearer to the
    wind where the pitch programme asks for more."""
    dynamic_pressure_limit: PositivePressure | None = None
    """Greatest dynamic pressure of the ascent; a flight that passes it is refused."""
    weave: Weave | None = None
    carrier: Carrier | None = None
    """What drops the missile; none: it starts from the ground."""
    warhead: Body
    debris: Body
    booster: BoosterBody
    plume_intensity: Uncertain[RadiantIntensity]
    """Of the burning stage, in the sensor's plume band (2.7 um)."""
    reliability: Reliability
    dispersion: Dispersion
    range: RangeLimits

    def burn_time_s(self, quantile: float | None = None) -> float:
        """Sum of the stages' burn times for an outer draw, s."""
        return sum(stage.burn_time.value(quantile) for stage in self.stages)

    @property
    def launch_mass_kg(self) -> float:
        """Mass on the pad, kg."""
        return self.payload + sum(stage.propellant + stage.inert for stage in self.stages)
