"""From recorded rows to what is shown."""

import math

import numpy as np
import pytest
from stored_rows import AIMS, battle_rows, shot_row, threat_row

from opendome.report import measures
from opendome.report.figures import BoostBudget, Term
from opendome.report.recorded import open_recorded


@pytest.fixture
def battle(write_campaign):
    """One replication, kept whole."""
    recorded = open_recorded(write_campaign([battle_rows()]))
    return {name: recorded.read(name) for name in ("threats", "engagements", "ephemerides")}


def test_map_shows_lethal_warheads_with_their_fates(write_campaign):
    """Decoys and boosters are no aim points; sites come from the scenario in degrees."""
    recorded = open_recorded(write_campaign([battle_rows()]))
    raid = measures.map_raid(
        recorded.read("threats"),
        recorded.read("engagements"),
        recorded.read("ephemerides"),
        recorded.list_sites(),
    )
    fates = {"Toronto": "leaked", "Seattle": "stopped", "Washington": "fell-short"}
    assert {aim.name: aim.kind for aim in raid.aims} == fates
    assert [site.kind for site in raid.sites] == ["interceptor", "radar"]
    assert raid.sites[1].latitude_deg == pytest.approx(64.3)
    assert len(raid.launches) == 1
    assert [shot.kind for shot in raid.intercepts] == ["killed", "failed", "killed"]


def test_a_track_without_ephemerides_is_the_great_circle(battle):
    """From launch to aim, and never longer than the way round the Earth."""
    raid = measures.map_raid(battle["threats"], battle["engagements"], battle["ephemerides"], [])
    track = next(t for t in raid.tracks if t.fate == "stopped")
    assert track.latitude_deg[[0, -1]] == pytest.approx([39.0, AIMS["Seattle"][1]])
    assert track.longitude_deg[[0, -1]] == pytest.approx([126.0, AIMS["Seattle"][2]])
    # The great circle from Korea to Seattle passes well north of both.
    assert track.latitude_deg.max() > 50.0


def test_timeline_gathers_shots_at_booster_and_warhead(battle):
    """The shot at the booster of a missile belongs to its warhead's row."""
    rows = measures.list_timeline(battle["threats"], battle["engagements"], battle["ephemerides"])
    assert [row.label for row in rows] == [
        "salvo/1 to Toronto", "salvo/2 to Seattle", "salvo/3 to Washington",
    ]  # fmt: skip
    assert [[shot.result for shot in row.shots] for row in rows] == [
        ["failed"], ["killed"], ["killed"],
    ]  # fmt: skip


def test_a_kill_ends_thrust_and_deployment(battle):
    """The booster of the third missile is killed at 170 s: no burnout or release after that."""
    threats = battle["threats"].assign(burnout_s=240.0, release_s=260.0)
    rows = measures.list_timeline(threats, battle["engagements"], battle["ephemerides"])
    assert [(row.burnout_s, row.release_s) for row in rows] == [
        (240.0, 260.0), (240.0, 260.0), (170.0, 170.0),
    ]  # fmt: skip


def test_reentry_is_the_fall_through_100_km(battle):
    """The test's path is 4800 f (1 - f) km high over 1800 s: 100 km is passed at f = 0.97870.

    Between samples 95 s apart the path is taken as straight: 5 s.
    """
    rows = measures.list_timeline(battle["threats"], battle["engagements"], battle["ephemerides"])
    exact = 1800.0 * 0.5 * (1.0 + np.sqrt(1.0 - 4.0 * 100.0 / 4800.0))
    assert rows[0].reentry_s == pytest.approx(exact, abs=5.0)
    assert np.isnan(rows[1].reentry_s)


def test_timeline_is_limited(battle):
    """A raid of hundreds shows its first missiles."""
    rows = measures.list_timeline(
        battle["threats"], battle["engagements"], battle["ephemerides"], limit=1
    )
    assert [row.label for row in rows] == ["salvo/1 to Toronto"]


def test_slack_is_burnout_less_all_else():
    """Adverse terms with the earliest burnout, and the other way round."""
    budget = BoostBudget(
        "icbm",
        [Term("seen", 20, 30, 40, ""), Term("fly-out", 60, 90, 160, ""),
         Term("end of thrust", 170, 180, 190, "")],
        {},
    )  # fmt: skip
    assert budget.slack_s == (170 - 200, 180 - 120, 190 - 80)


def test_a_budget_without_terms_is_refused():
    """There is no slack to speak of."""
    with pytest.raises(ValueError, match="no terms"):
        _ = BoostBudget("icbm", [], {}).slack_s


def test_boost_medians_count_only_what_came_in_boost(battle):
    """A first feasible shot in midcourse is no part of the boost timeline."""
    (budget,) = measures.list_boost_budgets(
        [{"class": "icbm-solid", "terms": []}], battle["threats"]
    )
    # Detection at 40 s of raid time, launches at 0, 30 and 60 s: the third was seen "before" its
    # launch and counts as recorded. Feasible in boost: the third alone, at 70 s.
    assert budget.measured_s["first detection"] == pytest.approx(10.0)
    assert budget.measured_s["first feasible shot"] == pytest.approx(10.0)


def test_commit_errors_belong_to_the_layer_that_shot_first(write_campaign):
    """Track 7 was first shot at in midcourse, track 3 in boost; km and m/s."""
    recorded = open_recorded(write_campaign([battle_rows()]))
    errors = measures.list_commit_errors(recorded.read("tracks"), recorded.read("engagements"))
    assert {e.layer: (e.n_tracks, *e.position_km, *e.velocity_m_s) for e in errors} == {
        "boost": (1, 1.5, 1.5, 30.0, 30.0),
        "midcourse": (1, 0.5, 0.5, 4.0, 4.0),
    }


def test_raid_parts_count_missiles_once(write_campaign):
    """A missile with several objects is one missile."""
    threats = open_recorded(write_campaign([battle_rows()])).read("threats")
    (part,) = measures.list_raid_parts(threats)
    assert part.n_missiles == 3
    assert part.by_nation == {"CAN": 1, "USA": 2}


def test_rows_helpers_refuse_unknown_columns():
    """A misspelt column in a test's row would silently change nothing."""
    with pytest.raises(AssertionError):
        threat_row("m", "warhead", "Toronto", fates="leaked")
    with pytest.raises(AssertionError):
        shot_row(1, "m", "warhead", "boost", 0.0, 1.0, "killed", resultt="missed")


def test_chains_and_patrols_stand_on_the_map_without_names(write_campaign):
    """Each site of a chain, and the middle of a patrol, also across the date line."""
    elements = {
        "chain": {
            "kind": "radar-chain",
            "sites": [
                {"latitude": "69 deg", "longitude": "-140 deg"},
                {"latitude": "68 deg", "longitude": "-120 deg"},
            ],
        },
        "fighters": {
            "kind": "patrol-battery",
            "patrol": {
                "waypoints": [
                    {"latitude": "60 deg", "longitude": "179 deg"},
                    {"latitude": "60 deg", "longitude": "-179 deg"},
                ]
            },
        },
    }
    scenario = {"architecture": {"elements": elements}}
    sites = open_recorded(write_campaign([battle_rows()], scenario=scenario)).list_sites()
    assert [(site.name, site.kind) for site in sites] == [
        ("", "radar"), ("", "radar"), ("", "interceptor patrol"),
    ]  # fmt: skip
    assert math.degrees(sites[1].longitude_rad) == pytest.approx(-120.0)
    assert abs(math.degrees(sites[2].longitude_rad)) == pytest.approx(180.0)
    assert math.degrees(sites[2].latitude_rad) == pytest.approx(60.0, abs=0.1)
