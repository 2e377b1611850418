"""How the picture is scored: what the engine does, the record holds and reports say of it."""

from __future__ import annotations

from typing import Final

from opendome.tables.codes import DEBRIS, DECOY, OBJECT_KINDS

# The picture is scored this often.
LOOK_S: Final = 30.0
# A track further than this from an object is not on it: the cut-off of GOSPA (assumption: well
# above the error of any track that can be acted upon, well below the distance of two missiles).
CUTOFF_M: Final = 10_000.0

# Objects that do no harm and carry none are one class.
POOLED: Final = "decoy-or-debris"
PICTURE_CLASSES: Final = tuple(
    POOLED if kind in (DECOY, DEBRIS) else word for kind, word in enumerate(OBJECT_KINDS)
)

# Lower ends of the bins of time to impact; the last has no upper end.
TIMES_TO_GO_S: Final = (0.0, 60.0, 120.0, 240.0, 480.0, 720.0, 960.0, 1200.0, 1500.0)

# Components of the error that NEES is over, position and velocity, and the two-sided 95 % band of
# chi-square with as many degrees of freedom.
NEES_DEGREES: Final = 6
NEES_BAND: Final = (1.2373, 14.4494)
