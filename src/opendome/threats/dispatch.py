"""The kinds of missile, each found by the type of its class or block.

A kind is one module of this package: a class record (what `world` compiles from a library entry), a
block (all missiles of that kind in a raid, as arrays), and three functions registered here. A block
is a NamedTuple with the fields `missiles` (a NamedTuple of arrays with a row per missile, among
them `identity`) and whatever else it needs that is the same for every draw of launch and aim.
"""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from opendome.tables.truth import Truth
from opendome.threats.orders import MissileOrder


@singledispatch
def compile_block(
    example: Any,
    classes: dict[int, Any],
    orders: list[MissileOrder],
    known: dict[tuple[Any, ...], Any],
) -> Any:
    """The block of all missiles of one kind, each with its nominal aim.

    Parameters
    ----------
    example
        Any of the classes: its type decides who compiles.
    classes : dict
        Classes of this kind, by their row in the raid.
    orders : list of MissileOrder
        Missiles of these classes.
    known : dict
        Aims found before with the same classes; takes up new ones.
    """
    raise TypeError(f"no threat module compiles a {type(example).__name__}")


@singledispatch
def fly_block(block: Any, gmst0_rad: float, seed: int, replication: int) -> Truth:
    """The missiles of one block as they would fly in one replication if nothing were fired at them.

    Parameters
    ----------
    block
        From `compile_block`.
    gmst0_rad : float
        Earth's angle at the scenario's zero. Only the directions of the paths in eci depend on it.
    seed, replication : int
        Of the draws. Every draw is keyed by the identity of the missile or of the part.
    """
    raise TypeError(f"no threat module flies a {type(block).__name__}")


@singledispatch
def explain_block(block: Any, row: int) -> str:
    """Why missile `row` of a block cannot be flown as ordered; empty where it can."""
    raise TypeError(f"no threat module explains a {type(block).__name__}")
