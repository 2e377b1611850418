"""More of anything is never worse.

Paired runs of a defence and of the same defence with more sensors, layers, rounds, time or surer
shots.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest
from agreement import FAILS, HOLDS, Page, Row

from opendome.campaign import Campaign, compare

pytestmark = [pytest.mark.validation, pytest.mark.slow]
PAGE = "more-is-not-worse.md"
HEADINGS = (
    "more", "defence", "less of it", "leakage with less", "with more", "difference",
    "95 % interval", "asked", "verdict", "note",
)  # fmt: skip
RAID = "nk-10-debris"
RUNS, SEED = 40, 2029
BETTER, NOT_WORSE = "lower", "not higher"
INTRODUCTION = f"""
The raid `{RAID}` ({RUNS} replications, seed {SEED}) against pairs of defences of which one has more
than the other, under common random numbers: `opendome compare` prints the same differences. A layer
or a family of sensors that is added must not raise leakage beyond the 95 % interval of the paired
difference; more rounds, surer shots and more time must lower it beyond that interval.
Test: `tests/validation/test_more_is_not_worse.py`.
"""

PRESENT, EXPECTED, ANNOUNCED = (
    "present-day", "golden-dome-2029-expected", "golden-dome-2029-announced",
)  # fmt: skip


class Defence(NamedTuple):
    """An architecture, and what is changed in it."""

    name: str
    sets: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ", ".join((*self.sets, *(f"without {each}" for each in self.without))) or self.name


class Step(NamedTuple):
    """From less to more."""

    what: str
    more: Defence
    less: Defence
    asked: str = NOT_WORSE


def fewer(architecture: str, *groups: str) -> Defence:
    return Defence(architecture, without=groups)


STEPS = (
    Step("sensors of 2029", Defence(EXPECTED), Defence(PRESENT)),
    Step("layers as announced", Defence(ANNOUNCED), Defence(EXPECTED)),
    Step("discrimination radars", Defence(PRESENT), fewer(PRESENT, "discrimination-radars")),
    Step("early warning radars", Defence(PRESENT), fewer(PRESENT, "early-warning-radars")),
    Step("overhead infrared", Defence(PRESENT), fewer(PRESENT, "overhead-infrared")),
    Step("interceptors in orbit", Defence(ANNOUNCED), fewer(ANNOUNCED, "space-based-interceptors")),
    Step("midcourse layer", Defence(ANNOUNCED), fewer(ANNOUNCED, "ground-based-interceptors")),
    Step(
        "rounds", Defence(PRESENT), Defence(PRESENT, ("fort-greely.inventory=20",)), BETTER,
    ),
    Step(
        "surer shots", Defence(PRESENT),
        Defence(PRESENT, ("gbi.kill-probability.icbm-warhead.probability=0.3",)), BETTER,
    ),
    Step(
        "time", Defence(PRESENT), Defence(PRESENT, ("doctrine.decision-delay.otherwise=900 s",)),
        BETTER,
    ),
)  # fmt: skip


def judge(step: Step, more: Campaign, less: Campaign) -> Row:
    """Its row: the paired difference of the share of lethal warheads that leak, more minus less."""
    rows = {row["measure"]: row for row in compare({"less": less, "more": more})}
    found = rows["leakage"]
    levels = (each.summary()["leakage"]["mean"] for each in (less, more))
    holds = found["high"] < 0.0 if step.asked == BETTER else found["low"] <= 0.0
    return Row(
        step.what,
        step.more.name,
        str(step.less),
        *(f"{100.0 * level:.1f} %" for level in levels),
        f"{100.0 * found['difference']:+.1f} pp",
        f"{100.0 * found['low']:+.1f} to {100.0 * found['high']:+.1f} pp",
        step.asked,
        HOLDS if holds else FAILS,
    )


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.what)
def test_more_is_not_worse(page: Page, run: Callable[..., Campaign], step: Step) -> None:
    """Leakage with more is not higher, or lower, as asked, beyond chance."""
    more, less = (
        run(defence.name, RAID, defence.sets, defence.without) for defence in (step.more, step.less)
    )
    assert page.add_row(judge(step, more, less))
