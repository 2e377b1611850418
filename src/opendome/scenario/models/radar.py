"""Ground and sea-based radars."""

from __future__ import annotations

import math
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from opendome.scenario.base import Model, Sourced
from opendome.scenario.models.element import Sensor
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import (
    Angle,
    Fraction,
    HalfAngle,
    Latitude,
    Length,
    Longitude,
    PositiveAngle,
    PositiveArea,
    PositiveLength,
    PositiveNumber,
    PositiveSpeed,
    PositiveTime,
    Ratio,
    SignedLength,
    Speed,
)

Band = Literal["VHF", "UHF", "L", "S", "C", "X"]


class Face(Model):
    """An array face: where it looks and how far to each side."""

    azimuth: Angle
    """Of the boresight, clockwise from true north."""
    half_width: HalfAngle
    """180 deg for a mount that turns."""


class ElevationLimits(Model):
    """Lowest and highest elevation of the field of view."""

    min: Angle
    max: Angle = math.pi / 2.0

    @model_validator(mode="after")
    def _order(self) -> ElevationLimits:
        if not self.min < self.max:
            raise ValueError("allowed: min below max")
        return self


class RangeReference(Sourced):
    """A range that the radar reaches under stated terms; the range equation gives all others.

    `snr` is the ratio of one dwell at that range on that cross-section.
    """

    range: Uncertain[PositiveLength]
    cross_section: PositiveArea
    snr: Ratio
    dwell: PositiveTime
    detection_probability: Fraction = 0.9


class Discrimination(Sourced):
    """How well the radar tells warheads from other objects."""

    feature_error: Uncertain[PositiveNumber]
    """Of one look at an SNR of 20 dB, in units of the warhead-to-decoy distance, one sigma."""
    k: Uncertain[PositiveNumber]
    """Bound on the distance of the classes over their spread that more looks cannot pass."""


class RadarSet(Sensor):
    """What a radar is, wherever it stands or moves."""

    wider_group: ClassVar[str] = "radars"

    band: Band
    faces: tuple[Face, ...] = Field(min_length=1, max_length=4)
    boresight_error: Angle = 0.0
    """One-sigma doubt about the azimuths, where they are only recalled; sampled."""
    elevation: ElevationLimits
    reference: RangeReference
    instrumented_range: Uncertain[PositiveLength] | None = None
    """Nothing is detected beyond it, whatever its cross-section."""
    revisit: Uncertain[PositiveTime]
    """Between looks at an object in track."""
    range_error: Length
    """One sigma at an SNR of 20 dB."""
    angle_error: PositiveAngle
    """One sigma per axis at an SNR of 20 dB."""
    range_rate_error: PositiveSpeed
    """One sigma at an SNR of 20 dB."""
    minimum_speed: Speed = 0.0
    """Along the line of sight, over the ground; slower targets are lost in clutter."""
    discrimination: Discrimination | None = None
    """None: the radar cannot tell objects apart (all UHF radars)."""
    can_assess: bool = False
    """Whether it can report hits and misses."""

    @property
    def discriminates(self) -> bool:
        """Whether it measures a feature."""
        return self.discrimination is not None

    @model_validator(mode="after")
    def _uhf_does_not_discriminate(self) -> RadarSet:
        if self.band in ("VHF", "UHF") and self.discrimination is not None:
            raise ValueError("a VHF or UHF radar does not discriminate; leave discrimination out")
        return self


class Radar(RadarSet):
    """A phased-array radar that stays where it is."""

    default_group: ClassVar[str] = "radars"

    kind: Literal["radar"]
    latitude: Latitude
    longitude: Longitude
    altitude: SignedLength = 0.0
    """Of the antenna above the ellipsoid: a mast or a hill above a smooth Earth."""
