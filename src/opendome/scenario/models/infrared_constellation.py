"""Satellites that see plumes and, some of them, cold bodies."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import model_validator

from opendome.scenario.base import Model
from opendome.scenario.models.element import Sensor
from opendome.scenario.models.orbits import Orbit
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import (
    ANGLE,
    NUMBER,
    Detectivity,
    Fraction,
    HalfAngle,
    Irradiance,
    Length,
    PositiveAngle,
    PositiveFraction,
    PositiveLength,
    PositiveNumber,
    PositiveTime,
    Quantity,
    RadiantIntensity,
    Ratio,
)


class Channel(Model):
    """What both channels of a satellite have."""

    threshold_snr: Ratio
    angle_error: Uncertain[PositiveAngle]
    revisit: Uncertain[PositiveTime]
    """Of a starer, the time of a frame; of a scanner, that of a scan."""
    mode: Literal["stare", "scan"] = "stare"
    """A starer sees all of its field at once; a scanner sweeps from west to east."""
    resolution: PositiveAngle | None = None
    """Objects nearer to each other come back as one; None: the larger of pixel and diffraction
    where the optics are stated, else all are told apart."""
    sun_exclusion: HalfAngle = 0.0
    """Lines of sight nearer to the Sun than this are blind, unless the Earth hides it."""
    moon_exclusion: HalfAngle = 0.0
    """The same for the Moon."""


class PlumeChannel(Channel):
    """The short-wave channel that sees what burns."""

    noise_equivalent_irradiance: Uncertain[Irradiance]
    cloud_break: Uncertain[Length]
    """Altitude above which the plume is seen."""


class Band(Model):
    """Wavelengths that a channel takes in."""

    shortest: PositiveLength = 8e-6
    longest: PositiveLength = 12e-6

    @model_validator(mode="after")
    def _order(self) -> Band:
        if not self.shortest < self.longest:
            raise ValueError("allowed: shortest below longest")
        return self


class Optics(Model):
    """The telescope: what a background adds to the noise, and how near two objects may be."""

    aperture: Uncertain[PositiveLength]
    """Diameter of the entrance pupil."""
    pixel: PositiveAngle
    """Side of the square that one detector sees."""
    integration_time: PositiveTime
    """Over which a look adds up the signal."""
    transmission: PositiveFraction
    """Of the optics, times the detector's quantum efficiency."""
    f_number: PositiveNumber = 2.0
    """Focal length over aperture."""
    limb_clutter: Fraction = 0.01
    """Structure of the limb that is left in a pixel, as a share of its radiance."""


class Pointings(Model):
    """A narrow field that is steered to the tracks of the defence, a few in each revisit time."""

    count: Annotated[float, Quantity(NUMBER, minimum=1.0, whole=True)]
    """Directions that one satellite looks at in one revisit time."""
    field: Annotated[float, Quantity(ANGLE, above_zero=True, maximum=math.pi)]
    """Full width of the narrow field; what lies within it is seen, cued or not."""
    regard: HalfAngle = math.pi
    """Largest angle from straight down that it can point at."""
    per_track: Annotated[float, Quantity(NUMBER, minimum=1.0, whole=True)] = 3.0
    """Satellites that look at one track."""


class ColdChannel(Channel):
    """The long-wave channel that sees bodies at their own temperature against space.

    Its noise against space is stated in one of three ways: as an irradiance, by the range at which
    a reference body is at the threshold, or by the detectivity of the detectors behind the optics.
    """

    band: Band = Band()
    optics: Optics | None = None
    """None: the limb adds no noise."""
    noise_equivalent_irradiance: Uncertain[Irradiance] | None = None
    detection_range: Uncertain[PositiveLength] | None = None
    reference_intensity: RadiantIntensity | None = None
    """Intensity within the band of the body that is seen at that range."""
    detectivity: Uncertain[Detectivity] | None = None
    limb_altitude: Length
    """Lowest tangent altitude of the line of sight; below it the Earth's limb drowns the body."""
    pointings: Pointings | None = None
    """None: the channel sees all around the satellite at each look."""

    @model_validator(mode="after")
    def _states_its_noise_once(self) -> ColdChannel:
        ways = {
            "noise-equivalent-irradiance": self.noise_equivalent_irradiance,
            "detection-range": self.detection_range,
            "detectivity": self.detectivity,
        }
        given = [name for name, value in ways.items() if value is not None]
        if len(given) != 1:
            raise ValueError(
                f"{' and '.join(given) or 'no noise'} given; allowed: one of {', '.join(ways)}"
            )
        if (self.detection_range is None) != (self.reference_intensity is None):
            raise ValueError("allowed: detection-range and reference-intensity together")
        if self.reference_intensity == 0.0:
            raise ValueError("reference-intensity: allowed: above zero")
        if self.detectivity is not None and self.optics is None:
            raise ValueError("detectivity needs optics")
        return self


class InfraredConstellation(Sensor):
    """Infrared satellites of one type."""

    default_group: ClassVar[str] = "infrared-satellites"
    wider_group: ClassVar[str] = "infrared-satellites"
    misplaced: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("latitude", "longitude"), "satellites stand on no ground; allowed: orbit"
    )

    kind: Literal["infrared-constellation"]
    orbit: Orbit
    plume: PlumeChannel
    cold: ColdChannel | None = None
    """None: the satellites see plumes only."""
    can_assess: bool = False
