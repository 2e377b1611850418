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
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any, Final, NamedTuple

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
    job: Job, tasks: Sequence[Any], n_workers: int, *, pool: Pool | None = None
) -> Iterator[tuple[int, Any]]:
    """Yield (row of the task, result or `WorkerDied`) as tasks are done, in any order.

    Parameters
    ----------
    job : Job
        Read once by each worker, which is started afresh (`spawn`).
    tasks : sequence
        Picklable descriptions of the work.
    n_workers : int
        Worker processes.
    pool : Pool, optional
        Workers that were started before the job was known; they are stopped in the end.

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
    pool = pool or Pool(n_workers)
    try:
        pool.take(job)
        while waiting or running:
            limit = n_workers * _TASKS_PER_WORKER
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
            pool = Pool(n_workers)
            pool.take(job)
    finally:
        pool.stop()


def _run_alone(job: Job, task: Any) -> Any:
    pool = Pool(1)
    try:
        pool.take(job)
        future = pool.submit(task)
        if future is None:
            return WorkerDied()
        try:
            return future.result()
        except BrokenProcessPool:
            return WorkerDied()
    finally:
        pool.stop()


class Pool:
    """A process pool whose workers start with one thread each and do not see Ctrl-C."""

    def __init__(self, n_workers: int) -> None:
        self._executor = ProcessPoolExecutor(
            n_workers, mp_context=get_context("spawn"), initializer=_start_worker
        )
        self._n_workers = n_workers
        self._job_file: IO[bytes] | None = None

    def start(self) -> None:
        """Start all workers now; they import what replications need while they wait for tasks."""
        with _environment_for_workers(), _without_interrupts():
            for _ in range(self._n_workers):
                self._executor.submit(_get_ready)

    def take(self, job: Job) -> None:
        """Write down the job for all workers to read: one that is large then costs little."""
        self._job_file = NamedTemporaryFile(suffix=".job")  # noqa: SIM115 - `stop` closes it
        pickle.dump(job, self._job_file, pickle.HIGHEST_PROTOCOL)
        self._job_file.flush()

    def submit(self, task: Any) -> Future[Any] | None:
        """The task's future; None where the pool is broken already."""
        assert self._job_file is not None, "a pool takes a job first"
        with _environment_for_workers(), _without_interrupts():
            try:
                return self._executor.submit(_perform, self._job_file.name, task)
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
        if self._job_file is not None:
            self._job_file.close()


_job: Job | None = None
_state: Any = None


def _start_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _get_ready() -> None:
    import_module("opendome.engine")
    import_module("opendome.world")


def _perform(job_file: str, task: Any) -> Any:
    # Setting up here and not at the start: an exception then comes back as itself, while one in
    # the start would look like the death of the worker.
    global _job, _state
    if _job is None:
        job: Job = pickle.loads(Path(job_file).read_bytes())
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
