from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from coin_source import CoinSource, row

from opendome.campaign import Settings, Store, run_source, summarise
from opendome.campaign.chunks import join_records
from opendome.campaign.plan import Chunk
from opendome.campaign.summary import measure_adversary_timing
from opendome.errors import BadInput
from opendome.tables.codes import LAYERS
from opendome.tables.record import FORMAT, Record, build_table


def store_records(path: Path, records: list[Record], outer: int = 0) -> Store:
    """A campaign with the given records as its replications at one draw."""
    store = Store(path)
    if not path.exists():
        store = Store.create(path)
        store.write_manifest(
            {"format": FORMAT, "name": "hand", "scenario_hash": "0", "seed": 1, "runs": 1}
        )
    chunk = Chunk(outer, 0, len(records))
    store.write_part(chunk.name, join_records(chunk, records))
    return store


def record(lethal: int, leaked: int, threats: list[dict[str, Any]] | None = None) -> Record:
    """One replication; its threats are one leaker each unless given."""
    if threats is None:
        fates = ["leaked"] * leaked + ["stopped"] * (lethal - leaked)
        reasons = ["missed"] * leaked + [""] * (lethal - leaked)
        threats = [
            {"lethal": True, "nation": "USA", "fate": fate, "first_reason": reason}
            for fate, reason in zip(fates, reasons, strict=True)
        ]
    counts = {"lethal": lethal, "leaked": leaked, "shots": 2 * lethal}
    return {
        "replications": build_table("replications", [row("replications", **counts)]),
        "threats": build_table("threats", [row("threats", **threat) for threat in threats]),
    }


@pytest.fixture(scope="module")
def coin(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp("coin") / "a"
    return run_source(CoinSource(), Settings(runs=200, seed=1), path).summary()


def test_summary_has_the_keys_that_others_rely_on(coin: dict[str, Any]) -> None:
    """The form of the answer of `run --json`, valid JSON without NaN."""
    assert {
        "scenario", "scenario_hash", "seed", "runs", "failed", "threat_objects", "leakage",
        "no_leaker", "at_most_one", "expected_leakers", "leakers", "fell_short", "by_layer",
        "by_nation", "first_reason", "shots", "out",
    } <= set(coin)  # fmt: skip
    leakage = coin["leakage"]
    assert set(leakage) == {
        "mean", "monte_carlo_interval", "outcome_quantiles", "assumption_range", "adversary_timed"
    }  # fmt: skip
    assert set(leakage["monte_carlo_interval"]) == {"low", "high", "level"}
    assert set(leakage["outcome_quantiles"]) == {"p05", "p50", "p95"}
    json.dumps(coin, allow_nan=False)


def test_shares_sum_to_one(coin: dict[str, Any]) -> None:
    """First reasons and the distribution of leakers are shares of a whole."""
    assert sum(entry["share"] for entry in coin["first_reason"]) == pytest.approx(1.0, abs=1e-12)
    assert sum(entry["share"] for entry in coin["leakers"]) == pytest.approx(1.0, abs=1e-12)


def test_figures_agree_with_each_other(coin: dict[str, Any]) -> None:
    """Leakers by nation and by count add up; kills are at most shots; intervals hold means."""
    leakers = coin["expected_leakers"]["mean"]
    assert sum(entry["leakers"]["mean"] for entry in coin["by_nation"]) == pytest.approx(leakers)
    mean = sum(entry["leakers"] * entry["share"] for entry in coin["leakers"])
    assert mean == pytest.approx(leakers)
    assert coin["leakage"]["mean"] == pytest.approx(leakers / 10.0)
    assert [entry["layer"] for entry in coin["by_layer"]] == list(LAYERS)
    assert all(entry["kills"] <= entry["shots"] for entry in coin["by_layer"])
    ended = sum(entry["warheads"] for entry in coin["by_layer"])
    assert ended == pytest.approx(10.0 - leakers)
    interval = coin["leakage"]["monte_carlo_interval"]
    assert interval["low"] < coin["leakage"]["mean"] < interval["high"]
    assert coin["threat_objects"] == 11
    assert coin["second_shot_possible"]["share"] == pytest.approx(0.5)
    assert coin["fell_short"][0]["nation"] == "CAN"


def test_two_kinds_of_not_knowing_are_apart(coin: dict[str, Any]) -> None:
    """Draws of the assumptions move the range only: best values are summarised alone."""
    found = coin["leakage"]["assumption_range"]
    assert (found["draws"], found["runs_per_draw"]) == (20, 4)
    assert found["low"] <= found["median"] <= found["high"]
    assert coin["runs"] == 200


def test_leakage_is_a_ratio_of_sums(tmp_path: Path) -> None:
    """One of two and none of eight leaked: 1/10, not the mean of 1/2 and 0."""
    summary = summarise(store_records(tmp_path / "a", [record(2, 1), record(8, 0)]))
    assert summary["leakage"]["mean"] == pytest.approx(0.1)
    assert summary["no_leaker"]["probability"] == pytest.approx(0.5)
    assert summary["at_most_one"]["probability"] == pytest.approx(1.0)


def warhead(weight: float, fate: str, nation: str = "USA") -> dict[str, Any]:
    """A lethal warhead at an area of that weight."""
    return {"lethal": True, "nation": nation, "fate": fate, "aim_weight": weight}


def test_weighted_leakage_counts_areas_by_weight(tmp_path: Path) -> None:
    """A leaker at 0.1 and a stopped one at 0.3 are a quarter; equal weights give the leakage."""
    raid = [warhead(0.1, "leaked", "CAN"), warhead(0.3, "stopped")]
    summary = summarise(store_records(tmp_path / "a", [record(2, 1, raid)]))
    assert summary["weighted_leakage"]["mean"] == pytest.approx(0.25)
    assert [own["weighted_leakage"]["mean"] for own in summary["by_nation"]] == [1.0, 0.0]
    raids = [
        record(3, n, [warhead(0.02, "leaked" if i < n else "stopped") for i in range(3)])
        for n in (0, 1, 3, 2, 0, 0, 1)
    ]
    summary = summarise(store_records(tmp_path / "b", raids))
    own, plain = summary["weighted_leakage"], summary["leakage"]
    interval = plain["monte_carlo_interval"]
    assert own["mean"] == pytest.approx(plain["mean"])
    assert (own["low"], own["high"]) == pytest.approx((interval["low"], interval["high"]))


def test_weight_nowhere_is_no_weighted_leakage(tmp_path: Path) -> None:
    """Where no area aimed at has any weight there is nothing to lose: null, not zero."""
    summary = summarise(store_records(tmp_path / "a", [record(1, 1, [warhead(0.0, "leaked")])]))
    assert summary["weighted_leakage"]["mean"] is None
    assert summary["leakage"]["mean"] == 1.0


def test_draws_are_summarised_by_draw(tmp_path: Path) -> None:
    """Three draws with leakage 0.1, 0.5 and 0.9: median 0.5, and the range between the ends."""
    store = store_records(tmp_path / "a", [record(10, 5)])
    for outer, leaked in ((1, 1), (2, 5), (3, 9)):
        store_records(tmp_path / "a", [record(10, leaked)], outer)
    found = summarise(store)["leakage"]["assumption_range"]
    assert found["median"] == pytest.approx(0.5)
    # Linear quantiles of three values: 5 % lies a tenth of the way from the first to the second.
    assert (found["low"], found["high"]) == pytest.approx((0.14, 0.86))
    assert found["sampling_error"] is None


def test_no_leaker_leaves_no_reasons(tmp_path: Path) -> None:
    """A perfect defence: leakage zero with an upper end above it, no first reasons."""
    summary = summarise(store_records(tmp_path / "a", [record(10, 0)] * 20))
    assert summary["leakage"]["mean"] == 0.0
    assert summary["leakage"]["monte_carlo_interval"]["high"] > 0.1
    assert summary["first_reason"] == []
    assert summary["leakage"]["assumption_range"] is None


def test_a_raid_without_lethal_warheads_has_no_leakage(tmp_path: Path) -> None:
    """Nothing would have arrived: the leakage is null, not zero, and nothing breaks."""
    summary = summarise(store_records(tmp_path / "a", [record(0, 0, [])] * 3))
    assert summary["leakage"]["mean"] is None
    assert summary["leakage"]["outcome_quantiles"]["p50"] is None
    assert summary["by_nation"] == []


def test_a_leaker_without_a_reason_is_seen(tmp_path: Path) -> None:
    """Shares still sum to one, and the gap in the record has a name of its own."""
    threats = [
        {"lethal": True, "nation": "USA", "fate": "leaked", "first_reason": reason}
        for reason in ("missed", "")
    ]
    found = summarise(store_records(tmp_path / "a", [record(2, 2, threats)]))["first_reason"]
    assert found == [
        {"reason": "missed", "share": 0.5},
        {"reason": "not-recorded", "share": 0.5},
    ]


def test_what_was_left_alone_is_counted_with_what_it_saved(tmp_path: Path) -> None:
    """Two harmless objects left alone and one shot at, at three shots a track: six saved."""
    shape: dict[str, Any] = {"lethal": False, "fate": "harmless"}
    threats = [
        shape | {"in_area": False, "left_alone": True},
        shape | {"in_area": False, "left_alone": True},
        shape | {"in_area": False, "left_alone": False, "shots": 3},
        shape | {"in_area": True, "left_alone": True},
        {"lethal": True, "fate": "stopped", "in_area": True, "left_alone": False, "shots": 3},
    ]
    shots = [row("engagements", track=track) for track in (1, 1, 1, 2, 2, 2)]
    one = record(1, 0, threats) | {"engagements": build_table("engagements", shots)}
    found = summarise(store_records(tmp_path / "a", [one, one]))["left_alone"]
    assert found["objects"]["mean"] == 2.0
    assert found["shots_per_track"] == 3.0
    assert found["shots_saved"]["mean"] == 6.0
    assert found["shot_at_all_the_same"]["mean"] == 1.0


def test_radars_short_of_time_stand_first(tmp_path: Path) -> None:
    """Cues are means per raid, also over raids in which nobody asked; shares are of those asked."""
    busy = [("busy", 100, 60, 40, 0.9, 1.0), ("idle", 10, 10, 0, 0.1, 0.3)]
    records = [record(1, 0), record(1, 0)]
    records[0] = records[0] | {"radars": build_table("radars", busy[::-1])}
    records[1] = records[1] | {"radars": build_table("radars", [])}
    found = summarise(store_records(tmp_path / "a", records))["radar_time"]
    assert found == [
        {"sensor": "busy", "cues_asked": 50.0, "cues_refused": 20.0, "refused_share": 0.4,
         "track_time_share": 0.9, "busiest_share": 1.0},
        {"sensor": "idle", "cues_asked": 5.0, "cues_refused": 0.0, "refused_share": 0.0,
         "track_time_share": 0.1, "busiest_share": 0.3},
    ]  # fmt: skip


def test_adversary_timing_ranks_by_reach_and_not_by_outcome() -> None:
    """Ten raids of a hundred have nobody in reach; they are taken with ties, lucky or not."""
    n = np.arange(99)
    table = pd.DataFrame(
        {
            "lethal": 10,
            "missiles": 10,
            "boost_in_reach": np.where(n < 10, 0, 5),
            "leaked": np.where(n < 5, 9, np.where(n < 10, 1, 2)),
        }
    )
    timing = measure_adversary_timing(table)
    assert timing is not None
    assert (timing["raids"], timing["of_raids"]) == (10, 99)
    assert timing["mean"] == pytest.approx(0.5)
    assert timing["low"] < 0.5 < timing["high"]


def test_adversary_timing_is_by_missiles_and_not_by_warheads() -> None:
    """Both of two missiles in reach is a bad time for the attacker, however many warheads fly."""
    several = np.arange(40) % 2 == 0
    table = pd.DataFrame(
        {
            "lethal": np.where(several, 10, 4),
            "missiles": np.where(several, 2, 4),
            "boost_in_reach": 2,  # all of those with several warheads, half of the others
            "leaked": np.where(several, 1, 4),
        }
    )
    timing = measure_adversary_timing(table)
    assert timing is not None
    assert (timing["raids"], timing["mean"]) == (20, pytest.approx(1.0))


@pytest.mark.parametrize("n_raids", [19, 40])
def test_adversary_timing_needs_raids_that_differ(n_raids: int) -> None:
    """Too few raids, or no boost layer at all: nothing is claimed."""
    table = pd.DataFrame({"lethal": np.full(n_raids, 4), "missiles": 4, "leaked": 1})
    table["boost_in_reach"] = np.arange(n_raids) % 3 if n_raids < 20 else 0
    assert measure_adversary_timing(table) is None


def test_a_record_of_another_format_is_refused_in_one_line(tmp_path: Path) -> None:
    """A record whose columns have other meanings is not read."""
    store = store_records(tmp_path / "old", [record(1, 0)])
    store.write_manifest({**store.read_manifest(), "format": FORMAT - 1})
    with pytest.raises(BadInput, match=f"format {FORMAT - 1}.*reads format {FORMAT}") as refused:
        summarise(store)
    assert "\n" not in str(refused.value)
