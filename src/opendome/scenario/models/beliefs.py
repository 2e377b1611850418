"""What the defence believes of its adversary before the raid."""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import Field, model_validator

from opendome.scenario.base import Model, Sourced
from opendome.scenario.models.ballistic_missile import Features
from opendome.scenario.models.element import LibraryItem
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import (
    BallisticCoefficient,
    Fraction,
    PositiveArea,
    PositiveNumber,
    PositiveSpeed,
    PositiveTime,
    RadiantIntensity,
)

Value = TypeVar("Value")


class BoostTemplate(Model):
    """A class of booster that the defence reckons with."""

    burn_time: Uncertain[PositiveTime]
    share: Fraction
    """Prior probability that a missile is of this class."""


class Believed(Model, Generic[Value]):
    """A positive quantity that differs from object to object of a class: its log is normal."""

    median: Uncertain[Value]
    factor: Annotated[float, Field(gt=1.0, le=100.0)]
    """One sigma: two thirds of the objects lie within this factor of the median."""


class BelievedCrossSections(Model):
    """Radar cross-section over all aspects, for groups of bands that teach alike."""

    uhf: Believed[PositiveArea] = Field(alias="UHF")
    """VHF and UHF: longer than a warhead's nose is wide, shape hardly counts."""
    s: Believed[PositiveArea] = Field(alias="S")
    """L and S."""
    x: Believed[PositiveArea] = Field(alias="X")
    """C and X."""


class BelievedClass(Sourced):
    """A class of objects that the defence reckons with, as its sensors would see it."""

    lethal: bool = False
    share: PositiveNumber
    """Of the lethal objects if lethal, else of the others; any common scale."""
    cross_section: BelievedCrossSections
    body_intensity: Believed[RadiantIntensity]
    """In the long-wave infrared."""
    ballistic_coefficient: Believed[BallisticCoefficient]
    parting_speed: Uncertain[PositiveSpeed]
    """At which it leaves what it came with, one sigma per axis."""
    steady: Uncertain[Fraction]
    """Probability that its radar echoes fluctuate as Swerling 3 and not as Swerling 1."""


class Beliefs(LibraryItem):
    """Templates and priors; compiled apart from the raid, so that they can be wrong."""

    kind: Literal["beliefs"]
    boost_templates: dict[str, BoostTemplate] = Field(min_length=1)
    lethal_share: Uncertain[Fraction]
    """Prior probability that an object in midcourse is a warhead."""
    feature: Features
    """Discrimination features that the defence expects."""
    discrimination: Literal["features", "k-factor"] = "features"
    """By what objects are told apart: physical features over `classes`, or the scalar feature."""
    association: Literal["nearest", "clusters", "joint"] = "clusters"
    """How looks are given to tracks: each to one, or each to all it may be of by probability, for
    all tracks (`joint`) or for those in free fall alone."""
    registration: Literal["noise", "estimated"] = "noise"
    """Errors common to all looks of a sensor: taken for noise, or estimated on shared tracks."""
    classes: dict[str, BelievedClass] = Field(min_length=2, max_length=8)

    @model_validator(mode="after")
    def _both_kinds(self) -> Beliefs:
        if len({believed.lethal for believed in self.classes.values()}) < 2:
            raise ValueError("classes: allowed: at least one lethal class and one that is not")
        return self
