"""The story of a replication: complete, in order, within a hundred columns."""

import re

import pytest
from stored_rows import battle_rows, shot_row, threat_row

from opendome.errors import BadInput
from opendome.report import explain_replication
from opendome.tables.record import COLUMNS


@pytest.fixture
def story(write_campaign):
    """One raid of three missiles."""
    return explain_replication(write_campaign([battle_rows(), battle_rows("missed")]), 0)


def block(story, name):
    """Lines about one warhead."""
    return next(part for part in story.split("\n\n") if part.startswith(name))


def test_fits_a_terminal(story):
    """No line passes a hundred columns."""
    assert max(map(len, story.splitlines())) <= 100


def test_events_come_in_order(story):
    """Within each warhead's story time never runs back."""
    for name in ("salvo/1/warhead", "salvo/2/warhead", "salvo/3/warhead"):
        times = [
            60 * int(m) + int(s)
            for m, s in re.findall(r"^  T\+(\d+):(\d\d)", block(story, name), re.MULTILINE)
        ]
        assert len(times) >= 5
        assert times == sorted(times)


def test_a_leaker_is_explained(story):
    """Launch, sighting, shot with its terms, assessment, impact, first reason."""
    words = re.sub(r"\s+", " ", block(story, "salvo/1/warhead"))
    for part in (
        "salvo/1/warhead: REACHED ITS AREA warhead of salvo/1 (icbm-solid) at Toronto (Canada)",
        "T+00:00 (+0 s) launched from launch-area (39.0 N 126.0 E)",
        "first seen by opir-1",
        "T+00:55 (+55 s) firm track",
        "shot 2 (midcourse, salvo 1): gbi from fort-greely (United States), decided T+05:00, "
        "to meet it T+16:40 at 60.0 N 150.0 W, 900 km",
        "shot 2: 5 % of all that is defended at risk, 4.8 % saved by the salvo if its shots kill "
        "with 0.56 each; next best: a salvo from vandenberg, to save 4 %",
        "shot 2 failed: target in reach, not killed (warhead met); target 2.5 km from where it was "
        "predicted, divert 300 m/s spent of 700 m/s, closing at 10 km/s, kill probability 0.5",
        "shot 2 assessed as a miss",
        "LEAKED: impact at 43.7 N 79.4 W",
        "First reason: failed (shots reached it and did not kill it).",
    ):
        assert part in words, part


def test_a_shortfall_names_where_it_fell(story):
    """The shot at the booster belongs to the warhead's story."""
    words = re.sub(r"\s+", " ", block(story, "salvo/3/warhead"))
    assert "sbi from shell satellite 17" in words
    assert "next best: other satellites of shell, later, to save 4 %" in words
    assert "(+110 s) shot 1 killed (booster met)" in words
    assert "FELL SHORT on Canada, cut short by the boost layer" in words


def test_what_a_kill_ended_is_not_told(story):
    """Thrust and release stand in the story only where nothing had ended them before."""
    assert "end of thrust" in block(story, "salvo/1/warhead")
    assert "end of thrust" not in block(story, "salvo/3/warhead")


def test_what_never_was_is_not_told(write_campaign):
    """A cruise missile has neither end of thrust nor release: both stand at its launch."""
    row = threat_row("m", "cruise", "Seattle", lethal=True, launch_s=30.0, burnout_s=30.0,
                     release_s=30.0)  # fmt: skip
    story = explain_replication(write_campaign([{"threats": [row]}]), 0)
    assert "launched from" in story
    assert "end of thrust" not in story
    assert "released" not in story


def test_second_shot_is_told(story):
    """Possible for one, not for another."""
    assert "the first was possible" in block(story, "salvo/2/warhead")
    assert "the first was not possible" in block(story, "salvo/1/warhead")


def test_wrong_assessments_are_called_wrong(write_campaign):
    """A miss that was taken for a kill."""
    tables = battle_rows()
    row = list(tables["engagements"][1])
    names = [column.name for column in COLUMNS["engagements"]]
    row[names.index("assessed")] = "kill"
    tables["engagements"][1] = tuple(row)
    assert "assessed as a kill, wrongly" in explain_replication(write_campaign([tables]), 0)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "It was never seen."),
        ({"first_detection_s": 50.0}, "No firm track was ever formed on it."),
        (
            {"first_detection_s": 50.0, "first_firm_s": 60.0},
            "At no time was a shot at it feasible.",
        ),
        (
            {"first_detection_s": 50.0, "first_firm_s": 60.0, "first_feasible_s": 70.0},
            "No shot was fired at it.",
        ),
    ],
)
def test_what_never_happened_is_said(write_campaign, values, words):
    """The first link of the chain that is missing."""
    tables = {"threats": [threat_row("m", "warhead", "Seattle", **values)]}
    assert words in explain_replication(write_campaign([tables]), 0)


def test_what_a_miss_lacked_is_told(write_campaign):
    """Divert that was needed, not spent; and nothing of a target that was gone."""
    tables = battle_rows()
    values = {"divert_m_s": 900.0, "kill_probability": float("nan")}
    tables["engagements"] = [
        shot_row(1, "salvo/1/warhead", "warhead", "midcourse", 300.0, 900.0, "missed", **values),
        shot_row(2, "salvo/1/warhead", "warhead", "midcourse", 300.0, 950.0, "target-gone"),
    ]
    words = re.sub(r"\s+", " ", explain_replication(write_campaign([tables]), 0))
    assert "divert 900 m/s needed of 700 m/s, closing at 10 km/s T+" in words
    assert "shot 2 found no target: it was already gone T+" in words


def test_loss_budget_is_of_the_campaign(story):
    """Two leakers over two raids, one for each reason."""
    budget = story[story.index("Loss budget") :]
    assert re.search(r"50 % +missed", budget)
    assert re.search(r"50 % +failed", budget)


def test_one_threat_alone(write_campaign):
    """By the name of the missile or of the object."""
    campaign = write_campaign([battle_rows()])
    for name in ("salvo/2", "salvo/2/warhead"):
        story = explain_replication(campaign, 0, name)
        assert "salvo/2/warhead:" in story
        assert "salvo/1/warhead:" not in story
    assert "salvo/3/decoy:" in explain_replication(campaign, 0, "salvo/3/decoy")


def test_a_failed_replication_is_said(write_campaign):
    """Its error is all there is to tell."""
    campaign = write_campaign([battle_rows(), "ZeroDivisionError: none left"])
    assert "ended in an error" in explain_replication(campaign, 1)


def test_no_leakers(write_campaign):
    """The loss budget of nothing."""
    campaign = write_campaign([{"threats": battle_rows()["threats"][2:3]}])
    assert "No warhead leaked." in explain_replication(campaign, 0)


def test_no_leakage_without_lethal_warheads(write_campaign):
    """Where none would have reached its area, that is said; where all failed, that."""
    harmless = {"threats": [threat_row("m", "decoy", "Seattle")]}
    story = explain_replication(write_campaign([harmless]), 0)
    assert "No warhead would have reached its area with no defence" in story
    assert "No replication was finished" not in story
    story = explain_replication(write_campaign(["ZeroDivisionError: none left"]), 0)
    assert "No replication was finished" in story


def test_unknown_names_are_bad_input(write_campaign, tmp_path):
    """With what is allowed instead."""
    campaign = write_campaign([battle_rows()])
    with pytest.raises(BadInput, match="--replication 9: not in the record; 0 to 0 are there"):
        explain_replication(campaign, 9)
    with pytest.raises(BadInput, match="--threat nobody: not in the replication"):
        explain_replication(campaign, 0, "nobody")
    with pytest.raises(BadInput, match="no campaign there"):
        explain_replication(tmp_path, 0)


def test_shots_that_met_others_are_told(write_campaign):
    """Two shots at its track, of which one met it: the other is not passed over, nor denied."""
    tables = battle_rows()
    tables["threats"] = [
        threat_row("m", "warhead", "Seattle", shots=2, first_reason="missed",
                   first_detection_s=50.0, first_firm_s=60.0),
    ]  # fmt: skip
    tables["engagements"] = []
    words = re.sub(r"\s+", " ", explain_replication(write_campaign([tables]), 0))
    assert "2 shots at tracks of it met other objects." in words
    assert "No shot was fired" not in words
    assert "At no time" not in words
