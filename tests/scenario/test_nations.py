"""Nations, headquarters, links and scripted events: what the words mean, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from opendome.errors import BadInput
from opendome.scenario import Scenario, load_scenario

FILE = """\
format: 1
name: coalition
nations: {{USA: {{}}, CAN: {{participation: {word}}}, DNK: {{participation: {host}}}}}
architecture:
  base: north-2035
  elements:
    northern-site: {{of: fort-greely, nation: USA, host: CAN}}
raid: nk-10-debris
{more}
"""


def load(path: Path, word: str = "full", host: str = "full", more: str = "") -> Scenario:
    """The scenario with Canada's and Denmark's word, and further top keys."""
    path = path / "coalition.yaml"
    path.write_text(FILE.format(word=word, host=host, more=more))
    return load_scenario(path)


@pytest.mark.parametrize(
    ("word", "standing"),
    [
        ("none", {"north-warning-long-range"}),
        ("warning", {"north-warning-long-range"}),
        ("sensors", {"north-warning-long-range", "arctic-othr", "polar-othr"}),
        ("hosting", {"north-warning-long-range", "arctic-othr", "polar-othr", "northern-site"}),
        ("full", {"north-warning-long-range", "arctic-othr", "polar-othr", "northern-site"}),
    ],
)
def test_one_word_says_what_stands(tmp_path: Path, word: str, standing: set[str]) -> None:
    """Radars of today stand at any level, new ones with sensors, interceptors with hosting."""
    scenario = load(tmp_path, word)
    asked = {"north-warning-long-range", "arctic-othr", "polar-othr", "northern-site"}
    assert asked & set(scenario.standing) == standing


def test_a_host_that_takes_no_part_hosts_nothing(tmp_path: Path) -> None:
    """Without Denmark the radar in Greenland is gone, though it is American."""
    assert "pituffik-uewr" in load(tmp_path).standing
    assert "pituffik-uewr" not in load(tmp_path, host="none").standing


@pytest.mark.parametrize(
    ("word", "weight", "asked"),
    [
        ("none", 0.0, "none"),
        ("warning", 0.5, "none"),
        ("sensors", 0.5, "notify"),
        ("hosting", 0.5, "required"),
        ("full", 1.0, "none"),
    ],
)
def test_weight_and_consent_follow_the_word(
    tmp_path: Path, word: str, weight: float, asked: str
) -> None:
    """Equal weight and no question with full participation only."""
    canada = load(tmp_path, word).nations["CAN"]
    assert (canada.weight.best, canada.consent.asked) == (weight, asked)


def test_what_is_said_goes_before_what_follows(tmp_path: Path) -> None:
    """A weight and a consent that are named hold, whatever the word."""
    path = tmp_path / "own.yaml"
    path.write_text(
        "format: 1\nname: own\narchitecture: present-day\n"
        "nations: {USA: {}, CAN: {participation: hosting, weight: 1.0, consent: {asked: notify}}}\n"
    )
    canada = load_scenario(path).nations["CAN"]
    assert (canada.weight.best, canada.consent.asked) == (1.0, "notify")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (
            "command: {nodes: {a: {nation: USA, superior: b}, b: {nation: USA, superior: a}}}",
            "authority in a loop: a under b under a",
        ),
        ("command: {nodes: {a: {nation: USA, superior: c}}}", "no node c; allowed: a"),
        ("command: {links: {nowhere: {latency: 2 s}}}", "no element or group nowhere"),
        ("command: {nodes: {a: {nation: USA, elements: [nothing]}}}", "no element or group nothin"),
        (
            "command: {nodes: {a: {nation: USA, elements: [lrdr]}, "
            "b: {nation: USA, elements: [lrdr]}}}",
            "lrdr belongs to a already",
        ),
        ("command: {links: {lrdr: {loss: 1.2}}}", "allowed"),
        ("events: [{time: 10 s, cut: atlantis}]", "no element or group atlantis"),
        ("events: [{time: 10 s, cut: lrdr, lose: lrdr}]", "allowed: one of cut, restore, lose"),
        ("events: [{time: 10 s}]", "given none; allowed: one of cut, restore, lose"),
        ("events: [{time: 10 s, cut: lrdr, share: 0.5}]", "share: allowed with lose alone"),
    ],
)
def test_a_coalition_that_cannot_be_is_refused(tmp_path: Path, more: str, told: str) -> None:
    """One line that says where, what was given and what is allowed."""
    with pytest.raises(BadInput, match=told) as refused:
        load(tmp_path, more=more)
    assert "\n" not in str(refused.value)
    assert "coalition.yaml:" in str(refused.value)


def test_a_shooter_without_a_nation_is_refused(tmp_path: Path) -> None:
    """A nation is three letters."""
    path = tmp_path / "stateless.yaml"
    path.write_text(
        "format: 1\nname: stateless\narchitecture: {base: present-day, "
        "elements: {orphan: {of: fort-greely, nation: ''}}}\n"
    )
    with pytest.raises(BadInput, match=r"orphan.nation"):
        load_scenario(path)
