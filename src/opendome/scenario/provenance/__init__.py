"""The shipped tables of public figures and of their sources."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from typing import Any


@lru_cache(maxsize=1)
def figures() -> dict[str, dict[str, Any]]:
    """Public figures by key: value, unit, source, confidence, basis, note."""
    return _by_key("figures.json", "key")


@lru_cache(maxsize=1)
def sources() -> dict[str, dict[str, Any]]:
    """Sources by id: title, year, publisher, address, how much of it was read."""
    return _by_key("sources.json", "id")


def find_figure(key: str) -> dict[str, Any] | None:
    """The row of the public figures with this key, or None."""
    return figures().get(key)


def is_known_source(source: str) -> bool:
    """Whether the source id is in the shipped table."""
    return source in sources()


def _by_key(file_name: str, key: str) -> dict[str, dict[str, Any]]:
    text = files(__package__).joinpath(file_name).read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = json.loads(text)
    return {str(row[key]): row for row in rows}
