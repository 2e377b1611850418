"""Radar time in the engine: looks asked for, given and refused, by radar and for each object."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from opendome.engine import Replication
from opendome.engine.radar_use import RadarUse
from opendome.scenario.loader import load_scenario
from opendome.sensing import Logbook, RadarBlock
from opendome.world import World, compile_world

SEED = 7


def test_looks_asked_for_are_given_or_refused(small_world: World) -> None:
    """Radars serve cues, and count those that wait; what has no time to share counts nothing."""
    run = Replication(small_world, SEED, 0)
    run.run()
    asked, given, refused = run.sensors.use.cues.T
    assert run.sensors.use.cues.shape[0] == len(small_world.sensor_names)
    assert (asked == given + refused).all()
    assert given.sum() > 100
    satellites = [i for i, n in enumerate(small_world.sensor_names) if n.startswith("sbirs")]
    assert satellites and asked[satellites].sum() == 0


def test_the_radars_table_names_who_was_asked(small_world: World) -> None:
    """One row for each radar that was asked, with shares of time between none and all."""
    run = Replication(small_world, SEED, 0)
    run.run()
    asked = run.sensors.use.cues[:, 0]
    table = run.record(whole=False)["radars"]
    assert table["sensor"].tolist() == [
        name for name, n in zip(small_world.sensor_names, asked, strict=True) if n
    ]
    assert (table["cues_asked"] == table["cues_served"] + table["cues_refused"]).all()
    assert (table["track_time_share"] > 0.0).all()
    assert (table["track_time_share"] <= table["busiest_share"] + 1e-12).all()
    assert (table["busiest_share"] <= 1.0).all()


def test_the_busiest_minute_stands_out() -> None:
    """Shares are of the time for tracks: over all looks that were asked for, and at the peak."""
    use = RadarUse(2)
    book = Logbook(1)
    for time_s, spent_s in ((0.0, 1.0), (50.0, 0.0), (70.0, 4.0), (130.0, 0.0)):
        asked = np.full((1, 3), 1.0 if spent_s else 0.0)
        book.write(asked, np.array([[spent_s, 5.0]]), np.zeros(0, np.bool_))
        use.note(slice(1, 2), time_s, book)
    table = use.record(["idle", "busy"])
    assert table["sensor"].tolist() == ["busy"]
    assert table["cues_served"].tolist() == [6]
    assert table["track_time_share"] == pytest.approx(5.0 / 15.0)
    assert table["busiest_share"] == pytest.approx(0.8)


def give_time(world: World, share: float) -> World:
    """The same world, whose radars have this share of their time for tracks, and a slow fence."""
    groups = tuple(
        replace(
            group,
            block=group.block._replace(
                track_share=np.full_like(group.block.track_share, share),
                search_frame_s=np.full_like(group.block.search_frame_s, 40.0),
            ),
        )
        if isinstance(group.block, RadarBlock)
        else group
        for group in world.sensors
    )
    return replace(world, sensors=groups)


def test_a_radar_without_time_is_the_first_reason() -> None:
    """What a slow fence shows and no dwell confirms was lost for want of radar time; with time for
    tracks nothing is."""
    scenario = load_scenario(
        "golden-dome-2029-expected", raid="nk-10-no-countermeasures",
        sets=["raid.salvos.0.count=3"], without=("infrared-satellites",),
    )  # fmt: skip
    world = compile_world(scenario, seed=SEED)
    reasons = {}
    for share in (1e-6, 0.5):
        run = Replication(give_time(world, share), SEED, 0)
        run.run()
        threats = run.record(whole=False)["threats"]
        reasons[share] = set(threats["first_reason"][threats["fate"] == "leaked"])
    assert "no-radar-time" in reasons[1e-6] <= {"no-radar-time", "not-detected", "not-tracked"}
    assert "no-radar-time" not in reasons[0.5]
