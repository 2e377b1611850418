"""When sensors of one element look first: spread evenly, and a matter of their element alone."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from opendome.scenario.loader import load_scenario
from opendome.world import compile_world
from opendome.world.first_looks import spread_first_looks


def compile_first_looks(*without: str) -> dict[str, float]:
    """First look of each sensor [s], by name."""
    world = compile_world(load_scenario("golden-dome-2029-expected", without=list(without)), seed=1)
    return {
        world.sensor_names[sensor]: first_s
        for group in world.sensors
        for sensor, first_s in zip(group.block.sensor, group.block.offset_s, strict=True)
    }


def test_first_looks_do_not_depend_on_other_elements() -> None:
    """Without one constellation, or one chain of radars, all others look as they did."""
    every = compile_first_looks()
    for gone in ("sbirs-geo", "north-warning-long-range"):
        left = compile_first_looks(gone)
        assert left == {name: every[name] for name in left}
        assert len(left) < len(every)


@given(name=st.text(max_size=8), n=st.integers(1, 200), revisit_s=st.integers(1, 30))
def test_first_looks_fill_the_revisit_time_evenly(name: str, n: int, revisit_s: int) -> None:
    """No second of the revisit time has many more first looks than another."""
    first_s = spread_first_looks(name, n, float(revisit_s))
    counts = np.bincount(first_s.astype(np.int64), minlength=revisit_s)
    assert counts.size == revisit_s
    # Points of the golden section in an interval: off the mean by 3 at most below 200.
    assert np.abs(counts - n / revisit_s).max() <= 3.0
