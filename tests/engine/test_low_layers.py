"""Cruise missiles are shot at by what was built for them, and orbits shoot after boost if asked."""

from __future__ import annotations

import numpy as np

from opendome.engine import run_replication
from opendome.scenario.loader import load_scenario
from opendome.tables.record import Record
from opendome.world import compile_world

SEED = 3
FEW = [f"raid.salvos.{number}.count={count}" for number, count in enumerate((4, 4, 4, 4))]
# Constant presence makes a raid of sixteen tell in two replications.
THERE = [
    "fighter-missiles-north.patrol.on-station=1.0",
    "fighter-missiles-alaska.patrol.on-station=1.0",
]


def fly(scenario: str, raid: str, sets: list[str], without: list[str]) -> list[Record]:
    world = compile_world(load_scenario(scenario, raid=raid, sets=sets, without=without), seed=SEED)
    return [run_replication(world, SEED, k) for k in range(2)]


def column(records: list[Record], table: str, name: str) -> np.ndarray:
    return np.concatenate([record[table][name] for record in records])


def test_cruise_missiles_meet_their_own_layer() -> None:
    """Shots are of the layer cruise alone, at times and distances that their types allow.

    Interceptors of aircraft fly for minutes, at most half an hour; some missiles are stopped.
    """
    records = fly("north-2035", "cruise-north", [*FEW, *THERE], [])
    layers = column(records, "engagements", "layer")
    assert set(layers) == {"cruise"}
    flown_s = column(records, "engagements", "intercept_s") - column(
        records, "engagements", "launch_s"
    )
    carried = np.char.startswith(
        column(records, "engagements", "interceptor").astype(str), "fighter"
    )
    assert carried.any()
    assert (flown_s > 0.0).all()
    assert (flown_s[carried] <= 1800.0 + 1.0).all()
    # 370 km at 1 km/s is the longest way of what stands.
    assert (flown_s[~carried] <= 400.0).all()
    stopped_in = column(records, "threats", "fate_layer")[
        column(records, "threats", "fate") == "stopped"
    ]
    assert set(stopped_in) == {"cruise"}


def test_without_the_layer_nobody_shoots() -> None:
    """What is left, rockets against warheads, has no class of target among them."""
    records = fly("north-2035", "cruise-north", FEW, ["cruise"])
    assert column(records, "engagements", "layer").size == 0


def test_types_that_engage_later_shoot_later() -> None:
    """With the type of several phases the same constellation fires in free flight as well."""
    sets = ["raid.salvos.0.count=3", "space-interceptors.interceptor=sbi-midcourse"]
    records = fly("golden-dome-2029-announced", "nk-10-debris", sets, [])
    shooters = column(records, "engagements", "shooter")
    layers = column(records, "engagements", "layer")[shooters == "space-interceptors"]
    assert set(layers) <= {"boost", "post-boost", "midcourse"}
    assert {"post-boost", "midcourse"} & set(layers)
    height_km = column(records, "engagements", "predicted_altitude_km")[
        shooters == "space-interceptors"
    ]
    assert (height_km > 79.0).all()
