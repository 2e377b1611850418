from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import executor_tasks as work
import pytest

from opendome.campaign.executors import Job, WorkerDied, run_over_processes, run_serially
from opendome.errors import RunFailed

SQUARES = Job(work.start, (100,), work.square)


def test_processes_give_what_serial_gives() -> None:
    """Every task's result comes back once, equal to serial execution, for 1 and 3 workers."""
    tasks = list(range(20))
    expected = dict(run_serially(SQUARES, tasks))
    assert expected == {i: 100 + i * i for i in tasks}
    for n_workers in (1, 3):
        found = list(run_over_processes(SQUARES, tasks, n_workers))
        assert len(found) == 20
        assert dict(found) == expected


def test_no_tasks_start_no_workers() -> None:
    """Nothing to do is done, without setting anything up."""
    job = Job(work.refuse_to_start, (), work.square)
    assert list(run_serially(job, [])) == []
    assert list(run_over_processes(job, [], 2)) == []


def test_workers_have_one_thread_and_the_parent_keeps_its_environment() -> None:
    """Thread counts are 1 in workers; the parent's own environment is as it was."""
    before = dict(os.environ)
    job = Job(work.start, (0,), work.name_environment)
    found = dict(run_over_processes(job, ["NUMBA_NUM_THREADS", "OMP_NUM_THREADS"], 1))
    assert [value for _, value in found.values()] == ["1", "1"]
    assert found[0][0] != os.getpid()
    assert dict(os.environ) == before


def test_a_task_that_kills_its_worker_is_given_up_and_no_other_is() -> None:
    """One task kills its worker each time: it alone is given up, all others are done."""
    tasks = [*range(5), -1, *range(6, 12)]
    found = dict(run_over_processes(Job(work.start, (0,), work.die_if_negative), tasks, 2))
    assert sorted(found) == list(range(12))
    assert isinstance(found[5], WorkerDied)
    assert all(found[i] == i for i in range(12) if i != 5)


def test_a_worker_killed_once_costs_no_result(tmp_path: Path) -> None:
    """A worker killed from outside, once: every task is done all the same."""
    tasks = [(i, str(tmp_path / "died")) for i in range(8)]
    found = dict(run_over_processes(Job(work.start, (0,), work.die_once), tasks, 2))
    assert found == {i: i for i in range(8)}
    assert (tmp_path / "died").exists()


def test_workers_that_never_finish_anything_end_the_run() -> None:
    """Where every task kills its worker, the run ends after a few and says so."""
    job = Job(work.start, (0,), work.die_if_negative)
    with pytest.raises(RunFailed, match="worker processes die"):
        list(run_over_processes(job, [-1] * 50, 2))


def test_exceptions_come_back_as_they_are() -> None:
    """An exception in work or in setting up is raised here, not taken for a dead worker."""
    with pytest.raises(OSError, match="disk full at 7"):
        list(run_over_processes(Job(work.start, (0,), work.refuse), [7], 1))
    with pytest.raises(OSError, match="no room"):
        list(run_over_processes(Job(work.refuse_to_start, (), work.square), [7], 1))


def test_closing_early_ends_the_workers() -> None:
    """A caller that stops after the first result does not wait for the others."""
    job = Job(work.start, (0,), work.sleep_long)
    results = run_over_processes(job, [0.0, 60.0, 60.0], 2)
    _, worker = next(results)
    before = time.monotonic()
    results.close()
    assert time.monotonic() - before < 10.0
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT to a process group")
def test_an_interrupt_of_the_whole_group_reaches_the_parent_alone(tmp_path: Path) -> None:
    """Ctrl-C: the parent gets KeyboardInterrupt at once, workers print nothing and are gone."""
    script = tmp_path / "interrupted.py"
    script.write_text(
        textwrap.dedent(f"""
        import sys
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        import executor_tasks as work
        from opendome.campaign.executors import Job, run_over_processes

        if __name__ == "__main__":
            job = Job(work.start, (0,), work.sleep_long)
            try:
                for _, worker in run_over_processes(job, [0.0, 60.0, 60.0], 2):
                    print(worker, flush=True)
            except KeyboardInterrupt:
                sys.exit(130)
        """)
    )
    process = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    worker = int(process.stdout.readline())
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert errors == ""
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)
