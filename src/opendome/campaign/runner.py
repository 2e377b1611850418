"""Run a campaign: plan, compute what is not there yet, store, summarise."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import opendome
from opendome.campaign import kernels, manifest
from opendome.campaign.chunks import ChunkResult, Worker, record_death, run_chunk
from opendome.campaign.executors import Job, Pool, WorkerDied, run_over_processes, run_serially
from opendome.campaign.plan import BATCH, Chunk, Plan, make_plan
from opendome.campaign.results import Campaign
from opendome.campaign.source import ScenarioSource, Source
from opendome.campaign.store import LOG, SUMMARY, Store, check_output, choose_directory
from opendome.campaign.summary import summarise
from opendome.errors import BadInput, RunFailed
from opendome.statistics import find_ratio_interval

if TYPE_CHECKING:
    from opendome.scenario.scenario import Scenario

SERIAL: Final = "serial"
PROCESSES: Final = "processes"
EXECUTORS: Final = (SERIAL, PROCESSES)

Progress = Callable[[int, int], None]  # replications done, replications planned

_log = logging.getLogger(__name__)


class Settings(NamedTuple):
    """How a campaign is run; `runs`, `seed`, `until` and `assumption_range` decide its content."""

    runs: int = 100
    seed: int = 1
    jobs: int = 1
    executor: str | None = None  # None: processes where jobs is above 1
    assumption_range: bool = True
    until: float | None = None  # widest interval of the leakage to end at

    def check(self) -> None:
        """Raise `BadInput` where a setting cannot be used."""
        if self.runs < 1:
            raise BadInput(f"--runs {self.runs}: must be 1 or more")
        if self.seed < 0:
            raise BadInput(f"--seed {self.seed}: must be 0 or more")
        if self.jobs < 1:
            raise BadInput(f"--jobs {self.jobs}: must be 1 or more")
        if self.executor not in (None, *EXECUTORS):
            raise BadInput(f"--executor {self.executor}: must be one of {', '.join(EXECUTORS)}")
        if self.until is not None and not 0.0 < self.until < 1.0:
            raise BadInput(f"--until {self.until}: must be between 0 and 1")
        if self.until is not None and self.runs < BATCH:
            raise BadInput(f"--until needs --runs of {BATCH} or more, the size of a batch")

    @property
    def use_processes(self) -> bool:
        """Whether replications are spread over worker processes."""
        return self.executor == PROCESSES or (self.executor is None and self.jobs > 1)


def run(
    scenario: Scenario | str | Path,
    runs: int = 100,
    seed: int = 1,
    jobs: int = 1,
    executor: str | None = None,
    out: Path | str | None = None,
    *,
    overwrite: bool = False,
    resume: Path | str | None = None,
    assumption_range: bool = True,
    until: float | None = None,
    progress: Progress | None = None,
) -> Campaign:
    """Run a scenario many times and store what happened.

    Parameters
    ----------
    scenario : Scenario, str or Path
        A scenario, or its file or library name.
    runs : int
        Replications at the best values of every assumption; with `until`, at most so many.
    seed : int
        Campaigns with equal seeds draw equal raids and luck: compare them replication by
        replication.
    jobs : int
        Worker processes. Results do not depend on it. In a script, more than one needs
        `if __name__ == "__main__":` around the call.
    executor : {"serial", "processes"}, optional
        By default processes where `jobs` is above one.
    out : path, optional
        Directory; by default the first free `runs/<scenario>-<n>`.
    overwrite : bool
        Replace a campaign that is in `out`.
    resume : path, optional
        Go on with this campaign: what is stored stays, the rest is run.
    assumption_range : bool
        Also run 20 draws of all assumptions, a fiftieth of the replications each.
    until : float, optional
        Run batches of 200 until the 95 % interval of the leakage is no wider.
    progress : callable, optional
        Called with replications done and planned.

    Raises
    ------
    BadInput
        Before anything is computed or written.
    RunFailed
        Where every replication failed or nothing could be run.
    KeyboardInterrupt
        On Ctrl-C, with what was finished kept.
    """
    settings = Settings(runs, seed, jobs, executor, assumption_range, until)
    settings.check()
    if resume is None:
        check_output(Path("runs/new") if out is None else Path(out), overwrite=overwrite)
    if isinstance(scenario, str | Path):
        from opendome.scenario.loader import load_scenario

        scenario = load_scenario(scenario)
    with _workers_under_way(settings) as pool:
        source = ScenarioSource.compile(scenario, seed)
        return run_source(
            source, settings, out,
            overwrite=overwrite, resume=resume, progress=progress, pool=pool,
        )  # fmt: skip


def resume(
    path: Path | str,
    jobs: int = 1,
    executor: str | None = None,
    *,
    progress: Progress | None = None,
) -> Campaign:
    """Go on with an interrupted campaign as its manifest describes it.

    What is stored stays, the rest is run. Raises as `run` does.
    """
    from opendome.scenario.scenario import Scenario

    content = Store.open(Path(path)).read_manifest()
    try:
        scenario = Scenario.model_validate(content["scenario"])
        settings = Settings(**{**content["settings"], "jobs": jobs, "executor": executor})
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(f"{path}: its manifest does not describe a campaign: {error}") from error
    settings.check()
    with _workers_under_way(settings) as pool:
        source = ScenarioSource.compile(scenario, settings.seed)
        return run_source(source, settings, resume=path, progress=progress, pool=pool)


@contextmanager
def _workers_under_way(settings: Settings) -> Iterator[Pool | None]:
    """Workers that start while the scenario is being compiled, and none for a serial run."""
    if not settings.use_processes:
        yield None
        return
    if not kernels.is_warm():
        kernels.compile_in_parallel()
    pool = Pool(min(settings.jobs, settings.runs))
    try:
        pool.start()
        yield pool
    finally:
        pool.stop()


def run_source(
    source: Source,
    settings: Settings,
    out: Path | str | None = None,
    *,
    overwrite: bool = False,
    resume: Path | str | None = None,
    progress: Progress | None = None,
    pool: Pool | None = None,
) -> Campaign:
    """As `run`, for anything that has replications; `pool` holds workers that run already."""
    settings.check()
    if resume is not None:
        store, content = _reopen(Path(resume), source, settings)
    else:
        path = choose_directory(source.name) if out is None else Path(out)
        check_output(path, overwrite=overwrite)
        content = manifest.describe_campaign(source, settings._asdict())
        store = Store.create(path, overwrite=overwrite)
    content["status"] = manifest.RUNNING
    store.write_manifest(content)
    started = time.monotonic()
    with _log_to(store.path / LOG):
        try:
            runner = _Runner(store, source, settings, progress, pool)
            plan = runner.run()
            _add_stage_times(content["times"], runner.stage_s)
            content["status"] = manifest.COMPLETE
            content["runs"] = plan.runs
            content["plan"] = plan.as_json()
        except KeyboardInterrupt:
            content["status"] = manifest.INTERRUPTED
            raise KeyboardInterrupt(
                f"interrupted; what was finished is in {store.path}: go on with"
                f" --resume {store.path}"
            ) from None
        except BaseException:
            content["status"] = manifest.FAILED
            raise
        finally:
            store.remove_unfinished()
            content["times"]["ended"] = manifest.now()
            content["times"]["computed_s"] += round(time.monotonic() - started, 3)
            store.write_manifest(content)
        summary = summarise(store)
        store.write_json(SUMMARY, summary)
        if summary["failed"] == summary["runs"]:
            raise RunFailed(f"every replication failed, the first with: {_first_error(store)}")
    return Campaign(store.path)


class _Runner:
    """The chunks of one campaign, batch by batch."""

    def __init__(
        self,
        store: Store,
        source: Source,
        settings: Settings,
        progress: Progress | None,
        pool: Pool | None,
    ) -> None:
        self.store = store
        self.settings = settings
        self.job = Job(Worker, (source, store.path), run_chunk)
        self.progress = progress
        self.pool = pool
        self.stage_s: dict[str, float] = {}

    def run(self) -> Plan:
        """Compute all that is missing; returns the plan as it was carried out."""
        until = self.settings.until
        plan = make_plan(
            self.settings.runs,
            assumption_range=self.settings.assumption_range,
            in_batches=until is not None,
        )
        if until is not None:
            plan = self._run_batches(plan, until)
        self._run_chunks(plan.chunks(), plan)
        return plan

    def _run_batches(self, plan: Plan, until: float) -> Plan:
        """Batches until the interval is narrow enough; returns the plan shortened to them."""
        n_runs = 0
        while n_runs < plan.runs:
            n_runs = min(n_runs + BATCH, plan.runs)
            self._run_chunks(plan.best_chunks(0, n_runs), plan)
            table = self.store.read("replications", ["lethal", "leaked", "failed"])
            # A resumed campaign may hold later batches already; each look is as it was then.
            seen = (table["outer"] == 0) & (table["replication"] < n_runs)
            table = table[seen & ~table["failed"]]
            found = find_ratio_interval(table["leaked"], table["lethal"])
            _log.info("after %d replications the leakage is within %s", n_runs, found[1:3])
            if found.high - found.low <= until:
                break
        return make_plan(n_runs, assumption_range=self.settings.assumption_range, in_batches=True)

    def _run_chunks(self, chunks: Sequence[Chunk], plan: Plan) -> None:
        missing = [chunk for chunk in chunks if not self.store.has_part(chunk.name)]
        n_planned = plan.runs + plan.outer_draws * plan.runs_per_draw
        n_done = sum(chunk.n_replications for chunk in chunks)
        n_done -= sum(chunk.n_replications for chunk in missing)
        for i_chunk, result in self._execute(missing):
            chunk = missing[i_chunk]
            died = isinstance(result, WorkerDied)
            done: ChunkResult = record_death(self.store, chunk) if died else result
            for stage, seconds in done.stage_s.items():
                self.stage_s[stage] = self.stage_s.get(stage, 0.0) + seconds
            for failure in done.failures:
                _log.warning(
                    "replication %d (draw %d) failed: %s",
                    failure.replication,
                    failure.outer,
                    failure.error,
                )
            n_done += chunk.n_replications
            if self.progress is not None:
                self.progress(n_done, n_planned)

    def _execute(self, chunks: Sequence[Chunk]) -> Iterator[tuple[int, Any]]:
        if self.settings.use_processes and chunks:
            n_workers = min(self.settings.jobs, len(chunks))
            pool, self.pool = self.pool, None
            yield from run_over_processes(self.job, chunks, n_workers, pool=pool)
        else:
            yield from run_serially(self.job, chunks)
        kernels.mark_warm()


def _reopen(path: Path, source: Source, settings: Settings) -> tuple[Store, dict[str, Any]]:
    """A campaign to go on with. Raises `BadInput` where it is not the same campaign."""
    store = Store.open(path)
    content = store.read_manifest()
    before = content.get("settings", {})
    pairs: list[tuple[str, Any, Any]] = [
        ("scenario hash", content.get("scenario_hash"), source.fingerprint),
        *(
            (name, before.get(name), getattr(settings, name))
            for name in ("seed", "runs", "until", "assumption_range")
        ),
    ]
    for name, stored, given in pairs:
        if stored != given:
            raise BadInput(f"--resume {path}: its {name} is {stored}, given is {given}")
    if content.get("opendome") != opendome.__version__:
        _log.warning(
            "%s was begun by version %s; its parts may differ from new ones",
            path,
            content.get("opendome"),
        )
    store.remove_unfinished()
    return store, content


def _add_stage_times(times: dict[str, Any], stage_s: dict[str, float]) -> None:
    """Add computing time by stage, summed over all processes."""
    before = times.setdefault("by_stage_s", {})
    for stage, seconds in stage_s.items():
        before[stage] = round(before.get(stage, 0.0) + seconds, 3)


def _first_error(store: Store) -> str:
    table = store.read("replications", ["failed", "error"])
    return str(table.loc[table["failed"], "error"].iloc[0])


@contextmanager
def _log_to(path: Path) -> Iterator[None]:
    """Copy the project's log to a file, without times: those stand in the manifest alone."""
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    handler.setLevel(logging.INFO)
    logger = logging.getLogger("opendome")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()
