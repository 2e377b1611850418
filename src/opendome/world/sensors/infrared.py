"""Infrared satellites of a scenario as one block."""

from __future__ import annotations

import math

import numpy as np

from opendome.physics.infrared import (
    LIMB_K,
    LONG_WAVE_M,
    SPACE_RADIANCE_W_M2_SR,
    band_radiance_w_m2_sr,
    detector_noise_w_m2,
    diffraction_limit_rad,
    photon_noise_w_m2,
)
from opendome.physics.random import entity_id
from opendome.scenario.models.infrared_constellation import (
    Channel,
    ColdChannel,
    InfraredConstellation,
)
from opendome.sensing import InfraredBlock
from opendome.world.assumptions import Assumptions
from opendome.world.first_looks import spread_first_looks
from opendome.world.model import SensorGroup
from opendome.world.orbits import compile_orbit

MODEL = InfraredConstellation


def compile_group(
    elements: dict[str, InfraredConstellation], assumptions: Assumptions, first_sensor: int
) -> tuple[SensorGroup, list[str]]:
    """All infrared satellites as an `InfraredBlock`, with the constellations that carry them."""
    names: list[str] = []
    platforms: list[str] = []
    rows: list[dict[str, float]] = []
    constellations = []
    for name, element in elements.items():
        n = element.orbit.count
        if n == 0:
            continue
        satellites = compile_orbit(name, element.orbit)
        available = assumptions.value(f"{name}/availability", element.availability)
        for channel, columns in _channels(name, element, assumptions):
            constellations.append(satellites)
            alike = [f"{name}/{i + 1}" for i in range(n)]
            platforms += alike
            names += [f"{satellite}{channel}" for satellite in alike]
            rows += [
                columns | {"availability": available, "offset_s": first_s}
                for first_s in spread_first_looks(f"{name}{channel}", n, columns["revisit_s"])
            ]
    total = len(names)
    if not rows:
        return SensorGroup((), np.empty(0)), []
    arrays = {key: np.array([row[key] for row in rows], np.float64) for key in rows[0]}
    availability = arrays.pop("availability")
    block = InfraredBlock(
        identity=np.array([entity_id(f"sensor/{name}") for name in names], np.uint64),
        sensor=np.arange(first_sensor, first_sensor + total, dtype=np.int64),
        scans=arrays.pop("scans") > 0.0,
        pointings=arrays.pop("pointings").astype(np.int64),
        per_track=arrays.pop("per_track").astype(np.int64),
        up=np.ones(total, np.bool_),
        **arrays,
    )
    group = SensorGroup(
        block, availability, constellations=tuple(constellations), platforms=tuple(platforms)
    )
    return group, names


def _channels(
    name: str, element: InfraredConstellation, assumptions: Assumptions
) -> list[tuple[str, dict[str, float]]]:
    """Rows of a satellite: one for each channel, as each has its own rhythm and its own error."""
    plume, cold = element.plume, element.cold
    noise = assumptions.value(
        f"{name}/noise-equivalent-irradiance", plume.noise_equivalent_irradiance
    )
    sees_plumes = _blind(plume) | {
        "plume_threshold_w_m2": noise * plume.threshold_snr,
        "cloud_break_m": assumptions.value("cloud-break", plume.cloud_break),
        "sigma_angle_rad": assumptions.value(f"{name}/angle-error", plume.angle_error),
        "revisit_s": assumptions.value(f"{name}/revisit", plume.revisit),
    }
    if cold is None:
        return [("", sees_plumes)]
    noise, shot, clutter = _cold_noise(name, cold, assumptions)
    sees_bodies = _blind(cold) | {
        "cold_threshold_w_m2": noise * cold.threshold_snr,
        "limb_shot": shot,
        "limb_clutter": clutter,
        "limb_height_m": cold.limb_altitude,
        "shortest_m": cold.band.shortest,
        "longest_m": cold.band.longest,
        "sigma_angle_rad": assumptions.value(f"{name}/cold-angle-error", cold.angle_error),
        "revisit_s": assumptions.value(f"{name}/cold-revisit", cold.revisit),
    }
    if cold.resolution is None and cold.optics is not None:
        aperture_m = assumptions.value(f"{name}/aperture", cold.optics.aperture)
        limit = diffraction_limit_rad(0.5 * (cold.band.shortest + cold.band.longest), aperture_m)
        sees_bodies["resolution_rad"] = max(cold.optics.pixel, limit)
    points = cold.pointings
    if points is not None:
        sees_bodies |= {
            "pointings": float(points.count),
            "per_track": float(points.per_track),
            "field_cosine": math.cos(0.5 * points.field),
            "regard_cosine": math.cos(points.regard),
        }
    return [("", sees_plumes), ("-cold", sees_bodies)]


def _blind(channel: Channel) -> dict[str, float]:
    """Columns of a channel that sees nothing yet, with what both channels have."""
    return {
        "plume_threshold_w_m2": math.inf,
        "cold_threshold_w_m2": math.inf,
        "threshold_to_noise": channel.threshold_snr,
        "limb_shot": 0.0,
        "limb_clutter": 0.0,
        "cloud_break_m": math.inf,
        "limb_height_m": math.inf,
        "shortest_m": LONG_WAVE_M[0],
        "longest_m": LONG_WAVE_M[1],
        "sun_cosine": _cosine_within(channel.sun_exclusion),
        "moon_cosine": _cosine_within(channel.moon_exclusion),
        "scans": float(channel.mode == "scan"),
        "resolution_rad": channel.resolution or 0.0,
        "pointings": 0.0,
        "per_track": 0.0,
        "field_cosine": 1.0,
        "regard_cosine": -1.0,
    }


def _cosine_within(angle_rad: float) -> float:
    """Cosine above which a line lies within an angle; no line lies within zero."""
    return math.cos(angle_rad) if angle_rad > 0.0 else math.inf


def _cold_noise(
    name: str, cold: ColdChannel, assumptions: Assumptions
) -> tuple[float, float, float]:
    """Noise against space [W/m2], and the variances that the opaque limb adds, over its own.

    These are the shot noise of the limb's photons and its structure.
    """
    optics, band = cold.optics, cold.band
    middle_m = 0.5 * (band.shortest + band.longest)
    aperture_m = assumptions.value(f"{name}/aperture", optics.aperture) if optics else 0.0
    if cold.detection_range is not None and cold.reference_intensity is not None:
        reach = assumptions.value(f"{name}/detection-range", cold.detection_range)
        noise = cold.reference_intensity / reach**2 / cold.threshold_snr
    elif cold.noise_equivalent_irradiance is not None:
        noise = assumptions.value(f"{name}/cold-noise", cold.noise_equivalent_irradiance)
    elif optics is not None and cold.detectivity is not None:
        noise = math.hypot(
            detector_noise_w_m2(
                aperture_m, optics.f_number, optics.pixel,
                assumptions.value(f"{name}/detectivity", cold.detectivity), optics.transmission,
                optics.integration_time,
            ),
            photon_noise_w_m2(
                SPACE_RADIANCE_W_M2_SR, middle_m, aperture_m, optics.pixel, optics.transmission,
                optics.integration_time,
            ),
        )  # fmt: skip
    if optics is None:
        return noise, 0.0, 0.0
    limb = band_radiance_w_m2_sr(LIMB_K, band.shortest, band.longest)
    shot = photon_noise_w_m2(
        limb, middle_m, aperture_m, optics.pixel, optics.transmission, optics.integration_time
    )
    clutter = optics.limb_clutter * limb * optics.pixel**2
    return noise, (shot / noise) ** 2, (clutter / noise) ** 2
