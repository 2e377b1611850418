"""Radars of a scenario as one block."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from opendome.physics.constants import SPEED_OF_LIGHT_M_S
from opendome.physics.geodesy import ecef_from_geodetic
from opendome.physics.radar import detection_range_m, signal_to_noise
from opendome.physics.random import entity_id
from opendome.scenario.models.radar import Radar, RadarSet, Search
from opendome.scenario.uncertain import Uncertain
from opendome.scenario.units import PositiveTime
from opendome.sensing import RadarBlock
from opendome.tables.codes import BANDS
from opendome.tables.truth import Floats
from opendome.world.assumptions import Assumptions
from opendome.world.model import SensorGroup

MODEL = Radar

# The library states errors at a signal-to-noise ratio of 20 dB.
ERROR_SNR = 100.0
# Errors stop falling here, as a share of the error at 20 dB: calibration, refraction left after
# correction (assumption).
FLOOR = 0.3
# Monopulse finds the angle to beamwidth / (1.6 sqrt(2 snr)) (Barton 1988, chapter 8; Curry 2005,
# chapter 8); turned round at the 20 dB of the stated error.
_BEAMWIDTH_PER_ERROR = 1.6 * math.sqrt(2.0 * ERROR_SNR)
# Width of the fence in elevation, and time of its scan where neither is stated (assumptions): an
# object that rises at 3 km/s takes 10 s and more through it beyond 600 km.
_FENCE_RAD = math.radians(3.0)
_FRAME = Uncertain[PositiveTime].model_validate({"low": "5 s", "best": "10 s", "high": "20 s"})
# Bandwidth for tracking, and frequency, usual in each band: assumptions, inside the bands that are
# allotted to radars (Skolnik 2008, "Radar Handbook", table 1.1).
_USUAL_HZ = {
    "VHF": (0.5e6, 150e6), "UHF": (1e6, 435e6), "L": (5e6, 1.3e9), "S": (10e6, 3.1e9),
    "C": (20e6, 5.6e9), "X": (100e6, 9.5e9),
}  # fmt: skip
# The range equation is turned into a range at this ratio, on this target.
_RATED_SNR = 20.0
_RATED_CROSS_SECTION_M2 = 1.0
# One false alarm in a million looks: the usual design value (Skolnik 2001, section 2.5).
FALSE_ALARM = 1e-6


def compile_group(
    elements: dict[str, Radar], assumptions: Assumptions, first_sensor: int
) -> tuple[SensorGroup, list[str]]:
    """All radars as a `RadarBlock` with their places."""
    place = np.array([
        ecef_from_geodetic(r.latitude, r.longitude, r.altitude) for r in elements.values()
    ])  # fmt: skip
    block, available = compile_block(elements, assumptions, first_sensor)
    return SensorGroup(block, available, position_ecef_m=place), list(elements)


def compile_block(
    elements: Mapping[str, RadarSet], assumptions: Assumptions, first_sensor: int
) -> tuple[RadarBlock, Floats]:
    """Radars, wherever they are, as a `RadarBlock`, and the probability that each works."""
    n = len(elements)
    most = max(len(r.faces) for r in elements.values())
    azimuth, elevation, half_width = np.full((3, n, most), np.nan)
    for i, (name, radar) in enumerate(elements.items()):
        turned = assumptions.normal(f"{name}/boresight", radar.boresight_error)
        if not radar.turns:
            for k, face in enumerate(radar.faces):
                azimuth[i, k] = face.azimuth + turned
                elevation[i, k] = face.tilt
                half_width[i, k] = face.half_width
    rows = [
        _describe_range(name, radar, assumptions)
        | _describe_time(name, radar, assumptions)
        | _describe_errors(name, radar, assumptions)
        for name, radar in elements.items()
    ]
    columns = {name: np.array([row[name] for row in rows], np.float64) for name in rows[0]}
    block = RadarBlock(
        identity=np.array([entity_id(f"sensor/{name}") for name in elements], np.uint64),
        sensor=np.arange(first_sensor, first_sensor + n, dtype=np.int64),
        face_azimuth_rad=azimuth,
        face_elevation_rad=elevation,
        face_half_width_rad=half_width,
        band=np.array([BANDS.index(r.band) for r in elements.values()], np.int64),
        offset_s=np.zeros(n),
        up=np.ones(n, np.bool_),
        **columns,
    )
    available = np.array([
        assumptions.value(f"{name}/availability", r.availability) for name, r in elements.items()
    ])  # fmt: skip
    return block, available


def _describe_range(name: str, radar: RadarSet, assumptions: Assumptions) -> dict[str, float]:
    """Where a radar can look, and what it detects there."""
    bandwidth_hz = radar.bandwidth or _USUAL_HZ[radar.band][0]
    limit = radar.instrumented_range
    return {
        "minimum_elevation_rad": radar.elevation.min,
        "maximum_elevation_rad": radar.elevation.max,
        "instrumented_range_m": (
            assumptions.value(f"{name}/instrumented-range", limit) if limit else math.inf
        ),
        "beamwidth_rad": _beamwidth_rad(radar),
        "range_cell_m": SPEED_OF_LIGHT_M_S / (2.0 * bandwidth_hz),
        "minimum_speed_m_s": radar.minimum_speed,
        "false_alarm_probability": FALSE_ALARM,
    } | _rate(name, radar, assumptions)


def _rate(name: str, radar: RadarSet, assumptions: Assumptions) -> dict[str, float]:
    """Range at which one dwell gives a ratio on a cross-section."""
    if radar.reference:
        range_m = assumptions.value(f"{name}/range", radar.reference.range)
        section_m2, snr = radar.reference.cross_section, radar.reference.snr
    else:
        assert radar.transmitter is not None  # held by the model
        sender, section_m2, snr = radar.transmitter, _RATED_CROSS_SECTION_M2, _RATED_SNR
        wavelength_m = SPEED_OF_LIGHT_M_S / (radar.frequency or _USUAL_HZ[radar.band][1])
        aperture_m2 = sender.aperture
        if aperture_m2 is None:
            assert sender.gain is not None  # held by the model
            aperture_m2 = sender.gain * wavelength_m**2 / (4.0 * math.pi * sender.efficiency)
        power_w = sender.duty * assumptions.value(f"{name}/peak-power", sender.peak_power)
        reached = signal_to_noise(
            power_w, sender.dwell, aperture_m2, sender.efficiency, wavelength_m, section_m2,
            1e6, sender.noise_temperature, sender.loss,
        )  # fmt: skip
        range_m = detection_range_m(snr, reached, 1e6, section_m2, section_m2)
    return {
        "reference_range_m": range_m,
        "reference_cross_section_m2": section_m2,
        "reference_snr": snr,
        "reference_dwell_s": radar.dwell,
    }


def _beamwidth_rad(radar: RadarSet) -> float:
    return radar.beamwidth or _BEAMWIDTH_PER_ERROR * radar.angle_error


def _describe_time(name: str, radar: RadarSet, assumptions: Assumptions) -> dict[str, float]:
    """How a radar shares out its time.

    The scan takes `share` of each frame, spread evenly over the beams of the fence: of share,
    frame and dwell, two fix the third.
    """
    track = radar.track
    revisit_s = assumptions.value(f"{name}/revisit", radar.revisit)
    tracking = {
        "track_dwell_s": track.dwell or radar.dwell,
        "most_dwells": track.most_dwells,
        "wanted_snr": track.wanted_snr,
        "revisit_s": revisit_s,
    }
    low = radar.elevation.min
    if radar.turns and radar.search is None:
        return {
            "search_minimum_elevation_rad": low,
            "search_maximum_elevation_rad": radar.elevation.max,
            "search_frame_s": revisit_s,
            "search_dwell_s": radar.dwell,
            "track_share": 0.0,
        } | tracking
    search = radar.search or Search()
    high = min(max(low, 0.0) + _FENCE_RAD, radar.elevation.max)
    if search.elevation:
        low, high = search.elevation.min, search.elevation.max
    beamwidth = _beamwidth_rad(radar)
    around = min(2.0 * sum(face.half_width for face in radar.faces), 2.0 * math.pi)
    n_beams = around * max(math.sin(high) - math.sin(low), beamwidth) / beamwidth**2
    share = assumptions.value(f"{name}/search-share", search.share)
    dwell_s = search.dwell
    if search.frame or not dwell_s:
        frame_s = assumptions.value(f"{name}/search-frame", search.frame or _FRAME)
    else:
        frame_s = n_beams * dwell_s / share
    return {
        "search_minimum_elevation_rad": low,
        "search_maximum_elevation_rad": high,
        "search_frame_s": frame_s,
        "search_dwell_s": dwell_s or share * frame_s / n_beams,
        "track_share": 1.0 - share,
    } | tracking


def _describe_errors(name: str, radar: RadarSet, assumptions: Assumptions) -> dict[str, float]:
    """One-sigma errors at the reference's ratio, and their floors."""
    scale = math.sqrt(ERROR_SNR / (radar.reference.snr if radar.reference else _RATED_SNR))
    feature, floor = math.nan, math.nan
    if radar.discrimination:
        feature = assumptions.value(f"{name}/feature-error", radar.discrimination.feature_error)
        floor = 1.0 / assumptions.value(f"{name}/k", radar.discrimination.k)
    return {
        "sigma_angle_rad": radar.angle_error * scale,
        "floor_angle_rad": radar.angle_error * FLOOR,
        "sigma_range_m": radar.range_error * scale,
        "floor_range_m": radar.range_error * FLOOR,
        "sigma_range_rate_m_s": radar.range_rate_error * scale,
        "floor_range_rate_m_s": radar.range_rate_error * FLOOR,
        "sigma_feature": feature * scale,
        "floor_feature": floor,
    }
