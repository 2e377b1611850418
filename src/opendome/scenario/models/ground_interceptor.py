"""Interceptor types that are launched from the ground or from ships, and their batteries."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from opendome.scenario.base import Model
from opendome.scenario.models.bodies import Stage
from opendome.scenario.models.coalition import Participation
from opendome.scenario.models.element import Element, InterceptorType
from opendome.scenario.models.engagement import (
    Assessment,
    Homing,
    KillTable,
    TestRecord,
    assumed_correlation,
)
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import (
    Fraction,
    Latitude,
    Length,
    Longitude,
    Money,
    PositiveLength,
    PositiveMass,
    PositiveNumber,
    PositiveTime,
    SignedLength,
    Time,
)

Layer = Literal["midcourse", "upper-tier", "lower-tier", "glide", "cruise"]


class Limits(Model):
    """Least and greatest value of a length."""

    min: Length
    max: PositiveLength

    @model_validator(mode="after")
    def _order(self) -> Limits:
        if not self.min < self.max:
            raise ValueError("allowed: min below max")
        return self


class HomingInterceptor(InterceptorType):
    """An interceptor from the ground, a ship or an aircraft that finds its target by itself."""

    layer: Layer
    altitude: Limits
    """Band of altitudes in which it can intercept; a least one of 0 is down to the ground."""
    kill_probability: KillTable
    """By target class; a class that is not listed is not engaged."""
    test_record: TestRecord | None = None
    reliability: Uncertain[Fraction] = Uncertain[Fraction](low=1.0, best=1.0, high=1.0)
    """Multiplied in only where the test record does not hold reliability already."""
    homing: Homing
    """Of an aircraft: the basket is what its radar finds the target in, the last update where that
    radar takes over, and divert what it can still change its course by."""
    assessment: Assessment
    correlation: Uncertain[Fraction] = Field(default_factory=assumed_correlation)
    """Common mode among shots of this type in one replication."""
    reaction_time: Uncertain[Time]
    """From order to launch, or to an aircraft's turn towards the target."""
    unit_cost: Uncertain[Money]
    """Of one missile, or of the rounds of one burst."""

    @model_validator(mode="after")
    def _no_term_twice(self) -> HomingInterceptor:
        included = self.test_record.includes if self.test_record else ()
        if "reliability" in included and self.reliability.low < 1.0:
            raise ValueError("the test record holds reliability already; leave reliability out")
        return self


class GroundInterceptor(HomingInterceptor):
    """An interceptor type with rocket stages and a kill vehicle."""

    kind: Literal["ground-interceptor"]
    stages: tuple[Stage, ...] = Field(min_length=1, max_length=4)
    kill_vehicle_mass: PositiveMass
    diameter: PositiveLength
    drag_coefficient: PositiveNumber
    vertical_rise: Time
    range: Limits
    """Ground range of the intercept point; the upper end is a cap on the fly-out."""
    max_flight_time: PositiveTime
    """Battery life and similar: no intercept later than this after launch."""

    @property
    def launch_mass_kg(self) -> float:
        """Mass at launch, kg."""
        staged = sum(stage.propellant + stage.inert for stage in self.stages)
        return self.kill_vehicle_mass + staged


class Launcher(Element):
    """Interceptors of one type at one place, which stands or moves."""

    default_level: ClassVar[Participation] = "hosting"

    interceptor: str
    """Name of the interceptor type."""
    inventory: int = Field(ge=0)
    """Interceptors ready to launch."""
    channels: int = Field(ge=1)
    """Interceptors that can be guided at the same time."""
    launch_interval: Time
    """Least time between two launches."""
    reserve: int = Field(default=0, ge=0)
    """Interceptors that are held back."""
    readiness: Uncertain[Fraction] = Uncertain[Fraction](low=1.0, best=1.0, high=1.0)
    """Share of the inventory that is on alert; drawn per interceptor."""

    @property
    def place(self) -> tuple[float, float, float]:
        """Latitude and longitude [rad], altitude [m]; where it begins if it moves."""
        raise NotImplementedError

    @model_validator(mode="after")
    def _reserve_within_inventory(self) -> Launcher:
        if self.reserve > self.inventory:
            raise ValueError("allowed: a reserve of at most the inventory")
        return self


class Battery(Launcher):
    """Interceptors of one type at one place."""

    default_group: ClassVar[str] = "ground-based-interceptors"

    kind: Literal["battery"]
    latitude: Latitude
    longitude: Longitude
    altitude: SignedLength = 0.0

    @property
    def place(self) -> tuple[float, float, float]:
        """Latitude and longitude [rad], altitude [m]."""
        return self.latitude, self.longitude, self.altitude
