"""Infrared satellites: plumes over clouds, cold bodies against space."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from opendome.physics.constants import EARTH_RADIUS_M
from opendome.sensing import derive_keys, man_station, observe
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
