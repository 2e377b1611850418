"""Run many tasks in this process or over worker processes, surviving the death of a worker.

A worker that dies (killed by the system, a crash in compiled code) breaks a whole
`ProcessPoolExecutor`: every task in flight fails and the guilty one is not known. Here the tasks
in flight are then run one at a time in a worker of their own; the one that kills its worker again
is given up and reported, the others lose nothing but time, and the pool is built anew.
"""

from __future__ import annotations

import logging
import os
import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, Final, NamedTuple

from opendome.errors import RunFailed

_log = logging.getLogger(__name__)

# Set for workers before they import NumPy or Numba: a replication uses one core, and replications
# are spread over processes.
_THREAD_SETTINGS: Final = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS",
)

# Tasks handed to the pool per worker: one that runs and one that waits, so that no worker idles
# and few are in flight when a pool breaks.
_TASKS_PER_WORKER: Final = 2

# So many tasks given up before any was done: the workers cannot start at all.
_DEATHS_BEFORE_GIVING_UP: Final = 3


class Job(NamedTuple):
    """What workers do: `state = setup(*arguments)` once each, then `work(state, task)` per task.

    All of it must be picklable: `setup` and `work` are functions of a module.
    """

    setup: Callable[..., Any]
    arguments: tuple[Any, ...]
    work: Callable[[Any, Any], Any]


class WorkerDied:
    """In place of a result: the task killed its worker twice."""


def run_serially(job: Job, tasks: Sequence[Any]) -> Iterator[tuple[int, Any]]:
    """Yield (row of the task, result) in order, computed in this process."""
    if not tasks:
        return
    state = job.setup(*job.arguments)
    for i_task, task in enumerate(tasks):
        yield i_task, job.work(state, task)


def run_over_processes(
    job: Job, tasks: Sequence[Any], n_workers: int, *, first_alone: bool = False
) -> Iterator[tuple[int, Any]]:
    """Yield (row of the task, result or `WorkerDied`) as tasks are done, in any order.

    Parameters
    ----------
    job : Job
        Sent once to each worker, which is started afresh (`spawn`).
    tasks : sequence
        Picklable descriptions of the work.
    n_workers : int
        Worker processes.
    first_alone : bool
        Finish one task before the others start, so that one worker fills the cache of compiled
        code and the others find it filled.

    Raises
    ------
    RunFailed
        Where workers die before anything was done.
    Exception
        What `setup` or `work` raised, as it was raised there.

    Notes
    -----
    Ctrl-C reaches this process only. Closing the iterator, or any exception, stops the workers.
    """
    waiting = deque(range(len(tasks)))
    running: dict[Future[Any], int] = {}
    n_done = n_given_up = 0
    pool = _Pool(job, n_workers)
    try:
        while waiting or running:
            limit = 1 if first_alone and n_done == 0 else n_workers * _TASKS_PER_WORKER
            suspects: list[int] = []
            while waiting and len(running) < limit and not suspects:
                i_task = waiting.popleft()
                future = pool.submit(tasks[i_task])
                if future is None:
                    suspects.append(i_task)
                else:
                    running[future] = i_task
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                i_task = running.pop(future)
                try:
                    result = future.result()
                except BrokenProcessPool:
                    suspects.append(i_task)
                    continue
                n_done += 1
                yield i_task, result
            if not suspects:
                continue
            # Everything else in flight in a broken pool ends at once, mostly with the same error.
            wait(running)
            for future, i_task in running.items():
                if future.exception() is None:
                    n_done += 1
                    yield i_task, future.result()
                else:
                    suspects.append(i_task)
            running.clear()
            pool.stop()
            _log.warning("a worker process died; %d tasks are run again", len(suspects))
            for i_task in sorted(suspects):
                result = _run_alone(job, tasks[i_task])
                given_up = isinstance(result, WorkerDied)
                n_given_up += given_up
                n_done += not given_up
                if n_done == 0 and n_given_up >= _DEATHS_BEFORE_GIVING_UP:
                    raise RunFailed(
                        "worker processes die before they finish anything; try --executor serial"
                        " (in a script, call run() under `if __name__ == '__main__':`)"
                    )
                yield i_task, result
            pool = _Pool(job, n_workers)
    finally:
        pool.stop()


def _run_alone(job: Job, task: Any) -> Any:
    pool = _Pool(job, 1)
    try:
        future = pool.submit(task)
        if future is None:
            return WorkerDied()
        try:
            return future.result()
        except BrokenProcessPool:
            return WorkerDied()
    finally:
        pool.stop()


class _Pool:
    """A process pool whose workers start with one thread each and do not see Ctrl-C."""

    def __init__(self, job: Job, n_workers: int) -> None:
        self._executor = ProcessPoolExecutor(
            n_workers,
            mp_context=get_context("spawn"),
            initializer=_start_worker,
            initargs=(pickle.dumps(job),),
        )

    def submit(self, task: Any) -> Future[Any] | None:
        """The task's future; None where the pool is broken already."""
        with _environment_for_workers(), _without_interrupts():
            try:
                return self._executor.submit(_perform, task)
            except BrokenProcessPool:
                return None

    def stop(self) -> None:
        """End the workers now; what they hold half done is lost."""
        # The executor has no public way to end a running task before Python 3.14.
        workers = list((getattr(self._executor, "_processes", None) or {}).values())
        self._executor.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.join()


_pickled_job = b""
_job: Job | None = None
_state: Any = None


def _start_worker(pickled_job: bytes) -> None:
    global _pickled_job
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _pickled_job = pickled_job


def _perform(task: Any) -> Any:
    # Setting up here and not at the start: an exception then comes back as itself, while one in
    # the start would look like the death of the worker.
    global _job, _state, _pickled_job
    if _job is None:
        job: Job = pickle.loads(_pickled_job)
        _pickled_job = b""  # a world may be large
        _state = job.setup(*job.arguments)
        _job = job
    return _job.work(_state, task)


@contextmanager
def _environment_for_workers() -> Iterator[None]:
    before = {name: os.environ.get(name) for name in _THREAD_SETTINGS}
    os.environ.update(dict.fromkeys(_THREAD_SETTINGS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Hold back SIGINT; processes started inside inherit that, before they run any Python."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows: the worker's start sets it
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
