"""The walls between the packages stand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import opendome

REPOSITORY = Path(opendome.__file__).parents[2]
LINT = (
    "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
)


@pytest.mark.skipif(
    not (REPOSITORY / "pyproject.toml").exists(), reason="installed away from its source tree"
)
def test_no_package_imports_from_a_layer_above_it() -> None:
    """Every contract in pyproject.toml is kept; on a breach the report names the import.

    In a process of its own: the linter switches off the loggers of the one that it runs in.
    """
    done = subprocess.run(
        [sys.executable, "-c", LINT], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
