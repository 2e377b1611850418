"""Radars of a scenario as one block."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from opendome.physics.geodesy import ecef_from_geodetic
from opendome.physics.random import entity_id
from opendome.scenario.models.radar import Radar, RadarSet
from opendome.sensing import RadarBlock
from opendome.tables.codes import BANDS
from opendome.tables.truth import Floats
from opendome.world.assumptions import Assumptions
from opendome.world.model import SensorGroup

MODEL = Radar

# The library states errors at a signal-to-noise ratio of 20 dB.
_ERROR_SNR = 100.0
# Errors stop falling here, as a share of the error at 20 dB: calibration, refraction left after
# correction (assumption).
_FLOOR = 0.3
# PAVE PAWS faces lean back by 20 degrees (US Air Force fact sheet AN/FPS-132); taken for all.
_FACE_ELEVATION_RAD = math.radians(20.0)
# One false alarm in a million looks: the usual design value (Skolnik 2001, section 2.5).
_FALSE_ALARM = 1e-6


def compile_group(
    elements: dict[str, Radar], assumptions: Assumptions, first_sensor: int
) -> tuple[SensorGroup, list[str]]:
    """All radars as a `RadarBlock` with their places."""
    place = np.array(
        [ecef_from_geodetic(r.latitude, r.longitude, r.altitude) for r in elements.values()]
    )
    block, available = compile_block(elements, assumptions, first_sensor)
    return SensorGroup(block, available, position_ecef_m=place), list(elements)


def compile_block(
    elements: Mapping[str, RadarSet], assumptions: Assumptions, first_sensor: int
) -> tuple[RadarBlock, Floats]:
    """Radars, wherever they are, as a `RadarBlock`, and the probability that each works."""
    n = len(elements)
    names = list(elements)
    radars = list(elements.values())
    most = max(len(r.faces) for r in radars)
    faces = np.full((n, most), np.nan)
    for i, (name, radar) in enumerate(elements.items()):
        turned = assumptions.normal(f"{name}/boresight", radar.boresight_error)
        if radar.faces[0].half_width < math.pi - 1e-9:
            faces[i, : len(radar.faces)] = [face.azimuth + turned for face in radar.faces]

    def column(values: list[float]) -> np.ndarray:
        return np.array(values, np.float64)

    scale = [math.sqrt(_ERROR_SNR / r.reference.snr) for r in radars]
    feature = [
        assumptions.value(f"{name}/feature-error", r.discrimination.feature_error)
        if r.discrimination
        else math.nan
        for name, r in elements.items()
    ]
    floor_feature = [
        1.0 / assumptions.value(f"{name}/k", r.discrimination.k) if r.discrimination else math.nan
        for name, r in elements.items()
    ]
    block = RadarBlock(
        identity=np.array([entity_id(f"sensor/{name}") for name in names], np.uint64),
        sensor=np.arange(first_sensor, first_sensor + n, dtype=np.int64),
        face_azimuth_rad=faces,
        face_elevation_rad=np.full((n, most), _FACE_ELEVATION_RAD),
        face_half_width_rad=column([r.faces[0].half_width for r in radars]),
        minimum_elevation_rad=column([r.elevation.min for r in radars]),
        maximum_elevation_rad=column([r.elevation.max for r in radars]),
        band=np.array([BANDS.index(r.band) for r in radars], np.int64),
        reference_range_m=column(
            [assumptions.value(f"{k}/range", r.reference.range) for k, r in elements.items()]
        ),
        reference_cross_section_m2=column([r.reference.cross_section for r in radars]),
        reference_snr=column([r.reference.snr for r in radars]),
        instrumented_range_m=column(
            [
                assumptions.value(f"{k}/instrumented-range", r.instrumented_range)
                if r.instrumented_range
                else math.inf
                for k, r in elements.items()
            ]
        ),
        revisit_s=column(
            [assumptions.value(f"{k}/revisit", r.revisit) for k, r in elements.items()]
        ),
        offset_s=np.zeros(n),
        sigma_angle_rad=column([r.angle_error * s for r, s in zip(radars, scale, strict=True)]),
        floor_angle_rad=column([r.angle_error * _FLOOR for r in radars]),
        sigma_range_m=column([r.range_error * s for r, s in zip(radars, scale, strict=True)]),
        floor_range_m=column([r.range_error * _FLOOR for r in radars]),
        sigma_range_rate_m_s=column(
            [r.range_rate_error * s for r, s in zip(radars, scale, strict=True)]
        ),
        floor_range_rate_m_s=column([r.range_rate_error * _FLOOR for r in radars]),
        sigma_feature=column([f * s for f, s in zip(feature, scale, strict=True)]),
        floor_feature=column(floor_feature),
        minimum_speed_m_s=column([r.minimum_speed for r in radars]),
        false_alarm_probability=np.full(n, _FALSE_ALARM),
        up=np.ones(n, np.bool_),
    )
    available = column(
        [assumptions.value(f"{k}/availability", r.availability) for k, r in elements.items()]
    )
    return block, available
