"""From interceptor types and what holds them to rows: launch kinds, layers, places that move."""

from __future__ import annotations

import math

import numpy as np
import pytest

from opendome.scenario.loader import load_scenario
from opendome.scenario.models.direct_interceptor import DirectInterceptor
from opendome.scenario.models.patrol_battery import PatrolBattery
from opendome.tables.codes import LAYERS, TARGET_CLASSES
from opendome.tables.forces import DIRECT, GROUND, ORBITAL, InterceptorTypes
from opendome.world.assumptions import Assumptions
from opendome.world.forces import compile_shooter_patrols, tabulate_types
from opendome.world.interceptors import compile_type

BEST = Assumptions(outer=0, seed=1)
CRUISE, GLIDE = TARGET_CLASSES.index("cruise"), TARGET_CLASSES.index("glide")


def types_of(names: list[str], *sets: str) -> InterceptorTypes:
    scenario = load_scenario("north-2035", sets=sets)
    rows = [
        compile_type(name, scenario.interceptors[name], scenario.doctrine, BEST) for name in names
    ]
    return tabulate_types(names, rows)


def test_each_kind_of_launch_has_its_numbers_and_no_other() -> None:
    """Rockets have no mean speed, what goes straight has no burn, orbits have neither."""
    types = types_of(["gpi", "nasams", "sbi"])
    assert types.launch_kind.tolist() == [GROUND, DIRECT, ORBITAL]
    assert np.isfinite(types.speed_m_s).tolist() == [False, True, False]
    assert np.isfinite(types.acceleration_m_s2).tolist() == [False, False, True]
    assert not types.engages[:2].any()
    assert types.engages[2].tolist() == [layer == "boost" for layer in LAYERS]
    assert LAYERS[types.layer[0]] == "glide"
    assert LAYERS[types.layer[1]] == "cruise"


def test_a_band_from_zero_is_down_to_the_ground() -> None:
    """What flies low may be predicted below the ground; a band that begins higher stays."""
    types = types_of(["nasams", "gpi"])
    assert types.min_altitude_m.tolist() == [-math.inf, 25e3]


def test_an_alert_aircraft_scrambles_once_after_the_first_firm_track() -> None:
    """Its scramble is part of the decision, from the first firm track; on patrol there is none."""
    patrol, alert = 0, 1
    types = types_of(["fighter-amraam", "fighter-amraam-alert"])
    assert types.decision_s[alert] - types.decision_s[patrol] == 600.0
    assert types.reaction_s[alert] == types.reaction_s[patrol]
    assert (types.aircraft_speed_m_s > 200.0).all()


def test_space_interceptors_may_be_kept_from_boost_alone() -> None:
    """Without boost engagement a type of several phases keeps the others, one of boost nothing."""
    change = "sbi.engages=[boost, midcourse, glide]"
    kept = types_of(["sbi"], change, "doctrine.boost-engagement=false")
    named = [LAYERS[i] for i in np.flatnonzero(kept.engages[0])]
    assert named == ["midcourse", "glide"]
    assert kept.max_salvos[0] > 0
    assert types_of(["sbi"], "doctrine.boost-engagement=false").max_salvos[0] == 0


def test_shooters_on_patrol_have_tracks_and_the_rest_stand() -> None:
    """One track for each patrol battery, and the row that it moves; none where all stand."""
    scenario = load_scenario("north-2035")
    moving = compile_shooter_patrols(scenario)
    assert moving is not None
    patrols, rows = moving
    names = [
        name for name, e in scenario.architecture.elements.items()
        if e.kind in ("battery", "patrol-battery")
    ]  # fmt: skip
    wanted = [n for n, e in scenario.architecture.elements.items() if isinstance(e, PatrolBattery)]
    assert [names[row] for row in rows] == wanted
    assert patrols.identity.shape == rows.shape
    bare = load_scenario("north-2035", without=["airborne-interceptors"])
    assert compile_shooter_patrols(bare) is None


@pytest.mark.parametrize("name", ["present-day", "golden-dome-2029-announced", "north-2035"])
def test_somebody_kills_cruise_missiles_in_every_architecture(name: str) -> None:
    """And gliders in those that promise it: the announced dome and what builds on it."""
    scenario = load_scenario(name)
    rows = [
        compile_type(key, model, scenario.doctrine, BEST)
        for key, model in scenario.interceptors.items()
    ]
    assert any(row.kill_probability[CRUISE] > 0.0 for row in rows)
    assert any(row.kill_probability[GLIDE] > 0.0 for row in rows) == (name != "present-day")


def test_an_untested_pair_of_the_new_layers_has_zero_within_its_range() -> None:
    """Modelling rule 10: what was never tested against its target may not work at all."""
    scenario = load_scenario("north-2035")
    for name, model in scenario.interceptors.items():
        if isinstance(model, DirectInterceptor) or getattr(model, "layer", "") == "glide":
            for target, kill in model.kill_probability.items():
                if not kill.tested and target == "glide":
                    assert kill.probability.low == 0.0, name
