"""Assignment problems and answers as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import numpy as np

from opendome.battle.assignment.problem import Answer, Problem
from opendome.errors import BadInput
from opendome.tables.truth import Floats

_KEYS: Final = ("values", "kill_probability", "inventory", "max_shots_per_target")
_MOST: Final = 100_000_000  # entries of the matrix, and rounds: what memory holds with ease
_MOST_VALUE: Final = 1e100  # of a target, so that no sum overflows


def read_problem(path: Path) -> Problem:
    """A problem from a JSON file.

    The keys are `values` of the targets, `kill_probability` by weapon and target, `inventory` of
    each weapon (default: one round) and `max_shots_per_target`, one number or null for no limit.

    Raises
    ------
    BadInput
        In one line, with the file, the place in it, what was given and what is allowed.
    """
    try:
        # Some programs put a mark at the beginning.
        content = json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=_join_once)
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path}: is not UTF-8 text; allowed: JSON") from None
    except json.JSONDecodeError as error:
        raise BadInput(
            f"{path}:{error.lineno}: column {error.colno}: {error.msg.lower()}; allowed: JSON"
        ) from None
    except RecursionError:
        raise BadInput(f"{path}: nested too deep; allowed: an object of lists") from None
    except BadInput as error:
        raise BadInput(f"{path}: {error}") from None
    try:
        return build_problem(content)
    except BadInput as error:
        raise BadInput(f"{path}: {error}") from None


def _join_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON whose keys are all different."""
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise BadInput(f"{key}: given {keys.count(key)} times; allowed: once")
    return dict(pairs)


def build_problem(content: Any) -> Problem:
    """A problem from what the JSON file holds; see `read_problem`."""
    if not isinstance(content, dict):
        raise BadInput(f"{_name(content)} given; allowed: an object with {', '.join(_KEYS)}")
    for key in content:
        if key not in _KEYS:
            raise BadInput(f"{key}: unknown key; allowed: {', '.join(_KEYS)}")
    for key in _KEYS[:2]:
        if key not in content:
            raise BadInput(f"{key}: missing; allowed: a list of numbers for each target")
    values = _read_numbers(
        content["values"], "values", f"a number from 0 to {_MOST_VALUE:g}", 0.0, _MOST_VALUE
    )
    if values.size == 0:
        raise BadInput("values: no target given; allowed: one or more")
    rows = content["kill_probability"]
    if not isinstance(rows, list) or not rows:
        raise BadInput(
            f"kill_probability: {'nothing' if rows == [] else _name(rows)} given; allowed: a list "
            "of one row for each weapon"
        )
    if len(rows) * values.size > _MOST:
        raise BadInput(
            f"kill_probability: {len(rows)} weapons by {values.size} targets given; allowed: "
            f"{_MOST} entries at most"
        )
    kill = np.empty((len(rows), values.size))
    for i, row in enumerate(rows):
        where = f"kill_probability[{i}]"
        if not isinstance(row, list) or len(row) != values.size:
            found = f"{len(row)} entries" if isinstance(row, list) else _name(row)
            raise BadInput(
                f"{where}: {found} given; allowed: a list of {values.size}, one for each of "
                "`values`"
            )
        kill[i] = _read_numbers(row, where, "a probability from 0 to 1", 0.0, 1.0)
    given = content.get("inventory", [1] * len(rows))
    inventory = _read_numbers(
        given, "inventory", f"a whole number from 0 to {_MOST}", 0.0, _MOST, True
    )
    if inventory.size != len(rows):
        raise BadInput(
            f"inventory: {inventory.size} entries given; allowed: {len(rows)}, one for each row of "
            "`kill_probability`"
        )
    total = int(inventory.sum())
    limit = content.get("max_shots_per_target")
    if limit is None:
        limit = total
    elif isinstance(limit, bool) or not isinstance(limit, int) or limit < 0:
        raise BadInput(
            f"max_shots_per_target: {json.dumps(limit)} given; allowed: null, or a whole number of "
            "at least 0"
        )
    return Problem(
        values, kill, inventory.astype(np.int64),
        np.full(values.size, min(limit, total), np.int64),
    )  # fmt: skip


def describe_answer(answer: Answer) -> dict[str, Any]:
    """An answer as JSON: weapons and targets by their places in the problem."""
    weapons, targets = np.nonzero(answer.shots)
    return {
        "assignment": [
            [int(i), int(j), int(answer.shots[i, j])] for i, j in zip(weapons, targets, strict=True)
        ],
        "surviving_value": answer.left,
        "bound": answer.bound,
        "gap": answer.gap,
        "proven": answer.proven,
        "time_s": answer.time_s,
    }


def _read_numbers(
    given: Any, where: str, allowed: str, low: float, high: float, whole: bool = False
) -> Floats:
    """A list of numbers within bounds."""
    if not isinstance(given, list):
        raise BadInput(f"{where}: {_name(given)} given; allowed: a list of numbers")
    numbers = np.empty(len(given))
    for k, value in enumerate(given):
        fine = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not (fine and low <= value <= high and np.isfinite(value)) or (
            whole and value != int(value)
        ):
            raise BadInput(f"{where}[{k}]: {json.dumps(value)} given; allowed: {allowed}")
        numbers[k] = value
    return numbers


def _name(given: Any) -> str:
    """What JSON calls it."""
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false"}
    return "null" if given is None else names.get(type(given), "a number")
