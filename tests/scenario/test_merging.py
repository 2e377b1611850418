"""Laying changes over trees."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from opendome.scenario.merging import describe, merge, set_value
from opendome.scenario.scenario import Change

KEYS = st.sampled_from(["a", "b", "c", "low-value"])
LEAVES = st.one_of(st.integers(), st.text(max_size=3), st.lists(st.integers(), max_size=2))
TREES = st.recursive(LEAVES, lambda child: st.dictionaries(KEYS, child, max_size=3), max_leaves=8)
MAPPINGS = st.dictionaries(KEYS, TREES, max_size=3)


@given(MAPPINGS, MAPPINGS)
def test_a_change_laid_on_twice_is_laid_on_once(base: dict[str, Any], change: Any) -> None:
    """Merging is idempotent, leaves both trees as they were, and notes nothing the second time."""
    before, given_change = deepcopy(base), deepcopy(change)
    once = merge(base, change, (), None)
    changes: list[Change] = []
    assert merge(once, change, (), changes) == once
    assert changes == []
    assert (base, change) == (before, given_change)


@given(MAPPINGS)
def test_an_empty_change_and_an_equal_one_change_nothing(base: dict[str, Any]) -> None:
    """The library itself is never a change from the library."""
    changes: list[Change] = []
    assert merge(base, {}, (), changes) == base
    assert merge(base, base, (), changes) == base
    assert changes == []


@given(MAPPINGS, st.lists(KEYS, min_size=1, max_size=3))
def test_a_value_that_is_set_is_there(base: dict[str, Any], path: list[str]) -> None:
    """`--set` reaches any depth, making what is missing on the way."""
    changes: list[Change] = []
    tree = deepcopy(base)
    node: Any = tree
    for key in path[:-1]:
        node = node.get(key, {}) if isinstance(node, dict) else node
    if not isinstance(node, dict):
        return  # a bare value or a list in the way is another case
    set_value(tree, tuple(path), "new", changes)
    found: Any = tree
    for key in path:
        found = found[key]
    assert found == "new"
    assert [change.path for change in changes] == [".".join(path)]


def test_a_changed_range_loses_its_source_and_keeps_its_bounds() -> None:
    """A part of a sourced value that is changed makes the user its source."""
    base = {"low": 0.3, "best": 0.5, "high": 0.7, "source": "NPC26", "confidence": "high"}
    assert merge(base, {"best": 0.6}, (), None) == {
        "low": 0.3, "best": 0.6, "high": 0.7, "source": "user",
    }  # fmt: skip
    assert merge(base, 0.6, (), None) == {"best": 0.6, "source": "user"}


def test_another_kind_replaces_and_does_not_mix() -> None:
    """A constellation of another type keeps nothing of the first."""
    base = {"type": "walker", "planes": 3}
    change = {"type": "geostationary", "longitudes": ["0 deg"]}
    assert merge(base, change, (), None) == change


def test_values_are_described_on_one_line() -> None:
    """Ranges with their bounds, lists and blocks in brackets."""
    assert describe({"low": 1, "best": 2, "high": 3}) == "2 (1 to 3)"
    assert describe({"best": 2}) == "2"
    assert describe([1, {"a": "b"}]) == "[1, {a: b}]"
