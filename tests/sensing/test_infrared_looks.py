"""Infrared satellites: plumes over clouds, cold bodies against space."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from opendome.physics.constants import EARTH_RADIUS_M
from opendome.physics.infrared import band_radiance_w_m2_sr
from opendome.sensing import UNKNOWN_SKY, Sky, derive_keys, man_station, observe
from opendome.tables import codes

pytestmark = pytest.mark.kernels
KEYS = derive_keys(1)
REST = np.zeros((1, 3))


def equatorial(longitude_rad: float, height_m: float) -> np.ndarray:
    radius = EARTH_RADIUS_M + height_m
    return np.array([radius * math.cos(longitude_rad), radius * math.sin(longitude_rad), 0.0])


SATELLITE = equatorial(0.0, 1e6)[None]


def test_plume_needs_height_over_clouds_and_a_free_line(
    make_snapshot: Callable, make_satellites: Callable
) -> None:
    """Seen above the cloud break; not below it, not behind the Earth, not once burnt out."""
    places = np.array(
        [
            equatorial(0.1, 8e3),
            equatorial(0.1, 6e3),
            equatorial(1.0, 8e3),
            equatorial(0.1, 8e3),
        ]
    )
    burning = np.array([True, True, True, False])
    snapshot = make_snapshot(places, burning=burning, body_w_sr=np.zeros(4))
    table, link = observe(
        [man_station(make_satellites(), SATELLITE, REST)], snapshot, 10.0, 0.0, KEYS, 0
    )
    assert link.tolist() == [0]
    assert table.kind[0] == codes.PLUME
    assert table.sensor[0] == 40
    assert math.isnan(table.range_m[0]) and math.isnan(table.range_rate_m_s[0])
    assert table.sigma_range_m[0] == math.inf and table.sigma_range_rate_m_s[0] == math.inf
    assert math.isnan(table.feature[0]) and math.isnan(table.sigma_feature[0])


def test_cold_body_needs_space_behind_it(
    make_snapshot: Callable, make_satellites: Callable
) -> None:
    """Seen beyond the limb or above the satellite; not with the Earth or its limb behind it."""
    places = np.array([equatorial(0.1, 4e5), equatorial(0.95, 9e5), equatorial(0.1, 1.2e6)])
    bright = np.full(3, 1e4)
    snapshot = make_snapshot(places, body_w_sr=bright)
    table, link = observe(
        [man_station(make_satellites(), SATELLITE, REST)], snapshot, 10.0, 0.0, KEYS, 0
    )
    assert sorted(link.tolist()) == [1, 2]
    assert (table.kind == codes.COLD).all()
    # The line touches the sphere of height h at acos((R + h) / (R + 1000 km)) +
    # acos((R + h) / (R + 900 km)) apart: 1.024 rad for 10 km, 0.972 rad for 100 km.
    nearer_limb = make_snapshot(equatorial(1.01, 9e5)[None], body_w_sr=bright[:1])
    low = make_satellites(limb_height_m=np.array([1e4]))
    high = make_satellites(limb_height_m=np.array([1e5]))
    for block, n_rows in ((low, 1), (high, 0)):
        found, _ = observe([man_station(block, SATELLITE, REST)], nearer_limb, 10.0, 0.0, KEYS, 0)
        assert found.n_rows == n_rows


def test_a_burning_object_gives_one_row(make_snapshot: Callable, make_satellites: Callable) -> None:
    """As a plume where the satellite has that band, else by its body's own warmth."""
    snapshot = make_snapshot(equatorial(0.1, 1.2e6)[None], burning=np.array([True]))
    both, _ = observe(
        [man_station(make_satellites(), SATELLITE, REST)], snapshot, 10.0, 0.0, KEYS, 0
    )
    assert both.kind.tolist() == [codes.PLUME]
    cold_only = make_satellites(plume_threshold_w_m2=np.array([math.inf]))
    cold, _ = observe([man_station(cold_only, SATELLITE, REST)], snapshot, 10.0, 0.0, KEYS, 0)
    assert cold.kind.tolist() == [codes.COLD]


@pytest.mark.parametrize("relative", [0.8, 1.0, 1.2])
def test_share_detected_around_the_threshold(
    make_snapshot: Callable, make_satellites: Callable, relative: float
) -> None:
    """Gaussian noise around the threshold, within four binomial sigmas of 400 objects."""
    n = 400
    snapshot = make_snapshot(
        np.tile(equatorial(0.0, 1e5), (n, 1)),
        burning=np.ones(n, np.bool_),
        plume_w_sr=np.full(n, relative * 1e-8 * 9e5**2),
        body_w_sr=np.zeros(n),
    )
    expected = 0.5 * math.erfc(-5.0 * (relative - 1.0) / math.sqrt(2.0))
    table, _ = observe(
        [man_station(make_satellites(), SATELLITE, REST)], snapshot, 10.0, 0.0, KEYS, 0
    )
    spread = 4.0 * math.sqrt(expected * (1.0 - expected) / n)
    assert table.n_rows / n == pytest.approx(expected, abs=spread)


def test_direction_errors_are_as_reported(
    make_snapshot: Callable, make_satellites: Callable
) -> None:
    """Residuals across the line, over sigma, are standard normal within four sigmas."""
    n = 400
    place = equatorial(0.1, 2e5)
    snapshot = make_snapshot(np.tile(place, (n, 1)), burning=np.ones(n, np.bool_))
    table, _ = observe(
        [man_station(make_satellites(), SATELLITE, REST)], snapshot, 10.0, 0.0, KEYS, 5
    )
    unit = (place - SATELLITE[0]) / np.linalg.norm(place - SATELLITE[0])
    for axis in (np.array([0.0, 0.0, 1.0]), np.cross(unit, [0.0, 0.0, 1.0])):
        residual = table.direction_eci @ axis / table.sigma_angle_rad
        assert residual.size == n
        assert abs(residual.mean()) < 4.0 / math.sqrt(n)
        assert abs((residual**2).mean() - 1.0) < 4.0 * math.sqrt(2.0 / n)


def test_irradiance_is_measured_in_the_band_of_the_channel(
    make_snapshot: Callable, make_satellites: Callable
) -> None:
    """Intensity over squared range in the channel that sees, with noise as large as reported."""
    n = 400
    places = np.tile(equatorial(0.0, 1.9e6), (n, 1))
    for burning, kind, band, threshold in (
        (True, codes.PLUME, codes.PLUME_BAND, 1e-8),
        (False, codes.COLD, codes.LONG_WAVE_BAND, 1e-11),
    ):
        snapshot = make_snapshot(
            places,
            burning=np.full(n, burning),
            plume_w_sr=np.full(n, 2.4 * 1e-8 * 9e5**2 if burning else 0.0),
            body_w_sr=np.full(n, 2.4 * 1e-11 * 9e5**2),
        )
        table, _ = observe(
            [man_station(make_satellites(), SATELLITE, REST)], snapshot, 10.0, 0.0, KEYS, 2
        )
        assert table.n_rows == n
        assert (table.kind == kind).all() and (table.band == band).all()
        assert np.isnan(table.cross_section_m2).all()
        assert np.isnan(table.least_cross_section_m2).all()
        assert table.sigma_irradiance_w_m2 == pytest.approx(np.full(n, threshold / 5.0))
        residual = (table.irradiance_w_m2 - 2.4 * threshold) / table.sigma_irradiance_w_m2
        assert abs(residual.mean()) < 4.0 / math.sqrt(n)
        assert abs((residual**2).mean() - 1.0) < 4.0 * math.sqrt(2.0 / n)


def look_at(
    snapshot: object, block: object, sky: Sky = UNKNOWN_SKY, step_s: float = 10.0
) -> tuple[int, list[int]]:
    """How many rows, and of what, in one look of one satellite."""
    table, link = observe(
        [man_station(block, SATELLITE, REST, sky=sky)], snapshot, step_s, 0.0, KEYS, 0
    )
    return table.n_rows, sorted(link.tolist())


def towards(*angles_rad: float) -> np.ndarray:
    """Places 3,000 km from the satellite, turned from straight up by angles about the x-y plane."""
    return SATELLITE[0] + 3e6 * np.array([[math.cos(a), math.sin(a), 0.0] for a in angles_rad])


def test_sun_and_moon_blind_the_lines_of_sight_near_them(
    make_snapshot: Callable, make_satellites: Callable
) -> None:
    """Inside the stated angle nothing is seen, plume or body; outside all is."""
    snapshot = make_snapshot(towards(0.05, 0.15, 0.30), body_w_sr=np.full(3, 1e5))
    for column, sky in (
        ("sun_cosine", Sky(np.array([1.0, 0.0, 0.0]), np.full(3, np.nan))),
        ("moon_cosine", Sky(np.full(3, np.nan), np.array([3.84e8, 0.0, 0.0]))),
    ):
        seen = [
            look_at(snapshot, make_satellites(**{column: np.array([cosine])}), sky)[1]
            for cosine in (math.inf, math.cos(0.1), math.cos(0.2), math.cos(0.4))
        ]
        assert seen == [[0, 1, 2], [1, 2], [2], []]
        hot = make_snapshot(towards(0.05), burning=np.array([True]), body_w_sr=np.zeros(1))
        assert look_at(hot, make_satellites(), sky)[0] == 1
        assert look_at(hot, make_satellites(**{column: np.array([0.9])}), sky)[0] == 0


def test_a_sun_behind_the_earth_blinds_nobody(
    make_snapshot: Callable, make_satellites: Callable
) -> None:
    """A satellite in the Earth's shadow looks towards the hidden Sun."""
    low = np.array([equatorial(0.95, 9e5)])
    snapshot = make_snapshot(low, body_w_sr=np.full(1, 1e5))
    line = (low[0] - SATELLITE[0]) / np.linalg.norm(low[0] - SATELLITE[0])
    blinded = make_satellites(sun_cosine=np.array([math.cos(0.5)]))
    assert look_at(snapshot, blinded, Sky(line, np.zeros(3)))[0] == 0
    hidden = np.array([-1.0, 0.0, 0.0])  # straight through the Earth, 63 degrees off the line
    wide = make_satellites(sun_cosine=np.array([-1.0]))
    assert look_at(snapshot, wide, Sky(hidden, np.zeros(3)))[0] == 1


def test_a_wider_exclusion_sees_no_more(make_snapshot: Callable, make_satellites: Callable) -> None:
    """Rows under a wider exclusion are among those under a narrower one."""
    places = towards(*np.linspace(-1.2, 1.2, 25))
    snapshot = make_snapshot(places, body_w_sr=np.full(25, 1e5))
    sky = Sky(np.array([math.cos(0.3), math.sin(0.3), 0.0]), np.zeros(3))
    before = set(range(25))
    for angle in np.linspace(0.01, 1.5, 30):
        block = make_satellites(sun_cosine=np.array([math.cos(angle)]))
        seen = set(look_at(snapshot, block, sky)[1])
        assert seen <= before
        before = seen
    assert not before


def test_limb_hides_dim_bodies_first(make_snapshot: Callable, make_satellites: Callable) -> None:
    """With the limb's noise a body far above the limb is as before; just above it is lost."""
    # Tangent heights near 60 km and above 400 km, from 1,000 km up (test above for the angles).
    places = np.array([equatorial(0.99, 9e5), equatorial(0.6, 9e5)])
    bright = 3.0 * 1e-11 * np.linalg.norm(places - SATELLITE[0], axis=1) ** 2
    snapshot = make_snapshot(places, body_w_sr=bright)
    assert look_at(snapshot, make_satellites())[1] == [0, 1]
    for column in ("limb_shot", "limb_clutter"):
        assert look_at(snapshot, make_satellites(**{column: np.array([1e9])}))[1] == [1]


def test_a_visible_band_sees_only_what_is_sunlit(
    make_snapshot: Callable, make_satellites: Callable
) -> None:
    """0.4 to 0.9 um: a body at 300 K shows nothing of its own there, only sunlight."""
    places = towards(0.1, 0.2)
    snapshot = make_snapshot(places, body_w_sr=np.full(2, 1e5), reflecting_m2=np.array([0.0, 50.0]))
    visible = make_satellites(shortest_m=np.array([0.4e-6]), longest_m=np.array([0.9e-6]))
    assert look_at(snapshot, visible)[1] == [1]
    assert look_at(snapshot, make_satellites())[1] == [0, 1]


def test_a_body_is_dimmer_in_a_shorter_band(
    make_snapshot: Callable, make_satellites: Callable
) -> None:
    """3 to 5 um of a body at 250 K: 1.3 % of its radiance from 8 to 12 um, so it is lost."""
    share = band_radiance_w_m2_sr(250.0, 3e-6, 5e-6) / band_radiance_w_m2_sr(250.0, 8e-6, 12e-6)
    assert share < 0.1
    at_threshold = 1e-11 * 9e12 / share
    for factor, rows in ((0.5, 0), (2.0, 1)):
        snapshot = make_snapshot(
            towards(0.1),
            body_w_sr=np.array([factor * at_threshold]),
            temperature_k=np.array([250.0]),
        )
        block = make_satellites(shortest_m=np.array([3e-6]), longest_m=np.array([5e-6]))
        assert look_at(snapshot, block)[0] == rows


def test_a_scanner_meets_each_object_once_a_scan(
    make_snapshot: Callable, make_satellites: Callable
) -> None:
    """West first, east last; in each scan once, whatever the steps; a starer sees all at once."""
    east = np.array([-0.6, 0.0, 0.6])
    places = SATELLITE[0] + 3e6 * np.stack([np.cos(east), np.sin(east), 0.0 * east], axis=1)
    scanner = make_satellites(scans=np.array([True]), cold_threshold_w_m2=np.array([1e-13]))
    starer = make_satellites(cold_threshold_w_m2=np.array([1e-13]))
    times: dict[int, list[float]] = {0: [], 1: [], 2: []}
    for time_s in np.arange(100.0, 130.0, 0.5):
        snapshot = make_snapshot(places, time_s=float(time_s))
        for row in look_at(snapshot, scanner, step_s=0.5)[1]:
            times[row].append(float(time_s))
        assert look_at(snapshot, starer, step_s=0.5)[0] in (0, 3)
    for row, seen in times.items():
        assert np.allclose(np.diff(seen), 10.0), row
        assert len(seen) == 3
    phases = [seen[0] % 10.0 for seen in times.values()]
    assert phases == sorted(phases) and phases[1] == pytest.approx(5.0)
    assert phases[2] - phases[0] == pytest.approx(10.0 * math.sin(0.6), abs=0.6)


def test_objects_nearer_than_the_resolution_are_one(
    make_snapshot: Callable, make_satellites: Callable
) -> None:
    """Their irradiances add up, their direction is the mean by brightness; apart they are two."""
    bright = np.array([3e4, 1e4])
    for apart_rad, n_rows in ((4e-4, 1), (6e-4, 2)):
        snapshot = make_snapshot(towards(0.1, 0.1 + apart_rad), body_w_sr=bright)
        block = make_satellites(
            resolution_rad=np.array([5e-4]), sigma_angle_rad=np.array([1e-9]),
            threshold_to_noise=np.array([1e9]),
        )  # fmt: skip
        table, link = observe([man_station(block, SATELLITE, REST)], snapshot, 10.0, 0.0, KEYS, 0)
        assert table.n_rows == n_rows
        assert table.irradiance_w_m2.sum() == pytest.approx(4e4 / 9e12, rel=1e-6)
        if n_rows == 1:
            assert link[0] == 0
            angle = math.atan2(table.direction_eci[0, 1], table.direction_eci[0, 0])
            assert angle == pytest.approx(0.1 + 0.25 * apart_rad, abs=1e-7)


def test_two_bodies_too_dim_alone_are_seen_together(
    make_snapshot: Callable, make_satellites: Callable
) -> None:
    """Each has 0.7 of the threshold; in one cell they have 1.4."""
    snapshot = make_snapshot(towards(0.1, 0.1 + 1e-4), body_w_sr=np.full(2, 0.7e-11 * 9e12))
    for resolution, n_rows in ((0.0, 0), (5e-4, 1)):
        block = make_satellites(
            resolution_rad=np.array([resolution]), threshold_to_noise=np.array([1e6])
        )
        assert look_at(snapshot, block)[0] == n_rows


def test_a_cell_with_a_plume_is_a_plume(make_snapshot: Callable, make_satellites: Callable) -> None:
    """The strongest decides what a cell is taken for, whatever the order of the objects."""
    for burning in (np.array([True, False]), np.array([False, True])):
        snapshot = make_snapshot(towards(0.1, 0.1 + 1e-5), burning=burning)
        table, link = observe(
            [man_station(make_satellites(resolution_rad=np.array([1e-4])), SATELLITE, REST)],
            snapshot, 10.0, 0.0, KEYS, 0,
        )  # fmt: skip
        assert table.kind.tolist() == [codes.PLUME]
        assert link.tolist() == [int(np.flatnonzero(burning)[0])]
