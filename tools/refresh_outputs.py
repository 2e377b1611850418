"""Run the commands shown in documentation pages again and put what they print below them.

    .venv/bin/python tools/refresh_outputs.py docs/tutorial.md
    .venv/bin/python tools/refresh_outputs.py README.md --in build/readme
    .venv/bin/python tools/readme_picture.py build/readme/runs/readme docs/images/overview.png

In a page, a fenced block of the language `console` begins with `$ ` and a command; what follows is
its output. All commands of one page run in one directory, in their order: an empty one that is
removed afterwards, or the one given. An HTML comment `<!-- first N lines -->` above a block keeps
only the first lines of a long output.
"""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

PROGRAM = Path(sys.executable).parent / "opendome"
_BLOCK = re.compile(
    r"^(?P<head>(?:<!-- first (?P<lines>\d+) lines -->\n)?"
    r"```console\n\$ (?P<command>(?:[^\n]*\\\n)*[^\n]*)\n)(?P<output>.*?)^```",
    re.DOTALL | re.MULTILINE,
)


def run_command(command: str, place: Path) -> str:
    """Standard output of one shown command, run in `place`; ends the script where it fails."""
    words = shlex.split(command.replace("\\\n", " "))
    if words[0] == "opendome":
        words[0] = str(PROGRAM)
    done = subprocess.run(words, cwd=place, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"$ {command}\nended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def refresh(page: Path, place: Path) -> None:
    """Put fresh outputs into one page, whole or not at all."""

    def renew(block: re.Match[str]) -> str:
        print(f"$ {block['command']}", flush=True)
        lines = run_command(block["command"], place).rstrip().splitlines()
        if block["lines"] and len(lines) > int(block["lines"]):
            lines = [*lines[: int(block["lines"])], "..."]
        told = "\n".join(line.rstrip() for line in lines)
        return f"{block['head']}{told}\n```"

    page.write_text(_BLOCK.sub(renew, page.read_text("utf-8")), "utf-8")


def main() -> None:
    """Refresh the pages named on the command line."""
    parser = argparse.ArgumentParser(description="Refresh the outputs shown in pages.")
    parser.add_argument("pages", nargs="+", type=Path)
    parser.add_argument("--in", dest="place", type=Path, help="directory to run in, and to keep")
    given = parser.parse_args()
    for page in given.pages:
        if given.place is None:
            with tempfile.TemporaryDirectory() as place:
                refresh(page, Path(place))
        else:
            given.place.mkdir(parents=True, exist_ok=True)
            refresh(page, given.place)


if __name__ == "__main__":
    main()
