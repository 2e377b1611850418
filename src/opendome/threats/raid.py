"""A whole raid, of missiles of any kind: compiled once, flown in every replication."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from opendome.physics.random import stream_key, uniform
from opendome.tables.codes import BANDS
from opendome.tables.truth import ASPECTS, SKIN, Missiles, Objects, Trajectories, Truth
from opendome.threats.dispatch import compile_block, explain_block, fly_block
from opendome.threats.orders import MissileOrder


class Raid(NamedTuple):
    """Missiles by kind. `order` gives, block by block, the rows of the orders they came from."""

    blocks: tuple[Any, ...]
    order: tuple[int, ...]

    @property
    def n_missiles(self) -> int:
        """Missiles in all."""
        return len(self.order)


def compile_raid(
    classes: list[Any],
    orders: list[MissileOrder],
    known: dict[tuple[Any, ...], Any] | None = None,
) -> Raid:
    """The arrays of a raid, each missile with its nominal aim.

    A missile without an aim is for the caller to refuse (`explain_raid` says why in words); flown,
    it comes down where it can.
    """
    known = {} if known is None else known
    blocks, order = [], []
    for kind in dict.fromkeys(type(one) for one in classes):
        own = {row: one for row, one in enumerate(classes) if type(one) is kind}
        rows = [i for i, one in enumerate(orders) if one.missile_class in own]
        example = next(iter(own.values()))
        blocks.append(compile_block(example, own, [orders[i] for i in rows], known))
        order += rows
    return Raid(tuple(blocks), tuple(order))


def explain_raid(raid: Raid) -> list[tuple[int, str]]:
    """Orders that cannot be flown: row of the order, and why."""
    faults, start = [], 0
    for block in raid.blocks:
        n = block.missiles.identity.shape[0]
        for row in range(n):
            reason = explain_block(block, row)
            if reason:
                faults.append((raid.order[start + row], reason))
        start += n
    return faults


def pick_draws(draws: tuple[Raid, ...], seed: int, replication: int) -> Raid:
    """The raid of one replication: for each missile, one of several draws of its launch and aim.

    Picked by missile name, so that the missiles of a raid vary independently of each other.
    """
    first = draws[0]
    if len(draws) == 1:
        return first
    key = stream_key(seed, "raid-draw")
    blocks = []
    for alike in zip(*(raid.blocks for raid in draws), strict=True):
        missiles = alike[0].missiles
        rows = np.arange(missiles.identity.shape[0])
        chosen = np.array(
            [
                int(uniform(key, replication, identity, 0) * len(draws))
                for identity in missiles.identity
            ],
            np.int64,
        )
        columns = zip(*(block.missiles for block in alike), strict=True)
        picked = type(missiles)(*(np.stack(column)[chosen, rows] for column in columns))
        blocks.append(alike[0]._replace(missiles=picked))
    return first._replace(blocks=tuple(blocks))


def fly_raid(raid: Raid, gmst0_rad: float, seed: int, replication: int) -> Truth:
    """The whole raid as it would fly in one replication if nothing were fired at it.

    Arguments as of `dispatch.fly_block`. Missiles come in the order of `raid.order`, objects
    missile by missile.
    """
    flown = [fly_block(block, gmst0_rad, seed, replication) for block in raid.blocks]
    if not flown:
        return no_threats()
    return flown[0] if len(flown) == 1 else _join(flown)


def _join(parts: list[Truth]) -> Truth:
    n_missiles = np.cumsum([0, *(part.missiles.launch_s.shape[0] for part in parts)])
    n_nodes = np.cumsum([0, *(part.trajectories.first[-1] for part in parts)])
    objects = [
        part.objects._replace(missile=part.objects.missile + before)
        for part, before in zip(parts, n_missiles, strict=False)
    ]
    first = [part.trajectories.first[:-1] + n for part, n in zip(parts, n_nodes, strict=False)]
    nodes = zip(*(part.trajectories[1:] for part in parts), strict=True)
    return Truth(
        Missiles(*(np.concatenate(c) for c in zip(*(p.missiles for p in parts), strict=True))),
        Objects(*(np.concatenate(c) for c in zip(*objects, strict=True))),
        Trajectories(
            np.concatenate([*first, n_nodes[-1:]]).astype(np.int64),
            *(np.concatenate(column) for column in nodes),
        ),
    )


def no_threats() -> Truth:
    """A raid of nothing."""
    none, no_rows = np.zeros(0), np.zeros(0, np.int64)
    identities, flags = np.zeros(0, np.uint64), np.zeros(0, np.bool_)
    path = np.zeros((0, 3))
    return Truth(
        Missiles(
            identities, no_rows, none, none, none, no_rows, none, none, none, none, none, no_rows
        ),
        Objects(
            identities, no_rows, no_rows, flags, no_rows, none, none, none,
            np.zeros((0, len(ASPECTS), len(BANDS))), none, none, none,
            np.zeros((0, len(SKIN))), none, none, none, none,
        ),
        Trajectories(np.zeros(1, np.int64), none, path, path, path),
    )  # fmt: skip
