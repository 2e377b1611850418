"""Cruise missiles: launched from aircraft, ships or submarines, low along a route."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from opendome.scenario.base import Model
from opendome.scenario.models.bodies import Body, Feature, Reliability
from opendome.scenario.models.element import ThreatType
from opendome.scenario.models.rocket_missile import RangeLimits
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import Length, PositiveAngle, PositiveLength, PositiveSpeed, Time


class Aircraft(Model):
    """What drops the missile."""

    altitude: PositiveLength
    speed: PositiveSpeed


class CruiseMissile(ThreatType):
    """A cruise missile class: how it flies, how far, what it looks like."""

    kind: Literal["cruise-missile"]
    speed: Uncertain[PositiveSpeed]
    """Along the path, relative to the Earth, in still air."""
    cruise_altitude: Uncertain[PositiveLength]
    """Above the ellipsoid."""
    carrier: Aircraft | None = None
    """None: launched from the sea or the ground."""
    boost_time: Time = 10.0
    """From launch to cruising speed."""
    climb_angle: PositiveAngle
    """Steepest climb and descent."""
    bank: PositiveAngle
    """Greatest bank in turns; pull-ups and push-overs have the same radius."""
    popup_altitude: Length = 0.0
    """Top of a climb before the dive at the target; 0: none."""
    dive_angle: PositiveAngle
    """Steepest dive at the target."""
    body: Body
    feature: Feature
    reliability: Reliability
    guidance_error: Length
    """On the ground, one sigma per axis."""
    range: RangeLimits

    @model_validator(mode="after")
    def _flies(self) -> CruiseMissile:
        if max(self.climb_angle, self.bank, self.dive_angle) >= 1.5:
            raise ValueError("climb-angle, bank, dive-angle: allowed: below 85 deg")
        return self
