"""Shooters on patrol move, by the draw of their own name, and touch nobody else's table."""

from __future__ import annotations

import numpy as np

from opendome.engine.moving_shooters import MovingShooters
from opendome.scenario.loader import load_scenario
from opendome.sensing.patrols import draw_phases, place_patrols
from opendome.tables.forces import Shooters
from opendome.world.forces import compile_shooter_patrols


def test_they_are_where_their_track_says() -> None:
    """At every time the rows on patrol are on their tracks; other rows stay."""
    moving = compile_shooter_patrols(load_scenario("north-2035"))
    assert moving is not None
    patrols, rows = moving
    n = int(rows.max()) + 2
    columns = {name: np.zeros(n) for name in Shooters._fields}
    shooters = Shooters(**columns | {"position_ecef_m": np.zeros((n, 3))})
    mover = MovingShooters(patrols, rows, 3, 5, np.ones(rows.size, np.bool_))
    phase = draw_phases(patrols, 3, 5)
    seen = []
    for time_s in (0.0, 600.0):
        mover.place(shooters, time_s)
        assert np.array_equal(shooters.position_ecef_m[rows], place_patrols(patrols, phase, time_s))
        seen.append(shooters.position_ecef_m[rows].copy())
    others = np.setdiff1d(np.arange(n), rows)
    assert not shooters.position_ecef_m[others].any()
    moved_m = np.linalg.norm(seen[1] - seen[0], axis=1)
    # 240 m/s over ten minutes, less where a corner was turned.
    assert (moved_m > 1e3).all()
    assert (moved_m < 145e3).all()
    absent = MovingShooters(patrols, rows, 3, 5, np.arange(rows.size) > 0)
    absent.place(shooters, 0.0)
    assert np.isnan(shooters.position_ecef_m[rows[0]]).all()
    assert np.array_equal(shooters.position_ecef_m[rows[1:]], seen[0][1:])
