"""Skywave radars of a scenario as one block."""

from __future__ import annotations

import math

import numpy as np

from opendome.physics.geodesy import ecef_from_geodetic
from opendome.physics.random import entity_id
from opendome.scenario.models.skywave_radar import SkywaveRadar
from opendome.scenario.uncertain import Uncertain
from opendome.sensing.skywave import SkywaveBlock
from opendome.world.assumptions import Assumptions
from opendome.world.model import SensorGroup
from opendome.world.sensors.radar import ERROR_SNR, FALSE_ALARM, FLOOR

MODEL = SkywaveRadar

# The library states errors of a third of a cell (assumption).
_CELL = 3.0


def compile_group(
    elements: dict[str, SkywaveRadar], assumptions: Assumptions, first_sensor: int
) -> tuple[SensorGroup, list[str]]:
    """All skywave radars as a `SkywaveBlock` with their places.

    What belongs to the ionosphere and to bodies is one draw for all radars.
    """
    n = len(elements)
    radars = list(elements.values())

    def column(values: list[float]) -> np.ndarray:
        return np.array(values, np.float64)

    def shared(name: str, quantities: list[Uncertain[float]]) -> np.ndarray:
        return column([assumptions.value(name, quantity) for quantity in quantities])

    def own(name: str, quantities: list[Uncertain[float]]) -> np.ndarray:
        return column(
            [
                assumptions.value(f"{key}/{name}", quantity)
                for key, quantity in zip(elements, quantities, strict=True)
            ]
        )

    scale = column([math.sqrt(ERROR_SNR / r.reference.snr) for r in radars])
    azimuth = column([r.angle_error for r in radars])
    distance = column([r.range_error for r in radars])
    rate = column([r.range_rate_error for r in radars])
    block = SkywaveBlock(
        identity=np.array([entity_id(f"sensor/{name}") for name in elements], np.uint64),
        sensor=np.arange(first_sensor, first_sensor + n, dtype=np.int64),
        azimuth_rad=column([r.sector.azimuth for r in radars]),
        half_width_rad=column([r.sector.half_width for r in radars]),
        nearest_m=column([r.ground_range.min for r in radars]),
        farthest_m=column([r.ground_range.max for r in radars]),
        ceiling_m=own("ceiling", [r.ceiling for r in radars]),
        lowest_elevation_rad=column([r.lowest_elevation for r in radars]),
        lowest_frequency_hz=column([r.frequency.min for r in radars]),
        highest_frequency_hz=column([r.frequency.max for r in radars]),
        f2_height_m=shared("f2-height", [r.ionosphere.f2_height for r in radars]),
        sunspots=shared("sunspots", [r.ionosphere.sunspots for r in radars]),
        oval_from_rad=column([r.aurora.min for r in radars]),
        oval_to_rad=column([r.aurora.max for r in radars]),
        oval_loss=shared("auroral-loss", [r.aurora.loss for r in radars]),
        reference_range_m=own("range", [r.reference.range for r in radars]),
        reference_cross_section_m2=column([r.reference.cross_section for r in radars]),
        reference_frequency_hz=column([r.reference.frequency for r in radars]),
        reference_loss=column([r.reference.absorption for r in radars]),
        reference_snr=column([r.reference.snr for r in radars]),
        resonance_gain=shared("resonance-gain", [r.body.resonance_gain for r in radars]),
        resonance_hz=shared("resonance", [r.body.resonance for r in radars]),
        minimum_speed_m_s=column([r.minimum_speed for r in radars]),
        cell_m=distance * _CELL,
        cell_m_s=rate * _CELL,
        revisit_s=own("revisit", [r.revisit for r in radars]),
        offset_s=np.zeros(n),
        sigma_azimuth_rad=azimuth * scale,
        floor_azimuth_rad=azimuth * FLOOR,
        sigma_range_m=distance * scale,
        floor_range_m=distance * FLOOR,
        registration_m=own("registration-error", [r.registration_error for r in radars]),
        sigma_range_rate_m_s=rate * scale,
        floor_range_rate_m_s=rate * FLOOR,
        false_alarm_probability=np.full(n, FALSE_ALARM),
        up=np.ones(n, np.bool_),
    )
    place = np.array([ecef_from_geodetic(r.latitude, r.longitude, 0.0) for r in radars])
    available = own("availability", [r.availability for r in radars])
    return SensorGroup(block, available, position_ecef_m=place), list(elements)
