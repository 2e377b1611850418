"""What a worker does with one chunk: run its replications and store them as one part."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from opendome.campaign.plan import Chunk
from opendome.campaign.source import Replicate, Source
from opendome.campaign.store import Store
from opendome.stage_clock import StageClock
from opendome.tables.record import COLUMNS, Record, Table, build_table

_log = logging.getLogger(__name__)


class Worker:
    """Runs chunks of one source into one store; keeps the last draw of the assumptions ready."""

    def __init__(self, source: Source, path: Path) -> None:
        """Nothing is compiled before the first chunk."""
        self.source = source
        self.store = Store(path)
        self.clock = StageClock()
        self.outer = -1
        self.replicate: Replicate | None = None

    def prepare(self, outer: int) -> Replicate:
        """Replications at one draw of the assumptions, compiled where it is not the last one."""
        if self.replicate is None or outer != self.outer:
            self.clock.restart()
            self.replicate = self.source.prepare(outer, self.clock)
            self.clock.lap("compile")
            self.outer = outer
        return self.replicate


class Failure(NamedTuple):
    """A replication that ended in an error."""

    outer: int
    replication: int
    error: str


class ChunkResult(NamedTuple):
    """What is said of a chunk beside what is stored."""

    failures: list[Failure]
    stage_s: dict[str, float]  # time of computation by stage


def run_chunk(worker: Worker, chunk: Chunk) -> ChunkResult:
    """Run and store one chunk; an error in a replication is recorded there and returned."""
    records: list[Record] = []
    failures: list[Failure] = []
    for replication in chunk.replications:
        try:
            records.append(worker.prepare(chunk.outer)(replication))
        except Exception as error:
            _log.debug("replication %d of draw %d", replication, chunk.outer, exc_info=True)
            text = _describe_error(error)
            failures.append(Failure(chunk.outer, replication, text))
            records.append(_record_failure(text))
    worker.store.write_part(chunk.name, join_records(chunk, records))
    return ChunkResult(failures, worker.clock.take())


def record_death(store: Store, chunk: Chunk) -> ChunkResult:
    """Store a chunk whose worker died twice: every replication of it as failed."""
    text = "the worker process died twice in this chunk"
    records = [_record_failure(text) for _ in chunk.replications]
    store.write_part(chunk.name, join_records(chunk, records))
    failures = [Failure(chunk.outer, replication, text) for replication in chunk.replications]
    return ChunkResult(failures, {})


def join_records(chunk: Chunk, records: list[Record]) -> dict[str, Table]:
    """The tables of a chunk's records, in order, with the columns `outer` and `replication`."""
    joined: dict[str, Table] = {}
    for name, columns in COLUMNS.items():
        pieces = [
            (replication, record[name])
            for replication, record in zip(chunk.replications, records, strict=True)
            if name in record
        ]
        lengths = [_length(table) for _, table in pieces]
        table: Table = {
            column.name: np.concatenate([piece[column.name] for _, piece in pieces])
            for column in columns
            if pieces
        }
        if table:
            table["outer"] = np.full(sum(lengths), chunk.outer, np.int64)
            table["replication"] = np.repeat([number for number, _ in pieces], lengths)
            joined[name] = table
    return joined


def _length(table: Mapping[str, Any]) -> int:
    return len(next(iter(table.values())))


def _record_failure(error: str) -> Record:
    return {"replications": build_table("replications", [(True, error, np.nan, *(0,) * 9)])}


def _describe_error(error: Exception) -> str:
    """Kind, message and place, in one line without anything that differs between machines."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    message = " ".join(str(error).split())
    return f"{type(error).__name__}: {message}{place}"
