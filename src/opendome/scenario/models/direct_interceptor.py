"""Interceptor types that go straight at one mean speed: missiles of aircraft, short reach, guns."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from opendome.scenario.base import Sourced
from opendome.scenario.models.element import InterceptorType
from opendome.scenario.models.engagement import (
    Assessment,
    Homing,
    KillTable,
    TestRecord,
    assumed_correlation,
)
from opendome.scenario.models.ground_interceptor import Layer, Limits
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import (
    Fraction,
    Length,
    Money,
    PositiveLength,
    PositiveSpeed,
    PositiveTime,
    Time,
)


class Aircraft(Sourced):
    """What carries a missile to where it is fired."""

    speed: Uncertain[PositiveSpeed]
    """Over the ground, on the way to where the missile is fired."""
    radius: Uncertain[PositiveLength]
    """Farthest from its station or base that it fires."""
    scramble: Uncertain[Time] = Uncertain[Time].model_validate({"best": "0 s"})
    """From the decision after the first firm track until it is in the air; 0 on patrol."""
    max_flight_time: PositiveTime
    """From being sent to intercept: later ones are not planned, as the target may turn."""


class DirectInterceptor(InterceptorType):
    """An interceptor whose reach is a distance and whose flight is one mean speed.

    The target is met within `range` and `altitude`, and where `sight-height` is given, over the
    radar horizon of an antenna that high. A type with an `aircraft` is carried towards the target
    first.
    """

    kind: Literal["direct-interceptor"]
    layer: Layer
    speed: Uncertain[PositiveSpeed]
    """Mean over the flight."""
    range: Limits
    """Straight distance from where it is fired to intercept."""
    altitude: Limits
    """Band of altitudes in which it can intercept; a least one of 0 is down to the ground."""
    sight_height: Uncertain[Length] | None = None
    """Height above the ground of the antenna that must see the target at intercept. None: the
    missile finds it by itself from where the track of any sensor leads it."""
    aircraft: Aircraft | None = None
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
    """From order to launch, or to the aircraft's turn towards the target."""
    unit_cost: Uncertain[Money]
    """Of one missile, or of the rounds of one burst."""

    @model_validator(mode="after")
    def _no_term_twice(self) -> DirectInterceptor:
        included = self.test_record.includes if self.test_record else ()
        if "reliability" in included and self.reliability.low < 1.0:
            raise ValueError("the test record holds reliability already; leave reliability out")
        return self
