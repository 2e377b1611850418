"""The table of a validation run, and the pages that show it.

Each module adds its rows to its page; all rows are printed as one table at the end. A page that
does not show the digits of the run fails it; with `OPENDOME_WRITE_VALIDATION=1` the pages in
`docs/validation` are written anew instead.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
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
