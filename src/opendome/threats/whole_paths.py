"""Flights with all the nodes of their paths, however many those are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol, TypeVar

from opendome.physics.ballistic import Impact, record_fall
from opendome.physics.flight import NODES_FULL, Nodes, empty_nodes
from opendome.physics.standard_atmosphere import Floats

# Nodes that hold most falls, and most boosts.
_FALL_ROOM: Final = 160


class Ending(Protocol):
    """What every kind of flight tells of its end."""

    @property
    def code(self) -> int:
        """`flight.NODES_FULL`, or how it ended."""

    @property
    def n_nodes(self) -> int:
        """Nodes of its path, from the first one on."""


_Flight = TypeVar("_Flight", bound=Ending)


def fly_whole(fly: Callable[[Nodes], _Flight], room: int) -> tuple[_Flight, Nodes]:
    """A flight and its whole path: flown again with twice the room for as long as that is full.

    Parameters
    ----------
    fly : callable
        Flies into the nodes that it is given, from the same start each time.
    room : int
        Nodes to begin with.
    """
    while True:
        nodes = empty_nodes(room)
        flight = fly(nodes)
        if flight.code != NODES_FULL:
            return flight, pick_nodes(nodes, slice(flight.n_nodes))
        room *= 2


def fall_whole(
    state: Floats, start_s: float, stop_s: float, beta_kg_m2: float, floor_m: float,
    tolerance: float,
) -> tuple[Impact, Nodes]:  # fmt: skip
    """The end and the path of a body that falls from `state`, which is left as it is.

    Arguments as of `ballistic.record_fall`; the Earth's angle is 0 at time zero.
    """
    return fly_whole(
        lambda nodes: record_fall(
            state.copy(), start_s, stop_s, 0.0, beta_kg_m2, floor_m, tolerance, nodes
        ),
        _FALL_ROOM,
    )


def pick_nodes(nodes: Nodes, rows: slice) -> Nodes:
    """Part of a path, as views."""
    return Nodes(*(column[rows] for column in nodes))
