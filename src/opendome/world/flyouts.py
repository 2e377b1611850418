"""Fly-out tables of all batteries, made once and kept on disk.

A table depends on the vehicle and the site alone. Making one takes a third of a second, so tables
are kept beside the compiled kernels, in a folder that an edit of any kernel renews.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np

import opendome
from opendome.interceptors.ground import (
    FlyoutTables,
    Interceptor,
    build_flyout_table,
    stack_flyout_tables,
)
from opendome.kernel_cache import cache_root, hash_kernel_sources

Job = tuple[Interceptor, float, float]  # type, latitude [rad], longitude [rad]

# The last stack, by the names of its tables: worlds of other draws need the same one.
_stacked: dict[tuple[str, ...], FlyoutTables] = {}


def gather_flyout_tables(jobs: list[Job]) -> FlyoutTables:
    """The tables of these types at these sites, in order, as one stack."""
    names = tuple(map(_name, jobs))
    if names not in _stacked:
        _stacked.clear()
        _stacked[names] = stack_flyout_tables(
            [_gather(name, job) for name, job in zip(names, jobs, strict=True)]
        )
    return _stacked[names]


def _gather(name: str, job: Job) -> FlyoutTables:
    kept = _folder() / f"{name}.npz"
    if kept.exists():
        with np.load(kept) as columns:
            return FlyoutTables(**{field: columns[field] for field in FlyoutTables._fields})
    table = build_flyout_table(*job)
    _keep(table, kept)
    return table


def _name(job: Job) -> str:
    interceptor, latitude, longitude = job
    digest = hashlib.blake2b(digest_size=12)
    for value in (*interceptor.vehicle, *interceptor[1:], latitude, longitude):
        digest.update(np.asarray(value, np.float64).tobytes())
    return digest.hexdigest()


@lru_cache
def _folder() -> Path:
    package = Path(opendome.__file__).parent
    return cache_root() / f"flyouts-{hash_kernel_sources(package)}"


def _keep(table: FlyoutTables, path: Path) -> None:
    """Write a table whole or not at all; without a place to write, go on without keeping it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".npz")
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **table._asdict())
        Path(temporary).replace(path)
    except OSError:
        return
