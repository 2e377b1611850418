"""In which layer a type in orbit would engage a track."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from opendome.battle.constellations import believed_layer
from opendome.tables.codes import (
    BALLISTIC_PHASE,
    BOOST_PHASE,
    CRUISE_PHASE,
    GLIDE_PHASE,
    LAYERS,
)


def situation(phase: int, dark_s: float, engages: tuple[str, ...]) -> Any:
    """What the choice of a layer looks at: one track, one type."""
    types = SimpleNamespace(
        engages=np.array([[layer in engages for layer in LAYERS]]), post_boost_s=np.array([300.0])
    )
    return cast(
        Any,
        SimpleNamespace(
            forces=SimpleNamespace(types=types),
            predictions=SimpleNamespace(phase=np.array([phase])),
            dark_s=np.array([dark_s]),
        ),
    )


ALL = ("boost", "post-boost", "midcourse", "glide")


@pytest.mark.parametrize(
    ("phase", "dark_s", "engages", "layer"),
    [
        (BOOST_PHASE, 2.0, ALL, "boost"),
        (BOOST_PHASE, 2.0, ("midcourse",), None),
        (BALLISTIC_PHASE, 100.0, ALL, "post-boost"),
        (BALLISTIC_PHASE, 301.0, ALL, "midcourse"),
        # Never seen burning: a decoy or a warhead that radars found in free flight.
        (BALLISTIC_PHASE, np.nan, ALL, "midcourse"),
        (BALLISTIC_PHASE, 100.0, ("boost",), None),
        (BALLISTIC_PHASE, 100.0, ("boost", "midcourse"), "midcourse"),
        (GLIDE_PHASE, np.nan, ALL, "glide"),
        (GLIDE_PHASE, np.nan, ("boost",), None),
        (CRUISE_PHASE, np.nan, ALL, None),
    ],
)
def test_the_layer_follows_phase_and_time_since_burnout(
    phase: int, dark_s: float, engages: tuple[str, ...], layer: str | None
) -> None:
    """A type engages in the layers that it lists, and in no other."""
    found = believed_layer(situation(phase, dark_s, engages), 0, 0)
    assert found == (LAYERS.index(layer) if layer else -1)
