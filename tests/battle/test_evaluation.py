"""Threat evaluation leaves alone what threatens nothing, and only that."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.stats

from opendome.battle import evaluation
from opendome.battle.evaluation import evaluate_threats
from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.tables.codes import BALLISTIC_PHASE, BOOST_PHASE
from opendome.tables.forces import SHOOT_LOOK_SHOOT, DefendedAreas, Doctrine
from opendome.tables.tracks import Predictions

pytestmark = pytest.mark.kernels

DOCTRINE = Doctrine(
    rule=SHOOT_LOOK_SHOOT,
    hold_for_better=False,
    reserve_until_s=math.inf,
    lethality_threshold=0.5,
    threat_margin_sigma=2.0,
    boost_heading_margin_m=2.5e6,
    boost_range_m=13e6,
    replan_s=20.0,
    harmless_replan_s=60.0,
    commit_divert_share=0.25,
    orbital_reserve_m=30e3,
    sure_lethality=0.7,
    confident_lethality=0.5,
    last_chance_s=60.0,
)
PLACES = {"Washington": (38.9, -77.04), "Seattle": (47.6, -122.33), "undefended": (19.43, -99.13)}


def make_areas() -> DefendedAreas:
    latitude = np.radians([place[0] for place in PLACES.values()])
    longitude = np.radians([place[1] for place in PLACES.values()])
    unit = np.stack(
        [
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        ],
        axis=1,
    )
    weight = np.array([0.5, 0.5, 0.0])
    return DefendedAreas(
        latitude, longitude, unit, np.full(3, 30e3), weight, weight, np.zeros(3, int)
    )


def make_prediction(
    phase: int,
    impact: tuple[float, float] = (math.nan, math.nan),
    sigma_m: float = 0.0,
    position: tuple[float, float, float] = (7e6, 0.0, 0.0),
    velocity: tuple[float, float, float] = (0.0, 7e3, 0.0),
) -> Predictions:
    one = np.array([0], np.int64)
    return Predictions(
        slot=one,
        number=one,
        phase=np.array([phase]),
        lethality=np.ones(1),
        start_s=np.zeros(1),
        step_s=np.ones(1),
        n_points=np.array([1]),
        position_eci_m=np.array([[position]]),
        velocity_eci_m_s=np.array([[velocity]]),
        sigma_m=np.zeros((1, 1)),
        impact_s=np.array([math.nan if math.isnan(impact[0]) else 1000.0]),
        impact_latitude_rad=np.radians(impact[:1]),
        impact_longitude_rad=np.radians(impact[1:]),
        impact_sigma_m=np.array([sigma_m]),
        burnout_s=np.zeros(1),
        burnout_sigma_s=np.zeros(1),
    )


@pytest.mark.parametrize(
    ("impact", "sigma_m", "expected"),
    [
        ((38.95, -77.1), 0.0, 0),
        ((39.9, -77.04), 0.0, -1),  # 111 km off, disc of 30 km
        ((39.9, -77.04), 50e3, 0),  # two sigmas of 50 km reach the disc
        ((19.43, -99.13), 0.0, -1),  # nobody defends it
        ((0.0, 179.99), 0.0, -1),
        ((math.nan, math.nan), 0.0, -1),  # never comes down
    ],
)
def test_impact_decides_in_ballistic_flight(
    impact: tuple[float, float], sigma_m: float, expected: int
) -> None:
    """An object threatens the area whose disc, widened by its impact error, holds the impact."""
    found = evaluate_threats(
        make_prediction(BALLISTIC_PHASE, impact, sigma_m), make_areas(), DOCTRINE, 0.0
    )
    assert found.area[0] == expected
    assert (found.value[0] > 0.0) == (expected >= 0)
    assert found.value[0] == pytest.approx(0.5 * found.reach[0])


@pytest.mark.parametrize("distance_km", [0.0, 20.0, 45.0, 80.0])
@pytest.mark.parametrize("sigma_km", [0.5, 10.0, 40.0, 400.0])
def test_chance_of_the_disc_is_that_of_the_round_normal(
    distance_km: float, sigma_km: float
) -> None:
    """It is the noncentral chi-square of two degrees of freedom, to half a hundredth."""
    expected = scipy.stats.ncx2.cdf(
        (30.0 / sigma_km) ** 2, 2, (distance_km / sigma_km) ** 2 + 1e-12
    )
    found = evaluation._chance_inside(1e3 * distance_km, 30e3, 1e3 * sigma_km)
    assert found == pytest.approx(expected, abs=5e-3)


def test_value_at_risk_grows_with_lethality_weight_and_certainty() -> None:
    """Doubling the probability of being lethal doubles it, a surer impact raises it."""
    sure = make_prediction(BALLISTIC_PHASE, (38.9, -77.04), 5e3)
    vague = make_prediction(BALLISTIC_PHASE, (38.9, -77.04), 60e3)
    doubtful = sure._replace(lethality=np.array([0.5]))
    areas = make_areas()
    value = [evaluate_threats(p, areas, DOCTRINE, 0.0).value[0] for p in (sure, vague, doubtful)]
    assert value[0] == pytest.approx(0.5, abs=5e-3)
    assert value[1] < 0.3 * value[0]
    assert value[2] == pytest.approx(0.5 * value[0])
    light = areas._replace(weight=np.array([0.25, 0.5, 0.0]))
    assert evaluate_threats(sure, light, DOCTRINE, 0.0).value[0] == pytest.approx(0.5 * value[0])


def test_two_areas_near_both_count() -> None:
    """An impact between two discs puts at risk what may be lost in either."""
    areas = make_areas()
    twin = areas._replace(
        latitude_rad=areas.latitude_rad[[0, 0]], longitude_rad=areas.longitude_rad[[0, 0]],
        unit_ecef=areas.unit_ecef[[0, 0]], radius_m=areas.radius_m[:2], weight=areas.weight[:2],
        nation=areas.nation[:2],
    )  # fmt: skip
    impact = make_prediction(BALLISTIC_PHASE, (38.9, -77.04), 20e3)
    one, two = (evaluate_threats(impact, a, DOCTRINE, 0.0) for a in (areas, twin))
    assert two.value[0] == pytest.approx(2.0 * one.value[0])
    assert two.reach[0] <= 1.0


def ascend(azimuth_deg: float, gmst0: float) -> Predictions:
    """A missile over 39 N 126 E at 100 km, climbing along an azimuth relative to the Earth."""
    latitude, longitude = math.radians(39.0), math.radians(126.0) + gmst0
    up = np.array(
        [
            math.cos(latitude) * math.cos(longitude),
            math.cos(latitude) * math.sin(longitude),
            math.sin(latitude),
        ]
    )
    east = np.array([-math.sin(longitude), math.cos(longitude), 0.0])
    north = np.cross(up, east)
    azimuth = math.radians(azimuth_deg)
    position = 6.478e6 * up
    velocity = 3e3 * (math.cos(azimuth) * north + math.sin(azimuth) * east) + 2e3 * up
    velocity += EARTH_ROTATION_RAD_S * np.cross([0.0, 0.0, 1.0], position)
    return make_prediction(BOOST_PHASE, position=tuple(position), velocity=tuple(velocity))


@pytest.mark.parametrize("gmst0", [0.0, 2.0, 5.5])
def test_heading_decides_in_boost(gmst0: float) -> None:
    """A climb over the pole threatens America; one to the south or south-west does not."""
    areas = make_areas()
    # The turning Earth adds 0.36 km/s to the east, so 10 degrees over the ground are 17 in the
    # inertial plane; where it will have turned to, Washington lies at 9 and Seattle at 42.
    towards_america = evaluate_threats(ascend(10.0, gmst0), areas, DOCTRINE, gmst0).area
    towards_seattle = evaluate_threats(ascend(48.0, gmst0), areas, DOCTRINE, gmst0).area
    assert towards_america[0] == 0
    on_course, off_course = (
        evaluate_threats(ascend(azimuth, gmst0), areas, DOCTRINE, gmst0).reach[0]
        for azimuth in (10.0, -5.0)
    )
    assert 0.8 < on_course <= 1.0
    assert off_course < on_course
    assert towards_seattle[0] == 1
    for azimuth in (180.0, 225.0, 270.0):
        assert evaluate_threats(ascend(azimuth, gmst0), areas, DOCTRINE, gmst0).area[0] == -1
