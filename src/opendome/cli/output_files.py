"""Files that a command writes: all are checked before work begins, then each is whole or absent."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from opendome.errors import BadInput


def check_outputs(
    wanted: Mapping[str, Path | None], overwrite: bool, suffixes: Mapping[str, Iterable[str]]
) -> None:
    """Refuse what cannot be written.

    Parameters
    ----------
    wanted : mapping of option to file
        None: the option was not given.
    overwrite : bool
        Whether a file that is there may be replaced.
    suffixes : mapping of option to suffixes
        What the option's file may end in; without an entry, anything.

    Raises
    ------
    BadInput
        A file that exists, a directory that does not or cannot be written to, an unknown suffix,
        one file for two options.
    """
    taken: dict[Path, str] = {}
    for option, path in wanted.items():
        if path is None:
            continue
        allowed = tuple(suffixes.get(option, ()))
        if allowed and path.suffix.lower() not in allowed:
            raise BadInput(
                f"{option} {path}: the name ends in {path.suffix or 'nothing'}; allowed: "
                f"{', '.join(allowed)}"
            )
        if path.is_dir():
            raise BadInput(f"{option} {path}: is a directory; allowed: a file")
        if path.exists() and not overwrite:
            raise BadInput(
                f"{option} {path}: the file exists; allowed: another name, or --overwrite"
            )
        if not path.parent.is_dir():
            raise BadInput(f"{option} {path}: {path.parent}: no such directory")
        if not os.access(path.parent, os.W_OK):
            raise BadInput(f"{option} {path}: {path.parent} cannot be written to")
        other = taken.setdefault(path.resolve(), option)
        if other != option:
            raise BadInput(f"{option} {path}: {other} names the same file")


def write_outputs(made: Mapping[Path, bytes]) -> None:
    """Write files under temporary names and rename them."""
    for path, content in made.items():
        part = path.with_name(f"{path.name}.part")
        try:
            part.write_bytes(content)
            part.replace(path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise BadInput(f"{path}: cannot be written: {error.strerror}") from None
