"""What a raid must know of a missile class besides its flight."""

from __future__ import annotations

from typing import NamedTuple


class Description(NamedTuple):
    """Facts that decide what a missile carries and what kind of target its warheads are."""

    reach_m: float  # longest range
    n_warheads: int
