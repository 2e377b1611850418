"""Ballistic missiles that raids are made of."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import Field, model_validator

from opendome.scenario.base import Model
from opendome.scenario.models.bodies import Body, BoosterBody, Feature, Reliability, Stage
from opendome.scenario.models.element import ThreatType
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import (
    Count,
    Fraction,
    HalfAngle,
    Length,
    PositiveAngle,
    PositiveAngularRate,
    PositiveLength,
    PositiveMass,
    PositiveNumber,
    PositivePressure,
    PositiveSpeed,
    PositiveTime,
    RadiantIntensity,
    Speed,
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


class PostBoost(Model):
    """The vehicle that sends warheads to different aim points after the last stage has burned."""

    delta_v: Uncertain[Speed]
    """Change of velocity that it has for that."""
    first_release: Uncertain[Time]
    """From burnout to the first release; `release-delay` is the last."""
    along: Length
    """Aim points are chosen within this distance along the flight from the first warhead's."""
    across: Length
    """Aim points are chosen within this distance to each side of the flight."""


class ReleaseSpeeds(Model):
    """Speed at which released objects part, one sigma per axis."""

    warhead: Speed = 0.3
    spent_stage: Speed = 1.0
    decoy: Speed = 3.0
    fragment: Speed = 5.0
    replica_decoy: Speed = 1.0
    chaff: Speed = 5.0


class Features(Model):
    """Discrimination feature of each kind of object that the missile releases."""

    warhead: Feature
    debris: Feature
    decoy: Feature
    replica_decoy: Feature = Feature(mean=0.4, spread=0.4)
    chaff: Feature = Feature(mean=2.0, spread=0.8)


class BallisticMissile(ThreatType):
    """A ballistic missile class: vehicle, payload, signatures and reliability."""

    kind: Literal["ballistic-missile"]
    propellant_class: Literal["solid", "liquid"]
    """What the defence's templates call it."""
    stages: tuple[Stage, ...] = Field(min_length=1, max_length=4)
    payload: PositiveMass
    """Warheads, decoys and their carrier together."""
    diameter: PositiveLength
    """Of the first stage: reference area of the drag."""
    drag_coefficient: PositiveNumber
    """Mean over the part of the ascent where drag matters."""
    vertical_rise: Time
    pitch_end: Fraction
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
    energy_management: Literal["cut-off", "thrust-termination", "manoeuvre"]
    """What is done with energy that the range does not need."""
    release_delay: Uncertain[Time]
    """From burnout to the release of the last warhead and its companions."""
    warheads: Uncertain[Count]
    post_boost: PostBoost | None = None
    """None: all warheads of a missile go to one aim point, released together."""
    warhead: Body
    decoy: Body
    """Light decoy: a balloon."""
    replica_decoy: Body | None = None
    """Decoy with a warhead's shape and about its mass-to-drag; none: it has none to release."""
    chaff: Body | None = None
    """A cloud of chaff; none: it has none to release."""
    debris: Body
    release_speed: ReleaseSpeeds = ReleaseSpeeds()
    booster: BoosterBody
    plume_intensity: Uncertain[RadiantIntensity]
    """Of the burning stage, in the sensor's plume band (2.7 um)."""
    feature: Features
    reliability: Reliability
    guidance_error: Speed
    """Error of the velocity at burnout, one sigma per axis."""
    dispersion: Dispersion
    range: RangeLimits

    def burn_time_s(self, quantile: float | None = None) -> float:
        """Sum of the stages' burn times for an outer draw, s."""
        return sum(stage.burn_time.value(quantile) for stage in self.stages)

    @property
    def launch_mass_kg(self) -> float:
        """Mass on the pad, kg."""
        return self.payload + sum(stage.propellant + stage.inert for stage in self.stages)
