"""Interceptor types that go straight at one mean speed: missiles of aircraft, short reach, guns."""

from __future__ import annotations

from typing import Literal

from opendome.scenario.base import Sourced
from opendome.scenario.models.ground_interceptor import HomingInterceptor, Limits
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import (
    Length,
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


class DirectInterceptor(HomingInterceptor):
    """An interceptor whose reach is a distance and whose flight is one mean speed.

    The target is met within `range` and `altitude`, and where `sight-height` is given, over the
    radar horizon of an antenna that high. A type with an `aircraft` is carried towards the target
    first.
    """

    kind: Literal["direct-interceptor"]
    speed: Uncertain[PositiveSpeed]
    """Mean over the flight."""
    range: Limits
    """Straight distance from where it is fired to intercept."""
    sight_height: Uncertain[Length] | None = None
    """Height above the ground of the antenna that must see the target at intercept. None: the
    missile finds it by itself from where the track of any sensor leads it."""
    aircraft: Aircraft | None = None
