"""What a scenario says will happen to the defence, and what of it a loss takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from opendome.battle import BattleState, Forces
from opendome.engine.fires import Report, Shot
from opendome.physics.random import entity_id, stream_key, uniform
from opendome.tables.coalition import Happening
from opendome.tables.forces import ORBITAL
from opendome.tables.truth import Flags, Integers


class Script:
    """Scripted events of one replication, each told once."""

    def __init__(
        self, events: tuple[Happening, ...], platform_names: Sequence[str], seed: int,
        replication: int,
    ) -> None:  # fmt: skip
        """`events` in order of time; by sensor index, what is lost as one."""
        self._events = events
        self._platform_names = platform_names
        self._n_told = 0
        self._key, self._replication = stream_key(seed, "loss"), replication

    def take_due(self, time_s: float) -> list[Happening]:
        """Events that happen by a time and have not been told yet."""
        first = self._n_told
        while self._n_told < len(self._events) and self._events[self._n_told].time_s <= time_s:
            self._n_told += 1
        return list(self._events[first : self._n_told])

    def draw_sensors(self, event: Happening) -> Flags:
        """Which sensors a loss takes, by sensor index."""
        gone = event.sensors.copy()
        for sensor in np.flatnonzero(gone).tolist():
            platform = self._platform_names[sensor]
            gone[sensor] = self._draw(event, platform, np.zeros(1, np.int64))[0]
        return gone

    def take_rounds(self, event: Happening, state: BattleState, forces: Forces) -> None:
        """Take rounds and satellites that a loss takes out of the state."""
        for s in np.flatnonzero(event.shooters).tolist():
            identity = str(int(forces.shooters.identity[s]))
            if forces.types.launch_kind[forces.shooters.interceptor[s]] == ORBITAL:
                ready = state.satellite_ready[int(forces.shooters.constellation[s])]
                ready &= ~self._draw(event, identity, np.arange(ready.size))
                state.inventory[s] = int(ready.sum())
            else:
                rounds = np.arange(int(forces.shooters.inventory[s]))
                gone = self._draw(event, identity, rounds)[: int(state.inventory[s])]
                state.inventory[s] -= int(gone.sum())

    def draw_ordered(
        self, event: Happening, ordered: Sequence[Shot | Report], state: BattleState, forces: Forces
    ) -> Flags:
        """Which rounds (n,) a loss takes that were ordered and not launched, before all others.

        They are numbered on from those in stock.
        """
        n_before: dict[int, int] = defaultdict(int)
        gone = np.zeros(len(ordered), np.bool_)
        for j, order in enumerate(ordered):
            number = order.unit
            if number < 0:
                number = int(state.inventory[order.shooter]) + n_before[order.shooter]
                n_before[order.shooter] += 1
            identity = str(int(forces.shooters.identity[order.shooter]))
            gone[j] = self._draw(event, identity, np.array([number]))[0]
        return gone

    def _draw(self, event: Happening, of: str, numbers: Integers) -> Flags:
        """Which of some things are gone, each by its number."""
        if event.share >= 1.0:
            return np.ones(numbers.size, np.bool_)
        identity = entity_id(f"{event.target}/{event.time_s}/{of}")
        drawn = [uniform(self._key, self._replication, identity, int(n)) for n in numbers]
        return np.array(drawn) < event.share
