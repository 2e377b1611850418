"""Ballistic missiles that raids are made of."""

from __future__ import annotations

from typing import Literal

from opendome.scenario.base import Model
from opendome.scenario.models.bodies import Body, Feature
from opendome.scenario.models.rocket_missile import RocketMissile
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import Count, Length, Speed, Time


class PostBoost(Model):
    """The vehicle that sends warheads to different aim points after the last stage has burned."""

    delta_v: Uncertain[Speed]
    """Change of velocity that it has for that."""
    first_release: Uncertain[Time]
    """From burnout to the first release; `release-delay` is the last."""
    along: Length
    """Aim points are chosen within this distance along the flight from the first warhead's."""
    across: Length
    """Aim points are chosen within this distance to each side of the flight."""


class ReleaseSpeeds(Model):
    """Speed at which released objects part, one sigma per axis."""

    warhead: Speed = 0.3
    spent_stage: Speed = 1.0
    decoy: Speed = 3.0
    fragment: Speed = 5.0
    replica_decoy: Speed = 1.0
    chaff: Speed = 5.0


class Features(Model):
    """Discrimination feature of each kind of object that the missile releases."""

    warhead: Feature
    debris: Feature
    decoy: Feature
    replica_decoy: Feature = Feature(mean=0.4, spread=0.4)
    chaff: Feature = Feature(mean=2.0, spread=0.8)


class BallisticMissile(RocketMissile):
    """A ballistic missile class: vehicle, payload, signatures and reliability."""

    kind: Literal["ballistic-missile"]
    energy_management: Literal["cut-off", "thrust-termination", "manoeuvre"]
    """What is done with energy that the range does not need."""
    release_delay: Uncertain[Time]
    """From burnout to the release of the last warhead and its companions."""
    warheads: Uncertain[Count]
    post_boost: PostBoost | None = None
    """None: all warheads of a missile go to one aim point, released together."""
    decoy: Body
    """Light decoy: a balloon."""
    replica_decoy: Body | None = None
    """Decoy with a warhead's shape and about its mass-to-drag; none: it has none to release."""
    chaff: Body | None = None
    """A cloud of chaff; none: it has none to release."""
    release_speed: ReleaseSpeeds = ReleaseSpeeds()
    feature: Features
    guidance_error: Speed
    """Error of the velocity at burnout, one sigma per axis."""
