"""Which replications a campaign runs, cut into chunks: a chunk is one task and one stored part.

Replications at the best values of every assumption have `outer` 0. Draws of the assumptions have
`outer` 1, 2, ... and use the same replication numbers, so that raids and luck are common to all.
The cut depends on the plan alone, never on the machine: any executor and any number of workers
stores the same parts.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from opendome.errors import BadInput

OUTER_DRAWS: Final = 20
BATCH: Final = 200  # replications between two looks at the interval, modelling rule 14
_SHARE_PER_DRAW: Final = 50  # each outer draw gets this fraction of the replications
_MOST_CHUNKS: Final = 50  # enough for 16 workers to end together
_LARGEST_CHUNK: Final = 20


class Chunk(NamedTuple):
    """Replications `first` to `first + n_replications - 1` at one outer draw."""

    outer: int
    first: int
    n_replications: int

    @property
    def name(self) -> str:
        """Name of the stored part; names sort in the order of the plan."""
        return f"outer{self.outer:04d}-first{self.first:08d}"

    @property
    def replications(self) -> range:
        """Replication numbers."""
        return range(self.first, self.first + self.n_replications)


class Plan(NamedTuple):
    """A campaign's replications."""

    runs: int
    outer_draws: int
    runs_per_draw: int
    chunk_size: int

    def best_chunks(self, first: int = 0, stop: int | None = None) -> list[Chunk]:
        """Chunks at best values that hold replications `first` to `stop - 1`."""
        return _cut(0, first, self.runs if stop is None else min(stop, self.runs), self.chunk_size)

    def outer_chunks(self) -> list[Chunk]:
        """Chunks of all draws of the assumptions."""
        return [
            chunk
            for outer in range(1, self.outer_draws + 1)
            for chunk in _cut(outer, 0, self.runs_per_draw, _LARGEST_CHUNK)
        ]

    def chunks(self) -> list[Chunk]:
        """Every chunk, in the order of the record."""
        return self.best_chunks() + self.outer_chunks()

    def as_json(self) -> dict[str, Any]:
        """For the manifest."""
        return self._asdict()


def make_plan(runs: int, *, assumption_range: bool = True, in_batches: bool = False) -> Plan:
    """Plan `runs` replications and, for the range of the assumptions, 20 draws with 1/50 of them.

    `in_batches`: the campaign may end at any multiple of `BATCH`; chunks never cross one.
    Raises `BadInput` where `runs` is not a positive number.
    """
    if runs < 1:
        raise BadInput(f"--runs {runs}: must be 1 or more")
    cut_for = BATCH if in_batches else runs
    return Plan(
        runs=runs,
        outer_draws=OUTER_DRAWS if assumption_range else 0,
        runs_per_draw=max(1, runs // _SHARE_PER_DRAW) if assumption_range else 0,
        chunk_size=min(_LARGEST_CHUNK, max(1, cut_for // _MOST_CHUNKS)),
    )


def _cut(outer: int, first: int, stop: int, size: int) -> list[Chunk]:
    return [Chunk(outer, start, min(size, stop - start)) for start in range(first, stop, size)]
