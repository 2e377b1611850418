"""The section on tracking: figures of hand-made records, and paired differences of them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from coin_source import row

from opendome.campaign import Campaign, Store, compare, summarise
from opendome.campaign.chunks import join_records
from opendome.campaign.plan import Chunk
from opendome.tables.picture import CUTOFF_M, POOLED
from opendome.tables.record import FORMAT, Record, build_table


def record(
    held: tuple[float, ...] = (0.5, 1.0),
    firm_s: tuple[float, ...] = (100.0, 140.0),
    lethality: tuple[float, ...] = (0.6, 0.6, 0.5),
) -> Record:
    """Two warheads launched at 40 s, held as given; boosters and debris beside them.

    `lethality` is that of the tracks of both warheads and of a fragment.
    """
    threats = [
        row(
            "threats", object=f"salvo/{number}", kind="warhead", lethal=True, launch_s=40.0,
            burnout_s=200.0, fate_s=440.0,
            own_detection_s=firm - 20.0, own_firm_s=firm, held_share=share,
            own_detection_phase="boost", own_firm_phase="boost" if firm < 120.0 else "ballistic",
            longest_held_share=0.5 * share, track_segments=int(share > 0.0) * 3,
        )
        for number, (share, firm) in enumerate(zip(held, firm_s, strict=True))
    ]  # fmt: skip
    threats.append(row("threats", kind="booster", launch_s=40.0, burnout_s=200.0, held_share=0.0,
                       own_detection_s=math.nan, own_firm_s=math.nan))  # fmt: skip
    threats.append(row("threats", object="fragment", kind="debris", held_share=1.0))
    threats.append(row("threats", kind="warhead", lethal=True))  # never released
    picture = [
        row(
            "picture", time_s=time_s, **{"class": "warhead"}, phase="ballistic", objects=2,
            held=1, tracks=2, measured=1, position_rmse_m=300.0, velocity_rmse_m_s=3.0, nees=6.0,
            nees_inside=1.0, localisation_m=400.0,
        )
        for time_s in (0.0, 30.0)
    ]  # fmt: skip
    picture.append(row("picture", time_s=0.0, **{"class": "booster"}, phase="boost", objects=1,
                       localisation_m=0.0))  # fmt: skip
    picture.append(row("picture", time_s=0.0, **{"class": POOLED}, phase="ballistic", objects=9,
                       held=0, localisation_m=0.0))  # fmt: skip
    picture.append(row("picture", time_s=30.0, tracks=1, localisation_m=0.0))
    impacts = [
        row(
            "impacts", **{"class": "warhead"}, time_to_go_s=60.0, predictions=4,
            median_error_m=2e3, p90_error_m=5e3, median_sigma_m=1e3, inside_2_sigma=0.75,
        )
    ]  # fmt: skip
    tracks = [
        row("tracks", object=name, firm_s=100.0, lethality=value)
        for name, value in zip(("salvo/0", "salvo/1", "fragment"), lethality, strict=True)
    ]
    counts = {"lethal": 2, "leaked": 1, "shots": 4}
    return {
        "replications": build_table("replications", [row("replications", **counts)]),
        "threats": build_table("threats", threats),
        "tracks": build_table("tracks", tracks),
        "picture": build_table("picture", picture),
        "impacts": build_table("impacts", impacts),
    }


def store_records(path: Path, records: list[Record]) -> Store:
    store = Store.create(path)
    store.write_manifest(
        {"format": FORMAT, "name": "hand", "scenario_hash": "0", "seed": 1, "runs": len(records)}
    )
    chunk = Chunk(0, 0, len(records))
    store.write_part(chunk.name, join_records(chunk, records))
    return store


@pytest.fixture(scope="module")
def tracking(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp("tracking") / "a"
    found: dict[str, Any] = summarise(store_records(path, [record(), record((0.0, 1.0))]))
    assert json.dumps(found, allow_nan=False)
    section: dict[str, Any] = found["tracking"]
    return section


def test_held_share_is_a_ratio_of_sums(tracking: dict[str, Any]) -> None:
    """(0.5 + 1 + 0 + 1) of four warheads; what was never released does not count."""
    warhead, booster = sorted(tracking["by_class"], key=lambda row: row["class"], reverse=True)
    assert (warhead["class"], booster["class"]) == ("warhead", "booster")
    assert warhead["objects"] == 2.0
    assert warhead["held_share"]["mean"] == pytest.approx(2.5 / 4)
    assert warhead["held_share"]["low"] < 2.5 / 4 < warhead["held_share"]["high"]
    assert warhead["longest_held_share"]["mean"] == pytest.approx(1.25 / 4)
    assert booster["held_share"]["mean"] == 0.0
    assert booster["by_phase_found"] == []


def test_times_are_medians_after_launch(tracking: dict[str, Any]) -> None:
    """Firm at 100 and 140 s after a launch at 40 s: 80 s."""
    warhead = next(row for row in tracking["by_class"] if row["class"] == "warhead")
    assert warhead["median_first_firm_s"]["mean"] == pytest.approx(80.0)
    assert warhead["median_first_detection_s"]["mean"] == pytest.approx(60.0)
    booster = next(row for row in tracking["by_class"] if row["class"] == "booster")
    assert booster["median_first_firm_s"]["mean"] is None


def test_phases_in_which_objects_are_found(tracking: dict[str, Any]) -> None:
    """All seen in boost; one of two firm there, at 60 s after launch, the other in free flight."""
    warhead = next(row for row in tracking["by_class"] if row["class"] == "warhead")
    boost, ballistic = warhead["by_phase_found"]
    assert (boost["phase"], ballistic["phase"]) == ("boost", "ballistic")
    assert boost["detected_share"]["mean"] == 1.0
    assert boost["firm_share"]["mean"] == ballistic["firm_share"]["mean"] == 0.5
    assert boost["median_first_firm_s"]["mean"] == pytest.approx(60.0)
    assert ballistic["median_first_firm_s"]["mean"] == pytest.approx(100.0)
    assert ballistic["median_first_detection_s"]["mean"] is None


def test_scores_of_the_picture(tracking: dict[str, Any]) -> None:
    """One of two held, two tracks on it, one track of five on nothing; errors as recorded."""
    warhead = next(row for row in tracking["by_phase"] if row["class"] == "warhead")
    assert warhead["phase"] == "ballistic"
    assert warhead["completeness"]["mean"] == pytest.approx(0.5)
    assert warhead["ambiguity"]["mean"] == pytest.approx(2.0)
    assert warhead["position_rmse_m"]["mean"] == pytest.approx(300.0)
    assert warhead["nees"]["mean"] == pytest.approx(6.0)
    assert warhead["nees_inside"]["mean"] == 1.0
    assert tracking["spuriousness"]["mean"] == pytest.approx(1 / 5)
    assert {row["class"] for row in tracking["by_phase"]} == {"warhead", "booster"}


def test_gospa_and_its_parts(tracking: dict[str, Any]) -> None:
    """Missed 1 + 1 and 1; false 1, and 1 + 1; 400 m each time; decoys and debris left out."""
    gospa = {name: value["mean"] for name, value in tracking["gospa"].items()}
    price = 0.5 * CUTOFF_M**2
    assert gospa["localisation_m"] == pytest.approx(400.0)
    assert gospa["missed_m"] == pytest.approx(math.sqrt(1.5 * price))
    assert gospa["false_m"] == pytest.approx(math.sqrt(1.5 * price))
    assert gospa["distance_m"] == pytest.approx(math.sqrt(400.0**2 + 3.0 * price))


def test_impact_errors_keep_their_bins(tracking: dict[str, Any]) -> None:
    """Means over replications of the medians within each."""
    (found,) = tracking["impact_error"]
    assert (found["class"], found["time_to_go_s"], found["predictions"]) == ("warhead", 60.0, 8)
    assert found["median_error_m"]["mean"] == pytest.approx(2e3)
    assert found["inside_2_sigma"] == pytest.approx(0.75)


def test_paired_differences_show_what_a_missing_sensor_costs(tmp_path: Path) -> None:
    """Half the flight is lost in every replication: held share lower, first firm track
    later, warning shorter, warheads told worse from debris."""
    generator = np.random.Generator(np.random.Philox(key=1))
    shares = 0.6 + 0.2 * generator.random((6, 2))
    cases = (("whole", 1.0, 0.0, (0.6, 0.6, 0.5)), ("without", 0.5, 30.0, (0.6, 0.4, 0.5)))
    for name, factor, late_s, lethality in cases:
        store_records(
            tmp_path / name,
            [
                record(tuple(factor * own), (100.0 + late_s, 140.0 + late_s), lethality)
                for own in shares
            ],
        )
    campaigns = {name: Campaign(tmp_path / name) for name in ("whole", "without")}
    found = {row["measure"]: row for row in compare(campaigns)}
    assert found["held_share:warhead"]["difference"] == pytest.approx(-0.5 * shares.mean())
    assert found["held_share:warhead"]["verdict"] == "lower"
    assert found["first_firm_s:warhead"]["difference"] == pytest.approx(30.0)
    assert found["firm_share:warhead"]["verdict"] == "no difference found"
    # First seen 30 s later of the 400 s from launch to the end.
    assert found["warned_share:warhead"]["difference"] == pytest.approx(-30.0 / 400.0)
    assert found["warned_share:booster"]["difference"] == 0.0
    assert found["position_rmse_m:warhead"]["difference"] == 0.0
    assert found["velocity_rmse_m_s:warhead"]["difference"] == 0.0
    assert "position_rmse_m:booster" not in found
    # One of two warheads seems less lethal than the fragment.
    assert found["operating_area"]["difference"] == pytest.approx(-0.5)
    # Never tracked in either: no difference, and no time to compare.
    assert found["held_share:booster"]["difference"] == 0.0
    assert "first_firm_s:booster" not in found
