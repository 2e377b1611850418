"""Radar time in the engine: asked, given and refused looks are counted by sensor."""

from __future__ import annotations

from opendome.engine import Replication
from opendome.world import World


def test_looks_asked_for_are_given_or_refused(small_world: World) -> None:
    """Radars serve cues, and count those that wait; what has no time to share counts nothing."""
    run = Replication(small_world, 7, 0)
    run.run()
    asked, given, refused = run.sensors.load.T
    assert run.sensors.load.shape[0] == len(small_world.sensor_names)
    assert (asked == given + refused).all()
    assert given.sum() > 100
    satellites = [i for i, n in enumerate(small_world.sensor_names) if n.startswith("sbirs")]
    assert satellites and asked[satellites].sum() == 0
