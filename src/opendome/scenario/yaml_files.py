"""Reading YAML, and finding the line of a value once something is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from opendome.errors import BadInput


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping that a YAML file holds.

    Raises `BadInput` for a file that is missing, is not YAML, repeats a key or holds no mapping.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: cannot be read: {error}") from error
    try:
        tree = YAML(typ="safe").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{path}:{mark.line + 1}" if mark is not None else str(path)
        raise BadInput(f"{where}: {error.problem or 'not YAML'}") from error
    except (YAMLError, ValueError) as error:
        raise BadInput(f"{path}: not YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(tree, dict):
        raise BadInput(f"{path}: allowed: a mapping of keys to values")
    return tree


def parse_value(text: str) -> Any:
    """A value as it would stand in a file: number, text, list or mapping."""
    try:
        return YAML(typ="safe").load(text)
    except YAMLError as error:
        raise BadInput(f"{text!r}: not a value: {str(error).splitlines()[0]}") from error


@lru_cache(maxsize=8)
def _round_trip(path: Path) -> Any:
    return YAML().load(path.read_text(encoding="utf-8"))


def find_line(path: Path, keys: Sequence[str]) -> tuple[int, int]:
    """Line of a value in a file and how many of its keys the file holds.

    A key that the file does not hold ends the search: the line of what holds it is returned.
    """
    node, line, depth = _round_trip(path), 1, 0
    for key in keys:
        if isinstance(node, Mapping) and key in node:
            line = node.lc.key(key)[0] + 1  # type: ignore[attr-defined]
            node = node[key]
        elif isinstance(node, list) and key.isdecimal() and int(key) < len(node):
            line = node.lc.item(int(key))[0] + 1  # type: ignore[attr-defined]
            node = node[int(key)]
        else:
            break
        depth += 1
    return line, depth
