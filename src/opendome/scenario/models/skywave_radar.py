"""Over-the-horizon radars that work by reflection from the ionosphere."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import model_validator

from opendome.scenario.base import Model, Sourced
from opendome.scenario.models.element import Sensor
from opendome.scenario.models.radar import Face
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import (
    Angle,
    Dimension,
    HalfAngle,
    Latitude,
    Length,
    Longitude,
    Number,
    PositiveAngle,
    PositiveArea,
    PositiveLength,
    PositiveNumber,
    PositiveSpeed,
    PositiveTime,
    Quantity,
    Ratio,
)

_FREQUENCY = Dimension(
    "frequency", "Hz", {"Hz": 1.0, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9}, "15 MHz", "MHz"
)
Frequency = Annotated[float, Quantity(_FREQUENCY, above_zero=True)]

# Beyond it one reflection cannot reach: the tangent ray to 400 km up and down.
_LONGEST_HOP_M = 4_400e3


class Annulus(Model):
    """Nearest and farthest range over the ground."""

    min: PositiveLength
    max: PositiveLength

    @model_validator(mode="after")
    def _order(self) -> Annulus:
        if not self.min < self.max:
            raise ValueError("allowed: min below max")
        if self.max > _LONGEST_HOP_M:
            raise ValueError(f"allowed: max up to {_LONGEST_HOP_M / 1e3:,.0f} km, one reflection")
        return self


class FrequencyRange(Model):
    """Lowest and highest frequency that the radar can send at."""

    min: Frequency
    max: Frequency

    @model_validator(mode="after")
    def _order(self) -> FrequencyRange:
        if not self.min < self.max:
            raise ValueError("allowed: min below max")
        return self


class SkywaveReference(Sourced):
    """A range that the radar reaches under stated terms, outside the auroral zone."""

    range: Uncertain[PositiveLength]
    cross_section: PositiveArea
    """At the frequency below."""
    snr: Ratio
    """Of one dwell, after all processing, to noise and clutter."""
    frequency: Frequency
    absorption: Ratio
    """Loss in the lower ionosphere, there and back."""


class HighFrequencyBody(Sourced):
    """From cross-sections at VHF, which missiles state, to those at high frequency."""

    resonance_gain: Uncertain[PositiveNumber]
    """Cross-section at resonance over that at VHF: shaping against microwaves does nothing here."""
    resonance: Uncertain[Frequency]
    """Frequency at which the body is half a wave long; below, it falls as the fourth power."""


class AuroralZone(Sourced):
    """Geomagnetic latitudes within which aurora spreads clutter over the Doppler band."""

    min: Angle
    max: Angle
    loss: Uncertain[Ratio]
    """Of signal to noise and clutter, where a ray is turned or meets its target there."""

    @model_validator(mode="after")
    def _order(self) -> AuroralZone:
        if not 0.0 <= self.min < self.max <= math.pi / 2.0:
            raise ValueError("allowed: 0 deg <= min < max <= 90 deg")
        return self


class Ionosphere(Sourced):
    """What the simple model of the ionosphere takes."""

    sunspots: Uncertain[Number]
    """Smoothed sunspot number: 0 to 20 at the minimum of the cycle, 80 to 200 at its maximum."""
    f2_height: Uncertain[PositiveLength]
    """Virtual height of reflection of the F2 layer."""


class SkywaveRadar(Sensor):
    """An over-the-horizon radar: range, azimuth and range rate of low targets, no height."""

    default_group: ClassVar[str] = "skywave-radars"
    wider_group: ClassVar[str] = "radars"
    misplaced: ClassVar[Mapping[str, str]] = {
        "orbit": "a radar on the ground has no orbit; allowed: latitude and longitude"
    }

    kind: Literal["skywave-radar"]
    latitude: Latitude
    """Of the receiver; the sender is taken to stand beside it."""
    longitude: Longitude
    sector: Face
    ground_range: Annulus
    frequency: FrequencyRange
    lowest_elevation: HalfAngle
    """Of rays that the antennas send with full gain."""
    ceiling: Uncertain[PositiveLength]
    """Altitude above which nothing is seen; nor is anything above the layer that turns the ray."""
    reference: SkywaveReference
    body: HighFrequencyBody
    ionosphere: Ionosphere
    aurora: AuroralZone
    minimum_speed: PositiveSpeed
    """Along the ray; slower targets are lost in the echo of ground and sea."""
    revisit: Uncertain[PositiveTime]
    range_error: Length
    """One sigma at an SNR of 20 dB; targets within three of it and of the range rate's are one."""
    angle_error: PositiveAngle
    """Of azimuth, one sigma at an SNR of 20 dB."""
    range_rate_error: PositiveSpeed
    """One sigma at an SNR of 20 dB."""
    registration_error: Uncertain[Length]
    """Error of range from the state of the ionosphere, one sigma, the same for a whole raid."""
    can_assess: bool = False
