"""The recorded scores of the picture fit together, and are perfect where the sensors are."""

from __future__ import annotations

import numpy as np
import pytest

from opendome.engine import run_replication
from opendome.scenario.loader import load_scenario
from opendome.tables.codes import LETHAL_KINDS, OBJECT_KINDS, PHASES
from opendome.tables.picture import LOOK_S, POOLED, TIMES_TO_GO_S
from opendome.tables.record import Record
from opendome.world import World, compile_world

SEED = 7


@pytest.fixture(scope="module")
def record() -> Record:
    """Three missiles against a defence that cannot stop them before their warheads fly."""
    scenario = load_scenario("present-day", raid="nk-10-debris", sets=["raid.salvos.0.count=3"])
    return run_replication(compile_world(scenario, seed=SEED), SEED, 0)


@pytest.fixture(scope="module")
def perfect(perfect_world: World) -> Record:
    return run_replication(perfect_world, SEED, 0)


def test_counts_fit_together(record: Record) -> None:
    """No more held than there are, no fewer tracks than held; tracks on nothing stand alone."""
    picture = record["picture"]
    assert (picture["held"] <= picture["objects"]).all()
    assert (picture["held"] <= picture["tracks"]).all()
    assert (picture["measured"] <= picture["objects"]).all()
    alone = picture["class"] == ""
    assert (picture["objects"][alone] == 0).all()
    assert (picture["objects"][~alone] > 0).all()
    assert set(picture["class"]) <= {"", POOLED, *OBJECT_KINDS}
    assert set(picture["phase"]) <= {"", *PHASES}
    assert (np.isnan(picture["position_rmse_m"]) == (picture["measured"] == 0)).all()


def test_looks_come_at_their_rhythm(record: Record) -> None:
    """One look in each half minute, as long as the raid lasts, with each class once."""
    picture = record["picture"]
    times = np.unique(picture["time_s"])
    assert (np.unique(np.floor(times / LOOK_S), return_counts=True)[1] == 1).all()
    rows = list(zip(picture["time_s"], picture["class"], picture["phase"], strict=True))
    assert len(rows) == len(set(rows))


def test_objects_and_looks_agree(record: Record) -> None:
    """Warheads held over all looks are the looks at which each warhead was held."""
    picture, threats = record["picture"], record["threats"]
    warheads = threats["kind"] == "warhead"
    own = picture["class"] == "warhead"
    share = picture["held"][own].sum() / picture["objects"][own].sum()
    assert 0.0 < share <= 1.0
    flew = np.isfinite(threats["held_share"])
    held = threats["held_share"][warheads & flew]
    assert held.min() <= share <= held.max()
    assert (threats["longest_held_share"][warheads & flew] <= held).all()
    assert ((threats["track_segments"] > 0) == (threats["held_share"] > 0)).all()


def test_phases_of_first_sight_are_words_where_there_was_one(record: Record) -> None:
    """A phase where there is a time, none where there is none; boosters first seen burn."""
    threats = record["threats"]
    for event in ("detection", "firm"):
        known = np.isfinite(threats[f"own_{event}_s"])
        assert known.any()
        assert set(threats[f"own_{event}_phase"][known]) <= set(PHASES)
        assert set(threats[f"own_{event}_phase"][~known]) <= {""}
    seen = np.isfinite(threats["own_detection_s"]) & (threats["kind"] == "booster")
    assert set(threats["own_detection_phase"][seen]) == {"boost"}


def test_only_lethal_objects_have_impacts(record: Record) -> None:
    """Bins of time to go are those declared, and shares are shares."""
    impacts = record["impacts"]
    assert set(impacts["class"]) <= {OBJECT_KINDS[kind] for kind in LETHAL_KINDS}
    assert set(impacts["time_to_go_s"]) <= set(TIMES_TO_GO_S)
    assert ((impacts["inside_2_sigma"] >= 0.0) & (impacts["inside_2_sigma"] <= 1.0)).all()
    assert (impacts["median_error_m"] <= impacts["p90_error_m"]).all()


def test_perfect_sensors_make_a_perfect_picture(perfect: Record) -> None:
    """Every warhead held from its first look on, metres off, with errors as large as claimed.

    The measurement error is 1 m; NEES of six components lies under 14 for 95 in 100.
    """
    picture = perfect["picture"]
    own = (picture["class"] == "warhead") & (picture["time_s"] > 330.0)
    assert own.sum() > 20
    assert (picture["held"][own] == picture["objects"][own]).all()
    assert (picture["position_rmse_m"][own] < 5.0).all()
    assert np.median(picture["nees"][own]) < 14.0
    assert (picture["tracks"][picture["class"] == ""] == 0).all()
    warheads = perfect["threats"]["kind"] == "warhead"
    assert (perfect["threats"]["held_share"][warheads] > 0.95).all()
