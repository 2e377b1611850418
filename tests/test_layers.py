"""The walls between the packages stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

import opendome

REPOSITORY = Path(opendome.__file__).parents[2]


@pytest.mark.skipif(
    not (REPOSITORY / "pyproject.toml").exists(), reason="installed away from its source tree"
)
def test_no_package_imports_from_a_layer_above_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every contract in pyproject.toml is kept; on a breach the report names the import."""
    monkeypatch.chdir(REPOSITORY)
    status = lint_imports(no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out
