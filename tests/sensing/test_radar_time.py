"""Fence and track dwells: who is looked at when time and energy are short."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from opendome.physics.constants import (
    EARTH_FLATTENING,
    EARTH_MEAN_RADIUS_M,
    EARTH_RADIUS_M,
    EARTH_ROTATION_RAD_S,
)
from opendome.physics.radar import INTEGRATION_EXPONENT
from opendome.sensing import derive_keys, man_station, observe
from opendome.sensing.radar_time import list_near
from opendome.tables.cues import Cues

pytestmark = pytest.mark.kernels
KEYS = derive_keys(1)
REST = np.zeros((1, 3))
SITE = np.array([[EARTH_MEAN_RADIUS_M, 0.0, 0.0]])


def at(azimuth_deg: float, elevation_deg: float = 40.0, range_m: float = 3e5) -> np.ndarray:
    """A place seen from the site; azimuth 90 is east, where the face looks."""
    a, e = math.radians(azimuth_deg), math.radians(elevation_deg)
    line = [math.sin(e), math.cos(e) * math.sin(a), math.cos(e) * math.cos(a)]
    return SITE[0] + range_m * np.array(line)


def cue(
    places: np.ndarray,
    sigma_m: float = 100.0,
    priority: np.ndarray | None = None,
    section_m2: float = 0.0,
) -> Cues:
    """Cues at places, the first the most urgent unless told otherwise."""
    n = len(places)
    priority = np.linspace(2.0, 1.0, n) if priority is None else priority
    order = np.argsort(-priority, kind="stable")
    cues = Cues(
        np.arange(n), np.array(places), np.zeros((n, 3)), np.full(n, sigma_m), priority,
        np.full(n, 2), np.ones(n, np.bool_), np.full((n, 3), section_m2),
    )  # fmt: skip
    return Cues._make(column[order] for column in cues)


def column(value: float) -> np.ndarray:
    return np.array([value])


@pytest.fixture
def blind(make_radars: Callable) -> Callable:
    """A radar that does not search: what it sees, a track dwell has met."""

    def build(**columns):
        return make_radars(search_dwell_s=column(0.0))._replace(**columns)

    return build


@pytest.fixture
def bright(make_snapshot: Callable) -> Callable:
    """Objects so large that no look misses them."""

    def build(places):
        return make_snapshot(np.array(places), cross_section_m2=np.full((len(places), 3, 6), 1e4))

    return build


def look(block, snapshot, cues: Cues | None = None, step_s: float = 5.0):
    station = man_station(block, SITE, REST, cues)
    _, link = observe([station], snapshot, step_s, 0.0, KEYS, 0)
    return sorted(link.tolist()), station.logbook.count_cues()[0].tolist()


def test_nothing_in_view_is_passed_over_early(make_radars: Callable) -> None:
    """Whatever a radar sees is in the list that it begins with, wherever it stands."""
    generator = np.random.default_rng(3)
    radar = make_radars(minimum_elevation_rad=column(0.0), instrumented_range_m=column(3e6))
    for latitude in np.radians([-80.0, -45.0, 10.0, 45.0, 60.0]):
        # A place on the ellipsoid, and the tangent plane there.
        up = np.array([math.cos(latitude), 0.0, math.sin(latitude)])
        flat = np.array([1.0, 1.0, (1.0 - EARTH_FLATTENING) ** 2])
        place = EARTH_RADIUS_M * flat * up / math.sqrt(float(flat @ up**2))
        level = generator.normal(size=(200, 3))
        level -= np.outer(level @ up, up)
        level /= np.linalg.norm(level, axis=1, keepdims=True)
        places = place + 2.9e6 * level + np.outer(generator.uniform(0.0, 1e4, 200), up)
        near = np.empty(200, np.int64)
        own = man_station(radar, place[None], REST).records[0]
        assert list_near(own, place, places, near) == 200


def test_no_cue_no_track_look(bright: Callable, blind: Callable) -> None:
    """Without search a radar sees what is cued and nothing else."""
    snapshot = bright(np.array([at(70.0), at(110.0)]))
    assert look(blind(), snapshot) == ([], [0, 0, 0])
    assert look(blind(), snapshot, cue([at(110.0)])) == ([1], [1, 1, 0])


def test_the_beam_meets_what_stands_beside_the_track(bright: Callable, blind: Callable) -> None:
    """An unknown object within half the beam of a cue is found; one beside it is not."""
    width = math.degrees(0.03)
    near, far = 0.3 * width, 0.7 * width
    snapshot = bright(np.array([at(90.0), at(90.0, 40.0 + near), at(90.0, 40.0 - far)]))
    assert look(blind(), snapshot, cue([at(90.0)]))[0] == [0, 1]


@pytest.mark.parametrize("k", [1, 4, 7])
def test_time_for_k_looks_serves_the_k_most_urgent(
    bright: Callable, blind: Callable, k: int
) -> None:
    """The rest waits, and is counted."""
    rng = np.random.default_rng(k)
    places = np.array([at(azimuth) for azimuth in np.linspace(50.0, 130.0, 12)])
    priority = rng.permutation(np.linspace(0.1, 0.9, 12))
    radar = blind(track_share=column((k + 0.5) * 0.1 / 5.0))
    seen, load = look(radar, bright(places), cue(places, priority=priority))
    assert seen == sorted(np.argsort(-priority)[:k])
    assert load == [12, k, 12 - k]


def test_one_dwell_serves_a_group(bright: Callable, blind: Callable) -> None:
    """Tracks that one beam meets cost one dwell together."""
    places = np.array([at(90.0), at(90.05), at(90.1), at(120.0)])
    radar = blind(track_share=column(2.5 * 0.1 / 5.0))
    assert look(radar, bright(places), cue(places)) == ([0, 1, 2, 3], [4, 4, 0])


def test_a_longer_step_leaves_time_for_more_looks(bright: Callable, blind: Callable) -> None:
    """The time since the last look counts: twice the step, twice the looks."""
    places = np.array([at(azimuth) for azimuth in np.linspace(50.0, 130.0, 12)])
    radar = blind(track_share=column(4.5 * 0.1 / 5.0))
    assert look(radar, bright(places), cue(places), 5.0)[1] == [12, 4, 8]
    assert look(radar, bright(places), cue(places), 10.0)[1] == [12, 9, 3]


def test_a_wide_cue_costs_more_beams(bright: Callable, blind: Callable) -> None:
    """A sigma beyond the beam is searched with several; one that takes all the time is left.

    It costs those that come after it nothing.
    """
    # Two sigmas are 40 mrad against half a beam of 15: eight beams of the shortest dwell.
    cues = cue([at(90.0)], sigma_m=0.02 * 3e5)
    snapshot = bright(np.array([at(92.0)]))
    off = math.cos(math.radians(40.0) - 0.3)
    n_beams = math.ceil((2.0 * 0.04 * off / 0.03) ** 2)
    for n_held, seen in ((n_beams, [0]), (n_beams - 1, [])):
        radar = blind(
            search_dwell_s=column(0.05), search_maximum_elevation_rad=column(-1.0),
            track_share=column(n_held * 0.05 / 5.0),
        )  # fmt: skip
        station = man_station(radar, SITE, REST, cues)
        _, link = observe([station], snapshot, 5.0, 0.0, KEYS, 0)
        assert link.tolist() == seen
        assert station.logbook.spent_s[0, 0] == pytest.approx(len(seen) * n_held * 0.05)
        assert station.logbook.count_cues()[0].tolist() == [len(seen), len(seen), 0]
    assert look(blind(), snapshot, cue([at(90.0)]))[0] == []


@pytest.mark.parametrize("n", [3, 6, 7, 10])
def test_a_budget_holds_what_fills_it(bright: Callable, blind: Callable, n: int) -> None:
    """Dwells whose lengths sum to the budget but for the last digit are all given."""
    places = np.array([at(azimuth) for azimuth in np.linspace(50.0, 130.0, 10)[:n]])
    radar = blind(track_share=column(n * 0.1 / 5.0))
    assert look(radar, bright(places), cue(places)) == (list(range(n)), [n, n, 0])


def test_dwells_are_added_up_to_the_wanted_ratio(make_snapshot: Callable, blind: Callable) -> None:
    """A faint track takes the fewest dwells that reach the ratio, and no more than the most.

    A look too short for them gives what it has.
    """
    range_m = 1e6 * 3.0**0.25  # a third of the reference's ratio of 20
    off = math.cos(math.radians(40.0) - 0.3) ** 2.5
    needed = math.ceil((3.0 / off) ** (1.0 / INTEGRATION_EXPONENT))
    assert needed == 6
    place = at(90.0, 40.0, range_m)
    for most, share, spent in ((8.0, 7.5, 6), (8.0, 5.5, 5), (2.0, 2.5, 2), (2.0, 1.5, 1)):
        radar = blind(most_dwells=column(most), track_share=column(share * 0.1 / 5.0))
        station = man_station(radar, SITE, REST, cue([place], section_m2=0.1))
        observe([station], make_snapshot(place[None]), 5.0, 0.0, KEYS, 0)
        assert station.logbook.count_cues()[0].tolist() == [1, 1, 0]
        assert station.logbook.spent_s[0, 0] == pytest.approx(0.1 * spent)


def test_dwells_are_as_long_as_belief_makes_them(bright: Callable, blind: Callable) -> None:
    """What stands in the beam changes nothing; before it is measured, a look is one dwell."""
    place = at(90.0, 40.0, 1e6 * 3.0**0.25)
    for section_m2, spent in ((0.0, 1), (0.1, 6), (1e4, 1)):
        for snapshot in (bright(np.array([place])), bright(np.array([at(60.0)]))):
            radar = blind(most_dwells=column(8.0))
            station = man_station(radar, SITE, REST, cue([place], section_m2=section_m2))
            observe([station], snapshot, 5.0, 0.0, KEYS, 0)
            assert station.logbook.spent_s[0, 0] == pytest.approx(0.1 * spent)


def test_nothing_is_spent_on_what_cannot_be_reached(
    make_snapshot: Callable, blind: Callable
) -> None:
    """A cue believed to be far below the noise asks for no time, whatever stands there.

    One of which nothing is known takes it.
    """
    far, empty = at(90.0, 40.0, 3.9e6), at(60.0, 40.0, 3.9e6)
    snapshot = make_snapshot(np.array([far]), cross_section_m2=np.full((1, 3, 6), 1e-3))
    for place in (far, empty):
        for section_m2, load in ((1e-3, [0, 0, 0]), (10.0, [1, 1, 0]), (0.0, [1, 1, 0])):
            assert look(blind(), snapshot, cue([place], section_m2=section_m2))[1] == load


@pytest.mark.parametrize("place", [at(270.0), at(90.0, 1.0), at(90.0, 40.0, 5e6)])
def test_cues_out_of_view_ask_for_nothing(
    bright: Callable, blind: Callable, place: np.ndarray
) -> None:
    """Behind the face, under the horizon and beyond the range."""
    snapshot = bright(np.array([at(90.0), place]))
    assert look(blind(), snapshot, cue([place])) == ([], [0, 0, 0])


@pytest.mark.parametrize(("speed_m_s", "counts"), [(60.0, [1, 1, 0]), (40.0, [0, 0, 0])])
def test_what_is_expected_in_clutter_asks_for_nothing(
    make_snapshot: Callable, blind: Callable, speed_m_s: float, counts: list[int]
) -> None:
    """That nothing is found of it there says nothing of whether it is there."""
    place = at(90.0)
    away = (place - SITE[0]) / np.linalg.norm(place - SITE[0])
    velocity = (speed_m_s * away + np.cross([0.0, 0.0, EARTH_ROTATION_RAD_S], place))[None]
    snapshot = make_snapshot(
        place[None], velocity_eci_m_s=velocity, cross_section_m2=np.full((1, 3, 6), 1e4)
    )
    radar = blind(minimum_speed_m_s=column(50.0))
    cues = cue(place[None])._replace(velocity_eci_m_s=velocity)
    found, asked = look(radar, snapshot, cues)
    assert asked == counts and len(found) == counts[0]


def test_search_looks_once_a_frame_and_only_in_the_fence(
    bright: Callable, make_radars: Callable
) -> None:
    """Over one frame in steps of a second everything in the fence is met once, nothing above."""
    azimuths = np.linspace(40.0, 140.0, 30)
    places = [at(a, 5.0) for a in azimuths] + [at(a, 7.0) for a in azimuths]
    snapshot = bright(np.array(places))
    radar = make_radars(
        search_frame_s=column(12.0), search_maximum_elevation_rad=column(math.radians(6.0))
    )
    seen = []
    for second in range(12):
        step = snapshot._replace(time_s=100.0 + second)
        seen += look(radar, step, step_s=1.0)[0]
    assert sorted(seen) == list(range(30))


def test_a_cue_leads_the_radar_outside_its_fence(bright: Callable, make_radars: Callable) -> None:
    """What another sensor has in track is looked at above the fence."""
    snapshot = bright(np.array([at(90.0, 50.0)]))
    radar = make_radars(search_maximum_elevation_rad=column(math.radians(6.0)))
    assert look(radar, snapshot)[0] == []
    assert look(radar, snapshot, cue([at(90.0, 50.0)]))[0] == [0]


@pytest.mark.parametrize("cued", [False, True])
def test_half_the_energy_has_the_range_of_its_fourth_root(
    make_snapshot: Callable, make_radars: Callable, cued: bool
) -> None:
    """The share detected is the same at 2^(-1/4) of the range with half the dwell."""
    n = 300
    share = []
    for dwell, range_m in ((0.1, 1e6), (0.05, 1e6 * 0.5**0.25)):
        place = at(90.0, math.degrees(0.3), range_m)
        snapshot = make_snapshot(np.tile(place, (n, 1)))
        radar = make_radars(search_dwell_s=column(dwell), track_dwell_s=column(dwell))
        share.append(len(look(radar, snapshot, cue([place]) if cued else None)[0]) / n)
    # Same draws, and ratios equal but for rounding.
    assert share[0] == share[1]
    assert 0.5 < share[0] < 0.9


def test_an_idle_radar_changes_no_draw(make_snapshot: Callable, make_radars: Callable) -> None:
    """A second radar without time leaves the first one's rows equal to the bit."""
    rng = np.random.default_rng(0)
    places = np.array([at(a, e) for a, e in rng.uniform([60, 10], [120, 70], (40, 2))])
    snapshot, cues = make_snapshot(places), cue(places[::2])
    alone, _ = observe([man_station(make_radars(), SITE, REST, cues)], snapshot, 5.0, 0.0, KEYS, 0)
    pair = make_radars(2, up=np.array([True, False]))
    both, _ = observe(
        [man_station(pair, np.tile(SITE, (2, 1)), np.zeros((2, 3)), cues)], snapshot, 5.0, 0.0,
        KEYS, 0,
    )  # fmt: skip
    for name, one, other in zip(alone._fields, alone, both, strict=True):
        assert np.array_equal(one, other, equal_nan=True), name


def test_objects_in_one_cell_are_one_measurement(
    make_snapshot: Callable, make_radars: Callable
) -> None:
    """A cloud pulls the measurement to its centroid and adds to its strength; apart, it does not.

    Errors are small against the cell, so that the place tells.
    """
    ahead = (at(90.0) - SITE[0]) / 3e5
    places = at(90.0) + np.outer([0.0, 60.0, 500.0], ahead)
    sections = np.full((3, 3, 6), 1.0)
    sections[1] = 3.0
    snapshot = make_snapshot(places, cross_section_m2=sections)
    fine = make_radars(
        range_cell_m=column(100.0), sigma_range_m=column(1e-3), floor_range_m=column(1e-3)
    )
    table, link = observe([man_station(fine, SITE, REST)], snapshot, 5.0, 0.0, KEYS, 0)
    assert sorted(link) == [1, 2]
    assert np.sort(table.range_m) == pytest.approx([3e5 + 45.0, 3e5 + 500.0], abs=0.02)
    apart = fine._replace(range_cell_m=column(50.0))
    assert look(apart, snapshot)[0] == [0, 1, 2]


def test_a_look_at_a_cue_knows_what_it_would_have_shown(bright: Callable, blind: Callable) -> None:
    """Its threshold is that of the measurement where something is there, and is known where not."""
    place = at(90.0)
    thresholds = []
    for snapshot in (bright(np.array([place])), bright(np.array([at(60.0)]))):
        station = man_station(blind(), SITE, REST, cue([place], sigma_m=0.0, section_m2=1e4))
        table, _ = observe([station], snapshot, 5.0, 0.0, KEYS, 0)
        thresholds.append(station.logbook.looked[0, 0])
    assert table.n_rows == 0
    seen, _ = observe([station], bright(np.array([place])), 5.0, 0.0, KEYS, 0)
    assert thresholds == pytest.approx([seen.least_cross_section_m2[0]] * 2, rel=1e-9)


def test_what_there_was_no_time_for_is_known_to_scoring(
    bright: Callable, make_snapshot: Callable, blind: Callable
) -> None:
    """An object that the refused look would have shown, and no other: not one that another look
    met, not one too faint, not one elsewhere."""
    places = np.array([at(60.0), at(90.0), at(120.0)])
    radar = blind(track_share=column(1.5 * 0.1 / 5.0))
    station = man_station(radar, SITE, REST, cue(places[:2]))
    observe([station], bright(places), 5.0, 0.0, KEYS, 0)
    assert station.logbook.starved.tolist() == [False, True, False]
    assert station.logbook.spent_s[0] == pytest.approx([0.1, 0.15])
    # Nor one that a second radar met at the same time.
    pair = blind(track_share=column(1.5 * 0.1 / 5.0))
    pair = type(pair)(*(np.repeat(value, 2, axis=0) for value in pair))._replace(
        identity=np.array([1, 2], np.uint64), sensor=np.array([0, 1]),
        track_share=np.array([1.5, 2.5]) * 0.1 / 5.0,
    )  # fmt: skip
    both = man_station(pair, np.tile(SITE, (2, 1)), np.zeros((2, 3)), cue(places[:2]))
    observe([both], bright(places), 5.0, 0.0, KEYS, 0)
    assert both.logbook.count_cues().tolist() == [[2, 1, 1], [2, 2, 0]]
    assert not both.logbook.starved.any()
    faint = make_snapshot(places, cross_section_m2=np.full((3, 3, 6), 2e-4))
    observe([station], faint, 5.0, 0.0, KEYS, 0)
    assert not station.logbook.starved.any()
