"""Ballistic missiles that raids are made of."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from opendome.scenario.base import Model
from opendome.scenario.models.bodies import Body, BoosterBody, Feature, Reliability, Stage
from opendome.scenario.models.element import ThreatType
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import (
    Fraction,
    PositiveLength,
    PositiveMass,
    PositiveNumber,
    RadiantIntensity,
    Speed,
    Time,
)


class Dispersion(Model):
    """How single missiles differ from their class, one sigma as a fraction of the value."""

    burn_time: Fraction
    specific_impulse: Fraction


class RangeLimits(Model):
    """Least and greatest ground range that the missile can be flown to."""

    min: PositiveLength
    max: PositiveLength

    @model_validator(mode="after")
    def _order(self) -> RangeLimits:
        if self.min > self.max:
            raise ValueError("allowed: min at or below max")
        return self


class Features(Model):
    """Discrimination feature of each kind of object that the missile releases."""

    warhead: Feature
    debris: Feature
    decoy: Feature


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
    energy_management: Literal["cut-off", "thrust-termination", "manoeuvre"]
    """What is done with energy that the range does not need."""
    release_delay: Uncertain[Time]
    """From burnout to the release of the last warhead and its companions."""
    warheads: int = Field(ge=1)
    warhead: Body
    decoy: Body
    debris: Body
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
