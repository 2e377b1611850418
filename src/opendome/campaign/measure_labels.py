"""Measures for people: names, counts and differences in words, and which come first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

# What a comparison of architectures shows of each; the rest stands in its page and in --json.
HEADLINES: Final = (
    "leakage", "weighted_leakage", "leakers", "fell_short", "told_share", "told_s", "warning_s",
    "first_shot_s", "shots", "depth_s", "depth_km",
)  # fmt: skip
SHARES: Final = (
    "leakage", "weighted_leakage", "no_leaker", "told_share", "held_share", "firm_share",
    "warned_share",
)  # fmt: skip

# Times of what may never come: no value is an answer there.
_MAY_NEVER_COME: Final = ("told_s", "warning_s", "first_shot_s")

_MEASURES: Final = {
    "leakage": "leakage",
    "weighted_leakage": "leakage by weight",
    "expected_leakers": "leakers per raid",
    "no_leaker": "no leaker at all",
    "shots": "shots per raid",
    "fell_short": "fell short elsewhere",
    "operating_area": "warheads told from the rest (area)",
    "first_shot_s": "first feasible shot after launch [s]",
    "depth_s": "battlespace depth [s]",
    "depth_km": "battlespace depth [km]",
}
# Measures of one nation, place or class of object, by what stands before the colon.
_MEASURES_OF: Final = {
    "leakage": "leakage, {}",
    "weighted_leakage": "leakage by weight, {}",
    "leakers": "leakers per raid, {}",
    "told_share": "raids that {} is told of",
    "told_s": "first firm track told to {} [s]",
    "warning_s": "warning before first impact, {} [s]",
    "fell_short": "fell short on {}",
    "held_share": "{}: share of flight held",
    "firm_share": "{}: share ever firm",
    "first_firm_s": "{}: first firm track [s]",
    "warned_share": "{}: share of flight warned of",
    "position_rmse_m": "{}: position error [m]",
    "velocity_rmse_m_s": "{}: velocity error [m/s]",
}


def label_of(measure: str) -> str:
    """A measure's name for people, with its unit."""
    name, colon, of = measure.partition(":")
    return _MEASURES_OF[name].format(of) if colon else _MEASURES[name]


def count(value: int, noun: str) -> str:
    """A whole number with its noun in the right form."""
    return f"{value:,} {noun if value == 1 else noun + 's'}"


def say_absent(measure: str) -> str:
    """What stands for the level of a measure that has no value in any replication.

    A time that never came is `never`; all else, such as the leakage of a nation at which nothing
    lethal flies, is `-`.
    """
    return "never" if measure.partition(":")[0] in _MAY_NEVER_COME else "-"


def say_difference(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """A row's difference and the ends of its interval, with signs and as many decimals each.

    Shares are in percentage points; "-" stands where there is no value.
    """
    values = [row[key] for key in ("difference", "low", "high")]
    if row["measure"].partition(":")[0] in SHARES:
        said = ["-" if value is None else f"{100.0 * value:+.1f} pp" for value in values]
    else:
        largest = max((abs(value) for value in values if value is not None), default=0.0)
        digits = 0 if largest >= 100.0 else 2
        said = ["-" if value is None else f"{value:+,.{digits}f}" for value in values]
    return said[0], said[1], said[2]
