from __future__ import annotations

from datetime import UTC, datetime

import pytest

from opendome.campaign.source import describe_earth_turn, list_sources
from opendome.scenario.loader import load_scenario
from opendome.scenario.scenario import Scenario


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario("present-day")


def test_a_stored_scenario_reads_back_to_the_same(scenario: Scenario) -> None:
    """What the manifest keeps is enough to go on with the campaign: equal hash."""
    assert Scenario.model_validate(scenario.dump()).hash() == scenario.hash()


def test_every_range_of_the_scenario_is_listed_with_its_source(scenario: Scenario) -> None:
    """Each uncertain value appears once, with its range and the title of a known source."""
    rows = list_sources(scenario.dump(), scenario.sources())
    with_range = [row for row in rows if row["low"] is not None and row["low"] != row["high"]]
    assert len(with_range) == len(list(scenario.uncertain_values()))
    places = [(row["element"], row["field"]) for row in rows]
    assert len(places) == len(set(places))
    for row in rows:
        assert row["source"] in ("assumption", "user") or row["title"], row


def test_list_of_sources_by_hand() -> None:
    """A value with a range, and a block that names a source for all it holds."""
    content = {
        "architecture": {
            "elements": {
                "radar-a": {
                    "source": "S1",
                    "range": {"best": 2.0, "low": 1.0, "high": 3.0, "source": "assumption"},
                }
            }
        }
    }
    documents = {"S1": {"title": "Radars", "year": 2020, "url": "https://example.org"}}
    block, value = list_sources(content, documents)
    assert (block["element"], block["field"], block["value"]) == ("radar-a", "", None)
    assert (block["title"], block["year"]) == ("Radars", 2020)
    assert (value["element"], value["field"]) == ("radar-a", "range")
    assert (value["low"], value["value"], value["high"]) == (1.0, 2.0, 3.0)
    assert value["title"] == ""


def test_the_turn_of_the_earth_is_told() -> None:
    """UT1-UTC of a fixed epoch, that it is zero beyond the table, and that epochs are drawn."""
    # IERS bulletin A: UT1-UTC on 2020-01-01 was -0.177 s.
    assert "-0.17" in describe_earth_turn(datetime(2020, 1, 1, tzinfo=UTC))
    assert "taken as 0" in describe_earth_turn(datetime(2029, 1, 20, tzinfo=UTC))
    assert "drawn" in describe_earth_turn(None)
