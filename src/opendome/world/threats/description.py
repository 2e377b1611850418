"""What a raid must know of a missile class besides its flight."""

from __future__ import annotations

from typing import NamedTuple


class Description(NamedTuple):
    """Facts that decide what a missile carries and what kind of target its warheads are."""

    nearest_m: float  # shortest range
    reach_m: float  # longest range
    target_class: str | None  # of `tables.codes.TARGET_CLASSES`; None: by the range
    payload: str  # name of what does harm
    carried: frozenset[str]  # names of `threats.PARTS` that it can release
    n_warheads: int = 1
    # How far apart its warheads can be aimed, along the flight and to each side.
    along_m: float = 0.0
    across_m: float = 0.0
