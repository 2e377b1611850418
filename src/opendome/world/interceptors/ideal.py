"""Ideal interceptor types: fixed flight time, reach without limit."""

from __future__ import annotations

import math

from opendome.scenario.models.doctrine import Doctrine
from opendome.scenario.models.ideal import IdealInterceptor
from opendome.tables.codes import TARGET_CLASSES
from opendome.tables.forces import IDEAL
from opendome.world.assumptions import Assumptions
from opendome.world.interceptors.row import TypeRow

MODEL = IdealInterceptor

# Updates come each time the time to go has halved; they have to end somewhere. Assumption: far
# below any flight time, and long enough for nothing to be divided by zero.
_LAST_UPDATE_S = 1.0


def compile_type(
    name: str, model: IdealInterceptor, doctrine: Doctrine, assumptions: Assumptions
) -> TypeRow:
    """The row of an ideal type: no delay, no error of assessment, no limit of divert."""
    row = TypeRow(IDEAL, model.layer, doctrine.shots_per_salvo(name))
    for target in model.targets:
        row.kill_probability[TARGET_CLASSES.index(target)] = assumptions.value(
            f"{name}/kill-probability", model.kill_probability
        )
    row.values |= {
        "correlation": assumptions.value(f"{name}/correlation", model.correlation),
        "min_altitude_m": -math.inf,
        "max_altitude_m": math.inf,
        "max_salvos": doctrine.max_looks(name),
        "divert_m_s": math.inf,
        "basket_m": math.inf,
        "last_update_s": _LAST_UPDATE_S,
        "burn_s": 0.0,
        "reaction_s": 0.0,
        "decision_s": 0.0,
        "assessment_s": 0.0,
        "missed_kill_probability": 0.0,
        "false_kill_probability": 0.0,
        "flight_s": model.flight_time,
    }
    return row
