"""A satellite works, or is lost, with all its channels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from opendome.engine.environment import draw_environment
from opendome.engine.script import Script
from opendome.tables.coalition import LOST, Happening
from opendome.world import World

SEED = 7
CHANNEL = "-cold"


@pytest.fixture(scope="module")
def pairs(small_world: World) -> np.ndarray:
    """Sensor indices of plume and cold channel (n, 2) of each satellite that has both."""
    names = small_world.sensor_names
    return np.array(
        [(names.index(name.removesuffix(CHANNEL)), i) for i, name in enumerate(names)
         if name.endswith(CHANNEL)]
    )  # fmt: skip


def test_a_satellite_has_no_single_dead_channel(small_world: World, pairs: np.ndarray) -> None:
    """Over replications both channels work or neither, as often as the element is available."""
    share, n_replications = 0.8, 200
    groups = tuple(
        replace(group, availability=np.full(group.availability.size, share))
        for group in small_world.sensors
    )
    world = replace(small_world, sensors=groups)
    alive = np.array([
        np.concatenate(draw_environment(world, SEED, k).sensor_up) for k in range(n_replications)
    ])  # fmt: skip
    plume, cold = alive[:, pairs[:, 0]], alive[:, pairs[:, 1]]
    assert pairs.size
    assert (plume == cold).all()
    assert plume.mean() == pytest.approx(share, abs=4.0 * np.sqrt(share * (1 - share) / plume.size))
    # Satellites live apart from each other.
    assert 0.0 < plume.mean(axis=1).std() < 2.0 * np.sqrt(share * (1 - share) / plume.shape[1])


def test_a_partial_loss_takes_whole_satellites(small_world: World, pairs: np.ndarray) -> None:
    """Half of all sensors lost: of each satellite both channels or none, and about half of them."""
    coalition = small_world.coalition
    event = Happening(
        60.0, LOST, "all", np.zeros(len(coalition.node_names), np.bool_),
        np.ones(len(small_world.sensor_names), np.bool_),
        np.zeros(coalition.node_of_shooter.size, np.bool_), 0.5,
    )  # fmt: skip
    gone = Script((event,), small_world.platform_names, SEED, 0).draw_sensors(event)
    assert (gone[pairs[:, 0]] == gone[pairs[:, 1]]).all()
    assert gone[pairs[:, 0]].mean() == pytest.approx(0.5, abs=2.0 / np.sqrt(len(pairs)))
