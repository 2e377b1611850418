"""The table of a validation run, and the pages that show it.

Each module adds its rows to its page; all rows are printed as one table at the end. A page that
does not show the digits of the run fails it; with `OPENDOME_WRITE_VALIDATION=1` the pages in
`docs/validation` are written anew instead.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from agreement import (
    FAILS,
    FOLDER,
    HEADINGS,
    NO_VERDICT,
    SHORT,
    TABLE,
    WRITE,
    Page,
    print_table,
    rows_not_shown,
)

import opendome
from opendome.campaign import Campaign
from opendome.scenario.loader import load_scenario

_JOBS = 2


@pytest.fixture(scope="module")
def page(request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page of a module, which names it with `PAGE` and opens it with `INTRODUCTION`.

    Columns may have names of their own in `HEADINGS`.
    """
    module = request.module
    headings = getattr(module, "HEADINGS", HEADINGS)
    table = Page(module.__doc__ or "", module.INTRODUCTION, headings=headings)
    yield table
    path = FOLDER / module.PAGE
    if os.environ.get(WRITE) == "1":
        path.write_text(table.as_markdown(), encoding="utf-8")
        return
    stale = rows_not_shown(table, path)
    if stale:
        pytest.fail(
            f"{path.name} does not show this run ({WRITE}=1 writes it):\n" + "\n".join(stale),
            pytrace=False,
        )


@pytest.fixture(scope="module")
def run(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Campaign]:
    """Campaigns by the arguments of `load_scenario`, each run once; `RUNS`, `SEED` are a module's.

    They are paired by replication.
    """
    module = request.module
    folder = tmp_path_factory.mktemp("campaigns")
    done: dict[Any, Campaign] = {}

    def run_once(
        scenario: str,
        raid: str | None = None,
        sets: Sequence[str] = (),
        without: Sequence[str] = (),
    ) -> Campaign:
        case = scenario, raid, tuple(sets), tuple(without)
        if case not in done:
            done[case] = opendome.run(
                load_scenario(scenario, raid, sets, without), runs=module.RUNS, seed=module.SEED,
                jobs=_JOBS, out=folder / f"{len(done)}", assumption_range=False,
            )  # fmt: skip
        return done[case]

    return run_once


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the one table of the run."""
    if not TABLE:
        return
    terminalreporter.section("agreement with references")
    print_table(TABLE)
    failed = sum(row.verdict == FAILS for row in TABLE)
    short = sum(row.verdict == SHORT for row in TABLE)
    shown = sum(row.verdict == NO_VERDICT for row in TABLE)
    terminalreporter.line(
        f"{len(TABLE)} rows: {len(TABLE) - failed - short - shown} hold, {failed} fail, "
        f"{short} fall short of what is asked, "
        f"{shown} recalled and not judged"
    )
