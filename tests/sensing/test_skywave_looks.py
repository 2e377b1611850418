"""Skywave blocks: what is seen by hour, place, height and speed, and how it is reported."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from opendome.physics.constants import EARTH_MEAN_RADIUS_M, EARTH_RADIUS_M, EARTH_ROTATION_RAD_S
from opendome.physics.random import entity_id
from opendome.sensing import Sky, derive_keys, man_station, observe
from opendome.sensing.skywave import SkywaveBlock
from opendome.tables.measurements import Measurements

pytestmark = pytest.mark.kernels
KEYS = derive_keys(1)
N_MANY = 300
SITE = np.array([[EARTH_RADIUS_M, 0.0, 0.0]])
# The site turns with the Earth.
MOTION = np.array([[0.0, EARTH_ROTATION_RAD_S * EARTH_RADIUS_M, 0.0]])
NOON, MIDNIGHT = np.array([1.0, 0.0, 0.0]), np.array([-1.0, 0.0, 0.0])
FAR_MOON = np.array([4e8, 0.0, 0.0])


def skywave(n: int = 1, **columns: object) -> SkywaveBlock:
    """Radars at latitude 0, longitude 0, looking east: 2,000 km for 10 m2 at ratio 20."""

    def fill(value: float) -> np.ndarray:
        return np.full(n, value)

    block = SkywaveBlock(
        identity=np.array([entity_id(f"skywave {i}") for i in range(n)]),
        sensor=np.arange(n) + 60,
        azimuth_rad=fill(math.pi / 2.0),
        half_width_rad=fill(math.pi / 4.0),
        nearest_m=fill(1e6),
        farthest_m=fill(3e6),
        ceiling_m=fill(1.2e5),
        lowest_elevation_rad=fill(math.radians(2.0)),
        lowest_frequency_hz=fill(5e6),
        highest_frequency_hz=fill(30e6),
        f2_height_m=fill(3.2e5),
        sunspots=fill(70.0),
        oval_from_rad=fill(math.radians(64.0)),
        oval_to_rad=fill(math.radians(74.0)),
        oval_loss=fill(10.0),
        reference_range_m=fill(2e6),
        reference_cross_section_m2=fill(10.0),
        reference_frequency_hz=fill(15e6),
        reference_loss=fill(10.0),
        reference_snr=fill(20.0),
        resonance_gain=fill(10.0),
        resonance_hz=fill(20e6),
        minimum_speed_m_s=fill(30.0),
        cell_m=fill(0.0),
        cell_m_s=fill(0.0),
        revisit_s=fill(10.0),
        offset_s=fill(0.0),
        sigma_azimuth_rad=fill(0.02),
        floor_azimuth_rad=fill(0.003),
        sigma_range_m=fill(2e4),
        floor_range_m=fill(2e3),
        registration_m=fill(0.0),
        sigma_range_rate_m_s=fill(7.0),
        floor_range_rate_m_s=fill(1.0),
        false_alarm_probability=fill(1e-6),
        up=np.ones(n, np.bool_),
    )
    return block._replace(**columns)


def east(range_m: float, height_m: float = 5e3, north_rad: float = 0.0) -> np.ndarray:
    """Place over the equator (or `north_rad` off it), this far over the ground."""
    angle = range_m / EARTH_MEAN_RADIUS_M
    across = np.array(
        [math.cos(north_rad) * math.sin(angle), math.sin(north_rad) * math.sin(angle)]
    )
    return (EARTH_RADIUS_M + height_m) * np.array([math.cos(angle), *across])


def flying(place: np.ndarray, speed_m_s: float) -> np.ndarray:
    """Velocity of level flight away from the site along the equator, over the turning ground."""
    outward = np.cross([0.0, 0.0, 1.0], place)
    ground = np.array([-place[1], place[0], 0.0]) * EARTH_ROTATION_RAD_S
    return np.asarray(ground + speed_m_s * outward / np.linalg.norm(outward))


def look(
    make_snapshot: Callable, place: np.ndarray, block: SkywaveBlock | None = None,
    speed_m_s: float = 250.0, sun: np.ndarray = NOON, replication: int = 0,
    vhf_m2: float = 10.0,
) -> Measurements:  # fmt: skip
    """What one look of the block measures of many like targets."""
    velocity = flying(place, speed_m_s)
    snapshot = make_snapshot(
        np.tile(place, (N_MANY, 1)), velocity_eci_m_s=np.tile(velocity, (N_MANY, 1)),
        cross_section_m2=np.full((N_MANY, 3, 6), vhf_m2),
    )  # fmt: skip
    station = man_station(block or skywave(), SITE, MOTION, sky=Sky(sun, FAR_MOON))
    table, _ = observe([station], snapshot, 10.0, 0.0, KEYS, replication)
    return table


def share(*given: object, **named: object) -> float:
    return look(*given, **named).n_rows / N_MANY  # type: ignore[arg-type]


def test_an_annulus_and_a_sector(make_snapshot: Callable) -> None:
    """Nothing nearer than 1,000 km, farther than 3,000 km, or out of the sector."""
    ranges = [0.9e6, 1.2e6, 2.0e6, 2.9e6, 3.1e6]
    seen = [share(make_snapshot, east(r)) > 0.0 for r in ranges]
    assert seen == [False, True, True, True, False]
    assert share(make_snapshot, east(2e6, north_rad=0.7)) > 0.0
    assert share(make_snapshot, east(2e6, north_rad=0.9)) == 0.0
    assert share(make_snapshot, east(-2e6)) == 0.0


def test_blind_above_the_ceiling_and_to_what_does_not_move(make_snapshot: Callable) -> None:
    """Midcourse is out of reach; a target without radial speed is ground clutter."""
    assert share(make_snapshot, east(2e6, 100e3)) > 0.0
    assert share(make_snapshot, east(2e6, 130e3)) == 0.0
    assert share(make_snapshot, east(2e6, 400e3)) == 0.0
    assert share(make_snapshot, east(2e6), speed_m_s=20.0) == 0.0
    assert share(make_snapshot, east(2e6), speed_m_s=-250.0) > 0.0


def test_the_night_takes_the_near_part(make_snapshot: Callable) -> None:
    """At solar minimum the weak night layer turns no usable frequency back near by: the skip
    distance grows, and far targets are left."""
    quiet = skywave(sunspots=np.zeros(1), lowest_frequency_hz=np.full(1, 8e6))
    near = [share(make_snapshot, east(1.1e6), quiet, sun=sun) for sun in (NOON, MIDNIGHT)]
    far = [share(make_snapshot, east(2.5e6), quiet, sun=sun) for sun in (NOON, MIDNIGHT)]
    assert near[0] > 0.0
    assert near[1] == 0.0
    assert min(far) > 0.0


def test_small_bodies_are_seen_by_side_and_near(make_snapshot: Callable) -> None:
    """The share falls with cross-section and range."""
    shares = [
        share(make_snapshot, east(range_m), vhf_m2=vhf_m2)
        for range_m, vhf_m2 in ((1.2e6, 5.0), (1.2e6, 0.5), (2.8e6, 0.5))
    ]
    assert shares[0] > shares[1] + 0.1
    assert shares[1] > shares[2]


def test_aurora_takes_signal(make_snapshot: Callable) -> None:
    """A target or a turning point within the zone is seen less often than one without the zone."""
    zone = skywave(oval_from_rad=np.zeros(1), oval_to_rad=np.full(1, math.radians(80.0)))
    assert share(make_snapshot, east(2.5e6), zone) < share(make_snapshot, east(2.5e6))


def test_errors_are_as_large_as_reported(make_snapshot: Callable) -> None:
    """Residuals of the straight line over reported sigmas, at the believed height: standard normal
    in range and azimuth within four sigmas; the range rate that of level flight."""
    place = east(2e6)
    table = look(make_snapshot, place, vhf_m2=100.0)
    line = place - SITE[0]
    rate_m_s = float(line @ (flying(place, 250.0) - MOTION[0]) / np.linalg.norm(line))
    flat = table.direction_eci[:, :2] / np.linalg.norm(table.direction_eci[:, :2], axis=1)[:, None]
    residuals = {
        "range": (table.range_m - np.linalg.norm(line)) / table.sigma_range_m,
        "azimuth": np.arctan2(table.direction_eci[:, 2], flat[:, 1]) / table.sigma_angle_rad,
        "rate": (table.range_rate_m_s - rate_m_s) / table.sigma_range_rate_m_s,
    }
    for name, residual in residuals.items():
        n = residual.size
        assert n > 200
        assert abs(residual.mean()) < 4.0 / math.sqrt(n) + 0.02, name
        assert abs((residual**2).mean() - 1.0) < 4.0 * math.sqrt(2.0 / n) + 0.02, name


def test_height_is_believed_and_never_measured(make_snapshot: Callable) -> None:
    """What flies low and what flies at 11 km give rows on one shell; the error covers both."""
    for height_m in (50.0, 11e3):
        table = look(make_snapshot, east(1.5e6, height_m))
        points = table.sensor_position_eci_m + table.range_m[:, None] * table.direction_eci
        heights = np.linalg.norm(points, axis=1) - EARTH_RADIUS_M
        assert np.abs(heights - 5e3).max() < 300.0  # off the equator the ellipsoid falls away
        assert (np.abs(height_m - 5e3) < 3.0 * table.sigma_angle_rad * table.range_m).all()


def test_the_registration_error_is_one_for_a_raid(make_snapshot: Callable) -> None:
    """Common to all targets and looks of a replication, another in the next one, and reported."""
    biased = skywave(registration_m=np.full(1, 5e4), sigma_range_m=np.full(1, 1.0),
                     floor_range_m=np.full(1, 1.0))  # fmt: skip
    first, second = (
        look(make_snapshot, east(2e6), biased, replication=k).range_m for k in range(2)
    )
    assert np.ptp(first) < 20.0
    assert abs(first[0] - second[0]) > 1e3
    assert (look(make_snapshot, east(2e6), biased).sigma_range_m > 4.9e4).all()


def test_what_shares_a_cell_is_one_target(make_snapshot: Callable) -> None:
    """Two aircraft 10 km apart at one speed come back as one; another speed, or a place well apart,
    is told apart."""
    cells = skywave(cell_m=np.full(1, 2.5e4), cell_m_s=np.full(1, 9.0))
    places = np.array([east(2e6), east(2.01e6), east(2e6), east(2.1e6)])
    speeds = (250.0, 250.0, -250.0, 250.0)
    velocities = np.array([flying(p, v) for p, v in zip(places, speeds, strict=True)])
    strong = {"cross_section_m2": np.full((4, 3, 6), 1e6)}
    snapshot = make_snapshot(places, velocity_eci_m_s=velocities, **strong)
    station = man_station(cells, SITE, MOTION, sky=Sky(NOON, FAR_MOON))
    table, link = observe([station], snapshot, 10.0, 0.0, KEYS, 0)
    assert table.n_rows == 3
    assert {2, 3} < set(link)
    apart, _ = observe([man_station(skywave(), SITE, MOTION, sky=Sky(NOON, FAR_MOON))],
                       snapshot, 10.0, 0.0, KEYS, 0)  # fmt: skip
    assert apart.n_rows == 4
