"""Builders of sensor blocks and of true objects at one instant."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from opendome.physics.constants import EARTH_MEAN_RADIUS_M
from opendome.physics.random import entity_id
from opendome.sensing import IdealBlock, InfraredBlock, RadarBlock
from opendome.tables import codes
from opendome.tables.truth import ASPECTS, Snapshot


def _snapshot(position_eci_m: np.ndarray, **columns: object) -> Snapshot:
    n = position_eci_m.shape[0]
    snapshot = Snapshot(
        time_s=100.0,
        identity=np.array([entity_id(f"object {i}") for i in range(n)]),
        row=np.arange(n),
        position_eci_m=np.ascontiguousarray(position_eci_m, dtype=np.float64),
        velocity_eci_m_s=np.tile([100.0, -2000.0, 3000.0], (n, 1)),
        burning=np.zeros(n, np.bool_),
        cross_section_m2=np.full((n, len(ASPECTS), len(codes.BANDS)), 0.1),
        plume_w_sr=np.where(columns.get("burning", np.zeros(n, np.bool_)), 1e6, 0.0),
        body_w_sr=np.full(n, 100.0),
        temperature_k=np.full(n, 300.0),
        reflecting_m2=np.zeros(n),
        feature=np.linspace(-1.0, 1.0, n),
        steady=np.zeros(n),
    )
    return snapshot._replace(**columns)


def _radars(n: int = 1, **columns: object) -> RadarBlock:
    """Radars at latitude 0, longitude 0, one face to the east; 1,000 km for 0.1 m2 at ratio 20.

    They search all they can see within one revisit, with dwells as long as those of the reference,
    and tell everything apart.
    """

    def fill(value: float) -> np.ndarray:
        return np.full(n, value)

    block = RadarBlock(
        identity=np.array([entity_id(f"radar {i}") for i in range(n)]),
        sensor=np.arange(n) + 7,
        face_azimuth_rad=np.tile([math.pi / 2.0, math.nan], (n, 1)),
        face_elevation_rad=np.tile([0.3, math.nan], (n, 1)),
        face_half_width_rad=np.tile([math.pi / 3.0, math.nan], (n, 1)),
        minimum_elevation_rad=fill(math.radians(3.0)),
        maximum_elevation_rad=fill(math.radians(85.0)),
        band=np.full(n, codes.BANDS.index("X")),
        reference_range_m=fill(1e6),
        reference_cross_section_m2=fill(0.1),
        reference_snr=fill(20.0),
        reference_dwell_s=fill(0.1),
        instrumented_range_m=fill(4e6),
        beamwidth_rad=fill(0.03),
        range_cell_m=fill(0.0),
        search_minimum_elevation_rad=fill(-math.pi / 2.0),
        search_maximum_elevation_rad=fill(math.pi / 2.0),
        search_frame_s=fill(5.0),
        search_dwell_s=fill(0.1),
        track_share=fill(0.5),
        track_dwell_s=fill(0.1),
        most_dwells=fill(1.0),
        wanted_snr=fill(20.0),
        revisit_s=fill(5.0),
        offset_s=fill(0.0),
        sigma_angle_rad=fill(1e-3),
        floor_angle_rad=fill(1e-4),
        sigma_range_m=fill(20.0),
        floor_range_m=fill(5.0),
        sigma_range_rate_m_s=fill(3.0),
        floor_range_rate_m_s=fill(0.5),
        sigma_feature=fill(0.5),
        floor_feature=fill(0.1),
        minimum_speed_m_s=fill(0.0),
        false_alarm_probability=fill(1e-6),
        up=np.ones(n, np.bool_),
    )
    return block._replace(**columns)


def _satellites(n: int = 1, **columns: object) -> InfraredBlock:
    def fill(value: float) -> np.ndarray:
        return np.full(n, value)

    block = InfraredBlock(
        identity=np.array([entity_id(f"satellite {i}") for i in range(n)]),
        sensor=np.arange(n) + 40,
        plume_threshold_w_m2=fill(1e-8),
        cold_threshold_w_m2=fill(1e-11),
        threshold_to_noise=fill(5.0),
        limb_shot=fill(0.0),
        limb_clutter=fill(0.0),
        cloud_break_m=fill(7e3),
        limb_height_m=fill(5e4),
        shortest_m=fill(8e-6),
        longest_m=fill(12e-6),
        sun_cosine=fill(math.inf),
        moon_cosine=fill(math.inf),
        scans=np.zeros(n, np.bool_),
        pointings=np.zeros(n, np.int64),
        field_cosine=fill(1.0),
        regard_cosine=fill(-1.0),
        per_track=np.zeros(n, np.int64),
        resolution_rad=fill(0.0),
        sigma_angle_rad=fill(1e-4),
        revisit_s=fill(10.0),
        offset_s=fill(0.0),
        up=np.ones(n, np.bool_),
    )
    return block._replace(**columns)


def _ideal(n: int = 1, **columns: object) -> IdealBlock:
    def fill(value: float) -> np.ndarray:
        return np.full(n, value)

    block = IdealBlock(
        identity=np.array([entity_id(f"ideal {i}") for i in range(n)]),
        sensor=np.arange(n) + 90,
        track_probability=fill(1.0),
        sigma_position_m=fill(10.0),
        sigma_velocity_m_s=fill(1.0),
        sigma_feature=fill(0.1),
        revisit_s=fill(1.0),
        offset_s=fill(0.0),
        up=np.ones(n, np.bool_),
    )
    return block._replace(**columns)


def _over(
    east_m: float, north_m: float, up_m: float, base_m: float = EARTH_MEAN_RADIUS_M
) -> np.ndarray:
    """Place relative to a site at latitude 0, longitude 0, with the Earth's angle zero."""
    return np.array([base_m + up_m, east_m, north_m])


@pytest.fixture
def make_snapshot() -> Callable[..., Snapshot]:
    return _snapshot


@pytest.fixture
def make_radars() -> Callable[..., RadarBlock]:
    return _radars


@pytest.fixture
def make_satellites() -> Callable[..., InfraredBlock]:
    return _satellites


@pytest.fixture
def make_ideal() -> Callable[..., IdealBlock]:
    return _ideal


@pytest.fixture
def over_site() -> Callable[..., np.ndarray]:
    return _over


@pytest.fixture
def site_m() -> np.ndarray:
    return np.array([[EARTH_MEAN_RADIUS_M, 0.0, 0.0]])
