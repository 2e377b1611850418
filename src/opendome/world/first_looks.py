"""When sensors of one element look first."""

from __future__ import annotations

import numpy as np

from opendome.physics.random import entity_id
from opendome.tables.truth import Floats

_GOLDEN_SECTION = 0.6180339887498949
_N_IDENTITIES = 2.0**64


def spread_first_looks(name: str, n: int, revisit_s: float) -> Floats:
    """First looks (n,) [s] of like sensors, spread over their revisit time, in whole seconds.

    Neighbours follow each other by the golden section, so that no second is full. Where they begin
    is the name's own: what else the scenario has moves none of them.
    """
    begin = float(entity_id(f"first-look/{name}")) / _N_IDENTITIES
    share = (begin + np.arange(n) * _GOLDEN_SECTION) % 1.0
    first_s: Floats = np.floor(revisit_s * share)
    return first_s
