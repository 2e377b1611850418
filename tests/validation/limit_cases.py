"""Cases with an exact answer, run through the whole engine."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from opendome.engine import run_replication
from opendome.scenario.loader import load_scenario
from opendome.tables.record import Record
from opendome.tables.truth import Integers
from opendome.world import compile_world

# Student's t and the normal agree to 1 % at the numbers of replications used here.
NORMAL_99 = 2.5758
SEED = 2029

# What stands between the engine and the formulas: missiles that fail, a bus that coasts before it
# releases, looks that discriminate, decoys that drift out of an area, and steps finer than the
# sensor's five seconds.
PERFECT = (
    "missiles.icbm-solid.reliability.launch=1.0",
    "missiles.icbm-solid.reliability.flight=1.0",
    "missiles.icbm-solid.reliability.warhead=1.0",
    "missiles.icbm-solid.release-delay=1 s",
    "doctrine.lethality-threshold=0",
    "raid.salvos.0.aim.cities=[Washington]",
    "cities.Washington.radius=300 km",
    "raid.salvos.0.launch.spacing=5 s",
    "raid.salvos.0.launch.jitter=0 s",
    "simulation.step.boost=5 s",
)
BARRAGE = "doctrine.default=barrage"
FOUR_SHOTS = (BARRAGE, "doctrine.salvo.perfect=4")
WILKENING = (
    "interceptors.perfect.kill-probability=0.70",
    "perfect-sensor.track-probability=0.99",
)


class Outcome(NamedTuple):
    """What came out of each replication."""

    lethal: Integers
    leaked: Integers
    shots: Integers

    @property
    def mean_leakers(self) -> tuple[float, float]:
        """Mean and half width of its 99 % interval."""
        return interval_of(self.leaked)

    @property
    def no_leaker(self) -> tuple[float, float]:
        """Share of replications without a leaker, and half width of its 99 % interval."""
        return interval_of(self.leaked == 0)

    @property
    def mean_shots(self) -> tuple[float, float]:
        """Mean and half width of its 99 % interval."""
        return interval_of(self.shots)


def interval_of(values: np.ndarray) -> tuple[float, float]:
    """Mean over replications and half width of its 99 % interval."""
    error = float(values.std(ddof=1)) / np.sqrt(values.size)
    return float(values.mean()), NORMAL_99 * error


def run_case(n: int, *sets: str, seed: int = SEED) -> Outcome:
    """`n` replications of the perfect defence with changes."""
    return summarise(run_records(n, "perfect-defence", *PERFECT, *sets, seed=seed))


def run_records(
    n: int, scenario: str, *sets: str, seed: int = SEED, without: tuple[str, ...] = ()
) -> list[Record]:
    """Records of `n` replications of a library scenario with changes."""
    loaded = load_scenario(scenario, sets=list(sets), without=list(without))
    world = compile_world(loaded, seed=seed)
    return [run_replication(world, seed, i) for i in range(n)]


def summarise(records: list[Record]) -> Outcome:
    """Lethal and leaked warheads and shots of each record."""
    table = [record["replications"] for record in records]
    return Outcome(
        *(np.array([int(row[name][0]) for row in table]) for name in ("lethal", "leaked", "shots"))
    )
