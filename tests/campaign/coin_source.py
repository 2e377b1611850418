"""A small real source of replications: ten warheads, each leaking by the toss of a raid's coin.

It writes whole record tables, so that everything behind the engine can be tested without it.
"""

from __future__ import annotations

import os
import signal
import time
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from opendome.errors import BadInput
from opendome.stage_clock import StageClock
from opendome.tables.record import COLUMNS, Record, build_table

N_WARHEADS = 10


class CoinSource(NamedTuple):
    """Warheads leak with a probability that is drawn per replication (mean `leak`)."""

    leak: float = 0.3
    seed: int = 1
    fails: tuple[int, ...] = ()  # replications that end in an error
    kills_worker: tuple[int, ...] = ()  # replications that kill their process
    duration_s: float = 0.0
    bad_draw: int = -1  # draw of the assumptions that cannot be compiled
    name: str = "Coin raid"

    @property
    def fingerprint(self) -> str:
        return f"coin-{self.leak}"

    def prepare(self, outer: int, clock: StageClock) -> partial[Record]:
        if outer == self.bad_draw:
            raise BadInput("altitude below the ground")
        return partial(toss, self, outer)

    def describe(self) -> dict[str, Any]:
        return {"scenario": {"leak": self.leak}, "changed": [], "sources": []}


def row(table: str, **given: Any) -> tuple[Any, ...]:
    """A row of a recorded table; columns not given are NaN, 0, False or empty."""
    empty = {"float": np.nan, "int": 0, "text": "", "flag": False}
    assert set(given) <= {column.name for column in COLUMNS[table]}
    return tuple(given.get(column.name, empty[column.kind]) for column in COLUMNS[table])


def toss(source: CoinSource, outer: int, replication: int) -> Record:
    time.sleep(source.duration_s)
    if replication in source.fails:
        raise ZeroDivisionError("a sensor\nof no range")
    if replication in source.kills_worker:
        os.kill(os.getpid(), signal.SIGKILL)
    generator = np.random.Generator(np.random.Philox(key=[source.seed, replication]))
    mean = min(0.9, source.leak * (1.0 + 0.02 * outer))
    chance = generator.beta(9.0 * mean, 9.0 * (1.0 - mean))
    fates = np.where(generator.random(N_WARHEADS) < chance, "leaked", "stopped").astype(object)
    fates[-1] = "fell-short" if generator.random() < 0.5 else fates[-1]
    threats = [
        row(
            "threats",
            object=f"salvo/{i}/warhead",
            kind="warhead",
            lethal=True,
            nation="CAN" if i < 3 else "USA",
            aim_weight=0.1 if i < 3 else 0.3,
            fate=str(fate),
            fate_layer="" if fate == "leaked" else "boost" if fate == "fell-short" else "midcourse",
            fell_on="CAN" if fate == "fell-short" else "",
            first_reason=("not-tracked" if i % 2 else "failed") if fate == "leaked" else "",
            second_shot_possible=i < 5,
            shots=2,
        )
        for i, fate in enumerate(fates)
    ]
    threats.append(row("threats", object="salvo/0/debris", kind="debris", fate="harmless"))
    engagements = [
        row(
            "engagements",
            shot=i,
            layer="midcourse",
            result="killed" if i < N_WARHEADS and fates[i] == "stopped" else "failed",
        )
        for i in range(2 * N_WARHEADS)
    ]
    counts = {fate: int((fates == fate).sum()) for fate in ("leaked", "fell-short", "stopped")}
    summary = row(
        "replications",
        lethal=N_WARHEADS,
        leaked=counts["leaked"],
        fell_short=counts["fell-short"],
        stopped=counts["stopped"],
        shots=2 * N_WARHEADS,
        boost_in_reach=1,
        missiles=N_WARHEADS,
        warheads=N_WARHEADS,
        objects=N_WARHEADS + 1,
    )
    nations = [
        row(
            "nations",
            nation=nation,
            lethal=len(own),
            leaked=int((own == "leaked").sum()),
            told_s=600.0,
            warning_s=900.0,
        )
        for nation, own in (("CAN", fates[:3]), ("USA", fates[3:]))
    ]
    return {
        "replications": build_table("replications", [summary]),
        "nations": build_table("nations", nations),
        "threats": build_table("threats", threats),
        "engagements": build_table("engagements", engagements),
    }
