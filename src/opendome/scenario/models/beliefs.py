"""What the defence believes of its adversary before the raid."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from opendome.scenario.base import Model
from opendome.scenario.models.ballistic_missile import Features
from opendome.scenario.models.element import LibraryItem
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import Fraction, PositiveTime


class BoostTemplate(Model):
    """A class of booster that the defence reckons with."""

    burn_time: Uncertain[PositiveTime]
    share: Fraction
    """Prior probability that a missile is of this class."""


class Beliefs(LibraryItem):
    """Templates and priors; compiled apart from the raid, so that they can be wrong."""

    kind: Literal["beliefs"]
    boost_templates: dict[str, BoostTemplate] = Field(min_length=1)
    lethal_share: Uncertain[Fraction]
    """Prior probability that an object in midcourse is a warhead."""
    feature: Features
    """Discrimination features that the defence expects."""
