"""From recorded tracks to operating curves of discrimination; no drawing."""

from __future__ import annotations

import pandas as pd

from opendome.report.figures.discrimination import OperatingCurve
from opendome.report.recorded import Recorded
from opendome.statistics import find_area_interval, find_operating_curve
from opendome.tables.codes import LETHAL_KINDS, OBJECT_KINDS

_LETHAL = [OBJECT_KINDS[code] for code in LETHAL_KINDS]
# A booster carries warheads, so neither answer would be wrong.
_OTHERS = ("decoy", "debris")


def read_operating_curves(recorded: Recorded) -> list[OperatingCurve]:
    """Operating curves of a stored campaign, all replications pooled; empty where none can be."""
    tracks = recorded.read("tracks", columns=("object", "firm_s", "lethality"))
    objects = recorded.read("threats", columns=("object", "kind"))
    return list_operating_curves(tracks, objects)


def list_operating_curves(tracks: pd.DataFrame, objects: pd.DataFrame) -> list[OperatingCurve]:
    """Curves from rows of `tracks` and `threats`: against all others first, then each kind.

    Firm tracks count by the kind of the object that gave most of their measurements, and by the
    probability of being lethal that was estimated last. The area is the mean of those of single
    raids, the curve that of all tracks together.
    """
    firm = tracks[tracks["firm_s"].notna() & tracks["lethality"].notna()]
    known = firm.merge(objects, on=["outer", "replication", "object"])
    lethal = known[known["kind"].isin(_LETHAL)]
    curves = []
    for name, kinds in (("all others", _OTHERS), *((kind, (kind,)) for kind in _OTHERS)):
        others = known[known["kind"].isin(kinds)]
        if lethal.empty or others.empty:
            continue
        false_alarm, detection = find_operating_curve(lethal["lethality"], others["lethality"])
        area = find_area_interval(
            lethal["lethality"], others["lethality"], lethal["replication"], others["replication"]
        )
        curves.append(
            OperatingCurve(
                name, len(lethal), len(others), false_alarm, detection,
                (area.mean, area.low, area.high),
            )
        )  # fmt: skip
    return curves
