"""Perfect elements, for limits that have an exact answer."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from opendome.scenario.models.element import InterceptorType, Sensor
from opendome.scenario.models.engagement import TargetClass
from opendome.scenario.models.ground_interceptor import Layer
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import Fraction, PositiveLength, PositiveTime


class IdealSensor(Sensor):
    """Sees every object everywhere, tells warheads from all else, and assesses at once."""

    default_group: ClassVar[str] = "ideal-sensors"

    kind: Literal["ideal-sensor"]
    position_error: PositiveLength = 1.0
    """One sigma per axis."""
    track_probability: Fraction = 1.0
    """Probability, drawn once per object, that it is seen at all."""
    revisit: PositiveTime = 5.0


class IdealInterceptor(InterceptorType):
    """Reaches every place in a fixed time and kills with a fixed probability.

    Batteries hold it as they hold a ground interceptor.
    """

    kind: Literal["ideal-interceptor"]
    layer: Layer = "midcourse"
    flight_time: PositiveTime
    kill_probability: Uncertain[Fraction]
    targets: tuple[TargetClass, ...] = ("icbm-warhead",)
    correlation: Uncertain[Fraction] = Field(
        default_factory=lambda: Uncertain[Fraction](low=0.0, best=0.0, high=0.0)
    )
    """Common mode: none, unless the case is about it."""
