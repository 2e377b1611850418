"""Infrared satellites of a scenario as one block."""

from __future__ import annotations

import math

import numpy as np

from opendome.physics.random import entity_id
from opendome.scenario.models.infrared_constellation import InfraredConstellation
from opendome.sensing import InfraredBlock
from opendome.world.assumptions import Assumptions
from opendome.world.model import SensorGroup
from opendome.world.orbits import compile_orbit

MODEL = InfraredConstellation


def compile_group(
    elements: dict[str, InfraredConstellation], assumptions: Assumptions, first_sensor: int
) -> tuple[SensorGroup, list[str]]:
    """All infrared satellites as an `InfraredBlock`, with the constellations that carry them."""
    names: list[str] = []
    columns: dict[str, list[float]] = {
        name: []
        for name in (
            "plume_threshold_w_m2", "cold_threshold_w_m2", "threshold_to_noise", "cloud_break_m",
            "limb_height_m", "sigma_angle_rad", "revisit_s", "availability",
        )
    }  # fmt: skip
    constellations = []
    for name, element in elements.items():
        n = element.orbit.count
        if n == 0:
            continue
        satellites = compile_orbit(name, element.orbit)
        available = assumptions.value(f"{name}/availability", element.availability)
        for channel, values in _channels(name, element, assumptions):
            constellations.append(satellites)
            names += [f"{name}/{i + 1}{channel}" for i in range(n)]
            for key, value in zip(columns, (*values, available), strict=True):
                columns[key] += [value] * n
    total = len(names)
    arrays = {key: np.array(values, np.float64) for key, values in columns.items()}
    availability = arrays.pop("availability")
    block = InfraredBlock(
        identity=np.array([entity_id(f"sensor/{name}") for name in names], np.uint64),
        sensor=np.arange(first_sensor, first_sensor + total, dtype=np.int64),
        offset_s=_stagger(arrays["revisit_s"]),
        up=np.ones(total, np.bool_),
        **arrays,
    )
    return SensorGroup(block, availability, constellations=tuple(constellations)), names


def _channels(
    name: str, element: InfraredConstellation, assumptions: Assumptions
) -> list[tuple[str, tuple[float, ...]]]:
    """Rows of a satellite: one for each channel, as each has its own rhythm and its own error."""
    plume, cold = element.plume, element.cold
    noise = assumptions.value(
        f"{name}/noise-equivalent-irradiance", plume.noise_equivalent_irradiance
    )
    rows: list[tuple[str, tuple[float, ...]]] = [
        (
            "",
            (
                noise * plume.threshold_snr,
                math.inf,
                plume.threshold_snr,
                assumptions.value("cloud-break", plume.cloud_break),
                math.inf,
                assumptions.value(f"{name}/angle-error", plume.angle_error),
                assumptions.value(f"{name}/revisit", plume.revisit),
            ),
        )
    ]
    if cold is not None:
        reach = assumptions.value(f"{name}/detection-range", cold.detection_range)
        rows.append(
            (
                "-cold",
                (
                    math.inf,
                    cold.reference_intensity / reach**2,
                    cold.threshold_snr,
                    math.inf,
                    cold.limb_altitude,
                    assumptions.value(f"{name}/cold-angle-error", cold.angle_error),
                    assumptions.value(f"{name}/cold-revisit", cold.revisit),
                ),
            )
        )
    return rows


def _stagger(revisit_s: np.ndarray) -> np.ndarray:
    """First looks spread over the revisit time by the golden section, so that no second is full."""
    share: np.ndarray = (np.arange(revisit_s.size) * 0.6180339887498949) % 1.0
    offsets: np.ndarray = np.floor(revisit_s * share)
    return offsets
