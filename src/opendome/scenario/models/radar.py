"""Phased-array radars."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Final, Literal

from pydantic import Field, model_validator

from opendome.scenario.base import Model, Sourced
from opendome.scenario.models.element import Sensor
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import (
    FREQUENCY,
    Angle,
    Fraction,
    Latitude,
    Length,
    Longitude,
    PositiveAngle,
    PositiveArea,
    PositiveFrequency,
    PositiveHalfAngle,
    PositiveLength,
    PositiveNumber,
    PositivePower,
    PositiveSpeed,
    PositiveTime,
    Ratio,
    SignedLength,
    Speed,
    Temperature,
    parse_quantity,
)

Band = Literal["VHF", "UHF", "L", "S", "C", "X"]

# Upper ends of the bands. Source: IEEE 521 (2019), table 1.
_BAND_ENDS_HZ: Final[Mapping[str, float]] = {
    "VHF": 300e6, "UHF": 1e9, "L": 2e9, "S": 4e9, "C": 8e9, "X": 12e9,
}  # fmt: skip
_LOWEST_HZ: Final = 30e6


def find_band(frequency_hz: float) -> str | None:
    """Band that a frequency is in; None where no radar of the library's kinds works."""
    bands = [band for band, end_hz in _BAND_ENDS_HZ.items() if frequency_hz < end_hz]
    return bands[0] if bands and frequency_hz >= _LOWEST_HZ else None


class Face(Model):
    """An array face: where it looks and how far to each side."""

    azimuth: Angle
    """Of the boresight, clockwise from true north."""
    half_width: PositiveHalfAngle
    """180 deg for a mount that turns."""
    tilt: Angle = math.radians(20.0)
    """Elevation of the boresight: PAVE PAWS faces lean back by 20 degrees (US Air Force fact sheet
    AN/FPS-132); taken for all."""


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


class Transmitter(Sourced):
    """What the range equation needs, for a radar whose range on a target is not public.

    Source of the equation: Skolnik (2008), "Radar Handbook", chapter 1.
    """

    peak_power: Uncertain[PositivePower]
    duty: Fraction
    """Average over peak power."""
    aperture: PositiveArea | None = None
    """Of one face; else `gain`."""
    gain: Ratio | None = None
    """Of the antenna on boresight; the aperture follows from it and the frequency."""
    efficiency: Fraction = 0.6
    """Effective over true aperture (assumption)."""
    noise_temperature: Temperature = 500.0
    """Of the whole system (assumption)."""
    loss: Ratio = 10.0**0.8
    """All losses together (assumption: 8 dB)."""
    dwell: PositiveTime

    @model_validator(mode="after")
    def _one_antenna(self) -> Transmitter:
        if (self.aperture is None) == (self.gain is None):
            raise ValueError("allowed: aperture or gain, one of them")
        return self


class Search(Sourced):
    """How the radar looks for what nobody tracks yet: a scan of a fence or of a volume."""

    share: Uncertain[Fraction] = Uncertain[Fraction](low=0.3, best=0.4, high=0.5)
    """Of the radar's time; the rest is for tracks (assumption)."""
    elevation: ElevationLimits | None = None
    """None: a fence of 3 degrees above the lowest elevation (assumption)."""
    frame: Uncertain[PositiveTime] | None = None
    """Time of one scan. None: it follows from `dwell`; 5 to 20, best 10 s without that either
    (assumption)."""
    dwell: PositiveTime | None = None
    """At each beam of the scan. None: what share and frame leave for each beam."""

    @model_validator(mode="after")
    def _leave_time(self) -> Search:
        if self.share.high >= 1.0:
            raise ValueError("share: allowed: below 1, as tracks need the rest of the time")
        if self.frame and self.dwell and self.dwell > self.frame.low:
            raise ValueError("dwell: allowed: no longer than the frame")
        if self.dwell and not self.frame and self.share.low <= 0.0:
            raise ValueError("share: allowed: above 0, or a frame, where a dwell is given")
        return self


class Track(Sourced):
    """How the radar looks at what the defence has in track."""

    dwell: PositiveTime | None = None
    """None: that of the reference."""
    most_dwells: PositiveNumber = 4.0
    """Most dwells that are added for one look (assumption)."""
    wanted_snr: Ratio = 10.0**1.3
    """Dwells are added up to this ratio (assumption: 13 dB)."""


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
    """May be left out where `frequency` is given."""
    frequency: PositiveFrequency | None = None
    """None: the middle of what radars of the band use."""
    faces: tuple[Face, ...] = Field(min_length=1, max_length=4)
    boresight_error: Angle = 0.0
    """One-sigma doubt about the azimuths, where they are only recalled; sampled."""
    elevation: ElevationLimits
    reference: RangeReference | None = None
    """Else `transmitter`."""
    transmitter: Transmitter | None = None
    """None: the range equation starts from `reference`."""
    beamwidth: PositiveAngle | None = None
    """Between half-power points. None: 23 times the angle error, as monopulse gives it."""
    bandwidth: PositiveFrequency | None = None
    """Sets the range resolution. None: usual for tracking in the band (assumption)."""
    search: Search | None = None
    """None: the defaults of the block for arrays. What turns scans all its elevations in each
    revisit, with the dwell of the reference, and does not dwell at tracks."""
    track: Track = Track()
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

    @property
    def turns(self) -> bool:
        """Whether its mount turns: it has no fixed boresight."""
        return self.faces[0].half_width > math.pi - 1e-9

    @property
    def dwell(self) -> float:
        """Length of one dwell of the reference or the transmitter [s]."""
        terms = self.reference or self.transmitter
        assert terms is not None  # held by the validator below
        return terms.dwell

    @model_validator(mode="before")
    @classmethod
    def _find_band(cls, given: Any) -> Any:
        if not isinstance(given, Mapping) or given.get("band") is not None:
            return given
        if given.get("frequency") is None:
            raise ValueError(
                "band: allowed: a band, or a frequency; power, gain and cross-sections hold for one"
            )
        try:
            frequency_hz = parse_quantity(given["frequency"], FREQUENCY)
        except ValueError as error:
            raise ValueError(f"frequency: {error}") from None
        band = find_band(frequency_hz)
        if band is None:
            raise ValueError("frequency: allowed: 30 MHz to 12 GHz")
        return {**given, "band": band}

    @model_validator(mode="after")
    def _frequency_is_in_the_band(self) -> RadarSet:
        if self.frequency is not None and find_band(self.frequency) != self.band:
            raise ValueError(f"frequency: allowed: one in the band {self.band}, or no band")
        return self

    @model_validator(mode="after")
    def _can_be_timed(self) -> RadarSet:
        if (self.reference is None) == (self.transmitter is None):
            raise ValueError("allowed: reference or transmitter, one of them")
        if (self.track.dwell or self.dwell) > self.revisit.low:
            raise ValueError("revisit: allowed: no shorter than the dwell")
        return self

    @model_validator(mode="after")
    def _uhf_does_not_discriminate(self) -> RadarSet:
        if self.band in ("VHF", "UHF") and self.discrimination is not None:
            raise ValueError("a VHF or UHF radar does not discriminate; leave discrimination out")
        return self


class Radar(RadarSet):
    """A phased-array radar that stays where it is."""

    default_group: ClassVar[str] = "radars"
    misplaced: ClassVar[Mapping[str, str]] = {
        "orbit": "a radar on the ground has no orbit; allowed: latitude and longitude"
    }

    kind: Literal["radar"]
    latitude: Latitude
    longitude: Longitude
    altitude: SignedLength = 0.0
    """Of the antenna above the ellipsoid: a mast or a hill above a smooth Earth."""
