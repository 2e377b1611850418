"""`opendome compare`: what is refused before anything is computed."""

from __future__ import annotations

from pathlib import Path

import pytest

from opendome.cli import main


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["us-alone"], "allowed: two architectures or more"),
        (["us-alone", "us-alone"], "us-alone is given twice"),
        (["us-alone", "canada-ful"], "did you mean canada-full?"),
        (
            ["us-alone", "canada-full", "--baseline", "present-day"],
            "allowed: us-alone, canada-full",
        ),
        (["us-alone", "present-day"], "different raids of their own: give --raid NAME"),
        (["us-alone", "canada-full", "--runs", "0"], "--runs"),
        (["us-alone", "canada-full", "--raid", "nothing"], "nothing"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    arguments: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One line, exit code 2, nothing written."""
    monkeypatch.chdir(tmp_path)
    assert main(["compare", *arguments]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
    assert not list(tmp_path.iterdir())
