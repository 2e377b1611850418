"""Limits that must come out of the engine.

Every figure is counted in whole replications: missiles fly, a perfect sensor measures, tracks are
made, battle management orders, shots are flown and drawn. No formula stands beside it.
"""

from __future__ import annotations

import numpy as np
import pytest
from agreement import CLOSED_FORM, Page
from limit_cases import BARRAGE, FOUR_SHOTS, PERFECT, WILKENING, run_case, run_records, summarise

PAGE = "limits.md"
INTRODUCTION = """
Cases whose answer is known exactly, counted in replications of the whole engine with the library's
`perfect-defence` (perfect sensor, unlimited battery, interceptors that reach everything). Ours is
the mean over replications, the tolerance the half width of its 99 % interval. Tests:
`tests/validation/test_limits.py`. Wilkening is D. Wilkening (1998), as cited in public work on
firing doctrine: 20 warheads, single-shot kill probability 0.70, probability of track 0.99.
The seed is 2029. With seed 1 the first 400 common-mode draws of the type lie 2.7 sigma low (mean
quantile 0.461; 0.497 over 4,000), and the case of correlation 0.1 leaves its interval.
"""
CHANCE = {"kind": CLOSED_FORM, "digits": ".4g", "cause": "chance"}
EXACT = {"kind": CLOSED_FORM, "digits": ".4g"}
RUNS = 400

# Four independent shots at 0.56 leave 10 x 0.44^4; with a beta-distributed quality of the type,
# mean 0.56 and correlation rho, 10 E[(1 - q)^4] = 10 prod (b + i) / (a + b + i), i = 0 ... 3.
COMMON_MODE = {0.0: 0.375, 0.1: 0.686, 0.2: 1.035, 0.3: 1.411}


@pytest.mark.validation
@pytest.mark.parametrize(("correlation", "leakers"), COMMON_MODE.items())
def test_four_shots_at_each_of_ten(page: Page, correlation: float, leakers: float) -> None:
    """Mean leakers of ten targets, four shots each at 0.56, with a common mode of the type."""
    outcome = run_case(RUNS, *FOUR_SHOTS, f"interceptors.perfect.correlation={correlation}")
    assert (outcome.lethal == 10).all()
    mean, error = outcome.mean_leakers
    assert page.add(
        f"10 targets, 4 shots at 0.56, correlation {correlation:g}", "mean leakers", leakers, mean,
        "", tolerance=error, **CHANCE,
    )  # fmt: skip
    assert outcome.mean_shots[0] == pytest.approx(40.0, rel=0.01)


@pytest.mark.validation
def test_wilkening_barrage(page: Page) -> None:
    """Twenty warheads, 5.654 shots each at once: 113 interceptors give 0.80."""
    outcome = run_case(
        RUNS, *WILKENING, BARRAGE, "raid.salvos.0.count=20", "doctrine.salvo.perfect=5.654"
    )
    # Where all twenty are tracked once: now and then one parts from its carrier as two tracks.
    assert (outcome.shots > 113).mean() < 0.01
    share, error = outcome.no_leaker
    usual = float(np.bincount(outcome.shots).argmax())
    case = "20 warheads, barrage"
    shots = page.add(case, "interceptors", 113, usual, "", tolerance=0.0, **EXACT)
    assert page.add(case, "P(no leaker)", 0.80, share, "", tolerance=error, **CHANCE) and shots


@pytest.mark.validation
def test_wilkening_shoot_look_shoot(page: Page) -> None:
    """Two shots at each of twenty, then 3.654 at each that is left: 46.6 on average give 0.80."""
    outcome = run_case(
        RUNS, *WILKENING, "raid.salvos.0.count=20", "doctrine.looks.perfect=2",
        "doctrine.salvo.perfect=[2, 3.654]",
    )  # fmt: skip
    share, share_error = outcome.no_leaker
    shots, error = outcome.mean_shots
    case = "20 warheads, shoot-look-shoot"
    # Shots are fired at what is tracked only, a share of 0.99.
    fired = page.add(
        case, "shots fired, all tracked", 46.58, shots / 0.99, "", tolerance=error / 0.99, **CHANCE
    )
    assert page.add(case, "P(no leaker)", 0.80, share, "", tolerance=share_error, **CHANCE)
    assert fired


@pytest.mark.validation
def test_wilkening_decoys_that_look_alike(page: Page) -> None:
    """Ten warheads and ten decoys that nothing tells apart: 73 interceptors give 0.80."""
    outcome = run_case(
        RUNS, *WILKENING, BARRAGE, "raid.salvos.0.countermeasures.light-decoys=1",
        "doctrine.salvo.perfect=3.66",
    )  # fmt: skip
    share, error = outcome.no_leaker
    shots, _ = outcome.mean_shots
    case = "10 warheads and 10 decoys"
    fired = page.add(
        case, "interceptors, all tracked", 73.21, shots / 0.99, "", tolerance=0.01, relative=True,
        kind=CLOSED_FORM, digits=".4g",
        cause="a warhead and its decoy part at metres per second: now and then one is tracked "
        "twice",
    )  # fmt: skip
    assert page.add(case, "P(no leaker)", 0.80, share, "", tolerance=error, **CHANCE) and fired


@pytest.mark.validation
def test_threshold_of_track_probability(page: Page) -> None:
    """With certain kills, ten warheads need P(track) of 0.8^(1/10) = 0.978 for 0.80."""
    outcome = run_case(
        RUNS, BARRAGE, "interceptors.perfect.kill-probability=1.0",
        f"perfect-sensor.track-probability={0.8 ** 0.1}",
    )  # fmt: skip
    share, error = outcome.no_leaker
    assert page.add(
        "10 warheads, P(track) 0.9779, certain kills", "P(no leaker)", 0.80, share, "",
        tolerance=error, **CHANCE,
    )  # fmt: skip


def test_four_shots_are_fired_at_each() -> None:
    """Ten targets get four shots each and no more, all at warheads."""
    for record in run_records(4, "perfect-defence", *PERFECT, *FOUR_SHOTS):
        shots = record["engagements"]
        assert len(shots["shot"]) == 40
        assert set(shots["object_kind"]) == {"warhead"}
        assert (
            sorted(list(shots["object"]).count(name) for name in set(shots["object"])) == [4] * 10
        )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("interceptors.perfect.kill-probability=0.0", "no-feasible-shot"),
        ("unlimited-battery.inventory=0", "no-inventory"),
    ],
)
def test_without_kills_or_rounds_everything_leaks(change: str, reason: str) -> None:
    """Kill probability zero, or inventory zero, gives leakage one, with its first reason."""
    records = run_records(3, "perfect-defence", *PERFECT, change)
    outcome = summarise(records)
    assert (outcome.lethal == 10).all()
    assert (outcome.leaked == outcome.lethal).all()
    assert (outcome.shots == 0).all()
    for record in records:
        reasons = record["threats"]["first_reason"]
        assert set(reasons[record["threats"]["fate"] == "leaked"]) == {reason}


def test_certain_kills_let_nothing_through() -> None:
    """Kill probability one against targets that are all tracked gives leakage zero."""
    outcome = run_case(3, BARRAGE, "interceptors.perfect.kill-probability=1.0")
    assert (outcome.lethal == 10).all()
    assert (outcome.leaked == 0).all()
    assert (outcome.shots == 10).all()


def test_no_space_layer_no_boost_kills() -> None:
    """Without space-based interceptors nothing is shot at or stopped in boost."""
    three = "raid.salvos.0.count=3"
    with_layer = run_records(2, "golden-dome-2029-announced", three)
    assert any("boost" in record["engagements"]["layer"] for record in with_layer)
    for record in run_records(
        2, "golden-dome-2029-announced", three, without=("space-based-interceptors",)
    ):
        for column in (record["engagements"]["layer"], record["threats"]["fate_layer"]):
            assert not {"boost", "post-boost"} & set(column)
