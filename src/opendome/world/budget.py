"""The boost timeline of each missile class, term by term (what there is time for, and why)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from opendome.physics.boost import Vehicle, full_burn
from opendome.physics.constants import STANDARD_GRAVITY_M_S2
from opendome.scenario.models.ballistic_missile import BallisticMissile
from opendome.scenario.models.infrared_constellation import InfraredConstellation
from opendome.scenario.models.space_interceptor import SpaceInterceptor
from opendome.scenario.scenario import Scenario
from opendome.scenario.uncertain import Uncertain
from opendome.world.threats import compile_missile

# Looks until a track is firm, as the tracker has it, and one to be sure that it is a missile.
_FIRM_LOOKS = 3


def build_boost_budget(scenario: Scenario) -> list[dict[str, Any]]:
    """Terms of the boost timeline for each missile class of the raid.

    Returns
    -------
    list of dict
        `class`, and `terms`: name, low, best, high [s] and source. Times after launch for the
        first and the last term, durations between. What is left is for the climb to the target.
    """
    infrared = list(scenario.elements_of(InfraredConstellation).values())
    interceptors = [t for t in scenario.interceptors.values() if isinstance(t, SpaceInterceptor)]
    if not infrared or not interceptors:
        return []
    used = dict.fromkeys(s.missile for s in scenario.raid.salvos if s.n_missiles)
    budget = []
    for name in used:
        model = scenario.missiles[name]
        if isinstance(model, BallisticMissile):
            budget.append(_budget_of(name, model, infrared[0], interceptors[0], scenario))
    return budget


def _budget_of(
    name: str,
    model: BallisticMissile,
    sensor: InfraredConstellation,
    interceptor: SpaceInterceptor,
    scenario: Scenario,
) -> dict[str, Any]:
    vehicle = compile_missile(model, name).vehicle
    cloud = sensor.plume.cloud_break
    visible = [_time_at_altitude(vehicle, float(h)) for h in (cloud.low, cloud.best, cloud.high)]
    revisit = sensor.plume.revisit
    burns = [
        sum(getattr(stage.burn_time, which) for stage in model.stages)
        for which in ("low", "best", "high")
    ]
    first = _triple(revisit)
    terms = [
        _term("plume above the clouds", visible, cloud.source),
        _term("first look", [0.0, 0.5 * first[1], first[2]], revisit.source),
        _term("firm track", [(_FIRM_LOOKS - 1) * r for r in first], revisit.source),
        _term("report to the command side", _triple(sensor.reporting_delay),
              sensor.reporting_delay.source),
        _term("decision", _triple(scenario.doctrine.decision_delay.boost),
              scenario.doctrine.decision_delay.boost.source),
        _term("order to ignition", _triple(interceptor.reaction_time),
              interceptor.reaction_time.source),
        _term("interceptor's own burn", _burn(interceptor), interceptor.acceleration.source),
        _term("end of the missile's burn", burns, model.stages[0].burn_time.source),
    ]  # fmt: skip
    return {"class": name, "terms": terms}


def _term(name: str, values: list[float], source: str) -> dict[str, Any]:
    low, best, high = sorted(float(v) for v in values)
    return {"name": name, "low": low, "best": best, "high": high, "source": source}


def _triple(value: Uncertain[Any]) -> list[float]:
    return [float(value.low), float(value.best), float(value.high)]


def _burn(interceptor: SpaceInterceptor) -> list[float]:
    speed, push = interceptor.delta_v, interceptor.acceleration
    return [
        float(speed.low) / float(push.high),
        float(speed.best) / float(push.best),
        float(speed.high) / float(push.low),
    ]


def _time_at_altitude(vehicle: Vehicle, altitude_m: float) -> float:
    """Time after launch at which a vertical-then-pitched ascent passes a low altitude.

    Constant mass flow and vertical flight: the programme has hardly turned below 12 km. Thrust
    over the falling mass, less gravity; drag is left out (a second at most).
    """
    flow = vehicle.stage_propellant_kg[0] / vehicle.stage_burn_s[0]
    exhaust = vehicle.stage_specific_impulse_s[0] * STANDARD_GRAVITY_M_S2
    mass = vehicle.payload_kg + np.sum(vehicle.stage_propellant_kg + vehicle.stage_inert_kg)
    low, high = 0.0, float(full_burn(vehicle))
    for _ in range(60):
        t = 0.5 * (low + high)
        left = max(1.0 - flow * t / mass, 1e-3)
        rise = (
            exhaust * (t + (mass / flow - t) * math.log(left)) - 0.5 * STANDARD_GRAVITY_M_S2 * t * t
        )
        if rise < altitude_m:
            low = t
        else:
            high = t
    return high
