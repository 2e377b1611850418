"""How long each stage of a replication takes."""

from __future__ import annotations

import time

STAGES = ("compile", "fly", "sense", "decide", "engage", "score", "record")


class StageClock:
    """Seconds by stage, summed over replications."""

    def __init__(self) -> None:
        """All at zero, the clock running."""
        self.seconds = dict.fromkeys(STAGES, 0.0)
        self._last = time.perf_counter()

    def restart(self) -> None:
        """Count from now on."""
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        """Give the time since the last lap to a stage."""
        now = time.perf_counter()
        self.seconds[stage] += now - self._last
        self._last = now

    def take(self) -> dict[str, float]:
        """The seconds so far, and start again from zero."""
        taken, self.seconds = self.seconds, dict.fromkeys(STAGES, 0.0)
        return taken
