"""Satellites that see plumes and, some of them, cold bodies."""

from __future__ import annotations

from typing import ClassVar, Literal

from opendome.scenario.base import Model
from opendome.scenario.models.element import Element
from opendome.scenario.models.orbits import Orbit
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import (
    Irradiance,
    Length,
    PositiveAngle,
    PositiveLength,
    PositiveTime,
    RadiantIntensity,
    Ratio,
)


class PlumeChannel(Model):
    """The short-wave channel that sees what burns."""

    noise_equivalent_irradiance: Uncertain[Irradiance]
    threshold_snr: Ratio
    cloud_break: Uncertain[Length]
    """Altitude above which the plume is seen."""
    angle_error: Uncertain[PositiveAngle]
    revisit: Uncertain[PositiveTime]


class ColdChannel(Model):
    """The long-wave channel that sees bodies at their own temperature against space."""

    detection_range: Uncertain[PositiveLength]
    reference_intensity: RadiantIntensity
    """Intensity of the body that is seen at that range."""
    threshold_snr: Ratio
    limb_altitude: Length
    """Lowest tangent altitude of the line of sight; below it the Earth's limb drowns the body."""
    angle_error: Uncertain[PositiveAngle]
    revisit: Uncertain[PositiveTime]


class InfraredConstellation(Element):
    """Infrared satellites of one type."""

    default_group: ClassVar[str] = "infrared-satellites"
    wider_group: ClassVar[str] = "infrared-satellites"

    kind: Literal["infrared-constellation"]
    orbit: Orbit
    plume: PlumeChannel
    cold: ColdChannel | None = None
    """None: the satellites see plumes only."""
    can_assess: bool = False
