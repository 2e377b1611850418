"""Tables of the validation pages: each case adds a row, and the rows are written at the end.

With `OPENDOME_WRITE_VALIDATION=1` the pages in `docs/validation` are written anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from validation_page import Page

_FOLDER = Path(__file__).parents[2] / "docs" / "validation"


@pytest.fixture(scope="module")
def page(request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page of a module, which names it with `PAGE` and opens it with `INTRODUCTION`."""
    module = request.module
    table = Page(module.__doc__ or "", module.INTRODUCTION)
    yield table
    if os.environ.get("OPENDOME_WRITE_VALIDATION") == "1":
        (_FOLDER / module.PAGE).write_text(table.as_markdown(), encoding="utf-8")
