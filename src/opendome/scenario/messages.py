"""One clear line for what a validator found: where, what was given, what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from opendome.scenario.base import suggest
from opendome.scenario.merging import Ledger, describe

# What a value of another type should have been, by pydantic's names of the errors.
_TYPES: Final = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "dict_type": "a block of keys and values",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "model_type": "a block of keys and values",
    "string_type": "text",
    "tuple_type": "a list",
}


def explain(error: ValidationError, tree: Mapping[str, Any], ledger: Ledger) -> str:
    """The first error as `file:line: field: given ...; allowed: ...`, and how many follow."""
    first, *others = error.errors(include_url=False)
    place = _place(first["loc"], tree)
    context = first.get("ctx", {})
    if first["type"] in ("unknown_field", "missing"):
        extra = context.get("field") or str(first["loc"][-1])
        place = place if place[-1:] == (extra,) else (*place, extra)
    reason = _reason(first)
    # A block that finds fault with something inside it says where; of what an item of the library
    # holds, the place where it is named tells the reader more.
    within, colon, rest = reason.partition(": ")
    inner = (*place, *within.split("."))
    if colon and _look_up(tree, inner)[0] and _file(inner, ledger) == _file(place, ledger):
        place, reason = inner, rest
    found, given = _look_up(tree, place)
    text = f"{ledger.where(place)}: {'.'.join(place) or 'scenario'}: {reason}"
    if found and first["type"] != "unknown_field" and not isinstance(given, (Mapping, list)):
        text += f"; given {describe(given)!r}"
    places = {_place(other["loc"], tree) for other in others} - {place}
    # What holds the faulty value is faulty for that reason alone.
    n_others = sum(place[: len(other)] != other for other in places)
    return text + (f" (and {n_others} more)" if n_others else "")


def _file(place: tuple[str, ...], ledger: Ledger) -> str:
    return ledger.where(place).rpartition(":")[0]


def _reason(error: Any) -> str:
    context = error.get("ctx", {})
    match error["type"]:
        case "value_error":
            return str(context["error"])
        case "missing":
            return "is missing"
        case "literal_error":
            return f"allowed: {context['expected']}"
        case "union_tag_invalid":
            tags = [tag.strip(" '") for tag in context["expected_tags"].split(",")]
            return (
                f"{context['discriminator'].strip(chr(39))}: {suggest(str(context['tag']), tags)}"
            )
        case "union_tag_not_found":
            return f"{context['discriminator']} is missing"
        case "greater_than_equal":
            return f"allowed: at least {context['ge']:g}"
        case "less_than_equal":
            return f"allowed: at most {context['le']:g}"
        case "too_short":
            return f"allowed: at least {context['min_length']} of them"
        case "string_pattern_mismatch":  # codes of nations alone are held to a pattern
            return "allowed: a code of ISO 3166, three capital letters"
        case kind if kind in _TYPES:
            return f"allowed: {_TYPES[kind]}"
        case _:
            return str(error["msg"])


def _place(location: tuple[int | str, ...], tree: Mapping[str, Any]) -> tuple[str, ...]:
    """An error's location in the tree, without the names that pydantic adds for union members.

    Keys that a bare value stands for (`low`, `best`, `high`) are left out as well.
    """
    place: tuple[str, ...] = ()
    for key in location:
        longer = (*place, str(key))
        if _look_up(tree, longer)[0]:
            place = longer
    return place


def _look_up(tree: Any, place: tuple[str, ...]) -> tuple[bool, Any]:
    node = tree
    for key in place:
        if isinstance(node, Mapping) and key in node:
            node = node[key]
        elif isinstance(node, list) and key.isdecimal() and int(key) < len(node):
            node = node[int(key)]
        else:
            return False, None
    return True, node
