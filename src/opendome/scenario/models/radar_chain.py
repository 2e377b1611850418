"""Chains of like radars along a coast or a line of latitude."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from opendome.scenario.base import Model
from opendome.scenario.models.radar import RadarSet
from opendome.scenario.units import Latitude, Longitude, SignedLength


class Site(Model):
    """Where one radar of the chain stands."""

    latitude: Latitude
    longitude: Longitude
    altitude: SignedLength | None = None
    """Of the antenna above the ellipsoid; by default that of the chain."""


class RadarChain(RadarSet):
    """Many radars of one type, one at each site."""

    default_group: ClassVar[str] = "radars"
    misplaced: ClassVar[Mapping[str, str]] = {
        "orbit": "a radar on the ground has no orbit; allowed: sites"
    }

    kind: Literal["radar-chain"]
    sites: tuple[Site, ...] = Field(min_length=1)
    altitude: SignedLength = 0.0
    """Of the antennas above the ellipsoid: masts or hills above a smooth Earth."""
