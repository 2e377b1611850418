"""What is common to everything that shoots: kill probability, assessment, homing."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from opendome.scenario.base import Model, Sourced
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import Fraction, Length, PositiveSpeed, Speed, Time

TargetClass = Literal[
    "boosting", "icbm-warhead", "intermediate-range", "short-range", "glide", "cruise"
]
KillTerm = Literal["reliability", "containment", "lethality"]


class KillProbability(Model):
    """Single-shot kill probability against one class of target."""

    probability: Uncertain[Fraction]
    max_closing_speed: PositiveSpeed
    """Above it the probability is zero."""
    tested: bool
    """Whether a test against this class has been flown."""


KillTable = dict[TargetClass, KillProbability]


class TestRecord(Sourced):
    """Flight tests behind a kill probability, and what their result already holds."""

    __test__ = False  # the name is the field's, not pytest's

    hits: int = Field(ge=0)
    tests: int = Field(ge=1)
    includes: tuple[KillTerm, ...]
    """Terms that are in the figure already and are not multiplied in again."""

    @model_validator(mode="after")
    def _hits_within_tests(self) -> TestRecord:
        if self.hits > self.tests:
            raise ValueError("allowed: hits at most the number of tests")
        return self


class Assessment(Model):
    """Kill assessment after an intercept attempt, given a sensor in view."""

    delay: Uncertain[Time]
    false_kill: Uncertain[Fraction]
    """Probability that a miss is reported as a kill."""
    false_miss: Uncertain[Fraction]
    """Probability that a kill is reported as a miss."""


class Homing(Model):
    """The end of the flight: what the kill vehicle can still correct."""

    divert_delta_v: Uncertain[Speed]
    basket: Uncertain[Length]
    """Greatest distance of the target from its predicted point that the seeker finds it at."""
    last_update: Uncertain[Time]
    """Before intercept: the last correction from the ground or from a satellite."""
    updates: bool = True
    """Whether there is an in-flight update link at all."""


# Probability that two shots of one type share their fate beyond chance: no public figure.
CORRELATION_LOW, CORRELATION_BEST, CORRELATION_HIGH = 0.0, 0.1, 0.3


def assumed_correlation() -> Uncertain[Fraction]:
    """Common-mode correlation where none is stated: 0.1, from 0 to 0.3, an assumption."""
    return Uncertain[Fraction].model_validate(
        {"low": CORRELATION_LOW, "best": CORRELATION_BEST, "high": CORRELATION_HIGH}
    )
