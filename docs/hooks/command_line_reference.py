"""Makes the reference page of the command line from the program's own help."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from typing import Any

from mkdocs.structure.files import File, Files

from opendome.cli import main
from opendome.cli.commands import COMMANDS, load_command

PAGE = "reference/command-line.md"

HEAD = """# The command line

What `opendome --help` and `opendome COMMAND --help` print, command by command.

Commands print tables for people, or JSON with `--json` where they have that option. Progress and
the log go to standard error. `-v` and `-q` may stand before or after the command's name.

Exit codes: 0 done, 1 the run failed, 2 bad input, 130 interrupted with what was finished kept. Bad
input is one line that says what was given and what is allowed; nothing is written then.

SCENARIO is a file, or the library name of an architecture, which then gets its default raid. Values
on the command line win over environment variables, and these over defaults.
"""


def on_files(files: Files, config: Any) -> Files:
    """Add the generated page to the site."""
    lines = [HEAD, _section(())]
    for name in COMMANDS:
        lines.append(_section((name,)))
        lines += [_section((name, child)) for child in getattr(load_command(name), "commands", ())]
    files.append(File.generated(config, PAGE, content="\n".join(lines) + "\n"))
    return files


def _section(words: tuple[str, ...]) -> str:
    """One command's help under its own heading."""
    page = io.StringIO()
    with redirect_stdout(page):
        code = main([*words, "--help"])
    if code != 0:
        raise RuntimeError(f"opendome {' '.join(words)} --help ended with {code}")
    title = " ".join(("opendome", *words))
    marks = "#" * max(2, 1 + len(words))
    return f"\n{marks} `{title}`\n\n```text\n{page.getvalue().strip()}\n```\n"
